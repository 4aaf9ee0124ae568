/** The daily engine of the long–short book: mark, fund, drift, force out, execute, charge, decide, one calendar day after another (spec §11). */

import type { Panel } from '../market/panel.ts'
import type { RegimeConfig } from './config-types.ts'
import { drift, execute, forceOut, fundingOf, LastPrices, type Traded } from './holdings.ts'
import type { Regime } from './regimes.ts'
import { type Exit, exitReason, volatilityScale } from './risk.ts'
import type { Universe } from './universe.ts'
import { type Book, FLAT, regimeScale, scaled } from './weights.ts'

export type Decision = 'rebalance' | 'hold' | Exit

/** Rows of the backtest as columns; returns and turnover are ratios of the equity at the start of the day. */
export interface Backtest {
  /** Row of the panel that the first row of the backtest stands for. */
  start: number
  rows: number
  /** Gross return of the holdings, before costs and funding. */
  gross: Float64Array
  cost: Float64Array
  /** Paid when positive. */
  funding: Float64Array
  net: Float64Array
  altTurnover: Float64Array
  majorTurnover: Float64Array
  /** Exposures after trading. */
  altGross: Float64Array
  majorGross: Float64Array
  netExposure: Float64Array
  altCount: Int32Array
  /** Gross exposure held over the day, before its close. */
  grossHeld: Float64Array
  /** Starts at 1 before the first row. */
  equity: Float64Array
  decision: Decision[]
  /** Scale of the book ordered that day; NaN unless the decision is a rebalance. */
  scale: Float64Array
  regime: (Regime | null)[]
  score: Float64Array
  /** Regime at the decision that created the weights held over the day; null after a flat order. */
  regimeSignal: (Regime | null)[]
  /** Post-trade weights that are not 0, by day, then asset. */
  holdings: { row: number[]; asset: number[]; weight: number[] }
  /** Where the book is heading at the end of the last row: the order under way, else the weights held. */
  heading: Book
}

export interface BacktestInput {
  panel: Panel
  universe: Universe
  /** By row of the panel. */
  regimes: readonly (Regime | null)[]
  scores: Float64Array
  config: RegimeConfig
  /** First row; all rows to the end of the panel follow. */
  start: number
  /** Target book before scaling, from rows up to t; asked only on days that rebalance. */
  targetAt: (t: number) => Book
}

/** A gross exposure up to this counts as flat. */
const FLAT_GROSS = 0.01
/** A change of the score that rebalances in dynamic mode. */
const SCORE_STEP = 0.3

interface Order {
  due: number
  book: Book
  flat: boolean
  /** Regime at the decision; null for a flat order. */
  regime: Regime | null
}

