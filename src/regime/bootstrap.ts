/** Block bootstrap of a statistic of a time series: blocks of consecutive rows keep its autocorrelation (Künsch 1989; spec §14). */

import { quantile } from '../base/stats.ts'

export interface BlockPlan {
  block_size: number
  n_boot: number
}

export interface BootstrapInterval {
  /** 2.5 % and 97.5 % quantiles of the statistic over the resamples. */
  ci_lower: number
  ci_upper: number
  /** Share of resamples at least as far from the observed value as that is from 0, both counts plus one. */
  pvalue: number
}

/** Row numbers of every resample of n rows, one after another: blocks drawn uniformly and cut to n; the sample itself where n is below the block size. */
export function blockResamples(n: number, plan: BlockPlan, seed: number): Int32Array[] {
  const { block_size: size, n_boot } = plan
  const uniform = mulberry32(seed)
  const samples: Int32Array[] = []
  for (let s = 0; s < n_boot; s++) {
    const rows = new Int32Array(n)
    if (n < size) for (let i = 0; i < n; i++) rows[i] = i
    else {
      for (let begin = 0; begin < n; begin += size) {
        const first = Math.floor(uniform() * (n - size + 1))
        for (let i = begin; i < Math.min(n, begin + size); i++) rows[i] = first + i - begin
      }
    }
    samples.push(rows)
  }
  return samples
}

/** Interval and two-sided p-value of an observed statistic from its values over the resamples. */
export function bootstrapInterval(observed: number, resampled: Float64Array): BootstrapInterval {
  let farther = 0
  for (let s = 0; s < resampled.length; s++) if (Math.abs(resampled[s] - observed) >= Math.abs(observed)) farther++
  return {
    ci_lower: quantile(resampled, 0.025),
    ci_upper: quantile(resampled, 0.975),
    pvalue: (farther + 1) / (resampled.length + 1),
  }
}

/** The 32-bit generator that the published intervals are defined by (T. Ettinger's mulberry32); uniform in [0, 1). Not for anything else: see base/random. */
function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
