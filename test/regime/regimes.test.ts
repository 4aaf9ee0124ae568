import { expect, it } from 'vitest'
import { resolveConfig } from '../../src/regime/config.ts'
import { classify } from '../../src/regime/regimes.ts'

const five = resolveConfig().regime
const three = resolveConfig({ regime: { n_regimes: 3 } }).regime
const SHORT: Record<string, string> = {
  STRONG_RISK_ON_ALTS: 'SA',
  WEAK_RISK_ON_ALTS: 'WA',
  RISK_ON_ALTS: 'A',
  BALANCED: 'B',
  WEAK_RISK_ON_MAJORS: 'WM',
  STRONG_RISK_ON_MAJORS: 'SM',
  RISK_ON_MAJORS: 'M',
}
const states = (scores: number[], thresholds = five) =>
  classify(Float64Array.from(scores), thresholds).map(regime => (regime === null ? '-' : SHORT[regime]))

// Worked by hand from thresholds ±0.5 and ±1.5 with hysteresis 0.3, half as wide again in a state's first three rows.
it('starts without hysteresis and needs a score to start', () => {
  expect(states([Number.NaN, 1.51])).toEqual(['-', 'SM'])
  expect(states([1.5])).toEqual(['WM'])
  expect(states([-0.5])).toEqual(['B'])
})

it('leaves a weak state only past the hysteresis, wider while it is young', () => {
  // Young: must fall below 0.5 − 0.45 = 0.05; from the third row on below 0.2.
  expect(states([0.6, 0.1, 0.06, 0.19])).toEqual(['WM', 'WM', 'WM', 'B'])
  expect(states([0.6, 0.04])).toEqual(['WM', 'B'])
  expect(states([0.6, 0.1, 0.1, 0.21, 0.2, 0.19])).toEqual(['WM', 'WM', 'WM', 'WM', 'WM', 'B'])
  expect(states([-0.6, -0.06, -0.1, -0.19])).toEqual(['WA', 'WA', 'WA', 'B'])
})

it('strengthens at once and weakens past the hysteresis', () => {
  expect(states([0.6, 1.51, 1.06, 1.04, 1.2])).toEqual(['WM', 'SM', 'SM', 'WM', 'WM'])
  expect(states([-0.6, -1.51, -1.06, -1.04])).toEqual(['WA', 'SA', 'SA', 'WA'])
  expect(states([-1.6, -0.5])).toEqual(['SA', 'WA'])
})

it('jumps across the centre when the score does', () => {
  expect(states([1.6, -0.6])).toEqual(['SM', 'WA'])
  expect(states([0.6, -1.6, 0.7])).toEqual(['WM', 'SA', 'WM'])
})

it('leaves the strong state for the weak one at the threshold itself, where the gate puts the score', () => {
  expect(states([1.6, 0.5])).toEqual(['SM', 'WM'])
  expect(states([1.6, 0.49])).toEqual(['SM', 'B'])
})

it('keeps the state through unknown scores, whose rows count as age', () => {
  expect(states([0.6, Number.NaN, Number.NaN, 0.19])).toEqual(['WM', 'WM', 'WM', 'B'])
})

it('knows three regimes', () => {
  expect(states([1.6, 0.06, -2, -0.06, 0], three)).toEqual(['M', 'M', 'A', 'A', 'B'])
})
