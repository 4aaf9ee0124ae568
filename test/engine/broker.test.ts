/** The broker step by step: all-in as published, fractional and short positions by hand, liquidation, plain state, columns. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  accountEquity,
  type Fill,
  fillRows,
  openAccount,
  type Quote,
  step,
  totalCosts,
} from '../../src/engine/broker.ts'
import { expectClose } from './fixtures.ts'

const at = (price: number, fee = 0, slippage = 0): Quote => ({ timestamp: 0, price, fee, slippage })
const sides = (fills: Fill[]) => fills.map(({ side, qty }) => [side, qty])

describe('all in, long only', () => {
  it('buys with all cash after the fee and sells everything, logging quantity 0', () => {
    const state = openAccount(1000)
    // Price 100 · 1.001; fee 2 of 1000; then 110 · 0.999, fee 0.2 %.
    const [entry] = step(state, 1, at(100, 0.002, 0.001))
    const qty = 998 / 100.1
    expect(entry).toMatchObject({ side: 'BUY', close: 100, fee: 2, slippage: 0.001, reason: 'signal=1' })
    expectClose(entry.exec_price, 100.1, 'price')
    expectClose(entry.qty, qty, 'quantity')
    expectClose(entry.equity_after, qty * 100, 'equity')
    expect(state.cash).toBe(0)

    const [leave] = step(state, 0, at(110, 0.002, 0.001))
    const proceeds = qty * 110 * 0.999
    expect(leave).toMatchObject({ side: 'SELL', qty: 0, reason: 'signal=-1' })
    expectClose(leave.fee, proceeds * 0.002, 'fee')
    expectClose(leave.equity_after, proceeds * 0.998, 'equity')
    expect(state).toEqual({ cash: leave.equity_after, qty: 0, target: 0 })
  })

  it('does nothing while the target stays the same', () => {
    const state = openAccount(1000)
    step(state, 1, at(100))
    expect(step(state, 1, at(50))).toEqual([])
    expect(state).toEqual({ cash: 0, qty: 10, target: 1 })
  })

  it('cannot buy without cash', () => {
    const state = openAccount(0)
    expect(step(state, 1, at(100))).toEqual([])
    expect(state).toEqual({ cash: 0, qty: 0, target: 1 })
  })
})

describe('costs', () => {
  it('are fees and the move of the price against each unit, also of a fill logged with quantity 0', () => {
    const state = openAccount(1000)
    const fills = [...step(state, 1, at(100, 0.002, 0.001)), ...step(state, 0, at(110, 0.002, 0.001))]
    // Bought for 998 at 100.1, which cost 0.1 a unit; sold at 109.89, 0.11 a unit below the price.
    const qty = 998 / 100.1
    expectClose(totalCosts(fills), 2 + qty * 0.1 + qty * 109.89 * 0.002 + qty * 0.11, 'costs')
    expect(totalCosts([])).toBe(0)
  })

  it('are all that an account loses while the price stands still', () => {
    const target = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(target, { minLength: 1, maxLength: 12 }), targets => {
        const state = openAccount(1000)
        const fills = targets.flatMap(wanted => step(state, wanted, at(50, 0.003, 0.002)))
        expectClose(1000 - accountEquity(state, 50), totalCosts(fills), 'costs')
      }),
    )
  })
})

describe('fractions', () => {
  it('moves from a half to a quarter to all', () => {
    const state = openAccount(1000)
    expect(sides(step(state, 0.5, at(100)))).toEqual([['BUY', 5]])
    // Equity 500 + 5 · 200 = 1500; a quarter is 375, so 625 is sold.
    expect(sides(step(state, 0.25, at(200)))).toEqual([['SELL', 3.125]])
    expect(accountEquity(state, 200)).toBe(1500)
    expect(sides(step(state, 1, at(200)))).toEqual([['BUY', 5.625]])
    expect(state).toEqual({ cash: 0, qty: 7.5, target: 1 })
  })

  it('sells to a higher target when the price has carried the position past it', () => {
    const state = openAccount(1000)
    step(state, 0.5, at(100))
    // Equity 500 + 5 · 900 = 5000, of which 90 % is held; 60 % is wanted: 1500 too much.
    expect(sides(step(state, 0.6, at(900)))).toEqual([['SELL', 1500 / 900]])
  })

  it('leaves no cash when everything is wanted', () => {
    for (let i = 1; i < 50; i++) {
      const state = openAccount(1000)
      step(state, i / 50, at(100 / 3, 0.001, 0.0003))
      step(state, 1, at(41.7 + i / 7, 0.001, 0.0003))
      expect(state.cash).toBe(0)
    }
  })

  it('pays the fee out of the sum spent', () => {
    const state = openAccount(1000)
    const [fill] = step(state, 0.4, at(10, 0.01))
    expect(fill).toMatchObject({ fee: 4, qty: 39.6 })
    expect(state.cash).toBe(600)
  })
})

describe('short', () => {
  it('sells the fraction of equity, pays fees from cash and gains when the price falls', () => {
    const state = openAccount(1000)
    const [entry] = step(state, -0.5, at(100, 0.01, 0.1))
    // 500 at 100 before slippage: 5 units sold at 90, fee 1 % of 450.
    expect(entry).toMatchObject({ side: 'SHORT', qty: 5, exec_price: 90, fee: 4.5, reason: 'signal=-1' })
    expect(entry.equity_after).toBe(1000 + 450 - 4.5 - 500)
    const [leave] = step(state, 0, at(50, 0.01, 0.1))
    expectClose(leave.exec_price, 55, 'price')
    expect([leave.side, leave.qty, leave.reason]).toEqual(['COVER', 0, 'signal=1'])
    expectClose(state.cash, 1445.5 - 5 * 55 * 1.01, 'cash')
    expect(state.qty).toBe(0)
  })

  it('changes sides with two fills', () => {
    const state = openAccount(1000)
    step(state, 1, at(100))
    expect(sides(step(state, -1, at(110)))).toEqual([
      ['SELL', 0],
      ['SHORT', 10],
    ])
    expect(sides(step(state, 1, at(88)))).toEqual([
      ['COVER', 0],
      ['BUY', 15],
    ])
  })

  it('covers part of it', () => {
    const state = openAccount(1000)
    step(state, -1, at(100))
    expect(sides(step(state, -0.5, at(100)))).toEqual([['COVER', 5]])
    expect(state.qty).toBe(-5)
  })

  it('is covered when all equity is lost, and opens nothing afterwards', () => {
    const state = openAccount(1000)
    step(state, -1, at(100))
    expect(step(state, -1, at(199))).toEqual([])
    expect(step(state, -1, at(201))).toMatchObject([
      { side: 'COVER', qty: 0, reason: 'liquidation', equity_after: -10 },
    ])
    expect(step(state, 1, at(100))).toEqual([])
    expect(step(state, -1, at(100))).toEqual([])
  })
})

it('can be written down and taken up again at any step', () => {
  const steps = fc.array(
    fc.record({
      target: fc.double({ min: -1, max: 1, noNaN: true }),
      move: fc.double({ min: 0.8, max: 1.2, noNaN: true }),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(steps, list => {
      const kept = openAccount(1000)
      let stored = JSON.stringify(kept)
      let price = 100
      for (const { target, move } of list) {
        price *= move
        const quote = at(price, 0.001, 0.0005)
        const state = JSON.parse(stored)
        expect(step(state, target, quote)).toEqual(step(kept, target, quote))
        stored = JSON.stringify(state)
      }
    }),
    { seed: 7, numRuns: 50 },
  )
})

it('keeps cash plus holdings equal to the start less fees and slippage', () => {
  const targets = fc.array(fc.constantFrom(-1, -0.5, 0, 0.3, 1), { maxLength: 40 })
  fc.assert(
    fc.property(targets, list => {
      const state = openAccount(1000)
      let paid = 0
      // Price constant: whatever is missing at the end was paid as a fee or as slippage.
      for (const target of list) {
        for (const fill of step(state, target, at(100, 0.003, 0.002))) paid += fill.fee
      }
      const traded = accountEquity(state, 100)
      expect(1000 - traded).toBeGreaterThanOrEqual(paid - 1e-9)
      // Slippage is 2/3 of the fee rate, so it takes at least 60 % and at most 70 % of what the fees take.
      expect(1000 - traded - paid).toBeGreaterThanOrEqual(0.6 * paid - 1e-9)
      expect(1000 - traded - paid).toBeLessThanOrEqual(0.7 * paid + 1e-9)
    }),
    { seed: 11, numRuns: 100 },
  )
})

it('writes dates for daily bars and instants below', () => {
  const state = openAccount(1000)
  const fills = step(state, 1, { ...at(100), timestamp: Date.parse('2024-03-01T13:00:00Z') })
  expect(fillRows(fills, '1d').columns['timestamp']).toEqual(['2024-03-01'])
  expect(fillRows(fills, '1w').columns['timestamp']).toEqual(['2024-03-01'])
  expect(fillRows(fills, '5m').columns['timestamp']).toEqual(['2024-03-01T13:00:00.000Z'])
  expect(Object.keys(fillRows([], '1d').columns)).toEqual(
    'timestamp,side,close,exec_price,qty,fee,equity_after,slippage,reason'.split(','),
  )
})
