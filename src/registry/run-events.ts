/** What happens to a run after it was registered: status, tags, tombstone; and artifacts that come later. */

import { canonicalJson } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { appendBatch } from './facts.ts'
import { openCatalog } from './open-catalog.ts'
import { partWritten } from './own-parts.ts'
import { type ArtifactInput, artifactEntry } from './register-artifacts.ts'
import { foldRun, mayFollow, type RunRecord } from './run-record.ts'
import { invalidSpec } from './selection.ts'
import type { Row } from './tables.ts'
import type { RunStatus, Stamp } from './types.ts'

export type RunEvent =
  | { event: 'status'; status: RunStatus }
  | { event: 'tag_add' | 'tag_remove'; tag: string }
  | { event: 'tombstone' | 'restore' }

/**
 * Record events of a run, in one file; those that change nothing are left out. RUN_NOT_FOUND; RUN_STATUS where a status would go
 * back or follow an end. Returns the run as it then stands.
 */
export async function addRunEvents(
  root: string,
  runId: string,
  events: readonly RunEvent[],
  stamp: Stamp,
  reason?: string,
): Promise<{ run: RunRecord; changed: boolean }> {
  const record = await mustFindRun(root, runId)
  let run = record
  const rows: Row<'run_events'>[] = []
  for (const event of events) {
    if (changesNothing(run, event)) continue
    if (event.event === 'status' && !mayFollow(run.status, event.status)) {
      throw fail('RUN_STATUS', { run_id: runId, has: run.status, wanted: event.status })
    }
    const row: Row<'run_events'> = {
      run_id: runId,
      seq: record.events + rows.length + 1,
      event: event.event,
      status: 'status' in event ? event.status : null,
      tag: 'tag' in event ? event.tag.normalize('NFC') : null,
      at: stamp.now,
      actor: stamp.actor ?? null,
      reason: reason ?? null,
    }
    rows.push(row)
    run = applied(run, row)
  }
  if (rows.length === 0) return { run, changed: false }
  const written = appendBatch(root, 'run_events', stamp.now, rows, stamp)
  if (written !== null) await partWritten(root, 'run_events', written, stamp)
  return { run, changed: true }
}

/** A run by id; RUN_NOT_FOUND with the nearest of the newest thousand ids. */
export async function mustFindRun(root: string, runId: string): Promise<RunRecord> {
  const catalog = await openCatalog(root)
  const record = (await catalog.records([runId])).get(runId)
  if (record !== undefined) return record
  const { records } = await catalog.page([], 1000, 0)
  const near = nearest(
    runId,
    records.map(({ row }) => row.run_id),
  )
  throw fail('RUN_NOT_FOUND', { run_id: runId }, near === undefined ? {} : { hint: `Did you mean ${near}?` })
}

/**
 * Register artifacts of a run or data set that was registered before; one that is there already changes nothing. RUN_NOT_FOUND,
 * DATASET_UNREGISTERED, ARTIFACTS_CLOSED for an ended run unless the role is `derived`, CONFLICT where the same content of the
 * same kind is registered with other facts.
 */
export async function registerArtifacts(
  root: string,
  owner: { runId: string } | { datasetId: string },
  inputs: readonly ArtifactInput[],
  stamp: Stamp,
): Promise<{ artifacts: Row<'artifacts'>[]; created: number }> {
  const faults: { pointer: string; message: string }[] = []
  const entries = inputs.map((input, index) => artifactEntry(input, owner, `artifacts.${index}`, faults))
  if (faults.length > 0) throw invalidSpec(faults)
  const present = new Map((await artifactsOfOwner(root, owner, inputs)).map(row => [row.artifact_id, row]))
  const artifacts: Row<'artifacts'>[] = []
  const created: Row<'artifacts'>[] = []
  for (const entry of entries) {
    const row = artifactRow(entry, owner, stamp)
    const other = present.get(row.artifact_id)
    if (other === undefined) created.push(row)
    else refuseOther(other, row)
    artifacts.push(other ?? row)
    present.set(row.artifact_id, other ?? row)
  }
  const written = created.length === 0 ? null : appendBatch(root, 'artifacts', stamp.now, created, stamp)
  if (written !== null) await partWritten(root, 'artifacts', written, stamp)
  return { artifacts, created: created.length }
}

async function artifactsOfOwner(
  root: string,
  owner: { runId: string } | { datasetId: string },
  inputs: readonly ArtifactInput[],
): Promise<Row<'artifacts'>[]> {
  const catalog = await openCatalog(root)
  if ('datasetId' in owner) {
    if (!catalog.datasets.some(({ dataset_id }) => dataset_id === owner.datasetId)) {
      throw fail('DATASET_UNREGISTERED', { dataset_id: owner.datasetId })
    }
    return catalog.artifactsOfDatasets([owner.datasetId])
  }
  const { status } = await mustFindRun(root, owner.runId)
  const present = await catalog.artifactsOfRuns([owner.runId])
  const closed = status !== 'pending' && status !== 'running'
  const late = inputs.filter(({ role, kind, contentHash }) => {
    const known = present.some(row => row.kind === kind && row.content_hash === contentHash)
    return role !== 'derived' && !known
  })
  if (closed && late.length > 0) throw fail('ARTIFACTS_CLOSED', { run_id: owner.runId, status })
  return present
}

function artifactRow(
  entry: Record<string, unknown>,
  owner: { runId: string } | { datasetId: string },
  stamp: Stamp,
): Row<'artifacts'> {
  const known = entry as Partial<Row<'artifacts'>>
  return {
    artifact_id: known.artifact_id as string,
    run_id: 'runId' in owner ? owner.runId : null,
    dataset_id: 'datasetId' in owner ? owner.datasetId : null,
    kind: known.kind as string,
    role: known.role as string,
    uri: known.uri as string,
    content_hash: known.content_hash as string,
    bytes: known.bytes ?? null,
    row_count: known.row_count ?? null,
    schema_version_data: known.schema_version_data ?? null,
    created_at: stamp.now,
    metadata_json: null,
  }
}

function refuseOther(present: Row<'artifacts'>, row: Row<'artifacts'>): void {
  const fields = (['role', 'uri', 'bytes', 'row_count', 'schema_version_data'] as const).filter(
    name => present[name] !== row[name],
  )
  if (fields.length === 0) return
  const message = `Artifact is immutable: ${row.artifact_id} (differs: ${fields.join(', ')})`
  const details = fields.map(name => ({ pointer: name, message: `${present[name]} → ${row[name]}` }))
  throw fail('CONFLICT', { message }, { details })
}

function changesNothing(run: RunRecord, event: RunEvent): boolean {
  if (event.event === 'status') return run.status === event.status
  if (event.event === 'tag_add') return run.tags.includes(event.tag.normalize('NFC'))
  if (event.event === 'tag_remove') return !run.tags.includes(event.tag.normalize('NFC'))
  return run.tombstoned === (event.event === 'tombstone')
}

/** The run after one more event. */
function applied(run: RunRecord, event: Row<'run_events'>): RunRecord {
  const standing = { ...run.row, status: run.status, tags_json: canonicalJson(run.tags), completed_at: run.completedAt }
  const next = foldRun(standing, [event])
  const untouched = event.event !== 'tombstone' && event.event !== 'restore'
  return { ...next, row: run.row, tombstoned: untouched ? run.tombstoned : next.tombstoned, events: run.events + 1 }
}
