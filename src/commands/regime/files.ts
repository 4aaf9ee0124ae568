/** The files of a run of the monitor besides the canonical four: tables, evaluation, signals; and their copies where asked. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ArtifactDir } from '../../artifacts/artifact-dir.ts'
import type { RegimeFigures } from '../../artifacts/regime-report.ts'
import { float64Bytes } from '../../base/canonical.ts'
import { makeFolder, replaceFile, storing } from '../../base/files.ts'
import { type ParquetType, parquetBytes } from '../../base/parquet.ts'
import { csvText, type Table, tableOf } from '../../base/table.ts'
import { DAY_MS } from '../../market/calendar.ts'
import { dayOf, type Panel } from '../../market/panel.ts'
import type { Backtest } from '../../regime/backtest.ts'
import { featuresTable } from '../../regime/features.ts'
import type { MonitorResult } from '../../regime/monitor.ts'
import type { Signals } from '../../regime/signals.ts'
import { backtestTable, targetReturnsTable, timelineTable, weightsTable } from '../../regime/tables.ts'

/** Role → file, as manifest.json names them; not every run has all. */
export const REGIME_FILES = {
  regime_timeline_csv: 'regime_timeline.csv',
  regime_timeseries_parquet: 'regime_timeseries.parquet',
  features_wide_parquet: 'features_wide.parquet',
  bt_daily_pnl_csv: 'bt_daily_pnl.csv',
  bt_equity_curve_csv: 'bt_equity_curve.csv',
  returns_parquet: 'returns.parquet',
  weights_parquet: 'weights.parquet',
  basket_weekly_csv: 'basket_weekly.csv',
  target_returns_csv: 'target_returns.csv',
  regime_metrics_csv: 'regime_metrics.csv',
  test_windows_csv: 'test_windows.csv',
  kpis_json: 'kpis.json',
  stability_json: 'stability.json',
  regime_evaluation_json: 'regime_evaluation.json',
  regular_mode_samples_json: 'regular_mode_samples.json',
  grid_search_json: 'grid_search.json',
  signals_today_json: 'signals_today.json',
  dashboard_html: 'dashboard.html',
} as const

const RETURNS = ['date', 'pnl', 'cost', 'funding', 'r_ls_gross', 'r_ls_net'] as const
const REGIME_METRICS = ['regime', 'n_days', 'mean_return', 'median_return', 'std_return', 'sharpe_like'] as const
const TEST_WINDOWS = ['test_window', 'start', 'end', 'n_days', 'total_return', 'sharpe', 'max_drawdown'] as const

/** What a result hash covers besides the figures. */
export interface HashedSeries {
  /** Text of bt_daily_pnl.csv. */
  daily: string
  /** The columns r_ls_net and equity_curve as little-endian float64. */
  equity: Uint8Array
}

/** Write every table and JSON document of a run; an empty backtest leaves headers alone. */
export function writeRegimeFiles(
  directory: ArtifactDir,
  panel: Panel,
  result: MonitorResult,
  figures: RegimeFigures,
  signals: Signals | null,
): HashedSeries {
  const { backtest, evaluation, regular_samples, grid_search } = result
  const timeline = timelineTable(panel, result)
  const days = backtestTable(panel, backtest)
  const daily = csvText(days)
  directory.write('regime_timeline.csv', csvText(timeline))
  directory.write('regime_timeseries.parquet', datedParquet(timeline))
  directory.write('features_wide.parquet', datedParquet(featuresTable(panel, result.features, result.start)))
  directory.write('bt_daily_pnl.csv', daily)
  directory.write('bt_equity_curve.csv', csvText(withColumn(days, 'drawdown', drawdownOf(backtest.equity))))
  directory.write('returns.parquet', datedParquet(columnsOf(days, RETURNS)))
  directory.write('weights.parquet', datedParquet(weightsTable(panel, backtest)))
  directory.write(
    'basket_weekly.csv',
    csvText(tableOf(['date', 'asset_id', 'weight'], recordsOf(result.basket_weekly))),
  )
  directory.write('target_returns.csv', csvText(targetReturnsTable(panel, result)))
  directory.write('regime_metrics.csv', csvText(tableOf(REGIME_METRICS, recordsOf(figures.regime_metrics))))
  directory.write('test_windows.csv', csvText(tableOf(TEST_WINDOWS, recordsOf(figures.test_windows))))
  directory.writeJson('kpis.json', 'artifacts/regime-kpis', figures.kpis)
  directory.writeJson('stability.json', 'artifacts/regime-stability', figures.stability)
  if (evaluation !== null) directory.writeJson('regime_evaluation.json', 'artifacts/regime-evaluation', evaluation)
  if (regular_samples !== null) directory.write('regular_mode_samples.json', plainJson(regular_samples))
  if (grid_search !== null) directory.write('grid_search.json', plainJson(grid_search))
  if (signals !== null) directory.writeJson('signals_today.json', 'artifacts/regime-signals', signals)
  return { daily, equity: netAndEquity(backtest) }
}

/** Copy the reports and manifest.json, which says what run they are of, to a directory; each file is replaced whole. */
export function mirrorReports(directory: ArtifactDir, folder: string): void {
  makeFolder(folder)
  const names = new Set<string>([...Object.values(REGIME_FILES), 'manifest.json'])
  for (const { file_name } of directory.files) {
    if (!names.has(file_name)) continue
    const path = join(directory.stagingPath, file_name)
    replaceFile(
      join(folder, file_name),
      storing(path, () => readFileSync(path)),
    )
  }
}

/** Fall below the highest value so far, the starting 1 included; ≤ 0. */
export function drawdownOf(equity: Float64Array): Float64Array {
  let peak = 1
  return equity.map(value => {
    if (value > peak) peak = value
    return value / peak - 1
  })
}

function netAndEquity({ net, equity }: Backtest): Uint8Array {
  return Buffer.concat([float64Bytes(net), float64Bytes(equity)])
}

/** Parquet with `date` as an instant, midnight UTC; types are said, since a table without rows shows none. */
function datedParquet(table: Table): Uint8Array {
  const { columns, rows } = table
  const date = Float64Array.from(columns['date'] as readonly string[], day => dayOf(day) * DAY_MS)
  const flags = ['has_funding', 'valid', 'high_vol_gate'].filter(name => columns[name] !== undefined)
  const types = {
    date: 'timestamp',
    ...(columns['weight'] === undefined ? {} : { weight: 'double' }),
    ...Object.fromEntries(flags.map(name => [name, 'boolean'])),
  } as Record<string, ParquetType>
  return parquetBytes({ columns: { ...columns, date }, rows }, { types })
}

function withColumn(table: Table, name: string, column: Float64Array): Table {
  return { columns: { ...table.columns, [name]: column }, rows: table.rows }
}

function columnsOf(table: Table, names: readonly string[]): Table {
  return { columns: Object.fromEntries(names.map(name => [name, table.columns[name]])), rows: table.rows }
}

function recordsOf(rows: readonly object[]): readonly Record<string, string | number | null>[] {
  return rows as readonly Record<string, string | number | null>[]
}

/** JSON of values that are numbers, text and null by their types. */
function plainJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
