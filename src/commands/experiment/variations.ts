/** From a definition to its variations: strategy × scope × site × parameters, each with its id, its seed and the request of its run. */

import type { ExperimentDefinition, ExperimentStrategy, RunRequest } from '../../../contracts/types.ts'
import { isRandom } from '../../alerts/execution.ts'
import { tradesAlerts } from '../../alerts/name.ts'
import { type ErrorDetail, fail, GatewayError } from '../../base/errors.ts'
import { validate } from '../../base/schema.ts'
import { gridSpace, type TrialSpace, trialParameters, variationId, variationSeed } from '../../sweep/grid.ts'
import { pathSegments, withValue } from '../../sweep/paths.ts'
import { alertSetup } from '../multi-trade-setup.ts'
import { chooseStrategy } from '../strategy-choice.ts'
import { windowOf } from '../window.ts'
import { alertSites, barSites, type Scope, type Site, scopesOf } from './scopes.ts'

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

/** Parts of a SimulationRequest that stand among the parameters of multi_trade. */
const MODELS = /^(executionModel|costModel|riskModel|runConfig|sources|filters)(\.|$)/

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
  for (const strategy of strategies) {
    const onAlerts = tradesAlerts(strategy.name)
    if (onAlerts && definition.inputs.alerts.length === 0) throw noAlerts(strategy.name)
    if (onAlerts) sites.alerts ??= await alertSites(root, definition)
    else sites.bars ??= barSites(root, definition)
    const places = (onAlerts ? sites.alerts : sites.bars) as Site[]
    const more = places.length * scopes.length * space.size
    if (variations.length + more > maxCombinations) throw tooMany(variations.length + more, maxCombinations)
    for (const scope of onAlerts ? scopes : byWindow(scopes)) {
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
      for (const [path, value] of Object.entries(parameters))
        request = withValue(request, pathSegments(requestPath(path)), value)
      const own = definition.seedMode === 'shared' ? baseSeed : variationSeed(combination, baseSeed)
      const seeded = withSeed(request, place.strategy, parameters, own)
      await check(seeded.request)
      variations.push({ id, ...place, parameters, ...seeded })
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      faults.push(placed(error, `${place.strategy.name} with ${JSON.stringify(parameters)}: `))
      if (faults.length >= MOST_FAULTS) return
    }
  }
}

/** What besides its parameters makes a variation: so that adding a strategy or an input leaves the ids of all others. */
function identityOf({ strategy, scope, site }: Place): Record<string, unknown> {
  const { start, end, universe } = scope
  return { strategy: { name: strategy.name, params: strategy.params }, start, end, ...universe, ...site }
}

function requestPath(path: string): string {
  if (path.startsWith('strategy.config.')) return `strategy_params.${path.slice('strategy.config.'.length)}`
  return MODELS.test(path) ? `strategy_params.${path}` : path
}

/** The request of a strategy at a site; of one that trades alerts the models are written out, so that paths lead into them. */
async function baseRequest(
  { name, params }: ExperimentStrategy,
  scope: Scope,
  site: Site,
): Promise<Record<string, unknown>> {
  const { start, end } = scope
  if (!('alerts_dataset_id' in site)) return { ...site, start, end, strategy: name, strategy_params: params }
  const limited = limitedParams(name, params, scope)
  const request = { ...site, start, end, strategy: name, strategy_params: limited }
  const { executionModel, costModel, runConfig } = (await alertSetup(request as unknown as RunRequest)).params
  return { ...request, strategy_params: { ...limited, executionModel, costModel, runConfig } }
}

/** Parameters with the alerts of the scope alone. STRATEGY_ERROR where they limit the alerts by the same themselves. */
function limitedParams(
  name: string,
  params: Record<string, unknown>,
  { universe, runsets }: Scope,
): Record<string, unknown> {
  const { callers, chains = [undefined], venues = [undefined] } = universe
  const sources =
    universe.chains === undefined && universe.venues === undefined
      ? undefined
      : venues.flatMap(venue => chains.map(chain => ({ ...(venue && { venue }), ...(chain && { chain }) })))
  const filters = (params['filters'] ?? {}) as Record<string, unknown>
  const twice = [
    ...(callers !== undefined && Object.hasOwn(filters, 'callerNames') ? ['filters.callerNames'] : []),
    ...(sources !== undefined && Object.hasOwn(params, 'sources') ? ['sources'] : []),
  ]
  if (twice.length > 0) {
    const message = `${twice.join(' and ')} of ${name} are said by the universe of RunSet ${runsets.join(', ')} too`
    throw fail('STRATEGY_ERROR', { message }, { details: [{ pointer: '/params/strategy', message }] })
  }
  return {
    ...params,
    ...(callers === undefined ? {} : { filters: { ...filters, callerNames: callers } }),
    ...(sources === undefined ? {} : { sources }),
  }
}

/** Where fills are drawn, the variation's own seed, unless the caller gave one. */
function withSeed(
  request: Record<string, unknown>,
  { name, params }: ExperimentStrategy,
  parameters: Record<string, unknown>,
  seed: number,
): { request: Record<string, unknown>; seed: number | null } {
  if (!tradesAlerts(name)) return { request, seed: null }
  const given = request['strategy_params'] as { executionModel: Parameters<typeof isRandom>[0]; runConfig: object }
  if (!isRandom(given.executionModel)) return { request, seed: null }
  const set = Object.keys(parameters).some(path =>
    /^(strategy_params\.|strategy\.config\.)?runConfig(\.seed)?$/.test(path),
  )
  if (set || Object.hasOwn((params['runConfig'] ?? {}) as object, 'seed')) {
    return { request, seed: (given.runConfig as { seed: number }).seed }
  }
  return { request: withValue(request, ['strategy_params', 'runConfig', 'seed'], seed), seed }
}

/** Refuse what the run would refuse, before any run starts. */
async function check(request: Record<string, unknown>): Promise<void> {
  const filled = structuredClone(request) as unknown as RunRequest
  const details = await validate('commands/run', filled, '/params')
  if (details.length > 0) {
    const message = `${details[0].pointer} ${details[0].message}`
    throw fail('INVALID_CONFIG', { message }, { details, hint: 'Paths are those of a run: quantlab --help run.' })
  }
  if (filled.alerts_dataset_id !== undefined) await alertSetup(filled)
  else {
    windowOf(filled)
    await chooseStrategy(filled)
  }
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

function placed(error: GatewayError, place: string): GatewayError {
  const details = error.details.map((detail): ErrorDetail => ({ ...detail, message: place + detail.message }))
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

function nothingToRun(): Error {
  const message = 'The experiment has no variation: there are no bars to run on'
  return fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/ohlcv', message }] })
}

function tooMany(count: number, most: number): Error {
  const message = `The experiment has ${count} variations or more, more than max_combinations ${most}`
  const hint = 'Use fewer strategies or values, or raise max_combinations.'
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/max_combinations', message }], hint })
}
