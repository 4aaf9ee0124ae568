/** Build metadata, metrics, report.json and run_report.md of a run of an alert-driven strategy; pure. */

import type {
  AlertExecutionFigures,
  AlertFigures,
  AlertRunConfig,
  AlertRunMetrics,
  AlertRunReport,
  RunMetadata,
} from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { markdownTable } from '../base/markdown.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'
import type { WrittenFile } from './artifact-dir.ts'
import { runReportMarkdown } from './render.ts'
import type { RunFigures, RunIdentity } from './report.ts'

/** The figures of a run. */
export interface AlertRunFigures extends RunFigures {
  alerts: AlertFigures
  execution: AlertExecutionFigures
}

/** metadata.json. */
export function alertMetadata(
  identity: RunIdentity,
  config: AlertRunConfig,
  figures: AlertRunFigures,
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
export function alertMetrics({ mode, command }: RunIdentity, figures: AlertRunFigures): AlertRunMetrics {
  return { mode, command, status: 'success', leaderboard_size: 1, ...figures }
}

/** report.json; `files` are those already written, `warnings` what its reader should know. */
export function alertReport(
  identity: RunIdentity,
  metadata: RunMetadata,
  config: AlertRunConfig,
  figures: AlertRunFigures,
  files: readonly WrittenFile[],
  warnings: readonly string[],
): AlertRunReport {
  const { run_id, mode, created_at, git_commit, config_path, request_id, trace_id, command, replay_of } = identity
  const { summary, best_result, alerts, execution } = figures
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
    alerts,
    execution,
    dataset: identity.dataset,
    engine_version: identity.engine_version,
    fingerprint: identity.fingerprint,
    result_hash,
    ...(replay_of === undefined ? {} : { replay_of }),
    ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
  }
}

/** Columns of callers.csv that stand in run_report.md. */
const CALLER_COLUMNS = [
  ...['caller', 'calls', 'hit_rate', 'median_peak_multiple', 'median_drawdown_to_peak', 'median_minutes_to_peak'],
  ...['trades', 'win_rate', 'return_per_call'],
]
const MOST_CALLERS = 50

/** run_report.md: the report every run has, then the calls, the orders and the callers. */
export function alertReportMarkdown(
  report: AlertRunReport,
  figures: AlertRunFigures,
  callers: readonly Readonly<Record<string, unknown>>[],
): string {
  const shown = callers.slice(0, MOST_CALLERS)
  const rest = callers.length - shown.length
  const sections = [
    ['Alerts', pairs(figures.alerts)],
    ['Execution', pairs(figures.execution)],
    ['Callers', markdownTable(CALLER_COLUMNS, shown) + (rest > 0 ? `\n\n${rest} more in callers.csv.` : '')],
  ]
  const more = sections.map(([heading, body]) => `\n## ${heading}\n${body}\n`).join('')
  return runReportMarkdown(report, figures.extended) + more
}

function pairs(figures: object): string {
  const rows = Object.entries(figures).map(([figure, value]) => ({ figure, value }))
  return markdownTable(['figure', 'value'], rows)
}
