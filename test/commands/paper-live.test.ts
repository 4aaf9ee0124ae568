/** Live sessions: fed in any pieces, killed anywhere, they end with the very files of a session over the same history. */

import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

const DAYS = readFileSync('test/fixtures/golden-data/ETH-USD.csv', 'utf8').trim().split('\n')
const WINDOW = { start: '2021-01-01', end: '2023-01-01' }
const BARS = DAYS.slice(1).filter(line => line >= WINDOW.start && line < WINDOW.end)
const NDJSON = BARS.map(line => {
  const [date, ...values] = line.split(',')
  const names = DAYS[0].split(',').slice(1)
  return JSON.stringify({ date, ...Object.fromEntries(names.map((name, at) => [name, Number(values[at])])) })
})

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const status = (session: string) => json(join(session, 'session_status.json'))
const tables = (session: string) => ['trades.csv', 'equity.csv'].map(name => readFileSync(join(session, name), 'utf8'))

function onlySession(root: string): string {
  const folder = join(root, 'outputs/paper_sessions')
  const [name, ...more] = readdirSync(folder).filter(entry => !/^[.]|index/.test(entry))
  expect(more).toEqual([])
  return join(folder, name)
}

/** The files of a session over the same history. */
async function history(params: Record<string, unknown> = {}): Promise<string> {
  const root = await rootWithData()
  const answer = await ask(root, requestOf('paper', { ticker: 'ETH-USD', ...WINDOW, ...params }))
  expect(answer.status, JSON.stringify(answer.error)).toBe('success')
  return answer.artifacts_path
}

function feedFile(root: string, lines: readonly string[]): string {
  const path = join(root, 'feed')
  writeFileSync(path, lines.map(line => `${line}\n`).join(''))
  return path
}

const live = (path: string, params: Record<string, unknown> = {}) =>
  requestOf('paper', { ticker: 'ETH-USD', feed: { path, follow: false }, ...params })

