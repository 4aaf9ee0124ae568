/** Logistic regression by Newton's method (IRLS): min mean log loss + λ/2·|b|² over standardised features. */

import { fail } from '../base/errors.ts'
import { solveSymmetric } from '../base/stats.ts'
import { logistic } from '../strategies/learned-model.ts'
import type { Fit, FitAt } from './fitted.ts'
import { type Normalisation, standardise } from './normalisation.ts'
import type { Rows } from './splits.ts'

const MOST_ITERATIONS = 100
const MOST_HALVINGS = 40
/** Newton converges quadratically: a step this small leaves an error of its square. */
const SMALL_STEP = 1e-8

interface Problem {
  features: readonly Float64Array[]
  label: Float64Array
  rows: Rows
  normalisation: Normalisation
  lambda: number
}

/** Value, gradient and Hessian of the objective at weights [intercept, b…]. */
interface Point {
  value: number
  gradient: Float64Array
  hessian: Float64Array
}

/** The fit at each λ, always from the share of class 1 and no weights, so that no fit depends on another. DATA_ERROR for one class, or without a finite solution. */
export function logisticFits(
  features: readonly Float64Array[],
  label: Float64Array,
  rows: Rows,
  normalisation: Normalisation,
): FitAt {
  const share = shareOfOnes(label, rows)
  if (share === 0 || share === 1) {
    const message = `The target has one class on the training rows: every row is ${share}.`
    throw fail('DATA_ERROR', { message }, { hint: 'Move direction_threshold, or train on another window.' })
  }
  return lambda => newton({ features, label, rows, normalisation, lambda }, Math.log(share / (1 - share)))
}

/** Share of rows of class 1. */
export function shareOfOnes(label: Float64Array, { from, to }: Rows): number {
  let ones = 0
  for (let i = from; i < to; i++) ones += label[i]
  return ones / (to - from)
}

function newton(problem: Problem, start: number): Fit {
  let weights = new Float64Array(problem.features.length + 1)
  weights[0] = start
  let point = pointAt(problem, weights)
  for (let iteration = 1; iteration <= MOST_ITERATIONS; iteration++) {
    const step = solveSymmetric(point.hessian, point.gradient)
    if (step.some(Number.isNaN)) break
    let size = 1
    let next = moved(weights, step, size)
    let nextPoint = pointAt(problem, next)
    // Far from the minimum a full step can overshoot; at the minimum rounding decides, and nothing is gained by halving.
    for (let halving = 0; halving < MOST_HALVINGS && !(nextPoint.value <= point.value + 1e-12); halving++) {
      size /= 2
      next = moved(weights, step, size)
      nextPoint = pointAt(problem, next)
    }
    weights = next
    point = nextPoint
    if (step.every(value => Math.abs(value) * size <= SMALL_STEP)) {
      const { normalisation } = problem
      return {
        ...normalisation,
        coefficients: weights.slice(1),
        intercept: weights[0],
        iterations: iteration,
        converged: true,
      }
    }
  }
  const message = `Logistic regression has no finite solution at λ = ${problem.lambda}: the features separate the classes, or depend on each other.`
  throw fail('DATA_ERROR', { message }, { hint: 'Take lambdas above 0.' })
}

function moved(weights: Float64Array, step: Float64Array, size: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(weights, (value, j) => value - size * step[j])
}

function pointAt({ features, label, rows, normalisation, lambda }: Problem, weights: Float64Array): Point {
  const k = weights.length
  const gradient = new Float64Array(k)
  const hessian = new Float64Array(k * k)
  const z = new Float64Array(k - 1)
  let loss = 0
  for (let row = rows.from; row < rows.to; row++) {
    standardise(features, normalisation, row, z)
    let odds = weights[0]
    for (let j = 1; j < k; j++) odds += weights[j] * z[j - 1]
    const probability = logistic(odds)
    const y = label[row]
    // ln(1 + e^odds) − y·odds without overflow.
    loss += Math.max(odds, 0) + Math.log(1 + Math.exp(-Math.abs(odds))) - y * odds
    const weight = probability * (1 - probability)
    const error = probability - y
    gradient[0] += error
    hessian[0] += weight
    for (let i = 1; i < k; i++) {
      gradient[i] += error * z[i - 1]
      hessian[i * k] += weight * z[i - 1]
      for (let j = 1; j <= i; j++) hessian[i * k + j] += weight * z[i - 1] * z[j - 1]
    }
  }
  const n = rows.to - rows.from
  let penalty = 0
  for (let i = 0; i < k; i++) {
    gradient[i] /= n
    for (let j = 0; j <= i; j++) hessian[i * k + j] /= n
    if (i === 0) continue
    gradient[i] += lambda * weights[i]
    hessian[i * k + i] += lambda
    penalty += weights[i] * weights[i]
  }
  return { value: loss / n + (lambda / 2) * penalty, gradient, hessian }
}
