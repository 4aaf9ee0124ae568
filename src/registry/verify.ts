/** Verifying artifacts: is each file there, of the size and content that were registered. Reads bytes, changes nothing. */

import { statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fail } from '../base/errors.ts'
import { fileHash } from '../base/file-hash.ts'
import { hasCode } from '../base/files.ts'
import type { ResolvedArtifact } from './types.ts'

export type ArtifactState = 'intact' | 'missing' | 'changed' | 'unreadable' | 'unverifiable'

export interface ArtifactCheck {
  artifact: ResolvedArtifact
  state: ArtifactState
  /** SHA-256 that was found, where the file was read. */
  found?: string
}

/** Bits of the states found, for a caller that wants one number: 1 missing, 2 changed, 4 unreadable, 8 unverifiable. */
export const STATE_BITS: Record<ArtifactState, number> = {
  intact: 0,
  missing: 1,
  changed: 2,
  unreadable: 4,
  unverifiable: 8,
}

/** Path of an artifact's file; null where it lies on another machine. A relative uri starts at the root. */
export function artifactPath(root: string, uri: string): string | null {
  if (uri.startsWith('file://')) return fileURLToPath(uri)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return null
  return isAbsolute(uri) ? uri : join(root, uri)
}

/** Check each artifact; `fast` looks at existence and size only. */
export async function checkArtifacts(
  root: string,
  artifacts: readonly ResolvedArtifact[],
  fast = false,
): Promise<ArtifactCheck[]> {
  const checks: ArtifactCheck[] = []
  for (const artifact of artifacts) checks.push(await checkArtifact(root, artifact, fast))
  return checks
}

/** The same, refusing: ARTIFACT_MISSING or ARTIFACT_CHANGED for the first at fault, with all of them as details. */
export async function verifyArtifacts(root: string, artifacts: readonly ResolvedArtifact[]): Promise<ArtifactCheck[]> {
  const checks = await checkArtifacts(root, artifacts)
  const faults = checks.filter(({ state }) => state !== 'intact' && state !== 'unverifiable')
  if (faults.length === 0) return checks
  const { artifact, state, found } = faults[0]
  const details = faults.map(fault => ({
    pointer: fault.artifact.uri,
    message: `${fault.state} (${ownerOf(fault.artifact)})`,
  }))
  const facts = {
    uri: artifact.uri,
    run_id: artifact.runId ?? artifact.datasetId,
    kind: artifact.kind,
    expected: artifact.contentHash.slice(0, 8),
    found: found?.slice(0, 8) ?? 'another size',
  }
  throw fail(state === 'changed' ? 'ARTIFACT_CHANGED' : 'ARTIFACT_MISSING', facts, { details })
}

async function checkArtifact(root: string, artifact: ResolvedArtifact, fast: boolean): Promise<ArtifactCheck> {
  const path = artifactPath(root, artifact.uri)
  if (path === null) return { artifact, state: 'unverifiable' }
  try {
    const stat = statSync(path)
    if (!stat.isFile()) return { artifact, state: 'missing' }
    const otherSize = artifact.bytes !== undefined && artifact.bytes !== stat.size
    if (fast) return { artifact, state: otherSize ? 'changed' : 'intact' }
    const found = await fileHash(path)
    return { artifact, state: found === artifact.contentHash ? 'intact' : 'changed', found }
  } catch (error) {
    const gone = hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')
    return { artifact, state: gone ? 'missing' : 'unreadable' }
  }
}

function ownerOf({ runId, datasetId, kind }: ResolvedArtifact): string {
  return `${runId ?? datasetId}/${kind}`
}
