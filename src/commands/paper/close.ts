/** The end of a paper session: its artifacts where it ended in order, and its final status however it ended. */

import { join } from 'node:path'
import type { DatasetReference, FeedReference, SessionStatus } from '../../../contracts/types.ts'
import { equityFigure, positionChanges, priceFigure } from '../../artifacts/charts.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import { refreshPaperIndex } from '../../artifacts/paper-index.ts'
import {
  type PaperEnd,
  type PaperIdentity,
  paperMetadataOf,
  paperMetricsOf,
  paperReportOf,
} from '../../artifacts/paper-report.ts'
import type { PaperSessionDir } from '../../artifacts/paper-session.ts'
import { runReportMarkdown } from '../../artifacts/render.ts'
import { type FingerprintInputs, fingerprintOf, type RunFigures, resultHash } from '../../artifacts/report.ts'
import { hashOf } from '../../base/canonical.ts'
import { ERROR_CLASSES, GatewayError } from '../../base/errors.ts'
import { layout } from '../../base/layout.ts'
import { isoInstant } from '../../base/time.ts'
import { type Backtest, ENGINE_VERSION } from '../../engine/backtest.ts'
import { fillRows } from '../../engine/broker.ts'
import type { SessionRun } from '../../engine/session-run.ts'
import { snapshotHash } from '../../lake/content.ts'
import type { Context, Outcome } from '../command.ts'
import { registerPublished } from '../registry/registration.ts'
import type { ReplayLink } from '../replay/link.ts'
import { equityBytes, equityColumns, rowsOf } from '../run/figures.ts'
import type { StrategyChoice } from '../strategy-choice.ts'
import type { PaperPlan } from './config.ts'
import { brokerFiguresOf, EQUITY_HEADER, equityLine, paperFiguresOf, TRADES_HEADER, tradeLines } from './figures.ts'
import { paperText } from './text.ts'

/** A session that has processed its last bar. */
export interface EndedSession {
  run: SessionRun
  choice: StrategyChoice
  dataset: DatasetReference | null
  feed: FeedReference | null
  stop_reason: PaperEnd['stop_reason']
  warnings: string[]
  /** False where equity.csv and trades.csv have grown bar by bar already. */
  tables: boolean
  /** The session that this one executes again. */
  replay?: ReplayLink
}

/**
 * Do the work of a session and close it whatever happens: success or risk limit with all artifacts, abort or failure with the
 * reason in the status. The index is refreshed and the session given free in every case.
 */
export async function conduct(
  session: PaperSessionDir,
  plan: PaperPlan,
  context: Context,
  work: () => Promise<EndedSession>,
): Promise<Outcome> {
  const refresh = () => refreshPaperIndex(layout.paperSessions(context.root), isoInstant(context.clock.now()))
  let outcome: Outcome
  try {
    outcome = await publish(session, plan, context, await work())
  } catch (error) {
    quietly(() => closeAfter(error, session, context))
    session.release()
    quietly(refresh)
    throw error
  }
  session.release()
  outcome.warnings?.push(...(await registerPublished(session.path, context)))
  try {
    refresh()
  } catch (error) {
    // The session stands; only the list of sessions beside it lags until the next one ends.
    outcome.warnings?.push(`The index of paper sessions could not be refreshed: ${(error as Error).message}`)
  }
  return outcome
}

/** The fields of a status that follow from the session's state. */
export function progressOf(run: SessionRun): Partial<SessionStatus> {
  const { state, processed } = run
  return {
    bars_seen: processed,
    last_bar_at: processed === 0 ? null : isoInstant(run.bars.ts[processed - 1]),
    equity: state.equity,
    cash: state.account.cash,
    quantity: state.account.qty,
    position: state.held,
    fills: state.fills,
  }
}

