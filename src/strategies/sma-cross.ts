/** `sma_cross`: hold while the last crossing of two simple moving averages was upward. */

import type { SmaCrossParams } from '../../contracts/types.ts'
import { crossings, holdCrossings, requireFastBelowSlow } from './crossing.ts'
import { cached, closeSma } from './indicator-cache.ts'
import { type Strategy, targetBuffer } from './strategy.ts'

export const smaCross: Strategy<SmaCrossParams> = {
  name: 'sma_cross',
  family: 'sma_cross',
  check: requireFastBelowSlow,

  warmup: ({ slow }) => slow - 1,

  targets(bars, { fast, slow, allow_short }, context) {
    const from = slow - 1
    const cache = context.indicators
    const crosses = cached(cache, `sma_cross:${fast},${slow}`, () =>
      crossings(closeSma(cache, fast), closeSma(cache, slow), from),
    )
    return holdCrossings(crosses, from, allow_short ? -1 : 0, targetBuffer(bars, from, context))
  },
}
