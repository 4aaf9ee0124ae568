/** Who takes part: the indices of majors and alts in a panel, and the daily returns of its assets. */

import { fail } from '../base/errors.ts'
import type { Panel } from '../market/panel.ts'
import type { RegimeConfig } from './config-types.ts'

/** Indices into `panel.assets`, ascending. */
export interface Universe {
  alts: Int32Array
  /** The configured majors that the panel knows. */
  majors: Int32Array
  /** BTC, which dominance, volatility spread and the volatility gate are measured on. */
  btc: number
  /** ETH; −1 where the panel has none. */
  eth: number
}

/**
 * Alts are the assets with prices that are no major, no stablecoin, not excluded and, as configured, not wrapped.
 * DATA_ERROR where BTC or a major of the long leg is missing, in regular mode also ETH.
 */
export function universeOf(panel: Panel, config: RegimeConfig): Universe {
  const { majors, exclude_assets, exclude_wrapped } = config.universe
  const at = (id: string) => panel.assets.indexOf(id)
  const needed = ['BTC', ...Object.keys(config.target.long_leg.weights), ...(config.mode === 'regular' ? ['ETH'] : [])]
  const missing = [...new Set(needed)].filter(id => at(id) < 0 || panel.priced[at(id)] === 0)
  if (missing.length > 0) throw fail('DATA_ERROR', { message: `The panel has no prices of ${missing.join(', ')}` })

  const excluded = new Set([...majors, ...exclude_assets])
  const alts = panel.assets
    .map((_, a) => a)
    .filter(a => panel.priced[a] === 1 && panel.stable[a] === 0 && !(exclude_wrapped && panel.wrapped[a] === 1))
    .filter(a => !excluded.has(panel.assets[a]))
  const known = majors.map(at).filter(a => a >= 0)
  return {
    alts: Int32Array.from(alts),
    majors: Int32Array.from(known).sort(),
    btc: at('BTC'),
    eth: at('ETH'),
  }
}

/** Simple returns from one calendar day to the next, dense as the panel; NaN unless both days have a close. */
export function dailyReturns(panel: Panel): Float64Array {
  const { close } = panel
  const width = panel.assets.length
  const returns = new Float64Array(close.length).fill(Number.NaN)
  for (let at = width; at < close.length; at++) returns[at] = close[at] / close[at - width] - 1
  return returns
}

/** One column of a dense table as a series over the days. */
export function seriesOf(table: Float64Array, width: number, asset: number): Float64Array {
  const series = new Float64Array(table.length / width)
  for (let t = 0; t < series.length; t++) series[t] = table[t * width + asset]
  return series
}
