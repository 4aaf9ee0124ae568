/** Rules against the built-in strategies, against a plain evaluator, and by hand; refusals; no look-ahead for any rules. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RulesCondition, RulesOperand, RulesParams, StrategyName } from '../../contracts/types.ts'
import { GatewayError } from '../../src/base/errors.ts'
import { firstFault, loadSchemas, loadValidator, schemaOf, validate } from '../../src/base/schema.ts'
import { indicatorFor } from '../../src/indicators/index.ts'
import { type Bars, sliceBars } from '../../src/market/bars.ts'
import { STRATEGIES, strategyFor } from '../../src/strategies/index.ts'
import { indicatorCache } from '../../src/strategies/indicator-cache.ts'
import { compileRules } from '../../src/strategies/rules-compile.ts'
import { FALSE, TRUE, truthOf } from '../../src/strategies/rules-evaluate.ts'
import type { Execution } from '../../src/strategies/strategy.ts'
import { barsOf, goldenBars, randomBars } from '../engine/fixtures.ts'

await loadValidator('strategies/rules')
await loadSchemas()

const { rules } = STRATEGIES
const EXECUTIONS: Execution[] = ['signal_close', 'next_open']
const ALWAYS: RulesCondition = { gt: ['close', 0] }

/** The parameters as a request would pass them: through JSON, schema (which fills in the defaults) and check. */
function accepted(spec: object): RulesParams {
  const params = JSON.parse(JSON.stringify(spec))
  expect(firstFault('strategies/rules', params)).toBeUndefined()
  rules.check!(params)
  return params
}

function targetsOf(spec: object, bars: Bars, execution: Execution = 'signal_close'): number[] {
  return [...rules.targets(bars, accepted(spec), { execution, indicators: indicatorCache(bars) })]
}

function builtIn(name: StrategyName, params: object, bars: Bars, execution: Execution): number[] {
  return [...strategyFor(name).targets(bars, params, { execution, indicators: indicatorCache(bars) })]
}

/** Truth of one condition on every bar, `from` being the first bar of the frame. */
function truth(condition: RulesCondition, bars: Bars, from = 0): (boolean | undefined)[] {
  const { long } = compileRules(accepted({ long: { entry: condition } }))
  const values = truthOf(long!.entry, { cache: indicatorCache(bars), from })
  return [...values.subarray(from)].map(value => (value === TRUE ? true : value === FALSE ? false : undefined))
}

describe('a built-in strategy written as rules is the same, bit for bit', () => {
  const defaultAsRules = (buy: number, sell: number, cooldown: number) => ({
    long: {
      entry: {
        all: [{ cross_above: ['close', { sma: 20 }] }, { lt: [{ rsi_seeded_at_first_bar: { period: 14 } }, buy] }],
      },
      exit: {
        any: [{ cross_below: ['close', { sma: 20 }] }, { gt: [{ rsi_seeded_at_first_bar: { period: 14 } }, sell] }],
      },
    },
    min_hold_bars: cooldown,
    cooldown_bars: cooldown,
    warmup_bars: 99,
  })

  it.each(['BTC-USD', 'ETH-USD', 'CHZ-USD'])('rsi_ma_cross_v2 on %s', ticker => {
    const bars = goldenBars(ticker)
    for (const [buy, sell, cooldown] of [
      [60, 75, 0],
      [60, 75, 5],
      [45, 55, 1],
      [100, 100, 0],
      [70, 60, 20],
    ]) {
      const spec = defaultAsRules(buy, sell, cooldown)
      expect(rules.warmup(accepted(spec))).toBe(99)
      for (const execution of EXECUTIONS) {
        const params = { rsi_buy_max: buy, rsi_sell_min: sell, cooldown_days: cooldown }
        const expected = builtIn('rsi_ma_cross_v2', params, bars, execution)
        expect(targetsOf(spec, bars, execution)).toEqual(expected)
        expect(expected.filter((value, i) => i > 0 && value !== expected[i - 1]).length).toBeGreaterThan(5)
      }
    }
  })

  it('the first example of the schema is the default strategy', () => {
    const bars = goldenBars('BTC-USD')
    const [example] = schemaOf('strategies/rules')!['examples'] as object[]
    const params = { rsi_buy_max: 60, rsi_sell_min: 75, cooldown_days: 0 }
    expect(targetsOf(example, bars)).toEqual(builtIn('rsi_ma_cross_v2', params, bars, 'signal_close'))
  })

  const both = (up: object, down: object) => ({ long: { entry: up, exit: down }, short: { entry: down, exit: up } })
  const crossing = (a: object, b: object) => both({ cross_above: [a, b] }, { cross_below: [a, b] })
  const channel = (window: number, output: string) => ({ donchian: { window }, output })
  const band = (output: string) => ({ bollinger: { window: 10, width: 1.5 }, output })
  const lines = { fast: 5, slow: 20, signal: 6 }
  const line = (output: string) => ({ macd: lines, output })

  it.each([
    ['sma_cross', { fast: 5, slow: 20, allow_short: true }, crossing({ sma: 5 }, { sma: { window: 20 } })],
    ['ema_cross', { fast: 5, slow: 20, allow_short: true }, crossing({ ema: 5 }, { ema: 20 })],
    ['macd', { ...lines, allow_short: true }, crossing(line('macd'), line('signal'))],
    [
      'donchian_breakout',
      { entry: 12, exit: 6, allow_short: true },
      {
        long: { entry: { gt: ['close', channel(12, 'upper')] }, exit: { lt: ['close', channel(6, 'lower')] } },
        short: { entry: { lt: ['close', channel(12, 'lower')] }, exit: { gt: ['close', channel(6, 'upper')] } },
      },
    ],
    [
      'bollinger_reversion',
      { window: 10, width: 1.5, allow_short: true },
      {
        long: { entry: { lt: ['close', band('lower')] }, exit: { gte: ['close', band('middle')] } },
        short: { entry: { gt: ['close', band('upper')] }, exit: { lte: ['close', band('middle')] } },
      },
    ],
  ] as const)('%s', (name, params, spec) => {
    const bars = goldenBars('ETH-USD')
    const expected = builtIn(name, params, bars, 'signal_close')
    expect(new Set(expected)).toEqual(new Set([0, 1, -1]))
    expect(rules.warmup(accepted(spec))).toBe(strategyFor(name).warmup(params))
    expect(targetsOf(spec, bars)).toEqual(expected)
  })
})

