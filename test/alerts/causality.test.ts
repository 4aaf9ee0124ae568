/** No look-ahead over alerts, and nothing but seed, alert and candles decides: gates for clock, future, order, neighbours. */

import { describe, expect, it } from 'vitest'
import type { Alert } from '../../src/alerts/alert.ts'
import { CausalCandles } from '../../src/alerts/candles.ts'
import { type AlertOutcome, simulate } from '../../src/alerts/simulation.ts'
import { Random } from '../../src/base/random.ts'
import type { Bars } from '../../src/market/bars.ts'
import { BUSY, CALL, type Given, generated, MINUTE, minutes, settings } from './fixtures.ts'

const LIMITS = { maxTotalExposure: 700, tradeThrottle: { maxTrades: 6, windowMinutes: 120 }, maxConsecutiveLosses: 4 }
const { alerts, candles } = generated(5)
const candlesOf = (alert: Alert) => candles.get(alert.token as string) as Bars

const ENTRIES: Given['rules'][] = [
  { entry: 'at_call' },
  { entry: 'pullback', entry_pullback: 0.1 },
  { entry: 'confirmation', entry_confirmation: 0.05, confirmation_candles: 2 },
  { trigger: 'close', stop_loss: null },
]
const CASES = ENTRIES.flatMap(rules =>
  [undefined, LIMITS].map(risk => ({ ...BUSY, rules: { ...BUSY.rules, ...rules }, risk })),
)

describe('the clock of the candles', () => {
  it('lets nothing be read that closes later', () => {
    const seen = new CausalCandles(minutes([1, 2, 3, 4], { volume: [1, 1, 1, 1] }), MINUTE)
    expect(() => seen.close(0)).toThrow('look-ahead')
    seen.moveTo(CALL - 1)
    expect(seen.last).toBe(-1)
    seen.moveTo(CALL)
    expect([seen.last, seen.close(0)]).toEqual([0, 1])
    seen.moveTo(CALL + 2 * MINUTE - 1)
    expect([seen.last, seen.high(1)]).toEqual([1, 2])
    for (const read of ['close', 'high', 'low', 'value'] as const) expect(() => seen[read](2)).toThrow('look-ahead')
    seen.closed(0)
    expect(seen.last).toBe(1)
  })

  it('finds the first candle that closes at a time or later, however far', () => {
    const seen = new CausalCandles(minutes(Array.from({ length: 50 }, (_, i) => i + 1)), MINUTE)
    for (const [minute, from, expected] of [
      [0, 0, 0],
      [0.5, 0, 1],
      [30, 0, 30],
      [30, 31, 31],
      [49, 3, 49],
      [49.1, 0, 50],
    ])
      expect(seen.firstClosingAt(CALL + minute * MINUTE, from)).toBe(expected)
  })
})

/** Everything that was known at `time`: what was sent, and the outcome of what had come to an end. */
function knownAt(outcomes: readonly AlertOutcome[], time: number): string {
  return JSON.stringify(
    outcomes.flatMap(({ alert, orders }) =>
      orders
        .filter(order => order.sent <= time)
        .map(order =>
          order.time <= time ? [alert.alert_id, order] : [alert.alert_id, order.trade, order.side, order.sent],
        ),
    ),
  )
}

/** The same candles up to `time`, other ones among those that close later. */
function scrambled(bars: Bars, time: number): Bars {
  const random = new Random(Math.floor(time))
  const changed = (column: Float64Array | null, factor: () => number) =>
    column?.map((value, i) => (bars.ts[i] + MINUTE > time ? value * factor() : value)) ?? null
  const level = Float64Array.from(bars.ts, () => Math.exp(random.normal()))
  let at = 0
  const scaled = (column: Float64Array | null) => {
    at = 0
    return column?.map((value, i) => (bars.ts[i] + MINUTE > time ? value * level[at++ % level.length] : value)) ?? null
  }
  return {
    ...bars,
    open: scaled(bars.open),
    high: scaled(bars.high),
    low: scaled(bars.low),
    close: scaled(bars.close) as Float64Array,
    volume: changed(bars.volume, () => 5 * random.next()),
  }
}

