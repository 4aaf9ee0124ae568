/** The tables of a finished simulation: fills, alerts, callers; and its orders as events. */

import { type Cell, type Table, tableOf } from '../base/table.ts'
import { isoInstant } from '../base/time.ts'
import type { CallerRow } from './calls.ts'
import type { Order } from './execution.ts'
import type { AlertOutcome } from './simulation.ts'

const TRADE_COLUMNS = [
  ...['timestamp', 'side', 'close', 'exec_price', 'qty', 'fee', 'equity_after', 'slippage', 'reason'],
  ...['alert_id', 'trade', 'token', 'symbol', 'caller', 'sent', 'latency_ms', 'partial'],
]

/** An order with its alert. */
export interface Placed {
  outcome: AlertOutcome
  order: Order
}

/** Every order in order of time, then of alerts, then as they were made. */
export function placedOrders(outcomes: readonly AlertOutcome[]): Placed[] {
  return outcomes
    .flatMap(outcome => outcome.orders.map(order => ({ outcome, order })))
    .sort((a, b) => a.order.time - b.order.time)
}

/** True for an order that traded. */
export function isFill({ outcome }: Order): boolean {
  return outcome === 'filled' || outcome === 'partial'
}

/**
 * The rows of trades.csv: the published columns, then which alert. `equity_after` is the purse of the alert (`stake` at first) with
 * what it holds at `close`; `qty` is always what was traded; `fee` holds trading and network fees.
 */
export function tradesTable(placed: readonly Placed[], stake: number): Table {
  const purses = new Map<AlertOutcome, { cash: number; qty: number }>()
  const rows: Record<string, Cell>[] = []
  for (const { outcome, order } of placed) {
    const purse = purses.get(outcome) ?? { cash: stake, qty: 0 }
    purses.set(outcome, purse)
    purse.cash -= order.fee
    if (!isFill(order)) continue
    const sign = order.side === 'BUY' ? 1 : -1
    purse.cash -= sign * order.value
    purse.qty += sign * order.qty
    if (Math.abs(purse.qty) < order.qty * 1e-9) purse.qty = 0
    const { alert } = outcome
    rows.push({
      timestamp: isoInstant(order.time),
      side: order.side,
      close: order.close,
      exec_price: order.price,
      qty: order.qty,
      fee: order.fee,
      equity_after: purse.cash + purse.qty * order.close,
      slippage: order.slippage,
      reason: order.reason,
      alert_id: alert.alert_id,
      trade: order.trade,
      token: alert.token,
      symbol: alert.symbol,
      caller: alert.caller,
      sent: isoInstant(order.sent),
      latency_ms: order.arrived - order.sent,
      partial: order.outcome === 'partial',
    })
  }
  return tableOf(TRADE_COLUMNS, rows)
}

const ALERT_COLUMNS = [
  ...['alert_id', 'ts', 'token', 'symbol', 'chain', 'venue', 'caller', 'source', 'price', 'market_cap', 'status'],
  ...['price_at_call', 'candles', 'peak_multiple', 'minutes_to_peak', 'drawdown_to_peak', 'end_multiple', 'hit'],
  ...['trades', 'wins', 'orders', 'failed_orders', 'refusal', 'first_entry', 'last_exit', 'last_reason'],
  ...['fees', 'net_pnl', 'return_ratio'],
]

/** The rows of alerts.csv, in the order of the alerts; what is undefined is empty. */
export function alertsTable(outcomes: readonly AlertOutcome[], stake: number, hitMultiple: number): Table {
  return tableOf(
    ALERT_COLUMNS,
    outcomes.map(outcome => alertRow(outcome, stake, hitMultiple)),
  )
}

function alertRow(
  { alert, status, call, orders, trades, net }: AlertOutcome,
  stake: number,
  hitMultiple: number,
): Record<string, Cell> {
  const known = call !== null && call.candles > 0
  const last = trades.at(-1)
  return {
    ...alert,
    ts: isoInstant(alert.ts),
    status,
    price_at_call: call?.price,
    candles: call?.candles ?? 0,
    peak_multiple: call?.peak_multiple,
    minutes_to_peak: known ? call.time_to_peak / 60_000 : null,
    drawdown_to_peak: call?.drawdown_to_peak,
    end_multiple: call?.end_multiple,
    hit: known ? call.peak_multiple >= hitMultiple : null,
    trades: trades.length,
    wins: trades.filter(trade => trade.net > 0).length,
    orders: orders.filter(order => order.outcome !== 'refused').length,
    failed_orders: orders.filter(order => order.outcome === 'failed').length,
    refusal: orders.find(order => order.refusal !== null)?.refusal,
    first_entry: trades.length > 0 ? isoInstant(trades[0].entry_time) : null,
    last_exit: last === undefined ? null : isoInstant(last.exit_time),
    last_reason: last?.exit,
    fees: orders.reduce((sum, order) => sum + order.fee, 0),
    net_pnl: net,
    return_ratio: net / stake,
  }
}

const CALLER_COLUMNS = [
  ...['caller', 'calls', 'calls_with_candles', 'hit_rate', 'mean_peak_multiple', 'median_peak_multiple'],
  ...['p25_peak_multiple', 'p75_peak_multiple', 'best_peak_multiple', 'median_end_multiple'],
  ...['median_drawdown_to_peak', 'worst_drawdown_to_peak', 'median_minutes_to_peak', 'trades', 'win_rate'],
  ...['net_pnl', 'return_per_call'],
]

/** The rows of callers.csv. */
export function callersTable(rows: readonly CallerRow[]): Table {
  return tableOf(CALLER_COLUMNS, rows as unknown as Record<string, Cell>[])
}

/** One line of events.ndjson: an order with its outcome, in the terms of a trade event. */
export function eventOf({ outcome, order }: Placed): Record<string, unknown> {
  const number = (value: number) => (Number.isNaN(value) ? null : value)
  const failed = order.outcome === 'failed' || order.outcome === 'expired' || order.outcome === 'refused'
  return {
    timestampISO: isoInstant(order.time),
    type: order.side === 'SELL' ? 'exit' : order.reason,
    asset: outcome.alert.token ?? outcome.alert.symbol,
    alertId: outcome.alert.alert_id,
    trade: order.trade,
    reason: order.reason,
    sentISO: isoInstant(order.sent),
    price: number(order.price),
    quantity: number(order.qty),
    value: number(order.value),
    fees: order.fee,
    slippage: number(order.slippage),
    latencyMs: number(order.arrived - order.sent),
    partialFill: order.outcome === 'partial',
    failed,
    failureReason: failed ? (order.refusal ?? order.outcome) : null,
    congested: order.congested,
  }
}
