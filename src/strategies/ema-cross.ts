/** `ema_cross`: hold while the last crossing of two exponential moving averages was upward. */

import type { EmaCrossParams } from '../../contracts/types.ts'
import { holdCrossings, requireFastBelowSlow } from './crossing.ts'
import { closeEma } from './indicator-cache.ts'
import { type ChangingStrategy, targetsOfChanges } from './target-changes.ts'

export const emaCross: ChangingStrategy<EmaCrossParams> = {
  name: 'ema_cross',
  family: 'ema_cross',
  check: requireFastBelowSlow,

  warmup: ({ slow }) => slow - 1,

  changes(_bars, { fast, slow, allow_short }, { indicators }, out) {
    holdCrossings(closeEma(indicators, fast), closeEma(indicators, slow), slow - 1, allow_short ? -1 : 0, out)
  },

  targets: (bars, params, context) => targetsOfChanges(emaCross, bars, params, context),
}
