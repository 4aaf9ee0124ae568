/** What the honest statistics need beyond the figures: return series of trials, computed again from the plan. */

import { GatewayError } from '../base/errors.ts'
import { blockSums, overfittingProbability } from './cscv.ts'
import { trialValues } from './grid.ts'
import { TRIAL_METRICS, type TrialMetric } from './kernel.ts'
import {
  addSeries,
  correlationSum,
  meanCorrelation,
  type OverfittingReport,
  overfittingReport,
  type SharpeSpread,
} from './overfitting.ts'
import { type SweepPlan, trialSettings } from './plan.ts'
import { neighbours, stability } from './stability.ts'
import { type Bench, evaluateJob, trialBacktest, windowReturns } from './trials.ts'

/** Trials that are compared with each other, and bars of all of them together. */
const COMPARED_TRIALS = 512
const COMPARED_BARS = 25_000_000

/**
 * The report on `winner`, the best trial of `stage` by `score`; `spread` is that of all trials of the stage. The trials that are
 * compared are all of those on the winner's data, or where they are more than 512, evenly spaced ones and the winner: choosing the
 * best ones would hide how many bad ones there were to choose from.
 */
export function inferOverfitting(
  on: Bench,
  stage: number,
  winner: number,
  spread: SharpeSpread,
  score: TrialMetric = 'sharpe_simple',
): OverfittingReport {
  const { selection } = trialSettings(on.plan, winner)
  const frame = on.plan.stages[stage].frames[selection]
  const bars = frame.to - frame.from
  const sum = correlationSum(bars)
  const blocks = []
  const returns = new Float64Array(bars)
  for (const trial of comparedTrials(on, winner, bars)) {
    if (!returnsOf(on, stage, trial, returns)) continue
    addSeries(sum, returns)
    blocks.push(blockSums(returns))
  }
  const metric = TRIAL_METRICS.indexOf(score)
  const scores = scoresOf(on, stage, [winner, ...neighbours(on.plan.space, winner).map(({ trial }) => trial)], metric)
  return overfittingReport({
    spread,
    winner: trialBacktest(on, stage, winner).netReturn,
    correlation: meanCorrelation(sum),
    cscv: overfittingProbability(blocks),
    stability: stability(scores[0], scores.slice(1)),
  })
}

/** The winner, and evenly spaced ones of the trials on the same data, in their order. */
function comparedTrials({ plan }: Bench, winner: number, bars: number): number[] {
  const limit = Math.max(2, Math.min(COMPARED_TRIALS, Math.floor(COMPARED_BARS / Math.max(1, bars))))
  const { size } = plan.space
  const same = plan.selections === null ? null : trialsOnDataOf(plan, winner)
  const count = same?.length ?? size
  const taken = Math.min(limit, count)
  const found = new Set([winner])
  for (let k = 0; k < taken; k++) {
    const place = Math.floor((k * count) / taken)
    found.add(same === null ? place : same[place])
  }
  return [...found].sort((a, b) => a - b)
}

function trialsOnDataOf(plan: SweepPlan, winner: number): number[] {
  const selecting = plan.places.flatMap((place, d) => (place.length === 0 ? [d] : []))
  const wanted = trialValues(plan.space, winner)
  const found: number[] = []
  for (let trial = 0; trial < plan.space.size; trial++) {
    const values = trialValues(plan.space, trial)
    if (selecting.every(d => values[d] === wanted[d])) found.push(trial)
  }
  return found
}

/** Net returns of a trial over its whole window, in `out`; false where the trial fails. */
function returnsOf(on: Bench, stage: number, trial: number, out: Float64Array): boolean {
  try {
    windowReturns(on, stage, trial, out)
    return true
  } catch (error) {
    if (error instanceof GatewayError) return false
    throw error
  }
}

function scoresOf(on: Bench, stage: number, trials: readonly number[], metric: number): number[] {
  const { figures, count } = evaluateJob(on, { index: 0, stage, first: 0, count: trials.length, trials })
  return trials.map((_, k) => figures[metric * count + k])
}
