/** The table of a sweep over the monitor: one row a run, and which of them are best. */

import { GatewayError } from '../../base/errors.ts'
import type { Cell } from '../../base/table.ts'
import type { RegimeSetup } from './config.ts'
import type { RegimeRun } from './regime.ts'
import type { SweptRun } from './sweep-plan.ts'

/** What became of one run: published, refused or failed, or left out after a failure. */
export interface SweptResult {
  swept: SweptRun
  outcome: RegimeRun | GatewayError | 'skipped'
  /** Milliseconds of its execution; null where there was none. */
  duration_ms: number | null
}

/** A published run with its number in the sweep. */
export interface RankedRun {
  member: number
  run: RegimeRun
}

const FIGURES = [
  'total_return',
  'cagr',
  'ann_vol',
  'sharpe',
  'sortino',
  'max_drawdown',
  'calmar',
  'hit_rate',
  'avg_turnover',
  'total_cost',
  'total_funding',
  'n_days',
] as const

/** Columns of members.csv; the swept keys stand after those that name the run. */
export function memberColumns(paths: readonly string[]): string[] {
  return [
    ...['member', 'status', 'run_id', 'experiment', 'experiment_id', 'title', 'category_path', 'mode', ...paths],
    ...['features', 'n_regimes', 'target_n', 'target_weighting', ...FIGURES, 'sharpe_simple', 'trades'],
    ...['total_switches', 'switches_per_year', 'avg_regime_duration_days', 'regime_distribution'],
    ...['duration_ms', 'error_code', 'error_message'],
  ]
}

/** One row under those columns; what a run does not have is null. */
export function memberRow({ swept, outcome, duration_ms }: SweptResult, member: number): Record<string, Cell> {
  const { experiment, parameters, setup } = swept
  const named: Record<string, Cell> = { member, status: statusOf(outcome), experiment, duration_ms }
  for (const [path, value] of Object.entries(parameters)) named[path] = cell(value)
  const row = setup instanceof GatewayError ? named : { ...named, ...setupCells(setup) }
  if (outcome === 'skipped') return row
  if (outcome instanceof GatewayError) return { ...row, error_code: outcome.code, error_message: outcome.message }
  const { kpis, summary, stability } = outcome.figures
  for (const name of FIGURES) row[name] = kpis[name]
  return {
    ...row,
    run_id: runIdOf(outcome),
    sharpe_simple: summary.sharpe_simple,
    trades: summary.trades,
    total_switches: stability.total_switches,
    switches_per_year: stability.switches_per_year,
    avg_regime_duration_days: stability.avg_regime_duration_days,
    regime_distribution: JSON.stringify(stability.regime_distribution),
  }
}

/** Published runs by Sharpe ratio, the first of equals first, undefined ones last. */
export function rankedRuns(results: readonly SweptResult[]): RankedRun[] {
  const runs = results.flatMap(({ outcome }, member) =>
    outcome === 'skipped' || outcome instanceof GatewayError ? [] : [{ member, run: outcome }],
  )
  const score = ({ run }: RankedRun) => run.figures.kpis.sharpe ?? Number.NEGATIVE_INFINITY
  return runs.sort((a, b) => (score(a) === score(b) ? a.member - b.member : score(b) - score(a)))
}

/** The run id of a published run. */
export function runIdOf({ outcome }: RegimeRun): string {
  return String(outcome.answer['run_id'])
}

/** published, failed or skipped. */
export function statusOf(outcome: SweptResult['outcome']): string {
  if (outcome === 'skipped') return 'skipped'
  return outcome instanceof GatewayError ? 'failed' : 'success'
}

/** What the published catalogue of experiments tells of a configuration. */
function setupCells({ settings, experiment }: RegimeSetup): Record<string, Cell> {
  const msm = settings.mode === 'msm'
  return {
    experiment_id: experiment?.experiment_id ?? null,
    title: experiment?.title ?? null,
    category_path: experiment?.category_path ?? null,
    mode: settings.mode,
    features: JSON.stringify(Object.keys(settings.regime.weights)),
    n_regimes: settings.regime.n_regimes,
    target_n: msm ? settings.basket.n : settings.regular.basket_size,
    target_weighting: msm ? settings.basket.weighting : null,
  }
}

function cell(value: unknown): Cell {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Cell)
}
