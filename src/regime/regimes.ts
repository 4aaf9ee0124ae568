/** Regime labels and the classifier of the composite score: thresholds, one-sided hysteresis, age of the state (spec §7). */

import type { RegimeConfig } from './config-types.ts'

export type Regime =
  | 'STRONG_RISK_ON_ALTS'
  | 'WEAK_RISK_ON_ALTS'
  | 'RISK_ON_ALTS'
  | 'BALANCED'
  | 'WEAK_RISK_ON_MAJORS'
  | 'STRONG_RISK_ON_MAJORS'
  | 'RISK_ON_MAJORS'

/** The regimes in which majors lead, the only ones with a position where the gate is `majors_only`. */
export const MAJORS_REGIMES: ReadonlySet<Regime | null> = new Set<Regime>([
  'RISK_ON_MAJORS',
  'WEAK_RISK_ON_MAJORS',
  'STRONG_RISK_ON_MAJORS',
])

/** The regimes in which alts lead. */
export const ALTS_REGIMES: ReadonlySet<Regime | null> = new Set<Regime>([
  'RISK_ON_ALTS',
  'WEAK_RISK_ON_ALTS',
  'STRONG_RISK_ON_ALTS',
])

export type Thresholds = Pick<
  RegimeConfig['regime'],
  | 'n_regimes'
  | 'threshold_low'
  | 'threshold_high'
  | 'threshold_strong_low'
  | 'threshold_strong_high'
  | 'hysteresis_low'
  | 'hysteresis_high'
  | 'min_duration_days'
  | 'young_multiplier'
>

/** Regime of every row from the scores up to it; a null score keeps the state, null before the first score. */
export function classify(score: Float64Array, thresholds: Thresholds): (Regime | null)[] {
  const regimes: (Regime | null)[] = new Array(score.length).fill(null)
  let level: Level | null = null
  let since = 0
  for (let t = 0; t < score.length; t++) {
    if (!Number.isNaN(score[t])) {
      const young = t - since < thresholds.min_duration_days
      const next: Level = level === null ? levelOf(score[t], thresholds) : nextLevel(level, score[t], thresholds, young)
      if (next !== level) since = t
      level = next
    }
    if (level !== null) regimes[t] = nameOf(level, thresholds.n_regimes)
  }
  return regimes
}

/** −2 strong alts … 0 balanced … 2 strong majors; three regimes use −1, 0, 1. */
type Level = -2 | -1 | 0 | 1 | 2

/** The state a score has without a past; all comparisons strict. */
function levelOf(score: number, th: Thresholds): Level {
  if (th.n_regimes === 5) {
    if (score < th.threshold_strong_low) return -2
    if (score > th.threshold_strong_high) return 2
  }
  if (score < th.threshold_low) return -1
  return score > th.threshold_high ? 1 : 0
}

/** The state after `level`: leaving it towards the centre must clear the hysteresis, wider while the state is young. */
function nextLevel(level: Level, score: number, th: Thresholds, young: boolean): Level {
  const widening = young ? th.young_multiplier : 1
  const high = th.hysteresis_high * widening
  const low = th.hysteresis_low * widening
  const plain = levelOf(score, th)
  switch (level) {
    case -2:
      if (!(score > th.threshold_strong_low + high)) return -2
      return score > th.threshold_low ? plain : -1
    case -1:
      if (score > th.threshold_low + high) return Math.max(plain, 0) as Level
      return plain === -2 ? -2 : -1
    case 0:
      return plain
    case 1:
      if (score < th.threshold_high + low) return Math.min(plain, 0) as Level
      return plain === 2 ? 2 : 1
    case 2:
      if (!(score < th.threshold_strong_high + low)) return 2
      // A score at the threshold itself, where the gate puts it, leaves for the weak state.
      return score < th.threshold_high ? plain : 1
  }
}

function nameOf(level: Level, count: 3 | 5): Regime {
  if (count === 3) return (['RISK_ON_ALTS', 'BALANCED', 'RISK_ON_MAJORS'] as const)[level + 1]
  return (
    ['STRONG_RISK_ON_ALTS', 'WEAK_RISK_ON_ALTS', 'BALANCED', 'WEAK_RISK_ON_MAJORS', 'STRONG_RISK_ON_MAJORS'] as const
  )[level + 2]
}
