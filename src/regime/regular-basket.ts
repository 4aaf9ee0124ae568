/** Baskets of alts by volume with filters on volatility, correlation and momentum (regular mode, spec §8). */

import { correlation, quantile, std } from '../base/stats.ts'
import type { Panel } from '../market/panel.ts'
import { type Basket, basketOf, EMPTY_BASKET, Leaders, VOLUME_DAYS } from './basket.ts'
import type { RegimeConfig } from './config.ts'
import { type CloseHistory, endAsOf, lastKnown } from './history.ts'
import type { Universe } from './universe.ts'

/** Closes in common with a major, and returns from them, that the correlation filter needs to judge. */
const JOINT_LEAST = 30
const RETURNS_LEAST = 10

export type DropReason = 'history' | 'volatility' | 'correlation' | 'momentum'

export interface RegularBasket extends Basket {
  /** Assets large and liquid enough that a filter refused, with the first one that did. */
  dropped: { asset: number; reason: DropReason }[]
}

/**
 * The most traded alts on day t, from rows up to t: cap and volume median (last seven known values, the newest at most
 * `max_stale_days` old) large enough and, where `alt_selection` is enabled, passing its filters; by inverse volatility or equal.
 */
export function regularBasket(
  panel: Panel,
  universe: Universe,
  history: CloseHistory,
  t: number,
  config: RegimeConfig['regular'],
): RegularBasket {
  const { alt_selection: filters, max_stale_days } = config
  const top = new Leaders(config.basket_size)
  const dropped: RegularBasket['dropped'] = []
  const volatility = new Map<number, number>()
  for (let i = 0; i < universe.alts.length; i++) {
    const a = universe.alts[i]
    const cap = lastKnown(panel.marketCap, panel.assets.length, a, t, max_stale_days)
    if (!(cap >= config.min_mcap_usd)) continue
    const volume = medianVolume(panel, a, t, max_stale_days)
    if (!(volume >= config.min_volume_usd)) continue
    if (filters.enabled) {
      const deviation = lastReturnStd(panel, history, a, t, filters.volatility_lookback_days)
      const reason = dropReason(panel, universe, history, a, t, deviation, config)
      if (reason !== null) {
        dropped.push({ asset: a, reason })
        continue
      }
      volatility.set(a, deviation)
    }
    top.add(a, volume)
  }
  const inverse = filters.enabled && filters.weight_by_inverse_vol
  const sizes = top.assets.map(a => {
    const deviation = inverse ? (volatility.get(a) ?? Number.NaN) : 1
    return deviation > 0 ? 1 / deviation : 1
  })
  const basket =
    top.assets.length === 0 ? EMPTY_BASKET : basketOf(top.assets, sizes, config.min_names, config.per_name_cap)
  return { ...basket, dropped }
}

/** Median of the last seven known volumes in USD; NaN where the newest is older than `maxAge` days. */
function medianVolume(panel: Panel, asset: number, t: number, maxAge: number): number {
  const width = panel.assets.length
  if (Number.isNaN(lastKnown(panel.volume, width, asset, t, maxAge))) return Number.NaN
  const values: number[] = []
  for (let row = t; row >= 0 && values.length < VOLUME_DAYS; row--) {
    const volume = panel.volume[row * width + asset]
    if (!Number.isNaN(volume)) values.push(volume)
  }
  return quantile(values, 0.5)
}

/** Standard deviation (ddof 1) of the simple returns over the last `count` closes, gaps included as one return. */
function lastReturnStd(panel: Panel, history: CloseHistory, asset: number, t: number, count: number): number {
  const end = endAsOf(history, asset, t)
  const first = Math.max(history.offsets[asset], end - count)
  const closes = new Float64Array(Math.max(0, end - first))
  for (let k = 0; k < closes.length; k++) {
    closes[k] = panel.close[history.rows[first + k] * panel.assets.length + asset]
  }
  return std(simpleReturns(closes), 1)
}

function dropReason(
  panel: Panel,
  universe: Universe,
  history: CloseHistory,
  asset: number,
  t: number,
  deviation: number,
  config: RegimeConfig['regular'],
): DropReason | null {
  const f = config.alt_selection
  const end = endAsOf(history, asset, t)
  const least = Math.max(f.volatility_lookback_days, f.correlation_lookback_days, f.momentum_lookback_days)
  // The momentum needs a close that many rows earlier, one more than the look-back counts.
  if (end - history.offsets[asset] < Math.max(least, f.momentum_lookback_days + 1)) return 'history'
  if (!(deviation * Math.sqrt(config.annualisation) <= f.max_volatility)) return 'volatility'
  if (!correlated(panel, universe, history, asset, t, f)) return 'correlation'
  const closeAt = (k: number) => panel.close[history.rows[k] * panel.assets.length + asset]
  const momentum = closeAt(end - 1) / closeAt(end - 1 - f.momentum_lookback_days) - 1
  return momentum >= f.min_momentum && momentum <= f.max_momentum ? null : 'momentum'
}

/** True where the higher absolute correlation with BTC or ETH is large enough, or too few days are shared to judge. */
function correlated(
  panel: Panel,
  universe: Universe,
  history: CloseHistory,
  asset: number,
  t: number,
  f: RegimeConfig['regular']['alt_selection'],
): boolean {
  const width = panel.assets.length
  const count = f.correlation_lookback_days
  const oldest = (a: number) => {
    const end = endAsOf(history, a, t)
    const first = Math.max(history.offsets[a], end - count)
    return first < end ? history.rows[first] : t + 1
  }
  const from = Math.max(oldest(universe.btc), oldest(universe.eth))
  const end = endAsOf(history, asset, t)
  const closes: [number[], number[], number[]] = [[], [], []]
  for (let k = Math.max(history.offsets[asset], end - count); k < end; k++) {
    const base = history.rows[k] * width
    const [btc, eth] = [panel.close[base + universe.btc], panel.close[base + universe.eth]]
    if (history.rows[k] < from || Number.isNaN(btc) || Number.isNaN(eth)) continue
    closes[0].push(panel.close[base + asset])
    closes[1].push(btc)
    closes[2].push(eth)
  }
  if (closes[0].length < JOINT_LEAST || closes[0].length - 1 <= RETURNS_LEAST) return true
  const [own, btc, eth] = closes.map(simpleReturns)
  const either = Math.max(Math.abs(correlation(own, btc)) || 0, Math.abs(correlation(own, eth)) || 0)
  return either >= f.min_correlation
}

function simpleReturns(closes: ArrayLike<number>): Float64Array {
  const returns = new Float64Array(Math.max(0, closes.length - 1))
  for (let k = 0; k < returns.length; k++) returns[k] = closes[k + 1] / closes[k] - 1
  return returns
}
