/** Forward returns by regime: means, t statistics with and without overlap, the edge of the best and worst regime (spec §14). */

import { mean, std, studentTCdf } from '../base/stats.ts'
import { type BootstrapInterval, blockResamples, bootstrapInterval } from './bootstrap.ts'
import type { RegimeConfig } from './config-types.ts'
import { regimesOf } from './kpis.ts'
import type { Regime } from './regimes.ts'
import { forwardReturns } from './target-returns.ts'

/** Forward returns of one regime; statistics are 0 with p = 1 for one row or equal rows. */
export interface RegimeStats {
  mean_return: number
  /** ddof 1; 0 for one row. */
  std_return: number
  count: number
  /** Share of rows above 0. */
  hit_rate: number
  t_stat: number
  p_value: number
  /** With Newey–West errors, which count the overlap of the horizons. */
  t_stat_nw: number
  p_value_nw: number
}

/** Differences of mean forward returns; null where the regime they speak of has too few rows. */
export interface EdgeStats extends EdgeIntervals {
  edge_best: number | null
  edge_worst: number | null
  /** Best less worst. */
  spread_1_5: number | null
  mean_all: number | null
  /** Of the worst (1) and the best (5) regime; 0 where there is none. */
  mean_1: number
  mean_5: number
  n1: number
  n5: number
  n_all: number
  worst_regime: Regime | null
  best_regime: Regime | null
}

type EdgeName = 'edge_best' | 'edge_worst' | 'spread_1_5'
/** Present where the bootstrap is enabled. */
type EdgeIntervals = { [K in `${EdgeName}_${keyof BootstrapInterval}`]?: number | null }
const EDGES: readonly EdgeName[] = ['edge_best', 'edge_worst', 'spread_1_5']

export interface HorizonEvaluation {
  regime_stats: Partial<Record<Regime, RegimeStats>>
  edge_stats: EdgeStats
}

/** One entry `horizon_{h}d` for each horizon. */
export type Evaluation = Record<string, HorizonEvaluation>

/** Evaluate the regimes on the growth of `daily` (return from row d to d + 1) after the execution lag; only rows with a regime and `valid` count. */
export function evaluateRegimes(
  daily: Float64Array,
  regimes: readonly (Regime | null)[],
  valid: Uint8Array,
  lag: number,
  config: RegimeConfig['evaluation'],
): Evaluation {
  const entries = config.horizons_days.map(horizon => {
    const forward = forwardReturns(daily, lag, horizon)
    const rows = regimes.flatMap((regime, t) =>
      regime !== null && valid[t] === 1 && !Number.isNaN(forward[t]) ? [t] : [],
    )
    const sample = { y: Float64Array.from(rows, t => forward[t]), regimes: rows.map(t => regimes[t] as Regime) }
    return [`horizon_${horizon}d`, evaluateSample(sample, horizon, config)]
  })
  return Object.fromEntries(entries)
}

interface Sample {
  y: Float64Array
  regimes: Regime[]
}

