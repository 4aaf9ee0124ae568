/** Momentum: worked by hand, undefined and flat series, published results. */

import { describe, expect, it } from 'vitest'
import { macd, roc, rsi, rsiSeededAtFirstBar, stochastic } from '../../src/indicators/momentum.ts'
import { noteAbsent, readOhlcv, readReference, sharedAvailable, worstDifference } from '../reference.ts'
import { numberArrays, series, warm } from './series.ts'

const NaN_ = Number.NaN

describe('rate of change', () => {
  it('is a ratio to the value of `window` bars before', () => {
    expect([...roc(series(100, 50, 125, 25, 125), 2)]).toEqual(warm(2, [0.25, -0.5, 0]))
  })

  it('is undefined from a base of 0 and around undefined values', () => {
    expect([...roc(series(0, 5, NaN_, 10, 5), 1)]).toEqual(warm(4, [-0.5]))
  })
})

describe('RSI', () => {
  it('worked by hand: changes +2 −1 +3 −2 over 2', () => {
    // Mean gain 1, 2, 1; mean loss 0.5, 0.25, 1.125: strength 2, 8, 8/9.
    const expected = warm(2, [200 / 3, 800 / 9, 800 / 17])
    expect(worstDifference(rsi(series(10, 12, 11, 14, 12), 2), expected)).toBeLessThan(1e-14)
  })

  it('is 100 without losses, flat series included, and 0 without gains', () => {
    expect([...rsi(series(1, 2, 3, 4), 2)]).toEqual(warm(2, [100, 100]))
    expect([...rsi(series(5, 5, 5, 5), 2)]).toEqual(warm(2, [100, 100]))
    expect([...rsi(series(4, 3, 2, 1), 2)]).toEqual(warm(2, [0, 0]))
  })

  it('starts anew after an undefined close', () => {
    expect([...rsi(series(4, 3, 2, NaN_, 3, 2, 3), 2)]).toEqual([NaN_, NaN_, 0, NaN_, NaN_, NaN_, 50])
  })
})

describe('RSI seeded at the first bar', () => {
  it('worked by hand: the same changes, means started at 0', () => {
    // Mean gain 0 1 .5 1.75 .875; mean loss 0 0 .5 .25 1.125: no loss → 100, then strength 1, 7, 7/9.
    const expected = warm(1, [100, 50, 87.5, 43.75])
    expect(worstDifference(rsiSeededAtFirstBar(series(10, 12, 11, 14, 12), 2), expected)).toBeLessThan(1e-14)
  })

  it('is defined from bar 13 for a period of 14, the length of the published warm-up', () => {
    const defined = rsiSeededAtFirstBar(
      Float64Array.from({ length: 16 }, (_, i) => 10 + (i % 3)),
      14,
    )
    expect([...defined].map(Number.isNaN).lastIndexOf(true)).toBe(12)
  })

  it('starts anew after an undefined close', () => {
    expect([...rsiSeededAtFirstBar(series(4, 3, NaN_, 3, 2, 3), 2)]).toEqual(
      [NaN_, 0, NaN_, NaN_, 0, 200 / 3].map(about),
    )
  })

  function about(value: number) {
    return Number.isNaN(value) ? NaN_ : expect.closeTo(value, 12)
  }
})

describe('MACD', () => {
  it('worked by hand: fast 1, slow 3, signal 2', () => {
    // Line: close − EMA(3) = 5 − 3, 7 − 5, 2 − 3.5; signal: seed 2, then 2 + 2/3 · (−1.5 − 2).
    const { macd: line, signal, histogram } = macd(series(1, 3, 5, 7, 2), 1, 3, 2)
    expect([...line]).toEqual(warm(2, [2, 2, -1.5]))
    expect(worstDifference(signal, warm(3, [2, -1 / 3]))).toBeLessThan(1e-15)
    expect(worstDifference(histogram, warm(3, [0, -7 / 6]))).toBeLessThan(1e-15)
  })
})

describe('stochastic oscillator', () => {
  const high = series(10, 12, 11, 13, 14)
  const low = series(8, 9, 8, 10, 11)

  it('worked by hand: 3 bars, unsmoothed, signal 2', () => {
    // Ranges 8…12, 8…13, 8…14; closes 11, 10, 14.
    const { k, d } = stochastic(high, low, series(9, 10, 11, 10, 14), 3, 1, 2)
    expect([...k]).toEqual(warm(2, [75, 40, 100]))
    expect([...d]).toEqual(warm(3, [57.5, 70]))
  })

  it('smoothed, k is what d was', () => {
    const close = series(9, 10, 11, 10, 14)
    expect(stochastic(high, low, close, 3, 2, 1).k).toEqual(stochastic(high, low, close, 3, 1, 2).d)
  })

  it('is undefined while a window has no range, and recovers', () => {
    const { k } = stochastic(series(5, 5, 5, 7), series(5, 5, 5, 3), series(5, 5, 5, 6), 2, 1, 1)
    expect([...k]).toEqual(warm(3, [75]))
  })
})

describe('periods', () => {
  it('that are no whole number of bars are refused', () => {
    const close = series(1, 2, 3)
    expect(() => rsi(close, 0)).toThrow('period must be a whole number of bars, at least 1; got 0')
    expect(() => rsiSeededAtFirstBar(close, 1.5)).toThrow(/period must be a whole number of bars/)
    expect(() => roc(close, -1)).toThrow(/window must be a whole number of bars/)
    expect(() => macd(close, 1, 2, 0)).toThrow(/whole number of bars/)
    expect(() => stochastic(close, close, series(1, 2), 2, 1, 1)).toThrow(/equal lengths/)
  })
})

