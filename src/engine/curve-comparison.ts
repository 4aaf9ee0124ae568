/** Two equity curves aligned by time: where they part, how far, and how alike their returns are. Pure. */

import { firstDifferingCell } from '../base/first-difference.ts'
import { correlation, std } from '../base/stats.ts'
import { barReturns, drawdowns } from './forward-figures.ts'

/** A curve in order of time: epoch ms without repetition, equity as growth of 1. */
export interface Curve {
  ts: Float64Array
  equity: Float64Array
}

/** Both curves at one instant. */
export interface CurvePoint {
  ts: number
  a: number
  b: number
}

export interface CurveComparison {
  /** Instants that both have. */
  common: number
  onlyA: number
  onlyB: number
  /** First instant that one side lacks, epoch ms. */
  firstUnmatched: number | null
  firstDifference: CurvePoint | null
  /** Largest absolute difference, the first of equal ones. */
  maxDifference: CurvePoint | null
  /** Last common instant. */
  finalDifference: CurvePoint | null
  /** Pearson correlation of the returns between common instants; null where it is undefined. */
  returnCorrelation: number | null
  /** Sample deviation of the differences of these returns, a ratio per bar; null with fewer than two. */
  trackingError: number | null
}

/** Compare two curves at the instants that both have. */
export function compareCurves(a: Curve, b: Curve): CurveComparison {
  const { ts, left, right, firstUnmatched } = aligned(a, b)
  const point = (row: number): CurvePoint => ({ ts: ts[row], a: left[row], b: right[row] })
  const first = firstDifferingCell({ equity: left }, { equity: right }, ts.length)
  const [returnsA, returnsB] = [barReturns(left), barReturns(right)]
  const active = returnsA.map((value, bar) => returnsB[bar] - value)
  return {
    common: ts.length,
    onlyA: a.ts.length - ts.length,
    onlyB: b.ts.length - ts.length,
    firstUnmatched,
    firstDifference: first === null ? null : point(first.row),
    maxDifference: ts.length === 0 ? null : point(farthest(left, right)),
    finalDifference: ts.length === 0 ? null : point(ts.length - 1),
    returnCorrelation: finite(returnsA.length < 2 ? Number.NaN : correlation(returnsA, returnsB)),
    trackingError: finite(std(active, 1)),
  }
}

/** The deepest fall of a curve below its running peak (≤ 0) and its instant (epoch ms); null for an empty curve. */
export function deepestPoint({ ts, equity }: Curve): { drawdown: number; ts: number } | null {
  if (ts.length === 0) return null
  const falls = drawdowns(equity)
  let at = 0
  for (let i = 1; i < falls.length; i++) if (falls[i] < falls[at]) at = i
  return { drawdown: falls[at], ts: ts[at] }
}

/** Equity of both at the common instants, in one pass over both. */
export function aligned(a: Curve, b: Curve) {
  const most = Math.min(a.ts.length, b.ts.length)
  const [ts, left, right] = [new Float64Array(most), new Float64Array(most), new Float64Array(most)]
  let firstUnmatched: number | null = null
  let [i, j, count] = [0, 0, 0]
  while (i < a.ts.length || j < b.ts.length) {
    const [x, y] = [a.ts[i] ?? Number.POSITIVE_INFINITY, b.ts[j] ?? Number.POSITIVE_INFINITY]
    if (x === y) {
      ts[count] = x
      left[count] = a.equity[i++]
      right[count++] = b.equity[j++]
      continue
    }
    firstUnmatched ??= Math.min(x, y)
    if (x < y) i++
    else j++
  }
  return {
    ts: ts.subarray(0, count),
    left: left.subarray(0, count),
    right: right.subarray(0, count),
    firstUnmatched,
  }
}

function farthest(a: Float64Array, b: Float64Array): number {
  let at = 0
  for (let i = 1; i < a.length; i++) if (Math.abs(b[i] - a[i]) > Math.abs(b[at] - a[at])) at = i
  return at
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
