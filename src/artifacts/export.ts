/**
 * Exported documents: one file a run, never changed, and a sorted list of their ids that can always be made anew.
 *
 *   outputs/artifacts/<run id>.json   the RunArtifact document
 *   outputs/artifacts/index.json      [run id, …] by creation of the run, then id
 */

import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { RunArtifact } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { createExclusive, listFolder, makeFolder, readTextIfPresent, replaceFile, storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { lock } from '../base/lock.ts'
import { validate } from '../base/schema.ts'
import { prettyJson } from './artifact-dir.ts'
import { artifactResultHash } from './run-artifact.ts'

/** What can be the id of an exported run: it becomes a file name, and `index` is the list. */
const RUN_ID = /^(?!index$)[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

const LOCK_WAIT_MS = 30_000

/** One document that an export left on disk. */
export interface Exported {
  runId: string
  path: string
  status: 'written' | 'unchanged'
  resultHash: string
}

/** Write the document of a run. CONFLICT where another one has its id, INVALID_CONFIG where the id cannot be a file name. */
export function exportArtifact(root: string, document: RunArtifact): Exported {
  const { runId } = document.metadata
  if (!RUN_ID.test(runId)) {
    throw fail(
      'INVALID_CONFIG',
      { message: `The run id ${JSON.stringify(runId)} cannot name a document` },
      { hint: 'Letters, digits, dot, underscore and hyphen, at most 128, not `index`.' },
    )
  }
  const path = layout.exportedArtifact(root, runId)
  const text = prettyJson(document)
  makeFolder(layout.exportedArtifacts(root))
  if (createExclusive(path, text)) return { runId, path, status: 'written', resultHash: document.resultHash }
  if (readTextIfPresent(path) === text) return { runId, path, status: 'unchanged', resultHash: document.resultHash }
  throw fail(
    'CONFLICT',
    { message: `Run artifact is immutable: ${runId}` },
    { hint: `${path} holds another document of this id: move it away if it is the wrong one.` },
  )
}

/** The exported document of a run, null where there is none; INTEGRITY_ERROR where it is damaged. */
export async function readExported(root: string, runId: string): Promise<RunArtifact | null> {
  return RUN_ID.test(runId) ? readDocument(layout.exportedArtifact(root, runId)) : null
}

/** The exported document at a path, null where there is no file; INTEGRITY_ERROR where it is damaged. */
export async function readDocument(path: string): Promise<RunArtifact | null> {
  const text = readTextIfPresent(path)
  if (text === null) return null
  const document = parsed(text)
  const sound =
    (await validate('artifacts/run-artifact', document)).length === 0 &&
    artifactResultHash(document as RunArtifact) === (document as RunArtifact).resultHash
  if (sound) return document as RunArtifact
  throw fail(
    'INTEGRITY_ERROR',
    { message: `The exported document ${path} is damaged` },
    { hint: 'Remove it and export the run again.' },
  )
}

/**
 * Bring index.json up to date with the documents beside it, under a lock; the number of ids it lists. Ids it knows keep their
 * place; a list that is damaged or names other files is made anew from the documents.
 */
export function refreshExportIndex(root: string): { total: number; warnings: string[] } {
  const folder = layout.exportedArtifacts(root)
  const path = join(folder, 'index.json')
  makeFolder(layout.staging(root))
  makeFolder(folder)
  const release = lock(join(layout.staging(root), '.artifacts_index.lock'), LOCK_WAIT_MS)
  try {
    const text = readTextIfPresent(path)
    const { known, warnings } = knownIds(text)
    const ids = arranged(folder, known)
    const now = prettyJson(ids)
    if (now !== text) replaceFile(path, now)
    return { total: ids.length, warnings }
  } finally {
    release()
  }
}

function knownIds(text: string | null): { known: string[]; warnings: string[] } {
  if (text === null) return { known: [], warnings: [] }
  const known = parsed(text)
  if (Array.isArray(known) && known.every(id => typeof id === 'string')) return { known, warnings: [] }
  return { known: [], warnings: ['outputs/artifacts/index.json could not be read and was made anew.'] }
}

/** Known ids whose documents are still there, and the others put where they belong: few documents have to be looked into. */
function arranged(folder: string, known: readonly string[]): string[] {
  const present = listFolder(folder)
    .filter(name => name.endsWith('.json') && RUN_ID.test(name.slice(0, -5)))
    .map(name => name.slice(0, -5))
  const there = new Set(present)
  const ids = [...new Set(known.filter(id => there.has(id)))]
  const listed = new Set(ids)
  const keys = new Map<string, string>()
  const keyOf = (id: string) => {
    const key = keys.get(id) ?? `${createdAt(join(folder, `${id}.json`))} ${id}`
    keys.set(id, key)
    return key
  }
  for (const id of present.filter(name => !listed.has(name))) {
    let [low, high] = [0, ids.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (keyOf(ids[middle]) < keyOf(id)) low = middle + 1
      else high = middle
    }
    ids.splice(low, 0, id)
  }
  return ids
}

/** Creation of the run, from the first bytes of its document, where the metadata stand; empty where it is not found. */
function createdAt(path: string): string {
  const bytes = Buffer.alloc(4096)
  const read = storing(path, () => {
    const file = openSync(path, 'r')
    try {
      return readSync(file, bytes)
    } finally {
      closeSync(file)
    }
  })
  return /"createdAtISO": "([^"]+)"/.exec(bytes.toString('utf8', 0, read))?.[1] ?? ''
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
