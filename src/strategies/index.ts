/** The strategy table, and the only way from a name to a strategy. */

import type { StrategyName, StrategyParams } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { bollingerReversion } from './bollinger-reversion.ts'
import { buyAndHold } from './buy-and-hold.ts'
import { donchianBreakout } from './donchian-breakout.ts'
import { emaCross } from './ema-cross.ts'
import { learnedModel } from './learned-model.ts'
import { macd } from './macd.ts'
import { rsiMaCross } from './rsi-ma-cross.ts'
import { rules } from './rules.ts'
import { smaCross } from './sma-cross.ts'
import type { Strategy } from './strategy.ts'

/** The strategy a request without one means. */
export const DEFAULT_STRATEGY = 'rsi_ma_cross_v2' satisfies StrategyName

/** Every strategy by name; parameters as validated by `schemas/strategies/<name>.schema.json`, defaults filled in. */
export const STRATEGIES: { [N in StrategyName]: Strategy<StrategyParams[N]> } = {
  bollinger_reversion: bollingerReversion,
  buy_and_hold: buyAndHold,
  donchian_breakout: donchianBreakout,
  ema_cross: emaCross,
  learned_model: learnedModel,
  macd,
  rsi_ma_cross_v2: rsiMaCross,
  rules,
  sma_cross: smaCross,
}

/**
 * The strategy of that name; STRATEGY_ERROR with the known names when there is none. The caller validates the parameters
 * against the schema of the same name, and with `check`, before using them.
 */
export function strategyFor(name: string): Strategy {
  if (Object.hasOwn(STRATEGIES, name)) return STRATEGIES[name as StrategyName] as Strategy
  const names = Object.keys(STRATEGIES)
  const suggestion = nearest(name, names)
  const meant = suggestion === undefined ? '' : ` Did you mean '${suggestion}'?`
  throw fail(
    'STRATEGY_ERROR',
    { message: `Unknown strategy '${name}'.${meant} Known strategies: ${names.join(', ')}.` },
    { details: [{ pointer: '/params/strategy', message: `unknown strategy '${name}'`, expected: names, suggestion }] },
  )
}
