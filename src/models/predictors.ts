/** Simple predictors beside a model: the training constant, and the last value. */

import type { LearnedModelParams, ModelPredictor } from '../../contracts/types.ts'
import type { Bars } from '../market/bars.ts'
import type { Family } from './fitted.ts'
import { constantOf, lossOf, meanLoss } from './loss.ts'
import { finiteOrNull } from './predictive.ts'
import { spearman } from './ranks.ts'
import type { Samples } from './samples.ts'
import type { Rows } from './splits.ts'
import { forwardReturns, type Target } from './target.ts'

/** What the two are compared on. */
export interface Compared {
  family: Family
  target: Target
  bars: Bars
  samples: Pick<Samples, 'label' | 'forward'>
  /** Rows the constants are taken from. */
  train: Rows
  /** Rows they are judged on. */
  judged: Rows
  /** Loss of the model there. */
  modelLoss: number
}

/** The mean training return, or the share of class 1 in training. */
export function constantPredictor(compared: Compared): ModelPredictor {
  const { family, samples, train, judged, modelLoss } = compared
  const constant = constantOf(family, samples.label, train)
  const loss = meanLoss(family, () => constant, samples.label, judged)
  return {
    name: 'constant',
    definition: family === 'ridge' ? 'the mean training return' : 'the share of class 1 in training',
    loss: finiteOrNull(loss),
    skill_of_model: finiteOrNull(1 - modelLoss / loss),
    information_coefficient: null,
  }
}

/**
 * The last value: for a return the one over the last `horizon` bars; for a direction the share of class 1 among training rows
 * whose last return was on the same side of the threshold.
 */
export function lastValuePredictor(compared: Compared): ModelPredictor {
  const { family, target, samples, judged, modelLoss } = compared
  const predicted = family === 'ridge' ? lastReturns(compared) : lastDirections(compared)
  let total = 0
  for (let row = judged.from; row < judged.to; row++) total += lossOf(family, predicted[row], samples.label[row])
  const loss = total / (judged.to - judged.from)
  const over = `over the last ${target.horizon} bar${target.horizon === 1 ? '' : 's'}`
  return {
    name: 'last_value',
    definition:
      family === 'ridge'
        ? `the return ${over}`
        : `the share of class 1 among training rows whose return ${over} was on the same side of the threshold`,
    loss: finiteOrNull(loss),
    skill_of_model: finiteOrNull(1 - modelLoss / loss),
    information_coefficient: finiteOrNull(
      spearman(predicted.slice(judged.from, judged.to), samples.forward.slice(judged.from, judged.to)),
    ),
  }
}

/** The last value as a strategy: in the market while the return over the last `horizon` bars is above 0. */
export function lastValueModel(
  { horizon, returns }: Target,
  positions: LearnedModelParams['positions'],
): LearnedModelParams {
  const feature = { kind: 'return', column: 'close', window: horizon, returns, lag: 0 } as const
  const term = { feature, mean: 0, scale: 1, coefficient: 1 }
  return { family: 'ridge', returns, horizon, intercept: 0, terms: [term], positions, entry_threshold: 0 }
}

/** Return over the last `horizon` bars; 0 where there are not so many. */
function lastReturns({ bars, target }: Compared): Float64Array {
  const { horizon } = target
  const forward = forwardReturns(bars.close, target)
  return forward.map((_, i) => (i < horizon ? 0 : forward[i - horizon]))
}

function lastDirections(compared: Compared): Float64Array {
  const { samples, train, target } = compared
  const above = lastReturns(compared).map(value => (value > target.threshold ? 1 : 0))
  const counts = [
    [0, 0],
    [0, 0],
  ]
  for (let row = train.from; row < train.to; row++) counts[above[row]][samples.label[row]]++
  // Laplace's rule of succession keeps a class that never came from being impossible.
  const share = counts.map(([zeros, ones]) => (ones + 1) / (zeros + ones + 2))
  return above.map(side => share[side])
}
