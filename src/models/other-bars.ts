/** Other bars for the leakage checks: the same ones in random order, and the same ones up to a cut with another future. */

import { Random } from '../base/random.ts'
import type { Bars } from '../market/bars.ts'

/** Level of the scrambled bars against the true ones, so that nothing behind a cut can agree by chance. */
const OTHER_LEVEL = 0.3

type Price = 'open' | 'high' | 'low' | 'close'

/**
 * Bars made of the same moves in an order drawn from the seed: each bar keeps its open, high, low, close over the close before
 * it and its volume, the times stay. The first bar stays. In such bars nothing follows from what came before.
 */
export function permutedBars(bars: Bars, seed: number): Bars {
  const { close } = bars
  const count = close.length
  const order = permutation(count - 1, seed)
  const made = new Float64Array(count)
  if (count > 0) made[0] = close[0]
  for (let i = 1; i < count; i++) made[i] = made[i - 1] * (close[order[i - 1]] / close[order[i - 1] - 1])
  const column = (name: Exclude<Price, 'close'>) => {
    const own = bars[name]
    if (own === null) return null
    const out = own.slice(0, count)
    for (let i = 1; i < count; i++) out[i] = made[i - 1] * (own[order[i - 1]] / close[order[i - 1] - 1])
    return out
  }
  const volume = bars.volume?.slice() ?? null
  if (volume !== null && bars.volume !== null) for (let i = 1; i < count; i++) volume[i] = bars.volume[order[i - 1]]
  return { ...bars, open: column('open'), high: column('high'), low: column('low'), close: made, volume }
}

/** The same bars before index `cut`, from there on permuted ones at another level. */
export function scrambledBars(bars: Bars, cut: number, seed: number): Bars {
  const other = permutedBars(bars, seed)
  const join = (own: Float64Array | null, foreign: Float64Array | null) => {
    if (own === null || foreign === null) return null
    const out = own.slice()
    for (let i = cut; i < out.length; i++) out[i] = OTHER_LEVEL * foreign[i]
    return out
  }
  return {
    ...bars,
    open: join(bars.open, other.open),
    high: join(bars.high, other.high),
    low: join(bars.low, other.low),
    close: join(bars.close, other.close) as Float64Array,
    volume: join(bars.volume, other.volume),
  }
}

/** The numbers 1 … count in random order (Fisher–Yates). */
function permutation(count: number, seed: number): Uint32Array {
  const random = new Random(seed)
  const order = Uint32Array.from({ length: count }, (_, i) => i + 1)
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}
