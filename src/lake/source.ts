/** A caller's price file → raw columns: a regular file anywhere, CSV or Parquet by its content, read once and hashed. */

import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { parseNumber, scanCsv } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { hasCode, storing } from '../base/files.ts'
import { openParquet, type ParquetFile } from '../base/parquet.ts'
import { RowFaults } from '../base/row-faults.ts'
import type { Table } from '../base/table.ts'
import { DAY_MS } from '../market/calendar.ts'
import { type ColumnPlan, planColumns, quoted, type RawBars, TimeCells, type ValueColumn } from './columns.ts'
import { Numbers, SymbolNames } from './growing.ts'

/** A file as it was read. */
export interface Source {
  /** Name without its folders. */
  name: string
  format: 'csv' | 'parquet'
  size_bytes: number
  sha256: string
  raw: RawBars
}

const CHUNK = 4 * 1024 * 1024
/** Node reads no larger file at once. CSV is read in chunks and has no such limit; importing takes four bytes of memory a byte. */
const MAX_PARQUET = 2_147_483_647

const NUMBER_HINT =
  'Numbers are written with a decimal point and without grouping: 1234.56. An unknown volume stays empty.'
const TIME_HINT = 'Write the time column as UTC.'

/** Read a price file. DATA_ERROR where it is absent, no regular file, empty, damaged, or ambiguous in any cell; STORAGE_ERROR where it may not be read. */
export async function readSource(path: string): Promise<Source> {
  const file = openRegular(path)
  try {
    const head = new Uint8Array(4)
    const parquet = readSync(file, head, 0, 4, 0) === 4 && Buffer.from(head).toString('latin1') === 'PAR1'
    return parquet ? await parquetSource(path, file) : csvSource(path, file)
  } finally {
    closeSync(file)
  }
}

/** A FIFO without a writer would hold the program for ever; therefore non-blocking, and looked at before and after opening. */
function openRegular(path: string): number {
  return storing(path, () => {
    try {
      const regular = statSync(path).isFile()
      const file = regular ? openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) : -1
      if (regular && fstatSync(file).isFile()) return file
      if (regular) closeSync(file)
    } catch (error) {
      if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) throw error
      throw fail('DATA_ERROR', { message: `There is no file ${path}` }, { details: AT_PATH('no such file') })
    }
    throw fail('DATA_ERROR', { message: `${path} is not a regular file` }, { details: AT_PATH('not a regular file') })
  })
}

const AT_PATH = (message: string) => [{ pointer: '/params/path', message, expected: 'a CSV or Parquet file' }]

function csvSource(path: string, file: number): Source {
  const hash = createHash('sha256')
  const name = basename(path)
  let size = 0
  function* chunks() {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK)
      const length = storing(path, () => readSync(file, chunk, 0, CHUNK, null))
      if (length === 0) return
      size += length
      hash.update(chunk.subarray(0, length))
      yield chunk.subarray(0, length)
    }
  }
  const raw = readCsvBars(chunks(), name)
  return { name, format: 'csv', size_bytes: size, sha256: hash.digest('hex'), raw }
}

/** CSV bytes → columns; all unreadable cells are reported together. */
export function readCsvBars(chunks: Iterable<Uint8Array>, name: string): RawBars {
  const faults = new RowFaults()
  const ts = new Numbers()
  const lines = new Numbers()
  const symbols = new SymbolNames()
  const times = new TimeCells()
  const columns: { name: ValueColumn; at: number; cells: Numbers }[] = []
  let plan: ColumnPlan | undefined
  scanCsv(chunks, name, header => {
    plan = planColumns(header, name)
    const { time, symbol, values } = plan
    for (const value of values) columns.push({ ...value, cells: new Numbers() })
    return (cells, row, line) => {
      const instant = times.read(cells[time])
      if (typeof instant === 'string') faults.add(row, instant, line)
      ts.push(typeof instant === 'string' ? Number.NaN : instant)
      lines.push(line)
      if (symbol !== null) symbols.push(cells[symbol])
      for (const column of columns) {
        const number = parseNumber(cells[column.at])
        if (number === null) faults.add(row, `${column.name} ${quoted(cells[column.at])} is no number`, line)
        column.cells.push(number ?? Number.NaN)
      }
    }
  })
  const error = faults.error(name, `${NUMBER_HINT} ${TIME_HINT}`)
  if (error !== null) throw error
  return {
    ts: ts.done(),
    values: Object.fromEntries(columns.map(column => [column.name, column.cells.done()])),
    symbols: plan?.symbol == null ? null : symbols.done(),
    lines: lines.done(),
    ignored: plan?.ignored ?? [],
  }
}

