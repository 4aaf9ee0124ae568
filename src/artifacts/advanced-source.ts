/** What an advanced report reads in a run directory of any kind: its record, its equity curve, its fills. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type CsvTable, parseCsv } from '../base/csv.ts'
import { listFolder, readTextIfPresent, storing } from '../base/files.ts'
import { readParquet } from '../base/parquet.ts'
import { inspectRun, type JsonObject } from './run-reader.ts'

/** An equity curve as it was found: columns of a Parquet file, or a CSV table and the names of its columns. */
export type EquitySource =
  | { file: string; kind: 'columns'; ts: Float64Array; equity: Float64Array }
  | { file: string; kind: 'csv'; table: CsvTable; column: string; piece: string | null }

/** Everything of a run directory that a report reads. */
export interface AdvancedSource {
  run_id: string | null
  mode: string | null
  created_at: string | null
  config: JsonObject
  extended: JsonObject | null
  /** First result row; null where there is none. */
  top: JsonObject | null
  equity: EquitySource | null
  trades: { file: string; table: CsvTable } | null
  /** report.json and metrics.json; null where they are absent. */
  report: JsonObject | null
  metrics: JsonObject | null
  /** Files that could not be read, and why. */
  faults: string[]
}

/** The first of these files that has rows is the equity curve; `piece` names the column of parts that each begin anew. */
const CURVES: readonly { file: string; column: string; piece: string | null }[] = [
  { file: 'oos_equity_stitched.csv', column: 'equity', piece: null },
  { file: 'oos_equity_timeseries.csv', column: 'equity', piece: 'split_name' },
  { file: 'oos_equity_curve.csv', column: 'equity', piece: null },
  { file: 'equity_curve.csv', column: 'equity', piece: null },
  { file: 'forward_equity_curve.csv', column: 'equity', piece: null },
  // A paper session: the curve of its headline figures, as in equity.parquet of a run.
  { file: 'equity.csv', column: 'equity', piece: null },
  { file: 'trades.csv', column: 'equity_after', piece: null },
]
const FILLS = ['trades.csv', 'forward_trades.csv']

/** Read a run directory; a file that is no CSV or Parquet throws its DATA_ERROR, an unreadable JSON file is a fault. */
export async function advancedSource(dir: string): Promise<AdvancedSource> {
  const { files, faults } = inspectRun(dir)
  const { metadata, config, metrics, report } = files
  const header = objectOf(report?.['header']) ?? report ?? {}
  const named = (name: string) => textOf(header[name]) ?? textOf(metadata?.[name])
  return {
    run_id: named('run_id') ?? textOf(metadata?.['session_id']),
    mode: named('mode'),
    created_at: named('created_at'),
    config: config ?? objectOf(report?.['config_resolved']) ?? {},
    extended: objectOf(metrics?.['extended']),
    top: firstOf(report?.['results']) ?? firstOf(report?.['oos_leaderboard']) ?? objectOf(metrics?.['best_result']),
    equity: await equityOf(dir),
    trades: tradesOf(dir),
    report,
    metrics,
    faults,
  }
}

/** The columns that the interactive page of a run draws; null where the run has none. */
export async function runColumns(dir: string): Promise<Record<(typeof RUN_COLUMNS)[number], Float64Array> | null> {
  const path = join(dir, 'equity.parquet')
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return null
  const { columns } = await readParquet(storing(path, () => readFileSync(path)))
  const drawn = RUN_COLUMNS.map(name => [name, columns[name]] as const)
  if (!drawn.every(([, column]) => column instanceof Float64Array && column.length > 0)) return null
  return Object.fromEntries(drawn) as Record<(typeof RUN_COLUMNS)[number], Float64Array>
}

const RUN_COLUMNS = ['ts', 'close', 'equity', 'drawdown', 'position'] as const

/** Names and sizes of the regular files of a directory, those in `without` left out, by name. */
export function filesOf(dir: string, without: readonly string[]): { file: string; size_bytes: number }[] {
  return listFolder(dir).flatMap(file => {
    const stat = storing(dir, () => statSync(join(dir, file), { throwIfNoEntry: false }))
    return stat?.isFile() && !without.includes(file) ? [{ file, size_bytes: stat.size }] : []
  })
}

async function equityOf(dir: string): Promise<EquitySource | null> {
  const path = join(dir, 'equity.parquet')
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
    const { columns } = await readParquet(
      storing(path, () => readFileSync(path)),
      ['ts', 'equity'],
    )
    const [ts, equity] = [columns['ts'] as Float64Array, columns['equity'] as Float64Array]
    if (ts.length > 0) return { file: 'equity.parquet', kind: 'columns', ts, equity }
  }
  for (const { file, column, piece } of CURVES) {
    const table = csvOf(join(dir, file))
    const names = ['timestamp', column, ...(piece === null ? [] : [piece])]
    // Some files of these names carry no times: they are no curve that can be shown.
    if (table !== null && table.rows.length > 0 && names.every(name => table.header.includes(name))) {
      return { file, kind: 'csv', table, column, piece }
    }
  }
  return null
}

function tradesOf(dir: string): { file: string; table: CsvTable } | null {
  for (const file of FILLS) {
    const table = csvOf(join(dir, file))
    if (table !== null) return { file, table }
  }
  return null
}

function csvOf(path: string): CsvTable | null {
  const text = readTextIfPresent(path)
  return text === null || text.trim() === '' ? null : parseCsv(text, path)
}

function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}

function firstOf(value: unknown): JsonObject | null {
  return Array.isArray(value) ? objectOf(value[0]) : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
