/** Alerts worked by hand: entries, stops, ladder, re-entry, limits, costs; what happens when orders fail or fill in part. */

import { describe, expect, it } from 'vitest'
import type { Alert } from '../../src/alerts/alert.ts'
import { simulate } from '../../src/alerts/simulation.ts'
import type { Bars } from '../../src/market/bars.ts'
import { alertAt, CALL, type Given, MINUTE, minutes, settings } from './fixtures.ts'

function run(bars: Bars, given: Given, alert: Alert = alertAt(CALL)) {
  const { outcomes, curve, capital } = simulate([alert], () => bars, settings(given))
  return { ...outcomes[0], curve, capital }
}

/** Fills as side, minutes after the call, price, quantity. */
function fills(outcome: ReturnType<typeof run>) {
  return outcome.orders
    .filter(order => order.qty > 0)
    .map(({ side, time, price, qty, reason }) => [side, (time - CALL) / MINUTE, price, Number(qty.toFixed(9)), reason])
}

describe('an alert with two re-entries, worked by hand', () => {
  // Minute after the call:     0    1    2    3    4    5   6   7   8   9  10   11  12  13  14  15  16  17  18  19
  const bars = minutes([100, 120, 150, 130, 119, 100, 74, 70, 80, 84, 90, 100, 85, 80, 76, 75, 90, 95, 99, 200])
  const given: Given = {
    rules: { trailing_stop: 0.2, reentry_drop: 0.5, window_minutes: 18 },
    costs: { tradingFee: 0.01 },
  }
  const outcome = run(bars, given)

  it('buys at the call, again after each fall of half and rebound of a fifth, and sells by stop and window', () => {
    // 100 − 1 % buys 0.99. Peak 150, stop 120: sold at 119. Fall to 75: 74, lowest 70, rebound 84: 99 / 84.
    // Peak 100, stop 80. From the top of 150 down to 75 again, rebound 90: 99 / 90 = 1.1, sold when the window ends.
    expect(fills(outcome)).toEqual([
      ['BUY', 0, 100, 0.99, 'entry'],
      ['SELL', 4, 119, 0.99, 'trailing_stop'],
      ['BUY', 9, 84, 1.178571429, 'reentry'],
      ['SELL', 13, 80, 1.178571429, 'trailing_stop'],
      ['BUY', 16, 90, 1.1, 'reentry'],
      ['SELL', 18, 99, 1.1, 'window_end'],
    ])
  })

  it('accounts for every amount', () => {
    const nets = [0.99 * 119 * 0.99 - 100, (99 / 84) * 80 * 0.99 - 100, 1.1 * 99 * 0.99 - 100]
    expect(outcome.trades.map(trade => trade.net)).toEqual(nets.map(net => expect.closeTo(net, 10)))
    expect(outcome.net).toBeCloseTo(16.6319 - 6.657142857142857 + 7.811, 10)
    expect(outcome.trades.map(trade => trade.peak_multiple)).toEqual([
      1.5,
      expect.closeTo(100 / 84, 12),
      expect.closeTo(95 / 90, 12),
    ])
    expect([outcome.status, outcome.capital]).toEqual(['traded', 100])
    expect(outcome.curve.equity.at(-1)).toBeCloseTo(1 + outcome.net / 100, 12)
  })

  it('values the open position at each close', () => {
    // After the entry 0 is in cash and 0.99 tokens are held; the fee of 1 is gone.
    const at = (minute: number) => outcome.curve.ts.indexOf(CALL + (minute - 1) * MINUTE)
    const equity = [0, 1, 2, 3].map(minute => outcome.curve.equity[at(minute)])
    expect(equity).toEqual([0.99, 1.188, 1.485, 1.287].map(value => expect.closeTo(value, 12)))
    expect(outcome.curve.equity[0]).toBe(1)
    expect(outcome.curve.open[at(3)]).toBe(1)
    expect(outcome.curve.open[at(5)]).toBe(0)
    // In cash from minute 4 on: 116.6319.
    expect(outcome.curve.equity[at(6)]).toBeCloseTo(1.166319, 12)
  })

  it('holds every call beside it', () => {
    const last = outcome.curve.held.at(-1)
    expect([outcome.curve.held[0], last]).toEqual([1, 0.99])
    expect(outcome.curve.held[outcome.curve.ts.indexOf(CALL + MINUTE)]).toBe(1.5)
  })

  it('stops at the most trades', () => {
    expect(run(bars, { ...given, rules: { ...given.rules, max_trades: 2 } }).trades).toHaveLength(2)
  })

  it('reinvests no gain, and no more than is left after a loss', () => {
    // Bought at 100, stopped at 50: 50 are left. 50 is half of 100; rebound to 60: 50 buy 50 / 60.
    const rules = { stop_loss: 0.5, reentry_drop: 0.5, window_minutes: 5 }
    expect(fills(run(minutes([100, 50, 60, 60, 60, 60]), { rules }))[2]).toEqual(['BUY', 2, 60, 0.833333333, 'reentry'])
  })
})

