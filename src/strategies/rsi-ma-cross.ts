/** `rsi_ma_cross_v2`, the default strategy: closes crossing their 20-bar mean, filtered by RSI (contract §6). */

import type { RsiMaCrossV2Params } from '../../contracts/types.ts'
import { rsiSeededAtFirstBar } from '../indicators/momentum.ts'
import { crossings } from './crossing.ts'
import { cached, closeSma } from './indicator-cache.ts'
import { type Strategy, targetBuffer } from './strategy.ts'

/** Window of the mean that the close must cross, and period of the RSI. */
const MEAN = 20
const RSI = 14

/** The published frame begins where a 100-bar mean is defined, although no rule reads that mean. */
const WARMUP = 99

export const rsiMaCross: Strategy<RsiMaCrossV2Params> = {
  name: 'rsi_ma_cross_v2',
  family: 'rsi_ma_cross_v2',

  warmup: () => WARMUP,

  targets(bars, { rsi_buy_max, rsi_sell_min, cooldown_days }, context) {
    const cache = context.indicators
    const crosses = cached(cache, 'rsi_ma_cross_v2', ({ close }) => crossings(close, closeSma(cache, MEAN), WARMUP))
    const rsi = cached(cache, `rsi_seeded_at_first_bar:${RSI}`, ({ close }) => rsiSeededAtFirstBar(close, RSI))
    const out = targetBuffer(bars, WARMUP, context)
    let held = 0
    let cooldown = 0
    for (let i = WARMUP; i < out.length; i++) {
      if (cooldown > 0) {
        // Counts down after a buy and after a sell, and blocks exits too, as published.
        cooldown--
      } else if (held === 0) {
        if (crosses[i] > 0 && rsi[i] < rsi_buy_max) {
          held = 1
          cooldown = cooldown_days
        }
      } else if (crosses[i] < 0 || rsi[i] > rsi_sell_min) {
        held = 0
        cooldown = cooldown_days
      }
      out[i] = held
    }
    return out
  },
}
