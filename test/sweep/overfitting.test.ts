/** Statistics of a winner: against the papers, worked by hand, and on data whose answer is known. */

import { describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { correlation, mean, std, variance } from '../../src/base/stats.ts'
import { probabilisticSharpe } from '../../src/engine/metric-formulas.ts'
import { blockSums, overfittingProbability } from '../../src/sweep/cscv.ts'
import { gridSpace, trialParameters, variationSpace } from '../../src/sweep/grid.ts'
import { inferOverfitting } from '../../src/sweep/inference.ts'
import {
  addSeries,
  addSharpes,
  correlationSum,
  deflatedSharpe,
  effectiveTrials,
  expectedMaximumSharpe,
  meanCorrelation,
  minTrackRecordLength,
  overfittingReport,
  sharpeSpread,
} from '../../src/sweep/overfitting.ts'
import { sampledSpace } from '../../src/sweep/sampling.ts'
import { neighbours, stability } from '../../src/sweep/stability.ts'
import { bench, evaluateJob, jobsOf, metricColumn } from '../../src/sweep/trials.ts'
import { barsOf, randomBars } from '../engine/fixtures.ts'
import { noteAbsent, readReference, sharedAvailable } from '../reference.ts'
import { planOf, SMA } from './fixtures.ts'

/** Normal returns with the mean given, in units of their deviation. */
function noise(seed: number, bars: number, edge = 0): Float64Array {
  const random = new Random(seed)
  return Float64Array.from({ length: bars }, () => 0.01 * (random.normal() + edge))
}

interface Papers {
  dsr_example: {
    annual_sr: number
    periods_per_year: number
    T: number
    N: number
    var_sr_annual: number
    skew: number
    kurtosis: number
  } & Computed
  psr_example: { sr_monthly: number; T: number; skew: number; kurtosis: number } & Computed
  mintrl_example: { sr_annual: number; benchmark_annual: number; computed_years: Record<string, number> }
}
interface Computed {
  computed: Record<string, number>
}

describe.skipIf(!sharedAvailable)('the examples of the papers', () => {
  const papers = sharedAvailable ? readReference<Papers>('sharpe_inference_papers') : undefined

  it('deflate a Sharpe ratio', () => {
    const { annual_sr, periods_per_year: year, T, var_sr_annual, skew, kurtosis, computed } = papers!.dsr_example
    const sharpe = annual_sr / Math.sqrt(year)
    const spread = var_sr_annual / year
    expect(expectedMaximumSharpe(spread, 100)).toBeCloseTo(computed['sr0_daily'], 9)
    expect(deflatedSharpe(sharpe, skew, kurtosis, T, spread, 100)).toBeCloseTo(computed['dsr'], 9)
    expect(deflatedSharpe(sharpe, skew, kurtosis, T, spread, 46)).toBeCloseTo(computed['dsr_N46'], 9)
    expect(deflatedSharpe(sharpe, 0, 3, T, spread, 88)).toBeCloseTo(computed['dsr_N88_normal'], 9)
  })

  it('give the probability of a Sharpe ratio', () => {
    const { sr_monthly, T, skew, kurtosis, computed } = papers!.psr_example
    expect(probabilisticSharpe(sr_monthly, 0, skew, kurtosis, T)).toBeCloseTo(computed['psr0'], 9)
    expect(probabilisticSharpe(sr_monthly, 0, 0, 3, T)).toBeCloseTo(computed['psr0_if_normal'], 9)
  })

  it('give the record that a Sharpe ratio needs', () => {
    const { sr_annual, benchmark_annual, computed_years } = papers!.mintrl_example
    const years = (perYear: number, skew = 0, kurt = 3) => {
      const root = Math.sqrt(perYear)
      return minTrackRecordLength(sr_annual / root, benchmark_annual / root, skew, kurt, 0.95) / perYear
    }
    expect(years(12)).toBeCloseTo(computed_years['monthly_normal'], 9)
    expect(years(12, -0.72, 5.78)).toBeCloseTo(computed_years['monthly_skew_m072_kurt_578'], 9)
    expect(years(52)).toBeCloseTo(computed_years['weekly_normal'], 9)
    expect(years(250)).toBeCloseTo(computed_years['daily_normal'], 2)
  })
})
if (!sharedAvailable) noteAbsent('examples of the Sharpe ratio papers')

describe('trials that are not independent', () => {
  it('have the mean correlation of all their pairs', () => {
    const common = noise(1, 300)
    const series = [2, 3, 4, 5].map(seed => noise(seed, 300).map((value, i) => value + 0.8 * common[i]))
    const sum = correlationSum(300)
    for (const one of series) addSeries(sum, one)
    const pairs = series.flatMap((a, i) => series.slice(i + 1).map(b => correlation(a, b)))
    expect(meanCorrelation(sum)).toBeCloseTo(mean(pairs), 12)
    // A series without variation has no correlation with anything.
    addSeries(sum, new Float64Array(300))
    expect(meanCorrelation(sum)).toBeCloseTo(mean(pairs), 12)
    expect(meanCorrelation(correlationSum(300))).toBeNaN()
  })

  it('count as fewer', () => {
    expect(effectiveTrials(100, 0)).toBe(100)
    expect(effectiveTrials(100, 1)).toBe(1)
    expect(effectiveTrials(100, 0.25)).toBe(75.25)
    expect(effectiveTrials(100, -0.1)).toBe(100)
  })
})

it('expects nothing of the luck of a single trial, and more of more', () => {
  expect(expectedMaximumSharpe(1, 1)).toBe(0)
  expect(expectedMaximumSharpe(1, 1.01)).toBe(0)
  // The mean of the largest of ten normal numbers is 1.5388 (Harter 1961); the approximation is close.
  expect(Math.abs(expectedMaximumSharpe(1, 10) - 1.5388)).toBeLessThan(0.05)
  expect(expectedMaximumSharpe(4, 10)).toBeCloseTo(2 * expectedMaximumSharpe(1, 10), 12)
  expect(minTrackRecordLength(0.1, 0.1, 0, 3)).toBeNaN()
})

it('spreads the Sharpe ratios of trials as their sample variance, per bar', () => {
  const sharpes = [0.5, -1, 2, 0.25]
  const spread = sharpeSpread()
  addSharpes(spread, [sharpes[0], Number.NaN, sharpes[1]])
  addSharpes(spread, sharpes.slice(2))
  expect(spread.count).toBe(4)
  expect(spread.squares / 3).toBeCloseTo(variance(sharpes, 1) / 252, 14)
})

describe('the probability of overfitting', () => {
  const of = (series: Float64Array[]) => overfittingProbability(series.map(blockSums))

  it('is about a half where no trial has skill', () => {
    const repeated = Array.from({ length: 12 }, (_, k) => of(range(30).map(t => noise(1000 * k + t, 640))).probability!)
    expect(Math.abs(mean(repeated) - 0.5)).toBeLessThan(0.15)
  })

  it('is about nothing where one has', () => {
    const series = range(30).map(t => noise(t, 640, t === 17 ? 0.4 : 0))
    const result = of(series)
    expect(result).toMatchObject({ trials: 30, combinations: 12870, reason: null })
    expect(result.probability!).toBeLessThan(0.01)
    expect(result.probability_of_loss!).toBeLessThan(0.01)
  })

  it('is one where what works in one half fails in the other', () => {
    // Each trial earns in one of the sixteen blocks and loses in the others: the best in sample has no block left out of sample.
    const series = range(16).map(t => noise(7, 320).map((value, i) => value + (Math.floor(i / 20) === t ? 0.1 : -0.01)))
    expect(of(series).probability).toBe(1)
  })

  it('compares Sharpe ratios as they are on the bars of each half', () => {
    // Three trials, so that there is a middle, and blocks of unequal length; every combination worked with mean and deviation.
    const series = [noise(3, 163), noise(4, 163), noise(6, 163)]
    const sharpe = (values: Float64Array, choice: number) => {
      const kept = values.filter((_, i) => (choice >> blocks[i]) & 1)
      return mean(kept) / std(kept, 1)
    }
    const blocks = range(163).map(i => range(16).find(block => i < Math.floor(((block + 1) * 163) / 16))!)
    let overfitted = 0
    let losing = 0
    let combinations = 0
    for (let choice = 0; choice < 1 << 16; choice++) {
      let bits = 0
      for (let rest = choice; rest > 0; rest >>= 1) bits += rest & 1
      if (bits !== 8) continue
      combinations++
      const inside = series.map(one => sharpe(one, choice))
      const outside = series.map(one => sharpe(one, ~choice))
      const won = outside[inside.indexOf(Math.max(...inside))]
      if (outside.filter(value => value < won).length <= 1) overfitted++
      if (won < 0) losing++
    }
    const result = of(series)
    expect(result.probability).toBeCloseTo(overfitted / combinations, 12)
    expect(result.probability_of_loss).toBeCloseTo(losing / combinations, 12)
  })

  it('gives equal trials their mean rank', () => {
    // Trials that never trade have a Sharpe ratio of 0: the one that earns is above them in every half.
    const flat = new Float64Array(320)
    expect(of([flat, noise(1, 320, 1), flat]).probability).toBe(0)
    // Where the third loses, the two share the ranks 2 and 3 of 3, which is above the middle; the lower of them would not be.
    expect(of([flat, noise(1, 320, -1), flat]).probability).toBe(0)
  })

  it('is not computed from too little', () => {
    expect(of([noise(1, 640)])).toMatchObject({ probability: null, reason: expect.stringContaining('2 trials') })
    expect(of([noise(1, 159), noise(2, 159)])).toMatchObject({
      probability: null,
      reason: expect.stringContaining('160 bars'),
    })
    const same = noise(1, 320)
    expect(of([same, same])).toMatchObject({ probability: null, reason: 'all trials have the same returns' })
    expect(of([])).toMatchObject({ probability: null })
  })
})

function range(count: number): number[] {
  return Array.from({ length: count }, (_, k) => k)
}

describe('neighbours', () => {
  const grid = gridSpace([
    { path: 'a', values: [1, 2, 3] },
    { path: 'b', values: ['x', 'y'] },
    { path: 'c', values: [10, 20] },
    { path: 'd', values: [5] },
  ])

  it('of a grid are one step away in one number', () => {
    const winner = range(grid.size).find(trial => Object.values(trialParameters(grid, trial)).join() === '2,x,20,5')!
    const found = neighbours(grid, winner).map(({ path, trial }) => [
      path,
      ...Object.values(trialParameters(grid, trial)),
    ])
    expect(found).toEqual([
      ['a', 1, 'x', 20, 5],
      ['a', 3, 'x', 20, 5],
      ['c', 2, 'x', 10, 5],
    ])
  })

  it('of drawn trials are the nearest, other values being equal', () => {
    const parameters = [
      { path: 'a', min: 0, max: 1 },
      { path: 'b', min: 0, max: 1000 },
      { path: 'k', values: ['x', 'y'] },
    ]
    const space = sampledSpace(parameters, 'sobol', 200, 5)
    const found = neighbours(space, 20)
    const own = trialParameters(space, 20) as { a: number; b: number; k: string }
    const distance = (trial: number) => {
      const { a, b } = trialParameters(space, trial) as { a: number; b: number }
      return Math.hypot(a - own.a, (b - own.b) / 1000)
    }
    const ranked = range(200)
      .filter(trial => trial !== 20 && trialParameters(space, trial)['k'] === own.k)
      .sort((a, b) => distance(a) - distance(b))
    expect(found.map(({ trial }) => trial)).toEqual(ranked.slice(0, 4))
  })

  it('do not exist in a batch', () => {
    expect(neighbours(variationSpace([{ variationId: 'a', overrides: { fee: 1 } }]), 0)).toEqual([])
  })

  it('keep a share of the score', () => {
    expect(stability(2, [1, 2, Number.NaN])).toMatchObject({
      neighbours: 2,
      mean_score: 1.5,
      lowest_score: 1,
      retention: 0.75,
    })
    expect(stability(-1, [1])).toMatchObject({ retention: null, reason: expect.stringContaining('not above 0') })
    expect(stability(1, [])).toMatchObject({ retention: null, reason: expect.stringContaining('no neighbours') })
    expect(stability(Number.NaN, [1]).winner_score).toBeNull()
  })
})

describe('the report', () => {
  const kept = { neighbours: 4, winner_score: 1, mean_score: 0.9, lowest_score: 0.8, retention: 0.9, reason: null }
  const cscv = (probability: number | null) => ({
    probability,
    probability_of_loss: probability,
    trials: 9,
    combinations: 12870,
    reason: probability === null ? 'insufficient data' : null,
  })
  const spread = { count: 50, mean: 0, squares: 49 * 0.0004 }
  const base = { spread, correlation: 0.2, cscv: cscv(0.05), stability: kept }

  it('calls a winner robust that holds in every respect', () => {
    const report = overfittingReport({ ...base, winner: noise(2, 1000, 0.3) })
    expect(report.conclusion).toBe('robust')
    expect(report.effective_trials).toBeCloseTo(0.2 + 0.8 * 50, 12)
    expect(report.undefined_reasons).toEqual({})
    expect(report.verdict).toMatch(
      /^Robust so far: deflated Sharpe ratio 1\.00, .* 0\.05, neighbours keep 90 % of the score\.$/,
    )
  })

  it('doubts one whose neighbours fail, and calls overfitted what luck explains', () => {
    const lonely = { ...kept, retention: -0.1 }
    expect(overfittingReport({ ...base, stability: lonely, winner: noise(2, 1000, 0.3) })).toMatchObject({
      conclusion: 'doubtful',
      verdict: expect.stringContaining('its neighbours do much worse'),
    })
    expect(overfittingReport({ ...base, winner: noise(2, 1000, 0) })).toMatchObject({ conclusion: 'overfitted' })
    expect(overfittingReport({ ...base, cscv: cscv(0.6), winner: noise(2, 1000, 0.3) })).toMatchObject({
      conclusion: 'overfitted',
      verdict: expect.stringContaining('no better than the middle'),
    })
  })

  it('says what it cannot compute, and why', () => {
    const none = stability(Number.NaN, [])
    const report = overfittingReport({
      spread: sharpeSpread(),
      correlation: Number.NaN,
      cscv: cscv(null),
      stability: none,
      winner: new Float64Array(40),
    })
    expect(report).toMatchObject({
      conclusion: 'insufficient_data',
      deflated_sharpe_ratio: null,
      min_track_record_bars: null,
      effective_trials: null,
      verdict: 'Cannot be judged: the returns of the winner do not vary.',
    })
    for (const [name, value] of Object.entries(report))
      if (value === null) expect(report.undefined_reasons[name], name).toMatch(/\w/)
  })
})

describe('inference from a plan', () => {
  const infer = (bars: ReturnType<typeof randomBars>) => {
    const space = gridSpace([
      { path: 'strategy_params.fast', values: [3, 5, 8, 12] },
      { path: 'strategy_params.slow', values: [15, 20, 30, 40, 60, 5000] },
    ])
    const plan = planOf(bars, { ...SMA, fee: 0, slippage_bps: 0 }, space)
    const on = bench(plan, 0)
    const [job] = jobsOf(plan, 0)
    const result = evaluateJob(on, job)
    const sharpes = metricColumn(result, 'sharpe_simple')
    const spread = sharpeSpread()
    addSharpes(spread, sharpes)
    const winner = sharpes.reduce((best, value, k) => (value > sharpes[best] ? k : best), 0)
    return inferOverfitting(on, 0, winner, spread)
  }

  it('calls the best crossing of a random walk what it is', () => {
    const report = infer(randomBars(5, 1500))
    // Slow 5000 is longer than the data: these four failed and are no trials.
    expect(report).toMatchObject({ trials: 20, cscv_trials: 20, cscv_combinations: 12870 })
    expect(report.conclusion).not.toBe('robust')
    expect(report.mean_correlation!).toBeGreaterThan(0.2)
    expect(report.stability.neighbours).toBeGreaterThan(1)
  })

  it('finds an edge that is there', () => {
    // Trends of forty bars up and forty down, four times as strong as the noise: every crossing in between earns.
    const random = new Random(8)
    let price = 100
    const closes = range(1500).map(i => {
      price *= Math.exp((Math.floor(i / 40) % 2 === 0 ? 0.012 : -0.01) + 0.003 * random.normal())
      return price
    })
    const report = infer(barsOf(closes))
    expect(report.probability_of_overfitting!).toBeLessThan(0.05)
    expect(report.deflated_sharpe_ratio!).toBeGreaterThan(0.95)
    expect(report.conclusion).toBe('robust')
  })
})
