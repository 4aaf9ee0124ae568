/** Drawn trials: seeded, distinct, evenly spread; the Sobol sequence against published points. */

import { describe, expect, it } from 'vitest'
import { gridSpace, type TrialSpace, trialId, trialParameters } from '../../src/sweep/grid.ts'
import { listedParameter, type SampledParameter, sampledSpace } from '../../src/sweep/sampling.ts'
import { nextPoint, SOBOL_DIMENSIONS, sobol } from '../../src/sweep/sobol.ts'

const MIXED: SampledParameter[] = [
  { path: 'window', min: 5, max: 50, step: 5 },
  { path: 'fee', min: 1e-5, max: 1e-2, log: true },
  { path: 'kind', values: ['b', 'a'] },
  { path: 'width', min: -1, max: 2 },
]

const all = (space: TrialSpace) => Array.from({ length: space.size }, (_, trial) => trialParameters(space, trial))

describe('the Sobol sequence', () => {
  it('begins as in the tables of Joe and Kuo', () => {
    const sequence = sobol(3, null)
    const point = new Float64Array(3)
    const points = Array.from({ length: 8 }, () => {
      nextPoint(sequence, point)
      return [...point]
    })
    // The ten-point example of the authors' page, first eight.
    expect(points).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
    ])
  })

  it('is that of scipy in all its dimensions', () => {
    const sequence = sobol(SOBOL_DIMENSIONS, null)
    const point = new Float64Array(SOBOL_DIMENSIONS)
    for (let k = 0; k <= 1000; k++) nextPoint(sequence, point)
    // scipy 1.17.1: qmc.Sobol(22, scramble=False, bits=32).random(1001)[1000]
    expect([...point]).toEqual([
      0.2197265625, 0.0966796875, 0.5185546875, 0.6767578125, 0.2802734375, 0.9072265625, 0.0458984375, 0.8994140625,
      0.5009765625, 0.0693359375, 0.0849609375, 0.2548828125, 0.1611328125, 0.3837890625, 0.1435546875, 0.3701171875,
      0.7197265625, 0.3447265625, 0.9912109375, 0.7255859375, 0.5224609375, 0.5498046875,
    ])
  })
})

describe.each(['random', 'sobol'] as const)('method %s', method => {
  it('draws within the ranges, on the steps, from the values', () => {
    const trials = all(sampledSpace(MIXED, method, 500, 3))
    for (const trial of trials) {
      const { window, fee, kind, width } = trial as { window: number; fee: number; kind: string; width: number }
      expect(window % 5 === 0 && window >= 5 && window <= 50).toBe(true)
      expect(fee >= 1e-5 && fee <= 1e-2).toBe(true)
      expect(['a', 'b']).toContain(kind)
      expect(width >= -1 && width < 2).toBe(true)
    }
    expect(new Set(trials.map(({ window }) => window)).size).toBe(10)
    // Even on the logarithm: about half lie below the geometric middle of the range, where a uniform draw would put 3 %.
    const low = trials.filter(trial => (trial['fee'] as number) < Math.sqrt(1e-5 * 1e-2)).length
    expect(low / 500).toBeGreaterThan(0.4)
    expect(low / 500).toBeLessThan(0.6)
  })

  it('repeats itself for a seed, in whatever order parameters come, and not for another', () => {
    const first = all(sampledSpace(MIXED, method, 50, 3))
    expect(all(sampledSpace([...MIXED].reverse(), method, 50, 3))).toEqual(first)
    expect(all(sampledSpace(MIXED, method, 80, 3)).slice(0, 50)).toEqual(first)
    expect(all(sampledSpace(MIXED, method, 50, 4))).not.toEqual(first)
  })

  it('draws no trial twice, and all of them where that many are asked for', () => {
    const parameters = ['a', 'b'].map(path => ({ path, min: 1, max: 10, step: 1 }))
    const space = sampledSpace(parameters, method, 97, 1)
    const ids = Array.from({ length: 97 }, (_, trial) => trialId(space, trial))
    expect(new Set(ids).size).toBe(97)
    const whole = sampledSpace(parameters, method, 200, 1)
    expect(whole).toEqual(gridSpace(parameters.map(listedParameter)))
    expect(whole.size).toBe(100)
  })
})

it('spreads Sobol trials evenly: each cell of a power of two holds its share', () => {
  const parameters = ['a', 'b'].map(path => ({ path, min: 0, max: 1 }))
  const counts = new Array(64).fill(0)
  for (const { a, b } of all(sampledSpace(parameters, 'sobol', 256, 9)) as { a: number; b: number }[])
    counts[Math.floor(a * 8) * 8 + Math.floor(b * 8)]++
  // A (0, m, 2)-net in base 2, which a digital shift leaves one.
  expect(new Set(counts)).toEqual(new Set([4]))
})

it('writes steps without the dust of binary fractions', () => {
  expect(listedParameter({ path: 'p', min: 0.1, max: 0.7, step: 0.2 }).values).toEqual([0.1, 0.3, 0.5, 0.7])
  expect(listedParameter({ path: 'p', min: 1, max: 6, step: 2 }).values).toEqual([1, 3, 5])
})

it.each<[string, SampledParameter[], number, RegExp]>([
  ['an empty range', [{ path: 'p', min: 2, max: 2 }], 5, /needs numbers min < max, not \[2,2\]/],
  ['a negative step', [{ path: 'p', min: 0, max: 2, step: -1 }], 5, /bad step -1/],
  ['a logarithm of 0', [{ path: 'p', min: 0, max: 2, log: true }], 5, /min above 0/],
  ['log with step', [{ path: 'p', min: 1, max: 2, log: true, step: 0.1 }], 5, /both log and step/],
  ['no parameters', [], 5, /needs parameters/],
  ['no trials', MIXED, 0, /n_trials 0/],
  ['too many trials', MIXED, 1_000_001, /more than max_trials 1000000/],
  ['too many dimensions', Array.from({ length: 23 }, (_, k) => ({ path: `p${k}`, min: 0, max: 1 })), 5, /covers 22/],
])('refuses %s', (_, parameters, trials, message) => {
  expect(() => sampledSpace(parameters, 'sobol', trials, 1)).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) }),
  )
})

it('refuses a range without a step in a grid', () => {
  expect(() => listedParameter({ path: 'p', min: 0, max: 1 })).toThrow(/give values or a step/)
})