describe('entries', () => {
  const rising = minutes([100, 104, 112, 108, 113, 114, 120, 99, 100, 100, 100])

  it('waits for the pullback from the highest price since the call', () => {
    // Highest 120; a tenth below is 108: 99 is the first at or below it after the top; 108 at minute 3 is above 112 · 0.9.
    const outcome = run(rising, { rules: { entry: 'pullback', entry_pullback: 0.1 } })
    expect(fills(outcome)[0]).toEqual(['BUY', 7, 99, 1.01010101, 'entry'])
  })

  it('waits for the confirmation, for as many closes in a row as asked', () => {
    const rules = { entry: 'confirmation', entry_confirmation: 0.1 } as const
    expect(fills(run(rising, { rules }))[0].slice(0, 3)).toEqual(['BUY', 2, 112])
    expect(fills(run(rising, { rules: { ...rules, confirmation_candles: 3 } }))[0].slice(0, 3)).toEqual(['BUY', 6, 120])
  })

  it('measures from the price of the alert where it has one', () => {
    const rules = { entry: 'confirmation', entry_confirmation: 0.1 } as const
    const outcome = run(rising, { rules }, alertAt(CALL, { price: 103 }))
    expect(fills(outcome)[0].slice(0, 3)).toEqual(['BUY', 5, 114])
  })

  it('buys nothing where the market has no candle in time', () => {
    const outcome = run(minutes([100, 101]), { execution: { latency: { p50: 90_000, p90: 90_000, p99: 90_000 } } })
    expect(outcome).toMatchObject({ status: 'no_trade', net: 0, orders: [{ outcome: 'expired', sent: CALL }] })
    expect(run(minutes([100]), {}, alertAt(CALL + 1)).status).toBe('no_candles')
    expect(simulate([alertAt(CALL)], () => null, settings()).outcomes[0].status).toBe('no_candles')
  })

  it('never buys at a price from before the call', () => {
    // The call falls into the candle that closes at minute 1.
    const outcome = run(minutes([100, 130, 130, 130]), {}, alertAt(CALL + 10))
    expect(fills(outcome)[0].slice(0, 3)).toEqual(['BUY', 1, 130])
  })
})

