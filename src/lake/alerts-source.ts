/** A caller's file of alerts, CSV or Parquet by its content → columns; their rows are checked elsewhere. */

import { closeSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { parseCsv, parseNumber } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { openParquet } from '../base/parquet.ts'
import { RowFaults } from '../base/row-faults.ts'
import type { Column } from '../base/table.ts'
import { quoted, TimeCells } from './columns.ts'
import { isParquet, openRegular, type SourceFile } from './panel-source.ts'

/** Texts of an alert; `token` is the address or whatever names the token uniquely, and the bars of a token stand under it. */
export const ALERT_TEXTS = ['alert_id', 'token', 'symbol', 'chain', 'venue', 'caller', 'source'] as const
export const ALERT_NUMBERS = ['price', 'market_cap'] as const

/** Alerts as columns of one length; a column that is absent has no value in any row. */
export interface AlertColumns {
  /** Epoch ms; NaN where missing. */
  ts: Float64Array
  texts: Partial<Record<(typeof ALERT_TEXTS)[number], readonly (string | null)[]>>
  /** Quote currency a unit, and quote currency; NaN where unknown. */
  numbers: Partial<Record<(typeof ALERT_NUMBERS)[number], Float64Array>>
  /** Line of each row in a text file, from 1. */
  lines: ArrayLike<number> | null
}

/** A file of alerts as it was read. */
export interface AlertFile {
  columns: AlertColumns
  source: SourceFile
  ignored: string[]
}

const TIME_NAMES = ['ts', 'timestamp', 'time', 'alerted_at']
const HINT =
  'Needed are alert_id, ts (UTC) and token or symbol; chain, venue, caller, price, market_cap and source are read where present.'

/**
 * Read alerts; columns are found by name in any case. DATA_ERROR where the file is no regular one, damaged, lacks a column that is
 * needed, or has a cell that cannot be read.
 */
export async function readAlertColumns(path: string): Promise<AlertFile> {
  const file = openRegular(path)
  try {
    const parquet = isParquet(file)
    const bytes = storing(path, () => readFileSync(file))
    const name = basename(path)
    const source: SourceFile = {
      name,
      format: parquet ? 'parquet' : 'csv',
      sha256: sha256Hex(bytes),
      size_bytes: bytes.length,
    }
    const { header, cells, lines } = parquet ? await parquetCells(bytes) : csvCells(bytes, name)
    return { source, ...planned(name, header, cells, lines) }
  } finally {
    closeSync(file)
  }
}

function csvCells(bytes: Uint8Array, name: string) {
  const { header, rows, lines } = parseCsv(bytes, name)
  return { header, cells: header.map((_, at) => rows.map(row => row[at])) as Column[], lines }
}

async function parquetCells(bytes: Uint8Array) {
  const table = await openParquet(bytes).read()
  return { header: Object.keys(table.columns), cells: Object.values(table.columns), lines: null }
}

function planned(file: string, header: readonly string[], cells: readonly Column[], lines: number[] | null) {
  const names = header.map(name => name.trim().toLowerCase())
  const times = names.flatMap((name, at) => (TIME_NAMES.includes(name) ? [at] : []))
  const missing = [
    ...(times.length === 1 ? [] : [times.length === 0 ? 'no time column (ts)' : 'more than one time column']),
    ...(names.includes('alert_id') ? [] : ['no column alert_id']),
    ...(names.includes('token') || names.includes('symbol') ? [] : ['no column token or symbol']),
  ]
  if (missing.length > 0) {
    const message = `${file} has ${missing.join(', ')}; its columns are ${header.join(', ')}`
    throw fail('DATA_ERROR', { message }, { details: missing.map(message => ({ pointer: file, message })), hint: HINT })
  }
  const faults = new RowFaults()
  const columns: AlertColumns = { ts: timesOf(cells[times[0]], faults, lines), texts: {}, numbers: {}, lines }
  for (const text of ALERT_TEXTS) {
    const at = names.indexOf(text)
    if (at >= 0) columns.texts[text] = Array.from(cells[at] as ArrayLike<unknown>, cell => textOf(cell))
  }
  for (const number of ALERT_NUMBERS) {
    const at = names.indexOf(number)
    if (at >= 0) columns.numbers[number] = numbersOf(number, cells[at], faults, lines)
  }
  const error = faults.error(file, HINT)
  if (error !== null) throw error
  const used = [...TIME_NAMES, ...ALERT_TEXTS, ...ALERT_NUMBERS] as string[]
  return { columns, ignored: header.filter((_, at) => !used.includes(names[at])) }
}

/** Instants as they are, text and epoch numbers by the rules of price files. */
function timesOf(cells: Column, faults: RowFaults, lines: number[] | null): Float64Array {
  if (cells instanceof Float64Array) return cells
  const times = new TimeCells()
  return Float64Array.from(cells, (cell, row) => {
    const instant = times.read(String(cell ?? ''))
    if (typeof instant === 'number') return instant
    faults.add(row + 1, instant, lines?.[row])
    return Number.NaN
  })
}

function numbersOf(name: string, cells: Column, faults: RowFaults, lines: number[] | null): Float64Array {
  if (cells instanceof Float64Array) return cells
  return Float64Array.from(cells, (cell, row) => {
    const number = parseNumber(String(cell ?? ''))
    if (number === null) faults.add(row + 1, `${name} ${quoted(String(cell))} is no number`, lines?.[row])
    return number ?? Number.NaN
  })
}

function textOf(cell: unknown): string | null {
  if (cell === null || cell === undefined || cell === '' || Number.isNaN(cell)) return null
  return String(cell)
}
