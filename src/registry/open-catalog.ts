/**
 * The catalog as it is best read now: from facts alone where they are few, else through the cache. A large registry without a cache
 * of use is given one, because reading its facts would take longer and much more memory; one that has fallen behind is told of.
 */

import { existsSync } from 'node:fs'
import { GatewayError } from '../base/errors.ts'
import { layout } from '../base/layout.ts'
import { runsOfOpenCache } from './cache.ts'
import { cachedCatalog, rowsBehind } from './cached-catalog.ts'
import { type Catalog, factCatalog, knownCatalog } from './catalog.ts'
import { tableState } from './catalog-hash.ts'
import { listTable } from './listing.ts'
import { notice } from './notices.ts'
import { rebuildCache } from './rebuild.ts'
import { CATALOG_TABLES } from './tables.ts'

/** Loading DuckDB takes as long as reading some hundred small files. */
const FEW_FILES = 256
const FEW_ROWS = 4096
/** Rows that are read from facts in about a second; a cache of as many is built in as long. */
const MANY_ROWS = 20_000

/** The catalog; all ways give the same answers. */
export async function openCatalog(root: string): Promise<Catalog> {
  if (isSmall(root)) return factCatalog(root)
  const behind = await rowsBehind(root)
  if (behind === null) {
    const rows = rowsOf(root)
    if (rows >= MANY_ROWS && (await refreshed(root))) notice(`The registry's cache was built anew (${rows} facts).`)
  } else if (behind.rows >= MANY_ROWS && behind.rows > behind.held / 2) {
    if (await refreshed(root)) notice(`The registry's cache was built anew (${behind.rows} facts had come since).`)
  } else if (behind.rows >= FEW_ROWS) {
    notice(
      `The registry's cache is ${behind.rows} facts behind, which each process reads anew: \`quantlab registry rebuild\` brings it up to date.`,
    )
  }
  return (await cachedCatalog(root)) ?? factCatalog(root)
}

/** Registered runs of a root that were known when it was last looked at, and how often they may be asked before it is looked at again. */
const looked = new Map<string, number>()

/**
 * The catalog to register by. Where facts are read without a cache, what other processes write is looked for at distances that grow
 * with the registry, so that each registration takes as long as the first; through a cache it is looked for each time. An id that another one registers meanwhile on the same day is refused by its file, on
 * another day the earlier of the two counts.
 */
export async function catalogToRegister(root: string): Promise<Catalog> {
  const left = looked.get(root) ?? 0
  if (left > 0) {
    looked.set(root, left - 1)
    const known = await knownCatalog(root)
    if (known !== null) return known
  }
  const few = runsOfOpenCache(root) === 0 && !existsSync(layout.registryCache(root))
  const catalog = few ? await factCatalog(root) : await openCatalog(root)
  looked.set(root, Math.floor(rowsOf(root) / 64))
  return catalog
}

/** A cache is built where it can be written; where not, facts answer as well, if slowly. A corrupt fact is told as always. */
async function refreshed(root: string): Promise<boolean> {
  try {
    return (await rebuildCache(root)).rebuilt
  } catch (error) {
    if (error instanceof GatewayError && error.class !== 'STORAGE_ERROR') throw error
    notice(`The registry's cache could not be built, facts are read instead: ${(error as Error).message}`)
    return false
  }
}

function isSmall(root: string): boolean {
  if (runsOfOpenCache(root) > FEW_ROWS) return false
  let files = 0
  for (const table of CATALOG_TABLES) files += listTable(root, table).live.length
  return files <= FEW_FILES && rowsOf(root) <= FEW_ROWS
}

function rowsOf(root: string): number {
  return CATALOG_TABLES.reduce((rows, table) => rows + tableState(root, table).rows, 0)
}
