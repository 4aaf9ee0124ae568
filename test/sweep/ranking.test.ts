/** Ranks, constraints, bounded leaderboards, and the rules that end a batch. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { abortState, type EarlyAbortRules, judgeTrial } from '../../src/sweep/early-abort.ts'
import { TRIAL_METRICS, type TrialMetric } from '../../src/sweep/kernel.ts'
import { comparator, keeps, Leaderboard, rankOrder } from '../../src/sweep/ranking.ts'

/** Figures with the metrics named, 0 elsewhere. */
function figures(values: Partial<Record<TrialMetric, number>>): Float64Array {
  return Float64Array.from(TRIAL_METRICS, name => values[name] ?? 0)
}

const UNDEFINED = figures({}).fill(Number.NaN)

describe('the order', () => {
  const rows = [
    figures({ sharpe_simple: 1, total_return: 1 }),
    figures({ sharpe_simple: Number.NaN, total_return: 9 }),
    figures({ sharpe_simple: 2, total_return: 0 }),
    figures({ sharpe_simple: 1, total_return: 3 }),
    figures({ sharpe_simple: Number.NEGATIVE_INFINITY, total_return: 3 }),
  ]
  const sorted = (sort_by: string[], ascending: boolean[]) => {
    const compare = comparator(rankOrder(sort_by, ascending))
    return rows.map((_, k) => k).sort((a, b) => compare(rows[a], rows[b]))
  }

  it('goes metric by metric, undefined last either way', () => {
    expect(sorted(['sharpe_simple', 'total_return'], [false, false])).toEqual([2, 3, 0, 4, 1])
    expect(sorted(['sharpe_simple', 'total_return'], [true, true])).toEqual([4, 0, 3, 2, 1])
    expect(sorted(['total_return', 'sharpe_simple'], [false, false])).toEqual([1, 3, 4, 0, 2])
  })

  it('refuses metrics that trials do not have, and lists of unequal length', () => {
    const invalid = expect.objectContaining({ code: 'INVALID_CONFIG' })
    expect(() => rankOrder(['sharpe'], [false])).toThrow(invalid)
    expect(() => rankOrder(['sharpe_simple'], [])).toThrow(invalid)
    expect(() => rankOrder([], [])).toThrow(invalid)
  })
})

it('keeps constraints at their bounds, and never with an undefined figure', () => {
  const bounds = [
    { metric: 'trade_trades' as const, min: 3 },
    { metric: 'max_drawdown' as const, min: -0.2, max: -0.1 },
  ]
  expect(keeps(bounds, figures({ trade_trades: 3, max_drawdown: -0.2 }))).toBe(true)
  expect(keeps(bounds, figures({ trade_trades: 2, max_drawdown: -0.15 }))).toBe(false)
  expect(keeps(bounds, figures({ trade_trades: 3, max_drawdown: -0.05 }))).toBe(false)
  expect(keeps(bounds, UNDEFINED)).toBe(false)
  expect(keeps([], UNDEFINED)).toBe(true)
})

