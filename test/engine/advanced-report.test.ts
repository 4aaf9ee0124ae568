/** The advanced report against the published one, and by hand. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isoDate } from '../../src/base/time.ts'
import {
  type Curve,
  drawdownMetrics,
  equityMetrics,
  stitched,
  timeWindowMetrics,
  tradeDistribution,
  yearlyReturns,
} from '../../src/engine/advanced-report.ts'
import {
  deepestDrawdowns,
  drawdownRows,
  returnDistribution,
  rolling,
  rollingFigures,
} from '../../src/engine/advanced-tables.ts'
import { curveOf } from '../../src/engine/forward-record.ts'
import { type RoundTrip, roundTrips } from '../../src/engine/round-trips.ts'
import { expectClose, fixtureCsv } from './fixtures.ts'

const RUN = 'golden-forward/advanced-report/given/outputs/runs/20261121_001812_walkforward_f80f7fa'
const published = JSON.parse(
  readFileSync(join('test/fixtures', RUN.replace('given', 'expected'), 'advanced_report.json'), 'utf8'),
)
const series = fixtureCsv(`${RUN}/oos_equity_timeseries.csv`)
const DAY = 86_400_000

function curve(equity: number[], start = '2024-01-01'): Curve {
  return { ts: Float64Array.from(equity, (_, i) => Date.parse(start) + i * DAY), equity: Float64Array.from(equity) }
}

describe('the published curve, which begins anew with each split', () => {
  const raw = curveOf(series, 'oos_equity_timeseries.csv')

  it.each([
    ['equity_metrics', equityMetrics(raw)],
    ['drawdown_metrics', drawdownMetrics(raw)],
  ])('gives the published %s', (name, ours) => {
    for (const [key, value] of Object.entries(published[name] as Record<string, number>)) {
      // Published: divided by a deviation that was annualised already.
      const expected = key === 'sortino' ? value * Math.sqrt(252) : value
      expectClose((ours as Record<string, number>)[key], expected, key)
    }
  })

  it('gives the published months', () => {
    const { monthly_returns, ...figures } = timeWindowMetrics(raw)
    const { monthly_returns: wanted, ...rest } = published.time_window_metrics
    for (const [key, value] of Object.entries(rest as Record<string, number>))
      expectClose((figures as never)[key], value, key)
    expect(monthly_returns!.map(row => row.month)).toEqual(wanted.map((row: { month: string }) => row.month))
    for (const [k, row] of (wanted as { return: number }[]).entries())
      expectClose(monthly_returns![k].return, row.return, `month ${k}`)
  })

  it('is joined into one without a crash at the boundary', () => {
    const at = series.header.indexOf('split_name')
    const whole = stitched(
      raw,
      series.rows.map(cells => cells[at]),
    )
    // Each split's own growth: 1.0578281214035309 and the 0.860662796832606 that the published report ends with.
    const last = series.rows.findIndex(cells => cells[at] === 's2') - 1
    expectClose(equityMetrics(whole).equity_end!, raw.equity[last] * 0.860662796832606, 'equity_end')
    expectClose(whole.equity[last + 1], raw.equity[last], 'first bar of the second split')
  })
})

it('joins pieces by hand', () => {
  const { equity } = stitched(curve([1, 1.5, 1, 2, 10, 5]), ['a', 'a', 'b', 'b', 'c', 'c'])
  expect([...equity]).toEqual([1, 1.5, 1.5, 3, 3, 1.5])
})

describe('by hand', () => {
  const falls = curve([100, 120, 90, 120, 60, 90, 130, 117])

  it('drawdowns from peak to recovery, deepest first', () => {
    const spans = deepestDrawdowns(falls)
    expect(drawdownRows(falls, spans, isoDate)).toEqual([
      {
        peak: '2024-01-04',
        trough: '2024-01-05',
        recovered: '2024-01-07',
        depth: -0.5,
        bars: 3,
        days: 3,
        bars_to_trough: 1,
      },
      {
        peak: '2024-01-02',
        trough: '2024-01-03',
        recovered: '2024-01-04',
        depth: -0.25,
        bars: 2,
        days: 2,
        bars_to_trough: 1,
      },
      {
        peak: '2024-01-07',
        trough: '2024-01-08',
        recovered: null,
        depth: 117 / 130 - 1,
        bars: 1,
        days: 1,
        bars_to_trough: 1,
      },
    ])
    expect(deepestDrawdowns(falls, 1)).toHaveLength(1)
    expect(deepestDrawdowns(curve([1, 2, 3]))).toEqual([])
  })

  it('figures of the drawdown', () => {
    const metrics = drawdownMetrics(falls)
    // Bars below their peak: −25 %, −50 %, −25 %, −10 %.
    expect(metrics.avg_drawdown).toBeCloseTo(-0.275, 12)
    expect(metrics).toMatchObject({ max_drawdown: -0.5, longest_dd_days: 2, n_drawdown_periods: 3 })
    expect(metrics.current_drawdown).toBeCloseTo(-0.1, 12)
    expect(metrics.calmar).toBeCloseTo(equityMetrics(falls).cagr! / 0.5, 12)
    expect(drawdownMetrics(curve([1, 1]))).toMatchObject({
      max_drawdown: 0,
      avg_drawdown: 0,
      calmar: null,
      n_drawdown_periods: 0,
    })
    expect(drawdownMetrics(curve([]))).toEqual({})
  })

  it('growth of a year of 252 bars is its own CAGR; too few returns give no ratio', () => {
    const metrics = equityMetrics(curve(Array.from({ length: 252 }, (_, i) => 1 + i / 251)))
    expect(metrics.cagr).toBeCloseTo(1, 12)
    // All returns positive: no downside to divide by.
    expect(metrics.sortino).toBe(null)
    expect(metrics.sharpe).toBeGreaterThan(0)
    expect(equityMetrics(falls)).toMatchObject({ sharpe: null, sortino: null, n_days: 8 })
    expect(equityMetrics(curve([]))).toEqual({})
  })

  it('the Sortino ratio of a known series', () => {
    // Returns, eight times: +4 %, −1 %, +4 %, −3 %. Mean 1 %; the negative ones −1 % and −3 %, deviation 1 % · √(16/15).
    const steps = Array.from({ length: 32 }, (_, i) => [0.04, -0.01, 0.04, -0.03][i % 4])
    let value = 1
    const equity = [1, ...steps.map(step => (value *= 1 + step))]
    expect(equityMetrics(curve(equity)).sortino).toBeCloseTo(Math.sqrt(252) / Math.sqrt(16 / 15), 9)
  })

  it('months whose neighbour is there, and years from the first bar', () => {
    const ts = [
      '2023-11-30',
      '2023-12-15',
      '2023-12-31',
      '2024-01-31',
      '2024-03-31',
      '2024-04-30',
      '2024-04-30',
      '2024-05-01',
      '2024-05-02',
      '2024-05-03',
    ]
    const equity = [100, 105, 110, 121, 200, 180, 180, 181, 182, 189]
    const months: Curve = { ts: Float64Array.from(ts, Date.parse), equity: Float64Array.from(equity) }
    const metrics = timeWindowMetrics(months)
    expect(metrics.monthly_returns!.map(({ month }) => month)).toEqual(['2023-12', '2024-01', '2024-04', '2024-05'])
    expect(metrics.monthly_returns!.map(row => Math.round(row.return * 1e9) / 1e9)).toEqual([0.1, 0.1, -0.1, 0.05])
    expect(metrics).toMatchObject({ n_months: 4, positive_months_pct: 0.75 })
    expect(metrics.insufficient_data).toBeUndefined()
    const years = yearlyReturns(months)
    expect(years.map(row => [row.year, Math.round(row.return * 1e9) / 1e9])).toEqual([
      [2023, 0.1],
      [2024, Math.round((189 / 110 - 1) * 1e9) / 1e9],
    ])
    expect(timeWindowMetrics(curve([1, 2, 3]))).toEqual({})
    expect(timeWindowMetrics(curve(Array.from({ length: 12 }, () => 1)))).toEqual({
      ...{ n_months: 0, monthly_returns: [], insufficient_data: 'fewer than 3 months' },
    })
  })

  it('round trips', () => {
    const trip = (qty: number, entry: number, exit: number, from: number, days: number) => [
      { timestamp: from * DAY, side: 'BUY', exec_price: entry, qty, fee: 1 },
      { timestamp: (from + days) * DAY, side: 'SELL', exec_price: exit, qty: 0, fee: 1 },
    ]
    // Net results 8, −12, 18, 28, 0 on entries of 100, 100, 100, 200, 100.
    const trips: RoundTrip[] = roundTrips([
      ...trip(1, 100, 110, 0, 2),
      ...trip(1, 100, 90, 3, 4),
      ...trip(1, 100, 120, 8, 1),
      ...trip(2, 100, 115, 10, 2),
      ...trip(1, 100, 102, 13, 1),
    ])
    expect(tradeDistribution(trips)).toEqual({
      n_trades: 5,
      avg_return: expect.closeTo((0.08 - 0.12 + 0.18 + 0.14 + 0) / 5, 12),
      median_return: expect.closeTo(0.08, 12),
      best_trade_pnl: 28,
      worst_trade_pnl: -12,
      // Deviations from the mean 8.4: 0.16 + 416.16 + 92.16 + 384.16 + 70.56 = 963.2.
      pnl_std: expect.closeTo(Math.sqrt(963.2 / 4), 12),
      expectancy: expect.closeTo(8.4, 12),
      win_rate: 0.6,
      profit_factor: expect.closeTo(54 / 12, 12),
      avg_holding_days: 2,
      top3_pnl_share: 1,
      max_consecutive_losses: 1,
      max_consecutive_wins: 3,
    })
    expect(tradeDistribution(trips.slice(0, 1))).toMatchObject({
      n_trades: 1,
      pnl_std: null,
      profit_factor: null,
      top3_pnl_share: null,
    })
    expect(tradeDistribution([])).toEqual({ n_trades: 0 })
  })

  it('rolling figures of the last returns, undefined until they are there', () => {
    // Returns 10 %, −10 %, 10 %, 0, 0.
    const path = curve([100, 110, 99, 108.9, 108.9, 108.9])
    const columns = rolling(path, 2, 4)
    expect([...columns.volatility.slice(0, 2)]).toEqual([Number.NaN, Number.NaN])
    expect(columns.volatility[2]).toBeCloseTo(2 * 0.1 * Math.SQRT2, 9)
    expect(columns.sharpe[2]).toBeCloseTo(0, 9)
    // 10 % and 0: mean 5 %, deviation 5 % · √2.
    expect(columns.sharpe[4]).toBeCloseTo(2 / Math.SQRT2, 9)
    expect([columns.volatility[5], columns.sharpe[5]]).toEqual([0, Number.NaN])
    expect(rollingFigures(columns, 2, 4)).toMatchObject({
      window_bars: 2,
      periods_per_year: 4,
      sharpe: { last: null },
      volatility: { last: 0, min: 0 },
    })
    const short = rolling(path, 50, 252)
    expect(rollingFigures(short, 50, 252)).toMatchObject({
      reason: 'fewer than 50 returns',
      volatility: { median: null },
    })
    const still = rolling(curve([1, 1, 1, 1]), 2, 252)
    expect(rollingFigures(still, 2, 252)).toMatchObject({
      reason: 'the returns do not vary',
      volatility: { max: 0 },
      sharpe: { max: null },
    })
  })

  it('the distribution of returns', () => {
    // Returns 10 %, −10 %, 10 %, 0, 20 % in any order: quartiles 0, 10 %, 10 %.
    const { equity } = curve([100, 110, 99, 108.9, 108.9, 130.68])
    const figures = returnDistribution({ ts: new Float64Array(6), equity })
    expect(figures).toMatchObject({ count: 5, positive_share: 0.6 })
    const near = (value: number | null, expected: number) => expect(value).toBeCloseTo(expected, 9)
    near(figures.mean, 0.06)
    near(figures.p25, 0)
    near(figures.p50, 0.1)
    near(figures.p75, 0.1)
    near(figures.worst, -0.1)
    near(figures.best, 0.2)
    near(figures.std, Math.sqrt((0.0016 + 0.0256 + 0.0016 + 0.0036 + 0.0196) / 4))
    expect(returnDistribution(curve([1]))).toMatchObject({ count: 0, mean: null, positive_share: null, best: null })
  })
})
