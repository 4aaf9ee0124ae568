/** The catalog: registered data sets, runs and artifacts as they stand now. This one is read from facts alone. */

import type { Condition } from './conditions.ts'
import { addFile, bringUpToDate, emptyState, type FactState } from './fact-state.ts'
import { generationOf } from './facts.ts'
import { tablesHash } from './ids.ts'
import { type Match, matchRuns } from './resolver.ts'
import { artifactsOfDataset, artifactsOfRun, precedes, type RunRecord } from './run-record.ts'
import type { CatalogTable, Row } from './tables.ts'

/** What a resolution asks of the registry; from facts alone, or from the cache with the facts newer than it. */
export interface Catalog {
  /** State of the facts that a resolution can depend on. */
  catalogHash: string
  /** Data sets by id in code-point order. */
  datasets: readonly Row<'datasets'>[]
  /** Members of a selection and why every other run is out. */
  match(conditions: readonly Condition[]): Promise<Match>
  /** Runs by id; an unknown id is absent. */
  records(ids: readonly string[]): Promise<Map<string, RunRecord>>
  /** Ids of the runs with this run key that are not deleted, sorted. */
  replicates(runKey: string): Promise<string[]>
  /** Every artifact of these runs. */
  artifactsOfRuns(runIds: readonly string[]): Promise<Row<'artifacts'>[]>
  /** Every artifact of these data sets. */
  artifactsOfDatasets(datasetIds: readonly string[]): Promise<Row<'artifacts'>[]>
  /** Artifacts whose id begins with these hex digits, by id; at most `limit`. */
  artifactsById(prefix: string, limit: number): Promise<Row<'artifacts'>[]>
  /** Runs that meet all conditions, newest first (`created_at`, then id); `total` is before paging. */
  page(
    conditions: readonly Condition[],
    limit: number,
    offset: number,
  ): Promise<{ records: RunRecord[]; total: number }>
}

const states = new Map<string, FactState>()

/** The catalog from facts alone: right without any cache. What was read before in this process is not read again. */
export async function factCatalog(root: string): Promise<Catalog> {
  let state = states.get(root) ?? emptyState(generationOf(root))
  while (!(await bringUpToDate(root, state))) state = emptyState(generationOf(root))
  states.clear()
  states.set(root, state)
  return catalogOf(state)
}

/**
 * The catalog as this process knows it: its own facts, those of others as far as they were read before, data sets as they are now; null
 * where nothing was read before.
 */
export async function knownCatalog(root: string): Promise<Catalog | null> {
  const state = states.get(root)
  return state !== undefined && (await bringUpToDate(root, state, ['datasets'])) ? catalogOf(state) : null
}

/** Tell what this process has just written itself: it need not be read back. */
export function tellWritten<T extends CatalogTable>(
  root: string,
  table: T,
  name: string,
  rows: readonly Row<T>[],
  sum: bigint,
): void {
  const state = states.get(root)
  if (state === undefined || state.seen[table].has(name)) return
  addFile(state, table, name, { facts: rows, rows: rows.length, sum })
}

/** Those of the runs with a key that are not deleted. */
export function replicatesIn(state: FactState, runKey: string): string[] {
  return [...(state.byKey.get(runKey) ?? [])].filter(id => state.records.get(id)?.tombstoned === false).sort()
}

/** A catalog over facts in memory. */
export function catalogOf(state: FactState): Catalog {
  const datasets = sortedDatasets(state.datasets.values())
  return {
    catalogHash: tablesHash(state.sums),
    datasets,
    match: async conditions => matchRuns(conditions, state.records.values()),
    records: async ids => {
      const found = new Map<string, RunRecord>()
      for (const id of ids) {
        const record = state.records.get(id)
        if (record !== undefined) found.set(id, record)
      }
      return found
    },
    replicates: async runKey => replicatesIn(state, runKey),
    artifactsOfRuns: async ids => ids.flatMap(id => artifactsOfRunIn(state, id)),
    artifactsOfDatasets: async ids =>
      datasets
        .filter(({ dataset_id }) => ids.includes(dataset_id))
        .flatMap(row =>
          distinctArtifacts([...artifactsOfDataset(row), ...(state.artifacts.get(`dataset ${row.dataset_id}`) ?? [])]),
        ),
    artifactsById: async (prefix, limit) => {
      const ofDatasets = datasets.flatMap(artifactsOfDataset)
      return idsBeginning(prefix, [...ofDatasets, ...artifactsIn(state, prefix)], limit)
    },
    page: async (conditions, limit, offset) => {
      const found = [...state.records.values()].filter(record => fits(conditions, record)).sort(newestFirst)
      return { records: found.slice(offset, offset + limit), total: found.length }
    },
  }
}

/** Artifacts of a run that a state holds: those registered with it and those that came later. */
export function artifactsOfRunIn(state: FactState, id: string): Row<'artifacts'>[] {
  const row = state.runs.get(id)
  const later = state.artifacts.get(`run ${id}`) ?? []
  return distinctArtifacts([...(row === undefined ? [] : artifactsOfRun(row)), ...later])
}

/** Artifacts of runs, and those that came later, whose id may begin with these digits. */
export function artifactsIn(state: FactState, prefix: string): Row<'artifacts'>[] {
  const text = `"artifact_id":"${prefix}`
  const own = [...state.runs.values()].filter(({ artifacts_json }) => artifacts_json.includes(text))
  return [...own.flatMap(artifactsOfRun), ...[...state.artifacts.values()].flat()]
}

/** Of these artifacts those whose id begins so, one an id, by id. */
export function idsBeginning(prefix: string, rows: readonly Row<'artifacts'>[], limit: number): Row<'artifacts'>[] {
  return distinctArtifacts(rows.filter(({ artifact_id }) => artifact_id.startsWith(prefix)))
    .sort((a, b) => (a.artifact_id < b.artifact_id ? -1 : 1))
    .slice(0, limit)
}

export function fits(conditions: readonly Condition[], record: RunRecord): boolean {
  return conditions.every(condition => condition.test(record) === true)
}

/** Newest first; equal times by id. */
export function newestFirst(a: RunRecord, b: RunRecord): number {
  return b.row.created_at - a.row.created_at || (a.row.run_id < b.row.run_id ? -1 : 1)
}

export function sortedDatasets(rows: Iterable<Row<'datasets'>>): Row<'datasets'>[] {
  return [...rows].sort((a, b) => (a.dataset_id < b.dataset_id ? -1 : 1))
}

/** One row an id: the earliest, then the smaller text, so that a race cannot change which. */
export function distinctArtifacts(rows: readonly Row<'artifacts'>[]): Row<'artifacts'>[] {
  const chosen = new Map<string, Row<'artifacts'>>()
  for (const row of rows) {
    const other = chosen.get(row.artifact_id)
    if (other === undefined || precedes(row, other)) chosen.set(row.artifact_id, row)
  }
  return [...chosen.values()]
}
