/** The paper broker: cash and quantity, one `step` per bar, and the fills it makes (contract §8). */

import { type Table, tableOf } from '../base/table.ts'
import { isoDate, isoInstant, parseInterval } from '../market/calendar.ts'
import type { TargetChanges } from '../strategies/strategy.ts'
import { slippageFraction } from './costs.ts'
import type { SimulationInput } from './simulate.ts'

/** BUY and SELL open and close a long position; SHORT and COVER a short one, so that no reader can pair them wrongly. */
export type Side = 'BUY' | 'SELL' | 'SHORT' | 'COVER'

/** One execution; fields as in trades.csv, time as epoch milliseconds. */
export interface Fill {
  timestamp: number
  side: Side
  /** Price before slippage: the close that gave the signal, or the open in `next_open`. */
  close: number
  exec_price: number
  /** Base units traded; 0 for a SELL or COVER that closes the whole position, as published. */
  qty: number
  /** Quote currency. */
  fee: number
  /** Cash plus quantity at `close`, after the fill; quote currency. */
  equity_after: number
  /** Fraction of the price. */
  slippage: number
  /** `signal=1` when exposure was bought, `signal=-1` when it was sold, `liquidation` when a short had lost everything. */
  reason: string
}

/** The whole state of an account: plain data that a session can write down and take up again. */
export interface BrokerState {
  /** Quote currency. */
  cash: number
  /** Base units held; negative when short. */
  qty: number
  /** Exposure ordered last; the broker trades when it changes, not when prices move the account away from it. */
  target: number
}

/** Where and when a fill happens: its time, the price before slippage, and the two costs as fractions. */
export interface Quote {
  timestamp: number
  price: number
  fee: number
  slippage: number
}

/** What a bar's fills depend on besides the target. */
export type FillFrame = Omit<SimulationInput, 'targets'>

const COLUMNS = [
  'timestamp',
  'side',
  'close',
  'exec_price',
  'qty',
  'fee',
  'equity_after',
  'slippage',
  'reason',
] as const

/** An account that holds nothing but cash. */
export function openAccount(initialCash: number): BrokerState {
  return { cash: initialCash, qty: 0, target: 0 }
}

/** Value of the account at `price`, in quote currency. */
export function accountEquity(state: BrokerState, price: number): number {
  return state.cash + state.qty * price
}

/**
 * Bring the account to exposure `target` (−1…1) at `quote` and return the fills: none when the target is the one ordered last,
 * two when it changes sides. Changes `state` in place. Long entries spend the fraction of equity including the fee, so target 1
 * spends all cash; short entries sell that fraction of equity at the price before slippage. An account worth nothing
 * opens nothing; a short that has lost all equity is covered whatever the target.
 */
export function step(state: BrokerState, target: number, quote: Quote): Fill[] {
  const fills: Fill[] = []
  trade(state, target, quote, fills)
  return fills
}

/**
 * All fills of a frame under the execution model of `input`, starting from `initialCash`. `curve`, where given, receives the
 * value of the account at each close of the frame, in quote currency.
 */
export function paperFills(
  input: SimulationInput,
  ts: Float64Array,
  initialCash: number,
  curve: Float64Array | null,
): Fill[] {
  const { close, targets, from } = input
  const delayed = input.execution === 'next_open'
  const state = openAccount(initialCash)
  const fills: Fill[] = []
  for (let i = from; i < close.length; i++) {
    const target = delayed ? (i === from ? 0 : targets[i - 1]) : targets[i]
    visit(state, target, i, input, ts, fills)
    if (curve !== null) curve[i - from] = accountEquity(state, close[i])
  }
  return fills
}

/** The fills of `paperFills` from the bars on which the target changes, which lie at or after `frame.from`. */
export function fillsOfChanges(
  frame: FillFrame,
  changes: TargetChanges,
  ts: Float64Array,
  initialCash: number,
): Fill[] {
  const n = frame.close.length
  const delay = frame.execution === 'next_open' ? 1 : 0
  const state = openAccount(initialCash)
  const fills: Fill[] = []
  for (let k = 0, i = frame.from; k <= changes.count; k++) {
    const at = k < changes.count ? changes.bars[k] + delay : n
    // Between changes only a short can trade, by being liquidated.
    for (; i < at && i < n && state.qty < 0; i++) visit(state, state.target, i, frame, ts, fills)
    if (at >= n) break
    visit(state, changes.targets[k], at, frame, ts, fills)
    i = at + 1
  }
  return fills
}

