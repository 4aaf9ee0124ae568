/** The figures of a finished monitor as a run publishes them, and the hashes of what decides them. */

import type { RegimeKpis, RegimeRunConfig } from '../../../contracts/types.ts'
import type { RegimeFigures } from '../../artifacts/regime-report.ts'
import type { FingerprintInputs } from '../../artifacts/report.ts'
import { hashOf } from '../../base/canonical.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import { publishedMetrics } from '../../engine/metrics.ts'
import { dayText, type Panel } from '../../market/panel.ts'
import type { RegimeConfig } from '../../regime/config-types.ts'
import type { MonitorResult } from '../../regime/monitor.ts'

const KPI_NAMES = [
  'total_return',
  'cagr',
  'ann_vol',
  'sharpe',
  'sortino',
  'max_drawdown',
  'calmar',
  'hit_rate',
  'hit_rate_all',
  'n_active',
  'avg_turnover',
  'annual_turnover',
  'total_cost',
  'total_funding',
  'avg_funding_daily',
  'avg_gross',
] as const satisfies readonly Exclude<keyof RegimeKpis, 'n_days'>[]

/** Headline, key figures and evaluation; without a day of backtest all figures of returns are null. */
export function regimeFigures(result: MonitorResult): RegimeFigures {
  const { backtest, kpis, stability, regime_metrics, test_windows, evaluation } = result
  const { rows, net, equity, grossHeld } = backtest
  const { sharpe_simple } = publishedMetrics(net, equity, grossHeld)
  let trades = 0
  for (let row = 0; row < rows; row++) if (backtest.altTurnover[row] + backtest.majorTurnover[row] > 0) trades++
  const total_return = kpis?.total_return ?? null
  const max_drawdown = kpis?.max_drawdown ?? null
  return {
    summary: { total_return, sharpe_simple, max_drawdown, trades, win_rate: kpis?.hit_rate ?? null },
    best_result: { total_return, max_drawdown, sharpe_simple, trades, days: rows },
    kpis: kpis ?? noKpis(),
    stability,
    regime_metrics,
    test_windows,
    evaluation,
  }
}

/** What a replay compares of metrics.json: all of it but the names of the run. */
export function comparedFigures({ kpis, stability, evaluation, ...figures }: RegimeFigures): Record<string, unknown> {
  return { ...figures, ...kpis, ...stability, regime_evaluation: evaluation }
}

function noKpis(): RegimeKpis {
  return { n_days: 0, ...Object.fromEntries(KPI_NAMES.map(name => [name, null])) } as unknown as RegimeKpis
}

/** The seven hashes that decide the numbers of a run; the spec hash covers everything that has no hash of its own. */
export function regimeInputs(snapshot_content_hash: string, config: RegimeRunConfig): FingerprintInputs {
  const { backtest, costs, ...rest } = config.settings as unknown as RegimeConfig
  const { risk_management, ...execution } = backtest
  const { start, end, prefetch_days } = config
  return {
    snapshot_content_hash,
    strategy_hash: hashOf({ _t: 'regime.spec', v: 1, ...rest, window: { start, end, prefetch_days } }),
    execution_model_hash: hashOf({ _t: 'regime.execution', v: 1, ...execution }),
    cost_model_hash: hashOf({ _t: 'regime.costs', v: 1, ...costs }),
    risk_model_hash: hashOf({ _t: 'regime.risk', v: 1, ...risk_management }),
    seed: rest.evaluation.bootstrap.seed,
    engine_version: ENGINE_VERSION,
  }
}

/** The last day with a value of each table of a panel; null for a table without one. */
export function snapshotDates(panel: Panel): Record<'price' | 'funding' | 'open_interest', string | null> {
  const last = (table: Float64Array | null): string | null => {
    let at = (table?.length ?? 0) - 1
    while (at >= 0 && Number.isNaN((table as Float64Array)[at])) at--
    return at < 0 ? null : dayText(panel.firstDay + Math.floor(at / panel.assets.length))
  }
  return { price: last(panel.close), funding: last(panel.funding), open_interest: last(panel.openInterest) }
}
