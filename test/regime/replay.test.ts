/** The books replayed by a second, plain reading of the rules: holdings alone must give back returns, turnover, costs and equity. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Panel } from '../../src/market/panel.ts'
import type { Backtest } from '../../src/regime/backtest.ts'
import { resolveConfig } from '../../src/regime/config.ts'
import type { RegimeConfig } from '../../src/regime/config-types.ts'
import { runMonitor } from '../../src/regime/monitor.ts'
import { goldenConfig, goldenPanel } from './golden.ts'
import { randomPanel } from './panels.ts'

function replay(panel: Panel, config: RegimeConfig, b: Backtest): void {
  const value = (table: Float64Array, t: number, id: string) =>
    table[t * panel.assets.length + panel.assets.indexOf(id)]
  const books = new Map<number, Map<string, number>>()
  b.holdings.row.forEach((t, i) => {
    if (!books.has(t)) books.set(t, new Map())
    books.get(t)?.set(panel.assets[b.holdings.asset[i]], b.holdings.weight[i])
  })
  const lastClose = new Map<string, number>()
  let equity = 1
  for (let row = 0; row < b.rows; row++) {
    const t = b.start + row
    const before = books.get(t - 1) ?? new Map<string, number>()
    const after = books.get(t) ?? new Map<string, number>()
    let [gross, funding] = [0, 0]
    const grown = new Map<string, number>()
    for (const [id, weight] of before) {
      const close = value(panel.close, t, id)
      const r = Number.isNaN(close) ? 0 : close / (lastClose.get(id) as number) - 1
      gross += weight * r
      grown.set(id, weight * (1 + r))
      if (panel.funding !== null && config.costs.funding_enabled)
        funding += 3 * weight * (value(panel.funding, t, id) || 0)
    }
    let turnover = 0
    for (const id of new Set([...grown.keys(), ...after.keys()])) {
      turnover += Math.abs((after.get(id) ?? 0) - (grown.get(id) ?? 0) / (1 + gross - funding))
    }
    for (const id of panel.assets) {
      const close = value(panel.close, t, id)
      if (!Number.isNaN(close)) lastClose.set(id, close)
    }
    const cost = (turnover * (config.costs.taker_fee_bps + config.costs.slippage_bps)) / 1e4
    equity *= 1 + gross - cost - funding
    expect(b.gross[row]).toBeCloseTo(gross, 12)
    expect(b.funding[row]).toBeCloseTo(funding, 12)
    expect(b.altTurnover[row] + b.majorTurnover[row]).toBeCloseTo(turnover, 12)
    expect(b.equity[row] / equity).toBeCloseTo(1, 9)
    const exposure = [...after.values()]
    expect(b.netExposure[row]).toBeCloseTo(
      exposure.reduce((sum, w) => sum + w, 0),
      12,
    )
    expect(b.altGross[row] + b.majorGross[row]).toBeCloseTo(
      exposure.reduce((sum, w) => sum + Math.abs(w), 0),
      12,
    )
  }
}

describe('replay', () => {
  it.each(['config1', 'config1c_risk', 'config1d_regular'])('%s', async name => {
    const panel = await goldenPanel()
    const config = goldenConfig(name)
    replay(panel, config, runMonitor(panel, config).backtest)
  })

  it('holds for any schedule, lag, overlay and staleness', () => {
    const any = fc.record({
      seed: fc.integer({ min: 0, max: 1000 }),
      mode: fc.constantFrom('msm' as const, 'regular' as const),
      lag: fc.integer({ min: 1, max: 4 }),
      every: fc.option(fc.integer({ min: 1, max: 9 })),
      stale: fc.integer({ min: 0, max: 8 }),
      funding: fc.boolean(),
      stop: fc.boolean(),
      target: fc.boolean(),
    })
    fc.assert(
      fc.property(any, given => {
        const panel = randomPanel(given.seed, 10, 140)
        const config = resolveConfig({
          mode: given.mode,
          basket: { n: 5, min_names: 2, min_mcap_usd: 1e6 },
          regular: { min_names: 2, min_mcap_usd: 1e6, basket_size: 5, alt_selection: { max_volatility: 3 } },
          costs: { funding_enabled: given.funding },
          backtest: {
            lookback_window_days: 30,
            execution_lag_days: given.lag,
            rebalance_frequency_days: given.every,
            max_stale_days: given.stale,
            gate: 'always',
            risk_management: {
              stop_loss: { enabled: given.stop, daily_loss_threshold: -0.02 },
              volatility_targeting: { enabled: given.target, lookback_days: 5, target_volatility: 0.1 },
            },
          },
        })
        replay(panel, config, runMonitor(panel, config).backtest)
      }),
      { numRuns: 15 },
    )
  })
})
