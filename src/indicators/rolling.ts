/** Rolling kernels over a fixed window: sum, standard deviation, z-score, minimum, maximum, correlation. */

/*
 * Except for the sum, the series is cut into blocks of one window each. Every window is then the tail of one block and
 * the head of the next, and both are built up by adding only: nothing is ever subtracted, so no error accumulates, an
 * undefined value disappears with the last window that holds it, and the cost is O(n) whatever the window
 * (van Herk 1992 and Gil & Werman 1993 for extremes; Chan, Golub & LeVeque 1983 to join the moments of the two parts).
 */

import { fail } from '../base/errors.ts'

/** Running sums of a series as pairs `hi + lo`: element `i` is the sum of the first `i` values, to twice double precision. */
export interface PrefixSums {
  hi: Float64Array
  lo: Float64Array
  /** For each value the index of the last undefined value up to it, -1 for none; null where every value is finite. */
  lastUndefined: Int32Array | null
}

/** Prefix sums of `values`, computed once and shared by every window; NaN and infinities count as undefined. */
export function prefixSums(values: Float64Array): PrefixSums {
  const n = values.length
  const hi = new Float64Array(n + 1)
  const lo = new Float64Array(n + 1)
  let lastUndefined: Int32Array | null = null
  let last = -1
  let total = 0
  let rest = 0
  for (let i = 0; i < n; i++) {
    const value = values[i]
    if (Number.isFinite(value)) {
      // Double-double addition: two-sum (Knuth) finds exactly what is rounded away, the last two lines renormalise (Dekker).
      const sum = total + value
      const part = sum - total
      const low = total - (sum - part) + (value - part) + rest
      total = sum + low
      rest = low - (total - sum)
    } else {
      lastUndefined ??= new Int32Array(n).fill(-1, 0, i)
      last = i
    }
    if (lastUndefined !== null) lastUndefined[i] = last
    hi[i + 1] = total
    lo[i + 1] = rest
  }
  return { hi, lo, lastUndefined }
}

/** Sum of the last `window` values, from prefix sums; NaN until warm and while an undefined value is inside. */
export function rollingSumFromPrefix(prefix: PrefixSums, window: number): Float64Array {
  requireWindow(window)
  const { hi, lo, lastUndefined } = prefix
  const n = hi.length - 1
  const out = undefinedSeries(n)
  for (let i = window; i <= n; i++) out[i - 1] = hi[i] - hi[i - window] + (lo[i] - lo[i - window])
  if (lastUndefined !== null) {
    for (let i = window - 1; i < n; i++) if (lastUndefined[i] > i - window) out[i] = Number.NaN
  }
  return out
}

/** Sum of the last `window` values, in their unit; NaN for the first `window - 1` bars and while an undefined value is inside. */
export function rollingSum(values: Float64Array, window: number): Float64Array {
  return rollingSumFromPrefix(prefixSums(values), window)
}

/**
 * Standard deviation of the last `window` values, in their unit; divisor `window - ddof` (1 sample, 0 population).
 * NaN for the first `window - 1` bars and while an undefined value is inside; exactly 0 over equal values.
 */
export function rollingStd(values: Float64Array, window: number, ddof: 0 | 1 = 1): Float64Array {
  const { squares } = rollingMoments(values, window)
  const divisor = window - ddof
  for (let i = 0; i < squares.length; i++) squares[i] = Math.sqrt(squares[i] / divisor)
  return squares
}

/**
 * Standard score of each value within the last `window` values, itself included: (value − mean) / standard deviation.
 * NaN for the first `window - 1` bars, while an undefined value is inside, and where all values are equal.
 */
export function rollingZScore(values: Float64Array, window: number, ddof: 0 | 1 = 1): Float64Array {
  const { deviation, squares } = rollingMoments(values, window)
  const divisor = window - ddof
  for (let i = 0; i < deviation.length; i++) deviation[i] /= Math.sqrt(squares[i] / divisor)
  return deviation
}

/** Lowest of the last `window` values; NaN for the first `window - 1` bars and while a NaN is inside. */
export function rollingMin(values: Float64Array, window: number): Float64Array {
  return rollingExtreme(values, window, 1)
}

/** Highest of the last `window` values; NaN for the first `window - 1` bars and while a NaN is inside. */
export function rollingMax(values: Float64Array, window: number): Float64Array {
  return rollingExtreme(values, window, -1)
}

/**
 * Pearson correlation of two series over the last `window` bars, in [-1, 1]. NaN for the first `window - 1` bars,
 * while an undefined value of either series is inside, and where either series is constant.
 */
