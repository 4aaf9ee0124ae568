/** `runs report` on runs of every kind: what it reads, what it writes, what it refuses. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, call, requestOf, rootWithData } from '../harness.ts'

type Json = Awaited<ReturnType<typeof ask>>

let root: string

beforeAll(async () => {
  root = await rootWithData()
})

const report = (run_id: string, more: Record<string, unknown> = {}) =>
  ask(root, requestOf('runs', { action: 'report', run_id, ...more }))
const read = (path: string): Json => JSON.parse(readFileSync(path, 'utf8'))

/** A run directory of some other program. */
function directory(name: string, files: Record<string, string>): string {
  const dir = join(root, 'outputs/runs', name)
  mkdirSync(dir, { recursive: true })
  for (const [file, text] of Object.entries({ 'metadata.json': `{"run_id": "${name}", "mode": "run"}`, ...files }))
    writeFileSync(join(dir, file), text)
  return dir
}

describe('a run', () => {
  let run: Json
  let result: Json

  beforeAll(async () => {
    run = await ask(root, requestOf('run', { start: '2021-01-01', end: '2024-01-01' }))
    const answer = await report(run.run_id)
    expect([answer.error, answer.warnings]).toEqual([undefined, undefined])
    result = answer.result
  })

  it('is reported in full beside its own files, which stay as they are', async () => {
    const dir = run.artifacts_path
    const charts = [
      'chart_drawdown.svg',
      'chart_equity.svg',
      'chart_monthly_returns.svg',
      'chart_return_distribution.svg',
      'chart_rolling_sharpe.svg',
      'chart_trade_returns.svg',
    ]
    for (const name of [...charts, 'advanced_report.html', 'advanced_report.json', 'advanced_report.md'])
      expect(readdirSync(dir)).toContain(name)
    expect(result.report.charts.toSorted()).toEqual(charts)
    expect(read(result.advanced_report_json)).toEqual(result.report)
    const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id: run.run_id }))
    expect(verified.status).toBe('success')
  })

  it('has the figures that the run published', () => {
    const { equity_metrics, drawdown_metrics, trade_distribution, extended, rolling } = result.report
    const { summary } = run
    // The curve begins with the first bar's equity, which is 1 where it does not trade.
    expect(equity_metrics.total_return).toBeCloseTo(summary.total_return, 12)
    expect(equity_metrics.sharpe).toBeGreaterThan(-5)
    expect(drawdown_metrics.max_drawdown).toBeCloseTo(summary.max_drawdown, 12)
    expect(trade_distribution.n_trades).toBe(extended.trade_count)
    expect(trade_distribution.profit_factor).toBeCloseTo(extended.profit_factor, 9)
    expect(trade_distribution.win_rate).toBe(extended.win_rate_trades)
    expect(rolling).toMatchObject({ window_bars: 63, periods_per_year: 365 })
    expect(result.report).toMatchObject({
      equity_source: 'equity.parquet',
      trades_source: 'trades.csv',
      run_id: run.run_id,
      mode: 'run',
    })
  })

  it('has years that multiply to the total, and the deepest drawdown first', () => {
    const { yearly_returns, equity_metrics, drawdowns, drawdown_metrics } = result.report
    const product = yearly_returns.reduce((growth: number, row: Json) => growth * (1 + row.return), 1)
    expect(product - 1).toBeCloseTo(equity_metrics.total_return, 9)
    expect(drawdowns.length).toBeLessThanOrEqual(10)
    expect(drawdowns[0].depth).toBe(drawdown_metrics.max_drawdown)
    const depths = drawdowns.map((row: Json) => row.depth)
    expect(depths).toEqual(depths.toSorted((a: number, b: number) => a - b))
  })

  it('has a page that stands alone, and a text with every heading', () => {
    const page = readFileSync(result.advanced_report_html, 'utf8')
    expect(page).toMatch(/^<!DOCTYPE html>/)
    // Behind the last link of its own markup come only the data and scripts that are inlined.
    expect(page.slice(0, page.indexOf('<script')).match(/(?:src|href)="(?!#)/g)).toBe(null)
    for (const id of ['figures', 'history', 'months', 'drawdowns', 'returns', 'trips'])
      expect(page).toContain(`id="${id}"`)
    const data = JSON.parse(/id="page-data">(.*?)<\/script>/s.exec(page)![1])
    expect(Object.keys(data.charts)).toEqual(['chart-history', 'chart-returns', 'chart-trips'])
    for (const column of ['equity', 'drawdown', 'sharpe', 'volatility'])
      expect(data.columns[column].length).toBe(data.columns.time.length)
    const text = readFileSync(result.advanced_report_md, 'utf8')
    for (const heading of [
      'Summary',
      'Core Metrics',
      'Drawdown Analysis',
      'Time Window Analysis',
      'Deepest Drawdowns',
      'Trade Distribution',
      'Charts',
      'Artifacts',
    ])
      expect(text).toContain(`\n## ${heading}\n`)
  })

  it('gets its own interactive page where it has none, and keeps the one it has', async () => {
    expect(result.report_html).toBe(join(run.artifacts_path, 'artifacts/report.html'))
    expect(readFileSync(result.report_html, 'utf8')).toContain('Key figures')
    const asked = await ask(root, requestOf('run', { start: '2021-01-01', end: '2024-01-01', report: true }))
    const own = readFileSync(join(asked.artifacts_path, 'artifacts/report.html'), 'utf8')
    const { result: again } = await report(asked.run_id)
    expect(readFileSync(again.report_html, 'utf8')).toBe(own)
    // The same page, made with the run or afterwards, but for what names the run.
    const plain = (text: string, id: string) =>
      text.replaceAll(id, 'ID').replace(/<section id="provenance"[\s\S]*?<\/section>/, '')
    expect(plain(readFileSync(result.report_html, 'utf8'), run.run_id).length).toBe(plain(own, asked.run_id).length)
  })

  it('can be reported elsewhere, with another window, without a page', async () => {
    const { result: other } = await report(run.run_id, { outdir: 'reports/x', rolling_window: 20, html: false })
    expect(other.advanced_report_html).toBe(null)
    expect(other.report.rolling.window_bars).toBe(20)
    expect(readdirSync(join(root, 'reports/x'))).not.toContain('advanced_report.html')
    expect(existsSync(join(root, 'reports/x/advanced_report.json'))).toBe(true)
    expect((await report(run.run_id, { outdir: '../out' })).exit_code).toBe(2)
  })

  it('gives the same pictures and page again', async () => {
    const files = ['chart_equity.svg', 'chart_rolling_sharpe.svg', 'advanced_report.html'].map(name =>
      join(run.artifacts_path, name),
    )
    const before = files.map(file => readFileSync(file, 'utf8'))
    await report(run.run_id)
    expect(files.map(file => readFileSync(file, 'utf8'))).toEqual(before)
  })
})

