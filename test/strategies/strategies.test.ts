/** Strategies against plain re-statements of their rules, by hand at the edges, and against their schemas. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StrategyName } from '../../contracts/types.ts'
import { loadSchemas, schemaOf, validate } from '../../src/base/schema.ts'
import type { Bars } from '../../src/market/bars.ts'
import { STRATEGIES, strategyFor } from '../../src/strategies/index.ts'
import { indicatorCache } from '../../src/strategies/indicator-cache.ts'
import type { Strategy } from '../../src/strategies/strategy.ts'
import { barsOf, goldenBars, randomBars } from '../engine/fixtures.ts'

const NAMES = Object.keys(STRATEGIES) as StrategyName[]

function targetsOf<P>(strategy: Strategy<P>, bars: Bars, params: P): number[] {
  return [...strategy.targets(bars, params, { execution: 'signal_close', indicators: indicatorCache(bars) })]
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** The last `count` values up to and including bar i. */
const last = (values: ArrayLike<number>, i: number, count: number) => Array.from(values).slice(i - count + 1, i + 1)

describe('rsi_ma_cross_v2', () => {
  const strategy = STRATEGIES.rsi_ma_cross_v2
  // 98 closes of 100, then below, above, …: the mean stays near 100.
  const at = (...tail: number[]) => barsOf([...new Array<number>(98).fill(100), ...tail])
  const params = { rsi_buy_max: 100, rsi_sell_min: 100, cooldown_days: 0 }

  it('sees no cross on the first bar after the warm-up', () => {
    // Bar 98 is below the mean and bar 99 above it; on the published frame bar 99 has no previous bar.
    expect(targetsOf(strategy, at(90, 110, 111), params).slice(98)).toEqual([0, 0, 0])
    expect(targetsOf(strategy, at(90, 90, 110), params).slice(98)).toEqual([0, 0, 1])
  })

  it('reads both RSI limits strictly', () => {
    const bars = at(90, 90, 110, 109)
    // RSI at bar 100: gains and losses from 0 by thirteen fourteenths: 100 − 100 / (1 + (20/14) / (13/14 · 13/14 · 10/14)).
    const gain = 20 / 14
    const loss = ((10 / 14) * 13 * 13) / 196
    const rsi = 100 - 100 / (1 + gain / loss)
    expect(targetsOf(strategy, bars, { ...params, rsi_buy_max: rsi - 1e-9 }).slice(100)).toEqual([0, 0])
    expect(targetsOf(strategy, bars, { ...params, rsi_buy_max: rsi + 1e-9 }).slice(100)).toEqual([1, 1])
    expect(targetsOf(strategy, bars, { ...params, rsi_sell_min: 50 }).slice(100)).toEqual([1, 0])
  })

  it('does not buy at an RSI equal to the limit', () => {
    // Without any loss the RSI is exactly 100.
    const rising = at(100, 100, 110, 111)
    expect(targetsOf(strategy, rising, params).slice(98)).toEqual([0, 0, 0, 0])
    expect(targetsOf(strategy, rising, { ...params, rsi_buy_max: 100.5 }).slice(98)).toEqual([0, 0, 1, 1])
  })

  it('lets the cooldown block the exit too', () => {
    // Crosses up at 100, down at 101, up at 102, down at 103.
    const bars = at(90, 90, 110, 80, 110, 80, 80)
    const tail = (cooldown_days: number) => targetsOf(strategy, bars, { ...params, cooldown_days }).slice(100)
    expect(tail(0)).toEqual([1, 0, 1, 0, 0])
    expect(tail(1)).toEqual([1, 1, 1, 0, 0])
    expect(tail(3)).toEqual([1, 1, 1, 1, 1])
  })
})

