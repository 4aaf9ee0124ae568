/** `rsi_ma_cross_v2`, the default strategy: closes crossing their 20-bar mean, filtered by RSI (contract §6). */

import type { RsiMaCrossV2Params } from '../../contracts/types.ts'
import { rsiSeededAtFirstBar } from '../indicators/momentum.ts'
import { crossings } from './crossing.ts'
import { cached, closeSma } from './indicator-cache.ts'
import { type ChangingStrategy, targetsOfChanges } from './target-changes.ts'

/** Window of the mean that the close must cross, and period of the RSI. */
const MEAN = 20
const RSI = 14

/** The published frame begins where a 100-bar mean is defined, although no rule reads that mean. */
const WARMUP = 99

export const rsiMaCross: ChangingStrategy<RsiMaCrossV2Params> = {
  name: 'rsi_ma_cross_v2',
  family: 'rsi_ma_cross_v2',

  warmup: () => WARMUP,

  changes({ close }, { rsi_buy_max, rsi_sell_min, cooldown_days }, { indicators }, out) {
    const crosses = cached(indicators, 'rsi_ma_cross_v2', () => crossings(close, closeSma(indicators, MEAN), WARMUP))
    const rsi = cached(indicators, `rsi_seeded_at_first_bar:${RSI}`, () => rsiSeededAtFirstBar(close, RSI))
    let held = 0
    let count = 0
    for (let i = WARMUP; i < crosses.length; i++) {
      if (held === 0 ? !(crosses[i] > 0 && rsi[i] < rsi_buy_max) : !(crosses[i] < 0 || rsi[i] > rsi_sell_min)) continue
      held = 1 - held
      out.bars[count] = i
      out.targets[count++] = held
      // The cooldown follows a buy and a sell, and blocks exits too, as published.
      i += cooldown_days
    }
    out.count = count
  },

  targets: (bars, params, context) => targetsOfChanges(rsiMaCross, bars, params, context),
}
