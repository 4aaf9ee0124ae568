/** Fits against numbers of numpy and scipy, and the errors of data that have no fit. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { fitsOf } from '../../src/models/fit.ts'
import type { Family, Fit } from '../../src/models/fitted.ts'
import { aucError, aucOf, ranksOf, spearman, spearmanInterval } from '../../src/models/ranks.ts'
import type { Samples } from '../../src/models/samples.ts'

interface Expected {
  lambda: number
  intercept: number
  coefficients: number[]
}

interface Fixture {
  train: number
  x: number[][]
  y: number[]
  label: number[]
  mean: number[]
  scale: number[]
  ridge: Expected[]
  logistic: Expected[]
  ranks: { a: number[]; b: number[]; rank_a: number[]; spearman: number; auc: number }
}

const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/models/regression.json'), 'utf8'),
)
const NAMES = ['a', 'b', 'c']
const ROWS = { from: 0, to: fixture.train }

function samplesWith(features: number[][], label: number[]): Samples {
  const y = Float64Array.from(label)
  return { features: features.map(column => Float64Array.from(column)), forward: y, label: y }
}

function fitted(family: Family, lambda: number, samples?: Samples): Fit {
  const own = samples ?? samplesWith(fixture.x, family === 'ridge' ? fixture.y : fixture.label)
  return fitsOf(family, own, ROWS, NAMES)(lambda)
}

function expectNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i] - value), `${i}: ${actual[i]}, expected ${value}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(value)),
    )
  })
}

describe.each(['ridge', 'logistic'] as const)('%s', family => {
  it.each(fixture[family])('has the weights of the reference at λ = $lambda', ({ lambda, intercept, coefficients }) => {
    const fit = fitted(family, lambda)
    expectNear(fit.coefficients, coefficients, 1e-10)
    expectNear([fit.intercept], [intercept], 1e-10)
    expect(fit.converged).toBe(true)
  })

  it('standardises by the training rows alone', () => {
    const fit = fitted(family, 1)
    expectNear(fit.means, fixture.mean, 1e-12)
    expectNear(fit.scales, fixture.scale, 1e-12)
    const later = fixture.x.map(column => column.map((value, i) => (i < fixture.train ? value : 1e6 * value)))
    const labels = family === 'ridge' ? fixture.y : fixture.label
    const other = labels.map((value, i) => (i < fixture.train ? value : 1 - value))
    expect(fitted(family, 1, samplesWith(later, other))).toEqual(fit)
  })

  it('gives the same bits each time, whatever was fitted before', () => {
    const samples = samplesWith(fixture.x, family === 'ridge' ? fixture.y : fixture.label)
    const fits = fitsOf(family, samples, ROWS, NAMES)
    fits(25)
    expect(fits(0.01)).toEqual(fitted(family, 0.01))
  })

  it('shrinks its weights as λ grows', () => {
    const sizes = [0.01, 1, 100, 1e6].map(lambda => Math.hypot(...fitted(family, lambda).coefficients))
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    expect(sizes[3]).toBeLessThan(1e-5)
  })

  it('names every feature that does not vary on the training rows', () => {
    const flat = fixture.x.map((column, j) => column.map((value, i) => (j === 1 || i >= fixture.train ? value : 0.1)))
    expect(() => fitted(family, 1, samplesWith(flat, fixture.label))).toThrow(
      expect.objectContaining({
        code: 'DATA_ERROR',
        message: 'a is constant on the training rows; c is constant on the training rows',
        details: [
          { pointer: '/params/features/0', message: 'a is constant on the training rows' },
          { pointer: '/params/features/2', message: 'c is constant on the training rows' },
        ],
      }),
    )
  })
})

it('ridge names features that say the same where λ is 0, and fits them where it is not', () => {
  const twins = [fixture.x[0], fixture.x[1], fixture.x[0].map(value => 3 * value - 1)]
  const samples = samplesWith(twins, fixture.y)
  expect(() => fitted('ridge', 0, samples)).toThrow(
    expect.objectContaining({ code: 'DATA_ERROR', message: expect.stringContaining('a and c say the same') }),
  )
  const { coefficients } = fitted('ridge', 0.1, samples)
  expectNear([coefficients[0]], [coefficients[2]], 1e-10)
})

it('logistic refuses one class, and separated classes where λ is 0', () => {
  const one = samplesWith(
    fixture.x,
    fixture.label.map((value, i) => (i < fixture.train ? 1 : value)),
  )
  expect(() => fitted('logistic', 1, one)).toThrow(
    expect.objectContaining({ message: expect.stringContaining('one class') }),
  )
  const apart = samplesWith(
    fixture.x,
    fixture.x[0].map(value => (value > 0 ? 1 : 0)),
  )
  expect(() => fitted('logistic', 0, apart)).toThrow(
    expect.objectContaining({ code: 'DATA_ERROR', message: expect.stringContaining('no finite solution') }),
  )
  expect(fitted('logistic', 0.01, apart).converged).toBe(true)
})

describe('rank statistics', () => {
  const { a, b, rank_a, spearman: rho, auc } = fixture.ranks
  const [x, y] = [Float64Array.from(a), Float64Array.from(b)]

  it('are those of scipy, ties included', () => {
    expect([...ranksOf(x)]).toEqual(rank_a)
    expectNear([spearman(x, y), aucOf(x, row => b[row] > 0)], [rho, auc], 1e-14)
  })

  it('are NaN where nothing can be ranked', () => {
    expect(
      spearman(
        x,
        y.map(() => 1),
      ),
    ).toBeNaN()
    expect(aucOf(x, () => true)).toBeNaN()
    expect(spearmanInterval(1, 50)).toEqual({ low: Number.NaN, high: Number.NaN })
    expect(spearmanInterval(0.5, 3)).toEqual({ low: Number.NaN, high: Number.NaN })
  })

  it('have the interval and error worked by hand', () => {
    // z = ½ ln 3, error √(1.125 / 100); Hanley and McNeil 1982 with A = 0.75, 10 and 10: q1 = 0.6, q2 = 9/14.
    const half = 1.959963984540054 * Math.sqrt(0.01125)
    const { low, high } = spearmanInterval(0.5, 103)
    expectNear([low, high], [Math.tanh(0.5 * Math.log(3) - half), Math.tanh(0.5 * Math.log(3) + half)], 1e-14)
    const expected = Math.sqrt((0.75 * 0.25 + 9 * (0.6 - 0.5625) + 9 * (9 / 14 - 0.5625)) / 100)
    expectNear([aucError(0.75, 10, 10)], [expected], 1e-14)
  })

  it('of a random score are centred on nothing', () => {
    const random = new Random(4)
    const noise = Float64Array.from({ length: 4000 }, () => random.normal())
    const other = Float64Array.from({ length: 4000 }, () => random.normal())
    expect(Math.abs(spearman(noise, other))).toBeLessThan(0.05)
  })
})
