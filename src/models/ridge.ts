/** Ridge regression by the normal equations and Cholesky: min mean (y − a − z·b)² + λ·|b|² over standardised features z. */

import { fail } from '../base/errors.ts'
import { mean, solveSymmetric } from '../base/stats.ts'
import type { FitAt } from './fitted.ts'
import { type Normalisation, standardise } from './normalisation.ts'
import type { Rows } from './splits.ts'

/** Correlation from which two features are taken for the same one. */
const SAME = 1 - 1e-9

/**
 * Sums over the rows once; then the fit at each λ is (Z'Z/n + λI)·b = Z'(y − ȳ)/n. The intercept is the mean of y, because the
 * features have mean 0. DATA_ERROR for a singular system, naming features that say the same.
 */
export function ridgeFits(
  features: readonly Float64Array[],
  label: Float64Array,
  rows: Rows,
  normalisation: Normalisation,
  names: readonly string[],
): FitAt {
  const { gram, moment, intercept } = momentsOf(features, label, rows, normalisation)
  const k = features.length
  return lambda => {
    const system = gram.slice()
    for (let j = 0; j < k; j++) system[j * k + j] += lambda
    const coefficients = solveSymmetric(system, moment)
    if (coefficients.some(Number.isNaN)) throw singular(gram, names, lambda)
    return { ...normalisation, coefficients, intercept, iterations: 1, converged: true }
  }
}

function momentsOf(features: readonly Float64Array[], label: Float64Array, rows: Rows, normalisation: Normalisation) {
  const k = features.length
  const gram = new Float64Array(k * k)
  const moment = new Float64Array(k)
  const z = new Float64Array(k)
  const intercept = mean(label.subarray(rows.from, rows.to))
  for (let row = rows.from; row < rows.to; row++) {
    standardise(features, normalisation, row, z)
    const y = label[row] - intercept
    for (let i = 0; i < k; i++) {
      moment[i] += z[i] * y
      for (let j = 0; j <= i; j++) gram[i * k + j] += z[i] * z[j]
    }
  }
  const n = rows.to - rows.from
  for (let i = 0; i < moment.length; i++) moment[i] /= n
  for (let i = 0; i < gram.length; i++) gram[i] /= n
  return { gram, moment, intercept }
}

function singular(gram: Float64Array, names: readonly string[], lambda: number): Error {
  const k = names.length
  const pairs: string[] = []
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < i; j++) {
      const correlation = gram[i * k + j] / Math.sqrt(gram[i * k + i] * gram[j * k + j])
      if (Math.abs(correlation) > SAME) pairs.push(`${names[j]} and ${names[i]}`)
    }
  }
  const which = pairs.length > 0 ? `${pairs.join(', ')} say the same` : 'one is a combination of others'
  const message = `The features are linearly dependent on the training rows: ${which}; λ = ${lambda} has no unique solution.`
  return fail('DATA_ERROR', { message }, { hint: 'Leave a feature out, or take lambdas above 0.' })
}
