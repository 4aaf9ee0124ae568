/** What a fill costs: a proportional fee and slippage, both as fractions of the traded value. */

/** Cost parameters of one run, as they stand in a request. */
export interface Costs {
  /** Fraction of the traded value per fill, 0 to 1. */
  fee: number
  /** Basis points per fill in mode `fixed`. */
  slippage_bps: number
  /** `atr` scales slippage with volatility, within 2 to 30 basis points. */
  slippage_mode: 'fixed' | 'atr'
  /** Slippage per unit of ATR / close in mode `atr`. */
  k_atr: number
}

/** Bounds of slippage in mode `atr`, as fractions. */
const FLOOR = 2 / 10000
const CEILING = 30 / 10000

/** Window of the ATR that mode `atr` reads, in bars. */
export const SLIPPAGE_ATR_PERIOD = 14

/**
 * Slippage of a fill as a fraction of the price: `slippage_bps / 10000`, or `k_atr * ATR / close` held within 2 to 30 basis
 * points (contract §7). An ATR that is undefined or NaN, and a close that is not positive, give the floor.
 */
export function slippageFraction(costs: Costs, atr: number, close: number): number {
  if (costs.slippage_mode === 'fixed') return costs.slippage_bps / 10000
  const fraction = (costs.k_atr * atr) / close
  if (!(close > 0 && fraction > FLOOR)) return FLOOR
  return Math.min(fraction, CEILING)
}
