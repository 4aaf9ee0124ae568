/** Build metrics and report.json of a run of the regime monitor; pure. */

import type {
  BestResult,
  RegimeEvaluation,
  RegimeKpis,
  RegimeReport,
  RegimeRunConfig,
  RegimeRunMetrics,
  RegimeStability,
  Summary,
} from '../../contracts/types.ts'
import { type ReportFacts, type RunIdentity, reportWith } from './report.ts'

/** The figures of a run of the monitor. */
export interface RegimeFigures {
  summary: Summary
  best_result: BestResult
  kpis: RegimeKpis
  stability: RegimeStability
  regime_metrics: RegimeRunMetrics['regime_metrics']
  test_windows: RegimeRunMetrics['test_windows']
  evaluation: RegimeEvaluation | null
}

/** metrics.json: key figures and stability stand at the top level, as published. */
export function regimeRunMetrics({ mode, command }: RunIdentity, figures: RegimeFigures): RegimeRunMetrics {
  const { summary, best_result, kpis, stability, regime_metrics, test_windows, evaluation } = figures
  return {
    ...{ mode, command, status: 'success', summary, best_result, leaderboard_size: 1 },
    ...kpis,
    ...stability,
    regime_metrics,
    test_windows,
    regime_evaluation: evaluation,
  }
}

/** report.json: what every run tells. */
export function regimeReport(...facts: ReportFacts<RegimeRunConfig>): RegimeReport {
  return reportWith(...facts, {})
}