/** Fees and slippage of all fills in quote currency: slippage is what the price moved against each unit traded. */
export function totalCosts(fills: readonly Fill[]): number {
  let held = 0
  let costs = 0
  for (const { side, qty, fee, close, exec_price } of fills) {
    // A fill that closes the whole position is logged with quantity 0.
    const traded = qty === 0 ? held : qty
    held += side === 'BUY' || side === 'SHORT' ? traded : -traded
    costs += fee + traded * Math.abs(exec_price - close)
  }
  return costs
}

/** The rows of trades.csv: dates (`YYYY-MM-DD`) for intervals of a day or more, instants (ISO 8601, UTC) below. */
export function fillRows(fills: readonly Fill[], interval: string): Table {
  const { unit } = parseInterval(interval)
  const text = unit === 'm' || unit === 'h' ? isoInstant : isoDate
  return tableOf(
    COLUMNS,
    fills.map(fill => ({ ...fill, timestamp: text(fill.timestamp) })),
  )
}

/** One bar of a frame: trade where the target is a new one, or a short has lost everything. */
function visit(state: BrokerState, target: number, i: number, frame: FillFrame, ts: Float64Array, fills: Fill[]): void {
  const open = frame.execution === 'next_open' ? frame.open : null
  const price = open === null ? frame.close[i] : open[i]
  // A short is looked at on every bar because it may have to be liquidated.
  if (target === state.target && !(state.qty < 0 && accountEquity(state, price) <= 0)) return
  const { atr, costs, close, from } = frame
  // What is known when the order is given: at this close, or at the one before this open.
  const j = open === null ? i : Math.max(from, i - 1)
  const slippage = slippageFraction(costs, atr === null ? 0 : atr[j], close[j])
  trade(state, target, { timestamp: ts[i], price, fee: costs.fee, slippage }, fills)
}

/** `step`, appending to `fills`. */
function trade(state: BrokerState, target: number, quote: Quote, fills: Fill[]): void {
  const { price } = quote
  if (state.qty < 0 && accountEquity(state, price) <= 0) fills.push(cover(state, -state.qty, quote, 'liquidation'))
  if (target === state.target) return
  state.target = target
  if (state.qty > 0 && target <= 0) fills.push(sell(state, state.qty, quote))
  if (state.qty < 0 && target >= 0) fills.push(cover(state, -state.qty, quote, 'signal=1'))
  const equity = accountEquity(state, price)
  if (target === 0 || !(equity > 0)) return

  // What is missing to the wanted exposure, in quote currency, counted in the direction of the position.
  const missing = Math.abs(target) * equity - Math.abs(state.qty) * price
  if (target > 0) {
    // All in means the cash that is there, without the rounding of the subtraction above.
    const budget = target === 1 ? state.cash : Math.min(missing, state.cash)
    if (budget > 0) fills.push(buy(state, budget, quote))
    else if (missing < 0) fills.push(sell(state, Math.min(-missing / price, state.qty), quote))
  } else if (missing > 0) {
    fills.push(short(state, missing / price, quote))
  } else if (missing < 0) {
    fills.push(cover(state, Math.min(-missing / price, -state.qty), quote, 'signal=1'))
  }
}

function buy(state: BrokerState, budget: number, quote: Quote): Fill {
  const price = quote.price * (1 + quote.slippage)
  const fee = budget * quote.fee
  const qty = (budget - fee) / price
  state.cash -= budget
  state.qty += qty
  return fillOf('BUY', price, qty, fee, state, quote, 'signal=1')
}

function sell(state: BrokerState, qty: number, quote: Quote): Fill {
  const price = quote.price * (1 - quote.slippage)
  const fee = qty * price * quote.fee
  const whole = qty === state.qty
  state.cash += qty * price - fee
  state.qty -= qty
  return fillOf('SELL', price, whole ? 0 : qty, fee, state, quote, 'signal=-1')
}

function short(state: BrokerState, qty: number, quote: Quote): Fill {
  const price = quote.price * (1 - quote.slippage)
  const fee = qty * price * quote.fee
  state.cash += qty * price - fee
  state.qty -= qty
  return fillOf('SHORT', price, qty, fee, state, quote, 'signal=-1')
}

function cover(state: BrokerState, qty: number, quote: Quote, reason: string): Fill {
  const price = quote.price * (1 + quote.slippage)
  const fee = qty * price * quote.fee
  const whole = qty === -state.qty
  state.cash -= qty * price + fee
  state.qty += qty
  return fillOf('COVER', price, whole ? 0 : qty, fee, state, quote, reason)
}

function fillOf(
  side: Side,
  exec_price: number,
  qty: number,
  fee: number,
  state: BrokerState,
  quote: Quote,
  reason: string,
): Fill {
  return {
    timestamp: quote.timestamp,
    side,
    close: quote.price,
    exec_price,
    qty,
    fee,
    equity_after: accountEquity(state, quote.price),
    slippage: quote.slippage,
    reason,
  }
}
