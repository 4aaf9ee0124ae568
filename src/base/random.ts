/** Seeded randomness: the only door to the generator library, and the only randomness in the program. */

import { mersenne } from 'pure-rand/generator/mersenne'

/** A Mersenne Twister stream; equal seeds give equal streams on every machine. */
export class Random {
  readonly #generator: { next(): number }

  /** `seed` is a non-negative safe integer; all of its 53 bits count. */
  constructor(seed: number) {
    const high = Math.floor(seed / 4294967296)
    this.#generator = mersenne((seed >>> 0) ^ Math.imul(high, 0x9e3779b9))
  }

  /** Uniform 32-bit unsigned integer. */
  uint32(): number {
    return this.#generator.next() >>> 0
  }

  /** Uniform in [0, 1) with 53 bits. */
  next(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992
  }

  /** Uniform integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n)
  }

  /** Standard normal by the polar method (Marsaglia & Bray 1964). */
  normal(): number {
    for (;;) {
      const u = 2 * this.next() - 1
      const v = 2 * this.next() - 1
      const s = u * u + v * v
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s)
    }
  }
}
