/** Listing: which fact files are in force, and the state hash of the catalog that follows from them. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { listFolder, storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { readFooter } from './fact-file.ts'
import { isFact, type ListedTable } from './facts.ts'

/** The files of one listed table, paths relative to the table's folder. */
export interface TableFiles {
  /** Every fact file, hidden ones included. */
  all: string[]
  /** Segments in force and the parts that no segment names. */
  live: string[]
  segments: Segment[]
}

export interface Segment {
  name: string
  level: number
  rows: number
  sum: bigint
  /** Every file it stands for, through all levels, whether or not that file is still there. */
  sources: string[]
}

/** List the files of a table. A segment hides the files it names, so that rows that were compacted count once. */
export function listTable(root: string, table: ListedTable): TableFiles {
  const base = join(layout.registry(root), table)
  const all: string[] = []
  for (const folder of foldersOf(base, table)) {
    const prefix = folder === '' ? '' : `${folder}/`
    for (const name of namesIn(join(base, folder))) all.push(prefix + name)
  }
  return { all, ...liveOf(root, table, all) }
}

/** The files in force among these names: segments of the highest level first, each hiding what it names. */
export function liveOf(
  root: string,
  table: ListedTable,
  all: readonly string[],
): { live: string[]; segments: Segment[] } {
  const hidden = new Set<string>()
  const segments: Segment[] = []
  const named = all.filter(name => name.startsWith('segments/')).sort((a, b) => levelOf(b) - levelOf(a))
  for (const name of named) {
    if (hidden.has(name)) continue
    const segment = segmentOf(root, table, name)
    segments.push(segment)
    for (const source of segment.sources) hidden.add(source)
  }
  return { live: all.filter(name => !hidden.has(name)), segments: segments.filter(({ name }) => !hidden.has(name)) }
}

/** The footer of a segment; a segment cannot change, so it is read once. */
export function segmentOf(root: string, table: ListedTable, name: string): Segment {
  const path = join(layout.registry(root), table, name)
  const known = footers.get(path)
  if (known !== undefined) return known
  const segment = { name, level: levelOf(name), ...readFooter(table, path) }
  footers.set(path, segment)
  return segment
}

/** Level of a segment by its name: the next level stands for several of the one below. */
export function levelOf(name: string): number {
  return Number(/segment-(\d+)-/.exec(name)?.[1] ?? 0)
}

const footers = new Map<string, Segment>()

/** Partitions of a table, by name. */
export function foldersOf(base: string, table: ListedTable): string[] {
  if (table === 'datasets') return ['', 'segments']
  return listFolder(base).filter(name => name.startsWith('day=') || name === 'segments')
}

interface Listed {
  mtimeMs: number
  names: string[]
}

const listed = new Map<string, Listed>()
/** The latest time stamp of the file system seen in this process. */
let latestMs = 0
const SETTLED_MS = 1000

/**
 * Fact names in a folder. A listing is used again while the folder's time stamp stands, but only once the file system's own
 * clock had moved on by a second when it was made: a file that came within the same tick would go unseen.
 */
function namesIn(path: string): string[] {
  const mtimeMs = folderTime(path)
  if (mtimeMs === null) return []
  latestMs = Math.max(latestMs, mtimeMs)
  const known = listed.get(path)
  if (known?.mtimeMs === mtimeMs) return known.names
  const names = listFolder(path).filter(isFact)
  if (latestMs - mtimeMs > SETTLED_MS) listed.set(path, { mtimeMs, names })
  else listed.delete(path)
  return names
}

/** Time stamp of a folder, or null where it is absent. */
export function folderTime(path: string): number | null {
  return storing(path, () => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null)
}
