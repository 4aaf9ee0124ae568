/** Regimes without thresholds: a hidden Markov model on the score's features, refitted on the past only. */

import { mean, std } from '../base/stats.ts'
import type { RegimeConfig } from './config-types.ts'
import type { Features } from './features.ts'
import { fitHmm, forwardFilter } from './hmm.ts'
import type { Observations } from './hmm-model.ts'
import type { Regime } from './regimes.ts'
import { SCORE_INPUTS, type ScoreKey } from './score-inputs.ts'

/** Rows a fit needs; a window with fewer before it has no regime of its own. */
const TRAIN_LEAST = 60

/**
 * Regime of every row: the model is fitted every `test_window_days` on the valid rows before, from `lookback_window_days` after
 * `start` on, and read by the forward filter; its states are named by their mean composite score, high where majors lead. A switch
 * counts once it has held for `min_state_persistence_days`. null before the first fit.
 */
export function unsupervisedRegimes(
  features: Features,
  score: Float64Array,
  config: RegimeConfig,
  start: number,
): (Regime | null)[] {
  const days = score.length
  const { lookback_window_days, test_window_days } = config.backtest
  const { n_states, min_state_persistence_days, seed } = config.regime.unsupervised
  const firstValid = features.valid.indexOf(1)
  const labels: (Regime | null)[] = new Array(days).fill(null)
  const inputs = (Object.keys(config.regime.weights) as ScoreKey[]).map(key => features.columns[SCORE_INPUTS[key]])
  for (let from = start + lookback_window_days, window = 0; from < days; from += test_window_days, window++) {
    if (firstValid < 0 || from - firstValid < TRAIN_LEAST) continue
    const to = Math.min(days, from + test_window_days)
    const slice = standardised(inputs, firstValid, from, to)
    if (slice.dims === 0) continue
    const train = {
      ...slice,
      values: slice.values.subarray(0, (from - firstValid) * slice.dims),
      rows: from - firstValid,
    }
    const fit = fitHmm(train, { states: n_states, seed: seed + window })
    const names = stateNames(fit.smoothed, score.subarray(firstValid, from), n_states)
    const filtered = forwardFilter(slice, fit.model)
    for (let t = from; t < to; t++) {
      const row = t - firstValid
      // A day without any input keeps the regime, as a null score does.
      if (isBlank(slice, row)) continue
      labels[t] = names[largest(filtered.subarray(row * n_states, (row + 1) * n_states))]
    }
  }
  return persistent(labels, min_state_persistence_days)
}

/** Keep the regime until another label has been seen on `least` rows running; rows without a label change nothing. */
export function persistent(labels: readonly (Regime | null)[], least: number): (Regime | null)[] {
  let current: Regime | null = null
  let candidate: Regime | null = null
  let held = 0
  return labels.map(label => {
    if (label === null) return current
    held = label === candidate ? held + 1 : 1
    candidate = label
    if (current === null || held >= least) current = label
    return current
  })
}

/** The inputs of rows [first, to), centred and scaled by those of [first, from); inputs that do not vary there are left out. */
function standardised(inputs: readonly Float64Array[], first: number, from: number, to: number): Observations {
  const columns = inputs.flatMap(input => {
    const known = input.subarray(first, from).filter(value => !Number.isNaN(value))
    const [centre, scale] = [mean(known), std(known, 1)]
    return scale > 0 ? [{ input, centre, scale }] : []
  })
  const dims = columns.length
  const values = new Float64Array((to - first) * dims)
  for (let t = first; t < to; t++) {
    columns.forEach(({ input, centre, scale }, d) => {
      values[(t - first) * dims + d] = (input[t] - centre) / scale
    })
  }
  return { values, rows: to - first, dims }
}

/** Name of each state by its mean composite score over the training rows, weighted with the probability of the state. */
function stateNames(smoothed: Float64Array, score: Float64Array, states: number): Regime[] {
  const means = Array.from({ length: states }, (_, s) => {
    let [total, weight] = [0, 0]
    for (let t = 0; t < score.length; t++) {
      if (Number.isNaN(score[t])) continue
      total += smoothed[t * states + s] * score[t]
      weight += smoothed[t * states + s]
    }
    return weight > 0 ? total / weight : 0
  })
  const ordered = means.map((_, s) => s).sort((a, b) => means[a] - means[b] || a - b)
  const names: Regime[] =
    states === 2 ? ['RISK_ON_ALTS', 'RISK_ON_MAJORS'] : ['RISK_ON_ALTS', 'BALANCED', 'RISK_ON_MAJORS']
  return means.map((_, s) => names[ordered.indexOf(s)])
}

function isBlank(x: Observations, row: number): boolean {
  for (let d = 0; d < x.dims; d++) if (!Number.isNaN(x.values[row * x.dims + d])) return false
  return true
}

function largest(values: Float64Array): number {
  let at = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[at]) at = i
  return at
}
