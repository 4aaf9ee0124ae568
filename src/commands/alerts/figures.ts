/** The figures of a finished simulation of alerts, as its run publishes them. */

import type { AlertExecutionFigures, AlertFigures } from '../../../contracts/types.ts'
import type { Trade } from '../../alerts/alert-run.ts'
import type { CallerRow } from '../../alerts/calls.ts'
import type { CurveColumns } from '../../alerts/curve.ts'
import type { Order } from '../../alerts/execution.ts'
import type { AlertOutcome, Simulated } from '../../alerts/simulation.ts'
import { isFill } from '../../alerts/tables.ts'
import type { AlertRunFigures } from '../../artifacts/alert-report.ts'
import { mean, median, quantile, sum } from '../../base/stats.ts'
import { extendedMetrics, publishedMetrics } from '../../engine/metrics.ts'
import { summarizeRoundTrips } from '../../engine/round-trips.ts'
import { type Calendar, firstBarAt } from '../../market/bars.ts'
import { barsPerYear, DAY_MS } from '../../market/calendar.ts'
import type { EquityColumns } from '../run/figures.ts'

/** What the figures depend on besides the simulation. */
export interface FigureTerms {
  hitMultiple: number
  stake: number
  curveInterval: string
  calendar: Calendar
}

/** All figures; bars are those of the curve. Trades of all alerts count as round trips, in order of their ends. */
export function alertFiguresOf(
  simulated: Simulated,
  callers: readonly CallerRow[],
  terms: FigureTerms,
): AlertRunFigures {
  const { outcomes, curve } = simulated
  const trades = outcomes.flatMap(outcome => outcome.trades).sort((a, b) => a.exit_time - b.exit_time)
  const orders = outcomes.flatMap(outcome => outcome.orders)
  const { total_return, max_drawdown, sharpe_simple, days } = publishedMetrics(
    curve.netReturn,
    curve.equity,
    curve.position,
  )
  const trips = summarizeRoundTrips(trades.map(tripOf))
  const traded = trades.length > 0
  const fills = orders.filter(isFill).length
  const win_rate = traded ? trips.win_rate_trades : null
  return {
    summary: { total_return, sharpe_simple, max_drawdown, trades: fills, win_rate },
    best_result: {
      ...{ total_return, max_drawdown, sharpe_simple, trades: fills, days, trade_trades: trades.length },
      ...{ win_rate_trades: win_rate, profit_factor: finite(trips.profit_factor) },
      expectancy_net: traded ? trips.expectancy_net : null,
      avg_holding_days: finite(mean(trades.map(trade => (trade.exit_time - trade.entry_time) / DAY_MS))),
      exposure: traded ? exposureOf(curve, trades) : null,
    },
    extended: extendedMetrics({
      ...{ ts: curve.ts, netReturns: curve.netReturn, equity: curve.equity, position: curve.position },
      ...{ close: curve.held, turnover: curve.turnover },
      roundTrips: trades.map(trade => ({
        net_pnl: trade.net,
        return_ratio: trade.return_ratio,
        holding_days: Math.floor((trade.exit_time - trade.entry_time) / DAY_MS),
        bars_held: firstBarAt(curve.ts, trade.exit_time) - firstBarAt(curve.ts, trade.entry_time),
      })),
      totalCosts: sum(orders.map(order => order.fee)) + slippageCost(orders),
      periodsPerYear: barsPerYear(terms.curveInterval, terms.calendar),
    }),
    alerts: callFigures(simulated, callers, terms),
    execution: executionFigures(orders, trades),
  }
}

/** The columns of equity.parquet: `close` is what holding every call grew to. */
export function curveColumns(curve: CurveColumns): EquityColumns {
  const { ts, held: close, position, netReturn: net_return, equity, drawdown } = curve
  return { ts, close, position, net_return, equity, drawdown }
}

function callFigures(
  { outcomes, capital }: Simulated,
  callers: readonly CallerRow[],
  terms: FigureTerms,
): AlertFigures {
  const calls = outcomes.flatMap(({ call }) => (call === null || call.candles === 0 ? [] : [call]))
  const peaks = calls.map(call => call.peak_multiple)
  const traded = outcomes.filter(outcome => outcome.status === 'traded').length
  const net_pnl = sum(outcomes.map(outcome => outcome.net))
  return {
    selected: outcomes.length,
    with_candles: outcomes.filter(hasCandles).length,
    traded,
    capital,
    stake: terms.stake,
    net_pnl,
    return_per_traded_alert: finite(net_pnl / (traded * terms.stake)),
    hit_rate: finite(peaks.filter(peak => peak >= terms.hitMultiple).length / peaks.length),
    median_peak_multiple: finite(median(peaks)),
    median_end_multiple: finite(median(calls.map(call => call.end_multiple))),
    median_minutes_to_peak: finite(median(calls.map(call => call.time_to_peak)) / 60_000),
    callers: callers.filter(row => row.caller !== null).length,
  }
}

/** True for an alert whose token had candles in the window. */
export function hasCandles({ status }: AlertOutcome): boolean {
  return status !== 'no_candles'
}

function executionFigures(orders: readonly Order[], trades: readonly Trade[]): AlertExecutionFigures {
  const sent = orders.filter(order => order.outcome !== 'refused')
  const latencies = Float64Array.from(sent, order => order.arrived - order.sent)
  const count = (outcome: Order['outcome']) => sent.filter(order => order.outcome === outcome).length
  return {
    orders: sent.length,
    filled: count('filled'),
    partial: count('partial'),
    failed: count('failed'),
    expired: count('expired'),
    refused: counted(orders.flatMap(order => order.refusal ?? [])),
    exits: counted(trades.map(trade => trade.exit)),
    mean_latency_ms: finite(mean(latencies)),
    p90_latency_ms: finite(quantile(latencies, 0.9)),
    p99_latency_ms: finite(quantile(latencies, 0.99)),
    total_fees: sum(orders.map(order => order.fee)),
    slippage_cost: slippageCost(orders),
  }
}

function slippageCost(orders: readonly Order[]): number {
  return sum(orders.filter(isFill).map(order => Math.abs(order.price - order.close) * order.qty))
}

/** How often each name occurs, by name. */
function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** A trade as the round trip that the published aggregate reads. */
function tripOf(trade: Trade): Parameters<typeof summarizeRoundTrips>[0][number] {
  const { entry_time, exit_time, qty, entry_price, exit_price, net, return_ratio } = trade
  const gross = qty * (exit_price - entry_price)
  return {
    ...{ direction: 'long', entry_time, exit_time, qty, entry_price, exit_price, gross },
    // Fees are not needed one by one: the net result holds them.
    ...{ entry_fee: 0, exit_fee: gross - net, net, return_pct: return_ratio },
    ...{ holding_days: Math.floor((exit_time - entry_time) / DAY_MS), is_loss: net < 0 },
  }
}

/** Share of the bars from the first entry to the last exit that end with an open position. */
function exposureOf({ ts, open }: CurveColumns, trades: readonly Trade[]): number {
  const first = trades.reduce((least, trade) => Math.min(least, trade.entry_time), Number.POSITIVE_INFINITY)
  const last = trades[trades.length - 1].exit_time
  const from = Math.max(0, firstBarAt(ts, first + 1) - 1)
  const to = Math.max(from + 1, firstBarAt(ts, last))
  return open.subarray(from, to).filter(count => count > 0).length / (to - from)
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null
}
