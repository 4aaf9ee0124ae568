/** Seeded generator and seed derivation: the only randomness in the program. */

/** xoshiro128** seeded through splitmix32; `next()` is uniform in [0, 1) with 53 bits. */
export class Random {
  readonly #s: Uint32Array

  /** `seed` is a non-negative safe integer. */
  constructor(seed: number) {
    this.#s = new Uint32Array(4)
    let state = (seed >>> 0) ^ Math.imul(Math.floor(seed / 4294967296), 0x9e3779b9)
    for (let i = 0; i < 4; i++) {
      state = (state + 0x9e3779b9) | 0
      let z = state
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
      this.#s[i] = z ^ (z >>> 16)
    }
  }

  /** Uniform 32-bit integer. */
  uint32(): number {
    const s = this.#s
    const r = Math.imul(s[1], 5)
    const result = Math.imul((r << 7) | (r >>> 25), 9) >>> 0
    const t = s[1] << 9
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = (s[3] << 11) | (s[3] >>> 21)
    return result
  }

  /** Uniform in [0, 1), 53 bits. */
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
