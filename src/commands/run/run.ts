/** `run`: one backtest of one parameter set on one data set. */

import type { RunRequest } from '../../../contracts/types.ts'
import { type ArtifactDir, claimRun } from '../../artifacts/artifact-dir.ts'
import { equityFigure, priceFigure } from '../../artifacts/charts.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import { runReportMarkdown } from '../../artifacts/render.ts'
import { metadataOf, metricsOf, reportOf, resultHash } from '../../artifacts/report.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { resolvePath } from '../../base/paths.ts'
import { loadValidator } from '../../base/schema.ts'
import { csvText } from '../../base/table.ts'
import { backtest } from '../../engine/backtest.ts'
import { fillRows } from '../../engine/broker.ts'
import { openBars } from '../../lake/open.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { orElsewhere } from '../dataset/fact.ts'
import { datasetReference } from '../dataset/reference.ts'
import { recordingFailure } from '../housekeeping.ts'
import { publishRun } from '../publish.ts'
import type { ReplayLink } from '../replay/link.ts'
import { chooseStrategy } from '../strategy-choice.ts'
import { windowOf } from '../window.ts'
import { configOf, identityOf, inputsOf } from './config.ts'
import {
  type EquityColumns,
  equityBytes,
  equityColumns,
  equityParquet,
  figureInput,
  figuresOf,
  readTrades,
  rowsOf,
} from './figures.ts'
import { runText } from './text.ts'

export const run: Command<RunRequest> = {
  async run(request, context) {
    if (request.pipeline !== undefined) return (await import('../regime/regime.ts')).regimeOfRun(request, context)
    if ((request.alerts_dataset_id ?? request.simulation_request) !== undefined)
      return (await import('../alerts/multi-trade.ts')).alertsOfRun(request, context)
    // A failed paper session has a directory of its own; only a plain run leaves a record of its failure.
    if (request.paper) return (await import('../paper/paper.ts')).paperOfRun(request, context)
    return recordingFailure(plainRun, 'run', request, context, () => performRun(request, context))
  },
}

const plainRun: Command<RunRequest> = { produces: 'run', run: (request, context) => performRun(request, context) }

/**
 * Execute and publish one run; with `replay` it names the run it repeats and records the verdict. `beside` writes files of its own
 * into the directory, before the report lists them.
 */
export async function performRun(
  request: RunRequest,
  context: Context,
  replay?: ReplayLink,
  beside?: (directory: ArtifactDir) => void,
): Promise<Outcome> {
  const startedAt = context.clock.now()
  const window = windowOf(request)
  const choice = await chooseStrategy(request)
  const { root, cwd } = context
  const external = request.trades_csv === undefined ? undefined : readTrades(resolvePath(root, cwd, request.trades_csv))
  const { dataset_id, ticker: symbol, interval } = request
  const opened = await orElsewhere(root, [dataset_id], () =>
    openBars(root, { dataset_id, symbol, interval, ...window }),
  )
  const dataset = datasetReference(opened)
  const calendar = request.calendar ?? opened.bars.calendar
  const bars = { ...opened.bars, calendar }
  const { fee, slippage_bps, slippage_mode, k_atr, execution, initial_cash: initialCash } = request
  const costs = { fee, slippage_bps, slippage_mode, k_atr }
  const begun = context.clock.elapsed()
  const result = backtest({ bars, strategy: choice.strategy, params: choice.params, costs, execution, initialCash })
  const simulation_time_ms = Math.round((context.clock.elapsed() - begun) * 1000) / 1000

  const config = configOf(request, choice, opened, calendar, external?.hash ?? null)
  const inputs = inputsOf(dataset, choice.hash, config)
  const figures = figuresOf(result, external, bars)
  const warnings = [...opened.warnings, ...result.warnings]
  await Promise.all(RUN_VALIDATORS.map(loadValidator))
  const page = request.report ? (await import('../../artifacts/page.ts')).runPage : undefined
  if (context.abort.aborted) throw fail('ABORTED', {})

  const directory = claimRun(context.root, startedAt, 'run', hashOf(config))
  const outcome = await publishRun(directory, context, () => {
    const identity = identityOf(directory.runId, context, dataset, inputs, replay?.of)
    const { run_id, mode, command, created_at, git_commit } = identity
    const trades = fillRows(result.fills, request.interval)
    const equity = equityColumns(result)
    const trades_csv = external?.text ?? csvText(trades)
    writeSeries(directory, request, trades_csv, equity, figureInput(result, request))
    const result_hash = resultHash({ ...figures, trades_csv, equity: equityBytes(equity) })
    const metadata = metadataOf(identity, config, figures, result_hash)
    const metrics = metricsOf(identity, figures)
    const manifest = manifestOf({
      ...{ run_id, mode, command, created_at, git_commit, inputs, config, result_hash, simulation_time_ms },
      snapshot_id: dataset.dataset_id,
      files: RUN_FILES,
      replay_of: replay?.of,
      metadata: { dataset_content_hash: dataset.content_hash, trace_id: context.traceId, ...context.labels },
    })
    directory.writeJson('config.json', 'artifacts/config', config, 'sorted')
    directory.writeJson('metrics.json', 'artifacts/metrics', metrics, 'sorted')
    directory.writeJson('metadata.json', 'artifacts/metadata', metadata, 'sorted')
    directory.writeJson('manifest.json', 'artifacts/run-manifest', manifest)
    const verdict = replay?.judge({ run_id, git_commit, metrics: figures, trades_csv, equity, result_hash })
    const draft = {
      ...reportOf(identity, metadata, config, figures, directory.files, warnings),
      ...(verdict === undefined ? {} : { replay: verdict }),
      ...(context.labels?.model_run_id === undefined ? {} : { model_run_id: context.labels.model_run_id }),
    }
    beside?.(directory)
    // Each report lists the files that are there before it: a page made later lists the same.
    const soFar = () => ({ ...draft, artifacts: [...directory.files] })
    directory.write('run_report.md', runReportMarkdown(draft, figures.extended))
    if (page !== undefined) {
      const { close, drawdown, position, ts } = result
      const series = { ts, close, equity: result.equity, drawdown, position }
      directory.write('artifacts/report.html', page({ report: soFar(), metrics, ...series, trades: rowsOf(trades) }))
    }
    const report = soFar()
    directory.writeJson('report.json', 'artifacts/report', report)
    return report.machine_contract
  })
  return {
    ...outcome,
    warnings: [...warnings, ...(outcome.warnings ?? [])],
    text: () => runText(result, choice.name, figures, directory),
  }
}

const RUN_VALIDATORS = [
  'artifacts/config',
  'artifacts/metrics',
  'artifacts/metadata',
  'artifacts/run-manifest',
  'artifacts/report',
] as const

const RUN_FILES = {
  config_json: 'config.json',
  metadata_json: 'metadata.json',
  report_json: 'report.json',
  trades_csv: 'trades.csv',
  equity_parquet: 'equity.parquet',
}

function writeSeries(
  directory: ArtifactDir,
  request: RunRequest,
  tradesCsv: string,
  equity: EquityColumns,
  figure: ReturnType<typeof figureInput>,
): void {
  directory.write('trades.csv', tradesCsv)
  directory.write('equity.parquet', equityParquet(equity))
  directory.write('artifacts/equity.svg', equityFigure(figure))
  if (request.save_price_plot) directory.write('artifacts/price_signals.svg', priceFigure(figure))
}
