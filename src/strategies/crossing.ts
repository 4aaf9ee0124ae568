/** Crossings of two series, and positions held from one crossing to the opposite one. */

import { fail } from '../base/errors.ts'
import type { TargetChanges } from './strategy.ts'

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

/**
 * Exposure 1 from each upward crossing of `a` over `b` on, `below` from each downward one on, 0 before the first; the changes
 * are written to `out`. Crossings are those of `crossings`.
 */
export function holdCrossings(a: Float64Array, b: Float64Array, from: number, below: 0 | -1, out: TargetChanges): void {
  const n = a.length
  let held = 0
  let count = 0
  // Whether the previous bar was at or below, respectively at or above.
  let low = a[from] <= b[from]
  let high = a[from] >= b[from]
  for (let i = from + 1; i < n; i++) {
    const x = a[i]
    const y = b[i]
    if (x > y) {
      if (low && held !== 1) {
        held = 1
        out.bars[count] = i
        out.targets[count++] = 1
      }
      low = false
      high = true
    } else if (x < y) {
      if (high && held !== below) {
        held = below
        out.bars[count] = i
        out.targets[count++] = below
      }
      low = true
      high = false
    } else {
      low = x === y
      high = low
    }
  }
  out.count = count
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
