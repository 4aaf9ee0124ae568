/** Rolling kernels: worked by hand, against direct formulas on long series, and around undefined values. */

import { describe, expect, it } from 'vitest'
import {
  prefixSums,
  rollingCorrelation,
  rollingMax,
  rollingMin,
  rollingStd,
  rollingSum,
  rollingSumFromPrefix,
  rollingZScore,
} from '../../src/indicators/rolling.ts'
import { noteAbsent, readOhlcv, readReference, sharedAvailable, worstDifference } from '../reference.ts'
import { randomWalk, series, warm } from './series.ts'

const NaN_ = Number.NaN

describe('worked by hand', () => {
  const values = series(2, 4, 4, 6, 1)

  it('sums the window', () => {
    expect([...rollingSum(values, 3)]).toEqual(warm(2, [10, 14, 11]))
  })

  it('takes the lowest and the highest of the window', () => {
    expect([...rollingMin(values, 2)]).toEqual(warm(1, [2, 4, 4, 1]))
    expect([...rollingMax(values, 2)]).toEqual(warm(1, [4, 4, 6, 6]))
    expect([...rollingMin(series(-1, -3, -2, -5), 3)]).toEqual(warm(2, [-3, -5]))
    expect([...rollingMax(series(-1, -3, -2, -5), 3)]).toEqual(warm(2, [-1, -2]))
  })

  it('takes the sample and the population standard deviation', () => {
    // 2 4 4: mean 10/3, squares 8/3; 4 4 6: mean 14/3, squares 8/3; 4 6 1: mean 11/3, squares 38/3.
    expect(
      worstDifference(rollingStd(values, 3), warm(2, [Math.sqrt(4 / 3), Math.sqrt(4 / 3), Math.sqrt(19 / 3)])),
    ).toBeLessThan(1e-15)
    expect(
      worstDifference(rollingStd(values, 3, 0), warm(2, [Math.sqrt(8 / 9), Math.sqrt(8 / 9), Math.sqrt(38 / 9)])),
    ).toBeLessThan(1e-15)
  })

  it('scores a value within its window', () => {
    // 4 − 10/3 = 2/3 over √(4/3); 6 − 14/3 = 4/3; 1 − 11/3 = −8/3 over √(19/3).
    const expected = warm(2, [2 / 3 / Math.sqrt(4 / 3), 4 / 3 / Math.sqrt(4 / 3), -8 / 3 / Math.sqrt(19 / 3)])
    expect(worstDifference(rollingZScore(values, 3), expected)).toBeLessThan(1e-15)
  })

  it('correlates two series', () => {
    // 1 2 3 4 5 with 2 4 6 5 1: rising together; 2 3 4 / 4 6 5: covariance 1, squares 2 and 2; 3 4 5 / 6 5 1: −5, 2, 14.
    const expected = warm(2, [1, 0.5, -5 / Math.sqrt(28)])
    expect(worstDifference(rollingCorrelation(series(1, 2, 3, 4, 5), series(2, 4, 6, 5, 1), 3), expected)).toBeLessThan(
      1e-15,
    )
  })
})

describe('undefined values', () => {
  const values = series(1, NaN_, 3, 4, 5, 7)

  it('make a window undefined exactly while they are inside', () => {
    expect([...rollingSum(values, 2)]).toEqual(warm(3, [7, 9, 12]))
    expect([...rollingMin(values, 2)]).toEqual(warm(3, [3, 4, 5]))
    expect([...rollingMax(values, 2)]).toEqual(warm(3, [4, 5, 7]))
    expect(worstDifference(rollingStd(values, 2), warm(3, [Math.SQRT1_2, Math.SQRT1_2, Math.SQRT2]))).toBeLessThan(
      1e-15,
    )
    expect(worstDifference(rollingCorrelation(values, series(9, 9, 1, 2, 1, 0), 2), warm(3, [1, -1, -1]))).toBeLessThan(
      1e-15,
    )
  })

  it('include infinities in a sum', () => {
    expect([...rollingSum(series(1, Number.POSITIVE_INFINITY, 3, 4), 2)]).toEqual(warm(3, [7]))
  })

  it('are the result over equal values where it divides by their deviation', () => {
    const flat = series(0.1, 0.1, 0.1, 0.1)
    expect([...rollingStd(flat, 3)]).toEqual(warm(2, [0, 0]))
    expect([...rollingZScore(flat, 3)]).toEqual(warm(4, []))
    expect([...rollingCorrelation(flat, series(1, 2, 3, 4), 3)]).toEqual(warm(4, []))
  })

  it('leave no residue: equal values after wild ones have a deviation of exactly 0', () => {
    const values = new Float64Array(300).fill(0.1)
    values.set(randomWalk(100, 5, 1e9), 0)
    const deviation = rollingStd(values, 20)
    expect(deviation[118]).toBeGreaterThan(0)
    expect([...deviation.subarray(119)]).toEqual(new Array(181).fill(0))
  })
})

