/**
 * Compaction: many small fact files become one sorted segment that names and hides them; the files that were merged stay until they
 * are collected. Truth does not change: the sum of the rows' hashes is checked to be the same before the segment appears.
 *
 * Whoever registers makes small steps on the way (64 parts into a segment, 16 of these into one of about a thousand rows), each
 * short whatever the size of the registry. Larger ones are made by `registry compact` alone.
 */

import { join } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { makeFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { tryLock } from '../base/lock.ts'
import { corrupt, encodeFacts, readFooter } from './fact-file.ts'
import { appendBytes, factFileAt, factPath, type ListedTable } from './facts.ts'
import { addSums } from './ids.ts'
import { levelOf, listTable, segmentOf } from './listing.ts'
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

/** Parts that become a segment, and segments of parts that become one that is left alone, on the way of registering. */
export const PARTS_OF_SEGMENT = 64
export const SEGMENTS_OF_SEGMENT = 16
/** Rows that one step on the way may merge, so that nobody waits long for it. */
const ROWS_OF_STEP = PARTS_OF_SEGMENT * SEGMENTS_OF_SEGMENT

/** One small step: merge parts that lie about, or small segments, where there are enough; false where there is nothing to do. */
export async function mergeStrays(root: string, table: ListedTable, stamp: Stamp): Promise<boolean> {
  const release = tryLock(compactionLock(root, table))
  if (release === null) return false
  try {
    const { live } = listTable(root, table)
    // A part with the hash of its bytes in its name is large.
    const parts = live.filter(name => levelOf(name) === 0 && !/-[0-9a-f]{64}\.parquet$/.test(name))
    const segments = live.filter(name => levelOf(name) === 1)
    const due =
      parts.length >= PARTS_OF_SEGMENT
        ? parts.slice(0, PARTS_OF_SEGMENT)
        : segments.length >= SEGMENTS_OF_SEGMENT
          ? segments.slice(0, SEGMENTS_OF_SEGMENT)
          : []
    const units: Unit[] = []
    let rows = 0
    for (const name of due) {
      const unit = unitOf(root, table, name)
      rows += unit.rows
      if (rows > ROWS_OF_STEP && units.length > 1) break
      units.push(unit)
    }
    return units.length > 1 && (await merge(root, table, units, stamp)) !== null
  } finally {
    release()
  }
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

/** A file in force. */
export interface Unit {
  name: string
  rows: number
  sum: bigint
  level: number
  /** Files that it stands for. */
  sources: string[]
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
    const merged = to - from > 1 ? await merge(root, table, units.slice(from, to), stamp) : null
    if (merged !== null) {
      done.segments++
      done.files += to - from
      done.rows += merged.rows
    }
    from = to
  }
}

function sizeOf(rows: number): number {
  const size = SIZES.findIndex(limit => rows < limit)
  return size < 0 ? SIZES.length : size
}

function unitOf(root: string, table: ListedTable, name: string): Unit {
  if (name.startsWith('segments/')) return segmentOf(root, table, name)
  return { name, level: 0, ...readFooter(table, join(layout.registry(root), table, name)) }
}

/** Merge files; null where one is gone, or has columns of a newer program: then they are left as they are. */
async function merge<T extends ListedTable>(
  root: string,
  table: T,
  units: readonly Unit[],
  stamp: Stamp,
): Promise<Unit | null> {
  const rows: Row<T>[] = []
  for (const unit of units) {
    const file = await factFileAt(root, table, `${table}/${unit.name}`)
    if (file === null) return null
    for (const row of file.facts) rows.push(row)
  }
  return writeSegment(root, table, units, rows, stamp)
}

/** Write the segment of these files, whose rows are at hand; null where the rows do not add up to what the files say. */
export function writeSegment<T extends ListedTable>(
  root: string,
  table: T,
  units: readonly Unit[],
  rows: readonly Row<T>[],
  stamp: Stamp,
): Unit | null {
  const sorted = [...rows].sort(ORDER[table] as (a: Row<T>, b: Row<T>) => number)
  const sources = units.flatMap(unit => [unit.name, ...unit.sources])
  const encoded = encodeFacts(table, sorted, stamp, { sources })
  if (encoded.sum !== units.reduce((sum, unit) => addSums(sum, unit.sum), 0n)) return null
  const level = 1 + Math.max(...units.map(unit => unit.level))
  const path = factPath.segment(table, level, sha256Hex(encoded.bytes))
  appendBytes(root, path, encoded.bytes)
  return { name: path.slice(table.length + 1), rows: rows.length, sum: encoded.sum, level, sources }
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
