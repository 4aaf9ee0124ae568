/** The catalog as it is best read now: through the cache where that is quicker, from facts alone where it is not. */

import { cachedCatalog } from './cached-catalog.ts'
import { type Catalog, factCatalog } from './catalog.ts'
import { tableState } from './catalog-hash.ts'
import { listTable } from './listing.ts'
import { CATALOG_TABLES } from './tables.ts'

/** Loading DuckDB takes as long as reading some hundred small files. */
const FEW_FILES = 256
const FEW_ROWS = 4096

/** The catalog; both ways give the same answers. */
export async function openCatalog(root: string): Promise<Catalog> {
  if (isSmall(root)) return factCatalog(root)
  return (await cachedCatalog(root)) ?? factCatalog(root)
}

function isSmall(root: string): boolean {
  let files = 0
  for (const table of CATALOG_TABLES) files += listTable(root, table).live.length
  if (files > FEW_FILES) return false
  let rows = 0
  for (const table of CATALOG_TABLES) rows += tableState(root, table).rows
  return rows <= FEW_ROWS
}
