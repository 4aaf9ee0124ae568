/** Everything a forward session writes, from its record and state; the state last. */

import type {
  DatasetReference,
  ExtendedMetrics,
  ForwardConfig,
  ForwardState,
  ForwardSummary,
} from '../../../contracts/types.ts'
import { prettyJson } from '../../artifacts/artifact-dir.ts'
import { positionChanges } from '../../artifacts/charts.ts'
import { forwardCharts } from '../../artifacts/forward-charts.ts'
import { forwardMarkdown } from '../../artifacts/forward-markdown.ts'
import { type ForwardFacts, forwardMetadata, forwardMetrics, forwardReport } from '../../artifacts/forward-report.ts'
import { EQUITY, RETURNS, type SessionFiles, STATE, TRADES } from '../../artifacts/forward-session.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import { type FingerprintInputs, fingerprintOf } from '../../artifacts/report.ts'
import { float64Bytes, hashOf, sha256Hex } from '../../base/canonical.ts'
import { gitCommit } from '../../base/git.ts'
import { csvText } from '../../base/table.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import { drawdowns, type ForwardRecord } from '../../engine/forward-figures.ts'
import { equityTable, fillsTable, returnsTable } from '../../engine/forward-record.ts'
import type { MetricsInput } from '../../engine/metric-facts.ts'
import type { Context, RunLabels } from '../command.ts'

/** A session in memory, complete but for its files. */
export interface ForwardSession {
  state: ForwardState
  config: ForwardConfig
  record: ForwardRecord
  summary: ForwardSummary
  /** Columns of the extended metrics, one row per bar of the record. */
  columns: MetricsInput
  extended: ExtendedMetrics
  dataset: DatasetReference
  /** Of the strategy and its parameters. */
  strategyHash: string
  /** What the request that began it said of it, or one that resumed it. */
  labels: RunLabels
  warnings: readonly string[]
}

/** Validators that `writeSession` needs loaded. */
export const FORWARD_VALIDATORS = [
  'artifacts/forward-config',
  'artifacts/forward-metrics',
  'artifacts/forward-metadata',
  'artifacts/forward-report',
  'artifacts/forward-state',
  'artifacts/run-manifest',
] as const

/** Write all files in the order in which they may become visible. */
export function writeSession(files: SessionFiles, session: ForwardSession, context: Context): void {
  const { state, config, record } = session
  const { interval } = config
  const tradesCsv = csvText(fillsTable(record, interval))
  files.write(TRADES, tradesCsv)
  files.write(EQUITY, csvText(equityTable(record, interval)))
  files.write(RETURNS, csvText(returnsTable(record, interval)))
  for (const [name, picture] of Object.entries(forwardCharts(figureOf(session)))) files.write(name, picture)

  const inputs = inputsOf(session)
  const facts = factsOf(session, inputs, tradesCsv, context)
  const metadata = forwardMetadata(facts)
  files.writeJson('config.json', 'artifacts/forward-config', config, 'sorted')
  files.writeJson('metrics.json', 'artifacts/forward-metrics', forwardMetrics(facts), 'sorted')
  files.writeJson('metadata.json', 'artifacts/forward-metadata', metadata, 'sorted')
  const { run_id, mode, command, created_at, git_commit } = metadata
  const manifest = manifestOf({
    ...{ run_id, mode, command, created_at, git_commit, inputs, config, result_hash: facts.result_hash },
    snapshot_id: session.dataset.dataset_id,
    files: FORWARD_FILES,
    metadata: { dataset_content_hash: session.dataset.content_hash, trace_id: context.traceId, ...session.labels },
  })
  files.writeJson('manifest.json', 'artifacts/run-manifest', manifest)
  // The report lists the state, which is written after it.
  const text = Buffer.from(prettyJson(state))
  const stateFile = { file_name: STATE, size_bytes: text.length, sha256: sha256Hex(text) }
  const soFar = () => {
    const listed = [...files.files, stateFile].sort((a, b) => (a.file_name < b.file_name ? -1 : 1))
    return forwardReport(facts, metadata, listed)
  }
  files.write('forward_report.md', forwardMarkdown(soFar(), session.extended))
  const report = soFar()
  files.writeJson('forward_report.json', 'artifacts/forward-report', report)
  files.writeJson('report.json', 'artifacts/forward-report', report)
  files.writeJson(STATE, 'artifacts/forward-state', state)
}

const FORWARD_FILES = {
  config_json: 'config.json',
  metadata_json: 'metadata.json',
  report_json: 'report.json',
  state_json: STATE,
  trades_csv: TRADES,
  equity_csv: EQUITY,
}

/** The seven hashes that decide the numbers of a session. */
function inputsOf({ config, dataset, strategyHash }: ForwardSession): FingerprintInputs {
  const { execution, initial_cash, calendar, fee, slippage_bps, slippage_mode, k_atr } = config
  return {
    snapshot_content_hash: dataset.snapshot_hash,
    strategy_hash: strategyHash,
    execution_model_hash: hashOf({ _t: 'execution.model', v: 1, execution, initial_cash, calendar }),
    cost_model_hash: hashOf({ _t: 'cost.model', v: 1, fee, slippage_bps, slippage_mode, k_atr }),
    risk_model_hash: null,
    seed: 0,
    engine_version: ENGINE_VERSION,
  }
}

function factsOf(
  session: ForwardSession,
  inputs: FingerprintInputs,
  tradesCsv: string,
  context: Context,
): ForwardFacts {
  const { state, config, record, summary, extended, dataset, warnings } = session
  const equity = Buffer.concat([float64Bytes(record.ts), float64Bytes(record.equity)])
  return {
    ...{ state, config, summary, extended, dataset, warnings },
    fingerprint: fingerprintOf(inputs),
    result_hash: hashOf({ summary, best_result: summary, trades_csv: sha256Hex(tradesCsv), equity: sha256Hex(equity) }),
    engine_version: ENGINE_VERSION,
    git_commit: gitCommit(context.cwd),
    request_id: context.requestId,
    trace_id: context.traceId,
    reproduce: context.reproduce,
  }
}

function figureOf({ state, config, record, columns }: ForwardSession) {
  const { entries, exits } = positionChanges(columns.position.map(Math.sign))
  const { ticker, strategy, interval, execution, fee } = config
  return {
    title: `${ticker} · ${strategy} · forward`,
    subtitle: `${config.start} – ${config.end} · ${interval} · ${execution} · fee ${fee} · from ${state.candidate.source_run_id}`,
    ts: record.ts,
    close: columns.close,
    equity: record.equity.map(value => value * state.starting_cash),
    drawdown: drawdowns(record.equity),
    entries,
    exits,
  }
}
