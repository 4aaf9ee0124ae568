/** Honest statistics where each trial is a whole computation of its own: from the return series that the trials left. */

import { blockSums, overfittingProbability } from './cscv.ts'
import {
  addSeries,
  addSharpes,
  correlationSum,
  meanCorrelation,
  type OverfittingReport,
  overfittingReport,
  sharpeSpread,
} from './overfitting.ts'
import { stability } from './stability.ts'

/** Trials that are compared with each other. */
const COMPARED_TRIALS = 512

/** One finished trial. */
export interface TrialSeries {
  /** Net return of each bar. */
  net: Float64Array
  /** √252 · mean / deviation; NaN where undefined. */
  sharpe_simple: number
}

/**
 * The report on the trial number `winner`; `neighbours` are the numbers of those one step away from it. All trials count for what luck
 * shows; those with as many bars as the winner are compared bar by bar, evenly spaced ones and the winner where they are more than 512.
 */
export function inferFromSeries(
  trials: readonly TrialSeries[],
  winner: number,
  neighbours: readonly number[],
): OverfittingReport {
  const { net } = trials[winner]
  const spread = sharpeSpread()
  addSharpes(
    spread,
    trials.map(trial => trial.sharpe_simple),
  )
  const alike = trials.flatMap((trial, k) => (trial.net.length === net.length ? [k] : []))
  const taken = Math.min(COMPARED_TRIALS, alike.length)
  const compared = new Set([winner])
  for (let k = 0; k < taken; k++) compared.add(alike[Math.floor((k * alike.length) / taken)])
  const order = [...compared].sort((a, b) => a - b)
  const sum = correlationSum(net.length)
  for (const k of order) addSeries(sum, trials[k].net)
  return overfittingReport({
    spread,
    winner: net,
    correlation: meanCorrelation(sum),
    cscv: overfittingProbability(order.map(k => blockSums(trials[k].net))),
    stability: stability(
      trials[winner].sharpe_simple,
      neighbours.map(k => trials[k].sharpe_simple),
    ),
  })
}
