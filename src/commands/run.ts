/** `run`: one backtest of one parameter set on one data set. */

import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { BestResult, DatasetReference, RunConfig, RunRequest } from '../../contracts/types.ts'
import { claimRun } from '../artifacts/artifact-dir.ts'
import { equityFigure, positionChanges, priceFigure } from '../artifacts/charts.ts'
import { runReportMarkdown } from '../artifacts/render.ts'
import {
  fingerprintOf,
  metadataOf,
  metricsOf,
  type RunFigures,
  type RunIdentity,
  reportOf,
  resultHash,
} from '../artifacts/report.ts'
import { float64Bytes, hashOf, sha256Hex } from '../base/canonical.ts'
import { parseCsv } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { gitCommit } from '../base/git.ts'
import { parquetBytes } from '../base/parquet.ts'
import { loadValidator } from '../base/schema.ts'
import { csvText } from '../base/table.ts'
import { isoInstant } from '../base/time.ts'
import { type Backtest, backtest, ENGINE_VERSION } from '../engine/backtest.ts'
import { fillRows } from '../engine/broker.ts'
import { publishedMetrics } from '../engine/metrics.ts'
import { roundTrips, summarizeRoundTrips, tradeRows } from '../engine/round-trips.ts'
import { type OpenedBars, openBars } from '../lake/open.ts'
import type { Command, Context } from './command.ts'
import { datasetReference } from './dataset-reference.ts'
import { extendedOf } from './extended.ts'
import { publishRun } from './publish.ts'
import { runText } from './run-text.ts'
import { chooseStrategy, type StrategyChoice } from './strategy-choice.ts'
import { windowOf } from './window.ts'

export const run: Command<RunRequest> = {
  produces: 'run',
  async run(request, context) {
    const startedAt = context.clock.now()
    const window = windowOf(request)
    const choice = await chooseStrategy(request)
    const external = request.trades_csv === undefined ? undefined : readTrades(resolve(context.cwd, request.trades_csv))
    const opened = await openBars(context.root, {
      dataset_id: request.dataset_id,
      symbol: request.ticker,
      interval: request.interval,
      ...window,
    })
    const dataset = datasetReference(opened)
    const calendar = request.calendar ?? opened.bars.calendar
    const bars = { ...opened.bars, calendar }
    const { fee, slippage_bps, slippage_mode, k_atr, execution, initial_cash: initialCash } = request
    const costs = { fee, slippage_bps, slippage_mode, k_atr }
    const result = backtest({ bars, strategy: choice.strategy, params: choice.params, costs, execution, initialCash })

    const config = configOf(request, choice, opened, calendar, external?.hash ?? null)
    const figures = figuresOf(result, external, bars)
    const warnings = [...opened.warnings, ...result.warnings]
    await Promise.all(RUN_VALIDATORS.map(loadValidator))
    const page = request.report ? (await import('../artifacts/page.ts')).runPage : undefined
    if (context.abort.aborted) throw fail('ABORTED', {})

    const directory = claimRun(context.root, startedAt, 'run', hashOf(config))
    const outcome = await publishRun(directory, context, () => {
      const identity = identityOf(directory.runId, context, dataset, choice, config)
      const trades = fillRows(result.fills, request.interval)
      const tradesCsv = external?.text ?? csvText(trades)
      directory.write('trades.csv', tradesCsv)
      directory.write('equity.parquet', equityParquet(result))
      const figure = figureInput(result, request)
      directory.write('artifacts/equity.svg', equityFigure(figure))
      if (request.save_price_plot) directory.write('artifacts/price_signals.svg', priceFigure(figure))
      const hash = resultHash({ ...figures, trades_csv: tradesCsv, equity: equityBytes(result) })
      const metadata = metadataOf(identity, config, figures, hash)
      const metrics = metricsOf(identity, figures)
      directory.writeJson('config.json', 'artifacts/config', config, 'sorted')
      directory.writeJson('metrics.json', 'artifacts/metrics', metrics, 'sorted')
      directory.writeJson('metadata.json', 'artifacts/metadata', metadata, 'sorted')
      const draft = reportOf(identity, metadata, config, figures, directory.files, warnings)
      if (page !== undefined) {
        const { close, equity, drawdown, position, ts } = result
        directory.write(
          'artifacts/report.html',
          page({ report: draft, metrics, ts, close, equity, drawdown, position, trades: rowsOf(trades) }),
        )
      }
      const report = { ...draft, artifacts: [...directory.files] }
      directory.write('run_report.md', runReportMarkdown(report, figures.extended))
      directory.writeJson('report.json', 'artifacts/report', report)
      return report.machine_contract
    })
    return {
      ...outcome,
      warnings: [...warnings, ...(outcome.warnings ?? [])],
      text: () => runText(result, choice.name, figures, directory),
    }
  },
}

const RUN_VALIDATORS = ['artifacts/config', 'artifacts/metrics', 'artifacts/metadata', 'artifacts/report'] as const

