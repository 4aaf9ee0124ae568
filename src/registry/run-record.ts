/** A run as it stands: its registered row with the later events folded in. Pure. */

import { rowText } from './ids.ts'
import { compareText } from './order.ts'
import type { Row } from './tables.ts'
import type { RunStatus, Universe } from './types.ts'

export interface RunRecord {
  row: Row<'runs'>
  status: RunStatus
  /** Tags in force, sorted. */
  tags: string[]
  tombstoned: boolean
  completedAt: number | null
  /** Number of events folded in; the next one takes this as its sequence number, counted from 1. */
  events: number
  datasetIds: string[]
}

/** What a resolution needs of a member. */
export interface Member {
  runId: string
  runKey: string
  datasetIds: string[]
  windowFrom: number | null
  windowTo: number | null
  status: RunStatus
  tombstoned: boolean
  /** Declared callers, or null. */
  callers: string[] | null
}

const RANK: Record<RunStatus, number> = { pending: 0, running: 1, completed: 2, failed: 2, cancelled: 2 }

/** True where a status may follow another: forward only, and nothing follows an end. */
export function mayFollow(from: RunStatus, to: RunStatus): boolean {
  return RANK[to] > RANK[from]
}

/**
 * One run with its events. Events count in the order of their sequence number, time, then text, so that neither the order of
 * files nor a race changes the outcome.
 */
export function foldRun(row: Row<'runs'>, events: readonly Row<'run_events'>[]): RunRecord {
  const record: RunRecord = {
    row,
    status: row.status as RunStatus,
    tags: JSON.parse(row.tags_json) as string[],
    tombstoned: false,
    completedAt: row.completed_at,
    events: 0,
    datasetIds: JSON.parse(row.dataset_ids_json) as string[],
  }
  if (events.length === 0) return record
  const tags = new Set(record.tags)
  for (const event of inOrder(events)) {
    record.events++
    if (event.event === 'tag_add' && event.tag !== null) tags.add(event.tag)
    else if (event.event === 'tag_remove' && event.tag !== null) tags.delete(event.tag)
    else if (event.event === 'tombstone') record.tombstoned = true
    else if (event.event === 'restore') record.tombstoned = false
    else if (event.event === 'status' && mayFollow(record.status, event.status as RunStatus)) {
      record.status = event.status as RunStatus
      if (RANK[record.status] === 2) record.completedAt = event.at
    }
  }
  record.tags = [...tags].sort(compareText)
  return record
}

/** Of two rows with one id the earlier counts, then the smaller text, so that a race cannot change which. */
export function precedes<Fact extends { created_at: number }>(a: Fact, b: Fact): boolean {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at
  return rowText({ ...a }) < rowText({ ...b })
}

/** The declared universe of a run; null where it declares none. */
export function universeOf(row: Row<'runs'>): Universe | null {
  return row.universe_json === null ? null : (JSON.parse(row.universe_json) as Universe)
}

export function memberOf(record: RunRecord): Member {
  const { row, datasetIds, status, tombstoned } = record
  return {
    runId: row.run_id,
    runKey: row.run_key,
    datasetIds,
    windowFrom: row.window_from,
    windowTo: row.window_to,
    status,
    tombstoned,
    callers: universeOf(row)?.callers ?? null,
  }
}

/** An artifact that was registered with its run, as a row of its own. */
export function artifactsOfRun(row: Row<'runs'>): Row<'artifacts'>[] {
  if (row.artifacts_json === '[]') return []
  return (JSON.parse(row.artifacts_json) as Partial<Row<'artifacts'>>[]).map(artifact => ({
    artifact_id: artifact.artifact_id as string,
    run_id: row.run_id,
    dataset_id: null,
    kind: artifact.kind as string,
    role: artifact.role as string,
    uri: artifact.uri as string,
    content_hash: artifact.content_hash as string,
    bytes: artifact.bytes ?? null,
    row_count: artifact.row_count ?? null,
    schema_version_data: artifact.schema_version_data ?? null,
    created_at: row.created_at,
    metadata_json: null,
  }))
}

/** The same of a data set. */
export function artifactsOfDataset(row: Row<'datasets'>): Row<'artifacts'>[] {
  if (row.artifacts_json === '[]') return []
  return (JSON.parse(row.artifacts_json) as Partial<Row<'artifacts'>>[]).map(artifact => ({
    artifact_id: artifact.artifact_id as string,
    run_id: null,
    dataset_id: row.dataset_id,
    kind: artifact.kind as string,
    role: artifact.role as string,
    uri: artifact.uri as string,
    content_hash: artifact.content_hash as string,
    bytes: artifact.bytes ?? null,
    row_count: artifact.row_count ?? null,
    schema_version_data: artifact.schema_version_data ?? null,
    created_at: row.created_at,
    metadata_json: null,
  }))
}

function inOrder(events: readonly Row<'run_events'>[]): readonly Row<'run_events'>[] {
  if (events.length < 2) return events
  return [...events].sort((a, b) => a.seq - b.seq || a.at - b.at || compareText(rowText(a), rowText(b)))
}
