/** `ema_cross`: hold while the last crossing of two exponential moving averages was upward. */

import type { EmaCrossParams } from '../../contracts/types.ts'
import { crossings, holdCrossings, requireFastBelowSlow } from './crossing.ts'
import { cached, closeEma } from './indicator-cache.ts'
import { type Strategy, targetBuffer } from './strategy.ts'

export const emaCross: Strategy<EmaCrossParams> = {
  name: 'ema_cross',
  family: 'ema_cross',
  check: requireFastBelowSlow,

  warmup: ({ slow }) => slow - 1,

  targets(bars, { fast, slow, allow_short }, context) {
    const from = slow - 1
    const cache = context.indicators
    const crosses = cached(cache, `ema_cross:${fast},${slow}`, () =>
      crossings(closeEma(cache, fast), closeEma(cache, slow), from),
    )
    return holdCrossings(crosses, from, allow_short ? -1 : 0, targetBuffer(bars, from, context))
  },
}
