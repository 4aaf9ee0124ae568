/** Pairing and aggregating by hand, partial exits and averaged entries, and trades read from a file. */

import { describe, expect, it } from 'vitest'
import { parseCsv } from '../../src/base/csv.ts'
import { roundTrips, summarizeRoundTrips, type TradeRow, tradeRows } from '../../src/engine/round-trips.ts'
import { expectClose } from './fixtures.ts'

const row = (date: string, side: string, qty: number, exec_price: number, fee: number): TradeRow => ({
  timestamp: Date.parse(date),
  side,
  qty,
  exec_price,
  fee,
})

describe('pairing', () => {
  it('closes everything with quantity 0', () => {
    const [trip] = roundTrips([row('2024-01-01', 'BUY', 10, 100, 2), row('2024-01-05', 'SELL', 0, 110, 3)])
    expect(trip).toEqual({
      direction: 'long',
      entry_time: Date.parse('2024-01-01'),
      exit_time: Date.parse('2024-01-05'),
      qty: 10,
      entry_price: 100,
      exit_price: 110,
      gross: 100,
      entry_fee: 2,
      exit_fee: 3,
      net: 95,
      return_pct: 0.095,
      holding_days: 4,
      is_loss: false,
    })
  })

  it('averages entries and shares their fees among partial exits', () => {
    const trips = roundTrips([
      row('2024-01-01', 'BUY', 10, 100, 10),
      row('2024-01-02', 'BUY', 30, 120, 30),
      row('2024-01-03', 'SELL', 10, 125, 5),
      row('2024-01-04', 'SELL', 0, 105, 6),
      row('2024-01-06', 'BUY', 1, 50, 1),
      row('2024-01-07', 'SELL', 99, 60, 1),
    ])
    // Average entry (10 · 100 + 30 · 120) / 40 = 115, fees 40; a quarter goes with the first exit.
    expect(trips.map(({ qty, entry_price, entry_fee, net }) => [qty, entry_price, entry_fee, net])).toEqual([
      [10, 115, 10, 100 - 10 - 5],
      [30, 115, 30, -300 - 30 - 6],
      [1, 50, 1, 8],
    ])
    expect(trips.map(trip => trip.holding_days)).toEqual([2, 3, 1])
  })

  it('reverses the sign of a short, beside a long', () => {
    const trips = roundTrips([
      row('2024-01-01', 'SHORT', 4, 100, 1),
      row('2024-01-02', 'COVER', 1, 90, 2),
      row('2024-01-03', 'COVER', 0, 120, 3),
    ])
    expect(trips.map(({ direction, net }) => [direction, net])).toEqual([
      ['short', 10 - 0.25 - 2],
      ['short', -60 - 0.75 - 3],
    ])
    expectClose(trips[0].return_pct, 7.75 / 100, 'return')
  })

  it('ignores exits while flat, entries without quantity, unknown sides and the open position', () => {
    const rows = [
      row('2024-01-01', 'SELL', 5, 100, 1),
      row('2024-01-01', 'COVER', 0, 100, 1),
      row('2024-01-02', 'BUY', 0, 100, 1),
      row('2024-01-03', 'SELL', 0, 100, 1),
      row('2024-01-03', 'DIVIDEND', 7, 100, 1),
      row('2024-01-04', 'BUY', 5, 100, 1),
    ]
    expect(roundTrips(rows)).toEqual([])
  })

  it('counts whole days only', () => {
    const [trip] = roundTrips([row('2024-01-01T18:00Z', 'BUY', 1, 1, 0), row('2024-01-03T17:59Z', 'SELL', 0, 2, 0)])
    expect(trip.holding_days).toBe(1)
  })
})

describe('aggregate', () => {
  it('of nets 10, -4, -6, 0, 20, 5', () => {
    const nets = [10, -4, -6, 0, 20, 5]
    const rows = nets.flatMap((net, i) => [
      row(`2024-01-${10 + 2 * i}`, 'BUY', 1, 100, 0),
      row(`2024-01-${11 + 2 * i}`, 'SELL', 0, 100 + net, 0),
    ])
    const summary = summarizeRoundTrips(roundTrips(rows))
    expect(summary).toEqual({
      trades: 6,
      win_rate_trades: 0.5,
      gross_profit: 35,
      gross_loss: -10,
      profit_factor: 3.5,
      expectancy_net: 25 / 6,
      avg_win: 35 / 3,
      avg_loss: -5,
      avg_holding_days: 1,
      max_consecutive_losses: 2,
      max_consecutive_wins: 3,
      // Six days held, from the 10th to the 21st.
      exposure: 6 / 11,
      total_net_pnl: 25,
    })
  })

  it('has an infinite profit factor without losses, and counts at least one day', () => {
    const summary = summarizeRoundTrips(
      roundTrips([row('2024-01-01', 'BUY', 1, 100, 0), row('2024-01-01T08:00Z', 'SELL', 0, 101, 0)]),
    )
    expect(summary).toMatchObject({
      profit_factor: Number.POSITIVE_INFINITY,
      avg_loss: 0,
      exposure: 0,
      avg_holding_days: 0,
    })
  })

  it('is all zeros without a trip, and without a total', () => {
    const summary = summarizeRoundTrips([])
    expect(new Set(Object.values(summary))).toEqual(new Set([0]))
    expect(Object.keys(summary)).toHaveLength(12)
    expect(summary).not.toHaveProperty('total_net_pnl')
  })
})

describe('a file of trades', () => {
  const header = 'timestamp,side,close,exec_price,qty,fee,equity_after'
  const read = (...lines: string[]) => tradeRows(parseCsv([header, ...lines, ''].join('\n'), 't.csv'), 't.csv')

  it('pairs dates and instants', () => {
    const rows = read(
      '2023-05-01,BUY,100,100,1,0.2,999.8',
      '2023-05-05T12:00:00+02:00,sell,110,110,0,0.22,1009.5',
      '2023-05-06 10:00:00,BUY,1,1,1,0,',
    )
    expect(rows.map(({ timestamp }) => new Date(timestamp).toISOString())).toEqual([
      '2023-05-01T00:00:00.000Z',
      '2023-05-05T10:00:00.000Z',
      '2023-05-06T10:00:00.000Z',
    ])
    const [trip] = roundTrips(rows)
    expectClose(trip.net, 10 - 0.42, 'net')
    expect(trip.holding_days).toBe(4)
  })

  it('reports every fault with its row', () => {
    const faulty = () =>
      read('2023-05-05,BUY,100,100,1,0.2,1', '2023-05-01,SELL,1,-4,0,0.2,1', '2023-02-30,SELL,1,abc,,0.2,x')
    expect(faulty).toThrow(
      expect.objectContaining({
        code: 'DATA_ERROR',
        details: [
          { pointer: 'row 2', message: expect.stringContaining('before the row above') },
          { pointer: 'row 2', message: expect.stringContaining('above 0') },
          { pointer: 'row 3', message: expect.stringContaining("timestamp '2023-02-30'") },
          { pointer: 'row 3', message: expect.stringContaining("equity_after 'x'") },
          { pointer: 'row 3', message: expect.stringContaining("exec_price 'abc'") },
          { pointer: 'row 3', message: expect.stringContaining("qty ''") },
        ],
      }),
    )
  })

  it('names the columns that are missing', () => {
    const table = parseCsv('timestamp,side,qty\n', 't.csv')
    expect(() => tradeRows(table, 't.csv')).toThrow(/t\.csv lacks the columns close, exec_price, fee, equity_after/)
  })
})
