/** Losses of predictions on rows, and the constant prediction that every model must beat. */

import { mean } from '../base/stats.ts'
import { logistic } from '../strategies/learned-model.ts'
import type { Family, Fit } from './fitted.ts'
import { shareOfOnes } from './logistic.ts'
import type { Samples } from './samples.ts'
import type { Rows } from './splits.ts'

/** Probabilities are kept this far from 0 and 1, where the log loss is infinite. */
const EDGE = 1e-15

/** Loss of one prediction: squared error of a return, log loss in nats of a probability. */
export function lossOf(family: Family, predicted: number, label: number): number {
  if (family === 'ridge') return (label - predicted) * (label - predicted)
  const probability = Math.min(1 - EDGE, Math.max(EDGE, predicted))
  return -Math.log(label === 1 ? probability : 1 - probability)
}

/** Mean loss over rows; NaN where a prediction is. */
export function meanLoss(family: Family, predicted: (row: number) => number, label: Float64Array, rows: Rows): number {
  let total = 0
  for (let row = rows.from; row < rows.to; row++) total += lossOf(family, predicted(row), label[row])
  return total / (rows.to - rows.from)
}

/** Mean training target: of classes the share of class 1. */
export function constantOf(family: Family, label: Float64Array, train: Rows): number {
  return family === 'ridge' ? mean(label.subarray(train.from, train.to)) : shareOfOnes(label, train)
}

/** What a fit predicts at a row. */
export function predictor(family: Family, { features }: Samples, fit: Fit): (row: number) => number {
  const { means, scales, coefficients, intercept } = fit
  return row => {
    let value = intercept
    for (let j = 0; j < coefficients.length; j++) value += coefficients[j] * ((features[j][row] - means[j]) / scales[j])
    return family === 'ridge' ? value : logistic(value)
  }
}

/** 1 − loss of the fit over loss of the training constant, on other rows; NaN where the constant has no loss. */
export function skillOf(family: Family, samples: Samples, fit: Fit, train: Rows, judged: Rows): number {
  const constant = constantOf(family, samples.label, train)
  const own = meanLoss(family, predictor(family, samples, fit), samples.label, judged)
  const other = meanLoss(family, () => constant, samples.label, judged)
  return other > 0 ? 1 - own / other : Number.NaN
}
