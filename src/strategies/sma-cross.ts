/** `sma_cross`: hold while the last crossing of two simple moving averages was upward. */

import type { SmaCrossParams } from '../../contracts/types.ts'
import { holdCrossings, requireFastBelowSlow } from './crossing.ts'
import { closeSma } from './indicator-cache.ts'
import { type ChangingStrategy, targetsOfChanges } from './target-changes.ts'

export const smaCross: ChangingStrategy<SmaCrossParams> = {
  name: 'sma_cross',
  family: 'sma_cross',
  check: requireFastBelowSlow,

  warmup: ({ slow }) => slow - 1,

  changes(_bars, { fast, slow, allow_short }, { indicators }, out) {
    holdCrossings(closeSma(indicators, fast), closeSma(indicators, slow), slow - 1, allow_short ? -1 : 0, out)
  },

  targets: (bars, params, context) => targetsOfChanges(smaCross, bars, params, context),
}
