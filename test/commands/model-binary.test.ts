/** Trainings of the built program: killed at any moment, many at once, and stopped by a signal. */

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { ask, requestOf, rootWithData } from '../harness.ts'

const MAIN = resolve('dist/main.js')

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('dist/ is missing: npm run build')
})

const request = (params: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => {
  const window = { ticker: 'ETH-USD', start: '2018-01-01', end: '2020-06-01', permutations: 19 }
  return JSON.stringify(requestOf('model', { action: 'train', ...window, ...params }, more))
}
const namesIn = (path: string) =>
  existsSync(path) ? readdirSync(path).filter(name => !name.startsWith('runs_index')) : []

interface Ended {
  code: number | null
  stdout: string
  ms: number
}

/** Start a training; with `kill` it gets the signal after so many milliseconds. */
function training(root: string, text: string, kill?: { after: number; signal: NodeJS.Signals }): Promise<Ended> {
  const begun = performance.now()
  const child = spawn(process.execPath, [MAIN, '--root', root, '--json-request', text], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part
  })
  const timer = kill === undefined ? undefined : setTimeout(() => child.kill(kill.signal), kill.after)
  return new Promise(done =>
    child.on('close', code => {
      clearTimeout(timer)
      done({ code, stdout, ms: performance.now() - begun })
    }),
  )
}

/** Every model run and run that is visible is whole, and every model run names a run that is there. */
async function expectWhole(root: string): Promise<void> {
  for (const kind of ['model_runs', 'runs']) {
    for (const name of namesIn(join(root, 'outputs', kind))) {
      const { result, error } = await ask(root, requestOf('artifact', { action: 'verify', run_id: name }))
      expect([name, result?.verified, error]).toEqual([name, true, undefined])
    }
  }
  for (const name of namesIn(join(root, 'outputs/model_runs'))) {
    const summary = JSON.parse(readFileSync(join(root, 'outputs/model_runs', name, 'training_summary.json'), 'utf8'))
    expect(namesIn(join(root, 'outputs/runs'))).toContain(summary.metrics.downstream_market.run_id)
  }
}

describe('killed at random moments', () => {
  it('leaves only whole directories, and with one idempotency key one model run', async () => {
    const root = await rootWithData()
    const random = new Random(12)
    const { ms } = await training(root, request())
    const text = request({ seed: 1 }, { idempotency_key: 'one' })
    for (let round = 0; round < 12; round++) {
      await training(root, text, { after: ms * random.next(), signal: 'SIGKILL' })
    }
    const finished = await training(root, text)
    expect([finished.code, JSON.parse(finished.stdout).status]).toEqual([0, 'success'])
    await expectWhole(root)
    const models = namesIn(join(root, 'outputs/model_runs'))
    expect(models).toHaveLength(2)
    expect(models).toContain(JSON.parse(finished.stdout).run_id)
    // What the dead left in staging is gone with the next start.
    expect(namesIn(join(root, 'outputs/.staging')).filter(name => name.includes('_model_'))).toEqual([])
  }, 120_000)
})

describe('eight trainings at once', () => {
  it('are all published under ids of their own, with equal results', async () => {
    const root = await rootWithData()
    const ended = await Promise.all(Array.from({ length: 8 }, () => training(root, request())))
    const answers = ended.map(({ stdout }) => JSON.parse(stdout))
    expect(answers.map(({ status }) => status)).toEqual(new Array(8).fill('success'))
    expect(new Set(answers.map(({ run_id }) => run_id)).size).toBe(8)
    expect(namesIn(join(root, 'outputs/model_runs')).toSorted()).toEqual(answers.map(({ run_id }) => run_id).toSorted())
    const models = answers.map(({ artifacts_path }) => readFileSync(join(artifacts_path, 'model.json'), 'utf8'))
    expect(new Set(models).size).toBe(1)
    expect(new Set(answers.map(({ result }) => result.downstream_run_id)).size).toBe(8)
    await expectWhole(root)
  }, 120_000)
})

it('SIGTERM ends a long training with 143 and leaves nothing of it', async () => {
  const root = await rootWithData()
  const { ms } = await training(root, request())
  const before = namesIn(join(root, 'outputs/model_runs'))
  // A thousand permutations last many times as long as nineteen, so the signal comes in their midst.
  const stopped = await training(root, request({ permutations: 1000, end: '2025-01-01' }), {
    after: ms,
    signal: 'SIGTERM',
  })
  expect(stopped.code).toBe(143)
  expect(JSON.parse(stopped.stdout)).toMatchObject({ status: 'error', exit_code: 143, error: { code: 'ABORTED' } })
  expect(namesIn(join(root, 'outputs/model_runs'))).toEqual(before)
  expect(namesIn(join(root, 'outputs/.staging'))).toEqual([])
}, 120_000)
