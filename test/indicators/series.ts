/** Seeded series and literals that the indicator tests share. */

import { Random } from '../../src/base/random.ts'

/** A seeded random walk of `n` prices around `level`, each step a normal of 1 % of it, kept within half and twice the level. */
export function randomWalk(n: number, seed: number, level = 10_000): Float64Array {
  const random = new Random(seed)
  const out = new Float64Array(n)
  let price = level
  for (let i = 0; i < n; i++) {
    price = Math.min(2 * level, Math.max(level / 2, price + (random.normal() * level) / 100))
    out[i] = price
  }
  return out
}

/** Seeded bars whose high and low enclose open and close. */
export function randomBars(n: number, seed: number) {
  const random = new Random(seed + 1)
  const close = randomWalk(n, seed)
  const open = close.map((value, i) => (i === 0 ? value : close[i - 1]))
  const high = close.map((value, i) => Math.max(value, open[i]) * (1 + random.next() / 100))
  const low = close.map((value, i) => Math.min(value, open[i]) * (1 - random.next() / 100))
  const volume = close.map(() => 1 + 1000 * random.next())
  return { open, high, low, close, volume }
}

export function series(...values: number[]): Float64Array {
  return Float64Array.from(values)
}

/** `count` undefined values followed by the others: the form of an expected result with its warm-up. */
export function warm(count: number, values: readonly number[]): number[] {
  return [...new Array<number>(count).fill(Number.NaN), ...values]
}

/** Every array of numbers in a piece of JavaScript source, in order. */
export function numberArrays(source: string): number[][] {
  return [...source.matchAll(/\[([-\d.,\seE]+)\]/g)].map(([, body]) =>
    body
      .split(',')
      .map(cell => cell.trim())
      .filter(cell => cell !== '')
      .map(Number),
  )
}
