/** Publish a dataset's folder: complete or absent, and one of several processes at once publishes while the others compare. */

import { dirname, join } from 'node:path'
import { fail } from '../base/errors.ts'
import { isFolder, makeFolder, writeSynced } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { lock } from '../base/lock.ts'
import { claimStaging, deadStaging, dropStaging, publishStaging, removeStaging } from '../base/staging.ts'
import { findManifest, type Manifest, manifestText } from './manifest.ts'

const WAIT_MS = 60_000

export interface Published<M extends Manifest> {
  status: 'registered' | 'unchanged'
  manifest: M
}

/** A dataset that is to be published: its manifest, its files by path, and the facts that make two registrations the same. */
export interface Publication<M extends Manifest> {
  manifest: M
  files: { path: string; bytes: Uint8Array }[]
  /** Only facts, no times of registration; equal under the same id is `unchanged`, anything else CONFLICT. */
  identity: (manifest: Manifest) => Record<string, string | boolean | null>
}

/**
 * Build the folder beside its place and rename it there, under a lock on the id. Same id and same identity is `unchanged`,
 * another identity CONFLICT with what differs. What a process that died under this id left behind is removed first.
 */
export function publishDataset<M extends Manifest>(root: string, publication: Publication<M>): Published<M> {
  const id = publication.manifest.dataset_id
  const early = findManifest(root, id)
  if (early !== null) return compared(early, publication)
  const staging = layout.lakeStaging(root)
  const prefix = `dataset-${id}~`
  makeFolder(staging)
  const release = lock(join(staging, `dataset-${id}.lock`), WAIT_MS)
  try {
    const present = findManifest(root, id)
    if (present !== null) return compared(present, publication)
    for (const name of deadStaging(staging)) if (name.startsWith(prefix)) removeStaging(staging, name)
    const content = claimStaging(staging, `${prefix}${process.pid}`)
    if (content === null) throw new Error(`staging of dataset ${id} is claimed although its lock is held`)
    return built(root, publication, content)
  } finally {
    release()
  }
}

function built<M extends Manifest>(root: string, { manifest, files }: Publication<M>, content: string): Published<M> {
  const place = layout.dataset(root, manifest.kind, manifest.dataset_id)
  try {
    for (const folder of new Set(files.map(file => dirname(file.path)))) makeFolder(join(content, folder))
    for (const { path, bytes } of files) writeSynced(join(content, path), bytes)
    writeSynced(join(content, 'manifest.json'), manifestText(manifest))
    if (publishStaging(content, place)) return { status: 'registered', manifest }
    throw fail('CONFLICT', { message: `${place} exists and is no dataset; move it away` })
  } finally {
    if (isFolder(content)) dropStaging(content)
  }
}

function compared<M extends Manifest>(present: Manifest, { manifest, identity }: Publication<M>): Published<M> {
  const now = identity(manifest)
  const then = identity(present)
  const differs = Object.keys(now).filter(name => now[name] !== then[name])
  // Equal identities are of one kind, so that the present manifest is of the same form.
  if (differs.length === 0) return { status: 'unchanged', manifest: present as M }
  const details = differs.map(name => ({
    pointer: name,
    message: `registered ${then[name] ?? 'none'}, now ${now[name] ?? 'none'}`,
  }))
  throw fail('DATASET_IMMUTABLE', { dataset_id: present.dataset_id, fields: differs.join(', ') }, { details })
}
