/** RS-36: how many variations are at work at once, and how long each takes, decides nothing. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExperimentEarlyAbort } from '../../contracts/types.ts'
import { type Batch, type Ran, runBatch } from '../../src/commands/experiment/batch.ts'

/** A variation as the test decides it; null: it fails. */
type Outcome = { total_return: number; win_rate: number | null; max_drawdown: number } | null

const ratio = fc.integer({ min: -100, max: 100 }).map(n => n / 100)
const outcome: fc.Arbitrary<Outcome> = fc.option(
  fc.record({
    total_return: ratio,
    win_rate: fc.option(
      fc.integer({ min: 0, max: 100 }).map(n => n / 100),
      { freq: 6 },
    ),
    max_drawdown: fc.integer({ min: 0, max: 100 }).map(n => -n / 100),
  }),
  { freq: 5 },
)
const after_runs = fc.integer({ min: 1, max: 8 })
const rules: fc.Arbitrary<ExperimentEarlyAbort | undefined> = fc.option(
  fc.record(
    {
      min_win_rate: fc.record({ threshold: ratio, after_runs }),
      min_avg_return: fc.record({ threshold: ratio, after_runs }),
      max_drawdown: fc.record({ threshold: ratio, after_runs }),
      min_profitable_runs: fc.record({ count: fc.nat(5), after_runs }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
)

function ranOf(outcome: Outcome, index: number): Ran {
  if (outcome === null) return { status: 'failed', code: 'DATA_ERROR', message: `no data ${index}` }
  const summary = { ...outcome, sharpe_simple: null, trades: 1 }
  return { status: 'completed', run_id: `run-${index}`, path: `/runs/${index}`, summary }
}

/** The number of variations judged before the rules end it, from the definition: averages over the runs that have the figure. */
function decided(
  outcomes: readonly Outcome[],
  rules: ExperimentEarlyAbort = {},
): { runs: number; through: number } | null {
  for (let through = 1; through <= outcomes.length; through++) {
    if (outcomes[through - 1] === null) continue
    const runs = outcomes.slice(0, through).filter(one => one !== null)
    const average = (values: (number | null)[]) => {
      const known = values.filter(value => value !== null)
      return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length
    }
    const { min_win_rate, min_avg_return, max_drawdown, min_profitable_runs } = rules
    const below = (value: number | undefined, threshold: number) => value !== undefined && value < threshold
    const fires = [
      min_win_rate &&
        runs.length >= min_win_rate.after_runs &&
        below(average(runs.map(run => run.win_rate)), min_win_rate.threshold),
      min_avg_return &&
        runs.length >= min_avg_return.after_runs &&
        below(average(runs.map(run => run.total_return)), min_avg_return.threshold),
      max_drawdown &&
        runs.length >= max_drawdown.after_runs &&
        below(average(runs.map(run => run.max_drawdown)), -max_drawdown.threshold),
      min_profitable_runs &&
        runs.length >= min_profitable_runs.after_runs &&
        runs.filter(run => run.total_return > 0).length < min_profitable_runs.count,
    ]
    if (fires.some(Boolean)) return { runs: runs.length, through }
  }
  return null
}

interface Watched {
  batch: Batch
  started: number[]
  most: number
  progress: number[]
}

/** Run a batch in which `choose` says which of those at work ends next. */
async function watched(
  outcomes: readonly (Outcome | Error)[],
  concurrency: number,
  rules: ExperimentEarlyAbort | undefined,
  choose: (working: number) => number,
): Promise<Watched> {
  const working = new Map<number, () => void>()
  const seen = { started: [] as number[], most: 0, progress: [] as number[] }
  const run = (index: number) =>
    new Promise<Ran>((resolve, reject) => {
      const made = outcomes[index]
      working.set(index, () => (made instanceof Error ? reject(made) : resolve(ranOf(made, index))))
      seen.started.push(index)
      seen.most = Math.max(seen.most, working.size)
    })
  let ended = false
  const batch = runBatch(outcomes.length, run, { concurrency, rules }, done => seen.progress.push(done)).finally(() => {
    ended = true
  })
  batch.catch(() => {})
  while (!ended) {
    // Let everything happen that waits for nothing.
    await new Promise(resolve => setImmediate(resolve))
    if (working.size === 0) continue
    const index = [...working.keys()][choose(working.size)]
    working.get(index)?.()
    working.delete(index)
  }
  return { batch: await batch, ...seen }
}

describe('RS-36', () => {
  it('gives the same results and the same early abort at any concurrency and in any order of ending', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { maxLength: 14 }),
        rules,
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
        async (outcomes, rules, concurrency, order) => {
          let turn = 0
          const { batch, started, most, progress } = await watched(
            outcomes,
            concurrency,
            rules,
            working => order[turn++ % 20] % working,
          )
          const decision = decided(outcomes, rules)
          const through = decision?.through ?? outcomes.length
          expect(batch.aborted?.after_runs ?? null).toBe(decision?.runs ?? null)
          expect(batch.results).toEqual(outcomes.map((one, k) => (k < through ? ranOf(one, k) : undefined)))
          expect(started).toEqual(Array.from({ length: through }, (_, k) => k))
          expect(most).toBeLessThanOrEqual(concurrency)
          expect(progress).toEqual(started.map((_, k) => k + 1))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keeps as many at work as it may where no rule stands in the way', async () => {
    const outcomes = Array.from(
      { length: 9 },
      (): Outcome => ({ total_return: 0.1, win_rate: 0.5, max_drawdown: -0.1 }),
    )
    const free = await watched(outcomes, 4, undefined, working => working - 1)
    expect(free.most).toBe(4)
    const late = await watched(outcomes, 4, { min_avg_return: { threshold: 0, after_runs: 6 } }, () => 0)
    expect([late.most, late.batch.aborted]).toEqual([4, null])
  })

  it('goes on after a variation that fails, and tells the figures at which it ends early', async () => {
    const outcomes: Outcome[] = [
      { total_return: 0.1, win_rate: 0.5, max_drawdown: -0.1 },
      null,
      { total_return: -0.3, win_rate: null, max_drawdown: -0.5 },
      { total_return: 0.9, win_rate: 1, max_drawdown: 0 },
    ]
    const { batch } = await watched(outcomes, 3, { min_avg_return: { threshold: 0, after_runs: 2 } }, () => 0)
    expect(batch.results.map(ran => ran?.status)).toEqual(['completed', 'failed', 'completed', undefined])
    // (0.1 − 0.3) / 2, (0.1 + 0.5) / 2; the win rate is that of the one run which has one.
    expect(batch.aborted).toMatchObject({ after_runs: 2, metrics: { avg_win_rate: 0.5, profitable_runs: 1 } })
    expect(batch.aborted?.metrics.avg_return).toBeCloseTo(-0.1, 12)
    expect(batch.aborted?.metrics.avg_drawdown).toBeCloseTo(0.3, 12)
  })

  it('ends with what a variation throws, after what is at work has ended, and starts nothing more', async () => {
    const outcomes = [null, new Error('disk full'), null, null, null]
    const ended: number[] = []
    const working: (() => void)[] = []
    const run = (index: number) =>
      new Promise<Ran>((resolve, reject) => {
        working[index] = () => {
          ended.push(index)
          const made = outcomes[index]
          if (made instanceof Error) reject(made)
          else resolve(ranOf(null, index))
        }
      })
    let thrown: unknown
    const batch = runBatch(5, run, { concurrency: 3, rules: undefined }, () => {}).catch(error => {
      thrown = error
    })
    await new Promise(resolve => setImmediate(resolve))
    expect(Object.keys(working)).toEqual(['0', '1', '2'])
    working[1]()
    await new Promise(resolve => setImmediate(resolve))
    expect([thrown, Object.keys(working)]).toEqual([undefined, ['0', '1', '2']])
    working[2]()
    working[0]()
    await batch
    expect([(thrown as Error).message, ended]).toEqual(['disk full', [1, 2, 0]])
  })

  it('has nothing to do for no variation', async () => {
    expect(
      await runBatch(
        0,
        () => Promise.reject(new Error()),
        { concurrency: 4, rules: undefined },
        () => {},
      ),
    ).toEqual({
      results: [],
      aborted: null,
    })
  })
})
