/** Configuration of the regime monitor in its native layout: every key with its unit, all defaults in one table. */

import { type ErrorDetail, fail } from '../base/errors.ts'
import { SCORE_INPUTS, type ScoreKey } from './score-inputs.ts'

/** Everything a run of the monitor can be told. Spans named `_days` count calendar days. */
export interface RegimeConfig {
  /** `msm`: basket by market cap against fixed majors; `regular`: basket by volume, hedged by betas. */
  mode: 'msm' | 'regular'
  universe: {
    /** Never in the basket of alts. */
    majors: string[]
    exclude_assets: string[]
    /** Leave wrapped and pegged assets out as well as stablecoins. */
    exclude_wrapped: boolean
  }
  features: {
    /** Days after the start before a row may be scored. */
    burn_in_days: number
    /** Window of the z-scores and the observations it must hold. */
    z_window: number
    z_min_obs: number
    /** A market cap is carried forward this long. */
    max_stale_days: number
    /** Alts with a funding rate that a day needs. */
    min_funding_assets: number
  }
  regime: {
    mode: 'composite' | 'unsupervised'
    n_regimes: 3 | 5
    /** Signed weight of each score input. Given weights replace the default ones as a whole. */
    weights: Partial<Record<ScoreKey, number>>
    threshold_low: number
    threshold_high: number
    threshold_strong_low: number
    threshold_strong_high: number
    hysteresis_low: number
    hysteresis_high: number
    /** A state younger than this takes `young_multiplier` times the hysteresis to leave. */
    min_duration_days: number
    young_multiplier: number
    /** Absolute seven-day return of BTC above which a high score is cut to `threshold_high`. */
    high_vol_gate: number
    /** Share of Σ|weight| that must be known for a score. */
    min_weight_coverage: number
    unsupervised: { n_states: 2 | 3; min_state_persistence_days: number; seed: number }
    grid_search: GridSearchConfig
  }
  basket: {
    n: number
    weighting: 'equal' | 'mcap'
    min_mcap_usd: number
    min_volume_usd: number
    max_stale_days: number
    min_history_days: number
    min_names: number
    /** Largest share of one name; null for none. */
    per_name_cap: number | null
  }
  target: { long_leg: { weights: Record<string, number> } }
  costs: { taker_fee_bps: number; slippage_bps: number; funding_enabled: boolean; funding_8h_rate: boolean }
  beta: {
    lookback_days: number
    ridge_scaling: 'relative' | 'absolute'
    ridge_alpha: number
    /** Share clipped at each end of each return series. */
    winsorize_pct: number
    beta_clamp: [number, number]
    default_beta: number
  }
  regular: {
    basket_size: number
    min_mcap_usd: number
    min_volume_usd: number
    per_name_cap: number | null
    max_stale_days: number
    /** Days in a year for the volatility filter. */
    annualisation: number
    /** Spacing of the published samples of this mode. */
    sample_every_days: number
    neutrality_mode: 'beta_neutral' | 'dollar_neutral'
    gross_cap: number
    min_names: number
    alt_selection: {
      enabled: boolean
      /** Annualised. */
      max_volatility: number
      min_correlation: number
      max_momentum: number
      min_momentum: number
      weight_by_inverse_vol: boolean
      volatility_lookback_days: number
      correlation_lookback_days: number
      momentum_lookback_days: number
    }
  }
  backtest: {
    /** Begin after the first `lookback_window_days`, as a walk-forward evaluation does. */
    walk_forward: boolean
    lookback_window_days: number
    test_window_days: number
    /** Days between a decision and its execution, at least 1. */
    execution_lag_days: number
    /** Days between rebalances; null rebalances on a change of regime or score. Default: 1 for msm, null for regular. */
    rebalance_frequency_days: number | null
    /** `majors_only` holds a position only while a majors regime rules. */
    gate: 'majors_only' | 'always'
    /** A holding without a price for longer is closed at its last price. */
    max_stale_days: number
    /** Evaluate the regimes on the strategy's own returns in regular mode. */
    with_regime_eval: boolean
    regime_position_scaling: {
      enabled: boolean
      strong_risk_on_majors: number
      weak_risk_on_majors: number
      risk_on_majors: number
      use_score_magnitude: boolean
    }
    /** An overlay that is given is on unless it says `enabled: false`. */
    risk_management: {
      stop_loss: {
        enabled: boolean
        daily_loss_threshold: number
        lookback_days: number
        volatility_adjusted: boolean
      }
      take_profit: { enabled: boolean; profit_threshold: number; time_based_exit_days: number | null }
      volatility_targeting: {
        enabled: boolean
        target_volatility: number
        lookback_days: number
        min_scale: number
        max_scale: number
      }
      trailing_stop: { enabled: boolean; drawdown_threshold: number; lookback_days: number }
    }
  }
  evaluation: {
    horizons_days: number[]
    /** Rows a regime needs to count as the best or the worst one. */
    min_regime_count: number
    bootstrap: { enabled: boolean; block_size: number; n_boot: number; seed: number }
  }
}

