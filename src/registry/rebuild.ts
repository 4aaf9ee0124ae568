/**
 * Rebuilding the cache: facts are checked and loaded into a new DuckDB file, which then takes the place of the old one. A fault
 * or a kill at any moment leaves the old cache as it was; a reader that holds it goes on.
 */

import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Database, openDatabase } from '../base/duckdb.ts'
import { fail } from '../base/errors.ts'
import { listFolder, makeFolder, storing, syncFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { isAlive } from '../base/owner.ts'
import { VERSION } from '../base/version.ts'
import { type Counts, cacheMeta } from './cache.ts'
import { Loader } from './cache-loader.ts'
import {
  artifactsSql,
  CACHE_SCHEMA_VERSION,
  DERIVED_IDS_SQL,
  numbersSql,
  OTHER_ARTIFACTS_SQL,
  RANGES_SQL,
  runsSql,
  VIEWS_SQL,
} from './cache-schema.ts'
import { generationOf, LISTED_TABLES, type ListedTable } from './facts.ts'
import { hex256, type TableSum, tablesHash } from './ids.ts'
import { listTable } from './listing.ts'
import { loadRunSets } from './rebuild-runsets.ts'
import { dropDuplicates, loadChanges, runsRelation, type Staged, stage } from './stage-facts.ts'
import { registryHash } from './state-hash.ts'
import type { Stamp } from './types.ts'

export interface Rebuilt {
  rebuilt: boolean
  registryHash: string
  /** Distinct living entities. */
  summary: Counts
}

/**
 * Build the cache anew from facts, at the time of `stamp` or else of its file; where it is current already only its counts are read,
 * unless `force`. REGISTRY_CORRUPT names the fact that is not what was written, INTEGRITY_ERROR ids that do not follow from their
 * parts; the old cache is then kept.
 */
export async function rebuildCache(
  root: string,
  stamp?: Pick<Stamp, 'now'>,
  { force = false }: { force?: boolean } = {},
): Promise<Rebuilt> {
  const hash = registryHash(root)
  if (!force) {
    const meta = await cacheMeta(root)
    if (meta?.registryHash === hash) return { rebuilt: false, registryHash: hash, summary: meta.summary }
  }
  const place = layout.registryCache(root)
  const temporary = `${place}.tmp-${process.pid}`
  makeFolder(dirname(place))
  dropTemporaries(place)
  try {
    const summary = await built(root, temporary, hash, stamp)
    storing(place, () => renameSync(temporary, place))
    syncFolder(dirname(place))
    return { rebuilt: true, registryHash: hash, summary }
  } finally {
    dropTemporaries(place)
  }
}

/** Attempts at a cache while files are collected from under it. */
const ATTEMPTS = 6

/** A cache of what is there: begun again where a file that was listed was merged and collected before it was read. */
async function built(root: string, path: string, hash: string, stamp?: Pick<Stamp, 'now'>): Promise<Counts> {
  for (let attempt = 1; ; attempt++) {
    const generation = generationOf(root)
    const listed = LISTED_TABLES.flatMap(table =>
      listTable(root, table).live.map(name => join(layout.registry(root), table, name)),
    )
    try {
      return await build(root, path, hash, stamp)
    } catch (error) {
      const collected = generationOf(root) !== generation || listed.some(file => !existsSync(file))
      if (!collected || attempt === ATTEMPTS) throw error
      dropTemporaries(layout.registryCache(root))
    }
  }
}

async function build(root: string, path: string, hash: string, stamp?: Pick<Stamp, 'now'>): Promise<Counts> {
  // Taken before anything is read: what changes meanwhile makes this cache stale, never wrong.
  const generation = generationOf(root)
  const database = await openDatabase(path, { settings: { memory_limit: MEMORY, temp_directory: `${path}.spilled` } })
  try {
    await database.run(`SET TimeZone = 'UTC'`)
    const loader = new Loader(database, path)
    const files: { table_name: string; name: string }[] = []
    const staged = {} as Record<ListedTable, Staged>
    for (const table of LISTED_TABLES) staged[table] = await stage(root, loader, table, files)
    for (const [table, target] of LOADED) await loader.facts(target, table, staged[table].paths)
    await dropDuplicates(database)
    const runs = await runsRelation(loader, staged.runs.paths)
    await loadChanges(root, loader, runs)
    await database.run(numbersSql(runs))
    await database.run(artifactsSql(runs))
    await database.run(OTHER_ARTIFACTS_SQL)
    await database.run(runsSql(runs))
    await database.run(RANGES_SQL)
    await refuseFalseIds(database)
    await database.run('CREATE TABLE tags AS SELECT run_id, unnest(tags) AS tag FROM runs')
    await loadRunSets(root, loader)
    await loader.rows('fact_files', { table_name: 'text', name: 'text' }, files)
    await database.run(VIEWS_SQL)
    const summary = await countsOf(database)
    const sums = Object.fromEntries(LISTED_TABLES.map(table => [table, staged[table].sum]))
    await writeMeta(
      loader,
      { hash, generation },
      sums as Record<ListedTable, TableSum>,
      summary,
      stamp?.now ?? statSync(path).mtimeMs,
    )
    return summary
  } finally {
    database.close()
  }
}

/** What DuckDB may hold in memory; the rest is written beside the new cache. */
const MEMORY = '1GB'

/** Tables of facts that are loaded as they are, and the table each becomes. Runs are read from their files. */
const LOADED: readonly (readonly [ListedTable, string])[] = [
  ['datasets', 'datasets'],
  ['run_events', 'run_events'],
  ['artifacts', 'temp.later_artifacts'],
  ['experiments', 'experiments'],
]

async function refuseFalseIds(database: Database): Promise<void> {
  const { columns, rows } = await database.query(DERIVED_IDS_SQL)
  if (rows === 0) return
  const faults = Array.from(columns['fault'] as string[])
  const message = `Ids do not follow from their parts: ${faults.join(', ')}`
  throw fail(
    'INTEGRITY_ERROR',
    { message },
    { details: faults.map(fault => ({ pointer: fault, message: 'is another' })) },
  )
}

async function countsOf(database: Database): Promise<Counts> {
  const { columns } = await database.query(`SELECT
    (SELECT count(*) FROM datasets) AS datasets,
    (SELECT count(*) FROM runs WHERE NOT tombstoned) AS runs,
    (SELECT count(*) FROM artifacts
      WHERE run_no IS NULL OR run_no NOT IN (SELECT run_no FROM runs WHERE tombstoned)) AS artifacts,
    (SELECT count(*) FROM runsets) AS runsets,
    (SELECT count(*) FROM resolutions) AS resolutions,
    (SELECT count(*) FROM runset_membership) AS membership,
    (SELECT count(DISTINCT tag) FROM tags) AS tags,
    (SELECT count(DISTINCT experiment_id) FROM experiments) AS experiments`)
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[0]])) as unknown as Counts
}

