/** The request of the run that a variation is: written out from strategy, scope and site, then checked as the run would check it. */

import type { ExperimentStrategy, ExperimentUniverse, RunRequest } from '../../../contracts/types.ts'
import { isRandom } from '../../alerts/execution.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { validate } from '../../base/schema.ts'
import { alertSetup } from '../alerts/setup.ts'
import { chooseStrategy } from '../strategy-choice.ts'
import { windowOf } from '../window.ts'
import type { Scope, Site } from './scopes.ts'

type Request = Record<string, unknown>

/** Seed of a run in which nothing is drawn, as the run has it by default. */
const UNUSED_SEED = 0

/** The request of a strategy at a site; of one that trades alerts the models are written out, so that paths lead into them. */
export async function baseRequest(
  { name, params }: ExperimentStrategy,
  scope: Scope,
  site: Site,
): Promise<Record<string, unknown>> {
  const { start, end } = scope
  if (!('alerts_dataset_id' in site)) return { ...site, start, end, strategy: name, strategy_params: params }
  const limited = { ...params, ...limitedBy(name, params, scope) }
  const request = { ...site, start, end, strategy: name, strategy_params: withSeed(limited, UNUSED_SEED) }
  const { executionModel, costModel, runConfig } = (await alertSetup(request as unknown as RunRequest)).params
  const { seed: _, ...seedless } = runConfig
  return {
    ...request,
    strategy_params: { ...limited, executionModel, costModel, runConfig: givesSeed(params) ? runConfig : seedless },
  }
}

/**
 * The request as it is run, and its seed: where fills are drawn the one that is given in it, else `seed`; null where nothing is
 * random. INVALID_CONFIG, STRATEGY_ERROR for what the run would refuse, before any run starts.
 */
export async function checkedRequest(
  request: Request,
  scope: Scope,
  seed: number,
): Promise<{ request: Request; seed: number | null }> {
  const filled = await checkedForm(request)
  if (filled.alerts_dataset_id === undefined) {
    windowOf(filled)
    await chooseStrategy(filled)
    return { request, seed: null }
  }
  const params = request['strategy_params'] as Request
  refuseOtherAlerts(params, scope)
  const of = (value: number) => ({ ...request, strategy_params: withSeed(params, value) })
  const { executionModel, runConfig } = (await alertSetup(of(UNUSED_SEED) as unknown as RunRequest)).params
  if (!isRandom(executionModel)) return { request: of(UNUSED_SEED), seed: null }
  return { request: of(seed), seed: givesSeed(params) ? runConfig.seed : seed }
}

async function checkedForm(request: Request): Promise<RunRequest> {
  const filled = structuredClone(request) as unknown as RunRequest
  const details = await validate('commands/run', filled, '/params')
  if (details.length === 0) return filled
  const message = `${details[0].pointer} ${details[0].message}`
  throw fail('INVALID_CONFIG', { message }, { details, hint: 'Paths are those of a run: quantlab --help run.' })
}

function givesSeed({ runConfig }: Request): boolean {
  return Object.hasOwn((runConfig ?? {}) as object, 'seed')
}

/** Parameters with this seed, unless they give one, or something in its place that is refused as it is. */
function withSeed(params: Request, seed: number): Request {
  const { runConfig = {} } = params
  if (typeof runConfig !== 'object' || runConfig === null || givesSeed(params)) return params
  return { ...params, runConfig: { ...runConfig, seed } }
}

/** Parameters that select the alerts of a universe. */
function selectionOf({ callers, chains, venues }: ExperimentUniverse): { callerNames?: unknown; sources?: unknown } {
  const sources = (venues ?? [undefined]).flatMap(venue =>
    (chains ?? [undefined]).map(chain => ({ ...(venue && { venue }), ...(chain && { chain }) })),
  )
  return {
    ...(callers === undefined ? {} : { callerNames: callers }),
    ...(chains === undefined && venues === undefined ? {} : { sources }),
  }
}

/** The parameters that select the alerts of the scope. STRATEGY_ERROR where the strategy selects alerts by the same itself. */
function limitedBy(name: string, params: Request, { universe, runsets }: Scope): Request {
  const { callerNames, sources } = selectionOf(universe)
  const filters = (params['filters'] ?? {}) as Request
  const twice = [
    ...(callerNames !== undefined && Object.hasOwn(filters, 'callerNames') ? ['filters.callerNames'] : []),
    ...(sources !== undefined && Object.hasOwn(params, 'sources') ? ['sources'] : []),
  ]
  if (twice.length > 0) throw saidTwice(twice, name, runsets, '/params/strategy')
  return {
    ...(callerNames === undefined ? {} : { filters: { ...filters, callerNames } }),
    ...(sources === undefined ? {} : { sources }),
  }
}

/** No parameter leads beyond the universe of a RunSet. */
function refuseOtherAlerts(params: Request, { universe, runsets }: Scope): void {
  const { callerNames, sources } = selectionOf(universe)
  const differs = (wanted: unknown, has: unknown) =>
    wanted !== undefined && canonicalJson(has ?? null) !== canonicalJson(wanted)
  const filters = params['filters'] as Request | null | undefined
  if (differs(callerNames, filters?.['callerNames']))
    throw saidTwice(['filters.callerNames'], 'params', runsets, '/params/strategy_params/filters/callerNames')
  if (differs(sources, params['sources']))
    throw saidTwice(['sources'], 'params', runsets, '/params/strategy_params/sources')
}

function saidTwice(names: readonly string[], where: string, runsets: readonly string[], pointer: string): Error {
  const message = `${names.join(' and ')} of ${where} are said by the universe of RunSet ${runsets.join(', ')} too`
  return fail('STRATEGY_ERROR', { message }, { details: [{ pointer, message }] })
}
