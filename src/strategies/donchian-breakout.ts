/** `donchian_breakout`: enter on a break of the channel of previous extremes, leave on a break of a shorter one. */

import type { DonchianBreakoutParams } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { donchian } from '../indicators/volatility.ts'
import type { Bars } from '../market/bars.ts'
import { cached, type IndicatorCache } from './indicator-cache.ts'
import { type Strategy, targetBuffer } from './strategy.ts'

export const donchianBreakout: Strategy<DonchianBreakoutParams> = {
  name: 'donchian_breakout',
  family: 'donchian_breakout',

  warmup: ({ entry, exit }) => Math.max(entry, exit),

  targets(bars, { entry, exit, allow_short }, context) {
    const from = Math.max(entry, exit)
    const { close } = bars
    const outer = channel(context.indicators, entry)
    const inner = channel(context.indicators, exit)
    const out = targetBuffer(bars, from, context)
    let held = 0
    for (let i = from; i < close.length; i++) {
      if ((held > 0 && close[i] < inner.lower[i]) || (held < 0 && close[i] > inner.upper[i])) held = 0
      if (held === 0) {
        if (close[i] > outer.upper[i]) held = 1
        else if (allow_short && close[i] < outer.lower[i]) held = -1
      }
      out[i] = held
    }
    return out
  },
}

/** Extremes of the `window` bars before each bar. */
function channel(cache: IndicatorCache, window: number) {
  return cached(cache, `donchian:${window}`, bars => {
    const { high, low } = requireRange(bars)
    return donchian(high, low, window)
  })
}

function requireRange({ symbol, high, low }: Bars): { high: Float64Array; low: Float64Array } {
  if (high !== null && low !== null) return { high, low }
  throw fail('DATA_ERROR', {
    message: `donchian_breakout needs the columns high and low, which the data of ${symbol} do not have; use a data set with them.`,
  })
}
