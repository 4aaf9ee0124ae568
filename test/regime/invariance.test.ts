/** No look-ahead: cutting the panel anywhere, or scrambling what comes later, changes nothing that was computed before. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { type Panel, slicePanel } from '../../src/market/panel.ts'
import { type RegimeConfigInput, resolveConfig } from '../../src/regime/config.ts'
import type { RegimeConfig } from '../../src/regime/config-types.ts'
import { type MonitorResult, runMonitor } from '../../src/regime/monitor.ts'
import { signalsOf } from '../../src/regime/signals.ts'
import { goldenConfig, goldenPanel } from './golden.ts'
import { randomPanel } from './panels.ts'

/** Short windows, so that small panels reach every part of the pipeline. */
const SHORT: RegimeConfigInput = {
  features: { burn_in_days: 20, z_window: 20, z_min_obs: 10 },
  basket: { n: 6, min_names: 2, min_mcap_usd: 1e6 },
  regular: { min_names: 2, min_mcap_usd: 1e6, basket_size: 6, alt_selection: { max_volatility: 3 } },
  beta: { lookback_days: 30 },
  backtest: { lookback_window_days: 40, test_window_days: 20 },
  evaluation: { bootstrap: { n_boot: 10 } },
}
const merged = (more: RegimeConfigInput): RegimeConfigInput => ({
  ...SHORT,
  ...more,
  backtest: { ...SHORT.backtest, ...more.backtest },
})
const RISK: RegimeConfigInput = {
  backtest: {
    gate: 'always',
    rebalance_frequency_days: 5,
    execution_lag_days: 2,
    risk_management: { stop_loss: {}, take_profit: {}, trailing_stop: {}, volatility_targeting: {} },
  },
}
const CONFIGS: [string, RegimeConfig][] = [
  ['msm under risk overlays', resolveConfig(merged(RISK))],
  [
    'msm by cap, gated',
    resolveConfig({ ...merged({}), basket: { ...SHORT.basket, weighting: 'mcap', per_name_cap: 0.3 } }),
  ],
  ['regular', resolveConfig(merged({ mode: 'regular', backtest: { gate: 'always' } }))],
  ['unsupervised', resolveConfig(merged({ regime: { mode: 'unsupervised', unsupervised: { n_states: 2 } } }))],
]

/** Everything of a run that is known by the end of day t − 1. */
function knownBefore(t: number, run: MonitorResult) {
  const { backtest, features, scores } = run
  const rows = Math.max(0, t - backtest.start)
  const count = backtest.holdings.row.filter(day => day < t).length
  return {
    features: Object.fromEntries(Object.entries(features.columns).map(([name, series]) => [name, series.slice(0, t)])),
    raw: scores.raw.slice(0, t),
    score: scores.score.slice(0, t),
    regimes: run.regimes.slice(0, t),
    net: backtest.net.slice(0, rows),
    turnover: backtest.altTurnover.slice(0, rows),
    equity: backtest.equity.slice(0, rows),
    decision: backtest.decision.slice(0, rows),
    scale: backtest.scale.slice(0, rows),
    signal: backtest.regimeSignal.slice(0, rows),
    assets: backtest.holdings.asset.slice(0, count),
    weights: backtest.holdings.weight.slice(0, count),
    // The return of the last day but one needs the last day.
    target: run.target_returns?.slice(0, t - 1),
  }
}

/** The panel with every value from row t on replaced by another one, or removed. */
function scrambled(panel: Panel, t: number, seed: number): Panel {
  const random = new Random(seed)
  const from = t * panel.assets.length
  const scramble = (table: Float64Array) =>
    table.map((value, at) => (at < from ? value : random.next() < 0.1 ? Number.NaN : random.next() * 1e9 + 1e-3))
  return {
    ...panel,
    close: scramble(panel.close).map((value, at) => (at < from ? value : 1 + (value % 3))),
    marketCap: scramble(panel.marketCap),
    volume: scramble(panel.volume),
    funding: panel.funding && scramble(panel.funding).map((value, at) => (at < from ? value : value * 1e-14)),
    openInterest: panel.openInterest && scramble(panel.openInterest),
  }
}

/** A run; a made-up panel in which the book loses all it has is no case. */
function monitored(panel: Panel, config: RegimeConfig): MonitorResult {
  try {
    return runMonitor(panel, config)
  } catch (error) {
    fc.pre(!(error as Error).message.includes('lost all its equity'))
    throw error
  }
}

