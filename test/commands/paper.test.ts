/**
 * Paper sessions over history against the published implementation, and every listed defect repaired. Numbers are compared to
 * 1e-9 relative; fields that name the execution only for their presence.
 */

import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, call, requestOf, rootWithData } from '../harness.ts'

const CASES = 'test/fixtures/golden-paper'

/** Fields that name this execution or hold paths. */
const VOLATILE = new Set([
  'run_id',
  'session_id',
  'created_at',
  'started_at',
  'updated_at',
  'finished_at',
  'generated_at',
  'timestamp',
  'duration_seconds',
  'age_minutes',
  'git_commit',
  'config_hash',
  'python_version',
  'python_executable',
  'message',
  'artifacts',
  'reproduce',
  'path',
  'root_dir',
])

const PATH = /_path$|_dir$|^runs_index_/

/** Where the published answer is a listed defect. */
const DEFECTS: Record<string, (value: unknown) => boolean> = {
  // The top-level summary is empty; only the machine contract has the figures.
  'report.json.summary': value => (value as { total_return: number }).total_return === null,
  // The metadata of a failed session stays `running`.
  'session_metadata.json.status': value => value === 'running',
  'metadata.json.status': value => value === 'running',
}

const sessionsOf = (root: string): string[] => {
  const folder = join(root, 'outputs/paper_sessions')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => join(folder, entry.name))
    .sort()
}

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

async function perform(name: string) {
  const folder = join(CASES, name)
  const root = await rootWithData()
  const step = json(join(folder, 'request.json'))
  const argv = Array.isArray(step.argv) ? step.argv : ['--json-request', JSON.stringify(step)]
  const called = await call(root, [...argv, '--signal-file', 'signals.jsonl'])
  return { folder, root, called, published: Number(readFileSync(join(folder, 'expected_exit.txt'), 'utf8')) }
}

const lines = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line.replace(/\b(?:NaN|-?Infinity)\b/g, 'null')))

describe.each([
  'paper-default',
  'paper-3y-atr',
  'paper-no-trades',
  'cli-paper',
  'error-no-data-paper',
  'error-short-history-paper',
])('%s', name => {
  it('answers as published', async () => {
    const { folder, root, called, published } = await perform(name)
    expect(called.code, called.stderr + called.stdout).toBe(published)

    const [session] = sessionsOf(root)
    const [theirs] = sessionsOf(join(folder, 'files'))
    for (const file of readdirSync(theirs)) {
      const [text, ours] = [join(theirs, file), join(session, file)]
      expect(existsSync(ours), `${file} is missing`).toBe(true)
      if (file.endsWith('.json')) compare(json(text), json(ours), file)
      if (file.endsWith('.csv')) compareCsv(readFileSync(text, 'utf8'), readFileSync(ours, 'utf8'), file)
    }
    if (published === 0) expect(readdirSync(join(session, 'artifacts'))).toContain('equity.svg')

    const index = 'paper_sessions_index.json'
    compare(json(join(theirs, '..', index)), json(join(session, '..', index)), index)
    const [header, row] = readFileSync(join(session, '..', 'paper_sessions_index.csv'), 'utf8').split('\r\n')
    const [theirHeader, theirRow] = readFileSync(join(theirs, '..', 'paper_sessions_index.csv'), 'utf8').split(/\r?\n/)
    expect(header).toBe(theirHeader)
    expect(row.split(',').slice(6, 8)).toEqual(theirRow.split(',').slice(6, 8))

    const events = lines(join(folder, 'signals.jsonl'))
    const ours = lines(join(root, 'signals.jsonl')).filter(event => event['event'] !== 'PROGRESS')
    expect(ours.map(event => event['event'])).toEqual(events.map(event => event['event']))
    events.forEach((event, at) => {
      // A paper request refreshes no runs index, whatever the published signal says.
      const fields = Object.entries(event).filter(([key]) => !key.startsWith('runs_index'))
      compare(Object.fromEntries(fields), ours[at], `signals[${at}]`)
    })
  })

  it('touches neither the runs nor the failures', async () => {
    const { root } = await perform(name)
    expect(existsSync(join(root, 'outputs/runs'))).toBe(false)
    expect(existsSync(join(root, 'outputs/failures'))).toBe(false)
    expect(readdirSync(join(root, 'outputs/.staging'))).toEqual([])
  })
})

