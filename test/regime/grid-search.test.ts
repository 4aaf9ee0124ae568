import { describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import type { Panel } from '../../src/market/panel.ts'
import { type RegimeConfigInput, resolveConfig } from '../../src/regime/config.ts'
import { runMonitor } from '../../src/regime/monitor.ts'
import { randomPanel } from './panels.ts'

const INPUT: RegimeConfigInput = {
  features: { burn_in_days: 20, z_window: 20, z_min_obs: 10 },
  basket: { n: 6, min_names: 2, min_mcap_usd: 1e6 },
  regime: {
    grid_search: {
      enabled: true,
      lookback_window_days: 90,
      test_window_days: 40,
      n_samples: 25,
      eval_horizon_days: 3,
      seed: 5,
    },
  },
}
const config = resolveConfig(INPUT)
const panel = randomPanel(2, 12, 260)
const windows = runMonitor(panel, config).grid_search ?? []

/** The panel with all prices from row t on moved at random. */
function shaken(from: Panel, t: number): Panel {
  const random = new Random(1)
  const first = t * from.assets.length
  return { ...from, close: from.close.map((value, at) => (at < first ? value : value * (0.5 + random.next()))) }
}

describe('grid search', () => {
  it('trains on the days before each test and moves on by a test window', () => {
    expect(windows.map(w => [w.train_start, w.train_end, w.test_start, w.test_end])).toEqual([
      ['1970-01-01', '1970-03-31', '1970-04-01', '1970-05-10'],
      ['1970-02-10', '1970-05-10', '1970-05-11', '1970-06-19'],
      ['1970-03-22', '1970-06-19', '1970-06-20', '1970-07-29'],
      ['1970-05-01', '1970-07-29', '1970-07-30', '1970-09-07'],
      ['1970-06-10', '1970-09-07', '1970-09-08', '1970-09-17'],
    ])
  })

  it('draws within the ranges, weights scaled to 1', () => {
    for (const { chosen } of windows) {
      expect(Object.values(chosen?.weights ?? {}).reduce((sum, w) => sum + Math.abs(w), 0)).toBeCloseTo(1, 12)
      expect(chosen?.threshold_low).toBeGreaterThanOrEqual(-1)
      expect(chosen?.threshold_low).toBeLessThanOrEqual(-0.2)
      expect((chosen?.threshold_strong_high ?? 0) - (chosen?.threshold_high ?? 0)).toBeGreaterThanOrEqual(0.5)
    }
  })

  it('chooses from the training slice alone: the days after it may be anything', () => {
    windows.forEach((window, k) => {
      const other = runMonitor(shaken(panel, 90 + 40 * k), config).grid_search?.[k]
      expect(other?.chosen).toEqual(window.chosen)
      expect(other?.train_objective).toBe(window.train_objective)
      if (window.test_objective !== null) expect(other?.test_objective).not.toBe(window.test_objective)
    })
  })

  it('is at least as good in training as the same search with fewer draws', () => {
    const search = { ...config.regime.grid_search, n_samples: 5 }
    const fewer = runMonitor(panel, { ...config, regime: { ...config.regime, grid_search: search } }).grid_search ?? []
    fewer.forEach((window, k) => {
      expect(windows[k].train_objective).toBeGreaterThanOrEqual(window.train_objective ?? Number.NEGATIVE_INFINITY)
    })
    expect(windows.some((window, k) => window.train_objective !== fewer[k].train_objective)).toBe(true)
  })

  it('finds what predicts: alts that follow their own breadth are led by its weight', () => {
    // Alts rise together for fifteen days, then fall for fifteen, against a still BTC.
    const days = 260
    const base = randomPanel(3, 8, days)
    const width = base.assets.length
    const random = new Random(9)
    const close = new Float64Array(base.close.length)
    for (let a = 0; a < width; a++) {
      let price = 100
      for (let t = 0; t < days; t++) {
        const drift = a < 8 ? (Math.floor(t / 15) % 2 === 0 ? 0.02 : -0.02) : 0
        price *= Math.exp(drift + 0.004 * random.normal())
        close[t * width + a] = price
      }
    }
    const follower = resolveConfig({
      ...INPUT,
      regime: {
        weights: { alt_breadth: 1 },
        grid_search: { ...INPUT.regime?.grid_search, weight_ranges: { alt_breadth: [-1, 1] }, eval_horizon_days: 1 },
      },
    })
    const found = runMonitor({ ...base, close }, follower).grid_search ?? []
    // Breadth that lasts means that majors less alts fall: it must weigh against the majors.
    for (const { chosen, test_objective, configured_test_objective } of found.slice(0, 4)) {
      expect(chosen?.weights.alt_breadth).toBe(-1)
      expect(test_objective).toBeGreaterThan(0)
      expect(configured_test_objective).toBeLessThan(0)
    }
  })

  it('is not run unless it is enabled', () => {
    expect(runMonitor(panel, resolveConfig({ ...INPUT, regime: {} })).grid_search).toBeNull()
  })
})