if (sharedAvailable) {
  describe('published results', () => {
    it('RSI 14, MACD 12/26/9, stochastic 14/3/3, ROC 14: Stock.Indicators, 502 bars, full precision', async () => {
      const { high, low, close } = await readOhlcv('ohlcv/SPY_1d_502_default.parquet')
      const reference = readReference<StockIndicators>('stockindicators_502').indicators
      expect(worstDifference(rsi(close, 14), reference.rsi.columns['rsi'])).toBeLessThan(1e-12)
      const { macd: line, signal, histogram } = macd(close)
      expect(worstDifference(line, reference.macd.columns['macd'])).toBeLessThan(1e-11)
      expect(worstDifference(signal, reference.macd.columns['signal'])).toBeLessThan(1e-11)
      expect(worstDifference(histogram, reference.macd.columns['histogram'])).toBeLessThan(1e-11)
      const { k, d } = stochastic(high, low, close)
      expect(worstDifference(k, reference.stoch.columns['oscillator'])).toBeLessThan(1e-12)
      expect(worstDifference(d, reference.stoch.columns['signal'])).toBeLessThan(1e-12)
      const percent = roc(close, 14).map(value => 100 * value)
      expect(worstDifference(percent, reference.roc.columns['roc'])).toBeLessThan(1e-12)
    })

    it('RSI 14: technicalindicators, 2 decimals', () => {
      const arrays = numberArrays(
        readReference<NpmTests>('technicalindicators_npm_tests').tests['test/oscillators/RSI.js'],
      )
      const [closes, expected, closesWithoutLoss, expectedWithoutLoss] = arrays
      expect([closes.length, expected.length, closesWithoutLoss.length, expectedWithoutLoss.length]).toEqual([
        33, 19, 21, 7,
      ])
      expect(worstDifference(rounded(rsi(Float64Array.from(closes), 14)), warm(14, expected))).toBeLessThan(1e-12)
      const actual = rounded(rsi(Float64Array.from(closesWithoutLoss), 14))
      expect(worstDifference(actual, warm(14, expectedWithoutLoss))).toBeLessThan(1e-12)
    })

    it('MACD 5/8/3 and ROC 12: technicalindicators, full precision', () => {
      const { common_data, tests } = readReference<NpmTests>('technicalindicators_npm_tests')
      const { macd: line, signal, histogram } = macd(Float64Array.from(numberArrays(common_data)[0]), 5, 8, 3)
      const source = tests['test/moving_averages/MACD.js']
      expect(worstDifference(line, warm(7, named(source, 'MACD')))).toBeLessThan(1e-12)
      expect(worstDifference(signal, warm(9, named(source, 'signal')))).toBeLessThan(1e-12)
      expect(worstDifference(histogram, warm(9, named(source, 'histogram')))).toBeLessThan(1e-12)
      // The first array of the source is a comment.
      const [, values, expected] = numberArrays(tests['test/momentum/ROC.js'])
      const percent = roc(Float64Array.from(values), 12).map(value => 100 * value)
      expect(worstDifference(percent, warm(12, expected))).toBeLessThan(1e-13)
    })

    it('RSI seeded at the first bar: ChartSchool spreadsheet in that form, rounded to 6 decimals', () => {
      const { rsi: table } = readReference<ChartSchool>('bukosabino_ta_chartschool').tables
      // The spreadsheet begins one bar later than the published variant.
      const actual = rsiSeededAtFirstBar(Float64Array.from(table['Close'], Number), 14).fill(NaN_, 0, 14)
      expect(worstDifference(actual, table['RSI'].map(Number), 50)).toBeLessThan(1e-6)
    })

    it('MACD line and momentum: backtrader PriceOsc, PPO and Momentum, 6 decimals', async () => {
      const { close } = await readOhlcv('ohlcv/BT2006_1d_backtrader.parquet')
      const { indicators } = readReference<Backtrader>('backtrader_checkpoints')
      const { macd: line } = macd(close)
      // Last bar, first defined bar (the 26th), half-way: (−255 + 26) // 2 = −115 from the last.
      expect([line[254], line[25], line[139]].map(value => value.toFixed(6))).toEqual(
        indicators['btind.PriceOsc'].values[0],
      )
      const change = roc(close, 12).map((value, i) => value * close[i - 12])
      expect([change[254], change[12], change[133]].map(value => value.toFixed(6))).toEqual(
        indicators['btind.Momentum'].values[0],
      )
    })
  })
} else {
  noteAbsent('momentum against Stock.Indicators, technicalindicators, ChartSchool and backtrader')
}

interface StockIndicators {
  indicators: Record<'rsi' | 'macd' | 'stoch' | 'roc', { columns: Record<string, number[]> }>
}

interface NpmTests {
  common_data: string
  tests: Record<string, string>
}

interface ChartSchool {
  tables: Record<string, Record<string, (number | string)[]>>
}

interface Backtrader {
  indicators: Record<string, { values: string[][] }>
}

/** To two decimals, as the reference prints. */
function rounded(values: Float64Array): Float64Array {
  return values.map(value => Math.round(value * 100) / 100)
}

/** Every number given for one property in a piece of JavaScript source, in order. */
function named(source: string, property: string): number[] {
  return [...source.matchAll(new RegExp(`"${property}": ([-\\d.]+)`, 'g'))].map(([, value]) => Number(value))
}
