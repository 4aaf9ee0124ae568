/** `bollinger_reversion`: buy below the lower Bollinger band, sell at the middle band. */

import type { BollingerReversionParams } from '../../contracts/types.ts'
import { bollinger } from '../indicators/volatility.ts'
import { cached } from './indicator-cache.ts'
import { type Strategy, targetBuffer } from './strategy.ts'

export const bollingerReversion: Strategy<BollingerReversionParams> = {
  name: 'bollinger_reversion',
  family: 'bollinger_reversion',

  warmup: ({ window }) => window - 1,

  targets(bars, { window, width, allow_short }, context) {
    const from = window - 1
    const { close } = bars
    const { lower, middle, upper } = cached(context.indicators, `bollinger:${window},${width}`, () =>
      bollinger(close, window, width),
    )
    const out = targetBuffer(bars, from, context)
    let held = 0
    for (let i = from; i < close.length; i++) {
      // The way back to the middle closes first, so that one bar can leave one side and enter the other.
      if ((held > 0 && close[i] >= middle[i]) || (held < 0 && close[i] <= middle[i])) held = 0
      if (held === 0) {
        if (close[i] < lower[i]) held = 1
        else if (allow_short && close[i] > upper[i]) held = -1
      }
      out[i] = held
    }
    return out
  },
}
