/** Rank statistics of predictions: Spearman's correlation and the area under the ROC curve. */

import { correlation } from '../base/stats.ts'

/** Ranks from 1, ties with the mean of theirs. */
export function ranksOf(x: Float64Array): Float64Array {
  const order = Uint32Array.from(x, (_, i) => i).sort((a, b) => x[a] - x[b] || a - b)
  const ranks = new Float64Array(x.length)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && x[order[to]] === x[order[from]]) to++
    for (let i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2
    from = to
  }
  return ranks
}

/** Spearman's rank correlation; NaN where one of them is constant. */
export function spearman(x: Float64Array, y: Float64Array): number {
  return correlation(ranksOf(x), ranksOf(y))
}

/**
 * 95 % interval of a rank correlation from `n` independent pairs: Fisher's z with the error √((1 + ρ²/2) / (n − 3)) of Bonett and
 * Wright 2000; NaN where n ≤ 3 or |ρ| is 1.
 */
export function spearmanInterval(rho: number, n: number): { low: number; high: number } {
  const z = 0.5 * Math.log((1 + rho) / (1 - rho))
  const half = 1.959963984540054 * Math.sqrt((1 + (rho * rho) / 2) / (n - 3))
  return n > 3 && Number.isFinite(z)
    ? { low: Math.tanh(z - half), high: Math.tanh(z + half) }
    : { low: Number.NaN, high: Number.NaN }
}

/** Probability that a row of class 1 has the higher score than one of class 0, ties half (Mann–Whitney); NaN for one class. */
export function aucOf(score: Float64Array, ones: (row: number) => boolean): number {
  const ranks = ranksOf(score)
  let [count, total] = [0, 0]
  for (let i = 0; i < ranks.length; i++) {
    if (!ones(i)) continue
    count++
    total += ranks[i]
  }
  return (total - (count * (count + 1)) / 2) / (count * (score.length - count))
}

/** Standard error of an area from this many independent rows of each class (Hanley and McNeil 1982). */
export function aucError(auc: number, ones: number, zeros: number): number {
  const q1 = auc / (2 - auc)
  const q2 = (2 * auc * auc) / (1 + auc)
  const square = auc * auc
  return Math.sqrt((auc * (1 - auc) + (ones - 1) * (q1 - square) + (zeros - 1) * (q2 - square)) / (ones * zeros))
}
