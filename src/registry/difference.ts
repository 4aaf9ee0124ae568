/** The difference of two answers: runs and artifacts that came and went, and what differs in the selections. Pure. */

import { canonicalJson } from '../base/canonical.ts'
import { compareText } from './order.ts'
import type { ResolvedArtifact, RunSetResolution } from './types.ts'

export interface ArtifactChange {
  runId: string
  kind: string
  uri: string
  /** Content hashes; null where the artifact is on one side only. */
  before: string | null
  after: string | null
}

export interface ResolutionDifference {
  same: boolean
  runs: { added: string[]; removed: string[]; common: number }
  /** Artifacts of common runs that differ. */
  artifacts: { added: number; removed: number; changed: ArtifactChange[] }
  contentHash: { before: string; after: string }
  artifactsHash: { before: string; after: string }
  datasetIds: { added: string[]; removed: string[] }
  resolverVersion: { before: string; after: string }
}

/** From `before` to `after`; swapping the two swaps added and removed. */
export function differenceOf(before: RunSetResolution, after: RunSetResolution): ResolutionDifference {
  const runs = setDifference(before.runIds, after.runIds)
  const inAfter = new Set(after.runIds)
  const common = new Set(before.runIds.filter(id => inAfter.has(id)))
  const artifacts = artifactChanges(before.artifacts, after.artifacts, common)
  return {
    same: before.contentHash === after.contentHash && before.artifactsHash === after.artifactsHash,
    runs: { ...runs, common: common.size },
    artifacts: {
      added: artifacts.filter(change => change.before === null).length,
      removed: artifacts.filter(change => change.after === null).length,
      changed: artifacts,
    },
    contentHash: { before: before.contentHash, after: after.contentHash },
    artifactsHash: { before: before.artifactsHash, after: after.artifactsHash },
    datasetIds: setDifference(before.datasetIds, after.datasetIds),
    resolverVersion: { before: before.resolverVersion, after: after.resolverVersion },
  }
}

export function setDifference(
  before: readonly string[],
  after: readonly string[],
): { added: string[]; removed: string[] } {
  const inBefore = new Set(before)
  const inAfter = new Set(after)
  return { added: after.filter(id => !inBefore.has(id)), removed: before.filter(id => !inAfter.has(id)) }
}

/** An artifact is the same place under the same run: another hash there is a change, not one lost and one gained. */
function artifactChanges(
  before: readonly ResolvedArtifact[],
  after: readonly ResolvedArtifact[],
  common: ReadonlySet<string>,
): ArtifactChange[] {
  const changes = new Map<string, ArtifactChange>()
  const place = (artifact: ResolvedArtifact): ArtifactChange | undefined => {
    const { runId, kind, uri } = artifact
    if (runId === undefined || !common.has(runId)) return undefined
    const key = JSON.stringify([runId, kind, uri])
    const change = changes.get(key) ?? { runId, kind, uri, before: null, after: null }
    changes.set(key, change)
    return change
  }
  for (const artifact of before) {
    const change = place(artifact)
    if (change !== undefined) change.before = artifact.contentHash
  }
  for (const artifact of after) {
    const change = place(artifact)
    if (change !== undefined) change.after = artifact.contentHash
  }
  return [...changes.values()]
    .filter(change => change.before !== change.after)
    .sort((a, b) => compareText(a.runId, b.runId) || compareText(a.kind, b.kind) || compareText(a.uri, b.uri))
}

export interface FieldDifference {
  /** JSON pointer. */
  field: string
  /** RFC 8785 text; null where the side has no such field. */
  before: string | null
  after: string | null
}

/** Leaves of two JSON values that differ, by pointer; a list is one leaf. */
export function fieldDifferences(before: unknown, after: unknown): FieldDifference[] {
  const [left, right] = [leavesOf(before), leavesOf(after)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort(compareText)
    .filter(field => left.get(field) !== right.get(field))
    .map(field => ({ field, before: left.get(field) ?? null, after: right.get(field) ?? null }))
}

/** Leaves of a JSON value as RFC 8785 texts by pointer; a list is one leaf. */
export function leavesOf(value: unknown, pointer = '', out = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, item] of Object.entries(value)) leavesOf(item, `${pointer}/${key}`, out)
  } else out.set(pointer, canonicalJson(value))
  return out
}
