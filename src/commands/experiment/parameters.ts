/** Parameters that an experiment varies: their paths, where each leads in the request of a run, and their values. */

import { type ErrorDetail, fail } from '../../base/errors.ts'
import { nearest } from '../../base/near.ts'
import { gridSpace } from '../../sweep/grid.ts'
import { overridePaths, pathSegments, withValue } from '../../sweep/paths.ts'

/** What a variation may vary: anything of a run that is not said by strategy, inputs and window. */
const VARIABLE = [
  ...['strategy_params', 'execution', 'fee', 'slippage_bps', 'slippage_mode', 'k_atr', 'initial_cash', 'calendar'],
  ...['rsi_buy_max', 'rsi_sell_min', 'cooldown_days'],
  ...['executionModel', 'costModel', 'riskModel', 'runConfig', 'sources', 'filters'],
]

/** Parts of a SimulationRequest that stand among the parameters of multi_trade. */
const MODELS = /^(executionModel|costModel|riskModel|runConfig|sources|filters)(\.|$)/
const CONFIG = 'strategy.config.'

/** The path in the request of a run that a path of an experiment leads to. */
function requestPath(path: string): string {
  if (path.startsWith(CONFIG)) return `strategy_params.${path.slice(CONFIG.length)}`
  return MODELS.test(path) ? `strategy_params.${path}` : path
}

/** A request with one parameter set; a part of a SimulationRequest that is absent comes into being on the way. Errors as `withValue`. */
export function withParameter(request: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const place = requestPath(path)
  const segments = pathSegments(place)
  const model = MODELS.test(place.replace(/^strategy_params\./, ''))
  return withValue(model ? opened(request, segments) : request, segments, value)
}

/** With empty objects where a path leads through nothing. */
function opened(target: Record<string, unknown>, [name, ...rest]: readonly string[]): Record<string, unknown> {
  const inner = Object.hasOwn(target, name) ? target[name] : {}
  if (rest.length === 0 || typeof inner !== 'object' || inner === null || Array.isArray(inner)) return target
  return { ...target, [name]: opened(inner as Record<string, unknown>, rest) }
}

/**
 * Path → list of values, as a sweep would try them: sorted and distinct. INVALID_CONFIG for paths that lead nowhere or to the same
 * place, and for a path without values.
 */
export function parametersOf(params: Record<string, unknown>): Record<string, unknown[]> {
  const listed = Object.entries(overridePaths(params)).map(([path, value]) => ({
    path,
    values: Array.isArray(value) ? value : [value],
  }))
  const paths = listed.map(({ path }) => path)
  refuse([...foreignPaths(paths), ...samePlaces(paths), ...listed.flatMap(emptyList)])
  // Also as they stand in a run, none may lead into another.
  overridePaths(Object.fromEntries(paths.map(path => [requestPath(path), null])))
  const { dimensions } = gridSpace(listed, Number.MAX_SAFE_INTEGER)
  return Object.fromEntries(dimensions.map(({ path, values }) => [path, [...(values as readonly unknown[])]]))
}

/** The pointer into a request for an experiment that a pointer into the request of one of its runs comes from. */
export function pointerOf(pointer: string, paths: readonly string[]): string {
  const place = pointer.replace(/^\/params\//, '').replaceAll('/', '.')
  const inside = (one: string, other: string) => other === one || other.startsWith(`${one}.`)
  // Of a fault without a place only a single path is known to be its cause.
  if (place === 'params' && paths.length > 0) return paths.length === 1 ? pathPointer(paths[0]) : '/params/params'
  const path = paths.find(one => inside(requestPath(one), place)) ?? paths.find(one => inside(place, requestPath(one)))
  if (path !== undefined) return pathPointer(path)
  return place.startsWith('strategy') ? '/params/strategy' : '/params'
}

function pathPointer(path: string): string {
  return `/params/params/${path.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function foreignPaths(paths: readonly string[]): ErrorDetail[] {
  return paths.flatMap(path => {
    const [root] = pathSegments(path)
    if (VARIABLE.includes(root) || path.startsWith(CONFIG)) return []
    const suggestion = nearest(root, VARIABLE)
    const meant = suggestion === undefined ? '' : `; did you mean '${suggestion}'?`
    const message = `'${path}' is nothing that varies${meant}`
    return [{ pointer: pathPointer(path), message, ...(suggestion === undefined ? {} : { suggestion }) }]
  })
}

/** Paths that are two spellings of one place. */
function samePlaces(paths: readonly string[]): ErrorDetail[] {
  return paths.flatMap((path, k) => {
    const other = paths.slice(0, k).find(one => requestPath(one) === requestPath(path))
    if (other === undefined) return []
    return [{ pointer: pathPointer(path), message: `'${path}' and '${other}' are the same parameter` }]
  })
}

function emptyList({ path, values }: { path: string; values: readonly unknown[] }): ErrorDetail[] {
  return values.length > 0 ? [] : [{ pointer: pathPointer(path), message: `'${path}' has no values` }]
}

function refuse(details: ErrorDetail[]): void {
  if (details.length === 0) return
  const hint = `Paths begin with ${VARIABLE.join(', ')}; strategies, inputs and window have parameters of their own.`
  throw fail('INVALID_CONFIG', { message: details[0].message }, { details, hint })
}
