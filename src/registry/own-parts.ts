/**
 * Parts that this process wrote and that no segment holds yet. They are merged in small steps, from memory, as soon as there are enough:
 * registering never lists or reads what is there, and takes no longer the more there is. A process that dies leaves parts that
 * count as before; others merge them.
 */

import { join } from 'node:path'
import { listFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { tryLock } from '../base/lock.ts'
import { VERSION } from '../base/version.ts'
import { tellWritten } from './catalog.ts'
import {
  compactionLock,
  mergeStrays,
  PARTS_OF_SEGMENT,
  SEGMENTS_OF_SEGMENT,
  type Unit,
  writeSegment,
} from './compact.ts'
import { isFact, LARGE_ROWS, type ListedTable } from './facts.ts'
import { segmentOf } from './listing.ts'
import { notice } from './notices.ts'
import type { Row } from './tables.ts'
import type { Stamp } from './types.ts'

/** A part or segment with its rows as they are filed. */
interface Own extends Unit {
  rowsAtHand: Row<ListedTable>[]
}

interface OwnParts {
  parts: Own[]
  /** Segments of parts. */
  segments: Own[]
  /** Names in the folder of segments that hold no part of this process, or were made by it. */
  known: Set<string>
  written: number
}

const byTable = new Map<string, OwnParts>()

/** Parts that wait while another process holds the lock; what is more is left to others. */
const MAX_WAITING = 1024

/** Tell of a part that was just written, and merge what is due. `path` is below the registry's folder. */
export async function partWritten<T extends ListedTable>(
  root: string,
  table: T,
  { path, rows, sum }: { path: string; rows: readonly Row<T>[]; sum: bigint },
  stamp: Stamp,
): Promise<void> {
  const name = path.slice(table.length + 1)
  if (table !== 'experiments') tellWritten(root, table, name, rows as never, sum)
  if (rows.length >= LARGE_ROWS) return
  const key = `${root} ${table}`
  const own = byTable.get(key)
  if (own === undefined) {
    // Somebody may have merged the very first part before the segments are listed here: it is left to others.
    byTable.set(key, { parts: [], segments: [], known: new Set(segmentNames(root, table)), written: 1 })
  } else {
    const rowsAtHand = rows.map(row => filed(row, stamp)) as Row<ListedTable>[]
    own.parts.push({ name, rows: rows.length, sum, sources: [], level: 0, rowsAtHand })
    own.written++
    if (own.parts.length >= PARTS_OF_SEGMENT) await merging(table, () => mergeOwn(root, table, own, stamp))
  }
  // Processes that write a part or two and end leave their parts to those that come after them.
  const young = (own?.written ?? 1) < PARTS_OF_SEGMENT
  if (young && isTurn(path)) await merging(table, () => mergeStrays(root, table, stamp))
}

/** What was written is durable: that older parts cannot be merged now is no failure of it. */
async function merging(table: ListedTable, merge: () => unknown): Promise<void> {
  try {
    await merge()
  } catch (error) {
    notice(
      `Facts of ${table} could not be merged: ${(error as Error).message}. \`quantlab registry check\` looks at all.`,
    )
  }
}

/** A row with what its file says of how it was recorded: a segment keeps it. */
function filed(row: object, { now, actor }: Stamp): object {
  return { ...row, schema_version: 1, recorded_at: now, recorded_by: actor ?? null, tool_version: VERSION }
}

function mergeOwn(root: string, table: ListedTable, own: OwnParts, stamp: Stamp): void {
  const release = tryLock(compactionLock(root, table))
  if (release === null) {
    if (own.parts.length > MAX_WAITING) own.parts.splice(0, MAX_WAITING / 2)
    return
  }
  try {
    forgetMerged(root, table, own)
    const parts = own.parts.splice(0, 2 * PARTS_OF_SEGMENT)
    if (parts.length > 1) own.segments.push(merged(root, table, parts, own, stamp))
    if (own.segments.length >= SEGMENTS_OF_SEGMENT) merged(root, table, own.segments.splice(0), own, stamp)
  } finally {
    release()
  }
}

/** Under the lock: what another process has merged or taken out since is its own affair. */
function forgetMerged(root: string, table: ListedTable, own: OwnParts): void {
  for (const name of segmentNames(root, table)) {
    if (own.known.has(name)) continue
    own.known.add(name)
    const sources = new Set(segmentOf(root, table, name).sources)
    own.parts = own.parts.filter(part => !sources.has(part.name))
    own.segments = own.segments.filter(segment => !sources.has(segment.name))
  }
}

function merged(root: string, table: ListedTable, units: Own[], own: OwnParts, stamp: Stamp): Own {
  const rowsAtHand = units.flatMap(unit => unit.rowsAtHand)
  const segment = writeSegment(root, table, units, rowsAtHand, stamp)
  if (segment === null) throw new Error(`rows of ${table} do not add up to what their files say`)
  own.known.add(segment.name)
  return { ...segment, rowsAtHand }
}

function segmentNames(root: string, table: ListedTable): string[] {
  return listFolder(join(layout.registry(root), table, 'segments'))
    .filter(isFact)
    .map(name => `segments/${name}`)
}

/** True for one in 64 names, which carry a hash: no counting, no listing. */
function isTurn(path: string): boolean {
  const digits = /([0-9a-f]{2})\.parquet$/.exec(path)?.[1] ?? '01'
  return Number.parseInt(digits, 16) % PARTS_OF_SEGMENT === 0
}
