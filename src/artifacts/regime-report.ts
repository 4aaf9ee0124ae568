/** Build metadata, metrics and report.json of a run of the regime monitor; pure. */

import type {
  BestResult,
  RegimeEvaluation,
  RegimeKpis,
  RegimeReport,
  RegimeRunConfig,
  RegimeRunMetrics,
  RegimeStability,
  RunMetadata,
  Summary,
} from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'
import type { WrittenFile } from './artifact-dir.ts'
import type { RunIdentity } from './report.ts'

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

/** metadata.json. */
export function regimeMetadata(
  identity: RunIdentity,
  config: RegimeRunConfig,
  figures: RegimeFigures,
  result_hash: string,
): RunMetadata {
  const { reproduce: _, ...known } = identity
  return {
    schema_version: CONTRACT_VERSION,
    ...known,
    status: 'success',
    config_hash: hashOf(config),
    python_version: null,
    python_executable: null,
    node_version: process.version,
    quantlab_version: VERSION,
    result_hash,
    summary: figures.summary,
  }
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

/** report.json; `files` are those already written, `warnings` what its reader should know. */
export function regimeReport(
  identity: RunIdentity,
  metadata: RunMetadata,
  config: RegimeRunConfig,
  figures: RegimeFigures,
  files: readonly WrittenFile[],
  warnings: readonly string[],
): RegimeReport {
  const { run_id, mode, created_at, git_commit, config_path, request_id, trace_id, command } = identity
  const { summary, best_result } = figures
  const { node_version, config_hash, result_hash } = metadata
  return {
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab_run_report',
    status: 'success',
    header: {
      ...{ run_id, mode, created_at, git_commit, python_version: null, node_version },
      ...{ config_path, config_hash, request_id, trace_id },
    },
    reproduce: { command: identity.reproduce },
    config_resolved: config,
    results: [best_result],
    artifacts: [...files],
    machine_contract: {
      ...{ schema_version: CONTRACT_VERSION, contract_type: 'quantlab.run.result', command, status: 'success' },
      ...{ request_id, run_id, mode, summary },
      artifacts: { metadata: 'metadata.json', config: 'config.json', metrics: 'metrics.json', report: 'report.json' },
    },
    summary,
    dataset: identity.dataset,
    engine_version: identity.engine_version,
    fingerprint: identity.fingerprint,
    result_hash,
    ...(identity.replay_of === undefined ? {} : { replay_of: identity.replay_of }),
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  }
}
