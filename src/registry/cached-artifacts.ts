/** Artifacts through the cache, with those of the facts newer than it. */

import { type OpenCache, rowsOf } from './cache.ts'
import { artifactsIn, artifactsOfRunIn, distinctArtifacts, idsBeginning, sortedDatasets } from './catalog.ts'
import { artifactsOfDataset } from './run-record.ts'
import type { Row } from './tables.ts'

/** The parameter `ids` as rows. */
export const ID_LIST = `(SELECT unnest(from_json($ids, '["VARCHAR"]')))`

/** Artifacts whose id begins so, at most `limit`. */
export async function artifactsById(cache: OpenCache, prefix: string, limit: number): Promise<Row<'artifacts'>[]> {
  const { newer } = cache
  const from = '(SELECT *, NULL::VARCHAR AS metadata_json FROM artifacts)'
  const where = `WHERE starts_with(artifact_id, ${ID_LIST}) ORDER BY artifact_id LIMIT ${limit}`
  const cached = await rowsOf(cache.database, 'artifacts', from, where, [prefix])
  const ofDatasets = sortedDatasets(newer.datasets.values()).flatMap(artifactsOfDataset)
  return idsBeginning(prefix, [...cached, ...ofDatasets, ...artifactsIn(newer, prefix)], limit)
}

/** Every artifact of these runs. */
export async function artifactsOfRuns(cache: OpenCache, ids: readonly string[]): Promise<Row<'artifacts'>[]> {
  const { newer } = cache
  const inFacts = ids.filter(id => newer.runs.has(id))
  const cached = await artifactRows(cache, ids)
  const later = ids.filter(id => newer.artifacts.has(`run ${id}`) || newer.runs.has(id))
  if (later.length === 0) return cached
  const known = new Set(inFacts)
  const rows = [
    ...cached,
    ...ids.flatMap(id => (known.has(id) ? artifactsOfRunIn(newer, id) : (newer.artifacts.get(`run ${id}`) ?? []))),
  ]
  return distinctArtifacts(rows)
}

/** Every artifact of these data sets, those that were registered later too. */
export async function artifactsOfDatasets(cache: OpenCache, ids: readonly string[]): Promise<Row<'artifacts'>[]> {
  const { newer } = cache
  const where = `WHERE run_no IS NULL AND NOT own AND dataset_id IN ${ID_LIST}`
  const later = await rowsOf(cache.database, 'artifacts', ARTIFACTS, where, ids)
  return sortedDatasets(newer.datasets.values())
    .filter(({ dataset_id }) => ids.includes(dataset_id))
    .flatMap(row =>
      distinctArtifacts([
        ...artifactsOfDataset(row),
        ...later.filter(({ dataset_id }) => dataset_id === row.dataset_id),
        ...(newer.artifacts.get(`dataset ${row.dataset_id}`) ?? []),
      ]),
    )
}

const ARTIFACTS = '(SELECT *, rowid, NULL::VARCHAR AS metadata_json FROM artifacts)'

/** Artifacts of runs. Their numbers, where they are known from the last match, keep DuckDB to the blocks they lie in; `and` is more SQL. */
export async function artifactRows(cache: OpenCache, ids: readonly string[], and = ''): Promise<Row<'artifacts'>[]> {
  const numbers = ids.map(id => cache.numbers.get(id))
  if (ids.length > 0 && numbers.every(number => number !== undefined)) {
    const [first, last] = bounds(numbers as number[])
    // The rows are found by their numbers alone; the other columns are then read of these only.
    const among = `run_no BETWEEN ${first} AND ${last} AND run_no IN (SELECT unnest(from_json($ids, '["INTEGER"]')))`
    const where = `WHERE rowid IN (SELECT rowid FROM artifacts WHERE ${among}) ${and}`
    return rowsOf(cache.database, 'artifacts', ARTIFACTS, where, numbers as number[])
  }
  const where = `WHERE run_no IN (SELECT run_no FROM runs WHERE run_id IN ${ID_LIST}) ${and}`
  return rowsOf(cache.database, 'artifacts', ARTIFACTS, where, ids)
}

function bounds(numbers: readonly number[]): [number, number] {
  let first = numbers[0]
  let last = numbers[0]
  for (const number of numbers) {
    if (number < first) first = number
    if (number > last) last = number
  }
  return [first, last]
}
