/** Standardising features by the mean and deviation of the training rows alone. */

import { fail } from '../base/errors.ts'
import { mean, std } from '../base/stats.ts'
import type { Rows } from './splits.ts'

/** One mean and one scale a feature. */
export interface Normalisation {
  means: Float64Array
  scales: Float64Array
}

/** A deviation below this share of the feature's size is rounding, not variation. */
const CONSTANT = 1e-10

/** Mean and sample standard deviation of each feature over the rows; DATA_ERROR naming every feature that does not vary there. */
export function normalisationOf(
  features: readonly Float64Array[],
  { from, to }: Rows,
  names: readonly string[],
): Normalisation {
  const means = Float64Array.from(features, column => mean(column.subarray(from, to)))
  const scales = Float64Array.from(features, column => std(column.subarray(from, to), 1))
  const details = names.flatMap((name, index) =>
    scales[index] > CONSTANT * Math.abs(means[index])
      ? []
      : [{ pointer: `/params/features/${index}`, message: `${name} is constant on the training rows` }],
  )
  if (details.length === 0) return { means, scales }
  const message = details.map(detail => detail.message).join('; ')
  throw fail('DATA_ERROR', { message }, { details, hint: 'Leave the feature out, or train on more bars.' })
}

/** The standardised features of one row, written to `out`. */
export function standardise(
  features: readonly Float64Array[],
  { means, scales }: Normalisation,
  row: number,
  out: Float64Array,
): void {
  for (let j = 0; j < out.length; j++) out[j] = (features[j][row] - means[j]) / scales[j]
}
