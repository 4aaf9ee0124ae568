/** Loading a new cache: rows at hand and fact files become tables of explicit types. */

import { type Database, sqlText } from '../base/duckdb.ts'
import { removeQuietly, writeSynced } from '../base/files.ts'
import { parquetBytes } from '../base/parquet.ts'
import { type ColumnType, columnsOf, type TableName } from './tables.ts'

/** Loads rows and Parquet files into tables of the new database. */
export class Loader {
  readonly #database: Database
  readonly #path: string
  #count = 0

  constructor(database: Database, path: string) {
    this.#database = database
    this.#path = path
  }

  get database(): Database {
    return this.#database
  }

  /** A table of rows at hand; `temp.<name>` is gone when the database is closed. */
  async rows(target: string, columns: Record<string, ColumnType>, rows: readonly object[]): Promise<void> {
    const table: Record<string, (string | number | null)[]> = {}
    const types: Record<string, 'text' | 'int64' | 'double' | 'timestamp'> = {}
    for (const [name, type] of Object.entries(columns)) {
      table[name] = rows.map(row => (row as Record<string, string | number | null>)[name] ?? null)
      types[name] = PARQUET_TYPES[type]
    }
    const file = `${this.#path}.rows-${this.#count++}.parquet`
    writeSynced(file, parquetBytes({ columns: table, rows: rows.length }, { types }))
    try {
      await this.#database.run(`CREATE ${tableOf(target)} AS SELECT * FROM read_parquet(${sqlText(file)})`)
    } finally {
      removeQuietly(file)
    }
  }

  /** A table of fact files. */
  async facts(target: string, table: TableName, paths: readonly string[]): Promise<void> {
    await this.#database.run(`CREATE ${tableOf(target)} AS SELECT * FROM ${relationOf(table, paths)}`)
  }
}

/**
 * Fact files as a relation: explicit columns and files, so that an empty folder, a new column or a path changes nothing. With
 * `located` each row says where it stands, as `place`.
 */
export function relationOf(table: TableName, paths: readonly string[], located = false): string {
  const columns = columnsOf(table)
  // The scaffold gives every column a type even where no file has it yet.
  const scaffold = columns.map(([name, type]) => `NULL::${SQL_TYPES[type]} AS "${name}"`).join(', ')
  if (paths.length === 0) return `(SELECT ${scaffold}${located ? ', NULL::VARCHAR AS place' : ''} WHERE false)`
  const files = `[${paths.map(sqlText).join(', ')}]`
  const names = columns.map(([name]) => `"${name}"`).join(', ')
  const place = located ? `, filename || ' ' || file_row_number AS place` : ''
  const options = `union_by_name = true, hive_partitioning = false${located ? ', filename = true, file_row_number = true' : ''}`
  return `(SELECT ${names}${place} FROM (
    SELECT ${scaffold} WHERE false UNION ALL BY NAME SELECT * FROM read_parquet(${files}, ${options})))`
}

function tableOf(target: string): string {
  return target.startsWith('temp.') ? `TEMP TABLE ${target.slice('temp.'.length)}` : `TABLE ${target}`
}

const PARQUET_TYPES = { text: 'text', json: 'text', int: 'int64', double: 'double', instant: 'timestamp' } as const
const SQL_TYPES: Record<ColumnType, string> = {
  text: 'VARCHAR',
  json: 'VARCHAR',
  int: 'BIGINT',
  double: 'DOUBLE',
  instant: 'TIMESTAMP WITH TIME ZONE',
}
