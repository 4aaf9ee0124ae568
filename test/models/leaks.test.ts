/** The leakage checks catch what leaks, each what it is made for, and let an honest pipeline pass. */

import { describe, expect, it } from 'vitest'
import { mean, std } from '../../src/base/stats.ts'
import type { Bars } from '../../src/market/bars.ts'
import { futureScramble, splitOverlap, trainIsolation } from '../../src/models/guards.ts'
import { permutedBars, scrambledBars } from '../../src/models/other-bars.ts'
import { permutedSkill, shuffledTarget } from '../../src/models/shuffled-target.ts'
import { type TrainingPlan, testSkill, train } from '../../src/models/train.ts'
import { arBars, planFor, withFeature } from './series.ts'

const BARS = arBars(11, 900, 0)
const PERMUTATIONS = 19

function checks(bars: Bars, plan: TrainingPlan) {
  const training = train(bars, plan)
  const skills = Array.from({ length: PERMUTATIONS }, (_, k) => permutedSkill(bars, plan, k))
  return {
    shuffled: shuffledTarget(skills, testSkill(training, plan), 0),
    future: futureScramble(bars, plan, training, 0),
    isolation: trainIsolation(bars, plan, training, 0),
    overlap: splitOverlap(bars, plan, training),
  }
}

const passes = (found: ReturnType<typeof checks>) =>
  Object.fromEntries(Object.entries(found).map(([name, { passed }]) => [name, passed]))

/** ln(close[t+1] / close[t]): the target of horizon 1 itself. */
const nextReturn = ({ close }: Bars) =>
  close.map((value, i) => (i + 1 < close.length ? Math.log(close[i + 1] / value) : 0))

describe('an honest pipeline', () => {
  it.each([
    ['ridge', 1, 'validation'],
    ['ridge', 20, 'walk_forward'],
    ['logistic', 1, 'walk_forward'],
    ['logistic', 10, 'validation'],
  ] as const)('%s, horizon %s, %s passes every check', (family, horizon, selection) => {
    const found = checks(BARS, planFor(BARS, { family, horizon, selection, embargo: 3 }))
    expect(passes(found)).toEqual({ shuffled: true, future: true, isolation: true, overlap: true })
    expect(found.future).toMatchObject({ values_differing: 0, features_differing: [] })
    expect(found.future.values_compared).toBeGreaterThan(4 * 900)
    expect(found.isolation).toMatchObject({ numbers_differing: 0, numbers_compared: 13, lambda_kept: true })
    expect(found.overlap.overlapping_labels).toBe(0)
    expect(found.shuffled.skills).toHaveLength(PERMUTATIONS)
    expect(found.shuffled.mean_skill).toBeLessThan(0.01)
  })

  it('that learns something still passes: only its own skill is high', () => {
    const bars = arBars(3, 900, 0.5)
    const found = checks(bars, planFor(bars))
    expect(passes(found)).toEqual({ shuffled: true, future: true, isolation: true, overlap: true })
    expect(found.shuffled.model_skill).toBeGreaterThan(0.1)
    expect(found.shuffled.p_value).toBe(1 / (PERMUTATIONS + 1))
  })
})

describe('the shuffled-target check', () => {
  it.each(['ridge', 'logistic'] as const)('catches a feature of a %s that is the target itself', family => {
    const { shuffled } = checks(BARS, planFor(BARS, { family, source: withFeature('next', nextReturn) }))
    expect(shuffled.passed).toBe(false)
    expect(shuffled.mean_skill).toBeGreaterThan(0.3)
    // The skill of the model is no rarer than that of the permutations: so the p-value says nothing for it.
    expect(shuffled.p_value).toBeGreaterThan(0.05)
  })

  it('catches a faint leak: the next return under four times as much noise', () => {
    const noise = permutedBars(BARS, 77)
    const faint = (bars: Bars) => {
      const other = nextReturn(noise)
      return nextReturn(bars).map((value, i) => value + 4 * other[i])
    }
    const { shuffled } = checks(BARS, planFor(BARS, { source: withFeature('faint', faint) }))
    expect(shuffled.passed).toBe(false)
  })

  it('counts a permutation that nothing can be fitted to against the model', () => {
    const { p_value, mean_skill, skills } = shuffledTarget([Number.NaN, -0.1, 0.2, -0.3], 0.1, 5)
    expect(p_value).toBe(3 / 5)
    expect(skills).toEqual([0, -0.1, 0.2, -0.3])
    expect(mean_skill).toBeCloseTo(-0.05, 15)
  })
})

