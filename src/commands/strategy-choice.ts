/** Which strategy a request names, with its parameters checked against the strategy's own schema. */

import type { RunRequest, StrategyName } from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { type ErrorDetail, fail, GatewayError } from '../base/errors.ts'
import { type ValidatorName, validate } from '../base/schema.ts'
import { DEFAULT_STRATEGY, strategyFor } from '../strategies/index.ts'
import type { Strategy } from '../strategies/strategy.ts'

/** A strategy and its complete parameters. */
export interface StrategyChoice {
  name: StrategyName
  strategy: Strategy
  params: Record<string, unknown>
  /** strategySpecHash: SHA-256 over family and parameters. */
  hash: string
}

const FLAT = ['rsi_buy_max', 'rsi_sell_min', 'cooldown_days'] as const

type StrategyRequest = Pick<RunRequest, 'strategy' | 'strategy_params' | (typeof FLAT)[number]>

/**
 * Resolve `strategy` and `strategy_params`; the published flat parameters are those of the default strategy. INVALID_CONFIG
 * where flat parameters meet another strategy or repeat one in `strategy_params`; STRATEGY_ERROR for an unknown strategy or bad parameters.
 */
export async function chooseStrategy(request: StrategyRequest): Promise<StrategyChoice> {
  const given = FLAT.filter(name => request[name] !== undefined)
  refuseMisplaced(request, given)
  const strategy = strategyFor(request.strategy)
  const name = request.strategy as StrategyName
  const params: Record<string, unknown> = structuredClone(request.strategy_params ?? {})
  for (const flat of given) params[flat] = request[flat]
  const details = await validate(`strategies/${name}` as ValidatorName, params, '/params/strategy_params')
  if (details.length > 0) {
    const message = `Invalid parameters for the strategy ${name}: ${details[0].pointer} ${details[0].message}`
    throw fail('STRATEGY_ERROR', { message }, { details, hint: `quantlab --schema strategies/${name} prints them.` })
  }
  checkTogether(strategy, params)
  return {
    name,
    strategy,
    params,
    hash: hashOf({ _t: 'strategy.spec', v: 1, strategyFamily: strategy.family, params }),
  }
}

/** Rules between parameters; a strategy names them relative to its own parameters. */
function checkTogether(strategy: Strategy, params: Record<string, unknown>): void {
  try {
    strategy.check?.(params)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const details = error.details.map(detail => ({ ...detail, pointer: `/params/strategy_params${detail.pointer}` }))
    throw fail('STRATEGY_ERROR', { message: error.message }, { details, hint: error.hint })
  }
}

function refuseMisplaced(request: StrategyRequest, given: readonly (typeof FLAT)[number][]): void {
  const details: ErrorDetail[] = []
  for (const name of given) {
    if (request.strategy !== DEFAULT_STRATEGY) {
      details.push({
        pointer: `/params/${name}`,
        message: `belongs to ${DEFAULT_STRATEGY}, not to ${request.strategy}; use strategy_params`,
      })
    } else if (Object.hasOwn(request.strategy_params ?? {}, name)) {
      details.push({ pointer: `/params/${name}`, message: 'is given twice: here and in strategy_params' })
    }
  }
  if (details.length > 0)
    throw fail('INVALID_CONFIG', { message: `${details[0].pointer} ${details[0].message}` }, { details })
}
