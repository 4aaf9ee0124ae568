/** Build `metadata`, `config`, `metrics`, `report.json` and its `machine_contract` from a finished run; pure. */

import type {
  BestResult,
  DatasetReference,
  ExtendedMetrics,
  RunConfig,
  RunMetadata,
  RunMetrics,
  RunReport,
  Summary,
} from '../../contracts/types.ts'
import { hashOf, sha256Hex } from '../base/canonical.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'
import type { WrittenFile } from './artifact-dir.ts'

/** Who made a run, when and from what; all that is not a result. */
export interface RunIdentity {
  run_id: string
  mode: string
  command: string
  created_at: string
  git_commit: string
  config_path: string
  request_id: unknown
  trace_id: string
  reproduce: string
  engine_version: string
  fingerprint: string
  dataset: DatasetReference
  /** Run that this one executes again. */
  replay_of?: string
}

/** The figures of a run. */
export interface RunFigures {
  summary: Summary
  best_result: BestResult
  extended: ExtendedMetrics
}

/** What the result hash covers; equal hashes mean equal results to the last bit. */
export interface HashedResult {
  summary: Summary
  best_result: BestResult | null
  trades_csv: string
  equity: Uint8Array
}

/** SHA-256 of RFC 8785 of {summary, best_result, SHA-256 of trades.csv, SHA-256 of the equity columns as little-endian float64}. */
export function resultHash(result: HashedResult): string {
  return hashOf({
    summary: result.summary,
    best_result: result.best_result,
    trades_csv: sha256Hex(result.trades_csv),
    equity: sha256Hex(result.equity),
  })
}

/** The inputs of a fingerprint: hashes of data, strategy, execution, cost and risk model, seed, engine version. */
export interface FingerprintInputs {
  snapshot_content_hash: string
  strategy_hash: string
  execution_model_hash: string | null
  cost_model_hash: string | null
  risk_model_hash: string | null
  seed: number
  engine_version: string
}

/** SHA-256 of RFC 8785 of exactly the seven inputs. */
export function fingerprintOf(inputs: FingerprintInputs): string {
  const {
    snapshot_content_hash,
    strategy_hash,
    execution_model_hash,
    cost_model_hash,
    risk_model_hash,
    seed,
    engine_version,
  } = inputs
  return hashOf({
    snapshot_content_hash,
    strategy_hash,
    execution_model_hash,
    cost_model_hash,
    risk_model_hash,
    seed,
    engine_version,
  })
}

/** metadata.json of any kind of run. */
export function metadataOf(
  identity: RunIdentity,
  config: object,
  figures: Pick<RunFigures, 'summary'>,
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

/** metrics.json. */
export function metricsOf(identity: RunIdentity, figures: RunFigures): RunMetrics {
  return { mode: identity.mode, command: identity.command, status: 'success', leaderboard_size: 1, ...figures }
}

/** report.json of a run of one instrument. */
export function reportOf(...facts: ReportFacts<RunConfig>): RunReport {
  return reportWith(...facts, {})
}

/** What report.json tells of any kind of run; `files` are those already written, `warnings` what its reader should know. */
export type ReportFacts<Config> = [
  identity: RunIdentity,
  metadata: RunMetadata,
  config: Config,
  figures: Pick<RunFigures, 'summary' | 'best_result'>,
  files: readonly WrittenFile[],
  warnings: readonly string[],
]

/** report.json of any kind of run; `own` holds the figures of its kind, which stand behind the summary. */
export function reportWith<Config, Own extends object>(...facts: [...ReportFacts<Config>, own: Own]) {
  const [identity, metadata, config, { summary, best_result }, files, warnings, own] = facts
  const { run_id, mode, created_at, git_commit, config_path, request_id, trace_id, command, replay_of } = identity
  const { node_version, config_hash, result_hash } = metadata
  return {
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab_run_report' as const,
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
    ...own,
    dataset: identity.dataset,
    engine_version: identity.engine_version,
    fingerprint: identity.fingerprint,
    result_hash,
    ...(replay_of === undefined ? {} : { replay_of }),
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  }
}