describe.each(CONFIGS)('%s', (_, config) => {
  it('is the same for a panel that ends earlier or goes on otherwise', () => {
    const cases = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 2, max: 160 }))
    fc.assert(
      fc.property(cases, ([seed, t]) => {
        const panel = randomPanel(seed, 12, 160)
        const whole = knownBefore(t, monitored(panel, config))
        expect(knownBefore(t, monitored(slicePanel(panel, 0, t), config))).toEqual(whole)
        expect(knownBefore(t, monitored(scrambled(panel, t, seed), config))).toEqual(whole)
      }),
      { numRuns: 8 },
    )
  })

  it('does something: the panels lead to scores, trades and several regimes', () => {
    const run = runMonitor(randomPanel(1, 12, 160), config)
    expect(run.scores.score.filter(Number.isFinite).length).toBeGreaterThan(100)
    expect(run.backtest.altTurnover.filter(x => x > 0).length).toBeGreaterThan(3)
    expect(new Set(run.regimes).size).toBeGreaterThan(2)
  })
})

describe('on the golden panel', () => {
  let panel: Panel
  beforeAll(async () => {
    panel = await goldenPanel()
  })

  it.each(['config1c_risk', 'config1d_regular'])('%s is the same wherever the panel ends', name => {
    const config = goldenConfig(name)
    const whole = runMonitor(panel, config)
    for (const t of [60, 252, 253, 333, 334, 408, 700, 899]) {
      expect(knownBefore(t, runMonitor(slicePanel(panel, 0, t), config))).toEqual(knownBefore(t, whole))
    }
  })

  it('signals the weights that the engine holds the day after', () => {
    const config = goldenConfig('config1b_gate')
    const { backtest, regimes } = runMonitor(panel, config)
    const seen = new Set<string>()
    for (let t = 256; t < 300; t++) {
      const cut = slicePanel(panel, 0, t + 1)
      const signals = signalsOf(cut, config, runMonitor(cut, config))
      const next = backtest.holdings.row.flatMap((day, i) =>
        day === t + 1 ? [[panel.assets[backtest.holdings.asset[i]], backtest.holdings.weight[i]]] : [],
      )
      const complete = next.every(
        ([id]) => !Number.isNaN(panel.close[(t + 1) * panel.assets.length + panel.assets.indexOf(id as string)]),
      )
      expect(signals.regime).toBe(regimes[t])
      if (signals.decision !== null) seen.add(signals.decision)
      const wanted = Object.entries(signals.target_weights)
      const held = wanted.every(
        ([id]) => !Number.isNaN(panel.close[(t + 1) * panel.assets.length + panel.assets.indexOf(id)]),
      )
      if (complete && held) expect(Object.fromEntries(next)).toEqual(signals.target_weights)
      const rates = (panel.funding as Float64Array).subarray(t * panel.assets.length)
      const funding = wanted.reduce((sum, [id, w]) => sum + 3 * w * (rates[panel.assets.indexOf(id)] || 0), 0)
      expect(signals.expected_funding_daily).toBeCloseTo(funding, 15)
      expect(signals.suggested_gross).toBeCloseTo(
        wanted.reduce((sum, [, w]) => sum + Math.abs(w), 0),
        12,
      )
      expect({ ...signals.leg_weights.majors, ...signals.leg_weights.alts }).toEqual(signals.target_weights)
      expect(Object.keys(signals.leg_weights.majors).every(id => id === 'BTC')).toBe(true)
    }
    expect(seen).toEqual(new Set(['gate', 'rebalance']))
  })
})

it('counts burn-in and look-back from the start, and warms up on the rows before it', () => {
  const panel = randomPanel(4, 12, 200)
  const config = resolveConfig(merged({ backtest: { gate: 'always' } }))
  const [warm, cold] = [runMonitor(panel, config, 30), runMonitor(slicePanel(panel, 30, 200), config)]
  expect(warm.features.valid.indexOf(1)).toBe(50)
  expect(warm.backtest.start).toBe(70)
  expect([warm.test_windows[0].start, warm.backtest.rows]).toEqual([cold.test_windows[0].start, cold.backtest.rows])
  const z = (run: MonitorResult) => run.features.columns['z_btc_dominance']
  expect(z(warm)[30]).not.toBeNaN()
  expect(z(cold)[0]).toBeNaN()
  expect(z(warm)[80]).toBe(z(cold)[50])
})
