/** Leakage checks that look at bits: no feature, target, mean or weight may change with bars that it must not know. */

import type { ModelFutureScramble, ModelSplitOverlap, ModelTrainIsolation } from '../../contracts/types.ts'
import { isoInstant } from '../base/time.ts'
import type { Bars } from '../market/bars.ts'
import type { Fit } from './fitted.ts'
import { scrambledBars } from './other-bars.ts'
import { samplesOf } from './samples.ts'
import type { Split } from './splits.ts'
import { type Training, type TrainingPlan, trainOn } from './train.ts'

/** Cuts of the scramble check, spread over the rows. */
const CUTS = 5

/** Scramble all bars behind several cuts: the features up to each cut must keep every bit. */
export function futureScramble(bars: Bars, plan: TrainingPlan, training: Training, seed: number): ModelFutureScramble {
  const { names, warmup } = plan.source
  const last = bars.ts.length - 1
  const cuts = Array.from({ length: CUTS }, (_, k) => warmup + Math.floor(((last - warmup) * (k + 1)) / (CUTS + 1)))
  const features = new Set<string>()
  let [compared, differing] = [0, 0]
  cuts.forEach((cut, k) => {
    const columns = plan.source.columns(scrambledBars(bars, cut + 1, seed + k))
    columns.forEach((column, index) => {
      const own = training.samples.features[index]
      for (let i = 0; i <= cut; i++) {
        compared++
        if (Object.is(column[i], own[i])) continue
        differing++
        features.add(names[index])
      }
    })
  })
  return {
    seed,
    cuts: cuts.map(cut => isoInstant(bars.ts[cut])),
    values_compared: compared,
    values_differing: differing,
    features_differing: [...features],
    passed: differing === 0,
  }
}

/**
 * Scramble all bars from the first validation bar on: the fit at the chosen λ must keep every bit. Scramble all bars from the first
 * test bar on: the choice of λ must stay. This proves purge, normalisation and features of the training rows at once.
 */
export function trainIsolation(bars: Bars, plan: TrainingPlan, training: Training, seed: number): ModelTrainIsolation {
  const { splits, choice, fit } = training
  const blind = samplesOf(scrambledBars(bars, splits.validation.begin, seed), plan.source, plan.target)
  const refit = trainOn(blind, splits, { ...plan, lambdas: [choice.lambda] }).fit
  const [own, other] = [numbersOf(fit), numbersOf(refit)]
  const differing = own.filter((value, index) => !Object.is(value, other[index])).length
  const half = samplesOf(scrambledBars(bars, splits.test.begin, seed), plan.source, plan.target)
  const again = trainOn(half, splits, plan).choice
  const kept = JSON.stringify(again) === JSON.stringify(choice)
  return {
    seed,
    numbers_compared: own.length,
    numbers_differing: differing,
    lambda_kept: kept,
    passed: differing === 0 && kept,
  }
}

function numbersOf({ means, scales, coefficients, intercept }: Fit): number[] {
  return [...means, ...scales, ...coefficients, intercept]
}

/** Count the targets of a split that read bars of the next one. */
export function splitOverlap(bars: Bars, plan: TrainingPlan, { splits }: Training): ModelSplitOverlap {
  const { train, validation, test } = splits
  const { horizon } = plan.target
  const reaching = (split: Split, next: Split) => Math.max(0, split.to - Math.max(split.from, next.begin - horizon))
  const overlapping = reaching(train, validation) + reaching(validation, test)
  const at = (index: number) => isoInstant(bars.ts[index])
  return {
    train_last_label_end: at(train.to - 1 + horizon),
    validation_first_row: at(validation.from),
    validation_last_label_end: at(validation.to - 1 + horizon),
    test_first_row: at(test.from),
    overlapping_labels: overlapping,
    purged_rows: train.purged + validation.purged,
    embargo_bars: plan.split.embargo,
    passed: overlapping === 0,
  }
}
