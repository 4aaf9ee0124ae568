/** Random streams of the data generators: one for each name, so that one more series leaves all others as they are. */

import { hashOf } from '../base/canonical.ts'
import { Random } from '../base/random.ts'

/** Changes whenever the same seed and parameters give other data. */
export const GENERATOR_VERSION = 1

/** The stream of a name: its seed is the first 12 hex digits of SHA-256 of RFC 8785 {_t:"generate.stream", v:1, name, seed}. */
export function stream(seed: number, name: string): Random {
  return new Random(Number.parseInt(hashOf({ _t: 'generate.stream', v: 1, name, seed }).slice(0, 12), 16))
}

/** A stationary Ornstein–Uhlenbeck process of mean 0, sampled exactly: x′ = φx + s√(1 − φ²)·z with φ = e^(−κΔt), z standard normal. */
export class MeanReverting {
  value: number
  readonly #random: Random
  readonly #keep: number
  readonly #noise: number

  /** `deviation` is that of the stationary law, which the first value is drawn from; `halfLife` is counted in steps. */
  constructor(random: Random, deviation: number, halfLife: number) {
    this.#random = random
    this.#keep = Math.exp(-Math.LN2 / halfLife)
    this.#noise = deviation * Math.sqrt(1 - this.#keep * this.#keep)
    this.value = deviation * random.normal()
  }

  next(): number {
    this.value = this.#keep * this.value + this.#noise * this.#random.normal()
    return this.value
  }
}
