/** Build metadata.json, metrics.json and report.json of a sweep over runs of the monitor; pure. */

import type {
  RegimeSweepConfig,
  RegimeSweepFailure,
  RegimeSweepReport,
  Summary,
  SweepMetadata,
  SweepMetrics,
  SweepOverfitting,
  SweepRow,
} from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'
import type { WrittenFile } from './artifact-dir.ts'
import type { SweepIdentity } from './sweep-report.ts'

/** What came out of the runs. */
export interface RegimeSweepFigures {
  summary: Summary
  /** Best rows first, ten at most. */
  top: SweepRow[]
  /** Runs published, failed, and left out after a failure. */
  counts: Pick<RegimeSweepReport, 'n_failed' | 'n_skipped'> & { n_runs: number }
  overfitting: SweepOverfitting | null
  failed: RegimeSweepFailure[]
  /** SHA-256 over what each run came to. */
  result_hash: string
  warnings: readonly string[]
}

/** metadata.json. */
export function regimeSweepMetadata(
  identity: SweepIdentity,
  config: RegimeSweepConfig,
  { summary, top, counts, result_hash }: RegimeSweepFigures,
): SweepMetadata {
  const { reproduce: _, ...known } = identity
  return {
    schema_version: CONTRACT_VERSION,
    ...known,
    command: 'sweep',
    status: 'success',
    config_hash: hashOf(config),
    python_version: null,
    python_executable: null,
    node_version: process.version,
    quantlab_version: VERSION,
    result_hash,
    summary,
    top10: top,
    n_runs: counts.n_runs,
    n_failed: counts.n_failed,
  }
}

/** metrics.json. */
export function regimeSweepMetrics({ summary, top, counts }: RegimeSweepFigures): SweepMetrics {
  return {
    mode: 'majors_alts_sweep',
    command: 'sweep',
    status: 'success',
    summary,
    best_result: top[0] ?? null,
    leaderboard_size: counts.n_runs,
    n_runs: counts.n_runs,
    n_failed: counts.n_failed,
  }
}

/** report.json; `files` are those already written. */
export function regimeSweepReport(
  identity: SweepIdentity,
  metadata: SweepMetadata,
  config: RegimeSweepConfig,
  figures: RegimeSweepFigures,
  files: readonly WrittenFile[],
): RegimeSweepReport {
  const { run_id, mode, created_at, git_commit, config_path, request_id, trace_id } = identity
  const { summary, top, counts, overfitting, failed, result_hash, warnings } = figures
  const { config_hash, node_version } = metadata
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
    results: top,
    artifacts: [...files],
    machine_contract: {
      ...{ schema_version: CONTRACT_VERSION, contract_type: 'quantlab.sweep.result', command: 'sweep' },
      ...{ status: 'success', request_id, run_id, mode, summary },
      artifacts: { metadata: 'metadata.json', config: 'config.json', metrics: 'metrics.json', report: 'report.json' },
      ...(top.length > 0 ? { best_result: top[0] } : {}),
    },
    summary,
    overfitting,
    ...counts,
    ...(failed.length > 0 ? { failed } : {}),
    datasets: identity.datasets,
    engine_version: identity.engine_version,
    fingerprint: identity.fingerprint,
    result_hash,
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  }
}
