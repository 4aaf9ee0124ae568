/** What the engine does to a book of weights in a day: mark, fund, drift, force out, execute. */

import { fail } from '../base/errors.ts'
import { dayText, type Panel } from '../market/panel.ts'
import type { RegimeConfig } from './config-types.ts'
import type { Book } from './weights.ts'

const SETTLEMENTS_A_DAY = 3

/** Traded notional over equity, summed over the day. */
export interface Traded {
  alt: number
  major: number
}

/** Last close of every asset and the return since, with the rows that have passed without one. */
export class LastPrices {
  /** Return over the last close marked today; 0 without a close today, so that a gap is realised when the price is back. */
  readonly returns: Float64Array
  /** Rows since the last close; 0 with a close today. */
  readonly age: Int32Array
  readonly #panel: Panel
  readonly #last: Float64Array

  constructor(panel: Panel, start: number) {
    const width = panel.assets.length
    this.#panel = panel
    this.#last = new Float64Array(width).fill(Number.NaN)
    this.returns = new Float64Array(width)
    // Nothing is held before the start, so no asset can be stale or marked from before it.
    this.age = new Int32Array(width).fill(panel.days + start)
  }

  /** Take the closes of row t, rows in order; the return of the weights since their last closes. */
  mark(weights: Float64Array, t: number): number {
    const { close } = this.#panel
    const base = t * weights.length
    let gross = 0
    for (let a = 0; a < weights.length; a++) {
      const price = close[base + a]
      if (Number.isNaN(price)) {
        this.returns[a] = 0
        this.age[a]++
        continue
      }
      this.returns[a] = weights[a] === 0 ? 0 : price / this.#last[a] - 1
      gross += weights[a] * this.returns[a]
      this.#last[a] = price
      this.age[a] = 0
    }
    return gross
  }
}

/** Funding of the weights on row t as a ratio of equity, paid when positive; an unknown rate is 0. */
export function fundingOf(panel: Panel, weights: Float64Array, t: number, costs: RegimeConfig['costs']): number {
  if (!costs.funding_enabled || panel.funding === null) return 0
  const base = t * weights.length
  let total = 0
  for (let a = 0; a < weights.length; a++) {
    const rate = panel.funding[base + a]
    if (weights[a] !== 0 && !Number.isNaN(rate)) total += weights[a] * rate
  }
  return total * (costs.funding_8h_rate ? SETTLEMENTS_A_DAY : 1)
}

/** Let the weights follow the returns of their assets over the `growth` of the equity; STRATEGY_ERROR when nothing is left. */
export function drift(weights: Float64Array, returns: Float64Array, growth: number, t: number, panel: Panel): void {
  if (!(growth > 0)) {
    throw fail('STRATEGY_ERROR', {
      message: `The book lost all its equity on ${dayText(panel.firstDay + t)}: lower the exposure or enable a stop`,
    })
  }
  for (let a = 0; a < weights.length; a++) if (weights[a] !== 0) weights[a] = (weights[a] * (1 + returns[a])) / growth
}

/** Close what has had no price for more than `maxAge` rows, at its last one. */
export function forceOut(
  weights: Float64Array,
  age: Int32Array,
  maxAge: number,
  isMajor: Uint8Array,
  traded: Traded,
): void {
  for (let a = 0; a < weights.length; a++) {
    if (weights[a] === 0 || age[a] <= maxAge) continue
    traded[isMajor[a] === 1 ? 'major' : 'alt'] += Math.abs(weights[a])
    weights[a] = 0
  }
}

/** Bring the weights to the book where there is a close today; assets without one keep what they have, and nothing is tried again. */
export function execute(weights: Float64Array, book: Book, age: Int32Array, isMajor: Uint8Array, traded: Traded): void {
  const target = new Float64Array(weights.length)
  for (let i = 0; i < book.assets.length; i++) target[book.assets[i]] = book.weights[i]
  for (let a = 0; a < weights.length; a++) {
    if (age[a] > 0 || target[a] === weights[a]) continue
    traded[isMajor[a] === 1 ? 'major' : 'alt'] += Math.abs(target[a] - weights[a])
    weights[a] = target[a]
  }
}
