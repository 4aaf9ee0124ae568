/** Facts of experiments: the definition once, then one event an attempt makes; each sequence number is taken by one writer. */

import type { ExperimentDefinition, ExperimentOutputs, ExperimentStatus } from '../../contracts/types.ts'
import { canonicalJson, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { isOwner, type Owner } from '../base/owner.ts'
import { isoDate, isoInstant } from '../base/time.ts'
import { appendFacts } from './facts.ts'
import { liveFacts } from './live-facts.ts'
import { compareText } from './order.ts'
import { ID_PATTERN, invalidSpec, pruned } from './selection.ts'
import type { Row } from './tables.ts'
import type { Stamp } from './types.ts'

export interface ExperimentState {
  experimentId: string
  definitionHash: string
  definition: ExperimentDefinition
  /** Resolutions it holds a copy of; they are never collected. */
  resolutionIds: string[]
  status: ExperimentStatus
  outputs?: ExperimentOutputs
  /** Who executes it, while it is running. */
  owner?: Owner
  createdAt: string
  createdBy?: string
  startedAt?: string
  completedAt?: string
  error?: string
  /** Times it was started. */
  attempts: number
  /** Attempts that published a report; what any other had run is taken over by the next. */
  reports: number
  lastSeq: number
}

export interface ExperimentEvent {
  status: ExperimentStatus
  /** Of an attempt that ended. */
  outputs?: ExperimentOutputs
  /** Of one that begins. */
  owner?: Owner
  /** Epoch ms. */
  startedAt?: number
  completedAt?: number
  error?: string
}

/** `exp-<YYYYMMDDHHMMSS>-<first 6 hex of the definition hash>`, UTC. */
export function experimentIdOf(now: number, definitionHash: string): string {
  return `exp-${isoInstant(now).slice(0, 19).replace(/\D/g, '')}-${definitionHash.slice(0, 6)}`
}

/** Write the definition of an experiment. CONFLICT where the id is taken by another definition; the same one changes nothing. */
export async function createExperiment(
  root: string,
  input: {
    experimentId: string
    definitionHash: string
    definition: ExperimentDefinition
    resolutionIds: readonly string[]
  },
  stamp: Stamp,
): Promise<{ experiment: ExperimentState; created: boolean }> {
  const { experimentId, definitionHash } = input
  if (!ID_PATTERN.test(experimentId)) {
    throw invalidSpec([{ pointer: 'experimentId', message: `${JSON.stringify(experimentId)} is not an id` }])
  }
  const present = await findExperiment(root, experimentId)
  if (present === null) {
    const row = {
      ...emptyRow(experimentId, 1, definitionHash, stamp),
      definition_json: canonicalJson(input.definition),
      resolution_ids_json: canonicalJson([...input.resolutionIds].sort(compareText)),
    }
    if (appendFacts(root, 'experiments', pathOf(experimentId, stamp.now, 1), [row], stamp)) {
      return { experiment: foldExperiment(experimentId, [row]), created: true }
    }
  }
  const other = present ?? (await mustFindExperiment(root, experimentId))
  if (other.definitionHash === definitionHash) return { experiment: other, created: false }
  throw fail('CONFLICT', { message: `Experiment is immutable: ${experimentId} has another definition` })
}

/** Record what became of an experiment; false where another writer was first since `state` was read. */
export function appendExperimentEvent(
  root: string,
  state: ExperimentState,
  event: ExperimentEvent,
  stamp: Stamp,
): boolean {
  const seq = state.lastSeq + 1
  const row: Row<'experiments'> = {
    ...emptyRow(state.experimentId, seq, state.definitionHash, stamp),
    event: 'status',
    status: event.status,
    resolution_ids_json: canonicalJson(state.resolutionIds),
    outputs_json: producedText(event),
    started_at: event.startedAt ?? null,
    completed_at: event.completedAt ?? null,
    error: event.error ?? null,
  }
  return appendFacts(root, 'experiments', pathOf(state.experimentId, Date.parse(state.createdAt), seq), [row], stamp)
}

/** The experiment of an id, or null. */
export async function findExperiment(root: string, id: string): Promise<ExperimentState | null> {
  return (await experimentsById(root)).get(id) ?? null
}

/** The same; NOT_FOUND with the nearest id. */
export async function mustFindExperiment(root: string, id: string): Promise<ExperimentState> {
  const all = await experimentsById(root)
  const found = all.get(id)
  if (found !== undefined) return found
  const near = nearest(id, all.keys())
  const hint = near === undefined ? {} : { hint: `Did you mean ${near}?` }
  throw fail('NOT_FOUND', { message: `Experiment not found: ${id}` }, hint)
}

/** All experiments, newest first, then by id. */
export async function listExperiments(root: string): Promise<ExperimentState[]> {
  return [...(await experimentsById(root)).values()].sort(
    (a, b) => compareText(b.createdAt, a.createdAt) || compareText(a.experimentId, b.experimentId),
  )
}

async function experimentsById(root: string): Promise<Map<string, ExperimentState>> {
  const rows = new Map<string, Row<'experiments'>[]>()
  for (const row of await liveFacts(root, 'experiments')) {
    const list = rows.get(row.experiment_id)
    if (list === undefined) rows.set(row.experiment_id, [row])
    else list.push(row)
  }
  return new Map([...rows].map(([id, list]) => [id, foldExperiment(id, list)]))
}

function foldExperiment(id: string, rows: readonly Row<'experiments'>[]): ExperimentState {
  const [first, ...later] = [...rows].sort((a, b) => a.seq - b.seq)
  if (first.definition_json === null) {
    const message = `Experiment ${id} has events but no definition: a fact of it is lost`
    throw fail('INTEGRITY_ERROR', { message }, { hint: 'Restore lake/registry/experiments from a copy.' })
  }
  const state: ExperimentState = pruned({
    experimentId: first.experiment_id,
    definitionHash: first.definition_hash,
    definition: JSON.parse(first.definition_json) as ExperimentDefinition,
    resolutionIds: JSON.parse(first.resolution_ids_json) as string[],
    status: 'pending' as ExperimentStatus,
    createdAt: isoInstant(first.at),
    createdBy: first.actor ?? undefined,
    attempts: 0,
    reports: 0,
    lastSeq: first.seq,
  })
  for (const row of later) {
    state.lastSeq = row.seq
    // Who takes over from a dead process goes on with its attempt.
    if (row.status === 'running' && state.status !== 'running') state.attempts++
    if (producedIn(row).outputs !== undefined) state.reports++
    state.status = row.status as ExperimentStatus
    const { outputs: _, owner: __, startedAt, completedAt: ___, error: ____, ...rest } = state
    const started = row.started_at === null ? startedAt : isoInstant(row.started_at)
    Object.assign(
      state,
      { outputs: undefined, owner: undefined, completedAt: undefined, error: undefined },
      rest,
      pruned({
        ...producedIn(row),
        startedAt: started,
        completedAt: row.completed_at === null ? undefined : isoInstant(row.completed_at),
        error: row.error ?? undefined,
      }),
    )
  }
  return pruned(state)
}

/** What an attempt that begins says of itself is who it is; one that ends, what it produced. */
function producedText({ outputs, owner }: ExperimentEvent): string | null {
  if (outputs !== undefined) return canonicalJson(outputs)
  return owner === undefined ? null : canonicalJson({ owner })
}

function producedIn({ outputs_json: text, status }: Row<'experiments'>): Pick<ExperimentState, 'outputs' | 'owner'> {
  if (text === null) return {}
  const value = JSON.parse(text) as unknown
  if (status !== 'running') return { outputs: value as ExperimentOutputs }
  const { owner } = value as { owner?: unknown }
  return isOwner(owner) ? { owner } : {}
}

/** All events of an experiment lie in the day of its creation, so that a sequence number can be taken once only. */
function pathOf(id: string, createdAt: number, seq: number): string {
  return `experiments/day=${isoDate(createdAt)}/part-${sha256Hex(`${id} ${seq}`).slice(0, 16)}.parquet`
}

function emptyRow(id: string, seq: number, definitionHash: string, stamp: Stamp): Row<'experiments'> {
  return {
    experiment_id: id,
    seq,
    event: 'create',
    definition_hash: definitionHash,
    definition_json: null,
    resolution_ids_json: '[]',
    status: 'pending',
    outputs_json: null,
    started_at: null,
    completed_at: null,
    error: null,
    at: stamp.now,
    actor: stamp.actor ?? null,
  }
}
