/** `forward` on small series that can be followed by hand: what is carried, resumed, refused; and every defect that was mended. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { loadSchemas, schemaOf } from '../../src/base/schema.ts'
import { STRATEGIES } from '../../src/strategies/index.ts'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

type Json = Awaited<ReturnType<typeof ask>>

const DAY = 86_400_000
/** Midnight of the day on which nothing is evaluated yet in most tests. */
const NOW = Date.parse('2024-02-10T09:00:00Z')

// From 2024-01-01: crossing its two-bar mean upwards on day 2, down on 5, up on 6, down on 9, up on 10.
const CLOSES = [10, 9, 10, 11, 12, 11, 13, 14, 15, 12, 16, 20]

let root: string

async function register(id: string, closes: readonly number[], more: Record<string, unknown> = {}): Promise<void> {
  const step = more['interval'] === '1h' ? 3_600_000 : DAY
  const rows = closes.map((close, i) => `${new Date(Date.parse('2024-01-01') + i * step).toISOString()},${close}`)
  writeFileSync(join(root, `${id}.csv`), `timestamp,close\n${rows.join('\n')}\n`)
  const params = { action: 'register', id, kind: 'ohlcv', path: `${id}.csv`, symbol: 'TEST', interval: '1d', ...more }
  const answer = await ask(root, requestOf('dataset', params))
  expect(answer.error).toBeUndefined()
}

/** A plain run over the first bars, as the source of a candidate. */
async function source(params: Record<string, unknown> = {}): Promise<string> {
  const answer = await ask(
    root,
    requestOf('run', {
      ...{ ticker: 'TEST', start: '2024-01-01', end: '2024-01-05', strategy: 'sma_cross', fee: 0.1, slippage_bps: 0 },
      ...{ strategy_params: { fast: 1, slow: 2 }, initial_cash: 500 },
      ...params,
    }),
  )
  expect(answer.error).toBeUndefined()
  return answer.run_id
}

/** A sweep's directory with a leaderboard, as any program may leave it. */
function sweep(leaderboard: string, config: Record<string, unknown> = {}): string {
  const dir = join(root, 'outputs/runs/20240101_000000_grid_aaaaaaa')
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'metadata.json'), JSON.stringify({ run_id: '20240101_000000_grid_aaaaaaa', mode: 'grid' }))
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config))
  writeFileSync(join(dir, 'leaderboard.csv'), leaderboard)
  return dir
}

const forward = (params: Record<string, unknown>) => ask(root, requestOf('forward', params), { now: NOW })
const read = (path: string): Json => JSON.parse(readFileSync(path, 'utf8'))
const stateOf = (answer: Json) => read(join(answer.artifacts_path, 'portfolio_state.json'))
const csv = (answer: Json, name: string) =>
  readFileSync(join(answer.artifacts_path, name), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(','))

beforeEach(async () => {
  root = emptyFolder()
  await register('test', CLOSES)
  return () => rmSync(root, { recursive: true })
})

