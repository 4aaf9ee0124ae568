/** The shared runs index: `runs_index.{csv,json,md}` beside the runs, brought up to date by whoever finished one. */

import { renameSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RunsIndex, RunsIndexRow } from '../../contracts/types.ts'
import {
  listFolder,
  makeFolder,
  readTextIfPresent,
  removeQuietly,
  storing,
  syncFolder,
  writeNew,
} from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { lockPatiently } from '../base/lock.ts'
import { printable } from '../base/markdown.ts'
import { syncTogether } from '../base/patient-files.ts'
import { CONTRACT_VERSION } from '../base/version.ts'
import { isRunEntry, RUN_FIELDS, rowOf } from './run-reader.ts'
import { type IndexEntry, IndexMarkdown, indexCsv, indexJson } from './runs-index-text.ts'

/** Rows of a directory of runs by directory name, and a warning for each that cannot be read. */
export interface Runs {
  rows: RunsIndexRow[]
  warnings: string[]
}

/** Where the index is, as answers and signals name it. */
export interface IndexFiles {
  runs_index_root: string
  runs_index_csv: string
  runs_index_json: string
  runs_index_md: string
}

/** An index that is up to date. */
export interface RefreshedIndex {
  files: IndexFiles
  n_runs: number
  warnings: string[]
}

// Written in this order: the JSON form is what a refresh trusts, so it says "complete" only when the others are.
const FORMS = ['csv', 'md', 'json'] as const
const LOCK_WAIT_MS = 30_000

/**
 * Bring the index of `root` up to date, or that of another `folder` of runs below it: add directories it does not hold, drop those
 * that are gone, open no other. `now` is the ISO instant for `generated_at`; an index that is right already is left as it is. Every process that
 * publishes a run calls this afterwards, under one lock, so no run stays unlisted. An unreadable index is made anew.
 */
export function refreshRunsIndex(root: string, now: string, folder = layout.runs(root)): Promise<RefreshedIndex> {
  return underLock(root, folder, () => update(root, folder, now, knownIndex(folder)))
}

/** Make the index of `root` anew from the run directories alone. */
export function rebuildRunsIndex(root: string, now: string): Promise<RefreshedIndex> {
  const folder = layout.runs(root)
  return underLock(root, folder, () => update(root, folder, now, noIndex(folder)))
}

/** Every run of any directory, read in full; writes nothing, and an absent directory has no runs. */
export function readRunsIndex(folder: string): Runs {
  const { entries, warnings } = reconcile(folder, new Map())
  return { rows: [...entries.values()].map(entry => entry.row), warnings }
}

/** The runs below `root` as a refresh would list them; opens what the index does not hold, writes nothing. */
export function currentRuns(root: string): Runs {
  const { entries, warnings } = reconcile(layout.runs(root), knownIndex(layout.runs(root)).entries)
  return { rows: [...entries.values()].map(entry => entry.row), warnings }
}

/** The warning for a run directory that cannot be read. */
export function unreadable(path: string, fault: string): string {
  return printable(`Unreadable run directory ${path}: ${fault}`)
}

/** Paths of the three files. */
export function indexFiles(root: string): IndexFiles {
  return indexFilesIn(layout.runs(root))
}

/** The same in another folder of runs. */
export function indexFilesIn(folder: string): IndexFiles {
  return {
    runs_index_root: folder,
    runs_index_csv: join(folder, 'runs_index.csv'),
    runs_index_json: join(folder, 'runs_index.json'),
    runs_index_md: join(folder, 'runs_index.md'),
  }
}

/** An index in memory: rows by directory name, and the state of the JSON file that they stand for. */
interface Index {
  folder: string
  /** Identity of the file; null where there is none that can be used. */
  stamp: string | null
  entries: Map<string, IndexEntry>
  markdown: IndexMarkdown
}

let memory: Index | undefined

/**
 * The present index: from memory while the file is the one this process last read or wrote, else parsed.
 *
 * Trusting memory is safe. Every writer replaces the file by a rename, so another file has another inode, size or
 * time. Should all of them ever agree by chance, memory still only supplies rows of run directories, which never
 * change once they are visible; which rows there are is decided by listing the folder, on every call.
 */
function knownIndex(folder: string): Index {
  const { runs_index_json: path } = indexFilesIn(folder)
  const stamp = stampOf(path)
  if (stamp === null) return noIndex(folder)
  if (memory?.folder === folder && memory.stamp === stamp) return memory
  const entries = parseIndex(readTextIfPresent(path) ?? '', folder)
  if (entries === null) return noIndex(folder)
  const index: Index = { folder, stamp, entries, markdown: new IndexMarkdown() }
  // Outside the lock the file may be replaced between the two looks at it; then the pair must not be kept.
  if (stampOf(path) === stamp) memory = index
  return index
}

