/** DuckDB, loaded on demand: open, query as typed columns, close; the only door to `@duckdb/node-api`. */

import type { DuckDBConnection, DuckDBInstance, DuckDBVector } from '@duckdb/node-api'
import type { Cell, Column, Table } from './table.ts'

/** An open database with one connection; queries on it run one after the other. */
export interface Database {
  /** Run a statement without reading a result. */
  run(sql: string, values?: Record<string, string | number | boolean | null>): Promise<void>
  /**
   * Rows of a query as typed columns: numbers, dates and timestamps (epoch ms) as Float64Array with NaN for null, text and
   * booleans as arrays with null. Throws TypeError for a column of another type: cast it in SQL, a list with `to_json`.
   */
  query(sql: string, values?: Record<string, string | number | boolean | null>): Promise<Table>
  close(): void
}

export interface OpenOptions {
  readOnly?: boolean
  /** Settings of DuckDB, as text. */
  settings?: Record<string, string>
}

/** Open a database file, or `:memory:`. Throws where the file is not a database or another process holds it for writing. */
export async function openDatabase(
  path: string,
  { readOnly = false, settings = {} }: OpenOptions = {},
): Promise<Database> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const access: Record<string, string> = readOnly ? { access_mode: 'READ_ONLY' } : {}
  const instance = await DuckDBInstance.create(path, { ...access, ...settings })
  try {
    return databaseOf(instance, await instance.connect())
  } catch (error) {
    instance.closeSync()
    throw error
  }
}

/** Run one query on a fresh in-memory database; the columns by name. */
export async function queryColumns(sql: string): Promise<Record<string, Column>> {
  const database = await openDatabase(':memory:')
  try {
    return (await database.query(sql)).columns
  } finally {
    database.close()
  }
}

/** One statement for a locked database; `values` are its named parameters. */
export interface SelectQuery {
  name: string
  sql: string
  values?: Record<string, ParameterValue>
}

export type ParameterValue = string | number | boolean | null

/** A cell as JSON: instants as ISO 8601 UTC, whole numbers beyond ±2^53, times, intervals and bytes as text, NaN as null. */
export type JsonCell = string | number | boolean | null | JsonCell[] | { [key: string]: JsonCell }

export interface SelectAnswer {
  name: string
  columns: { name: string; type: string }[]
  rows: JsonCell[][]
  /** What cut the rows short; null where they are all there. */
  truncated: 'rows' | 'bytes' | null
  /** Parameters that the statement names. */
  parameters: string[]
}

export interface SelectLimits {
  rows: number
  /** Characters of all rows as JSON. */
  bytes: number
}

/** The statement is not the one SELECT that a locked database takes, or its parameters are not those given. */
export class RefusedStatement extends Error {}

/** A database on which nothing can be done but read its own tables. */
export interface LockedDatabase {
  /** RefusedStatement for anything but one SELECT; an Error of DuckDB for one that fails. */
  select(query: SelectQuery, limits: SelectLimits): Promise<SelectAnswer>
  close(): void
}

/**
 * Open a database file so that SQL on it can neither write, read another file, load an extension nor change a setting: read-only
 * alone still lets COPY write, and allow lists let it write what they allow. `memory` is in bytes; nothing spills to disk. One
 * thread, so that sums of floating-point numbers are the same each time.
 */
