/** Walk-forward: every trial on the training windows, the best of each on the test window that follows, and what that earns. */

import type { Backtest } from '../engine/backtest.ts'
import type { Bars } from '../market/bars.ts'
import { TRIAL_METRICS, type TrialMetric } from './kernel.ts'
import { type Frame, frameBetween, type Stage, type Warmup } from './plan.ts'
import type { Delivery, TrialPool } from './pool.ts'
import { type Constraint, keeps, Leaderboard, PUBLISHED_ORDER, type RankedTrial, type RankOrder } from './ranking.ts'
import type { Split } from './splits.ts'
import { type ChunkResult, figuresOf, type Job, jobsOf, trialOf } from './trials.ts'

export interface Selection {
  order: RankOrder
  /** How many trials of each training window are tested. */
  top_k: number
  constraints: readonly Constraint[]
}

/** The published selection. */
export const PUBLISHED_SELECTION: Selection = { order: PUBLISHED_ORDER, top_k: 3, constraints: [] }

const SHARPE = TRIAL_METRICS.indexOf('sharpe_simple')
const RETURN = TRIAL_METRICS.indexOf('total_return')

export type Phase = 'train' | 'test'

/** A trial chosen in training, with what it did there and afterwards. */
export interface SelectedTrial {
  trial: number
  /** From 1. */
  rank: number
  train: Float64Array
  test: Float64Array
}

export interface SplitOutcome {
  split: Split
  trials: number
  /** Best first. */
  selected: SelectedTrial[]
  /** Largest figures over the training rows that keep the constraints, each by itself; 0 where there are none, as published. */
  bestTrainSharpe: number
  bestTrainReturn: number
}

/** How the rows are taken. Jobs are numbered through all stages, training first; `deliver` learns which split and phase they belong to. */
export interface WalkForwardDelivery extends Pick<Delivery, 'recall' | 'signal'> {
  deliver(result: ChunkResult, job: Job, split: number, phase: Phase, recalled: boolean): unknown
}

/** Stage 2s trains split s, stage 2s + 1 tests it; one frame for each selection of data, all cut at the same instants. */
export function splitStages(
  splits: readonly Split[],
  datasets: readonly Bars[],
  selections: readonly { dataset: number }[],
  warmup: Warmup,
): Stage[] {
  const frames = (span: Split['train']): Frame[] =>
    selections.map(({ dataset }) => frameBetween(datasets, dataset, span.start, span.end))
  return splits.flatMap(({ name, train, test }) => [
    { name: `${name} train`, frames: frames(train), warmup },
    { name: `${name} test`, frames: frames(test), warmup },
  ])
}

/** Run all training windows, choose, and run the tests of the chosen; null when `deliver` ended the run. The plan's stages are those of `splitStages`. */
export async function walkForward(
  pool: TrialPool,
  splits: readonly Split[],
  selection: Selection,
  { recall, signal, deliver }: WalkForwardDelivery,
): Promise<SplitOutcome[] | null> {
  const { plan } = pool
  const boards = splits.map(() => new Leaderboard(selection.top_k, selection.order, selection.constraints))
  const bests = splits.map(() => ({ sharpe: Number.NEGATIVE_INFINITY, total: Number.NEGATIVE_INFINITY }))
  const trainJobs: Job[] = []
  for (let s = 0; s < splits.length; s++) trainJobs.push(...jobsOf(plan, 2 * s, trainJobs.length))
  const trained = await pool.run(trainJobs, {
    recall,
    signal,
    deliver: (result, job, recalled) => {
      const s = job.stage / 2
      for (let k = 0; k < result.count; k++) {
        const figures = figuresOf(result, k)
        boards[s].add(trialOf(job, k), figures)
        if (!keeps(selection.constraints, figures)) continue
        // Comparisons pass over what is undefined.
        if (figures[SHARPE] > bests[s].sharpe) bests[s].sharpe = figures[SHARPE]
        if (figures[RETURN] > bests[s].total) bests[s].total = figures[RETURN]
      }
      return deliver(result, job, s, 'train', recalled)
    },
  })
  if (!trained) return null

  const outcomes = splits.map((split, s): SplitOutcome => {
    return {
      split,
      trials: plan.space.size,
      selected: boards[s].top().map(({ trial, figures }: RankedTrial, k) => ({
        trial,
        rank: k + 1,
        train: figures,
        test: new Float64Array(TRIAL_METRICS.length),
      })),
      bestTrainSharpe: zeroIfNone(bests[s].sharpe),
      bestTrainReturn: zeroIfNone(bests[s].total),
    }
  })
  const testJobs: Job[] = []
  outcomes.forEach(({ selected }, s) => {
    const trials = selected.map(({ trial }) => trial)
    testJobs.push(...jobsOf(plan, 2 * s + 1, trainJobs.length + testJobs.length, trials))
  })
  const tested = await pool.run(testJobs, {
    recall,
    signal,
    deliver: (result, job, recalled) => {
      const s = (job.stage - 1) / 2
      for (let k = 0; k < job.count; k++) outcomes[s].selected[job.first + k].test = figuresOf(result, k)
      return deliver(result, job, s, 'test', recalled)
    },
  })
  return tested ? outcomes : null
}