describe('conditions', () => {
  // Bars 1 to 6 of volume: unknown, 5, 1, 3, unknown, 9.
  const bars: Bars = { ...barsOf([1, 5, 1, 1, 5, 1]), volume: Float64Array.of(Number.NaN, 5, 1, 3, Number.NaN, 9) }
  const [T, F, U] = [true, false, undefined]
  const big: RulesCondition = { gt: ['volume', 3] }

  it.each<[string, RulesCondition, (boolean | undefined)[]]>([
    ['gt', big, [U, T, F, F, U, T]],
    ['gte', { gte: ['volume', 3] }, [U, T, F, T, U, T]],
    ['lt', { lt: ['volume', 3] }, [U, F, T, F, U, F]],
    ['lte', { lte: ['volume', 3] }, [U, F, T, T, U, F]],
    ['not of undefined is undefined', { not: big }, [U, F, T, T, U, F]],
    ['all: false wins over undefined', { all: [big, { gt: ['close', 2] }] }, [F, T, F, F, U, F]],
    ['any: true wins over undefined', { any: [big, { gt: ['close', 2] }] }, [U, T, F, F, T, T]],
    ['not of all', { not: { all: [big, { gt: ['close', 2] }] } }, [T, F, T, T, U, T]],
    ['cross_above', { cross_above: ['close', 2] }, [F, T, F, F, T, F]],
    ['cross_below', { cross_below: ['close', 2] }, [U, F, T, F, F, T]],
    ['no cross without the bar before', { cross_above: [2, 'close'] }, [U, F, T, F, F, T]],
    [
      'a cross is undefined after an unknown bar only where it could be one',
      { cross_above: ['volume', 3] },
      [U, U, F, F, U, U],
    ],
    ['touching is not above, leaving a touch is a cross', { cross_above: ['close', 1] }, [F, T, F, F, T, F]],
    ['two constants', { lt: [1, 2] }, [T, T, T, T, T, T]],
    ['bars_since', { lte: [{ bars_since: { gt: ['close', 2] } }, 1] }, [U, T, T, F, T, T]],
    ['bars_since counts over undefined', { gte: [{ bars_since: big }, 3] }, [U, F, F, F, T, F]],
    ['lag', { gt: ['close', { lag: ['close', 1] }] }, [U, T, F, F, T, F]],
    ['lag 0', { gte: ['close', { lag: ['close', 0] }] }, [T, T, T, T, T, T]],
    ['lag beyond the bars', { gte: ['close', { lag: ['close', 9] }] }, [U, U, U, U, U, U]],
    ['arithmetic', { gt: [{ sub: [{ mul: [2, 'close'] }, { add: ['close', 1] }] }, 3] }, [F, T, F, F, T, F]],
    ['division by 0 is undefined', { gt: [{ div: [1, { sub: ['close', 5] }] }, -9] }, [T, U, T, T, U, T]],
    ['an indicator of a column', { gte: [{ rolling_max: 2, of: 'volume' }, 5] }, [U, U, T, F, U, U]],
    ['an indicator of a number', { gte: [{ sma: 2, of: 7 }, 7] }, [U, T, T, T, T, T]],
    // Of 1, 5, 1, 1, 5 from bar 1 on: mean gains -, 2, 1, 0.5, 2.25 and mean losses -, 0, 2, 1, 0.5.
    [
      'of begins where its series begins',
      { gt: [{ rsi_seeded_at_first_bar: 2, of: { lag: ['close', 1] } }, 50] },
      [U, U, T, F, F, T],
    ],
  ])('%s', (_, condition, expected) => {
    expect(truth(condition, bars)).toEqual(expected)
  })

  it('nothing before the frame counts for crosses and bars_since', () => {
    expect(truth({ cross_above: ['close', 2] }, bars, 1)).toEqual([U, F, F, T, F])
    expect(truth({ cross_above: ['close', 2] }, bars, 2)).toEqual([F, F, T, F])
    expect(truth({ gte: [{ bars_since: { gt: ['close', 2] } }, 0] }, bars, 2)).toEqual([U, U, T, T])
    expect(truth({ gt: ['close', { lag: ['close', 1] }] }, bars, 1)).toEqual([T, F, F, T, F])
  })

  it('an undefined condition neither enters nor leaves', () => {
    const held = { entry: big, exit: { not: big } }
    expect(targetsOf({ long: held }, bars)).toEqual([0, 1, 0, 0, 0, 1])
    expect(targetsOf({ long: { entry: { lt: ['volume', 2] }, exit: big } }, bars)).toEqual([0, 0, 1, 1, 1, 0])
  })

  it('the warm-up adds up along a chain and is the largest of all', () => {
    const warmup = (entry: RulesCondition, more: object = {}) => rules.warmup(accepted({ long: { entry }, ...more }))
    expect(warmup(ALWAYS)).toBe(0)
    expect(warmup({ gt: [{ sma: 20 }, { ema: { window: 30 } }] })).toBe(29)
    expect(warmup({ gt: ['close', { lag: [{ sma: 20 }, 3] }] })).toBe(22)
    expect(warmup({ gt: [{ sma: 5, of: { rsi: 14 } }, 50] })).toBe(18)
    expect(warmup({ any: [ALWAYS, { not: { lt: [{ bars_since: { gt: [{ atr: {} }, 1] } }, 4] } }] })).toBe(13)
    expect(warmup({ gt: [{ sma: 20 }, 0] }, { warmup_bars: 99 })).toBe(99)
    expect(warmup({ gt: [{ sma: 120 }, 0] }, { warmup_bars: 99 })).toBe(119)
    const sizing = { volatility_target: { annual_volatility: 0.2, lookback_bars: 40 } }
    expect(warmup({ gt: [{ sma: 20 }, 0] }, { sizing })).toBe(40)
    expect(
      rules.warmup(accepted({ long: { entry: ALWAYS }, short: { entry: ALWAYS, exit: { gt: [{ sma: 7 }, 1] } } })),
    ).toBe(6)
  })
})

