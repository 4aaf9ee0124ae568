/** A RunSet as it stands: its spec and the fold of its events. Reading here, appending with optimistic concurrency. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../base/errors.ts'
import { layout } from '../base/layout.ts'
import { nearest } from '../base/near.ts'
import { isoInstant } from '../base/time.ts'
import { corrupt } from './fact-file.ts'
import { appendFacts, factPath, factsAt, factsIn, runsetFolders } from './facts.ts'
import { specHash } from './ids.ts'
import { compareText } from './order.ts'
import { ID_PATTERN, pruned } from './selection.ts'
import type { Row } from './tables.ts'
import type { RunSetMode, RunSetSpec, Select, Stamp } from './types.ts'

export type EventName =
  | 'create'
  | 'revive'
  | 'describe'
  | 'label_add'
  | 'label_remove'
  | 'pin'
  | 'unpin'
  | 'delete'
  | 'export'

/** What a create, revive or describe event says beside the selection. */
export interface Details {
  name?: string
  description?: string
  notes?: string
  labels?: string[]
  expr?: string
  written?: { from: string; to: string }
}

export interface PinEvent {
  /** Number of the pin, from 1. */
  pin: number
  seq: number
  resolutionId: string
  /** Sequence number of the pinned log record. */
  logSeq: number
  at: number
  actor: string | null
  reason: string | null
}

export interface RunSetState {
  runsetId: string
  specHash: string
  select: Select
  details: Details
  labels: string[]
  createdAt: number
  createdBy: string | null
  deleted: boolean
  pins: PinEvent[]
  /** The pin in force, or null in exploration. */
  pin: PinEvent | null
  /** Resolutions that were exported. */
  receipts: string[]
  lastSeq: number
}

/** The RunSet of an id, a deleted one included; null where there never was one. */
export async function findRunSet(root: string, id: string): Promise<RunSetState | null> {
  if (!ID_PATTERN.test(id)) return null
  const events = await factsIn(root, 'runsets_events', `runsets_events/runset_id=${id}`)
  if (events.length === 0) return null
  const state = foldEvents(id, events)
  const path = factPath.spec(id, state.specHash)
  const [spec] = await factsAt(root, 'runsets_spec', path)
  if (spec === undefined) throw corrupt(join(layout.registry(root), path))
  state.select = JSON.parse(spec.select_json) as Select
  if (specHash(state.select) !== state.specHash) throw corrupt(join(layout.registry(root), path))
  return state
}

/** A RunSet that is not deleted; RUNSET_NOT_FOUND with the nearest id. */
export async function mustFindRunSet(root: string, id: string): Promise<RunSetState> {
  const state = await findRunSet(root, id)
  if (state === null || state.deleted) throw notFound(root, id)
  return state
}

/** All RunSets that are not deleted, newest first, then by id. */
export async function allRunSets(root: string): Promise<RunSetState[]> {
  const states: RunSetState[] = []
  for (const id of runsetFolders(root)) {
    const state = await findRunSet(root, id)
    if (state !== null && !state.deleted) states.push(state)
  }
  return states.sort((a, b) => b.createdAt - a.createdAt || compareText(a.runsetId, b.runsetId))
}

export type NewEvent = { event: EventName } & Partial<
  Pick<Row<'runsets_events'>, 'spec_hash' | 'resolution_id' | 'log_seq' | 'label' | 'details_json' | 'reason'>
>

/**
 * Append the event that follows `lastSeq`, made `at` (default now); false when another writer was first: read again, decide again.
 */
export function appendEvent(
  root: string,
  id: string,
  lastSeq: number,
  event: NewEvent,
  stamp: Stamp & { at?: number },
): boolean {
  const row: Row<'runsets_events'> = {
    runset_id: id,
    seq: lastSeq + 1,
    event: event.event,
    spec_hash: event.spec_hash ?? null,
    resolution_id: event.resolution_id ?? null,
    log_seq: event.log_seq ?? null,
    label: event.label ?? null,
    details_json: event.details_json ?? null,
    at: stamp.at ?? stamp.now,
    actor: stamp.actor ?? null,
    reason: event.reason ?? null,
  }
  return appendFacts(root, 'runsets_events', factPath.event(id, row.seq), [row], stamp)
}

