/** The tables of a sweep: every trial streamed, the best ones from memory. */

import { createHash, type Hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { SweepRow } from '../../../contracts/types.ts'
import type { ArtifactDir, ArtifactStream } from '../../artifacts/artifact-dir.ts'
import type { SweepJournal } from '../../artifacts/sweep-journal.ts'
import { fail } from '../../base/errors.ts'
import { ParquetStream, type StreamType } from '../../base/parquet-stream.ts'
import { type Cell, csvCell } from '../../base/table.ts'
import { trialId, trialIdentity } from '../../sweep/grid.ts'
import { TRIAL_METRICS } from '../../sweep/kernel.ts'
import type { TrialFailure } from '../../sweep/plan.ts'
import type { RankedTrial } from '../../sweep/ranking.ts'
import { type ChunkResult, figuresOf, type Job, trialOf } from '../../sweep/trials.ts'
import { resultOf } from './compute.ts'
import type { PreparedSweep } from './plan.ts'
import { type RowShape, rowObject, rowShape } from './rows.ts'

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

/** experiments.csv and trials.parquet of a sweep without splits, written while it is computed; leaderboard.csv at its end. */
export class GridTables {
  readonly #prepared: PreparedSweep
  readonly #directory: ArtifactDir
  readonly #shape: RowShape
  readonly #batch: boolean
  readonly #columns: string[]
  readonly #hash = createHash('sha256')
  readonly #csv: CsvFile
  readonly #parquet: TrialsFile

  constructor(prepared: PreparedSweep, directory: ArtifactDir) {
    this.#prepared = prepared
    this.#directory = directory
    this.#shape = rowShape(prepared)
    this.#batch = prepared.mode === 'batch'
    this.#columns = [...this.#shape.columns, ...(this.#batch ? ['variation_id'] : [])]
    this.#csv = new CsvFile(directory, 'experiments.csv', this.#columns)
    this.#parquet = new TrialsFile(directory, prepared, this.#shape, {})
  }

  /** Take the first `rows` trials of a chunk; chunks come in their order. */
  add(chunk: ChunkResult, job: Job, rows: number): void {
    const failures = new Map(chunk.failures.map((failure): [number, TrialFailure] => [failure.trial, failure]))
    for (let k = 0; k < rows; k++) {
      const trial = trialOf(job, k)
      const figures = figuresOf(chunk, k)
      addFigures(this.#hash, figures)
      this.#csv.line(this.#line(trial, figures))
      this.#parquet.row(trial, [], figures, failures.get(trial))
    }
  }

  /** Complete the files with the best trials, best first. */
  finish(best: readonly RankedTrial[]): WrittenTables {
    this.#csv.close()
    this.#parquet.close()
    const board = new CsvFile(this.#directory, 'leaderboard.csv', this.#columns)
    for (const { trial, figures } of best) board.line(this.#line(trial, figures))
    board.close()
    const { space } = this.#prepared.plan
    const top = best.slice(0, 10).map(({ trial, figures }) => {
      const values = this.#shape.values(trial, figures)
      return rowObject(this.#columns, this.#batch ? [...values, trialId(space, trial)] : values)
    })
    return { top, figures_hash: this.#hash.digest('hex') }
  }

  /** Let go of the files after a failure. */
  discard(): void {
    this.#csv.discard()
    this.#parquet.discard()
  }

  #line(trial: number, figures: Float64Array): string {
    const line = this.#shape.line(trial, figures)
    return this.#batch ? `${line},${csvCell(trialId(this.#prepared.plan.space, trial))}` : line
  }
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

/** A CSV file that takes lines one by one. */
export class CsvFile {
  readonly #stream: ArtifactStream

  constructor(directory: ArtifactDir, name: string, columns: readonly string[]) {
    this.#stream = directory.stream(name)
    this.#stream.write(`${columns.map(csvCell).join(',')}\n`)
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`)
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
    const { id, seed } = trialIdentity(plan.space, trial, config.seed ?? 0)
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
