/** Latency by its percentiles, limits over all alerts, statistics of calls and callers, names: worked by hand. */

import { describe, expect, it } from 'vitest'
import { isSelected, volumeBefore } from '../../src/alerts/alert.ts'
import { callerRows, callFacts } from '../../src/alerts/calls.ts'
import { alertStream, latencyMs } from '../../src/alerts/draws.ts'
import { paramsOfName } from '../../src/alerts/name.ts'
import { RiskGate } from '../../src/alerts/risk.ts'
import { simulate } from '../../src/alerts/simulation.ts'
import { alertAt, CALL, MINUTE, minutes, settings } from './fixtures.ts'

const HOUR = 60 * MINUTE

describe('latency', () => {
  const model = { p50: 400, p90: 600, p99: 960 }
  it('goes through its percentiles, linear between them', () => {
    // Below the median from 2 · 400 − 600 = 200; above p99 on with 360 per 0.09.
    const expected = [
      [0, 200],
      [0.25, 300],
      [0.5, 400],
      [0.7, 500],
      [0.9, 600],
      [0.945, 780],
      [0.99, 960],
      [0.995, 980],
    ]
    for (const [u, ms] of expected) expect(latencyMs(model, u, 0.5)).toBeCloseTo(ms, 9)
  })
  it('is constant where the percentiles are equal, and never negative', () => {
    for (const u of [0, 0.3, 0.95, 0.999]) expect(latencyMs({ p50: 70, p90: 70, p99: 70 }, u, 0)).toBeCloseTo(70, 9)
    expect(latencyMs({ p50: 10, p90: 10, p99: 10, jitter: 30 }, 0.5, 0)).toBe(0)
    expect(latencyMs({ p50: 10, p90: 10, p99: 10, jitter: 30 }, 0.5, 0.75)).toBe(25)
  })
  it('draws from a stream of the alert, by hash', () => {
    const first = (seed: number, id: string) => alertStream(seed, id).next()
    expect(first(1, 'a')).toBe(first(1, 'a'))
    expect(new Set([first(1, 'a'), first(1, 'b'), first(2, 'a')]).size).toBe(3)
  })
})

describe('limits', () => {
  const loss = (time: number, net: number, released = 100) => ({
    time,
    alert: 0,
    sequence: time,
    pnl: net,
    released,
    closed: net,
  })

  it('are not asked about anything beyond the trade where there are none', () => {
    expect(new RiskGate(null, 1000).coupled).toBe(false)
    const size = new RiskGate({ maxPositionSize: 40 }, 1000)
    expect([size.coupled, size.ask(0, 100), size.ask(0, 30)]).toEqual([
      false,
      { budget: 40, refusal: null },
      { budget: 30, refusal: null },
    ])
  })

  it('grant what is left of the greatest exposure', () => {
    const gate = new RiskGate({ maxTotalExposure: 150 }, 1000)
    expect([gate.ask(0, 100).budget, gate.ask(1, 100).budget, gate.ask(2, 100).refusal]).toEqual([
      100,
      50,
      'max_total_exposure',
    ])
    gate.settle(loss(5, 10, 50))
    expect([gate.ask(4, 100).refusal, gate.ask(5, 100).budget]).toEqual(['max_total_exposure', 50])
  })

  it('throttle entries in any window', () => {
    const gate = new RiskGate({ tradeThrottle: { maxTrades: 2, windowMinutes: 10 } }, 1000)
    const asked = [0, 5, 9, 10, 14, 15].map(minute => gate.ask(minute * MINUTE, 1).refusal)
    expect(asked).toEqual([null, null, 'trade_throttle', null, 'trade_throttle', null])
  })

  it('pause a day after a loss or a row of losses, and for ever after a drawdown', () => {
    const daily = new RiskGate({ maxLossPerDay: 50 }, 1000)
    daily.settle(loss(HOUR, -30))
    daily.settle(loss(2 * HOUR, -20))
    expect([HOUR, 2 * HOUR, 23 * HOUR, 24 * HOUR].map(time => daily.ask(time, 1).refusal)).toEqual([
      null,
      'max_loss_per_day',
      'max_loss_per_day',
      null,
    ])

    const row = new RiskGate({ maxConsecutiveLosses: 2 }, 1000)
    for (const [hour, net] of [
      [1, -1],
      [2, 1],
      [3, -1],
      [4, -1],
      [25, -1],
    ])
      row.settle(loss(hour * HOUR, net))
    expect([3, 4, 23, 24, 26].map(hour => row.ask(hour * HOUR, 1).refusal)).toEqual([
      null,
      'max_consecutive_losses',
      'max_consecutive_losses',
      null,
      null,
    ])

    const fall = new RiskGate({ maxDrawdown: 0.1 }, 1000)
    for (const [hour, net] of [
      [1, 200],
      [2, -119],
      [3, -1],
      [30, 500],
    ])
      fall.settle(loss(hour * HOUR, net))
    expect([2, 3, 40].map(hour => fall.ask(hour * HOUR, 1).refusal)).toEqual([null, 'max_drawdown', 'max_drawdown'])
  })

  it('hold over alerts, each entry asked when it is sent', () => {
    const bars = minutes([100, 100, 100, 40, 40, 40, 40, 40, 40])
    const at = (minute: number, alert_id: string) => alertAt(CALL + minute * MINUTE, { alert_id })
    const given = { rules: { stop_loss: 0.5, window_minutes: 5 }, risk: { maxLossPerDay: 60 } }
    const { outcomes, curve } = simulate([at(0, 'a'), at(2, 'b'), at(4, 'c')], () => bars, settings(given))
    // a and b lose 60 each at minute 3; c comes after that.
    expect(outcomes.map(({ status, net }) => [status, net])).toEqual([
      ['traded', -60],
      ['traded', -60],
      ['no_trade', 0],
    ])
    expect(outcomes[2].orders).toMatchObject([
      { outcome: 'refused', refusal: 'max_loss_per_day', sent: CALL + 4 * MINUTE },
    ])
    expect(curve.equity.at(-1)).toBeCloseTo(1 - 120 / 300, 12)
  })
})

