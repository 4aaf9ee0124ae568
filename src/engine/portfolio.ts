/** A portfolio of forward sessions: figures of each, copies collapsed, selection, weights applied, the combined curve. */

import type { PortfolioCandidate, PortfolioSelection, PortfolioSummary } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { std } from '../base/stats.ts'
import { barReturns, deepestFall } from './forward-figures.ts'

/** A session with a usable curve. */
export interface PortfolioSession {
  /** Directory below the portfolio root. */
  path: string
  session_id: string
  ticker: string
  strategy: string
  source_run_id: string
  /** Quote currency. */
  starting_cash: number
  eval_start: string | null
  eval_end: string | null
  updated_at: string | null
  /** Epoch ms, ascending, at least one. */
  ts: Float64Array
  /** Equity over the starting cash at each. */
  equity: Float64Array
}

/** The figures of a session, before weights. */
export type SessionFigures = Omit<
  PortfolioCandidate,
  'assigned_weight' | 'contribution_pct' | 'contribution_return' | 'risk_contribution'
>

/** A session and its figures. */
export interface Member {
  session: PortfolioSession
  figures: SessionFigures
}

/** The sessions on one time axis, the union of theirs; one row of `curves` each, growth of the starting cash. */
export interface CommonAxis {
  ts: Float64Array
  /** Before its first bar a session is worth its starting cash, after a missing bar what it was worth before. */
  curves: Float64Array[]
  /** Indices [from, to) of the time that all sessions cover; empty where they do not meet. */
  from: number
  to: number
}

/** What a portfolio in which nobody's own money counts starts with, quote currency. */
export const NORMALISED_CASH = 10_000

/** The figures of one session (contract §13). */
export function memberOf(session: PortfolioSession): Member {
  const { starting_cash, equity, ts: _, ...named } = session
  const last = equity[equity.length - 1]
  return {
    session,
    figures: {
      ...named,
      starting_cash,
      ending_equity: last * starting_cash,
      total_pnl: (last - 1) * starting_cash,
      total_return: last - 1,
      max_drawdown: deepestFall(equity),
    },
  }
}

/**
 * Sessions without copies: equal source run, symbol, strategy, window, and money to two decimals. Of copies the one with the
 * larger `updated_at` stays, in the place of the first.
 */
export function collapseCopies(members: readonly Member[]): Member[] {
  const kept = new Map<string, Member>()
  for (const member of members) {
    const { source_run_id, ticker, strategy, eval_start, eval_end, starting_cash, ending_equity } = member.figures
    const money = [starting_cash.toFixed(2), ending_equity.toFixed(2)]
    const key = JSON.stringify([source_run_id, ticker, strategy, eval_start, eval_end, ...money])
    keepNewer(kept, key, member)
  }
  return [...kept.values()]
}

/** Apply the rules in their published order: symbols, strategies, return, drawdown, newest of each source run, best `top_n`. */
export function selectMembers(members: readonly Member[], rules: PortfolioSelection): Member[] {
  const { include_tickers, exclude_tickers, include_strategies, exclude_strategies } = rules
  const { min_return, max_drawdown, latest_per_source_run, top_n, rank_metric } = rules
  let left = members.filter(
    ({ figures }) =>
      (include_tickers?.includes(figures.ticker) ?? true) &&
      !exclude_tickers?.includes(figures.ticker) &&
      (include_strategies?.includes(figures.strategy) ?? true) &&
      !exclude_strategies?.includes(figures.strategy) &&
      (min_return === null || figures.total_return >= min_return) &&
      (max_drawdown === null || figures.max_drawdown >= max_drawdown),
  )
  if (latest_per_source_run) {
    const newest = new Map<string, Member>()
    for (const member of left) keepNewer(newest, member.figures.source_run_id, member)
    left = [...newest.values()]
  }
  if (top_n === null) return left
  // The share of the total result is not known before the choice: its order is that of the results.
  const metric = (rank_metric === 'contribution_pct' ? 'total_pnl' : rank_metric) as 'total_return'
  return left.toSorted((a, b) => b.figures[metric] - a.figures[metric]).slice(0, top_n)
}

/** Bring sessions to one time axis. */
export function commonAxis(members: readonly Member[]): CommonAxis {
  const ts = Float64Array.from(new Set(members.flatMap(({ session }) => [...session.ts]))).sort()
  const curves = members.map(({ session }) => {
    const curve = new Float64Array(ts.length)
    for (let i = 0, next = 0, value = 1; i < ts.length; i++) {
      if (session.ts[next] === ts[i]) value = session.equity[next++]
      curve[i] = value
    }
    return curve
  })
  const first = members.reduce((latest, { session }) => Math.max(latest, session.ts[0]), Number.NEGATIVE_INFINITY)
  const last = members.reduce(
    (earliest, { session }) => Math.min(earliest, session.ts[session.ts.length - 1]),
    Number.POSITIVE_INFINITY,
  )
  const from = ts.findIndex(at => at >= first)
  const to = ts.findLastIndex(at => at <= last) + 1
  return { ts, curves, from, to: Math.max(from, to) }
}

/** Value of the portfolio at each bar: `capital[k]` quote currency in session k, grown by its curve. */
export function combinedCurve({ ts, curves }: CommonAxis, capital: readonly number[]): Float64Array {
  const value = new Float64Array(ts.length)
  for (let k = 0; k < curves.length; k++) for (let i = 0; i < ts.length; i++) value[i] += curves[k][i] * capital[k]
  return value
}

/** The figures of a combined curve that begins with `startingValue`. */
export function portfolioSummary(value: Float64Array, startingValue: number): PortfolioSummary {
  const ending = value[value.length - 1]
  const deviation = std(barReturns(value), 1)
  return {
    starting_value: startingValue,
    ending_value: ending,
    total_pnl: ending - startingValue,
    total_return: ending / startingValue - 1,
    max_drawdown: deepestFall(value),
    n_bars: value.length,
    annualized_volatility: Number.isFinite(deviation) ? Math.sqrt(252) * deviation : null,
  }
}

/**
 * The sessions with what each gave: `contribution_pct` its share of the total result (0 where that is nothing), and
 * `contribution_return` its result over the starting value, which stays small when the total does. DATA_ERROR where `weights`
 * and `members` differ in number.
 */
export function contributions(
  members: readonly Member[],
  weights: readonly number[],
  capital: readonly number[],
  summary: PortfolioSummary,
  risk: readonly (number | null)[],
): PortfolioCandidate[] {
  if (weights.length !== members.length || capital.length !== members.length) {
    throw fail('DATA_ERROR', { message: `${weights.length} weights for ${members.length} sessions` })
  }
  return members.map(({ figures }, k) => {
    const pnl = figures.total_return * capital[k]
    const { path, ...named } = figures
    return {
      ...named,
      assigned_weight: weights[k],
      contribution_pct: Math.abs(summary.total_pnl) <= 1e-6 ? 0 : pnl / summary.total_pnl,
      contribution_return: pnl / summary.starting_value,
      risk_contribution: risk[k],
      path,
    }
  })
}

function keepNewer(kept: Map<string, Member>, key: string, member: Member): void {
  const known = kept.get(key)
  if (known === undefined || (member.figures.updated_at ?? '') > (known.figures.updated_at ?? '')) kept.set(key, member)
}
