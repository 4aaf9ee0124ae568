/** Statistics against published values: NIST StRD, Anscombe, the scipy manual, and 50-digit arithmetic (mpmath 1.3). */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  autocorrelation,
  correlation,
  covariance,
  kurtosis,
  leastSquares,
  maximum,
  mean,
  median,
  minimum,
  normalCdf,
  normalQuantile,
  power,
  quantile,
  quantileOfSorted,
  skewness,
  solveSymmetric,
  std,
  studentTCdf,
  sum,
  variance,
} from '../../src/base/stats.ts'

const relative = (actual: number, expected: number) =>
  expected === 0 ? Math.abs(actual) : Math.abs(actual - expected) / Math.abs(expected)

/** NIST StRD NumAcc2–4: `level`.2, then `level`.1 and `level`.3 in turn, 1001 values. */
const numAcc = (level: number) => [level + 0.2, ...Array.from({ length: 1000 }, (_, i) => level + (i % 2 ? 0.3 : 0.1))]

// Anscombe 1973, set I: r² = 0.67, regression y = 3.00 + 0.500 x.
const ANSCOMBE_X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
const ANSCOMBE_Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]

describe('moments', () => {
  // The data itself carries rounding at these levels, so NIST's exact answers are met to what the doubles hold.
  it.each([
    [1, 1e-14, 1e-12],
    [1_000_000, 1e-14, 1e-8],
    [10_000_000, 1e-14, 1e-7],
  ])('meet the certified NIST StRD values at level %d', (level, meanTolerance, tolerance) => {
    const x = numAcc(level)
    expect(relative(mean(x), level + 0.2)).toBeLessThan(meanTolerance)
    expect(relative(std(x, 1), 0.1)).toBeLessThan(tolerance)
    expect(relative(autocorrelation(x, 1), -0.999)).toBeLessThan(tolerance)
  })

  it('agree with values worked by hand', () => {
    const x = [2, 4, 4, 4, 5, 5, 7, 9]
    expect(sum(x)).toBe(40)
    expect(mean(x)).toBe(5)
    expect(variance(x, 0)).toBe(4)
    expect(variance(x, 1)).toBeCloseTo(32 / 7, 14)
    expect(covariance([1, 2, 3], [2, 4, 7])).toBe(2.5)
    expect(covariance([1, 2, 3], [2, 4, 7], 0)).toBeCloseTo(5 / 3, 14)
    expect(autocorrelation([1, 2, 3, 4, 5], 1)).toBeCloseTo(0.4, 14)
    expect(autocorrelation([1, 2, 3, 4, 5], 0)).toBe(1)
  })

  it('give the skewness and non-excess kurtosis of the scipy manual', () => {
    const x = Float64Array.of(2, 8, 0, 4, 1, 9, 9, 0)
    expect(relative(skewness(x), 0.2650554122698573)).toBeLessThan(1e-14)
    expect(relative(kurtosis(x), 1.3339989247161492)).toBeLessThan(1e-14)
  })

  it('give the correlation of Anscombe’s first set', () => {
    expect(correlation(ANSCOMBE_X, ANSCOMBE_Y)).toBeCloseTo(0.81642051634484, 13)
    expect(correlation([0.1, 0.2, 0.3], [0.3, 0.6, 0.9])).toBeCloseTo(1, 15)
  })

  it('are exactly zero for a constant sample, whatever the constant', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 2, max: 60 }), (value, n) => {
        const x = new Float64Array(n).fill(value)
        expect(mean(x)).toBe(value === 0 ? 0 : value)
        expect(variance(x, 1)).toBe(0)
        expect(skewness(x)).toBeNaN()
      }),
    )
  })

  it('are NaN where they are undefined', () => {
    expect(sum([])).toBe(0)
    for (const value of [mean([]), minimum([]), maximum([]), median([]), quantile([], 0.5)]) expect(value).toBeNaN()
    expect(std([1], 1)).toBeNaN()
    expect(covariance([1, 2], [1, 2, 3])).toBeNaN()
    expect(correlation([1, 1, 1], [1, 2, 3])).toBeNaN()
    expect(autocorrelation([1, 2], 2)).toBeNaN()
    for (const f of [mean, minimum, maximum, median, skewness]) expect(f([1, Number.NaN, 0])).toBeNaN()
  })
})

