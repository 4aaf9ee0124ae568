/** Answering a selection from the catalog: data set of a family, members of each form, set algebra, artifacts. */

import { fail } from '../base/errors.ts'
import type { Catalog } from './catalog.ts'
import { assertionsOf, type Condition, conditionsOf } from './conditions.ts'
import { distinctSorted } from './ids.ts'
import { excludedOf, funnelOf, type Match, resolutionOf, undeclaredWarnings } from './resolver.ts'
import { type Member, memberOf } from './run-record.ts'
import type { ResolutionKind, RunSetResolution, Select, SetOperand, Warning } from './types.ts'

/** How many runs each condition leaves; only the forms with conditions have one. */
export type Funnel = { condition: string; runs: number }[]

export interface Answered {
  resolution: RunSetResolution
  funnel: Funnel
}

/** Where the operands of set algebra come from. */
export interface Operands {
  /** The selection of this hash. */
  selectOf(specHash: string): Promise<Select>
  /** Members of a stored resolution. */
  pinnedMembers(resolutionId: string): Promise<string[]>
}

export interface Question {
  runsetId: string
  specHash: string
  select: Select
  /** Epoch ms. */
  now: number
  kind: ResolutionKind
}

/** Resolve a selection against a catalog; nothing is written. PINNED_RUN_MISSING, PINNED_RUN_MISMATCH, DATASET_FAMILY_EMPTY. */
export async function answerOf(catalog: Catalog, operands: Operands, question: Question): Promise<Answered> {
  const { runsetId, specHash, select, now, kind } = question
  const found = await membersFor(catalog, operands, select)
  const artifacts = await catalog.artifactsOfRuns(distinctSorted(found.members.map(({ runId }) => runId)))
  const resolution = resolutionOf({
    runsetId,
    specHash,
    members: found.members,
    artifacts,
    datasetIds: found.datasetIds,
    warnings: [...found.warnings, ...emptyWarning(found)],
    excluded: found.match === null ? {} : excludedOf(found.match),
    catalogHash: catalog.catalogHash,
    resolvedAt: now,
    kind,
  })
  return { resolution, funnel: found.funnel }
}

interface Found {
  members: Member[]
  datasetIds: string[]
  warnings: Warning[]
  match: Match | null
  funnel: Funnel
}

async function membersFor(catalog: Catalog, operands: Operands, select: Select): Promise<Found> {
  if ('ids' in select) return listedMembers(catalog, select)
  if ('set' in select) return setMembers(catalog, operands, select.set)
  const { conditions, datasetIds, warnings } = conditionsFor(catalog, select)
  const match = await catalog.match(conditions)
  return {
    members: match.members,
    datasetIds,
    warnings: [...warnings, ...undeclaredWarnings(match)],
    match,
    funnel: funnelOf(conditions, match),
  }
}

/** Conditions with the concrete data set, and what is to be said of it. DATASET_FAMILY_EMPTY where `latest` finds none. */
export function conditionsFor(
  catalog: Catalog,
  select: Select,
): { conditions: Condition[]; datasetIds: string[]; warnings: Warning[] } {
  const asked = 'where' in select ? select.where : 'ids' in select ? (select.assert ?? {}) : {}
  const { datasetId } = asked
  const concrete = asked.latest === true ? newestOfFamily(catalog, datasetId as string) : datasetId
  const conditions = 'ids' in select ? assertionsOf(select.assert ?? {}, concrete) : conditionsOf(select, concrete)
  const warnings: Warning[] = []
  if (concrete !== undefined && !catalog.datasets.some(({ dataset_id }) => dataset_id === concrete)) {
    warnings.push({ code: 'DATASET_UNREGISTERED', message: `Dataset is not registered: ${concrete}` })
  }
  return { conditions, datasetIds: concrete === undefined ? [] : [concrete], warnings }
}

/** Of the data sets of a family the one created last, then the greatest id. */
export function newestOfFamily(catalog: Catalog, family: string): string {
  const candidates = catalog.datasets.filter(row => row.family === family)
  if (candidates.length === 0) throw fail('DATASET_FAMILY_EMPTY', { family })
  return candidates.reduce((best, row) => (row.created_at >= best.created_at ? row : best)).dataset_id
}

