/** Every file of every kind of run is under a hash, and a session between two of its states says so. */

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, emptyFolder, requestOf, rootWithData } from '../harness.ts'
import { killedAt } from '../kill.ts'

const RUN = { ticker: 'ETH-USD', start: '2021-01-01', end: '2022-01-01' }
const LABELS = { tags: ['baseline'], universe: { callers: ['whale'], min_market_cap: 1000 } }
const REGIME = { pipeline: 'majors_alts', dataset_id: 'panel', start: '2022-06-01', end: '2022-10-01' }

let root: string

async function done(command: string, params: Record<string, unknown>): Promise<Record<string, any>> {
  const answer = await ask(root, requestOf(command, params))
  expect(answer['error']).toBeUndefined()
  return answer
}

const namesIn = (path: string) =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(name => statSync(join(path, name)).isFile())

beforeAll(async () => {
  root = await rootWithData()
  const path = resolve('test/fixtures/regime/panel_synth_A')
  await done('dataset', { action: 'register', kind: 'panel', id: 'panel', path })
  const parameters = { alerts: 10, days: 2, callers: 2, minutes_before: 70, minutes_after: 420 }
  await done('dataset', { action: 'generate', id: 'calls', kind: 'alerts', seed: 7, parameters })
})

/** What is under no hash of report.json: itself, its twin (compared by verify) and what changes while the directory stands. */
const UNLISTED = ['report.json', 'forward_report.json', 'session_status.json']

const CONFIG = { ticker: 'ETH-USD', start: '2021-01-01', end: '2022-01-01', interval: '1d', strategy: 'sma_cross' }
const KINDS: Record<string, () => Promise<Record<string, any>>> = {
  'a run': () => done('run', RUN),
  'a run with its page': () => done('run', { ...RUN, report: true }),
  'a run on alerts': () =>
    done('run', {
      ...{ alerts_dataset_id: 'calls', strategy: 'MultiTrade_20pctTrail_50pctDropRebound_6h', report: true },
      ...{ start: '2025-10-01', end: '2025-10-03' },
    }),
  'a sweep': () =>
    done('sweep', { config: { ...CONFIG, param_grid: { 'strategy_params.fast': [5, 10] } }, report: true, threads: 0 }),
  'a walk-forward': () =>
    done('sweep', {
      config: {
        ...CONFIG,
        param_grid: { 'strategy_params.fast': [5, 10] },
        walk_forward: { scheme: 'rolling', train: 120, test: 60 },
      },
      threads: 0,
    }),
  'a paper session': () => done('paper', { ...RUN, report: true }),
  'a forward session': async () => {
    const { run_id } = await done('run', RUN)
    return done('forward', { run_dir: run_id, forward_start: '2022-01-01', forward_end: '2022-03-01' })
  },
  'a regime run': () => done('run', REGIME),
  'a regime sweep': () => done('sweep', { ...REGIME, parameters: [{ path: 'basket.n', values: [5, 10] }] }),
  'a replay': async () => done('replay', { run_id: (await done('run', RUN))['run_id'] }),
}

describe.each(Object.entries(KINDS))('%s', (_, make) => {
  it('lists every file that it has, verifies, and a changed byte in any of them is found', async () => {
    const { artifacts_path: path, run_id } = await make()
    const report = JSON.parse(readFileSync(join(path, 'report.json'), 'utf8'))
    const listed = report.artifacts.map((file: { file_name: string }) => file.file_name)
    const names = namesIn(path).filter(name => !name.startsWith('.'))
    expect([...listed].sort()).toEqual(names.filter(name => !UNLISTED.includes(name)).sort())
    const verify = () => ask(root, requestOf('artifact', { action: 'verify', run_id }))
    expect((await verify())['error']).toBeUndefined()
    for (const name of names.filter(each => each !== 'session_status.json' && each !== 'report.json')) {
      const file = join(path, name)
      const bytes = readFileSync(file)
      const other = Buffer.from(bytes)
      other[other.length >> 1] ^= 1
      writeFileSync(file, other)
      const { error, exit_code } = await verify()
      expect([name, exit_code]).toEqual([name, 7])
      expect(error.message).toContain(name)
      writeFileSync(file, bytes)
    }
    expect((await verify())['error']).toBeUndefined()
  })
})

