/** Forward returns by regime on the dashboard: means with intervals as a chart, and the rows of its tables. */

import type { RegimeEvaluation, RegimeForwardStats } from '../../contracts/types.ts'
import { studentTCdf } from '../base/distributions.ts'
import { valueText } from './charts-scale.ts'
import { regimeLooks } from './dashboard-colours.ts'

/** Height in pixels of the place of the chart. */
export const FORWARD_HEIGHT = 310

/** One regime at one horizon; the interval is null where the regime has fewer than two rows. */
export type ForwardRow = Record<string, string | number | null> & {
  horizon_days: number
  regime: string
  count: number
  mean: number
  lower: number | null
  upper: number | null
}

/** Means and 95 % intervals by horizon and regime, from alts to majors. */
export function forwardRows(evaluation: RegimeEvaluation): ForwardRow[] {
  return Object.entries(evaluation).flatMap(([horizon, { regime_stats }]) =>
    regimeLooks(Object.keys(regime_stats)).map(({ name }) => {
      const stats = regime_stats[name]
      const half = halfWidth(stats)
      return {
        horizon_days: horizonDays(horizon),
        regime: name,
        count: stats.count,
        mean: stats.mean_return,
        lower: half === null ? null : stats.mean_return - half,
        upper: half === null ? null : stats.mean_return + half,
        hit_rate: stats.hit_rate,
        p_value_nw: stats.p_value_nw,
      }
    }),
  )
}

/** Best less worst regime by horizon, with its bootstrap interval. */
export function edgeRows(evaluation: RegimeEvaluation): Record<string, string | number | null>[] {
  return Object.entries(evaluation).map(([horizon, { edge_stats }]) => ({
    horizon_days: horizonDays(horizon),
    best: edge_stats.best_regime,
    worst: edge_stats.worst_regime,
    spread: edge_stats.spread_1_5,
    lower: edge_stats.spread_1_5_ci_lower ?? null,
    upper: edge_stats.spread_1_5_ci_upper ?? null,
    p_value: edge_stats.spread_1_5_pvalue ?? null,
  }))
}

/** One panel a horizon, one interval a regime that has one; null where none has. */
export function forwardOption(evaluation: RegimeEvaluation): object | null {
  const rows = forwardRows(evaluation).filter(row => row.lower !== null)
  const horizons = [...new Set(rows.map(row => row.horizon_days))]
  if (horizons.length === 0) return null
  const looks = regimeLooks(rows.map(row => row.regime))
  const width = 100 / horizons.length
  const places = horizons.map((_, index) => ({ left: `${index * width + 3.6}%`, width: `${width - 5}%` }))
  const of = (horizon: number) =>
    looks.map(({ name }) => rows.find(row => row.regime === name && row.horizon_days === horizon))
  return {
    animation: false,
    tooltip: { trigger: 'item', formatter: '{b}' },
    title: horizons.map((horizon, index) => ({
      text: horizon === 1 ? '1 day' : `${horizon} days`,
      left: places[index].left,
      top: 2,
      textStyle: { fontSize: 13, fontWeight: 600 },
    })),
    grid: places.map(place => ({ ...place, top: 34, bottom: 84 })),
    xAxis: horizons.map((_, index) => ({
      type: 'category',
      gridIndex: index,
      data: looks.map(({ label }) => label),
      axisLabel: { interval: 0, rotate: 45 },
      axisTick: { show: false },
      axisLine: { onZero: false },
    })),
    yAxis: horizons.map((_, index) => ({
      type: 'value',
      gridIndex: index,
      scale: true,
      format: 'percent',
      splitNumber: 4,
    })),
    series: horizons.flatMap((horizon, index) => [
      {
        name: 'Interval',
        type: 'candlestick',
        xAxisIndex: index,
        yAxisIndex: index,
        barMaxWidth: 16,
        data: of(horizon).map((row, k) => interval(row, looks[k].label, looks[k].colour)),
      },
      {
        name: 'Mean',
        type: 'scatter',
        xAxisIndex: index,
        yAxisIndex: index,
        symbolSize: 10,
        data: of(horizon).map((row, k) => ({
          name: row === undefined ? '' : told(row, looks[k].label),
          value: row === undefined ? null : rounded(row.mean),
          itemStyle: { color: looks[k].colour },
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: '#8a939c', type: 'solid', width: 1 },
          data: [{ yAxis: 0 }],
        },
      },
    ]),
  }
}

/** Half of the 95 % interval by Student's t with Newey–West errors; null for a regime that has no error. */
export function halfWidth({ mean_return, std_return, count, t_stat_nw }: RegimeForwardStats): number | null {
  if (count < 2 || std_return === 0) return null
  // The statistic is mean over error; a mean of 0 says nothing of its error.
  const error = t_stat_nw === 0 ? std_return / Math.sqrt(count) : mean_return / t_stat_nw
  return studentQuantile(0.975, count - 1) * error
}

/** The value below which a Student t variable falls with probability `p` > 0.5, by bisection to the last bits. */
export function studentQuantile(p: number, degrees: number): number {
  let [low, high] = [0, 1]
  while (studentTCdf(high, degrees) < p) high *= 2
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2
    if (studentTCdf(middle, degrees) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** A candle whose body is the mean and whose wick is the interval. */
function interval(row: ForwardRow | undefined, label: string, colour: string): object {
  if (row?.lower == null || row.upper === null) return { value: [null, null, null, null] }
  const [mean, lower, upper] = [row.mean, row.lower, row.upper].map(rounded)
  return {
    name: told(row, label),
    value: [mean, mean, lower, upper],
    itemStyle: {
      ...{ color: colour, color0: colour, borderColor: colour, borderColor0: colour, borderColorDoji: colour },
      borderWidth: 3,
    },
  }
}

function told(row: ForwardRow, label: string): string {
  const percent = (value: number | null) => valueText(value, 'percent', true)
  return `${label}: ${percent(row.mean)} (${percent(row.lower)} to ${percent(row.upper)}), ${row.count} days`
}

function horizonDays(name: string): number {
  return Number(name.replace(/\D/g, ''))
}

function rounded(value: number): number {
  return Number(value.toPrecision(7))
}
