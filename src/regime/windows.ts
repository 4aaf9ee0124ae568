/** Statistics of one series over the last `window` rows that skip absent rows; NaN where fewer than `least` are present. */

import { mean, quantile, std } from '../base/stats.ts'

/** Mean of the present values among the last `window` rows. */
export function windowMean(x: Float64Array, window: number, least = window): Float64Array {
  return overWindows(x, window, least, mean)
}

/** Standard deviation (ddof 1) of the present values among the last `window` rows; exactly 0 where they are all equal. */
export function windowStd(x: Float64Array, window: number, least = window): Float64Array {
  return overWindows(x, window, least, values => std(values, 1))
}

/** Median of the present values among the last `window` rows. */
export function windowMedian(x: Float64Array, window: number, least = window): Float64Array {
  return overWindows(x, window, least, values => quantile(values, 0.5))
}

/** (x − mean) / std (ddof 1) over the last `window` rows, the current one included; NaN where x is absent or the deviation is 0. */
export function windowZScore(x: Float64Array, window: number, least = window): Float64Array {
  const centre = windowMean(x, window, least)
  const scale = windowStd(x, window, least)
  const z = new Float64Array(x.length)
  for (let t = 0; t < x.length; t++) z[t] = scale[t] > 0 ? (x[t] - centre[t]) / scale[t] : Number.NaN
  return z
}

/** x at t less x at t − lag; NaN in the first `lag` rows. */
export function difference(x: Float64Array, lag: number): Float64Array {
  const d = new Float64Array(x.length).fill(Number.NaN)
  for (let t = lag; t < x.length; t++) d[t] = x[t] - x[t - lag]
  return d
}

/** x less y, row by row. */
export function minus(x: Float64Array, y: Float64Array): Float64Array {
  const d = new Float64Array(x.length)
  for (let t = 0; t < x.length; t++) d[t] = x[t] - y[t]
  return d
}

/** Each window is summed anew: 60 additions a row cost nothing here, and the last digits then depend on the window alone, not on the rows before it. */
function overWindows(
  x: Float64Array,
  window: number,
  least: number,
  statistic: (values: Float64Array) => number,
): Float64Array {
  const result = new Float64Array(x.length).fill(Number.NaN)
  const present = new Float64Array(window)
  for (let t = 0; t < x.length; t++) {
    let count = 0
    for (let i = Math.max(0, t - window + 1); i <= t; i++) if (!Number.isNaN(x[i])) present[count++] = x[i]
    if (count >= least && count > 0) result[t] = statistic(present.subarray(0, count))
  }
  return result
}