describe('quantile', () => {
  it('interpolates linearly between order statistics (type 7)', () => {
    expect(quantile([10, 3, 1, 4], 0.9)).toBeCloseTo(8.2, 14)
    expect(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.25)).toBe(3.25)
    expect(median([7, 1, 3])).toBe(3)
    expect(median([1, 2, 3, 4])).toBe(2.5)
    expect(quantile([5], 0.3)).toBe(5)
    expect(quantile([3, 1, 2], 1)).toBe(3)
    expect(quantile([3, 1, 2], 1.1)).toBeNaN()
    expect(quantileOfSorted([1, 2, 4], 0.75)).toBe(3)
  })

  it('leaves its argument as it was', () => {
    const x = [3, 1, 2]
    quantile(x, 0.5)
    expect(x).toEqual([3, 1, 2])
  })
})

describe('least squares', () => {
  it('meets the certified coefficients of the NIST StRD Longley data', () => {
    const columns = LONGLEY.slice(1)
    const certified = [
      -3482258.63459582, 15.0618722713733, -0.035819179292591, -2.02022980381683, -1.03322686717359,
      -0.0511041056535807, 1829.15146461355,
    ]
    const fitted = leastSquares([new Float64Array(16).fill(1), ...columns], LONGLEY[0])
    certified.forEach((value, j) => {
      expect(relative(fitted[j], value)).toBeLessThan(1e-8)
    })
  })

  it('gives Anscombe’s line', () => {
    const [intercept, slope] = leastSquares([ANSCOMBE_X.map(() => 1), ANSCOMBE_X], ANSCOMBE_Y)
    expect(intercept).toBeCloseTo(3.00009090909091, 12)
    expect(slope).toBeCloseTo(0.500090909090909, 13)
  })

  it('shrinks by the ridge penalty of each column', () => {
    // Worked by hand: 31/(14+1); with a free intercept, slope 5/(2+1) about the means 2 and 13/3.
    expect(leastSquares([[1, 2, 3]], [2, 4, 7], { ridge: 1 })[0]).toBeCloseTo(31 / 15, 14)
    const [intercept, slope] = leastSquares(
      [
        [1, 1, 1],
        [1, 2, 3],
      ],
      [2, 4, 7],
      { ridge: [0, 1] },
    )
    expect(slope).toBeCloseTo(5 / 3, 13)
    expect(intercept).toBeCloseTo(1, 13)
  })

  it('is NaN without a unique solution, and unique again under a penalty', () => {
    const columns = [
      [1, 2, 3],
      [2, 4, 6],
    ]
    expect([...leastSquares(columns, [1, 2, 3])]).toEqual([Number.NaN, Number.NaN])
    expect([...leastSquares([[1], [2]], [1])]).toEqual([Number.NaN, Number.NaN])
    // By symmetry of the penalty the solution is along (1, 2): t(1, 2) with t = 14·5 / (14·25 + 5).
    const [a, b] = leastSquares(columns, [1, 2, 3], { ridge: 1 })
    expect(b).toBeCloseTo(2 * a, 13)
    expect(a).toBeCloseTo(14 / 71, 13)
  })

  it('solves a symmetric positive definite system and refuses another', () => {
    const matrix = [4, 12, -16, 12, 37, -43, -16, -43, 98]
    const solution = solveSymmetric(matrix, [-20, -43, 192])
    ;[1, 2, 3].forEach((value, i) => {
      expect(solution[i]).toBeCloseTo(value, 11)
    })
    expect(matrix[0]).toBe(4)
    expect([...solveSymmetric([1, 2, 2, 1], [1, 1])]).toEqual([Number.NaN, Number.NaN])
    expect([...solveSymmetric([1, 1, 1, 1], [1, 1])]).toEqual([Number.NaN, Number.NaN])
  })
})

