/** Tables of an advanced report: the deepest drawdowns, the distribution of returns, rolling Sharpe ratio and volatility. */

import type { DrawdownPeriod, ReturnDistribution, RollingFigure, RollingFigures } from '../../contracts/types.ts'
import { kurtosis, mean, quantileOfSorted, skewness, std } from '../base/stats.ts'
import { DAY_MS } from '../market/calendar.ts'
import type { Curve } from './advanced-report.ts'
import { barReturns } from './forward-figures.ts'

/** A drawdown with the bars it lies on; `end` is the bar that regained the peak, or the last bar. */
export interface DrawdownSpan {
  peak: number
  trough: number
  end: number
  recovered: boolean
  /** Deepest fall as a ratio of the peak, negative. */
  depth: number
}

/** The `most` deepest drawdowns, deepest first; of equal ones the earlier. */
export function deepestDrawdowns({ equity }: Curve, most = 10): DrawdownSpan[] {
  const spans: DrawdownSpan[] = []
  let peak = 0
  let open: DrawdownSpan | null = null
  for (let i = 1; i < equity.length; i++) {
    if (equity[i] >= equity[peak]) {
      if (open !== null) spans.push({ ...open, end: i, recovered: true })
      open = null
      peak = i
      continue
    }
    const depth = equity[i] / equity[peak] - 1
    if (open === null || depth < open.depth) open = { peak, trough: i, end: i, recovered: false, depth }
  }
  if (open !== null) spans.push({ ...open, end: equity.length - 1 })
  return spans.sort((a, b) => a.depth - b.depth).slice(0, most)
}

/** Drawdowns as rows; `text` writes a time of the curve. */
export function drawdownRows(
  { ts }: Curve,
  spans: readonly DrawdownSpan[],
  text: (epochMs: number) => string,
): DrawdownPeriod[] {
  return spans.map(({ peak, trough, end, recovered, depth }) => ({
    peak: text(ts[peak]),
    trough: text(ts[trough]),
    recovered: recovered ? text(ts[end]) : null,
    depth,
    bars: end - peak,
    days: (ts[end] - ts[peak]) / DAY_MS,
    bars_to_trough: trough - peak,
  }))
}

/** How the bar returns of the curve are distributed; figures that are undefined are null. */
export function returnDistribution({ equity }: Curve): ReturnDistribution {
  const returns = barReturns(equity)
  const sorted = Float64Array.from(returns).sort()
  const at = (p: number) => orNull(quantileOfSorted(sorted, p))
  return {
    count: returns.length,
    mean: orNull(mean(returns)),
    std: orNull(std(returns, 1)),
    skew: orNull(skewness(returns)),
    kurtosis: orNull(kurtosis(returns)),
    positive_share: returns.length === 0 ? null : returns.filter(value => value > 0).length / returns.length,
    worst: at(0),
    p01: at(0.01),
    p05: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    p99: at(0.99),
    best: at(1),
  }
}

/** Rolling columns as long as the curve, NaN until `window` returns are there, and where the returns do not vary (Sharpe ratio). */
export interface Rolling {
  sharpe: Float64Array
  volatility: Float64Array
}

/** Sharpe ratio (risk-free rate 0) and volatility of the last `window` bar returns, annualised by √periodsPerYear. */
export function rolling({ equity }: Curve, window: number, periodsPerYear: number): Rolling {
  const returns = barReturns(equity)
  const sharpe = new Float64Array(equity.length).fill(Number.NaN)
  const volatility = new Float64Array(equity.length).fill(Number.NaN)
  const year = Math.sqrt(periodsPerYear)
  for (let end = window; end <= returns.length; end++) {
    const last = returns.subarray(end - window, end)
    const deviation = std(last, 1)
    volatility[end] = year * deviation
    if (deviation > 0) sharpe[end] = (year * mean(last)) / deviation
  }
  return { sharpe, volatility }
}

/** Last, smallest, middle and largest value of both columns. */
export function rollingFigures(columns: Rolling, window: number, periodsPerYear: number): RollingFigures {
  const sharpe = rollingFigure(columns.sharpe)
  const volatility = rollingFigure(columns.volatility)
  const short = volatility.median === null
  const reason = short ? `fewer than ${window} returns` : sharpe.median === null ? 'the returns do not vary' : undefined
  return {
    window_bars: window,
    periods_per_year: periodsPerYear,
    sharpe,
    volatility,
    ...(reason === undefined ? {} : { reason }),
  }
}

function rollingFigure(column: Float64Array): RollingFigure {
  const sorted = column.filter(Number.isFinite).sort()
  const at = (p: number) => orNull(quantileOfSorted(sorted, p))
  return { last: orNull(column[column.length - 1] ?? Number.NaN), min: at(0), median: at(0.5), max: at(1) }
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null
}
