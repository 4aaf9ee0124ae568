/** Artifacts as they are registered with a run or data set: checked, identified, in a fixed order. */

import { canonicalJson } from '../base/canonical.ts'
import { artifactId, distinctSorted } from './ids.ts'
import { pruned } from './selection.ts'

export interface ArtifactInput {
  kind: string
  /** Relative to the root where it lies below it. */
  uri: string
  contentHash: string
  role?: 'output' | 'input' | 'derived'
  bytes?: number
  rowCount?: number
  schemaVersion?: string
}

const HASH = /^[0-9a-f]{64}$/
const KIND = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/

/** An artifact inside the row of its run or data set. */
export function artifactEntry(
  input: ArtifactInput,
  owner: { runId: string } | { datasetId: string },
  pointer: string,
  faults: { pointer: string; message: string }[],
): Record<string, unknown> {
  const { kind, uri, contentHash, role = 'output', bytes, rowCount, schemaVersion } = input
  if (!KIND.test(kind)) faults.push({ pointer: `${pointer}.kind`, message: `${JSON.stringify(kind)} is not a kind` })
  if (uri === '') faults.push({ pointer: `${pointer}.uri`, message: 'is required' })
  if (!HASH.test(contentHash)) faults.push({ pointer: `${pointer}.contentHash`, message: 'is not 64 hex digits' })
  return pruned({
    artifact_id: artifactId({ contentHash, kind, ...owner }),
    kind,
    role,
    uri,
    content_hash: contentHash,
    bytes,
    row_count: rowCount,
    schema_version_data: schemaVersion,
  })
}

/** Artifacts of one owner in the order of their text; equal content of one kind is one artifact, the smaller text stands. */
export function artifactsJson(entries: readonly Record<string, unknown>[]): string {
  const texts = distinctSorted(entries.map(entry => canonicalJson(entry)))
  const seen = new Set<unknown>()
  const kept = texts.filter(text => {
    const id = (JSON.parse(text) as Record<string, unknown>)['artifact_id']
    return seen.has(id) ? false : seen.add(id)
  })
  return `[${kept.join(',')}]`
}
