/** Portfolios by hand: weights, the combined curve, contributions, copies, selection; equal risk against its definition. */

import { describe, expect, it } from 'vitest'
import type { PortfolioSelection } from '../../contracts/types.ts'
import { GatewayError } from '../../src/base/errors.ts'
import { Random } from '../../src/base/random.ts'
import {
  collapseCopies,
  combinedCurve,
  commonAxis,
  contributions,
  type Member,
  memberOf,
  type PortfolioSession,
  portfolioSummary,
  selectMembers,
} from '../../src/engine/portfolio.ts'
import {
  commonReturns,
  correlations,
  riskParityFault,
  riskShares,
  weightsOf,
} from '../../src/engine/portfolio-weights.ts'

const DAY = 86_400_000

function member(id: string, equity: number[], more: Partial<PortfolioSession> = {}, firstDay = 0): Member {
  return memberOf({
    path: id,
    session_id: id,
    ticker: 'ETH-USD',
    strategy: 'sma_cross',
    source_run_id: `run-${id}`,
    starting_cash: 100,
    eval_start: '2024-01-01',
    eval_end: '2024-02-01',
    updated_at: '2024-02-02',
    ts: Float64Array.from(equity, (_, i) => (firstDay + i) * DAY),
    equity: Float64Array.from(equity),
    ...more,
  })
}

const ids = (members: Member[]) => members.map(({ figures }) => figures.session_id)
const ALL: PortfolioSelection = {
  rank_metric: 'total_return',
  top_n: null,
  min_return: null,
  max_drawdown: null,
  include_tickers: null,
  exclude_tickers: null,
  include_strategies: null,
  exclude_strategies: null,
  latest_per_source_run: false,
}

it('gives the figures of a session', () => {
  const { figures } = member('a', [1, 1.2, 0.9], { starting_cash: 200 })
  expect(figures).toMatchObject({ session_id: 'a', starting_cash: 200, ending_equity: 180 })
  expect(figures.total_pnl).toBeCloseTo(-20, 10)
  expect(figures.total_return).toBeCloseTo(-0.1, 12)
  expect(figures.max_drawdown).toBeCloseTo(-0.25, 12)
})

describe('copies', () => {
  const one = member('one', [1, 1.1], { source_run_id: 'r', updated_at: '2024-02-01' })
  const other = member('other', [1, 1.3])
  const copy = member('copy', [1, 1.1], { source_run_id: 'r', updated_at: '2024-02-03' })

  it('keep the newer one in the place of the first', () => {
    expect(ids(collapseCopies([one, other, copy]))).toEqual(['copy', 'other'])
    expect(ids(collapseCopies([copy, other, one]))).toEqual(['copy', 'other'])
  })

  it('differ in source, symbol, strategy, window or a cent', () => {
    const differing: Partial<PortfolioSession>[] = [
      { source_run_id: 's' },
      { source_run_id: 'r', ticker: 'BTC-USD' },
      { source_run_id: 'r', strategy: 'macd' },
      { source_run_id: 'r', eval_end: '2024-03-01' },
      { source_run_id: 'r', starting_cash: 100.01 },
    ]
    for (const more of differing) expect(collapseCopies([one, member('x', [1, 1.1], more)])).toHaveLength(2)
    expect(collapseCopies([one, member('x', [1, 1.10001], { source_run_id: 'r' })])).toHaveLength(1)
  })
})

describe('selection', () => {
  const a = member('a', [1, 1.5], { ticker: 'A', source_run_id: 'r', updated_at: '2024-01-01', starting_cash: 10 })
  const b = member('b', [1, 0.5, 0.8], { ticker: 'B', strategy: 'macd' })
  const c = member('c', [1, 0.9, 1.2], { ticker: 'C', source_run_id: 'r', updated_at: '2024-01-02' })
  const pick = (rules: Partial<PortfolioSelection>) => ids(selectMembers([a, b, c], { ...ALL, ...rules }))

  it.each([
    [{}, ['a', 'b', 'c']],
    [{ include_tickers: ['A', 'C'] }, ['a', 'c']],
    [{ exclude_tickers: ['A'] }, ['b', 'c']],
    [{ include_strategies: ['macd'] }, ['b']],
    [{ exclude_strategies: ['macd'] }, ['a', 'c']],
    [{ min_return: 0.2 - 1e-12 }, ['a', 'c']],
    [{ max_drawdown: -0.2 }, ['a', 'c']],
    [{ latest_per_source_run: true }, ['c', 'b']],
    [{ top_n: 2 }, ['a', 'c']],
    [{ top_n: 1, rank_metric: 'max_drawdown' as const }, ['a']],
    // a earned 5, c earned 20, b lost 20: the share of the total ranks by the result.
    [{ top_n: 3, rank_metric: 'contribution_pct' as const }, ['c', 'a', 'b']],
    [{ min_return: 9 }, []],
  ])('%j keeps %j', (rules, kept) => expect(pick(rules)).toEqual(kept))
})