async function publish(
  session: PaperSessionDir,
  plan: PaperPlan,
  context: Context,
  ended: EndedSession,
): Promise<Outcome> {
  const { run, choice, stop_reason } = ended
  const result = run.result()
  const calendar = plan.config.calendar ?? run.bars.calendar
  const trades = TRADES_HEADER + tradeLines(result.fills, plan.config.interval)
  const figures = paperFiguresOf(result, trades, { ...run.bars, calendar })
  const broker = brokerFiguresOf(run.state, result)
  const atLimit = stop_reason === 'max_drawdown' || stop_reason === 'max_loss'
  const { rejected } = session.status
  const end: PaperEnd = { status: atLimit ? 'aborted' : 'success', stop_reason, rejected }
  const warnings = [...ended.warnings, ...result.warnings, ...(atLimit ? [limitText(plan, run, stop_reason)] : [])]

  if (ended.tables) writeTables(session, result, trades, plan.config.interval)
  writeFigures(session, plan, result)
  const equity = equityColumns(result)
  const inputs = inputsOf(plan, choice, run, calendar)
  const result_hash = resultHash({ ...figures, trades_csv: trades, equity: equityBytes(equity) })
  const identity: PaperIdentity = {
    dataset: ended.dataset,
    feed: ended.feed,
    fingerprint: fingerprintOf(inputs),
    result_hash,
  }
  const metadata = { ...paperMetadataOf(session.metadata, identity, figures, end), ...identity }
  const metrics = paperMetricsOf(figures, broker, end)
  session.writeJson('metrics.json', 'artifacts/paper-metrics', metrics, 'sorted')
  session.setMetadata(metadata)
  const { run_id, mode, command, created_at, git_commit } = metadata
  const manifest = manifestOf({
    ...{ run_id, mode, command, created_at, git_commit, inputs, config: session.config, result_hash },
    snapshot_id: ended.dataset?.dataset_id ?? ended.feed?.source ?? session.sessionId,
    files: SESSION_FILES,
    replay_of: ended.replay?.of,
    metadata: { trace_id: context.traceId, ...metadata.labels },
  })
  session.writeJson('manifest.json', 'artifacts/run-manifest', manifest, 'given')
  const made = { run_id, git_commit, metrics: { ...figures, broker }, trades_csv: trades, equity, result_hash }
  const replay = ended.replay?.judge(made)
  // Each report lists the files that are there before it.
  const reported = (before: readonly string[]) =>
    paperReportOf(metadata, session.config, figures, broker, end, {
      files: session.files(before),
      warnings,
      reproduce: context.reproduce,
      replay,
    })
  if (plan.pages.report) {
    const { runPage } = await import('../../artifacts/page.ts')
    const { ts, close, equity, drawdown, position } = result
    const input = {
      report: reported(['artifacts/report.html', 'run_report.md']),
      metrics,
      ts,
      close,
      equity,
      drawdown,
      position,
      trades: rowsOf(fillRows(result.fills, plan.config.interval)),
    }
    session.write('artifacts/report.html', runPage(input))
  }
  context.beforePublish(session.sessionId, session.path)
  session.write('run_report.md', runReportMarkdown(reported(['run_report.md']), figures.extended))
  const report = reported([])
  session.writeJson('report.json', 'artifacts/paper-report', report, 'given')
  session.setStatus({ ...progressOf(run), ...closing(session, context, end.status), ...endingOf(end, warnings) })
  return outcomeOf(session, figures, warnings, () => paperText(result, broker, choice.name, plan.config, session.path))
}

function outcomeOf(session: PaperSessionDir, figures: RunFigures, warnings: string[], text: () => string): Outcome {
  const { sessionId, path } = session
  const fields = { artifacts_path: path, report_path: join(path, 'report.json'), summary: figures.summary }
  return {
    answer: { run_id: sessionId, ...fields, contract_type: 'quantlab.paper.result' },
    signal: { run_id: sessionId, session_id: sessionId, ...fields },
    warnings,
    text,
  }
}

// ── the final status ───────────────────────────────────────────────────────────────────────────────────────────────

/** Fields of every final status. */
function closing(session: PaperSessionDir, context: Context, status: SessionStatus['status']): Partial<SessionStatus> {
  const now = context.clock.now()
  const seconds = (now - Date.parse(session.status.started_at)) / 1000
  const finished_at = isoInstant(now)
  return {
    status,
    terminal: true,
    updated_at: finished_at,
    finished_at,
    duration_seconds: Math.max(0, Math.round(seconds * 1e6) / 1e6),
    process: null,
  }
}

