/** `macd`: hold while the MACD line last crossed its signal line upward. */

import type { MacdParams } from '../../contracts/types.ts'
import { macd as macdLines } from '../indicators/momentum.ts'
import { holdCrossings, requireFastBelowSlow } from './crossing.ts'
import { cached } from './indicator-cache.ts'
import { type ChangingStrategy, targetsOfChanges } from './target-changes.ts'

export const macd: ChangingStrategy<MacdParams> = {
  name: 'macd',
  family: 'macd',
  check: requireFastBelowSlow,

  warmup: ({ slow, signal }) => slow + signal - 2,

  changes({ close }, { fast, slow, signal, allow_short }, { indicators }, out) {
    const lines = cached(indicators, `macd:${fast},${slow},${signal}`, () => macdLines(close, fast, slow, signal))
    holdCrossings(lines.macd, lines.signal, slow + signal - 2, allow_short ? -1 : 0, out)
  },

  targets: (bars, params, context) => targetsOfChanges(macd, bars, params, context),
}
