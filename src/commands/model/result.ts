/** What of a model run is compared and hashed as its result. */

import type {
  LearnedModelParams,
  ModelBaselines,
  ModelLeakageGuards,
  ModelMetrics,
  ModelTrainingSummary,
} from '../../../contracts/types.ts'
import { hashOf } from '../../base/canonical.ts'

/** What a training found, in the form of its documents. */
export interface ModelFindings {
  model: LearnedModelParams
  metrics: ModelMetrics
  baselines: Omit<ModelBaselines, 'result'>
  guards: ModelLeakageGuards
}

/** SHA-256 of RFC 8785 of {model, metrics without ids, baselines, guards, SHA-256 of predictions.csv}: equal hashes mean equal results to the last bit. */
export function resultHashOf({ model, metrics, baselines, guards }: ModelFindings, predictions: string): string {
  return hashOf({ model, metrics: comparable(metrics), baselines, guards, predictions })
}

/** The metrics without the id of the run that was published of them. */
export function comparable(metrics: ModelMetrics): ModelMetrics {
  return { ...metrics, downstream_market: { ...metrics.downstream_market, run_id: null } }
}

/** The findings that a summary and the model beside it tell. */
export function findingsIn(summary: ModelTrainingSummary, model: LearnedModelParams): ModelFindings {
  const { result: _, ...baselines } = summary.baseline_comparison
  return { model, metrics: summary.metrics, baselines, guards: summary.leakage_guards }
}
