/** A run taken apart: figures of its equity curve, drawdowns, calendar months and round trips (contract §14). */

import type { AdvancedDrawdown, AdvancedEquity, AdvancedMonths, AdvancedTrades } from '../../contracts/types.ts'
import { maximum, mean, median, minimum, power, std, sum } from '../base/stats.ts'
import { isoDate } from '../market/calendar.ts'
import { barReturns, drawdowns } from './forward-figures.ts'
import { type RoundTrip, summarizeRoundTrips } from './round-trips.ts'

/** An equity curve in any unit; `ts` in epoch ms, ascending. */
export interface Curve {
  ts: Float64Array
  equity: Float64Array
}

/** Bars a year of the published figures, whatever the interval. */
const YEAR = 252
/** Fewer returns than this give no Sharpe ratio, as published. */
const FEWEST_RETURNS = 20
/** Fewer bars give no months. */
const FEWEST_BARS = 10
/** A bar counts as below its peak from here on. */
const BELOW = -1e-9

/**
 * One continuous curve of pieces that each begin again at their own start, in order of time: every piece goes on with what the
 * one before ended with. `piece` names the piece of each bar.
 */
export function stitched({ ts, equity }: Curve, piece: readonly string[]): Curve {
  const out = new Float64Array(equity.length)
  let factor = 1
  for (let i = 0; i < out.length; i++) {
    if (i > 0 && piece[i] !== piece[i - 1]) factor = out[i - 1] / equity[i]
    out[i] = equity[i] * factor
  }
  return { ts, equity: out }
}

/**
 * Figures of the curve (contract §14): cagr = (end/start)^(252/bars) − 1; volatility and Sharpe ratio with √252; the Sortino ratio
 * is √252 · mean / sample deviation of the negative returns. Null where there are too few returns. Empty for an empty curve.
 */
export function equityMetrics({ equity }: Curve): AdvancedEquity {
  const bars = equity.length
  if (bars === 0) return {}
  const [start, end] = [equity[0], equity[bars - 1]]
  const returns = barReturns(equity)
  const deviation = std(returns, 1)
  const negative = returns.filter(value => value < 0)
  const downside = std(negative, 1)
  const enough = returns.length >= FEWEST_RETURNS
  return {
    equity_start: start,
    equity_end: end,
    n_days: bars,
    total_return: end / start - 1,
    cagr: orNull(power(end / start, YEAR / bars) - 1),
    annualized_volatility: orNull(Math.sqrt(YEAR) * deviation),
    sharpe: enough && deviation > 0 ? (Math.sqrt(YEAR) * mean(returns)) / deviation : null,
    sortino:
      enough && negative.length >= 2 && Math.sqrt(YEAR) * downside >= 1e-4
        ? (Math.sqrt(YEAR) * mean(returns)) / downside
        : null,
  }
}

/** Figures of the drawdown; calmar = cagr / |deepest|, null where that is below 0.5 %. Empty for an empty curve. */
export function drawdownMetrics(curve: Curve): AdvancedDrawdown {
  const falls = drawdowns(curve.equity)
  if (falls.length === 0) return {}
  const deepest = minimum(falls)
  const below = falls.filter(fall => fall < 0)
  const { cagr } = equityMetrics(curve)
  let [periods, row, longest] = [0, 0, 0]
  for (let i = 0; i < falls.length; i++) {
    row = falls[i] < BELOW ? row + 1 : 0
    if (row === 1) periods++
    if (row > longest) longest = row
  }
  return {
    max_drawdown: deepest,
    avg_drawdown: below.length === 0 ? 0 : mean(below),
    current_drawdown: falls[falls.length - 1],
    longest_dd_days: longest,
    n_drawdown_periods: periods,
    calmar: cagr !== null && cagr !== undefined && Math.abs(deepest) >= 0.005 ? cagr / Math.abs(deepest) : null,
  }
}

/** Returns from month end to month end (UTC) where the month before is there too; empty with fewer than ten bars. */
export function timeWindowMetrics({ ts, equity }: Curve): AdvancedMonths {
  if (ts.length < FEWEST_BARS) return {}
  const months = periodEnds({ ts, equity }, 7)
  const returns: { month: string; return: number }[] = []
  for (let k = 1; k < months.length; k++) {
    const [before, now] = [months[k - 1], months[k]]
    if (monthNumber(now.name) === monthNumber(before.name) + 1) {
      returns.push({ month: now.name, return: now.equity / before.equity - 1 })
    }
  }
  const values = returns.map(month => month.return)
  const enough = values.length >= 3 ? {} : { insufficient_data: 'fewer than 3 months' }
  if (values.length === 0) return { n_months: 0, monthly_returns: [], ...enough }
  return {
    n_months: values.length,
    monthly_returns: returns,
    best_month: maximum(values),
    worst_month: minimum(values),
    positive_months_pct: values.filter(value => value > 0).length / values.length,
    ...enough,
  }
}

/** Returns of calendar years (UTC): from the last bar of the year before, the first year from its first bar. */
export function yearlyReturns(curve: Curve): { year: number; return: number }[] {
  const years = periodEnds(curve, 4)
  return years.map(({ name, equity }, k) => ({
    year: Number(name),
    return: equity / (k === 0 ? curve.equity[0] : years[k - 1].equity) - 1,
  }))
}

/** Figures of closed round trips, money in quote currency; only `n_trades` where there are none. */
export function tradeDistribution(trips: readonly RoundTrip[]): AdvancedTrades {
  if (trips.length === 0) return { n_trades: 0 }
  const pnl = trips.map(trip => trip.net)
  const returns = trips.map(trip => trip.return_pct)
  const winners = pnl.filter(value => value > 0).sort((a, b) => b - a)
  const total = summarizeRoundTrips(trips)
  return {
    n_trades: trips.length,
    avg_return: mean(returns),
    median_return: median(returns),
    best_trade_pnl: maximum(pnl),
    worst_trade_pnl: minimum(pnl),
    pnl_std: orNull(std(pnl, 1)),
    expectancy: mean(pnl),
    win_rate: total.win_rate_trades,
    profit_factor: orNull(total.profit_factor),
    avg_holding_days: total.avg_holding_days,
    top3_pnl_share: winners.length < 3 ? null : sum(winners.slice(0, 3)) / total.gross_profit,
    max_consecutive_losses: total.max_consecutive_losses,
    max_consecutive_wins: total.max_consecutive_wins,
  }
}

/** The last equity of each month (`length` 7 of the ISO date) or year (4). */
function periodEnds({ ts, equity }: Curve, length: number): { name: string; equity: number }[] {
  const ends: { name: string; equity: number }[] = []
  for (let i = 0; i < ts.length; i++) {
    const name = isoDate(ts[i]).slice(0, length)
    const last = ends[ends.length - 1]
    if (last?.name === name) last.equity = equity[i]
    else ends.push({ name, equity: equity[i] })
  }
  return ends
}

function monthNumber(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7))
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null
}
