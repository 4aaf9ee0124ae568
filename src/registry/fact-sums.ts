/** Checking many fact files at once: DuckDB adds up the hashes of their rows, which must be what each footer says. */

import { type Database, sqlText } from '../base/duckdb.ts'
import { type FactFooter, readFacts, readFooter } from './fact-file.ts'
import { addSums, hashedNames, type TableSum } from './ids.ts'
import { type ColumnType, columnsOf, type TableName } from './tables.ts'

/**
 * Footers of fact files, each checked against the rows of its file. What SQL cannot confirm (a number that it writes in another way, a
 * column of a newer program, damage) is read row by row: REGISTRY_CORRUPT names the file that is not what was written.
 */
export async function checkedFooters(
  database: Database,
  table: TableName,
  paths: readonly string[],
): Promise<FactFooter[]> {
  const footers = paths.map(path => readFooter(table, path))
  for (let from = 0; from < paths.length; from += FILES_AT_ONCE) {
    const some = paths.slice(from, from + FILES_AT_ONCE)
    const sums = await sumsOf(database, table, some)
    for (const [index, path] of some.entries()) {
      const { rows, sum } = footers[from + index]
      const found = sums.get(path)
      if (rows !== (found?.rows ?? 0) || sum !== (found?.sum ?? 0n)) await readFacts(table, path)
    }
  }
  return footers
}

const FILES_AT_ONCE = 2048

/** Rows and sum of each file that has any; empty where DuckDB cannot read them all. */
async function sumsOf(database: Database, table: TableName, paths: readonly string[]): Promise<Map<string, TableSum>> {
  const types = new Map(columnsOf(table).map(([name, type]) => [name, type]))
  const parts = [0, 1, 2, 3].map(
    part => `sum(('0x' || hash[${16 * part + 1}:${16 * part + 16}])::UBIGINT)::VARCHAR AS p${part}`,
  )
  const source = `read_parquet([${paths.map(sqlText).join(', ')}], union_by_name = true, hive_partitioning = false, filename = true)`
  const sums = new Map<string, TableSum>()
  try {
    const present = await database.query(
      `SELECT column_name FROM (DESCRIBE SELECT * EXCLUDE (filename) FROM ${source})`,
    )
    const names = hashedNames(present.columns['column_name'] as string[])
    const { columns, rows } = await database.query(
      `SELECT filename, count(*) AS rows, ${parts.join(', ')}
       FROM (SELECT filename, sha256(${rowTextSql(names, types)}) AS hash FROM ${source}) GROUP BY filename`,
    )
    for (let i = 0; i < rows; i++) {
      // The hash is a number of four digits to the base 2^64; their sums carry over.
      const sum = parts.reduce((total, _, part) => addSums(total << 64n, BigInt(columns[`p${part}`][i] as string)), 0n)
      sums.set(columns['filename'][i] as string, { rows: columns['rows'][i] as number, sum })
    }
  } catch {
    return new Map()
  }
  return sums
}

/** `rowText` of a row as SQL: RFC 8785 of its columns without nulls. */
function rowTextSql(names: readonly string[], types: ReadonlyMap<string, ColumnType>): string {
  const members = names.map(name => `${sqlText(`${JSON.stringify(name)}:`)} || ${valueSql(name, types.get(name))}`)
  return `'{' || concat_ws(',', ${members.join(', ')}) || '}'`
}

function valueSql(name: string, type: ColumnType | undefined): string {
  const column = `"${name.replaceAll('"', '""')}"`
  if (type === 'instant') return `epoch_ms(${column})`
  return type === 'int' ? column : `to_json(${column})`
}
