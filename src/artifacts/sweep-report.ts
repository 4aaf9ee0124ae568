/** Build metadata.json, metrics.json and report.json of a finished sweep; pure. */

import type {
  DatasetReference,
  Summary,
  SweepAborted,
  SweepConfiguration,
  SweepFailedTrial,
  SweepMetadata,
  SweepMetrics,
  SweepOverfitting,
  SweepReport,
  SweepRow,
  SweepSplitSummary,
  SweepWalkForward,
} from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'
import type { WrittenFile } from './artifact-dir.ts'

/** Who made a sweep, when and from what. */
export interface SweepIdentity {
  run_id: string
  mode: SweepMetrics['mode']
  created_at: string
  git_commit: string
  config_path: string
  request_id: unknown
  trace_id: string
  reproduce: string
  engine_version: string
  fingerprint: string
  datasets: DatasetReference[]
}

/** What came out of a sweep. */
export interface SweepFigures {
  /** Best rows first, ten at most. */
  top: SweepRow[]
  /** Trials ranked. */
  ranked: number
  counts: Pick<SweepMetrics, 'n_runs' | 'n_train_runs' | 'n_selected' | 'n_test_runs' | 'n_failed'>
  /** SHA-256 over the figures of all trials. */
  figures_hash: string
  overfitting: SweepOverfitting | null
  walk_forward: SweepWalkForward | null
  split_summary: SweepSplitSummary[] | null
  failed: SweepFailedTrial[]
  aborted: SweepAborted | null
  warnings: readonly string[]
}

/** The headline of a row; of no row, nothing and 0 trades, as published. */
export function sweepSummary(row: SweepRow | undefined): Summary {
  const number = (name: string) => (typeof row?.[name] === 'number' ? (row[name] as number) : null)
  return {
    total_return: number('total_return'),
    sharpe_simple: number('sharpe_simple'),
    max_drawdown: number('max_drawdown'),
    trades: row === undefined ? 0 : number('trades'),
    win_rate: number('win_rate_trades'),
  }
}

/** SHA-256 of RFC 8785 of {summary, SHA-256 of the figures of all trials}. */
export function sweepResultHash({ top, figures_hash }: Pick<SweepFigures, 'top' | 'figures_hash'>): string {
  return hashOf({ summary: sweepSummary(top[0]), figures: figures_hash })
}

/** metadata.json. */
export function sweepMetadata(
  identity: SweepIdentity,
  config: SweepConfiguration,
  figures: SweepFigures,
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
    result_hash: sweepResultHash(figures),
    summary: sweepSummary(figures.top[0]),
    top10: figures.top,
    ...figures.counts,
  }
}

/** metrics.json. */
export function sweepMetrics({ mode }: SweepIdentity, { top, ranked, counts }: SweepFigures): SweepMetrics {
  return {
    mode,
    command: 'sweep',
    status: 'success',
    summary: sweepSummary(top[0]),
    best_result: top[0] ?? null,
    leaderboard_size: ranked,
    ...counts,
  }
}

/** report.json; `files` are those already written. */
export function sweepReport(
  identity: SweepIdentity,
  metadata: SweepMetadata,
  config: SweepConfiguration,
  figures: SweepFigures,
  files: readonly WrittenFile[],
): SweepReport {
  const { run_id, mode, created_at, git_commit, config_path, request_id, trace_id } = identity
  const { top, walk_forward, split_summary, failed, aborted, warnings } = figures
  const { summary, config_hash, node_version, result_hash } = metadata
  const header = { run_id, mode, created_at, git_commit, python_version: null, node_version, config_path, config_hash }
  return {
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab_run_report',
    status: 'success',
    header: { ...header, request_id, trace_id },
    reproduce: { command: identity.reproduce },
    config_resolved: config,
    ...(walk_forward === null ? { results: top } : { oos_leaderboard: top, split_summary: split_summary ?? [] }),
    artifacts: [...files],
    machine_contract: {
      schema_version: CONTRACT_VERSION,
      contract_type: 'quantlab.sweep.result',
      command: 'sweep',
      status: 'success',
      request_id,
      run_id,
      mode,
      summary,
      artifacts: { metadata: 'metadata.json', config: 'config.json', metrics: 'metrics.json', report: 'report.json' },
      ...(top.length > 0 ? { best_result: top[0] } : {}),
    },
    summary,
    ...(walk_forward === null ? {} : { kpi_summary: summary, walk_forward }),
    overfitting: figures.overfitting,
    ...figures.counts,
    ...(failed.length > 0 ? { failed } : {}),
    ...(aborted === null ? {} : { aborted }),
    datasets: identity.datasets,
    engine_version: identity.engine_version,
    fingerprint: identity.fingerprint,
    result_hash,
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  }
}
