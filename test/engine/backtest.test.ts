/** Whole backtests against the published implementation, an independent one, and numbers worked by hand. */

import { describe, expect, it } from 'vitest'
import { type Backtest, backtest, runTrial, scratchFor } from '../../src/engine/backtest.ts'
import { fillRows } from '../../src/engine/broker.ts'
import { summarizeRoundTrips } from '../../src/engine/round-trips.ts'
import { STRATEGIES } from '../../src/strategies/index.ts'
import { indicatorCache } from '../../src/strategies/indicator-cache.ts'
import { type Strategy, targetBuffer } from '../../src/strategies/strategy.ts'
import { noteAbsent, readColumns, readReference, sharedAvailable } from '../reference.ts'
import {
  barsOf,
  expectClose,
  FREE,
  fixtureCsv,
  type GoldenCase,
  goldenBars,
  goldenCases,
  randomBars,
} from './fixtures.ts'

const strategy = STRATEGIES.rsi_ma_cross_v2

function inputOf({ params }: GoldenCase) {
  const { fee, slippage_bps, slippage_mode, k_atr } = params
  return {
    bars: goldenBars(params.ticker, params.start, params.end),
    strategy,
    params,
    costs: { fee, slippage_bps, slippage_mode, k_atr },
    execution: 'signal_close' as const,
    initialCash: params.initial_cash,
  }
}

/** The published metrics, straight from the formulas of the contract, in the two-pass form of numpy. */
function published({ netReturn, equity, position, tradeCount, bars }: Backtest): Record<string, number> {
  const net = [...netReturn]
  const mean = net.reduce((a, b) => a + b, 0) / net.length
  const deviation = Math.sqrt(net.reduce((a, b) => a + (b - mean) * (b - mean), 0) / (net.length - 1))
  const active = net.filter((_, i) => i > 0 && position[i - 1] === 1)
  let peak = equity[0]
  let worst = 0
  for (const value of equity) {
    peak = Math.max(peak, value)
    worst = Math.min(worst, value / peak - 1)
  }
  return {
    days: bars,
    trades: tradeCount,
    total_return: equity[bars - 1] - 1,
    max_drawdown: worst,
    sharpe_simple: (Math.sqrt(252) * mean) / (deviation + 1e-12),
    winrate_active_days: active.length === 0 ? 0 : active.filter(value => value > 0).length / active.length,
  }
}

describe('published results', () => {
  it.each(goldenCases)('$name', golden => {
    const result = backtest(inputOf(golden))
    const trips = summarizeRoundTrips(result.roundTrips)
    const { trades: trade_trades, ...rest } = trips
    const ours: Record<string, number> = {
      ...rest,
      trade_trades,
      buy_signals: result.buySignals,
      sell_signals: result.sellSignals,
      ...published(result),
    }
    for (const [name, expected] of Object.entries(golden.expected)) expectClose(ours[name], expected!, name)
    expectClose(Math.min(...result.drawdown), published(result).max_drawdown, 'drawdown column')
  })

  it.each(goldenCases.filter(({ trades }) => trades !== undefined))('$name: trades.csv row by row', golden => {
    const { header, rows } = fixtureCsv(`golden-engine/${golden.trades}`)
    const table = fillRows(backtest(inputOf(golden)).fills, '1d')
    expect(Object.keys(table.columns)).toEqual(header)
    expect(table.rows).toBe(rows.length)
    rows.forEach((cells, row) => {
      header.forEach((name, column) => {
        const ours = table.columns[name][row]
        if (typeof ours === 'number') expectClose(ours, Number(cells[column]), `${name} ${row}`)
        else expect(ours).toBe(cells[column])
      })
    })
  })
})

it('gives a trial in reused buffers the same bytes as a run', () => {
  const bars = goldenBars('ETH-USD', '2021-01-01', '2024-01-01')
  const scratch = scratchFor(bars.ts.length)
  const indicators = indicatorCache(bars)
  // Different warm-ups and both execution models in the same buffers, longest first.
  const long = { fast: 20, slow: 200, allow_short: true }
  const short = { fast: 3, slow: 8, allow_short: false }
  for (const params of [long, short, long]) {
    for (const execution of ['signal_close', 'next_open'] as const) {
      const costs = { fee: 0.001, slippage_bps: 5, slippage_mode: 'atr' as const, k_atr: 0.1 }
      const input = { bars, strategy: STRATEGIES.sma_cross, params, costs, execution, initialCash: 500 }
      const trial = runTrial({ ...input, indicators }, scratch)
      const run = backtest(input)
      for (const [name, value] of Object.entries(trial))
        expect([name, run[name as keyof Backtest]]).toEqual([name, value])
    }
  }
})