export interface GridSearchConfig {
  enabled: boolean
  lookback_window_days: number
  test_window_days: number
  /** Uniform range of each weight before scaling to Σ|weight| = 1; an absent key keeps weight 0. */
  weight_ranges: Partial<Record<ScoreKey, [number, number]>>
  threshold_low_range: [number, number]
  threshold_high_range: [number, number]
  /** Distance of each strong threshold beyond its threshold. */
  strong_distance_range: [number, number]
  n_samples: number
  eval_horizon_days: number
  seed: number
}

type Deep<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Deep<T[K]> } : T
export type RegimeConfigInput = Deep<RegimeConfig>

/** The defaults of spec §2; the risk overlays are off until they are given. */
export const DEFAULTS: RegimeConfig = {
  mode: 'msm',
  universe: { majors: ['BTC', 'ETH'], exclude_assets: [], exclude_wrapped: true },
  features: { burn_in_days: 60, z_window: 60, z_min_obs: 40, max_stale_days: 7, min_funding_assets: 5 },
  regime: {
    mode: 'composite',
    n_regimes: 5,
    weights: {
      alt_breadth: 0.18,
      btc_dominance: 0.22,
      funding_skew: 0.12,
      funding_heating: 0.1,
      liquidity: 0.13,
      volatility_spread: 0.13,
      momentum: 0.08,
      oi_risk: 0.04,
    },
    threshold_low: -0.5,
    threshold_high: 0.5,
    threshold_strong_low: -1.5,
    threshold_strong_high: 1.5,
    hysteresis_low: -0.3,
    hysteresis_high: 0.3,
    min_duration_days: 3,
    young_multiplier: 1.5,
    high_vol_gate: 0.15,
    min_weight_coverage: 0.5,
    unsupervised: { n_states: 3, min_state_persistence_days: 3, seed: 0 },
    grid_search: {
      enabled: false,
      lookback_window_days: 252,
      test_window_days: 63,
      weight_ranges: {
        alt_breadth: [0, 0.4],
        btc_dominance: [0, 0.4],
        funding_skew: [0, 0.3],
        funding_heating: [0, 0.3],
        liquidity: [0, 0.3],
        volatility_spread: [0, 0.3],
        momentum: [0, 0.3],
        oi_risk: [0, 0.2],
      },
      threshold_low_range: [-1, -0.2],
      threshold_high_range: [0.2, 1],
      strong_distance_range: [0.5, 1.5],
      n_samples: 50,
      eval_horizon_days: 20,
      seed: 0,
    },
  },
  basket: {
    n: 20,
    weighting: 'equal',
    min_mcap_usd: 50e6,
    min_volume_usd: 1000,
    max_stale_days: 7,
    min_history_days: 0,
    min_names: 5,
    per_name_cap: null,
  },
  target: { long_leg: { weights: { BTC: 1 } } },
  costs: { taker_fee_bps: 5, slippage_bps: 5, funding_enabled: true, funding_8h_rate: true },
  beta: {
    lookback_days: 60,
    ridge_scaling: 'relative',
    ridge_alpha: 0.1,
    winsorize_pct: 0.05,
    beta_clamp: [0, 3],
    default_beta: 1,
  },
  regular: {
    basket_size: 20,
    min_mcap_usd: 50e6,
    min_volume_usd: 1e6,
    per_name_cap: 0.1,
    max_stale_days: 7,
    annualisation: 365,
    sample_every_days: 45,
    neutrality_mode: 'beta_neutral',
    gross_cap: 1,
    min_names: 5,
    alt_selection: {
      enabled: true,
      max_volatility: 1,
      min_correlation: 0.3,
      max_momentum: 0.5,
      min_momentum: -0.5,
      weight_by_inverse_vol: true,
      volatility_lookback_days: 20,
      correlation_lookback_days: 60,
      momentum_lookback_days: 7,
    },
  },
  backtest: {
    walk_forward: true,
    lookback_window_days: 252,
    test_window_days: 63,
    execution_lag_days: 1,
    rebalance_frequency_days: 1,
    gate: 'majors_only',
    max_stale_days: 7,
    with_regime_eval: false,
    regime_position_scaling: {
      enabled: false,
      strong_risk_on_majors: 1,
      weak_risk_on_majors: 0.6,
      risk_on_majors: 1,
      use_score_magnitude: true,
    },
    risk_management: {
      stop_loss: { enabled: false, daily_loss_threshold: -0.05, lookback_days: 3, volatility_adjusted: true },
      take_profit: { enabled: false, profit_threshold: 0.1, time_based_exit_days: 30 },
      volatility_targeting: {
        enabled: false,
        target_volatility: 0.2,
        lookback_days: 20,
        min_scale: 0.1,
        max_scale: 1,
      },
      trailing_stop: { enabled: false, drawdown_threshold: -0.15, lookback_days: 20 },
    },
  },
  evaluation: {
    horizons_days: [5, 10, 20, 40, 60],
    min_regime_count: 20,
    bootstrap: { enabled: true, block_size: 10, n_boot: 300, seed: 0 },
  },
}

