/** What all alts together do each day: breadth, dominance, momentum, liquidity and the cap-weighted index, in one pass over the panel. */

import { quantileOfSorted } from '../base/stats.ts'
import type { Panel } from '../market/panel.ts'
import type { Universe } from './universe.ts'

/** Span of the "at its high" test of volumes, and the observations it must hold. */
const HIGH_DAYS = 30
const HIGH_LEAST = 20

/** One value a day; NaN where it cannot be known. Returns are simple and daily. */
export interface CrossSection {
  /** Percent of alts with a return that rose. */
  pctUp: Float64Array
  medianReturn: Float64Array
  /** 75 % less 25 % quantile of the returns. */
  iqr: Float64Array
  /** BTC's share of the market cap of BTC and the alts. */
  btcDominance: Float64Array
  /** Median over alts of the mean daily return of 3 and of 7 days. */
  momentum3: Float64Array
  momentum7: Float64Array
  /** Sum of the alts' volumes in USD. */
  totalVolume: Float64Array
  /** Percent of alts whose volume is the highest of 30 days. */
  pctAtHigh: Float64Array
  /** Return of the alts weighted by the market caps of the day before. */
  indexReturn: Float64Array
}

/** Compute the daily cross-sections of the alts; caps are carried forward up to `maxStaleDays`. `returns` as `dailyReturns`. */
export function crossSection(
  panel: Panel,
  universe: Universe,
  returns: Float64Array,
  maxStaleDays: number,
): CrossSection {
  const result = emptySections(panel.days)
  const caps = new CarriedCaps(panel, maxStaleDays)
  const highs = new VolumeHighs(panel, universe.alts)
  const scratch = new Float64Array(universe.alts.length)
  for (let t = 0; t < panel.days; t++) {
    // The index first: it is weighted by the caps of the day before.
    result.indexReturn[t] = weightedReturn(panel, universe.alts, returns, caps.carried, t)
    caps.advance(t)
    result.btcDominance[t] = dominance(universe, caps.carried)
    breadth(panel, universe.alts, returns, t, scratch, result)
    result.momentum3[t] = medianMomentum(panel, universe.alts, returns, t, 3, scratch)
    result.momentum7[t] = medianMomentum(panel, universe.alts, returns, t, 7, scratch)
    result.totalVolume[t] = totalVolume(panel, universe.alts, t)
    result.pctAtHigh[t] = highs.percent(t)
  }
  return result
}

/** Each asset's last known market cap, NaN once it is older than allowed. */
class CarriedCaps {
  readonly carried: Float64Array
  readonly #age: Int32Array
  readonly #panel: Panel
  readonly #maxAge: number

  constructor(panel: Panel, maxAge: number) {
    this.#panel = panel
    this.#maxAge = maxAge
    this.carried = new Float64Array(panel.assets.length).fill(Number.NaN)
    this.#age = new Int32Array(panel.assets.length)
  }

  advance(t: number): void {
    const width = this.carried.length
    for (let a = 0; a < width; a++) {
      const cap = this.#panel.marketCap[t * width + a]
      if (!Number.isNaN(cap)) {
        this.carried[a] = cap
        this.#age[a] = 0
      } else if (++this.#age[a] > this.#maxAge) this.carried[a] = Number.NaN
    }
  }
}

/** The row of each alt's highest volume among the last 30 days; looked for anew only when it leaves the window. */
class VolumeHighs {
  readonly #panel: Panel
  readonly #alts: Int32Array
  readonly #highRow: Int32Array
  readonly #present: Int32Array

  constructor(panel: Panel, alts: Int32Array) {
    this.#panel = panel
    this.#alts = alts
    this.#highRow = new Int32Array(alts.length).fill(-1)
    this.#present = new Int32Array(alts.length)
  }

