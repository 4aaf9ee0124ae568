/** Order, ids and seeds of trials: the golden vectors, and what they must not depend on. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  gridSpace,
  type Parameter,
  trialId,
  trialParameters,
  trialSeed,
  variationId,
  variationSeed,
  variationSpace,
} from '../../src/sweep/grid.ts'

const INVALID = (message: RegExp) =>
  expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) })

describe('ids and seeds', () => {
  const parameters = { 'executionModel.slippage.base': 0.001, 'costModel.baseFee': 1000 }

  it('are those of the golden vectors', () => {
    // V10 and V11 of the RunSet specification.
    expect(variationSeed(parameters, 42)).toBe(33602639449962)
    expect(variationId(parameters)).toBe('sweep-fcccbaca9b7d')
    const space = gridSpace(Object.entries(parameters).map(([path, value]) => ({ path, values: [value] })))
    expect(trialSeed(space, 0, 42)).toBe(33602639449962)
    expect(trialId(space, 0)).toBe('sweep-fcccbaca9b7d')
  })

  it('of a trial are those of its parameters, whatever their kinds', () => {
    const space = gridSpace([
      { path: 'b', values: [null, true, 1e21, -0.5, 'é"', [1, { z: 1, a: 2 }]] },
      { path: 'a.b', values: ['x', 2] },
    ])
    for (let trial = 0; trial < space.size; trial++) {
      expect(trialId(space, trial)).toBe(variationId(trialParameters(space, trial)))
      expect(trialSeed(space, trial, 7)).toBe(variationSeed(trialParameters(space, trial), 7))
    }
  })
})

describe('the order of a grid', () => {
  it('sorts paths and values, and lets the last path vary fastest', () => {
    const space = gridSpace([
      { path: 'slow', values: [30, 20] },
      { path: 'fast', values: [10, 9, 100] },
    ])
    const rows = Array.from({ length: space.size }, (_, trial) => Object.values(trialParameters(space, trial)))
    expect(rows).toEqual([
      [9, 20],
      [9, 30],
      [10, 20],
      [10, 30],
      [100, 20],
      [100, 30],
    ])
    expect(Object.keys(trialParameters(space, 0))).toEqual(['fast', 'slow'])
  })

  it('sorts null < false < true < numbers < strings by code unit < others, each value once', () => {
    const values = [{ b: 1 }, 'z', 'ä', true, 3, [2], null, false, -1, 'Z', 3.0, { b: 1 }, -0, 0]
    const [{ values: sorted }] = gridSpace([{ path: 'p', values }]).dimensions
    expect(sorted).toEqual([null, false, true, -1, 0, 3, 'Z', 'z', 'ä', [2], { b: 1 }])
  })

  const value = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.string({ maxLength: 3 }), fc.boolean())
  const parameters = fc.uniqueArray(
    fc.record({
      path: fc.constantFrom('a', 'b', 'c.d', 'B', 'é'),
      values: fc.array(value, { minLength: 1, maxLength: 4 }),
    }),
    { selector: ({ path }) => path, maxLength: 4 },
  )
  const all = (given: readonly Parameter[]) => {
    const space = gridSpace(given)
    return Array.from({ length: space.size }, (_, trial) => [trialId(space, trial), trialSeed(space, trial, 1)])
  }

  it('RS-34: depends neither on the order of the keys nor on that of the values', () => {
    fc.assert(
      fc.property(parameters, given => {
        const turned = [...given]
          .reverse()
          .map(({ path, values }) => ({ path, values: [...values, ...values].reverse() }))
        expect(all(turned)).toEqual(all(given))
      }),
      { numRuns: 50 },
    )
  })

  it('RS-34: keeps every id and seed when a value is added', () => {
    fc.assert(
      fc.property(parameters, given => {
        fc.pre(given.length > 0)
        const more = given.map(({ path, values }, k) => ({ path, values: k === 0 ? [...values, 99] : values }))
        const grown = new Map(all(more) as [string, number][])
        for (const [id, seed] of all(given)) expect(grown.get(id as string)).toBe(seed)
      }),
      { numRuns: 50 },
    )
  })

  it('gives distinct ids to distinct trials', () => {
    const space = gridSpace([
      { path: 'a', values: Array.from({ length: 60 }, (_, k) => k) },
      { path: 'b', values: Array.from({ length: 60 }, (_, k) => k / 7) },
    ])
    expect(new Set(Array.from({ length: 3600 }, (_, trial) => trialId(space, trial))).size).toBe(3600)
  })

  it('makes one trial of no parameters', () => {
    expect(gridSpace([]).size).toBe(1)
    expect(trialParameters(gridSpace([]), 0)).toEqual({})
  })
})

it('refuses what cannot be enumerated', () => {
  const range = Array.from({ length: 101 }, (_, k) => k)
  expect(() => gridSpace([{ path: 'a', values: [] }])).toThrow(INVALID(/'a' has no values/))
  expect(() =>
    gridSpace([
      { path: 'a', values: [1] },
      { path: 'a', values: [2] },
    ]),
  ).toThrow(INVALID(/given twice/))
  expect(() => gridSpace([{ path: 'a.__proto__.b', values: [1] }])).toThrow(INVALID(/no path of a parameter/))
  expect(() => gridSpace([{ path: 'a..b', values: [1] }])).toThrow(INVALID(/no path of a parameter/))
  const large = ['a', 'b', 'c'].map(path => ({ path, values: range }))
  expect(() => gridSpace(large)).toThrow(INVALID(/1030301 combinations, more than max_trials 1000000/))
  expect(gridSpace(large, 2_000_000).size).toBe(1_030_301)
})

describe('a batch', () => {
  it('keeps its order and ids; nested and dotted overrides are the same places', () => {
    const space = variationSpace([
      { variationId: 'b', overrides: { strategy_params: { fast: 3, slow: 9 }, fee: 0 } },
      { variationId: 'a', overrides: { 'strategy_params.fast': 3, list: [1, 2] } },
    ])
    expect([trialId(space, 0), trialId(space, 1)]).toEqual(['b', 'a'])
    expect(trialParameters(space, 0)).toEqual({ fee: 0, 'strategy_params.fast': 3, 'strategy_params.slow': 9 })
    expect(trialParameters(space, 1)).toEqual({ list: [1, 2], 'strategy_params.fast': 3 })
    expect(trialSeed(space, 1, 5)).toBe(variationSeed(trialParameters(space, 1), 5))
  })

  it('refuses repeated ids, none, and overrides that meet', () => {
    const one = { variationId: 'a', overrides: {} }
    expect(() => variationSpace([one, one])).toThrow(INVALID(/'a' is given twice/))
    expect(() => variationSpace([])).toThrow(INVALID(/variations is empty/))
    const meeting = { variationId: 'b', overrides: { 'a.b': { c: 1 }, a: { 'b.c': 2 } } }
    expect(() => variationSpace([meeting])).toThrow(INVALID(/'a.b.c' and 'a.b.c'/))
    const inside = { variationId: 'b', overrides: { a: 1, 'a.b': 2 } }
    expect(() => variationSpace([inside])).toThrow(INVALID(/'a' and 'a.b'/))
    const hostile = { variationId: 'b', overrides: JSON.parse('{"x": {"constructor": {"prototype": {"y": 1}}}}') }
    expect(() => variationSpace([hostile])).toThrow(INVALID(/no path/))
  })
})