async function writeMeta(
  loader: Loader,
  { hash, generation }: { hash: string; generation: string },
  { experiments: _, ...catalog }: Record<ListedTable, TableSum>,
  summary: Counts,
  builtAt: number,
): Promise<void> {
  const sums = Object.fromEntries(Object.entries(catalog).map(([name, { rows, sum }]) => [name, [rows, hex256(sum)]]))
  const row = {
    registry_hash: hash,
    generation,
    catalog_hash: tablesHash(catalog),
    catalog_sums: JSON.stringify(sums),
    cache_schema_version: CACHE_SCHEMA_VERSION,
    built_at: Math.floor(builtAt),
    tool_version: VERSION,
    summary_json: JSON.stringify(summary),
  }
  const columns = {
    registry_hash: 'text',
    generation: 'text',
    catalog_hash: 'text',
    catalog_sums: 'json',
    cache_schema_version: 'text',
    built_at: 'instant',
    tool_version: 'text',
    summary_json: 'json',
  } as const
  await loader.rows('meta', columns, [row])
}

/** Remove what this process, or one that died, left beside the cache. */
function dropTemporaries(place: string): void {
  const folder = dirname(place)
  for (const name of listFolder(folder)) {
    const pid = /\.tmp-(\d+)/.exec(name)?.[1]
    if (pid === undefined || !name.startsWith(basename(place))) continue
    const living = Number(pid) !== process.pid && isAlive({ pid: Number(pid), start_time: null, boot_id: null })
    // DuckDB spills into a folder.
    if (!living) rmSync(join(folder, name), { recursive: true, force: true })
  }
}
