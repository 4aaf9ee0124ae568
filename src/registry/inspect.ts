/** Looking into a RunSet: what two answers differ in, whether an answer is intact, why a run is in or out, how to cite it. */

import { canonicalJson } from '../base/canonical.ts'
import { fail, GatewayError } from '../base/errors.ts'
import { isoDate } from '../base/time.ts'
import { conditionsFor, membersOfSet } from './answer.ts'
import { differenceOf, type FieldDifference, fieldDifferences, type ResolutionDifference } from './difference.ts'
import { findExperiment } from './experiment-facts.ts'
import { artifactsHash, membershipHash, resolutionId, specHash } from './ids.ts'
import { openCatalog } from './open-catalog.ts'
import { compareText } from './order.ts'
import { findReference, pinView, type Reference, recordOf, recordOfPin } from './reference.ts'
import { loadResolution, logOf } from './resolutions.ts'
import { evaluate, operandsOf } from './resolve.ts'
import { mustFindRun } from './run-events.ts'
import type { RunRecord } from './run-record.ts'
import { allRunSets } from './runset-state.ts'
import type { RunSetResolution, Stamp } from './types.ts'
import { type ArtifactCheck, type ArtifactState, checkArtifacts, STATE_BITS } from './verify.ts'

export interface RunSetDifference extends ResolutionDifference {
  a: string
  b: string
  /** Runs that came and went, by what they are: `strategy | data sets | day`. */
  groups: { group: string; added: number; removed: number }[]
  /** The code by which the runs that came and went were made, where it is known. */
  code: { engineVersion: string; gitSha: string | null; added: number; removed: number }[]
  /** Fields of the selections that differ. */
  spec: FieldDifference[]
}

/** What changed from answer `a` to answer `b`; without `b`, to the selection of `a` as it resolves now. */
export async function diffRunSets(
  root: string,
  a: string,
  b: string | undefined,
  stamp: Stamp,
): Promise<RunSetDifference> {
  const [left, right] = [await sideOf(root, a), await sideOf(root, b ?? a)]
  const before = await answerFor(root, left, a)
  const after =
    b === undefined ? (await evaluate(root, right.state, stamp)).resolution : await answerFor(root, right, b)
  const difference = differenceOf(before, after)
  const { added, removed } = difference.runs
  const records = await (await openCatalog(root)).records([...added, ...removed])
  return {
    a,
    b: b ?? `${a} now`,
    ...difference,
    groups: changedBy(records, difference.runs, record => ({ group: groupName(record) })),
    code: changedBy(records, difference.runs, codeOf),
    spec: fieldDifferences(left.state.select, right.state.select),
  }
}

export interface Verified {
  runsetId: string
  resolutionId: string
  contentHash: string
  artifactsHash: string
  intact: boolean
  /** True where only existence and size were looked at. */
  fast: boolean
  runs: { checked: number; missing: string[]; tombstoned: string[] }
  artifacts: Record<ArtifactState, number>
  /** One number for all states: the sum of the bits of those that occur. */
  bits: number
  /** Artifacts that are not intact. */
  faults: { uri: string; owner: string; kind: string; state: ArtifactState; expected: string; found?: string }[]
}

/**
 * Check an answer: its ids against its stored rows, its runs against the registry, each artifact against its content hash.
 * HASH_EXPECTATION where `expectHash` is not what it begins with; INTEGRITY_ERROR where an id does not follow from the rows.
 */
