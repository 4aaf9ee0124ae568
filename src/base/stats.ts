/** Sample statistics and least squares; undefined results are NaN, sums run in index order, so bytes are the same everywhere. */

import type { Sample } from './sample.ts'

export { normalCdf, normalQuantile, studentTCdf } from './distributions.ts'
export { leastSquares, solveSymmetric } from './least-squares.ts'
export type { Sample } from './sample.ts'

/** Sum in index order; 0 for an empty sample. */
export function sum(x: Sample): number {
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i]
  return total
}

/** Arithmetic mean, refined by the mean of the residuals so that a constant sample gives exactly that constant; NaN when empty. */
export function mean(x: Sample): number {
  const first = sum(x) / x.length
  let residual = 0
  for (let i = 0; i < x.length; i++) residual += x[i] - first
  return first + residual / x.length
}

/** Variance with divisor n − ddof (1: unbiased, 0: population); NaN when n ≤ ddof. Exactly 0 for a constant sample. */
export function variance(x: Sample, ddof: number): number {
  return x.length > ddof ? squaresAbout(x, mean(x)) / (x.length - ddof) : Number.NaN
}

/** Standard deviation, the square root of `variance`; NaN when n ≤ ddof. */
export function std(x: Sample, ddof: number): number {
  return Math.sqrt(variance(x, ddof))
}

/** Smallest value; NaN when empty or where one is NaN. */
export function minimum(x: Sample): number {
  if (x.length === 0) return Number.NaN
  let least = x[0]
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) return Number.NaN
    if (x[i] < least) least = x[i]
  }
  return least
}

/** Largest value; NaN when empty or where one is NaN. */
export function maximum(x: Sample): number {
  if (x.length === 0) return Number.NaN
  let most = x[0]
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) return Number.NaN
    if (x[i] > most) most = x[i]
  }
  return most
}

/** Quantile at probability p in [0, 1] by linear interpolation, type 7 of Hyndman & Fan 1996 (numpy's and R's default); NaN when empty. */
export function quantile(x: Sample, p: number): number {
  return quantileOfSorted(Float64Array.from(x).sort(), p)
}

/** `quantile` of a sample that is already ascending: nothing is copied, for several quantiles of one sample. */
export function quantileOfSorted(ascending: Sample, p: number): number {
  const last = ascending.length - 1
  // Float64Array.sort puts NaN at the end.
  if (last < 0 || !(p >= 0 && p <= 1) || Number.isNaN(ascending[last])) return Number.NaN
  const place = p * last
  const below = Math.floor(place)
  if (below === last) return ascending[last]
  return ascending[below] + (place - below) * (ascending[below + 1] - ascending[below])
}

/** Middle value, the mean of the two middle ones for even n; NaN when empty. */
export function median(x: Sample): number {
  return quantile(x, 0.5)
}

/** Skewness g₁ = m₃ / m₂^(3/2) from population moments (scipy's and R moments' default, no bias correction); NaN for a constant sample. */
export function skewness(x: Sample): number {
  const { m2, m3 } = centralMoments(x)
  return m2 > 0 ? m3 / (m2 * Math.sqrt(m2)) : Number.NaN
}

/** Kurtosis m₄ / m₂² from population moments, NOT excess: 3 for a normal distribution; NaN for a constant sample. */
export function kurtosis(x: Sample): number {
  const { m2, m4 } = centralMoments(x)
  return m2 > 0 ? m4 / (m2 * m2) : Number.NaN
}

/** Covariance of two samples of equal length with divisor n − ddof; NaN when n ≤ ddof or the lengths differ. */
export function covariance(x: Sample, y: Sample, ddof = 1): number {
  return x.length > ddof ? productsAbout(x, mean(x), y, mean(y)) / (x.length - ddof) : Number.NaN
}

/** Pearson correlation in [−1, 1]; NaN where a sample is constant, the lengths differ or n < 2. */
export function correlation(x: Sample, y: Sample): number {
  const [centreX, centreY] = [mean(x), mean(y)]
  const scale = Math.sqrt(squaresAbout(x, centreX)) * Math.sqrt(squaresAbout(y, centreY))
  if (!(scale > 0)) return Number.NaN
  // Rounding may carry a perfect correlation past 1.
  return Math.max(-1, Math.min(1, productsAbout(x, centreX, y, centreY) / scale))
}

/** Autocorrelation at a lag ≥ 0: Σ(xₜ−x̄)(xₜ₊ₗ−x̄) / Σ(xₜ−x̄)² (Box & Jenkins; NIST StRD); NaN for a constant sample or lag ≥ n. */
export function autocorrelation(x: Sample, lag: number): number {
  const centre = mean(x)
  const whole = squaresAbout(x, centre)
  if (!(whole > 0) || lag >= x.length) return Number.NaN
  let shared = 0
  for (let i = lag; i < x.length; i++) shared += (x[i] - centre) * (x[i - lag] - centre)
  return shared / whole
}

/**
 * x to the power y as exp(y·ln x), for x ≥ 0 (NaN below). The program's only non-integer power: Math.pow gives
 * different last digits on different Node versions, exp and log do not. Relative error about 1e-16 · |y·ln x|.
 */
export function power(x: number, y: number): number {
  if (y === 0 || x === 1) return 1
  return Math.exp(y * Math.log(x))
}

function squaresAbout(x: Sample, centre: number): number {
  return productsAbout(x, centre, x, centre)
}

function productsAbout(x: Sample, centreX: number, y: Sample, centreY: number): number {
  if (x.length !== y.length) return Number.NaN
  let total = 0
  for (let i = 0; i < x.length; i++) total += (x[i] - centreX) * (y[i] - centreY)
  return total
}

function centralMoments(x: Sample): { m2: number; m3: number; m4: number } {
  const centre = mean(x)
  let [s2, s3, s4] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const d = x[i] - centre
    const square = d * d
    s2 += square
    s3 += square * d
    s4 += square * square
  }
  return { m2: s2 / x.length, m3: s3 / x.length, m4: s4 / x.length }
}
