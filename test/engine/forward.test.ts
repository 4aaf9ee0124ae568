/** Forward evaluation by hand, and the law of resuming: any split gives, bit for bit, what one go gives. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StrategyName } from '../../contracts/types.ts'
import { parseCsv } from '../../src/base/csv.ts'
import { GatewayError } from '../../src/base/errors.ts'
import { loadSchemas, schemaOf, validate } from '../../src/base/schema.ts'
import { type Fill, openAccount } from '../../src/engine/broker.ts'
import type { Costs } from '../../src/engine/costs.ts'
import { evaluateForward, type ForwardInput } from '../../src/engine/forward.ts'
import { forwardAccount, forwardMetricsInput, forwardSummary, positions } from '../../src/engine/forward-figures.ts'
import { curveOf, fillsOf, timestampOf } from '../../src/engine/forward-record.ts'
import { type Bars, sliceBars } from '../../src/market/bars.ts'
import { DAY_MS } from '../../src/market/calendar.ts'
import { STRATEGIES, strategyFor } from '../../src/strategies/index.ts'
import type { Execution } from '../../src/strategies/strategy.ts'
import { barsOf, FREE, randomBars } from './fixtures.ts'

const START = Date.parse('2024-01-01')
const at = (day: number) => START + day * DAY_MS
const TENTH = { ...FREE, fee: 0.1 }

function inputOf(bars: Bars, strategy: StrategyName, params: unknown, more: Partial<ForwardInput> = {}): ForwardInput {
  return {
    bars,
    start: bars.ts[0],
    after: null,
    strategy: strategyFor(strategy),
    params,
    costs: FREE,
    execution: 'signal_close',
    account: openAccount(1000),
    ...more,
  }
}

const days = (fills: readonly Fill[]) => fills.map(fill => `${fill.side} ${(fill.timestamp - START) / DAY_MS}`)

describe('an evaluation', () => {
  it('begins flat on the first bar of the window and buys there what the strategy holds', () => {
    const bars = barsOf([90, 95, 100, 110, 99])
    const segment = evaluateForward(inputOf(bars, 'buy_and_hold', {}, { start: at(2), costs: TENTH }))
    // 1000 less a fee of 100 buys 9 units at 100.
    expect([...segment.accountEquity]).toEqual([900, 990, 891])
    expect(segment.fills).toEqual([
      {
        timestamp: at(2),
        side: 'BUY',
        close: 100,
        exec_price: 100,
        qty: 9,
        fee: 100,
        equity_after: 900,
        slippage: 0,
        reason: 'signal=1',
      },
    ])
    expect(segment.account).toEqual({ cash: 0, qty: 9, target: 1 })
    expect([...segment.ts]).toEqual([at(2), at(3), at(4)])
  })

  // Closes against their mean over two bars: up on day 2, down on day 5, up on day 6, down on day 7.
  const crossing = barsOf([10, 9, 10, 11, 12, 11, 13, 12])

  it('does not inherit a position from before the window, and waits for the next entry', () => {
    const whole = evaluateForward(inputOf(crossing, 'sma_cross', { fast: 1, slow: 2, allow_short: false }))
    expect(days(whole.fills)).toEqual(['BUY 2', 'SELL 5', 'BUY 6', 'SELL 7'])
    const later = evaluateForward(
      inputOf(crossing, 'sma_cross', { fast: 1, slow: 2, allow_short: false }, { start: at(4) }),
    )
    expect(days(later.fills)).toEqual(['BUY 6', 'SELL 7'])
    expect(later).toMatchObject({ warmupBars: 1, seenFrom: 2, evaluatedFrom: 4 })
  })

  it('sees one bar before the window, so that a crossing on its first bar counts', () => {
    const segment = evaluateForward(
      inputOf(crossing, 'sma_cross', { fast: 1, slow: 2, allow_short: false }, { start: at(6) }),
    )
    expect(days(segment.fills)).toEqual(['BUY 6', 'SELL 7'])
  })

  it('fills at the next open, also when a resume lies between order and fill', () => {
    const bars = barsOf([10, 9, 10, 11, 12], {
      open: [10, 9, 9, 20, 12],
      high: [30, 30, 30, 30, 30],
      low: [1, 1, 1, 1, 1],
    })
    const params = { fast: 1, slow: 2, allow_short: false }
    const first = evaluateForward(inputOf(sliceBars(bars, 0, 3), 'sma_cross', params, { execution: 'next_open' }))
    expect(first.fills).toEqual([])
    const second = evaluateForward(
      inputOf(bars, 'sma_cross', params, { execution: 'next_open', after: at(2), account: first.account }),
    )
    // The order of day 2 fills at the open of day 3, at 20: 50 units.
    expect(second.fills).toMatchObject([{ timestamp: at(3), side: 'BUY', close: 20, qty: 50 }])
    expect([...second.accountEquity]).toEqual([550, 600])
  })

  it('has nothing to do where no bar is new, and leaves the account alone', () => {
    const account = { cash: 5, qty: 3, target: 1 }
    const segment = evaluateForward(inputOf(crossing, 'buy_and_hold', {}, { after: at(7), account }))
    expect(segment).toMatchObject({ fills: [], account })
    expect([segment.ts.length, segment.accountEquity.length]).toEqual([0, 0])
    expect(segment.account).not.toBe(account)
  })

  it('begins after the warm-up where the data do not reach further back', () => {
    const segment = evaluateForward(inputOf(crossing, 'sma_cross', { fast: 2, slow: 4, allow_short: false }))
    expect([segment.warmupBars, segment.ts[0]]).toEqual([3, at(3)])
    expect(() => evaluateForward(inputOf(sliceBars(crossing, 0, 3), 'sma_cross', { fast: 2, slow: 4 }))).toThrow(
      /at least 4/,
    )
  })
})

describe('resuming', async () => {
  await loadSchemas()
  const bars = randomBars(11, 260)
  const COSTS: Costs = { fee: 0.001, slippage_bps: 5, slippage_mode: 'atr', k_atr: 0.05 }
  const subjects: [StrategyName, Record<string, unknown>][] = []
  for (const name of Object.keys(STRATEGIES) as StrategyName[]) {
    const [example] = (schemaOf(`strategies/${name}`)!['examples'] ?? [{}]) as Record<string, unknown>[]
    const params: Record<string, unknown> =
      name === 'sma_cross' ? { fast: 3, slow: 9, allow_short: true } : { ...example }
    expect(await validate(`strategies/${name}`, params)).toEqual([])
    subjects.push([name, params])
  }

  it.each(subjects)('%s gives with any splits, through text, what one go gives', (name, params) => {
    const start = at(120)
    for (const execution of ['signal_close', 'next_open'] as Execution[]) {
      const whole = evaluateForward(inputOf(bars, name, params, { start, execution, costs: COSTS }))
      fc.assert(
        fc.property(fc.uniqueArray(fc.integer({ min: 121, max: 259 }), { maxLength: 6 }), cuts => {
          const equity: number[] = []
          const fills: Fill[] = []
          let account = openAccount(1000)
          let after: number | null = null
          for (const end of [...cuts.sort((a, b) => a - b), 260]) {
            const input: Partial<ForwardInput> = { start, execution, costs: COSTS, after, account }
            const segment = evaluateForward(inputOf(sliceBars(bars, 0, end), name, params, input))
            equity.push(...segment.accountEquity)
            fills.push(...segment.fills)
            account = JSON.parse(JSON.stringify(segment.account))
            after = segment.ts.at(-1) ?? after
          }
          expect(equity).toEqual([...whole.accountEquity])
          expect(fills).toEqual(whole.fills)
          expect(account.qty).toBe(whole.account.qty)
        }),
        { numRuns: 15, seed: 7 },
      )
    }
  })

  it('is tried on strategies that trade', () => {
    const trades = subjects.filter(
      ([name, params]) =>
        evaluateForward(inputOf(bars, name, params, { start: at(120), costs: COSTS })).fills.length > 1,
    )
    expect(trades.length).toBeGreaterThan(4)
  })
})

const fill = (day: number, side: Fill['side'], exec_price: number, qty: number, equity_after: number): Fill => ({
  timestamp: at(day),
  side,
  close: exec_price,
  exec_price,
  qty,
  fee: 1,
  equity_after,
  slippage: 0.001,
  reason: 'signal=1',
})

describe('figures', () => {
  // Bought 2 at 10, 2 more at 14, sold 1, then all; short from 20 to 25, still open.
  const fills = [
    fill(0, 'BUY', 10, 2, 99),
    fill(1, 'BUY', 14, 2, 106),
    fill(2, 'SELL', 15, 1, 110),
    fill(3, 'SELL', 16, 0, 111),
    fill(4, 'SHORT', 20, 3, 108),
  ]

  it('a position lasts from flat to flat', () => {
    const { closed, open } = positions(fills)
    expect(closed).toEqual([{ pnl: 12 }])
    expect(open).toMatchObject({ openingEquity: 108, entryPrice: 20 })
    expect(positions(fills.slice(0, 2)).open).toMatchObject({ openingEquity: 99, entryPrice: 12 })
    expect(positions([])).toEqual({ closed: [], open: null })
  })

  it('the account adds up: starting cash, results, entry costs', () => {
    // 100 at the start; 3 units short sold for 60 less a fee, so cash 168; at 25 the account is worth 93.
    const account = forwardAccount(fills, { cash: 168, qty: -3, target: -1 }, 25, 100)
    expect(account).toEqual({
      current_equity: 93,
      total_fees: 5,
      total_slippage: 0.005,
      n_trades: 5,
      realized_pnl: 12,
      unrealized_pnl: -15,
      entry_costs: 4,
      has_open_position: true,
      open_position_qty: -3,
      open_position_entry_price: 20,
      open_position_mark_price: 25,
      open_position_market_value: -75,
    })
  })

  it('the summary is the published one', () => {
    const record = { ts: Float64Array.of(at(0), at(1), at(2)), equity: Float64Array.of(1, 1.1, 0.99), fills }
    // Returns 0.1 and -0.1: sample deviation 0.1·√2.
    const summary = forwardSummary(record)
    expect(summary).toMatchObject({
      n_bars: 3,
      n_trades: 1,
      trades: 1,
      win_rate: 1,
      expectancy: 12,
      best_trade_pnl: 12,
      total_fees: 5,
      sharpe_simple: null,
    })
    expect(summary.total_return).toBeCloseTo(-0.01, 12)
    expect(summary.max_drawdown).toBeCloseTo(-0.1, 12)
    expect(summary.annualized_volatility).toBeCloseTo(Math.sqrt(252) * 0.1 * Math.SQRT2, 12)
  })

  it('nothing is null as long as it is nothing', () => {
    const empty = { ts: new Float64Array(0), equity: new Float64Array(0), fills: [] }
    expect(forwardSummary(empty)).toEqual({
      ...{
        total_return: null,
        max_drawdown: null,
        annualized_volatility: null,
        n_bars: 0,
        n_trades: 0,
        win_rate: null,
      },
      ...{
        expectancy: null,
        best_trade_pnl: null,
        worst_trade_pnl: null,
        total_fees: 0,
        sharpe_simple: null,
        trades: 0,
      },
    })
    expect(forwardAccount([], openAccount(50), Number.NaN, 50)).toMatchObject({
      current_equity: 50,
      entry_costs: 0,
      has_open_position: false,
      open_position_entry_price: null,
    })
  })

  it('the extended metrics see the first bar, the exposure and all costs', () => {
    // 10 units of 100 bought for 1000 with a fee of 1 out of it; half sold at 99 with slippage of 1.
    const record = {
      ts: Float64Array.of(at(0), at(1), at(2)),
      equity: Float64Array.of(0.999, 1.098, 1.09),
      fills: [
        { ...fill(0, 'BUY', 100, 10, 999), close: 100 },
        { ...fill(2, 'SELL', 99, 5, 1090), close: 100 },
      ],
    }
    const input = forwardMetricsInput(record, Float64Array.of(100, 110, 100), 1000, 365)
    expect([...input.position]).toEqual([1000 / 999, 1100 / 1098, 500 / 1090])
    expect(input.netReturns[0]).toBeCloseTo(-0.001, 12)
    expect(input.netReturns[1]).toBeCloseTo(0.099 / 0.999, 12)
    expect([...input.turnover]).toEqual([1000 / 999, 0, 1100 / 1098 - 500 / 1090])
    expect(input.totalCosts).toBe(1 + 0 + 1 + 5)
    expect(input.roundTrips).toHaveLength(1)
  })
})

describe('a record', () => {
  it('reads every form of time that sessions were written in', () => {
    const day = Date.parse('2023-07-24')
    for (const text of ['2023-07-24', '2023-07-24 00:00:00', '2023-07-24T00:00:00', '2023-07-24T00:00:00.000Z'])
      expect(timestampOf(text)).toBe(day)
    expect(timestampOf('24.07.2023')).toBe(null)
  })

  it('keeps the last of rows with one time, in order, up to the end that counts', () => {
    const table = parseCsv(
      'timestamp,equity\n2024-01-02,2\n2024-01-01,1\n2024-01-02 00:00:00,2.5\n2024-01-03,9\n',
      'x.csv',
    )
    const curve = curveOf(table, 'x.csv', 'equity', at(1))
    expect([[...curve.ts], [...curve.equity]]).toEqual([
      [at(0), at(1)],
      [1, 2.5],
    ])
  })

  it('counts a repeated fill once', () => {
    const row = '2024-01-02,BUY,10,10.1,5,0.1,99,0.01,signal=1'
    const text = `timestamp,side,close,exec_price,qty,fee,equity_after,slippage,reason\n${row}\n${row.replace('02,', '02 00:00:00,')}\n`
    expect(fillsOf(parseCsv(text, 'x.csv'), 'x.csv')).toHaveLength(1)
  })

  it('names the row of what is no time, no side, no number', () => {
    const head = 'timestamp,side,close,exec_price,qty,fee,equity_after,slippage,reason\n'
    const faults = ['soon,BUY,1,1,1,1,1,1,x', '2024-01-02,HOLD,1,1,1,1,1,1,x', '2024-01-02,BUY,1,1,one,1,1,1,x']
    for (const row of faults) expect(() => fillsOf(parseCsv(head + row, 'x.csv'), 'x.csv')).toThrow(/row 1/)
    expect(() => curveOf(parseCsv('timestamp,equity\n2024-01-01,much\n', 'x.csv'), 'x.csv')).toThrow(GatewayError)
    expect(() => curveOf(parseCsv('timestamp,value\n2024-01-01,1\n', 'x.csv'), 'x.csv')).toThrow(
      /lacks the columns equity/,
    )
  })
})