describe('a walk-forward sweep', () => {
  const golden = 'test/fixtures/golden-forward/advanced-report'
  const id = '20261121_001812_walkforward_f80f7fa'

  it('is joined at its splits: no fall that nobody suffered; the published fields are there', async () => {
    cpSync(join(golden, 'given'), root, { recursive: true })
    const { result } = await report(id)
    const published = read(join(golden, 'expected/outputs/runs', id, 'advanced_report.json'))
    for (const key of Object.keys(published)) expect(Object.keys(result.report)).toContain(key)
    for (const block of ['equity_metrics', 'drawdown_metrics', 'time_window_metrics', 'trade_distribution'])
      expect(Object.keys(result.report[block])).toEqual(expect.arrayContaining(Object.keys(published[block])))
    // Both splits end as published, the second at 0.860662796832606; the fall between them is gone.
    expect(result.report.equity_metrics.equity_end).toBeCloseTo((1 + 0.0578281214035309) * 0.860662796832606, 12)
    expect(result.report.equity_metrics.n_days).toBe(348)
    expect(result.report.top_result_summary).toMatchObject({ rsi_buy_max: 55, total_return: 0.0578281214035309 })
    expect(result.report.trade_distribution).toEqual({ n_trades: 0 })
    expect(result.report.time_window_metrics.monthly_returns).toHaveLength(10)
  })

  it('shows bars of overlapping windows once', async () => {
    const rows = [
      '2024-01-01,a,1',
      '2024-01-02,a,1.5',
      '2024-01-03,a,2',
      '2024-01-02,b,1',
      '2024-01-03,b,4',
      '2024-01-04,b,4',
      '2024-01-05,b,6',
    ]
    directory('overlap', { 'oos_equity_timeseries.csv': `timestamp,split_name,equity\n${rows.join('\n')}\n` })
    const { result, warnings } = await report('overlap')
    expect(warnings.join()).toContain('2 bars of oos_equity_timeseries.csv')
    expect(result.report.equity_metrics).toMatchObject({ n_days: 5, equity_end: 3 })
  })
})