/** Run the book over the panel; a row reads only rows up to itself and an order executes `execution_lag_days` later. STRATEGY_ERROR when the equity is lost. */
export function runBacktest(input: BacktestInput): Backtest {
  const { panel, universe, regimes, scores, config, start, targetAt } = input
  const { execution_lag_days: lag, max_stale_days, rebalance_frequency_days: every } = config.backtest
  const rows = Math.max(0, panel.days - start)
  const result = emptyBacktest(start, rows)
  const prices = new LastPrices(panel, start)
  const isMajor = new Uint8Array(panel.assets.length)
  for (const a of universe.majors) isMajor[a] = 1
  const weights = new Float64Array(panel.assets.length)
  const perGross = new Float64Array(rows)
  const costRate = (config.costs.taker_fee_bps + config.costs.slippage_bps) / 1e4
  let [equity, entry, invested, lastRebalance, lastScore] = [1, -1, 0, -1, Number.NaN]
  let signal: Regime | null = null
  let lastRegime: Regime | null = null
  let orders: Order[] = []

  for (let row = 0; row < rows; row++) {
    const t = start + row
    // 1–3: mark at today's closes, pay funding, let the weights drift with what was earned.
    const heldGross = grossOf(weights)
    const gross = prices.mark(weights, t)
    const funding = fundingOf(panel, weights, t, config.costs)
    drift(weights, prices.returns, 1 + gross - funding, t, panel)
    // 4–6: close what has no price any more, execute the order due today, charge both.
    const traded: Traded = { alt: 0, major: 0 }
    result.regimeSignal[row] = signal
    forceOut(weights, prices.age, max_stale_days, isMajor, traded)
    for (const order of orders.filter(one => one.due === t)) {
      execute(weights, order.book, prices.age, isMajor, traded)
      signal = order.regime
    }
    orders = orders.filter(one => one.due > t)
    const cost = (traded.alt + traded.major) * costRate
    const net = gross - cost - funding
    equity *= 1 + net
    if (heldGross > FLAT_GROSS) perGross[invested++] = net / heldGross
    recordRow(result, row, { gross, cost, funding, net, equity, heldGross }, traded)
    const held = recordExposure(result, row, weights, isMajor)
    // 7: a position begins where trading made one out of nothing.
    if (held <= FLAT_GROSS) entry = -1
    else if (heldGross <= FLAT_GROSS) entry = row
    // 8: decide with what is known at this close.
    const [regime, score] = [regimes[t], scores[t]]
    const track = { net: result.net.subarray(0, row + 1), equity: result.equity.subarray(0, row + 1), entry, regime }
    const exit = exitReason(track, config.backtest)
    result.regime[row] = regime
    result.score[row] = score
    if (exit !== null) {
      // A flat order under way stays: sent anew each day it would never come due under a lag of several days.
      const leaving = orders.find(order => order.flat)
      orders = leaving !== undefined ? [leaving] : held > 0 || orders.length > 0 ? [flatOrder(t + lag)] : []
      lastRebalance = -1
      result.decision[row] = exit
      continue
    }
    const moved = regime !== lastRegime || Math.abs(score - lastScore) > SCORE_STEP
    const due = lastRebalance < 0 || (every === null ? moved && !Number.isNaN(score) : row - lastRebalance >= every)
    result.decision[row] = due ? 'rebalance' : 'hold'
    if (!due) continue
    const wanted = regimeScale(regime, score, config)
    const scale = Math.min(
      1,
      wanted * volatilityScale(perGross.subarray(0, invested), config.backtest.risk_management.volatility_targeting),
    )
    orders.push({ due: t + lag, book: scaled(targetAt(t), scale), flat: false, regime })
    result.scale[row] = scale
    ;[lastRebalance, lastRegime, lastScore] = [row, regime, score]
  }
  result.heading = orders.length > 0 ? orders[orders.length - 1].book : bookOf(weights)
  return result
}

function recordRow(
  result: Backtest,
  row: number,
  day: { gross: number; cost: number; funding: number; net: number; equity: number; heldGross: number },
  traded: Traded,
): void {
  result.gross[row] = day.gross
  result.cost[row] = day.cost
  result.funding[row] = day.funding
  result.net[row] = day.net
  result.equity[row] = day.equity
  result.grossHeld[row] = day.heldGross
  result.altTurnover[row] = traded.alt
  result.majorTurnover[row] = traded.major
}

/** Write the exposures and holdings after trading; the gross exposure. */
function recordExposure(result: Backtest, row: number, weights: Float64Array, isMajor: Uint8Array): number {
  const { holdings } = result
  for (let a = 0; a < weights.length; a++) {
    if (weights[a] === 0) continue
    const size = Math.abs(weights[a])
    if (isMajor[a] === 1) result.majorGross[row] += size
    else {
      result.altGross[row] += size
      result.altCount[row]++
    }
    result.netExposure[row] += weights[a]
    holdings.row.push(result.start + row)
    holdings.asset.push(a)
    holdings.weight.push(weights[a])
  }
  return result.majorGross[row] + result.altGross[row]
}

function flatOrder(due: number): Order {
  return { due, book: FLAT, flat: true, regime: null }
}

function grossOf(weights: Float64Array): number {
  let total = 0
  for (let a = 0; a < weights.length; a++) total += Math.abs(weights[a])
  return total
}

function bookOf(weights: Float64Array): Book {
  const assets = Array.from(weights.keys()).filter(a => weights[a] !== 0)
  return { assets, weights: assets.map(a => weights[a]) }
}

function emptyBacktest(start: number, rows: number): Backtest {
  const column = () => new Float64Array(rows)
  return {
    start,
    rows,
    gross: column(),
    cost: column(),
    funding: column(),
    net: column(),
    altTurnover: column(),
    majorTurnover: column(),
    altGross: column(),
    majorGross: column(),
    netExposure: column(),
    altCount: new Int32Array(rows),
    grossHeld: column(),
    equity: column(),
    decision: new Array(rows),
    scale: column().fill(Number.NaN),
    regime: new Array(rows),
    score: column(),
    regimeSignal: new Array(rows),
    holdings: { row: [], asset: [], weight: [] },
    heading: FLAT,
  }
}