export async function openLocked(path: string, memory: number): Promise<LockedDatabase> {
  const api = await import('@duckdb/node-api')
  const instance = await api.DuckDBInstance.create(path, {
    access_mode: 'READ_ONLY',
    threads: '1',
    memory_limit: `${memory}B`,
    temp_directory: '',
    max_temp_directory_size: '0B',
    allow_persistent_secrets: 'false',
    allow_community_extensions: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // These two come last: nothing can be set behind them.
    enable_external_access: 'false',
    lock_configuration: 'true',
  })
  const connection = await instance.connect()
  const cells = cellForms(api)
  return {
    select: (query, limits) => select(connection, query, limits, api.StatementType.SELECT, cells),
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** The gate stands behind the lock: preparing a statement already opens the files that it names. */
async function select(
  connection: DuckDBConnection,
  { name, sql, values = {} }: SelectQuery,
  limits: SelectLimits,
  selectType: number,
  cell: (value: unknown) => JsonCell,
): Promise<SelectAnswer> {
  // DuckDB would read no further, and what is recorded as the SQL would not be what ran.
  if (sql.includes('\0')) throw new RefusedStatement('it holds a NUL character')
  const statements = await extracted(connection, sql)
  if (statements.count !== 1) throw new RefusedStatement(`expected one SELECT, found ${statements.count} statements`)
  const prepared = await statements.prepare(0)
  if (prepared.statementType !== selectType) throw new RefusedStatement('only a SELECT may be run')
  const parameters = Array.from({ length: prepared.parameterCount }, (_, index) => prepared.parameterName(index + 1))
  const missing = parameters.filter(parameter => !Object.hasOwn(values, parameter))
  if (missing.length > 0)
    throw new RefusedStatement(`no value for the parameter ${missing.map(at => `$${at}`).join(', ')}`)
  if (parameters.length > 0)
    prepared.bind(Object.fromEntries(parameters.map(parameter => [parameter, values[parameter]])))
  const result = await prepared.stream()
  const types = result.columnTypes().map(String)
  const columns = result.columnNames().map((column, index) => ({ name: column, type: types[index] }))
  const rows: JsonCell[][] = []
  let bytes = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { name, columns, rows, truncated: null, parameters }
    for (const values of chunk.getRows()) {
      if (rows.length === limits.rows) return { name, columns, rows, truncated: 'rows', parameters }
      const row = values.map(cell)
      bytes += JSON.stringify(row).length
      if (bytes > limits.bytes) return { name, columns, rows, truncated: 'bytes', parameters }
      rows.push(row)
    }
  }
}

/** DuckDB says nothing of use where there is no statement at all. */
async function extracted(connection: DuckDBConnection, sql: string) {
  try {
    return await connection.extractStatements(sql)
  } catch (error) {
    const message = (error as Error).message.replace('Failed to extract statements: ', '')
    if (message.includes('native callback')) throw new RefusedStatement('expected one SELECT, found none')
    throw new Error(message)
  }
}

/** Values of DuckDB as JSON. */
function cellForms(api: typeof import('@duckdb/node-api')): (value: unknown) => JsonCell {
  const cell = (value: unknown): JsonCell => {
    if (value === null || value === undefined) return null
    if (typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return Number.isFinite(value) ? value : null
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
    if (value instanceof api.DuckDBDecimalValue) return Number(String(value))
    if (value instanceof api.DuckDBTimestampValue || value instanceof api.DuckDBTimestampTZValue) return instant(value)
    if (value instanceof api.DuckDBTimestampMillisecondsValue) return instant({ micros: value.millis * 1000n })
    if (value instanceof api.DuckDBTimestampSecondsValue) return instant({ micros: value.seconds * 1_000_000n })
    if (value instanceof api.DuckDBListValue || value instanceof api.DuckDBArrayValue) return value.items.map(cell)
    if (value instanceof api.DuckDBStructValue)
      return Object.fromEntries(Object.entries(value.entries).map(([key, item]) => [key, cell(item)]))
    if (value instanceof api.DuckDBMapValue) {
      return value.entries.map(entry => ({ key: cell(entry.key), value: cell(entry.value) }))
    }
    if (value instanceof api.DuckDBUnionValue) return { tag: value.tag, value: cell(value.value) }
    return String(value)
  }
  return cell
}

const MAX_INSTANT_MS = 8.64e15

/** ISO 8601 with milliseconds, or microseconds where there are any; beyond the range of dates DuckDB's own text. */
function instant(value: { micros: bigint }): string {
  const rest = ((value.micros % 1000n) + 1000n) % 1000n
  const ms = Number((value.micros - rest) / 1000n)
  if (Math.abs(ms) > MAX_INSTANT_MS) return String(value)
  const text = new Date(ms).toISOString()
  return rest === 0n ? text : text.replace('Z', `${String(rest).padStart(3, '0')}Z`)
}

/** A text as an SQL literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function databaseOf(instance: DuckDBInstance, connection: DuckDBConnection): Database {
  return {
    async run(sql, values) {
      await connection.run(sql, values)
    },
    async query(sql, values) {
      const result = await connection.run(sql, values)
      const chunks = await result.fetchAllChunks()
      const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0)
      const columns: Record<string, Column> = {}
      for (const [index, name] of result.columnNames().entries()) {
        const type = String(result.columnType(index))
        columns[name] = columnOf(
          name,
          type,
          chunks.map(chunk => chunk.getColumnVector(index)),
          rows,
        )
      }
      return { columns, rows }
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

const NUMBERS = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'FLOAT', 'DOUBLE'])
const INTEGERS = new Set(['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT'])
const MICROS: Record<string, bigint> = { TIMESTAMP: 1000n, 'TIMESTAMP WITH TIME ZONE': 1000n }

function columnOf(name: string, type: string, vectors: DuckDBVector[], rows: number): Column {
  if (type === 'VARCHAR' || type === 'JSON' || type === 'BOOLEAN') return cellsOf(vectors, rows)
  if (NUMBERS.has(type)) return numbersOf(vectors, rows, Number)
  if (INTEGERS.has(type)) return numbersOf(vectors, rows, value => safeInteger(name, value as bigint))
  if (type === 'DATE') return numbersOf(vectors, rows, value => (value as { days: number }).days * 86_400_000)
  if (type === 'TIMESTAMP_MS') return numbersOf(vectors, rows, value => Number((value as { millis: bigint }).millis))
  const divisor = MICROS[type]
  if (divisor !== undefined) {
    return numbersOf(vectors, rows, value => Number((value as { micros: bigint }).micros / divisor))
  }
  throw new TypeError(`column ${name} is ${type}: cast it to a number, text, boolean or timestamp`)
}

function cellsOf(vectors: readonly DuckDBVector[], rows: number): Cell[] {
  const out = new Array<Cell>(rows)
  let at = 0
  for (const vector of vectors) for (let i = 0; i < vector.itemCount; i++) out[at++] = vector.getItem(i) as Cell
  return out
}

function numbersOf(vectors: readonly DuckDBVector[], rows: number, toNumber: (value: unknown) => number): Float64Array {
  const out = new Float64Array(rows)
  let at = 0
  for (const vector of vectors) {
    for (let i = 0; i < vector.itemCount; i++) {
      const value = vector.getItem(i)
      out[at++] = value === null ? Number.NaN : toNumber(value)
    }
  }
  return out
}

/** A count beyond 2^53 cannot be held exactly; better refused than rounded. */
function safeInteger(name: string, value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new TypeError(`column ${name}: ${value} is beyond ±2^53; cast it to text`)
  return number
}
