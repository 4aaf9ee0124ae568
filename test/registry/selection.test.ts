/** Selections: one normal form for every way of writing the same, another hash for every other selection. RS-13, RS-14. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/base/errors.ts'
import { specHash } from '../../src/registry/ids.ts'
import { normaliseSelection, normaliseSet } from '../../src/registry/selection.ts'
import { parseSetExpression } from '../../src/registry/set-expression.ts'
import { parseInstant } from '../../src/registry/time-bounds.ts'
import type { SelectionInput } from '../../src/registry/types.ts'

const BASE: SelectionInput = {
  datasetId: 'ohlcv_v2_2025Q4',
  universe: { callers: ['a', 'b'], chains: ['solana'], minMarketCap: 1000 },
  timeBounds: { from: '2025-10-01', to: '2025-12-31' },
  strategy: { strategyFamily: 'f', paramConstraints: { 'a.b': { min: 1 }, c: { eq: { y: 1, x: 2 } } } },
  runTags: ['t', 'u'],
}

function faultsOf(input: SelectionInput): string {
  try {
    normaliseSelection(input)
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'INVALID_SPEC') return error.message
    throw error
  }
  throw new Error('was accepted')
}

describe('times', () => {
  it.each([
    ['2025-10-01', false, Date.UTC(2025, 9, 1)],
    ['2025-12-31', true, Date.UTC(2026, 0, 1)],
    ['2025-12-31T00:00', true, Date.UTC(2025, 11, 31)],
    ['2025-10-01T02:30:00+02:30', false, Date.UTC(2025, 9, 1)],
    ['2025-09-30T19:00:00.500-0500', false, Date.UTC(2025, 9, 1) + 500],
    ['2024-02-29', false, Date.UTC(2024, 1, 29)],
  ])('%s (end of day %s)', (text, end, expected) => {
    expect(parseInstant(text, end)).toBe(expected)
  })

  it('takes every year that four digits can write', () => {
    expect(parseInstant('0000-01-01')).toBe(Date.parse('0000-01-01T00:00:00Z'))
    expect(parseInstant('0099-12-31', true)).toBe(Date.parse('0100-01-01T00:00:00Z'))
  })

  it.each(['2025-11-31', '2025-02-29', '2025-13-01', '0050-02-30'])('%s is not a calendar date', text => {
    expect(parseInstant(text)).toBe(`${text} is not a calendar date`)
  })

  it.each(['yesterday', '2025-1-1', '2025-10-01T24:00', '2025-10-01T10:00:00+25:00', ''])('%s is refused', text => {
    expect(parseInstant(text)).toBeTypeOf('string')
  })
})

it('has one hash for every order, repetition, spelled-out default and spelling of an instant (RS-13)', () => {
  const same: SelectionInput = {
    runTags: ['u', 't', 't'],
    statuses: ['completed'],
    latest: false,
    strategy: {
      paramConstraints: { c: { eq: { x: 2, y: 1 } }, 'a.b': { min: 1 } },
      strategyFamily: ' f ',
      engineVersion: undefined,
    },
    timeBounds: { match: 'within', to: '2026-01-01T01:00:00+01:00', from: '2025-09-30T19:00-05:00' },
    universe: { venues: [], minMarketCap: 1000, chains: ['solana', 'solana'], callers: ['b', 'a', ''] },
    datasetId: 'ohlcv_v2_2025Q4',
  }
  expect(specHash(normaliseSelection(same))).toBe(specHash(normaliseSelection(BASE)))
})

it('has one hash for any permutation of a list (RS-13)', () => {
  const lists = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      lists.chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([list, shuffled]) => {
        const hash = (callers: string[]) => specHash(normaliseSelection({ ...BASE, universe: { callers } }))
        expect(hash([...shuffled, shuffled[0]])).toBe(hash(list))
      },
    ),
  )
})

it('has another hash for every other selection (RS-14)', () => {
  const others: SelectionInput[] = [
    { ...BASE, datasetId: 'x' },
    { ...BASE, latest: true },
    { ...BASE, universe: { ...BASE.universe, callers: ['a'] } },
    { ...BASE, universe: { ...BASE.universe, minMarketCap: 1001 } },
    { ...BASE, universe: { ...BASE.universe, maxMarketCap: 5000 } },
    { ...BASE, universe: { ...BASE.universe, minVolume: 1 } },
    { ...BASE, timeBounds: { from: '2025-10-01', to: '2025-12-30' } },
    { ...BASE, timeBounds: { from: '2025-10-01', to: '2025-12-31', match: 'overlap' } },
    { ...BASE, timeBounds: { from: '2025-10-01', to: '2025-12-31', alertWindowPolicy: 'pre_alert_260m' } },
    { ...BASE, strategy: { ...BASE.strategy, strategyFamily: 'g' } },
    { ...BASE, strategy: { ...BASE.strategy, strategyHash: 'a'.repeat(64) } },
    { ...BASE, strategy: { ...BASE.strategy, engineVersion: '2' } },
    { ...BASE, strategy: { ...BASE.strategy, paramConstraints: { 'a.b': { min: 2 } } } },
    { ...BASE, runTags: ['t'] },
    { ...BASE, statuses: ['failed'] },
    { ...BASE, runIds: ['r'] },
    { runTags: ['t', 'u'] },
  ]
  const hashes = [BASE, ...others].map(input => specHash(normaliseSelection(input)))
  expect(new Set(hashes).size).toBe(hashes.length)
})

it('tells every fault at once, one line each', () => {
  const text = faultsOf({
    universe: { minMarketCap: 5, maxMarketCap: 1, minVolume: -1 },
    timeBounds: { from: '2025-11-01', to: '2025-11-31' },
    strategy: { strategyHash: 'short', paramConstraints: { 'a.__proto__.b': { min: 1 }, x: { min: 2, max: 1 } } },
    statuses: ['done'],
  })
  expect(text.split('\n')).toEqual([
    'statuses: done is none of pending, running, completed, failed, cancelled',
    'universe.minVolume: -1 is not an amount above 0',
    'universe.minMarketCap: 5 is above maxMarketCap 1',
    'timeBounds.to: 2025-11-31 is not a calendar date',
    'strategy.strategyHash: short is not 64 hex digits',
    'strategy.paramConstraints.a.__proto__.b: is not a parameter path',
    'strategy.paramConstraints.x: min 2 is above max 1',
    'datasetId: is required',
  ])
})

it('refuses a selection of nothing, and bounds that hold nothing', () => {
  expect(faultsOf({})).toMatch(/selects nothing/)
  expect(faultsOf({ runTags: [' '] })).toMatch(/selects nothing/)
  expect(faultsOf({ datasetId: 'd', timeBounds: { from: '2025-10-02', to: '2025-10-01' } })).toMatch(/is not before/)
  expect(faultsOf({ datasetId: 'd' })).toBe('timeBounds: from and to are required')
})

it('a null that is asked for stays: the parameter must be null', () => {
  const select = normaliseSelection({ ...BASE, strategy: { paramConstraints: { stop: { eq: null } } } })
  expect(select).toMatchObject({ where: { strategy: { paramConstraints: { stop: { eq: null } } } } })
})

describe('set algebra', () => {
  it('binds from left to right, parentheses first', () => {
    const leaf = (reference: string) => ({ reference })
    expect(parseSetExpression('A minus B union C')).toEqual({
      op: 'union',
      left: { op: 'minus', left: leaf('A'), right: leaf('B') },
      right: leaf('C'),
    })
    expect(parseSetExpression('A minus (B union C@pin.1)')).toEqual({
      op: 'minus',
      left: leaf('A'),
      right: { op: 'union', left: leaf('B'), right: leaf('C@pin.1') },
    })
  })

  it.each(['', 'A minus', 'A B', '(A', 'A)', 'union A', 'A union union B'])('%j is refused', text => {
    expect(() => parseSetExpression(text)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }))
  })

  it('union and intersection are the same in any order and nesting; minus is not', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(char => ({ specHash: char.repeat(64) }))
    const left = normaliseSet({ op: 'union', of: [{ op: 'union', of: [a, b] }, c] })
    const right = normaliseSet({ op: 'union', of: [c, { op: 'union', of: [b, a] }, a] })
    expect(left).toEqual(right)
    expect(normaliseSet({ op: 'minus', of: [a, b] })).not.toEqual(normaliseSet({ op: 'minus', of: [b, a] }))
  })
})
