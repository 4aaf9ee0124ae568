/** Paths of generated assets → the long tables of a panel: turnover, funding, open interest, and values left out. */

import type { Random } from '../base/random.ts'
import { DAY_MS } from './calendar.ts'
import { MeanReverting } from './generate-random.ts'

export interface PanelParameters {
  /** First day, epoch ms at midnight UTC. */
  start: number
  days: number
  alts: number
  /** Share of the values that are left out, 0…1. */
  missing_rate: number
}

export type PlantedRegime = 'risk_on_alts' | 'risk_on_majors'

export interface GeneratedAsset {
  id: string
  name: string
  stable: boolean
  wrapped: boolean
}

/** One long table: rows of an asset (by position) on a day (epoch ms), ascending for each asset. */
export interface GeneratedTable {
  asset: Float64Array
  date: Float64Array
  value: Float64Array
}

export interface GeneratedPanel {
  assets: GeneratedAsset[]
  price: GeneratedTable
  marketCap: GeneratedTable
  volume: GeneratedTable
  /** Ratio per 8 hours. */
  funding: GeneratedTable
  openInterest: GeneratedTable
  /** The planted regime of each day. */
  regimes: PlantedRegime[]
}

/** μ_s, a_s, l_s and f_s of a regime, as `generate-panel.ts` names them. */
export const REGIMES: Record<PlantedRegime, { market: number; alts: number; turnover: number; funding: number }> = {
  risk_on_alts: { market: 0.001, alts: 0.005, turnover: 1.5, funding: 5e-5 },
  risk_on_majors: { market: 0, alts: -0.005, turnover: 1, funding: -5e-5 },
}

/** Price and market capitalisation of an asset from the day it is listed to the day it is delisted. */
export interface Path {
  /** Row of the first day. */
  first: number
  price: Float64Array
  cap: Float64Array
}

const TURNOVER = 0.05
const FUNDING = { base: 1e-4, perReturn: 0.01, keep: 0.9, noise: 5e-5, most: 3e-3 }
const OPEN_INTEREST = { share: 0.03, deviation: 0.2, halfLifeDays: 15 }

/** Collects the assets of a panel, one after the other; memory for the most rows there can be is taken at once. */
export class PanelTables {
  readonly #given: PanelParameters
  readonly #regimes: readonly PlantedRegime[]
  readonly #assets: GeneratedAsset[] = []
  readonly #tables: Record<'price' | 'marketCap' | 'volume' | 'funding' | 'openInterest', Rows>

  constructor(given: PanelParameters, regimes: readonly PlantedRegime[], assets: number) {
    this.#given = given
    this.#regimes = regimes
    const rows = () => new Rows(assets * given.days)
    this.#tables = { price: rows(), marketCap: rows(), volume: rows(), funding: rows(), openInterest: rows() }
  }

  /** `whole`: no value of it is left out. */
  add(asset: GeneratedAsset, path: Path, random: Random, { funded = false, whole = false } = {}): void {
    const at = this.#assets.push(asset) - 1
    const { start, missing_rate } = this.#given
    const { price, marketCap, volume, funding, openInterest } = this.#tables
    const interest = new MeanReverting(random, OPEN_INTEREST.deviation, OPEN_INTEREST.halfLifeDays)
    const kept = () => random.next() >= missing_rate || whole
    let trend = 0
    for (let i = 0; i < path.price.length; i++) {
      const date = start + (path.first + i) * DAY_MS
      const regime = REGIMES[this.#regimes[path.first + i]]
      const move = i === 0 ? 0 : Math.log(path.price[i] / path.price[i - 1])
      trend = FUNDING.keep * trend + (1 - FUNDING.keep) * move
      if (kept()) price.push(at, date, path.price[i])
      if (kept()) marketCap.push(at, date, path.cap[i])
      const turnover = TURNOVER * regime.turnover * Math.exp(8 * Math.abs(move) + 0.3 * random.normal())
      if (kept()) volume.push(at, date, path.cap[i] * turnover)
      if (!funded) continue
      const rate = FUNDING.base + regime.funding + FUNDING.perReturn * trend + FUNDING.noise * random.normal()
      if (kept()) funding.push(at, date, Math.max(-FUNDING.most, Math.min(FUNDING.most, rate)))
      if (kept()) openInterest.push(at, date, path.cap[i] * OPEN_INTEREST.share * Math.exp(interest.next()))
    }
  }

  done(): GeneratedPanel {
    const { price, marketCap, volume, funding, openInterest } = this.#tables
    return {
      assets: this.#assets,
      price: price.done(),
      marketCap: marketCap.done(),
      volume: volume.done(),
      funding: funding.done(),
      openInterest: openInterest.done(),
      regimes: [...this.#regimes],
    }
  }
}

class Rows {
  readonly #asset: Float64Array
  readonly #date: Float64Array
  readonly #value: Float64Array
  #count = 0

  constructor(most: number) {
    this.#asset = new Float64Array(most)
    this.#date = new Float64Array(most)
    this.#value = new Float64Array(most)
  }

  push(asset: number, date: number, value: number): void {
    this.#asset[this.#count] = asset
    this.#date[this.#count] = date
    this.#value[this.#count++] = value
  }

  done(): GeneratedTable {
    const cut = (column: Float64Array) => column.subarray(0, this.#count)
    return { asset: cut(this.#asset), date: cut(this.#date), value: cut(this.#value) }
  }
}
