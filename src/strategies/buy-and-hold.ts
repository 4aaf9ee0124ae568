/** `buy_and_hold`: fully invested from the first bar on; the benchmark. */

import type { BuyAndHoldParams } from '../../contracts/types.ts'
import { type Strategy, targetBuffer } from './strategy.ts'

export const buyAndHold: Strategy<BuyAndHoldParams> = {
  name: 'buy_and_hold',
  family: 'buy_and_hold',
  warmup: () => 0,
  targets: (bars, _params, context) => targetBuffer(bars, 0, context).fill(1),
}
