/** `run` on alerts: trade every call by the rules of multi_trade, and say how good calls and callers were. */

import type { AlertRunConfig, RunRequest } from '../../../contracts/types.ts'
import { type Simulated, Simulation } from '../../alerts/simulation.ts'
import { alertMetrics, alertReport, alertReportMarkdown } from '../../artifacts/alert-report.ts'
import { type ArtifactDir, claimRun } from '../../artifacts/artifact-dir.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import { fingerprintOf, metadataOf, type RunIdentity, resultHash } from '../../artifacts/report.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { gitCommit } from '../../base/git.ts'
import { loadValidator } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { intervalMs } from '../../market/calendar.ts'
import type { Context, Outcome } from '../command.ts'
import { recordingFailure } from '../housekeeping.ts'
import { publishRun } from '../publish.ts'
import type { ReplayLink } from '../replay/link.ts'
import { alertConfigOf, alertInputs, marketCapsOf } from './config.ts'
import { type AlertData, alertData } from './data.ts'
import { alertFiguresOf, curveColumns } from './figures.ts'
import { callersOf, type WrittenSeries, writeAlertFiles } from './files.ts'
import { type AlertSetup, alertSetup } from './setup.ts'
import { multiTradeText } from './text.ts'
import { alertWarnings } from './warnings.ts'

/** A run that fails leaves its record, as every run does. */
export function alertsOfRun(request: RunRequest, context: Context): Promise<Outcome> {
  const command = { produces: 'run', run: () => performMultiTrade(request, context) }
  return recordingFailure(command, 'run', request, context, command.run)
}

/** Execute and publish one run on alerts; with `replay` it names the run it repeats and records the verdict. */
export async function performMultiTrade(request: RunRequest, context: Context, replay?: ReplayLink): Promise<Outcome> {
  const startedAt = context.clock.now()
  const setup = await alertSetup(request)
  const step = stepsOf(context, setup.params.runConfig.maxSimulationTimeMs)
  const data = await alertData(context.root, setup, () => step())
  const config = alertConfigOf(setup, data)
  const inputs = alertInputs(config, data.dataset.snapshot_hash)
  await Promise.all(VALIDATORS.map(loadValidator))
  const page = request.report ? (await import('../../artifacts/alert-page.ts')).alertPage : undefined
  let told: { warnings: string[]; text: () => string } | undefined

  const directory = claimRun(context.root, startedAt, 'run', hashOf(config))
  const outcome = await publishRun(directory, context, async () => {
    const { simulated, simulation_time_ms } = await simulateAll(setup, data, context, directory, step)
    const callers = callersOf(simulated, config)
    const figures = alertFiguresOf(simulated, callers, {
      hitMultiple: setup.params.hit_multiple,
      stake: setup.params.stake,
      curveInterval: setup.params.curve_interval,
      calendar: data.calendar,
    })
    const warnings = alertWarnings(simulated, setup, data)
    const identity = identityOf(directory, context, data, inputs, replay?.of)
    const series = writeAlertFiles(directory, simulated, config, callers)
    const { summary, best_result } = figures
    const result_hash = resultHash({ summary, best_result, trades_csv: series.trades_csv, equity: series.equity })
    const metadata = metadataOf(identity, config, figures, result_hash)
    const metrics = alertMetrics(identity, figures)
    const { run_id, mode, command, created_at, git_commit } = identity
    const manifest = manifestOf({
      ...{ run_id, mode, command, created_at, git_commit, inputs, config, result_hash, simulation_time_ms },
      snapshot_id: data.dataset.dataset_id,
      files: filesOf(config),
      replay_of: replay?.of,
      metadata: {
        dataset_content_hash: data.dataset.content_hash,
        alerts_dataset_id: config.alerts_dataset_id,
        alerts_content_hash: config.alerts_content_hash,
        market_caps: marketCapsOf(data.alerts),
        trace_id: context.traceId,
        ...context.labels,
      },
    })
    directory.writeJson('config.json', 'artifacts/alert-run-config', config, 'sorted')
    directory.writeJson('metrics.json', 'artifacts/alert-metrics', metrics, 'sorted')
    directory.writeJson('metadata.json', 'artifacts/metadata', metadata, 'sorted')
    directory.writeJson('manifest.json', 'artifacts/run-manifest', manifest)
    const equity = curveColumns(simulated.curve)
    const { extended, alerts, execution } = figures
    const judged = { summary, best_result, extended, alerts, execution }
    const verdict = replay?.judge({
      run_id,
      git_commit,
      metrics: judged,
      trades_csv: series.trades_csv,
      equity,
      result_hash,
    })
    const draft = {
      ...alertReport(identity, metadata, config, figures, directory.files, warnings),
      ...(verdict === undefined ? {} : { replay: verdict }),
    }
    if (page !== undefined) directory.write('artifacts/report.html', page(pageInput(draft, figures, simulated, series)))
    const soFar = () => ({ ...draft, artifacts: [...directory.files] })
    directory.write('run_report.md', alertReportMarkdown(soFar(), figures, series.callerTable))
    const report = soFar()
    directory.writeJson('report.json', 'artifacts/alert-report', report)
    told = { warnings, text: () => multiTradeText(setup.strategy, figures, callers, directory) }
    return report.machine_contract
  })
  return {
    ...outcome,
    warnings: [...(told?.warnings ?? []), ...(outcome.warnings ?? [])],
    ...(told === undefined ? {} : { text: told.text }),
  }
}

