/** What holds what: the roots of collection, and the reasons why a deleted thing must stay. */

import { listAliases } from './alias.ts'
import { listExperiments } from './experiment-facts.ts'
import { runsetFolders } from './facts.ts'
import { logOf, membersOf } from './resolutions.ts'
import { findRunSet, type RunSetState } from './runset-state.ts'
import type { SetOperand } from './types.ts'

export interface Holding {
  /** Deleted RunSets and what holds each; an empty list: nothing. */
  deletedRunSets: { id: string; why: string[] }[]
  /** Held resolutions and by what. */
  resolutions: Map<string, string[]>
  /** What holds a run. */
  runs(runId: string): Promise<string[]>
}

/** Read every root: pins, experiments, aliases, export receipts, operands of sets, and what living RunSets may yet be frozen to. */
export async function holdings(root: string): Promise<Holding> {
  const states = await everyRunSet(root)
  const aliases = await listAliases(root)
  const resolutions = new Map<string, string[]>()
  const holder = new Map<string, string>()
  const hold = (id: string, why: string) => {
    const list = resolutions.get(id)
    if (list === undefined) resolutions.set(id, [why])
    else if (!list.includes(why)) list.push(why)
  }
  const specs = new Map<string, string[]>()
  for (const state of states) {
    const { runsetId } = state
    for (const { pin, resolutionId } of state.pins) hold(resolutionId, `pin ${runsetId}@pin.${pin}`)
    for (const id of state.receipts) hold(id, `export of ${runsetId}`)
    for (const { resolution_id: id } of await logOf(root, runsetId)) {
      holder.set(id, runsetId)
      if (!state.deleted) hold(id, `resolution of ${runsetId}`)
    }
    if (!state.deleted && 'set' in state.select) {
      for (const leaf of leavesOf(state.select.set)) {
        if ('resolutionId' in leaf) hold(leaf.resolutionId, `set of ${runsetId}`)
        else specs.set(leaf.specHash, [...(specs.get(leaf.specHash) ?? []), `set of ${runsetId}`])
      }
    }
  }
  const experiments = await listExperiments(root)
  for (const { experimentId, resolutionIds } of experiments) {
    for (const id of resolutionIds) hold(id, `experiment ${experimentId}`)
  }
  const deletedRunSets = await Promise.all(
    states
      .filter(({ deleted }) => deleted)
      .map(async state => ({ id: state.runsetId, why: await whyRunSet(root, state, resolutions, specs, aliases) })),
  )
  const members = new Map<string, string[]>()
  let read = false
  return {
    deletedRunSets,
    resolutions,
    runs: async runId => {
      if (!read) {
        for (const [id, why] of resolutions) {
          const owner = holder.get(id)
          for (const run of owner === undefined ? [] : await membersOf(root, owner, id)) {
            members.set(run, [...new Set([...(members.get(run) ?? []), ...why])])
          }
        }
        for (const { experimentId, outputs } of experiments) {
          for (const run of outputs?.runIds ?? [])
            members.set(run, [...(members.get(run) ?? []), `experiment ${experimentId}`])
        }
        read = true
      }
      return members.get(runId) ?? []
    },
  }
}

async function everyRunSet(root: string): Promise<RunSetState[]> {
  const states: RunSetState[] = []
  for (const id of runsetFolders(root)) {
    const state = await findRunSet(root, id)
    if (state !== null) states.push(state)
  }
  return states
}

async function whyRunSet(
  root: string,
  state: RunSetState,
  resolutions: Map<string, string[]>,
  specs: Map<string, string[]>,
  aliases: readonly { alias: string; reference: string }[],
): Promise<string[]> {
  const why = new Set(specs.get(state.specHash) ?? [])
  for (const { alias, reference } of aliases) {
    if (reference.split('@')[0] === state.runsetId) why.add(`alias ${alias}`)
  }
  for (const { resolution_id: id } of await logOf(root, state.runsetId)) {
    for (const reason of resolutions.get(id) ?? []) why.add(reason)
  }
  return [...why].sort()
}

function leavesOf(operand: SetOperand): Exclude<SetOperand, { op: unknown }>[] {
  return 'op' in operand ? operand.of.flatMap(leavesOf) : [operand]
}
