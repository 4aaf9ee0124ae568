import { describe, expect, it } from 'vitest'
import type { Backtest } from '../../src/regime/backtest.ts'
import { blockResamples, bootstrapInterval } from '../../src/regime/bootstrap.ts'
import { resolveConfig } from '../../src/regime/config.ts'
import { evaluateRegimes } from '../../src/regime/evaluation.ts'
import type { Regime } from '../../src/regime/regimes.ts'
import { forwardReturns, strategyReturns, targetReturns } from '../../src/regime/target-returns.ts'
import { panelOf } from './panels.ts'

describe('returns that judge', () => {
  it('pit the long leg against the members with both closes, 60 % of the weight at least', () => {
    const panel = panelOf({
      close: { BTC: [100, 110, 110], ETH: [10, 12, 12], A: [1, 2, 2], B: [1, 0.5, null], C: [1, null, 1] },
    })
    const weights = { BTC: 3, ETH: 1 }
    const of =
      (...shares: number[]) =>
      () => ({ assets: [0, 1, 3], weights: shares })
    expect(panel.assets).toEqual(['A', 'B', 'BTC', 'C', 'ETH'])
    // Majors 0.75 · 10 % + 0.25 · 20 %; alts (0.5 · 100 % − 0.25 · 50 %) / 0.75 without C.
    expect(targetReturns(panel, weights, of(0.5, 0.25, 0.25))[0]).toBeCloseTo(0.125 - 0.5, 12)
    expect(targetReturns(panel, weights, of(0.3, 0.2, 0.5))[0]).toBeNaN()
    expect(targetReturns(panel, weights, () => ({ assets: [], weights: [] }))[0]).toBeNaN()
    expect(targetReturns(panel, weights, of(1, 1, 1))[2]).toBeNaN()
  })

  it('compound from the lag over the horizon, null where a day is', () => {
    const daily = Float64Array.of(0.1, 0.2, -0.5, Number.NaN, 1)
    expect(Array.from(forwardReturns(daily, 1, 2))).toEqual([
      expect.closeTo(-0.4, 12),
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ])
    expect(Array.from(forwardReturns(daily, 0, 1))).toEqual([
      expect.closeTo(0.1, 12),
      expect.closeTo(0.2, 12),
      -0.5,
      Number.NaN,
      1,
    ])
  })

  it('stand on the day before they are earned', () => {
    const backtest = { start: 2, rows: 3, gross: Float64Array.of(0, 0.1, 0.2) } as unknown as Backtest
    expect(Array.from(strategyReturns(backtest, 6))).toEqual([Number.NaN, Number.NaN, 0.1, 0.2, Number.NaN, Number.NaN])
  })
})

describe('bootstrap', () => {
  it('draws whole blocks inside the sample, cut to its length, the same from the same seed', () => {
    const samples = blockResamples(25, { block_size: 10, n_boot: 40 }, 7)
    expect(samples.length).toBe(40)
    for (const rows of samples) {
      expect(rows.length).toBe(25)
      for (let i = 0; i < 25; i++) {
        if (i % 10 > 0) expect(rows[i]).toBe(rows[i - 1] + 1)
        expect(rows[i]).toBeLessThan(25)
      }
      expect(rows[0]).toBeLessThanOrEqual(15)
    }
    expect(blockResamples(25, { block_size: 10, n_boot: 40 }, 7)).toEqual(samples)
    expect(blockResamples(25, { block_size: 10, n_boot: 40 }, 8)).not.toEqual(samples)
    expect(new Set(samples.map(rows => rows[0])).size).toBeGreaterThan(8)
  })

  it('takes the sample itself where it is shorter than a block', () => {
    expect(blockResamples(3, { block_size: 10, n_boot: 2 }, 7)).toEqual([
      Int32Array.of(0, 1, 2),
      Int32Array.of(0, 1, 2),
    ])
  })

  it('counts resamples as far off as the observed value is from 0', () => {
    // 0, 1 … 100 about 40: 0 and 80 … 100 are at least 40 away, 22 of 101.
    const resampled = Float64Array.from({ length: 101 }, (_, i) => i)
    expect(bootstrapInterval(40, resampled)).toEqual({ ci_lower: 2.5, ci_upper: 97.5, pvalue: 23 / 102 })
    expect(bootstrapInterval(0, Float64Array.of(1, 2)).pvalue).toBe(1)
  })
})