/** One row of walkforward_summary.csv, the published columns; NaN where a figure is undefined, 0 where nothing was selected. */
export interface SplitSummary {
  split_name: string
  best_train_sharpe: number
  best_train_return: number
  avg_test_sharpe_topk: number
  avg_test_return_topk: number
  best_test_sharpe: number
  best_test_return: number
  n_train_runs: number
  n_selected: number
  n_test_runs: number
}

/** The published summary of each split: means and maxima over the tests, each figure by itself, undefined ones left out. */
export function splitSummaries(outcomes: readonly SplitOutcome[]): SplitSummary[] {
  return outcomes.map(({ split, trials, selected, bestTrainSharpe, bestTrainReturn }) => {
    const tests = (metric: TrialMetric) => defined(selected.map(({ test }) => test[TRIAL_METRICS.indexOf(metric)]))
    const [sharpes, returns] = [tests('sharpe_simple'), tests('total_return')]
    return {
      split_name: split.name,
      best_train_sharpe: bestTrainSharpe,
      best_train_return: bestTrainReturn,
      avg_test_sharpe_topk: meanOrZero(sharpes),
      avg_test_return_topk: meanOrZero(returns),
      best_test_sharpe: sharpes.length === 0 ? 0 : Math.max(...sharpes),
      best_test_return: returns.length === 0 ? 0 : Math.max(...returns),
      n_train_runs: trials,
      n_selected: selected.length,
      n_test_runs: selected.length,
    }
  })
}

/** oos_equity_curve.csv: the mean test return of each split that was tested, compounded. */
export function equityOfSplits(
  summaries: readonly SplitSummary[],
): { split_name: string; avg_test_return: number; cumulative_equity: number }[] {
  let equity = 1
  return summaries
    .filter(({ n_test_runs }) => n_test_runs > 0)
    .map(({ split_name, avg_test_return_topk: avg_test_return }) => {
      equity *= 1 + avg_test_return
      return { split_name, avg_test_return, cumulative_equity: equity }
    })
}

/** The honest headline: mean figures of the trials that were best in training, in their tests; by metric, null where no test defines it. */
export function honestFigures(outcomes: readonly SplitOutcome[]): {
  splits: number
  figures: Record<TrialMetric, number | null>
} {
  const tests = outcomes.flatMap(({ selected }) => (selected.length > 0 ? [selected[0].test] : []))
  const mean = (metric: number) => {
    const values = defined(tests.map(test => test[metric])).filter(Number.isFinite)
    return values.length === 0 ? null : meanOrZero(values)
  }
  const figures = Object.fromEntries(TRIAL_METRICS.map((name, metric) => [name, mean(metric)]))
  return { splits: tests.length, figures: figures as Record<TrialMetric, number | null> }
}

/** A row of oos_equity_timeseries.csv without its split and time: equity begins at 1 in each split, as published. */
export interface OutOfSampleBar {
  ts: number
  equity: number
  period_return: number
  cumulative_return: number
  close: number
  /** +1 where the target rose at this bar, −1 where it fell, else 0. */
  signal: number
  position: number
}

/** The bars of one test as they are published. */
export function outOfSampleBars({ ts, close, equity, netReturn, position, target }: Backtest): OutOfSampleBar[] {
  return Array.from(ts, (at, i) => ({
    ts: at,
    equity: equity[i],
    period_return: netReturn[i],
    cumulative_return: equity[i] - 1,
    close: close[i],
    signal: Math.sign(target[i] - (i === 0 ? 0 : target[i - 1])),
    position: position[i],
  }))
}

/** One curve through all tests: `split` is the number of the test a bar is of, equity is a growth of 1 that is never reset. */
export interface StitchedEquity {
  ts: Float64Array
  split: Int32Array
  period_return: Float64Array
  equity: Float64Array
}

/** Tests one after the other; of bars that two tests share, the earlier test's count. */
export function stitchedEquity(tests: readonly Pick<Backtest, 'ts' | 'netReturn'>[]): StitchedEquity {
  const rows: { ts: number; split: number; net: number }[] = []
  let last = Number.NEGATIVE_INFINITY
  tests.forEach(({ ts, netReturn }, split) => {
    for (let i = 0; i < ts.length; i++) if (ts[i] > last) rows.push({ ts: ts[i], split, net: netReturn[i] })
    last = Math.max(last, ts.at(-1) ?? last)
  })
  let growth = 1
  return {
    ts: Float64Array.from(rows, row => row.ts),
    split: Int32Array.from(rows, row => row.split),
    period_return: Float64Array.from(rows, row => row.net),
    equity: Float64Array.from(rows, ({ net }) => {
      growth *= 1 + net
      return growth
    }),
  }
}

function zeroIfNone(most: number): number {
  return most === Number.NEGATIVE_INFINITY ? 0 : most
}

function defined(values: readonly number[]): number[] {
  return values.filter(value => !Number.isNaN(value))
}

function meanOrZero(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length
}
