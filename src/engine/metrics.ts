/** The metrics of a run: the published headline figures, and the extended ones by the rows of the metric table. */

import type { ExtendedMetrics } from '../../contracts/types.ts'
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
  let [trades, held, gained, before] = [0, 0, 0, 0]
  const active = new Float64Array(days)
  let [count, total] = [0, 0]
  for (let i = 0; i < days; i++) {
    if (netReturns[i] !== 0) {
      active[count++] = netReturns[i]
      total += netReturns[i]
    }
    if (equity[i] > peak) peak = equity[i]
    const fall = peak > 0 ? equity[i] / peak - 1 : Number.NaN
    // Math.min keeps a NaN.
    deepest = Math.min(deepest, fall)
    if (before !== 0) {
      held++
      if (netReturns[i] > 0) gained++
    }
    if (position[i] !== before) trades++
    before = position[i]
  }
  return {
    total_return: numberOrNull(equity[days - 1] - 1),
    max_drawdown: numberOrNull(deepest),
    sharpe_simple: numberOrNull(sharpeSimple(active, count, total, days)),
    winrate_active_days: held === 0 ? 0 : gained / held,
    days,
    trades,
  }
}

/**
 * √252 · mean / (sample deviation + 1e-12) of `bars` returns, of which the first `count` of `active` are those that are not 0, in
 * order of time, and `total` is their sum; NaN for fewer than two bars. Bars out of the market cost nothing this way.
 */
export function sharpeSimple(active: Float64Array, count: number, total: number, bars: number): number {
  if (bars < 2) return Number.NaN
  const mean = total / bars
  let squares = 0
  for (let i = 0; i < count; i++) {
    const distance = active[i] - mean
    squares += distance * distance
  }
  squares += (bars - count) * mean * mean
  return (Math.sqrt(252) * mean) / (Math.sqrt(squares / (bars - 1)) + 1e-12)
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
