/** From a definition to its variations: strategy × scope × site × parameters, each with its id, its seed and the request of its run. */

import type { ExperimentDefinition, ExperimentStrategy } from '../../../contracts/types.ts'
import { tradesAlerts } from '../../alerts/name.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { type ErrorDetail, fail, GatewayError } from '../../base/errors.ts'
import { gridSpace, type TrialSpace, trialParameters, variationId, variationSeed } from '../../sweep/grid.ts'
import { pointerOf, withParameter } from './parameters.ts'
import { alertSites, barSites, type Scope, type Site, scopesOf } from './scopes.ts'
import { baseRequest, checkedRequest } from './variation-request.ts'

/** One run that an experiment makes. */
export interface Variation {
  id: string
  strategy: ExperimentStrategy
  scope: Scope
  site: Site
  /** Path → value of what varies. */
  parameters: Record<string, unknown>
  /** Null where nothing is random. */
  seed: number | null
  /** Parameters of the `run` request. */
  request: Record<string, unknown>
}

/** Faults that are told; the first say enough. */
const MOST_FAULTS = 50

/**
 * All variations in order: strategies, scopes and sites as the definition has them, then parameters with the last path varying fastest.
 * Every one is checked as its run would be: INVALID_CONFIG or STRATEGY_ERROR with the faults of all, DATA_ERROR where inputs do not fit.
 */
export async function variationsOf(root: string, definition: ExperimentDefinition, seed: number): Promise<Variation[]> {
  const { strategies, params, maxCombinations } = definition
  const parameters = Object.entries(params).map(([path, values]) => ({ path, values }))
  const space = gridSpace(parameters, Number.MAX_SAFE_INTEGER)
  const scopes = scopesOf(definition)
  const sites = { alerts: undefined as Site[] | undefined, bars: undefined as Site[] | undefined }
  const variations: Variation[] = []
  const faults: GatewayError[] = []
  let count = 0
  for (const strategy of strategies) {
    const onAlerts = tradesAlerts(strategy.name)
    if (onAlerts && definition.inputs.alerts.length === 0) throw noAlerts(strategy.name)
    if (onAlerts) sites.alerts ??= await alertSites(root, definition)
    else sites.bars ??= barSites(root, definition)
    const places = (onAlerts ? sites.alerts : sites.bars) as Site[]
    const parts = onAlerts ? scopes : byWindow(scopes)
    count += places.length * parts.length * space.size
    if (count > maxCombinations) throw tooMany(count, maxCombinations)
    for (const scope of parts) {
      for (const site of places) {
        try {
          const base = await baseRequest(strategy, scope, site)
          await addVariations(variations, base, { strategy, scope, site }, { space, definition, seed }, faults)
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error
          faults.push(error)
        }
        if (faults.length >= MOST_FAULTS) throw refused(faults)
      }
    }
  }
  if (faults.length > 0) throw refused(faults)
  if (variations.length === 0) throw nothingToRun()
  if (definition.symbols !== undefined && sites.bars === undefined) throw idleSymbols()
  return variations
}

type Place = Pick<Variation, 'strategy' | 'scope' | 'site'>

async function addVariations(
  variations: Variation[],
  base: Record<string, unknown>,
  place: Place,
  { space, definition, seed: baseSeed }: { space: TrialSpace; definition: ExperimentDefinition; seed: number },
  faults: GatewayError[],
): Promise<void> {
  for (let trial = 0; trial < space.size; trial++) {
    const parameters = trialParameters(space, trial)
    const combination = { ...identityOf(place), ...parameters }
    const id = variationId(combination)
    try {
      let request = base
      for (const [path, value] of Object.entries(parameters)) request = withParameter(request, path, value)
      const own = definition.seedMode === 'shared' ? baseSeed : variationSeed(combination, baseSeed)
      variations.push({ id, ...place, parameters, ...(await checkedRequest(request, place.scope, own)) })
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      faults.push(placed(error, place.strategy, parameters))
      if (faults.length >= MOST_FAULTS) return
    }
  }
}

/** What besides its parameters makes a variation: so that adding a strategy or an input leaves the ids of all others. */
function identityOf({ strategy, scope, site }: Place): Record<string, unknown> {
  const { start, end, universe } = scope
  return { strategy: { name: strategy.name, params: strategy.params }, start, end, ...universe, ...site }
}

/** Bars know no callers: RunSets that differ in their universe alone run once. */
function byWindow(scopes: readonly Scope[]): Scope[] {
  const windows = new Map<string, Scope>()
  for (const { runsets, start, end } of scopes) {
    const known = windows.get(`${start} ${end}`)
    if (known === undefined) windows.set(`${start} ${end}`, { runsets: [...runsets], start, end, universe: {} })
    else known.runsets.push(...runsets)
  }
  return [...windows.values()]
}

/** A fault of the run that a variation would be, told of the experiment. */
function placed(error: GatewayError, { name }: ExperimentStrategy, parameters: Record<string, unknown>): GatewayError {
  const paths = Object.keys(parameters)
  const place = paths.length === 0 ? `${name}: ` : `${name} with ${JSON.stringify(parameters)}: `
  const own = error.details.length > 0 ? error.details : [{ pointer: '/params/params', message: error.message }]
  const details = own.map(detail => ({
    ...detail,
    pointer: pointerOf(detail.pointer, paths),
    message: place + detail.message,
  }))
  return fail(error.code, { message: place + error.message }, { details, hint: error.hint })
}

/** One error of the distinct faults of many variations, of the class of the first. */
function refused(faults: readonly GatewayError[]): GatewayError {
  const details = new Map<string, ErrorDetail>()
  for (const { message, details: own } of faults)
    for (const detail of own.length > 0 ? own : [{ pointer: '/params', message }])
      details.set(`${detail.pointer} ${detail.message}`, detail)
  const [first] = faults
  const more = details.size > 1 ? ` (and ${details.size - 1} more)` : ''
  const code = first.class === 'STRATEGY_ERROR' ? 'STRATEGY_ERROR' : first.code
  return fail(
    code,
    { message: first.message + more },
    { details: [...details.values()].slice(0, MOST_FAULTS), hint: first.hint },
  )
}

function noAlerts(name: string): Error {
  const message = `Strategy ${name} trades alerts, but the inputs hold none`
  const hint = 'Name alerts, RunSets whose members ran on alerts, or other strategies.'
  return fail('STRATEGY_ERROR', { message }, { details: [{ pointer: '/params/strategies', message }], hint })
}

function idleSymbols(): Error {
  const message = 'symbols has no effect: every strategy trades alerts; select those by params'
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/symbols', message }] })
}

function nothingToRun(): Error {
  const message = 'The experiment has no variation: there are no bars to run on'
  return fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/ohlcv', message }] })
}

function tooMany(count: number, most: number): Error {
  const message = `The experiment has ${count} variations or more, more than max_combinations ${most}`
  const hint = 'Use fewer strategies or values, or raise max_combinations.'
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/max_combinations', message }], hint })
}

/** What to say of variations that ask for the very run of another: they count as often in every figure. */
export function repeatWarnings(variations: readonly Variation[]): string[] {
  const distinct = new Set(variations.map(({ request }) => canonicalJson(request))).size
  if (distinct === variations.length) return []
  return [
    `${variations.length - distinct} of ${variations.length} variations ask for the same run as another: params replace what several strategies differ in. They count as often in every figure; name one strategy.`,
  ]
}
