/** Staging facts for a new cache: each file checked, rows that lost a race dropped, later events folded in. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../base/duckdb.ts'
import { storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import type { Loader } from './cache-loader.ts'
import { RUN_ORDER } from './cache-schema.ts'
import { checkSegmentBytes } from './compact.ts'
import { corrupt, readFooter } from './fact-file.ts'
import { factFileAt, type ListedTable } from './facts.ts'
import { addSums, rowText, type TableSum } from './ids.ts'
import { listTable, type Segment } from './listing.ts'
import { foldRun, precedes } from './run-record.ts'
import type { Row } from './tables.ts'

/** Load the live files of a table, each checked: by its bytes where its name carries their hash, else row by row. */
export async function stage(
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
export async function dropDuplicates(database: Database): Promise<void> {
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
export async function loadChanges(root: string, loader: Loader): Promise<void> {
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