describe('stops, worked by hand', () => {
  const long = { entry: { cross_above: ['close', 95] } }
  const short = { entry: { cross_below: ['close', 105] } }
  const falling = [90, 100, 96, 95, 97, 94, 92]
  const peak = [90, 100, 120, 109, 108, 130, 117]
  const trough = [110, 100, 80, 87, 88, 70]

  it.each<[string, object, number[], number[]]>([
    // Filled at 100: out at 95. In again at 97: out at or below 92.15.
    ['stop_loss, long', { long, stops: { stop_loss: 0.05 } }, falling, [0, 1, 1, 0, 1, 1, 0]],
    ['take_profit, long', { long, stops: { take_profit: 0.1 } }, [90, 100, 109, 110, 111], [0, 1, 1, 0, 0]],
    // The best close is 120: out at 108. No cross at 130.
    ['trailing_stop, long', { long, stops: { trailing_stop: 0.1 } }, peak, [0, 1, 1, 1, 0, 0, 0]],
    ['time_exit_bars', { long, stops: { time_exit_bars: 3 } }, [90, 100, 101, 102, 103, 104], [0, 1, 1, 1, 0, 0]],
    ['stop_loss, short', { short, stops: { stop_loss: 0.05 } }, [110, 100, 104, 105, 106], [0, -1, -1, 0, 0]],
    ['take_profit, short', { short, stops: { take_profit: 0.1 } }, [110, 100, 91, 90, 89], [0, -1, -1, 0, 0]],
    // The best close is 80: out at 88.
    ['trailing_stop, short', { short, stops: { trailing_stop: 0.1 } }, trough, [0, -1, -1, -1, 0, 0]],
    [
      'the first of several',
      { long, stops: { stop_loss: 0.5, trailing_stop: 0.2, time_exit_bars: 3 } },
      peak,
      [0, 1, 1, 1, 0, 0, 0],
    ],
    [
      'min_hold_bars does not hold a stop back',
      { long, stops: { stop_loss: 0.05 }, min_hold_bars: 9 },
      falling,
      [0, 1, 1, 0, 1, 1, 0],
    ],
    [
      'cooldown_bars follow a stop',
      { long, stops: { stop_loss: 0.05 }, cooldown_bars: 1 },
      falling,
      [0, 1, 1, 0, 0, 0, 0],
    ],
  ])('%s', (_, spec, closes, expected) => {
    expect(targetsOf(spec, barsOf(closes))).toEqual(expected)
  })

  it.each<[string, object, number[], number[], number[]]>([
    // Filled at the open of bar 2, 98: the level is 93.1, and the second cross finds a position.
    ['stop_loss', { long, stops: { stop_loss: 0.05 } }, falling, [90, 99, 98, 95, 96, 96, 93], [0, 1, 1, 1, 1, 1, 0]],
    // Filled at 125, which is the best price too: out at 112.5.
    [
      'trailing_stop',
      { long, stops: { trailing_stop: 0.1 } },
      peak,
      [90, 91, 125, 119, 109, 110, 130],
      [0, 1, 1, 0, 0, 0, 0],
    ],
    [
      'take_profit',
      { long, stops: { take_profit: 0.1 } },
      [90, 100, 114, 115, 116],
      [90, 91, 105, 114, 115],
      [0, 1, 1, 1, 0],
    ],
    [
      'short',
      { short, stops: { stop_loss: 0.05 } },
      [110, 100, 104, 105, 99],
      [110, 109, 99, 104, 105],
      [0, -1, 0, 0, -1],
    ],
    [
      'time_exit_bars',
      { long, stops: { time_exit_bars: 3 } },
      [90, 100, 101, 102, 103],
      [90, 90, 100, 101, 102],
      [0, 1, 1, 1, 0],
    ],
  ])('measured from the next open: %s', (_, spec, closes, open, expected) => {
    expect(targetsOf(spec, barsOf(closes, { open }), 'next_open')).toEqual(expected)
  })
})

