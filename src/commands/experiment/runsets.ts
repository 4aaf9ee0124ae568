/** The RunSets of an experiment: resolved, frozen where that is asked, with what their members say of data and strategies. */

import type { ExperimentRunSet, ExperimentStrategy, ExperimentUniverse } from '../../../contracts/types.ts'
import { tradesAlerts } from '../../alerts/name.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { openCatalog } from '../../registry/open-catalog.ts'
import { freezeRunSet, resolveRunSet } from '../../registry/resolve.ts'
import { getRunSet } from '../../registry/runsets.ts'
import type { RunSetResolution, RunSetSpec } from '../../registry/types.ts'
import type { Context } from '../command.ts'
import { withoutIdle } from '../multi-trade-config.ts'
import { stampOf } from '../registration.ts'

/** A RunSet as an experiment takes it. */
export interface TakenRunSet {
  runset: ExperimentRunSet
  /** Data sets of the members and of input artifacts, sorted. */
  datasetIds: string[]
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
  const members = await membersOf(root, resolution)
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
    bounds: boundsOf(spec, resolution),
    universe: universeIn(spec),
  }
  const inputs = resolution.artifacts.filter(({ role }) => role === 'input').flatMap(({ datasetId }) => datasetId ?? [])
  return {
    runset,
    datasetIds: [...new Set([...members.datasetIds, ...inputs])].sort(),
    strategies: members.strategies,
    warnings: resolution.metadata.warnings.map(({ message }) => message),
  }
}

/** The window of the selection where it selects by data; else that of its members' data. */
function boundsOf({ timeBounds }: RunSetSpec, { metadata }: RunSetResolution): ExperimentRunSet['bounds'] {
  if (timeBounds === undefined || timeBounds.match === 'executed') return metadata.coverage.dateRange
  const { from, to } = timeBounds
  return { from, to }
}

/** What of the selection's universe limits alerts; market capitalisation and volume are said of runs, not of calls. */
function universeIn({ universe = {} }: RunSetSpec): ExperimentUniverse {
  const { callers, chains, venues } = universe
  return { ...(callers && { callers }), ...(chains && { chains }), ...(venues && { venues }) }
}

async function membersOf(
  root: string,
  { runIds }: RunSetResolution,
): Promise<Pick<TakenRunSet, 'datasetIds' | 'strategies'>> {
  const records = await (await openCatalog(root)).records(runIds)
  const datasetIds = new Set<string>()
  const strategies = new Map<string, ExperimentStrategy>()
  for (const { row, datasetIds: ids } of records.values()) {
    for (const id of ids) datasetIds.add(id)
    if (row.strategy_family === null) continue
    const recorded = JSON.parse(row.strategy_params_json ?? '{}') as Record<string, unknown>
    // A run records every rule, also those that are off.
    const params = tradesAlerts(row.strategy_family) ? withoutIdle(recorded) : recorded
    const strategy = { name: row.strategy_family, params }
    strategies.set(canonicalJson(strategy), strategy)
  }
  return { datasetIds: [...datasetIds].sort(), strategies: [...strategies.values()] }
}