function noIndex(folder: string): Index {
  return { folder, stamp: null, entries: new Map(), markdown: new IndexMarkdown() }
}

async function update(root: string, folder: string, now: string, known: Index): Promise<RefreshedIndex> {
  const files = indexFilesIn(folder)
  const { entries, warnings, dropped, added } = reconcile(folder, known.entries)
  const complete =
    known.stamp !== null && stampOf(files.runs_index_csv) !== null && stampOf(files.runs_index_md) !== null
  if (!complete || dropped || added) {
    const head = { generated_at: now, root_dir: folder }
    const rows = [...entries.values()]
    // Columns may become narrower only when a row goes.
    const markdown = dropped ? new IndexMarkdown() : known.markdown
    await write(root, folder, { csv: indexCsv(rows), md: markdown.text(head, rows), json: indexJson(head, rows) })
    memory = { folder, stamp: stampOf(files.runs_index_json), entries, markdown }
  }
  return { files, n_runs: entries.size, warnings }
}

/** The rows of a folder: known ones as they are, others read. */
function reconcile(folder: string, known: ReadonlyMap<string, IndexEntry>) {
  const entries = new Map<string, IndexEntry>()
  const warnings: string[] = []
  let kept = 0
  let added = false
  for (const name of runNames(folder)) {
    const held = known.get(name)
    // A row without an id stands for a directory that could not be read: it may have been mended since.
    if (held !== undefined && held.row.run_id !== null) {
      entries.set(name, held)
      kept++
      continue
    }
    const path = join(folder, name)
    if (!isRunEntry(path)) continue
    const { row, fault } = rowOf(path)
    if (fault !== null) warnings.push(unreadable(path, fault))
    const same = held !== undefined && fault !== null
    entries.set(name, same ? held : { row })
    if (same) kept++
    else added = true
  }
  return { entries, warnings, added, dropped: kept < known.size }
}

/** Names in a folder in code-point order, without the index itself. */
function runNames(folder: string): string[] {
  const names = listFolder(folder).filter(name => !/^runs_index\.(?:csv|json|md)$/.test(name))
  // The listing is in order of UTF-16 units, which differs only where a name has characters beyond the first plane.
  if (!names.some(name => /[\ud800-\udfff]/.test(name))) return names
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** Rows by directory name; null where the text is not a sound index of this folder, such as one that moved with its root. */
function parseIndex(text: string, folder: string): Map<string, IndexEntry> | null {
  try {
    const index = JSON.parse(text) as Partial<RunsIndex>
    if (index.schema_version !== CONTRACT_VERSION || index.root_dir !== folder) return null
    const entries = new Map<string, IndexEntry>()
    for (const row of index.runs!) {
      const name = basename(row.path)
      if (!isRow(row) || row.path !== join(folder, name) || entries.has(name)) return null
      entries.set(name, { row })
    }
    return entries.size === index.n_runs ? entries : null
  } catch {
    return null
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['sharpe_simple', 'total_return', 'max_drawdown', 'trades'])

function isRow(row: RunsIndexRow): boolean {
  if (Object.keys(row).length !== RUN_FIELDS.length) return false
  return RUN_FIELDS.every(name => row[name] === null || typeof row[name] === (NUMBERS.has(name) ? 'number' : 'string'))
}

/**
 * Replace the three files. They are built in the staging folder under fixed names (the lock admits one writer), so that
 * no reader of the runs meets a temporary file and a killed writer leaves none behind. One sync of the folder for all.
 */
async function write(root: string, folder: string, texts: Record<(typeof FORMS)[number], string>): Promise<void> {
  const temporary = (form: string) => join(layout.staging(root), `.runs_index.${form}.tmp`)
  try {
    for (const form of FORMS) {
      removeQuietly(temporary(form))
      writeNew(temporary(form), texts[form])
    }
    await syncTogether(FORMS.map(temporary))
    storing(folder, () => {
      for (const form of FORMS) renameSync(temporary(form), join(folder, `runs_index.${form}`))
      syncFolder(folder)
    })
  } catch (error) {
    // A full disk should not stay full of what could not be finished.
    for (const form of FORMS) removeQuietly(temporary(form))
    throw error
  }
}

/** A run that is there already gets its row whatever is aborted meanwhile. */
const NEVER = new AbortController().signal

async function underLock<T>(root: string, folder: string, action: () => Promise<T>): Promise<T> {
  makeFolder(layout.staging(root))
  makeFolder(folder)
  const release = await lockPatiently(join(layout.staging(root), '.runs_index.lock'), LOCK_WAIT_MS, NEVER)
  try {
    return await action()
  } finally {
    release()
  }
}

/** What tells one state of a file from another; null where there is none. */
function stampOf(path: string): string | null {
  return storing(path, () => {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stat?.isFile() ? `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : null
  })
}
