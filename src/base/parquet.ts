/** `Table` ↔ Parquet: the only door to hyparquet, its writer and its decompressors. */

import { readFileSync } from 'node:fs'
import {
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { fail, GatewayError } from './errors.ts'
import { storing } from './files.ts'
import { int64Of, numbersParquet, onlyNumbers } from './parquet-numbers.ts'
import { joinColumn, type ParquetKind, type ValueForm } from './parquet-values.ts'
import type { Cell, Column, Table } from './table.ts'

/** One column of a file, before its values are read. */
export interface ParquetColumn {
  name: string
  kind: ParquetKind
  /** False for a timestamp without a time zone, whose instant is therefore unknown. */
  utc: boolean
}

/** An opened Parquet file: its footer is read, its columns are read on demand. */
export interface ParquetFile {
  rows: number
  columns: ParquetColumn[]
  /** The footer's own key-value pairs. */
  metadata: Record<string, string>
  /**
   * Read columns (all readable ones by default): numbers, dates and instants (epoch ms) as Float64Array with NaN for null;
   * text and booleans as arrays with null. Throws DATA_ERROR for an absent or nested column and for damage.
   */
  read(names?: readonly string[]): Promise<Table>
}

/** Physical type of a written column; without one, Float64Array is `double` and the others go by their values. */
export type ParquetType = 'double' | 'int64' | 'timestamp' | 'text' | 'boolean'

export interface ParquetOptions {
  /** Types by column; `timestamp` takes epoch ms and is stored as TIMESTAMP(MILLIS, UTC). */
  types?: Record<string, ParquetType>
  /** Key-value pairs for the footer, written in this order. */
  metadata?: Record<string, string>
}

/** Read columns of a Parquet file into a table; see `ParquetFile.read` for the cells and the errors. */
export async function readParquet(source: string | Uint8Array, columns?: readonly string[]): Promise<Table> {
  return openParquet(source).read(columns)
}

/** Open a Parquet file by path or bytes and read its footer; `name` stands in the errors. Throws DATA_ERROR where it is empty, cut off or no Parquet. */
export function openParquet(
  source: string | Uint8Array,
  name = typeof source === 'string' ? source : 'Parquet data',
): ParquetFile {
  const bytes = typeof source === 'string' ? storing(source, () => readFileSync(source)) : source
  const footer = guarded(name, () => parquetMetadata(bytes, { geoparquet: false }))
  return guarded(name, () => {
    const columns = columnsOf(footer)
    const rows = rowsOf(footer)
    return {
      rows,
      columns: columns.map(({ name, form, utc }) => ({ name, kind: form.kind, utc })),
      metadata: Object.fromEntries((footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ''])),
      read: names => readColumns(name, bytes, footer, columns, rows, names),
    }
  })
}

/**
 * Parquet bytes of a table: the same table and options give the same bytes. Cells that are null, NaN or infinite become
 * null; a column without any is REQUIRED. Plain uncompressed pages: snappy halves the bytes of a price column at best and
 * takes three times as long to read; statistics help no reader of one sorted symbol.
 */
export function parquetBytes(table: Table, options: ParquetOptions = {}): Uint8Array {
  const names = Object.keys(table.columns)
  const sources = names.map(name => columnSource(name, table.columns[name], options.types?.[name]))
  const kvMetadata = Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value }))
  const numbers = onlyNumbers(sources, ROW_GROUP)
  if (numbers !== null) return numbersParquet(numbers, { kvMetadata, createdBy: WRITER })
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: sources.map(({ source }) => source),
      schema: [{ name: 'root', num_children: names.length }, ...sources.map(({ element }) => element)],
      codec: 'UNCOMPRESSED',
      statistics: false,
      // One row group and one page a column up to 2^20 rows: the reader then hands out views, not copies.
      rowGroupSize: ROW_GROUP,
      pageSize: ROW_GROUP * 8,
      kvMetadata,
      createdBy: WRITER,
    }),
  )
}

const WRITER = 'quantlab'

const ROW_GROUP = 1_048_576
const UTC_MS = { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } as const
const DAY_MS = 86_400_000

interface OpenColumn {
  name: string
  form: ValueForm
  utc: boolean
}

