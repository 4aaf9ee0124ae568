/** The kernel of sweeps gives the numbers of a whole backtest, to the last bit. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { backtest } from '../../src/engine/backtest.ts'
import type { Costs } from '../../src/engine/costs.ts'
import { publishedMetrics } from '../../src/engine/metrics.ts'
import { summarizeRoundTrips } from '../../src/engine/round-trips.ts'
import type { Bars } from '../../src/market/bars.ts'
import { STRATEGIES } from '../../src/strategies/index.ts'
import { averageTrueRange, indicatorCache } from '../../src/strategies/indicator-cache.ts'
import type { Execution, Strategy } from '../../src/strategies/strategy.ts'
import { changesOfTargets, targetChanges } from '../../src/strategies/target-changes.ts'
import { closeChanges, kernelBuffer, TRIAL_METRICS, trialMetrics, trialReturns } from '../../src/sweep/kernel.ts'
import { FREE, goldenBars, randomBars } from '../engine/fixtures.ts'

interface Case {
  bars: Bars
  strategy: Strategy
  params: unknown
  costs: Costs
  execution: Execution
  initialCash: number
}

/** The row of a whole backtest; null as NaN. */
function slow(input: Case): number[] {
  const result = backtest(input)
  const published = publishedMetrics(result.netReturn, result.equity, result.position)
  const trips = summarizeRoundTrips(result.roundTrips)
  const row = { ...trips, ...published, trade_trades: trips.trades }
  return TRIAL_METRICS.map(name => row[name] ?? Number.NaN)
}

function fast(input: Case): number[] {
  const { frame, decisions } = decided(input)
  const out = new Float64Array(3 * TRIAL_METRICS.length)
  trialMetrics(frame, decisions, kernelBuffer(frame.ts.length), out, 1, 3)
  return TRIAL_METRICS.map((_, k) => out[1 + 3 * k])
}

/** The net returns of a trial, into a buffer that an earlier one was in. */
function fastReturns(input: Case): number[] {
  const { frame, decisions } = decided(input)
  const out = new Float64Array(frame.ts.length - frame.from).fill(7)
  trialReturns(frame, decisions, out)
  return [...out]
}

function decided({ bars, strategy, params, costs, execution, initialCash }: Case) {
  const indicators = indicatorCache(bars)
  const context = { execution, indicators }
  const decisions = targetChanges(bars.ts.length)
  const from = strategy.warmup(params)
  if (strategy.changes === undefined)
    changesOfTargets(strategy.targets(bars, params, context) as Float64Array, from, decisions)
  else strategy.changes(bars, params, context, decisions)
  const { open, close, ts } = bars
  const atr = costs.slippage_mode === 'atr' ? averageTrueRange(indicators, 14) : null
  const frame = { open, close, ts, atr, from, execution, costs, initialCash, changes: closeChanges(close) }
  return { frame, decisions }
}

const costs: fc.Arbitrary<Costs> = fc.record({
  fee: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.02, noNaN: true }), fc.constantFrom(0.5, 1)),
  slippage_bps: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true }), fc.constant(15000)),
  slippage_mode: fc.constantFrom('fixed' as const, 'atr' as const),
  k_atr: fc.double({ min: 0, max: 1, noNaN: true }),
})

const execution = fc.constantFrom('signal_close' as const, 'next_open' as const)

/** Holds random exposures for random stretches; `levels` are what it may hold. */
function randomStrategy(seed: number, warmup: number, levels: readonly number[], stay: number): Strategy {
  return {
    name: 'random',
    family: 'random',
    warmup: () => warmup,
    targets(bars) {
      const random = new Random(seed)
      const out = new Float64Array(bars.ts.length)
      for (let i = warmup, held = 0; i < out.length; i++) {
        if (random.next() >= stay) held = levels[random.below(levels.length)]
        out[i] = held
      }
      return out
    },
  }
}

