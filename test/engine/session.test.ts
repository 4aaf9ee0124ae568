/** The step machine of a paper session against the whole-frame loop, which the goldens and hand-worked cases hold to the contract. */

import { describe, expect, it } from 'vitest'
import type { StrategyName } from '../../contracts/types.ts'
import { Random } from '../../src/base/random.ts'
import { loadSchemas, schemaOf, validate } from '../../src/base/schema.ts'
import { backtest } from '../../src/engine/backtest.ts'
import { openSession, reachedLimit, type SessionState, stepSession } from '../../src/engine/session.ts'
import { SessionRun } from '../../src/engine/session-run.ts'
import { type Bars, sliceBars } from '../../src/market/bars.ts'
import { STRATEGIES } from '../../src/strategies/index.ts'
import { type Strategy, targetBuffer } from '../../src/strategies/strategy.ts'
import { goldenBars } from './fixtures.ts'

const COSTS = { fee: 0.002, slippage_bps: 8, slippage_mode: 'atr', k_atr: 0.05 } as const

/** Targets drawn from long, short, flat and parts, kept for some bars; drawn once for the longest bars there will be. */
function drawn(seed: number, warmup: number): Strategy {
  const random = new Random(seed)
  const targets: number[] = []
  let held = 0
  for (let i = 0; i < 3000; i++) {
    if (random.next() < 0.1) held = [-1, -0.5, 0, 0.3, 1][Math.floor(random.next() * 5)]
    targets.push(held)
  }
  return {
    name: 'drawn',
    family: 'drawn',
    warmup: () => warmup,
    targets(bars, _params, context) {
      const out = targetBuffer(bars, warmup, context)
      for (let i = warmup; i < out.length; i++) out[i] = targets[i]
      return out
    },
  }
}

await loadSchemas()

/** The first example of a strategy's schema, with every default filled in; undefined where it gives none. */
async function exampleOf(name: StrategyName): Promise<Record<string, unknown> | undefined> {
  const [example] = (schemaOf(`strategies/${name}`)?.['examples'] ?? []) as Record<string, unknown>[]
  if (example !== undefined) expect(await validate(`strategies/${name}`, example)).toEqual([])
  return example
}

describe.each(['signal_close', 'next_open'] as const)('%s', execution => {
  it.each([1, 2, 3, 4, 5])('steps to the very numbers of the whole frame, seed %i', seed => {
    const bars = goldenBars('ETH-USD')
    const strategy = drawn(seed, 20)
    const settings = { strategy, params: {}, costs: COSTS, execution, initialCash: 1000 }
    const whole = backtest({ ...settings, bars })
    const run = new SessionRun(settings)
    const random = new Random(100 + seed)
    while (run.processed < bars.ts.length) {
      // Bars come in groups of any size, and not all that are known are processed at once.
      const known = Math.min(bars.ts.length, run.processed + 1 + Math.floor(random.next() * 300))
      run.see(sliceBars(bars, 0, known))
      const until = run.processed + 1 + Math.floor(random.next() * (known - run.processed))
      while (run.processed < Math.min(known, until)) run.next()
    }
    const stepped = run.result()
    for (const key of Object.keys(whole) as (keyof typeof whole)[]) expect(stepped[key], key).toEqual(whole[key])
    expect(run.state.equity).toBe(whole.brokerEquity.at(-1))
    expect(run.state.fills).toBe(whole.fills.length)
  })
})

it.each(Object.values(STRATEGIES))('gives the backtest of $name bar by bar', async strategy => {
  const bars = sliceBars(goldenBars('BTC-USD'), 0, 400)
  // What has no defaults has an example in its schema.
  const params = (await exampleOf(strategy.name as StrategyName)) ?? defaultsOf(strategy.name)
  const settings = {
    strategy: strategy as Strategy,
    params,
    costs: COSTS,
    execution: 'signal_close' as const,
    initialCash: 500,
  }
  const run = new SessionRun(settings)
  for (let known = 1; known <= bars.ts.length; known++) {
    run.see(sliceBars(bars, 0, known))
    run.next()
  }
  const whole = backtest({ ...settings, bars })
  expect(run.result()).toEqual(whole)
})

