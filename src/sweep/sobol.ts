/** Sobol points with a seeded digital shift: evenly spread over the unit cube, whatever prefix of them is used. */

import type { Random } from '../base/random.ts'

/**
 * Degree, inner coefficients and initial direction numbers of the primitive polynomials of dimensions 2 to 22
 * (Joe & Kuo 2008, "Constructing Sobol sequences with better two-dimensional projections", new-joe-kuo-6).
 */
const POLYNOMIALS: readonly (readonly number[])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
  [7, 7, 1, 1, 3, 13, 7, 35, 63],
]

const BITS = 32

/** Dimensions that the table covers. */
export const SOBOL_DIMENSIONS = POLYNOMIALS.length + 1

/** State of one sequence. */
export interface Sobol {
  /** Direction numbers, 32 per dimension. */
  directions: Uint32Array
  /** Bits of the next point, per dimension. */
  bits: Uint32Array
  /** Number of points given. */
  given: number
}

/** The sequence of `dimensions` ≤ 22 dimensions from its first point on; `random` shifts it, null leaves it as published. */
export function sobol(dimensions: number, random: Random | null): Sobol {
  const directions = new Uint32Array(dimensions * BITS)
  for (let d = 0; d < dimensions; d++) writeDirections(d, directions.subarray(d * BITS, (d + 1) * BITS))
  const bits = new Uint32Array(dimensions)
  if (random !== null) for (let d = 0; d < dimensions; d++) bits[d] = random.uint32()
  return { directions, bits, given: 0 }
}

/** The next point, each coordinate in [0, 1), written to `out`; up to 2^32 of them. */
export function nextPoint(sequence: Sobol, out: Float64Array): void {
  const { bits, directions } = sequence
  for (let d = 0; d < bits.length; d++) out[d] = bits[d] / 4294967296
  // In Gray code order a point differs from the one before by a single direction number: that of the lowest zero bit (Antonov & Saleev 1979).
  const lowest = 31 - Math.clz32(~sequence.given & (sequence.given + 1))
  for (let d = 0; d < bits.length; d++) bits[d] ^= directions[d * BITS + lowest]
  sequence.given++
}

function writeDirections(dimension: number, out: Uint32Array): void {
  if (dimension === 0) {
    for (let j = 0; j < BITS; j++) out[j] = 1 << (31 - j)
    return
  }
  const [degree, coefficients, ...initial] = POLYNOMIALS[dimension - 1]
  for (let j = 0; j < BITS; j++) {
    if (j < degree) {
      out[j] = initial[j] << (31 - j)
      continue
    }
    let value = out[j - degree] ^ (out[j - degree] >>> degree)
    for (let k = 1; k < degree; k++) if ((coefficients >>> (degree - 1 - k)) & 1) value ^= out[j - k]
    out[j] = value
  }
}
