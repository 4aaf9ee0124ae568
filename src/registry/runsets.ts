/** RunSets: list, get, history, delete, alias. A selection never changes; what changes is an appended event. */

import { fail } from '../base/errors.ts'
import { isoInstant } from '../base/time.ts'
import { appendAlias, findAlias } from './alias.ts'
import { findReference, pinView, recordOf } from './reference.ts'
import { headOf, type LogRow, loadResolution, loadSummary, logOf, membersOf } from './resolutions.ts'
import {
  allRunSets,
  appendEvent,
  findRunSet,
  modeOf,
  mustFindRunSet,
  type RunSetState,
  retried,
  specOf,
} from './runset-state.ts'
import type { Pin, ResolutionSummary, RunSetMode, RunSetSpec, RunSetWithResolution, Stamp } from './types.ts'

export interface ListFilter {
  tags?: string[]
  datasetId?: string
  frozen?: boolean
  mode?: RunSetMode
  limit?: number
  offset?: number
}

/** A RunSet in a list: its answer without the members and artifacts themselves. */
export interface ListedRunSet {
  spec: RunSetSpec
  resolution?: ResolutionSummary
  mode: RunSetMode
}

/** RunSets newest first, then by id; `total` counts all that fit. */
export async function listRunSets(
  root: string,
  filter: ListFilter = {},
): Promise<{ runsets: ListedRunSet[]; total: number; limit: number; offset: number }> {
  const { limit = 100, offset = 0 } = filter
  const fitting = (await allRunSets(root)).filter(state => fits(state, filter))
  const runsets: ListedRunSet[] = []
  for (const state of fitting.slice(offset, offset + limit)) {
    const record = await recordOf(root, { state })
    const resolution = record === undefined ? {} : { resolution: await loadSummary(root, record, state.pin !== null) }
    runsets.push({ spec: specOf(state), ...resolution, mode: modeOf(state) })
  }
  return { runsets, total: fitting.length, limit, offset }
}

export interface RunSetView extends RunSetWithResolution {
  pin?: Pin
  history?: HistoryItem[]
}

/** A RunSet or one answer of it, with the pin and, when asked, its history. */
export async function getRunSet(
  root: string,
  reference: string,
  { history }: { history?: number } = {},
): Promise<RunSetView> {
  const found = await findReference(root, reference)
  const { state, record } = found
  const view: RunSetView = await viewOf(root, state, record)
  const pin = found.pin ?? (record === undefined ? state.pin : null)
  if (pin !== null) view.pin = await pinView(root, state, pin)
  if (history !== undefined) view.history = (await runsetHistory(root, state.runsetId, history)).history
  return view
}

export interface HistoryItem {
  seq: number
  kind: string
  resolvedAt: string
  resolutionId: string
  contentHash: string
  artifactsHash: string
  runCount: number
  artifactCount: number
  /** Against the record before. */
  added: number
  removed: number
  pinned: boolean
  /** Numbers of the pins that hold this record. */
  pins: number[]
  actor?: string
  reason?: string
}

/** What a RunSet has been resolved to, newest first. */
export async function runsetHistory(
  root: string,
  reference: string,
  limit = 10,
): Promise<{ runsetId: string; history: HistoryItem[]; total: number }> {
  const { state } = await findReference(root, reference)
  const log = await logOf(root, state.runsetId)
  const history: HistoryItem[] = []
  for (let index = log.length - 1; index >= Math.max(0, log.length - limit); index--) {
    history.push(await historyItem(root, state, log[index], log[index - 1]))
  }
  return { runsetId: state.runsetId, history, total: log.length }
}