/** Plan the conversion of each top-level column, and take its logical type away so that hyparquet hands out physical values. */
function columnsOf(footer: FileMetaData): OpenColumn[] {
  return parquetSchema(footer).children.map(({ element, children }) => {
    if (children.length > 0 || element.repetition_type === 'REPEATED') {
      return { name: element.name, form: { kind: 'unsupported' }, utc: false }
    }
    const utc = !(element.logical_type?.type === 'TIMESTAMP' && !element.logical_type.isAdjustedToUTC)
    const form = formOf(element)
    if (form.perMs !== undefined || form.unitMs !== undefined || form.scale !== undefined || form.kind === 'text') {
      element.converted_type = undefined
      element.logical_type = undefined
    }
    return { name: element.name, form, utc }
  })
}

function formOf({ type, converted_type: converted, logical_type: logical, scale }: SchemaElement): ValueForm {
  if (logical?.type === 'TIMESTAMP') return { kind: 'timestamp', perMs: PER_MS[logical.unit] }
  if (converted === 'TIMESTAMP_MILLIS') return { kind: 'timestamp', perMs: 1 }
  if (converted === 'TIMESTAMP_MICROS') return { kind: 'timestamp', perMs: 1000 }
  if (converted === 'DATE' || logical?.type === 'DATE') return { kind: 'timestamp', unitMs: DAY_MS }
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return { kind: 'number', scale: scale ?? 0 }
  if (type === 'INT96') return { kind: 'timestamp' }
  if (type === 'BOOLEAN') return { kind: 'boolean' }
  if (type === 'BYTE_ARRAY') {
    return { kind: logical?.type === 'GEOMETRY' || logical?.type === 'GEOGRAPHY' ? 'unsupported' : 'text' }
  }
  if (type === 'FIXED_LEN_BYTE_ARRAY') return { kind: logical?.type === 'FLOAT16' ? 'number' : 'unsupported' }
  return { kind: 'number' }
}

const PER_MS = { MILLIS: 1, MICROS: 1000, NANOS: 1_000_000 }

async function readColumns(
  file: string,
  bytes: Uint8Array,
  footer: FileMetaData,
  columns: readonly OpenColumn[],
  rows: number,
  names: readonly string[] = columns.filter(column => column.form.kind !== 'unsupported').map(column => column.name),
): Promise<Table> {
  const wanted = names.map(name => readable(file, columns, name))
  const pages = new Map(names.map(name => [name, [] as ArrayLike<unknown>[]]))
  if (rows > 0 && names.length > 0) {
    try {
      await parquetRead({
        file: {
          byteLength: bytes.length,
          slice: (start, end) => sliceOf(bytes, start, end),
        },
        metadata: footer,
        columns: [...names],
        compressors: await decompressorsFor(footer, names),
        parsers: { timestampFromNanoseconds: nanos => Number(nanos / 1_000_000n) },
        // hyparquet calls back in page order, once a column has been read; a throw in here would be lost.
        onChunk: ({ columnName, columnData }) => pages.get(columnName)?.push(columnData),
      })
    } catch (error) {
      throw damaged(file, error)
    }
  }
  const table: Table = { columns: {}, rows }
  for (const { name, form } of wanted) {
    const column = pages.get(name) ?? []
    const found = column.reduce((sum, page) => sum + page.length, 0)
    if (found !== rows) throw damaged(file, `column ${name} has ${found} of ${rows} rows`)
    table.columns[name] = joinColumn(name, form, column, rows)
  }
  return table
}

function readable(file: string, columns: readonly OpenColumn[], name: string): OpenColumn {
  const column = columns.find(candidate => candidate.name === name)
  if (column !== undefined && column.form.kind !== 'unsupported') return column
  const present = columns.map(candidate => candidate.name).join(', ')
  throw fail('DATA_ERROR', {
    message: column
      ? `${file}: column ${name} is nested or binary`
      : `${file} has no column ${name}; it has ${present}`,
  })
}

/** A copy of its own, aligned: the views that hyparquet makes then neither copy again nor keep the whole file alive. */
function sliceOf(bytes: Uint8Array, start: number, end: number | undefined): ArrayBuffer {
  const from = bytes.byteOffset + start
  const to = bytes.byteOffset + Math.min(end ?? bytes.length, bytes.length)
  return bytes.buffer.slice(from, to) as ArrayBuffer
}