it('liquidates a short that has lost everything', () => {
  const close = [100, 100, 150, 220, 90]
  const state = openSession(1000)
  const costs = { fee: 0, slippage_bps: 0, slippage_mode: 'fixed', k_atr: 0 } as const
  const steps = close.map((price, i) =>
    stepSession(
      state,
      { timestamp: i, open: price, close: price, target: i === 0 ? 0 : -1, atr: 0 },
      { execution: 'signal_close', costs },
    ),
  )
  // Short 10 units at 100: worth 1000 − 10 · (price − 100), so −200 at 220, where it is covered.
  expect(steps.map(step => step.equity)).toEqual([1000, 1000, 500, -200, -200])
  expect(steps.flatMap(step => step.fills.map(fill => [fill.side, fill.reason]))).toEqual([
    ['SHORT', 'signal=-1'],
    ['COVER', 'liquidation'],
  ])
})

it('refuses a target outside −1…1 with the bar it was given at', () => {
  const state = openSession(1000)
  const bar = { timestamp: Date.UTC(2024, 0, 2), open: 1, close: 1, target: 1.5, atr: 0 }
  const costs = { fee: 0, slippage_bps: 0, slippage_mode: 'fixed', k_atr: 0 } as const
  expect(() => stepSession(state, bar, { execution: 'signal_close', costs })).toThrow(
    /target of 1\.5 at 2024-01-02T00:00:00\.000Z/,
  )
})

it('reaches limits at the close that touches them, drawdown from the highest close', () => {
  const at = (equity: number, peak: number): SessionState => ({ ...openSession(1000), equity, peak })
  expect(reachedLimit(at(901, 1000), { max_loss: 100, max_drawdown: 0.1 })).toBeNull()
  expect(reachedLimit(at(900, 1000), { max_loss: 100 })).toBe('max_loss')
  expect(reachedLimit(at(1200, 1500), { max_loss: 100, max_drawdown: 0.2 })).toBe('max_drawdown')
  expect(reachedLimit(at(1, 1000), {})).toBeNull()
})

it('tells how many bars are missing where the warm-up is not passed', () => {
  const bars = sliceBars(goldenBars('ETH-USD'), 0, 99)
  const run = new SessionRun({
    strategy: STRATEGIES.rsi_ma_cross_v2 as Strategy,
    params: defaultsOf('rsi_ma_cross_v2'),
    costs: COSTS,
    execution: 'signal_close',
    initialCash: 1,
  })
  run.see(bars)
  for (const _ of bars.ts) expect(run.next()).toBeNull()
  expect(() => run.result()).toThrow(/No data remaining after applying indicators.*99 bars.*at least 100/)
})

it('needs the open where orders fill there', () => {
  const bars: Bars = { ...goldenBars('ETH-USD'), open: null }
  const run = new SessionRun({
    strategy: drawn(1, 0),
    params: {},
    costs: COSTS,
    execution: 'next_open',
    initialCash: 1,
  })
  expect(() => run.see(bars)).toThrow(/needs the column open/)
})

/** Parameters of each strategy as its schema fills them in. */
function defaultsOf(name: string): Record<string, number> {
  const defaults: Record<string, Record<string, number>> = {
    bollinger_reversion: { window: 20, width: 2 },
    buy_and_hold: {},
    donchian_breakout: { entry: 20, exit: 10 },
    ema_cross: { fast: 12, slow: 26 },
    macd: { fast: 12, slow: 26, signal: 9 },
    rsi_ma_cross_v2: { rsi_buy_max: 60, rsi_sell_min: 75, cooldown_days: 0 },
    sma_cross: { fast: 10, slow: 30 },
  }
  return defaults[name]
}