describe('exits', () => {
  it('sells the ladder rung by rung, and the rest by the stop', () => {
    const rules = {
      take_profit: [
        { gain: 0.1, share: 0.25 },
        { gain: 1, share: 0.25 },
        { gain: 1.5, share: 0.25 },
      ],
      stop_loss: 0.2,
    }
    const outcome = run(minutes([100, 110, 260, 300, 80, 90]), { rules })
    // Two rungs are reached in one candle and sold together.
    expect(fills(outcome).slice(1)).toEqual([
      ['SELL', 1, 110, 0.25, 'take_profit'],
      ['SELL', 2, 260, 0.5, 'take_profit'],
      ['SELL', 4, 80, 0.25, 'stop_loss'],
    ])
    expect(outcome.trades[0]).toMatchObject({ exit: 'stop_loss', net: expect.closeTo(27.5 + 130 + 20 - 100, 10) })
  })

  it('is over when the ladder has sold everything, whatever rounding leaves', () => {
    const take_profit = Array.from({ length: 10 }, (_, i) => ({ gain: 0.1 * (i + 1), share: 0.1 }))
    const outcome = run(minutes([100, 400, 50, 50]), { rules: { take_profit, stop_loss: 0.4 } })
    expect(fills(outcome)).toHaveLength(2)
    expect(outcome.trades[0]).toMatchObject({ exit: 'take_profit', net: 300 })
  })

  it('arms the trailing stop at its gain only', () => {
    const rules = { trailing_stop: 0.1, trailing_activation: 0.5 }
    expect(fills(run(minutes([100, 120, 100, 150, 140, 135, 100]), { rules }))[1]).toEqual([
      'SELL',
      5,
      135,
      1,
      'trailing_stop',
    ])
  })

  it('sells by the clock after the time limit', () => {
    const outcome = run(minutes([100, 101, 102, 103]), { rules: { time_limit_minutes: 1.5 } })
    expect(fills(outcome)[1]).toEqual(['SELL', 2, 102, 1, 'time_limit'])
    expect(outcome.orders[1].sent).toBe(CALL + 90_000)
  })

  it('looks at highs and lows only where asked, and then at what came before what', () => {
    const touched = minutes([100, 100, 100, 100], { high: [100, 100, 200, 100], low: [100, 79, 100, 100] })
    expect(fills(run(touched, { rules: { stop_loss: 0.2, window_minutes: 3 } }))[1][4]).toBe('window_end')
    expect(fills(run(touched, { rules: { stop_loss: 0.2, trigger: 'touch', window_minutes: 3 } }))[1]).toEqual([
      'SELL',
      1,
      100,
      1,
      'stop_loss',
    ])
    // The high of 200 may have come after the low, but the close of 100 came after it: half below the peak.
    expect(fills(run(touched, { rules: { trailing_stop: 0.5, trigger: 'touch', window_minutes: 3 } }))[1]).toEqual([
      'SELL',
      2,
      100,
      1,
      'trailing_stop',
    ])
    // A low in the candle of the peak does not count against that peak.
    const spike = minutes([100, 190, 190, 190], { high: [100, 200, 190, 190], low: [100, 90, 190, 190] })
    expect(fills(run(spike, { rules: { trailing_stop: 0.5, trigger: 'touch', window_minutes: 3 } }))[1][4]).toBe(
      'window_end',
    )
  })

  it('values a position at the last close where the data end', () => {
    const outcome = run(minutes([100, 101, 50]), {})
    expect(fills(outcome)[1]).toEqual(['SELL', 2, 50, 1, 'end_of_data'])
    expect(outcome.trades[0].exit).toBe('end_of_data')
  })
})