describe('a directory', () => {
  it('of a paper session shows every bar of it, as the run over the same bars', async () => {
    const params = { start: '2021-01-01', end: '2024-01-01' }
    const session = await ask(root, requestOf('paper', params))
    const run = await ask(root, requestOf('run', params))
    const [paper, plain] = [await report(session.run_id), await report(run.run_id)]
    expect(paper.warnings).toBeUndefined()
    expect(paper.result.report).toMatchObject({
      mode: 'paper',
      equity_source: 'equity.csv',
      trades_source: 'trades.csv',
    })
    for (const part of ['equity_metrics', 'drawdown_metrics', 'time_window_metrics', 'rolling', 'trade_distribution'])
      expect(paper.result.report[part], part).toEqual(plain.result.report[part])
    expect(paper.result.report.equity_metrics.total_return).toBeCloseTo(session.summary.total_return, 12)
  })

  it('with fills alone shows their equity', async () => {
    const head = 'timestamp,side,close,exec_price,qty,fee,equity_after,slippage,reason\n'
    directory('fills', {
      'trades.csv': `${head}2024-01-01,BUY,10,10,10,0,100,0,x\n2024-01-03,SELL,12,12,0,0,120,0,x\n`,
    })
    const { result, warnings } = await report('fills')
    expect(warnings.join()).toContain('a bar here is a fill, not a day')
    expect(result.report).toMatchObject({
      equity_source: 'trades.csv',
      equity_metrics: { equity_start: 100, equity_end: 120, n_days: 2 },
    })
    expect(result.report.trade_distribution).toMatchObject({ n_trades: 1, expectancy: 20, win_rate: 1 })
  })

  it('without a curve is told so, and has no picture', async () => {
    directory('bare', { 'metrics.json': '{"best_result": {"total_return": 0.5}}', 'oos_equity_curve.csv': '\n' })
    const { result, warnings } = await report('bare')
    expect(warnings.join()).toContain('no equity curve')
    expect(result.report).toMatchObject({
      charts: [],
      equity_metrics: {},
      drawdown_metrics: {},
      equity_source: null,
      top_result_summary: { total_return: 0.5 },
    })
    expect(existsSync(result.advanced_report_html)).toBe(true)
  })

  it('with markup in its names stays text', async () => {
    const name = '<img src=x onerror=alert(1)>'
    const dir = directory('evil', {
      'metadata.json': JSON.stringify({ run_id: name, mode: name }),
      'equity_curve.csv': 'timestamp,equity\n2024-01-01,1\n2024-01-02,2\n',
    })
    const { result } = await report(dir)
    expect(result.report.run_id).toBe(name)
    for (const file of ['advanced_report.html', 'advanced_report.md', 'chart_equity.svg'])
      expect(readFileSync(join(dir, file), 'utf8')).not.toContain('<img src=x')
  })

  it('that is damaged is refused with the place', async () => {
    directory('torn', { 'equity_curve.csv': 'timestamp,equity\n2024-01-01,1\nsoon,2\n' })
    expect(await report('torn')).toMatchObject({ exit_code: 3, error: { details: [{ pointer: 'row 2' }] } })
    expect(existsSync(join(root, 'outputs/runs/torn/advanced_report.json'))).toBe(false)
    expect((await report('nope')).exit_code).toBe(6)
  })

  it('of a forward session is reported like a run', async () => {
    cpSync('test/fixtures/golden-forward/forward-resume/expected', root, { recursive: true })
    const { result } = await report('outputs/forward_runs/fwd_a')
    const { summary } = read(join(root, 'outputs/forward_runs/fwd_a/report.json'))
    expect(result.report).toMatchObject({
      equity_source: 'forward_equity_curve.csv',
      trades_source: 'forward_trades.csv',
    })
    expect(result.report.equity_metrics.total_return).toBeCloseTo(summary.total_return, 12)
    expect(result.report.equity_metrics.annualized_volatility).toBeCloseTo(summary.annualized_volatility, 12)
    expect(result.report.drawdown_metrics.max_drawdown).toBeCloseTo(summary.max_drawdown, 12)
    expect(result.report.trade_distribution.n_trades).toBe(9)
  })
})

describe('published flags', () => {
  it.each([
    ['--advanced-report', 'run'],
    ['--report', 'report'],
  ])('%s DIR reports a directory and signals mode %s', async (flag, mode) => {
    directory('flags', { 'equity_curve.csv': 'timestamp,equity\n2024-01-01,1\n2024-01-02,2\n' })
    const signals = `${mode}.jsonl`
    const called = await call(root, [flag, 'outputs/runs/flags', '--signal-file', signals])
    expect(called.code).toBe(0)
    expect(called.stdout).toContain('Advanced report generated for: outputs/runs/flags\n  JSON: ')
    const events = readFileSync(join(root, signals), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events.map(event => [event.event, event.mode])).toEqual([
      ['SESSION_STARTED', mode],
      ['SESSION_COMPLETED', mode],
    ])
    expect((await call(root, [flag, 'outputs/runs/nope'])).code).toBe(6)
  })

  it('--report without a directory is the switch of a run', async () => {
    const called = await call(root, ['--start', '2022-01-01', '--end', '2023-01-01', '--report', '--format', 'json'])
    expect([called.code, called.stderr]).toEqual([0, ''])
    expect(existsSync(join(JSON.parse(called.stdout).artifacts_path, 'artifacts/report.html'))).toBe(true)
  })
})
