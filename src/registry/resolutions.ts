/** Recorded resolutions: members, artifacts and head of each distinct answer once, and one log record for each resolving. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, sha256Hex } from '../base/canonical.ts'
import { storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { isoInstant } from '../base/time.ts'
import { corrupt, encodeFacts } from './fact-file.ts'
import { appendBytes, appendFacts, factPath, factsAt, factsIn } from './facts.ts'
import { byOwnerKindId, resolvedArtifact } from './resolver.ts'
import type { Row } from './tables.ts'
import type { ResolutionKind, ResolutionSummary, ResolvedArtifact, RunSetResolution, Stamp } from './types.ts'

export type LogRow = Row<'resolution_log'>
export type HeadRow = Row<'resolution_heads'>

/** The log of a RunSet, oldest first. */
export async function logOf(root: string, runsetId: string): Promise<LogRow[]> {
  const folder = `runsets_resolution/runset_id=${runsetId}`
  const rows = await factsIn(root, 'resolution_log', folder, name => /^log-\d+\.parquet$/.test(name))
  return rows.sort((a, b) => a.seq - b.seq)
}

/** The newest record that says what the RunSet means: a preview does not, nor one of a selection that a deleted RunSet left under the id. */
export async function newestOf(
  root: string,
  { specHash }: { specHash: string },
  log: readonly LogRow[],
): Promise<LogRow | undefined> {
  for (const record of [...log].reverse()) {
    if (record.kind === 'preview') continue
    if ((await headOf(root, record.runset_id, record.resolution_id)).spec_hash === specHash) return record
  }
  return undefined
}

/** Store an answer and log that it was given; what is stored already is not written again. Returns the log record. */
export async function recordResolution(
  root: string,
  resolution: RunSetResolution,
  stamp: Stamp,
  reason?: string,
): Promise<LogRow> {
  storeResolution(root, resolution, stamp)
  const { runsetId, resolutionId, kind, catalogHash, metadata } = resolution
  for (let seq = ((await logOf(root, runsetId)).at(-1)?.seq ?? 0) + 1; ; seq++) {
    const row: LogRow = {
      runset_id: runsetId,
      seq,
      resolution_id: resolutionId,
      kind,
      resolved_at: Date.parse(resolution.resolvedAt),
      catalog_hash: catalogHash,
      metadata_json: canonicalJson(metadata),
      actor: stamp.actor ?? null,
      reason: reason ?? null,
    }
    if (appendFacts(root, 'resolution_log', factPath.log(runsetId, seq), [row], stamp)) return row
  }
}

/** The rows that an answer is stored as. */
function rowsOfResolution(resolution: RunSetResolution): {
  head: HeadRow
  runs: Row<'resolution_runs'>[]
  artifacts: Row<'resolution_artifacts'>[]
} {
  const { resolutionId: id, runIds, artifacts } = resolution
  return {
    head: {
      runset_id: resolution.runsetId,
      resolution_id: id,
      spec_hash: resolution.specHash,
      resolver_version: resolution.resolverVersion,
      dataset_ids_json: canonicalJson(resolution.datasetIds),
      resolution_hash: resolution.contentHash,
      artifacts_hash: resolution.artifactsHash,
      run_count: runIds.length,
      artifact_count: artifacts.length,
    },
    runs: runIds.map((run_id, ordinal) => ({ resolution_id: id, run_id, ordinal })),
    artifacts: rowsOfArtifacts(id, artifacts),
  }
}

/** The head of a stored answer. REGISTRY_CORRUPT where the log names one that is not there. */
export async function headOf(root: string, runsetId: string, resolutionId: string): Promise<HeadRow> {
  const path = factPath.resolution(runsetId, resolutionId, 'head')
  const [head] = await factsAt(root, 'resolution_heads', path)
  if (head?.resolution_id !== resolutionId) throw corrupt(join(layout.registry(root), path))
  return head
}

/** Run ids of a stored answer, in order. */
export async function membersOf(root: string, runsetId: string, resolutionId: string): Promise<string[]> {
  const rows = await factsAt(root, 'resolution_runs', factPath.resolution(runsetId, resolutionId, 'runs'))
  return rows.map(({ run_id }) => run_id)
}

