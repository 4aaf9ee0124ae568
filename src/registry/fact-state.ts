/** The fold of fact files in memory, brought up to date by reading only what came since. */

import { fail } from '../base/errors.ts'
import { footerOf } from './catalog-hash.ts'
import { factFileAt, generationOf } from './facts.ts'
import { addSums, type TableSum } from './ids.ts'
import { listTable, segmentOf, type TableFiles } from './listing.ts'
import { foldRun, precedes, type RunRecord } from './run-record.ts'
import { CATALOG_TABLES, type CatalogTable, type Row } from './tables.ts'

/** Names of fact files by table. */
export type CatalogFiles = Record<CatalogTable, Iterable<string>>

export interface FactState {
  /** The generation of the facts it was read from. */
  generation: string
  /** Files whose rows are in here, those that a segment stands for included. */
  seen: Record<CatalogTable, Set<string>>
  sums: Record<CatalogTable, TableSum>
  runs: Map<string, Row<'runs'>>
  events: Map<string, Row<'run_events'>[]>
  records: Map<string, RunRecord>
  /** Run key → ids of the runs that have it. */
  byKey: Map<string, Set<string>>
  datasets: Map<string, Row<'datasets'>>
  /** Artifacts registered by themselves, by owner: `run <id>` or `dataset <id>`. */
  artifacts: Map<string, Row<'artifacts'>[]>
}

/** A state that holds no rows but counts these files as seen. */
export function emptyState(generation: string, seen?: CatalogFiles, sums?: Record<CatalogTable, TableSum>): FactState {
  const none = () => ({ rows: 0, sum: 0n })
  return {
    generation,
    seen: {
      datasets: new Set(seen?.datasets),
      runs: new Set(seen?.runs),
      run_events: new Set(seen?.run_events),
      artifacts: new Set(seen?.artifacts),
    },
    sums: sums ?? { datasets: none(), runs: none(), run_events: none(), artifacts: none() },
    runs: new Map(),
    events: new Map(),
    records: new Map(),
    byKey: new Map(),
    datasets: new Map(),
    artifacts: new Map(),
  }
}

/**
 * Read into a state every fact that it does not hold; false where that cannot be told any more, because what it held was merged
 * with what it did not and then collected, or rows that it held were collected: such a state is to be thrown away.
 */
export async function bringUpToDate(
  root: string,
  state: FactState,
  tables: readonly CatalogTable[] = CATALOG_TABLES,
): Promise<boolean> {
  if (state.generation !== generationOf(root)) return false
  for (const table of tables) {
    for (let attempt = 0; ; attempt++) {
      const files = listTable(root, table)
      const unseen = unseenOf(root, table, files, state.seen[table])
      if (unseen === null) return false
      if (await readInto(root, state, table, unseen.wanted)) {
        for (const name of unseen.covered) state.seen[table].add(name)
        break
      }
      if (attempt === 5)
        throw fail('STORAGE_ERROR', { message: `The facts of ${table} change faster than they can be read` })
    }
  }
  return true
}

/** Rows of the files that `bringUpToDate` would read; null where it would fail. */
export function unseenRows(root: string, state: FactState): number | null {
  let rows = 0
  for (const table of CATALOG_TABLES) {
    const unseen = unseenOf(root, table, listTable(root, table), state.seen[table])
    if (unseen === null) return null
    for (const name of unseen.wanted) rows += footerOf(root, table, name).rows
  }
  return rows
}

/**
 * Files to read so that all live rows are seen, and the segments that are seen once they are read: not before, because a part of
 * one may be collected in between. Null where it is impossible.
 */
