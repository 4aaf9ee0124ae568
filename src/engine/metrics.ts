/** The metrics of a run: the published headline figures, and the extended ones by the rows of the metric table. */

import type { ExtendedMetrics } from '../../contracts/types.ts'
import { mean, std } from '../base/stats.ts'
import { type MetricsFacts, type MetricsInput, metricsFacts } from './metric-facts.ts'
import { METRICS, type Metric } from './metric-table.ts'

export type { RoundTripLike } from './metric-facts.ts'
export type { MetricsInput }

/** Headline figures with the published meaning (contract §7); null where undefined. */
export interface PublishedMetrics {
  total_return: number | null
  max_drawdown: number | null
  sharpe_simple: number | null
  winrate_active_days: number
  days: number
  trades: number
}

/**
 * The published figures (contract §7): total_return = equity_last − 1; max_drawdown = min(equity / running maximum − 1);
 * sharpe_simple = √252 · mean / (sample deviation + 1e-12) whatever the interval, null for one bar; winrate_active_days = share of
 * bars entered with a position that gained, 0 without one; days = bars; trades = changes of position, from flat.
 */
export function publishedMetrics(
  netReturns: Float64Array,
  equity: Float64Array,
  position: Float64Array,
): PublishedMetrics {
  const days = netReturns.length
  let peak = Number.NEGATIVE_INFINITY
  let deepest = days > 0 ? 0 : Number.NaN
  let [trades, active, gained, before] = [0, 0, 0, 0]
  for (let i = 0; i < days; i++) {
    if (equity[i] > peak) peak = equity[i]
    const fall = peak > 0 ? equity[i] / peak - 1 : Number.NaN
    // Math.min keeps a NaN.
    deepest = Math.min(deepest, fall)
    if (before !== 0) {
      active++
      if (netReturns[i] > 0) gained++
    }
    if (position[i] !== before) trades++
    before = position[i]
  }
  return {
    total_return: numberOrNull(equity[days - 1] - 1),
    max_drawdown: numberOrNull(deepest),
    sharpe_simple: numberOrNull((Math.sqrt(252) * mean(netReturns)) / (std(netReturns, 1) + 1e-12)),
    winrate_active_days: active === 0 ? 0 : gained / active,
    days,
    trades,
  }
}

/** Every metric of the table; an undefined one is null and says why in `undefined_reasons`. */
export function extendedMetrics(input: MetricsInput): ExtendedMetrics {
  const facts = metricsFacts(input)
  const values: Record<string, number | null> = {}
  const reasons: Record<string, string> = {}
  for (const [name, metric] of Object.entries<Metric>(METRICS)) {
    values[name] = numberOrNull(metric.compute(facts))
    if (values[name] === null) reasons[name] = reasonFor(metric, facts)
  }
  return { ...values, undefined_reasons: reasons } as unknown as ExtendedMetrics
}

function reasonFor(metric: Metric, facts: MetricsFacts): string {
  if (facts.bars === 0) return 'no bars'
  return metric.reason?.(facts) ?? 'outside the range of numbers'
}

function numberOrNull(value: number): number | null {
  // −0 is written as 0, so that equal results have equal bytes.
  return Number.isFinite(value) ? value + 0 : null
}
