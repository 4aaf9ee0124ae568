/** Volatility: true range, ATR, Bollinger bands, Donchian channel, realised volatility. */

import { sma, wilder } from './moving-averages.ts'
import { requireEqualLengths, requireWindow, rollingMax, rollingMin, rollingStd, undefinedSeries } from './rolling.ts'

/** Bollinger bands in the unit of the values; `percent_b` and `bandwidth` are ratios. */
export type Bollinger = {
  middle: Float64Array
  upper: Float64Array
  lower: Float64Array
  /** Where the value lies: 0 at the lower band, 1 at the upper; NaN where the bands coincide. */
  percent_b: Float64Array
  /** Width of the bands over the middle; NaN where the middle is 0. */
  bandwidth: Float64Array
}

/** Donchian channel, in the unit of the prices. */
export type Donchian = { upper: Float64Array; middle: Float64Array; lower: Float64Array }

/**
 * True range per bar, in price units: max(high − low, |high − previous close|, |low − previous close|); high − low on the
 * first bar (Wilder 1978). NaN where one of the four is NaN.
 */
export function trueRange(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  requireEqualLengths(high, low, close)
  const out = new Float64Array(high.length)
  if (out.length > 0) out[0] = high[0] - low[0]
  for (let i = 1; i < out.length; i++) {
    const previous = close[i - 1]
    out[i] = Math.max(high[i] - low[i], Math.abs(high[i] - previous), Math.abs(low[i] - previous))
  }
  return out
}

/**
 * Average true range, in price units: Wilder's smoothing of the true range, seeded with the mean of the first `period`
 * (Wilder 1978, the first bar counted). NaN for the first `period - 1` bars, where the published slippage takes 0: that
 * substitution is the engine's. Undefined values as in `wilder`.
 */
export function atr(high: Float64Array, low: Float64Array, close: Float64Array, period = 14): Float64Array {
  requireWindow(period, 'period')
  return wilder(trueRange(high, low, close), period)
}

/**
 * Bollinger bands (Bollinger 2001): SMA ± `width` population standard deviations of the last `window` values.
 * NaN for the first `window - 1` bars and while an undefined value is inside.
 */
export function bollinger(values: Float64Array, window = 20, width = 2): Bollinger {
  const middle = sma(values, window)
  const n = values.length
  const upper = rollingStd(values, window, 0)
  const lower = new Float64Array(n)
  const percent_b = new Float64Array(n)
  const bandwidth = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const half = width * upper[i]
    // Both from the half width: the difference of the bands would lose digits where they are close together.
    percent_b[i] = half === 0 ? Number.NaN : 0.5 + (values[i] - middle[i]) / (2 * half)
    bandwidth[i] = middle[i] === 0 ? Number.NaN : (2 * half) / middle[i]
    upper[i] = middle[i] + half
    lower[i] = middle[i] - half
  }
  return { middle, upper, lower, percent_b, bandwidth }
}

/**
 * Donchian channel: highest high and lowest low of `window` bars, and their mean. With `lag` 1 (the default) the window
 * ends at the bar before, so that a price can break out of it; with 0 it includes the bar itself.
 * NaN for the first `window - 1 + lag` bars and while a NaN is inside.
 */
export function donchian(high: Float64Array, low: Float64Array, window = 20, lag: 0 | 1 = 1): Donchian {
  requireEqualLengths(high, low)
  const upper = delayed(rollingMax(high, window), lag)
  const lower = delayed(rollingMin(low, window), lag)
  const middle = new Float64Array(high.length)
  for (let i = 0; i < middle.length; i++) middle[i] = (upper[i] + lower[i]) / 2
  return { upper, middle, lower }
}

/**
 * Realised volatility per bar, a ratio: sample standard deviation of the last `window` log returns, not annualised (times
 * √(bars per year) to annualise). NaN for the first `window` bars, for `window` 1, and while an undefined value or a price
 * that is not positive is inside.
 */
export function realisedVolatility(close: Float64Array, window: number): Float64Array {
  const returns = undefinedSeries(close.length)
  for (let i = 1; i < returns.length; i++) {
    if (close[i] > 0 && close[i - 1] > 0) returns[i] = Math.log(close[i] / close[i - 1])
  }
  return rollingStd(returns, window, 1)
}

/** The series one bar later, NaN in front; the series itself for a lag of 0. */
function delayed(values: Float64Array, lag: 0 | 1): Float64Array {
  if (lag === 1 && values.length > 0) {
    values.copyWithin(1, 0)
    values[0] = Number.NaN
  }
  return values
}
