/** The catalog through the cache: SQL for the runs that no newer fact touches, the predicates for all others. */

import type { Table } from '../base/table.ts'
import { type OpenCache, openCache, rowsOf } from './cache.ts'
import { artifactRows, artifactsById, artifactsOfDatasets, artifactsOfRuns, ID_LIST } from './cached-artifacts.ts'
import { type Catalog, fits, newestFirst, replicatesIn, sortedDatasets } from './catalog.ts'
import { type Condition, failureSql } from './conditions.ts'
import { addRows, bringUpToDate, emptyState, unseenRows } from './fact-state.ts'
import { generationOf } from './facts.ts'
import { tablesHash } from './ids.ts'
import { artifactsJson } from './register-artifacts.ts'
import { type Match, matchRuns } from './resolver.ts'
import type { Member, RunRecord } from './run-record.ts'
import { pruned } from './selection.ts'
import type { Row } from './tables.ts'
import type { RunStatus } from './types.ts'

/** The catalog from the cache and the facts newer than it; null where the cache is absent or of no use. */
export async function cachedCatalog(root: string): Promise<Catalog | null> {
  const cache = await openCache(root)
  if (cache === null) return null
  if (!(await bringUpToDate(root, cache.newer))) return null
  await hydrate(cache)
  return catalogOfCache(cache)
}

/**
 * Rows of the facts that the cache holds, and of those that came since and were not read in this process yet; null where there is no
 * cache of use. Looked at when a cache is first opened: what comes later is read as it comes.
 */
export async function rowsBehind(root: string): Promise<{ held: number; rows: number } | null> {
  const cache = await openCache(root)
  if (cache === null || cache.newer.generation !== generationOf(root)) return null
  const held = Object.values(cache.newer.sums).reduce((rows, sum) => rows + sum.rows, 0)
  if (cache.weighed) return { held, rows: 0 }
  cache.weighed = true
  const rows = unseenRows(root, cache.newer)
  return rows === null ? null : { held, rows }
}

/** Add to the newer facts the cached rows and events of every run that they touch: such runs are judged from facts alone. */
async function hydrate(cache: OpenCache): Promise<void> {
  const { newer, hydrated, foreign } = cache
  const touched = new Set([...newer.runs.keys(), ...newer.events.keys()])
  const wanted = [...touched].filter(id => !hydrated.has(id) && !foreign.has(id))
  if (wanted.length === 0) return
  const rows = await cachedRows(cache, wanted)
  const events = await rowsOf(cache.database, 'run_events', 'run_events', `WHERE run_id IN ${ID_LIST}`, wanted)
  // Another reader of this cache may have done the same meanwhile.
  const still = new Set(wanted.filter(id => !hydrated.has(id) && !foreign.has(id)))
  const added = rows.filter(({ run_id }) => still.has(run_id))
  for (const row of added) hydrated.add(row.run_id)
  for (const id of still) if (!hydrated.has(id)) foreign.add(id)
  addRows(
    newer,
    'run_events',
    events.filter(({ run_id }) => still.has(run_id)),
  )
  addRows(newer, 'runs', added)
}

function catalogOfCache(cache: OpenCache): Catalog {
  const { newer } = cache
  const datasets = sortedDatasets(newer.datasets.values())
  return {
    catalogHash: tablesHash(newer.sums),
    datasets,
    match: conditions => matchCached(cache, conditions),
    records: ids => recordsOf(cache, ids),
    replicates: runKey => replicatesOf(cache, runKey),
    artifactsOfRuns: ids => artifactsOfRuns(cache, ids),
    artifactsOfDatasets: ids => artifactsOfDatasets(cache, ids),
    artifactsById: (prefix, limit) => artifactsById(cache, prefix, limit),
    page: (conditions, limit, offset) => pageOf(cache, conditions, limit, offset),
  }
}

/** SQL for the runs that no newer fact touches; the others by the predicates. */
async function matchCached(cache: OpenCache, conditions: readonly Condition[]): Promise<Match> {
  const { database, newer } = cache
  const match = matchRuns(conditions, newer.records.values())
  const failure = failureSql(conditions)
  const { where, values } = scopeOf(cache, conditions)
  const counts = await database.query(
    `SELECT ${failure} AS failure, count(*) AS runs FROM runs ${where} GROUP BY ALL`,
    values,
  )
  // What lies outside of the scope is of another data set.
  let outside = cache.runCount - cache.hydrated.size
  for (let i = 0; i < counts.rows; i++) {
    const code = counts.columns['failure'][i] as string | null
    const runs = counts.columns['runs'][i] as number
    outside -= runs
    if (code !== null) match.excluded[code] = (match.excluded[code] ?? 0) + runs
  }
  if (outside > 0) match.excluded['dataset'] = (match.excluded['dataset'] ?? 0) + outside
  const columns = `run_no, run_id, run_key, dataset_ids_json, window_from, window_to, status, tombstoned,
    to_json(universe_callers)::VARCHAR AS callers, strategy_params_json`
  const found = await database.query(`SELECT ${columns} FROM runs ${where} AND (${failure}) IS NULL`, values)
  const inCode = conditions.filter(({ sql }) => sql === null)
  cache.numbers.clear()
  for (let i = 0; i < found.rows; i++) {
    const failed =
      inCode.length === 0 ? null : failedInCode(inCode, found.columns['strategy_params_json'][i] as string | null)
    if (failed === null) {
      match.members.push(memberAt(found, i))
      cache.numbers.set(found.columns['run_id'][i] as string, found.columns['run_no'][i] as number)
    } else match.excluded[failed] = (match.excluded[failed] ?? 0) + 1
  }
  return match
}

