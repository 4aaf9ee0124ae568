/** Trials of a plan: chunks of them as rows of figures, or one of them with everything that is shown of a run. */

import { GatewayError } from '../base/errors.ts'
import { type Backtest, backtest, requireFrame, strategyFailure } from '../engine/backtest.ts'
import { SLIPPAGE_ATR_PERIOD } from '../engine/costs.ts'
import { type Bars, sliceBars } from '../market/bars.ts'
import { strategyFor } from '../strategies/index.ts'
import { averageTrueRange, type IndicatorCache, indicatorCache } from '../strategies/indicator-cache.ts'
import type { Strategy, TargetChanges } from '../strategies/strategy.ts'
import { changesOfTargets, targetChanges } from '../strategies/target-changes.ts'
import {
  closeChanges,
  type KernelFrame,
  kernelBuffer,
  TRIAL_METRICS,
  type TrialMetric,
  trialMetrics,
  trialReturns,
} from './kernel.ts'
import { type SweepPlan, type TrialFailure, type TrialRequest, trialSettings } from './plan.ts'

/** A piece of work: `count` trials of one stage, numbered from `first` on, or the ones listed. */
export interface Job {
  index: number
  stage: number
  first: number
  count: number
  trials: readonly number[] | null
}

/** Figures of the trials of one job; plain data, to be written down and fed back. */
export interface ChunkResult {
  job: number
  count: number
  /** One column of `count` numbers per metric, in the order of TRIAL_METRICS; NaN where undefined, or the trial failed. */
  figures: Float64Array
  failures: TrialFailure[]
}

/** What evaluating needs besides the plan; belongs to one thread. */
export interface Bench {
  plan: SweepPlan
  slices: Map<string, Slice>
  /** Estimated bytes of the indicators held, and how many they may be. */
  held: number
  budget: number
  decisions: TargetChanges
  active: Float64Array
  targets: Float64Array
}

/** Bars that trials begin and end on, with what was computed of them. */
interface Slice {
  bars: Bars
  indicators: IndicatorCache
  changes: Float64Array
}

/** Bars times trials of one chunk: some milliseconds of work, whatever the length of the bars. */
const CHUNK_BARS = 1_000_000
const CHUNK_TRIALS = 4096

/** Memory for indicators of all threads together. */
const INDICATOR_BYTES = 402_653_184

/** Buffers for the trials of `plan`; `threads` is by how many the memory for indicators is divided. */
export function bench(plan: SweepPlan, threads: number): Bench {
  const bars = Math.max(0, ...plan.datasets.map(({ ts }) => ts.length))
  return {
    plan,
    slices: new Map(),
    held: 0,
    budget: INDICATOR_BYTES / Math.max(1, threads),
    decisions: targetChanges(bars),
    active: kernelBuffer(bars),
    targets: new Float64Array(bars),
  }
}

/**
 * The jobs for all trials of `stage`, or for the `trials` named, numbered from `firstIndex` on. They depend on the plan alone, not on
 * the number of threads, so that chunks written down by one run fit another.
 */
export function jobsOf(plan: SweepPlan, stage: number, firstIndex = 0, trials: readonly number[] | null = null): Job[] {
  const longest = Math.max(1, ...plan.stages[stage].frames.map(({ from, to }) => to - from))
  const size = Math.max(1, Math.min(CHUNK_TRIALS, Math.floor(CHUNK_BARS / longest)))
  const total = trials?.length ?? plan.space.size
  const jobs: Job[] = []
  for (let first = 0; first < total; first += size) {
    const count = Math.min(size, total - first)
    const index = firstIndex + jobs.length
    jobs.push({ index, stage, first, count, trials: trials?.slice(first, first + count) ?? null })
  }
  return jobs
}

/** Number in the space of the k-th trial of a job. */
export function trialOf(job: Job, k: number): number {
  return job.trials === null ? job.first + k : job.trials[k]
}

/** The k-th trial's figures, in the order of TRIAL_METRICS. */
export function figuresOf({ figures, count }: ChunkResult, k: number): Float64Array {
  const out = new Float64Array(TRIAL_METRICS.length)
  for (let metric = 0; metric < out.length; metric++) out[metric] = figures[metric * count + k]
  return out
}

/** The column of one metric, a view. */
export function metricColumn({ figures, count }: ChunkResult, metric: TrialMetric): Float64Array {
  const start = TRIAL_METRICS.indexOf(metric) * count
  return figures.subarray(start, start + count)
}