describe('a leaderboard', () => {
  it('holds the first of the stable order of all, whatever their number', () => {
    const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN))
    fc.assert(
      fc.property(fc.array(score, { maxLength: 80 }), fc.integer({ min: 1, max: 9 }), (scores, limit) => {
        const order = rankOrder(['sharpe_simple'], [false])
        const board = new Leaderboard(limit, order)
        const rows = scores.map(sharpe_simple => figures({ sharpe_simple }))
        rows.forEach((row, trial) => {
          board.add(trial, row)
        })
        // NaN behind everything, ties by number.
        const key = (trial: number) => (Number.isNaN(scores[trial]) ? -99 : scores[trial])
        const expected = scores.map((_, trial) => trial).sort((a, b) => key(b) - key(a) || a - b)
        expect(board.top().map(({ trial }) => trial)).toEqual(expected.slice(0, limit))
        expect([board.seen, board.eligible]).toEqual([scores.length, scores.length])
      }),
    )
  })

  it('takes a chunk as it takes its trials one by one', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY))
    const rows = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(rows, fc.boolean(), fc.boolean(), (drawn, ascending, bounded) => {
        const order = rankOrder(['exposure', 'trades'], [ascending, false])
        const constraints = bounded ? [{ metric: 'trades' as const, min: 0 }] : []
        const [one, chunks] = [new Leaderboard(3, order, constraints), new Leaderboard(3, order, constraints)]
        const table = drawn.map(([exposure, trades]) => figures({ exposure, trades }))
        table.forEach((row, trial) => {
          one.add(trial, row)
        })
        for (let first = 0; first < table.length; first += 4) {
          const part = table.slice(first, first + 4)
          const columns = Float64Array.from(TRIAL_METRICS.flatMap((_, metric) => part.map(row => row[metric])))
          const result = { job: 0, count: part.length, figures: columns, failures: [] }
          chunks.addChunk(result, { index: 0, stage: 0, first, count: part.length, trials: null })
        }
        expect(chunks.top()).toEqual(one.top())
        expect([chunks.seen, chunks.eligible]).toEqual([one.seen, one.eligible])
      }),
      { numRuns: 300 },
    )
  })

  it('counts what keeps the constraints', () => {
    const board = new Leaderboard(1, undefined, [{ metric: 'trade_trades', min: 2 }])
    for (const [trial, trade_trades] of [5, 1, 2].entries()) board.add(trial, figures({ trade_trades }))
    expect([board.seen, board.eligible, board.top().length]).toEqual([3, 2, 1])
  })
})

describe('early abort', () => {
  const feed = (rules: EarlyAbortRules, rows: Float64Array[]) => {
    const state = abortState()
    for (const [k, row] of rows.entries()) {
      const verdict = judgeTrial(rules, state, row)
      if (verdict !== null) return { at: k, ...verdict }
    }
    return null
  }
  const run = (total_return: number, max_drawdown = -0.1, win_rate_trades = 0.5) =>
    figures({ total_return, max_drawdown, win_rate_trades, trades: 4 })

  it('judges means from the run on that it names, each run counted once', () => {
    const rules = { min_avg_return: { threshold: 0.05, after_runs: 3 } }
    // Means after each run: −0.2, −0.05, 0.1 … 0.0.
    expect(feed(rules, [run(-0.2), run(0.1), run(0.4)])).toBeNull()
    const ended = feed(rules, [run(-0.2), run(0.1), run(0.4), run(-0.3), run(9)])
    expect(ended).toMatchObject({ at: 3, after_runs: 4 })
    expect(ended!.metrics.avg_return).toBeCloseTo(0, 15)
    expect(ended!.reason).toContain('is below 0.05')
  })

  it('passes over trials that failed', () => {
    const rules = { min_profitable_runs: { count: 1, after_runs: 2 } }
    expect(feed(rules, [UNDEFINED, UNDEFINED, run(-1)])).toBeNull()
    expect(feed(rules, [UNDEFINED, run(-1), run(0)])).toMatchObject({ at: 2, metrics: { profitable_runs: 0 } })
  })

  it('knows drawdowns and win rates, and names every rule that is broken', () => {
    const rules = {
      max_drawdown: { threshold: 0.3, after_runs: 2 },
      min_win_rate: { threshold: 0.4, after_runs: 2 },
    }
    expect(feed(rules, [run(0, -0.9, 0.1), run(0, -0.1, 0.9)])).toMatchObject({ metrics: { avg_drawdown: 0.5 } })
    const both = feed(rules, [run(0, -0.9, 0.1), run(0, -0.1, 0.3)])
    expect(both!.reason).toMatch(/win rate 0.2 is below 0.4; average drawdown 0.5 is above 0.3/)
    expect(feed(rules, [run(0, -0.3, 0.4), run(0, -0.3, 0.4)])).toBeNull()
  })
})
