/** The RunSets of an experiment: resolved, frozen where that is asked, with what their members say of data and strategies. */

import type {
  ExperimentDateRange,
  ExperimentRunSet,
  ExperimentStrategy,
  ExperimentUniverse,
} from '../../../contracts/types.ts'
import { tradesAlerts } from '../../alerts/name.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { openCatalog } from '../../registry/open-catalog.ts'
import { freezeRunSet, resolveRunSet } from '../../registry/resolve.ts'
import { type RunRecord, universeOf } from '../../registry/run-record.ts'
import { getRunSet } from '../../registry/runsets.ts'
import type { RunSetSpec } from '../../registry/types.ts'
import { withoutIdle } from '../alerts/config.ts'
import type { Context } from '../command.ts'
import { stampOf } from '../registry/registration.ts'

/** A RunSet as an experiment takes it. */
export interface TakenRunSet {
  runset: ExperimentRunSet
  /** Data sets of the members and of input artifacts, sorted. */
  datasetIds: string[]
  /** Window of the members' data; null where none declares one. */
  coverage: ExperimentDateRange | null
  /** Distinct strategies that the members recorded. */
  strategies: ExperimentStrategy[]
  warnings: string[]
}

/** How RunSets are to be taken. */
export interface TakeOptions {
  freeze: boolean
  require_frozen: boolean
  actor?: string
}

/**
 * Resolve every reference (a frozen one gives its pin). CONFLICT with all that are not frozen where they must be; errors as
 * `resolveRunSet` and `freezeRunSet`.
 */
export async function takeRunSets(
  references: readonly string[],
  options: TakeOptions,
  context: Context,
): Promise<TakenRunSet[]> {
  if (options.require_frozen && !options.freeze) await refuseUnfrozen(references, context.root)
  const taken: TakenRunSet[] = []
  for (const reference of references) taken.push(await takeRunSet(reference, options, context))
  return taken
}

async function refuseUnfrozen(references: readonly string[], root: string): Promise<void> {
  const details: ErrorDetail[] = []
  for (const [k, reference] of references.entries()) {
    const { mode, spec } = await getRunSet(root, reference)
    if (mode === 'reproducible') continue
    details.push({ pointer: `/params/runset/${k}`, message: `RunSet is not frozen: ${spec.runsetId}` })
  }
  if (details.length === 0) return
  const hint = '`quantlab runset freeze <id>` pins what was reviewed; `freeze` does it on the way.'
  throw fail('CONFLICT', { message: details[0].message }, { details, hint })
}

async function takeRunSet(reference: string, options: TakeOptions, context: Context): Promise<TakenRunSet> {
  const { root } = context
  const stamp = stampOf(context, options)
  const resolved = await resolveRunSet(root, reference, stamp)
  let { resolution } = resolved
  if (options.freeze && (await getRunSet(root, reference)).mode !== 'reproducible') {
    resolution = (await freezeRunSet(root, reference, stamp)).resolution
  }
  const view = await getRunSet(root, reference)
  const { spec, mode, pin } = view
  const members = [...(await (await openCatalog(root)).records(resolution.runIds)).values()]
  const runset: ExperimentRunSet = {
    reference,
    runsetId: spec.runsetId,
    specHash: resolution.specHash,
    resolutionId: resolution.resolutionId,
    contentHash: resolution.contentHash,
    artifactsHash: resolution.artifactsHash,
    mode: mode === 'reproducible' ? 'reproducible' : 'exploratory',
    ...(mode === 'reproducible' && pin !== undefined ? { pin: pin.pin } : {}),
    runCount: resolution.runIds.length,
    bounds: boundsOf(spec),
    universe: universeIn(spec, members),
  }
  const inputs = resolution.artifacts.filter(({ role }) => role === 'input').flatMap(({ datasetId }) => datasetId ?? [])
  return {
    runset,
    datasetIds: [...new Set([...datasetsOf(members), ...inputs])].sort(),
    coverage: resolution.metadata.coverage.dateRange,
    strategies: strategiesOf(members),
    warnings: resolution.metadata.warnings.map(({ message }) => message),
  }
}

/** The window of a selection that selects by data. */
function boundsOf({ timeBounds }: RunSetSpec): ExperimentRunSet['bounds'] {
  if (timeBounds === undefined || timeBounds.match === 'executed') return null
  const { from, to } = timeBounds
  return { from, to }
}

const LISTS = ['callers', 'chains', 'venues'] as const

/**
 * What limits alerts: the universe of the selection, and where it says nothing of an attribute, what all members declare of it.
 * Market capitalisation and volume are said of runs, not of calls.
 */
function universeIn({ universe = {} }: RunSetSpec, members: readonly RunRecord[]): ExperimentUniverse {
  const limits: ExperimentUniverse = {}
  for (const list of LISTS) {
    const values = universe[list] ?? declaredByAll(members, list)
    if (values !== undefined) limits[list] = values
  }
  return limits
}

/** The values of an attribute over all members; undefined where one of them does not say. */
function declaredByAll(members: readonly RunRecord[], list: (typeof LISTS)[number]): string[] | undefined {
  const values = new Set<string>()
  for (const { row } of members) {
    const declared = universeOf(row)?.[list] ?? []
    if (declared.length === 0) return undefined
    for (const value of declared) values.add(value)
  }
  return values.size === 0 ? undefined : [...values].sort()
}

function datasetsOf(members: readonly RunRecord[]): string[] {
  return members.flatMap(({ datasetIds }) => datasetIds)
}

function strategiesOf(members: readonly RunRecord[]): ExperimentStrategy[] {
  const strategies = new Map<string, ExperimentStrategy>()
  for (const { row } of members) {
    if (row.strategy_family === null) continue
    const recorded = JSON.parse(row.strategy_params_json ?? '{}') as Record<string, unknown>
    // A run records every rule, also those that are off.
    const params = tradesAlerts(row.strategy_family) ? withoutIdle(recorded) : recorded
    const strategy = { name: row.strategy_family, params }
    strategies.set(canonicalJson(strategy), strategy)
  }
  return [...strategies.values()]
}
