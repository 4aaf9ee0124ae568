/** A long table of a caller, CSV or Parquet by its content → raw columns with assets as positions; nothing is checked yet. */

import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { parseNumber, scanCsv } from '../base/csv.ts'
import { queryColumns } from '../base/duckdb.ts'
import { fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { openParquet, type ParquetFile } from '../base/parquet.ts'
import { RowFaults } from '../base/row-faults.ts'
import type { Column, Table } from '../base/table.ts'
import { DAY_MS } from '../market/calendar.ts'
import { quoted, TimeCells } from './columns.ts'
import { Numbers, SymbolNames } from './growing.ts'
import { FACTS, type FactName, type LongPlan, planLong } from './panel-columns.ts'

/** Texts row by row as positions in a list that holds each once. */
export interface Names {
  names: readonly string[]
  index: ArrayLike<number>
}

/** One long table before any check; all columns have one length. */
export interface LongRows {
  table: FactName
  /** Name of the file, as errors show it. */
  file: string
  asset: Names
  /** Epoch ms. */
  date: Float64Array
  /** NaN where the file gives none. */
  value: Float64Array
  /** Instrument and exchange of each row, where the file tells them. */
  instrument: Names | null
  /** Line of each row in a text file, from 1; null for Parquet. */
  lines: ArrayLike<number> | null
}

export interface SourceFile {
  name: string
  format: 'csv' | 'parquet'
  sha256: string
  size_bytes: number
}

/** A file as it was read: one or several tables over the same keys. */
export interface LongFile {
  source: SourceFile
  tables: LongRows[]
  ignored: string[]
}

const CHUNK = 4 * 1024 * 1024
const MAX_PARQUET = 2_147_483_647
const HINT = 'Numbers are written 1234.56; an absent value is an empty cell (Parquet: null), never NaN. Days are UTC.'

/** Read a long file that holds `tables`. DATA_ERROR where it is no regular file, damaged, or has a cell that cannot be read. */
export async function readLongFile(path: string, tables: readonly FactName[]): Promise<LongFile> {
  const file = openRegular(path)
  try {
    return isParquet(file) ? await parquetFile(path, file, tables) : csvFile(path, file, tables)
  } finally {
    closeSync(file)
  }
}

/** Open a file that is a regular one (a FIFO would hold the program for ever). DATA_ERROR for anything else. */
export function openRegular(path: string): number {
  if (!storing(path, () => statSync(path)).isFile()) {
    throw fail('DATA_ERROR', { message: `${path} is not a regular file` })
  }
  return storing(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
}

/** True where an open file begins as Parquet does. */
export function isParquet(file: number): boolean {
  const head = new Uint8Array(4)
  return readSync(file, head, 0, 4, 0) === 4 && Buffer.from(head).toString('latin1') === 'PAR1'
}

function csvFile(path: string, file: number, tables: readonly FactName[]): LongFile {
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
  const columns = readCsv(chunks(), name, tables)
  return { ...columns, source: { name, format: 'csv', sha256: hash.digest('hex'), size_bytes: size } }
}

function readCsv(chunks: Iterable<Uint8Array>, name: string, tables: readonly FactName[]) {
  const faults = new RowFaults()
  const [asset, instrument] = [new SymbolNames(), new SymbolNames()]
  const [date, lines] = [new Numbers(), new Numbers()]
  const readDay = dayReader()
  const columns: { table: FactName; at: number; cells: Numbers }[] = []
  let plan: LongPlan | undefined
  scanCsv(chunks, name, header => {
    plan = planLong(header, tables, name)
    const { asset: assetAt, date: dateAt, instrument: instrumentAt } = plan
    for (const value of plan.values) columns.push({ ...value, cells: new Numbers() })
    return (cells, row, line) => {
      const day = readDay(cells[dateAt])
      if (typeof day === 'string') faults.add(row, day, line)
      date.push(typeof day === 'string' ? Number.NaN : day)
      lines.push(line)
      asset.push(cells[assetAt])
      if (instrumentAt.length > 0) instrument.push(instrumentAt.map(at => cells[at]).join('@'))
      for (const column of columns) {
        const number = parseNumber(cells[column.at])
        if (number === null)
          faults.add(row, `${FACTS[column.table].column} ${quoted(cells[column.at])} is no number`, line)
        column.cells.push(number ?? Number.NaN)
      }
    }
  })
  const error = faults.error(name, HINT)
  if (error !== null) throw error
  const keys = {
    file: name,
    asset: asset.done(),
    date: date.done(),
    instrument: plan?.instrument.length ? instrument.done() : null,
    lines: lines.done(),
  }
  return {
    tables: columns.map(({ table, cells }) => ({ ...keys, table, value: cells.done() })),
    ignored: plan?.ignored ?? [],
  }
}

/** Reads the cells of a date column; a panel repeats each day for every asset, so that each text is parsed once. */
function dayReader(): (text: string) => number | string {
  const times = new TimeCells()
  const seen = new Map<string, number | string>()
  return text => {
    let day = seen.get(text)
    if (day === undefined) {
      day = times.read(text)
      seen.set(text, day)
    }
    return day
  }
}

async function parquetFile(path: string, file: number, tables: readonly FactName[]): Promise<LongFile> {
  const name = basename(path)
  const { size } = fstatSync(file)
  if (size > MAX_PARQUET) {
    throw fail('DATA_ERROR', { message: `${name} is larger than 2 GiB; give the table as CSV` })
  }
  const bytes = storing(path, () => readFileSync(file))
  const parquet = openParquet(bytes)
  const header = parquet.columns.map(column => column.name)
  const plan = planLong(header, tables, name)
  const wanted = [plan.asset, plan.date, ...plan.values.map(({ at }) => at), ...plan.instrument]
  const table = await parquet.read(wanted.map(at => header[at]))
  const keys = {
    file: name,
    asset: namesOf(name, parquet, [plan.asset], table),
    date: daysOf(name, parquet, plan.date, table),
    instrument: plan.instrument.length > 0 ? namesOf(name, parquet, plan.instrument, table) : null,
    lines: null,
  }
  const values: LongRows[] = []
  for (const { table: fact, at } of plan.values) {
    const value = table.columns[header[at]]
    if (parquet.columns[at].kind !== 'number' || !(value instanceof Float64Array)) {
      throw fail('DATA_ERROR', {
        message: `${name}: column ${header[at]} holds ${parquet.columns[at].kind}, not numbers`,
      })
    }
    await refuseNaN(path, name, header[at], value)
    values.push({ ...keys, table: fact, value })
  }
  const source: SourceFile = { name, format: 'parquet', sha256: sha256Hex(bytes), size_bytes: bytes.length }
  return { source, tables: values, ignored: plan.ignored }
}

/**
 * A null is an absent value and NaN a fault of the source, but both are read as NaN. Only a column that has either is asked
 * about again, by DuckDB, which tells them apart.
 */
async function refuseNaN(path: string, name: string, column: string, value: Float64Array): Promise<void> {
  if (!value.some(Number.isNaN)) return
  const file = path.replaceAll("'", "''").replace(/[[\]*?]/g, '[$&]')
  const cell = `"${column.replaceAll('"', '""')}"`
  const sql = `SELECT file_row_number FROM read_parquet('${file}', file_row_number = true) WHERE isnan(CAST(${cell} AS DOUBLE)) ORDER BY 1`
  // A result without rows comes without columns.
  const rows = (await nanQuery(name, sql))['file_row_number'] ?? []
  const faults = new RowFaults()
  for (const row of rows) faults.add(Number(row) + 1, `${column} is NaN`)
  const error = faults.error(name, HINT)
  if (error !== null) throw error
}

async function nanQuery(name: string, sql: string): Promise<Record<string, Column>> {
  try {
    return await queryColumns(sql)
  } catch (error) {
    const message = `${name} cannot be searched for NaN: ${error instanceof Error ? error.message : error}`
    throw fail('DATA_ERROR', { message }, { hint: 'Write the table again as plain Parquet, or give it as CSV.' })
  }
}

function namesOf(name: string, parquet: ParquetFile, at: readonly number[], table: Table): Names {
  const columns = at.map(position => {
    const { name: column, kind } = parquet.columns[position]
    if (kind !== 'text') throw fail('DATA_ERROR', { message: `${name}: column ${column} holds ${kind}, not text` })
    return table.columns[column] as readonly (string | null)[]
  })
  const names = new SymbolNames()
  const [first] = columns
  for (let row = 0; row < table.rows; row++) {
    names.push(columns.length === 1 ? (first[row] ?? '') : columns.map(cells => cells[row] ?? '').join('@'))
  }
  return names.done()
}

/** Dates and instants as they are, text by the rules of CSV; that each is a midnight is checked with the rows. */
function daysOf(name: string, parquet: ParquetFile, at: number, table: Table): Float64Array {
  const { name: column, kind, utc } = parquet.columns[at]
  const cells = table.columns[column]
  if (kind === 'timestamp' && cells instanceof Float64Array) {
    if (utc || cells.every(ms => ms % DAY_MS === 0)) return cells
    throw fail(
      'DATA_ERROR',
      { message: `${name}: column ${column} holds wall-clock times without a time zone` },
      { hint: HINT },
    )
  }
  if (kind !== 'text') {
    throw fail('DATA_ERROR', { message: `${name}: column ${column} holds ${kind}, not dates` }, { hint: HINT })
  }
  const readDay = dayReader()
  const faults = new RowFaults()
  const out = new Float64Array(table.rows)
  for (let row = 0; row < table.rows; row++) {
    const day = readDay((cells[row] as string | null) ?? '')
    if (typeof day === 'string') faults.add(row + 1, day)
    else out[row] = day
  }
  const error = faults.error(name, HINT)
  if (error !== null) throw error
  return out
}