describe('the candidate', () => {
  it('of a plain run keeps its ticker, strategy, parameters, fee, slippage, cash and execution', async () => {
    const run_dir = await source()
    const answer = await forward({ run_dir, forward_start: '2024-01-05', forward_end: '2024-01-13' })
    expect(answer.error).toBeUndefined()
    expect(stateOf(answer)).toMatchObject({
      starting_cash: 500,
      candidate: {
        ...{ ticker: 'TEST', strategy_name: 'sma_cross', strategy_params: { fast: 1, slow: 2, allow_short: false } },
        ...{ fee_rate: 0.1, slippage_bps: 0, execution: 'signal_close', interval: '1d', source_run_id: run_dir },
        ...{ initial_cash: 500, source_end: '2024-01-05' },
      },
    })
    // 500 less 10 % buys 450/13 on day 6; sold on day 9 at 12, less 10 %; bought again on day 10 at 16.
    const sold = (450 / 13) * 12 * 0.9
    const held = (sold * 0.9) / 16
    expect(csv(answer, 'forward_trades.csv').map(row => [row[0], row[1]])).toEqual([
      ['2024-01-07', 'BUY'],
      ['2024-01-10', 'SELL'],
      ['2024-01-11', 'BUY'],
    ])
    const equity = csv(answer, 'forward_equity_curve.csv').map(row => Number(row[1]))
    const expected = [
      1,
      1,
      450 / 500,
      ((450 / 13) * 14) / 500,
      ((450 / 13) * 15) / 500,
      sold / 500,
      (held * 16) / 500,
      (held * 20) / 500,
    ]
    expect(equity.length).toBe(expected.length)
    for (const [k, value] of expected.entries()) expect(equity[k]).toBeCloseTo(value, 12)
    expect(answer.summary).toMatchObject({ n_bars: 8, n_trades: 1, win_rate: 0 })
    expect(stateOf(answer)).toMatchObject({ n_trades: 3, has_open_position: true, open_position_mark_price: 20 })
    expect(stateOf(answer).unrealized_pnl).toBeCloseTo(held * 4, 10)
  })

  it('of a sweep pays the fee of its row, with the parameters of its columns', async () => {
    const head =
      'ticker,start,end,interval,fee,slippage_mode,slippage_bps,strategy,fast,strategy_params.slow,sharpe_simple,total_return'
    const row = (fast: number, sharpe: string) =>
      `TEST,2024-01-01,2024-01-04,1d,0.5,fixed,0,sma_cross,${fast},2,${sharpe},0.1`
    const run_dir = sweep(`${head}\n${row(9, 'nan')}\n${row(1, '0.7')}\n${row(8, '0.6')}\n${row(7, '')}\n`)
    const answer = await forward({ run_dir, forward_start: '2024-01-05', forward_end: '2024-01-08' })
    expect(answer.error).toBeUndefined()
    const state = stateOf(answer)
    expect(state.candidate).toMatchObject({
      fee_rate: 0.5,
      strategy_params: { fast: 1, slow: 2 },
      selection_value: 0.7,
    })
    // Without cash of its own the candidate brings 10000; half of it is the fee.
    expect([state.starting_cash, state.total_fees, state.current_equity]).toEqual([10_000, 5000, 5000])
    expect(state.candidate.params).not.toHaveProperty('sharpe_simple')
  })

  it('takes strategy parameters from the configuration where the row has none', async () => {
    const config = {
      ticker: 'TEST',
      strategy: 'sma_cross',
      strategy_params: { fast: 1, slow: 2 },
      fee: 0.25,
      interval: '1d',
    }
    const run_dir = sweep('strategy_params,sharpe_simple\n"{""slow"": 3}",1\n', config)
    const answer = await forward({ run_dir, forward_start: '2024-01-05', forward_end: '2024-01-08' })
    expect(stateOf(answer).candidate).toMatchObject({
      fee_rate: 0.25,
      ticker: 'TEST',
      strategy_params: { fast: 1, slow: 3 },
    })
  })

  it('is the one with the highest number under the metric asked for', async () => {
    const run_dir = sweep('ticker,strategy,sharpe_simple,calmar\nTEST,buy_and_hold,2,1\nTEST,buy_and_hold,1,5\n')
    const answer = await forward({
      run_dir,
      forward_metric: 'calmar',
      forward_start: '2024-01-05',
      forward_end: '2024-01-08',
    })
    expect(stateOf(answer).candidate).toMatchObject({ selection_metric: 'calmar', selection_value: 5 })
    const bad = await forward({
      run_dir,
      forward_metric: 'calma',
      forward_start: '2024-01-05',
      forward_end: '2024-01-08',
    })
    expect(bad).toMatchObject({
      exit_code: 2,
      error: { message: expect.stringContaining('ticker, strategy, sharpe_simple, calmar') },
    })
  })

  it('keeps the interval of its source', async () => {
    await register('hourly', CLOSES, { interval: '1h' })
    const run_dir = await source({ interval: '1h', start: '2024-01-01T00:00:00Z', end: '2024-01-01T04:00:00Z' })
    const window = { forward_start: '2024-01-01T04:00:00Z', forward_end: '2024-01-01T12:00:00Z' }
    const answer = await forward({ run_dir, ...window })
    expect(stateOf(answer)).toMatchObject({ candidate: { interval: '1h' }, total_bars_evaluated: 8 })
    expect(csv(answer, 'forward_trades.csv')[0][0]).toBe('2024-01-01T06:00:00.000Z')
    expect(read(join(answer.artifacts_path, 'config.json'))).toMatchObject({ interval: '1h', dataset_id: 'hourly' })
  })

  it('is bought on the first bar where its rule is always in the market', async () => {
    const run_dir = await source({ strategy: 'buy_and_hold', strategy_params: {} })
    const answer = await forward({
      run_dir,
      forward_start: '2024-01-05',
      forward_end: '2024-01-13',
      initial_cash: 1200,
    })
    // 1200 less 120 buys 90 at 12; 20 at the end.
    expect(stateOf(answer)).toMatchObject({ qty: 90, current_equity: 1800, starting_cash: 1200, entry_costs: 120 })
    expect(read(join(answer.artifacts_path, 'metrics.json')).extended.buy_and_hold_return).toBeCloseTo(20 / 12 - 1, 12)
  })

  it('needs a ticker; one of the request serves only where the source names none', async () => {
    const run_dir = sweep('strategy,sharpe_simple\nbuy_and_hold,1\n')
    const window = { forward_start: '2024-01-05', forward_end: '2024-01-08' }
    expect(await forward({ run_dir, ...window })).toMatchObject({
      exit_code: 3,
      error: { message: expect.stringContaining('names no ticker') },
    })
    expect(stateOf(await forward({ run_dir, ticker: 'TEST', ...window })).candidate.ticker).toBe('TEST')
    const named = await forward({ run_dir: await source(), ticker: 'OTHER', ...window })
    expect(stateOf(named).candidate.ticker).toBe('TEST')
    expect(named.warnings.join()).toContain('ticker OTHER serves only')
  })

  it('may have any strategy: its complete parameters are carried', async () => {
    await loadSchemas()
    const data = await rootWithData()
    for (const strategy of Object.keys(STRATEGIES)) {
      const [example] = (schemaOf(`strategies/${strategy}`)!['examples'] ?? [{}]) as Record<string, unknown>[]
      const params = { start: '2021-01-01', end: '2023-01-01', strategy, strategy_params: example, fee: 0.0005 }
      const run = await ask(data, requestOf('run', params))
      const window = { forward_start: '2023-01-01', forward_end: '2023-03-01' }
      const answer = await ask(data, requestOf('forward', { run_dir: run.run_id, ...window }))
      expect([strategy, answer.error]).toEqual([strategy, undefined])
      const config = read(join(run.artifacts_path, 'config.json'))
      const { candidate, total_bars_evaluated } = stateOf(answer)
      expect(candidate).toMatchObject({
        strategy_name: strategy,
        strategy_params: config.strategy_params,
        fee_rate: 0.0005,
      })
      expect(total_bars_evaluated).toBe(59)
    }
  })

  it('with parameters outside its schema, of an unknown strategy, or absent, is refused', async () => {
    const window = { forward_start: '2024-01-05', forward_end: '2024-01-08' }
    const trial = (leaderboard: string) => forward({ run_dir: sweep(leaderboard), ...window })
    expect(await trial('ticker,strategy,fast,slow,sharpe_simple\nTEST,sma_cross,9,2,1\n')).toMatchObject({
      exit_code: 4,
    })
    expect(await trial('ticker,strategy,sharpe_simple\nTEST,sma_cros,1\n')).toMatchObject({ exit_code: 4 })
    expect(await trial('ticker,strategy,fee,sharpe_simple\nTEST,buy_and_hold,5,1\n')).toMatchObject({ exit_code: 3 })
    expect(await trial('ticker,strategy,sharpe_simple\nTEST,buy_and_hold,\n')).toMatchObject({ exit_code: 3 })
    expect(await trial('ticker,strategy,sharpe_simple\n')).toMatchObject({
      exit_code: 3,
      error: { message: expect.stringContaining('no candidate') },
    })
  })
})