  /** Percent of the alts with a volume today and enough history whose volume today is the highest; rows must come in order. */
  percent(t: number): number {
    const { volume, assets } = this.#panel
    const width = assets.length
    let known = 0
    let atHigh = 0
    for (let i = 0; i < this.#alts.length; i++) {
      const a = this.#alts[i]
      const today = volume[t * width + a]
      if (t >= HIGH_DAYS && !Number.isNaN(volume[(t - HIGH_DAYS) * width + a])) this.#present[i]--
      if (this.#highRow[i] <= t - HIGH_DAYS) this.#highRow[i] = this.#search(a, t)
      if (Number.isNaN(today)) continue
      this.#present[i]++
      const high = this.#highRow[i]
      if (high < 0 || today >= volume[high * width + a]) this.#highRow[i] = t
      if (this.#present[i] < HIGH_LEAST) continue
      known++
      if (this.#highRow[i] === t) atHigh++
    }
    return known === 0 ? Number.NaN : (100 * atHigh) / known
  }

  /** Row of the highest volume in the window before t; −1 for none. */
  #search(a: number, t: number): number {
    const width = this.#panel.assets.length
    let high = -1
    for (let row = Math.max(0, t - HIGH_DAYS + 1); row < t; row++) {
      const value = this.#panel.volume[row * width + a]
      if (!Number.isNaN(value) && (high < 0 || value >= this.#panel.volume[high * width + a])) high = row
    }
    return high
  }
}

function emptySections(days: number): CrossSection {
  const series = () => new Float64Array(days).fill(Number.NaN)
  return {
    pctUp: series(),
    medianReturn: series(),
    iqr: series(),
    btcDominance: series(),
    momentum3: series(),
    momentum7: series(),
    totalVolume: series(),
    pctAtHigh: series(),
    indexReturn: series(),
  }
}

function weightedReturn(panel: Panel, alts: Int32Array, returns: Float64Array, caps: Float64Array, t: number): number {
  const base = t * panel.assets.length
  let total = 0
  let weight = 0
  for (let i = 0; i < alts.length; i++) {
    const cap = caps[alts[i]]
    const r = returns[base + alts[i]]
    if (Number.isNaN(cap) || Number.isNaN(r)) continue
    total += r * cap
    weight += cap
  }
  return weight > 0 ? total / weight : Number.NaN
}

function dominance(universe: Universe, caps: Float64Array): number {
  let total = 0
  let known = 0
  for (let i = 0; i < universe.alts.length; i++) {
    const cap = caps[universe.alts[i]]
    if (Number.isNaN(cap)) continue
    total += cap
    known++
  }
  return known === 0 ? Number.NaN : caps[universe.btc] / (caps[universe.btc] + total)
}

function breadth(
  panel: Panel,
  alts: Int32Array,
  returns: Float64Array,
  t: number,
  scratch: Float64Array,
  result: CrossSection,
): void {
  const base = t * panel.assets.length
  let count = 0
  let up = 0
  for (let i = 0; i < alts.length; i++) {
    const r = returns[base + alts[i]]
    if (Number.isNaN(r)) continue
    scratch[count++] = r
    if (r > 0) up++
  }
  if (count === 0) return
  const sorted = scratch.subarray(0, count).sort()
  result.pctUp[t] = (100 * up) / count
  result.medianReturn[t] = quantileOfSorted(sorted, 0.5)
  result.iqr[t] = quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25)
}

function medianMomentum(
  panel: Panel,
  alts: Int32Array,
  returns: Float64Array,
  t: number,
  window: number,
  scratch: Float64Array,
): number {
  if (t < window - 1) return Number.NaN
  const width = panel.assets.length
  let count = 0
  for (let i = 0; i < alts.length; i++) {
    let total = 0
    for (let row = t - window + 1; row <= t; row++) total += returns[row * width + alts[i]]
    if (!Number.isNaN(total)) scratch[count++] = total / window
  }
  return quantileOfSorted(scratch.subarray(0, count).sort(), 0.5)
}

function totalVolume(panel: Panel, alts: Int32Array, t: number): number {
  const base = t * panel.assets.length
  let total = 0
  let known = 0
  for (let i = 0; i < alts.length; i++) {
    const volume = panel.volume[base + alts[i]]
    if (Number.isNaN(volume)) continue
    total += volume
    known++
  }
  return known === 0 ? Number.NaN : total
}