/** Do `attempt` until it is not overtaken by another writer (it then returns undefined); each time it reads anew. */
export async function retried<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let count = 0; count < 100; count++) {
    const done = await attempt()
    if (done !== undefined) return done
  }
  throw fail('STORAGE_ERROR', { message: 'The registry is being changed by others without pause' })
}

export function modeOf(state: RunSetState): RunSetMode {
  return state.pin === null ? 'exploration' : 'reproducible'
}

/** The RunSet as results show it. */
export function specOf(state: RunSetState): RunSetSpec {
  const { select, details } = state
  const where = 'where' in select ? select.where : 'ids' in select ? (select.assert ?? {}) : {}
  return pruned({
    runsetId: state.runsetId,
    name: details.name ?? state.runsetId,
    description: details.description,
    ...where,
    ...('ids' in select ? { runIds: select.ids } : {}),
    ...('tags' in select ? { runTags: select.tags, statuses: select.statuses } : {}),
    tags: state.labels,
    frozen: state.pin !== null,
    createdAt: isoInstant(state.createdAt),
    createdBy: state.createdBy,
    notes: details.notes,
    specVersion: '1.0.0',
    specHash: state.specHash,
    select,
    expr: details.expr,
    written: details.written,
  }) as RunSetSpec
}

/** Ids of RunSets whose spec files carry this hash, deleted ones included: a selection outlives its name. */
export function holdersOfSpec(root: string, hash: string): string[] {
  return runsetFolders(root).filter(id => existsSync(join(layout.registry(root), factPath.spec(id, hash))))
}

export function notFound(root: string, id: string): Error {
  const folders = runsetFolders(root)
  if (folders.includes(id)) {
    const hint = 'It was deleted: `runset create` with the same selection brings it back.'
    return fail('RUNSET_NOT_FOUND', { runset_id: id }, { hint })
  }
  const near = nearest(id, folders)
  return fail('RUNSET_NOT_FOUND', { runset_id: id }, near === undefined ? {} : { hint: `Did you mean ${near}?` })
}

function foldEvents(id: string, events: readonly Row<'runsets_events'>[]): RunSetState {
  const state: RunSetState = {
    runsetId: id,
    specHash: '',
    select: { ids: [] },
    details: {},
    labels: [],
    createdAt: 0,
    createdBy: null,
    deleted: false,
    pins: [],
    pin: null,
    receipts: [],
    lastSeq: 0,
  }
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) applyEvent(state, event)
  state.labels.sort(compareText)
  return state
}

function applyEvent(state: RunSetState, event: Row<'runsets_events'>): void {
  state.lastSeq = event.seq
  const details = event.details_json === null ? {} : (JSON.parse(event.details_json) as Details)
  switch (event.event as EventName) {
    case 'create':
    case 'revive':
      if (state.createdAt === 0) state.createdAt = event.at
      state.createdBy ??= event.actor
      state.specHash = event.spec_hash ?? state.specHash
      state.details = details
      state.labels = details.labels ?? []
      state.deleted = false
      return
    case 'describe':
      state.details = { ...state.details, ...details }
      return
    case 'label_add':
      state.labels = [...new Set([...state.labels, event.label ?? ''])]
      return
    case 'label_remove':
      state.labels = state.labels.filter(label => label !== event.label)
      return
    case 'pin':
      state.pin = pinOf(state.pins.length + 1, event)
      state.pins.push(state.pin)
      return
    case 'unpin':
      state.pin = null
      return
    case 'delete':
      state.deleted = true
      return
    case 'export':
      if (event.resolution_id !== null) state.receipts.push(event.resolution_id)
  }
}

function pinOf(pin: number, event: Row<'runsets_events'>): PinEvent {
  return {
    pin,
    seq: event.seq,
    resolutionId: event.resolution_id as string,
    logSeq: event.log_seq as number,
    at: event.at,
    actor: event.actor,
    reason: event.reason,
  }
}
