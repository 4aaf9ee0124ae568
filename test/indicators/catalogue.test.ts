/** The catalogue: rules that hold for every indicator, and how names and parameters are refused. */

import { describe, expect, it } from 'vitest'
import type { GatewayError } from '../../src/base/errors.ts'
import { Random } from '../../src/base/random.ts'
import { type Columns, INDICATORS, indicatorFor } from '../../src/indicators/index.ts'
import { randomBars } from './series.ts'

const names = Object.keys(INDICATORS)
const bars: Columns = randomBars(300, 41)

/** Parameters unlike the defaults, so that a default built into a function would show. */
const OTHERS: Record<string, Record<string, number>> = {
  macd: { fast: 3, slow: 7, signal: 4 },
  stochastic: { window: 5, smoothing: 2, signal: 4 },
  bollinger: { window: 6, width: 1.5 },
  donchian: { window: 6, lag: 0 },
  true_range: {},
  rolling_std: { window: 6, ddof: 0 },
  rolling_zscore: { window: 6, ddof: 0 },
}

describe.each(names)('%s', name => {
  const { parameters, inputs, outputs, units } = INDICATORS[name]
  const period = 'period' in parameters ? { period: 5 } : { window: 5 }
  const choices = [indicatorFor(name), indicatorFor(name, OTHERS[name] ?? period)]

  it('describes itself: inputs, outputs with units, parameters with defaults inside their bounds', () => {
    expect(INDICATORS[name].description.length).toBeGreaterThan(10)
    expect(inputs.length).toBeGreaterThan(0)
    expect(Object.keys(units)).toEqual([...outputs])
    for (const { default: value, min, max, integer, description } of Object.values(parameters)) {
      expect(value).toBeGreaterThanOrEqual(min)
      expect(value).toBeLessThanOrEqual(max)
      expect(integer && !Number.isInteger(value)).toBe(false)
      expect(description).not.toBe('')
    }
  })

  it('gives new series of the same length by its declared names and leaves its inputs alone', () => {
    const before = copy(bars, 300)
    for (const choice of choices) {
      const result = choice.compute(bars)
      expect(Object.keys(result)).toEqual([...outputs])
      const arrays = Object.values(result)
      for (const array of arrays) expect(array).toHaveLength(300)
      expect(new Set([...arrays.map(array => array.buffer), ...inputs.map(input => bars[input]!.buffer)]).size).toBe(
        arrays.length + inputs.length,
      )
    }
    expect(bars).toEqual(before)
  })

  it('is warm exactly when it says: undefined only in front, all outputs defined from `warmup` on', () => {
    for (const choice of choices) {
      const arrays = Object.values(choice.compute(bars))
      const firsts = arrays.map(array => array.findIndex(value => !Number.isNaN(value)))
      expect(Math.max(...firsts)).toBe(choice.warmup)
      arrays.forEach((array, k) => {
        expect(array.subarray(firsts[k]).every(Number.isFinite)).toBe(true)
      })
    }
  })

  it('never looks ahead: cutting or scrambling the future leaves every earlier value bit for bit', () => {
    for (const choice of choices) {
      const whole = choice.compute(bars)
      for (const length of [0, 1, 2, 5, 19, 20, 34, 63, 150, 299]) {
        const cut = choice.compute(copy(bars, length))
        const scrambled = choice.compute(scrambleFrom(length))
        for (const output of outputs) {
          expect(sameBits(cut[output], whole[output].subarray(0, length))).toBe(true)
          expect(sameBits(scrambled[output].subarray(0, length), whole[output].subarray(0, length))).toBe(true)
        }
      }
    }
  })

  it('is all undefined on fewer bars than it needs', () => {
    for (const choice of choices) {
      const result = choice.compute(copy(bars, choice.warmup))
      expect(Object.values(result).some(array => array.every(Number.isNaN))).toBe(true)
      expect(Object.values(choice.compute(copy(bars, 0))).every(array => array.length === 0)).toBe(true)
    }
  })

  it('comes back to the undisturbed values after an undefined bar, or starts anew: never undefined for ever', () => {
    for (const choice of choices) {
      const broken = copy(bars, 300)
      for (const input of inputs) broken[input]![100] = Number.NaN
      const result = choice.compute(broken)
      const whole = choice.compute(bars)
      for (const output of outputs) {
        expect(sameBits(result[output].subarray(0, 100), whole[output].subarray(0, 100))).toBe(true)
        expect(result[output].subarray(100).some(Number.isNaN)).toBe(true)
        expect(result[output].subarray(102 + choice.warmup).every(Number.isFinite)).toBe(true)
      }
    }
  })

  it('names the column that is missing', () => {
    for (const input of inputs) {
      expect(() => choices[0].compute({ ...bars, [input]: null })).toThrow(`indicator ${name} reads ${input}, which`)
    }
  })
})

