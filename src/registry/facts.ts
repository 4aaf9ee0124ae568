/**
 * Facts: the append-only files below `lake/registry/`, each written once and never opened for writing again.
 *
 *   datasets/part-<id>.parquet                            one data set
 *   runs/day=<D>/part-<id>.parquet                        runs registered: row, first status, tags, artifacts
 *   run_events/day=<D>/part-<hash>.parquet                later status, tags, tombstones
 *   artifacts/day=<D>/part-<hash>.parquet                 later artifacts
 *   experiments/day=<D>/part-<hash>.parquet               definitions and attempts
 *   <table>/segments/segment-<level>-<sha256>.parquet     many parts in one; the parts it names are hidden by it
 *   aliases/<seq>.parquet
 *   runsets_spec/runset_id=<id>/spec-<hash>.parquet
 *   runsets_events/runset_id=<id>/<seq>.parquet
 *   runsets_resolution/runset_id=<id>/<resolution>.{head,runs,artifacts}.parquet, log-<seq>.parquet
 *
 * A file appears whole by a hard link that refuses a taken name, so two writers of one name cannot both succeed.
 */

import { mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { createExclusive, listFolder, readTextIfPresent, storing, syncFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { createPatiently } from '../base/patient-files.ts'
import { isoDate } from '../base/time.ts'
import { encodeFacts, type FactRows, readFacts } from './fact-file.ts'
import { hex256 } from './ids.ts'
import { CATALOG_TABLES, type Row, type TableName } from './tables.ts'
import type { Stamp } from './types.ts'

/** Tables whose files lie in day partitions (data sets: in one folder) and are found by listing. */
export const LISTED_TABLES = [...CATALOG_TABLES, 'experiments'] as const
export type ListedTable = (typeof LISTED_TABLES)[number]

/** Path of a fact below the registry's folder. */
export const factPath = {
  dataset: (id: string) => `datasets/part-${sha256Hex(id).slice(0, 16)}.parquet`,
  run: (createdAt: number, id: string) => `runs/day=${isoDate(createdAt)}/part-${sha256Hex(id).slice(0, 16)}.parquet`,
  batch: (table: ListedTable, at: number, sum: bigint, hash?: string) =>
    `${table}/day=${isoDate(at)}/part-${hex256(sum).slice(0, 16)}${hash === undefined ? '' : `-${hash}`}.parquet`,
  segment: (table: ListedTable, level: number, hash: string) => `${table}/segments/segment-${level}-${hash}.parquet`,
  alias: (seq: number) => `aliases/${sequence(seq)}.parquet`,
  spec: (id: string, specHash: string) => `runsets_spec/runset_id=${id}/spec-${specHash.slice(0, 12)}.parquet`,
  event: (id: string, seq: number) => `runsets_events/runset_id=${id}/${sequence(seq)}.parquet`,
  log: (id: string, seq: number) => `runsets_resolution/runset_id=${id}/log-${sequence(seq)}.parquet`,
  resolution: (id: string, resolution: string, part: 'head' | 'runs' | 'artifacts') =>
    `runsets_resolution/runset_id=${id}/${resolution.slice(0, 16)}.${part}.parquet`,
}

/** Write rows as one fact at a path below the registry; false when the name is taken. Durable when it returns. */
export function appendFacts<T extends TableName>(
  root: string,
  table: T,
  path: string,
  rows: readonly Row<T>[],
  stamp: Stamp,
): boolean {
  return appendBytes(root, path, encodeFacts(table, rows, stamp).bytes)
}

/** A fact file that was just written. */
export interface Written<T extends TableName> {
  path: string
  rows: readonly Row<T>[]
  sum: bigint
}

/** The same for rows of a listed table that are named by their content; null where the name is taken: it holds the same rows. */
export function appendBatch<T extends ListedTable>(
  root: string,
  table: T,
  at: number,
  rows: readonly Row<T>[],
  stamp: Stamp,
): Written<T> | null {
  const { bytes, sum } = encodeFacts(table, rows, stamp)
  // The name of a large file carries the hash of its bytes, so that it is checked without decoding every row.
  const hash = rows.length < LARGE_ROWS ? undefined : sha256Hex(bytes)
  const path = factPath.batch(table, at, sum, hash)
  return appendBytes(root, path, bytes) ? { path, rows, sum } : null
}

/** The fact of one run; null where the name is taken. Durable when it is settled: other work may go on while the disk is waited for. */
export async function appendRun(root: string, row: Row<'runs'>, stamp: Stamp): Promise<Written<'runs'> | null> {
  const { bytes, sum } = encodeFacts('runs', [row], stamp)
  const path = factPath.run(row.created_at, row.run_id)
  const place = join(layout.registry(root), path)
  ensureFolder(dirname(place))
  return (await createPatiently(place, bytes)) ? { path, rows: [row], sum } : null
}

/** Rows from which a file carries the hash of its bytes and is left as it is. */
export const LARGE_ROWS = 256

/** Put finished bytes at a path below the registry; false when the name is taken. */
export function appendBytes(root: string, path: string, bytes: Uint8Array): boolean {
  const place = join(layout.registry(root), path)
  ensureFolder(dirname(place))
  return createExclusive(place, bytes)
}

/** Rows of one fact; an absent file has none. */
export async function factsAt<T extends TableName>(root: string, table: T, path: string): Promise<Row<T>[]> {
  return (await factFileAt(root, table, path))?.facts ?? []
}

/** One fact, or null where it is absent. It cannot change, so what was read before is handed out again. */
export async function factFileAt<T extends TableName>(
  root: string,
  table: T,
  path: string,
): Promise<FactRows<T> | null> {
  const place = join(layout.registry(root), path)
  const stamp = stampOf(place)
  if (stamp === null) return null
  const known = remembered.get(place)
  if (known?.stamp === stamp) return known.file as FactRows<T>
  const file = await readFacts(table, place)
  remember(place, stamp, file)
  return file
}

/** Rows of every fact of a folder below the registry whose name fits, in the order of the names. */
export async function factsIn<T extends TableName>(
  root: string,
  table: T,
  folder: string,
  fits: (name: string) => boolean = isFact,
): Promise<Row<T>[]> {
  const rows: Row<T>[] = []
  for (const name of listFolder(join(layout.registry(root), folder))) {
    if (fits(name)) for (const row of await factsAt(root, table, `${folder}/${name}`)) rows.push(row)
  }
  return rows
}

/** True for the name of a fact; temporary files of a writer that died begin with a dot. */
export function isFact(name: string): boolean {
  return name.endsWith('.parquet') && !name.startsWith('.')
}

/**
 * Changes whenever rows were collected or brought back, which is the one way in which facts that were read can cease to be: what
 * was read under another generation is read anew. Empty where nothing was ever collected.
 */
export function generationOf(root: string): string {
  return readTextIfPresent(join(layout.registry(root), GENERATION)) ?? ''
}

export const GENERATION = '.generation'

/** Folders of RunSets by id. */
export function runsetFolders(root: string): string[] {
  return listFolder(join(layout.registry(root), 'runsets_events'))
    .filter(name => name.startsWith('runset_id='))
    .map(name => name.slice('runset_id='.length))
}

// ── rows read before ───────────────────────────────────────────────────────────────────────────────────────────────

interface Remembered {
  stamp: string
  file: FactRows<TableName>
}

const remembered = new Map<string, Remembered>()
let rememberedRows = 0
const MAX_ROWS = 300_000

/** Oldest first out; a damaged or restored file has another stamp and is read again. */
function remember(place: string, stamp: string, file: FactRows<TableName>): void {
  forget(place)
  remembered.set(place, { stamp, file })
  rememberedRows += file.rows + 1
  for (const oldest of remembered.keys()) {
    if (rememberedRows <= MAX_ROWS || oldest === place) break
    forget(oldest)
  }
}

function forget(place: string): void {
  const known = remembered.get(place)
  if (known === undefined) return
  rememberedRows -= known.file.rows + 1
  remembered.delete(place)
}

function stampOf(place: string): string | null {
  const stat = storing(place, () => statSync(place, { throwIfNoEntry: false }))
  return stat === undefined ? null : `${stat.mtimeMs} ${stat.size} ${stat.ino}`
}

/** Create a folder with its parents, so that their names outlive a crash. */
function ensureFolder(path: string): void {
  storing(path, () => {
    const first = mkdirSync(path, { recursive: true })
    if (first === undefined) return
    for (let folder = dirname(path); folder.length >= dirname(first).length; folder = dirname(folder)) {
      syncFolder(folder)
      if (folder === dirname(folder)) break
    }
  })
}

function sequence(seq: number): string {
  return String(seq).padStart(8, '0')
}
