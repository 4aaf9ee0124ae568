/** References: `<id>`, `<id>@<hash prefix>`, `<id>@pin.<n>`, `<alias>`, `sha256:<spec hash prefix>` → a RunSet, perhaps one answer of it. */

import { fail } from '../base/errors.ts'
import { isoInstant } from '../base/time.ts'
import { findAlias } from './alias.ts'
import { headOf, type LogRow, logOf, newestOf } from './resolutions.ts'
import { allRunSets, findRunSet, mustFindRunSet, notFound, type PinEvent, type RunSetState } from './runset-state.ts'
import { ID_PATTERN } from './selection.ts'
import type { Pin } from './types.ts'

export interface Reference {
  state: RunSetState
  /** The one answer that is meant; undefined where the RunSet itself is. */
  record?: LogRow
  /** The pin that is meant by `@pin.<n>`. */
  pin?: PinEvent
}

/**
 * Find what a reference means. RUNSET_NOT_FOUND with the nearest id, NOT_FOUND for a pin or hash that is not there,
 * AMBIGUOUS_REFERENCE where a prefix fits several. `at` (epoch ms) reads an alias as it was then.
 */
export async function findReference(root: string, text: string, at?: number): Promise<Reference> {
  if (text.startsWith('sha256:')) return { state: await bySpecHash(root, text, text.slice('sha256:'.length)) }
  const cut = text.indexOf('@')
  const name = cut < 0 ? text : text.slice(0, cut)
  const inner = await named(root, name, at)
  if (cut < 0) return inner
  if (inner.record !== undefined)
    throw fail('AMBIGUOUS_REFERENCE', { reference: text, candidates: `${name} is an answer already` })
  return answerOfRunSet(root, text, inner.state, text.slice(cut + 1))
}

/** The record that a reference stands for: the one it names, else the pin in force, else the newest; undefined in a draft. */
export async function recordOf(root: string, reference: Reference): Promise<LogRow | undefined> {
  if (reference.record !== undefined) return reference.record
  const log = await logOf(root, reference.state.runsetId)
  const { pin } = reference.state
  return pin === null ? newestOf(root, reference.state, log) : log.find(({ seq }) => seq === pin.logSeq)
}

/** The record of a pin. */
export async function recordOfPin(root: string, state: RunSetState, pin: PinEvent): Promise<LogRow> {
  const record = (await logOf(root, state.runsetId)).find(({ seq }) => seq === pin.logSeq)
  if (record === undefined)
    throw fail('INTEGRITY_ERROR', { message: `Pin ${pin.pin} of ${state.runsetId} has no record` })
  return record
}

/** A pin as results show it. */
export async function pinView(root: string, state: RunSetState, pin: PinEvent): Promise<Pin> {
  const head = await headOf(root, state.runsetId, pin.resolutionId)
  return {
    pin: pin.pin,
    seq: pin.seq,
    at: isoInstant(pin.at),
    resolutionId: pin.resolutionId,
    contentHash: head.resolution_hash,
    artifactsHash: head.artifacts_hash,
    ...(pin.actor === null ? {} : { actor: pin.actor }),
    ...(pin.reason === null ? {} : { reason: pin.reason }),
    active: state.pin?.seq === pin.seq,
  }
}

/** A RunSet by id, else what an alias of this name refers to. */
async function named(root: string, name: string, at: number | undefined): Promise<Reference> {
  const state = ID_PATTERN.test(name) ? await findRunSet(root, name) : null
  if (state !== null && !state.deleted) return { state }
  const alias = await findAlias(root, name, at)
  if (alias === null) throw notFound(root, name)
  return findReference(root, alias, at)
}

async function bySpecHash(root: string, text: string, prefix: string): Promise<RunSetState> {
  if (!/^[0-9a-f]{8,64}$/.test(prefix)) throw tooShort(text)
  const found = (await allRunSets(root)).filter(({ specHash }) => specHash.startsWith(prefix))
  if (found.length === 0) throw fail('RUNSET_NOT_FOUND', { runset_id: text })
  if (found.length > 1) {
    throw fail('AMBIGUOUS_REFERENCE', { reference: text, candidates: found.map(({ runsetId }) => runsetId).join(', ') })
  }
  return mustFindRunSet(root, found[0].runsetId)
}

async function answerOfRunSet(root: string, text: string, state: RunSetState, suffix: string): Promise<Reference> {
  const numbered = /^pin\.(\d+)$/.exec(suffix)
  if (numbered !== null) {
    const pin = state.pins[Number(numbered[1]) - 1]
    if (pin === undefined)
      throw fail('NOT_FOUND', { message: `No such pin: ${text} (${state.runsetId} has ${state.pins.length})` })
    return { state, pin, record: await recordOfPin(root, state, pin) }
  }
  if (!/^[0-9a-f]{8,64}$/.test(suffix)) throw tooShort(text)
  const fitting = new Map<string, LogRow>()
  const hashes = new Set<string>()
  for (const record of await logOf(root, state.runsetId)) {
    const head = await headOf(root, state.runsetId, record.resolution_id)
    if (head.resolution_hash.startsWith(suffix) || record.resolution_id.startsWith(suffix)) {
      fitting.set(record.resolution_id, record)
      hashes.add(`${state.runsetId}@${record.resolution_id.slice(0, 16)}`)
    }
  }
  if (fitting.size === 0)
    throw fail('NOT_FOUND', { message: `No resolution of ${state.runsetId} begins with ${suffix}` })
  if (fitting.size > 1) throw fail('AMBIGUOUS_REFERENCE', { reference: text, candidates: [...hashes].join(', ') })
  return { state, record: [...fitting.values()][0] }
}

function tooShort(text: string): Error {
  const message = `${text}: a hash is given by at least 8 of its hex digits, a pin as pin.<n>`
  return fail('INVALID_CONFIG', { message })
}
