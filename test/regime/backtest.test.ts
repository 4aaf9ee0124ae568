import { describe, expect, it } from 'vitest'
import type { Panel } from '../../src/market/panel.ts'
import { type Backtest, runBacktest } from '../../src/regime/backtest.ts'
import { type RegimeConfigInput, resolveConfig } from '../../src/regime/config.ts'
import { kpisOf, maxDrawdown, regimeMetrics, stabilityOf } from '../../src/regime/kpis.ts'
import type { Regime } from '../../src/regime/regimes.ts'
import { exitReason, type Track, volatilityScale } from '../../src/regime/risk.ts'
import { universeOf } from '../../src/regime/universe.ts'
import { testWindows } from '../../src/regime/walk-forward.ts'
import { panelOf, type Rows } from './panels.ts'

const MAJORS: Regime = 'RISK_ON_MAJORS'

/** Run a book of half BTC against half ALT under 10 bps of cost, deciding on every day as configured. */
function run(
  tables: { close: Rows; funding?: Rows },
  given: RegimeConfigInput['backtest'],
  regimes?: (Regime | null)[],
  scores?: number[],
) {
  const panel = panelOf(tables)
  const config = resolveConfig({ backtest: { gate: 'always', ...given } })
  const at = (id: string) => panel.assets.indexOf(id)
  const targetAt = () => ({ assets: [at('ALT'), at('BTC')], weights: [-0.5, 0.5] })
  const backtest = runBacktest({
    panel,
    universe: universeOf(panel, config),
    regimes: regimes ?? new Array<Regime>(panel.days).fill(MAJORS),
    scores: Float64Array.from(scores ?? new Array<number>(panel.days).fill(1)),
    config,
    start: 0,
    targetAt,
  })
  return { panel, backtest, held: (id: string, t: number) => heldAt(panel, backtest, id, t) }
}

function heldAt(panel: Panel, backtest: Backtest, id: string, t: number): number {
  const { row, asset, weight } = backtest.holdings
  const i = row.findIndex((day, k) => day === t && panel.assets[asset[k]] === id)
  return i < 0 ? 0 : weight[i]
}

describe('one book, by hand', () => {
  const close = { BTC: [100, 100, 110, 99, 99], ALT: [10, 10, 9, null, 12] }
  const funding = { BTC: [9, 9, 1e-4, 0, null], ALT: [9, 9, -2e-4, 0, 0] }
  const { backtest: b, held } = run({ close, funding }, { rebalance_frequency_days: 100 })

  it('decides on day 0 and trades at the close of day 1, paying for the whole book', () => {
    expect(b.decision).toEqual(['rebalance', 'hold', 'hold', 'hold', 'hold'])
    expect([b.altTurnover[1], b.majorTurnover[1], b.cost[1], b.grossHeld[1]]).toEqual([0.5, 0.5, 0.001, 0])
    expect(Array.from(b.equity.subarray(0, 2))).toEqual([1, 0.999])
  })

  it('earns, pays signed funding three times a day, and drifts', () => {
    // BTC +10 %, ALT −10 %: 0.05 + 0.05; funding (0.5 · 1e-4 + −0.5 · −2e-4) · 3.
    expect(b.gross[2]).toBeCloseTo(0.1, 12)
    expect(b.funding[2]).toBeCloseTo(0.00045, 15)
    expect(b.net[2]).toBeCloseTo(0.09955, 12)
    expect(held('BTC', 2)).toBeCloseTo(0.55 / 1.09955, 12)
    expect(held('ALT', 2)).toBeCloseTo(-0.45 / 1.09955, 12)
    expect(b.equity[2]).toBeCloseTo(0.999 * 1.09955, 12)
  })

  it('realises the return over a gap when the price is back', () => {
    const btc = 0.55 / 1.09955
    expect(b.gross[3]).toBeCloseTo(-0.1 * btc, 12)
    const alt = -0.45 / 1.09955 / (1 - 0.1 * btc)
    expect(held('ALT', 3)).toBeCloseTo(alt, 12)
    expect(b.gross[4]).toBeCloseTo(alt * (12 / 9 - 1), 12)
  })
})

