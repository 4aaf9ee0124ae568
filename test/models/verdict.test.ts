/** The verdict over many seeds: noise is no better than its baselines as often as the criteria claim, a planted signal is better. */

import { describe, expect, it } from 'vitest'
import { criteriaOf, N0_RULE, promotionOf, SIGNIFICANCE, verdictOf } from '../../src/models/verdict.ts'
import { type Judged, judge } from './judge.ts'
import { arBars, garchBars } from './series.ts'

const NOISE_SEEDS = 60

async function judgedSeeds(count: number, from: number, more: Parameters<typeof judge>[1]): Promise<Judged[]> {
  const found: Judged[] = []
  for (let seed = from; seed < from + count; seed++) found.push(await judge(arBars(seed, 800, 0), more))
  return found
}

describe('pure noise', () => {
  it.each([
    ['ridge', 1],
    ['logistic', 5],
  ] as const)('passes the permutation test of a %s at most as often as it claims', async (family, horizon) => {
    const found = await judgedSeeds(NOISE_SEEDS, 1000, { family, horizon })
    const significant = found.filter(({ promotion }) =>
      promotion.criteria.some(({ name, passed }) => name === 'permutation_p_value' && passed),
    )
    // Binomial with 60 and 0.05: more than 8 have a probability below 0.001.
    expect(significant.length).toBeLessThanOrEqual(8)
    const better = found.filter(({ promotion }) => promotion.research_verdict === 'better_than_baselines')
    expect(better.length).toBeLessThanOrEqual(NOISE_SEEDS * SIGNIFICANCE)
    for (const { guards } of found) expect(guards.future_scramble.passed && guards.train_isolation.passed).toBe(true)
  })
})

it('noise whose volatility clusters passes it somewhat more often, and is better than its baselines as rarely', async () => {
  // The order of such moves is not without meaning, as the permutations take it to be.
  let [significant, better] = [0, 0]
  for (let seed = 2000; seed < 2000 + NOISE_SEEDS; seed++) {
    const { promotion } = await judge(garchBars(seed, 1000), { family: 'ridge', horizon: 1, positions: 'long_short' })
    if (promotion.criteria.some(({ name, passed }) => name === 'permutation_p_value' && passed)) significant++
    if (promotion.research_verdict === 'better_than_baselines') better++
  }
  // Binomial with 60 and 0.08: more than 12 have a probability below 0.002.
  expect(significant).toBeLessThanOrEqual(12)
  expect(better).toBeLessThanOrEqual(NOISE_SEEDS * SIGNIFICANCE + 3)
})

describe('a planted signal', () => {
  it.each([
    ['ridge', 'long_only', -0.35],
    ['ridge', 'long_short', -0.3],
    ['logistic', 'long_short', 0.35],
  ] as const)('is found by a %s, %s, in returns with autocorrelation %s', async (family, positions, phi) => {
    for (const seed of [1, 2, 3]) {
      const { promotion, metrics } = await judge(arBars(seed, 2500, phi), { family, positions, horizon: 1 })
      expect([seed, promotion.research_verdict, promotion.blocking_reasons]).toEqual([
        seed,
        'better_than_baselines',
        [N0_RULE],
      ])
      expect(metrics.test.information_coefficient_low).toBeGreaterThan(0)
    }
  })

  it('of known strength is measured at its strength', async () => {
    // Of returns with autocorrelation φ the best predictor explains φ².
    const { metrics } = await judge(arBars(8, 20_000, 0.3), { family: 'ridge', horizon: 1 })
    expect(Math.abs(metrics.test.r2! - 0.09)).toBeLessThan(0.015)
  })

  it('under costs that eat it is told from one that pays', async () => {
    const { promotion } = await judge(arBars(1, 2500, 0.3), { family: 'ridge', horizon: 1, fee: 0.02 })
    expect(promotion.research_verdict).toBe('no_better_than_baselines')
    const failed = promotion.criteria.filter(({ passed }) => !passed).map(({ name }) => name)
    expect(failed).toEqual(['sharpe_over_rule_based', 'sharpe_over_buy_and_hold'])
  })
})

describe('promotion', () => {
  it('is never given, and lists its rule first', async () => {
    const { promotion, guards } = await judge(arBars(1, 2500, 0.3), { family: 'ridge', horizon: 1 })
    expect([promotion.eligible_for_paper, promotion.blocking_reasons[0]]).toEqual([false, N0_RULE])
    const leaky = { ...guards, passed: false, future_scramble: { ...guards.future_scramble, passed: false } }
    const refused = promotionOf(promotion.criteria, leaky)
    expect(refused.research_verdict).toBe('leakage_suspected')
    expect(refused.blocking_reasons).toEqual([N0_RULE, 'leakage check failed: future_scramble'])
  })

  it('takes an undefined value as not met, and a baseline that never traded as a Sharpe ratio of 0', async () => {
    const { metrics, baselines, guards } = await judge(arBars(1, 2500, 0.3), { family: 'ridge', horizon: 1 })
    const idle = { ...baselines.rule_based_baseline, sharpe_ratio: null }
    const dumb = { ...metrics, test: { ...metrics.test, skill: null } }
    const criteria = criteriaOf({ metrics: dumb, baselines: { ...baselines, rule_based_baseline: idle }, guards })
    expect(criteria.find(({ name }) => name === 'test_skill')).toMatchObject({ value: null, passed: false })
    expect(criteria.find(({ name }) => name === 'sharpe_over_rule_based')).toMatchObject({ threshold: 0 })
    expect(verdictOf(criteria, true)).toBe('no_better_than_baselines')
  })
})
