/** Composite score of the monitor: weighted z-features, high where majors lead, and the gate on violent weeks of BTC (spec §7). */

import type { RegimeConfig } from './config-types.ts'
import type { Features } from './features.ts'
import { SCORE_INPUTS, type ScoreKey } from './score-inputs.ts'

/** One value a day; NaN for null. */
export interface Scores {
  /** Before the gate. */
  raw: Float64Array
  score: Float64Array
  /** 1 where the gate cut the score. */
  highVolGate: Uint8Array
}

/** Score every row from its own z-features and BTC's closes up to it; `btcClose` has NaN on days without a close. */
export function compositeScore(features: Features, btcClose: Float64Array, regime: RegimeConfig['regime']): Scores {
  const raw = weightedScore(features, regime.weights, regime.min_weight_coverage)
  const score = Float64Array.from(raw)
  const highVolGate = new Uint8Array(raw.length)
  for (let t = 7; t < score.length; t++) {
    const week = Math.abs(btcClose[t] / btcClose[t - 7] - 1)
    if (!(week > regime.high_vol_gate && score[t] > regime.threshold_high)) continue
    score[t] = regime.threshold_high
    highVolGate[t] = 1
  }
  return { raw, score, highVolGate }
}

/** Σ w·z over the known inputs, scaled up to the whole Σ|w|; NaN before the burn-in is over or where less than `coverage` of Σ|w| is known. */
export function weightedScore(
  features: Features,
  weights: Partial<Record<ScoreKey, number>>,
  coverage: number,
): Float64Array {
  const inputs = (Object.entries(weights) as [ScoreKey, number][]).map(([key, weight]) => ({
    weight,
    z: features.columns[SCORE_INPUTS[key]],
  }))
  const whole = inputs.reduce((sum, { weight }) => sum + Math.abs(weight), 0)
  const score = new Float64Array(features.valid.length).fill(Number.NaN)
  for (let t = 0; t < score.length; t++) {
    if (features.valid[t] === 0) continue
    let total = 0
    let known = 0
    for (const { weight, z } of inputs) {
      if (Number.isNaN(z[t])) continue
      total += weight * z[t]
      known += Math.abs(weight)
    }
    if (known > 0 && known >= coverage * whole) score[t] = (total * whole) / known
  }
  return score
}
