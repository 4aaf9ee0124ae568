/** Sweeps in the built program: on any number of threads, killed at any moment, and continued, they end with the same bytes. */

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { requestOf, rootWithData } from '../harness.ts'
import { type Answer, LONG, resultHashes, sweepOf } from './sweeps.ts'

const MAIN = resolve('dist/main.js')

/** A tenth of a second of work in forty chunks: time enough to be killed in. */
const LARGE = {
  ...LONG,
  param_grid: { ...LONG.param_grid, fee: Array.from({ length: 8 }, (_, k) => k / 1000) },
}

interface Ended {
  code: number | null
  signal: string | null
  answer: Answer | undefined
}

function start(root: string, params: Record<string, unknown>) {
  const argv = [MAIN, '--root', root, '--json-request', JSON.stringify(requestOf('sweep', params))]
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  const ended = new Promise<Ended>(done => {
    child.on('close', (code, signal) => done({ code, signal, answer: text === '' ? undefined : JSON.parse(text) }))
  })
  return { child, ended }
}

const waiting = (root: string) => readdirSync(join(root, 'outputs/.staging')).filter(name => /^\d{8}_/.test(name))

/** Start a sweep and send `signal` once its journal has grown past `bytes`; how it ended. */
async function stopped(
  root: string,
  params: Record<string, unknown>,
  signal: NodeJS.Signals,
  bytes: number,
): Promise<Ended> {
  const { child, ended } = start(root, params)
  const grown = () => {
    const folder = join(root, 'outputs/.staging')
    if (!existsSync(folder)) return false
    return waiting(root).some(
      name => (statSync(join(folder, name, 'journal.bin'), { throwIfNoEntry: false })?.size ?? 0) > bytes,
    )
  }
  const poll = setInterval(() => {
    if (!grown()) return
    // Once: a second signal would not wait for the answer.
    clearInterval(poll)
    child.kill(signal)
  }, 1)
  try {
    return await ended
  } finally {
    clearInterval(poll)
  }
}

let root: string
let expected: Record<string, string>

beforeAll(async () => {
  if (!existsSync(MAIN)) throw new Error('dist/ is missing: npm run build')
  root = await rootWithData()
  expected = resultHashes((await sweepOf(root, LARGE, { threads: 0 }))['artifacts_path'])
}, 60_000)

describe('a sweep of 16,000 trials', () => {
  it.each([0, 1, 2, 4])(
    'has the same bytes on %d threads',
    async threads => {
      const { code, answer } = await start(root, { config: LARGE, threads }).ended
      expect([code, answer?.['status']]).toEqual([0, 'success'])
      expect(resultHashes(answer?.['artifacts_path'])).toEqual(expected)
    },
    60_000,
  )

  it('has them for shuffled parameters on threads of its own choice', async () => {
    const turned = Object.entries(LARGE.param_grid).map(([path, values]) => [path, [...values].reverse()])
    const config = { ...LARGE, param_grid: Object.fromEntries(turned.reverse()) }
    const { answer } = await start(root, { config }).ended
    expect(resultHashes(answer?.['artifacts_path'])).toEqual(expected)
  }, 60_000)

  it('has them killed three times, with one thread, two and none', async () => {
    const own = await rootWithData()
    // 80 bytes a trial and more: after about 1,000, 4,500 and 10,000 trials.
    expect((await stopped(own, { config: LARGE, threads: 1 }, 'SIGKILL', 80_000)).signal).toBe('SIGKILL')
    const [runId] = waiting(own)
    expect((await stopped(own, { resume: runId, threads: 2 }, 'SIGKILL', 360_000)).signal).toBe('SIGKILL')
    expect((await stopped(own, { resume: runId, threads: 0 }, 'SIGKILL', 800_000)).signal).toBe('SIGKILL')
    expect(waiting(own)).toEqual([runId])
    const { code, answer } = await start(own, { resume: runId, threads: 2 }).ended
    expect([code, answer?.['run_id']]).toEqual([0, runId])
    const [, recalled, total] = /Continued: (\d+) of (\d+) trials/.exec(String(answer?.['warnings'])) ?? []
    expect([Number(recalled) > 9000, total]).toEqual([true, '16000'])
    expect(resultHashes(answer?.['artifacts_path'])).toEqual(expected)
    expect(waiting(own)).toEqual([])
  }, 120_000)

  it('ends with 130 at SIGINT and says what to resume; another start leaves it alone', async () => {
    const own = await rootWithData()
    const { code, answer } = await stopped(own, { config: LARGE, threads: 1 }, 'SIGINT', 80_000)
    const [runId] = waiting(own)
    expect([code, answer?.['exit_code']]).toEqual([130, 130])
    expect(answer?.['error']).toMatchObject({ code: 'ABORTED', hint: `quantlab sweep --resume ${runId} continues it.` })
    const other = await start(own, { config: { ...LARGE, param_grid: { fee: [0] } } }).ended
    expect([other.code, waiting(own)]).toEqual([0, [runId]])
    const resumed = await start(own, { resume: runId }).ended
    expect(resultHashes(resumed.answer?.['artifacts_path'])).toEqual(expected)
  }, 120_000)
})