describe('a session over history', () => {
  it('prints the published text, and the last fills of the broker', async () => {
    const { folder, called } = await perform('cli-paper')
    const published = readFileSync(join(folder, 'stdout.txt'), 'utf8')
    // Figures may differ in their last digit; everything else is the same text.
    const lines = called.stdout.split('\n')
    published
      .split('\n')
      .slice(2, 17)
      .forEach(line => {
        const [name, value] = line.split(': ')
        const ours = lines.find(other => other.startsWith(name)) ?? ''
        if (Number.isNaN(Number(value))) expect(lines).toContain(line)
        else compare(Number(value), Number(ours.slice(name.length + 2)), name)
      })
    expect(called.stdout).toMatch(/2023-05-30 +BUY +5897.28 +5909.001222 +0.572515 +6.779538/)
  })

  it('gives the figures of the report in the top-level summary, and names the mode of its command', async () => {
    const root = await rootWithData()
    const answer = await ask(root, requestOf('paper', { ticker: 'ETH-USD' }), { signals: 'signals.jsonl' })
    const [session] = sessionsOf(root)
    const report = json(join(session, 'report.json'))
    expect(answer).toMatchObject({ status: 'success', contract_type: 'quantlab.paper.result', artifacts_path: session })
    expect(answer.run_id).toBe(report.header.run_id)
    expect(Object.keys(answer)).not.toContain('runs_index_json')
    expect(report.summary).toEqual(report.machine_contract.summary)
    expect(report.summary.total_return).toBeCloseTo(-0.4873675039735471, 12)
    expect(lines(join(root, 'signals.jsonl')).map(event => event['mode'])).toEqual(['paper', 'paper'])
    const metadata = json(join(session, 'session_metadata.json'))
    expect(metadata.created_at).toBe(json(join(session, 'metadata.json')).created_at)
    expect(metadata.created_at <= json(join(session, 'session_status.json')).finished_at).toBe(true)
  })

  it('has the same configuration, and so the same hash, through run and paper', async () => {
    const root = await rootWithData()
    await ask(root, requestOf('paper', { ticker: 'BTC-USD', rsi_buy_max: 55 }))
    await ask(root, requestOf('run', { ticker: 'BTC-USD', rsi_buy_max: 55, paper: true }))
    const [one, two] = sessionsOf(root).map(path => json(join(path, 'session_metadata.json')))
    expect(one.config_hash).toBe(two.config_hash)
    expect(one.result_hash).toBe(two.result_hash)
    expect(one.run_id).not.toBe(two.run_id)
  })

  it("shows the broker's own account beside the headline", async () => {
    const root = await rootWithData()
    await ask(root, requestOf('paper', { ticker: 'ETH-USD' }))
    const [session] = sessionsOf(root)
    const { broker } = json(join(session, 'metrics.json'))
    const equity = readFileSync(join(session, 'equity.csv'), 'utf8').trim().split('\n').slice(1)
    const [date, close, position, , , account] = equity.at(-1)!.split(',')
    expect(date).toBe('2023-12-31')
    expect(broker.final_equity).toBe(Number(account))
    expect(broker.total_return).toBe(broker.final_equity / 1000 - 1)
    // The published fills end with a BUY that spends all cash: the account is quantity times the last close.
    expect(position).toBe('1')
    const [published] = sessionsOf(join(CASES, 'paper-default/files'))
    const fills = readFileSync(join(published, 'trades.csv'), 'utf8').trim().split('\n')
    const quantity = Number(fills.at(-1)!.split(',')[4])
    expect(broker.final_equity / (quantity * Number(close))).toBeCloseTo(1, 12)
    expect(broker.fills).toBe(fills.length - 1)
    expect(broker.total_fees).toBeCloseTo(
      fills.slice(1).reduce((sum, row) => sum + Number(row.split(',')[5]), 0),
      8,
    )
  })

  it('refuses a fee that is a string before anything is written', async () => {
    const { root, called } = await perform('error-fee-string')
    expect(called.code).toBe(2)
    expect(JSON.parse(called.stdout).error.details[0]).toMatchObject({
      pointer: '/params/fee',
      message: 'must be number',
    })
    expect(existsSync(join(root, 'outputs/paper_sessions'))).toBe(false)
  })

  it('refuses parameters that do not go with paper', async () => {
    const root = await rootWithData()
    const refused = async (command: string, params: Record<string, unknown>) => {
      const { exit_code, error } = await ask(root, requestOf(command, params))
      return [exit_code, error.details[0].pointer]
    }
    expect(await refused('run', { paper: true, trades_csv: 'x.csv' })).toEqual([2, '/params/trades_csv'])
    expect(await refused('paper', { trades_csv: 'x.csv' })).toEqual([2, '/params/trades_csv'])
    expect(await refused('paper', { paper: false })).toEqual([2, '/params/paper'])
    expect(await refused('paper', { start: '2023-02-30' })).toEqual([2, '/params/start'])
    expect(await refused('paper', { feed: { path: 'f' }, dataset_id: 'eth-usd' })).toEqual([2, '/params/dataset_id'])
    expect(await refused('paper', { resume: 'x', ticker: 'ETH-USD' })).toEqual([2, '/params/ticker'])
    expect(await refused('paper', { max_drawdown: 0 })).toEqual([2, '/params/max_drawdown'])
    expect(sessionsOf(root)).toEqual([])
  })

  it('keeps a session directory for a strategy that does not exist', async () => {
    const root = await rootWithData()
    const answer = await ask(root, requestOf('run', { paper: true, strategy: 'sma_crss' }))
    expect(answer.exit_code).toBe(4)
    const [session] = sessionsOf(root)
    expect(json(join(session, 'session_status.json'))).toMatchObject({
      status: 'failed',
      status_reason: 'exception',
      error_type: 'StrategyError',
      terminal: true,
    })
    expect(json(join(session, 'session_metadata.json')).status).toBe('failed')
    expect(existsSync(join(session, 'report.json'))).toBe(false)
    expect(existsSync(join(root, 'outputs/failures'))).toBe(false)
  })

  it('stops after max_bars, warm-up included', async () => {
    const root = await rootWithData()
    const { artifacts_path: cut } = await ask(root, requestOf('paper', { ticker: 'ETH-USD', max_bars: 150 }))
    const { artifacts_path: short } = await ask(root, requestOf('paper', { ticker: 'ETH-USD', end: '2023-05-31' }))
    expect(json(join(cut, 'session_status.json'))).toMatchObject({ bars_seen: 150, stop_reason: 'max_bars' })
    for (const file of ['trades.csv', 'equity.csv']) {
      expect(readFileSync(join(cut, file), 'utf8')).toBe(readFileSync(join(short, file), 'utf8'))
    }
  })

  it('stops at a loss, counts as aborted, and is no candidate for promotion', async () => {
    const root = await rootWithData()
    const answer = await ask(root, requestOf('paper', { ticker: 'ETH-USD', max_loss: 100 }))
    expect(answer).toMatchObject({ status: 'success', exit_code: 0 })
    expect(answer.warnings.join()).toContain('max_loss 100')
    const [session] = sessionsOf(root)
    const account = readFileSync(join(session, 'equity.csv'), 'utf8').trim().split('\n').slice(1)
    const values = account.map(line => Number(line.split(',')[5]))
    expect(values.at(-1)).toBeLessThanOrEqual(900)
    expect(Math.min(...values.slice(0, -1))).toBeGreaterThan(900)
    expect(json(join(session, 'session_status.json'))).toMatchObject({
      status: 'aborted',
      status_reason: 'risk_limit',
      stop_reason: 'max_loss',
      error_type: 'RiskLimit',
    })
    const { result } = await ask(root, requestOf('paper_sessions', { action: 'promotion' }))
    expect(result.blocked_sessions[0].broker_promotion_blockers).toEqual(['status_aborted', 'has_error_type'])
  })

  it('stops at a drawdown from the highest close of the account', async () => {
    const root = await rootWithData()
    await ask(root, requestOf('paper', { ticker: 'ETH-USD', max_drawdown: 0.15, initial_cash: 5000 }))
    const [session] = sessionsOf(root)
    const rows = readFileSync(join(session, 'equity.csv'), 'utf8').trim().split('\n').slice(1)
    let peak = 5000
    const falls = rows.map(line => {
      const value = Number(line.split(',')[5])
      peak = Math.max(peak, value)
      return 1 - value / peak
    })
    expect(falls.at(-1)).toBeGreaterThanOrEqual(0.15)
    expect(Math.max(...falls.slice(0, -1))).toBeLessThan(0.15)
    expect(json(join(session, 'report.json'))).toMatchObject({ status: 'aborted', stop_reason: 'max_drawdown' })
  })

  it('is closed as aborted where a signal comes while it runs', async () => {
    const root = await rootWithData()
    const abort = new AbortController()
    const poll = () => (sessionsOf(root).length > 0 ? abort.abort(143) : setImmediate(poll))
    poll()
    const answer = await ask(root, requestOf('paper', { ticker: 'ETH-USD' }), { abort: abort.signal })
    expect(answer).toMatchObject({ exit_code: 143, error: { code: 'ABORTED' } })
    const [session] = sessionsOf(root)
    expect(json(join(session, 'session_status.json'))).toMatchObject({
      status: 'aborted',
      status_reason: 'operator_abort',
    })
    expect(existsSync(join(session, 'report.json'))).toBe(false)
  })

  it('writes every file that its report lists, with its hash', async () => {
    const root = await rootWithData()
    await ask(root, requestOf('paper', { ticker: 'ETH-USD', report: true, save_price_plot: true }))
    const [session] = sessionsOf(root)
    const names = json(join(session, 'report.json')).artifacts.map((file: { file_name: string }) => file.file_name)
    expect(names).toEqual([
      'artifacts/equity.svg',
      'artifacts/price_signals.svg',
      'artifacts/report.html',
      'config.json',
      'equity.csv',
      'manifest.json',
      'metadata.json',
      'metrics.json',
      'run_report.md',
      'session_metadata.json',
      'trades.csv',
    ])
    const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id: session }))
    expect(verified.status, JSON.stringify(verified.error)).toBe('success')
  })
})

