/** Compute the trials of a sweep: results of an earlier attempt recalled, new ones written down, progress told, failures counted. */

import type { JournalRecord, SweepJournal } from '../../artifacts/sweep-journal.ts'
import { fail } from '../../base/errors.ts'
import { abortState, type EarlyAbort, judgeTrial } from '../../sweep/early-abort.ts'
import { TRIAL_METRICS } from '../../sweep/kernel.ts'
import { addSharpes, type SharpeSpread, sharpeSpread } from '../../sweep/overfitting.ts'
import type { TrialFailure } from '../../sweep/plan.ts'
import type { TrialPool } from '../../sweep/pool.ts'
import { Leaderboard, type RankedTrial } from '../../sweep/ranking.ts'
import { type ChunkResult, figuresOf, type Job, jobsOf, metricColumn, trialOf } from '../../sweep/trials.ts'
import { type Phase, type SplitOutcome, walkForward } from '../../sweep/walk-forward.ts'
import type { Context } from '../command.ts'
import type { PreparedSweep } from './plan.ts'

/** A failed trial of a walk-forward names its window. */
export interface FailedTrial extends TrialFailure {
  split?: number
  phase?: Phase
}

/** What the trials of a sweep without splits gave. */
export interface GridResult {
  /** Best first, as many as leaderboard.csv lists. */
  top: readonly RankedTrial[]
  ranked: number
  /** Trials that count: all, or those before an early end. */
  computed: number
  spread: SharpeSpread
  aborted: EarlyAbort | null
}

/** The same of a walk-forward. */
export interface WalkForwardResult {
  outcomes: readonly SplitOutcome[]
  /** Of each training window. */
  spreads: readonly SharpeSpread[]
}

/** Rows that leaderboard.csv lists at most; trials.parquet has all. */
export const LISTED = 10_000

/** Failed trials that are told one by one. */
const TOLD = 100

/** Takes the results of one sweep, whichever way it is computed. */
export class SweepTaker {
  readonly #journal: SweepJournal
  readonly #context: Context
  readonly #runId: string
  readonly #total: number
  #done = 0
  /** Trials whose results an earlier attempt left. */
  recalled = 0
  failed = 0
  readonly failures: FailedTrial[] = []

  constructor(journal: SweepJournal, context: Context, runId: string, total: number) {
    this.#journal = journal
    this.#context = context
    this.#runId = runId
    this.#total = total
  }

  readonly recall = (job: Job): ChunkResult | undefined => {
    const record = this.#journal.read(job.index)
    return record === undefined ? undefined : resultOf(record, job)
  }

  /** `failures` are those of the trials that count. */
  take(result: ChunkResult, job: Job, recalled: boolean, failures: readonly FailedTrial[]): void {
    if (recalled) this.recalled += result.count
    else this.#journal.append(recordOf(result))
    this.failed += failures.length
    this.failures.push(...failures.slice(0, TOLD - this.failures.length))
    this.#done += job.count
    this.#context.progress({ run_id: this.#runId, done: Math.min(this.#done, this.#total), total: this.#total })
  }

