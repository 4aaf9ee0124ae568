/** Volatility: worked by hand, undefined and flat series, published results. */

import { describe, expect, it } from 'vitest'
import { wilder } from '../../src/indicators/moving-averages.ts'
import { atr, bollinger, donchian, realisedVolatility, trueRange } from '../../src/indicators/volatility.ts'
import { noteAbsent, readOhlcv, readReference, sharedAvailable, worstDifference } from '../reference.ts'
import { numberArrays, series, warm } from './series.ts'

const NaN_ = Number.NaN

describe('true range', () => {
  it('is the widest of the bar and its gaps, of the bar alone at first', () => {
    // 2; gap up from 9: 14 − 9; gap down from 14: 14 − 8; inside 9: 4; unchanged: 0.
    const high = series(10, 14, 11, 11, 9)
    const low = series(8, 12, 8, 7, 9)
    const close = series(9, 14, 9, 9, 9)
    expect([...trueRange(high, low, close)]).toEqual([2, 5, 6, 4, 0])
    expect([...atr(high, low, close, 2)]).toEqual(warm(1, [3.5, 4.75, 4.375, 2.1875]))
  })

  it('is undefined at an undefined bar and at the bar after an undefined close; the average is seeded anew', () => {
    const high = series(2, 2, 2, 2, 2, 2)
    const low = series(1, 1, 1, 1, 1, 1)
    const close = series(1, 2, NaN_, 2, 2, 1)
    expect([...trueRange(high, low, close)]).toEqual([1, 1, 1, NaN_, 1, 1])
    expect([...atr(high, low, close, 2)]).toEqual([NaN_, 1, 1, NaN_, NaN_, 1])
  })
})

describe('Bollinger bands', () => {
  it('worked by hand: 2 4 4 6 over 3, two population deviations', () => {
    const { middle, upper, lower, percent_b, bandwidth } = bollinger(series(2, 4, 4, 6), 3, 2)
    // Both windows deviate by √8/3; 4 lies 2/3 above its mean, 6 lies 4/3 above.
    const half = (2 * Math.sqrt(8)) / 3
    expect(worstDifference(middle, warm(2, [10 / 3, 14 / 3]))).toBeLessThan(1e-15)
    expect(worstDifference(upper, warm(2, [10 / 3 + half, 14 / 3 + half]))).toBeLessThan(1e-15)
    expect(worstDifference(lower, warm(2, [10 / 3 - half, 14 / 3 - half]))).toBeLessThan(1e-15)
    expect(worstDifference(percent_b, warm(2, [0.5 + 1 / 3 / half, 0.5 + 2 / 3 / half]))).toBeLessThan(1e-15)
    expect(worstDifference(bandwidth, warm(2, [(2 * half) / (10 / 3), (2 * half) / (14 / 3)]))).toBeLessThan(1e-15)
  })

  it('coincide over equal values, where %b is undefined; around 0 the bandwidth is', () => {
    const { upper, lower, percent_b, bandwidth } = bollinger(series(4, 4, 4), 2, 2)
    expect([...upper]).toEqual(warm(1, [4, 4]))
    expect([...lower]).toEqual(warm(1, [4, 4]))
    expect([...percent_b]).toEqual(warm(3, []))
    expect([...bandwidth]).toEqual(warm(1, [0, 0]))
    expect([...bollinger(series(-1, 1), 2, 2).bandwidth]).toEqual(warm(2, []))
  })
})

describe('Donchian channel', () => {
  const high = series(5, 7, 6, 9, 8)
  const low = series(3, 4, 2, 5, 6)

  it('ends at the bar before', () => {
    const { upper, middle, lower } = donchian(high, low, 2)
    expect([...upper]).toEqual(warm(2, [7, 7, 9]))
    expect([...lower]).toEqual(warm(2, [3, 2, 2]))
    expect([...middle]).toEqual(warm(2, [5, 4.5, 5.5]))
  })

  it('includes the bar itself with a lag of 0', () => {
    const { upper, lower } = donchian(high, low, 2, 0)
    expect([...upper]).toEqual(warm(1, [7, 7, 9, 9]))
    expect([...lower]).toEqual(warm(1, [3, 2, 2, 5]))
  })
})

describe('realised volatility', () => {
  it('worked by hand: log returns 1, −1, 1', () => {
    // Sample deviation of two values is their distance over √2; of 1 −1 1 it is √(4/3).
    const close = series(1, Math.E, 1, Math.E)
    expect(worstDifference(realisedVolatility(close, 2), warm(2, [Math.SQRT2, Math.SQRT2]))).toBeLessThan(1e-14)
    expect(worstDifference(realisedVolatility(close, 3), warm(3, [Math.sqrt(4 / 3)]))).toBeLessThan(1e-14)
  })

  it('is undefined while a price that is not positive or not defined is inside', () => {
    const values = realisedVolatility(series(1, 2, 0, 2, 4, 8, NaN_, 8, 8, 8), 2)
    expect([...values].map(Number.isNaN)).toEqual([true, true, true, true, true, false, true, true, true, false])
  })
})

describe('periods and columns', () => {
  it('that cannot be are refused', () => {
    const close = series(1, 2, 3)
    expect(() => atr(close, close, close, 0)).toThrow('period must be a whole number of bars, at least 1; got 0')
    expect(() => bollinger(close, 0, 2)).toThrow(/window must be a whole number of bars/)
    expect(() => realisedVolatility(close, 0)).toThrow(/window must be a whole number of bars/)
    expect(() => donchian(close, series(1), 2)).toThrow(/equal lengths; got 3, 1/)
    expect(() => trueRange(close, close, series(1))).toThrow(/equal lengths; got 3, 3, 1/)
  })
})