function identityOf(
  runId: string,
  context: Context,
  dataset: DatasetReference,
  choice: StrategyChoice,
  config: RunConfig,
): RunIdentity {
  const { fee, slippage_bps, slippage_mode, k_atr, execution, initial_cash, calendar } = config
  return {
    run_id: runId,
    mode: 'run',
    command: 'run',
    created_at: isoInstant(context.clock.now()),
    git_commit: gitCommit(context.cwd),
    config_path: 'inline_cli',
    request_id: context.requestId,
    trace_id: context.traceId,
    reproduce: context.reproduce,
    engine_version: ENGINE_VERSION,
    dataset,
    fingerprint: fingerprintOf({
      snapshot_content_hash: dataset.snapshot_hash,
      strategy_hash: choice.hash,
      execution_model_hash: hashOf({ _t: 'execution.model', v: 1, execution, initial_cash, calendar }),
      cost_model_hash: hashOf({ _t: 'cost.model', v: 1, fee, slippage_bps, slippage_mode, k_atr }),
      risk_model_hash: null,
      seed: 0,
      engine_version: ENGINE_VERSION,
    }),
  }
}

/** config.json: every published key, and what else decides the result. */
function configOf(
  request: RunRequest,
  choice: StrategyChoice,
  opened: OpenedBars,
  calendar: RunConfig['calendar'],
  tradesHash: string | null,
): RunConfig {
  const { ticker, start, end, interval, fee, paper, initial_cash, slippage_bps, slippage_mode, k_atr, execution } =
    request
  const own = choice.params as { rsi_buy_max?: number; rsi_sell_min?: number; cooldown_days?: number }
  return {
    ticker,
    start,
    end,
    interval,
    fee,
    rsi_buy_max: own.rsi_buy_max ?? null,
    rsi_sell_min: own.rsi_sell_min ?? null,
    cooldown_days: own.cooldown_days ?? null,
    paper,
    initial_cash,
    slippage_bps,
    slippage_mode,
    k_atr,
    execution,
    calendar,
    strategy: choice.name,
    strategy_params: choice.params,
    dataset_id: opened.dataset.dataset_id,
    dataset_content_hash: opened.dataset.content_hash,
    trades_csv_hash: tradesHash,
  }
}

interface ExternalTrades {
  text: string
  hash: string
  trips: ReturnType<typeof roundTrips>
}

/** Fills of another program: missing, malformed or out of order → DATA_ERROR. */
function readTrades(path: string): ExternalTrades {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isFile()) {
    const message =
      stat === undefined ? `trades_csv does not exist: ${path}` : `trades_csv is not a regular file: ${path}`
    throw fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/trades_csv', message }] })
  }
  const text = readFileSync(path, 'utf8')
  return { text, hash: sha256Hex(text), trips: roundTrips(tradeRows(parseCsv(text, path), path)) }
}

/** Headline figures; round trips of a given file enter them, those of the run's own broker only the extended metrics. */
function figuresOf(result: Backtest, external: ExternalTrades | undefined, bars: OpenedBars['bars']): RunFigures {
  const published = publishedMetrics(result.netReturn, result.equity, result.position)
  const trips = external === undefined ? undefined : summarizeRoundTrips(external.trips)
  const { total_return, max_drawdown, sharpe_simple, trades, days } = published
  const best_result: BestResult = { total_return, max_drawdown, sharpe_simple, trades, days }
  if (trips !== undefined) {
    Object.assign(best_result, {
      trade_trades: trips.trades,
      win_rate_trades: trips.win_rate_trades,
      profit_factor: Number.isFinite(trips.profit_factor) ? trips.profit_factor : null,
      expectancy_net: trips.expectancy_net,
      avg_holding_days: trips.avg_holding_days,
      exposure: trips.exposure,
    })
  }
  return {
    summary: {
      total_return,
      sharpe_simple,
      max_drawdown,
      trades,
      win_rate: trips?.win_rate_trades ?? published.winrate_active_days,
    },
    best_result,
    extended: extendedOf(result, bars),
  }
}

const EQUITY_COLUMNS = ['close', 'position', 'netReturn', 'equity', 'drawdown'] as const

function equityParquet(result: Backtest): Uint8Array {
  const { ts, close, position, netReturn: net_return, equity, drawdown } = result
  return parquetBytes(
    { columns: { ts, close, position, net_return, equity, drawdown }, rows: ts.length },
    { types: { ts: 'timestamp' } },
  )
}

/** The columns of equity.parquet one after the other, time first. */
function equityBytes(result: Backtest): Uint8Array {
  return Buffer.concat([float64Bytes(result.ts), ...EQUITY_COLUMNS.map(name => float64Bytes(result[name]))])
}

function figureInput(result: Backtest, request: RunRequest) {
  const { ts, close, equity, drawdown, position } = result
  const { entries, exits } = positionChanges(position)
  const title = `${request.ticker} · ${request.strategy}`
  const subtitle = `${request.start} – ${request.end} · ${request.interval} · ${request.execution} · fee ${request.fee}`
  return { title, subtitle, ts, close, equity, drawdown, entries, exits }
}

function rowsOf(table: ReturnType<typeof fillRows>): Record<string, string | number | null>[] {
  const names = Object.keys(table.columns)
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(names.map(name => [name, (table.columns[name][row] ?? null) as string | number | null])),
  )
}
