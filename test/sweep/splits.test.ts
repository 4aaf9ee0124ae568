/** Generated splits, worked by hand, and what given ones are checked for. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkedSplits, generateSplits, type SplitScheme, splitWarnings } from '../../src/sweep/splits.ts'

const DAY = 86_400_000
/** Stamps 0, 10, 20, … so that an instant shows its bar. */
const tens = (count: number) => Float64Array.from({ length: count }, (_, k) => 10 * k)

const spans = (ts: Float64Array, scheme: SplitScheme) =>
  generateSplits(ts, scheme).map(({ train, test }) => [train.start, train.end, test.start, test.end])

describe('generated splits', () => {
  const base = { scheme: 'rolling', unit: 'bars', train: 4, test: 2 } as const

  it('roll, test following test', () => {
    expect(spans(tens(9), base)).toEqual([
      [0, 40, 40, 60],
      [20, 60, 60, 80],
    ])
  })

  it('keep the anchor', () => {
    expect(spans(tens(8), { ...base, scheme: 'anchored' })).toEqual([
      [0, 40, 40, 60],
      // The end of the data is one instant past their last bar.
      [0, 60, 60, 71],
    ])
  })

  it('leave out purge and embargo between training and test, and move by the step', () => {
    expect(spans(tens(11), { ...base, step: 3, purge: 1, embargo: 2 })).toEqual([
      [0, 30, 60, 80],
      [30, 60, 90, 101],
    ])
  })

  it('count in calendar days, over gaps in the bars', () => {
    const ts = Float64Array.of(0, 1, 2, 5, 6, 7, 8).map(day => day * DAY)
    expect(spans(ts, { ...base, unit: 'days', train: 3, test: 3 }).map(row => row.map(at => at / DAY))).toEqual([
      [0, 3, 3, 6],
      [3, 6, 6, 9],
    ])
  })

  it('name themselves and never let a training window reach its test', () => {
    const scheme = fc.record({
      scheme: fc.constantFrom('rolling' as const, 'anchored' as const),
      unit: fc.constant('bars' as const),
      train: fc.integer({ min: 3, max: 20 }),
      test: fc.integer({ min: 1, max: 10 }),
      step: fc.integer({ min: 1, max: 10 }),
      purge: fc.nat(2),
      embargo: fc.nat(3),
    })
    fc.assert(
      fc.property(scheme, given => {
        const splits = generateSplits(tens(60), given)
        splits.forEach(({ name, train, test }, k) => {
          expect(name).toBe(`split_${k + 1}`)
          expect(test.start - train.end).toBe(10 * (given.purge + given.embargo))
          expect(train.start).toBeLessThan(train.end)
          expect(test.end).toBeLessThanOrEqual(591)
        })
        expect(checkedSplits(splits)).toBe(splits)
      }),
    )
  })

  it.each([
    [{ train: 0 }, /train 0/],
    [{ test: 1.5 }, /test 1.5/],
    [{ step: 0 }, /step 0/],
    [{ embargo: -1 }, /embargo -1/],
    [{ purge: 4 }, /purge 4 leaves nothing of train 4/],
  ])('refuse %j', (wrong, message) => {
    expect(() => generateSplits(tens(50), { ...base, ...wrong })).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) }),
    )
  })

  it('say when not one of them fits', () => {
    const short = expect.objectContaining({ code: 'DATA_ERROR' })
    expect(() => generateSplits(tens(5), base)).toThrow(short)
    expect(() => generateSplits(tens(0), base)).toThrow(short)
  })
})

describe('given splits', () => {
  const split = (name: string, [a, b]: number[], [c, d]: number[]) => ({
    name,
    train: { start: a, end: b },
    test: { start: c, end: d },
  })

  it.each([
    ['an empty training window', [split('a', [5, 5], [5, 9])]],
    ['an empty test window', [split('a', [0, 5], [9, 9])]],
    ['the name of another split', [split('a', [0, 5], [5, 9]), split('a', [0, 5], [5, 9])]],
    ['tests before it trains', [split('a', [4, 5], [1, 9])]],
  ])('are refused for: %s', (why, splits) => {
    expect(() => checkedSplits(splits)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringContaining(why) }),
    )
  })

  it('are warned of when windows overlap', () => {
    const warnings = splitWarnings([split('a', [0, 50], [40, 90]), split('b', [40, 80], [80, 120])])
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain("'a' begins inside its training window")
    expect(warnings[1]).toContain("'a' and 'b' overlap")
    expect(splitWarnings([split('a', [0, 50], [50, 90])])).toEqual([])
  })
})
