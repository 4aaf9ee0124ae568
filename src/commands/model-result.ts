/** What of a model run is compared and hashed as its result. */

import type { LearnedModelParams, ModelMetrics } from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'

/** SHA-256 of RFC 8785 of {model, metrics without ids, SHA-256 of predictions.csv}: equal hashes mean equal results to the last bit. */
export function resultHashOf(model: LearnedModelParams, metrics: ModelMetrics, predictions: string): string {
  return hashOf({ model, metrics: comparable(metrics), predictions })
}

/** The metrics without the id of the run that was published of them. */
export function comparable(metrics: ModelMetrics): ModelMetrics {
  return { ...metrics, downstream_market: { ...metrics.downstream_market, run_id: null } }
}