describe('positions, worked by hand', () => {
  const flat = barsOf([99, 101, 99, 100, 98, 102, 99, 101])

  it('never enters again on the bar of the exit', () => {
    const spec = { long: { entry: ALWAYS }, stops: { time_exit_bars: 2 } }
    expect(targetsOf(spec, flat)).toEqual([1, 1, 0, 1, 1, 0, 1, 1])
    expect(targetsOf({ ...spec, cooldown_bars: 1 }, flat)).toEqual([1, 1, 0, 0, 1, 1, 0, 0])
    expect(targetsOf({ ...spec, cooldown_bars: 2 }, flat)).toEqual([1, 1, 0, 0, 0, 1, 1, 0])
  })

  it('min_hold_bars keep the exit condition waiting', () => {
    const spec = { long: { entry: ALWAYS, exit: ALWAYS }, min_hold_bars: 2 }
    expect(targetsOf(spec, flat)).toEqual([1, 1, 1, 0, 1, 1, 1, 0])
  })

  it('one bar may leave one side and enter the other, unless there is a cooldown', () => {
    const low = { lt: ['close', 100] }
    const high = { gte: ['close', 100] }
    const spec = { long: { entry: low, exit: high }, short: { entry: high, exit: low } }
    expect(targetsOf(spec, flat)).toEqual([1, -1, 1, -1, 1, -1, 1, -1])
    // Out at 1, nothing at 2, in at 3 (high), out at 4, nothing at 5, in at 6 (low), out at 7.
    expect(targetsOf({ ...spec, cooldown_bars: 1 }, flat)).toEqual([1, 0, 0, -1, 0, 0, 1, 0])
  })

  it('entries of both sides on one bar cancel out, and an open position ignores entries', () => {
    const entry = { gt: ['close', 100.5] }
    expect(targetsOf({ long: { entry }, short: { entry } }, flat)).toEqual(new Array(8).fill(0))
    expect(targetsOf({ long: { entry }, short: { entry: { lt: ['close', 98.5] } } }, flat)).toEqual([
      0, 1, 1, 1, 1, 1, 1, 1,
    ])
  })

  it('fraction', () => {
    const spec = { long: { entry: { gt: ['close', 100] } }, sizing: { fraction: 0.25 } }
    expect(targetsOf(spec, barsOf([99, 101, 99]))).toEqual([0, 0.25, 0.25])
    expect(targetsOf({ short: spec.long, sizing: spec.sizing }, barsOf([99, 101, 99]))).toEqual([0, -0.25, -0.25])
  })

  describe('volatility target', () => {
    // Log returns r, −r, r, 2r, −2r: of two returns a and b the sample deviation is |a − b| / √2.
    const r = Math.log(1.25)
    const bars = barsOf([80, 100, 80, 100, 156.25, 100])
    const size = (deviation: number, days = 365) => 0.5 / ((deviation / Math.SQRT2) * Math.sqrt(days))
    const spec = (more: object = {}, fraction = 1) => ({
      long: { entry: ALWAYS },
      sizing: { fraction, volatility_target: { annual_volatility: 0.5, lookback_bars: 2, ...more } },
    })
    const near = (values: number[]) => values.map(value => expect.closeTo(value, 12))

    it('keeps the size of the entry', () => {
      expect(targetsOf(spec(), bars)).toEqual(near([0, 0, size(2 * r), size(2 * r), size(2 * r), size(2 * r)]))
    })

    it('follows the volatility where asked to', () => {
      const expected = [0, 0, size(2 * r), size(2 * r), size(r), size(4 * r)]
      expect(targetsOf(spec({ rebalance: 'every_bar' }), bars)).toEqual(near(expected))
    })

    it('never exceeds the fraction', () => {
      expect(size(r)).toBeGreaterThan(0.1)
      expect(size(4 * r)).toBeLessThan(0.1)
      const expected = [0, 0, size(2 * r), size(2 * r), 0.1, size(4 * r)].map(value => Math.min(value, 0.1))
      expect(targetsOf(spec({ rebalance: 'every_bar' }, 0.1), bars)).toEqual(near(expected))
    })

    it('reads the year from the calendar and the interval', () => {
      const first = (change: Partial<Bars>) => targetsOf(spec(), { ...bars, ...change })[2]
      expect(first({ calendar: 'exchange' })).toBeCloseTo(size(2 * r, 252), 12)
      expect(first({ interval: '12h' })).toBeCloseTo(size(2 * r, 730), 12)
    })

    it('gives the fraction where nothing moves', () => {
      expect(targetsOf(spec({}, 0.7), barsOf([5, 5, 5, 5]))).toEqual([0, 0, 0.7, 0.7])
    })
  })
})

