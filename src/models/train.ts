/** The training pipeline: bars → features and targets → splits → choice of λ → fit on the training rows. */

import type { LearnedModelParams } from '../../contracts/types.ts'
import type { Bars } from '../market/bars.ts'
import type { BoundFeature } from '../strategies/learned-features.ts'
import { fitsOf } from './fit.ts'
import type { Family, Fit, FitAt } from './fitted.ts'
import { meanLoss, predictor, skillOf } from './loss.ts'
import { type FeatureSource, type Samples, samplesOf } from './samples.ts'
import { foldsOf, type Rows, type SplitSettings, type Splits, splitsOf } from './splits.ts'
import type { Target } from './target.ts'

/** Everything that decides a training besides the bars. */
export interface TrainingPlan {
  family: Family
  source: FeatureSource
  target: Target
  lambdas: readonly number[]
  selection: 'validation' | 'walk_forward'
  folds: number
  split: Omit<SplitSettings, 'bars' | 'warmup' | 'horizon'>
}

/** The chosen penalty, and each candidate with the loss it was judged by; null where there was no choice. */
export interface Choice {
  lambda: number
  candidates: { lambda: number; loss: number | null }[]
}

export interface Training {
  samples: Samples
  splits: Splits
  choice: Choice
  fit: Fit
}

/** Run the pipeline; DATA_ERROR where features are constant, dependent or separate the classes, or folds are too short. */
export function train(bars: Bars, plan: TrainingPlan): Training {
  return trainOn(samplesOf(bars, plan.source, plan.target), planSplits(bars, plan), plan)
}

/** The same from samples that are there already. */
export function trainOn(samples: Samples, splits: Splits, plan: TrainingPlan): Training {
  const fits = fitsOf(plan.family, samples, splits.train, plan.source.names)
  const choice = chooseLambda(samples, splits, plan, fits)
  return { samples, splits, choice, fit: fits(choice.lambda) }
}

/** The splits of a plan on these bars. */
export function planSplits(bars: Bars, { source, target, split }: TrainingPlan): Splits {
  return splitsOf({ ...split, bars: bars.ts.length, warmup: source.warmup, horizon: target.horizon })
}

/** The candidate with the least loss; of equal ones the largest penalty. One candidate is taken as it is. `own` are the fits on the training rows. */
function chooseLambda(samples: Samples, splits: Splits, plan: TrainingPlan, own: FitAt): Choice {
  const lambdas = [...new Set(plan.lambdas)].sort((a, b) => a - b)
  if (lambdas.length === 1) return { lambda: lambdas[0], candidates: [{ lambda: lambdas[0], loss: null }] }
  const folds: { train: Rows; judged: Rows }[] =
    plan.selection === 'validation'
      ? [{ train: splits.train, judged: splits.validation }]
      : foldsOf(splits.train, plan.folds, plan.split.purge, plan.source.names.length)
  const losses = new Float64Array(lambdas.length)
  for (const { train: rows, judged } of folds) {
    const fits = rows === splits.train ? own : fitsOf(plan.family, samples, rows, plan.source.names)
    lambdas.forEach((lambda, index) => {
      const predict = predictor(plan.family, samples, fits(lambda))
      losses[index] += meanLoss(plan.family, predict, samples.label, judged) / folds.length
    })
  }
  let best = 0
  for (let index = 1; index < losses.length; index++) if (losses[index] <= losses[best]) best = index
  return { lambda: lambdas[best], candidates: lambdas.map((lambda, index) => ({ lambda, loss: losses[index] })) }
}

/** Skill of a training on its test rows. */
export function testSkill({ samples, splits, fit }: Training, { family }: TrainingPlan): number {
  return skillOf(family, samples, fit, splits.train, splits.test)
}

/** The fitted model as the parameters of the strategy `learned_model`. */
export function modelOf(
  fit: Fit,
  { family, target }: TrainingPlan,
  features: readonly BoundFeature[],
  { positions, entry_threshold }: Pick<LearnedModelParams, 'positions' | 'entry_threshold'>,
): LearnedModelParams {
  return {
    family,
    returns: target.returns,
    horizon: target.horizon,
    intercept: fit.intercept,
    terms: features.map(({ definition }, index) => ({
      feature: definition,
      mean: fit.means[index],
      scale: fit.scales[index],
      coefficient: fit.coefficients[index],
    })) as LearnedModelParams['terms'],
    positions,
    entry_threshold,
  }
}
