/** The figures of a forward session from its whole record: headline block, account, and the columns of the extended metrics. */

import type { ForwardSummary } from '../../contracts/types.ts'
import { maximum, mean, minimum, std, sum } from '../base/stats.ts'
import { firstBarAt } from '../market/bars.ts'
import type { BrokerState, Fill } from './broker.ts'
import type { MetricsInput } from './metric-facts.ts'
import { roundTrips } from './round-trips.ts'

/** Everything a session did; `equity` is the account over its starting cash at each bar. */
export interface ForwardRecord {
  /** Bar open, epoch ms. */
  ts: Float64Array
  equity: Float64Array
  fills: readonly Fill[]
}

/** One position from the fill that opened it to the one that closed it. */
export interface Position {
  /** Equity after the closing fill minus equity after the opening one, quote currency. */
  pnl: number
}

/** The position that is still open. */
export interface OpenPosition {
  /** Equity after the fill that opened it, quote currency. */
  openingEquity: number
  /** Execution price of its entries, weighted by quantity. */
  entryPrice: number
}

/** The money of a session under the published names, quote currency. */
export interface ForwardAccount {
  current_equity: number
  total_fees: number
  total_slippage: number
  n_trades: number
  realized_pnl: number
  unrealized_pnl: number
  entry_costs: number
  has_open_position: boolean
  open_position_qty: number
  open_position_entry_price: number | null
  open_position_mark_price: number | null
  open_position_market_value: number
}

/** Closed positions in order, and the open one or null. A position ends when the account is flat; partial fills belong to it. */
export function positions(fills: readonly Fill[]): { closed: Position[]; open: OpenPosition | null } {
  const closed: Position[] = []
  let open: (OpenPosition & { qty: number }) | null = null
  for (const fill of fills) {
    const entry = fill.side === 'BUY' || fill.side === 'SHORT'
    if (entry && open === null) {
      open = { openingEquity: fill.equity_after, entryPrice: fill.exec_price, qty: fill.qty }
    } else if (entry && open !== null) {
      const qty: number = open.qty + fill.qty
      open.entryPrice = (open.qty * open.entryPrice + fill.qty * fill.exec_price) / qty
      open.qty = qty
    } else if (open !== null && fill.qty === 0) {
      closed.push({ pnl: fill.equity_after - open.openingEquity })
      open = null
    } else if (open !== null) {
      open.qty -= fill.qty
    }
  }
  return { closed, open }
}

/**
 * The published headline figures: total_return = last/first − 1 of the equity, max_drawdown of it, annualized_volatility =
 * √252 · sample deviation of the bar returns; trades are closed positions. Null where undefined.
 */
export function forwardSummary({ equity, fills }: ForwardRecord): ForwardSummary {
  const pnl = positions(fills).closed.map(position => position.pnl)
  const bars = equity.length
  const some = pnl.length > 0
  return {
    total_return: bars < 2 ? null : orNull(equity[bars - 1] / equity[0] - 1),
    max_drawdown: bars < 2 ? null : orNull(deepestFall(equity)),
    annualized_volatility: orNull(Math.sqrt(252) * std(barReturns(equity), 1)),
    n_bars: bars,
    n_trades: pnl.length,
    win_rate: some ? pnl.filter(value => value > 0).length / pnl.length : null,
    expectancy: some ? mean(pnl) : null,
    best_trade_pnl: some ? maximum(pnl) : null,
    worst_trade_pnl: some ? minimum(pnl) : null,
    total_fees: sum(fills.map(fill => fill.fee)),
    sharpe_simple: null,
    trades: pnl.length,
  }
}

/** The account after the last bar, whose close is `close` (NaN before the first bar). */
export function forwardAccount(
  fills: readonly Fill[],
  account: BrokerState,
  close: number,
  startingCash: number,
): ForwardAccount {
  const { closed, open } = positions(fills)
  const held = account.qty !== 0
  const value = held ? account.qty * close : 0
  const equity = account.cash + value
  const realized = sum(closed.map(position => position.pnl))
  const unrealized = held && open !== null ? equity - open.openingEquity : 0
  return {
    current_equity: equity,
    total_fees: sum(fills.map(fill => fill.fee)),
    total_slippage: sum(fills.map(fill => fill.slippage)),
    n_trades: fills.length,
    realized_pnl: realized,
    unrealized_pnl: unrealized,
    entry_costs: startingCash + realized + unrealized - equity,
    has_open_position: held,
    open_position_qty: account.qty,
    open_position_entry_price: held && open !== null ? open.entryPrice : null,
    open_position_mark_price: held ? close : null,
    open_position_market_value: value,
  }
}

/**
 * What the extended metrics read of a session: net returns with the first bar's costs in it, growth of 1, exposure held as a
 * share of equity, its changes on bars with fills. `close` has one price per bar of the record.
 */
export function forwardMetricsInput(
  record: ForwardRecord,
  close: Float64Array,
  startingCash: number,
  periodsPerYear: number,
): MetricsInput {
  const { ts, equity, fills } = record
  const bars = ts.length
  const netReturns = new Float64Array(bars)
  const position = new Float64Array(bars)
  const turnover = new Float64Array(bars)
  let qty = 0
  let totalCosts = 0
  for (let i = 0, next = 0; i < bars; i++) {
    netReturns[i] = equity[i] / (i === 0 ? 1 : equity[i - 1]) - 1
    const before = i === 0 ? 0 : position[i - 1]
    const traded = next < fills.length && fills[next].timestamp <= ts[i]
    for (; next < fills.length && fills[next].timestamp <= ts[i]; next++) {
      const fill = fills[next]
      const after = unitsAfter(qty, fill)
      totalCosts += fill.fee + Math.abs((fill.exec_price - fill.close) * (after - qty))
      qty = after
    }
    // No account, no exposure: after a total loss equity is 0.
    position[i] = qty === 0 || equity[i] === 0 ? 0 : (qty * close[i]) / (equity[i] * startingCash)
    if (traded) turnover[i] = Math.abs(position[i] - before)
  }
  const trips = roundTrips(fills).map(trip => ({
    net_pnl: trip.net,
    return_ratio: trip.return_pct,
    holding_days: trip.holding_days,
    bars_held: firstBarAt(ts, trip.exit_time) - firstBarAt(ts, trip.entry_time),
  }))
  return { ts, netReturns, equity, position, close, turnover, roundTrips: trips, totalCosts, periodsPerYear }
}

/** Returns from bar to bar (equity[i] / equity[i − 1] − 1); one fewer than bars. */
export function barReturns(equity: Float64Array): Float64Array {
  const out = new Float64Array(Math.max(0, equity.length - 1))
  for (let i = 1; i < equity.length; i++) out[i - 1] = equity[i] / equity[i - 1] - 1
  return out
}

/** Fall of each bar below the running peak as a ratio of it, ≤ 0. */
export function drawdowns(equity: Float64Array): Float64Array {
  const out = new Float64Array(equity.length)
  let peak = equity[0]
  for (let i = 0; i < equity.length; i++) {
    if (equity[i] > peak) peak = equity[i]
    out[i] = equity[i] / peak - 1
  }
  return out
}

/** The deepest fall below the running peak, ≤ 0; NaN when empty. */
export function deepestFall(equity: Float64Array): number {
  return minimum(drawdowns(equity))
}

function unitsAfter(qty: number, fill: Fill): number {
  if (fill.side === 'BUY') return qty + fill.qty
  if (fill.side === 'SHORT') return qty - fill.qty
  if (fill.qty === 0) return 0
  return fill.side === 'SELL' ? qty - fill.qty : qty + fill.qty
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null
}
