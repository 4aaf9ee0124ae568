/**
 * Rebuilding the cache: facts are checked and loaded into a new DuckDB file, which then takes the place of the old one. A fault
 * or a kill at any moment leaves the old cache as it was; a reader that holds it goes on.
 */

import { readFileSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Database, openDatabase, sqlText } from '../base/duckdb.ts'
import { fail, GatewayError } from '../base/errors.ts'
import { listFolder, makeFolder, removeQuietly, storing, syncFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { isAlive } from '../base/owner.ts'
import { VERSION } from '../base/version.ts'
import { type Counts, cacheMeta } from './cache.ts'
import { Loader } from './cache-loader.ts'
import {
  ARTIFACTS_SQL,
  CACHE_SCHEMA_VERSION,
  DERIVED_IDS_SQL,
  RANGES_SQL,
  RUN_ORDER,
  RUNS_SQL,
  VIEWS_SQL,
} from './cache-schema.ts'
import { checkSegmentBytes, compactTable } from './compact.ts'
import { corrupt, readFooter } from './fact-file.ts'
import { factFileAt, generationOf, LISTED_TABLES, type ListedTable } from './facts.ts'
import { addSums, hex256, rowText, type TableSum, tablesHash } from './ids.ts'
import { listTable, type Segment } from './listing.ts'
import { loadRunSets } from './rebuild-runsets.ts'
import { foldRun, precedes } from './run-record.ts'
import { registryHash } from './state-hash.ts'
import type { Row } from './tables.ts'
import type { Stamp } from './types.ts'

export interface Rebuilt {
  rebuilt: boolean
  registryHash: string
  /** Distinct living entities. */
  summary: Counts
}

/**
 * Build the cache anew from facts; where it is current already only its counts are read, unless `force`. REGISTRY_CORRUPT names
 * the fact that is not what was written, INTEGRITY_ERROR ids that do not follow from their parts; the old cache is then kept.
 */
export async function rebuildCache(
  root: string,
  stamp: Stamp,
  { force = false }: { force?: boolean } = {},
): Promise<Rebuilt> {
  const hash = registryHash(root)
  if (!force) {
    const meta = await cacheMeta(root)
    if (meta?.registryHash === hash) return { rebuilt: false, registryHash: hash, summary: meta.summary }
  }
  await compactAll(root, stamp)
  const place = layout.registryCache(root)
  const temporary = `${place}.tmp-${process.pid}`
  makeFolder(dirname(place))
  dropTemporaries(place)
  try {
    const summary = await build(root, temporary, hash, stamp)
    storing(place, () => renameSync(temporary, place))
    syncFolder(dirname(place))
    return { rebuilt: true, registryHash: hash, summary }
  } finally {
    dropTemporaries(place)
  }
}

/** Small files are merged first; a registry that may only be read is loaded as it is. */
async function compactAll(root: string, stamp: Stamp): Promise<void> {
  for (const table of LISTED_TABLES) {
    if (listFolder(join(layout.registry(root), table)).length === 0) continue
    try {
      await compactTable(root, table, stamp)
    } catch (error) {
      if (!(error instanceof GatewayError) || error.class !== 'STORAGE_ERROR') throw error
    }
  }
}

async function build(root: string, path: string, hash: string, stamp: Stamp): Promise<Counts> {
  // Taken before anything is read: what changes meanwhile makes this cache stale, never wrong.
  const generation = generationOf(root)
  const database = await openDatabase(path)
  try {
    await database.run(`SET TimeZone = 'UTC'`)
    // A file of its own, so that what is only staged leaves no holes in the cache.
    await database.run(`ATTACH ${sqlText(`${path}.staging`)} AS staging`)
    const loader = new Loader(database, path)
    const sums = {} as Record<ListedTable, TableSum>
    const files: { table_name: string; name: string }[] = []
    for (const [table, target] of STAGED) sums[table] = await stage(root, loader, table, target, files)
    await dropDuplicates(database)
    await loadChanges(root, loader)
    await database.run(RUNS_SQL)
    await database.run(RANGES_SQL)
    await database.run(ARTIFACTS_SQL)
    await refuseFalseIds(database)
    await database.run('CREATE TABLE tags AS SELECT run_id, unnest(tags) AS tag FROM runs')
    await loadRunSets(root, loader)
    await database.run('DETACH staging')
    await loader.rows('fact_files', { table_name: 'text', name: 'text' }, files)
    await database.run(VIEWS_SQL)
    const summary = await countsOf(database)
    await writeMeta(loader, { hash, generation }, sums, summary, stamp)
    return summary
  } finally {
    database.close()
  }
}

/** Tables of the registry that are loaded file by file, and the table each becomes. */
const STAGED: readonly (readonly [ListedTable, string])[] = [
  ['datasets', 'datasets'],
  ['runs', 'staging.staged_runs'],
  ['run_events', 'run_events'],
  ['artifacts', 'staging.later_artifacts'],
  ['experiments', 'experiments'],
]

/** Load the live files of a table, each checked: by its bytes where its name carries their hash, else row by row. */
async function stage(
  root: string,
  loader: Loader,
  table: ListedTable,
  target: string,
  files: { table_name: string; name: string }[],
): Promise<TableSum> {
  const base = join(layout.registry(root), table)
  const { live, segments } = listTable(root, table)
  const byName = new Map<string, Segment>(segments.map(segment => [segment.name, segment]))
  const total: TableSum = { rows: 0, sum: 0n }
  const seen = new Set<string>()
  for (const name of live) {
    const { rows, sum } = await checked(root, table, join(base, name), name, byName.get(name))
    total.rows += rows
    total.sum = addSums(total.sum, sum)
    seen.add(name)
    for (const source of byName.get(name)?.sources ?? []) seen.add(source)
  }
  for (const name of seen) files.push({ table_name: table, name })
  await loader.facts(
    target,
    table,
    live.map(name => join(base, name)),
    table === 'runs' ? RUN_ORDER : undefined,
  )
  return total
}

async function checked(
  root: string,
  table: ListedTable,
  path: string,
  name: string,
  segment: Segment | undefined,
): Promise<TableSum> {
  if (/-[0-9a-f]{64}\.parquet$/.test(name)) {
    checkSegmentBytes(
      path,
      storing(path, () => readFileSync(path)),
    )
    return segment ?? readFooter(table, path)
  }
  const file = await factFileAt(root, table, `${table}/${name}`)
  if (file === null) throw corrupt(path)
  return file
}

/** Of two runs with one id the one that counts stays, by the same rule as when facts are read directly. */
async function dropDuplicates(database: Database): Promise<void> {
  await keepFirst(database, 'staging.staged_runs', 'run_id', (a, b) => precedes(a as Row<'runs'>, b as Row<'runs'>))
  await keepFirst(database, 'datasets', 'dataset_id', earlier)
  await keepFirst(database, 'staging.later_artifacts', 'artifact_id', earlier)
  await database.run(
    `DELETE FROM staging.later_artifacts WHERE run_id IN (SELECT run_id FROM staging.staged_runs) AND artifact_id IN (
      SELECT unnest(from_json(artifacts_json, '[{"artifact_id":"VARCHAR"}]')).artifact_id FROM staging.staged_runs
      WHERE run_id IN (SELECT run_id FROM staging.later_artifacts))`,
  )
}

function earlier(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const [first, second] = [a['created_at'] as number, b['created_at'] as number]
  return first === second ? rowText(a) < rowText(b) : first < second
}

async function keepFirst(
  database: Database,
  table: string,
  key: string,
  before: (a: Record<string, unknown>, b: Record<string, unknown>) => boolean,
): Promise<void> {
  const { columns, rows } = await database.query(
    `SELECT * REPLACE (recorded_at::TIMESTAMP AS recorded_at), rowid AS row_number FROM ${table}
     WHERE ${key} IN (SELECT ${key} FROM ${table} GROUP BY ${key} HAVING count(*) > 1)`,
  )
  const kept = new Map<unknown, Record<string, unknown>>()
  const dropped: number[] = []
  for (let i = 0; i < rows; i++) {
    const row: Record<string, unknown> = {}
    for (const name of Object.keys(columns)) {
      const cell = columns[name][i]
      row[name] = Number.isNaN(cell) ? null : cell
    }
    const { row_number: number, ...fact } = row
    const other = kept.get(row[key])
    if (other === undefined) kept.set(row[key], { ...fact, number })
    else {
      const { number: otherNumber, ...otherFact } = other
      const wins = before(fact, otherFact)
      dropped.push((wins ? otherNumber : number) as number)
      if (wins) kept.set(row[key], { ...fact, number })
    }
  }
  if (dropped.length > 0) await database.run(`DELETE FROM ${table} WHERE rowid IN (${dropped.join(', ')})`)
}

/** What later events made of runs, folded by the same function as when facts are read directly. */
async function loadChanges(root: string, loader: Loader): Promise<void> {
  const byRun = new Map<string, Row<'run_events'>[]>()
  for (const name of listTable(root, 'run_events').live) {
    for (const row of (await factFileAt(root, 'run_events', `run_events/${name}`))?.facts ?? []) {
      const list = byRun.get(row.run_id)
      if (list === undefined) byRun.set(row.run_id, [row])
      else list.push(row)
    }
  }
  const { columns, rows } = await loader.database.query(
    `SELECT run_id, status, tags_json, dataset_ids_json, completed_at::TIMESTAMP AS completed_at FROM staging.staged_runs
     WHERE run_id IN (SELECT run_id FROM run_events)`,
  )
  const changes = Array.from({ length: rows }, (_, i) => {
    const completed = columns['completed_at'][i] as number
    const row = {
      run_id: columns['run_id'][i],
      status: columns['status'][i],
      tags_json: columns['tags_json'][i],
      dataset_ids_json: columns['dataset_ids_json'][i],
      completed_at: Number.isNaN(completed) ? null : completed,
    } as Row<'runs'>
    const record = foldRun(row, byRun.get(row.run_id) ?? [])
    return {
      run_id: row.run_id,
      now_status: record.status,
      now_tags_json: JSON.stringify(record.tags),
      now_completed_at: record.completedAt,
      tombstoned: record.tombstoned ? 1 : 0,
      events: record.events,
    }
  })
  const types = {
    run_id: 'text',
    now_status: 'text',
    now_tags_json: 'json',
    now_completed_at: 'instant',
    tombstoned: 'int',
    events: 'int',
  } as const
  await loader.rows('staging.run_changes', types, changes)
  await loader.database.run('ALTER TABLE staging.run_changes ALTER tombstoned TYPE BOOLEAN')
}

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
    (SELECT count(DISTINCT artifact_id) FROM artifacts
      WHERE run_no IS NULL OR run_no IN (SELECT run_no FROM runs WHERE NOT tombstoned)) AS artifacts,
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
  stamp: Stamp,
): Promise<void> {
  const sums = Object.fromEntries(Object.entries(catalog).map(([name, { rows, sum }]) => [name, [rows, hex256(sum)]]))
  const row = {
    registry_hash: hash,
    generation,
    catalog_hash: tablesHash(catalog),
    catalog_sums: JSON.stringify(sums),
    cache_schema_version: CACHE_SCHEMA_VERSION,
    built_at: stamp.now,
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
    if (!living) removeQuietly(join(folder, name))
  }
}