export function rollingCorrelation(x: Float64Array, y: Float64Array, window: number): Float64Array {
  requireWindow(window)
  requireEqualLengths(x, y)
  const n = x.length
  const out = undefinedSeries(n)
  if (window > n) return out
  const tail = { x: tailOf(window), y: tailOf(window), xx: tailOf(window), yy: tailOf(window), xy: tailOf(window) }
  let [anchorX, anchorY] = [0, 0]
  for (let start = 0; start < n; start += window) {
    const size = Math.min(window, n - start)
    // As in rollingMoments: counted from the first values of the block.
    const [shiftX, shiftY] = [anchorX, anchorY]
    anchorX = anchorOf(x[start])
    anchorY = anchorOf(y[start])
    let [meanX, meanY, xx, yy, xy] = [0, 0, 0, 0, 0]
    for (let j = 0; j < size; j++) {
      const valueX = x[start + j] - anchorX
      const valueY = y[start + j] - anchorY
      const deltaX = valueX - meanX
      const deltaY = valueY - meanY
      meanX += deltaX / (j + 1)
      meanY += deltaY / (j + 1)
      xx += deltaX * (valueX - meanX)
      yy += deltaY * (valueY - meanY)
      xy += deltaX * (valueY - meanY)
      const older = window - 1 - j
      const apart = (older * (j + 1)) / window
      const gapX = older === 0 ? 0 : tail.x[j + 1] - meanX + (shiftX - anchorX)
      const gapY = older === 0 ? 0 : tail.y[j + 1] - meanY + (shiftY - anchorY)
      const squaresX = xx + tail.xx[j + 1] + gapX * gapX * apart
      const squaresY = yy + tail.yy[j + 1] + gapY * gapY * apart
      const products = xy + tail.xy[j + 1] + gapX * gapY * apart
      // Rounding may step over the bounds by an ulp; NaN stays NaN.
      out[start + j] = Math.max(-1, Math.min(1, products / (Math.sqrt(squaresX) * Math.sqrt(squaresY))))
    }
    if (size < window) break
    ;[meanX, meanY, xx, yy, xy] = [0, 0, 0, 0, 0]
    for (let j = window - 1; j >= 0; j--) {
      const valueX = x[start + j] - anchorX
      const valueY = y[start + j] - anchorY
      const deltaX = valueX - meanX
      const deltaY = valueY - meanY
      meanX += deltaX / (window - j)
      meanY += deltaY / (window - j)
      xx += deltaX * (valueX - meanX)
      yy += deltaY * (valueY - meanY)
      xy += deltaX * (valueY - meanY)
      tail.x[j] = meanX
      tail.y[j] = meanY
      tail.xx[j] = xx
      tail.yy[j] = yy
      tail.xy[j] = xy
    }
  }
  return out
}

/** A new series of length `n` that is undefined everywhere. */
export function undefinedSeries(n: number): Float64Array {
  return new Float64Array(n).fill(Number.NaN)
}

/** Refuse a window that is not a whole number of bars ≥ 1; `name` is what the caller calls it. */
export function requireWindow(window: number, name = 'window'): void {
  if (!Number.isSafeInteger(window) || window < 1) {
    throw fail('STRATEGY_ERROR', { message: `${name} must be a whole number of bars, at least 1; got ${window}` })
  }
}

/** Refuse columns that do not stand on the same bars. */
export function requireEqualLengths(...columns: Float64Array[]): void {
  const lengths = columns.map(column => column.length)
  if (lengths.some(length => length !== lengths[0])) {
    throw fail('DATA_ERROR', { message: `columns of one indicator must have equal lengths; got ${lengths.join(', ')}` })
  }
}

/** Deviation of each value from the mean of its window, and sum of the squares over the window; NaN until warm and around undefined values. */
function rollingMoments(values: Float64Array, window: number): { deviation: Float64Array; squares: Float64Array } {
  requireWindow(window)
  const n = values.length
  const deviation = undefinedSeries(n)
  const squares = undefinedSeries(n)
  if (window > n) return { deviation, squares }
  const tailMean = tailOf(window)
  const tailSquares = tailOf(window)
  let anchor = 0
  for (let start = 0; start < n; start += window) {
    const size = Math.min(window, n - start)
    // Within a block everything is counted from its first value: small spreads keep their digits at any level.
    const shift = anchor
    anchor = anchorOf(values[start])
    let mean = 0
    let spread = 0
    for (let j = 0; j < size; j++) {
      const value = values[start + j] - anchor
      const delta = value - mean
      mean += delta / (j + 1)
      spread += delta * (value - mean)
      const older = window - 1 - j
      const gap = older === 0 ? 0 : tailMean[j + 1] - mean + (shift - anchor)
      deviation[start + j] = value - mean - (gap * older) / window
      squares[start + j] = spread + tailSquares[j + 1] + (gap * gap * older * (j + 1)) / window
    }
    if (size < window) break
    mean = 0
    spread = 0
    for (let j = window - 1; j >= 0; j--) {
      const value = values[start + j] - anchor
      const delta = value - mean
      mean += delta / (window - j)
      spread += delta * (value - mean)
      tailMean[j] = mean
      tailSquares[j] = spread
    }
  }
  return { deviation, squares }
}

/** Minimum of each window for `sign` 1, maximum for -1; NaN until warm and while a NaN is inside. */
function rollingExtreme(values: Float64Array, window: number, sign: 1 | -1): Float64Array {
  requireWindow(window)
  const n = values.length
  const out = undefinedSeries(n)
  if (window > n) return out
  const tail = tailOf(window)
  tail[window] = Number.POSITIVE_INFINITY
  for (let start = 0; start < n; start += window) {
    const size = Math.min(window, n - start)
    let head = Number.POSITIVE_INFINITY
    for (let j = 0; j < size; j++) {
      head = Math.min(head, sign * values[start + j])
      out[start + j] = sign * Math.min(head, tail[j + 1])
    }
    if (size < window) break
    for (let j = window - 1; j >= 0; j--) tail[j] = Math.min(tail[j + 1], sign * values[start + j])
  }
  return out
}

/**
 * Statistic of the last block from each of its positions to its end; the place after the end is the empty tail, 0.
 * Before the first block everything else is undefined, which is what keeps the first `window - 1` results NaN.
 */
function tailOf(window: number): Float64Array {
  const tail = undefinedSeries(window + 1)
  tail[window] = 0
  return tail
}

/** The value that a block is counted from: its first, or 0 where that is undefined (an undefined anchor would spoil the block). */
function anchorOf(first: number): number {
  return Number.isFinite(first) ? first : 0
}