/** Parameters of other kinds of run: a session trades one instrument by one strategy. */
const NOT_OF_SESSIONS = [
  'trades_csv',
  'pipeline',
  'mode',
  'config',
  'config_path',
  'experiment',
  'experiment_path',
  'asof',
  'prefetch_days',
  'reports_dir',
  'simulation_request',
  'alerts_dataset_id',
]

it('accepts what a run of one instrument accepts, of the same kind, but for the file of external fills', () => {
  const request = (command: string) => json(`schemas/commands/${command}.schema.json`).$defs.request.properties
  const rules = (properties: Record<string, Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(properties).map(([name, { description: _, default: __, ...rule }]) => [name, rule]),
    )
  const run = Object.fromEntries(
    Object.entries(rules(request('run'))).filter(([name]) => !NOT_OF_SESSIONS.includes(name)),
  )
  const { feed, max_bars, max_drawdown, max_loss, resume, ...paper } = rules(request('paper'))
  expect(paper).toEqual({ ...run, paper: { type: 'boolean', const: true } })
  expect([feed, max_bars, max_drawdown, max_loss, resume]).not.toContain(undefined)
})

describe('surface-paper-sessions', () => {
  it('answers as published', async () => {
    const folder = join(CASES, 'surface-paper-sessions')
    const root = await rootWithData()
    cpSync(join(folder, 'files/ps'), join(root, 'ps'), { recursive: true })
    const steps = readdirSync(join(folder, 'requests'))
      .sort()
      .map(name => json(join(folder, 'requests', name)).argv as string[])
    const published = (stream: string) =>
      readFileSync(join(folder, `${stream}.txt`), 'utf8')
        .split(/===== step \d+ \w+ =====\n/)
        .slice(1)
    const [texts, errors] = [published('stdout'), published('stderr')]
    const codes = readFileSync(join(folder, 'expected_exit.txt'), 'utf8').trim().split(' ').map(Number)
    for (const [at, argv] of steps.entries()) {
      const { code, stdout, stderr } = await call(root, [...argv, '--signal-file', 'signals.jsonl'])
      expect(code, argv.join(' ')).toBe(codes[at])
      if (argv[0].includes('alerts') || argv[0].includes('promotion')) {
        if (code === 0) compare(JSON.parse(texts[at]), JSON.parse(stdout), argv[0])
        if (code === 0) expect(Object.keys(JSON.parse(stdout))).toEqual(Object.keys(JSON.parse(stdout)).sort())
      } else if (argv[0].includes('show')) {
        // Ours are absolute paths, and fields behind the published ones.
        const plain = stdout.replaceAll(`${root}/`, '').split('\n')
        for (const line of texts[at].trimEnd().split('\n')) expect(plain).toContain(line)
      } else expect(trimmed(stdout)).toBe(trimmed(texts[at]))
      expect(stderr).toBe(errors[at] ?? '')
    }
    const ours = lines(join(root, 'signals.jsonl'))
    lines(join(folder, 'signals.jsonl')).forEach((event, at) => {
      compare(event, ours[at], `signals[${at}]`)
    })
    const rows = (path: string) =>
      readFileSync(join(path, 'ps/paper_sessions_index.csv'), 'utf8').replaceAll(`${root}/`, '')
    expect(rows(root).replaceAll('\r', '')).toBe(rows(join(folder, 'files')).replaceAll('\r', ''))
    compare(
      json(join(folder, 'files/ps/paper_sessions_index.json')),
      json(join(root, 'ps/paper_sessions_index.json')),
      'index',
    )
    expect(readFileSync(join(root, 'ps/paper_sessions_index.md'), 'utf8')).toContain('**Total sessions found:** 7')
  })

  it('closes a session of an earlier layout that has long shown no sign of life', async () => {
    const root = await rootWithData()
    cpSync(join(CASES, 'surface-paper-sessions/files/ps'), join(root, 'ps'), { recursive: true })
    const recover = (minutes: number) =>
      ask(root, requestOf('paper_sessions', { action: 'recover', dir: 'ps', paper_stale_minutes: minutes }), {
        now: Date.parse('2026-03-25T14:35:00Z'),
      })
    expect((await recover(121)).result).toMatchObject({ recovered: [], still_running: ['s_run'] })
    expect((await recover(120)).result.recovered).toMatchObject([
      { session_id: 's_run', status: 'failed', status_reason: 'process_died', finished_at: '2026-03-25T12:35:00' },
    ])
    const state = json(join(root, 'ps/s_run/session_status.json'))
    expect(state).toMatchObject({
      terminal: true,
      duration_seconds: 300,
      recovered_at: expect.stringMatching(/^2026-03-25T14:35/),
    })
    expect(json(join(root, 'ps/paper_sessions_index.json')).sessions).toHaveLength(7)
  })

  it('takes whole minutes only', async () => {
    const root = await rootWithData()
    const params = { action: 'alerts', paper_stale_minutes: 1.5 }
    expect((await ask(root, requestOf('paper_sessions', params))).exit_code).toBe(2)
  })

  it('reads the own sessions where no directory is given, none before the first', async () => {
    const root = await rootWithData()
    const none = await call(root, ['--paper-sessions-list'])
    expect([none.code, none.stdout]).toEqual([0, expect.stringContaining('Total: 0 session(s) found')])
    await ask(root, requestOf('paper', { ticker: 'ETH-USD' }))
    const one = await call(root, ['--paper-sessions-health'])
    expect(one.stdout).toMatch(/success +: 1/)
  })
})

