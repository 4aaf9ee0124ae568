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