describe('distributions (mpmath, 50 digits)', () => {
  it.each([
    [-20, 2.7536241186062337e-89],
    [-10, 7.619853024160525e-24],
    [-6, 9.86587645037698e-10],
    [-5.5, 1.8989562465887718e-8],
    [-3, 0.0013498980316300946],
    [-1.96, 0.024997895148220435],
    [-1, 0.15865525393145705],
    [-0.5, 0.3085375387259869],
    [-1e-8, 0.4999999960105772],
    [0, 0.5],
    [0.3, 0.6179114221889527],
    [0.67448975, 0.7499999999376898],
    [1, 0.8413447460685429],
    [2.5, 0.9937903346742238],
    [5, 0.9999997133484281],
  ])('normalCdf(%d)', (x, expected) => {
    expect(relative(normalCdf(x), expected)).toBeLessThan(2e-15)
  })

  it.each([
    [1e-300, -37.0470962993612],
    [1e-100, -21.273453560965326],
    [1e-20, -9.262340089798407],
    [1e-10, -6.361340902404057],
    [0.0001, -3.7190164854556804],
    [0.01, -2.326347874040841],
    [0.025, -1.9599639845400543],
    [0.075, -1.439531470938456],
    [0.25, -0.6744897501960817],
    [0.5, 0],
    [0.6, 0.2533471031357997],
    [0.9, 1.2815515655446006],
    [0.975, 1.9599639845400538],
    [0.999, 3.090232306167813],
  ])('normalQuantile(%d)', (p, expected) => {
    expect(relative(normalQuantile(p), expected)).toBeLessThan(2e-15)
  })

  it.each([
    [0, 3, 0.5],
    [1, 1, 0.75],
    [-2.5, 2, 0.0648058601107554],
    [2, 5, 0.9490302605850708],
    [-12.706, 1, 0.025000401179066593],
    [-1.5, 4.7, 0.09877075043139891],
    [-3.2, 12, 0.0038162694004053987],
    [-0.01, 30, 0.49604374628658887],
    [-10, 30, 2.2876257041148064e-11],
    [1.96, 200, 0.9743075795770934],
    [-4, 1000, 3.400495960439079e-5],
    [-1.96, 1_000_000, 0.024998033792634895],
    [-6, 123456.7, 9.893223190277942e-10],
    [-50, 3, 8.808576020635988e-6],
    [-1e-9, 7, 0.4999999996150086],
    [-0.5, 0.5, 0.3786590364647183],
  ])('studentTCdf(%d, %d)', (t, degrees, expected) => {
    expect(relative(studentTCdf(t, degrees), expected)).toBeLessThan(degrees > 10_000 ? 1e-10 : 1e-13)
  })

  it('ends at its ends', () => {
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0)
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1)
    expect(normalCdf(-40)).toBe(0)
    expect(normalCdf(Number.NaN)).toBeNaN()
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
    expect(normalQuantile(-0.1)).toBeNaN()
    expect(studentTCdf(Number.POSITIVE_INFINITY, 3)).toBe(1)
    expect(studentTCdf(-1, Number.POSITIVE_INFINITY)).toBe(normalCdf(-1))
    expect(studentTCdf(1, 0)).toBeNaN()
  })

  it('inverts the normal distribution', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), p => {
        expect(relative(normalCdf(normalQuantile(p)), p)).toBeLessThan(1e-13)
      }),
    )
  })
})

describe('power', () => {
  it.each([
    [2, 0.5, Math.SQRT2],
    [10, -2.5, 0.0031622776601683794],
    [1.02, 252 / 365, 1.0137658394128586],
    [0, 0.5, 0],
    [7, 0, 1],
    [1, 1e9, 1],
  ])('power(%d, %d)', (x, y, expected) => {
    expect(relative(power(x, y), expected)).toBeLessThan(1e-14)
  })

  it('is NaN for a negative base', () => {
    expect(power(-2, 0.5)).toBeNaN()
  })
})

// NIST StRD Longley (1967): y, then x1 … x6.
const LONGLEY = [
  [60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551],
  [83, 88.5, 88.2, 89.5, 96.2, 98.1, 99, 100, 101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7, 116.9],
  [
    234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180, 442769, 444546, 482704, 502601,
    518173, 554894,
  ],
  [2356, 2325, 3682, 3351, 2099, 1932, 1870, 3578, 2904, 2822, 2936, 4681, 3813, 3931, 4806, 4007],
  [1590, 1456, 1616, 1650, 3099, 3594, 3547, 3350, 3048, 2857, 2798, 2637, 2552, 2514, 2572, 2827],
  [
    107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219, 117388, 118734, 120445, 121950, 123366, 125368,
    127852, 130081,
  ],
  [1947, 1948, 1949, 1950, 1951, 1952, 1953, 1954, 1955, 1956, 1957, 1958, 1959, 1960, 1961, 1962],
]
