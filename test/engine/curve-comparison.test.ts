/** Two curves at the instants that both have, against figures worked by hand. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareCurves, deepestPoint } from '../../src/engine/curve-comparison.ts'

const curve = (ts: number[], equity: number[]) => ({ ts: Float64Array.from(ts), equity: Float64Array.from(equity) })

describe('compareCurves', () => {
  it('aligns by time and measures where both have a bar', () => {
    const found = compareCurves(curve([0, 1, 2, 3], [1, 1.1, 1.21, 1.21]), curve([1, 2, 3, 4], [1.1, 1.1, 1.21, 1.3]))
    expect(found).toMatchObject({ common: 3, onlyA: 1, onlyB: 1, firstUnmatched: 0 })
    expect(found.firstDifference).toEqual({ ts: 2, a: 1.21, b: 1.1 })
    expect(found.maxDifference).toEqual({ ts: 2, a: 1.21, b: 1.1 })
    expect(found.finalDifference).toEqual({ ts: 3, a: 1.21, b: 1.21 })
    // Returns of A: 0.1, 0; of B: 0, 0.1; their differences −0.1 and 0.1 deviate by √0.02.
    expect(found.returnCorrelation).toBeCloseTo(-1, 12)
    expect(found.trackingError).toBeCloseTo(Math.sqrt(0.02), 12)
  })

  it('finds nothing between a curve and itself', () => {
    const one = curve([0, 1, 2], [1, 1.5, 1.2])
    expect(compareCurves(one, one)).toMatchObject({
      ...{ common: 3, onlyA: 0, onlyB: 0, firstUnmatched: null, firstDifference: null },
      trackingError: 0,
    })
    expect(compareCurves(one, one).returnCorrelation).toBeCloseTo(1, 12)
  })

  it('sees a difference in the last bit', () => {
    const found = compareCurves(curve([0, 1], [1, 0.3]), curve([0, 1], [1, 0.1 + 0.2]))
    expect(found.firstDifference?.ts).toBe(1)
  })

  it('has no figure without common bars, and no correlation with a side that does not move', () => {
    expect(compareCurves(curve([0], [1]), curve([1], [1]))).toMatchObject({
      ...{ common: 0, onlyA: 1, onlyB: 1, firstUnmatched: 0, firstDifference: null, maxDifference: null },
      ...{ finalDifference: null, returnCorrelation: null, trackingError: null },
    })
    const flat = compareCurves(curve([0, 1, 2], [1, 1, 1]), curve([0, 1, 2], [1, 1.1, 1.2]))
    expect(flat.returnCorrelation).toBeNull()
    expect(compareCurves(curve([], []), curve([], [])).common).toBe(0)
  })

  it('tells the same from either side', () => {
    const points = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 30 }), fc.double({ min: 0.5, max: 2, noNaN: true })),
      {
        selector: ([at]) => at,
      },
    )
    const curveOf = (rows: [number, number][]) => {
      const sorted = rows.toSorted(([x], [y]) => x - y)
      return curve(
        sorted.map(([at]) => at),
        sorted.map(([, value]) => value),
      )
    }
    fc.assert(
      fc.property(points, points, (left, right) => {
        const [a, b] = [curveOf(left), curveOf(right)]
        const [one, other] = [compareCurves(a, b), compareCurves(b, a)]
        expect(one.common).toBe(left.filter(([at]) => right.some(([to]) => to === at)).length)
        expect([one.onlyA, one.onlyB]).toEqual([other.onlyB, other.onlyA])
        expect(one.firstUnmatched).toBe(other.firstUnmatched)
        expect(one.firstDifference?.ts).toBe(other.firstDifference?.ts)
        expect(one.trackingError ?? 0).toBeCloseTo(other.trackingError ?? 0, 12)
      }),
    )
  })
})

describe('deepestPoint', () => {
  it('is the first of the deepest falls below the running peak', () => {
    expect(deepestPoint(curve([10, 20, 30, 40, 50], [1, 2, 1, 2, 1]))).toEqual({ drawdown: -0.5, ts: 30 })
    expect(deepestPoint(curve([10, 20], [1, 2]))).toEqual({ drawdown: 0, ts: 10 })
    expect(deepestPoint(curve([], []))).toBeNull()
  })
})
