/** Resolving, freezing and unfreezing a RunSet: what it means now, and what it is pinned to. */

import { join } from 'node:path'
import { fail } from '../base/errors.ts'
import { listFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { type Answered, answerOf, type Funnel, type Operands } from './answer.ts'
import type { Catalog } from './catalog.ts'
import { differenceOf, type ResolutionDifference } from './difference.ts'
import { factPath, factsAt, runsetFolders } from './facts.ts'
import { RESOLVER_VERSION } from './ids.ts'
import { openCatalog } from './open-catalog.ts'
import { findReference, pinView, type Reference, recordOfPin } from './reference.ts'
import { headOf, type LogRow, loadResolution, logOf, membersOf, newestOf, recordResolution } from './resolutions.ts'
import { appendEvent, holdersOfSpec, modeOf, mustFindRunSet, type RunSetState, retried } from './runset-state.ts'
import type { Pin, RunSetMode, RunSetResolution, Select, Stamp, Warning } from './types.ts'
import { verifyArtifacts } from './verify.ts'

export interface Resolved {
  resolution: RunSetResolution
  mode: RunSetMode
  /** True where the answer was on record for this state of the registry and nothing was written. */
  cached: boolean
  /** What a resolve of a frozen RunSet would give; the pin stays. */
  preview?: true
  diff?: ResolutionDifference
  funnel?: Funnel
}

/**
 * Resolve a RunSet: the pin where it is frozen, the answer on record where no fact that it depends on has changed, else a new
 * one, which is recorded. `force` always records a new one; on a frozen RunSet as a preview. `explain` adds the funnel.
 */
export async function resolveRunSet(
  root: string,
  reference: string,
  stamp: Stamp,
  { force = false, explain = false }: { force?: boolean; explain?: boolean } = {},
): Promise<Resolved> {
  const found = await findReference(root, reference)
  const { state } = found
  const funnel = async () => (explain ? { funnel: (await evaluate(root, state, stamp)).funnel } : {})
  if (found.record !== undefined) return { ...(await stored(root, found, found.record)), ...(await funnel()) }
  if (state.pin !== null) {
    const record = await recordOfPin(root, state, state.pin)
    if (!force) return { ...(await stored(root, found, record)), ...(await funnel()) }
    const pinned = await loadResolution(root, record, true)
    const answered = await evaluate(root, state, stamp, 'preview')
    await recordResolution(root, answered.resolution, stamp)
    const diff = differenceOf(pinned, answered.resolution)
    const mode = modeOf(state)
    return {
      resolution: answered.resolution,
      mode,
      cached: false,
      preview: true,
      diff,
      ...(explain ? { funnel: answered.funnel } : {}),
    }
  }
  const catalog = await openCatalog(root)
  if (!force) {
    const record = await recordFor(root, state, catalog)
    if (record !== undefined) return { ...(await stored(root, found, record)), ...(await funnel()) }
  }
  const answered = await evaluate(root, state, stamp, force ? 'forced' : 'resolve', catalog)
  await recordResolution(root, answered.resolution, stamp)
  return {
    resolution: answered.resolution,
    mode: 'exploration',
    cached: false,
    ...(explain ? { funnel: answered.funnel } : {}),
  }
}

/**
 * Refuse a selection that cannot be answered as the facts are: run ids or a family that are not there, a listed run that fails a
 * condition. Others always have an answer. Nothing is written.
 */
export async function refuseUnanswerable(root: string, select: Select, stamp: Stamp): Promise<void> {
  if ('tags' in select || ('where' in select && select.where.latest !== true)) return
  const question = { runsetId: '', specHash: '', select, now: stamp.now, kind: 'resolve' } as const
  await answerOf(await openCatalog(root), operandsOf(root), question)
}

/** What a RunSet's selection gives now; nothing is written. */
export async function evaluate(
  root: string,
  state: RunSetState,
  stamp: Stamp,
  kind: RunSetResolution['kind'] = 'resolve',
  catalog?: Catalog,
): Promise<Answered> {
  const { runsetId, specHash, select } = state
  const question = { runsetId, specHash, select, now: stamp.now, kind }
  return answerOf(catalog ?? (await openCatalog(root)), operandsOf(root), question)
}

export interface FreezeOptions {
  /** Resolve first instead of pinning what was reviewed. */
  fresh?: boolean
  /** At least 8 hex digits that the membership hash must begin with. */
  expectHash?: string
  allowEmpty?: boolean
  /** Pin without reading the artifacts. */
  verify?: boolean
  /** Move the pin of a frozen RunSet. */
  repin?: boolean
  reason?: string
}

export interface Frozen {
  resolution: RunSetResolution
  pin: Pin
  /** False where it was pinned to just this already. */
  changed: boolean
  /** Of a RunSet that follows a family: the data set that is pinned. */
  pinnedDataset?: string
  warnings: Warning[]
}

/**
 * Pin the newest recorded answer (a draft is resolved first). RUNSET_ALREADY_FROZEN unless `repin`, or `expectHash` names what
 * is pinned; HASH_EXPECTATION; EMPTY_FREEZE; DATASET_UNREGISTERED; ARTIFACT_MISSING or ARTIFACT_CHANGED with every artifact
 * at fault. On any of these nothing is written.
 */
export async function freezeRunSet(
  root: string,
  reference: string,
  stamp: Stamp,
  options: FreezeOptions = {},
): Promise<Frozen> {
  const asked = await findReference(root, reference)
  return retried(async () => {
    const state = await mustFindRunSet(root, asked.state.runsetId)
    if (state.pin !== null && !options.repin) return alreadyFrozen(root, state, options.expectHash)
    const catalog = await openCatalog(root)
    const reviewedRecord = asked.record ?? (await reviewed(root, state, catalog, options.fresh ?? false))
    const { resolution: answer } =
      reviewedRecord === undefined
        ? await evaluate(root, state, stamp, 'resolve', catalog)
        : { resolution: await loadResolution(root, reviewedRecord, true) }
    expectHash(answer, options.expectHash)
    if (answer.runIds.length === 0 && !options.allowEmpty) throw fail('EMPTY_FREEZE', { runset_id: state.runsetId })
    refuseUnregistered(catalog, state.select)
    if (options.verify ?? true) await verifyArtifacts(root, answer.artifacts)
    const record = reviewedRecord ?? (await recordResolution(root, answer, stamp))
    const resolution = await loadResolution(root, record, true)
    const warnings = await overtaken(root, state, record, catalog, stamp)
    const event = {
      event: 'pin',
      resolution_id: record.resolution_id,
      log_seq: record.seq,
      reason: options.reason ?? null,
    } as const
    if (!appendEvent(root, state.runsetId, state.lastSeq, event, stamp)) return undefined
    const now = await mustFindRunSet(root, state.runsetId)
    const pin = now.pins.find(({ seq }) => seq === state.lastSeq + 1)
    if (pin === undefined) return undefined
    const follows = 'where' in state.select && state.select.where.latest === true
    const pinned = follows ? { pinnedDataset: resolution.datasetIds.join(', ') } : {}
    return { resolution, pin: await pinView(root, now, pin), changed: true, ...pinned, warnings }
  })
}

/** Return a RunSet to exploration; its pins stay addressable. RUNSET_NOT_FROZEN. */
export async function unfreezeRunSet(
  root: string,
  reference: string,
  stamp: Stamp,
  reason?: string,
): Promise<{ runsetId: string; mode: RunSetMode; previousPin: Pin }> {
  const { state: asked } = await findReference(root, reference)
  return retried(async () => {
    const state = await mustFindRunSet(root, asked.runsetId)
    if (state.pin === null) throw fail('RUNSET_NOT_FROZEN', { runset_id: state.runsetId })
    const previousPin = { ...(await pinView(root, state, state.pin)), active: false }
    const event = { event: 'unpin', reason: reason ?? null } as const
    if (!appendEvent(root, state.runsetId, state.lastSeq, event, stamp)) return undefined
    return { runsetId: state.runsetId, mode: 'exploration' as const, previousPin }
  })
}

/** Where the operands of set algebra are found: any RunSet that ever carried the selection, any stored resolution. */
export function operandsOf(root: string): Operands {
  return {
    selectOf: async hash => {
      const [holder] = holdersOfSpec(root, hash)
      const path = factPath.spec(holder ?? '', hash)
      const [spec] = holder === undefined ? [] : await factsAt(root, 'runsets_spec', path)
      if (spec?.spec_hash !== hash) throw fail('INTEGRITY_ERROR', { message: `No RunSet holds the selection ${hash}` })
      return JSON.parse(spec.select_json) as Select
    },
    pinnedMembers: async id => {
      const name = factPath.resolution('', id, 'head').split('/').at(-1) as string
      const holder = runsetFolders(root).find(runset =>
        listFolder(join(layout.registry(root), `runsets_resolution/runset_id=${runset}`)).includes(name),
      )
      if (holder === undefined) throw fail('INTEGRITY_ERROR', { message: `No RunSet holds the resolution ${id}` })
      return membersOf(root, holder, id)
    },
  }
}

async function stored(root: string, found: Reference, record: LogRow): Promise<Resolved> {
  const pinned = found.pin !== undefined || found.state.pin?.logSeq === record.seq
  const resolution = await loadResolution(root, record, pinned)
  return { resolution, mode: pinned ? 'reproducible' : 'exploration', cached: true }
}

/** The newest answer, if it was given by this resolver on just these facts. */
async function recordFor(root: string, state: RunSetState, catalog: Catalog): Promise<LogRow | undefined> {
  const record = await newestOf(root, state, await logOf(root, state.runsetId))
  if (record === undefined || record.catalog_hash !== catalog.catalogHash) return undefined
  const head = await headOf(root, state.runsetId, record.resolution_id)
  return head.resolver_version === RESOLVER_VERSION ? record : undefined
}

async function alreadyFrozen(root: string, state: RunSetState, expected: string | undefined): Promise<Frozen> {
  const pin = state.pin as NonNullable<RunSetState['pin']>
  const resolution = await loadResolution(root, await recordOfPin(root, state, pin), true)
  if (expected !== undefined) {
    expectHash(resolution, expected)
    return { resolution, pin: await pinView(root, state, pin), changed: false, warnings: [] }
  }
  throw fail('RUNSET_ALREADY_FROZEN', { runset_id: state.runsetId, hash: resolution.contentHash.slice(0, 8) })
}

/** What the user just reviewed: the newest record; undefined where there is none, or one of now is asked for. */
async function reviewed(
  root: string,
  state: RunSetState,
  catalog: Catalog,
  fresh: boolean,
): Promise<LogRow | undefined> {
  return fresh ? recordFor(root, state, catalog) : newestOf(root, state, await logOf(root, state.runsetId))
}

function expectHash(resolution: RunSetResolution, expected: string | undefined): void {
  if (expected === undefined) return
  const want = expected.toLowerCase()
  if (!/^[0-9a-f]{8,64}$/.test(want)) {
    throw fail('INVALID_CONFIG', { message: `expect_hash ${expected} is not 8 to 64 hex digits` })
  }
  const got = resolution.contentHash
  if (!got.startsWith(want)) throw fail('HASH_EXPECTATION', { got: got.slice(0, Math.max(8, want.length)), want })
}

/** What is pinned must be named by registered data sets; in exploration that is a warning only. */
function refuseUnregistered(catalog: Catalog, select: Select): void {
  if (!('where' in select) || select.where.latest === true) return
  const { datasetId } = select.where
  if (datasetId === undefined || catalog.datasets.some(({ dataset_id }) => dataset_id === datasetId)) return
  throw fail('DATASET_UNREGISTERED', { dataset_id: datasetId })
}

async function overtaken(
  root: string,
  state: RunSetState,
  record: LogRow,
  catalog: Catalog,
  stamp: Stamp,
): Promise<Warning[]> {
  if (record.catalog_hash === catalog.catalogHash) return []
  const { resolution } = await evaluate(root, state, stamp, 'resolve', catalog)
  const members = new Set(await membersOf(root, state.runsetId, record.resolution_id))
  const added = resolution.runIds.filter(id => !members.has(id))
  if (added.length === 0) return []
  const message = `${added.length} matching runs were added since this resolution; use --fresh to include them`
  return [{ code: 'RESOLUTION_OVERTAKEN', message, count: added.length, sample: added.slice(0, 5) }]
}