describe('a forward session', () => {
  const manifestIn = (path: string) => JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'))
  const session = async (labels: object) => {
    const { run_id } = await done('run', RUN)
    return done('forward', { run_dir: run_id, forward_start: '2022-01-01', forward_end: '2022-03-01', ...labels })
  }

  it('keeps its tags and universe when it is resumed, and the registry knows every state by them', async () => {
    const { run_id, artifacts_path } = await session(LABELS)
    await done('forward', { resume_forward: run_id, forward_end: '2022-04-01' })
    expect(manifestIn(artifacts_path).metadata).toMatchObject(LABELS)
    await done('forward', { resume_forward: run_id, forward_end: '2022-05-01', tags: ['final'] })
    expect(manifestIn(artifacts_path).metadata).toMatchObject({ ...LABELS, tags: ['final'] })
    const { result } = await done('runs', { action: 'list', tags: ['baseline'] })
    const states = result.registered.filter((run: { runId: string }) => run.runId.startsWith(run_id))
    expect(states.map((run: { tags: string[] }) => run.tags)).toEqual([['baseline'], ['baseline']])
  })

  it('that is killed between two files of an update is told as exactly that, and the next resume completes it', async () => {
    const small = await rootWithData()
    const run = await ask(small, requestOf('run', RUN))
    const window = { forward_start: '2022-01-01', forward_end: '2022-03-01' }
    const { run_id, artifacts_path } = await ask(small, requestOf('forward', { run_dir: run['run_id'], ...window }))
    const whole = emptyFolder()
    cpSync(small, whole, { recursive: true })
    const argv = ['forward', '--resume-forward', run_id, '--forward-end', '2022-04-01']
    const { changes } = killedAt(0, small, argv)
    const wanted = readFileSync(join(artifacts_path, 'forward_equity_curve.csv'), 'utf8')
    const verdicts = new Map<string, number>()
    for (let n = 1; n <= changes; n += 5) {
      const copy = emptyFolder()
      cpSync(whole, copy, { recursive: true })
      expect(killedAt(n, copy, argv).killed).toBe(true)
      const verdict = await ask(copy, requestOf('artifact', { action: 'verify', run_id }))
      const cutOff = /^An update of forward session \S+ was cut off: \d+ of \d+ files are new, and nothing is lost$/
      const said = verdict['error']?.message ?? 'verified'
      if (said !== 'verified') expect(said).toMatch(cutOff)
      verdicts.set(said, (verdicts.get(said) ?? 0) + 1)
      const resumed = await ask(copy, requestOf('forward', { resume_forward: run_id, forward_end: '2022-04-01' }))
      expect(resumed['error']).toBeUndefined()
      expect((await ask(copy, requestOf('artifact', { action: 'verify', run_id })))['error']).toBeUndefined()
      const path = join(copy, 'outputs/forward_runs', run_id)
      expect(readFileSync(join(path, 'forward_equity_curve.csv'), 'utf8')).toBe(wanted)
      rmSync(copy, { recursive: true })
    }
    // Both happened: killed before and behind the update, and in the middle of it.
    expect(verdicts.get('verified')).toBeGreaterThan(1)
    expect(verdicts.size).toBeGreaterThan(5)
  })

  it('whose files were changed during a cut-off update is damaged, whatever the update says', async () => {
    const { run_id, artifacts_path } = await session({})
    const owner = { pid: 2 ** 22 + 1, start_time: null, boot_id: null }
    const files = [{ file_name: 'forward_trades.csv', before: 'a'.repeat(64), after: 'b'.repeat(64) }]
    writeFileSync(join(artifacts_path, '.update.json'), JSON.stringify({ owner, files }))
    writeFileSync(join(artifacts_path, 'forward_trades.csv'), 'nothing\n')
    const { error } = await ask(root, requestOf('artifact', { action: 'verify', run_id }))
    expect(error.details[0]).toMatchObject({
      pointer: 'forward_trades.csv',
      message: expect.stringMatching(/has changed/),
    })
  })
})

it('a live paper session keeps its tags and universe when it is resumed', async () => {
  const fresh = emptyFolder()
  const feed = join(fresh, 'feed.csv')
  const lines = Array.from(
    { length: 30 },
    (_, n) => `${new Date(Date.UTC(2024, 0, 1 + n)).toISOString()},${100 + ((n * 7) % 11)}`,
  )
  writeFileSync(feed, `timestamp,close\n${lines.join('\n')}\n`)
  const stopped = new AbortController()
  const params = { ticker: 'TEST', strategy: 'sma_cross', strategy_params: { fast: 2, slow: 3 }, ...LABELS }
  const asked = ask(fresh, requestOf('paper', { ...params, feed: { path: feed } }), { abort: stopped.signal })
  const sessions = join(fresh, 'outputs/paper_sessions')
  while (!existsSync(sessions)) await new Promise(resolve => setTimeout(resolve, 2))
  stopped.abort(143)
  await asked
  const [session_id] = readdirSync(sessions).filter(name => name.includes('_paper_'))
  const early = await ask(fresh, requestOf('artifact', { action: 'verify', run_id: session_id }))
  expect(early).toMatchObject({ exit_code: 5, error: { message: expect.stringContaining('aborted, operator_abort') } })
  const resumed = await ask(fresh, requestOf('paper', { resume: session_id, feed: { path: feed, follow: false } }))
  expect(resumed['error']).toBeUndefined()
  const manifest = JSON.parse(readFileSync(join(resumed['artifacts_path'], 'manifest.json'), 'utf8'))
  expect(manifest.metadata).toMatchObject(LABELS)
  const { result } = await ask(fresh, requestOf('runs', { action: 'get', id: session_id }))
  expect(result.run).toMatchObject({ tags: LABELS.tags, universe: { callers: ['whale'], minMarketCap: 1000 } })
})