export async function verifyRunSet(
  root: string,
  reference: string,
  { fast = false, expectHash }: { fast?: boolean; expectHash?: string } = {},
): Promise<Verified> {
  const found = await findReference(root, reference)
  const resolution = await answerFor(root, found, reference)
  refuseFalse(resolution, found)
  const { contentHash } = resolution
  if (expectHash !== undefined && !(expectHash.length >= 8 && contentHash.startsWith(expectHash.toLowerCase()))) {
    throw fail('HASH_EXPECTATION', { got: contentHash.slice(0, Math.max(8, expectHash.length)), want: expectHash })
  }
  const records = await (await openCatalog(root)).records(resolution.runIds)
  const missing = resolution.runIds.filter(id => !records.has(id))
  const tombstoned = resolution.runIds.filter(id => records.get(id)?.tombstoned)
  const checks = await checkArtifacts(root, resolution.artifacts, fast)
  const artifacts = { intact: 0, missing: 0, changed: 0, unreadable: 0, unverifiable: 0 }
  for (const { state } of checks) artifacts[state]++
  const bits = (Object.keys(artifacts) as ArtifactState[]).reduce(
    (sum, state) => sum + (artifacts[state] > 0 ? STATE_BITS[state] : 0),
    0,
  )
  const faults = checks.filter(({ state }) => state !== 'intact').map(faultOf)
  return {
    runsetId: resolution.runsetId,
    resolutionId: resolution.resolutionId,
    contentHash,
    artifactsHash: resolution.artifactsHash,
    intact: (bits & ~STATE_BITS.unverifiable) === 0 && missing.length === 0,
    fast,
    runs: { checked: resolution.runIds.length, missing, tombstoned },
    artifacts,
    bits,
    faults,
  }
}

export interface Explained {
  runsetId: string
  runId: string
  /** True where the run is in the selection as it resolves now. */
  matches: boolean
  /** True where it is in the pinned or newest answer; null in a draft. */
  member: boolean | null
  /** Each condition with what it wants and what the run has; `undeclared` where the run says nothing. */
  conditions: { condition: string; holds: boolean; undeclared: boolean; wanted: unknown; has: unknown }[]
}

/** Why a run is in a RunSet or not: every condition with the values compared. RUN_NOT_FOUND. */
export async function explainMembership(root: string, reference: string, runId: string): Promise<Explained> {
  const found = await findReference(root, reference)
  const { state } = found
  const record = await mustFindRun(root, runId)
  const catalog = await openCatalog(root)
  const answer = await recordOf(root, found)
  const member = answer === undefined ? null : (await loadResolution(root, answer, false)).runIds.includes(runId)
  const conditions: Explained['conditions'] = []
  const { select } = state
  if ('ids' in select) conditions.push(listed('ids', select.ids.includes(runId), 'listed', runId))
  if ('set' in select) {
    const ids = await membersOfSet(catalog, operandsOf(root), select.set)
    conditions.push(listed('set', ids.has(runId), state.details.expr ?? canonicalJson(select.set), runId))
  } else {
    for (const condition of conditionsFor(catalog, select).conditions) {
      const verdict = condition.test(record)
      const { code, wanted } = condition
      conditions.push({
        condition: code,
        holds: verdict === true,
        undeclared: verdict === undefined,
        wanted,
        has: condition.has(record),
      })
    }
  }
  return { runsetId: state.runsetId, runId, matches: conditions.every(({ holds }) => holds), member, conditions }
}

/** Two lines that name a pin and how to check it. CONFLICT where the RunSet is not frozen. */
export async function citeRunSet(root: string, reference: string): Promise<{ citation: string; verify: string }> {
  const found = await findReference(root, reference)
  const { state } = found
  const pin = found.pin ?? (found.record === undefined ? state.pin : null)
  if (pin === null) throw fail('RUNSET_NOT_FROZEN', { runset_id: state.runsetId })
  const view = await pinView(root, state, pin)
  const resolution = await answerFor(root, { state, pin }, reference)
  const short = (hash: string) => hash.slice(0, 8)
  const { contentHash, artifactsHash: artifacts, runIds } = resolution
  return {
    citation: [
      state.runsetId,
      `spec ${short(resolution.specHash)}`,
      `pin ${pin.pin}`,
      `runs ${short(contentHash)} (${runIds.length})`,
      `artifacts ${short(artifacts)}`,
      isoDate(Date.parse(view.at)),
    ].join(' · '),
    verify: `quantlab runset verify ${state.runsetId}@pin.${pin.pin} --expect-hash ${short(contentHash)}`,
  }
}

