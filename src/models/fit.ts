/** Fits of either family: standardise on the training rows, then one fit for each penalty. */

import type { Family, Fit, FitAt } from './fitted.ts'
import { logisticFits } from './logistic.ts'
import { normalisationOf } from './normalisation.ts'
import { ridgeFits } from './ridge.ts'
import type { Samples } from './samples.ts'
import type { Rows } from './splits.ts'

/** Prepare the fits of a family on these rows; DATA_ERROR for constant features and, when fitted, for what has no solution. */
export function fitsOf(family: Family, samples: Samples, rows: Rows, names: readonly string[]): FitAt {
  const { features, label } = samples
  const normalisation = normalisationOf(features, rows, names)
  const solve =
    family === 'ridge'
      ? ridgeFits(features, label, rows, normalisation, names)
      : logisticFits(features, label, rows, normalisation)
  const known = new Map<number, Fit>()
  return lambda => {
    const fitted = known.get(lambda) ?? solve(lambda)
    known.set(lambda, fitted)
    return fitted
  }
}

/** What is minimised, for the artifacts. */
export const OBJECTIVES: Record<Family, string> = {
  ridge: 'mean squared error + lambda * sum of squared weights of the standardised features',
  logistic: 'mean log loss + lambda / 2 * sum of squared weights of the standardised features',
}

export const SOLVERS: Record<Family, string> = {
  ridge: 'normal equations by Cholesky',
  logistic: 'Newton (IRLS) by Cholesky with step halving',
}