/** Hide a RunSet; its facts stay. RUNSET_FROZEN_DELETE where it is pinned; deleting it again changes nothing. */
export async function deleteRunSet(
  root: string,
  id: string,
  stamp: Stamp,
  reason?: string,
): Promise<{ runsetId: string; deleted: true; changed: boolean }> {
  return retried(async () => {
    const state = await findRunSet(root, id)
    if (state?.deleted) return { runsetId: id, deleted: true as const, changed: false }
    const live = state ?? (await mustFindRunSet(root, id))
    if (live.pin !== null) throw fail('RUNSET_FROZEN_DELETE', { runset_id: id })
    if (!appendEvent(root, id, live.lastSeq, { event: 'delete', reason: reason ?? null }, stamp)) return undefined
    return { runsetId: id, deleted: true as const, changed: true }
  })
}

/** Let an alias mean a reference from now on. ALIAS_TAKEN where a RunSet carries the name; the reference must exist. */
export async function setAlias(
  root: string,
  alias: string,
  reference: string,
  stamp: Stamp,
): Promise<{ alias: string; reference: string; previous: string | null }> {
  const own = await findRunSet(root, alias)
  if (own !== null && !own.deleted) throw fail('ALIAS_TAKEN', { alias })
  const { state } = await findReference(root, reference)
  const cut = reference.indexOf('@')
  // Spelled by the RunSet's own id, so that no alias hangs on another.
  const outer = cut < 0 ? reference : reference.slice(0, cut)
  const inner = reference.startsWith('sha256:') ? null : await findAlias(root, outer)
  const spelled = inner !== null && outer !== state.runsetId ? inner + reference.slice(outer.length) : reference
  const previous = await findAlias(root, alias)
  if (previous !== spelled) await appendAlias(root, alias, spelled, stamp)
  return { alias, reference: spelled, previous }
}

/** The RunSet with its answer: the one named, else the pinned, else the newest; none in a draft. */
export async function viewOf(root: string, state: RunSetState, record?: LogRow): Promise<RunSetWithResolution> {
  const meant = record ?? (await recordOf(root, { state }))
  const spec = specOf(state)
  if (meant === undefined) return { spec, mode: modeOf(state) }
  const pinned = state.pins.some(pin => pin.logSeq === meant.seq)
  const frozen = record === undefined ? state.pin !== null : pinned
  const resolution = await loadResolution(root, meant, frozen)
  return { spec, resolution, mode: frozen ? 'reproducible' : 'exploration' }
}

function fits(state: RunSetState, filter: ListFilter): boolean {
  const { tags = [], datasetId, frozen, mode } = filter
  const { select } = state
  const dataset = 'where' in select ? select.where.datasetId : 'ids' in select ? select.assert?.datasetId : undefined
  if (datasetId !== undefined && dataset !== datasetId) return false
  if (frozen !== undefined && (state.pin !== null) !== frozen) return false
  if (mode !== undefined && modeOf(state) !== mode) return false
  return tags.every(tag => state.labels.includes(tag))
}

async function historyItem(
  root: string,
  state: RunSetState,
  record: LogRow,
  before: LogRow | undefined,
): Promise<HistoryItem> {
  const head = await headOf(root, state.runsetId, record.resolution_id)
  const members = await membersOf(root, state.runsetId, record.resolution_id)
  const earlier = new Set(before === undefined ? [] : await membersOf(root, state.runsetId, before.resolution_id))
  const added = members.filter(id => !earlier.has(id)).length
  const pins = state.pins.filter(pin => pin.logSeq === record.seq).map(({ pin }) => pin)
  return {
    seq: record.seq,
    kind: record.kind,
    resolvedAt: isoInstant(record.resolved_at),
    resolutionId: record.resolution_id,
    contentHash: head.resolution_hash,
    artifactsHash: head.artifacts_hash,
    runCount: head.run_count,
    artifactCount: head.artifact_count,
    added,
    removed: earlier.size - (members.length - added),
    pinned: state.pin?.logSeq === record.seq,
    pins,
    ...(record.actor === null ? {} : { actor: record.actor }),
    ...(record.reason === null ? {} : { reason: record.reason }),
  }
}