async function answerFor(root: string, found: Reference, reference: string): Promise<RunSetResolution> {
  const { state } = found
  const record =
    found.record ?? (found.pin === undefined ? await recordOf(root, found) : await recordOfPin(root, state, found.pin))
  if (record === undefined) {
    const hint = `Resolve it first: quantlab runset resolve ${state.runsetId}`
    throw fail('CONFLICT', { message: `RunSet was never resolved: ${reference}` }, { hint })
  }
  return loadResolution(root, record, state.pin?.logSeq === record.seq)
}

/** The stored rows must give the ids they are stored under. */
function refuseFalse(resolution: RunSetResolution, { state }: Reference): void {
  const { resolverVersion, datasetIds } = resolution
  const contentHash = membershipHash(resolution.runIds)
  const artifacts = artifactsHash(resolution.artifacts)
  const id = resolutionId({
    specHash: resolution.specHash,
    resolverVersion,
    datasetIds,
    contentHash,
    artifactsHash: artifacts,
  })
  const held = contentHash === resolution.contentHash && artifacts === resolution.artifactsHash
  if (held && id === resolution.resolutionId && specHash(state.select) === state.specHash) return
  throw fail('INTEGRITY_ERROR', {
    message: `Resolution ${resolution.resolutionId} does not follow from its stored rows`,
  })
}

function faultOf({ artifact, state, found }: ArtifactCheck): Verified['faults'][number] {
  const { uri, kind, contentHash } = artifact
  const owner = artifact.runId ?? artifact.datasetId ?? ''
  return { uri, owner, kind, state, expected: contentHash, ...(found === undefined ? {} : { found }) }
}

function listed(condition: string, holds: boolean, wanted: unknown, has: unknown): Explained['conditions'][number] {
  return { condition, holds, undeclared: false, wanted, has }
}

/** Count the runs that came and went by a property of theirs, in the order of its text. */
function changedBy<K extends object>(
  records: ReadonlyMap<string, RunRecord>,
  { added, removed }: ResolutionDifference['runs'],
  propertyOf: (record: RunRecord | undefined) => K,
): (K & { added: number; removed: number })[] {
  const groups = new Map<string, K & { added: number; removed: number }>()
  for (const [ids, side] of [
    [added, 'added'],
    [removed, 'removed'],
  ] as const) {
    for (const id of ids) {
      const property = propertyOf(records.get(id))
      const text = canonicalJson(property)
      const group = groups.get(text) ?? { ...property, added: 0, removed: 0 }
      group[side]++
      groups.set(text, group)
    }
  }
  return [...groups.entries()].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group)
}

function codeOf(record: RunRecord | undefined): { engineVersion: string; gitSha: string | null } {
  const metadata = record?.row.metadata_json ?? null
  const { git_sha } = (metadata === null ? {} : JSON.parse(metadata)) as { git_sha?: string | null }
  return { engineVersion: record?.row.engine_version ?? 'unknown', gitSha: git_sha ?? null }
}

/** A RunSet reference, or an experiment that holds one resolution. */
async function sideOf(root: string, text: string): Promise<Reference> {
  try {
    return await findReference(root, text)
  } catch (error) {
    const experiment =
      error instanceof GatewayError && error.class === 'NOT_FOUND' ? await findExperiment(root, text) : null
    if (experiment === null) throw error
    const [id, ...more] = experiment.resolutionIds
    if (id === undefined || more.length > 0) {
      const message = `Experiment ${text} holds ${experiment.resolutionIds.length} resolutions: name one of them`
      throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/a', message }] })
    }
    for (const state of await allRunSets(root)) {
      const record = (await logOf(root, state.runsetId)).find(({ resolution_id }) => resolution_id === id)
      if (record !== undefined) return { state, record }
    }
    throw error
  }
}

function groupName(record: RunRecord | undefined): string {
  if (record === undefined) return 'not registered'
  const { row, datasetIds } = record
  return `${row.strategy_family ?? row.strategy_spec_hash.slice(0, 8)} | ${datasetIds.join(', ')} | ${isoDate(row.created_at)}`
}
