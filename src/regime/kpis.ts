/** Key figures of the backtest, returns by regime, and how stable the regimes are (spec §12). */

import { mean, power, quantile, std, sum } from '../base/stats.ts'
import type { Backtest } from './backtest.ts'
import type { Regime } from './regimes.ts'

/** Days in a year of a market that never closes. */
const YEAR = 365
/** Days in a year when counting switches. */
const CALENDAR_YEAR = 365.25
const FLAT_GROSS = 0.01

/** Published key figures; ratios are fractions, a zero denominator gives 0. */
export interface Kpis {
  n_days: number
  total_return: number
  cagr: number
  ann_vol: number
  sharpe: number
  sortino: number
  max_drawdown: number
  calmar: number
  hit_rate: number
  hit_rate_all: number
  n_active: number
  avg_turnover: number
  annual_turnover: number
  total_cost: number
  total_funding: number
  avg_funding_daily: number
  avg_gross: number
}

/** Key figures of the net returns, annualised by 365 days; `hit_rate` over the days with a position; null for a backtest without rows. */
export function kpisOf(backtest: Backtest): Kpis | null {
  const { rows, net } = backtest
  if (rows === 0) return null
  const final = backtest.equity[rows - 1]
  const cagr = power(final, YEAR / rows) - 1
  const deviation = rows > 1 ? std(net, 1) : 0
  const downside = Math.sqrt(mean(net.map(r => Math.min(r, 0) * Math.min(r, 0))))
  const drawdown = maxDrawdown(backtest.equity)
  const active = net.filter((_, row) => backtest.grossHeld[row] > FLAT_GROSS)
  const wins = (returns: Float64Array) => returns.reduce((count, r) => count + (r > 0 ? 1 : 0), 0)
  const turnover = (sum(backtest.altTurnover) + sum(backtest.majorTurnover)) / rows
  return {
    n_days: rows,
    total_return: final - 1,
    cagr,
    ann_vol: deviation * Math.sqrt(YEAR),
    sharpe: ratio(mean(net), deviation) * Math.sqrt(YEAR),
    sortino: ratio(mean(net), downside) * Math.sqrt(YEAR),
    max_drawdown: drawdown,
    calmar: ratio(cagr, Math.abs(drawdown)),
    hit_rate: ratio(wins(active), active.length),
    hit_rate_all: wins(net) / rows,
    n_active: active.length,
    avg_turnover: turnover,
    annual_turnover: turnover * YEAR,
    total_cost: sum(backtest.cost),
    total_funding: sum(backtest.funding),
    avg_funding_daily: sum(backtest.funding) / rows,
    avg_gross: (sum(backtest.altGross) + sum(backtest.majorGross)) / rows,
  }
}

/** Deepest fall of an equity curve below its highest value so far, the starting 1 included; ≤ 0. */
export function maxDrawdown(equity: Float64Array): number {
  let peak = 1
  let deepest = 0
  for (let i = 0; i < equity.length; i++) {
    if (equity[i] > peak) peak = equity[i]
    deepest = Math.min(deepest, equity[i] / peak - 1)
  }
  return deepest
}

/** Daily net returns earned under one regime signal; null where one day gives no deviation. */
export interface RegimeMetrics {
  regime: Regime
  n_days: number
  mean_return: number
  median_return: number
  std_return: number | null
  sharpe_like: number | null
}

/** Net returns grouped by the regime that created the holdings, regimes by name; rows without one are left out. */
export function regimeMetrics(backtest: Backtest): RegimeMetrics[] {
  return regimesOf(backtest.regimeSignal).map(regime => {
    const returns = backtest.net.filter((_, row) => backtest.regimeSignal[row] === regime)
    const deviation = returns.length > 1 ? std(returns, 1) : Number.NaN
    return {
      regime,
      n_days: returns.length,
      mean_return: mean(returns),
      median_return: quantile(returns, 0.5),
      std_return: Number.isNaN(deviation) ? null : deviation,
      sharpe_like: deviation > 0 ? mean(returns) / deviation : null,
    }
  })
}

/** How often and how long regimes hold; null figures where no row has a regime. */
export interface Stability {
  total_switches: number
  total_days: number
  switches_per_year: number | null
  avg_regime_duration_days: number | null
  /** Percent of the rows with a regime, by name. */
  regime_distribution: Partial<Record<Regime, number>>
}

/** Stability of a regime series; rows without a regime are passed over. */
export function stabilityOf(regimes: readonly (Regime | null)[]): Stability {
  const known = regimes.flatMap((regime, row) => (regime === null ? [] : [{ regime, row }]))
  const switches = known.filter((one, i) => i > 0 && one.regime !== known[i - 1].regime).length
  const days = known.length === 0 ? 0 : known[known.length - 1].row - known[0].row + 1
  const share = (regime: Regime) => (100 * known.filter(one => one.regime === regime).length) / known.length
  return {
    total_switches: switches,
    total_days: days,
    switches_per_year: days === 0 ? null : switches / (days / CALENDAR_YEAR),
    avg_regime_duration_days: days === 0 ? null : known.length / (switches + 1),
    regime_distribution: Object.fromEntries(regimesOf(regimes).map(regime => [regime, share(regime)])),
  }
}

/** The regimes that occur, by name. */
export function regimesOf(regimes: readonly (Regime | null)[]): Regime[] {
  return [...new Set(regimes)].filter(regime => regime !== null).sort()
}

function ratio(top: number, bottom: number): number {
  return bottom === 0 ? 0 : top / bottom
}
