/** The tables of a sweep without splits: every trial streamed from the journal, the best ones from memory. */

import { createHash, type Hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { SweepRow } from '../../contracts/types.ts'
import type { ArtifactDir, ArtifactStream } from '../artifacts/artifact-dir.ts'
import type { SweepJournal } from '../artifacts/sweep-journal.ts'
import { fail } from '../base/errors.ts'
import { ParquetStream, type StreamType } from '../base/parquet-stream.ts'
import { type Cell, csvCell } from '../base/table.ts'
import { trialId, trialSeed } from '../sweep/grid.ts'
import { TRIAL_METRICS } from '../sweep/kernel.ts'
import type { TrialFailure } from '../sweep/plan.ts'
import { type ChunkResult, figuresOf, type Job, jobsOf, trialOf } from '../sweep/trials.ts'
import { type GridResult, resultOf } from './sweep-compute.ts'
import type { PreparedSweep } from './sweep-plan.ts'
import { cellsOf, type RowShape, rowObject, rowShape } from './sweep-rows.ts'

/** What the documents of a sweep need of its tables. */
export interface WrittenTables {
  /** Best rows first, ten at most. */
  top: SweepRow[]
  /** SHA-256 over the figures of all trials in their order. */
  figures_hash: string
}

const METRIC_TYPES: Record<string, StreamType> = Object.fromEntries(
  TRIAL_METRICS.map(name => [name, name === 'trades' || name === 'trade_trades' ? 'int64' : 'double']),
)

/** Write experiments.csv, leaderboard.csv and trials.parquet; ABORTED between two chunks. */
export async function writeGridTables(
  prepared: PreparedSweep,
  result: GridResult,
  directory: ArtifactDir,
  journal: SweepJournal,
  abort: AbortSignal,
): Promise<WrittenTables> {
  const { plan } = prepared
  const shape = rowShape(prepared)
  const batch = plan.space.list !== null
  const columns = batch ? [...shape.columns, 'variation_id'] : shape.columns
  const valuesOf = (trial: number, figures: Float64Array) => {
    const values = shape.values(trial, figures)
    return batch ? [...values, trialId(plan.space, trial)] : values
  }
  const hash = createHash('sha256')
  const csv = new CsvFile(directory, 'experiments.csv', columns)
  const parquet = new TrialsFile(directory, prepared, shape, {})
  try {
    let left = result.computed
    for (const job of jobsOf(plan, 0)) {
      if (left === 0) break
      const chunk = recorded(journal, job)
      const rows = Math.min(left, chunk.count)
      const failures = new Map(chunk.failures.map(failure => [failure.trial, failure]))
      for (let k = 0; k < rows; k++) {
        const trial = trialOf(job, k)
        const figures = figuresOf(chunk, k)
        addFigures(hash, figures)
        csv.row(valuesOf(trial, figures))
        parquet.row(trial, [], figures, failures.get(trial))
      }
      left -= rows
      await pause(abort)
    }
    csv.close()
    parquet.close()
  } catch (error) {
    csv.discard()
    parquet.discard()
    throw error
  }
  const board = new CsvFile(directory, 'leaderboard.csv', columns)
  for (const { trial, figures } of result.top) board.row(valuesOf(trial, figures))
  board.close()
  const top = result.top.slice(0, 10).map(({ trial, figures }) => rowObject(columns, valuesOf(trial, figures)))
  return { top, figures_hash: hash.digest('hex') }
}

/** The chunk of a job from the journal, which has every one by now. */
export function recorded(journal: SweepJournal, job: Job): ChunkResult {
  const record = journal.read(job.index)
  const result = record === undefined ? undefined : resultOf(record, job)
  if (result !== undefined) return result
  throw fail(
    'STORAGE_ERROR',
    { message: `The journal of the sweep has lost the results of job ${job.index}.` },
    { hint: 'Resume the sweep: what is lost is computed again.' },
  )
}

/** Let other work go on, and end here when asked to. */
export async function pause(abort: AbortSignal): Promise<void> {
  await setImmediate()
  if (abort.aborted) throw fail('ABORTED', {})
}

/** A row of figures as little-endian float64, NaN in one form. */
export function addFigures(hash: Hash, figures: Float64Array): void {
  for (let k = 0; k < figures.length; k++) BYTES.setFloat64(8 * k, figures[k], true)
  for (let k = 0; k < figures.length; k++) if (Number.isNaN(figures[k])) BYTES.setBigUint64(8 * k, NAN_BITS, true)
  hash.update(new Uint8Array(BYTES.buffer, 0, 8 * figures.length))
}

const NAN_BITS = 0x7ff8_0000_0000_0000n
const BYTES = new DataView(new ArrayBuffer(8 * TRIAL_METRICS.length))

/** A CSV file that takes rows one by one. */
export class CsvFile {
  readonly #stream: ArtifactStream

  constructor(directory: ArtifactDir, name: string, columns: readonly string[]) {
    this.#stream = directory.stream(name)
    this.#stream.write(`${columns.map(csvCell).join(',')}\n`)
  }

  row(values: readonly unknown[]): void {
    this.#stream.write(`${cellsOf(values).map(csvCell).join(',')}\n`)
  }

  close(): void {
    this.#stream.close()
  }

  discard(): void {
    this.#stream.discard()
  }
}

/** trials.parquet: number, id, seed, swept parameters, figures and error of every trial; `extra` columns stand behind the seed. */
export class TrialsFile {
  readonly #stream: ArtifactStream
  readonly #parquet: ParquetStream
  readonly #prepared: PreparedSweep
  readonly #shape: RowShape

  constructor(directory: ArtifactDir, prepared: PreparedSweep, shape: RowShape, extra: Record<string, StreamType>) {
    this.#prepared = prepared
    this.#shape = shape
    const columns = {
      trial: 'int64',
      variation_id: 'text',
      seed: 'int64',
      ...extra,
      ...shape.swept,
      ...METRIC_TYPES,
    } as const
    const stream = directory.stream('trials.parquet')
    this.#stream = stream
    this.#parquet = new ParquetStream({ ...columns, error: 'text' }, bytes => stream.write(bytes))
  }

  row(trial: number, extra: readonly Cell[], figures: Float64Array, failure: TrialFailure | undefined): void {
    const { plan, config } = this.#prepared
    const id = trialId(plan.space, trial)
    const seed = trialSeed(plan.space, trial, config.seed ?? 0)
    const error = failure === undefined ? null : `${failure.code}: ${failure.message}`
    this.#parquet.row([trial, id, seed, ...extra, ...this.#shape.sweptValues(trial), ...figures, error])
  }

  close(): void {
    this.#parquet.finish()
    this.#stream.close()
  }

  discard(): void {
    this.#stream.discard()
  }
}