describe('the future-scramble check', () => {
  const whole = ({ close }: Bars) => {
    const [centre, deviation] = [mean(close), std(close, 1)]
    return close.map(value => (value - centre) / deviation)
  }
  const later = ({ close }: Bars) => close.map((value, i) => value / close[Math.min(close.length - 1, i + 40)])

  it.each([
    ['reads the next close', nextReturn],
    ['is standardised by all bars', whole],
    ['reads a close of forty bars later', later],
  ])('catches a feature that %s, and names it', (_, column) => {
    const { future } = checks(BARS, planFor(BARS, { source: withFeature('leak', column) }))
    expect(future.passed).toBe(false)
    expect(future.features_differing).toEqual(['leak'])
    expect(future.values_differing).toBeGreaterThan(0)
  })
})

describe('purge and isolation', () => {
  it('catch targets that reach into the next split', () => {
    const plan = planFor(BARS, { horizon: 10, purge: 4 })
    const { overlap, isolation } = checks(BARS, plan)
    // 10 − 4 rows of training and of validation have targets behind their boundary.
    expect(overlap).toMatchObject({ passed: false, overlapping_labels: 12, purged_rows: 8 })
    expect(isolation.passed).toBe(false)
    expect(isolation.numbers_differing).toBeGreaterThan(0)
  })

  it('catch a normalisation that has seen all bars', () => {
    const plan = planFor(BARS, {
      source: withFeature('volume', ({ volume }) => volume!.map(value => value / mean(volume!))),
    })
    const { isolation } = checks(BARS, plan)
    // The volume over the mean of all bars: its mean, scale and weight move, and with the weight the others.
    expect(isolation.passed).toBe(false)
  })

  it('catch a choice of λ that reads the test split', () => {
    const plan = planFor(BARS, { horizon: 10, purge: 1 })
    expect(checks(BARS, plan).isolation.lambda_kept).toBe(false)
  })
})

describe('other bars', () => {
  it('permuted are the same moves in another order, from the same first bar, the same for the same seed', () => {
    const other = permutedBars(BARS, 5)
    const moves = ({ close }: Bars) => [...close].slice(1).map((value, i) => Number((value / close[i]).toPrecision(10)))
    expect(moves(other)).not.toEqual(moves(BARS))
    expect(moves(other).sort()).toEqual(moves(BARS).sort())
    expect([other.close[0], other.open![0], other.volume![0]]).toEqual([BARS.close[0], BARS.open![0], BARS.volume![0]])
    expect(other.close.every((value, i) => value <= other.high![i] && value >= other.low![i])).toBe(true)
    expect([...other.volume!].sort()).toEqual([...BARS.volume!].sort())
    expect(permutedBars(BARS, 5)).toEqual(other)
    expect(permutedBars({ ...BARS, open: null, volume: null }, 5)).toMatchObject({ open: null, volume: null })
  })

  it('scrambled are the same before the cut and nowhere behind it', () => {
    const other = scrambledBars(BARS, 400, 1)
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
      expect(other[name]!.subarray(0, 400)).toEqual(BARS[name]!.subarray(0, 400))
      expect(other[name]!.subarray(400).some((value, i) => value === BARS[name]![400 + i])).toBe(false)
    }
  })
})
