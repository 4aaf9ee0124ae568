/** Creating a RunSet: its selection normalised and hashed, the conflict with another selection told field by field. */

import { canonicalJson } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { findAlias } from './alias.ts'
import { fieldDifferences } from './difference.ts'
import { appendFacts, factPath } from './facts.ts'
import { distinctSorted, specHash } from './ids.ts'
import { findReference } from './reference.ts'
import { refuseUnanswerable } from './resolve.ts'
import {
  appendEvent,
  type Details,
  findRunSet,
  holdersOfSpec,
  mustFindRunSet,
  type NewEvent,
  type RunSetState,
  retried,
  specOf,
} from './runset-state.ts'
import { viewOf } from './runsets.ts'
import { ID_PATTERN, invalidSpec, normaliseSelection, normaliseSet, pruned } from './selection.ts'
import { parseSetExpression, type SetExpression } from './set-expression.ts'
import type { RunSetInput, RunSetWithResolution, Select, SetOperand, SetSelect, Stamp, Warning } from './types.ts'

export interface Created {
  runset: RunSetWithResolution
  created: boolean
  /** True where a label or description of a RunSet that was there changed. */
  changed: boolean
  warnings: Warning[]
}

/**
 * Create a RunSet, or find it there with the same selection: labels and descriptions are then brought up to date. INVALID_SPEC
 * with every fault; RUNSET_EXISTS with the differing fields; ALIAS_TAKEN. With `dryRun` nothing is written; with `answerable` a
 * new one must have an answer now, or its error is thrown and nothing is written either.
 */
export async function createRunSet(
  root: string,
  input: RunSetInput,
  stamp: Stamp,
  { dryRun = false, answerable = false }: { dryRun?: boolean; answerable?: boolean } = {},
): Promise<Created> {
  const id = checkedId(input.runsetId)
  const select = await selectOf(root, input)
  const hash = specHash(select)
  const details = detailsOf(input)
  return retried(async () => {
    const state = await findRunSet(root, id)
    if (state === null || state.deleted) {
      if ((await findAlias(root, id)) !== null) throw fail('ALIAS_TAKEN', { alias: id })
      if (state?.deleted && state.pins.length > 0 && state.specHash !== hash) throw exists(state, select)
      if (answerable) await refuseUnanswerable(root, select, stamp)
      const warnings = await sameSelection(root, id, hash)
      if (dryRun) return { runset: draft(id, select, hash, details, stamp), created: true, changed: false, warnings }
      appendFacts(
        root,
        'runsets_spec',
        factPath.spec(id, hash),
        [{ runset_id: id, spec_hash: hash, select_json: canonicalJson(select) }],
        stamp,
      )
      const event = {
        event: state === null ? 'create' : 'revive',
        spec_hash: hash,
        details_json: canonicalJson(details),
      } as const
      if (!appendEvent(root, id, state?.lastSeq ?? 0, event, stamp)) return undefined
      return { runset: await viewOf(root, await mustFindRunSet(root, id)), created: true, changed: false, warnings }
    }
    if (state.specHash !== hash) throw exists(state, select)
    const events = changesOf(state, input)
    if (!dryRun) {
      for (const [count, event] of events.entries()) {
        if (!appendEvent(root, id, state.lastSeq + count, event, stamp)) return undefined
      }
    }
    const runset = await viewOf(root, dryRun ? state : await mustFindRunSet(root, id))
    return { runset, created: false, changed: events.length > 0, warnings: [] }
  })
}

/** The normalised selection of an input; an expression is bound to the selections and pins it refers to. */
export async function selectOf(root: string, input: RunSetInput): Promise<Select> {
  if (input.expr === undefined) return normaliseSelection(input)
  const others = (
    ['datasetId', 'universe', 'timeBounds', 'strategy', 'runTags', 'runIds', 'statuses', 'latest'] as const
  ).filter(name => input[name] !== undefined)
  if (others.length > 0) throw invalidSpec(others.map(pointer => ({ pointer, message: 'cannot stand beside expr' })))
  const operand = await operandOf(root, parseSetExpression(input.expr))
  const set: SetSelect = 'op' in operand ? operand : { op: 'union', of: [operand] }
  return { set: normaliseSet(set) }
}

