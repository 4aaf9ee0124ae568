/** Rules against the built-in strategies, and what trials of a sweep share. */

import { describe, expect, it } from 'vitest'
import type { RulesParams, StrategyName } from '../../contracts/types.ts'
import { loadSchemas, schemaOf } from '../../src/base/schema.ts'
import type { Bars } from '../../src/market/bars.ts'
import { strategyFor } from '../../src/strategies/index.ts'
import { indicatorCache } from '../../src/strategies/indicator-cache.ts'
import type { Execution } from '../../src/strategies/strategy.ts'
import { goldenBars, randomBars } from '../engine/fixtures.ts'
import { accepted, EXECUTIONS, rules, targetsOf } from './rules-fixtures.ts'

await loadSchemas()

function builtIn(name: StrategyName, params: object, bars: Bars, execution: Execution): number[] {
  return [...strategyFor(name).targets(bars, params, { execution, indicators: indicatorCache(bars) })]
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