/** Maps whose given value replaces the default as a whole: merging would keep entries that the caller left out on purpose. */
const WHOLE = new Set(['weights', 'weight_ranges'])

/** The full configuration: given values over the defaults, arguments left alone; INVALID_CONFIG for keys that do not exist and values that contradict each other. */
export function resolveConfig(given: RegimeConfigInput = {}): RegimeConfig {
  const details: ErrorDetail[] = []
  const config = merged(DEFAULTS, given, '', details) as RegimeConfig
  if (given.backtest?.rebalance_frequency_days === undefined) {
    config.backtest.rebalance_frequency_days = config.mode === 'msm' ? 1 : null
  }
  const overlays = given.backtest?.risk_management ?? {}
  for (const name of Object.keys(overlays) as (keyof typeof overlays)[]) {
    if (config.backtest.risk_management[name]) {
      config.backtest.risk_management[name].enabled = overlays[name]?.enabled ?? true
    }
  }
  contradictions(config, (pointer, message) => details.push({ pointer, message }))
  if (details.length > 0) {
    const message = `The regime configuration has ${details.length} fault(s): ${details[0].pointer} ${details[0].message}`
    throw fail('INVALID_CONFIG', { message }, { details })
  }
  return config
}

function merged(base: unknown, over: unknown, pointer: string, details: ErrorDetail[]): unknown {
  if (over === undefined) return structuredClone(base)
  if (!isMap(base) || !isMap(over)) return structuredClone(over)
  if (WHOLE.has(pointer.slice(pointer.lastIndexOf('/') + 1))) return structuredClone(over)
  const result = structuredClone(base)
  for (const [key, value] of Object.entries(over)) {
    if (Object.hasOwn(base, key)) result[key] = merged(base[key], value, `${pointer}/${key}`, details)
    else details.push({ pointer: `${pointer}/${key}`, message: 'is not a key of the regime configuration: remove it' })
  }
  return result
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function contradictions(config: RegimeConfig, fault: (pointer: string, message: string) => void): void {
  const { regime, backtest, features, target, beta } = config
  for (const map of ['weights', 'grid_search/weight_ranges']) {
    const keys = Object.keys(map === 'weights' ? regime.weights : regime.grid_search.weight_ranges)
    for (const key of keys) {
      const known = Object.keys(SCORE_INPUTS)
      if (!known.includes(key)) fault(`/regime/${map}/${key}`, `is no score input: use one of ${known.join(', ')}`)
    }
  }
  const total = Object.values(regime.weights).reduce((sum, weight) => sum + Math.abs(weight), 0)
  if (!(total > 0)) fault('/regime/weights', 'must hold a weight that is not 0')
  const { threshold_strong_low, threshold_low, threshold_high, threshold_strong_high } = regime
  if (
    !(
      threshold_strong_low <= threshold_low &&
      threshold_low < threshold_high &&
      threshold_high <= threshold_strong_high
    )
  ) {
    fault('/regime', 'needs threshold_strong_low ≤ threshold_low < threshold_high ≤ threshold_strong_high')
  }
  if (features.z_min_obs < 2 || features.z_min_obs > features.z_window) {
    fault('/features/z_min_obs', 'must lie between 2 and z_window')
  }
  const legs = Object.entries(target.long_leg.weights)
  if (!(legs.reduce((sum, [, weight]) => sum + Math.abs(weight), 0) > 0)) {
    fault('/target/long_leg/weights', 'must hold a weight that is not 0')
  }
  for (const [name] of legs) {
    if (!config.universe.majors.includes(name))
      fault(`/target/long_leg/weights/${name}`, 'must be one of universe.majors')
  }
  if (backtest.execution_lag_days < 1)
    fault('/backtest/execution_lag_days', 'must be at least 1: a close cannot be traded on itself')
  if (beta.beta_clamp[0] > beta.beta_clamp[1]) fault('/beta/beta_clamp', 'must be [low, high]')
}
