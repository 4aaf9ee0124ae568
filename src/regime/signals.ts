/** What the monitor says on the last day of a panel: regime, score, and the weights the engine is heading for (spec §15). */

import { dayText, type Panel } from '../market/panel.ts'
import type { Decision } from './backtest.ts'
import { namedBook } from './books.ts'
import type { RegimeConfig } from './config-types.ts'
import type { MonitorResult } from './monitor.ts'
import type { Regime } from './regimes.ts'

/** Numbers that are not known are null. Weights are signed fractions of equity. */
export interface Signals {
  asof_date: string
  regime: Regime | null
  score: number | null
  /** What the engine decided that day; null before the backtest begins. */
  decision: Decision | null
  /** Gross exposure of the target weights. */
  suggested_gross: number
  leg_weights: { majors: Record<string, number>; alts: Record<string, number> }
  /** Funding of the target weights at the last known rates of the day; positive is paid. */
  expected_funding_daily: number
  key_features: { alt_breadth: number | null; btc_dominance: number | null }
  target_weights: Record<string, number>
}

/** Read the signals of the panel's last day off a run over it; the state of the regimes is that of the whole series. */
export function signalsOf(panel: Panel, config: RegimeConfig, result: MonitorResult): Signals {
  const last = panel.days - 1
  const { backtest, universe, features } = result
  const target = namedBook(panel, backtest.heading)
  const isMajor = (id: string) => universe.majors.includes(panel.assets.indexOf(id))
  const leg = (majors: boolean) => Object.fromEntries(Object.entries(target).filter(([id]) => isMajor(id) === majors))
  const settlements = config.costs.funding_8h_rate ? 3 : 1
  const rateOf = (asset: number) => panel.funding?.[last * panel.assets.length + asset] || 0
  const { assets, weights } = backtest.heading
  return {
    asof_date: dayText(panel.firstDay + last),
    regime: result.regimes[last],
    score: known(result.scores.score[last]),
    decision: backtest.decision.at(-1) ?? null,
    suggested_gross: weights.reduce((sum, weight) => sum + Math.abs(weight), 0),
    leg_weights: { majors: leg(true), alts: leg(false) },
    expected_funding_daily: config.costs.funding_enabled
      ? weights.reduce((sum, weight, i) => sum + weight * rateOf(assets[i]) * settlements, 0)
      : 0,
    key_features: {
      alt_breadth: known(features.columns['raw_alt_breadth_pct_up'][last]),
      btc_dominance: known(features.columns['raw_btc_dominance'][last]),
    },
    target_weights: target,
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
