/** Conditions of rules by hand, and against a plain evaluator; no rules see the future. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RulesCondition, RulesOperand, RulesParams } from '../../contracts/types.ts'
import { indicatorFor } from '../../src/indicators/index.ts'
import { type Bars, sliceBars } from '../../src/market/bars.ts'
import { barsOf, randomBars } from '../engine/fixtures.ts'
import { ALWAYS, accepted, EXECUTIONS, rules, targetsOf, truth } from './rules-fixtures.ts'

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