const trimmed = (text: string) =>
  text
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
    .trim()

function compare(published: unknown, ours: unknown, place: string): void {
  if (DEFECTS[place]?.(published)) {
    expect(ours, place).not.toEqual(published)
  } else if (typeof published === 'number') {
    expect(typeof ours, `${place}: ${String(ours)}`).toBe('number')
    const allowed = Math.max(1e-12, 1e-9 * Math.abs(published))
    expect(Math.abs((ours as number) - published), `${place}: ${String(ours)}`).toBeLessThanOrEqual(allowed)
  } else if (Array.isArray(published)) {
    expect((ours as unknown[]).length, place).toBe(published.length)
    published.forEach((item, at) => {
      compare(item, (ours as unknown[])[at], `${place}[${at}]`)
    })
  } else if (typeof published === 'object' && published !== null) {
    for (const [key, value] of Object.entries(published)) {
      expect(Object.hasOwn(ours as object, key), `${place}.${key} is missing`).toBe(true)
      if (VOLATILE.has(key) && DEFECTS[`${place}.${key}`] === undefined) continue
      if (!PATH.test(key)) compare(value, (ours as Record<string, unknown>)[key], `${place}.${key}`)
    }
  } else expect(ours, place).toEqual(published)
}

function compareCsv(published: string, ours: string, place: string): void {
  const rows = (text: string) =>
    text
      .trim()
      .split(/\r?\n/)
      .map(line => line.split(','))
  const [theirs, mine] = [rows(published), rows(ours)]
  expect(mine.length, place).toBe(theirs.length)
  expect(mine[0]).toEqual(theirs[0])
  theirs.slice(1).forEach((cells, row) => {
    cells.forEach((cell, column) => {
      const where = `${place}: row ${row + 1}, ${theirs[0][column]}`
      if (cell !== '' && Number.isFinite(Number(cell))) compare(Number(cell), Number(mine[row + 1][column]), where)
      else expect(mine[row + 1][column], where).toBe(cell)
    })
  })
}