describe('the row of a trial', () => {
  it('is that of a backtest for any exposures, costs and prices', () => {
    const levels = fc.constantFrom([0, 1], [0, 1, -1], [-1, 1], [0, 0.25, 0.7, 1], [-0.5, 0.3, -1, 0, 1])
    const input = fc.record({
      seed: fc.nat(),
      count: fc.integer({ min: 1, max: 300 }),
      // Up to bars that more than double, so that shorts are liquidated.
      volatility: fc.constantFrom(0, 0.01, 0.05, 0.6),
      warmup: fc.nat(20),
      levels,
      stay: fc.constantFrom(0, 0.5, 0.9, 0.98),
      costs,
      execution,
      initialCash: fc.constantFrom(1, 1000, 1e7),
    })
    fc.assert(
      fc.property(input, drawn => {
        const { seed, warmup, count } = drawn
        const bars = randomBars(seed, count + warmup, drawn.volatility)
        const strategy = randomStrategy(seed, warmup, drawn.levels, drawn.stay)
        const one = { ...drawn, bars, strategy, params: {} }
        expect(fast(one)).toEqual(slow(one))
        expect(fastReturns(one)).toEqual([...backtest(one).netReturn])
      }),
      { numRuns: 600 },
    )
  })

  const window = (min: number, max: number) => fc.integer({ min, max })
  const short = fc.boolean()
  const params = {
    sma_cross: fc.record({ fast: window(1, 19), slow: window(20, 80), allow_short: short }),
    ema_cross: fc.record({ fast: window(1, 19), slow: window(20, 80), allow_short: short }),
    macd: fc.record({ fast: window(2, 19), slow: window(20, 40), signal: window(2, 12), allow_short: short }),
    bollinger_reversion: fc.record({ window: window(5, 40), width: fc.constantFrom(0.5, 1, 2), allow_short: short }),
    donchian_breakout: fc.record({ entry: window(3, 40), exit: window(3, 40), allow_short: short }),
    buy_and_hold: fc.constant({}),
    rsi_ma_cross_v2: fc.record({
      rsi_buy_max: fc.constantFrom(45, 55, 60, 100),
      rsi_sell_min: fc.constantFrom(50, 65, 75),
      cooldown_days: window(0, 9),
    }),
  }
  it.each(Object.keys(params) as (keyof typeof params)[])('is that of a backtest for %s', name => {
    const strategy = STRATEGIES[name] as Strategy
    const input = fc.record({ seed: fc.nat(), params: params[name] as fc.Arbitrary<object>, costs, execution })
    fc.assert(
      fc.property(input, drawn => {
        const bars =
          drawn.seed % 2 === 0 ? randomBars(drawn.seed, 400) : goldenBars('CHZ-USD', '2020-01-01', '2021-06-01')
        const one = { ...drawn, bars, strategy, initialCash: 1000 }
        expect(fast(one)).toEqual(slow(one))
        expect(fastReturns(one)).toEqual([...backtest(one).netReturn])
      }),
      { numRuns: 60 },
    )
  })

  it('does not depend on what an earlier trial left in the buffers', () => {
    const bars = randomBars(5, 300)
    const base = { bars, costs: FREE, execution: 'signal_close' as const, initialCash: 1000 }
    const decisions = targetChanges(300)
    const active = kernelBuffer(300).fill(7)
    const rows = [5, 2, 5].map(fastWindow => {
      const input = { fast: fastWindow, slow: 40, allow_short: true }
      const indicators = indicatorCache(bars)
      STRATEGIES.sma_cross.changes?.(bars, input, { execution: 'signal_close', indicators }, decisions)
      const frame = { ...base, ...bars, atr: null, from: 39, changes: closeChanges(bars.close) }
      const out = new Float64Array(TRIAL_METRICS.length)
      trialMetrics(frame, decisions, active, out, 0, 1)
      return [...out]
    })
    expect(rows[2]).toEqual(rows[0])
    expect(rows[1]).not.toEqual(rows[0])
  })

  it.each([Number.NaN, 1.01, -2])('refuses a target of %d with the bar', bad => {
    const leaky: Strategy = {
      ...randomStrategy(1, 0, [0], 1),
      targets: ({ ts }) => new Float64Array(ts.length).fill(bad, 7, 8),
    }
    const input = {
      bars: randomBars(1, 30),
      strategy: leaky,
      params: {},
      costs: FREE,
      execution: 'signal_close' as const,
      initialCash: 1,
    }
    expect(() => fast(input)).toThrow(
      expect.objectContaining({ code: 'STRATEGY_ERROR', message: expect.stringContaining('at bar 7') }),
    )
  })
})