describe('calls and callers', () => {
  const bars = minutes([100, 90, 150, 300, 120, 500], {
    high: [100, 110, 160, 320, 130, 600],
    low: [99, 80, 70, 150, 100, 110],
  })

  it('measures the call on whole candles after it, inside the window', () => {
    // Window of four minutes: 320 in the third; before it the low of 70.
    expect(callFacts(alertAt(CALL), bars, MINUTE, 4 * MINUTE)).toEqual({
      ...{ price: 100, candles: 4, first_close: 90, peak_price: 320, peak_multiple: 3.2, time_to_peak: 3 * MINUTE },
      ...{ drawdown_to_peak: expect.closeTo(-0.3, 12), end_multiple: 1.2 },
    })
    // The candle that the call falls into is left out: its high of 110 and low of 80 may be from before.
    const late = callFacts(alertAt(CALL + 1, { price: 80 }), bars, MINUTE, 4 * MINUTE)
    expect(late).toMatchObject({ price: 80, candles: 3, peak_multiple: 4, drawdown_to_peak: 70 / 80 - 1 })
    const first = callFacts(alertAt(CALL + 2 * MINUTE), bars, MINUTE, MINUTE)
    expect(first).toMatchObject({ price: 150, peak_multiple: 320 / 150, drawdown_to_peak: 0, time_to_peak: MINUTE })
  })

  it('gathers callers by name, those without one last', () => {
    const at = (alert_id: string, caller: string | null, minute: number) =>
      alertAt(CALL + minute * MINUTE, { alert_id, caller })
    const alerts = [at('1', 'zoe', 0), at('2', null, 0), at('3', 'amy', 0), at('4', 'amy', 3), at('5', 'amy', 50)]
    const { outcomes } = simulate(alerts, () => bars, settings({ rules: { window_minutes: 2, trigger: 'touch' } }))
    const [amy, zoe, nobody] = callerRows(outcomes, 1.5, 100)
    expect([zoe.caller, nobody.caller, zoe.calls]).toEqual(['zoe', null, 1])
    // Calls of amy: at 0 from 100: peak 160; at 3 from 300: peak 600; at 50 no candles.
    expect(amy).toMatchObject({
      ...{ calls: 3, calls_with_candles: 2, hit_rate: 1, mean_peak_multiple: 1.8, median_peak_multiple: 1.8 },
      ...{
        p25_peak_multiple: expect.closeTo(1.7, 12),
        p75_peak_multiple: 1.9,
        best_peak_multiple: 2,
        trades: 2,
        win_rate: 1,
      },
      ...{ median_minutes_to_peak: 2, median_end_multiple: expect.closeTo((1.5 + 5 / 3) / 2, 12) },
      // Falls before the peak: 80 of 100, 100 of 300.
      ...{
        median_drawdown_to_peak: expect.closeTo((-0.2 - 2 / 3) / 2, 12),
        worst_drawdown_to_peak: expect.closeTo(-2 / 3, 12),
      },
      // 100 → 150 and 300 → 500, over three purses of 100.
      ...{ net_pnl: expect.closeTo(50 + 200 / 3, 10), return_per_call: expect.closeTo((50 + 200 / 3) / 300, 12) },
    })
  })

  it('selects alerts', () => {
    const alert = alertAt(CALL, { venue: 'x', chain: 'base', caller: 'amy' })
    const asked = { start: CALL, end: CALL + 1, sources: [], filters: {} }
    const answers = [
      asked,
      { ...asked, start: CALL + 1 },
      { ...asked, end: CALL },
      { ...asked, sources: [{ venue: 'x' }] },
      { ...asked, sources: [{ venue: 'x', chain: 'solana' }] },
      { ...asked, sources: [{ venue: 'y' }, { venue: 'x', chain: 'base' }] },
      { ...asked, filters: { callerNames: ['zoe'] as [string] } },
      { ...asked, filters: { callerNames: ['zoe', 'amy'] as [string, string], mintAddresses: ['T'] as [string] } },
    ].map(selection => isSelected(alert, selection))
    expect(answers).toEqual([true, false, false, true, false, true, false, true])
    // The candle of the call itself has not closed; the one that closes at the call has.
    const traded = minutes([10, 20, 30], { volume: [1, 2, 4] })
    expect(volumeBefore(alertAt(CALL + MINUTE), traded, MINUTE)).toBe(50)
    expect(volumeBefore(alertAt(CALL + MINUTE + HOUR - 1), traded, MINUTE)).toBe(160)
    expect(volumeBefore(alertAt(CALL + MINUTE + HOUR), traded, MINUTE)).toBe(120)
  })
})

