/** Candles seen from a simulated moment: what closes later cannot be read. */

import type { Bars } from '../market/bars.ts'

/**
 * The candles of one token with a clock that only goes forward. A candle closes one interval after its open; reading one that
 * closes after the clock throws, so that a decision cannot rest on what was not known when it was made.
 */
export class CausalCandles {
  /** Milliseconds. */
  readonly interval: number
  readonly count: number
  readonly #bars: Bars
  /** Index of the last candle that has closed; −1 before the first. */
  #last = -1

  constructor(bars: Bars, interval: number) {
    this.#bars = bars
    this.interval = interval
    this.count = bars.ts.length
  }

  /** Index of the last closed candle; −1 where none has closed. */
  get last(): number {
    return this.#last
  }

  /** When candle `i` opens and closes, epoch ms: the time table of the market, known in advance. */
  openTime(i: number): number {
    return this.#bars.ts[i]
  }

  closeTime(i: number): number {
    return this.#bars.ts[i] + this.interval
  }

  /** Index of the first candle from `from` on that closes at `time` or later; `count` where there is none. */
  firstClosingAt(time: number, from: number): number {
    const { ts } = this.#bars
    const open = time - this.interval
    // Mostly the next few candles; else a search.
    let low = Math.max(0, from)
    for (let steps = 0; steps < 4 && low < ts.length; steps++, low++) if (ts[low] >= open) return low
    let high = ts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ts[middle] < open) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Set the clock to the close of candle `i`; it never goes back. */
  closed(i: number): void {
    if (i > this.#last) this.#last = i
  }

  /** Set the clock to a time: every candle that closes at it or before has closed. */
  moveTo(time: number): void {
    this.closed(this.firstClosingAt(time + 1, this.#last + 1) - 1)
  }

  close(i: number): number {
    this.#see(i)
    return this.#bars.close[i]
  }

  /** High of candle `i`; its close where the data have none. */
  high(i: number): number {
    this.#see(i)
    return (this.#bars.high ?? this.#bars.close)[i]
  }

  low(i: number): number {
    this.#see(i)
    return (this.#bars.low ?? this.#bars.close)[i]
  }

  /** Traded value of candle `i`, close times volume; NaN where unknown. */
  value(i: number): number {
    this.#see(i)
    const { close, volume } = this.#bars
    return volume === null ? Number.NaN : close[i] * volume[i]
  }

  #see(i: number): void {
    if (i > this.#last)
      throw new Error(`look-ahead: candle ${i} closes after the simulated moment (last closed ${this.#last})`)
  }
}