describe('a session', () => {
  const window = { forward_start: '2024-01-05', forward_end: '2024-01-13' }

  it('writes every file, the four canonical ones among them, and nothing else', async () => {
    const answer = await forward({ run_dir: await source(), ...window })
    expect(readdirSync(answer.artifacts_path)).toEqual([
      ...['config.json', 'forward_chart_drawdown.svg', 'forward_chart_equity.svg', 'forward_equity_curve.csv'],
      ...[
        'forward_report.json',
        'forward_report.md',
        'forward_returns_series.csv',
        'forward_trades.csv',
        'manifest.json',
        'metadata.json',
      ],
      ...['metrics.json', 'portfolio_state.json', 'report.json'],
    ])
    expect(answer.artifacts_path).toBe(join(root, 'outputs/forward_runs/fwd_20240210_090000'))
    expect(answer.run_id).toBe('fwd_20240210_090000')
    const report = read(answer.report_path)
    expect(report.machine_contract).toMatchObject({
      contract_type: 'quantlab.forward.result',
      run_id: answer.run_id,
      mode: 'forward',
      summary: answer.summary,
    })
    expect(report.summary).toEqual(report.machine_contract.summary)
    const metadata = read(join(answer.artifacts_path, 'metadata.json'))
    expect(report.header).toMatchObject({ run_id: metadata.run_id, config_hash: metadata.config_hash, request_id: 'r' })
    const again = await forward({ run_dir: report.candidate.source_run_dir, ...window })
    expect(again.run_id).toBe('fwd_20240210_090000-2')
    expect(readdirSync(join(root, 'outputs/.staging')).filter(name => !name.startsWith('.'))).toEqual([])
  })

  it('lists files whose hashes hold, also after a resume', async () => {
    const answer = await forward({ run_dir: await source(), ...window, forward_end: '2024-01-09' })
    const verify = { action: 'verify', run_id: answer.artifacts_path }
    expect((await ask(root, requestOf('artifact', verify))).result).toMatchObject({ verified: true })
    await forward({ resume_forward: answer.artifacts_path, forward_end: '2024-01-13' })
    expect((await ask(root, requestOf('artifact', verify))).result).toMatchObject({ verified: true })
  })

  it('overwrites nothing', async () => {
    const run_dir = await source()
    const out = { forward_outdir: 'outputs/forward_runs/mine' }
    mkdirSync(join(root, out.forward_outdir), { recursive: true })
    expect((await forward({ run_dir, ...window, ...out })).status).toBe('success')
    const state = readFileSync(join(root, out.forward_outdir, 'portfolio_state.json'))
    expect(await forward({ run_dir, ...window, ...out })).toMatchObject({
      exit_code: 5,
      error: { hint: expect.stringContaining('resume_forward') },
    })
    expect(readFileSync(join(root, out.forward_outdir, 'portfolio_state.json'))).toEqual(state)
    const onto = { forward_outdir: join('outputs/runs', run_dir) }
    expect(await forward({ run_dir, ...window, ...onto })).toMatchObject({ exit_code: 5 })
    expect(await forward({ run_dir, ...window, forward_outdir: '../elsewhere' })).toMatchObject({ exit_code: 2 })
    expect(existsSync(join(root, '../elsewhere'))).toBe(false)
  })

  it('warns where the window lies in the data of its source', async () => {
    const answer = await forward({ run_dir: await source(), forward_start: '2024-01-03', forward_end: '2024-01-09' })
    expect(answer.warnings.join()).toContain('from 2024-01-03 to 2024-01-05 are in the source')
    expect(read(answer.report_path).warnings).toEqual(answer.warnings)
  })

  it('reads as far back as its warm-up needs, and says where it begins late', async () => {
    const data = await rootWithData()
    const begin = (slow: number, forward_start: string) => {
      const dir = join(data, 'outputs/runs', `sweep${slow}`)
      mkdirSync(dir, { recursive: true })
      writeFileSync(join(dir, 'metadata.json'), '{}')
      writeFileSync(join(dir, 'leaderboard.csv'), `ticker,strategy,slow,sharpe_simple\nETH-USD,sma_cross,${slow},1\n`)
      return ask(data, requestOf('forward', { run_dir: dir, forward_start, forward_end: '2023-02-01' }))
    }
    const long = await begin(600, '2023-01-01')
    expect(stateOf(long)).toMatchObject({
      last_segment_bars_fetched: 600 + 31,
      last_segment_warmup_bars: 599,
      total_bars_evaluated: 31,
    })
    expect(long.warnings).toBeUndefined()
    const first = await begin(601, '2018-01-01')
    expect(first.warnings.join()).toMatch(/begins at 2019-08-08.*the 600 bars before it are the warm-up/)
  })

  it('can begin before there is a bar, and goes on when there is', async () => {
    const run_dir = await source()
    const empty = await forward({ run_dir, forward_start: '2024-01-13' })
    expect(empty.warnings.join()).toContain('no bar of TEST from 2024-01-13 on yet')
    expect(empty.summary).toMatchObject({ n_bars: 0, total_return: null })
    expect(stateOf(empty)).toMatchObject({ last_timestamp: null, current_equity: 500, is_noop: false })
    const still = await forward({ resume_forward: empty.artifacts_path })
    expect(stateOf(still)).toMatchObject({ is_noop: true, resume_attempt_count: 1, resume_count: 0 })
    await register('longer', [...CLOSES, 18, 21, 23])
    const grown = await forward({ resume_forward: empty.artifacts_path })
    expect(stateOf(grown)).toMatchObject({ total_bars_evaluated: 3, resume_count: 1, resume_attempt_count: 2 })
    // A window that was asked for and holds nothing is an error.
    expect(await forward({ run_dir, forward_start: '2024-01-20', forward_end: '2024-02-01' })).toMatchObject({
      exit_code: 3,
    })
  })
})

