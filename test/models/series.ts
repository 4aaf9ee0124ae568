/** Bars with and without something to learn, and plans to learn it by. */

import { Random } from '../../src/base/random.ts'
import type { Bars } from '../../src/market/bars.ts'
import { DAY_MS } from '../../src/market/calendar.ts'
import { catalogueSource, type FeatureSource } from '../../src/models/samples.ts'
import { boundariesOf } from '../../src/models/splits.ts'
import type { TrainingPlan } from '../../src/models/train.ts'
import { type BoundFeature, bindFeatures } from '../../src/strategies/learned-features.ts'

/** Daily bars whose log returns follow r[t] = φ·r[t−1] + σ·ε; φ 0 is pure noise. */
export function arBars(seed: number, count: number, phi: number, sigma = 0.01): Bars {
  return barsOfMoves(seed, count, sigma, (before, random) => phi * before + sigma * random.normal())
}

/** Daily bars of pure noise whose volatility clusters: GARCH(1,1) with α 0.1 and β 0.87 around a daily deviation of 1 %. */
export function garchBars(seed: number, count: number): Bars {
  let variance = 1e-4
  return barsOfMoves(seed, count, 0.01, (before, random) => {
    variance = 0.03e-4 + 0.87 * variance + 0.1 * before * before
    return Math.sqrt(variance) * random.normal()
  })
}

function barsOfMoves(
  seed: number,
  count: number,
  sigma: number,
  next: (before: number, random: Random) => number,
): Bars {
  const random = new Random(seed)
  const close = new Float64Array(count)
  const open = new Float64Array(count)
  let [price, move] = [100, 0]
  for (let i = 0; i < count; i++) {
    open[i] = price
    move = next(move, random)
    price *= Math.exp(move)
    close[i] = price
  }
  const high = close.map((value, i) => Math.max(value, open[i]) * (1 + sigma * random.next()))
  const low = close.map((value, i) => Math.min(value, open[i]) * (1 - sigma * random.next() * 0.5))
  return {
    ...{ symbol: 'AR', interval: '1d', calendar: 'crypto' as const, open, high, low, close },
    ts: Float64Array.from(close, (_, i) => Date.parse('2015-01-01') + i * DAY_MS),
    volume: close.map(() => 1 + random.next()),
  }
}

/** Two returns and two indicators. */
export const FEATURES: readonly BoundFeature[] = bindFeatures(
  [
    { kind: 'return' },
    { kind: 'return', window: 5, lag: 1 },
    { kind: 'indicator', indicator: 'rsi', params: { period: 14 } },
    { kind: 'indicator', indicator: 'realised_volatility', params: { window: 10 } },
  ],
  index => `/${index}`,
)

/** A plan on these bars: 60, 20, 20 percent, λ chosen on validation. */
export function planFor(
  bars: Bars,
  more: Partial<Pick<TrainingPlan, 'family' | 'selection' | 'lambdas'>> & {
    horizon?: number
    source?: FeatureSource
    purge?: number
    embargo?: number
  } = {},
): TrainingPlan {
  const { family = 'ridge', selection = 'validation', lambdas = [0.01, 0.1, 1, 10], horizon = 1 } = more
  const { source = catalogueSource(FEATURES), purge = horizon, embargo = 0 } = more
  const size = { bars: bars.ts.length, warmup: source.warmup, horizon }
  return {
    ...{ family, source, lambdas, selection, folds: 4 },
    target: {
      ...{ kind: family === 'ridge' ? 'forward_return' : 'forward_return_positive', horizon },
      ...{ returns: 'log', threshold: 0 },
    },
    split: { ...boundariesOf(size, { validation: 0.2, test: 0.2 }), purge, embargo },
  }
}

/** The catalogue's features and one more, computed as the test says. */
export function withFeature(name: string, column: (bars: Bars) => Float64Array): FeatureSource {
  const own = catalogueSource(FEATURES)
  return { ...own, names: [...own.names, name], columns: bars => [...own.columns(bars), column(bars)] }
}
