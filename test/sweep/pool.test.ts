/** Threads change how long a sweep takes and nothing else: bundled as the program is, because a worker needs a built file. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gridSpace } from '../../src/sweep/grid.ts'
import { sweepPlan } from '../../src/sweep/plan.ts'
import type * as PoolModule from '../../src/sweep/pool.ts'
import { defaultThreads, runJobs, TrialPool, workerUrl } from '../../src/sweep/pool.ts'
import { type ChunkResult, jobsOf } from '../../src/sweep/trials.ts'
import { PUBLISHED_SELECTION, splitStages, walkForward } from '../../src/sweep/walk-forward.ts'
import { goldenBars, randomBars } from '../engine/fixtures.ts'
import { planOf, SMA } from './fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'quantlab-pool-'))
let built: typeof PoolModule

beforeAll(async () => {
  await build({
    entryPoints: { pool: 'src/sweep/pool.ts', worker: 'src/sweep/worker.ts' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir: folder,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  })
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  built = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'pool.js')).href)
})

afterAll(() => rmSync(folder, { recursive: true }))

const bars = randomBars(21, 900)

/** 1,584 trials of 900 bars: two jobs, some trials failing. */
function plan(reverse = false) {
  const turn = <T>(list: T[]) => (reverse ? list.reverse() : list)
  const range = (from: number, count: number) => Array.from({ length: count }, (_, k) => from + k)
  const parameters = [
    { path: 'strategy_params.fast', values: turn(range(2, 44)) },
    { path: 'strategy_params.slow', values: turn(range(40, 12)) },
    { path: 'strategy_params.allow_short', values: turn([false, true]) },
    { path: 'fee', values: turn([0, 0.001, 0.002]) },
  ]
  return planOf(bars, SMA, gridSpace(turn(parameters)))
}

type Options = Partial<Parameters<typeof runJobs>[2]>

async function collect(
  pool: Pick<typeof PoolModule, 'runJobs'>,
  threads: number,
  given = plan(),
  options: Options = {},
) {
  const results: ChunkResult[] = []
  const recalled: boolean[] = []
  const whole = await pool.runJobs(given, jobsOf(given, 0), {
    threads,
    deliver: (result, _job, known) => {
      results.push(result)
      recalled.push(known)
    },
    ...options,
  })
  return { whole, results, recalled }
}

describe('results', () => {
  it('are the same bytes with 0, 1, 2 and 4 threads, and for a shuffled grid', async () => {
    const { results } = await collect({ runJobs }, 0)
    expect(results.length).toBeGreaterThan(1)
    expect(results.some(({ failures }) => failures.length > 0)).toBe(true)
    for (const threads of [1, 2, 4]) {
      const { results: others, whole } = await collect(built, threads)
      expect(whole).toBe(true)
      expect(others).toEqual(results)
    }
    expect((await collect(built, 2, plan(true))).results).toEqual(results)
  })

  it('come in the order of the jobs, each once', async () => {
    const given = plan()
    const { results } = await collect(built, 4)
    expect(results.map(({ job }) => job)).toEqual(jobsOf(given, 0).map(({ index }) => index))
  })

  it('of an earlier run are taken as they are, and none of them is computed again', async () => {
    const { results } = await collect({ runJobs }, 0)
    // A mark that computing could not give shows where a row came from.
    const earlier = { ...results[0], figures: results[0].figures.map(() => 7) }
    for (const [pool, threads] of [[{ runJobs }, 0] as const, [built, 2] as const]) {
      const again = await collect(pool, threads, plan(), {
        recall: job => (job.index === 0 ? earlier : undefined),
      })
      expect(again.results).toEqual([earlier, ...results.slice(1)])
      expect(again.recalled).toEqual(results.map((_, k) => k === 0))
    }
  })

  it('wait for the taker', async () => {
    let busy = false
    await collect(built, 2, plan(), {
      deliver: async () => {
        expect(busy).toBe(false)
        busy = true
        await new Promise(done => setImmediate(done))
        busy = false
      },
    })
    expect(busy).toBe(false)
  })
})

describe('an end', () => {
  it('comes when the taker says so', async () => {
    for (const [pool, threads] of [[{ runJobs }, 0] as const, [built, 2] as const]) {
      let taken = 0
      const { whole } = await collect(pool, threads, plan(), {
        deliver: () => {
          taken++
          return false
        },
      })
      expect([whole, taken]).toEqual([false, 1])
    }
  })

  it('comes when the signal fires, as ABORTED', async () => {
    for (const [pool, threads] of [[{ runJobs }, 0] as const, [built, 2] as const]) {
      const abort = new AbortController()
      let taken = 0
      const running = collect(pool, threads, plan(), {
        signal: abort.signal,
        deliver: () => {
          taken++
          abort.abort()
        },
      })
      await expect(running).rejects.toMatchObject({ code: 'ABORTED' })
      expect(taken).toBe(1)
    }
  })
})

describe('a thread that dies', () => {
  it('leaves its job to this one', async () => {
    // There is no worker beside this file that Node 20 could start, so every thread dies at once.
    const lonely = mkdtempSync(join(folder, 'lonely-'))
    const { outputFiles } = await build({
      entryPoints: ['src/sweep/pool.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    })
    writeFileSync(join(lonely, 'pool.mjs'), outputFiles[0].contents)
    const alone: typeof PoolModule = await import(/* @vite-ignore */ pathToFileURL(join(lonely, 'pool.mjs')).href)
    const given = plan()
    const pool = new alone.TrialPool(given, 2)
    const results: ChunkResult[] = []
    await pool.run(jobsOf(given, 0), { deliver: result => void results.push(result) })
    await pool.close()
    expect(pool.lost).toBe(2)
    expect(results).toEqual((await collect({ runJobs }, 0)).results)
  })

  it('is an error where the job fails here too', async () => {
    const broken = { ...plan(), places: [] }
    for (const [pool, threads] of [[{ runJobs }, 0] as const, [built, 2] as const]) {
      await expect(collect(pool, threads, broken)).rejects.toThrow(TypeError)
    }
  })
})

it('walks forward with threads as without', async () => {
  const datasets = [goldenBars('BTC-USD')]
  const spans = ['2019', '2020', '2021'].map(year => ({
    start: Date.parse(`${year}-01-01`),
    end: Date.parse(`${year}-12-01`),
  }))
  const splits = [0, 1].map(k => ({ name: `s${k}`, train: spans[k], test: spans[k + 1] }))
  const stages = splitStages(splits, datasets, [{ dataset: 0 }], 'prefetch')
  const space = gridSpace([{ path: 'strategy_params.slow', values: [20, 30, 40, 50] }])
  const walk = async (Pool: typeof TrialPool, threads: number) => {
    const pool = new Pool(sweepPlan({ request: SMA, space, datasets, stages }), threads)
    try {
      return await walkForward(pool, splits, PUBLISHED_SELECTION, { deliver: () => {} })
    } finally {
      await pool.close()
    }
  }
  expect(await walk(built.TrialPool as typeof TrialPool, 2)).toEqual(await walk(TrialPool, 0))
})

it('looks for the worker beside the pool, or above the chunks', () => {
  expect(workerUrl('file:///a/dist/chunks/pool-X1.js').href).toBe('file:///a/dist/worker.js')
  expect(workerUrl('file:///a/dist/main.js').href).toBe('file:///a/dist/worker.js')
  expect(workerUrl('file:///a/src/sweep/pool.ts').href).toBe('file:///a/src/sweep/worker.ts')
})

it('starts no threads for a sweep that is done before they run', () => {
  expect(defaultThreads(1000)).toBe(0)
})