describe('the combined curve', () => {
  // The second begins a day later, misses a day, and ends earlier.
  const a = member('a', [1, 1.1, 1.2, 1.3, 1.4])
  const late = memberOf({ ...member('b', [1.5, 2]).session, ts: Float64Array.of(DAY, 3 * DAY), starting_cash: 50 })
  const axis = commonAxis([a, late])

  it('holds what is missing: the starting cash before, the last value after', () => {
    expect([...axis.ts].map(at => at / DAY)).toEqual([0, 1, 2, 3, 4])
    expect([...axis.curves[1]]).toEqual([1, 1.5, 1.5, 2, 2])
    expect([axis.from, axis.to]).toEqual([1, 4])
  })

  it('adds up capital times growth', () => {
    const value = combinedCurve(axis, [100, 50])
    expect([...value].map(v => Math.round(v * 1e9) / 1e9)).toEqual([150, 185, 195, 230, 240])
    const summary = portfolioSummary(value, 150)
    expect(summary).toMatchObject({ starting_value: 150, max_drawdown: 0, n_bars: 5 })
    expect([summary.ending_value, summary.total_pnl, summary.total_return].map(v => Math.round(v * 1e9) / 1e9)).toEqual(
      [240, 90, 0.6],
    )
  })

  it('says what each session gave, and stays small where the total is', () => {
    const members = [member('w', [1, 2]), member('l', [1, 0.01])]
    const value = combinedCurve(commonAxis(members), [100, 100])
    const summary = portfolioSummary(value, 200)
    const [w, l] = contributions(members, [0.5, 0.5], [100, 100], summary, [null, null])
    // Gains of 100 and −99: a total of 1, of which they are 100 and −99 times as much.
    expect(w.contribution_pct).toBeCloseTo(100, 8)
    expect(l.contribution_pct).toBeCloseTo(-99, 8)
    expect(w.contribution_return).toBeCloseTo(0.5, 12)
    expect(l.contribution_return).toBeCloseTo(-0.495, 12)
    expect(w.contribution_return + l.contribution_return).toBeCloseTo(summary.total_return, 12)
    const [flat] = contributions([member('f', [1, 1])], [1], [100], portfolioSummary(Float64Array.of(100, 100), 100), [
      null,
    ])
    expect([flat.contribution_pct, flat.contribution_return]).toEqual([0, 0])
  })
})

describe('weights', () => {
  const members = [member('a', [1, 1.1, 1]), member('b', [1, 1.2, 1.1], { starting_cash: 300 })]
  const returns = commonReturns(commonAxis(members))
  const custom = (weights: Record<string, number> | null) => weightsOf('custom_weight', members, weights, returns)

  it('follow the money, the number, or the file', () => {
    expect(weightsOf('raw_capital', members, null, returns)).toEqual([0.25, 0.75])
    expect(weightsOf('equal_weight', members, null, returns)).toEqual([0.5, 0.5])
    expect(custom({ a: 3, b: 1, gone: 7 })).toEqual([0.75, 0.25])
    expect(custom({ b: 2 })).toEqual([0, 1])
  })

  it.each([
    [null, /needs portfolio_weights/],
    [{ c: 1 }, /none of the sessions: a, b/],
    [{ a: -1, b: 2 }, /negative weights for a/],
    [{ a: 0, b: 0 }, /add up to 0/],
    // A name that every object has is no weight.
    [{ toString: 1 } as Record<string, number>, /none of the sessions/],
  ])('of %j are refused', (weights, message) => expect(() => custom(weights)).toThrow(message))

  it('of two sessions with equal risk go by the inverse of their volatility, whatever the correlation', () => {
    // Returns of ±10 % and ±20 %, in step.
    const two = [member('a', [1, 1.1, 0.99, 1.089]), member('b', [1, 1.2, 0.96, 1.152])]
    const weights = weightsOf('risk_parity', two, null, commonReturns(commonAxis(two)))
    expect(weights[0]).toBeCloseTo(2 / 3, 12)
    expect(weights[1]).toBeCloseTo(1 / 3, 12)
  })

  it('of equal risk give every session the same share of the variance', () => {
    const random = new Random(3)
    const market = Array.from({ length: 250 }, () => random.normal())
    const sessions = [0.01, 0.02, 0.05, 0.003].map((size, k) => {
      let value = 1
      const curve = market.map(shock => (value *= 1 + size * (0.3 * k * shock + random.normal())))
      return member(`s${k}`, curve)
    })
    const common = commonReturns(commonAxis(sessions))
    const weights = weightsOf('risk_parity', sessions, null, common)
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
    for (const share of riskShares(weights, common)) expect(share).toBeCloseTo(0.25, 9)
  })

  it('of equal risk do not exist where nothing moves or sessions never meet', () => {
    const still = [member('a', [1, 1.1, 1]), member('flat', [1, 1, 1])]
    expect(riskParityFault(still, commonReturns(commonAxis(still)))).toBe('nothing moves in flat over the common time')
    const apart = [member('a', [1, 1.1]), member('b', [1, 1.2], {}, 10)]
    const axis = commonAxis(apart)
    expect(axis.to).toBeLessThanOrEqual(axis.from)
    expect(riskParityFault(apart, commonReturns(axis))).toMatch(/no bar return in common/)
    expect(() => weightsOf('risk_parity', apart, null, commonReturns(axis))).toThrow(GatewayError)
    expect(correlations(apart, axis, commonReturns(axis))).toMatchObject({
      n_returns: 0,
      from: null,
      to: null,
      matrix: [
        [null, null],
        [null, null],
      ],
    })
  })

  it('have a share of risk by the covariance', () => {
    // Independent by construction: (+,+), (+,−), (−,+), (−,−) of 1 % and 2 %: variances 4 to 1 in the second's favour.
    const grow = (steps: number[]) => {
      let value = 1
      return [1, ...steps.map(step => (value *= 1 + step))]
    }
    const two = [member('a', grow([0.01, 0.01, -0.01, -0.01])), member('b', grow([0.02, -0.02, 0.02, -0.02]))]
    const axis = commonAxis(two)
    const common = commonReturns(axis)
    const shares = riskShares([0.5, 0.5], common)
    expect(shares[0]).toBeCloseTo(0.2, 9)
    expect(shares[1]).toBeCloseTo(0.8, 9)
    const { matrix, n_returns } = correlations(two, axis, common)
    expect(matrix[0][1]).toBeCloseTo(0, 9)
    expect([matrix[0][0], matrix[1][1], n_returns]).toEqual([1, 1, 4])
  })
})
