/** The state hash of the catalog from footers alone: no row is read for it. */

import { join } from 'node:path'
import { layout } from '../base/layout.ts'
import { readFooter } from './fact-file.ts'
import type { ListedTable } from './facts.ts'
import { addSums, type TableSum, tablesHash } from './ids.ts'
import { listTable, segmentOf } from './listing.ts'
import { CATALOG_TABLES } from './tables.ts'

/** `catalogHash` of the facts as they are now. */
export function factCatalogHash(root: string): string {
  const sums: Record<string, TableSum> = {}
  for (const table of CATALOG_TABLES) sums[table] = tableState(root, table)
  return tablesHash(sums)
}

/** Rows of a table in force and the sum of their hashes. */
export function tableState(root: string, table: ListedTable): TableSum {
  const total: TableSum = { rows: 0, sum: 0n }
  for (const name of listTable(root, table).live) {
    const { rows, sum } = footerOf(root, table, name)
    total.rows += rows
    total.sum = addSums(total.sum, sum)
  }
  return total
}

const footers = new Map<string, TableSum>()

/** Rows of a file in force and the sum of their hashes; a fact cannot change, so its footer is read once. */
export function footerOf(root: string, table: ListedTable, name: string): TableSum {
  if (name.startsWith('segments/')) return segmentOf(root, table, name)
  const path = join(layout.registry(root), table, name)
  const known = footers.get(path)
  if (known !== undefined) return known
  const { rows, sum } = readFooter(table, path)
  footers.set(path, { rows, sum })
  return { rows, sum }
}