describe('against plain re-statements of the rules', () => {
  const bars = randomBars(5, 400)
  const { close, high, low } = bars as { [K in 'close' | 'high' | 'low']: Float64Array }

  /** Positions from two series by the crossing rule, from the first bar where both are defined. */
  function crossed(fast: (i: number) => number, slow: (i: number) => number, from: number, below: number): number[] {
    const out = new Array<number>(close.length).fill(0)
    for (let i = from + 1; i < close.length; i++) {
      const up = fast(i) > slow(i) && fast(i - 1) <= slow(i - 1)
      const down = fast(i) < slow(i) && fast(i - 1) >= slow(i - 1)
      out[i] = up ? 1 : down ? below : out[i - 1]
    }
    return out
  }

  /** Exponential mean seeded with the simple mean of the first `window` values from `start` on. */
  function exponential(values: number[], window: number, start = 0): number[] {
    const out = new Array<number>(values.length).fill(Number.NaN)
    out[start + window - 1] = mean(values.slice(start, start + window))
    for (let i = start + window; i < values.length; i++) {
      out[i] = (2 * values[i] + (window - 1) * out[i - 1]) / (window + 1)
    }
    return out
  }

  it.each([
    [false, 0],
    [true, -1],
  ])('crossings, short allowed: %s', (allow_short, below) => {
    const simple = (window: number) => (i: number) => mean(last(close, i, window))
    expect(targetsOf(STRATEGIES.sma_cross, bars, { fast: 5, slow: 20, allow_short })).toEqual(
      crossed(simple(5), simple(20), 19, below),
    )
    const [fast, slow] = [5, 20].map(window => exponential([...close], window))
    expect(targetsOf(STRATEGIES.ema_cross, bars, { fast: 5, slow: 20, allow_short })).toEqual(
      crossed(
        i => fast[i],
        i => slow[i],
        19,
        below,
      ),
    )
    const line = fast.map((value, i) => value - slow[i])
    const signal = exponential(line, 6, 19)
    expect(targetsOf(STRATEGIES.macd, bars, { fast: 5, slow: 20, signal: 6, allow_short })).toEqual(
      crossed(
        i => line[i],
        i => signal[i],
        24,
        below,
      ),
    )
  })

  it.each([false, true])('bollinger_reversion, short allowed: %s', allow_short => {
    let held = 0
    const expected = Array.from(close, (price, i) => {
      if (i < 9) return 0
      const window = last(close, i, 10)
      const middle = mean(window)
      const deviation = Math.sqrt(mean(window.map(value => (value - middle) * (value - middle))))
      if (held === 1 && price >= middle) held = 0
      if (held === -1 && price <= middle) held = 0
      if (held === 0 && price < middle - 1.5 * deviation) held = 1
      if (held === 0 && price > middle + 1.5 * deviation && allow_short) held = -1
      return held
    })
    expect(targetsOf(STRATEGIES.bollinger_reversion, bars, { window: 10, width: 1.5, allow_short })).toEqual(expected)
    expect(new Set(expected)).toEqual(new Set(allow_short ? [0, 1, -1] : [0, 1]))
  })

  it.each([false, true])('donchian_breakout, short allowed: %s', allow_short => {
    let held = 0
    const expected = Array.from(close, (price, i) => {
      if (i < 12) return 0
      if (held === 1 && price < Math.min(...last(low, i - 1, 6))) held = 0
      if (held === -1 && price > Math.max(...last(high, i - 1, 6))) held = 0
      if (held === 0 && price > Math.max(...last(high, i - 1, 12))) held = 1
      if (held === 0 && price < Math.min(...last(low, i - 1, 12)) && allow_short) held = -1
      return held
    })
    expect(targetsOf(STRATEGIES.donchian_breakout, bars, { entry: 12, exit: 6, allow_short })).toEqual(expected)
    expect(new Set(expected)).toEqual(new Set(allow_short ? [0, 1, -1] : [0, 1]))
  })

  it('buy_and_hold is always in', () => {
    expect(targetsOf(STRATEGIES.buy_and_hold, barsOf([1, 2, 3]), {})).toEqual([1, 1, 1])
  })
})