describe('refusals', () => {
  /** Pointer and message of every fault: of the schema, else of the check. */
  async function faults(spec: object): Promise<string[]> {
    const params = JSON.parse(JSON.stringify(spec))
    const shape = await validate('strategies/rules', params)
    if (shape.length > 0) return shape.map(({ pointer, message }) => `${pointer} ${message}`)
    try {
      rules.check!(params)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      expect(error.code).toBe('STRATEGY_ERROR')
      return error.details.map(({ pointer, message }) => `${pointer} ${message}`)
    }
    return []
  }
  const entry = (condition: object) => faults({ long: { entry: condition } })
  const gt = (operand: unknown) => entry({ gt: [operand, 1] })

  it.each<[string, () => Promise<string[]>, (string | RegExp)[]]>([
    ['no side', () => faults({}), [' needs long, short or both']],
    ['no entry', () => faults({ long: {} }), ["/long 'entry' is required"]],
    [
      'an unknown key',
      () => faults({ longs: { entry: ALWAYS } }),
      ["/longs unknown key 'longs'; did you mean 'long'?"],
    ],
    ['an unknown condition', () => entry({ crosses: ['close', 1] }), [/^\/long\/entry\/crosses unknown key/]],
    [
      'two conditions in one',
      () => entry({ ...ALWAYS, lt: ['close', 1] }),
      [/^\/long\/entry must NOT have more than 1 prop/],
    ],
    ['an empty condition', () => entry({}), [/^\/long\/entry must NOT have fewer than 1 prop/]],
    ['an empty all', () => entry({ all: [] }), [/^\/long\/entry\/all must NOT have fewer than 1 items/]],
    ['one operand', () => entry({ gt: ['close'] }), [/^\/long\/entry\/gt must NOT have fewer than 2 items/]],
    ['three operands', () => entry({ gt: ['close', 1, 2] }), [/^\/long\/entry\/gt must NOT have more than 2 items/]],
    ['a null operand', () => gt(null), [/^\/long\/entry\/gt\/0 must be number or string or object/]],
    ['an unknown column', () => gt('clsoe'), ["/long/entry/gt/0 unknown column 'clsoe'; did you mean 'close'?"]],
    ['an indicator as a column', () => gt('sma'), ['/long/entry/gt/0 \'sma\' is an indicator: write {"sma": {}}']],
    [
      'an unknown indicator',
      () => gt({ emaa: 5 }),
      ["/long/entry/gt/0/emaa unknown operation or indicator 'emaa'; did you mean 'ema'?"],
    ],
    [
      'a prototype key',
      () => gt(JSON.parse('{"__proto__": 5}')),
      [/^\/long\/entry\/gt\/0\/__proto__ unknown operation or indicator/],
    ],
    [
      'an inherited name',
      () => gt({ toString: 5 }),
      [/^\/long\/entry\/gt\/0\/toString unknown operation or indicator/],
    ],
    [
      'two indicators',
      () => gt({ sma: 5, ema: 5 }),
      ['/long/entry/gt/0 must name exactly one operation or indicator; found sma, ema'],
    ],
    ['none', () => gt({ of: 'close' }), ['/long/entry/gt/0 must name exactly one operation or indicator; found none']],
    [
      'a parameter out of bounds',
      () => gt({ sma: { window: 0 } }),
      [/^\/long\/entry\/gt\/0\/sma\/window window must be a whole number from 1/],
    ],
    [
      'the same in short form',
      () => gt({ sma: 2.5 }),
      [/^\/long\/entry\/gt\/0\/sma window must be a whole number from 1/],
    ],
    [
      'an unknown parameter',
      () => gt({ sma: { windw: 3 } }),
      [/^\/long\/entry\/gt\/0\/sma\/windw unknown parameter "windw": did you mean "window"/],
    ],
    [
      'parameters in conflict',
      () => gt({ macd: { fast: 30, slow: 20 }, output: 'macd' }),
      [/^\/long\/entry\/gt\/0\/macd\/fast fast must be below slow/],
    ],
    ['a text parameter', () => gt({ sma: { window: '3' } }), ['/long/entry/gt/0/sma/window must be number']],
    [
      'a number for no parameter',
      () => gt({ true_range: 3 }),
      ['/long/entry/gt/0/true_range true_range has no parameters: write {"true_range": {}}'],
    ],
    [
      'no output',
      () => gt({ bollinger: {} }),
      [/^\/long\/entry\/gt\/0\/output is required: bollinger has the outputs middle, upper/],
    ],
    [
      'an unknown output',
      () => gt({ bollinger: {}, output: 'uper' }),
      ["/long/entry/gt/0/output unknown output of bollinger 'uper'; did you mean 'upper'?"],
    ],
    [
      'an output of an operation',
      () => gt({ add: [1, 2], output: 'value' }),
      ['/long/entry/gt/0/output belongs to an indicator, not to add'],
    ],
    [
      'a series for an operation',
      () => gt({ lag: ['close', 2], of: 'close' }),
      ['/long/entry/gt/0/of belongs to an indicator, not to lag'],
    ],
    [
      'a series for atr',
      () => gt({ atr: 5, of: 'close' }),
      ['/long/entry/gt/0/of atr reads high, low, close and takes no other series'],
    ],
    ['a lag into the future', () => gt({ lag: ['close', -1] }), [/^\/long\/entry\/gt\/0\/lag\/1 must be >= 0/]],
    ['half a bar', () => gt({ lag: ['close', 0.5] }), [/^\/long\/entry\/gt\/0\/lag\/1 must be integer/]],
    ['empty stops', () => faults({ long: { entry: ALWAYS }, stops: {} }), [/^\/stops must NOT have fewer than 1 prop/]],
    [
      'a stop of 100 %',
      () => faults({ long: { entry: ALWAYS }, stops: { stop_loss: 1 } }),
      [/^\/stops\/stop_loss must be < 1/],
    ],
    [
      'leverage',
      () => faults({ long: { entry: ALWAYS }, sizing: { fraction: 2 } }),
      [/^\/sizing\/fraction must be <= 1/],
    ],
    [
      'a lookback without a target',
      () => faults({ long: { entry: ALWAYS }, sizing: { volatility_target: { lookback_bars: 5 } } }),
      [/^\/sizing\/volatility_target 'annual_volatility' is required/],
    ],
  ])('%s', async (_, found, expected) => {
    const got = await found()
    expect(got).toHaveLength(expected.length)
    expected.forEach(
      (each, i) => void (each instanceof RegExp ? expect(got[i]).toMatch(each) : expect(got[i]).toBe(each)),
    )
  })

  it('names all faults at once', async () => {
    const got = await faults({
      long: {
        entry: { all: [{ gt: ['clos', 1] }, { not: { lt: [{ sma: { window: -1, size: 2 } }, { lag: ['opn', 1] }] } }] },
      },
      short: { entry: ALWAYS, exit: { gte: [{ bars_since: { gt: [{ add: ['close', 'hihg'] }, 1] } }, { foo: 1 }] } },
    })
    expect(got.map(fault => fault.split(' ')[0])).toEqual([
      '/long/entry/all/0/gt/0',
      '/long/entry/all/1/not/lt/0/sma/window',
      '/long/entry/all/1/not/lt/0/sma/size',
      '/long/entry/all/1/not/lt/1/lag/0',
      '/short/exit/gte/0/bars_since/gt/0/add/1',
      '/short/exit/gte/1/foo',
    ])
  })

  it('limits the depth to 32', async () => {
    const nested = (nots: number): RulesCondition => (nots === 0 ? ALWAYS : { not: nested(nots - 1) })
    // The comparison and its operands are two levels more.
    expect(await entry(nested(30))).toEqual([])
    expect(await entry(nested(31))).toEqual([
      `/long/entry${'/not'.repeat(31)}/gt/0 is nested more than 32 deep`,
      `/long/entry${'/not'.repeat(31)}/gt/1 is nested more than 32 deep`,
    ])
    expect(await entry(nested(500))).toEqual([`/long/entry${'/not'.repeat(32)} is nested more than 32 deep`])
  })

  it('limits the number of conditions and operands to 256', async () => {
    const wide = (items: number) => ({ all: new Array(items).fill(ALWAYS) })
    // One for all, three for each comparison: 256 with 85 of them.
    expect(await entry(wide(85))).toEqual([])
    expect(await entry(wide(86))).toEqual(['/long/entry/all/85 is one too many: at most 256 conditions and operands'])
    expect(await entry(wide(200_000))).toHaveLength(1)
    expect(await faults({ long: { entry: wide(50) }, short: { entry: wide(50) } })).toHaveLength(1)
  })

  it('names every missing column and the place that reads it', () => {
    const bars = barsOf([1, 2, 3])
    const spec = {
      long: { entry: { all: [{ gt: ['volume', 'open'] }, { lt: [{ donchian: 1, output: 'upper' }, 'volume'] }] } },
    }
    expect(() => targetsOf(spec, bars)).toThrow(
      expect.objectContaining({
        code: 'DATA_ERROR',
        message: expect.stringContaining('volume, open, high, low'),
        details: [
          { pointer: '/long/entry/all/0/gt/0', message: 'the data have no column volume' },
          { pointer: '/long/entry/all/0/gt/1', message: 'the data have no column open' },
          { pointer: '/long/entry/all/1/lt/0/donchian', message: 'the data have no column high' },
          { pointer: '/long/entry/all/1/lt/0/donchian', message: 'the data have no column low' },
        ],
      }),
    )
    expect(() => targetsOf({ long: { entry: ALWAYS } }, bars, 'next_open')).toThrow(/do not have: open/)
  })
})

