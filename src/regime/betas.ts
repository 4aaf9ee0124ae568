/** Betas of an alt to BTC and ETH: winsorised ridge regression of log returns, intercept not penalised (spec §9). */

import { mean, quantileOfSorted, solveSymmetric } from '../base/stats.ts'
import type { Panel } from '../market/panel.ts'
import type { RegimeConfig } from './config-types.ts'
import { type CloseHistory, endAsOf } from './history.ts'
import type { Universe } from './universe.ts'

/** Days with a close of all three that a regression needs. */
const JOINT_LEAST = 30

export interface Betas {
  btc: number
  eth: number
  /** True where too little history left the default. */
  fallback: boolean
}

/**
 * Betas of one asset on day t from its last `lookback_days` closes shared with BTC and ETH, clamped; the default for both with
 * fewer own closes than that or fewer than 30 shared. b = (Z'Z + λI)⁻¹Z'y on centred returns clipped at their own quantiles,
 * λ = ridge_alpha, times trace(Z'Z)/2 where the scaling is relative (Hoerl & Kennard 1970).
 */
export function estimateBetas(
  panel: Panel,
  universe: Universe,
  history: CloseHistory,
  asset: number,
  t: number,
  config: RegimeConfig['beta'],
): Betas {
  const end = endAsOf(history, asset, t)
  const begin = history.offsets[asset]
  const rows =
    end - begin >= config.lookback_days ? sharedRows(panel, universe, history, begin, end, config.lookback_days) : []
  if (rows.length < JOINT_LEAST) return { btc: config.default_beta, eth: config.default_beta, fallback: true }
  const returns = (a: number) => centred(winsorised(logReturns(panel, rows, a), config.winsorize_pct))
  const [y, btc, eth] = [returns(asset), returns(universe.btc), returns(universe.eth)]
  const [bb, be, ee] = [dot(btc, btc), dot(btc, eth), dot(eth, eth)]
  const penalty = config.ridge_alpha * (config.ridge_scaling === 'relative' ? (bb + ee) / 2 : 1)
  const b = solveSymmetric([bb + penalty, be, be, ee + penalty], [dot(btc, y), dot(eth, y)])
  // Two equal majors without a penalty have no unique betas.
  if (Number.isNaN(b[0])) return { btc: config.default_beta, eth: config.default_beta, fallback: true }
  const [low, high] = config.beta_clamp
  const clamp = (beta: number) => Math.min(high, Math.max(low, beta))
  return { btc: clamp(b[0]), eth: clamp(b[1]), fallback: false }
}

/** The last `count` rows, ascending, on which the asset, BTC and ETH all have a close. */
function sharedRows(
  panel: Panel,
  universe: Universe,
  history: CloseHistory,
  begin: number,
  end: number,
  count: number,
): number[] {
  const width = panel.assets.length
  const rows: number[] = []
  for (let k = end - 1; k >= begin && rows.length < count; k--) {
    const row = history.rows[k]
    const joint = panel.close[row * width + universe.btc] + panel.close[row * width + universe.eth]
    if (!Number.isNaN(joint)) rows.push(row)
  }
  return rows.reverse()
}

function logReturns(panel: Panel, rows: readonly number[], asset: number): Float64Array {
  const width = panel.assets.length
  const returns = new Float64Array(rows.length - 1)
  for (let k = 0; k < returns.length; k++) {
    returns[k] = Math.log(panel.close[rows[k + 1] * width + asset] / panel.close[rows[k] * width + asset])
  }
  return returns
}

/** Clip the values in place at their own `share` and 1 − `share` quantiles (linear). */
function winsorised(x: Float64Array, share: number): Float64Array {
  const sorted = Float64Array.from(x).sort()
  const low = quantileOfSorted(sorted, share)
  const high = quantileOfSorted(sorted, 1 - share)
  for (let i = 0; i < x.length; i++) x[i] = Math.min(high, Math.max(low, x[i]))
  return x
}

function centred(x: Float64Array): Float64Array {
  const centre = mean(x)
  for (let i = 0; i < x.length; i++) x[i] -= centre
  return x
}

function dot(x: Float64Array, y: Float64Array): number {
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i] * y[i]
  return total
}
