/** Crossings of two series, and positions held from one crossing to the opposite one. */

import { fail } from '../base/errors.ts'

/**
 * +1 where `a` comes from at or below `b` to above it, -1 the other way round, else 0.
 * Bars up to and including `from` are 0: bar `from` is the first one and has no previous bar. NaN never crosses.
 */
export function crossings(a: Float64Array, b: Float64Array, from: number): Int8Array {
  const out = new Int8Array(a.length)
  for (let i = from + 1; i < a.length; i++) {
    if (a[i] > b[i] && a[i - 1] <= b[i - 1]) out[i] = 1
    else if (a[i] < b[i] && a[i - 1] >= b[i - 1]) out[i] = -1
  }
  return out
}

/** Exposure 1 from each upward crossing on, `below` from each downward one on, 0 before the first; written to `out`. */
export function holdCrossings(crosses: Int8Array, from: number, below: 0 | -1, out: Float64Array): Float64Array {
  let held = 0
  for (let i = from; i < crosses.length; i++) {
    const cross = crosses[i]
    if (cross !== 0) held = cross > 0 ? 1 : below
    out[i] = held
  }
  return out
}

/** Refuse windows in the wrong order, naming both parameters. */
export function requireFastBelowSlow(params: { fast: number; slow: number }): void {
  if (params.fast < params.slow) return
  throw fail(
    'STRATEGY_ERROR',
    { message: `fast (${params.fast}) must be below slow (${params.slow}).` },
    { details: [{ pointer: '/fast', message: `must be below slow (${params.slow})`, expected: `< ${params.slow}` }] },
  )
}
