/** A position from its purchase to its last sale: stops, trailing stop, take-profits, time limit. */

import type { Bought, Desk, Position } from './desk.ts'
import type { ExitReason } from './execution.ts'
import type { Rules } from './rules.ts'
import { fallsTo, reaches, type Watch } from './watch.ts'

/** How a position ended. */
export interface Held {
  exit: ExitReason
  /** Candle of the last sale. */
  last: number
  position: Position
  /** Greatest price seen while it was held. */
  peak: number
}

/**
 * Hold what was bought until it is sold. Decisions are made at the close of each candle, in the order stop loss, trailing
 * stop, take-profits; the time limit and the end of the window (`end`) by the clock. While an order is on its way nothing else
 * is decided.
 */
export function hold(trade: number, bought: Bought, end: number, rules: Rules, watch: Watch, desk: Desk): Held {
  const { candles } = watch
  const entered = candles.closeTime(bought.k)
  const limit = entered + rules.timeLimit
  const deadline = Math.min(end, limit)
  const position: Position = { left: bought.qty, sold: 0, proceeds: 0 }
  let peak = candles.close(bought.k)
  let rung = 0
  let busyUntil = entered
  let exit: ExitReason
  let sent: number
  let i = bought.k + 1
  for (; ; i++) {
    if (i >= candles.count) {
      // Where the data end, there is no candle for the sale: it is valued at the last close.
      exit = 'end_of_data'
      sent = candles.closeTime(candles.count - 1)
      break
    }
    const time = candles.closeTime(i)
    if (time >= deadline) {
      exit = limit < end ? 'time_limit' : 'window_end'
      sent = Math.max(deadline, busyUntil)
      break
    }
    candles.closed(i)
    watch.look(i)
    const before = peak
    const high = watch.high(i)
    if (high > peak) peak = high
    if (time < busyUntil) continue
    const stop = stopOf(i, bought.price, before, peak, rules, watch)
    if (stop !== null) {
      exit = stop
      sent = time
      break
    }
    let share = 0
    while (rung < rules.takeProfit.length && reaches(high, bought.price * (1 + rules.takeProfit[rung].gain)))
      share += rules.takeProfit[rung++].share
    if (share === 0) continue
    const qty = Math.min(position.left, share * bought.qty)
    const last = desk.sell(position, { trade, reason: 'take_profit', qty, sent: time, from: i }, bought)
    if (position.left === 0) return { exit: 'take_profit', last, position, peak }
    busyUntil = candles.closeTime(last)
  }
  const last = desk.sell(position, { trade, reason: exit, qty: position.left, sent, from: i }, bought)
  return { exit, last, position, peak }
}

/** The stop that candle `i` sets off, the loss first; `before` and `peak` are the greatest price without and with it. */
function stopOf(
  i: number,
  paid: number,
  before: number,
  peak: number,
  { stopLoss, trailingStop, trailingActivation }: Rules,
  watch: Watch,
): 'stop_loss' | 'trailing_stop' | null {
  const low = watch.low(i)
  if (stopLoss > 0 && fallsTo(low, paid * (1 - stopLoss))) return 'stop_loss'
  if (trailingStop === 0) return null
  const active = paid * (1 + trailingActivation)
  // Which of high and low came first is not known, but the close came after both.
  if (reaches(before, active) && fallsTo(low, before * (1 - trailingStop))) return 'trailing_stop'
  const fallen = fallsTo(watch.candles.close(i), peak * (1 - trailingStop))
  return reaches(peak, active) && fallen ? 'trailing_stop' : null
}
