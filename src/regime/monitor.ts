/** The regime monitor in one page: features → score → regimes → books → backtest → key figures → evaluation. */

import { fail } from '../base/errors.ts'
import type { Panel } from '../market/panel.ts'
import { type Backtest, runBacktest } from './backtest.ts'
import { type BasketRow, Books, basketRows, type RegularSample, regularSamples } from './books.ts'
import type { RegimeConfig } from './config-types.ts'
import { type Evaluation, evaluateRegimes } from './evaluation.ts'
import { computeFeatures, type Features } from './features.ts'
import { type GridWindow, gridSearch } from './grid-search.ts'
import { type Kpis, kpisOf, type RegimeMetrics, regimeMetrics, type Stability, stabilityOf } from './kpis.ts'
import { classify, type Regime } from './regimes.ts'
import { compositeScore, type Scores } from './score.ts'
import { strategyReturns, targetReturns } from './target-returns.ts'
import { seriesOf, type Universe, universeOf } from './universe.ts'
import { unsupervisedRegimes } from './unsupervised.ts'
import { testWindows, type WindowSummary } from './walk-forward.ts'

/** Something the reader of a run should know that is no error. */
export interface Warning {
  code: string
  message: string
}

/** Everything a run computes. Series stand by row of the panel; rows before `start` are warm-up. */
export interface MonitorResult {
  start: number
  universe: Universe
  features: Features
  scores: Scores
  regimes: (Regime | null)[]
  backtest: Backtest
  /** null for a backtest without rows. */
  kpis: Kpis | null
  regime_metrics: RegimeMetrics[]
  stability: Stability
  test_windows: WindowSummary[]
  /** Baskets of every seventh day. */
  basket_weekly: BasketRow[]
  /** Regular mode only. */
  regular_samples: Record<string, RegularSample> | null
  /** Return the regimes are judged by; null where no evaluation is asked for. */
  target_returns: Float64Array | null
  evaluation: Evaluation | null
  /** null unless the search is enabled. */
  grid_search: GridWindow[] | null
  warnings: Warning[]
}

/** Spacing of the published baskets. */
const BASKET_STEP_DAYS = 7

/**
 * Run the whole monitor on a panel with a resolved configuration. `start` is the row of the first requested day; rows before it
 * only warm the features up. No value of a row reads a later row, except the forward returns that judge the regimes.
 */
export function runMonitor(panel: Panel, config: RegimeConfig, start = 0): MonitorResult {
  if (start >= panel.days) throw fail('DATA_ERROR', { message: 'The panel ends before the requested start' })
  const universe = universeOf(panel, config)
  const features = computeFeatures(panel, universe, config, start)
  const scores = compositeScore(features, seriesOf(panel.close, panel.assets.length, universe.btc), config.regime)
  const regimes =
    config.regime.mode === 'composite'
      ? classify(scores.score, config.regime)
      : unsupervisedRegimes(features, scores.score, config, start)

  const books = new Books(panel, universe, config)
  const first = start + (config.backtest.walk_forward ? config.backtest.lookback_window_days : 0)
  const backtest = runBacktest({
    panel,
    universe,
    regimes,
    scores: scores.score,
    config,
    start: first,
    targetAt: t => books.targetAt(t),
  })

  // Before the samples ask for further targets: the warnings speak of those that were traded.
  const warnings = warningsOf(panel, universe, config, books, backtest)
  const target_returns = judgedReturns(panel, config, books, backtest)
  const lag = config.backtest.execution_lag_days
  return {
    start,
    universe,
    features,
    scores,
    regimes,
    backtest,
    kpis: kpisOf(backtest),
    regime_metrics: regimeMetrics(backtest),
    stability: stabilityOf(regimes.slice(start)),
    test_windows: testWindows(panel, backtest, config.backtest.test_window_days),
    basket_weekly: basketRows(
      panel,
      books,
      config.mode,
      start + config.backtest.lookback_window_days,
      BASKET_STEP_DAYS,
    ),
    regular_samples:
      config.mode === 'regular'
        ? regularSamples(panel, books, config, start + config.backtest.lookback_window_days)
        : null,
    target_returns,
    evaluation: target_returns && evaluateRegimes(target_returns, regimes, features.valid, lag, config.evaluation),
    grid_search: config.regime.grid_search.enabled ? gridSearch(panel, universe, features, books, config, start) : null,
    warnings,
  }
}

/** Majors less alts in msm mode; in regular mode the strategy's own gross return, where the evaluation is asked for. */
function judgedReturns(panel: Panel, config: RegimeConfig, books: Books, backtest: Backtest): Float64Array | null {
  if (config.mode === 'msm') return targetReturns(panel, config.target.long_leg.weights, t => books.msmBasketAt(t))
  return config.backtest.with_regime_eval ? strategyReturns(backtest, panel.days) : null
}

/** True for an asset with at least 30 closes, 95 % of them within 2 % of one dollar. */
function isPegged({ close, assets, days }: Panel, asset: number): boolean {
  let [known, near] = [0, 0]
  for (let row = 0; row < days; row++) {
    const price = close[row * assets.length + asset]
    if (Number.isNaN(price)) continue
    known++
    if (Math.abs(price - 1) <= 0.02) near++
  }
  return known >= 30 && near >= 0.95 * known
}

function warningsOf(
  panel: Panel,
  universe: Universe,
  config: RegimeConfig,
  books: Books,
  backtest: Backtest,
): Warning[] {
  const warnings: Warning[] = []
  const absent = config.universe.majors.filter(id => !panel.assets.includes(id))
  if (absent.length > 0) {
    warnings.push({ code: 'MAJOR_NOT_IN_PANEL', message: `The panel has no data of the major(s) ${absent.join(', ')}` })
  }
  const unknown = config.universe.exclude_assets.filter(id => !panel.assets.includes(id))
  if (unknown.length > 0) {
    const message = `The panel has no data of the excluded asset(s) ${unknown.join(', ')}: mind their spelling`
    warnings.push({ code: 'EXCLUDED_NOT_IN_PANEL', message })
  }
  if (panel.funding === null) {
    warnings.push({
      code: 'NO_FUNDING',
      message: 'The panel has no funding table: its features are null and holdings pay none',
    })
  }
  if (universe.alts.length < config.basket.min_names) {
    warnings.push({ code: 'FEW_ALTS', message: `The panel has only ${universe.alts.length} alts` })
  }
  const pegged = Array.from(
    universe.alts.filter(a => isPegged(panel, a)),
    a => panel.assets[a],
  )
  if (pegged.length > 0) {
    const message = `Priced like stablecoins, but not flagged as such, so they count as alts: ${pegged.join(', ')}`
    warnings.push({ code: 'STABLE_AMONG_ALTS', message })
  }
  if (books.emptyBaskets > 0) {
    const message = `${books.emptyBaskets} rebalance(s) found fewer than min_names alts and went flat`
    warnings.push({ code: 'BASKET_EMPTY', message })
  }
  if (books.defaultBetas > 0) {
    const message = `${books.defaultBetas} beta estimate(s) had too little history and used default_beta`
    warnings.push({ code: 'DEFAULT_BETA', message })
  }
  if (backtest.rows === 0) {
    warnings.push({ code: 'BACKTEST_EMPTY', message: 'No day follows the look-back window: there is no backtest' })
  }
  return warnings
}