it('closes a holding at its last price once it has had none for longer than allowed', () => {
  const close = { BTC: [1, 1, 1, 1, 1, 1], ALT: [1, 1, null, null, null, 5] }
  const { backtest: b, held } = run({ close }, { rebalance_frequency_days: 100, max_stale_days: 2 })
  expect([held('ALT', 3), held('ALT', 4)]).toEqual([(-0.5 / 0.999) * 0.999, 0])
  expect([b.altTurnover[3], b.altTurnover[4], b.gross[4], b.gross[5]]).toEqual([0, 0.5, 0, 0])
})

it('leaves what has no close on the day of an order as it is, and does not try again', () => {
  const close = { BTC: [1, 1, 1, 1], ALT: [1, null, 1, 1] }
  const { backtest: b, held } = run({ close }, { rebalance_frequency_days: 100 })
  expect([held('BTC', 1), held('ALT', 1), held('ALT', 3)]).toEqual([0.5, 0, 0])
  expect(b.altTurnover.every(x => x === 0)).toBe(true)
})

describe('the gate', () => {
  const close = { BTC: [1, 1, 1, 1, 1, 1, 1, 1], ALT: [1, 1, 1, 1, 1, 1, 1, 1] }
  const regimes: (Regime | null)[] = [null, MAJORS, MAJORS, MAJORS, 'BALANCED', 'BALANCED', 'BALANCED', MAJORS]

  it('lets a position stand only while majors lead, one day later each way', () => {
    const { backtest: b } = run({ close }, { gate: 'majors_only' }, regimes)
    expect(b.decision).toEqual(['gate', 'rebalance', 'rebalance', 'rebalance', 'gate', 'gate', 'gate', 'rebalance'])
    expect(Array.from(b.grossHeld, gross => gross > 0)).toEqual([false, false, false, true, true, true, false, false])
    expect(b.regimeSignal).toEqual([null, null, null, MAJORS, MAJORS, MAJORS, null, null])
    expect(Array.from(b.scale)).toEqual([Number.NaN, 1, 1, 1, Number.NaN, Number.NaN, Number.NaN, 1])
  })

  it('cancels what is pending and, under a lag of two days, still comes to flat', () => {
    const { backtest: b } = run({ close }, { gate: 'majors_only', execution_lag_days: 2 }, regimes)
    // Ordered on days 1, 2, 3 for 3, 4, 5; the exit of day 4 cancels the last one and is due on day 6.
    expect(Array.from(b.altGross, gross => gross > 0)).toEqual([false, false, false, true, true, true, false, false])
  })
})

it('rebalances on a change of regime or score where no frequency is given', () => {
  const flat = new Array<number>(7).fill(1)
  const regimes: Regime[] = [MAJORS, MAJORS, 'BALANCED', 'BALANCED', 'BALANCED', 'BALANCED', 'BALANCED']
  const scores = [1, 1.2, 1.2, 1.49, 1.51, Number.NaN, 1.8]
  const { backtest: b } = run({ close: { BTC: flat, ALT: flat } }, { rebalance_frequency_days: null }, regimes, scores)
  // 1.51 is more than 0.3 above 1.2; 1.8 is not more than 0.3 above 1.51.
  expect(b.decision).toEqual(['rebalance', 'hold', 'rebalance', 'hold', 'rebalance', 'hold', 'hold'])
})

it('stops with an error when the equity is lost', () => {
  const close = { BTC: [1, 1, 1], ALT: [1, 1, 9] }
  expect(() => run({ close }, {})).toThrow('lost all its equity on 1970-01-03')
})

