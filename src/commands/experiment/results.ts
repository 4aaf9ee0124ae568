/** What came out of an experiment: a row for each variation, figures over all runs, and one hash of it. */

import type { ExperimentResult, ExperimentStatistic, RunMetadata } from '../../../contracts/types.ts'
import { readRun } from '../../artifacts/run-reader.ts'
import { hashOf } from '../../base/canonical.ts'
import { maximum, mean, median, minimum, quantile, std } from '../../base/stats.ts'
import { uriOf } from '../registry/run-facts.ts'
import type { Batch } from './batch.ts'
import type { Variation } from './variations.ts'

/** Headline figures, in the order in which they are shown. */
export const FIGURES = ['total_return', 'sharpe_simple', 'max_drawdown', 'win_rate', 'trades'] as const
export type Figure = (typeof FIGURES)[number]

/** A row for each variation, in order; the result hashes are read from the runs. */
export function resultsOf(root: string, variations: readonly Variation[], { results }: Batch): ExperimentResult[] {
  return variations.map(({ id, strategy, scope, site, parameters, seed }, k): ExperimentResult => {
    const ran = results[k]
    const about = {
      runsets: scope.runsets,
      strategy: strategy.name,
      strategy_params: strategy.params,
      alerts_dataset_id: 'alerts_dataset_id' in site ? site.alerts_dataset_id : null,
      dataset_id: site.dataset_id,
      ticker: 'ticker' in site ? site.ticker : null,
      universe: { ...scope.universe },
      parameters,
      seed,
    }
    const nothing = { run_id: null, result_hash: null, path: null, summary: null }
    if (ran === undefined) return { variation_id: id, status: 'skipped', ...about, ...nothing, error: null }
    if (ran.status === 'failed') {
      const { code, message } = ran
      return { variation_id: id, status: 'failed', ...about, ...nothing, error: { code, message } }
    }
    const { run_id, path, summary } = ran
    const { result_hash } = readRun(path).metadata as unknown as RunMetadata
    const of = { run_id, result_hash, path: uriOf(root, path), summary }
    return { variation_id: id, status: 'completed', ...about, ...of, error: null }
  })
}

/** SHA-256 of RFC 8785 of [variation id, result hash or error code] in order. */
export function resultsHash(results: readonly ExperimentResult[]): string {
  return hashOf(
    results.map(({ variation_id, result_hash, error }) => [variation_id, result_hash ?? error?.code ?? 'skipped']),
  )
}

/** Each headline figure over the runs that have it. */
export function statisticsOf(results: readonly ExperimentResult[]): ExperimentStatistic[] {
  return FIGURES.map(metric => {
    const values = results.flatMap(({ summary }) => summary?.[metric] ?? [])
    const over = (figure: (x: number[]) => number, least = 1) => (values.length < least ? null : figure(values))
    return {
      metric,
      count: values.length,
      mean: over(mean),
      standard_deviation: over(x => std(x, 1), 2),
      minimum: over(minimum),
      lower_quartile: over(x => quantile(x, 0.25)),
      median: over(median),
      upper_quartile: over(x => quantile(x, 0.75)),
      maximum: over(maximum),
    }
  })
}

/** The completed results, highest total return first, equal ones in order. */
export function ranked(results: readonly ExperimentResult[]): ExperimentResult[] {
  const value = ({ summary }: ExperimentResult) => summary?.total_return ?? Number.NEGATIVE_INFINITY
  return results.filter(({ status }) => status === 'completed').sort((a, b) => value(b) - value(a) || 0)
}
