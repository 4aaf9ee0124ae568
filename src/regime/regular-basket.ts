/** Baskets of alts by volume with filters on volatility, correlation and momentum (regular mode, spec §8). */

import { correlation, quantileOfSorted, std } from '../base/stats.ts'
import type { Panel } from '../market/panel.ts'
import { type Basket, basketOf, VOLUME_DAYS } from './basket.ts'
import type { RegimeConfig } from './config-types.ts'
import { type CloseHistory, endAsOf, lastKnown } from './history.ts'
import type { Universe } from './universe.ts'

/** Closes in common with a major, and returns from them, that the correlation filter needs to judge. */
const JOINT_LEAST = 30
const RETURNS_LEAST = 10

export type DropReason = 'history' | 'volatility' | 'correlation' | 'momentum'

export interface Refusal {
  asset: number
  /** The first filter that the asset failed. */
  reason: DropReason
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
): Basket {
  const { alt_selection: filters } = config
  const members: number[] = []
  const sizes: number[] = []
  const calendar = majorsCalendar(panel, universe, history, t, filters.correlation_lookback_days)
  // In order of volume the basket is full long before the last candidate has been judged.
  for (const asset of liquidAlts(panel, universe, t, config)) {
    if (members.length === config.basket_size) break
    if (filters.enabled && dropReason(panel, calendar, history, asset, t, config) !== null) continue
    members.push(asset)
    const byVolatility = filters.enabled && filters.weight_by_inverse_vol
    const deviation = byVolatility ? lastReturnStd(panel, history, asset, t, filters.volatility_lookback_days) : 1
    sizes.push(deviation > 0 ? 1 / deviation : 1)
  }
  return basketOf(members, sizes, config.min_names, config.per_name_cap)
}

/** All alts large and liquid enough on day t that a filter refuses, most traded first; none where the filters are off. */
export function refusals(
  panel: Panel,
  universe: Universe,
  history: CloseHistory,
  t: number,
  config: RegimeConfig['regular'],
): Refusal[] {
  if (!config.alt_selection.enabled) return []
  const calendar = majorsCalendar(panel, universe, history, t, config.alt_selection.correlation_lookback_days)
  return liquidAlts(panel, universe, t, config).flatMap(asset => {
    const reason = dropReason(panel, calendar, history, asset, t, config)
    return reason === null ? [] : [{ asset, reason }]
  })
}

/** Alts whose last known cap and volume median reach their minimum, by volume, equal ones by id. */
function liquidAlts(panel: Panel, universe: Universe, t: number, config: RegimeConfig['regular']): number[] {
  const assets: number[] = []
  const volumes = new Float64Array(panel.assets.length)
  for (let i = 0; i < universe.alts.length; i++) {
    const a = universe.alts[i]
    const cap = lastKnown(panel.marketCap, panel.assets.length, a, t, config.max_stale_days)
    if (!(cap >= config.min_mcap_usd)) continue
    volumes[a] = medianVolume(panel, a, t, config.max_stale_days)
    if (volumes[a] >= config.min_volume_usd) assets.push(a)
  }
  return assets.sort((a, b) => volumes[b] - volumes[a] || a - b)
}

/** Median of the last seven known volumes in USD; NaN where the newest is older than `maxAge` days. */
function medianVolume(panel: Panel, asset: number, t: number, maxAge: number): number {
  const width = panel.assets.length
  if (Number.isNaN(lastKnown(panel.volume, width, asset, t, maxAge))) return Number.NaN
  let count = 0
  for (let row = t; row >= 0 && count < VOLUME_DAYS; row--) {
    const volume = panel.volume[row * width + asset]
    if (!Number.isNaN(volume)) LAST_VOLUMES[count++] = volume
  }
  return quantileOfSorted(LAST_VOLUMES.subarray(0, count).sort(), 0.5)
}

/** Scratch of the median, taken for every asset and day. */
const LAST_VOLUMES = new Float64Array(VOLUME_DAYS)

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
  calendar: MajorsCalendar,
  history: CloseHistory,
  asset: number,
  t: number,
  config: RegimeConfig['regular'],
): DropReason | null {
  const f = config.alt_selection
  const end = endAsOf(history, asset, t)
  const least = Math.max(f.volatility_lookback_days, f.correlation_lookback_days, f.momentum_lookback_days)
  // The momentum needs a close that many rows earlier, one more than the look-back counts.
  if (end - history.offsets[asset] < Math.max(least, f.momentum_lookback_days + 1)) return 'history'
  const deviation = lastReturnStd(panel, history, asset, t, f.volatility_lookback_days)
  if (!(deviation * Math.sqrt(config.annualisation) <= f.max_volatility)) return 'volatility'
  if (!correlated(panel, calendar, history, asset, end, f)) return 'correlation'
  const closeAt = (k: number) => panel.close[history.rows[k] * panel.assets.length + asset]
  const momentum = closeAt(end - 1) / closeAt(end - 1 - f.momentum_lookback_days) - 1
  return momentum >= f.min_momentum && momentum <= f.max_momentum ? null : 'momentum'
}

/** BTC and ETH, and the first row that lies within the last `count` closes of both. */
interface MajorsCalendar {
  btc: number
  eth: number
  from: number
}

function majorsCalendar(
  panel: Panel,
  universe: Universe,
  history: CloseHistory,
  t: number,
  count: number,
): MajorsCalendar {
  const oldest = (a: number) => {
    const end = endAsOf(history, a, t)
    const first = Math.max(history.offsets[a], end - count)
    return first < end ? history.rows[first] : panel.days
  }
  return { btc: universe.btc, eth: universe.eth, from: Math.max(oldest(universe.btc), oldest(universe.eth)) }
}

/** True where the higher absolute correlation with BTC or ETH is large enough, or too few days are shared to judge. */
function correlated(
  panel: Panel,
  calendar: MajorsCalendar,
  history: CloseHistory,
  asset: number,
  end: number,
  f: RegimeConfig['regular']['alt_selection'],
): boolean {
  const width = panel.assets.length
  const closes: [number[], number[], number[]] = [[], [], []]
  for (let k = Math.max(history.offsets[asset], end - f.correlation_lookback_days); k < end; k++) {
    const base = history.rows[k] * width
    const [btc, eth] = [panel.close[base + calendar.btc], panel.close[base + calendar.eth]]
    if (history.rows[k] < calendar.from || Number.isNaN(btc) || Number.isNaN(eth)) continue
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