describe('the future', () => {
  it.each(CASES)('changes nothing that was decided before (%#)', given => {
    const whole = simulate(alerts, candlesOf, settings(given)).outcomes
    expect(whole.flatMap(({ orders }) => orders).length).toBeGreaterThan(40)
    let changed = 0
    for (let cut = 2; cut <= 30; cut += 4) {
      // Also between two closes.
      const time = alerts[0].ts + cut * 51.3 * MINUTE
      const other = simulate(alerts, alert => scrambled(candlesOf(alert), time), settings(given)).outcomes
      expect(knownAt(other, time)).toBe(knownAt(whole, time))
      if (JSON.stringify(other) !== JSON.stringify(whole)) changed++
    }
    // The gate can see: what came after the cut did change.
    expect(changed).toBeGreaterThan(5)
  })

  it('is caught when it leaks', () => {
    const time = alerts[3].ts + 100 * MINUTE
    const leaking = (bars: Bars) => ({
      ...bars,
      close: bars.close.map((_, i) => bars.close[Math.min(i + 1, bars.close.length - 1)]),
    })
    const whole = simulate(alerts, alert => leaking(candlesOf(alert)), settings(BUSY)).outcomes
    const other = simulate(alerts, alert => leaking(scrambled(candlesOf(alert), time)), settings(BUSY)).outcomes
    expect(knownAt(other, time)).not.toBe(knownAt(whole, time))
  })
})

describe('chance', () => {
  it.each(CASES)('repeats exactly, in whatever order alerts are given (%#)', given => {
    const result = simulate(alerts, candlesOf, settings(given))
    const random = new Random(9)
    const shuffled = alerts.map(alert => ({ alert, place: random.next() })).sort((a, b) => a.place - b.place)
    const again = simulate(
      shuffled.map(({ alert }) => alert),
      candlesOf,
      settings(given),
    )
    expect(again).toEqual(result)
    expect(simulate(alerts, candlesOf, settings({ ...given, seed: 2 }))).not.toEqual(result)
  })

  it('belongs to the alert: neighbours and the way they are driven change nothing', () => {
    const all = simulate(alerts, candlesOf, settings(BUSY)).outcomes
    const odd = simulate(
      alerts.filter((_, i) => i % 2 === 1),
      candlesOf,
      settings(BUSY),
    ).outcomes
    expect(odd).toEqual(all.filter((_, i) => i % 2 === 1))
    // Limits that never bind drive all alerts together by the clock, with the same result.
    const wide = { maxTotalExposure: 1e12, maxLossPerDay: 1e12 }
    expect(simulate(alerts, candlesOf, settings({ ...BUSY, risk: wide })).outcomes).toEqual(all)
  })

  it('fails and fills in part as often as it is told', () => {
    const many = generated(11, { alerts: 600, minutes_after: 8, minutes_before: 2 })
    const given: Given = {
      rules: { window_minutes: 5, entry_attempts: 1 },
      execution: { failures: { baseRate: 0.2 }, partialFills: { probability: 0.25, fillRange: [0.4, 0.6] } },
    }
    const { outcomes } = simulate(
      many.alerts,
      alert => many.candles.get(alert.token as string) as Bars,
      settings(given),
    )
    const entries = outcomes.map(({ orders }) => orders[0])
    const failed = entries.filter(order => order.outcome === 'failed').length
    const partial = entries.filter(order => order.outcome === 'partial')
    const filled = entries.length - failed
    // Five standard deviations of a binomial: √(600 · 0.2 · 0.8) = 9.8, √(480 · 0.25 · 0.75) = 9.5.
    expect(Math.abs(failed - 120)).toBeLessThan(49)
    expect(Math.abs(partial.length - filled * 0.25)).toBeLessThan(48)
    for (const { value } of partial) {
      expect(value).toBeGreaterThanOrEqual(40)
      expect(value).toBeLessThanOrEqual(60)
    }
  })
})
