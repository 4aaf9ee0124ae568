/** The aggregate curve of a run: capital at the market's prices on a regular grid, over all alerts; and holding every call beside it. */

import { fail } from '../base/errors.ts'
import type { Bars } from '../market/bars.ts'
import type { Alert } from './alert.ts'
import type { Order } from './execution.ts'

/** Columns of one length, one value a bar; a bar is stamped at its start, its values are those at its end. */
export interface CurveColumns {
  /** Epoch ms. */
  ts: Float64Array
  /** Growth of 1 of buying every call at its price, without costs, and holding it to the end of its window. */
  held: Float64Array
  /** Capital over the capital at the start. */
  equity: Float64Array
  /** equity / equity of the bar before − 1; 0 in the first bar. */
  netReturn: Float64Array
  /** Fall below the highest equity so far; ≤ 0. */
  drawdown: Float64Array
  /** Value of the open positions over the capital. */
  position: Float64Array
  /** Traded value in the bar over the capital before it. */
  turnover: Float64Array
  /** Open positions. */
  open: Float64Array
}

/** Longer curves are refused: they hold nothing that trades.csv does not. */
const MOST_BARS = 1_000_000

/** A curve that alerts are added to in any order of time. */
export class Curve {
  readonly #step: number
  readonly #from: number
  readonly #capital: number
  readonly #alerts: number
  #bars = 0
  /** Gains while a position is open, and from its end on for ever (summed up at the end). */
  #pnl = new Float64Array(1024)
  #final = new Float64Array(1024)
  #value = new Float64Array(1024)
  #open = new Float64Array(1024)
  #traded = new Float64Array(1024)
  #hold = new Float64Array(1024)
  #holdFinal = new Float64Array(1024)

  /**
   * `step` in ms; `first` is the time of the first alert, epoch ms: the grid begins with one bar that ends before it, which is
   * what falls and gains are measured from. `capital` in quote currency, shared by `alerts`.
   */
  constructor(step: number, first: number, capital: number, alerts: number) {
    this.#step = step
    this.#from = (Math.ceil(first / step) - 2) * step
    this.#capital = capital
    this.#alerts = alerts
  }

  /** Add the orders of one alert, in order of time, valued at the candles of its token. */
  addOrders(orders: readonly Order[], bars: Bars, interval: number): void {
    let cash = 0
    let qty = 0
    let candle = 0
    let price = 0
    let bar = -1
    for (const order of orders) {
      const { outcome, side, value, fee } = order
      if (outcome === 'refused' || outcome === 'expired') continue
      const at = this.#barOf(order.time)
      for (let j = bar; j >= 0 && j < at; j++) {
        for (; candle < bars.ts.length && bars.ts[candle] + interval <= this.#endOf(j); candle++)
          price = bars.close[candle]
        this.#pnl[j] += cash + qty * price
        this.#value[j] += qty * price
        if (qty > 0) this.#open[j]++
      }
      bar = at
      const traded = outcome === 'failed' ? 0 : value
      cash += (side === 'SELL' ? traded : -traded) - fee
      if (traded > 0) qty += side === 'SELL' ? -order.qty : order.qty
      // Sold in parts, a position ends as rounding.
      if (side === 'SELL' && qty < order.qty * 1e-9) qty = 0
      this.#traded[at] += traded
    }
    if (bar >= 0) this.#final[bar] += cash
  }

  /** Add the holding of one call: bought at `price`, valued at each bar's end, kept at its last value when the window (ms) ends. */
  addCall(alert: Alert, price: number, bars: Bars, interval: number, window: number): void {
    const end = alert.ts + window
    const first = this.#barOf(alert.ts)
    const last = this.#barOf(end)
    let candle = 0
    let multiple = 1
    for (let j = first; j <= last; j++) {
      const until = Math.min(this.#endOf(j), end)
      for (; candle < bars.ts.length && bars.ts[candle] + interval <= until; candle++) {
        if (bars.ts[candle] + interval > alert.ts) multiple = bars.close[candle] / price
      }
      if (j < last) this.#hold[j] += multiple - 1
      else this.#holdFinal[j] += multiple - 1
    }
  }

  /** The columns over everything that was added; at least one bar. */
  columns(): CurveColumns {
    const bars = Math.max(1, this.#bars)
    const column = () => new Float64Array(bars)
    const [ts, held, equity, netReturn] = [column(), column(), column(), column()]
    const [drawdown, position, turnover] = [column(), column(), column()]
    let [final, holdFinal, before, peak] = [0, 0, 1, 1]
    for (let j = 0; j < bars; j++) {
      final += this.#final[j]
      holdFinal += this.#holdFinal[j]
      ts[j] = this.#from + j * this.#step
      equity[j] = 1 + (final + this.#pnl[j]) / this.#capital
      held[j] = 1 + (holdFinal + this.#hold[j]) / this.#alerts
      netReturn[j] = equity[j] / before - 1
      peak = Math.max(peak, equity[j])
      drawdown[j] = equity[j] / peak - 1
      position[j] = this.#value[j] / (equity[j] * this.#capital)
      turnover[j] = this.#traded[j] / (before * this.#capital)
      before = equity[j]
    }
    return { ts, held, equity, netReturn, drawdown, position, turnover, open: this.#open.slice(0, bars) }
  }

  /** The bar whose end is the first at `time` or later; the arrays reach it. */
  #barOf(time: number): number {
    const bar = Math.max(0, Math.ceil((time - this.#from) / this.#step) - 1)
    if (bar >= this.#bars) this.#reach(bar + 1)
    return bar
  }

  #endOf(bar: number): number {
    return this.#from + (bar + 1) * this.#step
  }

  #reach(bars: number): void {
    if (bars > MOST_BARS) {
      const message = `The curve has more than ${MOST_BARS} bars of ${this.#step} ms; choose a longer curve_interval`
      const details = [{ pointer: '/params/strategy_params/curve_interval', message }]
      throw fail('STRATEGY_ERROR', { message }, { details })
    }
    this.#bars = bars
    const size = this.#pnl.length
    if (bars <= size) return
    const grown = (column: Float64Array<ArrayBuffer>) => {
      const longer = new Float64Array(Math.max(bars, 2 * size))
      longer.set(column)
      return longer
    }
    this.#pnl = grown(this.#pnl)
    this.#final = grown(this.#final)
    this.#value = grown(this.#value)
    this.#open = grown(this.#open)
    this.#traded = grown(this.#traded)
    this.#hold = grown(this.#hold)
    this.#holdFinal = grown(this.#holdFinal)
  }
}