async function operandOf(root: string, expression: SetExpression): Promise<SetOperand> {
  if ('op' in expression) {
    return { op: expression.op, of: [await operandOf(root, expression.left), await operandOf(root, expression.right)] }
  }
  const found = await findReference(root, expression.reference)
  if (found.record !== undefined) return { resolutionId: found.record.resolution_id }
  // A frozen RunSet means its pin, by its plain id too.
  return found.state.pin === null ? { specHash: found.state.specHash } : { resolutionId: found.state.pin.resolutionId }
}

function checkedId(id: string): string {
  const plain = id.normalize('NFC')
  if (ID_PATTERN.test(plain)) return plain
  const message = `${JSON.stringify(id)} is not an id: letters, digits, dot, underscore and hyphen, 128 at most`
  throw invalidSpec([{ pointer: 'runsetId', message }])
}

function detailsOf(input: RunSetInput): Details {
  const { timeBounds, tags } = input
  return pruned({
    name: input.name?.normalize('NFC') || undefined,
    description: input.description?.normalize('NFC'),
    notes: input.notes?.normalize('NFC'),
    labels: labelsOf(tags),
    expr: input.expr,
    written: timeBounds === undefined ? undefined : { from: timeBounds.from, to: timeBounds.to },
  })
}

function labelsOf(tags: readonly string[] | undefined): string[] {
  return distinctSorted((tags ?? []).map(tag => tag.trim().normalize('NFC')).filter(tag => tag !== ''))
}

/** Events that bring name, description, notes and labels of a RunSet to what is asked; what is not named stays. */
function changesOf(state: RunSetState, input: RunSetInput): NewEvent[] {
  const events: NewEvent[] = []
  const asked = detailsOf(input)
  const changed = pruned({ name: asked.name, description: asked.description, notes: asked.notes })
  const differs = Object.entries(changed).some(
    ([key, value]) => (state.details as Record<string, unknown>)[key] !== value,
  )
  if (differs) events.push({ event: 'describe', details_json: canonicalJson(changed) })
  if (input.tags === undefined) return events
  const labels = labelsOf(input.tags)
  for (const label of labels) if (!state.labels.includes(label)) events.push({ event: 'label_add', label })
  for (const label of state.labels) if (!labels.includes(label)) events.push({ event: 'label_remove', label })
  return events
}

/** RUNSET_EXISTS with each differing field, old → new. */
function exists(state: RunSetState, select: Select): Error {
  const details = fieldDifferences(state.select, select).map(({ field, before, after }) => ({
    pointer: field,
    message: `${before ?? 'absent'} → ${after ?? 'absent'}`,
  }))
  return fail('RUNSET_EXISTS', { runset_id: state.runsetId }, { details })
}

async function sameSelection(root: string, id: string, hash: string): Promise<Warning[]> {
  const others: string[] = []
  for (const other of holdersOfSpec(root, hash)) {
    const state = other === id ? null : await findRunSet(root, other)
    if (state !== null && !state.deleted && state.specHash === hash) others.push(other)
  }
  if (others.length === 0) return []
  return [{ code: 'SAME_SELECTION', message: `same selection as ${others.join(', ')}`, sample: others }]
}

/** A RunSet that is not written. */
function draft(id: string, select: Select, hash: string, details: Details, stamp: Stamp): RunSetWithResolution {
  const spec = specOf({
    runsetId: id,
    specHash: hash,
    select,
    details,
    labels: details.labels ?? [],
    createdAt: stamp.now,
    createdBy: stamp.actor ?? null,
    deleted: false,
    pins: [],
    pin: null,
    receipts: [],
    lastSeq: 0,
  })
  return { spec, mode: 'exploration' }
}