/** The runs to look at: without those judged from facts, and between the numbers of the data set that is asked for. */
function scopeOf(
  { hydrated, ranges }: OpenCache,
  conditions: readonly Condition[],
): { where: string; values: { ids: string } | undefined } {
  const untouched = hydrated.size === 0 ? 'true' : `run_id NOT IN ${ID_LIST}`
  const values = hydrated.size === 0 ? undefined : { ids: JSON.stringify([...hydrated]) }
  const [first] = conditions
  if (first?.code !== 'dataset') return { where: `WHERE ${untouched}`, values }
  const range = ranges.get(first.wanted as string) ?? { first: 0, last: -1 }
  return { where: `WHERE run_no BETWEEN ${range.first} AND ${range.last} AND ${untouched}`, values }
}

/** Only conditions on parameters are left to code; they read nothing else of a run. */
function failedInCode(conditions: readonly Condition[], params: string | null): string | null {
  const record = { row: { strategy_params_json: params } } as RunRecord
  for (const condition of conditions) {
    const verdict = condition.test(record)
    if (verdict !== true) return verdict === undefined ? `${condition.code}?` : condition.code
  }
  return null
}

const datasetLists = new Map<string, string[]>()

function memberAt({ columns }: Table, i: number): Member {
  const datasets = columns['dataset_ids_json'][i] as string
  let datasetIds = datasetLists.get(datasets)
  if (datasetIds === undefined) {
    datasetIds = JSON.parse(datasets) as string[]
    if (datasetLists.size > 10_000) datasetLists.clear()
    datasetLists.set(datasets, datasetIds)
  }
  const callers = columns['callers'][i] as string | null
  return {
    runId: columns['run_id'][i] as string,
    runKey: columns['run_key'][i] as string,
    datasetIds,
    windowFrom: orNull(columns['window_from'][i]),
    windowTo: orNull(columns['window_to'][i]),
    status: columns['status'][i] as RunStatus,
    tombstoned: columns['tombstoned'][i] as boolean,
    callers: callers === null || callers === 'null' ? null : (JSON.parse(callers) as string[]),
  }
}

async function recordsOf(cache: OpenCache, ids: readonly string[]): Promise<Map<string, RunRecord>> {
  const { newer } = cache
  const found = new Map<string, RunRecord>()
  const rest: string[] = []
  for (const id of ids) {
    const record = newer.records.get(id)
    if (record === undefined) rest.push(id)
    else found.set(id, record)
  }
  if (rest.length > 0) for (const [id, record] of await cachedRecords(cache, rest)) found.set(id, record)
  return new Map(ids.flatMap(id => (found.has(id) ? [[id, found.get(id) as RunRecord]] : [])))
}

async function replicatesOf({ database, newer, hydrated }: OpenCache, runKey: string): Promise<string[]> {
  const { columns } = await database.query('SELECT run_id FROM runs WHERE run_key = $runKey AND NOT tombstoned', {
    runKey,
  })
  const cached = (columns['run_id'] as string[]).filter(id => !hydrated.has(id))
  return [...cached, ...replicatesIn(newer, runKey)].sort()
}

/** Runs of the cache that nothing newer touches, as they stand. */
async function cachedRecords(cache: OpenCache, ids: readonly string[]): Promise<Map<string, RunRecord>> {
  const state = emptyState('')
  addRows(
    state,
    'run_events',
    await rowsOf(cache.database, 'run_events', 'run_events', `WHERE run_id IN ${ID_LIST}`, ids),
  )
  addRows(state, 'runs', await cachedRows(cache, ids))
  return state.records
}

/** Rows of the cache's runs as they were registered. */
async function cachedRows(cache: OpenCache, ids: readonly string[]): Promise<Row<'runs'>[]> {
  const rows = await rowsOf(cache.database, 'runs', REGISTERED_RUNS, `WHERE run_id IN ${ID_LIST}`, ids)
  if (rows.length === 0) return []
  const byRun = new Map(rows.map(row => [row.run_id, [] as Record<string, unknown>[]]))
  const own = await artifactRows(cache, ids, 'AND own')
  for (const { run_id, dataset_id: _, created_at: __, metadata_json: ___, ...entry } of own)
    byRun.get(run_id as string)?.push(pruned(entry))
  for (const row of rows) row.artifacts_json = artifactsJson(byRun.get(row.run_id) ?? [])
  return rows
}

const REGISTERED_RUNS = `(SELECT * REPLACE (registered_status AS status, registered_completed_at AS completed_at),
  registered_tags_json AS tags_json, '[]' AS artifacts_json FROM runs)`

async function pageOf(
  cache: OpenCache,
  conditions: readonly Condition[],
  limit: number,
  offset: number,
): Promise<{ records: RunRecord[]; total: number }> {
  const { database, newer, hydrated } = cache
  const fresh = [...newer.records.values()].filter(record => fits(conditions, record))
  const where = `WHERE (${failureSql(conditions)}) IS NULL ${hydrated.size === 0 ? '' : `AND run_id NOT IN ${ID_LIST}`}`
  const values = hydrated.size === 0 ? undefined : { ids: JSON.stringify([...hydrated]) }
  const counted = await database.query(`SELECT count(*) AS total FROM runs ${where}`, values)
  const found = await database.query(
    `SELECT run_id FROM runs ${where} ORDER BY created_at DESC, run_id LIMIT ${limit + offset}`,
    values,
  )
  const cached = await cachedRecords(cache, Array.from(found.columns['run_id'] as string[]))
  const records = [...fresh, ...cached.values()].sort(newestFirst).slice(offset, offset + limit)
  return { records, total: (counted.columns['total'][0] as number) + fresh.length }
}

function orNull(value: unknown): number | null {
  return Number.isNaN(value) ? null : (value as number)
}
