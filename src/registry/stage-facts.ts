/** Facts for a new cache: each file checked, rows that lost a race dropped, later events folded in. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../base/duckdb.ts'
import { storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { type Loader, relationOf } from './cache-loader.ts'
import { checkSegmentBytes } from './compact.ts'
import { readFooter } from './fact-file.ts'
import { checkedFooters } from './fact-sums.ts'
import type { ListedTable } from './facts.ts'
import { addSums, type TableSum } from './ids.ts'
import { listTable, type Segment } from './listing.ts'
import { liveFacts } from './live-facts.ts'
import { foldRun, precedes } from './run-record.ts'
import type { Row } from './tables.ts'

/** The live files of a table: their paths, and what their rows add up to. */
export interface Staged {
  paths: string[]
  sum: TableSum
}

/**
 * Check the live files of a table: by their bytes where the name carries their hash, else row by row. The names of all files whose
 * rows are among them are added to `files`. REGISTRY_CORRUPT names the file at fault.
 */
export async function stage(
  root: string,
  loader: Loader,
  table: ListedTable,
  files: { table_name: string; name: string }[],
): Promise<Staged> {
  const base = join(layout.registry(root), table)
  const { live, segments } = listTable(root, table)
  const byName = new Map<string, Segment>(segments.map(segment => [segment.name, segment]))
  const sum: TableSum = { rows: 0, sum: 0n }
  const add = (part: TableSum) => {
    sum.rows += part.rows
    sum.sum = addSums(sum.sum, part.sum)
  }
  const unnamed: string[] = []
  const seen = new Set<string>()
  for (const name of live) {
    const path = join(base, name)
    if (/-[0-9a-f]{64}\.parquet$/.test(name)) {
      checkSegmentBytes(
        path,
        storing(path, () => readFileSync(path)),
      )
      add(byName.get(name) ?? readFooter(table, path))
    } else unnamed.push(path)
    seen.add(name)
    for (const source of byName.get(name)?.sources ?? []) seen.add(source)
  }
  for (const footer of await checkedFooters(loader.database, table, unnamed)) add(footer)
  for (const name of seen) files.push({ table_name: table, name })
  return { paths: live.map(name => join(base, name)), sum }
}

/** The registered runs as a relation: of two with one id the one that counts, by the same rule as when facts are read directly. */
export async function runsRelation(loader: Loader, paths: readonly string[]): Promise<string> {
  const { database } = loader
  const located = relationOf('runs', paths, true)
  const places = await overtaken(database, located, 'place', 'run_id', (a, b) =>
    precedes(a as Row<'runs'>, b as Row<'runs'>),
  )
  if (places.length === 0) return relationOf('runs', paths)
  await loader.rows(
    'temp.overtaken_runs',
    { place: 'text' },
    places.map(place => ({ place })),
  )
  return `(SELECT * EXCLUDE (place) FROM ${located} WHERE place NOT IN (SELECT place FROM overtaken_runs))`
}

/** The same for data sets and for artifacts that came later. */
export async function dropDuplicates(database: Database): Promise<void> {
  for (const [table, key] of [
    ['datasets', 'dataset_id'],
    ['later_artifacts', 'artifact_id'],
  ] as const) {
    const places = await overtaken(database, table, 'rowid', key, (a, b) =>
      precedes(a as Row<'artifacts'>, b as Row<'artifacts'>),
    )
    if (places.length > 0) await database.run(`DELETE FROM ${table} WHERE rowid IN (${places.join(', ')})`)
  }
}

/** Places of the rows that another row of the same key comes before. */
async function overtaken(
  database: Database,
  relation: string,
  place: string,
  key: string,
  before: (a: Record<string, unknown>, b: Record<string, unknown>) => boolean,
): Promise<(string | number)[]> {
  const repeated = await database.query(`SELECT ${key} FROM ${relation} GROUP BY ${key} HAVING count(*) > 1`)
  if (repeated.rows === 0) return []
  const ids = JSON.stringify(Array.from(repeated.columns[key] as string[]))
  const { columns, rows } = await database.query(
    `SELECT * REPLACE (recorded_at::TIMESTAMP AS recorded_at), ${place} AS row_place FROM ${relation}
     WHERE ${key} IN (SELECT unnest(from_json($ids, '["VARCHAR"]')))`,
    { ids },
  )
  const { row_place: places, place: _, ...cells } = columns
  const kept = new Map<unknown, { fact: Record<string, unknown>; place: string | number }>()
  const dropped: (string | number)[] = []
  for (let i = 0; i < rows; i++) {
    const fact: Record<string, unknown> = {}
    for (const [name, column] of Object.entries(cells)) fact[name] = Number.isNaN(column[i]) ? null : column[i]
    const row = { fact, place: places[i] as string | number }
    const other = kept.get(fact[key])
    const wins = other === undefined || before(fact, other.fact)
    if (wins) kept.set(fact[key], row)
    if (other !== undefined) dropped.push(wins ? other.place : row.place)
  }
  return dropped
}

/** What later events made of runs, folded by the same function as when facts are read directly. */
export async function loadChanges(root: string, loader: Loader, runs: string): Promise<void> {
  const byRun = new Map<string, Row<'run_events'>[]>()
  for (const row of await liveFacts(root, 'run_events')) {
    const list = byRun.get(row.run_id)
    if (list === undefined) byRun.set(row.run_id, [row])
    else list.push(row)
  }
  const { columns, rows } = await loader.database.query(
    `SELECT run_id, status, tags_json, dataset_ids_json, completed_at::TIMESTAMP AS completed_at FROM ${runs}
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
  await loader.rows('temp.run_changes', types, changes)
  await loader.database.run('ALTER TABLE run_changes ALTER tombstoned TYPE BOOLEAN')
}
