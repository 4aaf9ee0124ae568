/** The lake's door for datasets: register (import or declare), list, get, verify. A dataset never changes once it is there. */

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { isFolder, listFolder, lookAt, makeFolder, storing, writeSynced } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { lock } from '../base/lock.ts'
import { readParquet } from '../base/parquet.ts'
import { claimStaging, deadStaging, dropStaging, publishStaging, removeStaging } from '../base/staging.ts'
import type { Bars } from '../market/bars.ts'
import { VALUE_COLUMNS } from './columns.ts'
import { snapshotHash } from './content.ts'
import { type Draft, draftOf, identity, type RegisterParams, refuseOtherContent } from './draft.ts'
import { elsewhereFaults } from './elsewhere.ts'
import {
  allManifests,
  findManifest,
  type Manifest,
  manifestText,
  mustFindManifest,
  type SymbolEntry,
} from './manifest.ts'

export interface Registered {
  status: 'registered' | 'unchanged'
  manifest: Manifest
  warnings: string[]
}

const WAIT_MS = 60_000

/**
 * Register a dataset: with `path` its data are checked and copied in, without it is only declared. Same id and same content
 * is `unchanged`, other content CONFLICT. Also with several processes at once exactly one registers. INVALID_CONFIG for bad
 * parameters, DATA_ERROR for bad data, each with all faults. `now` is epoch ms.
 */
export async function registerDataset(
  root: string,
  params: RegisterParams,
  { now }: { now: number },
): Promise<Registered> {
  const draft = await draftOf(params, now)
  refuseOtherContent(draft.manifest, params)
  const present = findManifest(root, params.id)
  if (present !== null) return compared(present, draft, params)
  return publish(root, draft, params)
}

/** Manifests by id in code-point order, optionally of one kind or family. */
export function listDatasets(
  root: string,
  filter: { kind?: string; family?: string; limit?: number } = {},
): Manifest[] {
  return allManifests(root)
    .filter(({ kind }) => filter.kind === undefined || kind === filter.kind)
    .filter(({ family }) => filter.family === undefined || family === filter.family)
    .slice(0, filter.limit)
}

/** One dataset's manifest; NOT_FOUND, or INTEGRITY_ERROR where the manifest is damaged. */
export function getDataset(root: string, id: string): Manifest {
  return mustFindManifest(root, id)
}

/**
 * Read every file of a dataset again and compare bytes and columns with the hashes of its manifest; INTEGRITY_ERROR names each
 * file that is absent, changed or not listed.
 */
export async function verifyDataset(root: string, id: string): Promise<{ manifest: Manifest; files: number }> {
  const manifest = mustFindManifest(root, id)
  const folder = layout.dataset(root, manifest.kind, id)
  const details: ErrorDetail[] = []
  const { elsewhere } = manifest
  if (elsewhere?.files) details.push(...(await elsewhereFaults(resolve(root, elsewhere.root), elsewhere.files)))
  for (const entry of manifest.symbols) {
    const message = await fileFault(join(folder, entry.path), entry)
    if (message !== null) details.push({ pointer: entry.path, message })
  }
  const listed = ['bars', 'manifest.json', ...manifest.symbols.map(entry => entry.path)]
  const present = [...listFolder(folder), ...listFolder(join(folder, 'bars')).map(name => `bars/${name}`)]
  for (const path of present)
    if (!listed.includes(path)) details.push({ pointer: path, message: 'not in the manifest' })
  if (details.length > 0) {
    const more = details.length > 1 ? ` and ${details.length - 1} more` : ''
    const message = `Dataset ${id} is damaged: ${details[0].pointer} ${details[0].message}${more}`
    throw fail(
      'INTEGRITY_ERROR',
      { message },
      { details, hint: 'Restore the file from a copy, or register a new dataset id.' },
    )
  }
  return { manifest, files: manifest.symbols.length + (elsewhere?.files?.length ?? 0) + 1 }
}

async function fileFault(path: string, entry: SymbolEntry): Promise<string | null> {
  const stat = lookAt(path)
  if (!stat?.isFile()) return 'is missing'
  const bytes = storing(path, () => readFileSync(path))
  if (sha256Hex(bytes) !== entry.sha256) return 'has changed: its SHA-256 differs'
  const { columns } = await readParquet(bytes)
  const bars = Object.fromEntries(['ts', ...VALUE_COLUMNS].map(name => [name, columns[name] ?? null]))
  return snapshotHash(bars as unknown as Bars) === entry.content_hash ? null : 'has other columns than were registered'
}

/**
 * Build the folder beside its place and rename it there, under a lock on the id: of several processes one publishes and the
 * others compare. What a process that died under this id left behind is removed first.
 */
function publish(root: string, draft: Draft, params: RegisterParams): Registered {
  const staging = layout.lakeStaging(root)
  const prefix = `dataset-${params.id}~`
  makeFolder(staging)
  const release = lock(join(staging, `dataset-${params.id}.lock`), WAIT_MS)
  try {
    const present = findManifest(root, params.id)
    if (present !== null) return compared(present, draft, params)
    for (const name of deadStaging(staging)) if (name.startsWith(prefix)) removeStaging(staging, name)
    const content = claimStaging(staging, `${prefix}${process.pid}`)
    if (content === null) throw new Error(`staging of dataset ${params.id} is claimed although its lock is held`)
    return built(root, draft, content)
  } finally {
    release()
  }
}

function built(root: string, { manifest, files, warnings }: Draft, content: string): Registered {
  const place = layout.dataset(root, manifest.kind, manifest.dataset_id)
  try {
    if (files.length > 0) makeFolder(join(content, 'bars'))
    for (const { path, bytes } of files) writeSynced(join(content, path), bytes)
    writeSynced(join(content, 'manifest.json'), manifestText(manifest))
    if (publishStaging(content, place)) return { status: 'registered', manifest, warnings }
    throw fail('CONFLICT', { message: `${place} exists and is no dataset; move it away` })
  } finally {
    if (isFolder(content)) dropStaging(content)
  }
}

/** Unchanged where data and description are those of the present dataset; else CONFLICT with what differs. */
function compared(present: Manifest, draft: Draft, params: RegisterParams): Registered {
  const now = identity(draft.manifest, params)
  const then = identity(present, params)
  const differs = Object.keys(now).filter(name => now[name] !== then[name])
  if (differs.length === 0) return { status: 'unchanged', manifest: present, warnings: draft.warnings }
  const message = `Dataset is immutable: ${present.dataset_id} (differs: ${differs.join(', ')}). A fix is a new dataset id.`
  const details = differs.map(name => ({
    pointer: name,
    message: `registered ${then[name] ?? 'none'}, now ${now[name] ?? 'none'}`,
  }))
  throw fail('CONFLICT', { message }, { details })
}
