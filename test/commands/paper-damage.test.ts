/** What a feed, a repeated request and a full disk of sessions can do to a paper session, named by the damage. */

import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, emptyFolder, requestOf, rootWithData } from '../harness.ts'

const DAYS = readFileSync('test/fixtures/golden-data/ETH-USD.csv', 'utf8').trim().split('\n')
const BARS = DAYS.slice(1)
  .filter(line => line >= '2021-01-01' && line < '2021-08-01')
  .map(line => {
    const [date, ...values] = line.split(',')
    const names = DAYS[0].split(',').slice(1)
    return JSON.stringify({ date, ...Object.fromEntries(names.map((name, at) => [name, Number(values[at])])) })
  })

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const lines = (bars: readonly string[]) => bars.map(line => `${line}\n`).join('')
const folder = (root: string) => join(root, 'outputs/paper_sessions')
const sessions = (root: string) =>
  existsSync(folder(root)) ? readdirSync(folder(root)).filter(name => !/^[.]|index/.test(name)) : []
const tables = (session: string) => ['trades.csv', 'equity.csv'].map(name => readFileSync(join(session, name), 'utf8'))

function feed(root: string, bars: readonly string[]): string {
  const path = join(root, 'feed')
  writeFileSync(path, lines(bars))
  return path
}

function seen(root: string): number {
  const path = join(folder(root), sessions(root)[0] ?? '', 'bars.csv')
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 2 : -1
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise(done => setTimeout(done, 5))
}

/** The same bars in one go. */
async function clean(bars: readonly string[] = BARS): Promise<Awaited<ReturnType<typeof ask>>> {
  const root = emptyFolder()
  return ask(root, requestOf('paper', { ticker: 'ETH-USD', feed: { path: feed(root, bars), follow: false } }))
}

describe('a feed', () => {
  it.each([
    ['a list of dates', '{"date":["2021-06-01"],"open":5,"high":5,"low":5,"close":5}', 'date is neither'],
    ['an object that turns into no text', '{"date":{"toString":1},"close":5}', 'date is neither'],
    ['a list as price', '{"date":"2021-06-01","open":5,"high":5,"low":5,"close":[5]}', 'close is neither'],
    ['a truth as price', '{"date":"2021-06-01","open":true,"high":5,"low":5,"close":5}', 'open is neither'],
    ['an object as symbol', '{"symbol":{"toString":null},"date":"2021-06-01","close":5}', 'symbol is neither'],
    ['NaN', '{"date":"2021-06-01","open":5,"high":5,"low":5,"close":"NaN"}', 'close "NaN" is no number'],
    ['a number beyond all', '{"date":"2021-06-01","open":5,"high":5,"low":5,"close":1e999}', 'is no number'],
    ['no price above 0', '{"date":"2021-06-01","open":5,"high":5,"low":0,"close":0}', 'low 0 is not above zero'],
    ['nothing but depth', `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`, 'the timestamp is missing'],
    ['a line of a megabyte', 'x'.repeat(1 << 20), 'not JSON'],
  ])('with %s is traded on as if the line were not there', async (_, line, why) => {
    const root = emptyFolder()
    const path = feed(root, [...BARS.slice(0, 150), line, ...BARS.slice(150)])
    const answer = await ask(root, requestOf('paper', { ticker: 'ETH-USD', feed: { path, follow: false } }))
    expect(answer.status, JSON.stringify(answer.error)).toBe('success')
    expect(tables(answer.artifacts_path)).toEqual(tables((await clean()).artifacts_path))
    const status = json(join(answer.artifacts_path, 'session_status.json'))
    expect(status.rejected).toMatchObject({ malformed: 1, duplicate: 0, late: 0 })
    expect(status.last_rejected.message).toContain(why)
  })

  it('that was cut and written anew, longer than before, between two looks loses no bar', async () => {
    const root = emptyFolder()
    const path = feed(root, BARS.slice(0, 60))
    const asked = ask(root, requestOf('paper', { ticker: 'ETH-USD', feed: { path }, max_bars: BARS.length }))
    await until(() => seen(root) === 60)
    writeFileSync(path, lines(BARS.slice(60)))
    const answer = await asked
    expect(answer.status, JSON.stringify(answer.error)).toBe('success')
    expect(tables(answer.artifacts_path)).toEqual(tables((await clean()).artifacts_path))
    expect(Object.values(json(join(answer.artifacts_path, 'session_status.json')).rejected)).toEqual([0, 0, 0, 0, 0, 0])
    expect(answer.warnings.join()).toContain('cut or replaced 1 times')
  })

  it('that leaves out bars, or has another interval than the session, is told of', async () => {
    const holes = await clean([...BARS.slice(0, 150), ...BARS.slice(152, 180), ...BARS.slice(183)])
    expect(holes.warnings).toEqual(['The feed left out 5 bars of 1d in 2 places.'])
    expect((await clean()).warnings ?? []).toEqual([])
    const root = emptyFolder()
    const params = { ticker: 'ETH-USD', feed: { path: feed(root, BARS), follow: false } }
    const hourly = await ask(root, requestOf('paper', { ...params, interval: '1h' }))
    expect(hourly.warnings.join()).toContain('No two bars of the feed are one interval (1h) apart')
    const weekly = await ask(root, requestOf('paper', { ...params, interval: '1w' }))
    expect(weekly.warnings.join()).toContain('86400 seconds apart, closer than the interval 1w')
  })
})