async function parquetSource(path: string, file: number): Promise<Source> {
  const name = basename(path)
  const { size } = fstatSync(file)
  if (size > MAX_PARQUET) {
    throw fail('DATA_ERROR', { message: `${name} is larger than 2 GiB; split it, or register it as CSV` })
  }
  const bytes = storing(path, () => readFileSync(file))
  const parquet = openParquet(bytes, name)
  const plan = planColumns(
    parquet.columns.map(column => column.name),
    name,
  )
  const wanted = [plan.time, ...(plan.symbol === null ? [] : [plan.symbol]), ...plan.values.map(value => value.at)]
  const table = await parquet.read(wanted.map(at => parquet.columns[at].name))
  const raw = parquetBars(name, parquet, plan, table)
  return { name, format: 'parquet', size_bytes: bytes.length, sha256: sha256Hex(bytes), raw }
}

function parquetBars(name: string, parquet: ParquetFile, plan: ColumnPlan, table: Table): RawBars {
  const numeric = ({ name: column, at }: { name: string; at: number }) => {
    const cells = table.columns[parquet.columns[at].name]
    if (cells instanceof Float64Array && parquet.columns[at].kind === 'number') return cells
    throw fail('DATA_ERROR', { message: `${name}: column ${column} holds ${parquet.columns[at].kind}, not numbers` })
  }
  const values = Object.fromEntries(plan.values.map(value => [value.name, numeric(value)]))
  return {
    ts: parquetTimes(name, parquet, plan.time, table),
    values,
    symbols: plan.symbol === null ? null : parquetSymbols(name, parquet, plan.symbol, table),
    lines: null,
    ignored: plan.ignored,
  }
}

/** Instants as they are; text and epoch numbers by the rules of CSV; wall-clock timestamps only where they are plain dates. */
function parquetTimes(name: string, parquet: ParquetFile, at: number, table: Table): Float64Array {
  const column = parquet.columns[at]
  const cells = table.columns[column.name]
  if (column.kind === 'timestamp' && cells instanceof Float64Array) {
    if (column.utc || cells.every(ms => ms % DAY_MS === 0)) return cells
    const message = `${name}: column ${column.name} holds wall-clock times without a time zone`
    throw fail('DATA_ERROR', { message }, { hint: 'Store UTC timestamps (isAdjustedToUTC), e.g. tz_localize("UTC").' })
  }
  const times = new TimeCells()
  const faults = new RowFaults()
  const out = new Float64Array(table.rows)
  for (let row = 0; row < table.rows; row++) {
    const cell = cells[row]
    const instant = times.read(cell === null || Number.isNaN(cell) ? '' : String(cell))
    if (typeof instant === 'string') faults.add(row + 1, instant)
    else out[row] = instant
  }
  const error = faults.error(name, TIME_HINT)
  if (error !== null) throw error
  return out
}

function parquetSymbols(name: string, parquet: ParquetFile, at: number, table: Table): RawBars['symbols'] {
  const column = parquet.columns[at]
  if (column.kind !== 'text') throw fail('DATA_ERROR', { message: `${name}: column ${column.name} is not text` })
  const cells = table.columns[column.name] as readonly (string | null)[]
  const symbols = new SymbolNames()
  for (let row = 0; row < table.rows; row++) symbols.push(cells[row] ?? '')
  return symbols.done()
}
