/** The files of a run on alerts besides the canonical four: fills, alerts, callers, curve, events, snapshots, picture. */

import type { AlertRunConfig, MultiTradeParams } from '../../../contracts/types.ts'
import { type CallerRow, callerRows } from '../../alerts/calls.ts'
import type { CurveColumns } from '../../alerts/curve.ts'
import type { Simulated } from '../../alerts/simulation.ts'
import { alertsTable, callersTable, eventOf, type Placed, placedOrders, tradesTable } from '../../alerts/tables.ts'
import { alertFigure } from '../../artifacts/alert-charts.ts'
import type { ArtifactDir } from '../../artifacts/artifact-dir.ts'
import { csvText, type Table } from '../../base/table.ts'
import { isoInstant } from '../../base/time.ts'
import { DAY_MS, intervalMs } from '../../market/calendar.ts'
import { equityBytes, equityParquet } from '../run/figures.ts'
import { curveColumns } from './figures.ts'

type Row = Record<string, string | number | boolean | null>

/** What was written and is needed again. */
export interface WrittenSeries {
  /** Text of trades.csv. */
  trades_csv: string
  /** The equity columns as little-endian float64. */
  equity: Uint8Array
  callers: CallerRow[]
  /** Rows for pages: what is undefined is null. */
  callerTable: Row[]
  alertTable: Row[]
}

/** Callers of a simulation by the parameters of its configuration. */
export function callersOf(simulated: Simulated, config: AlertRunConfig): CallerRow[] {
  const { hit_multiple, stake } = config.strategy_params as unknown as MultiTradeParams
  return callerRows(simulated.outcomes, hit_multiple, stake)
}

/** Write every table and the picture. */
export function writeAlertFiles(
  directory: ArtifactDir,
  simulated: Simulated,
  config: AlertRunConfig,
  callers: CallerRow[],
): WrittenSeries {
  const { hit_multiple, stake, curve_interval } = config.strategy_params as unknown as MultiTradeParams
  const { outcomes, curve } = simulated
  const placed = placedOrders(outcomes)
  const trades_csv = csvText(tradesTable(placed, stake))
  const alerts = alertsTable(outcomes, stake, hit_multiple)
  const callerTable = callersTable(callers)
  const columns = curveColumns(curve)
  directory.write('trades.csv', trades_csv)
  directory.write('alerts.csv', csvText(alerts))
  directory.write('callers.csv', csvText(callerTable))
  directory.write('equity.parquet', equityParquet(columns))
  if (config.runConfig.includeEventLogs) writeEvents(directory, placed)
  if (config.runConfig.includeStateSnapshots)
    directory.write('state_snapshots.ndjson', snapshotsText(curve, simulated.capital, curve_interval))
  const { ts, equity, held, drawdown, open } = curve
  const title = `${config.alerts_dataset_id} · ${config.strategy}`
  const subtitle = `${config.start} – ${config.end} · ${outcomes.length} alerts · purse ${stake} · ${config.interval} candles`
  directory.write('artifacts/equity.svg', alertFigure({ title, subtitle, ts, equity, held, drawdown, open }))
  return {
    trades_csv,
    equity: equityBytes(columns),
    callers,
    callerTable: rowsOf(callerTable),
    alertTable: rowsOf(alerts),
  }
}

function writeEvents(directory: ArtifactDir, placed: readonly Placed[]): void {
  const file = directory.stream('events.ndjson')
  try {
    for (let from = 0; from < placed.length; from += 4096) {
      const lines = placed.slice(from, from + 4096).map(one => `${JSON.stringify(eventOf(one))}\n`)
      file.write(lines.join(''))
    }
    file.close()
  } catch (error) {
    file.discard()
    throw error
  }
}

/** One line a UTC day: the state at the end of its last bar. */
function snapshotsText(curve: CurveColumns, capital: number, interval: string): string {
  const step = intervalMs(interval)
  const { ts, equity, drawdown, position, open } = curve
  const day = (bar: number) => Math.floor(ts[bar] / DAY_MS)
  const lines: string[] = []
  for (let bar = 0; bar < ts.length; bar++) {
    if (bar + 1 < ts.length && day(bar + 1) === day(bar)) continue
    lines.push(
      JSON.stringify({
        timestampISO: isoInstant(ts[bar] + step),
        capital: equity[bar] * capital,
        cumulativePnL: equity[bar],
        drawdown: Math.abs(drawdown[bar]),
        totalExposure: position[bar] * equity[bar] * capital,
        openPositions: open[bar],
      }),
    )
  }
  return `${lines.join('\n')}\n`
}

function rowsOf({ columns, rows }: Table): Row[] {
  const names = Object.keys(columns)
  const cell = (name: string, row: number) => {
    const value = columns[name][row] ?? null
    return typeof value === 'number' && !Number.isFinite(value) ? null : value
  }
  return Array.from({ length: rows }, (_, row) => Object.fromEntries(names.map(name => [name, cell(name, row)])))
}
