/** `learned_model`: a fitted model as a strategy; `predictions` makes its numbers into predictions. */

import type { LearnedModelParams } from '../../contracts/types.ts'
import type { IndicatorCache } from './indicator-cache.ts'
import { type BoundFeature, bindFeatures } from './learned-features.ts'
import { type Strategy, targetBuffer } from './strategy.ts'

export const learnedModel: Strategy<LearnedModelParams> = {
  name: 'learned_model',
  family: 'learned_model',

  check: params => {
    featuresOf(params)
  },

  warmup: params => warmupOf(featuresOf(params)),

  targets(bars, params, context) {
    const from = warmupOf(featuresOf(params))
    const out = targetBuffer(bars, from, context)
    const predicted = predictions(params, context.indicators)
    const { family, entry_threshold: threshold } = params
    const centre = family === 'logistic' ? 0.5 : 0
    const short = params.positions === 'long_short' ? -1 : 0
    for (let i = from; i < out.length; i++) {
      const signal = predicted[i] - centre
      // Without a prediction (NaN) neither holds: flat.
      out[i] = signal > threshold ? 1 : signal < -threshold ? short : 0
    }
    return out
  },
}

/** The features of a model; STRATEGY_ERROR with every fault. */
export function featuresOf({ terms }: Pick<LearnedModelParams, 'terms'>): readonly BoundFeature[] {
  return bindFeatures(
    terms.map(term => term.feature),
    index => `/terms/${index}/feature`,
  )
}

/** Bars before the first one at which every feature is defined. */
export function warmupOf(features: readonly BoundFeature[]): number {
  return Math.max(0, ...features.map(feature => feature.warmup))
}

type FittedNumbers = Pick<LearnedModelParams, 'family' | 'intercept' | 'terms'>

/** What the model says at every bar: a return (ridge) or a probability (logistic); NaN where a feature is undefined. */
export function predictions(params: FittedNumbers, cache: IndicatorCache): Float64Array {
  return predictionsFrom(
    params,
    featuresOf(params).map(feature => feature.column(cache)),
  )
}

/** The same from feature columns that are there already, in the order of the terms. */
export function predictionsFrom(params: FittedNumbers, columns: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(columns[0].length).fill(params.intercept)
  params.terms.forEach(({ mean, scale, coefficient }, term) => {
    const column = columns[term]
    for (let i = 0; i < out.length; i++) out[i] += coefficient * ((column[i] - mean) / scale)
  })
  if (params.family === 'logistic') for (let i = 0; i < out.length; i++) out[i] = logistic(out[i])
  return out
}

/** 1 / (1 + e^−z). */
export function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z))
}