describe('sweeps', () => {
  const spec = {
    long: {
      entry: { all: [{ cross_above: ['close', { sma: { window: 20 } }] }, { lt: [{ rsi: { period: 14 } }, 60] }] },
    },
    stops: { stop_loss: 0.05 },
  }

  it('share indicators and comparisons between trials', () => {
    const bars = randomBars(3, 200)
    const indicators = indicatorCache(bars)
    const keysAfter = (change: (params: RulesParams) => void) => {
      const before = new Set(indicators.values.keys())
      const params = accepted(spec)
      change(params)
      rules.targets(bars, params, { execution: 'signal_close', indicators })
      return [...indicators.values.keys()].filter(key => !before.has(key))
    }
    expect(keysAfter(() => undefined)).toHaveLength(4)
    expect(keysAfter(params => Object.assign(params.stops!, { stop_loss: 0.1 }))).toEqual([])
    expect(keysAfter(params => params.long!.entry.all![1].lt!.splice(1, 1, 55))).toEqual([
      'rules:19:gt(55,rsi(14).value)',
    ])
  })

  it('see a parameter that was changed in place', () => {
    const bars = randomBars(3, 200)
    const params = accepted(spec)
    const context = { execution: 'signal_close' as const, indicators: indicatorCache(bars) }
    const first = [...rules.targets(bars, params, context)]
    Object.assign((params.long!.entry.all![0].cross_above![1] as { sma: object }).sma, { window: 50 })
    expect(rules.warmup(params)).toBe(49)
    expect([...rules.targets(bars, params, context)]).not.toEqual(first)
    expect(rules.warmup(accepted(spec))).toBe(19)
  })
})

