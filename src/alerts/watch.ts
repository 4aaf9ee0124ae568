/** What one alert has seen of its candles: prices by the trigger rule, and the greatest price since the call. */

import type { Alert } from './alert.ts'
import type { CausalCandles } from './candles.ts'

// Prices have few decimals, levels are products: 100 · (1 + 0.1) is 110.00000000000001 and is meant to be reached by 110.
const ROUNDING = 1e-12

/** True where a price is at a level or above it. */
export function reaches(price: number, level: number): boolean {
  return price >= level * (1 - ROUNDING)
}

/** True where a price is at a level or below it. */
export function fallsTo(price: number, level: number): boolean {
  return price <= level * (1 + ROUNDING)
}

/** The candles of an alert as its rules look at them, each taken in once and in order. */
export class Watch {
  readonly candles: CausalCandles
  /** First candle that has not been taken in. */
  next: number
  /** Greatest price since the call, the price at the call included; NaN before any is known. */
  top: number
  readonly #since: number
  readonly #touch: boolean

  /** Start at the call: the clock of the candles is set to it. */
  constructor(alert: Alert, candles: CausalCandles, touch: boolean) {
    this.candles = candles
    this.#since = alert.ts
    this.#touch = touch
    candles.moveTo(alert.ts)
    this.next = candles.firstClosingAt(alert.ts, 0)
    this.top = alert.price
    if (Number.isNaN(this.top) && candles.last >= 0) this.top = candles.close(candles.last)
  }

  /** High of candle `i` where highs count, else its close. The candle that the call fell into may have had its high before it. */
  high(i: number): number {
    return this.#whole(i) ? this.candles.high(i) : this.candles.close(i)
  }

  /** Low of candle `i` by the same rule. */
  low(i: number): number {
    return this.#whole(i) ? this.candles.low(i) : this.candles.close(i)
  }

  /** Take candle `i` in. */
  look(i: number): void {
    if (i < this.next) return
    this.next = i + 1
    const high = this.high(i)
    // False for a top that is not known yet.
    if (!(high <= this.top)) this.top = high
  }

  /** Take in every candle up to `i`; they have closed. */
  passTo(i: number): void {
    for (let j = this.next; j <= i; j++) this.look(j)
  }

  #whole(i: number): boolean {
    return this.#touch && this.candles.openTime(i) >= this.#since
  }
}
