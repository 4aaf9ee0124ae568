/** Target weights: alts short, majors long, hedged by fixed weights, dollars or betas; and the scale a regime allows (spec §10). */

import type { Panel } from '../market/panel.ts'
import type { Basket } from './basket.ts'
import type { Betas } from './betas.ts'
import type { RegimeConfig } from './config-types.ts'
import { MAJORS_REGIMES, type Regime } from './regimes.ts'
import type { Universe } from './universe.ts'

/** A book of signed weights, fractions of equity, by asset index; empty means flat. */
export interface Book {
  assets: number[]
  weights: number[]
}

export const FLAT: Book = { assets: [], weights: [] }

/** Gross exposure of each leg before scaling. */
const LEG = 0.5
/** Largest weight of one major under beta neutrality. */
const MAJOR_LIMIT = 0.75
/** The gross may exceed its cap by this factor before the book is scaled to the cap. */
const GROSS_TOLERANCE = 1.2

/** Basket short at half the equity against the long leg at the other half: gross 1, net 0; flat for an empty basket. */
export function msmWeights(basket: Basket, panel: Panel, legWeights: Record<string, number>): Book {
  if (basket.assets.length === 0) return FLAT
  const leg = Object.entries(legWeights).filter(([, weight]) => weight !== 0)
  const whole = leg.reduce((sum, [, weight]) => sum + Math.abs(weight), 0)
  return {
    assets: [...basket.assets, ...leg.map(([name]) => panel.assets.indexOf(name))],
    weights: [...shortLeg(basket), ...leg.map(([, weight]) => (LEG * weight) / whole)],
  }
}

/**
 * Basket short at half the equity against BTC and ETH. `beta_neutral` buys what cancels the basket's betas, at most 0.75 of each;
 * `dollar_neutral` buys half the equity, tilted to the major with the larger exposure. Above 1.2 × gross_cap the book is scaled to it.
 */
export function regularWeights(
  basket: Basket,
  betas: readonly Betas[],
  universe: Universe,
  config: RegimeConfig['regular'],
): Book {
  if (basket.assets.length === 0) return FLAT
  const alts = shortLeg(basket)
  const exposure = (major: 'btc' | 'eth') => alts.reduce((sum, weight, i) => sum + weight * betas[i][major], 0)
  const [btcExposure, ethExposure] = [exposure('btc'), exposure('eth')]
  let [btc, eth] = [clamp(-btcExposure, -MAJOR_LIMIT, MAJOR_LIMIT), clamp(-ethExposure, -MAJOR_LIMIT, MAJOR_LIMIT)]
  if (config.neutrality_mode === 'dollar_neutral') {
    btc = clamp(LEG / 2 + LEG * (ethExposure - btcExposure), 0, LEG)
    eth = LEG - btc
  }
  const book = { assets: [...basket.assets, universe.btc, universe.eth], weights: [...alts, btc, eth] }
  const gross = book.weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
  return gross > GROSS_TOLERANCE * config.gross_cap ? scaled(book, config.gross_cap / gross) : book
}

/** The book with every weight multiplied; flat for a scale of 0. */
export function scaled(book: Book, scale: number): Book {
  if (scale === 1) return book
  return scale === 0 ? FLAT : { assets: book.assets, weights: book.weights.map(weight => weight * scale) }
}

/** Share of the book, 0…1, that the regime and the size of the score allow; 1 where scaling is off, and outside the majors regimes where the gate is `always`. */
export function regimeScale(regime: Regime | null, score: number, config: RegimeConfig): number {
  const { regime_position_scaling: scaling, gate } = config.backtest
  if (!scaling.enabled) return 1
  if (!MAJORS_REGIMES.has(regime)) return gate === 'always' ? 1 : 0
  const size = Number.isNaN(score) ? 0 : Math.abs(score)
  const high = config.regime.threshold_high
  const strong = config.regime.threshold_strong_high
  const plain = !scaling.use_score_magnitude
  if (regime === 'STRONG_RISK_ON_MAJORS') {
    return Math.min(1, plain ? scaling.strong_risk_on_majors : clamp(size / Math.max(strong, 0.1), 0.6, 1))
  }
  if (regime === 'RISK_ON_MAJORS') {
    return Math.min(1, plain ? scaling.risk_on_majors : clamp(size / Math.max(high, 0.1), 0.5, 1))
  }
  if (plain) return Math.min(1, scaling.weak_risk_on_majors)
  if (size >= strong) return 0.8
  return size <= high ? 0.4 : 0.4 + (0.4 * (size - high)) / (strong - high)
}

function shortLeg(basket: Basket): number[] {
  const whole = basket.weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
  return basket.weights.map(weight => (-LEG * Math.abs(weight)) / whole)
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x))
}