// ── any rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

const SAMPLE: Bars = (() => {
  const bars = randomBars(11, 90, 0.04)
  // Unknown volumes at the beginning and in between.
  return { ...bars, volume: bars.close.map((price, i) => (i < 4 || i % 17 === 0 ? Number.NaN : (price * (i + 3)) % 7)) }
})()

const { condition: anyCondition } = fc.letrec<{ condition: RulesCondition; operand: RulesOperand }>(tie => {
  const window = fc.integer({ min: 1, max: 9 })
  const pair = fc.tuple(tie('operand'), tie('operand'))
  const record = <T>(name: string, value: fc.Arbitrary<T>) => value.map(given => ({ [name]: given }))
  const binary = (...names: string[]) => fc.oneof(...names.map(name => record(name, pair)))
  const items = fc.array(tie('condition'), { minLength: 1, maxLength: 3 })
  const column = fc.constantFrom('open', 'high', 'low', 'close', 'volume')
  return {
    condition: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      binary('gt', 'gte', 'lt', 'lte', 'cross_above', 'cross_below'),
      record('all', items),
      record('any', items),
      record('not', tie('condition')),
    ) as fc.Arbitrary<RulesCondition>,
    operand: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      column,
      fc.integer({ min: 0, max: 8 }),
      fc.constantFrom(100, 2.5),
      record('sma', window),
      record('rsi', window),
      record('atr', window),
      window.map(value => ({ donchian: value, output: 'lower' })),
      binary('add', 'sub', 'mul', 'div'),
      fc.tuple(tie('operand'), fc.integer({ min: 0, max: 5 })).map(value => ({ lag: value })),
      record('bars_since', tie('condition')),
      fc.record({ rolling_max: window, of: tie('operand') }),
      fc.record({ ema: window, of: column }),
    ) as fc.Arbitrary<RulesOperand>,
  }
})

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const anySide = fc.record({ entry: anyCondition, exit: optional(anyCondition) })
const anyRules = fc
  .record({
    long: optional(anySide),
    short: anySide,
    stops: fc.record({
      stop_loss: optional(fc.double({ min: 0.01, max: 0.2, noNaN: true })),
      take_profit: optional(fc.double({ min: 0.01, max: 0.2, noNaN: true })),
      trailing_stop: optional(fc.double({ min: 0.01, max: 0.2, noNaN: true })),
      time_exit_bars: fc.integer({ min: 1, max: 12 }),
    }),
    sizing: fc.record({
      fraction: fc.constantFrom(1, 0.4),
      volatility_target: optional(
        fc.record({
          annual_volatility: fc.constantFrom(0.1, 0.5),
          lookback_bars: fc.integer({ min: 2, max: 9 }),
          rebalance: fc.constantFrom('entry', 'every_bar'),
        }),
      ),
    }),
    min_hold_bars: fc.integer({ min: 0, max: 4 }),
    cooldown_bars: fc.integer({ min: 0, max: 3 }),
    warmup_bars: fc.integer({ min: 0, max: 20 }),
  })
  .map(spec => JSON.parse(JSON.stringify(spec)) as RulesParams)