if (sharedAvailable) {
  describe('published results', () => {
    it('Bollinger 20/2, ATR 14, Donchian 20: Stock.Indicators, 502 bars, full precision', async () => {
      const { high, low, close } = await readOhlcv('ohlcv/SPY_1d_502_default.parquet')
      const reference = readReference<StockIndicators>('stockindicators_502').indicators
      const bands = bollinger(close)
      expect(worstDifference(bands.middle, reference.bb.columns['sma'])).toBeLessThan(1e-13)
      expect(worstDifference(bands.upper, reference.bb.columns['upperBand'])).toBeLessThan(1e-13)
      expect(worstDifference(bands.lower, reference.bb.columns['lowerBand'])).toBeLessThan(1e-13)
      expect(worstDifference(bands.percent_b, reference.bb.columns['percentB'])).toBeLessThan(1e-12)
      expect(worstDifference(bands.bandwidth, reference.bb.columns['width'], 1e-3)).toBeLessThan(1e-12)
      const channel = donchian(high, low)
      expect(worstDifference(channel.upper, reference.donchian.columns['upperBand'])).toBe(0)
      expect(worstDifference(channel.lower, reference.donchian.columns['lowerBand'])).toBe(0)
      expect(worstDifference(channel.middle, reference.donchian.columns['centerline'])).toBeLessThan(1e-15)
      // Stock.Indicators leaves out the first true range and begins the average one bar later.
      const range = trueRange(high, low, close).fill(NaN_, 0, 1)
      expect(worstDifference(range, reference.atr.columns['tr'])).toBeLessThan(1e-15)
      expect(worstDifference(wilder(range, 14), reference.atr.columns['atr'])).toBeLessThan(1e-12)
    })

    it('ATR 14: ChartSchool spreadsheet, 10 decimals', () => {
      const { atr: table } = readReference<ChartSchool>('bukosabino_ta_chartschool').tables
      const [high, low, close] = ['High', 'Low', 'Close'].map(name => Float64Array.from(table[name], Number))
      const expected = table['ATR'].map((value, i) => (i < 13 ? NaN_ : Number(value)))
      expect(worstDifference(trueRange(high, low, close), table['TR'].map(Number))).toBeLessThan(1e-13)
      expect(worstDifference(atr(high, low, close), expected)).toBeLessThan(1e-9)
    })

    it('Bollinger 20/2: ChartSchool spreadsheet, 6 decimals', () => {
      const { bbands: table } = readReference<ChartSchool>('bukosabino_ta_chartschool').tables
      const bands = bollinger(Float64Array.from(table['Close'], Number))
      expect(worstDifference(bands.middle, table['MiddleBand'].map(Number))).toBeLessThan(1e-7)
      expect(worstDifference(bands.upper, table['HighBand'].map(Number))).toBeLessThan(1e-7)
      expect(worstDifference(bands.lower, table['LowBand'].map(Number))).toBeLessThan(1e-7)
      expect(worstDifference(bands.percent_b, table['PercentageBand'].map(Number))).toBeLessThan(1e-6)
      const percent = bands.bandwidth.map(value => 100 * value)
      expect(worstDifference(percent, table['WidthBand'].map(Number))).toBeLessThan(1e-6)
    })

    it('Bollinger 10/2 and ATR 14: technicalindicators, full precision', () => {
      const { common_data, tests } = readReference<NpmTests>('technicalindicators_npm_tests')
      const bands = bollinger(Float64Array.from(numberArrays(common_data)[0]), 10, 2)
      const source = tests['test/volatility/BollingerBands.js']
      for (const [band, property] of [
        ['middle', 'middle'],
        ['upper', 'upper'],
        ['lower', 'lower'],
        ['percent_b', 'pb'],
      ] as const) {
        const expected = [...source.matchAll(new RegExp(`"${property}": ([-\\d.]+)`, 'g'))].map(([, value]) =>
          Number(value),
        )
        expect(expected).toHaveLength(9)
        expect(worstDifference(bands[band], warm(9, expected))).toBeLessThan(1e-13)
      }
      const [high, low, close, expected] = numberArrays(tests['test/directionalmovement/ATR.js']).map(values =>
        Float64Array.from(values),
      )
      expect([high.length, expected.length]).toEqual([30, 16])
      // Like Stock.Indicators it begins at the second bar.
      const range = trueRange(high, low, close).fill(NaN_, 0, 1)
      expect(worstDifference(wilder(range, 14), warm(14, [...expected]))).toBeLessThan(1e-12)
    })

    it('ATR 14 without the first range: backtrader, 6 decimals', async () => {
      const { high, low, close } = await readOhlcv('ohlcv/BT2006_1d_backtrader.parquet')
      const average = wilder(trueRange(high, low, close).fill(NaN_, 0, 1), 14)
      const { values } = readReference<Backtrader>('backtrader_checkpoints').indicators['btind.ATR']
      // Last bar, first defined bar (the 15th), half-way: (−255 + 15) // 2 = −120 from the last.
      expect([average[254], average[14], average[134]].map(value => value.toFixed(6))).toEqual(values[0])
    })
  })
} else {
  noteAbsent('volatility against Stock.Indicators, ChartSchool, technicalindicators and backtrader')
}

interface StockIndicators {
  indicators: Record<'bb' | 'atr' | 'donchian', { columns: Record<string, number[]> }>
}

interface ChartSchool {
  tables: Record<string, Record<string, (number | string)[]>>
}

interface NpmTests {
  common_data: string
  tests: Record<string, string>
}

interface Backtrader {
  indicators: Record<string, { values: string[][] }>
}
