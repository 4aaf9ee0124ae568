/** Splits, folds and targets, counted by hand on a few bars. */

import { describe, expect, it } from 'vitest'
import { boundariesOf, foldsOf, requireRows, splitsOf } from '../../src/models/splits.ts'
import { definitionOf, forwardReturns, labelsOf, type Target } from '../../src/models/target.ts'

const TARGET: Target = { kind: 'forward_return', horizon: 2, returns: 'simple', threshold: 0 }

describe('splits', () => {
  it('are 60, 20 and 20 percent of the rows that have features and a target', () => {
    // Rows 10 … 109: 100 of 112 bars with 10 of warm-up and a horizon of 2.
    expect(boundariesOf({ bars: 112, warmup: 10, horizon: 2 }, { validation: 0.2, test: 0.2 })).toEqual({
      validation: 70,
      test: 90,
    })
  })

  it('drop the purge before each boundary, and leave the embargo out behind it', () => {
    const split = { bars: 112, warmup: 10, horizon: 2, validation: 70, test: 90, purge: 3, embargo: 4 }
    expect(splitsOf(split)).toEqual({
      train: { begin: 10, end: 70, from: 10, to: 67, purged: 3, embargoed: 0 },
      validation: { begin: 70, end: 90, from: 74, to: 87, purged: 3, embargoed: 4 },
      test: { begin: 90, end: 112, from: 94, to: 110, purged: 2, embargoed: 4 },
    })
  })

  it('say which are too short, and why, all at once', () => {
    const split = { bars: 100, warmup: 10, horizon: 12, validation: 40, test: 50, purge: 12, embargo: 5 }
    expect(() => requireRows(splitsOf(split), 3, 12)).toThrow(
      expect.objectContaining({
        code: 'DATA_ERROR',
        message:
          'Too few rows: train has 18 rows, at least 26 are needed: 12 of its 30 bars are purged and 0 under embargo; ' +
          'validation has 0 rows, at least 20 are needed: the horizon of 12 bars is as long as the split',
      }),
    )
    // A purge longer than a split leaves nothing, never less than nothing.
    expect(splitsOf({ ...split, purge: 1000 }).train).toMatchObject({ from: 10, to: 10, purged: 30 })
  })
})

describe('folds', () => {
  it('train on everything before them, less the purge', () => {
    expect(foldsOf({ from: 10, to: 110 }, 4, 5, 2)).toEqual([
      { train: { from: 10, to: 25 }, judged: { from: 30, to: 50 } },
      { train: { from: 10, to: 45 }, judged: { from: 50, to: 70 } },
      { train: { from: 10, to: 65 }, judged: { from: 70, to: 90 } },
      { train: { from: 10, to: 85 }, judged: { from: 90, to: 110 } },
    ])
  })

  it('are refused where one has too few rows', () => {
    expect(() => foldsOf({ from: 0, to: 60 }, 5, 8, 2)).toThrow(
      expect.objectContaining({ code: 'DATA_ERROR', message: expect.stringContaining('Fold 1 of 5') }),
    )
  })
})

describe('targets', () => {
  const close = Float64Array.from([100, 110, 99, 121, 108.9])

  it('are the return to the close of `horizon` bars later, unknown at the end', () => {
    const simple = forwardReturns(close, TARGET)
    ;[-0.01, 0.1, 0.1].forEach((value, i) => {
      expect(simple[i]).toBeCloseTo(value, 14)
    })
    expect([simple[3], simple[4]]).toEqual([Number.NaN, Number.NaN])
    expect(forwardReturns(close, { ...TARGET, returns: 'log' })[1]).toBeCloseTo(Math.log(1.1), 14)
    expect(forwardReturns(close, { ...TARGET, horizon: 9 })).toEqual(new Float64Array(5).fill(Number.NaN))
  })

  it('of a direction are 1 strictly above the threshold', () => {
    const target: Target = { ...TARGET, kind: 'forward_return_positive', threshold: 0.05 }
    expect([...labelsOf(Float64Array.from([0.05, 0.051, -1, Number.NaN]), target)]).toEqual([0, 1, 0, Number.NaN])
    expect(definitionOf(target)).toBe('1 where close[t+2] / close[t] − 1 > 0.05, else 0')
  })
})