/** Evaluate a job. A trial that fails for a reason of the catalogue stands in `failures`; anything else is thrown. */
export function evaluateJob(on: Bench, job: Job): ChunkResult {
  const { count } = job
  const figures = new Float64Array(count * TRIAL_METRICS.length)
  const failures: TrialFailure[] = []
  for (let k = 0; k < count; k++) {
    const trial = trialOf(job, k)
    try {
      evaluate(on, job.stage, trial, figures, k, count)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      for (let metric = 0; metric < TRIAL_METRICS.length; metric++) figures[metric * count + k] = Number.NaN
      failures.push({ trial, code: error.code, message: error.message })
    }
  }
  return { job: job.index, count, figures, failures }
}

/** One trial of a stage as a whole run: columns, fills, round trips; errors as in `backtest`. */
export function trialBacktest(on: Bench, stage: number, trial: number): Backtest {
  const { request, selection } = trialSettings(on.plan, trial)
  const strategy = strategyFor(request.strategy)
  const { bars, indicators } = sliceFor(on, stage, selection, warmupOf(strategy, request))
  return backtest({
    bars,
    strategy,
    params: request.strategy_params,
    costs: request,
    execution: request.execution,
    initialCash: request.initial_cash,
    indicators,
  })
}

/**
 * Net returns of a trial over its whole window, the last ones of `out` (one a bar of the window), which holds 0 for the bars that
 * the trial warms up on; errors as in `backtest`.
 */
export function windowReturns(on: Bench, stage: number, trial: number, out: Float64Array): void {
  const frame = decided(on, stage, trial)
  const bars = frame.close.length - frame.from
  out.fill(0, 0, out.length - bars)
  trialReturns(frame, on.decisions, out.subarray(out.length - bars))
}

function evaluate(on: Bench, stage: number, trial: number, out: Float64Array, at: number, stride: number): void {
  trialMetrics(decided(on, stage, trial), on.decisions, on.active, out, at, stride)
}

/** What the kernel reads of a trial; its decisions are in `on.decisions`. */
function decided(on: Bench, stage: number, trial: number): KernelFrame {
  const { request, selection } = trialSettings(on.plan, trial)
  const { execution } = request
  const strategy = strategyFor(request.strategy)
  const from = warmupOf(strategy, request)
  const slice = sliceFor(on, stage, selection, from)
  const { bars, indicators, changes } = slice
  requireFrame(bars, from, strategy, execution)

  const known = indicators.values.size
  decide(on, strategy, slice, request, from)
  const atr = request.slippage_mode === 'atr' ? averageTrueRange(indicators, SLIPPAGE_ATR_PERIOD) : null
  const { ts, open, close } = bars
  account(on, (indicators.values.size - known) * ts.length * 8)
  return { ts, open, close, changes, atr, from, execution, costs: request, initialCash: request.initial_cash }
}

function warmupOf(strategy: Strategy, { strategy_params: params }: TrialRequest): number {
  strategy.check?.(params)
  return strategy.warmup(params)
}

/** What the strategy decides, in `on.decisions`. */
function decide(on: Bench, strategy: Strategy, { bars, indicators }: Slice, request: TrialRequest, from: number): void {
  const { execution, strategy_params: params } = request
  try {
    if (strategy.changes !== undefined) {
      strategy.changes(bars, params, { execution, indicators }, on.decisions)
      return
    }
    const out = on.targets.subarray(0, bars.ts.length)
    changesOfTargets(strategy.targets(bars, params, { execution, indicators, out }), from, on.decisions)
  } catch (error) {
    throw strategyFailure(strategy.name, error)
  }
}

/** The bars of a trial: its window, or with `prefetch` also the bars that its warm-up needs before it, as far as there are any. */
function sliceFor(on: Bench, stage: number, selection: number, warmup: number): Slice {
  const { frames, warmup: source } = on.plan.stages[stage]
  const { dataset, from, to } = frames[selection]
  const start = source === 'prefetch' ? Math.max(0, from - warmup) : from
  const key = `${dataset},${start},${to}`
  const known = on.slices.get(key)
  if (known !== undefined) return known
  const bars = sliceBars(on.plan.datasets[dataset], start, to)
  const slice = { bars, indicators: indicatorCache(bars), changes: closeChanges(bars.close) }
  account(on, bars.ts.length * 8)
  on.slices.set(key, slice)
  return slice
}

/** Count memory, and begin anew with the indicators when there is too much: they are only a saving of time. */
function account(on: Bench, bytes: number): void {
  on.held += bytes
  if (on.held <= on.budget) return
  on.slices.clear()
  on.held = 0
}
