/** The daily return that regimes are judged by: majors less alts for the basket of the day, and its growth over a horizon (spec §14). */

import type { Panel } from '../market/panel.ts'
import type { Backtest } from './backtest.ts'
import type { Basket } from './basket.ts'
import { dailyReturns } from './universe.ts'

/** Share of the basket's weight that must have both closes. */
const COVERAGE = 0.6

/**
 * Return from day d to d + 1 of the long leg less the basket as of d, by row d; NaN where a long-leg asset or more than 40 % of
 * the basket's weight lacks a close, or the basket is empty. `basketAt` is asked for every row, in order.
 */
export function targetReturns(
  panel: Panel,
  legWeights: Record<string, number>,
  basketAt: (t: number) => Basket,
): Float64Array {
  const returns = dailyReturns(panel)
  const width = panel.assets.length
  const leg = Object.entries(legWeights).map(([name, weight]) => ({ asset: panel.assets.indexOf(name), weight }))
  const whole = leg.reduce((sum, { weight }) => sum + Math.abs(weight), 0)
  const target = new Float64Array(panel.days).fill(Number.NaN)
  for (let d = 0; d + 1 < panel.days; d++) {
    const next = (d + 1) * width
    let majors = 0
    for (const { asset, weight } of leg) if (weight !== 0) majors += (weight / whole) * returns[next + asset]
    const basket = basketAt(d)
    let [alts, known, total] = [0, 0, 0]
    for (let i = 0; i < basket.assets.length; i++) {
      const r = returns[next + basket.assets[i]]
      total += basket.weights[i]
      if (Number.isNaN(r)) continue
      alts += basket.weights[i] * r
      known += basket.weights[i]
    }
    if (known > 0 && known >= COVERAGE * total) target[d] = majors - alts / known
  }
  return target
}

/** The strategy's gross return from day d to d + 1, by row d of a panel with `days` rows; NaN outside the backtest. */
export function strategyReturns(backtest: Backtest, days: number): Float64Array {
  const target = new Float64Array(days).fill(Number.NaN)
  for (let row = 1; row < backtest.rows; row++) target[backtest.start + row - 1] = backtest.gross[row]
  return target
}

/** Growth of a daily series from `lag` days after d over `horizon` days: Π(1 + y) − 1, by row d; NaN where one day is unknown or past the end. */
export function forwardReturns(daily: Float64Array, lag: number, horizon: number): Float64Array {
  const forward = new Float64Array(daily.length).fill(Number.NaN)
  for (let d = 0; d + lag + horizon <= daily.length; d++) {
    let growth = 1
    for (let k = d + lag; k < d + lag + horizon; k++) growth *= 1 + daily[k]
    forward[d] = growth - 1
  }
  return forward
}
