/** Search for weights and thresholds: chosen on a training slice, judged on the days that follow it (spec §7). */

import { Random } from '../base/random.ts'
import { mean, std } from '../base/stats.ts'
import { dayText, type Panel } from '../market/panel.ts'
import type { Books } from './books.ts'
import type { GridSearchConfig, RegimeConfig } from './config-types.ts'
import type { Features } from './features.ts'
import { ALTS_REGIMES, classify, MAJORS_REGIMES, type Regime } from './regimes.ts'
import { compositeScore } from './score.ts'
import { SCORE_KEYS, type ScoreKey } from './score-inputs.ts'
import { forwardReturns, targetReturns } from './target-returns.ts'
import { seriesOf, type Universe } from './universe.ts'

/** What the search varies. */
export interface GridChoice {
  weights: Partial<Record<ScoreKey, number>>
  threshold_low: number
  threshold_high: number
  threshold_strong_low: number
  threshold_strong_high: number
}

/** One training slice and its test; dates inclusive. Objectives are null where too few days can be judged. */
export interface GridWindow {
  window: number
  train_start: string
  train_end: string
  test_start: string
  test_end: string
  /** The best of the drawn choices on the training slice; null where none can be judged. */
  chosen: GridChoice | null
  train_objective: number | null
  test_objective: number | null
  /** The configured parameters on the same test days. */
  configured_test_objective: number | null
}

/** Days an objective needs. */
const JUDGED_LEAST = 20
const YEAR = 365

/**
 * Draw `n_samples` choices (seeded, the same for every window) and report window by window the one that was best in training.
 * Objective: annualised mean over deviation of sign(regime) × forward return, the sign +1 where majors lead, −1 where alts do, 0 else.
 * A training day counts only if its forward return ends inside the training slice.
 */
export function gridSearch(
  panel: Panel,
  universe: Universe,
  features: Features,
  books: Books,
  config: RegimeConfig,
  start: number,
): GridWindow[] {
  const search = config.regime.grid_search
  const horizon = search.eval_horizon_days
  const lag = config.backtest.execution_lag_days
  const btcClose = seriesOf(panel.close, panel.assets.length, universe.btc)
  const daily = targetReturns(panel, config.target.long_leg.weights, t => books.msmBasketAt(t))
  const forward = forwardReturns(daily, lag, horizon)
  const scored = (choice: GridChoice) => {
    const regime = { ...config.regime, ...choice }
    return { choice, regime, score: compositeScore(features, btcClose, regime).score }
  }
  const candidates = drawChoices(search).map(scored)
  const configured = scored(config.regime)

  const windows: GridWindow[] = []
  const { lookback_window_days: lookback, test_window_days: step } = search
  for (let train = start; train + lookback < panel.days; train += step) {
    const test = train + lookback
    const end = Math.min(panel.days, test + step)
    const judge = ({ regime, score }: ReturnType<typeof scored>) => {
      const regimes = classify(score.subarray(train, end), regime)
      return {
        // The forward return of day d ends with the close of day d + lag + horizon.
        train: objective(regimes, forward.subarray(train, end), 0, lookback - lag - horizon, horizon),
        test: objective(regimes, forward.subarray(train, end), lookback, end - train, horizon),
      }
    }
    const judged = candidates.map(candidate => ({ choice: candidate.choice, ...judge(candidate) }))
    const best = judged.reduce<(typeof judged)[number] | null>(
      (top, one) => (one.train !== null && (top === null || one.train > (top.train as number)) ? one : top),
      null,
    )
    const date = (row: number) => dayText(panel.firstDay + row)
    windows.push({
      window: windows.length,
      train_start: date(train),
      train_end: date(test - 1),
      test_start: date(test),
      test_end: date(end - 1),
      chosen: best?.choice ?? null,
      train_objective: best?.train ?? null,
      test_objective: best?.test ?? null,
      configured_test_objective: judge(configured).test,
    })
  }
  return windows
}

function drawChoices(search: GridSearchConfig): GridChoice[] {
  const random = new Random(search.seed)
  const within = ([low, high]: [number, number]) => low + random.next() * (high - low)
  return Array.from({ length: search.n_samples }, () => {
    const keys = SCORE_KEYS.filter(key => search.weight_ranges[key] !== undefined)
    const drawn = keys.map(key => within(search.weight_ranges[key] as [number, number]))
    const whole = drawn.reduce((sum, weight) => sum + Math.abs(weight), 0)
    const [low, high] = [within(search.threshold_low_range), within(search.threshold_high_range)]
    return {
      weights: Object.fromEntries(keys.map((key, i) => [key, whole > 0 ? drawn[i] / whole : 0])),
      threshold_low: low,
      threshold_high: high,
      threshold_strong_low: low - within(search.strong_distance_range),
      threshold_strong_high: high + within(search.strong_distance_range),
    }
  })
}

/** Objective over rows [from, to) of a slice; null for fewer than 20 days or returns that do not vary. */
function objective(
  regimes: readonly (Regime | null)[],
  forward: Float64Array,
  from: number,
  to: number,
  horizon: number,
): number | null {
  const returns: number[] = []
  for (let t = from; t < to; t++) {
    if (regimes[t] === null || Number.isNaN(forward[t])) continue
    const side = MAJORS_REGIMES.has(regimes[t]) ? 1 : ALTS_REGIMES.has(regimes[t]) ? -1 : 0
    returns.push(side * forward[t])
  }
  if (returns.length < JUDGED_LEAST) return null
  const deviation = std(returns, 1)
  return deviation > 0 ? (mean(returns) / deviation) * Math.sqrt(YEAR / horizon) : null
}