it('fills at the next open and splits the return of that bar there', () => {
  // Cross up at bar 2 (fast 1 > slow 2), cross down at bar 4; fills at the opens of bars 3 and 5.
  const bars = barsOf([10, 9, 12, 13, 11, 10], { open: [10, 9, 11, 12.5, 13.5, 10.8] })
  const result = backtest({
    bars,
    strategy: STRATEGIES.sma_cross,
    params: { fast: 1, slow: 2, allow_short: false },
    costs: { ...FREE, fee: 0.01, slippage_bps: 100 },
    execution: 'next_open',
    initialCash: 1000,
  })
  expect([...result.target]).toEqual([0, 1, 1, 0, 0])
  expect([...result.position]).toEqual([0, 0, 1, 1, 0])
  // Frame: bars 1…5. Costs 2 % at each fill: bar 3 earns 13/12.5, bar 4 11/13, bar 5 10.8/11.
  const net = [0, 0, 0.98 * (13 / 12.5) - 1, 11 / 13 - 1, (10.8 / 11) * 0.98 - 1]
  for (const [i, value] of net.entries()) expectClose(result.netReturn[i], value, `net ${i}`)
  // Broker: 1000 less 10 of fee at 12.5 · 1.01; sold at 10.8 · 0.99 less 1 %.
  const qty = 990 / (12.5 * 1.01)
  const cash = qty * 10.8 * 0.99 * 0.99
  expect(result.fills.map(fill => [fill.side, fill.close])).toEqual([
    ['BUY', 12.5],
    ['SELL', 10.8],
  ])
  expect(result.fills.map(fill => fill.timestamp)).toEqual([bars.ts[3], bars.ts[5]])
  expectClose(result.brokerEquity[2], qty * 13, 'marked at the close')
  expectClose(result.brokerEquity[4], cash, 'cash at the end')
})

it('slips at the next open by what was known at the decision', () => {
  // Flat at 10 for 14 bars, then closes 9 and 12: true ranges 1 and 3, so the ATR is (13/14)(1/14) + 3/14. Bought one bar on.
  const flat = new Array<number>(14).fill(10)
  const slippage = (highOfFillBar: number) =>
    backtest({
      bars: barsOf([...flat, 9, 12, 13], {
        open: [...flat, 9, 11, 12.5],
        high: [...flat, 9, 12, highOfFillBar],
        low: [...flat, 9, 10.8, 12],
      }),
      strategy: {
        name: 'b',
        family: 'b',
        warmup: () => 14,
        targets: bars => bars.close.map(price => (price > 10 ? 1 : 0)),
      },
      params: {},
      costs: { ...FREE, slippage_mode: 'atr', k_atr: 0.01 },
      execution: 'next_open',
      initialCash: 1000,
    }).fills[0].slippage
  expectClose(slippage(13), (0.01 * (13 / 196 + 3 / 14)) / 12, 'fraction')
  expect(slippage(1000)).toBe(slippage(13))
})

it('agrees with an independent long-short backtest at the next open', async context => {
  if (!sharedAvailable) {
    noteAbsent('SmaCross on GOOG')
    return context.skip()
  }
  const reference = readReference<{ verified_here: Record<string, number> }>('backtestingpy_readme_smacross_goog')
  const { trades, win_rate_pct, best_trade_pct, worst_trade_pct, final_equity } = reference.verified_here
  const { numbers } = await readColumns('ohlcv/GOOG_1d_backtestingpy.parquet')
  const { ts, open, high, low, close } = numbers
  const input = {
    bars: { symbol: 'GOOG', interval: '1d', calendar: 'exchange' as const, ts, open, high, low, close, volume: null },
    strategy: STRATEGIES.sma_cross,
    params: { fast: 10, slow: 20, allow_short: true },
    execution: 'next_open' as const,
    initialCash: 10000,
  }
  // The reference buys whole shares and charges 20 bps in the price of each entry, nothing at the exit. Charging 10 bps at
  // both, of fractional shares, costs the same per trip; what remains is the rounding to whole shares of an account of 10,000.
  const result = backtest({ ...input, costs: { ...FREE, slippage_bps: 10 } })
  const trips = result.roundTrips
  expect(trips.length).toBe(trades)
  expectClose(summarizeRoundTrips(trips).win_rate_trades, win_rate_pct / 100, 'win rate')
  const returns = trips.map(trip => 100 * trip.return_pct)
  expect(Math.abs(Math.max(...returns) - best_trade_pct)).toBeLessThan(0.2)
  expect(Math.abs(Math.min(...returns) - worst_trade_pct)).toBeLessThan(0.2)
  expect(Math.abs(result.brokerEquity.at(-1)! / final_equity - 1)).toBeLessThan(0.02)
})

