/** `learned_model` against its definition by hand: features, predictions, positions. */

import { describe, expect, it } from 'vitest'
import type { LearnedFeature, LearnedModelParams } from '../../contracts/types.ts'
import { firstFault, loadValidator } from '../../src/base/schema.ts'
import type { Bars } from '../../src/market/bars.ts'
import { STRATEGIES } from '../../src/strategies/index.ts'
import { indicatorCache } from '../../src/strategies/indicator-cache.ts'
import { bindFeatures } from '../../src/strategies/learned-features.ts'
import { predictions } from '../../src/strategies/learned-model.ts'
import { barsOf, randomBars } from '../engine/fixtures.ts'

await loadValidator('strategies/learned_model')

const CLOSE = [100, 110, 99, 108.9, 87.12, 104.544]

function columnOf(feature: LearnedFeature, bars: Bars): number[] {
  return [...bindFeatures([feature], () => '')[0].column(indicatorCache(bars))]
}

function near(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    if (Number.isNaN(value)) expect([i, actual[i]]).toEqual([i, Number.NaN])
    else expect(actual[i], String(i)).toBeCloseTo(value, 12)
  })
}

describe('features', () => {
  const nan = Number.NaN

  it('of returns are over the window, as old as the lag', () => {
    const bars = barsOf(CLOSE)
    near(columnOf({ kind: 'return', returns: 'simple' }, bars), [nan, 0.1, -0.1, 0.1, -0.2, 0.2])
    near(columnOf({ kind: 'return', window: 2 }, bars), [nan, nan, ...[0.99, 0.99, 0.88, 0.96].map(Math.log)])
    near(columnOf({ kind: 'return', returns: 'simple', window: 2, lag: 1 }, bars), [nan, nan, nan, -0.01, -0.01, -0.12])
  })

  it('of indicators in units of the price are divided by the close of their bar, others are as they are', () => {
    const bars = barsOf(CLOSE)
    const sma = { kind: 'indicator', indicator: 'sma', params: { window: 2 } } as const
    near(columnOf(sma, bars), [nan, 105 / 110, 104.5 / 99, 103.95 / 108.9, 98.01 / 87.12, 95.832 / 104.544])
    near(columnOf({ ...sma, lag: 2 }, bars).slice(2), [nan, 105 / 110, 104.5 / 99, 103.95 / 108.9])
    const roc = { kind: 'indicator', indicator: 'roc', params: { window: 1 } } as const
    near(columnOf(roc, bars), [nan, 0.1, -0.1, 0.1, -0.2, 0.2])
  })

  it('have names, warm-ups and formulas of their own', () => {
    const bound = bindFeatures(
      [
        { kind: 'return', column: 'volume', window: 3, lag: 2, returns: 'simple' },
        { kind: 'indicator', indicator: 'bollinger', params: { width: 1.5 }, output: 'upper', lag: 1 },
        { kind: 'indicator', indicator: 'true_range', name: 'range' },
      ],
      () => '',
    )
    expect(bound.map(({ name, warmup, formula }) => [name, warmup, formula])).toEqual([
      ['volume_return_3_simple_lag_2', 5, 'volume[t−2] / volume[t−5] − 1'],
      ['bollinger_20_1p5_upper_lag_1', 20, 'bollinger(window=20,width=1.5).upper[t−1] / close[t−1]'],
      ['range', 0, 'true_range().value[t] / close[t]'],
    ])
    // A complete definition is its own name and meaning again.
    expect(
      bindFeatures(
        bound.map(({ definition }) => definition),
        () => '',
      ).map(({ definition }) => definition),
    ).toEqual(bound.map(({ definition }) => definition))
  })

  it('say which column the data lack', () => {
    expect(() => columnOf({ kind: 'return', column: 'volume' }, barsOf(CLOSE))).toThrow(
      expect.objectContaining({ code: 'DATA_ERROR', message: expect.stringContaining('volume') }),
    )
    expect(() => columnOf({ kind: 'indicator', indicator: 'atr' }, barsOf(CLOSE))).toThrow(
      expect.objectContaining({ code: 'DATA_ERROR' }),
    )
  })

  it('keep every bit when prices are quoted in another unit', () => {
    const bars = randomBars(4, 120)
    const times = (column: Float64Array | null) => column?.map(value => 8 * value) ?? null
    const other = {
      ...bars,
      open: times(bars.open),
      high: times(bars.high),
      low: times(bars.low),
      close: bars.close.map(value => 8 * value),
    }
    for (const indicator of ['sma', 'macd', 'atr', 'donchian', 'rolling_std', 'rsi', 'bollinger'])
      expect(columnOf({ kind: 'indicator', indicator }, other)).toEqual(
        columnOf({ kind: 'indicator', indicator }, bars),
      )
  })
})

const simple = { kind: 'return', returns: 'simple' } as const

function model(more: object = {}): LearnedModelParams {
  const params = {
    ...{ family: 'ridge', horizon: 1, intercept: 0.01 },
    terms: [{ feature: simple, mean: 0.05, scale: 0.1, coefficient: -0.02 }],
    ...more,
  }
  expect(firstFault('strategies/learned_model', params)).toBeUndefined()
  return params as unknown as LearnedModelParams
}

function targetsOf(params: LearnedModelParams, bars: Bars): number[] {
  return [
    ...STRATEGIES.learned_model.targets(bars, params, { execution: 'signal_close', indicators: indicatorCache(bars) }),
  ]
}

describe('positions', () => {
  const bars = barsOf(CLOSE)

  it('of a ridge follow intercept + coefficient · (feature − mean) / scale', () => {
    // Features 0.1, −0.1, 0.1, −0.2, 0.2 give 0, 0.04, 0, 0.06, −0.02.
    near([...predictions(model(), indicatorCache(bars))].slice(1), [0, 0.04, 0, 0.06, -0.02])
    expect(targetsOf(model(), bars).slice(2)).toEqual([1, expect.anything(), 1, 0])
    expect(targetsOf(model({ entry_threshold: 0.05 }), bars)).toEqual([0, 0, 0, 0, 1, 0])
    expect(targetsOf(model({ entry_threshold: 0.01, positions: 'long_short' }), bars)).toEqual([0, 0, 1, 0, 1, -1])
  })

  it('of a logistic follow the probability less one half', () => {
    const params = model({ family: 'logistic', intercept: 0, entry_threshold: 0.1, positions: 'long_short' })
    const wide = { ...params, terms: [{ ...params.terms[0], mean: 0, coefficient: -1 }] } as LearnedModelParams
    const odds = [-1, 1, -1, 2, -2]
    near(
      [...predictions(wide, indicatorCache(bars))].slice(1),
      odds.map(value => 1 / (1 + Math.exp(-value))),
    )
    expect(targetsOf(wide, bars)).toEqual([0, -1, 1, -1, 1, -1])
    // 1 / (1 + e^−1) is 0.73: less than 0.75.
    expect(targetsOf({ ...wide, entry_threshold: 0.25 }, bars)).toEqual([0, 0, 0, 0, 1, -1])
  })

  it('are flat where a feature has no value', () => {
    const flat = barsOf([5, 5, 5, 5, 5, 6, 7])
    const zscore = { kind: 'indicator', indicator: 'rolling_zscore', params: { window: 3 } } as const
    const params = model({ intercept: 1, terms: [{ feature: zscore, mean: 0, scale: 1, coefficient: 0.1 }] })
    expect(targetsOf(params, flat)).toEqual([0, 0, 0, 0, 0, 1, 1])
  })
})
