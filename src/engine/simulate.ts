/** The bar loop: target exposure → fill → net return → equity, in one pass without allocation. */

import { fail } from '../base/errors.ts'
import type { Execution } from '../strategies/strategy.ts'
import { type Costs, slippageFraction } from './costs.ts'

/** What the loop reads; columns are over all bars, the frame begins at `from`. */
export interface SimulationInput {
  close: Float64Array
  /** Needed for `next_open`. */
  open: Float64Array | null
  targets: Float64Array
  /** ATR per bar for slippage mode `atr`; null where it is unknown or not needed. */
  atr: Float64Array | null
  /** First bar of the frame: the number of warm-up bars. */
  from: number
  execution: Execution
  costs: Costs
}

/** What the loop writes; element k belongs to bar `from + k`. Arrays may be longer than the frame. */
export interface SimulationOutput {
  /** Exposure held at the close of the bar. */
  position: Float64Array
  /** Return of the bar on equity, after costs. */
  netReturn: Float64Array
  /** Growth of 1: the product of 1 + netReturn. */
  equity: Float64Array
}

/** How often the target and the position changed. */
export interface SimulationCounts {
  /** Bars in the frame. */
  bars: number
  /** Bars on which the position changed. */
  tradeCount: number
  /** Bars on which the target rose, respectively fell. */
  buySignals: number
  sellSignals: number
}

/** Output buffers for frames of at most `bars` bars. */
export function simulationOutput(bars: number): SimulationOutput {
  return { position: new Float64Array(bars), netReturn: new Float64Array(bars), equity: new Float64Array(bars) }
}

/**
 * Run the frame and fill `out`. With p the exposure held before bar i, t the exposure after its fill, c and o its close and
 * open, and cost = |t − p| · (fee + slippage):
 *
 * - `signal_close` (contract §7): t = target[i], filled at c[i]; net[i] = p · (c[i]/c[i−1] − 1) − cost.
 * - `next_open`: t = target[i−1], filled at o[i] with the slippage known at the close of i−1. Without a change
 *   net[i] = p · (c[i]/c[i−1] − 1), else net[i] = (1 + p·(o[i]/c[i−1] − 1)) · (1 − cost) · (1 + t·(c[i]/o[i] − 1)) − 1.
 *   The target of the last bar stays an unfilled order.
 *
 * Exposure is a fraction of equity and is kept without cost between changes. Losses of an account that is short, or that
 * trades at the open, end at −100 %: equity is 0 from there on. STRATEGY_ERROR for a target that is NaN or outside [−1, 1].
 */
export function simulate(input: SimulationInput, out: SimulationOutput): SimulationCounts {
  const { close, targets, atr, from, costs } = input
  const { position, netReturn, equity } = out
  const open = input.execution === 'next_open' ? input.open : null
  const n = close.length
  let held = 0
  let growth = 1
  let wanted = 0
  let tradeCount = 0
  let buySignals = 0
  let sellSignals = 0
  for (let i = from, k = 0; i < n; i++, k++) {
    const decided = targets[i]
    if (!(decided >= -1 && decided <= 1)) throw badTarget(decided, i)
    const target = open === null ? decided : wanted
    if (decided > wanted) buySignals++
    else if (decided < wanted) sellSignals++
    wanted = decided

    const change = target - held
    let net = held === 0 ? 0 : held * (close[i] / close[i - 1] - 1)
    if (change !== 0) {
      tradeCount++
      // The slippage of a fill is known when the order is given: at this close, or at the one before this open.
      const j = open === null ? i : i - 1
      const cost = Math.abs(change) * (costs.fee + slippageFraction(costs, atr === null ? 0 : atr[j], close[j]))
      if (open === null) {
        net -= cost
      } else {
        const atOpen = Math.max(0, (1 + held * (open[i] / close[i - 1] - 1)) * (1 - cost))
        net = atOpen * (1 + target * (close[i] / open[i] - 1)) - 1
      }
    }
    // A long account keeps the published arithmetic, in which absurd costs can pass -100 %.
    if (net < -1 && (open !== null || held < 0 || target < 0)) net = -1
    growth *= 1 + net
    held = target
    position[k] = target
    netReturn[k] = net
    equity[k] = growth
  }
  return { bars: n - from, tradeCount, buySignals, sellSignals }
}

/** Refusal of a target that is no exposure. */
export function badTarget(target: number, bar: number): Error {
  return fail('STRATEGY_ERROR', {
    message: `The strategy gave a target of ${target} at bar ${bar}; it must be a number from -1 to 1.`,
  })
}