describe('refusals', () => {
  const bars = randomBars(1, 120)
  const params = { rsi_buy_max: 60, rsi_sell_min: 75, cooldown_days: 0 }
  const base = { bars, strategy, params, costs: FREE, execution: 'signal_close' as const, initialCash: 1000 }
  const custom = (targets: Strategy['targets']): Strategy => ({
    name: 'custom',
    family: 'custom',
    warmup: () => 0,
    targets,
  })

  it('needs one bar more than the warm-up', () => {
    const first = (count: number) => ({ ...base, bars: randomBars(1, count) })
    expect(() => backtest(first(99))).toThrow(
      'No data remaining after applying indicators (need more history for lookbacks). TEST has 99 bars in the window; rsi_ma_cross_v2 needs at least 100.',
    )
    expect(backtest(first(100)).bars).toBe(1)
    expect(() => backtest({ ...base, bars: barsOf([]) })).toThrow(expect.objectContaining({ code: 'DATA_ERROR' }))
  })

  it('needs opens to fill at the open', () => {
    const input = { ...base, bars: { ...bars, open: null }, execution: 'next_open' as const }
    expect(() => backtest(input)).toThrow(/needs the column open/)
  })

  it.each([Number.NaN, 1.01, -1.01, Number.POSITIVE_INFINITY])('refuses a target of %d', bad => {
    const leaky = custom(({ ts }) => new Float64Array(ts.length).fill(bad, 7, 8))
    for (const execution of ['signal_close', 'next_open'] as const) {
      expect(() => backtest({ ...base, strategy: leaky, execution })).toThrow(
        expect.objectContaining({ code: 'STRATEGY_ERROR', message: expect.stringContaining('at bar 7') }),
      )
    }
  })

  it('refuses bars that a strategy leaves undecided, whatever an earlier trial left in the buffer', () => {
    const scratch = scratchFor(120)
    runTrial({ ...base, strategy: STRATEGIES.buy_and_hold, params: {} }, scratch)
    const lazy = custom((all, _, context) => targetBuffer(all, 10, context))
    expect(() => runTrial({ ...base, strategy: lazy }, scratch)).toThrow(/target of NaN at bar 10/)
  })

  it('reports a strategy that throws, and one that gives too few targets', () => {
    const broken = custom(() => {
      throw new Error('no such indicator')
    })
    const failure = expect.objectContaining({
      code: 'STRATEGY_ERROR',
      message: expect.stringContaining('no such indicator'),
    })
    expect(() => backtest({ ...base, strategy: broken })).toThrow(failure)
    expect(() => backtest({ ...base, strategy: custom(() => new Float64Array(3)) })).toThrow(/3 targets for 120 bars/)
  })

  it('refuses windows in the wrong order and a cache of other bars', () => {
    const wrong = { ...base, strategy: STRATEGIES.sma_cross, params: { fast: 20, slow: 20, allow_short: false } }
    expect(() => backtest(wrong)).toThrow(/fast \(20\) must be below slow \(20\)/)
    expect(() => backtest({ ...base, indicators: indicatorCache(randomBars(1, 120)) })).toThrow(/other bars/)
  })

  it('says when slippage by ATR has nothing to read', () => {
    const costs = { ...FREE, slippage_mode: 'atr' as const, k_atr: 5 }
    const flat = backtest({ ...base, bars: goldenBars('ETH-USD', '2021-01-01', '2022-01-01'), costs })
    expect(flat.warnings).toEqual([])
    const blind = { ...goldenBars('ETH-USD', '2021-01-01', '2022-01-01'), high: null }
    const result = backtest({ ...base, bars: blind, costs })
    expect(result.warnings).toHaveLength(1)
    expect(result.fills.length).toBeGreaterThan(0)
    expect(result.fills.every(fill => fill.slippage === 0.0002)).toBe(true)
  })
})
