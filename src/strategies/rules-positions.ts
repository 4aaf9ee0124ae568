/** Entries, exits, stops and sizes → target exposure per bar, in one pass. */

import { TRUE } from './rules-evaluate.ts'
import type { Stops } from './rules-program.ts'

/** What the pass reads; arrays are over all bars, the frame begins at `from`. */
export interface Signals {
  from: number
  close: Float64Array
  /** Opens, where entries are filled at the next open; null where they are filled at the close that gave the signal. */
  open: Float64Array | null
  long: SideSignals | null
  short: SideSignals | null
  stops: Stops
  minHoldBars: number
  cooldownBars: number
  /** Largest exposure, in (0, 1]. */
  fraction: number
  /** Realised volatility per bar; null without a volatility target. */
  volatility: Float64Array | null
  /** The target in the unit of `volatility`: exposure is target / volatility, at most `fraction`. */
  target: number
  /** Follow the volatility on every bar, instead of keeping the size of the entry. */
  resize: boolean
}

/** Truth per bar, as `rules-evaluate` gives it. */
export interface SideSignals {
  entry: Uint8Array
  exit: Uint8Array | null
}

/**
 * Write the exposure in [-1, 1] decided at each close to `out`, from the first bar of the frame on. Reads nothing beyond the
 * bar: with fills at the next open, the price that stops are measured from is known on the bar after the entry.
 */
export function writePositions(signals: Signals, out: Float64Array): void {
  const { from, close, open, long, short, stops, minHoldBars, cooldownBars, fraction, volatility, target, resize } =
    signals
  let side = 0
  let size = 0
  let entryBar = 0
  let exitBar = Number.NEGATIVE_INFINITY
  // Prices: the best since the fill, and the levels measured from the fill.
  let best = 0
  let lossLevel = 0
  let profitLevel = 0
  for (let i = from; i < out.length; i++) {
    const price = close[i]
    let left = 0

    // 1. The open position: its stops and its time, then its exit condition. Stops that are off have infinite levels.
    if (side !== 0) {
      const held = i - entryBar
      if (held === 1) {
        best = open === null ? close[entryBar] : open[i]
        lossLevel = best - side * best * stops.stopLoss
        profitLevel = best + side * best * stops.takeProfit
      }
      if (side * price > side * best) best = price
      const exit = side > 0 ? long!.exit : short!.exit
      if (
        side * price <= side * lossLevel ||
        side * price >= side * profitLevel ||
        side * price <= side * (best - side * best * stops.trailingStop) ||
        held >= stops.timeExitBars ||
        (exit !== null && exit[i] === TRUE && held > minHoldBars)
      ) {
        left = side
        side = 0
        exitBar = i
      }
    }

    // 2. Entries, while nothing is open: after the cooldown, or on the bar of the exit for the other side.
    const exposure = volatility === null ? fraction : Math.min(fraction, target / volatility[i])
    if (side === 0 && exposure > 0 && (i - exitBar > cooldownBars || (left !== 0 && cooldownBars === 0))) {
      const buy = long !== null && long.entry[i] === TRUE
      const sell = short !== null && short.entry[i] === TRUE
      const wanted = buy === sell ? 0 : buy ? 1 : -1
      if (wanted !== 0 && wanted !== left) {
        side = wanted
        size = exposure
        entryBar = i
      }
    }

    // 3. The size follows the volatility where asked to; an undefined one keeps it.
    if (resize && exposure > 0) size = exposure
    out[i] = side === 0 ? 0 : side * size
  }
}
