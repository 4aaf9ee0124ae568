/** `Bars`: one instrument as parallel columns; the vocabulary between the lake and the engine. */

/** One instrument's bars, ascending in time. All columns have the length of `ts`; the compute side may rely on it. */
export interface Bars {
  symbol: string
  /** Bar size, e.g. `1d`, `1h`, `5m`. */
  interval: string
  /** Calendar the annualisation uses: `crypto` (365 days) or `exchange` (252 days). */
  calendar: Calendar
  /** Bar open, epoch milliseconds UTC. */
  ts: Float64Array
  /** Prices in the quote currency; null where the data set has no such column. */
  open: Float64Array | null
  high: Float64Array | null
  low: Float64Array | null
  close: Float64Array
  /** Volume in base units; NaN where unknown; null where the data set has no such column. */
  volume: Float64Array | null
}

export type Calendar = 'crypto' | 'exchange'

/** The bars with index in [from, to) as views on the same memory. */
export function sliceBars(bars: Bars, from: number, to: number): Bars {
  const cut = (column: Float64Array | null) => column?.subarray(from, to) ?? null
  return {
    ...bars,
    ts: bars.ts.subarray(from, to),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: bars.close.subarray(from, to),
    volume: cut(bars.volume),
  }
}

/** Index of the first bar whose time is at or after `epochMs`; `ts.length` when there is none. */
export function firstBarAt(ts: Float64Array, epochMs: number): number {
  let low = 0
  let high = ts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ts[middle] < epochMs) low = middle + 1
    else high = middle
  }
  return low
}