it('has on a constant series the values that follow from each definition', () => {
  const flat = new Float64Array(80).fill(250.1)
  const columns = { open: flat, high: flat, low: flat, close: flat, volume: flat }
  const expected: Record<string, Record<string, number>> = {
    sma: { value: 250.1 },
    ema: { value: 250.1 },
    wma: { value: 250.1 },
    wilder: { value: 250.1 },
    roc: { value: 0 },
    rsi: { value: 100 },
    rsi_seeded_at_first_bar: { value: 100 },
    macd: { macd: 0, signal: 0, histogram: 0 },
    stochastic: { k: Number.NaN, d: Number.NaN },
    true_range: { value: 0 },
    atr: { value: 0 },
    bollinger: { middle: 250.1, upper: 250.1, lower: 250.1, percent_b: Number.NaN, bandwidth: 0 },
    donchian: { upper: 250.1, middle: 250.1, lower: 250.1 },
    realised_volatility: { value: 0 },
    rolling_sum: { value: 5002 },
    rolling_std: { value: 0 },
    rolling_zscore: { value: Number.NaN },
    rolling_min: { value: 250.1 },
    rolling_max: { value: 250.1 },
    rolling_correlation: { value: Number.NaN },
  }
  expect(Object.keys(expected)).toEqual(names)
  for (const name of names) {
    const choice = indicatorFor(name)
    for (const [output, array] of Object.entries(choice.compute(columns))) {
      for (const value of array.subarray(choice.warmup)) {
        expect(value, `${name}.${output}`).toSatisfy(actual => agrees(actual, expected[name][output]))
      }
    }
  }
})

it('reads any series put in the place of close', () => {
  const { compute } = indicatorFor('rolling_max', { window: 2 })
  const columns = { open: null, high: null, low: null, close: Float64Array.of(3, 1, 2), volume: null }
  expect([...compute(columns)['value']]).toEqual([Number.NaN, 3, 2])
})

describe('indicatorFor', () => {
  it('fills in the defaults', () => {
    expect(indicatorFor('macd', { fast: 5 }).params).toEqual({ fast: 5, slow: 26, signal: 9 })
    expect(indicatorFor('macd').warmup).toBe(33)
    expect(indicatorFor('sma', { window: undefined }).params).toEqual({ window: 20 })
  })

  it.each([
    ['smaa', 'sma'],
    ['RSI', 'rsi'],
    ['bolinger', 'bollinger'],
    ['stochasitc', 'stochastic'],
    ['rolling_zscroe', 'rolling_zscore'],
  ])('answers %s with "did you mean %s"', (given, meant) => {
    const error = refusal(() => indicatorFor(given))
    expect(error.code).toBe('STRATEGY_ERROR')
    expect(error.message).toBe(`unknown indicator "${given}": did you mean "${meant}"?`)
    expect(error.details[0].suggestion).toBe(meant)
    expect(error.hint).toContain('sma, ema, wma')
  })

  it.each(['constructor', '__proto__', 'toString', '', 'quantum_flux', 'x'.repeat(100_000)])(
    'suggests nothing for a name far from all (%#)',
    given => {
      const error = refusal(() => indicatorFor(given))
      expect(error.message).toBe(`unknown indicator "${given}"`)
      expect(error.details[0]).not.toHaveProperty('suggestion')
    },
  )

  it('reports every fault of the parameters at once, each at its place', () => {
    const error = refusal(() =>
      indicatorFor('bollinger', { windwo: 5, window: 1, width: '2', 'a/b': 1 }, '/params/rule'),
    )
    expect(error.code).toBe('STRATEGY_ERROR')
    expect(error.details.map(({ pointer, message }) => [pointer, message])).toEqual([
      ['/params/rule/window', 'window must be a whole number from 2 to 1000000; got 1'],
      ['/params/rule/width', 'width must be a number from 0.01 to 100; got string'],
      ['/params/rule/windwo', 'unknown parameter "windwo": did you mean "window"?'],
      ['/params/rule/a~1b', 'unknown parameter "a/b"'],
    ])
    expect(error.hint).toBe('Parameters of bollinger: window, width')
  })

  it.each([0, -1, 2.5, 1e7, Number.NaN, Number.POSITIVE_INFINITY, null, true, '20', [20]])(
    'refuses a window of %s',
    window => {
      expect(refusal(() => indicatorFor('sma', { window })).details[0].pointer).toBe('/window')
    },
  )

  it('refuses a fast average that is not faster', () => {
    const error = refusal(() => indicatorFor('macd', { fast: 26 }))
    expect(error.details).toEqual([{ pointer: '/fast', message: 'fast must be below slow; got 26 and 26' }])
  })

  it('refuses any parameter where there are none', () => {
    expect(refusal(() => indicatorFor('true_range', { window: 3 })).hint).toBe('Parameters of true_range: none')
  })

  it('answers a missing column as a fault of the data', () => {
    const error = refusal(() => indicatorFor('atr').compute({ ...bars, high: null, low: null }))
    expect(error.code).toBe('DATA_ERROR')
    expect(error.message).toContain('reads high and low, which the data set does not have')
  })
})

function copy(columns: Columns, length: number): Columns {
  const cut = (column: Float64Array | null) => column?.slice(0, length) ?? null
  const { open, high, low, close, volume } = columns
  return { open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) }
}

/** The bars with everything from `index` on replaced by other, partly undefined numbers. */
function scrambleFrom(index: number): Columns {
  const random = new Random(index + 7)
  const columns = copy(bars, 300)
  for (const column of Object.values(columns) as Float64Array[]) {
    for (let i = index; i < 300; i++) column[i] = i % 17 === 3 ? Number.NaN : 1 + 1e6 * random.next()
  }
  return columns
}

function sameBits(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
}

/** Equal to 1e-12, relative to the level of the series. */
function agrees(actual: number, expected: number): boolean {
  return Number.isNaN(expected) ? Number.isNaN(actual) : Math.abs(actual - expected) <= 1e-12 * Math.max(1, expected)
}

function refusal(call: () => unknown): GatewayError {
  try {
    call()
  } catch (error) {
    return error as GatewayError
  }
  throw new Error('nothing was refused')
}