export function unseenOf(
  root: string,
  table: CatalogTable,
  { all, live }: TableFiles,
  seen: ReadonlySet<string>,
): { wanted: string[]; covered: string[] } | null {
  const present = new Set(all)
  const wanted: string[] = []
  const covered: string[] = []
  const visit = (name: string): boolean => {
    if (seen.has(name)) return true
    if (!present.has(name)) return false
    const segment = name.startsWith('segments/') ? segmentOf(root, table, name) : undefined
    const known = segment?.sources.some(source => seen.has(source)) ?? false
    if (segment === undefined || !known) {
      wanted.push(name)
      return true
    }
    // Part of it is known: the rest is read from the parts that it was made of, all of which it names.
    if (!segment.sources.filter(source => !source.startsWith('segments/')).every(visit)) return false
    covered.push(name)
    return true
  }
  return live.every(visit) ? { wanted, covered } : null
}

async function readInto(
  root: string,
  state: FactState,
  table: CatalogTable,
  names: readonly string[],
): Promise<boolean> {
  for (const name of names) {
    if (state.seen[table].has(name)) continue
    const file = await factFileAt(root, table, `${table}/${name}`)
    if (file === null) return false
    // Another reader of this state, or who wrote it, may have added it meanwhile.
    if (state.seen[table].has(name)) continue
    addFile(state, table, name, file)
    if (name.startsWith('segments/'))
      for (const source of segmentOf(root, table, name).sources) state.seen[table].add(source)
  }
  return true
}

/** Add a file of one table that the state does not hold. */
export function addFile<T extends CatalogTable>(
  state: FactState,
  table: T,
  name: string,
  file: TableSum & { facts: readonly Row<T>[] },
): void {
  addRows(state, table, file.facts)
  const sums = state.sums[table]
  state.sums[table] = { rows: sums.rows + file.rows, sum: addSums(sums.sum, file.sum) }
  state.seen[table].add(name)
}

/** Add rows of one table; later files may hold what precedes rows of earlier ones. */
export function addRows<T extends CatalogTable>(state: FactState, table: T, rows: readonly Row<T>[]): void {
  if (table === 'runs') addRuns(state, rows as readonly Row<'runs'>[])
  else if (table === 'run_events') addEvents(state, rows as readonly Row<'run_events'>[])
  else if (table === 'datasets') addDatasets(state, rows as readonly Row<'datasets'>[])
  else addArtifacts(state, rows as readonly Row<'artifacts'>[])
}

function addRuns(state: FactState, rows: readonly Row<'runs'>[]): void {
  for (const row of rows) {
    const other = state.runs.get(row.run_id)
    if (other !== undefined && !precedes(row, other)) continue
    state.runs.set(row.run_id, row)
    if (other !== undefined) state.byKey.get(other.run_key)?.delete(row.run_id)
    const alike = state.byKey.get(row.run_key)
    if (alike === undefined) state.byKey.set(row.run_key, new Set([row.run_id]))
    else alike.add(row.run_id)
    state.records.set(row.run_id, foldRun(row, state.events.get(row.run_id) ?? []))
  }
}

function addEvents(state: FactState, rows: readonly Row<'run_events'>[]): void {
  const touched = new Set<string>()
  for (const row of rows) {
    const list = state.events.get(row.run_id)
    if (list === undefined) state.events.set(row.run_id, [row])
    else list.push(row)
    touched.add(row.run_id)
  }
  for (const id of touched) {
    const row = state.runs.get(id)
    if (row !== undefined) state.records.set(id, foldRun(row, state.events.get(id) ?? []))
  }
}

/** One row an id: the earliest, then the smaller text, so that a race cannot change which. */
function addDatasets(state: FactState, rows: readonly Row<'datasets'>[]): void {
  for (const row of rows) {
    const other = state.datasets.get(row.dataset_id)
    if (other === undefined || precedes(row, other)) state.datasets.set(row.dataset_id, row)
  }
}

function addArtifacts(state: FactState, rows: readonly Row<'artifacts'>[]): void {
  for (const row of rows) {
    const owner = row.run_id === null ? `dataset ${row.dataset_id}` : `run ${row.run_id}`
    const list = state.artifacts.get(owner)
    if (list === undefined) state.artifacts.set(owner, [row])
    else list.push(row)
  }
}