describe('a resume', () => {
  const files = [
    'forward_trades.csv',
    'forward_equity_curve.csv',
    'forward_returns_series.csv',
    'metrics.json',
    'config.json',
    'forward_chart_equity.svg',
  ]
  const money = [
    'cash',
    'qty',
    'target',
    'current_equity',
    'total_fees',
    'total_slippage',
    'n_trades',
    'realized_pnl',
    'unrealized_pnl',
    'entry_costs',
    'total_bars_evaluated',
    'data_hash',
    'eval_end',
  ]
  const facts = (dir: string) => [
    ...files.map(name => readFileSync(join(dir, name), 'utf8')),
    ...money.map(name => read(join(dir, 'portfolio_state.json'))[name]),
  ]

  it('at any splits leaves the same files as one go', async () => {
    const data = await rootWithData()
    const dir = join(data, 'outputs/runs/sweep')
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'metadata.json'), '{}')
    writeFileSync(
      join(dir, 'leaderboard.csv'),
      'ticker,strategy,slow,fast,allow_short,execution,slippage_mode,sharpe_simple\nETH-USD,sma_cross,9,3,true,next_open,atr,1\n',
    )
    const run = async (params: object) => {
      const answer = await ask(data, requestOf('forward', params as Record<string, unknown>))
      expect(answer.error).toBeUndefined()
      return answer.artifacts_path as string
    }
    const day = (k: number) => new Date(Date.parse('2023-01-01') + k * DAY).toISOString().slice(0, 10)
    const begin = (end: number) => run({ run_dir: dir, forward_start: day(0), forward_end: day(end) })
    const whole = facts(await begin(120))
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 119 }), { minLength: 1, maxLength: 4 }), async cuts => {
        const [first, ...rest] = [...cuts.sort((a, b) => a - b), 120]
        const resume_forward = await begin(first)
        for (const end of rest) await run({ resume_forward, forward_end: day(end) })
        expect(facts(resume_forward)).toEqual(whole)
      }),
      { numRuns: 6, seed: 5 },
    )
  })

  it('goes on with a session of the published program', async () => {
    const data = await rootWithData()
    const golden = (name: string) => `test/fixtures/golden-forward/${name}/expected/outputs/forward_runs/fwd_a`
    const dir = join(data, 'outputs/forward_runs/fwd_a')
    cpSync(golden('forward-fresh'), dir, { recursive: true })
    const answer = await ask(data, requestOf('forward', { resume_forward: dir, forward_end: '2023-12-31' }))
    expect(answer.error).toBeUndefined()
    const published = read(join(golden('forward-resume'), 'report.json'))
    expect(answer.summary.total_return).toBeCloseTo(published.summary.total_return, 12)
    expect(answer.summary).toMatchObject({ n_bars: 364, n_trades: 9 })
    expect(stateOf(answer)).toMatchObject({
      session_id: '9dc2b440',
      resume_count: 1,
      bars_fetched: 1345,
      candidate: { strategy_params: { rsi_buy_max: 55, rsi_sell_min: 75, cooldown_days: 5 } },
    })
    expect(csv(answer, 'forward_trades.csv').map(row => row[0].length)).toEqual(new Array(18).fill(10))
  })

  it('that was cut off goes on from the state, which is written last', async () => {
    const run_dir = await source()
    const window = { forward_start: '2024-01-05', forward_end: '2024-01-13' }
    const whole = await forward({ run_dir, ...window })
    const cut = await forward({ run_dir, ...window, forward_end: '2024-01-08' })
    // As if a resume had died just before its last file.
    const state = readFileSync(join(cut.artifacts_path, 'portfolio_state.json'))
    await forward({ resume_forward: cut.artifacts_path, forward_end: '2024-01-12' })
    writeFileSync(join(cut.artifacts_path, 'portfolio_state.json'), state)
    await forward({ resume_forward: cut.artifacts_path, forward_end: '2024-01-13' })
    expect(facts(cut.artifacts_path)).toEqual(facts(whole.artifacts_path))
    expect(stateOf(cut)).toMatchObject({ resume_count: 1 })
  })

  it('without a new bar changes nothing but its own counters', async () => {
    const session = await forward({ run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-10' })
    const before = stateOf(session)
    const known = facts(session.artifacts_path)
    for (const forward_end of ['2024-01-10', '2024-01-07']) {
      const answer = await forward({ resume_forward: session.artifacts_path, forward_end })
      expect(answer.summary).toEqual(session.summary)
    }
    const { bars_fetched, warmup_bars, total_bars_evaluated } = before
    expect(stateOf(session)).toMatchObject({
      bars_fetched,
      warmup_bars,
      total_bars_evaluated,
      resume_count: 0,
      resume_attempt_count: 2,
      is_noop: true,
      last_segment_bars_evaluated: 0,
    })
    expect(facts(session.artifacts_path)).toEqual(known)
  })

  it('tells of data that differ from those it has evaluated, and keeps its record', async () => {
    const session = await forward({ run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-10' })
    const equity = csv(session, 'forward_equity_curve.csv')
    await register('revised', [...CLOSES.slice(0, 7), 14.5, ...CLOSES.slice(8), 30])
    const answer = await forward({
      resume_forward: session.artifacts_path,
      dataset_id: 'revised',
      forward_end: '2024-01-14',
    })
    expect(answer.warnings.join()).toContain('Dataset revised has other bars')
    expect(csv(answer, 'forward_equity_curve.csv').slice(0, equity.length)).toEqual(equity)
  })

  it('keeps what the session began with', async () => {
    const session = await forward({ run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-10' })
    const resume_forward = session.artifacts_path
    const state = readFileSync(join(resume_forward, 'portfolio_state.json'))
    for (const more of [
      { initial_cash: 1 },
      { ticker: 'X' },
      { forward_metric: 'calmar' },
      { forward_outdir: 'outputs/x' },
    ]) {
      expect(await forward({ resume_forward, ...more })).toMatchObject({
        exit_code: 2,
        error: { details: [{ pointer: `/params/${Object.keys(more)[0]}` }] },
      })
    }
    expect(await forward({ resume_forward, forward_start: '2024-01-12', forward_end: '2024-01-13' })).toMatchObject({
      exit_code: 2,
      error: { message: expect.stringContaining('leave out bars from 2024-01-10') },
    })
    expect(readFileSync(join(resume_forward, 'portfolio_state.json'))).toEqual(state)
    const same = { initial_cash: 500, ticker: 'TEST', forward_start: '2024-01-10', forward_end: '2024-01-13' }
    expect((await forward({ resume_forward, ...same })).status).toBe('success')
  })

  it('of a damaged session is refused', async () => {
    const session = await forward({ run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-10' })
    const resume_forward = session.artifacts_path
    const path = (name: string) => join(resume_forward, name)
    const kept = new Map(
      ['portfolio_state.json', 'forward_equity_curve.csv', 'forward_trades.csv'].map(name => [
        name,
        readFileSync(path(name)),
      ]),
    )
    const with_ = async (name: string, text: string | null) => {
      if (text === null) rmSync(path(name))
      else writeFileSync(path(name), text)
      const { exit_code } = await forward({ resume_forward, forward_end: '2024-01-13' })
      writeFileSync(path(name), kept.get(name)!)
      return exit_code
    }
    expect(await with_('portfolio_state.json', '{')).toBe(7)
    expect(await with_('portfolio_state.json', '[]')).toBe(7)
    expect(await with_('portfolio_state.json', '{"session_id": "x"}')).toBe(7)
    expect(await with_('portfolio_state.json', null)).toBe(6)
    expect(await with_('forward_equity_curve.csv', 'timestamp,equity\n2024-01-05,1\n')).toBe(7)
    expect(await with_('forward_equity_curve.csv', 'timestamp,equity\nsoon,1\n')).toBe(3)
    expect(await with_('forward_trades.csv', null)).toBe(7)
    expect((await forward({ resume_forward, forward_end: '2024-01-13' })).status).toBe('success')
  })
})

describe('a request', () => {
  it('needs exactly one of run_dir and resume_forward', async () => {
    for (const params of [
      {},
      { ticker: 'TEST' },
      { run_dir: 'a', resume_forward: 'b' },
      { run_dir: 'a', forward_eval: 'b' },
    ]) {
      expect(await forward(params)).toMatchObject({
        exit_code: 2,
        error: { details: [{ pointer: '/params/run_dir' }] },
      })
    }
    expect(existsSync(join(root, 'outputs/runs'))).toBe(false)
  })

  it('with a window that is none, a run that is none, a session that is none', async () => {
    const run_dir = await source()
    const codes = async (params: Record<string, unknown>) => (await forward(params)).exit_code
    expect(await codes({ run_dir, forward_start: '2024-01-09', forward_end: '2024-01-09' })).toBe(2)
    expect(await codes({ run_dir, forward_start: '2024-02-30', forward_end: '2024-03-09' })).toBe(2)
    expect(await codes({ run_dir, forward_start: '2031-01-01', forward_end: '2031-02-01' })).toBe(3)
    expect(await codes({ run_dir: 'nope', forward_start: '2024-01-09', forward_end: '2024-01-10' })).toBe(6)
    expect(await codes({ resume_forward: 'outputs/forward_runs/nope' })).toBe(6)
    expect(await codes({ resume_forward: join('outputs/runs', run_dir) })).toBe(6)
  })

  it('that fails leaves a record and no directory', async () => {
    const answer = await forward({
      run_dir: await source(),
      forward_start: '2031-01-01',
      forward_end: '2031-02-01',
      forward_outdir: 'outputs/forward_runs/x',
    })
    expect(answer.status).toBe('error')
    const [file] = readdirSync(join(root, 'outputs/failures'))
    expect(read(join(root, 'outputs/failures', file))).toMatchObject({
      command: 'forward',
      error: { code: 'DATA_ERROR' },
    })
    expect(existsSync(join(root, 'outputs/forward_runs'))).toBe(false)
  })

  it('comes as published flags too, with its signals', async () => {
    const run_dir = join('outputs/runs', await source())
    const flags = [
      '--forward-start',
      '2024-01-05',
      '--forward-end',
      '2024-01-10',
      '--forward_outdir',
      'outputs/forward_runs/f',
    ]
    const begun = await call(root, [
      '--forward-eval',
      run_dir,
      ...flags,
      '--initial_cash',
      '700',
      '--signal-file',
      's.jsonl',
    ])
    expect([begun.code, begun.stderr]).toEqual([0, ''])
    expect(begun.stdout).toContain('=== STAGE L: FORWARD EVALUATION ===')
    const resumed = await call(root, [
      '--resume-forward',
      'outputs/forward_runs/f',
      '--forward-end',
      '2024-01-13',
      '--signal-file',
      's.jsonl',
    ])
    expect(resumed.stdout).toContain('=== STAGE L.2: RESUMING FORWARD SESSION ===')
    const events = readFileSync(join(root, 's.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events.map(event => [event.event, event.mode])).toEqual([
      ['SESSION_STARTED', 'forward'],
      ['SESSION_COMPLETED', 'forward'],
      ['SESSION_STARTED', 'forward'],
      ['SESSION_COMPLETED', 'forward'],
    ])
    expect(read(join(root, 'outputs/forward_runs/f/portfolio_state.json'))).toMatchObject({
      starting_cash: 700,
      total_bars_evaluated: 8,
    })
  })

  it('repeated under its key makes one session', async () => {
    const params = { run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-08' }
    const send = () => ask(root, requestOf('forward', params, { idempotency_key: 'k' }))
    const [first, second] = [await send(), await send()]
    expect(second).toMatchObject({ run_id: first.run_id, replayed: true, summary: first.summary })
    expect(readdirSync(join(root, 'outputs/forward_runs'))).toEqual([first.run_id])
  })

  it('that died before its answer was recorded is answered from the session, with the index of all runs', async () => {
    const params = { run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-08' }
    const send = () => ask(root, requestOf('forward', params, { idempotency_key: 'k' }))
    const { duration_ms: _, trace_id: __, ...first } = await send()
    const records = join(root, 'outputs/idempotency')
    const [name] = readdirSync(records)
    const { answer: ___, ...record } = read(join(records, name))
    writeFileSync(join(records, name), JSON.stringify(record))
    const { duration_ms: ____, trace_id: _____, warnings: ______, ...again } = await send()
    const { warnings: _______, ...before } = first
    expect(again).toEqual({ ...before, replayed: true })
    expect(existsSync(again.runs_index_json)).toBe(true)
    expect(readdirSync(join(root, 'outputs/forward_runs'))).toEqual([first.run_id])
  })

  it('by a metric that its only result lacks is refused, and by one that it has is not', async () => {
    const params = { run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-08' }
    const refused = await forward({ ...params, forward_metric: 'nope' })
    expect([refused.exit_code, refused.error.details[0].pointer]).toEqual([2, '/params/forward_metric'])
    const begun = await forward({ ...params, forward_metric: 'total_return' })
    expect(stateOf(begun).candidate).toMatchObject({ selection_metric: 'total_return' })
  })

  it('is named by its id wherever a run is', async () => {
    const { run_id } = await forward({
      run_dir: await source(),
      forward_start: '2024-01-05',
      forward_end: '2024-01-08',
    })
    const resumed = await forward({ resume_forward: run_id, forward_end: '2024-01-10' })
    expect([resumed.status, resumed.run_id]).toEqual(['success', run_id])
    const report = await ask(root, requestOf('runs', { action: 'report', run_id, html: false }))
    expect(report.result.report).toMatchObject({ run_id, mode: 'forward' })
    const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id }))
    expect(verified.result).toMatchObject({ verified: true })
  })

  it('sent twice at once without a directory makes two sessions', async () => {
    const params = { run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-08' }
    const answers = await Promise.all([forward(params), forward(params), forward(params)])
    expect(answers.map(answer => answer.run_id).sort()).toEqual([
      'fwd_20240210_090000',
      'fwd_20240210_090000-2',
      'fwd_20240210_090000-3',
    ])
  })

  it('is not started twice at once on one session', async () => {
    const session = await forward({ run_dir: await source(), forward_start: '2024-01-05', forward_end: '2024-01-08' })
    const resume = (forward_end: string) => forward({ resume_forward: session.artifacts_path, forward_end })
    const answers = await Promise.all(['2024-01-10', '2024-01-13', '2024-01-12'].map(resume))
    expect(answers.map(answer => answer.status)).toEqual(['success', 'success', 'success'])
    expect(stateOf(session)).toMatchObject({ total_bars_evaluated: 8, resume_attempt_count: 3 })
    expect(csv(session, 'forward_equity_curve.csv')).toHaveLength(8)
  })
})