describe('a feed of an exchange', () => {
  const isWeekday = (line: string) => ![0, 6].includes(new Date(JSON.parse(line).date).getUTCDay())

  it('has no gaps on weekends; where its calendar was not given, that is asked for', async () => {
    const root = emptyFolder()
    const params = { ticker: 'ETH-USD', feed: { path: feed(root, BARS.filter(isWeekday)), follow: false } }
    const asked = await ask(root, requestOf('paper', params))
    expect(asked.warnings).toEqual([expect.stringContaining('is its calendar exchange?')])
    const told = await ask(root, requestOf('paper', { ...params, calendar: 'exchange' }))
    expect(told.warnings ?? []).toEqual([])
    const years = (answer: Record<string, unknown>) =>
      json(join(String(answer['artifacts_path']), 'metrics.json')).extended.periods_per_year
    expect([years(asked), years(told)]).toEqual([365, 252])
  })
})

describe('a request with a key', () => {
  /** As if the process had died after the work and before its answer was recorded. */
  function forgetAnswer(root: string): void {
    const records = join(root, 'outputs/idempotency')
    const [name] = readdirSync(records)
    const { answer: _, ...record } = json(join(records, name))
    writeFileSync(join(records, name), JSON.stringify(record))
  }

  it('that died before its answer was recorded is answered from the finished session', async () => {
    const root = await rootWithData()
    const request = requestOf(
      'paper',
      { ticker: 'ETH-USD', start: '2021-01-01', end: '2021-08-01' },
      { idempotency_key: 'k' },
    )
    const first = await ask(root, request)
    forgetAnswer(root)
    const { duration_ms: _, trace_id: __, ...again } = await ask(root, request)
    const { duration_ms: ___, trace_id: ____, ...before } = first
    expect(again).toEqual({ ...before, replayed: true })
    expect(sessions(root)).toHaveLength(1)
  })

  it('over a feed goes on with its own session after an abort, and keeps the moment of its creation', async () => {
    const root = emptyFolder()
    const path = feed(root, BARS.slice(0, 80))
    const params = { ticker: 'ETH-USD', feed: { path }, max_bars: BARS.length }
    const request = requestOf('paper', params, { idempotency_key: 'k' })
    const stop = new AbortController()
    const asked = ask(root, request, { abort: stop.signal })
    await until(() => seen(root) === 80)
    stop.abort()
    expect((await asked).status).toBe('error')
    const [name] = sessions(root)
    const metadata = () => json(join(folder(root), name, 'session_metadata.json'))
    expect(metadata().status).toBe('aborted')
    const { created_at } = metadata()
    appendFileSync(path, lines(BARS.slice(80)))
    const answer = await ask(root, request)
    expect([answer.status, answer.run_id]).toEqual(['success', name])
    expect(sessions(root)).toEqual([name])
    expect(metadata()).toMatchObject({ status: 'success', created_at })
    expect(json(join(folder(root), name, 'session_status.json')).resume_count).toBe(1)
    expect(tables(answer.artifacts_path)).toEqual(tables((await clean()).artifacts_path))
    expect(await ask(root, request)).toMatchObject({ run_id: name, replayed: true })
  })

  it('for another request is refused', async () => {
    const root = await rootWithData()
    const request = (ticker: string) =>
      requestOf('paper', { ticker, start: '2021-01-01', end: '2021-08-01' }, { idempotency_key: 'k' })
    await ask(root, request('ETH-USD'))
    expect((await ask(root, request('BTC-USD'))).error.code).toBe('CONFLICT')
    expect(sessions(root)).toHaveLength(1)
  })
})

it('two sessions of one second overwrite nothing', async () => {
  const root = await rootWithData()
  const request = requestOf('paper', { ticker: 'ETH-USD', start: '2021-01-01', end: '2021-08-01' })
  const now = Date.parse('2026-01-02T03:04:05Z')
  const answers = [await ask(root, request, { now }), await ask(root, request, { now })]
  expect(answers[1].run_id).toBe(`${answers[0].run_id}-2`)
  expect(tables(answers[1].artifacts_path)).toEqual(tables(answers[0].artifacts_path))
})
