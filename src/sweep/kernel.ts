/** One trial in one pass over the bars that are in the market: the row of figures of `backtest`, bit for bit, without its columns. */

import { type FillFrame, fillsOfChanges } from '../engine/broker.ts'
import { slippageFraction } from '../engine/costs.ts'
import { sharpeSimple } from '../engine/metrics.ts'
import { roundTrips, summarizeRoundTrips } from '../engine/round-trips.ts'
import { badTarget } from '../engine/simulate.ts'
import type { TargetChanges } from '../strategies/strategy.ts'

/** Figures of a trial, in the published order of the columns of experiments.csv. */
export const TRIAL_METRICS = [
  'total_return',
  'max_drawdown',
  'sharpe_simple',
  'trades',
  'trade_trades',
  'win_rate_trades',
  'profit_factor',
  'expectancy_net',
  'avg_holding_days',
  'exposure',
] as const

export type TrialMetric = (typeof TRIAL_METRICS)[number]

/** What the kernel reads; columns are over all bars, the frame begins at `from`. */
export interface KernelFrame extends FillFrame {
  /** Epoch ms. */
  ts: Float64Array
  /** close[i] / close[i − 1] − 1; element 0 is not read. */
  changes: Float64Array
  /** Cash of the paper broker, quote currency. */
  initialCash: number
}

/** Buffer of the kernel for frames of at most `bars` bars, used over and over. */
export function kernelBuffer(bars: number): Float64Array {
  return new Float64Array(bars)
}

/** close[i] / close[i − 1] − 1 for every bar, 0 for the first. */
export function closeChanges(close: Float64Array): Float64Array {
  const out = new Float64Array(close.length)
  for (let i = 1; i < out.length; i++) out[i] = close[i] / close[i - 1] - 1
  return out
}

/**
 * The figures of one trial, written to `out` from `at` on in the order of TRIAL_METRICS, `stride` apart; units as in `publishedMetrics` and
 * `summarizeRoundTrips`. NaN where those give null; Infinity for a profit factor without a loss. STRATEGY_ERROR for a target
 * outside [−1, 1]. Every number is rounded as in `simulate`, `publishedMetrics` and `paperFills`: while the position is 0 a
 * bar adds nothing to them, and of a fall from one peak only the deepest point is divided, division being monotonic.
 */
export function trialMetrics(
  frame: KernelFrame,
  decisions: TargetChanges,
  active: Float64Array,
  out: Float64Array,
  at: number,
  stride: number,
): void {
  const { close, changes, from } = frame
  const n = close.length
  const delay = frame.execution === 'next_open' && frame.open !== null ? 1 : 0
  let held = 0
  let growth = 1
  let peak = Number.NEGATIVE_INFINITY
  let trough = Number.NEGATIVE_INFINITY
  let deepest = 0
  let total = 0
  let count = 0
  let trades = 0
  for (let k = 0, i = from; k <= decisions.count; k++) {
    let target = held
    let fill = n
    if (k < decisions.count) {
      target = decisions.targets[k]
      if (!(target >= -1 && target <= 1)) throw badTarget(target, decisions.bars[k])
      // An order of the last bar stays unfilled in `next_open`.
      fill = Math.min(n, decisions.bars[k] + delay)
    }

    // The bars before the fill, at the position held.
    if (held === 0) {
      if (i < fill && peak === Number.NEGATIVE_INFINITY) peak = trough = growth
      i = fill
    } else {
      // Without costs only a short can lose more than all on one bar.
      const clamped = held < 0
      for (; i < fill; i++) {
        let net = held * changes[i]
        if (net < -1 && clamped) net = -1
        growth *= 1 + net
        if (growth > peak) {
          if (trough < peak) deepest = Math.min(deepest, trough / peak - 1)
          peak = growth
          trough = growth
        } else if (growth < trough) trough = growth
        if (net !== 0) {
          active[count++] = net
          total += net
        }
      }
    }
    if (fill === n) break

    // The bar of the fill.
    const net = fillReturn(frame, i, held, target)
    growth *= 1 + net
    if (growth > peak) {
      if (trough < peak) deepest = Math.min(deepest, trough / peak - 1)
      // A curve that begins at or below 0 has no drawdown.
      if (!(growth > 0)) deepest = Number.NaN
      peak = growth
      trough = growth
    } else if (growth < trough) trough = growth
    if (net !== 0) {
      active[count++] = net
      total += net
    }
    held = target
    trades++
    i++
  }
  if (trough < peak) deepest = Math.min(deepest, trough / peak - 1)
  // A curve that left the range of numbers has none either.
  if (Number.isNaN(growth) || peak === Number.POSITIVE_INFINITY) deepest = Number.NaN

  const trips = summarizeRoundTrips(roundTrips(fillsOfChanges(frame, decisions, frame.ts, frame.initialCash)))
  out[at] = finite(growth - 1)
  out[at + stride] = finite(deepest)
  out[at + 2 * stride] = finite(sharpeSimple(active, count, total, n - from))
  out[at + 3 * stride] = trades
  out[at + 4 * stride] = trips.trades
  out[at + 5 * stride] = trips.win_rate_trades
  out[at + 6 * stride] = trips.profit_factor
  out[at + 7 * stride] = trips.expectancy_net
  out[at + 8 * stride] = trips.avg_holding_days
  out[at + 9 * stride] = trips.exposure
}

/** Net returns of one trial, `out[i]` that of bar `from + i`, bit for bit as in `simulate`; errors as `trialMetrics`. */
export function trialReturns(frame: KernelFrame, decisions: TargetChanges, out: Float64Array): void {
  const { close, changes, from } = frame
  const n = close.length
  const delay = frame.execution === 'next_open' && frame.open !== null ? 1 : 0
  let held = 0
  out.fill(0, 0, n - from)
  for (let k = 0, i = from; k <= decisions.count; k++) {
    let target = held
    let fill = n
    if (k < decisions.count) {
      target = decisions.targets[k]
      if (!(target >= -1 && target <= 1)) throw badTarget(target, decisions.bars[k])
      fill = Math.min(n, decisions.bars[k] + delay)
    }
    if (held !== 0) {
      const clamped = held < 0
      for (; i < fill; i++) {
        const net = held * changes[i]
        out[i - from] = net < -1 && clamped ? -1 : net
      }
    }
    if (fill === n) break
    out[fill - from] = fillReturn(frame, fill, held, target)
    held = target
    i = fill + 1
  }
}

/** Net return of bar `i`, on which the exposure goes from `held` to `target`. */
function fillReturn(
  { open, close, changes, atr, costs, execution }: KernelFrame,
  i: number,
  held: number,
  target: number,
): number {
  const opens = execution === 'next_open' ? open : null
  const j = opens === null ? i : i - 1
  const cost = Math.abs(target - held) * (costs.fee + slippageFraction(costs, atr === null ? 0 : atr[j], close[j]))
  let net: number
  if (opens === null) {
    net = (held === 0 ? 0 : held * changes[i]) - cost
  } else {
    const atOpen = Math.max(0, (1 + held * (opens[i] / close[i - 1] - 1)) * (1 - cost))
    net = atOpen * (1 + target * (close[i] / opens[i] - 1)) - 1
  }
  return net < -1 && (opens !== null || held < 0 || target < 0) ? -1 : net
}

/** As `publishedMetrics` gives its figures: undefined is NaN here, and 0 has no sign. */
function finite(value: number): number {
  return Number.isFinite(value) ? value + 0 : Number.NaN
}
