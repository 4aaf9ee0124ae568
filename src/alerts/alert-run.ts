/** The life of one alert: wait for an entry, trade, wait for the re-entry, until the window ends. */

import type { Random } from '../base/random.ts'
import type { Alert } from './alert.ts'
import type { CausalCandles } from './candles.ts'
import { type Bought, Desk, type Settle } from './desk.ts'
import type { ExitReason, Order, Terms } from './execution.ts'
import { type Held, hold } from './holding.ts'
import type { Grant } from './risk.ts'
import type { Rules } from './rules.ts'
import { fallsTo, reaches, Watch } from './watch.ts'

/** One closed trade; amounts in quote currency. */
export interface Trade {
  /** From 1. */
  trade: number
  reason: 'entry' | 'reentry'
  /** Why it ended. */
  exit: ExitReason
  entry_time: number
  exit_time: number
  entry_price: number
  /** Mean price of the sales, by quantity. */
  exit_price: number
  qty: number
  /** Spent on the entry with its fees. */
  cost: number
  /** Received for the sales, after their fees. */
  proceeds: number
  /** proceeds − cost. */
  net: number
  /** net / cost. */
  return_ratio: number
  /** Greatest price seen while it was held, over the price paid. */
  peak_multiple: number
}

/** A run over one alert; whoever drives it answers each entry with a grant, in order of time over all alerts. */
export class AlertRun {
  readonly alert: Alert
  readonly trades: Trade[] = []
  readonly #rules: Rules
  readonly #watch: Watch
  readonly #desk: Desk
  readonly #end: number
  #entryAt = Number.POSITIVE_INFINITY
  #reason: 'entry' | 'reentry' = 'entry'
  #attempts = 0
  #purse: number

  constructor(alert: Alert, candles: CausalCandles, rules: Rules, terms: Terms, random: Random | null, settle: Settle) {
    this.alert = alert
    this.#rules = rules
    this.#watch = new Watch(alert, candles, rules.touch)
    this.#desk = new Desk(candles, terms, random, settle)
    this.#end = alert.ts + rules.window
    this.#purse = rules.stake
    this.#findEntry()
  }

  get orders(): readonly Order[] {
    return this.#desk.orders
  }

  /** When the next entry is sent, epoch ms; Infinity when there is none any more. */
  get entryAt(): number {
    return this.#entryAt
  }

  /** What the next entry would invest, quote currency. */
  get wanted(): number {
    return Math.min(this.#rules.stake, this.#purse)
  }

  /** Carry out the entry that is due, and the trade it opens to its end; then look for the next one. */
  enter(grant: Grant): void {
    const sent = this.#entryAt
    const trade = this.trades.length + 1
    const { candles } = this.#watch
    if (grant.refusal !== null) {
      this.#desk.refused(trade, this.#reason, sent, grant.refusal)
      this.#findReentry(candles.firstClosingAt(sent + 1, 0) - 1)
      return
    }
    // An entry that is repeated is for the next candle: the one it failed in is taken in already.
    const from = this.#attempts++ > 0 ? this.#watch.next : 0
    const order = { trade, reason: this.#reason, sent, budget: grant.budget, from, end: this.#end }
    const result = this.#desk.buy(order)
    if (result === null) {
      this.#entryAt = Number.POSITIVE_INFINITY
    } else if ('failed' in result) {
      this.#watch.passTo(result.failed)
      this.#purse -= result.network
      if (this.#attempts < this.#rules.entryAttempts && this.#purse > 0) this.#enterAt(result.failed)
      else this.#findReentry(result.failed)
    } else {
      this.#watch.passTo(result.k)
      const held = hold(trade, result, this.#end, this.#rules, this.#watch, this.#desk)
      this.#close(trade, result, held)
      this.#findReentry(held.last)
    }
  }

  #findEntry(): void {
    const { entry, pullback, confirmation, confirmationCandles } = this.#rules
    const watch = this.#watch
    if (entry === 'at_call') {
      this.#entryAt = this.alert.ts
      return
    }
    let level = watch.top * (1 + confirmation)
    let above = 0
    for (let i = watch.next; this.#isOpen(i); i++) {
      const close = watch.candles.close(i)
      // Without a price of the call, a rise is measured from the first close after it.
      if (Number.isNaN(level)) level = close * (1 + confirmation)
      if (entry === 'pullback') {
        // The high of this candle may have come after its low, but not after its close.
        const fallen = fallsTo(watch.low(i), watch.top * (1 - pullback))
        watch.look(i)
        if (!fallen && !fallsTo(close, watch.top * (1 - pullback))) continue
      } else {
        watch.look(i)
        above = reaches(close, level) ? above + 1 : 0
        if (above < confirmationCandles) continue
      }
      this.#enterAt(i)
      return
    }
  }

  /** Wait for the fall from the top and the rebound from the lowest price since; `from` is the last candle that has been lived through. */
  #findReentry(from: number): void {
    const { reentryDrop, reentryRebound, maxTrades } = this.#rules
    const watch = this.#watch
    watch.passTo(from)
    this.#entryAt = Number.POSITIVE_INFINITY
    if (reentryDrop === 0 || this.trades.length >= maxTrades || !(this.#purse > 0)) return
    this.#reason = 'reentry'
    this.#attempts = 0
    const fall = 1 - reentryDrop
    let lowest = Number.NaN
    if (from >= 0 && watch.candles.closeTime(from) >= this.alert.ts) {
      const close = watch.candles.close(from)
      if (fallsTo(close, watch.top * fall)) lowest = close
    }
    for (let i = watch.next; this.#isOpen(i); i++) {
      const low = watch.low(i)
      const close = watch.candles.close(i)
      const fallen = fallsTo(low, watch.top * fall)
      watch.look(i)
      if (!Number.isNaN(lowest)) lowest = Math.min(lowest, low)
      else if (fallen) lowest = low
      else if (fallsTo(close, watch.top * fall)) lowest = close
      if (!reaches(close, lowest * (1 + reentryRebound))) continue
      this.#enterAt(i)
      return
    }
  }

  #enterAt(i: number): void {
    this.#entryAt = this.#watch.candles.closeTime(i)
  }

  /** True while candle `i` closes inside the window, where an entry can still be sent; its prices are then known. */
  #isOpen(i: number): boolean {
    const { candles } = this.#watch
    if (i >= candles.count || candles.closeTime(i) >= this.#end) return false
    candles.closed(i)
    return true
  }

  #close(trade: number, bought: Bought, { exit, last, position, peak }: Held): void {
    const { candles } = this.#watch
    const { k, price, qty, invested, network } = bought
    const cost = invested + network
    const { proceeds } = position
    const net = proceeds - cost
    const exit_time = candles.closeTime(last)
    this.#desk.closed(exit_time, bought, net)
    this.#purse += net
    // The market may have had no candle for the last sale.
    const { reason } = this.orders[this.orders.length - 1]
    this.trades.push({
      trade,
      reason: this.#reason,
      exit: reason === 'end_of_data' ? reason : exit,
      entry_time: candles.closeTime(k),
      exit_time,
      entry_price: price,
      exit_price: position.sold / qty,
      qty,
      cost,
      proceeds,
      net,
      return_ratio: net / cost,
      peak_multiple: peak / price,
    })
  }
}