it('donchian_breakout refuses bars without high and low', () => {
  const bars = barsOf([1, 2, 3, 4, 5, 6])
  expect(() => targetsOf(STRATEGIES.donchian_breakout, bars, { entry: 2, exit: 2, allow_short: false })).toThrow(
    expect.objectContaining({ code: 'DATA_ERROR', message: expect.stringContaining('high and low') }),
  )
})

describe('the table', () => {
  it('has exactly the strategies that have a schema, under their own names', () => {
    const files = readdirSync(join(import.meta.dirname, '../../schemas/strategies'))
    expect(files.map(file => file.replace('.schema.json', '')).sort()).toEqual([...NAMES].sort())
    for (const name of NAMES) expect(strategyFor(name).name).toBe(name)
    expect(new Set(NAMES.map(name => strategyFor(name).family)).size).toBe(NAMES.length)
  })

  it('suggests a name', () => {
    expect(() => strategyFor('sma_crss')).toThrow(
      /Unknown strategy 'sma_crss'\. Did you mean 'sma_cross'\? Known strategies: boll/,
    )
    expect(() => strategyFor('toString')).toThrow(expect.objectContaining({ code: 'STRATEGY_ERROR' }))
  })

  it.each(NAMES)('%s: defaults are complete and trade; flat prices do not move it', async name => {
    const strategy = strategyFor(name)
    const params = await sampleOf(name)
    expect(await validate(`strategies/${name}`, params)).toEqual([])
    strategy.check?.(params)
    const warmup = strategy.warmup(params)
    const targets = targetsOf(strategy, goldenBars('BTC-USD'), params)
    expect(targets.slice(0, warmup).every(value => value === 0)).toBe(true)
    expect(targets.slice(warmup)).toContain(1)
    // 0.1 has no exact binary form: a mean that rounds differently would cross it.
    const flat = new Array<number>(300).fill(0.1)
    const held = targetsOf(strategy, barsOf(flat, { open: flat, high: flat, low: flat }), params)
    expect(new Set(held)).toEqual(new Set([name === 'buy_and_hold' ? 1 : 0]))
  })

  it.each(NAMES)('%s: refuses an unknown parameter', async name => {
    expect(await validate(`strategies/${name}`, { ...(await sampleOf(name)), speed: 1 })).toMatchObject([
      { pointer: '/speed' },
    ])
  })
})

it('computes an indicator once for all trials', () => {
  const bars = randomBars(3, 200)
  const indicators = indicatorCache(bars)
  const context = { execution: 'signal_close' as const, indicators }
  STRATEGIES.sma_cross.targets(bars, { fast: 5, slow: 20, allow_short: false }, context)
  const before = new Map(indicators.values)
  STRATEGIES.sma_cross.targets(bars, { fast: 5, slow: 30, allow_short: true }, context)
  for (const [key, value] of before) expect(indicators.values.get(key)).toBe(value)
  expect([...indicators.values.keys()].filter(key => !before.has(key))).toEqual(['close_sma:30'])
})

it('writes into the buffer that it is given', async () => {
  const bars = randomBars(3, 200)
  for (const name of NAMES) {
    const out = new Float64Array(200).fill(9)
    const strategy = strategyFor(name)
    const params = await sampleOf(name)
    expect(await validate(`strategies/${name}`, params)).toEqual([])
    const context = { execution: 'signal_close' as const, indicators: indicatorCache(bars) }
    expect(strategy.targets(bars, params, { ...context, out })).toBe(out)
    expect(out).toEqual(strategy.targets(bars, params, context))
  }
})

/** The first example of the schema, of a strategy that has no defaults; else the defaults alone. */
async function sampleOf(name: StrategyName): Promise<object> {
  await loadSchemas()
  const examples = schemaOf(`strategies/${name}`)!['examples'] as object[] | undefined
  return examples?.[0] ?? {}
}
