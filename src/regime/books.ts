/** Baskets and target books by day for a run: chosen by mode, each basket built once. */

import { dayText, type Panel } from '../market/panel.ts'
import { type Basket, msmBasket } from './basket.ts'
import { type Betas, estimateBetas } from './betas.ts'
import type { RegimeConfig } from './config-types.ts'
import { type CloseHistory, closeHistory } from './history.ts'
import { type Refusal, refusals, regularBasket } from './regular-basket.ts'
import type { Universe } from './universe.ts'
import { type Book, msmWeights, regularWeights } from './weights.ts'

/** What each day trades; a basket is built when first asked for and kept for the other readers. */
export class Books {
  readonly #panel: Panel
  readonly #universe: Universe
  readonly #config: RegimeConfig
  readonly #history: CloseHistory
  readonly #msm = new Map<number, Basket>()
  readonly #regular = new Map<number, Basket>()
  /** Targets asked for whose basket had too few names, and betas in targets that fell back on the default. */
  emptyBaskets = 0
  defaultBetas = 0

  constructor(panel: Panel, universe: Universe, config: RegimeConfig) {
    this.#panel = panel
    this.#universe = universe
    this.#config = config
    this.#history = closeHistory(panel)
  }

  msmBasketAt(t: number): Basket {
    const known = this.#msm.get(t)
    if (known !== undefined) return known
    const basket = msmBasket(this.#panel, this.#universe, this.#history, t, this.#config.basket)
    this.#msm.set(t, basket)
    return basket
  }

  regularBasketAt(t: number): Basket {
    const known = this.#regular.get(t)
    if (known !== undefined) return known
    const basket = regularBasket(this.#panel, this.#universe, this.#history, t, this.#config.regular)
    this.#regular.set(t, basket)
    return basket
  }

  /** Assets that the filters of the regular mode refuse. */
  refusalsAt(t: number): Refusal[] {
    return refusals(this.#panel, this.#universe, this.#history, t, this.#config.regular)
  }

  /** In the order of the regular basket's assets. */
  betasAt(t: number): Betas[] {
    return this.regularBasketAt(t).assets.map(asset =>
      estimateBetas(this.#panel, this.#universe, this.#history, asset, t, this.#config.beta),
    )
  }

  /** Target before scaling, of the configured mode. */
  targetAt(t: number): Book {
    const isMsm = this.#config.mode === 'msm'
    const basket = isMsm ? this.msmBasketAt(t) : this.regularBasketAt(t)
    if (basket.assets.length === 0) this.emptyBaskets++
    if (isMsm) return msmWeights(basket, this.#panel, this.#config.target.long_leg.weights)
    const betas = this.betasAt(t)
    this.defaultBetas += betas.filter(beta => beta.fallback).length
    return regularWeights(basket, betas, this.#universe, this.#config.regular)
  }
}

/** Members of a basket on one day. */
export interface BasketRow {
  date: string
  asset_id: string
  weight: number
}

/** The baskets of every `step`-th day from row `from` on, of the configured mode. */
export function basketRows(
  panel: Panel,
  books: Books,
  mode: RegimeConfig['mode'],
  from: number,
  step: number,
): BasketRow[] {
  const rows: BasketRow[] = []
  for (let t = from; t < panel.days; t += step) {
    const basket = mode === 'msm' ? books.msmBasketAt(t) : books.regularBasketAt(t)
    basket.assets.forEach((asset, i) => {
      rows.push({ date: dayText(panel.firstDay + t), asset_id: panel.assets[asset], weight: basket.weights[i] })
    })
  }
  return rows
}

/** What the regular mode saw on one day: members, refusals, betas and the book, by asset id. */
export interface RegularSample {
  candidates: string[]
  dropped: Record<string, string>
  weights: Record<string, number>
  betas: Record<string, { BTC: number; ETH: number; fallback: boolean }>
  book: Record<string, number>
}

/** Samples of the regular mode on every `sample_every_days`-th day from row `from` on, by ISO date. */
export function regularSamples(
  panel: Panel,
  books: Books,
  config: RegimeConfig,
  from: number,
): Record<string, RegularSample> {
  const samples: Record<string, RegularSample> = {}
  const id = (asset: number) => panel.assets[asset]
  for (let t = from; t < panel.days; t += config.regular.sample_every_days) {
    const basket = books.regularBasketAt(t)
    const betas = books.betasAt(t)
    samples[dayText(panel.firstDay + t)] = {
      candidates: basket.assets.map(id),
      dropped: Object.fromEntries(books.refusalsAt(t).map(({ asset, reason }) => [id(asset), reason])),
      weights: Object.fromEntries(basket.assets.map((asset, i) => [id(asset), basket.weights[i]])),
      betas: Object.fromEntries(
        basket.assets.map((asset, i) => [
          id(asset),
          { BTC: betas[i].btc, ETH: betas[i].eth, fallback: betas[i].fallback },
        ]),
      ),
      book: namedBook(panel, books.targetAt(t)),
    }
  }
  return samples
}

/** A book by asset id. */
export function namedBook(panel: Panel, book: Book): Record<string, number> {
  return Object.fromEntries(book.assets.map((asset, i) => [panel.assets[asset], book.weights[i]]))
}
