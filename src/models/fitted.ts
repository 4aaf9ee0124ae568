/** A fitted model as numbers. */

import type { LearnedModelParams } from '../../contracts/types.ts'
import type { Normalisation } from './normalisation.ts'

export type Family = LearnedModelParams['family']

/** A fitted model over features in their order. */
export interface Fit extends Normalisation {
  /** Weights of the standardised features. */
  coefficients: Float64Array
  intercept: number
  iterations: number
  converged: boolean
}

/** The fit at one penalty λ ≥ 0. */
export type FitAt = (lambda: number) => Fit