describe('windows', () => {
  it.each([0, -1, 2.5, NaN_, Number.POSITIVE_INFINITY])('of %s bars are refused', window => {
    const values = series(1, 2, 3)
    const kernels = [rollingSum, rollingStd, rollingZScore, rollingMin, rollingMax]
    for (const kernel of kernels) expect(() => kernel(values, window)).toThrow(/window must be a whole number of bars/)
    expect(() => rollingCorrelation(values, values, window)).toThrow(/window must be a whole number of bars/)
  })

  it('longer than the series give nothing, equal to it one value', () => {
    const values = series(1, 2, 4)
    for (const kernel of [rollingSum, rollingStd, rollingZScore, rollingMin, rollingMax]) {
      expect([...kernel(values, 4)]).toEqual(warm(3, []))
      expect([...kernel(values, 3)].map(Number.isNaN)).toEqual([true, true, false])
      expect([...kernel(new Float64Array(0), 3)]).toEqual([])
    }
  })

  it('refuse two series of different lengths', () => {
    expect(() => rollingCorrelation(series(1, 2), series(1), 2)).toThrow(/equal lengths; got 2, 1/)
  })
})

describe('on 100,000 prices around 10,000', () => {
  const values = randomWalk(100_000, 17)
  const other = randomWalk(100_000, 18)

  it.each([2, 20, 100])('agrees to 1e-12 with direct sums over %i bars', window => {
    const prefix = prefixSums(values)
    expect(worstDifference(rollingSumFromPrefix(prefix, window), direct(values, window, sumOf))).toBeLessThan(1e-12)
  })

  it.each([2, 20, 100])('agrees with two-pass moments over %i bars, without drift', window => {
    expect(worstDifference(rollingStd(values, window), direct(values, window, deviationOf))).toBeLessThan(1e-11)
  })

  it.each([3, 50])('finds the extremes that sorting finds over %i bars', window => {
    expect(
      worstDifference(
        rollingMin(values, window),
        direct(values, window, part => part.slice().sort()[0]),
      ),
    ).toBe(0)
    expect(
      worstDifference(
        rollingMax(values, window),
        direct(values, window, part => part.slice().sort()[window - 1]),
      ),
    ).toBe(0)
  })

  it('agrees with the direct correlation over 50 bars', () => {
    const expected = direct(values, 50, (part, from) => correlationOf(part, other.subarray(from, from + 50)))
    expect(worstDifference(rollingCorrelation(values, other, 50), expected)).toBeLessThan(1e-11)
  })

  it('keeps nine digits of a deviation that is a billionth of the level', () => {
    const ticks = values.map(value => 1e6 + Math.round(value) / 1e6)
    expect(worstDifference(rollingStd(ticks, 30), direct(ticks, 30, deviationOf), 1e-9)).toBeLessThan(1e-9)
  })
})

if (sharedAvailable) {
  describe('published results', () => {
    it('sum of 14 closes: backtrader SumN, 6 decimals', async () => {
      const { close } = await readOhlcv('ohlcv/BT2006_1d_backtrader.parquet')
      const { indicators } = readReference<{ indicators: Record<string, { values: string[][] }> }>(
        'backtrader_checkpoints',
      )
      const sums = rollingSum(close, 14)
      // Last bar, first defined bar (the 14th), and half-way between: (−255 + 14) // 2 = −121 from the last.
      expect([sums[254], sums[13], sums[133]].map(value => value.toFixed(6))).toEqual(
        indicators['btind.SumN'].values[0],
      )
    })

    it('z-score: Stock.Indicators, population deviation, 20 bars', async () => {
      const { close } = await readOhlcv('ohlcv/SPY_1d_502_default.parquet')
      const { indicators } = readReference<{ indicators: { bb: { columns: { zScore: number[] } } } }>(
        'stockindicators_502',
      )
      expect(worstDifference(rollingZScore(close, 20, 0), indicators.bb.columns.zScore)).toBeLessThan(1e-12)
    })
  })
} else {
  noteAbsent('rolling sum and z-score against backtrader and Stock.Indicators')
}

/** The statistic of each window by itself, NaN until the first is full. */
function direct(
  values: Float64Array,
  window: number,
  statistic: (part: Float64Array, from: number) => number,
): Float64Array {
  return values.map((_, i) =>
    i < window - 1 ? NaN_ : statistic(values.subarray(i + 1 - window, i + 1), i + 1 - window),
  )
}

function sumOf(part: Float64Array): number {
  return part.reduce((sum, value) => sum + value, 0)
}

function deviationOf(part: Float64Array): number {
  return Math.sqrt(crossOf(part, part) / (part.length - 1))
}

function correlationOf(x: Float64Array, y: Float64Array): number {
  return crossOf(x, y) / Math.sqrt(crossOf(x, x) * crossOf(y, y))
}

/** Sum of products of deviations by two passes, from the first value so that no digit is lost to the level. */
function crossOf(x: Float64Array, y: Float64Array): number {
  const meanX = sumOf(x.map(value => value - x[0])) / x.length
  const meanY = sumOf(y.map(value => value - y[0])) / y.length
  return sumOf(x.map((value, i) => (value - x[0] - meanX) * (y[i] - y[0] - meanY)))
}