describe('evaluation', () => {
  const config = resolveConfig({
    evaluation: { horizons_days: [1, 2], min_regime_count: 3, bootstrap: { enabled: false } },
  }).evaluation
  const [a, b, m]: Regime[] = ['RISK_ON_ALTS', 'BALANCED', 'RISK_ON_MAJORS']
  const daily = Float64Array.of(9, 0.01, 0.03, -0.02, 0.04, 0.02, 0.06, 0.01, 0.05)
  const regimes: (Regime | null)[] = [m, m, m, a, a, a, m, b, null]
  const valid = new Uint8Array(9).fill(1)

  it('groups what follows after the lag, by hand', () => {
    const { regime_stats, edge_stats } = evaluateRegimes(daily, regimes, valid, 1, config)['horizon_1d']
    // Rows 0, 1, 2, 6 are majors: 0.01, 0.03, −0.02, 0.01; rows 3, 4, 5 alts: 0.04, 0.02, 0.06; row 7 balanced: 0.05.
    const deviation = Math.sqrt((0.0025 ** 2 * 2 + 0.0225 ** 2 + 0.0275 ** 2) / 3)
    expect(regime_stats[m]).toMatchObject({
      mean_return: expect.closeTo(0.0075, 12),
      std_return: expect.closeTo(deviation, 12),
      count: 4,
      hit_rate: 0.75,
      t_stat: expect.closeTo((0.0075 * 2) / deviation, 10),
      // One-day horizons do not overlap: the error is that of n, not n − 1.
      t_stat_nw: expect.closeTo((0.0075 * 2) / (deviation * Math.sqrt(3 / 4)), 10),
    })
    expect(regime_stats[b]).toEqual({
      mean_return: expect.closeTo(0.05, 12),
      std_return: 0,
      count: 1,
      hit_rate: 1,
      t_stat: 0,
      p_value: 1,
      t_stat_nw: 0,
      p_value_nw: 1,
    })
    expect(edge_stats).toEqual({
      edge_best: expect.closeTo(0.0075 - 0.025, 12),
      edge_worst: expect.closeTo(0.04 - 0.025, 12),
      spread_1_5: expect.closeTo(-0.0325, 12),
      mean_all: expect.closeTo(0.025, 12),
      mean_1: expect.closeTo(0.04, 12),
      mean_5: expect.closeTo(0.0075, 12),
      n1: 3,
      n5: 4,
      n_all: 8,
      worst_regime: a,
      best_regime: m,
    })
  })

  it('counts the overlap of longer horizons', () => {
    const stats = evaluateRegimes(
      Float64Array.of(0, 0.1, 0.1, 0.3, 0.3, 0),
      [m, m, m, m, null, null],
      new Uint8Array(6).fill(1),
      1,
      config,
    )
    const y = [0.21, 0.43, 0.69, 0.3]
    const centre = y.reduce((s, x) => s + x) / 4
    const e = y.map(x => x - centre)
    const sum = e.reduce((s, x) => s + x * x, 0) + 2 * 0.5 * (e[1] * e[0] + e[2] * e[1] + e[3] * e[2])
    expect(stats['horizon_2d'].regime_stats[m]?.t_stat_nw).toBeCloseTo(centre / (Math.sqrt(sum) / 4), 10)
  })

  it('leaves out rows that are not valid, and has no edge without frequent regimes', () => {
    const late = Uint8Array.from(valid, (_, t) => (t >= 6 ? 1 : 0))
    const { regime_stats, edge_stats } = evaluateRegimes(daily, regimes, late, 1, config)['horizon_1d']
    expect(Object.keys(regime_stats)).toEqual([b, m])
    expect(edge_stats).toMatchObject({
      edge_best: null,
      spread_1_5: null,
      mean_5: 0,
      n5: 0,
      n_all: 2,
      best_regime: null,
    })
  })
})