describe('exits', () => {
  const overlays = (given: NonNullable<RegimeConfigInput['backtest']>['risk_management']) =>
    resolveConfig({ backtest: { gate: 'always', risk_management: given } }).backtest
  const track = (net: number[], entry = 0, regime: Regime | null = MAJORS): Track => {
    let equity = 1
    return { net: Float64Array.from(net), equity: Float64Array.from(net, r => (equity *= 1 + r)), entry, regime }
  }
  const zeros = (n: number) => new Array<number>(n).fill(0)

  it('stops on a bad day, a bad look-back, or three days half as bad again', () => {
    const stop = overlays({ stop_loss: { daily_loss_threshold: -0.05, lookback_days: 2, volatility_adjusted: false } })
    expect(exitReason(track([-0.051]), stop)).toBe('stop_loss')
    expect(exitReason(track([-0.05]), stop)).toBeNull()
    expect(exitReason(track([-0.03, -0.021]), stop)).toBe('stop_loss')
    expect(exitReason(track([-0.03, -0.02]), stop)).toBeNull()
    expect(exitReason(track([-0.03, -0.022, -0.024]), stop)).toBe('stop_loss')
    expect(exitReason(track([0, -0.051], -1), stop)).toBe('stop_loss')
  })

  it('narrows the stop in calm times and never widens it beyond 7.5 %', () => {
    const stop = overlays({ stop_loss: { daily_loss_threshold: -0.05 } })
    // Over twenty rows the volatility is 7.6 %, less than half of 20 %: the stop narrows to 2.5 %. Nineteen rows leave it.
    expect(exitReason(track([...zeros(18), -0.013, -0.013]), stop)).toBe('stop_loss')
    expect(exitReason(track([...zeros(17), -0.013, -0.013]), stop)).toBeNull()
    const wild = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 0.1 : -0.07))
    expect(exitReason(track(wild), stop)).toBeNull()
    expect(exitReason(track([...wild, 0.1, -0.08]), stop)).toBe('stop_loss')
  })

  it('takes a profit, and time, from the entry only', () => {
    const take = overlays({ take_profit: { profit_threshold: 0.1, time_based_exit_days: 3 } })
    expect(exitReason(track([0, 0.1]), take)).toBe('take_profit')
    expect(exitReason(track([0, 0.1], -1), take)).toBeNull()
    expect(exitReason(track([0.2, 0.09], 0), take)).toBeNull()
    expect(exitReason(track([0, 0, 0]), take)).toBeNull()
    expect(exitReason(track([0, 0, 0, 0]), take)).toBe('time_exit')
    const patient = overlays({ take_profit: { time_based_exit_days: null } })
    expect(exitReason(track(zeros(99)), patient)).toBeNull()
  })

  it('trails the highest equity of the look-back once it is full', () => {
    const trail = overlays({ trailing_stop: { drawdown_threshold: -0.1, lookback_days: 3 } })
    expect(exitReason(track([0, -0.11]), trail)).toBeNull()
    expect(exitReason(track([0, 0, -0.11]), trail)).toBe('trailing_stop')
    expect(exitReason(track([0.5, -0.2, 0, 0]), trail)).toBeNull()
  })

  it('names the first reason in order, the gate last', () => {
    const all = resolveConfig({
      backtest: {
        risk_management: {
          stop_loss: { volatility_adjusted: false },
          trailing_stop: { lookback_days: 1, drawdown_threshold: 1 },
        },
      },
    }).backtest
    expect(exitReason(track([-0.06], 0, null), all)).toBe('stop_loss')
    expect(exitReason(track([0], 0, null), all)).toBe('trailing_stop')
    expect(exitReason(track([0], 0, 'BALANCED'), resolveConfig().backtest)).toBe('gate')
  })

  it('scales to the target volatility within its limits, once the look-back is full', () => {
    const { volatility_targeting: target } = resolveConfig({
      backtest: {
        risk_management: { volatility_targeting: { target_volatility: 0.2, lookback_days: 3, max_scale: 0.9 } },
      },
    }).backtest.risk_management
    const daily = 0.01
    // −d, 0, d has standard deviation d.
    expect(volatilityScale(Float64Array.of(9, -2 * daily, 0, 2 * daily), target)).toBeCloseTo(
      0.2 / (2 * daily * Math.sqrt(365)),
      12,
    )
    expect(volatilityScale(Float64Array.of(0, 0, 0), target)).toBe(0.9)
    expect(volatilityScale(Float64Array.of(-1, 0, 1), target)).toBe(0.1)
    expect(volatilityScale(Float64Array.of(-1, 1), target)).toBe(1)
  })
})