function endingOf(end: PaperEnd, warnings: readonly string[]): Partial<SessionStatus> {
  if (end.status === 'success') return { status_reason: 'completed', stop_reason: end.stop_reason }
  return {
    status_reason: 'risk_limit',
    stop_reason: end.stop_reason,
    error_type: 'RiskLimit',
    message: warnings.at(-1),
  }
}

/** Status and metadata of a session that was aborted or failed. */
function closeAfter(error: unknown, session: PaperSessionDir, context: Context): void {
  const fault = error instanceof GatewayError ? error : undefined
  const aborted = fault?.class === 'ABORTED'
  const status = aborted ? 'aborted' : 'failed'
  session.setStatus({
    ...closing(session, context, status),
    status_reason: aborted ? 'operator_abort' : 'exception',
    error_type: ERROR_CLASSES[fault?.class ?? 'GENERAL_ERROR'].type,
    message: error instanceof Error ? error.message : String(error),
  })
  session.setMetadata({ ...session.metadata, status })
}

/** The failure itself is what the caller must hear of, not that it could not be recorded. */
function quietly(action: () => void): void {
  try {
    action()
  } catch {
    // The status stays `running` and its process is dead: it shows as stale, and recover closes it.
  }
}

function limitText({ config }: PaperPlan, { state }: SessionRun, reason: 'max_drawdown' | 'max_loss'): string {
  const asked = `${reason} ${config[reason]}`
  return reason === 'max_drawdown'
    ? `Stopped by ${asked}: the account stood at ${state.equity}, a share of ${(state.peak - state.equity) / state.peak} below its highest close ${state.peak}.`
    : `Stopped by ${asked}: the account stood at ${state.equity}, ${state.initialCash - state.equity} below the initial cash.`
}

// ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function writeTables(session: PaperSessionDir, result: Backtest, trades: string, interval: string): void {
  const { ts, close, position, netReturn, equity, brokerEquity } = result
  const lines: string[] = [EQUITY_HEADER]
  for (let i = 0; i < ts.length; i++) {
    const step = {
      position: position[i],
      netReturn: netReturn[i],
      growth: equity[i],
      equity: brokerEquity[i],
      fills: [],
    }
    lines.push(equityLine(ts[i], close[i], step, interval))
  }
  session.write('equity.csv', lines.join(''))
  session.write('trades.csv', trades)
}

function writeFigures(session: PaperSessionDir, { config, pages }: PaperPlan, result: Backtest): void {
  const { ts, close, equity, drawdown, position } = result
  const from = config.start ?? isoInstant(ts[0])
  const to = config.end ?? isoInstant(ts[ts.length - 1])
  const figure = {
    title: `${config.ticker} · ${config.strategy} · paper`,
    subtitle: `${from} – ${to} · ${config.interval} · ${config.execution} · fee ${config.fee}`,
    ts,
    close,
    equity,
    drawdown,
    ...positionChanges(position),
  }
  session.write('artifacts/equity.svg', equityFigure(figure))
  if (pages.save_price_plot) session.write('artifacts/price_signals.svg', priceFigure(figure))
}

const SESSION_FILES = {
  config_json: 'config.json',
  metadata_json: 'session_metadata.json',
  report_json: 'report.json',
  trades_csv: 'trades.csv',
  equity_csv: 'equity.csv',
}

function inputsOf({ config }: PaperPlan, choice: StrategyChoice, run: SessionRun, calendar: string): FingerprintInputs {
  const { fee, slippage_bps, slippage_mode, k_atr, execution, initial_cash, max_drawdown, max_loss } = config
  const limited = max_drawdown !== null || max_loss !== null
  return {
    snapshot_content_hash: snapshotHash(run.bars),
    strategy_hash: choice.hash,
    execution_model_hash: hashOf({ _t: 'execution.model', v: 1, execution, initial_cash, calendar }),
    cost_model_hash: hashOf({ _t: 'cost.model', v: 1, fee, slippage_bps, slippage_mode, k_atr }),
    risk_model_hash: limited ? hashOf({ _t: 'risk.model', v: 1, max_drawdown, max_loss }) : null,
    seed: 0,
    engine_version: ENGINE_VERSION,
  }
}
