/**
 * The cache: a DuckDB file that follows from facts. It is opened read-only and answers for the facts it was built from; facts
 * that came later are read beside it, so that a stale cache cannot change what a RunSet means.
 */

import { statSync } from 'node:fs'
import { type Database, openDatabase } from '../base/duckdb.ts'
import { storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import type { Table } from '../base/table.ts'
import { CACHE_SCHEMA_VERSION } from './cache-schema.ts'
import { addRows, type CatalogFiles, emptyState, type FactState } from './fact-state.ts'
import type { TableSum } from './ids.ts'
import { CATALOG_TABLES, type CatalogTable, type Row, TABLES } from './tables.ts'

/** Distinct living entities of each sort. */
export interface Counts {
  datasets: number
  runs: number
  artifacts: number
  runsets: number
  resolutions: number
  membership: number
  tags: number
  experiments: number
}

export interface CacheMeta {
  registryHash: string
  catalogHash: string
  /** Epoch ms. */
  builtAt: number
  summary: Counts
}

/** What the cache says of itself; null where there is none, or none that this program can use. */
export async function cacheMeta(root: string): Promise<CacheMeta | null> {
  return (await openCache(root))?.meta ?? null
}

/** A query on the cache, opened read-only; null where there is no cache. For lab and listings, never for what a RunSet means. */
export async function queryCache(
  root: string,
  sql: string,
  values?: Record<string, string | number | boolean | null>,
): Promise<Table | null> {
  const cache = await openCache(root)
  return cache === null ? null : cache.database.query(sql, values)
}

/** Close the cache of a root, so that its file can be removed on any system. */
export function closeCache(root: string): void {
  const known = opened.get(root)
  known?.database.close()
  opened.delete(root)
}

/** Runs of the cache that this process has open; 0 where it has none. */
export function runsOfOpenCache(root: string): number {
  return opened.get(root)?.runCount ?? 0
}

export interface OpenCache {
  stamp: string
  database: Database
  meta: CacheMeta
  /** True once it was looked how far facts are ahead of it. */
  weighed: boolean
  /** Facts that the cache does not hold; runs of the cache that they touch are added to it. */
  newer: FactState
  /** Runs of the cache that are in `newer` whole. */
  hydrated: Set<string>
  /** Touched ids that the cache does not know. */
  foreign: Set<string>
  /** Data set → the numbers between which its runs lie. */
  ranges: Map<string, { first: number; last: number }>
  /** Runs of the cache. */
  runCount: number
  /** Numbers of the runs that were matched last, so that their artifacts are found without looking for the runs again. */
  numbers: Map<string, number>
}

const opened = new Map<string, OpenCache>()

/** The open cache of a root; null where there is none of use. The last one is kept open. */
export async function openCache(root: string): Promise<OpenCache | null> {
  const path = layout.registryCache(root)
  const stat = storing(path, () => statSync(path, { throwIfNoEntry: false }))
  if (stat === undefined || !stat.isFile()) {
    closeCache(root)
    return null
  }
  const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`
  const known = opened.get(root)
  if (known?.stamp === stamp) return known
  for (const other of opened.keys()) closeCache(other)
  const cache = await loadCache(path, stamp)
  if (cache !== null) opened.set(root, cache)
  return cache
}

/** A file that is damaged, half-written by a foreign hand or of another version is as good as none. */
async function loadCache(path: string, stamp: string): Promise<OpenCache | null> {
  let database: Database | undefined
  try {
    database = await openDatabase(path, { readOnly: true })
    await database.run(`SET TimeZone = 'UTC'`)
    const { columns } = await database.query('SELECT * REPLACE (built_at::TIMESTAMP AS built_at) FROM meta')
    if (columns['cache_schema_version'][0] !== CACHE_SCHEMA_VERSION) throw new Error('another version')
    const meta: CacheMeta = {
      registryHash: columns['registry_hash'][0] as string,
      catalogHash: columns['catalog_hash'][0] as string,
      builtAt: columns['built_at'][0] as number,
      summary: JSON.parse(columns['summary_json'][0] as string) as Counts,
    }
    const newer = await stateOf(database, columns['generation'][0] as string, columns['catalog_sums'][0] as string)
    const counted = await database.query('SELECT count(*) AS runs FROM runs')
    const runCount = counted.columns['runs'][0] as number
    const ranges = await rangesOf(database)
    return {
      stamp,
      database,
      meta,
      weighed: false,
      newer,
      hydrated: new Set(),
      foreign: new Set(),
      ranges,
      runCount,
      numbers: new Map(),
    }
  } catch {
    database?.close()
    return null
  }
}

/** The state that has seen what the cache was built from; data sets are few and held whole. */
async function stateOf(database: Database, generation: string, sums: string): Promise<FactState> {
  const { columns, rows } = await database.query('SELECT table_name, name FROM fact_files')
  const files = Object.fromEntries(CATALOG_TABLES.map(table => [table, [] as string[]])) as Record<
    CatalogTable,
    string[]
  >
  for (let i = 0; i < rows; i++) files[columns['table_name'][i] as CatalogTable]?.push(columns['name'][i] as string)
  const state = emptyState(generation, files satisfies CatalogFiles, sumsOf(sums))
  addRows(state, 'datasets', await rowsOf(database, 'datasets', 'datasets', ''))
  return state
}

async function rangesOf(database: Database): Promise<OpenCache['ranges']> {
  const { columns, rows } = await database.query('SELECT dataset_id, first_no, last_no FROM dataset_ranges')
  return new Map(
    Array.from({ length: rows }, (_, i) => {
      const range = { first: columns['first_no'][i] as number, last: columns['last_no'][i] as number }
      return [columns['dataset_id'][i] as string, range]
    }),
  )
}

function sumsOf(text: string): Record<CatalogTable, TableSum> {
  const sums = Object.entries(JSON.parse(text) as Record<string, [number, string]>)
  return Object.fromEntries(sums.map(([name, [rows, sum]]) => [name, { rows, sum: BigInt(`0x${sum}`) }])) as Record<
    CatalogTable,
    TableSum
  >
}

/** Rows of a table of facts out of the cache. */
export async function rowsOf<T extends CatalogTable>(
  database: Database,
  table: T,
  from: string,
  where: string,
  ids?: readonly (string | number)[],
): Promise<Row<T>[]> {
  const names = Object.keys(TABLES[table])
  const columns = names
    .map(name => (isInstant(table, name) ? `"${name}"::TIMESTAMP AS "${name}"` : `"${name}"`))
    .join(', ')
  const values = ids === undefined ? undefined : { ids: JSON.stringify(ids) }
  const found = await database.query(`SELECT ${columns} FROM ${from} ${where}`, values)
  return Array.from({ length: found.rows }, (_, i) => {
    const row: Record<string, unknown> = {}
    for (const name of names) {
      const cell = found.columns[name][i]
      row[name] = Number.isNaN(cell) ? null : (cell ?? null)
    }
    return row as Row<T>
  })
}

function isInstant(table: CatalogTable, name: string): boolean {
  return (TABLES[table] as Record<string, string>)[name].startsWith('instant')
}
