/**
 * Compaction: many small fact files become one sorted segment that names and hides them. Sizes grow by eightfold steps, so a row
 * is rewritten three times in its life; the files that were merged stay until they are collected. Truth does not change: the
 * sum of the rows' hashes is checked to be the same before the segment appears.
 */

import { join } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { makeFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { tryLock } from '../base/lock.ts'
import { corrupt, encodeFacts, readFooter } from './fact-file.ts'
import { appendBytes, factFileAt, factPath, type ListedTable } from './facts.ts'
import { addSums } from './ids.ts'
import { levelOf, listTable, type Segment, segmentOf } from './listing.ts'
import { compareText } from './order.ts'
import type { Row } from './tables.ts'
import type { Stamp } from './types.ts'

export interface Compacted {
  table: ListedTable
  segments: number
  /** Files that the new segments stand for. */
  files: number
  rows: number
}

/** Rows from which a file is of the next size; what reaches the last is never merged again. */
const SIZES = [256, 2048, 16_384]
/** A merge waits for this share of the next size, or for this many files. */
const MIN_FILES = 8
const MIN_SMALL_FILES = 128

/** True for about one in 256 ids: whoever registers that one looks whether there is something to merge. No counting, no listing. */
export function isCompactionTurn(id: string): boolean {
  return sha256Hex(id).endsWith('00')
}

/** Merge what is due; null where another process is at it. With `all`, every file below the last size, however few. */
export async function compactTable(
  root: string,
  table: ListedTable,
  stamp: Stamp,
  { all = false }: { all?: boolean } = {},
): Promise<Compacted | null> {
  const registry = layout.registry(root)
  makeFolder(registry)
  const release = tryLock(compactionLock(root, table))
  if (release === null) return null
  try {
    const done: Compacted = { table, segments: 0, files: 0, rows: 0 }
    for (let size = 0; size < SIZES.length; size++) await mergeSize(root, table, size, all, stamp, done)
    return done
  } finally {
    release()
  }
}

/** Who merges or collects files of a table holds this lock. */
export function compactionLock(root: string, table: ListedTable): string {
  return join(layout.registry(root), `.compact-${table}.lock`)
}

interface Unit {
  name: string
  rows: number
  sum: bigint
  segment: Segment | undefined
}

async function mergeSize(
  root: string,
  table: ListedTable,
  size: number,
  all: boolean,
  stamp: Stamp,
  done: Compacted,
): Promise<void> {
  const { live } = listTable(root, table)
  const units = live
    .map(name => unitOf(root, table, name))
    .filter(({ rows }) => sizeOf(rows) <= size && (all || sizeOf(rows) === size))
  const rows = units.reduce((sum, unit) => sum + unit.rows, 0)
  const due = units.length >= (size === 0 ? MIN_SMALL_FILES : MIN_FILES) || (units.length > 1 && rows >= SIZES[size])
  if (!(due || (all && size === SIZES.length - 1 && units.length > 1))) return
  // A segment is at most twice the last size, so that it is read and written in memory.
  for (let from = 0; from < units.length; ) {
    let to = from
    let count = 0
    while (to < units.length && count < 2 * SIZES[SIZES.length - 1]) count += units[to++].rows
    if (to - from > 1) await merge(root, table, units.slice(from, to), stamp, done)
    from = to
  }
}

function sizeOf(rows: number): number {
  const size = SIZES.findIndex(limit => rows < limit)
  return size < 0 ? SIZES.length : size
}

function unitOf(root: string, table: ListedTable, name: string): Unit {
  if (!name.startsWith('segments/')) {
    const { rows, sum } = readFooter(table, join(layout.registry(root), table, name))
    return { name, rows, sum, segment: undefined }
  }
  const segment = segmentOf(root, table, name)
  return { name, rows: segment.rows, sum: segment.sum, segment }
}

async function merge<T extends ListedTable>(
  root: string,
  table: T,
  units: readonly Unit[],
  stamp: Stamp,
  done: Compacted,
): Promise<void> {
  const rows: Row<T>[] = []
  let sum = 0n
  for (const unit of units) {
    const file = await factFileAt(root, table, `${table}/${unit.name}`)
    if (file === null) return
    for (const row of file.facts) rows.push(row)
    sum = addSums(sum, unit.sum)
  }
  rows.sort(ORDER[table] as (a: Row<T>, b: Row<T>) => number)
  const sources = units.flatMap(unit => [unit.name, ...(unit.segment?.sources ?? [])])
  const encoded = encodeFacts(table, rows, stamp, sources)
  // A newer program may have written columns that this one does not know: such files are left as they are.
  if (encoded.sum !== sum) return
  const level = 1 + Math.max(...units.map(unit => levelOf(unit.name)))
  const path = factPath.segment(table, level, sha256Hex(encoded.bytes))
  appendBytes(root, path, encoded.bytes)
  done.segments++
  done.files += units.length
  done.rows += rows.length
}

/** Check that a segment is byte for byte what was written: its name carries their SHA-256. */
export function checkSegmentBytes(path: string, bytes: Uint8Array): void {
  if (!path.includes(`-${sha256Hex(bytes)}.parquet`)) throw corrupt(path)
}

const ORDER: { [T in ListedTable]: (a: Row<T>, b: Row<T>) => number } = {
  datasets: (a, b) => compareText(a.dataset_id, b.dataset_id),
  runs: (a, b) => compareText(a.run_id, b.run_id),
  run_events: (a, b) => compareText(a.run_id, b.run_id) || a.seq - b.seq || a.at - b.at,
  artifacts: (a, b) =>
    compareText(a.run_id ?? a.dataset_id ?? '', b.run_id ?? b.dataset_id ?? '') ||
    compareText(a.kind, b.kind) ||
    compareText(a.artifact_id, b.artifact_id),
  experiments: (a, b) => compareText(a.experiment_id, b.experiment_id) || a.seq - b.seq,
}
