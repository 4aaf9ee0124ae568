/** The tables of a walk-forward: training and test rows, splits, and the equity of the trials that were best in training. */

import { createHash } from 'node:crypto'
import type { SweepRow, SweepSplitSummary, SweepStitched } from '../../../contracts/types.ts'
import type { ArtifactDir } from '../../artifacts/artifact-dir.ts'
import type { SweepJournal } from '../../artifacts/sweep-journal.ts'
import { GatewayError } from '../../base/errors.ts'
import { csvCell, csvText, tableOf } from '../../base/table.ts'
import type { Backtest } from '../../engine/backtest.ts'
import { publishedMetrics } from '../../engine/metrics.ts'
import { DAY_MS, intervalMs, isoDate, isoInstant } from '../../market/calendar.ts'
import { trialId } from '../../sweep/grid.ts'
import { TRIAL_METRICS } from '../../sweep/kernel.ts'
import type { TrialFailure } from '../../sweep/plan.ts'
import type { TrialPool } from '../../sweep/pool.ts'
import { comparator, PUBLISHED_ORDER } from '../../sweep/ranking.ts'
import { figuresOf, type Job, jobsOf, trialBacktest, trialOf } from '../../sweep/trials.ts'
import {
  equityOfSplits,
  outOfSampleBars,
  type SelectedTrial,
  type SplitOutcome,
  splitSummaries,
  stitchedEquity,
} from '../../sweep/walk-forward.ts'
import type { WalkForwardResult } from './compute.ts'
import { splitTexts } from './data.ts'
import type { PreparedSweep } from './plan.ts'
import { rowObject, rowShape } from './rows.ts'
import { addFigures, CsvFile, pause, recorded, TrialsFile, type WrittenTables } from './tables.ts'

export interface WrittenSplits extends WrittenTables {
  summaries: SweepSplitSummary[]
  stitched: SweepStitched | null
  warnings: string[]
}

const SPLIT_TYPES = { split_name: 'text', phase: 'text', selected: 'boolean', rank_in_train: 'int64' } as const

/** Write every table of a walk-forward; ABORTED between two chunks. */
export async function writeSplitTables(
  prepared: PreparedSweep,
  { outcomes }: WalkForwardResult,
  directory: ArtifactDir,
  journal: SweepJournal,
  pool: TrialPool,
  abort: AbortSignal,
): Promise<WrittenSplits> {
  const rows = splitRows(prepared, outcomes)
  const hash = createHash('sha256')
  const csv = new CsvFile(directory, 'walkforward.csv', rows.columns)
  const parquet = new TrialsFile(directory, prepared, rows.shape, SPLIT_TYPES)
  try {
    for (const [s, { train, test }] of splitJobs(prepared, outcomes).entries()) {
      const ranks = new Map(outcomes[s].selected.map(({ trial, rank }) => [trial, rank]))
      for (const job of [...train, ...test]) {
        const chunk = recorded(journal, job)
        const failures = new Map(chunk.failures.map((failure): [number, TrialFailure] => [failure.trial, failure]))
        for (let k = 0; k < chunk.count; k++) {
          const [trial, figures] = [trialOf(job, k), figuresOf(chunk, k)]
          const extra = rows.extra(s, job.trials === null ? 'train' : 'test', ranks.get(trial))
          addFigures(hash, figures)
          csv.line(rows.line(s, trial, figures, extra))
          parquet.row(trial, extra, figures, failures.get(trial))
        }
        await pause(abort)
      }
    }
    csv.close()
    parquet.close()
  } catch (error) {
    csv.discard()
    parquet.discard()
    throw error
  }
  const top = writeTests(outcomes, directory, rows)
  const summaries = splitSummaries(outcomes).map(finiteRow)
  writeSummaries(summaries, outcomes, directory)
  const { stitched, warnings } = writeEquity(prepared, outcomes, directory, pool)
  return {
    ...{ top, figures_hash: hash.digest('hex'), summaries, stitched },
    warnings: [...warnings, ...idleWarnings(outcomes, prepared.config.strategy)],
  }
}

const TRADES = TRIAL_METRICS.indexOf('trades')

/** A test that no chosen trial trades in says nothing of the choice, yet looks like a flat result. */
function idleWarnings(outcomes: readonly SplitOutcome[], strategy: string): string[] {
  const tested = outcomes.filter(({ selected }) => selected.length > 0)
  const idle = tested.filter(({ selected }) => selected.every(({ test }) => test[TRADES] === 0))
  if (idle.length === 0) return []
  const names = idle.slice(0, 5).map(({ split }) => split.name)
  return [
    `No chosen trial trades in ${idle.length} of ${tested.length} test windows (${names.join(', ')}${idle.length > 5 ? ', …' : ''}): every window begins without a position, ` +
      `and ${strategy} waits for its next entry. Longer test windows say more.`,
  ]
}

/** Jobs as `walkForward` numbers them: all training windows first. */
function splitJobs({ plan }: PreparedSweep, outcomes: readonly SplitOutcome[]): { train: Job[]; test: Job[] }[] {
  let next = 0
  const numbered = (jobs: Job[]) => {
    next += jobs.length
    return jobs
  }
  const trains = outcomes.map((_, s) => numbered(jobsOf(plan, 2 * s, next)))
  return outcomes.map(({ selected }, s) => {
    const trials = selected.map(({ trial }) => trial)
    return { train: trains[s], test: numbered(jobsOf(plan, 2 * s + 1, next, trials)) }
  })
}

type Extra = [split_name: string, phase: string, selected: boolean, rank: number | null]

