/** Momentum: rate of change, RSI in its classic and its published form, MACD, stochastic oscillator. */

import { ema, sma } from './moving-averages.ts'
import { requireEqualLengths, requireWindow, rollingMax, rollingMin, undefinedSeries } from './rolling.ts'

/** Lines of the MACD, each in the unit of the values. */
export type Macd = { macd: Float64Array; signal: Float64Array; histogram: Float64Array }

/** Lines of the stochastic oscillator, each 0…100. */
export type Stochastic = { k: Float64Array; d: Float64Array }

/** Rate of change over `window` bars as a ratio (0.12 = 12 %); NaN for the first `window` bars, at undefined values and from a base of 0. */
export function roc(values: Float64Array, window: number): Float64Array {
  requireWindow(window)
  const out = undefinedSeries(values.length)
  for (let i = window; i < out.length; i++) {
    const base = values[i - window]
    if (base !== 0) out[i] = (values[i] - base) / base
  }
  return out
}

/**
 * Wilder's relative strength index (1978), 0…100: mean gain and mean loss are seeded with the simple means of the first
 * `period` changes. NaN for the first `period` bars; 100 where the mean loss is 0, a flat series included.
 * A NaN or infinity ends the averages; they are seeded anew from the changes after it.
 */
export function rsi(close: Float64Array, period: number): Float64Array {
  requireWindow(period, 'period')
  const out = undefinedSeries(close.length)
  let seen = 0
  let gain = 0
  let loss = 0
  for (let i = 1; i < out.length; i++) {
    const change = close[i] - close[i - 1]
    if (!Number.isFinite(change)) {
      seen = gain = loss = 0
      continue
    }
    const up = Math.max(change, 0)
    const down = Math.max(-change, 0)
    if (seen < period) {
      // Until the seed is complete, both hold plain sums.
      gain += up
      loss += down
      if (++seen < period) continue
      gain /= period
      loss /= period
    } else {
      gain += (up - gain) / period
      loss += (down - loss) / period
    }
    out[i] = strengthIndex(gain, loss)
  }
  return out
}

/**
 * The published variant of the RSI, 0…100: the exponential means of gains and losses (weight 1 / period) start from 0 at
 * the first bar, as pandas' `ewm(alpha=1/period, adjust=False, min_periods=period)` does. NaN for the first `period - 1`
 * bars; 100 where the mean loss is 0. A NaN or infinity ends the means; the next defined bar counts as the first again.
 */
export function rsiSeededAtFirstBar(close: Float64Array, period: number): Float64Array {
  requireWindow(period, 'period')
  const out = undefinedSeries(close.length)
  const weight = 1 / period
  const keep = (period - 1) / period
  let seen = 0
  let gain = 0
  let loss = 0
  for (let i = 0; i < out.length; i++) {
    if (!Number.isFinite(close[i])) {
      seen = gain = loss = 0
      continue
    }
    if (seen > 0) {
      const change = close[i] - close[i - 1]
      gain = keep * gain + weight * Math.max(change, 0)
      loss = keep * loss + weight * Math.max(-change, 0)
    }
    if (++seen >= period) out[i] = strengthIndex(gain, loss)
  }
  return out
}

/**
 * MACD (Appel 1979): EMA(fast) − EMA(slow), its EMA(signal), and their difference. Every EMA is seeded with a simple mean,
 * so `macd` is NaN for the first `slow - 1` bars, the others for the first `slow + signal - 2`. Undefined values as in `ema`.
 */
export function macd(values: Float64Array, fast = 12, slow = 26, signal = 9): Macd {
  const line = ema(values, fast)
  const slower = ema(values, slow)
  for (let i = 0; i < line.length; i++) line[i] -= slower[i]
  const average = ema(line, signal)
  const histogram = new Float64Array(line.length)
  for (let i = 0; i < line.length; i++) histogram[i] = line[i] - average[i]
  return { macd: line, signal: average, histogram }
}

/**
 * Stochastic oscillator (Lane), 0…100: where the close lies between the lowest low and the highest high of `window` bars,
 * averaged over `smoothing` bars (`k`; 1 gives the fast form), and the mean of that over `signal` bars (`d`).
 * `k` is NaN for the first `window + smoothing - 2` bars, `d` for `signal - 1` more; both while a window without any range
 * (highest high = lowest low) or with an undefined value is inside.
 */
export function stochastic(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  window = 14,
  smoothing = 3,
  signal = 3,
): Stochastic {
  requireEqualLengths(high, low, close)
  const highest = rollingMax(high, window)
  const lowest = rollingMin(low, window)
  // A range of 0 gives 0/0, undefined as documented.
  for (let i = 0; i < close.length; i++) highest[i] = (100 * (close[i] - lowest[i])) / (highest[i] - lowest[i])
  const k = sma(highest, smoothing)
  return { k, d: sma(k, signal) }
}

function strengthIndex(gain: number, loss: number): number {
  return loss === 0 ? 100 : 100 - 100 / (1 + gain / loss)
}