/** The decompressors (70 KB of code and a WebAssembly module) are loaded only for a file that needs them. */
async function decompressorsFor(footer: FileMetaData, names: readonly string[]): Promise<Compressors | undefined> {
  for (const { columns } of footer.row_groups) {
    for (const { meta_data: chunk } of columns) {
      if (chunk === undefined || !names.includes(chunk.path_in_schema[0])) continue
      if (chunk.codec !== 'UNCOMPRESSED' && chunk.codec !== 'SNAPPY') {
        return (await import('hyparquet-compressors')).compressors
      }
    }
  }
  return undefined
}

function rowsOf(footer: FileMetaData): number {
  const rows = Number(footer.num_rows)
  if (!Number.isSafeInteger(rows) || rows < 0) throw new Error('the footer has no row count')
  return rows
}

function guarded<T>(file: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw damaged(file, error)
  }
}

/** Whatever hyparquet throws on bytes that are not what they claim to be is one fault to a caller. */
function damaged(file: string, reason: unknown): GatewayError {
  if (reason instanceof GatewayError) return reason
  const text = reason instanceof Error ? reason.message.replace(/^parquet /, '') : String(reason)
  return fail(
    'DATA_ERROR',
    { message: `${file} is not a readable Parquet file: ${text}` },
    { hint: 'The file is empty, cut off, damaged or of another format: export it again.' },
  )
}

/** Schema element and values of one column as the writer takes them. */
function columnSource(name: string, column: Column, given: ParquetType | undefined) {
  const type = given ?? typeOf(column)
  const data = valuesOf(name, column, type)
  const required = data instanceof Float64Array || data instanceof BigInt64Array || !data.includes(null)
  const element: SchemaElement = { name, repetition_type: required ? 'REQUIRED' : 'OPTIONAL', ...PHYSICAL[type] }
  const source: ColumnSource = { name, data: data as ColumnSource['data'], encoding: 'PLAIN' }
  return { element, source }
}

const PHYSICAL: Record<ParquetType, Partial<SchemaElement>> = {
  double: { type: 'DOUBLE' },
  int64: { type: 'INT64' },
  timestamp: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type: UTC_MS },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  boolean: { type: 'BOOLEAN' },
}

function typeOf(column: Column): ParquetType {
  if (column instanceof Float64Array) return 'double'
  const first = column.find(cell => cell !== null && cell !== undefined)
  if (typeof first === 'number') return 'double'
  return typeof first === 'boolean' ? 'boolean' : 'text'
}

function valuesOf(name: string, column: Column, type: ParquetType): Float64Array | BigInt64Array | unknown[] {
  if (type === 'double') return doublesOf(name, column)
  if (type === 'int64' || type === 'timestamp') {
    if (column instanceof Float64Array && column.every(Number.isSafeInteger)) return int64Of(column)
    const cells = Array.from(column as ArrayLike<Cell>, cell => integerOf(name, cell))
    return cells.includes(null) ? cells : BigInt64Array.from(cells as bigint[])
  }
  return Array.from(column as ArrayLike<Cell>, cell => {
    if (cell === null || cell === undefined) return null
    if (typeof cell !== (type === 'text' ? 'string' : 'boolean')) throw mistyped(name, cell, type)
    return cell
  })
}

function doublesOf(name: string, column: Column): Float64Array | (number | null)[] {
  if (column instanceof Float64Array && column.every(Number.isFinite)) return column
  return Array.from(column as ArrayLike<Cell>, cell => {
    if (cell === null || cell === undefined) return null
    if (typeof cell !== 'number') throw mistyped(name, cell, 'double')
    return Number.isFinite(cell) ? cell : null
  })
}

function integerOf(name: string, cell: Cell): bigint | null {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return null
  if (!Number.isSafeInteger(cell)) throw mistyped(name, cell, 'int64')
  return BigInt(cell as number)
}

function mistyped(name: string, cell: Cell, type: ParquetType): TypeError {
  return new TypeError(`column ${name}: ${JSON.stringify(cell)} is no ${type}`)
}