describe('a feed that is read to its end', () => {
  it.each([
    ['the published strategy', {}],
    ['fills at the next open', { execution: 'next_open', slippage_mode: 'atr' }],
    [
      'another strategy, short too',
      { strategy: 'sma_cross', strategy_params: { fast: 5, slow: 20, allow_short: true } },
    ],
  ])('gives the files of the session over history: %s', async (_, params) => {
    const root = emptyFolder()
    const answer = await ask(root, live(feedFile(root, NDJSON), params))
    expect(answer.status, JSON.stringify(answer.error)).toBe('success')
    const past = await history(params)
    const session = answer.artifacts_path
    expect(tables(session)).toEqual(tables(past))
    const figures = (path: string) => json(join(path, 'metrics.json'))
    expect(figures(session)).toEqual(figures(past))
    const [mine, theirs] = [session, past].map(path => json(join(path, 'report.json')))
    expect(mine.result_hash).toBe(theirs.result_hash)
    expect(mine.fingerprint).toBe(theirs.fingerprint)
    expect(mine).toMatchObject({ dataset: null, stop_reason: 'end_of_feed' })
    expect(mine.feed).toMatchObject({ bars: BARS.length, snapshot_hash: theirs.dataset.snapshot_hash })
    expect(existsSync(join(root, 'outputs/runs'))).toBe(false)
  })

  it('takes CSV, quoted or not, with a header that is repeated and a last line without end', async () => {
    const root = emptyFolder()
    const lines = [DAYS[0], ...BARS.slice(0, 300), DAYS[0], '', ...BARS.slice(300)]
    const path = feedFile(
      root,
      lines.map((line, at) => (at % 7 === 3 ? `"${line.split(',').join('","')}"\r` : line)),
    )
    writeFileSync(path, readFileSync(path, 'utf8').trimEnd())
    const { artifacts_path } = await ask(root, live(path))
    expect(tables(artifacts_path)).toEqual(tables(await history()))
    expect(Object.values(status(artifacts_path).rejected)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('counts, reports and never trades on what is late, duplicate, out of order, malformed or foreign', async () => {
    const root = emptyFolder()
    const bad = {
      duplicate: NDJSON[200],
      changed: NDJSON[200].replace(/"volume":[\d.]+/, '"volume":1'),
      overtaken: NDJSON[209],
      late: NDJSON[205],
      torn: NDJSON[211].slice(0, 40),
      impossible: NDJSON[211].replace(/"high":[\d.]+/, '"high":0.01'),
      negative: NDJSON[211].replace(/"close":[\d.]+/, '"close":-5'),
      noClose: NDJSON[211].replace(/"close":[\d.]+,?/, ''),
      list: '[1,2,3]',
      future: NDJSON[211].replace(/\d{4}-/, '2999-'),
      foreign: NDJSON[211].replace('{', '{"symbol":"BTC-USD",'),
      early: NDJSON[0].replace(/\d{4}-/, '2019-'),
    }
    // Bars 205 and 209 arrive only after 210 was processed, so the history lacks them as well.
    const kept = NDJSON.filter((_, at) => at !== 205 && at !== 209)
    const at210 = kept.indexOf(NDJSON[210]) + 1
    const { late, overtaken, early, ...rest } = bad
    const lines = [...kept.slice(0, at210), overtaken, late, ...Object.values(rest), early, ...kept.slice(at210)]
    const answer = await ask(root, live(feedFile(root, lines), { start: '2020-06-01' }))
    const clean = await ask(root, live(feedFile(root, kept), { start: '2020-06-01' }))
    expect(tables(answer.artifacts_path)).toEqual(tables(clean.artifacts_path))
    expect(answer.summary).toEqual(clean.summary)
    const { rejected, last_rejected, bars_seen } = status(answer.artifacts_path)
    expect(rejected).toEqual({ duplicate: 2, out_of_order: 1, late: 1, malformed: 6, other_symbol: 1, before_start: 1 })
    expect(last_rejected.kind).toBe('before_start')
    expect(bars_seen).toBe(kept.length)
    expect(answer.warnings.join()).toMatch(/not traded on: 2 duplicate, 1 out_of_order, 1 late, 6 malformed/)
    const reported = readFileSync(join(answer.artifacts_path, 'rejected.csv'), 'utf8')
    expect(
      reported.match(/high 0\.01 is below low|close -5 is not above zero|close is missing|in the future/g),
    ).toEqual(['high 0.01 is below low', 'close -5 is not above zero', 'close is missing', 'in the future'])
  })

  it('leaves out bars before start, and ends at the first bar at or after end', async () => {
    const root = emptyFolder()
    const all = DAYS.slice(1).flatMap((line, at) => (at === 0 ? [DAYS[0], line] : [line]))
    const answer = await ask(root, live(feedFile(root, all), WINDOW))
    expect(tables(answer.artifacts_path)).toEqual(tables(await history()))
    expect(status(answer.artifacts_path)).toMatchObject({ stop_reason: 'end_of_window', bars_seen: BARS.length })
    expect(status(answer.artifacts_path).rejected.before_start).toBeGreaterThan(1000)
  })

  it('stops where the session over history stops, at the same limit', async () => {
    const root = emptyFolder()
    const answer = await ask(root, live(feedFile(root, NDJSON), { max_drawdown: 0.1 }))
    expect(tables(answer.artifacts_path)).toEqual(tables(await history({ max_drawdown: 0.1 })))
    expect(status(answer.artifacts_path)).toMatchObject({ status: 'aborted', status_reason: 'risk_limit' })
    const again = await ask(root, requestOf('paper', { resume: answer.run_id }))
    expect([again.exit_code, again.error.message]).toEqual([5, expect.stringContaining('risk limit')])
  })

  it('fails where the feed is absent, brings no bar, or ends within the warm-up', async () => {
    const root = emptyFolder()
    const absent = await ask(root, live(join(root, 'nowhere')))
    expect([absent.exit_code, absent.error.message]).toEqual([3, expect.stringContaining('there is no such file')])
    const nothing = await ask(root, live(feedFile(root, ['nonsense', '', '{"a":1}'])))
    expect([nothing.exit_code, nothing.error.message]).toEqual([
      3,
      expect.stringContaining('no bar of ETH-USD: 2 malformed'),
    ])
    const short = await ask(root, live(feedFile(root, NDJSON.slice(0, 50))))
    expect([short.exit_code, short.error.message]).toEqual([3, expect.stringContaining('No data remaining')])
    const { result } = await ask(root, requestOf('paper_sessions', { action: 'health' }))
    expect(result.status_counts).toEqual({ failed: 3 })
    expect(existsSync(join(root, 'outputs/failures'))).toBe(false)
  })
})

// ── the real process ───────────────────────────────────────────────────────────────────────────────────────────────

const PROGRAM = resolve('dist/main.js')

beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error('dist/ is missing: npm run build')
})

interface Running {
  child: ChildProcess
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>
  output(): string
}

function start(root: string, argv: readonly string[]): Running {
  const child = spawn(process.execPath, [PROGRAM, '--root', root, ...argv], { cwd: root })
  let text = ''
  child.stdout!.on('data', chunk => {
    text += chunk
  })
  child.stderr!.on('data', chunk => {
    text += chunk
  })
  const ended = new Promise<number | string>(done => child.on('close', (code, signal) => done(code ?? signal ?? '')))
  return { child, ended, output: () => text }
}

const startJson = (root: string, request: unknown) => start(root, ['--json-request', JSON.stringify(request)])

/** Wait for a state of the disk; the process must not end before. */
async function until(running: Running, reached: () => boolean): Promise<void> {
  let over = false
  void running.ended.then(() => {
    over = true
  })
  while (!reached()) {
    if (over) throw new Error(`the process ended early: ${running.output()}`)
    await new Promise(done => setTimeout(done, 10))
  }
}

/** In each of three runs: fifty in all. */
const KILLS = 17

const seen = (root: string): number => {
  const folder = join(root, 'outputs/paper_sessions')
  if (!existsSync(folder)) return -1
  const [name] = readdirSync(folder).filter(entry => !/^[.]|index/.test(entry))
  const path = join(folder, name ?? '', 'bars.csv')
  return name !== undefined && existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 2 : -1
}

describe('a feed that is followed', () => {
  it('processes bars as they are appended, in torn pieces, and tells of it while it runs', async () => {
    const root = emptyFolder()
    const path = feedFile(root, [])
    const request = requestOf('paper', { ticker: 'ETH-USD', feed: { path }, max_bars: BARS.length })
    const running = startJson(root, request)
    await until(running, () => seen(root) === 0)
    const session = onlySession(root)
    expect(status(session)).toMatchObject({ status: 'running', status_reason: 'active', terminal: false, kind: 'live' })
    const random = new Random(7)
    const text = NDJSON.join('\n')
    for (let at = 0; at < text.length; ) {
      const next = Math.min(text.length, at + 1 + random.below(12_000))
      appendFileSync(path, text.slice(at, next))
      // Only whole lines count: the torn one waits for its rest.
      const whole = text.slice(0, next).split('\n').length - 1
      await until(running, () => seen(root) >= whole)
      expect(seen(root)).toBe(whole)
      at = next
    }
    await until(running, () => status(session).bars_seen === BARS.length - 1)
    expect(status(session)).toMatchObject({ status: 'running', last_bar_at: '2022-12-30T00:00:00.000Z' })
    appendFileSync(path, '\n')
    expect(await running.ended).toBe(0)
    expect(tables(session)).toEqual(tables(await history()))
    expect(status(session)).toMatchObject({ status: 'success', status_reason: 'completed', stop_reason: 'max_bars' })
  })

  it('reads a file that was replaced from its start', async () => {
    const root = emptyFolder()
    const path = feedFile(root, NDJSON.slice(0, 400))
    const running = startJson(root, requestOf('paper', { ticker: 'ETH-USD', feed: { path }, max_bars: BARS.length }))
    await until(running, () => seen(root) === 400)
    writeFileSync(join(root, 'next'), [DAYS[0], ...BARS.slice(390), ''].join('\n'))
    renameSync(join(root, 'next'), path)
    expect(await running.ended).toBe(0)
    const session = onlySession(root)
    expect(tables(session)).toEqual(tables(await history()))
    expect(status(session).rejected.duplicate).toBe(10)
    expect(json(join(session, 'report.json')).warnings.join()).toContain('cut or replaced 1 times')
  })

  it.each([1, 2, 3])(
    'killed at random bars and resumed each time, is bit for bit the session over history, run %i',
    async seed => {
      const root = emptyFolder()
      const random = new Random(seed)
      const noise = [NDJSON[3], '{"torn', NDJSON[0]]
      const lines = NDJSON.flatMap((line, at) => (at > 10 && at % 50 === 0 ? [noise[(at / 50) % 3], line] : [line]))
      const path = feedFile(root, [])
      const request = requestOf('paper', { ticker: 'ETH-USD', feed: { path }, max_bars: BARS.length })
      let running = startJson(root, request)
      let written = 0
      for (let kill = 0; kill < KILLS; kill++) {
        const target = Math.min(lines.length - 20, written + 5 + random.below(33))
        await until(running, () => seen(root) >= 0)
        const before = seen(root)
        appendFileSync(
          path,
          lines
            .slice(written, target)
            .map(line => `${line}\n`)
            .join(''),
        )
        const wait = before + 1 + random.below((target - written) >> 1)
        written = target
        await until(running, () => seen(root) >= wait)
        running.child.kill('SIGKILL')
        expect(await running.ended).toBe('SIGKILL')
        const session = onlySession(root)
        // A power cut or a kill may tear the last line of every file.
        if (kill % 2 === 1) appendFileSync(join(session, 'bars.csv'), '2022-0')
        running = startJson(root, requestOf('paper', { resume: session.split('/').at(-1) }))
      }
      appendFileSync(
        path,
        lines
          .slice(written)
          .map(line => `${line}\n`)
          .join(''),
      )
      expect(await running.ended, running.output()).toBe(0)
      const session = onlySession(root)
      expect(tables(session)).toEqual(tables(await history()))
      const inOne = await ask(root, live(feedFile(root, lines), { max_bars: BARS.length }))
      expect(status(session).rejected).toEqual(status(inOne.artifacts_path).rejected)
      for (const name of ['rejected.csv', 'bars.csv', 'metrics.json']) {
        expect(readFileSync(join(session, name), 'utf8')).toBe(readFileSync(join(inOne.artifacts_path, name), 'utf8'))
      }
      expect(status(session)).toMatchObject({ status: 'success', resume_count: KILLS })
    },
  )

  it('is closed as aborted by SIGTERM, exits 143, and goes on when it is resumed', async () => {
    const root = emptyFolder()
    const path = feedFile(root, NDJSON.slice(0, 250))
    const running = startJson(root, requestOf('paper', { ticker: 'ETH-USD', feed: { path }, max_bars: BARS.length }))
    await until(running, () => seen(root) > 100)
    running.child.kill('SIGTERM')
    expect(await running.ended).toBe(143)
    const session = onlySession(root)
    const stopped = status(session)
    expect(stopped).toMatchObject({
      status: 'aborted',
      status_reason: 'operator_abort',
      error_type: 'KeyboardInterrupt',
      message: 'Aborted by user',
      terminal: true,
      process: null,
    })
    expect(stopped.bars_seen).toBe(seen(root))
    expect(json(join(session, 'session_metadata.json')).status).toBe('aborted')
    expect(JSON.parse(running.output())).toMatchObject({ status: 'error', exit_code: 143 })
    const index = json(join(root, 'outputs/paper_sessions/paper_sessions_index.json'))
    expect(index.sessions[0]).toMatchObject({ status: 'aborted', terminal: true })
    appendFileSync(
      path,
      NDJSON.slice(250)
        .map(line => `${line}\n`)
        .join(''),
    )
    const resumed = await ask(root, requestOf('paper', { resume: stopped.session_id }))
    expect(resumed.status, JSON.stringify(resumed.error)).toBe('success')
    expect(tables(session)).toEqual(tables(await history()))
    expect(status(session).message).toBeUndefined()
  })

  it('processes no bar behind a SIGINT that comes while many wait', async () => {
    const root = emptyFolder()
    const path = feedFile(root, NDJSON)
    const running = startJson(root, requestOf('paper', { ticker: 'ETH-USD', feed: { path } }))
    await until(running, () => seen(root) > 0)
    running.child.kill('SIGINT')
    expect(await running.ended).toBe(130)
    expect(status(onlySession(root))).toMatchObject({ status: 'aborted', bars_seen: seen(root) })
  })
})

describe('standard input', () => {
  const argv = ['paper', '--ticker', 'ETH-USD', '--feed.path', '-']

  it('is a feed, and ends the session where it ends', async () => {
    const root = emptyFolder()
    const running = start(root, argv)
    running.child.stdin!.end(`${NDJSON.join('\n')}\n`)
    expect(await running.ended, running.output()).toBe(0)
    expect(tables(onlySession(root))).toEqual(tables(await history()))
    expect(status(onlySession(root)).stop_reason).toBe('end_of_feed')
  })

  it('is taken up again by another process, which may send what was sent before', async () => {
    const root = emptyFolder()
    const first = start(root, argv)
    first.child.stdin!.write(`${NDJSON.slice(0, 300).join('\n')}\n`)
    await until(first, () => seen(root) === 300)
    first.child.kill('SIGKILL')
    await first.ended
    const session = onlySession(root)
    const second = start(root, ['paper', '--resume', status(session).session_id])
    second.child.stdin!.end(`${NDJSON.slice(280).join('\n')}\n`)
    expect(await second.ended, second.output()).toBe(0)
    expect(tables(session)).toEqual(tables(await history()))
    expect(status(session).rejected.duplicate).toBe(20)
  })

  it('cannot be the feed where it brought the request', async () => {
    const root = emptyFolder()
    const running = start(root, ['--json-request', '-'])
    running.child.stdin!.write(`${JSON.stringify(live('-'))}\n${NDJSON[0]}\n`)
    running.child.stdin!.end()
    expect(await running.ended).toBe(2)
    const [answer] = running.output().split('\n')
    expect(JSON.parse(answer).error.details[0].pointer).toBe('/params/feed/path')
    expect(existsSync(join(root, 'outputs/paper_sessions'))).toBe(false)
  })
})

describe('a session whose process died', () => {
  /** A session that was killed after some bars. */
  async function killed(): Promise<{ root: string; session: string; id: string; path: string }> {
    const root = emptyFolder()
    const path = feedFile(root, NDJSON.slice(0, 200))
    const running = startJson(root, requestOf('paper', { ticker: 'ETH-USD', feed: { path }, max_bars: BARS.length }))
    await until(running, () => seen(root) >= 0 && status(onlySession(root)).bars_seen > 0)
    const taken = await ask(root, requestOf('paper', { resume: status(onlySession(root)).session_id }))
    expect([taken.exit_code, taken.error.code]).toEqual([5, 'CONFLICT'])
    const alive = await ask(root, requestOf('paper_sessions', { action: 'recover' }))
    expect(alive.result).toMatchObject({ recovered: [], still_running: [status(onlySession(root)).session_id] })
    running.child.kill('SIGKILL')
    await running.ended
    const session = onlySession(root)
    return { root, session, id: status(session).session_id, path }
  }

  it('shows as stale at once, is closed truthfully by recover, and can still be resumed', async () => {
    const { root, session, id, path } = await killed()
    const { result: health } = await ask(root, requestOf('paper_sessions', { action: 'health' }))
    expect(health).toMatchObject({ status_counts: { running: 1 }, stale_sessions: [id], active_sessions: [id] })
    const { result: alerts } = await ask(root, requestOf('paper_sessions', { action: 'alerts' }))
    expect(alerts.alerts).toMatchObject([{ alert_code: 'PAPER_SESSION_STALE', session_id: id }])
    expect((await call(root, ['--paper-sessions-list'])).stdout).toMatch(new RegExp(`${id} +stale`))

    const lastSign = status(session).updated_at
    const { result } = await ask(root, requestOf('paper_sessions', { action: 'recover' }))
    expect(result.recovered).toMatchObject([{ session_id: id, status: 'failed', status_reason: 'process_died' }])
    const closed = status(session)
    expect(closed).toMatchObject({ finished_at: lastSign, terminal: true, error_type: 'ProcessDied', process: null })
    expect(closed.duration_seconds).toBe((Date.parse(lastSign) - Date.parse(closed.started_at)) / 1000)
    expect(json(join(session, 'session_metadata.json')).status).toBe('failed')
    const again = await ask(root, requestOf('paper_sessions', { action: 'recover' }))
    expect(again.result).toMatchObject({ recovered: [], still_running: [] })

    appendFileSync(
      path,
      NDJSON.slice(200)
        .map(line => `${line}\n`)
        .join(''),
    )
    const resumed = await ask(root, requestOf('paper', { resume: id }))
    expect(resumed.status, JSON.stringify(resumed.error)).toBe('success')
    expect(tables(session)).toEqual(tables(await history()))
    expect(status(session).recovered_at).toBeUndefined()
    const complete = await ask(root, requestOf('paper', { resume: id }))
    expect([complete.exit_code, complete.error.message]).toEqual([5, expect.stringContaining('it is complete')])
  })

  it('is closed as finished where its report is there', async () => {
    const { root, session, id, path } = await killed()
    appendFileSync(
      path,
      NDJSON.slice(200)
        .map(line => `${line}\n`)
        .join(''),
    )
    const before = status(session)
    await ask(root, requestOf('paper', { resume: id }))
    // As if the process had died between report.json and the last status.
    writeFileSync(
      join(session, 'session_status.json'),
      JSON.stringify({ ...before, updated_at: status(session).updated_at }),
    )
    const { result } = await ask(root, requestOf('paper_sessions', { action: 'recover' }))
    expect(result.recovered).toMatchObject([{ session_id: id, status: 'success', status_reason: 'completed' }])
    const { result: promotion } = await ask(root, requestOf('paper_sessions', { action: 'promotion' }))
    expect(promotion.ready_candidates.map((each: { session_id: string }) => each.session_id)).toEqual([id])
  })

  it('goes on from another feed, and from the start of one that was replaced', async () => {
    const { root, session, id, path } = await killed()
    const other = join(root, 'other.csv')
    writeFileSync(other, [DAYS[0], ...BARS.slice(0, 500), ''].join('\n'))
    const abort = new AbortController()
    const asked = ask(root, requestOf('paper', { resume: id, feed: { path: other } }), { abort: abort.signal })
    while (seen(root) < 500) await new Promise(done => setTimeout(done, 10))
    abort.abort(143)
    const partly = await asked
    expect(partly.exit_code).toBe(143)
    expect(partly.error.code).toBe('ABORTED')
    expect(status(session)).toMatchObject({ status: 'aborted', bars_seen: 500, feed: { path: other } })
    // The same name, other bytes: the place behind the last bar is not there any more.
    writeFileSync(other, NDJSON.map(line => `${line}\n`).join(''))
    const rest = await ask(root, requestOf('paper', { resume: id }))
    expect(rest.status, JSON.stringify(rest.error)).toBe('success')
    expect(tables(session)).toEqual(tables(await history()))
    expect(existsSync(path)).toBe(true)
  })

  it('is refused where its journal is damaged or it does not exist', async () => {
    const { root, session, id } = await killed()
    const absent = await ask(root, requestOf('paper', { resume: 'nowhere' }))
    expect(absent.exit_code).toBe(6)
    const path = join(session, 'bars.csv')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(/\n2021-01-15[^\n]*/, '\n2021-01-15,oops'))
    const damaged = await ask(root, requestOf('paper', { resume: id }))
    expect([damaged.exit_code, damaged.error.message]).toEqual([7, expect.stringContaining('bars.csv')])
    writeFileSync(path, text.split('\n').slice(0, 3).join('\n'))
    const shortened = await ask(root, requestOf('paper', { resume: id }))
    expect([shortened.exit_code, shortened.error.message]).toEqual([7, expect.stringContaining('holds 1 bars of')])
  })
})

