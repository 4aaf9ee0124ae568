/** Configuration and experiment of the monitor: both layouts, the rules of merging, what is refused and where. */

import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { GatewayError } from '../../src/base/errors.ts'
import { readConfigFile } from '../../src/base/yaml.ts'
import { type RegimeSetup, type RegimeSources, regimeSetup } from '../../src/commands/regime/config.ts'
import { deepMerge } from '../../src/commands/regime/experiment.ts'
import { emptyFolder } from '../harness.ts'
import { goldenConfig } from '../regime/golden.ts'

const folder = emptyFolder()
const setup = (request: RegimeSources) => regimeSetup(request, { root: folder, cwd: folder })

async function refusal(request: RegimeSources): Promise<GatewayError> {
  try {
    await setup(request)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('was accepted')
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return name
}

const unused = ({ warnings }: RegimeSetup) =>
  warnings.map(text => text.replace(/^CONFIG_KEY_WITHOUT_EFFECT: (\S+) .*/, '$1'))

/** The published configuration as its specification describes it, with other values where that shows. */
const PUBLISHED = `
data: {data_lake_dir: ./lake, duckdb_path: ./research.duckdb, universe_snapshots_path: null}
universe:
  majors: [BTC, ETH]
  exclude_assets: [XYZ]
  min_mcap_usd: 60_000_000
  min_volume_usd: 2_000_000
  basket_size: 15
  per_name_cap: 0.2
  gross_cap: 0.9
  vol_target: null
  neutrality_mode: dollar_neutral
  alt_selection: {enabled: true, max_volatility: 1.5, min_correlation: 0.2, max_momentum: 0.4, min_momentum: -0.4, weight_by_inverse_vol: false, volatility_lookback_days: 21, correlation_lookback_days: 61, momentum_lookback_days: 8}
costs: {maker_fee_bps: 2, taker_fee_bps: 6, slippage_bps: 4, slippage_adv_multiplier: 0.1, funding_enabled: false, funding_8h_rate: true}
features: {burn_in_days: 50, lookback_days: 252}
regime:
  mode: composite
  n_regimes: 3
  composite:
    default_weights: {alt_breadth: 0.25, btc_dominance: -0.3}
    threshold_low: -0.6
    threshold_high: 0.7
    threshold_strong_low: -1.6
    threshold_strong_high: 1.7
    hysteresis: {low_band: -0.2, high_band: 0.1}
    grid_search:
      enabled: true
      lookback_window_days: 200
      test_window_days: 50
      weight_ranges: {alt_breadth: [0.0, 0.3]}
      threshold_low: [-2.0, -0.1]
      threshold_high: [0.1, 2.0]
      threshold_strong_low: [-3.0, -0.5]
      threshold_strong_high: [0.5, 3.0]
      n_samples: 5
      eval_horizon_days: 10
  unsupervised: {method: kmeans, n_states: 2, min_state_persistence_days: 4, features_for_clustering: [alt_breadth]}
beta: {lookback_days: 61, ridge_alpha: 0.2, winsorize_pct: 0.04, beta_clamp: [0.1, 2.5], default_beta: 0.9, use_tracker_betas: true}
backtest:
  walk_forward: false
  lookback_window_days: 200
  test_window_days: 50
  min_test_days: 20
  regime_position_scaling: {enabled: true, strong_risk_on_majors: 0.9, weak_risk_on_majors: 0.5, risk_on_majors: 0.8, use_score_magnitude: false}
  risk_management:
    stop_loss: {enabled: true, daily_loss_threshold: -0.04, lookback_days: 1, volatility_adjusted: false}
    take_profit: {enabled: true, profit_threshold: 0.2, time_based_exit_days: 25, partial_profit_taking: false}
    volatility_targeting: {enabled: true, target_volatility: 0.3, lookback_days: 15, min_scale: 0.2, max_scale: 0.9}
    trailing_stop: {enabled: false, drawdown_threshold: -0.1, lookback_days: 15}
evaluation: {horizons_days: [3, 6], bootstrap: {enabled: false, block_size: 5, n_boot: 100}}
outputs: {reports_dir: ./reports/x, artifacts_dir: ./artifacts, cache_dir: ./cache}
logging: {level: INFO}
`

describe('native layout', () => {
  it.each(['config1', 'config1b_gate', 'config1c_risk', 'config1d_regular'])(
    'takes the golden %s as it is',
    async name => {
      const path = resolve(`test/fixtures/regime/${name}/config.yaml`)
      const { settings, warnings, config_path } = await setup({ config_path: path })
      expect(settings).toEqual(goldenConfig(name))
      expect([warnings, config_path]).toEqual([[], path])
      // The same as a value, as JSON, and as a file without an extension.
      const value = parse(JSON.stringify(readConfigFile(path))) as Record<string, unknown>
      expect((await setup({ config: value })).settings).toEqual(settings)
      expect((await setup({ config: file('plain', JSON.stringify(value)) })).settings).toEqual(settings)
    },
  )

  it('leaves the request as it came', async () => {
    const config = { basket: { n: 7 }, backtest: { risk_management: { stop_loss: {} } } }
    const before = structuredClone(config)
    const { settings } = await setup({ config, experiment: { experiment_id: 'e', category_path: 'msm' } })
    expect(config).toEqual(before)
    expect(settings.backtest.risk_management.stop_loss.enabled).toBe(true)
  })
})

describe('published layout', () => {
  it('moves every key to where it acts', async () => {
    const { settings, reports_dir } = await setup({ config_path: file('published.yaml', PUBLISHED) })
    expect(settings.mode).toBe('regular')
    expect(settings.universe).toEqual({ majors: ['BTC', 'ETH'], exclude_assets: ['XYZ'], exclude_wrapped: true })
    expect(settings.basket).toMatchObject({ n: 15, min_mcap_usd: 60e6, min_volume_usd: 2e6, per_name_cap: 0.2 })
    expect(settings.regular).toMatchObject({
      basket_size: 15,
      min_mcap_usd: 60e6,
      min_volume_usd: 2e6,
      per_name_cap: 0.2,
      gross_cap: 0.9,
      neutrality_mode: 'dollar_neutral',
      alt_selection: {
        enabled: true,
        max_volatility: 1.5,
        min_correlation: 0.2,
        max_momentum: 0.4,
        min_momentum: -0.4,
        weight_by_inverse_vol: false,
        volatility_lookback_days: 21,
        correlation_lookback_days: 61,
        momentum_lookback_days: 8,
      },
    })
    expect(settings.costs).toEqual({ taker_fee_bps: 6, slippage_bps: 4, funding_enabled: false, funding_8h_rate: true })
    expect(settings.regime).toMatchObject({
      mode: 'composite',
      n_regimes: 3,
      weights: { alt_breadth: 0.25, btc_dominance: -0.3 },
      threshold_low: -0.6,
      threshold_high: 0.7,
      threshold_strong_low: -1.6,
      threshold_strong_high: 1.7,
      hysteresis_low: -0.2,
      hysteresis_high: 0.1,
      unsupervised: { n_states: 2, min_state_persistence_days: 4 },
      grid_search: {
        enabled: true,
        lookback_window_days: 200,
        test_window_days: 50,
        weight_ranges: { alt_breadth: [0, 0.3] },
        threshold_low_range: [-2, -0.1],
        threshold_high_range: [0.1, 2],
        n_samples: 5,
        eval_horizon_days: 10,
      },
    })
    expect(Object.keys(settings.regime.weights)).toHaveLength(2)
    expect(settings.beta).toMatchObject({
      lookback_days: 61,
      ridge_alpha: 0.2,
      beta_clamp: [0.1, 2.5],
      default_beta: 0.9,
    })
    expect(settings.backtest).toMatchObject({ walk_forward: false, lookback_window_days: 200, test_window_days: 50 })
    expect(settings.backtest.rebalance_frequency_days).toBeNull()
    expect(settings.backtest.risk_management).toEqual({
      stop_loss: { enabled: true, daily_loss_threshold: -0.04, lookback_days: 1, volatility_adjusted: false },
      take_profit: { enabled: true, profit_threshold: 0.2, time_based_exit_days: 25 },
      volatility_targeting: {
        enabled: true,
        target_volatility: 0.3,
        lookback_days: 15,
        min_scale: 0.2,
        max_scale: 0.9,
      },
      trailing_stop: { enabled: false, drawdown_threshold: -0.1, lookback_days: 15 },
    })
    expect(settings.evaluation.horizons_days).toEqual([3, 6])
    expect(reports_dir).toBe('./reports/x')
  })

  it('lists every key without effect by the place it was given at', async () => {
    const base = 'published.yaml#/'
    expect(unused(await setup({ config_path: file('published.yaml', PUBLISHED) })).sort()).toEqual(
      [
        'backtest/min_test_days',
        'backtest/risk_management/take_profit/partial_profit_taking',
        'beta/use_tracker_betas',
        'costs/maker_fee_bps',
        'costs/slippage_adv_multiplier',
        'data/data_lake_dir',
        'data/duckdb_path',
        'data/universe_snapshots_path',
        'features/lookback_days',
        'logging/level',
        'outputs/artifacts_dir',
        'outputs/cache_dir',
        'regime/composite/grid_search/threshold_strong_high',
        'regime/composite/grid_search/threshold_strong_low',
        'regime/unsupervised/features_for_clustering',
        'regime/unsupervised/method',
        'universe/vol_target',
      ].map(path => base + path),
    )
  })

  it('refuses to be told the same thing in both layouts', async () => {
    const { details } = await refusal({ config: { universe: { basket_size: 5 }, basket: { n: 6 } } })
    expect(details).toEqual([
      {
        pointer: '/params/config/universe/basket_size',
        message: 'says what /params/config/basket/n says: keep one of them',
      },
    ])
  })
})

describe('mode', () => {
  it.each([
    [{}, 'regular'],
    [{ config: {} }, 'regular'],
    [{ config: { basket: {} } }, 'msm'],
    [{ config: { target: {} } }, 'msm'],
    [{ config: { mode: 'regular', basket: {} } }, 'regular'],
    [{ config: { mode: 'msm' } }, 'msm'],
    [{ experiment: { experiment_id: 'e', category_path: 'msm' } }, 'msm'],
    [{ experiment: { experiment_id: 'e', category_path: 'alpha' }, config: { basket: {} } }, 'regular'],
    [{ experiment: { experiment_id: 'e', category_path: 'msm' }, config: { mode: 'regular' } }, 'regular'],
    [{ experiment: { experiment_id: 'e' }, config: { basket: {} } }, 'msm'],
    [{ mode: 'msm', config: { mode: 'regular' }, experiment: { experiment_id: 'e', category_path: 'exec' } }, 'msm'],
  ] as [RegimeSources, string][])('of %j is %s', async (request, mode) => {
    expect((await setup(request)).settings.mode).toBe(mode)
  })
})

describe('experiments', () => {
  const EXPERIMENT = {
    experiment_id: 'e1',
    category_path: 'msm',
    features: [{ id: 'momentum', weight: -0.5 }, { id: 'liquidity' }],
    target: {
      long_leg: { weights: { BTC: 0.7, ETH: 0.3 } },
      short_leg: { n: 12, weighting: 'mcap', min_volume_usd: 5000 },
    },
    state_mapping: {
      n_regimes: 3,
      thresholds: { low: -0.4, high: 0.6 },
      hysteresis: { low_band: -0.1, high_band: 0.2 },
      persistence: { min_duration_days: 5, requires_stronger_signal: false },
    },
    backtest: { lookback_window_days: 100, min_test_days: 20, risk_management: { stop_loss: { lookback_days: 9 } } },
  }
  const CONFIG = {
    basket: { n: 30, min_mcap_usd: 1, min_volume_usd: 9 },
    regime: { threshold_strong_low: -2, threshold_high: 0.9, weights: { liquidity: 0.4, oi_risk: 1 } },
    backtest: { test_window_days: 40, risk_management: { stop_loss: { daily_loss_threshold: -0.02 } } },
    evaluation: { horizons_days: [60] },
  }

  it('in mode msm say basket, long leg, features, states, backtest and horizons', async () => {
    const done = await setup({ config: CONFIG, experiment: EXPERIMENT })
    const { settings } = done
    expect(settings.basket).toMatchObject({ n: 12, weighting: 'mcap', min_volume_usd: 5000, min_mcap_usd: 1 })
    expect(settings.target.long_leg.weights).toEqual({ BTC: 0.7, ETH: 0.3 })
    expect(settings.regular.alt_selection.enabled).toBe(false)
    // A feature without a weight has the one of the configuration; those that are not named are out.
    expect(settings.regime.weights).toEqual({ momentum: -0.5, liquidity: 0.4 })
    expect(settings.regime).toMatchObject({
      n_regimes: 3,
      threshold_low: -0.4,
      threshold_high: 0.6,
      threshold_strong_low: -2,
      hysteresis_low: -0.1,
      hysteresis_high: 0.2,
      min_duration_days: 5,
      young_multiplier: 1,
    })
    expect(settings.backtest).toMatchObject({
      lookback_window_days: 100,
      test_window_days: 40,
      rebalance_frequency_days: 1,
    })
    expect(settings.backtest.risk_management.stop_loss).toMatchObject({
      enabled: true,
      daily_loss_threshold: -0.02,
      lookback_days: 9,
    })
    expect(settings.evaluation.horizons_days).toEqual([1, 5, 10, 20])
    expect(unused(done)).toEqual(['/params/experiment/backtest/min_test_days'])
  })

  it('in mode msm go back to the published basket where they name none', async () => {
    const { settings } = await setup({ config: CONFIG, experiment: { experiment_id: 'e', category_path: 'msm' } })
    expect(settings.basket).toMatchObject({ n: 20, weighting: 'equal', min_volume_usd: 9 })
    expect(settings.target.long_leg.weights).toEqual({ BTC: 1 })
    expect(settings.regime).toMatchObject({ threshold_high: 0.9, threshold_strong_low: -2, young_multiplier: 1.5 })
  })

  it('in mode regular leave basket and long leg alone, and say so', async () => {
    const done = await setup({ config: CONFIG, experiment: { ...EXPERIMENT, category_path: 'alpha' } })
    const { settings } = done
    expect(settings.basket).toMatchObject({ n: 30, min_volume_usd: 9 })
    expect(settings.regular.alt_selection.enabled).toBe(true)
    // Thresholds that the experiment leaves out go back to the defaults.
    expect(settings.regime).toMatchObject({ threshold_high: 0.6, threshold_strong_low: -1.5, hysteresis_high: 0.2 })
    expect(settings.regime.weights).toEqual({ momentum: -0.5, liquidity: 0.4 })
    expect(settings.backtest.rebalance_frequency_days).toBeNull()
    expect(unused(done)).toEqual(
      ['backtest/min_test_days', 'target/long_leg', 'target/short_leg'].map(path => `/params/experiment/${path}`),
    )
  })

  it('ship as a file that is the defaults under a name', async () => {
    const { settings, experiment, warnings } = await setup({
      experiment_path: resolve('experiments/msm/msm_v1_baseline.yaml'),
    })
    expect([experiment?.experiment_id, warnings]).toEqual(['msm_v1_baseline', []])
    const golden = goldenConfig('config1')
    expect(settings.regime).toEqual(golden.regime)
    expect(settings.basket).toEqual(golden.basket)
    expect(settings.target).toEqual(golden.target)
    expect(settings.evaluation.horizons_days).toEqual(golden.evaluation.horizons_days)
    expect(settings.backtest.with_regime_eval).toBe(true)
  })

  it('merge maps key by key and replace everything else', () => {
    expect(deepMerge({ a: { x: 1, y: [1, 2] }, b: 1 }, { a: { y: [3], z: 2 }, c: null })).toEqual({
      a: { x: 1, y: [3], z: 2 },
      b: 1,
      c: null,
    })
  })
})

describe('refusals', () => {
  it('name every unknown key, wrong type and number out of range at its place', async () => {
    const { code, details } = await refusal({
      config: { regimes: {}, basket: { n: 0, size: 3 }, regime: { n_regimes: 4, weights: { breadth: 1 } } },
      experiment: { experiment_id: 'e', features: [{ id: 'nope' }] },
    })
    expect(code).toBe('INVALID_CONFIG')
    expect(details.map(({ pointer }) => pointer).sort()).toEqual([
      '/params/config/basket/n',
      '/params/config/basket/size',
      '/params/config/regime/n_regimes',
      '/params/config/regime/weights/breadth',
      '/params/config/regimes',
      '/params/experiment/features/0/id',
    ])
    expect(details.find(({ pointer }) => pointer === '/params/config/regimes')?.suggestion).toBe('regime')
  })

  it('tell of a backtest that slipped below state_mapping', async () => {
    const text = 'experiment_id: e\nstate_mapping:\n  n_regimes: 5\n\n  backtest:\n    walk_forward: true\n'
    const { details } = await refusal({ experiment_path: file('slipped.yaml', text) })
    expect(details).toHaveLength(1)
    expect(details[0].pointer).toBe('slipped.yaml#/state_mapping/backtest')
    expect(details[0].message).toMatch(/top level.*indentation/)
  })

  it.each([
    [{ config: 'none.yaml' }, 'none.yaml', /does not exist/],
    [{ config: {}, config_path: 'x.yaml' }, '/params/config_path', /given twice/],
    [{ config: [] as unknown as object }, '/params/config', /object/],
    [{ config: { regime: { threshold_low: 2 } } }, '/params/config/regime', /threshold_strong_low ≤/],
    [{ config: { regime: { weights: { momentum: 0 } } } }, '/params/config/regime/weights', /not 0/],
    [
      { config: { target: { long_leg: { weights: { SOL: 1 } } } } },
      '/params/config/target/long_leg/weights/SOL',
      /majors/,
    ],
    [{ experiment: { title: 'x' } }, '/params/experiment', /experiment_id/],
    [
      { experiment: { experiment_id: 'e', features: [{ id: 'momentum' }, { id: 'momentum' }] } },
      '/params/experiment/features/1',
      /again/,
    ],
    [
      {
        config: { regime: { weights: { oi_risk: 1 } } },
        experiment: { experiment_id: 'e', features: [{ id: 'momentum' }] },
      },
      '/params/experiment/features/0',
      /needs a weight/,
    ],
  ] as [RegimeSources, string, RegExp][])('%j', async (request, pointer, message) => {
    const { code, details } = await refusal(request)
    expect([code, details[0].pointer, details[0].message]).toEqual([
      'INVALID_CONFIG',
      pointer,
      expect.stringMatching(message),
    ])
  })

  it('say what a file without content is: nothing changed', async () => {
    const { settings } = await setup({ config_path: file('empty.yaml', '# nothing\n'), mode: 'msm' })
    expect(settings).toEqual((await setup({ mode: 'msm' })).settings)
  })
})
