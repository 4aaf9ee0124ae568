/** The strategy of a request for alerts: its name, its parameters, and what a published SimulationRequest says of both. */

import type { CostModel, ExecutionModel, MultiTradeParams, SimulationRequest } from '../../contracts/types.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { isRandom } from './execution.ts'
import { isMultiTradeName, type NamedParams, paramsOfName, tradesAlerts } from './name.ts'

/** Parameters as they were given, before defaults are filled in. */
export type GivenParams = Partial<MultiTradeParams> & Record<string, unknown>

const MODELS = ['executionModel', 'costModel', 'riskModel', 'runConfig', 'sources', 'filters'] as const

/**
 * Parameters of a strategy name together with those given beside it. STRATEGY_ERROR for another strategy, for a parameter that
 * both give differently, and for one that belongs to a rule which is off.
 */
export function paramsOf(strategy: string, given: GivenParams, pointer: string): GivenParams {
  if (!tradesAlerts(strategy)) {
    const message = `Strategy ${strategy} does not trade alerts`
    const hint = 'multi_trade does, and names such as MultiTrade_20pctTrail_50pctDropRebound_24h.'
    throw fail('STRATEGY_ERROR', { message }, { details: [{ pointer: '/params/strategy', message }], hint })
  }
  const named: NamedParams = isMultiTradeName(strategy) ? paramsOfName(strategy) : {}
  const details: ErrorDetail[] = Object.entries(named).flatMap(([key, value]) =>
    Object.hasOwn(given, key) && JSON.stringify(given[key]) !== JSON.stringify(value)
      ? [{ pointer: `${pointer}/${key}`, message: `${key} is also given by the name ${strategy}`, expected: value }]
      : [],
  )
  const params = { ...given, ...named } as GivenParams
  details.push(...idleParams(params, pointer))
  refuse(details)
  return params
}

/** Rules between complete parameters; `given` are those of the request. STRATEGY_ERROR with every fault. */
export function checkParams(params: MultiTradeParams, given: GivenParams, pointer: string): void {
  const { executionModel, costModel } = params
  const details = [...executionFaults(executionModel, pointer), ...costFaults(costModel, pointer)]
  if (isRandom(executionModel) && given.runConfig === undefined) {
    const message = 'the execution model is random: give runConfig with a seed'
    details.push({ pointer: `${pointer}/runConfig`, message })
  }
  refuse(details)
}

/** Parameters that say nothing because the rule they belong to is off. */
function idleParams(params: GivenParams, pointer: string): ErrorDetail[] {
  const idle: [name: string, needs: string, on: boolean][] = [
    ['entry_pullback', 'entry pullback', params.entry === 'pullback'],
    ['entry_confirmation', 'entry confirmation', params.entry === 'confirmation'],
    ['confirmation_candles', 'entry confirmation', params.entry === 'confirmation'],
    ['trailing_activation', 'trailing_stop', typeof params.trailing_stop === 'number'],
    ['reentry_rebound', 'reentry_drop', typeof params.reentry_drop === 'number'],
  ]
  return idle
    .filter(([name, , on]) => Object.hasOwn(params, name) && !on)
    .map(([name, needs]) => ({ pointer: `${pointer}/${name}`, message: `${name} has no effect without ${needs}` }))
}

function executionFaults({ latency, slippage, partialFills }: ExecutionModel, pointer: string): ErrorDetail[] {
  const at = `${pointer}/executionModel`
  const details: ErrorDetail[] = []
  if (latency.p90 < latency.p50) details.push({ pointer: `${at}/latency/p90`, message: 'p90 is below p50' })
  if (latency.p99 < latency.p90) details.push({ pointer: `${at}/latency/p99`, message: 'p99 is below p90' })
  if (slippage.max !== undefined && slippage.max < slippage.base)
    details.push({ pointer: `${at}/slippage/max`, message: 'max is below base' })
  if (partialFills !== undefined && partialFills.fillRange[1] < partialFills.fillRange[0])
    details.push({ pointer: `${at}/partialFills/fillRange`, message: 'the range ends before it begins' })
  return details
}

function costFaults({ priorityFee }: CostModel, pointer: string): ErrorDetail[] {
  if (priorityFee?.max === undefined || priorityFee.max >= priorityFee.base) return []
  return [{ pointer: `${pointer}/costModel/priorityFee/max`, message: 'max is below base' }]
}

function refuse(details: ErrorDetail[]): void {
  if (details.length > 0) throw fail('STRATEGY_ERROR', { message: details[0].message }, { details })
}

/** The name and the parameters that a valid SimulationRequest gives; `pointer` is that of its config. */
export function strategyOfSimulation(
  request: SimulationRequest,
  pointer: string,
): { strategy: string; given: GivenParams } {
  const { name, strategyId, config } = request.strategy
  const strategy = [name, strategyId].find(tradesAlerts) ?? name
  const { fees, ...rules } = rulesOfConfig(config, pointer)
  const { filters, sources } = request.dataSnapshot
  const given = {
    ...rules,
    executionModel: request.executionModel,
    costModel: withFees(request.costModel, fees, pointer),
    ...(request.riskModel === undefined ? {} : { riskModel: request.riskModel }),
    runConfig: request.runConfig,
    sources,
    filters: filters ?? {},
  }
  return { strategy, given: given as GivenParams }
}

/** camelCase becomes the parameter's own name; the three names of the published example that are none are read here. */
function rulesOfConfig(config: Record<string, unknown>, pointer: string): Record<string, unknown> {
  const rules: Record<string, unknown> = {}
  const details: ErrorDetail[] = []
  const set = (key: string, name: string, value: unknown) => {
    if (Object.hasOwn(rules, name)) details.push({ pointer: `${pointer}/${key}`, message: `${name} is given twice` })
    rules[name] = value
  }
  for (const [key, value] of Object.entries(config)) {
    const at = `${pointer}/${key}`
    if ((MODELS as readonly string[]).includes(key)) {
      details.push({ pointer: at, message: `${key} stands outside of config in a SimulationRequest` })
    } else if (key === 'reentryLogic') {
      const logic =
        typeof value === 'string' && /DropRebound$|Rebound$/.test(value) ? paramsOfName(`MultiTrade_${value}`) : null
      if (logic === null)
        details.push({ pointer: at, message: 'must be such as 50pctDropRebound or 50pctDrop20pctRebound' })
      for (const [name, part] of Object.entries(logic ?? {})) set(key, name, part)
    } else if (key === 'slippageModel') {
      if (value !== 'linear') details.push({ pointer: at, message: "must be 'linear'", expected: 'linear' })
    } else if (key === 'fees') {
      if (typeof value === 'number') rules['fees'] = value
      else details.push({ pointer: at, message: 'must be number', expected: 'number' })
    } else {
      set(
        key,
        key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
        value,
      )
    }
  }
  refuse(details)
  return rules
}

function withFees(costModel: CostModel, fees: unknown, pointer: string): CostModel {
  if (fees === undefined) return costModel
  if (costModel.tradingFee !== undefined && costModel.tradingFee !== fees) {
    const message = `fees is ${fees}, but costModel.tradingFee is ${costModel.tradingFee}; give one of them`
    throw fail('STRATEGY_ERROR', { message }, { details: [{ pointer: `${pointer}/fees`, message }] })
  }
  return { ...costModel, tradingFee: fees as number }
}
