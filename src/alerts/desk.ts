/** Orders of one alert: sent, delayed, failed, filled in part or whole, and written down. */

import type { Random } from '../base/random.ts'
import type { CausalCandles } from './candles.ts'
import { type Draw, nextDraw } from './draws.ts'
import {
  arrivalOf,
  type ExitReason,
  fails,
  filledPart,
  isCongested,
  networkFee,
  type Order,
  type OrderReason,
  type Refusal,
  type Side,
  slippageOf,
  type Terms,
} from './execution.ts'
import type { Settlement } from './risk.ts'

/** A filled entry. */
export interface Bought {
  /** Candle it was filled in. */
  k: number
  price: number
  qty: number
  /** Quote currency: given for the tokens with the trading fee; taken by the network. */
  invested: number
  network: number
}

/** A position while it is sold. */
export interface Position {
  /** Quantity still held. */
  left: number
  /** Value of the sales at their prices, and what they brought after fees; quote currency. */
  sold: number
  proceeds: number
}

/** Where a result is told that the risk limits must know. */
export type Settle = (settlement: Omit<Settlement, 'alert' | 'sequence'>) => void

/** Chance has nothing to say where no model is random. */
const CERTAIN: Draw = { latency: 0, jitter: 0, failure: 1, partial: 1, part: 1 }
/** Shares of the bought quantity below this are rounding. */
const DUST = 1e-9

/** The desk of one alert. */
export class Desk {
  readonly orders: Order[] = []
  readonly #candles: CausalCandles
  readonly #terms: Terms
  readonly #random: Random | null
  readonly #settle: Settle

  constructor(candles: CausalCandles, terms: Terms, random: Random | null, settle: Settle) {
    this.#candles = candles
    this.#terms = terms
    this.#random = random
    this.#settle = settle
  }

  /** Write down an entry that a limit forbade. */
  refused(trade: number, reason: OrderReason, sent: number, refusal: Refusal): void {
    this.#record(trade, 'BUY', reason, 'refused', sent, { refusal })
  }

  /**
   * Send an entry of `budget` for candle `from` or later, to be filled before `end`. null: the market had no candle for it in
   * time; `failed`: the candle in which it failed.
   */
  buy(entry: {
    trade: number
    reason: OrderReason
    sent: number
    budget: number
    from: number
    end: number
  }): Bought | { failed: number; network: number } | null {
    const { trade, reason, sent, budget, from, end } = entry
    const candles = this.#candles
    const draw = this.#draw()
    const arrived = arrivalOf(this.#terms, draw, sent)
    const k = candles.firstClosingAt(arrived, from)
    if (k >= candles.count || candles.closeTime(k) >= end) {
      // That the market had no candle for it is known when the window ends.
      const time = Math.max(sent, end)
      this.#record(trade, 'BUY', reason, 'expired', sent, { arrived, time })
      this.#settle({ time, pnl: 0, released: budget, closed: null })
      return null
    }
    candles.closed(k)
    const time = candles.closeTime(k)
    const congested = isCongested(candles, k)
    const network = networkFee(this.#terms, congested)
    if (fails(this.#terms, draw, congested)) {
      this.#record(trade, 'BUY', reason, 'failed', sent, { arrived, time, fee: network, congested })
      this.#settle({ time, pnl: -network, released: budget, closed: null })
      return { failed: k, network }
    }
    const part = filledPart(this.#terms, draw)
    const invested = budget * part
    const tradingFee = invested * (this.#terms.costs.tradingFee ?? 0)
    const close = candles.close(k)
    const slippage = slippageOf(this.#terms, invested, candles.value(k))
    const price = close * (1 + slippage)
    const qty = (invested - tradingFee) / price
    const traded = {
      arrived,
      time,
      close,
      price,
      qty,
      value: qty * price,
      fee: tradingFee + network,
      slippage,
      congested,
    }
    this.#record(trade, 'BUY', reason, part < 1 ? 'partial' : 'filled', sent, traded)
    this.#settle({ time, pnl: 0, released: budget - invested, closed: null })
    return { k, price, qty, invested, network }
  }

  /**
   * Sell `qty` of a position, for candle `from` or later; what failed or was left is sent again for the next candle, and
   * valued at the last close where the data end. The candle of the last sale.
   */
  sell(
    position: Position,
    sale: { trade: number; reason: ExitReason; qty: number; sent: number; from: number },
    bought: Bought,
  ): number {
    const candles = this.#candles
    const { trade, reason } = sale
    let { qty: wanted, sent, from } = sale
    for (;;) {
      const draw = this.#draw()
      const arrived = arrivalOf(this.#terms, draw, sent)
      const found = candles.firstClosingAt(arrived, from)
      const ended = found >= candles.count
      const k = ended ? candles.count - 1 : found
      candles.closed(k)
      const time = candles.closeTime(k)
      const why = ended ? 'end_of_data' : reason
      const congested = isCongested(candles, k)
      const network = networkFee(this.#terms, congested)
      if (!ended && fails(this.#terms, draw, congested)) {
        position.proceeds -= network
        this.#record(trade, 'SELL', why, 'failed', sent, { arrived, time, fee: network, congested })
        this.#settle({ time, pnl: -network, released: 0, closed: null })
      } else {
        const part = ended ? 1 : filledPart(this.#terms, draw)
        // A ladder whose shares sum to 1 but for rounding leaves nothing behind.
        const whole = position.left - wanted * part < bought.qty * DUST
        const qty = whole ? position.left : wanted * part
        const close = candles.close(k)
        const slippage = slippageOf(this.#terms, qty * close, candles.value(k))
        const price = close * (1 - slippage)
        const value = qty * price
        const fee = value * (this.#terms.costs.tradingFee ?? 0) + network
        const released = bought.invested * (qty / bought.qty)
        position.left -= qty
        position.sold += value
        position.proceeds += value - fee
        wanted -= qty
        const traded = { arrived, time, close, price, qty, value, fee, slippage, congested }
        this.#record(trade, 'SELL', why, part < 1 ? 'partial' : 'filled', sent, traded)
        this.#settle({ time, pnl: value - fee - released, released, closed: null })
        if (wanted < bought.qty * DUST) return k
      }
      sent = time
      from = k + 1
    }
  }

  /** Tell the limits that a trade is over. */
  closed(time: number, { network }: Bought, net: number): void {
    this.#settle({ time, pnl: -network, released: 0, closed: net })
  }

  #draw(): Draw {
    return this.#random === null ? CERTAIN : nextDraw(this.#random)
  }

  #record(
    trade: number,
    side: Side,
    reason: OrderReason,
    outcome: Order['outcome'],
    sent: number,
    facts: Partial<Order>,
  ): void {
    const none = Number.NaN
    // Written out: copying objects into each other is what takes longest in a simulation otherwise.
    this.orders.push({
      trade,
      side,
      reason,
      outcome,
      refusal: facts.refusal ?? null,
      sent,
      arrived: facts.arrived ?? none,
      time: facts.time ?? sent,
      close: facts.close ?? none,
      price: facts.price ?? none,
      qty: facts.qty ?? none,
      value: facts.value ?? none,
      fee: facts.fee ?? 0,
      slippage: facts.slippage ?? none,
      congested: facts.congested ?? false,
    })
  }
}
