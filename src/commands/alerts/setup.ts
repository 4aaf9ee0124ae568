/** What a request for alerts asks: from its own parameters, or from a published SimulationRequest. */

import type { MultiTradeParams, RunRequest, SimulationRequest } from '../../../contracts/types.ts'
import { checkParams, type GivenParams, paramsOf, strategyOfSimulation } from '../../alerts/request.ts'
import { type Rules, rulesOf } from '../../alerts/rules.ts'
import { hashOf } from '../../base/canonical.ts'
import { type ErrorDetail, fail, GatewayError } from '../../base/errors.ts'
import { validate } from '../../base/schema.ts'
import { parseInstant } from '../../market/calendar.ts'
import { windowOf } from '../window.ts'

/** A request with everything resolved but its data. */
export interface AlertSetup {
  alerts_dataset_id: string
  /** Content the alerts must have; null: any. */
  expected_content_hash: string | null
  /** null: `<alerts_dataset_id>-candles`. */
  dataset_id: string | null
  start: string
  end: string
  window: { start: number; end: number }
  /** As requested. */
  strategy: string
  params: MultiTradeParams
  rules: Rules
  snapshot_created_at: string | null
}

/** Resolve a request; INVALID_CONFIG for what breaks its form, STRATEGY_ERROR for the strategy's parameters. */
export async function alertSetup(request: RunRequest): Promise<AlertSetup> {
  if (request.simulation_request !== undefined) return setupOfSimulation(request.simulation_request, request.dataset_id)
  const { start, end, strategy, dataset_id, alerts_dataset_id } = request
  const given = structuredClone(request.strategy_params ?? {}) as GivenParams
  return {
    alerts_dataset_id: alerts_dataset_id as string,
    expected_content_hash: null,
    dataset_id: dataset_id ?? null,
    ...{ start, end, window: windowOf(request), strategy },
    ...(await completeParams(strategy, given)),
    snapshot_created_at: null,
  }
}

const SIMULATION = '/params/simulation_request'
const PARAMS = '/params/strategy_params'

async function setupOfSimulation(value: object, candles: string | undefined): Promise<AlertSetup> {
  const request = structuredClone(value) as unknown as SimulationRequest
  refuse(await validate('alerts/simulation-request', request, SIMULATION))
  const { dataSnapshot } = request
  const { snapshotId, contentHash, timeRange, createdAtISO } = dataSnapshot
  const slices = dataSnapshot.sliceManifestIds ?? []
  const range = timesOf(request)
  refuse([...range.details, ...hashFaults(request), ...sliceFaults(slices, candles)])
  const { strategy, given } = strategyOfSimulation(request, `${SIMULATION}/strategy/config`)
  const complete = await relocated(() => completeParams(strategy, given))
  return {
    alerts_dataset_id: snapshotId,
    expected_content_hash: contentHash,
    dataset_id: candles ?? slices[0] ?? null,
    start: timeRange.fromISO,
    end: timeRange.toISO,
    window: { start: range.start, end: range.end },
    strategy,
    ...complete,
    snapshot_created_at: createdAtISO,
  }
}

/** Parameters complete and checked; faults are named below `/params/strategy_params`. */
async function completeParams(
  strategy: string,
  given: GivenParams,
): Promise<{ params: MultiTradeParams; rules: Rules }> {
  const known = paramsOf(strategy, given, PARAMS)
  const params = { ...known }
  const details = await validate('alerts/multi-trade', params, PARAMS)
  if (details.length > 0) {
    const message = `Invalid parameters for ${strategy}: ${details[0].pointer.slice(PARAMS.length + 1)} ${details[0].message}`
    throw fail('STRATEGY_ERROR', { message }, { details, hint: 'quantlab --schema alerts/multi-trade prints them.' })
  }
  const complete = params as unknown as MultiTradeParams
  checkParams(complete, known, PARAMS)
  return { params: complete, rules: rulesOf(complete) }
}

/** Where a SimulationRequest says what a plain request says in its parameters. */
const PLACES: [RegExp, string][] = [
  [/^\/params\/strategy_params\/(executionModel|costModel|riskModel|runConfig)/, `${SIMULATION}/$1`],
  [/^\/params\/strategy_params\/(sources|filters)/, `${SIMULATION}/dataSnapshot/$1`],
  [/^\/params\/strategy_params/, `${SIMULATION}/strategy/config`],
  [/^\/params\/strategy$/, `${SIMULATION}/strategy/name`],
]

async function relocated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const details = error.details.map(detail => {
      const [pattern, place] = PLACES.find(([known]) => known.test(detail.pointer)) ?? [/^$/, '']
      return { ...detail, pointer: detail.pointer.replace(pattern, place) }
    })
    throw fail('STRATEGY_ERROR', { message: error.message }, { details, hint: error.hint })
  }
}

function timesOf({ dataSnapshot }: SimulationRequest): { start: number; end: number; details: ErrorDetail[] } {
  const details: ErrorDetail[] = []
  const { fromISO, toISO } = dataSnapshot.timeRange
  const read = (text: string, place: string): number => {
    const ms = parseInstant(text)
    if (ms === null) {
      const message = `'${text}' is no ISO date or instant with its zone`
      details.push({ pointer: `${SIMULATION}/dataSnapshot/${place}`, message })
    }
    return ms ?? Number.NaN
  }
  const start = read(fromISO, 'timeRange/fromISO')
  const end = read(toISO, 'timeRange/toISO')
  read(dataSnapshot.createdAtISO, 'createdAtISO')
  if (start >= end) {
    const message = `toISO ${toISO} must be after fromISO ${fromISO} (the end is exclusive)`
    details.push({ pointer: `${SIMULATION}/dataSnapshot/timeRange/toISO`, message })
  }
  return { start, end, details }
}

function hashFaults({ strategy }: SimulationRequest): ErrorDetail[] {
  const expected = hashOf(strategy.config)
  if (strategy.configHash === expected) return []
  const message = `is not the SHA-256 of the canonical JSON of config, which is ${expected}`
  return [{ pointer: `${SIMULATION}/strategy/configHash`, message, expected }]
}

function sliceFaults([slice]: readonly string[], candles: string | undefined): ErrorDetail[] {
  if (slice === undefined || candles === undefined || slice === candles) return []
  const message = `names the candles ${slice}, but dataset_id is ${candles}; give one of them`
  return [{ pointer: `${SIMULATION}/dataSnapshot/sliceManifestIds/0`, message }]
}

function refuse(details: ErrorDetail[]): void {
  if (details.length === 0) return
  const message = `${details[0].pointer} ${details[0].message}`
  const hint = 'quantlab --schema alerts/simulation-request prints the form.'
  throw fail('INVALID_CONFIG', { message }, { details, hint })
}
