/**
 * Collection: what nothing holds any more is moved to `lake/registry/.trash/<time>/` and can be brought back. Held is whatever a
 * pin, an experiment, an alias, an export receipt or a recorded resolution of a living RunSet reaches.
 */

import { lstatSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import {
  isFolder,
  listFolder,
  makeFolder,
  readTextIfPresent,
  replaceFile,
  storing,
  syncFolder,
  writeSynced,
} from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { tryLock } from '../base/lock.ts'
import { isAlive } from '../base/owner.ts'
import { isoInstant } from '../base/time.ts'
import { compactionLock } from './compact.ts'
import { TOMBSTONED } from './conditions.ts'
import { encodeFacts } from './fact-file.ts'
import {
  appendBytes,
  factFileAt,
  factPath,
  GENERATION,
  LISTED_TABLES,
  type ListedTable,
  runsetFolders,
} from './facts.ts'
import { type Holding, holdings } from './holdings.ts'
import { levelOf, listTable, segmentOf } from './listing.ts'
import { openCatalog } from './open-catalog.ts'
import { compareText } from './order.ts'
import type { Row } from './tables.ts'
import type { Stamp } from './types.ts'

export interface GcPlan {
  /** Files to move, with the reason; paths below `lake/registry/`. */
  files: { path: string; why: string; bytes: number }[]
  /** Deleted runs whose rows are taken out of files that hold others too. */
  runs: string[]
  /** Deleted RunSets whose folders go. */
  runsets: string[]
  /** Deleted things that stay, and what holds each. */
  survivors: { id: string; why: string[] }[]
  bytes: number
}

export interface Collected extends GcPlan {
  /** Name of the folder in the trash; null where there was nothing to move. */
  trash: string | null
}

/** What a collection would move; nothing is changed. */
export async function planGc(root: string): Promise<GcPlan> {
  const held = await holdings(root)
  const { runs, survivors } = await deadRuns(root, held)
  const runsets: string[] = []
  const files: GcPlan['files'] = []
  const add = (path: string, why: string) => {
    const stat = lstatSync(join(layout.registry(root), path), { throwIfNoEntry: false })
    files.push({ path, why, bytes: stat?.size ?? 0 })
  }
  for (const table of LISTED_TABLES) {
    const { all, live } = listTable(root, table)
    const inForce = new Set(live)
    for (const name of all) if (!inForce.has(name)) add(`${table}/${name}`, 'merged into a segment')
  }
  for (const { id, why } of held.deletedRunSets) {
    if (why.length > 0) survivors.push({ id: `runset:${id}`, why })
    else {
      runsets.push(id)
      for (const path of filesOfRunSet(root, id)) add(path, `RunSet ${id} is deleted`)
    }
  }
  for (const path of leftovers(root)) add(path, 'left by a writer that died')
  files.sort((a, b) => compareText(a.path, b.path))
  survivors.sort((a, b) => compareText(a.id, b.id))
  return { files, runs, runsets, survivors, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** Do what the plan says. STORAGE_ERROR (retryable) while another process merges files. */
export async function applyGc(root: string, stamp: Stamp): Promise<Collected> {
  const releases = lockAll(root)
  try {
    const before = await planGc(root)
    const created = before.runs.length === 0 ? [] : await takeOut(root, new Set(before.runs), stamp)
    // What was just replaced is hidden now, and goes with the rest.
    const plan = created.length === 0 ? before : { ...(await planGc(root)), runs: before.runs }
    if (plan.files.length === 0) return { ...plan, trash: null }
    if (created.length > 0) newGeneration(root, stamp)
    const trash = freeName(root, stamp)
    const folder = join(layout.registry(root), '.trash', trash)
    makeFolder(folder)
    const moved = plan.files.map(({ path }) => path)
    writeSynced(
      join(folder, 'manifest.json'),
      `${JSON.stringify({ at: isoInstant(stamp.now), moved, created }, null, 2)}\n`,
    )
    for (const path of moved) move(join(layout.registry(root), path), join(folder, path))
    syncAll(root, moved)
    return { ...plan, trash }
  } finally {
    for (const release of releases) release()
  }
}

/** Bring back what a collection moved. NOT_FOUND for another name; CONFLICT where its replacements were merged since. */
export function undoGc(root: string, trash: string, stamp: Stamp): { restored: number } {
  const registry = layout.registry(root)
  const folder = join(registry, '.trash', trash)
  const text = /^[0-9TZ-]+$/.test(trash) ? readTextIfPresent(join(folder, 'manifest.json')) : null
  if (text === null) throw fail('NOT_FOUND', { message: `No collection in the trash: ${trash}` })
  const { moved, created } = JSON.parse(text) as { moved: string[]; created: string[] }
  const releases = lockAll(root)
  try {
    for (const path of created) {
      const [table, ...rest] = path.split('/')
      if (listTable(root, table as ListedTable).live.includes(rest.join('/'))) continue
      throw fail('CONFLICT', { message: `${path} was merged since: the collection ${trash} cannot be undone` })
    }
    // Hidden by what replaced it until that is gone.
    for (const path of moved) move(join(folder, path), join(registry, path))
    for (const path of created) move(join(registry, path), join(folder, path))
    if (created.length > 0) newGeneration(root, stamp)
    syncAll(root, [...moved, ...created])
    renameSync(join(folder, 'manifest.json'), join(folder, 'undone.json'))
    return { restored: moved.length }
  } finally {
    for (const release of releases) release()
  }
}

/** Why a run, RunSet or resolution is kept; an empty list where nothing holds it. */
export async function whyKept(root: string, id: string): Promise<string[]> {
  const { runs, deletedRunSets, resolutions } = await holdings(root)
  const runset = deletedRunSets.find(entry => entry.id === id)
  return runset?.why ?? resolutions.get(id) ?? (await runs(id))
}

async function deadRuns(root: string, held: Holding): Promise<{ runs: string[]; survivors: GcPlan['survivors'] }> {
  const catalog = await openCatalog(root)
  const { records } = await catalog.page([TOMBSTONED], Number.MAX_SAFE_INTEGER, 0)
  const runs: string[] = []
  const survivors: GcPlan['survivors'] = []
  for (const { row } of records) {
    const why = await held.runs(row.run_id)
    if (why.length === 0) runs.push(row.run_id)
    else survivors.push({ id: `run:${row.run_id}`, why })
  }
  return { runs: runs.sort(compareText), survivors }
}

/** Replace every file that holds rows of these runs by a segment without them; the paths of the segments. */
async function takeOut(root: string, dead: ReadonlySet<string>, stamp: Stamp): Promise<string[]> {
  const created: string[] = []
  for (const table of ['runs', 'run_events', 'artifacts'] as const) {
    for (const name of listTable(root, table).live) {
      const rows = (await factFileAt(root, table, `${table}/${name}`))?.facts ?? []
      const kept = (rows as Row<'runs'>[]).filter(row => !dead.has(row.run_id))
      if (kept.length === rows.length) continue
      const sources = [name, ...(name.startsWith('segments/') ? segmentOf(root, table, name).sources : [])]
      const { bytes } = encodeFacts(table, kept as never[], stamp, { sources })
      const path = factPath.segment(table, levelOf(name) + 1, sha256Hex(bytes))
      appendBytes(root, path, bytes)
      created.push(path)
    }
  }
  return created
}

function filesOfRunSet(root: string, id: string): string[] {
  return ['runsets_spec', 'runsets_events', 'runsets_resolution'].flatMap(table => {
    const folder = `${table}/runset_id=${id}`
    return listFolder(join(layout.registry(root), folder)).map(name => `${folder}/${name}`)
  })
}

/** Temporary files of writers that died between writing and linking. */
export function leftovers(root: string): string[] {
  const registry = layout.registry(root)
  const folders = [
    'aliases',
    ...LISTED_TABLES.flatMap(table => [table, ...listFolder(join(registry, table)).map(name => `${table}/${name}`)]),
    ...runsetFolders(root).flatMap(id =>
      ['runsets_spec', 'runsets_events', 'runsets_resolution'].map(table => `${table}/runset_id=${id}`),
    ),
  ]
  return folders
    .filter(folder => isFolder(join(registry, folder)))
    .flatMap(folder => listFolder(join(registry, folder)).map(name => `${folder}/${name}`))
    .filter(path => {
      const pid = /\/\.[^/]+\.(\d+)\.\d+\.tmp$/.exec(path)?.[1]
      return pid !== undefined && !isAlive({ pid: Number(pid), start_time: null, boot_id: null })
    })
}

function lockAll(root: string): (() => void)[] {
  makeFolder(layout.registry(root))
  const releases: (() => void)[] = []
  for (const table of LISTED_TABLES) {
    const release = tryLock(compactionLock(root, table))
    if (release === null) {
      for (const undo of releases) undo()
      throw fail('STORAGE_ERROR', { message: `Files of ${table} are being merged by another process` })
    }
    releases.push(release)
  }
  return releases
}

function newGeneration(root: string, stamp: Stamp): void {
  const path = join(layout.registry(root), GENERATION)
  const before = readTextIfPresent(path) ?? ''
  replaceFile(path, sha256Hex(`${before} ${stamp.now}`))
}

function freeName(root: string, stamp: Stamp): string {
  const base = isoInstant(stamp.now).replace(/[:.]/g, '-')
  const present = listFolder(join(layout.registry(root), '.trash'))
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`
    if (!present.includes(name)) return name
  }
}

function move(from: string, to: string): void {
  storing(from, () => {
    makeFolder(dirname(to))
    renameSync(from, to)
  })
}

function syncAll(root: string, paths: readonly string[]): void {
  for (const folder of new Set(paths.map(path => dirname(join(layout.registry(root), path))))) {
    if (isFolder(folder)) syncFolder(folder)
  }
}