describe('figures', () => {
  const returns = [0.1, -0.05, 0.02]
  let equity = 1
  const curve = returns.map(r => (equity *= 1 + r))
  const part = {
    start: 0,
    rows: 3,
    net: Float64Array.from(returns),
    equity: Float64Array.from(curve),
    grossHeld: Float64Array.of(1, 0.5, 0),
    cost: Float64Array.of(1e-3, 0, 0),
    funding: Float64Array.of(0, 2e-4, 1e-4),
    altTurnover: Float64Array.of(0.5, 0, 0),
    majorTurnover: Float64Array.of(0.5, 0, 0.5),
    altGross: Float64Array.of(0.5, 0.5, 0),
    majorGross: Float64Array.of(0.5, 0, 0),
    regimeSignal: [null, MAJORS, MAJORS],
  } as unknown as Backtest

  it('are those of three days, by hand', () => {
    // Mean 0.07/3; squares about it 0.0338/3; downside 0.05²/3.
    const deviation = Math.sqrt(0.0338 / 6)
    expect(kpisOf(part)).toEqual({
      n_days: 3,
      total_return: expect.closeTo(0.0659, 12),
      cagr: expect.closeTo(1.0659 ** 121 * Math.exp(Math.log(1.0659) * (2 / 3)) - 1, 6),
      ann_vol: expect.closeTo(deviation * Math.sqrt(365), 12),
      sharpe: expect.closeTo((0.07 / 3 / deviation) * Math.sqrt(365), 10),
      sortino: expect.closeTo((0.07 / 3 / Math.sqrt(0.0025 / 3)) * Math.sqrt(365), 10),
      max_drawdown: expect.closeTo(-0.05, 12),
      calmar: expect.any(Number),
      hit_rate: 0.5,
      hit_rate_all: 2 / 3,
      n_active: 2,
      avg_turnover: 0.5,
      annual_turnover: 182.5,
      total_cost: 1e-3,
      total_funding: expect.closeTo(3e-4, 15),
      avg_funding_daily: expect.closeTo(1e-4, 15),
      avg_gross: 0.5,
    })
    expect(kpisOf({ ...part, rows: 0 })).toBeNull()
    expect(maxDrawdown(Float64Array.of(0.9, 1.2, 0.6))).toBeCloseTo(-0.5, 12)
    expect(maxDrawdown(Float64Array.of(0.8, 0.9))).toBeCloseTo(-0.2, 12)
  })

  it('group returns by the regime that earned them', () => {
    expect(regimeMetrics(part)).toEqual([
      {
        regime: MAJORS,
        n_days: 2,
        mean_return: expect.closeTo(-0.015, 12),
        median_return: expect.closeTo(-0.015, 12),
        std_return: expect.closeTo(0.07 / Math.SQRT2, 12),
        sharpe_like: expect.closeTo((-0.015 * Math.SQRT2) / 0.07, 12),
      },
    ])
  })

  it('cut the run into test windows that multiply up to the whole', () => {
    const panel = panelOf({ close: { BTC: [1, 1, 1], A: [1, 1, 1] } })
    const windows = testWindows(panel, part, 2)
    expect(windows.map(w => [w.test_window, w.start, w.end, w.n_days])).toEqual([
      [0, '1970-01-01', '1970-01-02', 2],
      [1, '1970-01-03', '1970-01-03', 1],
    ])
    expect(windows[0].total_return).toBeCloseTo(0.045, 12)
    expect(windows[0].max_drawdown).toBeCloseTo(-0.05, 12)
    expect([windows[1].total_return, windows[1].sharpe]).toEqual([expect.closeTo(0.02, 12), null])
    // A window that begins with a loss falls from the equity it was given.
    expect(testWindows(panel, part, 1)[1].max_drawdown).toBeCloseTo(-0.05, 12)
  })

  it('count switches of the regimes, passing over days without one', () => {
    expect(stabilityOf([null, 'BALANCED', 'BALANCED', null, MAJORS, 'BALANCED'])).toEqual({
      total_switches: 2,
      total_days: 5,
      switches_per_year: 2 / (5 / 365.25),
      avg_regime_duration_days: 4 / 3,
      regime_distribution: { BALANCED: 75, RISK_ON_MAJORS: 25 },
    })
    expect(stabilityOf([null])).toMatchObject({ total_days: 0, switches_per_year: null, regime_distribution: {} })
  })
})