function evaluateSample(sample: Sample, horizon: number, config: RegimeConfig['evaluation']): HorizonEvaluation {
  const present = regimesOf(sample.regimes)
  const stats = Object.fromEntries(present.map(regime => [regime, regimeStats(sample, regime, horizon)]))
  const frequent = (names: Regime[]) =>
    names.find(name => stats[name] !== undefined && stats[name].count >= config.min_regime_count) ?? null
  const worst = frequent(['STRONG_RISK_ON_ALTS', 'WEAK_RISK_ON_ALTS', 'RISK_ON_ALTS'])
  const best = frequent(['STRONG_RISK_ON_MAJORS', 'WEAK_RISK_ON_MAJORS', 'RISK_ON_MAJORS'])
  const all = Int32Array.from(sample.y.keys())
  const edges = edgesOf(sample, all, worst, best)
  const defined = { edge_best: best !== null, edge_worst: worst !== null, spread_1_5: best !== null && worst !== null }
  const intervals: EdgeIntervals = {}
  if (config.bootstrap.enabled && sample.y.length > 0) {
    const resamples = blockResamples(sample.y.length, config.bootstrap, config.bootstrap.seed + horizon)
    const values = resamples.map(rows => edgesOf(sample, rows, worst, best))
    for (const name of EDGES) {
      const interval = bootstrapInterval(
        edges[name],
        Float64Array.from(values, one => one[name]),
      )
      for (const key of ['ci_lower', 'ci_upper', 'pvalue'] as const) {
        intervals[`${name}_${key}`] = defined[name] ? interval[key] : null
      }
    }
  }
  return {
    regime_stats: stats,
    edge_stats: {
      edge_best: defined.edge_best ? edges.edge_best : null,
      edge_worst: defined.edge_worst ? edges.edge_worst : null,
      spread_1_5: defined.spread_1_5 ? edges.spread_1_5 : null,
      mean_all: sample.y.length > 0 ? edges.all : null,
      mean_1: edges.worst,
      mean_5: edges.best,
      n1: worst === null ? 0 : (stats[worst]?.count ?? 0),
      n5: best === null ? 0 : (stats[best]?.count ?? 0),
      n_all: sample.y.length,
      ...intervals,
      worst_regime: worst,
      best_regime: best,
    },
  }
}

function regimeStats(sample: Sample, regime: Regime, horizon: number): RegimeStats {
  const own = sample.y.filter((_, i) => sample.regimes[i] === regime)
  const n = own.length
  const centre = mean(own)
  const deviation = n > 1 ? std(own, 1) : 0
  const t = deviation > 0 ? centre / (deviation / Math.sqrt(n)) : 0
  const error = deviation > 0 ? neweyWestError(sample, regime, centre, n, horizon) : Number.NaN
  const tNeweyWest = error > 0 ? centre / error : t
  const twoSided = (statistic: number) => (deviation > 0 ? 2 * studentTCdf(-Math.abs(statistic), n - 1) : 1)
  return {
    mean_return: centre,
    std_return: deviation,
    count: n,
    hit_rate: own.reduce((count, y) => count + (y > 0 ? 1 : 0), 0) / n,
    t_stat: t,
    p_value: twoSided(t),
    t_stat_nw: tNeweyWest,
    p_value_nw: twoSided(tNeweyWest),
  }
}

/** Standard error of a regime's mean with Bartlett weights over horizon − 1 lags of the whole ordered sample (Newey & West 1987); NaN where the sum is not positive. */
function neweyWestError(sample: Sample, regime: Regime, centre: number, n: number, horizon: number): number {
  const e = sample.y.map((y, i) => (sample.regimes[i] === regime ? y - centre : 0))
  let total = 0
  for (let i = 0; i < e.length; i++) total += e[i] * e[i]
  for (let lag = 1; lag < horizon; lag++) {
    let shared = 0
    for (let i = lag; i < e.length; i++) shared += e[i] * e[i - lag]
    total += 2 * (1 - lag / horizon) * shared
  }
  return Math.sqrt(total) / n
}

/** Means and edges over the given rows; the mean of an absent regime counts as 0. */
function edgesOf(sample: Sample, rows: Int32Array, worst: Regime | null, best: Regime | null) {
  const groups = { all: [0, 0], worst: [0, 0], best: [0, 0] }
  const add = (group: number[], y: number) => {
    group[0] += y
    group[1]++
  }
  for (let i = 0; i < rows.length; i++) {
    const [y, regime] = [sample.y[rows[i]], sample.regimes[rows[i]]]
    add(groups.all, y)
    if (regime === worst) add(groups.worst, y)
    if (regime === best) add(groups.best, y)
  }
  const [all, low, high] = [groups.all, groups.worst, groups.best].map(([sum, count]) => (count > 0 ? sum / count : 0))
  return { all, worst: low, best: high, edge_best: high - all, edge_worst: low - all, spread_1_5: high - low }
}
