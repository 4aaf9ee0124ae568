/** Series of interactive pages: bar returns, monthly returns, and the bars that a long history is drawn with. */

import { civilDate } from './charts-time.ts'

/** Returns from month end to month end; `values` is row by row years × 12, NaN where there are no bars; all ratios. */
export interface MonthlyReturns {
  years: number[]
  values: Float64Array
  /** Return of each year's bars. */
  totals: Float64Array
}

/** Returns per bar (equity[i] / equity[i−1] − 1) of the bars that were entered with a position, bar 0 left out. */
export function returnsInMarket(equity: Float64Array, position: Float64Array): Float64Array {
  const returns: number[] = []
  for (let i = 1; i < equity.length; i++) {
    const value = equity[i] / equity[i - 1] - 1
    // Costs of an entry fall on a bar that began flat: it counts when it moved the account.
    if ((position[i - 1] !== 0 || value !== 0) && Number.isFinite(value)) returns.push(value)
  }
  return Float64Array.from(returns)
}

/** Monthly returns of an equity curve in UTC months; the first month starts at the first bar's equity. */
export function monthlyReturns(ts: Float64Array, equity: Float64Array): MonthlyReturns {
  if (ts.length === 0) return { years: [], values: new Float64Array(0), totals: new Float64Array(0) }
  const firstYear = civilDate(ts[0]).year
  const count = civilDate(ts[ts.length - 1]).year - firstYear + 1
  const values = new Float64Array(count * 12).fill(NaN)
  const totals = new Float64Array(count).fill(NaN)
  let monthBase = equity[0]
  let yearBase = equity[0]
  for (let i = 0; i < ts.length; i++) {
    const { year, month } = civilDate(ts[i])
    const next = i + 1 < ts.length ? civilDate(ts[i + 1]) : null
    const cell = (year - firstYear) * 12 + month - 1
    if (next === null || next.month !== month || next.year !== year) {
      values[cell] = equity[i] / monthBase - 1
      monthBase = equity[i]
    }
    if (next === null || next.year !== year) {
      totals[year - firstYear] = equity[i] / yearBase - 1
      yearBase = equity[i]
    }
  }
  return { years: Array.from({ length: count }, (_, k) => firstYear + k), values, totals }
}

/**
 * Bar indices, ascending, that keep the look of long columns: all when there are at most `most`, else the first and last
 * bar and each bucket's extremes of every column.
 */
export function drawnBars(columns: readonly Float64Array[], bars: number, most: number): Uint32Array {
  if (bars <= most) return Uint32Array.from({ length: bars }, (_, i) => i)
  const buckets = Math.max(1, Math.floor(most / (2 * columns.length)))
  const kept = new Set<number>([0, bars - 1])
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * bars) / buckets)
    const to = Math.floor(((bucket + 1) * bars) / buckets)
    for (const column of columns) {
      let low = from
      let high = from
      for (let i = from; i < to; i++) {
        if (column[i] < column[low]) low = i
        if (column[i] > column[high]) high = i
      }
      kept.add(low).add(high)
    }
  }
  return Uint32Array.from(kept).sort()
}

/** Values at bar indices as JSON numbers of seven significant digits; null for NaN and infinities. */
export function jsonColumn(values: Float64Array, bars: Uint32Array | readonly number[]): (number | null)[] {
  return Array.from(bars, i => (Number.isFinite(values[i]) ? Number(values[i].toPrecision(7)) : null))
}
