/** Build metadata, metrics and report.json of a paper session that ended in order; pure. */

import type {
  BrokerFigures,
  PaperConfig,
  PaperMetadata,
  PaperMetrics,
  PaperReport,
  ReplayVerdict,
} from '../../contracts/types.ts'
import { CONTRACT_VERSION } from '../base/version.ts'
import type { WrittenFile } from './artifact-dir.ts'
import { PAPER_CONTRACT } from './paper-reader.ts'
import type { RunFigures } from './report.ts'

/** How a session ended in order: as asked, or at a risk limit. */
export interface PaperEnd {
  status: 'success' | 'aborted'
  stop_reason: PaperReport['stop_reason']
  rejected: PaperReport['rejected']
}

/** What is known of a session's data and result at its end. */
export type PaperIdentity = Pick<PaperMetadata, 'dataset' | 'feed'> & { fingerprint: string; result_hash: string }

/** session_metadata.json at the end. */
export function paperMetadataOf(
  birth: PaperMetadata,
  identity: PaperIdentity,
  figures: RunFigures,
  end: PaperEnd,
): PaperMetadata {
  return { ...birth, ...identity, status: end.status, summary: figures.summary }
}

/** metrics.json: the headline figures are those of the bar loop, as published; `broker` is the account with its real fills. */
export function paperMetricsOf(figures: RunFigures, broker: BrokerFigures, end: PaperEnd): PaperMetrics {
  return { mode: 'paper', command: 'paper', status: end.status, leaderboard_size: 1, ...figures, broker }
}

/** report.json; `files` are those already written, `warnings` what its reader should know. */
export function paperReportOf(
  metadata: PaperMetadata & PaperIdentity,
  config: PaperConfig,
  figures: RunFigures,
  broker: BrokerFigures,
  end: PaperEnd,
  more: { files: readonly WrittenFile[]; warnings: readonly string[]; reproduce: string; replay?: ReplayVerdict },
): PaperReport {
  const { session_id, created_at, git_commit, config_path, config_hash, request_id, trace_id } = metadata
  return {
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab_run_report',
    status: end.status,
    header: {
      run_id: session_id,
      mode: 'paper',
      created_at,
      git_commit,
      python_version: null,
      node_version: metadata.node_version,
      config_path,
      config_hash,
      request_id,
      trace_id,
    },
    reproduce: { command: more.reproduce },
    config_resolved: config,
    results: [figures.best_result],
    artifacts: [...more.files],
    machine_contract: {
      schema_version: CONTRACT_VERSION,
      contract_type: PAPER_CONTRACT,
      command: 'paper',
      status: end.status,
      request_id,
      run_id: session_id,
      mode: 'paper',
      summary: figures.summary,
      artifacts: {
        metadata: 'session_metadata.json',
        status: 'session_status.json',
        config: 'config.json',
        metrics: 'metrics.json',
        report: 'report.json',
        trades: 'trades.csv',
      },
    },
    summary: figures.summary,
    dataset: metadata.dataset,
    feed: metadata.feed,
    engine_version: metadata.engine_version,
    fingerprint: metadata.fingerprint,
    result_hash: metadata.result_hash,
    ...(more.replay === undefined ? {} : { replay_of: more.replay.replay_of, replay: more.replay }),
    broker,
    stop_reason: end.stop_reason,
    rejected: end.rejected,
    ...(more.warnings.length > 0 ? { warnings: [...more.warnings] } : {}),
  }
}
