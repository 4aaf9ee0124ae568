/** `macd`: hold while the MACD line last crossed its signal line upward. */

import type { MacdParams } from '../../contracts/types.ts'
import { macd as macdLines } from '../indicators/momentum.ts'
import { crossings, holdCrossings, requireFastBelowSlow } from './crossing.ts'
import { cached } from './indicator-cache.ts'
import { type Strategy, targetBuffer } from './strategy.ts'

export const macd: Strategy<MacdParams> = {
  name: 'macd',
  family: 'macd',
  check: requireFastBelowSlow,

  warmup: ({ slow, signal }) => slow + signal - 2,

  targets(bars, { fast, slow, signal, allow_short }, context) {
    const from = slow + signal - 2
    const crosses = cached(context.indicators, `macd_cross:${fast},${slow},${signal}`, ({ close }) => {
      const lines = macdLines(close, fast, slow, signal)
      return crossings(lines.macd, lines.signal, from)
    })
    return holdCrossings(crosses, from, allow_short ? -1 : 0, targetBuffer(bars, from, context))
  },
}
