/** Configuration of the regime monitor in its native layout: every key with its unit. */

import type { ScoreKey } from './score-inputs.ts'

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