describe('any rules', () => {
  it('stay within [-1, 1], are flat in the warm-up and know nothing of the future', () => {
    fc.assert(
      fc.property(
        anyRules,
        fc.constantFrom(...EXECUTIONS),
        fc.array(fc.integer({ min: 1, max: 89 }), { minLength: 3, maxLength: 6 }),
        (spec, execution, cuts) => {
          const targets = targetsOf(spec, SAMPLE, execution)
          const warmup = rules.warmup(accepted(spec))
          targets.forEach((value, i) => {
            expect(value >= -1 && value <= 1).toBe(true)
            if (i < warmup) expect(value).toBe(0)
          })
          for (const cut of cuts) {
            expect(targetsOf(spec, sliceBars(SAMPLE, 0, cut), execution)).toEqual(targets.slice(0, cut))
          }
        },
      ),
      { seed: 5, numRuns: 150 },
    )
  })

  it('conditions are those of a plain evaluator that looks at one bar at a time', () => {
    const tally = new Map<boolean | undefined, number>()
    fc.assert(
      fc.property(anyCondition, condition => {
        const params = accepted({ long: { entry: condition } })
        const from = rules.warmup(params)
        const found = truth(condition, SAMPLE, from)
        found.forEach((value, k) => {
          expect(value).toBe(truthAt(condition, from + k, from))
          tally.set(value, (tally.get(value) ?? 0) + 1)
        })
      }),
      { seed: 6, numRuns: 200 },
    )
    // The sample has something of each kind, so that the comparison above means something.
    for (const value of [true, false, undefined]) expect(tally.get(value)).toBeGreaterThan(500)
  })
})

/** The language, restated: one bar, no arrays; undefined where a number is NaN. */
function truthAt(condition: RulesCondition, i: number, from: number): boolean | undefined {
  const [[op, value]] = Object.entries(condition)
  if (op === 'not') {
    const item = truthAt(value, i, from)
    return item === undefined ? undefined : !item
  }
  if (op === 'all' || op === 'any') {
    const items = (value as RulesCondition[]).map(item => truthAt(item, i, from))
    const decisive = op === 'any'
    return items.includes(decisive) ? decisive : items.includes(undefined) ? undefined : !decisive
  }
  const [a, b] = value as [RulesOperand, RulesOperand]
  if (op === 'cross_above') return truthAt({ all: [{ gt: [a, b] }, before('lte', a, b, i, from)] }, i, from)
  if (op === 'cross_below') return truthAt({ all: [{ lt: [a, b] }, before('gte', a, b, i, from)] }, i, from)
  const [x, y] = [numberAt(a, i, from), numberAt(b, i, from)]
  if (Number.isNaN(x) || Number.isNaN(y)) return undefined
  return op === 'gt' ? x > y : op === 'gte' ? x >= y : op === 'lt' ? x < y : x <= y
}

/** A comparison of the bar before, as one of two numbers on this bar. */
function before(op: 'lte' | 'gte', a: RulesOperand, b: RulesOperand, i: number, from: number): RulesCondition {
  return { [op]: i === from ? [Number.NaN, 0] : [numberAt(a, i - 1, from), numberAt(b, i - 1, from)] }
}

function numberAt(operand: RulesOperand, i: number, from: number): number {
  if (typeof operand === 'number') return operand
  if (i < 0) return Number.NaN
  if (typeof operand === 'string') return SAMPLE[operand as 'close'][i]
  if (operand.lag !== undefined)
    return i < operand.lag[1] ? Number.NaN : numberAt(operand.lag[0], i - operand.lag[1], from)
  if (operand.bars_since !== undefined) {
    if (i < from) return Number.NaN
    for (let k = i; k >= from; k--) if (truthAt(operand.bars_since, k, from) === true) return i - k
    return Number.NaN
  }
  const name = Object.keys(operand).find(key => key !== 'of' && key !== 'output')!
  if (['add', 'sub', 'mul', 'div'].includes(name)) {
    const [a, b] = (operand[name] as [RulesOperand, RulesOperand]).map(each => numberAt(each, i, from))
    const result = { add: a + b, sub: a - b, mul: a * b, div: a / b }[name]!
    return Number.isFinite(result) ? result : Number.NaN
  }
  const value = operand[name] as number
  if (name === 'rolling_max') {
    const window = Array.from({ length: value }, (_, k) => numberAt(operand.of!, i - k, from))
    // A constant is a series too, which begins at the first bar.
    return i < value - 1 || window.some(Number.isNaN) ? Number.NaN : Math.max(...window)
  }
  const source = operand.of === undefined ? SAMPLE : { ...SAMPLE, close: SAMPLE[operand.of as 'close'] }
  const { indicator, compute } = indicatorFor(name, { [name === 'rsi' || name === 'atr' ? 'period' : 'window']: value })
  return compute(source)[operand.output ?? indicator.outputs[0]][i]
}
