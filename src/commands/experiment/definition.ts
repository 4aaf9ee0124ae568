/** From the request of an experiment to its definition: inputs, strategies, window and parameters, written out. */

import type {
  ExperimentCreateRequest,
  ExperimentDateRange,
  ExperimentDefinition,
  ExperimentInputs,
  ExperimentStrategy,
} from '../../../contracts/types.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { gitCommit } from '../../base/git.ts'
import { isoInstant } from '../../base/time.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import { definitionHash } from '../../registry/ids.ts'
import { parseInstant } from '../../registry/time-bounds.ts'
import { DEFAULT_STRATEGY } from '../../strategies/index.ts'
import type { Context } from '../command.ts'
import { memberInputs, namedInputs } from './inputs.ts'
import { parametersOf } from './parameters.ts'
import { type TakenRunSet, takeRunSets } from './runsets.ts'

/** A definition, its identity, and what the caller should hear of it. */
export interface Defined {
  definition: ExperimentDefinition
  hash: string
  warnings: string[]
}

/**
 * Define an experiment. INVALID_CONFIG for a request that contradicts itself or a window outside of its RunSets, CONFLICT for RunSets
 * that must be frozen, DATA_ERROR and NOT_FOUND for inputs that are not there.
 */
export async function definitionOf(request: ExperimentCreateRequest, context: Context): Promise<Defined> {
  refuseContradictions(request)
  const given = givenWindow(request)
  const params = parametersOf(request.params ?? {})
  const taken = await takeRunSets(request.runset ?? [], request, context)
  const { inputs, warnings } =
    taken.length > 0
      ? await memberInputs(context.root, taken)
      : await namedInputs(context.root, request.alerts ?? [], request.ohlcv ?? [])
  const commit = gitCommit(context.cwd)
  const { name, description, symbols, seed, seed_mode: seedMode, early_abort: earlyAbort } = request
  const runsets = taken.map(({ runset }) => runset)
  const definition: ExperimentDefinition = {
    name,
    ...(description === undefined ? {} : { description }),
    mode: runsets.every(({ mode }) => mode === 'reproducible') ? 'reproducible' : 'exploratory',
    runsets,
    inputs,
    ...(symbols === undefined ? {} : { symbols: [...symbols].sort() }),
    strategies: strategiesOf(request, taken, inputs),
    dateRange: windowOf(given, taken),
    params,
    seed: seed ?? null,
    seedMode,
    // No rules are the same as none given.
    ...(earlyAbort === undefined || Object.keys(earlyAbort).length === 0 ? {} : { earlyAbort }),
    maxCombinations: request.max_combinations,
    engineVersion: ENGINE_VERSION,
    gitCommit: commit === 'unknown' ? null : commit,
  }
  return {
    definition,
    hash: hashOfDefinition(definition),
    warnings: [...taken.flatMap(each => each.warnings), ...warnings],
  }
}

/** Identity of what an experiment does: neither its name nor when, by whom and from which commit it was created. */
function hashOfDefinition(definition: ExperimentDefinition): string {
  const { runsets, inputs, symbols, strategies, dateRange, params, engineVersion, seed, seedMode, earlyAbort } =
    definition
  const named = (kind: 'alerts' | 'ohlcv') =>
    inputs[kind].map(({ datasetId, contentHash }) => `${kind}:${datasetId}:${contentHash ?? ''}`)
  return definitionHash({
    ...(runsets.length > 0 ? { resolutionIds: runsets.map(({ resolutionId }) => resolutionId).sort() } : {}),
    // Beside the RunSets too: a data set that comes into the lake later is an input that it was not before.
    inputs: [...named('alerts'), ...named('ohlcv')],
    strategy: strategies,
    dateRange,
    // What has its default is left out, so that spelling it changes nothing.
    params: {
      grid: params,
      ...(symbols === undefined ? {} : { symbols }),
      ...(seedMode === 'per_variation' ? {} : { seedMode }),
      ...(earlyAbort === undefined ? {} : { earlyAbort }),
    },
    engineVersion,
    seed,
  })
}