  /** Fewer trials than there might have been were to be done. */
  finish(): void {
    if (this.#done < this.#total) this.#context.progress({ run_id: this.#runId, done: this.#total, total: this.#total })
  }
}

/** Compute a sweep without splits; `add` takes the trials that count, in their order. The error of the first trial where every one failed. */
export async function computeGrid(
  { plan, selection, rules }: PreparedSweep,
  pool: TrialPool,
  taker: SweepTaker,
  add: (result: ChunkResult, job: Job, rows: number) => void,
  signal: AbortSignal,
): Promise<GridResult> {
  const board = new Leaderboard(LISTED, selection.order, selection.constraints)
  const spread = sharpeSpread()
  const state = abortState()
  let aborted: EarlyAbort | null = null
  let computed = 0
  const deliver = (result: ChunkResult, job: Job, recalled: boolean) => {
    const ends = (figures: Float64Array) => {
      aborted = rules === undefined ? null : judgeTrial(rules, state, figures)
      return aborted !== null
    }
    const rows = rules === undefined ? result.count : judgedRows(result, ends)
    taker.take(
      result,
      job,
      recalled,
      result.failures.filter(({ trial }) => trial < job.first + rows),
    )
    computed += rows
    add(result, job, rows)
    const failed = new Set(result.failures.map(({ trial }) => trial))
    if (rows === result.count && failed.size === 0) board.addChunk(result, job)
    else {
      for (let k = 0; k < rows; k++) if (!failed.has(trialOf(job, k))) board.add(trialOf(job, k), figuresOf(result, k))
    }
    addSharpes(spread, metricColumn(result, 'sharpe_simple').subarray(0, rows))
    return aborted === null
  }
  await pool.run(jobsOf(plan, 0), { recall: taker.recall, deliver, signal })
  taker.finish()
  const [first] = taker.failures
  if (first !== undefined && taker.failed >= computed) throw asError(first, 'Every trial failed')
  return { top: board.top(), ranked: board.eligible, computed, spread, aborted }
}

/** Compute a walk-forward. The error of its first trial where every one of a window failed. */
export async function computeWalkForward(
  { plan, selection, splits }: PreparedSweep,
  pool: TrialPool,
  taker: SweepTaker,
  signal: AbortSignal,
): Promise<WalkForwardResult> {
  const windows = splits ?? []
  const spreads = windows.map(sharpeSpread)
  const sound = new Map<string, { left: number; sound: number; first: FailedTrial | undefined }>()
  const deliver = (result: ChunkResult, job: Job, split: number, phase: Phase, recalled: boolean) => {
    taker.take(
      result,
      job,
      recalled,
      result.failures.map(failure => ({ ...failure, split, phase })),
    )
    if (phase === 'train') addSharpes(spreads[split], metricColumn(result, 'sharpe_simple'))
    const { name } = plan.stages[job.stage]
    const known = sound.get(name) ?? {
      left: phase === 'train' ? plan.space.size : Number.NaN,
      sound: 0,
      first: undefined,
    }
    sound.set(name, known)
    known.left -= result.count
    known.sound += result.count - result.failures.length
    known.first ??= result.failures[0]
    if (known.left === 0 && known.sound === 0 && known.first !== undefined)
      throw asError(known.first, `Every trial of ${name} failed`)
  }
  const outcomes = await walkForward(pool, windows, selection, { recall: taker.recall, deliver, signal })
  taker.finish()
  for (const [name, { sound: rows, first }] of sound)
    if (rows === 0 && first !== undefined) throw asError(first, `Every trial of ${name} failed`)
  return { outcomes: outcomes ?? [], spreads }
}

/** Rows up to the one that ends the sweep, that one included. */
function judgedRows(result: ChunkResult, ends: (figures: Float64Array) => boolean): number {
  for (let k = 0; k < result.count; k++) if (ends(figuresOf(result, k))) return k + 1
  return result.count
}

function asError({ code, message }: TrialFailure, what: string): Error {
  const known = (['INVALID_CONFIG', 'DATA_ERROR', 'STRATEGY_ERROR'] as const).find(one => one === code) ?? 'DATA_ERROR'
  const hint =
    'Change what all of them share: the window, the data, the parameters; or take warm-up bars with warmup prefetch.'
  return fail(known, { message: `${what}: ${message}` }, { hint })
}

/** A result as the journal keeps it. */
export function recordOf({ job, count, figures, failures }: ChunkResult): JournalRecord {
  return { job, count, figures, text: failures.length === 0 ? '' : JSON.stringify(failures) }
}

/** A result from the journal; undefined where it does not belong to this job. */
export function resultOf({ job, count, figures, text }: JournalRecord, asked: Job): ChunkResult | undefined {
  if (job !== asked.index || count !== asked.count || figures.length !== count * TRIAL_METRICS.length) return undefined
  return { job, count, figures, failures: text === '' ? [] : (JSON.parse(text) as TrialFailure[]) }
}