async function listedMembers(catalog: Catalog, select: Extract<Select, { ids: string[] }>): Promise<Found> {
  const records = await catalog.records(select.ids)
  const missing = select.ids.filter(id => records.get(id)?.tombstoned ?? true)
  if (missing.length > 0) throw fail('PINNED_RUN_MISSING', { ids: missing.join(', ') })
  const { conditions, datasetIds, warnings } = conditionsFor(catalog, select)
  const members: Member[] = []
  const unfinished: string[] = []
  for (const id of select.ids) {
    const record = records.get(id)
    if (record === undefined) continue
    for (const condition of conditions) {
      if (condition.test(record) === true) continue
      throw fail('PINNED_RUN_MISMATCH', {
        run_id: id,
        field: condition.code,
        wanted: JSON.stringify(condition.wanted),
        has: JSON.stringify(condition.has(record)),
      })
    }
    if (record.status !== 'completed') unfinished.push(id)
    members.push(memberOf(record))
  }
  if (unfinished.length > 0) {
    const message = `${unfinished.length} listed runs are not completed`
    const sample = unfinished.slice(0, 5)
    warnings.push({ code: 'PINNED_RUN_NOT_COMPLETED', message, count: unfinished.length, sample })
  }
  return { members, datasetIds, warnings, match: null, funnel: [] }
}

async function setMembers(catalog: Catalog, operands: Operands, set: SetOperand): Promise<Found> {
  const ids = await membersOfSet(catalog, operands, set)
  const records = await catalog.records([...ids])
  const members: Member[] = []
  const gone: string[] = []
  for (const id of distinctSorted([...ids])) {
    const record = records.get(id)
    if (record === undefined) throw fail('PINNED_RUN_MISSING', { ids: id })
    if (record.tombstoned) gone.push(id)
    members.push(memberOf(record))
  }
  const warnings: Warning[] = []
  if (gone.length > 0) {
    const message = `${gone.length} members of a pinned operand are deleted`
    warnings.push({ code: 'MEMBER_TOMBSTONED', message, count: gone.length, sample: gone.slice(0, 5) })
  }
  return { members, datasetIds: [], warnings, match: null, funnel: [] }
}

/** Run ids of set algebra. */
export async function membersOfSet(catalog: Catalog, operands: Operands, set: SetOperand): Promise<Set<string>> {
  return idsOf(catalog, operands, set, 0)
}

const MAX_NESTING = 64

async function idsOf(catalog: Catalog, operands: Operands, operand: SetOperand, depth: number): Promise<Set<string>> {
  if (depth > MAX_NESTING) throw fail('INVALID_SPEC', { message: 'expr: refers to sets more than 64 deep' })
  if ('resolutionId' in operand) return new Set(await operands.pinnedMembers(operand.resolutionId))
  if ('specHash' in operand) {
    const select = await operands.selectOf(operand.specHash)
    if ('set' in select) return idsOf(catalog, operands, select.set, depth + 1)
    const { members } = await membersFor(catalog, operands, select)
    return new Set(members.map(({ runId }) => runId))
  }
  const sets: Set<string>[] = []
  for (const child of operand.of) sets.push(await idsOf(catalog, operands, child, depth + 1))
  return sets.reduce((left, right) => combined(operand.op, left, right))
}

function combined(op: 'union' | 'intersect' | 'minus', left: Set<string>, right: Set<string>): Set<string> {
  if (op === 'union') return new Set([...left, ...right])
  return new Set([...left].filter(id => right.has(id) === (op === 'intersect')))
}

function emptyWarning({ members, funnel }: Found): Warning[] {
  if (members.length > 0) return []
  const steps = funnel.map(({ condition, runs }) => `${condition}: ${runs}`).join(' → ')
  return [{ code: 'NO_MATCH', message: `Resolved: 0 runs, 0 artifacts${steps === '' ? '' : ` (${steps})`}` }]
}
