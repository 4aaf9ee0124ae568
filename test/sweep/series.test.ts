/** Judging trials by the returns they left: which are compared, and what luck is measured by. */

import { expect, it } from 'vitest'
import { inferFromSeries } from '../../src/sweep/series.ts'

const BARS = 160
/** A wave of two values around a mean: mean m, population deviation 1. */
const wave = (mean: number, phase: number) =>
  Float64Array.from({ length: BARS }, (_, i) => mean + ((i + phase) % 2 === 0 ? 1 : -1))
const trial = (net: Float64Array, sharpe: number) => ({ net, sharpe_simple: sharpe * Math.sqrt(252) })

it('two trials that mirror each other have correlation -1 and count as two', () => {
  const report = inferFromSeries([trial(wave(0.1, 0), 0.1), trial(wave(0, 1), 0)], 0, [])
  expect(report).toMatchObject({ trials: 2, effective_trials: 2, track_record_bars: BARS, cscv_trials: 2 })
  expect(report.mean_correlation).toBeCloseTo(-1, 12)
  // Every half of the data has mean 0.1 against 0: the best in one half is the best in the other.
  expect(report.probability_of_overfitting).toBe(0)
})

it('copies of one trial amount to one, whose luck is nothing', () => {
  const report = inferFromSeries(
    [0, 1, 2].map(() => trial(wave(0.1, 0), 0.1)),
    1,
    [0, 2],
  )
  expect(report.mean_correlation).toBeCloseTo(1, 12)
  expect(report.effective_trials).toBeCloseTo(1, 12)
  expect(report.expected_max_sharpe_per_bar).toBeCloseTo(0, 12)
  expect(report.stability).toMatchObject({ neighbours: 2, retention: 1 })
})

it('trials over other numbers of days count for luck, but are not compared bar by bar', () => {
  const short = trial(Float64Array.of(0.1, -0.1, 0.2), 0.5)
  const report = inferFromSeries([trial(wave(0.1, 0), 0.1), short, trial(wave(0, 1), 0)], 0, [1])
  expect(report).toMatchObject({ trials: 3, cscv_trials: 2, track_record_bars: BARS })
  expect(report.stability.retention).toBeCloseTo(5, 12)
})
