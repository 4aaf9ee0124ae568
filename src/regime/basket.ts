/** Baskets of alts by market cap (msm mode), and what every basket needs: weights, caps on a name, top-n selection (spec §8). */

import { quantile } from '../base/stats.ts'
import type { Panel } from '../market/panel.ts'
import type { RegimeConfig } from './config-types.ts'
import { type CloseHistory, endAsOf, lastKnown } from './history.ts'
import type { Universe } from './universe.ts'

/** Assets (indices into the panel) with positive weights that sum to 1, best rank first; empty where too few names qualify. */
export interface Basket {
  assets: number[]
  weights: number[]
}

export const EMPTY_BASKET: Basket = { assets: [], weights: [] }

/** Days of the volume median that a candidate must reach. */
export const VOLUME_DAYS = 7

/**
 * The largest alts by market cap on day t, from rows up to t: price and cap known within `max_stale_days`, the median of the
 * known volumes of seven calendar days and the cap large enough, enough history. Equal caps rank by asset id.
 */
export function msmBasket(
  panel: Panel,
  universe: Universe,
  history: CloseHistory,
  t: number,
  config: RegimeConfig['basket'],
): Basket {
  const width = panel.assets.length
  const top = new Leaders(config.n)
  const volumes = new Float64Array(VOLUME_DAYS)
  for (let i = 0; i < universe.alts.length; i++) {
    const a = universe.alts[i]
    const cap = lastKnown(panel.marketCap, width, a, t, config.max_stale_days)
    // The cheap tests first; the median is taken only of those that would rank.
    if (!(cap >= config.min_mcap_usd) || !top.admits(cap)) continue
    if (Number.isNaN(lastKnown(panel.close, width, a, t, config.max_stale_days))) continue
    if (endAsOf(history, a, t) - history.offsets[a] < config.min_history_days) continue
    let count = 0
    for (let row = Math.max(0, t - VOLUME_DAYS + 1); row <= t; row++) {
      const volume = panel.volume[row * width + a]
      if (!Number.isNaN(volume)) volumes[count++] = volume
    }
    if (!(quantile(volumes.subarray(0, count), 0.5) >= config.min_volume_usd)) continue
    top.add(a, cap)
  }
  const sizes = config.weighting === 'mcap' ? top.sizes : top.sizes.map(() => 1)
  return basketOf(top.assets, sizes, config.min_names, config.per_name_cap)
}

/** Basket with weights in proportion to positive `sizes` under a cap on each name; empty below `minNames`. */
export function basketOf(assets: number[], sizes: number[], minNames: number, cap: number | null): Basket {
  if (assets.length < Math.max(minNames, 1)) return EMPTY_BASKET
  return { assets, weights: cappedShares(sizes, cap) }
}

/**
 * Shares of 1 in proportion to `sizes`, none above `cap`: what is cut off goes to the others in proportion, again until no share is
 * above (water-filling). Equal shares where the cap cannot hold, i.e. cap · n ≤ 1.
 */
export function cappedShares(sizes: readonly number[], cap: number | null): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const shares = sizes.map(size => size / total)
  if (cap === null) return shares
  if (cap * sizes.length <= 1) return sizes.map(() => 1 / sizes.length)
  const capped = sizes.map(() => false)
  for (;;) {
    let grew = false
    for (let i = 0; i < shares.length; i++) {
      if (capped[i] || !(shares[i] > cap)) continue
      capped[i] = true
      grew = true
    }
    if (!grew) return shares
    const free = 1 - cap * capped.filter(is => is).length
    const open = sizes.reduce((sum, size, i) => (capped[i] ? sum : sum + size), 0)
    for (let i = 0; i < shares.length; i++) shares[i] = capped[i] ? cap : (free * sizes[i]) / open
  }
}

/** The n largest of a stream of (asset, size); equal sizes keep the order they came in, which is that of the ids. */
export class Leaders {
  readonly assets: number[] = []
  readonly sizes: number[] = []
  readonly #n: number

  constructor(n: number) {
    this.#n = n
  }

  /** False where a candidate of this size would not be among the n. */
  admits(size: number): boolean {
    return this.assets.length < this.#n || size > this.sizes[this.#n - 1]
  }

  add(asset: number, size: number): void {
    if (!this.admits(size)) return
    if (this.assets.length === this.#n) {
      this.assets.pop()
      this.sizes.pop()
    }
    let place = this.sizes.length
    while (place > 0 && this.sizes[place - 1] < size) place--
    this.assets.splice(place, 0, asset)
    this.sizes.splice(place, 0, size)
  }
}