/** Artifacts of a stored answer, in order. */
export async function artifactsOf(root: string, runsetId: string, resolutionId: string): Promise<ResolvedArtifact[]> {
  const path = factPath.resolution(runsetId, resolutionId, 'artifacts')
  return (await factsAt(root, 'resolution_artifacts', path)).map(resolvedArtifact).sort(byOwnerKindId)
}

/** A stored answer as it was given; `frozen` where it is the pinned one. */
export async function loadResolution(root: string, record: LogRow, frozen: boolean): Promise<RunSetResolution> {
  const { runset_id: runsetId, resolution_id: id } = record
  const summary = await loadSummary(root, record, frozen)
  const runIds = await membersOf(root, runsetId, id)
  const artifacts = await artifactsOf(root, runsetId, id)
  const head = await headOf(root, runsetId, id)
  if (runIds.length !== head.run_count || artifacts.length !== head.artifact_count) {
    throw corrupt(join(layout.registry(root), factPath.resolution(runsetId, id, 'head')))
  }
  const { runsetId: _, resolutionId, specHash, resolverVersion, resolvedAt, ...rest } = summary
  return { runsetId, resolutionId, specHash, resolverVersion, resolvedAt, runIds, artifacts, ...rest }
}

/** The same without members and artifacts. */
export async function loadSummary(root: string, record: LogRow, frozen: boolean): Promise<ResolutionSummary> {
  const { runset_id: runsetId, resolution_id: resolutionId } = record
  const head = await headOf(root, runsetId, resolutionId)
  return {
    runsetId,
    resolutionId,
    specHash: head.spec_hash,
    resolverVersion: head.resolver_version,
    resolvedAt: isoInstant(record.resolved_at),
    contentHash: head.resolution_hash,
    artifactsHash: head.artifacts_hash,
    datasetIds: JSON.parse(head.dataset_ids_json) as string[],
    catalogHash: record.catalog_hash,
    metadata: JSON.parse(record.metadata_json) as ResolutionSummary['metadata'],
    frozen,
    kind: record.kind as ResolutionKind,
  }
}

/** Artifacts of an answer as rows. */
function rowsOfArtifacts(resolutionId: string, artifacts: readonly ResolvedArtifact[]): Row<'resolution_artifacts'>[] {
  return artifacts.map(artifact => artifactRow(resolutionId, artifact))
}

/** The head comes last: where it is, members and artifacts are. */
function storeResolution(root: string, resolution: RunSetResolution, stamp: Stamp): void {
  const { runsetId, resolutionId } = resolution
  const { head, runs, artifacts } = rowsOfResolution(resolution)
  const path = (part: 'head' | 'runs' | 'artifacts') => factPath.resolution(runsetId, resolutionId, part)
  if (existsSync(join(layout.registry(root), path('head')))) return
  // The head vouches for the bytes of both, so that a rebuild need not add up their rows again.
  const parts = {
    artifacts: storePart(root, path('artifacts'), encodeFacts('resolution_artifacts', artifacts, stamp).bytes),
    runs: storePart(root, path('runs'), encodeFacts('resolution_runs', runs, stamp).bytes),
  }
  appendBytes(root, path('head'), encodeFacts('resolution_heads', [head], stamp, { parts }).bytes)
}

/** SHA-256 of a part: of the one that is there where an attempt before this one did not come to its head. */
function storePart(root: string, path: string, bytes: Uint8Array): string {
  if (appendBytes(root, path, bytes)) return sha256Hex(bytes)
  const place = join(layout.registry(root), path)
  return sha256Hex(storing(place, () => readFileSync(place)))
}

function artifactRow(resolutionId: string, artifact: ResolvedArtifact): Row<'resolution_artifacts'> {
  return {
    resolution_id: resolutionId,
    artifact_id: artifact.artifactId,
    run_id: artifact.runId ?? null,
    dataset_id: artifact.datasetId ?? null,
    kind: artifact.kind,
    role: artifact.role,
    uri: artifact.uri,
    content_hash: artifact.contentHash,
    bytes: artifact.bytes ?? null,
    row_count: artifact.rowCount ?? null,
    schema_version_data: artifact.schemaVersion ?? null,
  }
}