describe('execution', () => {
  it('is late by its latency: the first close after the order has arrived', () => {
    const latency = { p50: 61_000, p90: 61_000, p99: 61_000 }
    const outcome = run(minutes([100, 110, 120, 60, 50, 40, 30]), { execution: { latency }, rules: { stop_loss: 0.5 } })
    // Sent at 0, arrives at 61 s, traded at minute 2. 60 is half of 120: sent at 3, arrives at 4:01, traded at 5.
    expect(fills(outcome)).toEqual([
      ['BUY', 2, 120, 0.833333333, 'entry'],
      ['SELL', 5, 40, 0.833333333, 'stop_loss'],
    ])
  })

  it('rounds arrivals up to the time resolution', () => {
    const latency = { p50: 1, p90: 1, p99: 1 }
    const outcome = run(minutes([100, 110, 120, 130]), { execution: { latency }, resolution: 90_000 })
    expect(outcome.orders[0].arrived - CALL).toBe(90_000)
    expect(fills(outcome)[0].slice(0, 3)).toEqual(['BUY', 2, 120])
  })

  it('pays slippage with impact, at most the greatest, and all fees', () => {
    const execution = { slippage: { base: 0.01, volumeImpact: 0.5, max: 0.1 } }
    const costs = { baseFee: 1, priorityFee: { base: 2, max: 5 }, computeUnitCost: 0.5, tradingFee: 0.01 }
    const bars = minutes([100, 200, 200], { volume: [20, 0, 0] })
    const { orders, net } = run(bars, { execution, costs, rules: { window_minutes: 1, fee_unit_quote: 0.1 } })
    // Buy: 100 of a candle that traded 2000: 0.01 + 0.5 · 0.05 = 0.035. Network: (1 + 2 + 0.5) · 0.1 = 0.35.
    expect(orders[0]).toMatchObject({
      slippage: 0.035,
      price: expect.closeTo(103.5, 10),
      fee: expect.closeTo(1.35, 10),
    })
    const qty = 99 / 103.5
    expect(orders[0].qty).toBeCloseTo(qty, 12)
    // Sell: a candle without trades costs the greatest slippage; nothing traded is not congestion.
    expect(orders[1]).toMatchObject({ slippage: 0.1, price: 180, fee: expect.closeTo(1.8 * qty + 0.35, 10) })
    expect(net).toBeCloseTo(qty * 180 * 0.99 - 0.35 - 100.35, 10)
  })

  it('pays the priority of a congested candle, and the effective cost in place of all of them', () => {
    const volume = [10, 10, 10, 21, 20]
    const costs = { baseFee: 1, priorityFee: { base: 2, max: 5 } }
    const bars = minutes([100, 100, 100, 100, 100], { volume })
    const late = alertAt(CALL + 3 * MINUTE)
    expect(run(bars, { costs }, late).orders[0]).toMatchObject({ congested: true, fee: 6 })
    expect(run(bars, { costs }, alertAt(CALL + 4 * MINUTE)).orders[0]).toMatchObject({ congested: false, fee: 3 })
    expect(run(bars, { costs: { ...costs, effectiveCostPerTrade: 7 } }, late).orders[0].fee).toBe(7)
  })

  it('gives a failed entry up, or sends it again for the next candle; the network is paid each time', () => {
    const execution = { failures: { baseRate: 1 } }
    const bars = minutes([100, 110, 120, 130])
    const once = run(bars, { execution, costs: { baseFee: 2 } })
    expect(once).toMatchObject({ status: 'no_trade', net: -2 })
    const thrice = run(bars, { execution, costs: { baseFee: 2 }, rules: { entry_attempts: 3 } })
    expect(thrice.orders.map(({ outcome, time, fee }) => [outcome, (time - CALL) / MINUTE, fee])).toEqual([
      ['failed', 0, 2],
      ['failed', 1, 2],
      ['failed', 2, 2],
    ])
    expect(thrice.curve.equity.at(-1)).toBeCloseTo(0.94, 12)
  })

  it('fills a part of an entry, and sells what is left of an exit until nothing is', () => {
    const execution = { partialFills: { probability: 1, fillRange: [0.5, 0.5] as [number, number] } }
    const outcome = run(minutes([100, 100, 100, 100, 100]), { execution, rules: { window_minutes: 2 } })
    expect(fills(outcome)).toEqual([
      ['BUY', 0, 100, 0.5, 'entry'],
      ['SELL', 2, 100, 0.25, 'window_end'],
      ['SELL', 3, 100, 0.125, 'window_end'],
      ['SELL', 4, 100, 0.0625, 'window_end'],
      ['SELL', 4, 100, 0.0625, 'end_of_data'],
    ])
    expect(outcome.net).toBe(0)
  })
})
