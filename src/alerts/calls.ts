/** What became of a call, and how good its caller is: facts of the candles, whatever a strategy made of them. */

import { mean, median, quantile } from '../base/stats.ts'
import type { Bars } from '../market/bars.ts'
import { firstBarAt } from '../market/bars.ts'
import type { Alert } from './alert.ts'
import type { Trade } from './alert-run.ts'

/** The price after a call, from the candles that open at it or later and close inside the window; NaN where there are none. */
export interface CallFacts {
  /** Price at the call: as the alert says, else the last close before it, else the first open after it. */
  price: number
  candles: number
  /** First close after the call. */
  first_close: number
  peak_price: number
  /** peak_price / price. */
  peak_multiple: number
  /** From the call to the close of the candle with the peak, ms. */
  time_to_peak: number
  /** Deepest fall below `price` in the candles before the one with the peak, as a ratio ≤ 0. */
  drawdown_to_peak: number
  /** Last close in the window over `price`. */
  end_multiple: number
}

/** Facts of one call over [call, call + window]; all times in ms. */
export function callFacts(alert: Alert, bars: Bars, interval: number, window: number): CallFacts {
  const { ts, close } = bars
  const high = bars.high ?? close
  const low = bars.low ?? close
  const first = firstBarAt(ts, alert.ts)
  const price = priceOfCall(alert, bars, interval, first)
  let peak = Number.NEGATIVE_INFINITY
  let peakAt = -1
  let lowest = Number.POSITIVE_INFINITY
  let lowestBefore = Number.POSITIVE_INFINITY
  let i = first
  for (; i < ts.length && ts[i] + interval <= alert.ts + window; i++) {
    if (high[i] > peak) {
      peak = high[i]
      peakAt = i
      lowestBefore = lowest
    }
    if (low[i] < lowest) lowest = low[i]
  }
  if (peakAt < 0) {
    const none = Number.NaN
    return {
      price,
      candles: 0,
      first_close: none,
      peak_price: none,
      peak_multiple: none,
      time_to_peak: none,
      drawdown_to_peak: none,
      end_multiple: none,
    }
  }
  return {
    price,
    candles: i - first,
    first_close: close[first],
    peak_price: peak,
    peak_multiple: peak / price,
    time_to_peak: ts[peakAt] + interval - alert.ts,
    drawdown_to_peak: Math.min(0, Number.isFinite(lowestBefore) ? lowestBefore / price - 1 : 0),
    end_multiple: close[i - 1] / price,
  }
}

function priceOfCall(alert: Alert, { ts, open, close }: Bars, interval: number, first: number): number {
  if (!Number.isNaN(alert.price)) return alert.price
  // The candle that the call falls into has not closed; the one before it has.
  let before = first - 1
  while (before >= 0 && ts[before] + interval > alert.ts) before--
  if (before >= 0) return close[before]
  return first < ts.length ? (open ?? close)[first] : Number.NaN
}

/** What the statistics of callers read of one alert. */
export interface CallRecord {
  alert: Alert
  call: CallFacts | null
  trades: readonly Trade[]
  /** Result of all its orders, quote currency. */
  net: number
}

/** One caller; figures of calls are over those with candles, NaN where there are none. */
export interface CallerRow {
  /** null: alerts without a caller. */
  caller: string | null
  calls: number
  calls_with_candles: number
  /** Share of calls whose price reached the hit multiple. */
  hit_rate: number
  mean_peak_multiple: number
  median_peak_multiple: number
  p25_peak_multiple: number
  p75_peak_multiple: number
  best_peak_multiple: number
  median_end_multiple: number
  /** Ratios ≤ 0. */
  median_drawdown_to_peak: number
  worst_drawdown_to_peak: number
  median_minutes_to_peak: number
  trades: number
  /** Share of trades with a net result above 0. */
  win_rate: number
  /** Quote currency. */
  net_pnl: number
  /** net_pnl over the purses of the calls. */
  return_per_call: number
}

/** One row a caller, by name in code-unit order, alerts without a caller last; `stake` is the purse of an alert. */
export function callerRows(records: readonly CallRecord[], hitMultiple: number, stake: number): CallerRow[] {
  const groups = new Map<string | null, CallRecord[]>()
  for (const record of records) {
    const group = groups.get(record.alert.caller)
    if (group === undefined) groups.set(record.alert.caller, [record])
    else group.push(record)
  }
  return [...groups]
    .sort(([a], [b]) => (a === null ? 1 : b === null || a < b ? -1 : 1))
    .map(([caller, group]) => callerRow(caller, group, hitMultiple, stake))
}

function callerRow(caller: string | null, group: readonly CallRecord[], hitMultiple: number, stake: number): CallerRow {
  const facts = group.flatMap(({ call }) => (call === null || call.candles === 0 ? [] : [call]))
  const column = (read: (call: CallFacts) => number) => Float64Array.from(facts, read)
  const peaks = column(call => call.peak_multiple)
  const falls = column(call => call.drawdown_to_peak)
  const trades = group.flatMap(record => record.trades)
  const net_pnl = group.reduce((sum, record) => sum + record.net, 0)
  return {
    caller,
    calls: group.length,
    calls_with_candles: facts.length,
    hit_rate: peaks.filter(multiple => multiple >= hitMultiple).length / facts.length,
    mean_peak_multiple: mean(peaks),
    median_peak_multiple: median(peaks),
    p25_peak_multiple: quantile(peaks, 0.25),
    p75_peak_multiple: quantile(peaks, 0.75),
    best_peak_multiple: facts.length === 0 ? Number.NaN : peaks.reduce((most, value) => Math.max(most, value)),
    median_end_multiple: median(column(call => call.end_multiple)),
    median_drawdown_to_peak: median(falls),
    worst_drawdown_to_peak: facts.length === 0 ? Number.NaN : falls.reduce((least, value) => Math.min(least, value)),
    median_minutes_to_peak: median(column(call => call.time_to_peak)) / 60_000,
    trades: trades.length,
    win_rate: trades.filter(({ net }) => net > 0).length / trades.length,
    net_pnl,
    return_per_call: net_pnl / (group.length * stake),
  }
}