function refuseContradictions(request: ExperimentCreateRequest): void {
  const { runset, alerts, ohlcv, symbols } = request
  const details: ErrorDetail[] = []
  const explicit = ohlcv !== undefined
  if ((runset !== undefined) === explicit || (alerts !== undefined && !explicit)) {
    details.push({ pointer: '/params/runset', message: 'Must provide either --runset OR (--alerts + --ohlcv)' })
  }
  if (runset === undefined) {
    for (const key of ['freeze', 'require_frozen'] as const)
      if (request[key]) details.push({ pointer: `/params/${key}`, message: 'has no effect without runset' })
    for (const key of ['from', 'to'] as const)
      if (request[key] === undefined)
        details.push({ pointer: `/params/${key}`, message: `'${key}' is required without runset` })
  }
  if (symbols !== undefined && alerts !== undefined)
    details.push({ pointer: '/params/symbols', message: 'goes with bars, not with alerts: select those by params' })
  if (details.length === 0) return
  const hint = 'Bars alone (--ohlcv) are enough for a strategy that trades no alerts.'
  throw fail('INVALID_CONFIG', { message: details[0].message }, { details, hint })
}

/** Given strategies; else those of the members, else multi_trade where there are alerts, else the default; in canonical order. */
function strategiesOf(
  { strategies, strategy }: ExperimentCreateRequest,
  taken: readonly TakenRunSet[],
  { alerts }: ExperimentInputs,
): ExperimentStrategy[] {
  const given = [...(strategies ?? []).map(name => ({ name, params: {} })), ...(strategy ?? [])]
  const recorded = taken.flatMap(({ strategies: members }) => members)
  const otherwise = [{ name: alerts.length > 0 ? 'multi_trade' : DEFAULT_STRATEGY, params: {} }]
  const chosen = [given, recorded, otherwise].find(list => list.length > 0) as ExperimentStrategy[]
  const byText = new Map(chosen.map(({ name, params }) => [canonicalJson({ name, params }), { name, params }]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}

interface GivenWindow {
  /** Epoch ms, [from, to); undefined where it was not said. */
  from: number | undefined
  to: number | undefined
}

/** The window as it is asked for. INVALID_SPEC for a day that does not exist. */
function givenWindow({ from, to }: ExperimentCreateRequest): GivenWindow {
  const details: ErrorDetail[] = []
  const read = (key: 'from' | 'to', text: string | undefined): number | undefined => {
    const instant = text === undefined ? undefined : parseInstant(text, key === 'to')
    if (typeof instant !== 'string') return instant
    details.push({ pointer: `/params/${key}`, message: instant })
    return undefined
  }
  const given = { from: read('from', from), to: read('to', to) }
  if (details.length > 0) throw badWindow(details)
  return given
}

/**
 * The window inside the bounds of the RunSets; by default the hull of these and, of a selection without any, of its members' data.
 * INVALID_SPEC.
 */
function windowOf(given: GivenWindow, taken: readonly TakenRunSet[]): ExperimentDateRange {
  const hull = hullOf(taken.flatMap(({ runset, coverage }) => runset.bounds ?? coverage ?? []))
  const window = { from: given.from ?? hull.from, to: given.to ?? hull.to }
  const details = windowFaults(window, given, taken)
  if (details.length > 0) throw badWindow(details)
  return { from: isoInstant(window.from), to: isoInstant(window.to) }
}

/** Epoch ms; infinite where there is no window. */
function hullOf(windows: readonly ExperimentDateRange[]): { from: number; to: number } {
  return {
    from: Math.min(...windows.map(one => Date.parse(one.from))),
    to: Math.max(...windows.map(one => Date.parse(one.to))),
  }
}

function badWindow(details: ErrorDetail[]): Error {
  return fail('INVALID_SPEC', { message: details.map(textOf).join('\n') }, { details })
}

function textOf({ pointer, message }: ErrorDetail): string {
  return `${pointer.slice('/params/'.length)}: ${message}`
}

function windowFaults(
  window: { from: number; to: number },
  given: GivenWindow,
  taken: readonly TakenRunSet[],
): ErrorDetail[] {
  if (!Number.isFinite(window.from) || !Number.isFinite(window.to)) {
    const message = 'is required: neither the selection nor the members of the RunSets say a window'
    return (['from', 'to'] as const)
      .filter(key => given[key] === undefined)
      .map(key => ({ pointer: `/params/${key}`, message }))
  }
  if (window.from >= window.to) return [{ pointer: '/params/to', message: 'must be after from' }]
  const bounded = taken.flatMap(({ runset }) => runset.bounds ?? [])
  // A RunSet without bounds takes any window.
  if (bounded.length === 0 || bounded.length < taken.length) return []
  const bounds = hullOf(bounded)
  const ids = taken.map(({ runset }) => runset.runsetId).join(', ')
  const outside = `lies outside the bounds of ${ids}, [${isoInstant(bounds.from)}, ${isoInstant(bounds.to)})`
  return [
    ...(window.from < bounds.from ? [{ pointer: '/params/from', message: outside }] : []),
    ...(window.to > bounds.to ? [{ pointer: '/params/to', message: outside }] : []),
  ]
}
