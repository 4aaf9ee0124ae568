/** Work through the variations of an experiment, several at once; what comes out, and where it ends early, does not depend on how many. */

import type { ExperimentEarlyAbort } from '../../../contracts/types.ts'
import { abortState, type EarlyAbort, judgeRun } from '../../sweep/early-abort.ts'

/** What became of one variation. */
export type Ran =
  | { status: 'completed'; run_id: string; path: string; summary: RanSummary }
  | { status: 'failed'; code: string; message: string }

/** Headline figures; null where undefined. */
export interface RanSummary {
  total_return: number | null
  sharpe_simple: number | null
  max_drawdown: number | null
  trades: number | null
  win_rate: number | null
}

export interface Batch {
  /** In the order of the variations; undefined where an early abort left one out. */
  results: (Ran | undefined)[]
  aborted: EarlyAbort | null
}

/**
 * Call `run` for variations 0 … count − 1 in order, at most `concurrency` at once: a sliding window, no waiting for the slowest of a
 * chunk. The rules are judged on the completed runs in order, and nothing is started that they might still leave out. What `run`
 * throws ends the batch, once what is at work has ended.
 */
export async function runBatch(
  count: number,
  run: (index: number) => Promise<Ran>,
  { concurrency, rules }: { concurrency: number; rules: ExperimentEarlyAbort | undefined },
  progress: (done: number) => void,
): Promise<Batch> {
  const results: (Ran | undefined)[] = Array.from({ length: count }, () => undefined)
  const judge = new Judge(rules)
  const working = new Set<Promise<void>>()
  let failure: { error: unknown } | undefined
  let next = 0
  let done = 0
  const start = (index: number) => {
    const work: Promise<void> = run(index)
      .then(ran => {
        results[index] = ran
        progress(++done)
      })
      .catch(error => {
        failure ??= { error }
      })
      .finally(() => working.delete(work))
    working.add(work)
  }
  for (;;) {
    judge.read(results)
    const free = failure === undefined && judge.verdict === null
    while (free && next < count && working.size < concurrency && judge.allows(next)) start(next++)
    if (working.size === 0) break
    await Promise.race(working)
  }
  if (failure !== undefined) throw failure.error
  return { results, aborted: judge.verdict }
}

/** Judges results in order as far as they are known. */
class Judge {
  readonly #rules: ExperimentEarlyAbort | undefined
  readonly #state = abortState()
  /** Completed runs after which a rule may fire for the first time. */
  readonly #first: number
  #judged = 0
  verdict: EarlyAbort | null = null

  constructor(rules: ExperimentEarlyAbort | undefined) {
    this.#rules = rules
    this.#first = Math.min(...Object.values(rules ?? {}).map(({ after_runs }) => after_runs))
  }

  read(results: readonly (Ran | undefined)[]): void {
    for (let ran = results[this.#judged]; ran !== undefined && this.verdict === null; ran = results[this.#judged]) {
      this.#judged++
      if (this.#rules === undefined || ran.status === 'failed') continue
      const { win_rate, total_return, max_drawdown } = ran.summary
      this.verdict = judgeRun(this.#rules, this.#state, {
        win_rate: win_rate ?? Number.NaN,
        total_return: total_return ?? Number.NaN,
        max_drawdown: max_drawdown ?? Number.NaN,
      })
    }
  }

  /** True where no rule can fire on what comes before `index`, whatever is still at work. */
  allows(index: number): boolean {
    const unknown = index - this.#judged
    return unknown === 0 || this.#state.runs + unknown < this.#first
  }
}
