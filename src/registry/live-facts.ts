/** All live rows of a table, whole: a file that is merged and collected while they are read does not leave a gap. */

import { fail } from '../base/errors.ts'
import { factFileAt, type ListedTable } from './facts.ts'
import { listTable } from './listing.ts'
import type { Row } from './tables.ts'

const ATTEMPTS = 6

/** Every live row; begun again where a file is gone that was listed. STORAGE_ERROR where that happens time and again. */
export async function liveFacts<T extends ListedTable>(root: string, table: T): Promise<Row<T>[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rows = await rowsOfFiles(root, table, listTable(root, table).live)
    if (rows !== null) return rows
  }
  throw fail('STORAGE_ERROR', { message: `The facts of ${table} change faster than they can be read` })
}

async function rowsOfFiles<T extends ListedTable>(
  root: string,
  table: T,
  names: readonly string[],
): Promise<Row<T>[] | null> {
  const rows: Row<T>[] = []
  for (const name of names) {
    const file = await factFileAt(root, table, `${table}/${name}`)
    if (file === null) return null
    for (const row of file.facts) rows.push(row)
  }
  return rows
}
