/** Samples: the feature columns and targets of one series of bars. */

import { fail } from '../base/errors.ts'
import { isoInstant } from '../base/time.ts'
import type { Bars } from '../market/bars.ts'
import { indicatorCache } from '../strategies/indicator-cache.ts'
import type { BoundFeature } from '../strategies/learned-features.ts'
import { warmupOf } from '../strategies/learned-model.ts'
import { forwardReturns, labelsOf, type Target } from './target.ts'

/** Where feature columns come from: bars in, one column a feature out. */
export interface FeatureSource {
  names: readonly string[]
  /** Bars before the first one at which all are defined. */
  warmup: number
  columns(bars: Bars): Float64Array[]
}

/** The features of the catalogue as a source. */
export function catalogueSource(features: readonly BoundFeature[]): FeatureSource {
  return {
    names: features.map(feature => feature.name),
    warmup: warmupOf(features),
    columns: bars => {
      const cache = indicatorCache(bars)
      return features.map(feature => feature.column(cache))
    },
  }
}

/** Columns with one value per bar. */
export interface Samples {
  features: readonly Float64Array[]
  /** Return over the horizon; NaN where unknown. */
  forward: Float64Array
  /** What the model is fitted to. */
  label: Float64Array
}

export function samplesOf(bars: Bars, source: FeatureSource, target: Target): Samples {
  const forward = forwardReturns(bars.close, target)
  return { features: source.columns(bars), forward, label: labelsOf(forward, target) }
}

/** DATA_ERROR naming each feature that is not a number on a bar in [from, to), with how many bars and the first one. */
export function requireDefined(
  { features }: Samples,
  names: readonly string[],
  bars: Bars,
  from: number,
  to: number,
): void {
  const details = features.flatMap((column, index) => {
    let [count, first] = [0, -1]
    for (let i = from; i < to; i++) {
      if (Number.isFinite(column[i])) continue
      if (count++ === 0) first = i
    }
    if (count === 0) return []
    const message = `${names[index]} is undefined on ${count} of ${to - from} bars, first at ${isoInstant(bars.ts[first])}`
    return [{ pointer: `/params/features/${index}`, message }]
  })
  if (details.length === 0) return
  const message = `Features without a value: ${details.map(detail => detail.message).join('; ')}`
  throw fail('DATA_ERROR', { message }, { details, hint: 'Leave the feature out, or choose a window with its data.' })
}
