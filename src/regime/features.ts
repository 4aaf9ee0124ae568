/** Features of the monitor: raw daily series and their rolling z-scores, in the published column order (spec §6). */

import type { Table } from '../base/table.ts'
import { type Panel, panelDates } from '../market/panel.ts'
import type { RegimeConfig } from './config-types.ts'
import { crossSection } from './cross-section.ts'
import { fundingSkew, openInterestRisk } from './funding-features.ts'
import { dailyReturns, seriesOf, type Universe } from './universe.ts'
import { difference, minus, windowMean, windowMedian, windowStd, windowZScore } from './windows.ts'

/** Feature series by column name (`raw_…`, `z_…`), one value a day, NaN for null. */
export interface Features {
  columns: Record<string, Float64Array>
  /** 1 where the funding skew is known. */
  hasFunding: Uint8Array
  /** 1 once the burn-in after the start is over. */
  valid: Uint8Array
}

/** Compute all features from the panel; a row reads only rows up to itself. `start` is the row that burn-in counts from. */
export function computeFeatures(panel: Panel, universe: Universe, config: RegimeConfig, start = 0): Features {
  const { z_window, z_min_obs, burn_in_days } = config.features
  const raw = rawFeatures(panel, universe, config)
  const columns: Record<string, Float64Array> = { ...raw }
  for (const [name, series] of Object.entries(raw)) {
    columns[name.replace(/^raw_/, 'z_')] = windowZScore(series, z_window, z_min_obs)
  }
  return {
    columns,
    hasFunding: Uint8Array.from(raw.raw_funding_skew, skew => (Number.isNaN(skew) ? 0 : 1)),
    valid: Uint8Array.from({ length: panel.days }, (_, t) => (t - start >= burn_in_days ? 1 : 0)),
  }
}

/** The features as a table from row `start` on: date, raw columns with `has_funding` in its place, z columns, valid. */
export function featuresTable(panel: Panel, features: Features, start = 0): Table {
  const columns: Table['columns'] = { date: panelDates(panel).slice(start) }
  for (const [name, series] of Object.entries(features.columns)) {
    columns[name] = series.subarray(start)
    if (name === 'raw_funding_skew_zscore_3d') columns['has_funding'] = truths(features.hasFunding, start)
  }
  columns['valid'] = truths(features.valid, start)
  return { columns, rows: panel.days - start }
}

/** Formulas of spec §6; percentages are 0…100, everything else is a ratio or USD. */
function rawFeatures(panel: Panel, universe: Universe, config: RegimeConfig) {
  const width = panel.assets.length
  const returns = dailyReturns(panel)
  const alts = crossSection(panel, universe, returns, config.features.max_stale_days)
  const skew = fundingSkew(panel, universe, config.features.min_funding_assets)
  const liquidity = windowMedian(alts.totalVolume, 7, 5)
  const btcReturns = seriesOf(returns, width, universe.btc)
  const majors = (window: number) => meanMomentum(universe.majors, returns, width, window)
  return {
    raw_alt_breadth_pct_up: alts.pctUp,
    raw_alt_breadth_median_ret: alts.medianReturn,
    raw_alt_breadth_iqr: alts.iqr,
    raw_alt_breadth_slope_5d: difference(alts.pctUp, 5),
    raw_alt_breadth_slope_20d: difference(alts.pctUp, 20),
    raw_btc_dominance: alts.btcDominance,
    raw_btc_dominance_d1d: difference(alts.btcDominance, 1),
    raw_btc_dominance_d5d: difference(alts.btcDominance, 5),
    raw_btc_dominance_zscore: windowZScore(alts.btcDominance, 60, 40),
    raw_funding_skew: skew,
    raw_funding_skew_zscore_3d: windowZScore(skew, 3),
    raw_funding_heating: minus(windowMean(skew, 10, 8), windowMean(skew, 20, 16)),
    raw_oi_risk: openInterestRisk(panel, universe),
    raw_liquidity_7d_median: liquidity,
    raw_liquidity_z_delta: windowZScore(minus(alts.totalVolume, liquidity), 30, 20),
    raw_liquidity_pct_at_high: alts.pctAtHigh,
    raw_volatility_spread: minus(windowStd(alts.indexReturn, 7, 5), windowStd(btcReturns, 7)),
    raw_momentum_alt_3d: alts.momentum3,
    raw_momentum_alt_7d: alts.momentum7,
    raw_momentum_spread_3d: minus(alts.momentum3, majors(3)),
    raw_momentum_spread_7d: minus(alts.momentum7, majors(7)),
  }
}

/** Mean over the majors of the mean daily return of a full window; NaN where no major has one. */
function meanMomentum(majors: Int32Array, returns: Float64Array, width: number, window: number): Float64Array {
  const series = Array.from(majors, a => windowMean(seriesOf(returns, width, a), window))
  return Float64Array.from({ length: returns.length / width }, (_, t) => {
    const known = series.map(one => one[t]).filter(value => !Number.isNaN(value))
    return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}

function truths(flags: Uint8Array, start: number): boolean[] {
  return Array.from(flags.subarray(start), flag => flag === 1)
}
