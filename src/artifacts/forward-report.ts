/** Build the documents of a forward session: metadata, metrics, report.json with its machine_contract; pure. */

import type {
  DatasetReference,
  ExtendedMetrics,
  ForwardConfig,
  ForwardMetadata,
  ForwardMetrics,
  ForwardReport,
  ForwardState,
  ForwardSummary,
} from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'
import type { WrittenFile } from './artifact-dir.ts'

/** What the documents of a session say, besides its state. */
export interface ForwardFacts {
  state: ForwardState
  config: ForwardConfig
  summary: ForwardSummary
  extended: ExtendedMetrics
  dataset: DatasetReference
  fingerprint: string
  result_hash: string
  engine_version: string
  git_commit: string
  request_id: unknown
  trace_id: string
  /** The request as a command line. */
  reproduce: string
  warnings: readonly string[]
}

const CONTRACT = 'quantlab.forward.result'

/** metadata.json. */
export function forwardMetadata(facts: ForwardFacts): ForwardMetadata {
  const { state, config } = facts
  return {
    schema_version: CONTRACT_VERSION,
    run_id: state.run_id,
    session_id: state.session_id,
    mode: 'forward',
    command: 'forward',
    status: 'success',
    created_at: state.created_at,
    updated_at: state.updated_at,
    git_commit: facts.git_commit,
    config_path: 'inline_cli',
    config_hash: hashOf(config),
    request_id: facts.request_id,
    trace_id: facts.trace_id,
    python_version: null,
    python_executable: null,
    node_version: process.version,
    quantlab_version: VERSION,
    engine_version: facts.engine_version,
    fingerprint: facts.fingerprint,
    result_hash: facts.result_hash,
    dataset: facts.dataset,
    summary: facts.summary,
  }
}

/** metrics.json. */
export function forwardMetrics({ summary, extended }: ForwardFacts): ForwardMetrics {
  return {
    mode: 'forward',
    command: 'forward',
    status: 'success',
    summary,
    best_result: summary,
    leaderboard_size: 1,
    extended,
  }
}

/** report.json and forward_report.json; `files` are those of the directory, the reports themselves left out. */
export function forwardReport(
  facts: ForwardFacts,
  metadata: ForwardMetadata,
  files: readonly WrittenFile[],
): ForwardReport {
  const { state, summary } = facts
  const { run_id, session_id, created_at, updated_at, mode, eval_start, eval_end } = state
  const { git_commit, node_version, config_path, config_hash, request_id, trace_id } = metadata
  return {
    session_id,
    mode,
    eval_start,
    eval_end,
    created_at,
    updated_at,
    candidate: state.candidate,
    portfolio_state: state,
    summary,
    artifacts: files.map(({ file_name, size_bytes, sha256 }) => ({ file: file_name, file_name, size_bytes, sha256 })),
    charts: files.map(file => file.file_name).filter(name => name.endsWith('.svg')),
    is_noop: state.is_noop,
    performance: {
      starting_cash: state.starting_cash,
      ending_equity: state.current_equity,
      realized_pnl: state.realized_pnl,
      unrealized_pnl: state.unrealized_pnl,
      total_pnl: state.current_equity - state.starting_cash,
      entry_costs: state.entry_costs,
    },
    warmup: {
      bars_fetched_segment: state.last_segment_bars_fetched,
      warmup_bars_segment: state.last_segment_warmup_bars,
      bars_evaluated_segment: state.last_segment_bars_evaluated,
      bars_fetched_total: state.bars_fetched,
      warmup_bars_total: state.warmup_bars,
      bars_evaluated_total: state.total_bars_evaluated,
    },
    continuity: {
      is_resumed: state.resume_count > 0,
      original_start: state.original_eval_start,
      latest_update: state.last_timestamp,
      resume_count: state.resume_count,
      resume_attempt_count: state.resume_attempt_count,
      total_bars: state.total_bars_evaluated,
      last_ts: state.last_timestamp,
    },
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab_forward_report',
    status: 'success',
    header: {
      ...{ run_id, mode: 'forward', created_at, git_commit, python_version: null, node_version },
      ...{ config_path, config_hash, request_id, trace_id },
    },
    reproduce: { command: facts.reproduce },
    config_resolved: facts.config,
    results: [summary],
    machine_contract: {
      schema_version: CONTRACT_VERSION,
      contract_type: CONTRACT,
      command: 'forward',
      status: 'success',
      request_id,
      run_id,
      mode: 'forward',
      summary,
      artifacts: {
        ...{ metadata: 'metadata.json', config: 'config.json', metrics: 'metrics.json', report: 'report.json' },
        ...{ state: 'portfolio_state.json', trades: 'forward_trades.csv', equity: 'forward_equity_curve.csv' },
      },
    },
    dataset: facts.dataset,
    engine_version: facts.engine_version,
    fingerprint: facts.fingerprint,
    result_hash: facts.result_hash,
    warnings: [...facts.warnings],
  }
}