describe('damage', () => {
  it('in one session is reported and keeps no other from being seen', async () => {
    const root = await rootWithData()
    const { run_id: good } = await ask(root, requestOf('paper', { ticker: 'ETH-USD' }))
    const { artifacts_path: bad, run_id: id } = await ask(root, requestOf('paper', { ticker: 'BTC-USD' }))
    writeFileSync(join(bad, 'session_status.json'), '{"status": "succ')
    for (const action of ['list', 'health', 'alerts', 'promotion', 'index', 'recover']) {
      const answer = await ask(root, requestOf('paper_sessions', { action }))
      expect(answer.status, action).toBe('success')
      expect(answer.warnings, action).toEqual([expect.stringContaining('session_status.json')])
    }
    const { result: alerts } = await ask(root, requestOf('paper_sessions', { action: 'alerts' }))
    expect(alerts.alerts).toMatchObject([{ alert_code: 'PAPER_SESSION_CORRUPT', severity: 'critical', session_id: id }])
    expect(alerts.status_counts).toEqual({ corrupt: 1, success: 1 })
    const { result: promotion } = await ask(root, requestOf('paper_sessions', { action: 'promotion' }))
    expect(promotion.ready_candidates.map((each: { session_id: string }) => each.session_id)).toEqual([good])
    // The next session, too, refreshes the index beside it.
    const next = await ask(root, requestOf('paper', { ticker: 'CHZ-USD', end: '2023-12-01' }))
    expect(next.status).toBe('success')
    const index = json(join(root, 'outputs/paper_sessions/paper_sessions_index.json'))
    expect(index.sessions.map((row: { status: string }) => row.status).sort()).toEqual([
      'corrupt',
      'success',
      'success',
    ])
  })

  it('names a session that does not exist, with the nearest, and a directory that is none', async () => {
    const root = await rootWithData()
    const { run_id } = await ask(root, requestOf('paper', { ticker: 'ETH-USD' }))
    const absent = await ask(root, requestOf('paper_sessions', { action: 'show', session_id: `${run_id}x` }))
    expect([absent.exit_code, absent.error.details[0].suggestion]).toEqual([6, run_id])
    const none = await ask(root, requestOf('paper_sessions', { action: 'show', session_id: 'lake' }))
    expect([none.exit_code, none.error.message]).toEqual([2, 'Not a valid paper session directory: lake'])
    const outside = await ask(root, requestOf('paper_sessions', { action: 'index', dir: '/tmp' }))
    expect(outside.exit_code).toBe(2)
  })
})