describe('names', () => {
  it('say their parameters', () => {
    expect(paramsOfName('MultiTrade_20pctTrail_50pctDropRebound_24h')).toEqual({
      trailing_stop: 0.2,
      reentry_drop: 0.5,
      window_minutes: 1440,
    })
    expect(paramsOfName('MultiTrade_20pctTrail')).toEqual({ trailing_stop: 0.2 })
    expect(paramsOfName('MultiTrade')).toEqual({})
    expect(
      paramsOfName('MultiTrade_5x25pctTP_1.1x50pctTP_30pctStop_12.5pctPullback_40pctDrop10pctRebound_5trades_90m'),
    ).toEqual({
      ...{
        take_profit: [
          { gain: 0.1, share: 0.5 },
          { gain: 4, share: 0.25 },
        ],
        stop_loss: 0.3,
        entry: 'pullback',
      },
      ...{ entry_pullback: 0.125, reentry_drop: 0.4, reentry_rebound: 0.1, max_trades: 5, window_minutes: 90 },
    })
    expect(paramsOfName('MultiTrade_15pctConfirm_2d')).toEqual({
      entry: 'confirmation',
      entry_confirmation: 0.15,
      window_minutes: 2880,
    })
  })
  it.each([
    ['MultiTrade_20pctTrails', "'20pctTrails' is none of the parts"],
    ['MultiTrade_', "'' is none of the parts"],
    ['MultiTrade_24h_90m', "'90m' gives window_minutes a second time"],
    ['MultiTrade_5pctPullback_5pctConfirm', 'gives entry a second time'],
  ])('%s is refused', (name, message) => {
    expect(() => paramsOfName(name)).toThrow(message)
  })
})
