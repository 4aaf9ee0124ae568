/** Faults of a directory on disk: files that are not as they are listed, and a manifest that is none. */

import { join } from 'node:path'
import type { ArtifactFile, RunManifest } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { readTextIfPresent } from '../../base/files.ts'
import { validate } from '../../base/schema.ts'
import { fileOf, filesBelow, runIdIn } from './folder.ts'

/** A run directory that is as it was written. */
export interface VerifiedRun {
  files: number
  checks: string[]
}

/** manifest.json of a run, null where it has none; INTEGRITY_ERROR where it is no manifest. */
export async function readManifest(path: string): Promise<RunManifest | null> {
  const text = readTextIfPresent(join(path, 'manifest.json'))
  if (text === null) return null
  const value = jsonOf(text)
  const [fault] = await validate('artifacts/run-manifest', value)
  if (fault === undefined) return value as RunManifest
  const message = `${join(path, 'manifest.json')} is no manifest: ${fault.pointer || '/'} ${fault.message}`
  throw fail('INTEGRITY_ERROR', { message })
}

/** The published name of the same report: listed nowhere, because it would have to list itself. */
const TWIN = 'forward_report.json'

/** Files that are missing or have other bytes than they are listed with. */
export function fileFaults(path: string, listed: readonly ArtifactFile[]): ErrorDetail[] {
  const present = new Set(filesBelow(path))
  const twins = present.has(TWIN) ? [{ ...fileOf(path, 'report.json'), file_name: TWIN }] : []
  return [...twins, ...listed].flatMap(file => {
    if (!present.has(file.file_name)) return [{ pointer: file.file_name, message: 'is missing' }]
    const now = fileOf(path, file.file_name)
    return now.sha256 === file.sha256
      ? []
      : [{ pointer: file.file_name, message: `has changed: SHA-256 is ${now.sha256}`, expected: file.sha256 }]
  })
}

/** INTEGRITY_ERROR where there is a fault. */
export function refuseFaults(path: string, details: ErrorDetail[]): void {
  if (details.length === 0) return
  const message = `Run ${runIdIn(path)}: ${details.map(detail => `${detail.pointer} ${detail.message}`).join('; ')}`
  throw fail(
    'INTEGRITY_ERROR',
    { message },
    { details, hint: 'Restore the files from a copy, or run the request again.' },
  )
}

/** Parsed JSON; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