const VALIDATORS = [
  'artifacts/alert-run-config',
  'artifacts/alert-metrics',
  'artifacts/metadata',
  'artifacts/run-manifest',
  'artifacts/alert-report',
] as const

function filesOf({ runConfig }: AlertRunConfig): Record<string, string> {
  return {
    config_json: 'config.json',
    metadata_json: 'metadata.json',
    report_json: 'report.json',
    trades_csv: 'trades.csv',
    alerts_csv: 'alerts.csv',
    callers_csv: 'callers.csv',
    equity_parquet: 'equity.parquet',
    ...(runConfig.includeEventLogs ? { events_ndjson: 'events.ndjson' } : {}),
    ...(runConfig.includeStateSnapshots ? { state_snapshots_ndjson: 'state_snapshots.ndjson' } : {}),
  }
}

/** Read and simulate one alert after the other; the time is that of the simulation alone. */
async function simulateAll(
  setup: AlertSetup,
  data: AlertData,
  context: Context,
  directory: ArtifactDir,
  step: () => Promise<void>,
): Promise<{ simulated: Simulated; simulation_time_ms: number }> {
  const { params, rules } = setup
  const { executionModel: execution, costModel: costs, riskModel, runConfig } = params
  const settings = {
    rules,
    terms: { execution, costs, feeUnit: params.fee_unit_quote, resolution: runConfig.timeResolutionMs },
    risk: riskModel ?? null,
    seed: runConfig.seed,
    step: intervalMs(params.curve_interval),
  }
  const { alerts } = data
  const simulation = new Simulation(settings, alerts.length, alerts[0].ts)
  let spent = 0
  const timed = <Result>(work: () => Result): Result => {
    const begun = context.clock.elapsed()
    const result = work()
    spent += context.clock.elapsed() - begun
    return result
  }
  for (let done = 0; done < alerts.length; done++) {
    await step()
    const alert = alerts[done]
    const bars = await data.barsOf(alert)
    if (bars === null && runConfig.errorMode === 'failFast')
      throw withoutCandles(alert.alert_id, data.dataset.dataset_id)
    timed(() => simulation.admit(alert, bars))
    context.progress({ run_id: directory.runId, done: done + 1, total: alerts.length })
  }
  const simulated = timed(() => simulation.result())
  const without = simulated.outcomes.find(outcome => outcome.status === 'no_candles')
  if (without !== undefined && runConfig.errorMode === 'failFast')
    throw withoutCandles(without.alert.alert_id, data.dataset.dataset_id)
  return { simulated, simulation_time_ms: Math.round(spent * 1000) / 1000 }
}

function withoutCandles(alertId: string, datasetId: string): Error {
  const message = `Alert ${alertId} has no candles in its window in data set ${datasetId}`
  const hint = "errorMode 'collect' lists such alerts in alerts.csv instead."
  return fail('DATA_ERROR', { message }, { details: [{ pointer: alertId, message }], hint })
}

const STEPS_BETWEEN_BREATHS = 64

/** Called before each alert: lets signals through now and then, and ends what was aborted or takes too long. */
function stepsOf({ abort, clock }: Context, most: number | undefined): () => Promise<void> {
  const begun = clock.elapsed()
  let steps = 0
  return async () => {
    if (most !== undefined && clock.elapsed() - begun > most) {
      const message = `Simulating took longer than maxSimulationTimeMs (${most})`
      throw fail('STRATEGY_ERROR', { message }, { hint: 'Select fewer alerts, or raise the limit.' })
    }
    if (steps++ % STEPS_BETWEEN_BREATHS === 0) await new Promise(resolve => setImmediate(resolve))
    if (abort.aborted) throw fail('ABORTED', {})
  }
}

function identityOf(
  { runId }: ArtifactDir,
  context: Context,
  { dataset }: AlertData,
  inputs: ReturnType<typeof alertInputs>,
  replay_of: string | undefined,
): RunIdentity {
  return {
    ...{ run_id: runId, mode: 'run', command: 'run', config_path: 'inline_cli' },
    ...{ created_at: isoInstant(context.clock.now()), git_commit: gitCommit(context.cwd) },
    ...{ request_id: context.requestId, trace_id: context.traceId, reproduce: context.reproduce },
    ...{ engine_version: inputs.engine_version, dataset, fingerprint: fingerprintOf(inputs) },
    ...(replay_of === undefined ? {} : { replay_of }),
  }
}

function pageInput(
  report: ReturnType<typeof alertReport>,
  figures: ReturnType<typeof alertFiguresOf>,
  { curve, outcomes }: Simulated,
  { callerTable, alertTable }: WrittenSeries,
) {
  const { ts, equity, held, drawdown, open } = curve
  const tradeReturns = Float64Array.from(outcomes.flatMap(outcome => outcome.trades.map(trade => trade.return_ratio)))
  return { report, figures, ts, equity, held, drawdown, open, tradeReturns, callers: callerTable, alerts: alertTable }
}
