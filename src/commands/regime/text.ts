/** What a flag call of the regime monitor prints: regimes, key figures, edges by horizon, where the files are. */

import { join } from 'node:path'
import type { ArtifactDir } from '../../artifacts/artifact-dir.ts'
import type { RegimeFigures } from '../../artifacts/regime-report.ts'
import type { MonitorResult } from '../../regime/monitor.ts'
import type { Signals } from '../../regime/signals.ts'

const SHOWN_KPIS = [
  'total_return',
  'cagr',
  'sharpe',
  'sortino',
  'max_drawdown',
  'calmar',
  'hit_rate',
  'avg_turnover',
  'total_cost',
  'total_funding',
] as const

/** The text of a finished run; with signals what to hold comes first. */
export function regimeText(
  result: MonitorResult,
  figures: RegimeFigures,
  signals: Signals | null,
  directory: ArtifactDir,
): string {
  const { regimes, scores } = result
  const lines = [
    '',
    '=== REGIME ===',
    `regime: ${regimes.at(-1) ?? '-'}`,
    `score: ${shown(scores.score.at(-1))}`,
    `switches: ${figures.stability.total_switches}`,
    ...Object.entries(figures.stability.regime_distribution).map(([name, share]) => `${name}: ${share.toFixed(1)}%`),
    ...(signals === null ? [] : signalLines(signals)),
    '',
    '=== BACKTEST ===',
    ...SHOWN_KPIS.map(name => `${name}: ${shown(figures.kpis[name])}`),
    ...evaluationLines(figures.evaluation),
    '',
    ...['dashboard.html', 'kpis.json', 'report.json'].map(name => `Saved: ${join(directory.path, name)}`),
    '',
  ]
  return lines.join('\n')
}

function signalLines(signals: Signals): string[] {
  const { asof_date, decision, suggested_gross, expected_funding_daily, target_weights } = signals
  return [
    '',
    `=== SIGNALS ${asof_date} ===`,
    `decision: ${decision ?? '-'}`,
    `suggested_gross: ${suggested_gross}`,
    `expected_funding_daily: ${expected_funding_daily}`,
    ...Object.entries(target_weights).map(([asset, weight]) => `${asset}: ${weight}`),
  ]
}

/** The published table of the evaluation: mean forward return and count by regime, then the spread. */
function evaluationLines(evaluation: RegimeFigures['evaluation']): string[] {
  if (evaluation === null) return []
  return Object.entries(evaluation).flatMap(([horizon, { regime_stats, edge_stats }]) => [
    '',
    `=== FORWARD RETURNS ${horizon} ===`,
    ...Object.entries(regime_stats).map(
      ([regime, { mean_return, hit_rate, t_stat_nw, count }]) =>
        `${regime}: mean ${shown(mean_return)} hit_rate ${shown(hit_rate)} t_nw ${shown(t_stat_nw)} n ${count}`,
    ),
    `spread_1_5: ${shown(edge_stats.spread_1_5)} [${shown(edge_stats.spread_1_5_ci_lower)}, ${shown(edge_stats.spread_1_5_ci_upper)}] p ${shown(edge_stats.spread_1_5_pvalue)}`,
  ])
}

/** Six significant digits; a dash for what is not known. */
function shown(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? '-' : String(Number(value.toPrecision(6)))
}
