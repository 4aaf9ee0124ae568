/** Which z-scored feature stands behind each weight of the composite score (spec §7). */

export const SCORE_INPUTS = {
  alt_breadth: 'z_alt_breadth_pct_up',
  btc_dominance: 'z_btc_dominance',
  funding_skew: 'z_funding_skew',
  funding_heating: 'z_funding_heating',
  liquidity: 'z_liquidity_7d_median',
  volatility_spread: 'z_volatility_spread',
  momentum: 'z_momentum_spread_7d',
  oi_risk: 'z_oi_risk',
} as const

export type ScoreKey = keyof typeof SCORE_INPUTS

/** The weight keys in the order of the published configuration. */
export const SCORE_KEYS = Object.keys(SCORE_INPUTS) as ScoreKey[]
