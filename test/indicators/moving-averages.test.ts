/** Moving averages: worked by hand, shared prefix sums, undefined values, published results. */

import { describe, expect, it } from 'vitest'
import { ema, sma, smaFromPrefix, wilder, wma } from '../../src/indicators/moving-averages.ts'
import { prefixSums } from '../../src/indicators/rolling.ts'
import { noteAbsent, readOhlcv, readReference, sharedAvailable, worstDifference } from '../reference.ts'
import { numberArrays, randomWalk, series, warm } from './series.ts'

const NaN_ = Number.NaN
const averages = { sma, ema, wma, wilder }

describe('worked by hand on 1 3 5 7 2', () => {
  const values = series(1, 3, 5, 7, 2)

  it('simple: equal weights', () => {
    expect(worstDifference(sma(values, 3), warm(2, [3, 5, 14 / 3]))).toBeLessThan(1e-15)
  })

  it('exponential: seed 3, weight 1/2', () => {
    expect([...ema(values, 3)]).toEqual(warm(2, [3, 5, 3.5]))
  })

  it('Wilder: seed 2, weight 1/2', () => {
    expect([...wilder(values, 2)]).toEqual(warm(1, [2, 3.5, 5.25, 3.625]))
  })

  it('weighted: 1 2 3 over 6', () => {
    // 1 + 6 + 15 = 22; 3 + 10 + 21 = 34; 5 + 14 + 6 = 25.
    expect(worstDifference(wma(values, 3), warm(2, [22 / 6, 34 / 6, 25 / 6]))).toBeLessThan(1e-15)
  })

  it('over one bar is the series itself', () => {
    for (const average of Object.values(averages)) expect([...average(values, 1)]).toEqual([...values])
  })
})

describe('undefined values', () => {
  it('leave a windowed mean undefined exactly while they are inside', () => {
    const values = series(1, 3, NaN_, 5, 7)
    expect([...sma(values, 2)]).toEqual([NaN_, 2, NaN_, NaN_, 6])
    expect(worstDifference(wma(values, 2), [NaN_, 7 / 3, NaN_, NaN_, 19 / 3])).toBeLessThan(1e-15)
  })

  it('in front are passed over, later ones end an exponential mean, which is seeded anew', () => {
    const values = series(NaN_, 1, 3, 7, Number.POSITIVE_INFINITY, 8, 4, 10)
    // Weights 2/3 and 1/2: seed 2, then 16/3 and 4.5; anew: seed 6, then 26/3 and 8.
    expect(worstDifference(ema(values, 2), [NaN_, NaN_, 2, 16 / 3, NaN_, NaN_, 6, 26 / 3])).toBeLessThan(1e-15)
    expect([...wilder(values, 2)]).toEqual([NaN_, NaN_, 2, 4.5, NaN_, NaN_, 6, 8])
  })
})

describe('windows', () => {
  it.each(Object.keys(averages) as (keyof typeof averages)[])(
    '%s: 0, fractions and NaN are refused, too long gives nothing',
    name => {
      const values = series(1, 2, 3)
      for (const window of [0, -3, 1.5, NaN_])
        expect(() => averages[name](values, window)).toThrow(/whole number of bars/)
      expect([...averages[name](values, 4)]).toEqual(warm(3, []))
      expect([...averages[name](new Float64Array(0), 4)]).toEqual([])
    },
  )
})

describe('on 100,000 prices around 10,000', () => {
  const values = randomWalk(100_000, 23)
  const prefix = prefixSums(values)

  it.each([2, 14, 100])('simple mean over %i bars agrees to 1e-12 with the direct mean, shared sums or not', window => {
    const expected = values.map((_, i) => (i < window - 1 ? NaN_ : directMean(values.subarray(i + 1 - window, i + 1))))
    const actual = sma(values, window)
    expect(worstDifference(actual, expected)).toBeLessThan(1e-12)
    expect(smaFromPrefix(prefix, window)).toEqual(actual)
  })

  it('simple mean keeps the digits of small values after large ones have passed', () => {
    const mixed = values.map((value, i) => (i < 50_000 ? value * 1e6 : value / 1e6))
    const expected = mixed.map((_, i) => (i < 50_100 ? NaN_ : directMean(mixed.subarray(i - 19, i + 1))))
    expect(worstDifference(sma(mixed, 20).fill(NaN_, 0, 50_100), expected, 1e-9)).toBeLessThan(1e-12)
  })

  it('weighted mean agrees to 1e-12 with the direct formula', () => {
    const expected = values.map((_, i) => {
      if (i < 29) return NaN_
      let sum = 0
      for (let j = 0; j < 30; j++) sum += (j + 1) * values[i - 29 + j]
      return sum / 465
    })
    expect(worstDifference(wma(values, 30), expected)).toBeLessThan(1e-12)
  })
})

if (sharedAvailable) {
  describe('published results', () => {
    it('SMA and EMA over 20 bars: Stock.Indicators, 502 bars, full precision', async () => {
      const { close } = await readOhlcv('ohlcv/SPY_1d_502_default.parquet')
      const { sma: simple, ema: exponential } = readReference<StockIndicators>('stockindicators_502').indicators
      expect(worstDifference(sma(close, 20), simple.columns.sma)).toBeLessThan(1e-13)
      expect(worstDifference(ema(close, 20), exponential.columns.ema)).toBeLessThan(1e-13)
    })

    it('SMA over 10 and EMA over 9 closes: technicalindicators, full precision', () => {
      const { common_data, tests } = readReference<NpmTests>('technicalindicators_npm_tests')
      const close = Float64Array.from(numberArrays(common_data)[0])
      const [simple] = numberArrays(tests['test/moving_averages/SMA.js'])
      const [exponential] = numberArrays(tests['test/moving_averages/EMA.js'])
      expect([close.length, simple.length, exponential.length]).toEqual([18, 9, 10])
      expect(worstDifference(sma(close, 10), warm(9, simple))).toBeLessThan(1e-13)
      expect(worstDifference(ema(close, 9), warm(8, exponential))).toBeLessThan(1e-13)
    })

    it.each([
      ['SMA', 'btind.SMA', sma],
      ['Wilder (SMMA)', 'btind.SMMAEnvelope', wilder],
      ['WMA', 'btind.WMAEnvelope', wma],
    ] as const)('%s over 30 closes: backtrader %s, 6 decimals', async (_, name, average) => {
      const { close } = await readOhlcv('ohlcv/BT2006_1d_backtrader.parquet')
      const { values } = readReference<Backtrader>('backtrader_checkpoints').indicators[name]
      const actual = average(close, 30)
      // Last bar, first defined bar (the 30th), and half-way between: (−255 + 30) // 2 = −113 from the last.
      expect([actual[254], actual[29], actual[141]].map(value => value.toFixed(6))).toEqual(values[0])
      expect(actual[28]).toBeNaN()
    })
  })
} else {
  noteAbsent('moving averages against Stock.Indicators, technicalindicators and backtrader')
}

interface StockIndicators {
  indicators: { sma: { columns: { sma: number[] } }; ema: { columns: { ema: number[] } } }
}

interface NpmTests {
  common_data: string
  tests: Record<string, string>
}

interface Backtrader {
  indicators: Record<string, { values: string[][] }>
}

/** Mean from the first value, so that the sum itself loses no digit. */
function directMean(part: Float64Array): number {
  return part[0] + part.reduce((sum, value) => sum + (value - part[0]), 0) / part.length
}