/** Rows of a walk-forward: those of the trials in the window of the split, with what became of them. */
function splitRows(prepared: PreparedSweep, outcomes: readonly SplitOutcome[]) {
  const { space } = prepared.plan
  const shape = rowShape(prepared)
  const windows = splitTexts(outcomes.map(({ split }) => split))
  const batch = space.list !== null
  return {
    shape,
    columns: [...shape.columns, ...Object.keys(SPLIT_TYPES), ...(batch ? ['variation_id'] : [])],
    extra: (s: number, phase: 'train' | 'test', rank: number | undefined): Extra => {
      return [outcomes[s].split.name, phase, rank !== undefined, rank ?? null]
    },
    values: (s: number, trial: number, figures: Float64Array, extra: Extra): unknown[] => {
      const values = shape.values(trial, figures, windows[s][extra[1] as 'train' | 'test'])
      return [...values, ...extra, ...(batch ? [trialId(space, trial)] : [])]
    },
    line: (s: number, trial: number, figures: Float64Array, extra: Extra): string => {
      const line = shape.line(trial, figures, windows[s][extra[1] as 'train' | 'test'])
      return [line, ...extra.map(csvCell), ...(batch ? [csvCell(trialId(space, trial))] : [])].join(',')
    },
  }
}

type Rows = ReturnType<typeof splitRows>

/** selected_configs.csv in the order of the splits, oos_leaderboard.csv best first; the ten best as objects. */
function writeTests(outcomes: readonly SplitOutcome[], directory: ArtifactDir, rows: Rows): SweepRow[] {
  const tests = outcomes.flatMap(({ selected }, s) => selected.map(one => ({ s, ...one })))
  const valuesOf = ({ s, trial, test, rank }: SelectedTrial & { s: number }) =>
    rows.values(s, trial, test, rows.extra(s, 'test', rank))
  const write = (name: string, list: typeof tests) => {
    const file = new CsvFile(directory, name, rows.columns)
    for (const { s, trial, test, rank } of list) file.line(rows.line(s, trial, test, rows.extra(s, 'test', rank)))
    file.close()
  }
  write('selected_configs.csv', tests)
  const compare = comparator(PUBLISHED_ORDER)
  const ranked = tests.toSorted((a, b) => compare(a.test, b.test))
  if (ranked.length > 0) write('oos_leaderboard.csv', ranked)
  return ranked.slice(0, 10).map(one => rowObject(rows.columns, valuesOf(one)))
}

function writeSummaries(
  summaries: SweepSplitSummary[],
  outcomes: readonly SplitOutcome[],
  directory: ArtifactDir,
): void {
  const table = csvText(tableOf(Object.keys(summaries[0]), summaries as never))
  directory.write('walkforward_summary.csv', table)
  directory.write('split_metrics.csv', table)
  const curve = equityOfSplits(splitSummaries(outcomes))
  const columns = ['split_name', 'avg_test_return', 'cumulative_equity']
  // Without a test the published file is an empty line.
  directory.write('oos_equity_curve.csv', curve.length === 0 ? '\n' : csvText(tableOf(columns, curve)))
}

/** Bars of the trials that were best in training: per split as published, and as one curve. */
function writeEquity(
  { config, plan }: PreparedSweep,
  outcomes: readonly SplitOutcome[],
  directory: ArtifactDir,
  pool: TrialPool,
): Pick<WrittenSplits, 'stitched' | 'warnings'> {
  const tests: { name: string; test: Backtest }[] = []
  const warnings: string[] = []
  outcomes.forEach(({ split, selected }, s) => {
    if (selected.length === 0) return
    try {
      tests.push({ name: split.name, test: trialBacktest(pool.own, 2 * s + 1, selected[0].trial) })
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      warnings.push(
        `Split ${split.name} has no equity out of sample: trial ${selected[0].trial} failed there: ${error.message}`,
      )
    }
  })
  if (tests.length === 0) return { stitched: null, warnings }
  const daily = plan.datasets.every(({ interval }) => intervalMs(interval) >= DAY_MS) && config.interval !== undefined
  const timeOf = daily ? isoDate : isoInstant
  const bars = tests.flatMap(({ name: split_name, test }) =>
    outOfSampleBars(test).map(({ ts, ...bar }) => ({ timestamp: timeOf(ts), split_name, ...bar })),
  )
  const columns = [
    'timestamp',
    'split_name',
    'equity',
    'period_return',
    'cumulative_return',
    'close',
    'signal',
    'position',
  ]
  directory.write('oos_equity_timeseries.csv', csvText(tableOf(columns, bars)))
  const { ts, split, period_return, equity } = stitchedEquity(tests.map(({ test }) => test))
  const drawdown = drawdownOf(equity)
  const table = {
    timestamp: Array.from(ts, timeOf),
    split_name: Array.from(split, s => tests[s].name),
    period_return,
    equity,
    drawdown,
  }
  directory.write('oos_equity_stitched.csv', csvText({ columns: table, rows: ts.length }))
  const { total_return, max_drawdown, sharpe_simple } = publishedMetrics(
    period_return,
    equity,
    new Float64Array(ts.length),
  )
  return { stitched: { bars: ts.length, total_return, max_drawdown, sharpe_simple }, warnings }
}

function drawdownOf(equity: Float64Array): Float64Array {
  const out = new Float64Array(equity.length)
  let peak = Number.NEGATIVE_INFINITY
  for (let i = 0; i < equity.length; i++) {
    if (equity[i] > peak) peak = equity[i]
    out[i] = equity[i] / peak - 1
  }
  return out
}

/** Undefined figures as null, as JSON says it. */
function finiteRow<Row extends object>(row: Row): SweepSplitSummary {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'number' && !Number.isFinite(value) ? null : value,
  ])
  return Object.fromEntries(entries) as SweepSplitSummary
}
