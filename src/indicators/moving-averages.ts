/** Moving averages: simple, exponential, linearly weighted, Wilder's. Unit of the result: unit of the values. */

import { type PrefixSums, prefixSums, requireWindow, rollingSumFromPrefix, undefinedSeries } from './rolling.ts'

/** Simple mean of the last `window` values; NaN for the first `window - 1` bars and while an undefined value is inside. */
export function sma(values: Float64Array, window: number): Float64Array {
  return smaFromPrefix(prefixSums(values), window)
}

/** `sma` of the values that `prefix` was made of, bit for bit; the sums are shared by all windows of a sweep. */
export function smaFromPrefix(prefix: PrefixSums, window: number): Float64Array {
  const out = rollingSumFromPrefix(prefix, window)
  for (let i = window - 1; i < out.length; i++) out[i] /= window
  return out
}

/**
 * Exponential mean, weight 2 / (window + 1), seeded with the simple mean of the first `window` values (the standard of
 * TA-Lib and Stock.Indicators; pandas' `ewm` seeds with the first value instead). NaN for the first `window - 1` bars.
 * Leading NaN are passed over; a NaN or infinity later ends the average, which is seeded anew by the next `window` values.
 */
export function ema(values: Float64Array, window: number): Float64Array {
  requireWindow(window)
  return exponentialMean(values, window, 2 / (window + 1))
}

/**
 * Wilder's smoothing (New Concepts in Technical Trading Systems, 1978): average += (value − average) / window, seeded with
 * the simple mean of the first `window` values. NaN for the first `window - 1` bars; undefined values as in `ema`.
 */
export function wilder(values: Float64Array, window: number): Float64Array {
  requireWindow(window)
  return exponentialMean(values, window, 1 / window)
}

/**
 * Linearly weighted mean of the last `window` values, weights 1 (oldest) … `window` (newest) over their sum.
 * NaN for the first `window - 1` bars and while an undefined value is inside.
 */
export function wma(values: Float64Array, window: number): Float64Array {
  requireWindow(window)
  const n = values.length
  const out = undefinedSeries(n)
  if (window > n) return out
  // Blocks as in rolling.ts. Weighted sum of each tail of the last block, weights from 1 at the tail's first value.
  const tail = undefinedSeries(window + 1)
  tail[window] = 0
  const weights = (window * (window + 1)) / 2
  for (let start = 0; start < n; start += window) {
    const size = Math.min(window, n - start)
    let plain = 0
    let weighted = 0
    for (let j = 0; j < size; j++) {
      plain += values[start + j]
      weighted += (j + 1) * values[start + j]
      out[start + j] = (tail[j + 1] + weighted + (window - 1 - j) * plain) / weights
    }
    if (size < window) break
    plain = 0
    weighted = 0
    for (let j = window - 1; j >= 0; j--) {
      // One more value in front raises every weight by one.
      plain += values[start + j]
      weighted += plain
      tail[j] = weighted
    }
  }
  return out
}

function exponentialMean(values: Float64Array, window: number, weight: number): Float64Array {
  const n = values.length
  const out = undefinedSeries(n)
  let seen = 0
  let average = 0
  for (let i = 0; i < n; i++) {
    const value = values[i]
    if (!Number.isFinite(value)) {
      seen = 0
      average = 0
    } else if (seen < window) {
      // Until the seed is complete, `average` holds the plain sum.
      average += value
      if (++seen === window) out[i] = average /= window
    } else {
      out[i] = average += weight * (value - average)
    }
  }
  return out
}
