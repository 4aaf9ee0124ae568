/** RS-36: the number of workers changes neither a result nor the decision to end early. */

import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { requestOf, rootWithData } from '../harness.ts'
import { type Answer, GRID, jsonOf, resultHashes, sweepOf } from './sweeps.ts'

let root: string

beforeAll(async () => {
  root = await rootWithData()
})

/** A sweep of the built program on this many threads. */
function swept(config: object, threads: number): Promise<Answer> {
  const argv = [
    resolve('dist/main.js'),
    '--root',
    root,
    '--json-request',
    JSON.stringify(requestOf('sweep', { config, threads })),
  ]
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', part => {
    text += part
  })
  return new Promise(done => child.on('close', () => done(JSON.parse(text))))
}

const { param_grid: _, ...BASE } = GRID
// Good trials first, then ever worse ones: the mean falls below the threshold somewhere in the middle.
const variations = Array.from({ length: 400 }, (_, k) => ({
  variationId: `v${k}`,
  overrides: { fee: k < 40 ? 0 : k / 1000, 'strategy_params.slow': 20 + (k % 60) },
}))
const ENDING = {
  ...BASE,
  strategy_params: { fast: 5, slow: 20 },
  variations,
  early_abort: { min_avg_return: { threshold: 0, after_runs: 60 } },
}

it.each([
  ['a grid', GRID],
  ['a batch that ends early', ENDING],
  ['a random sample', { ...BASE, method: 'random', n_trials: 50, seed: 3, param_grid: GRID.param_grid }],
  ['a walk-forward', { ...GRID, start: '2020-01-01', walk_forward: { scheme: 'rolling', train: 300, test: 100 } }],
])(
  'RS-36: %s has the same results and ends at the same trial for every concurrency',
  async (name, config) => {
    const alone = await sweepOf(root, config, { threads: 0 })
    const expected = resultHashes(alone['artifacts_path'])
    const aborted = jsonOf(alone, 'report.json')['aborted']
    if (name.includes('early')) {
      expect(aborted.after_runs).toBeGreaterThanOrEqual(60)
      expect(aborted.after_runs).toBeLessThan(400)
    }
    for (const [threads, max_concurrency] of [
      [1, undefined],
      [2, undefined],
      [4, undefined],
      [3, 1],
      [3, 2],
    ] as const) {
      const answer = await swept(max_concurrency === undefined ? config : { ...config, max_concurrency }, threads)
      expect(answer['error']).toBeUndefined()
      const hashes = resultHashes(answer['artifacts_path'])
      for (const [file, hash] of Object.entries(expected)) {
        // The limit is part of the configuration, not of a result.
        if (max_concurrency !== undefined && /^config/.test(file)) continue
        expect([threads, file, hashes[file]]).toEqual([threads, file, hash])
      }
      expect(jsonOf(answer, 'report.json')['aborted']).toEqual(aborted)
    }
  },
  120_000,
)
