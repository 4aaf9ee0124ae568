/** The dashboard of a finished monitor: its series on one axis of days, with BTC and the alt basket to compare by. */

import type { RegimeReport } from '../../../contracts/types.ts'
import { dashboardPage } from '../../artifacts/dashboard.ts'
import type { RegimeFigures } from '../../artifacts/regime-report.ts'
import { DAY_MS } from '../../market/calendar.ts'
import { dayOf, type Panel } from '../../market/panel.ts'
import type { RegimeConfig } from '../../regime/config-types.ts'
import type { MonitorResult } from '../../regime/monitor.ts'
import { drawdownOf } from './files.ts'

/** A finished run of the monitor. */
export interface FinishedRegime {
  panel: Panel
  result: MonitorResult
  figures: RegimeFigures
  settings: RegimeConfig
  /** Content of report.json; the files it lists need not be complete. */
  report: RegimeReport
}

/** The HTML text of the dashboard; days run from the requested start on. */
export function regimePage({ panel, result, figures, settings, report }: FinishedRegime): string {
  const { start, backtest, universe, scores, regimes, features } = result
  const days = panel.days - start
  // Series of the backtest begin later than the days.
  const offset = Math.max(0, backtest.start - start)
  const placed = (values: Float64Array): Float64Array => {
    const column = new Float64Array(days).fill(Number.NaN)
    if (offset < days) column.set(values.subarray(0, days - offset), offset)
    return column
  }
  const from = Math.min(backtest.start, panel.days)
  const legs = legExposures(result)
  return dashboardPage({
    report,
    figures,
    history: {
      ts: Float64Array.from({ length: days }, (_, day) => (panel.firstDay + start + day) * DAY_MS),
      score: scores.score.subarray(start),
      regime: regimes.slice(start),
      thresholds: thresholdsOf(settings),
      equity: placed(backtest.equity),
      btc: placed(assetGrowth(panel, universe.btc, from)),
      alts: placed(basketGrowth(panel, result, from)),
      drawdown: placed(drawdownOf(backtest.equity)),
      alt_exposure: placed(legs.alts),
      major_exposure: placed(legs.majors),
      net_exposure: placed(backtest.netExposure),
      turnover: placed(backtest.altTurnover.map((alt, row) => alt + backtest.majorTurnover[row])),
      cost: placed(sumSoFar(backtest.cost)),
      funding: placed(sumSoFar(backtest.funding)),
    },
    features: Object.entries(features.columns)
      .filter(([name]) => name.startsWith('z_'))
      .map(([name, values]) => ({ name, values: values.subarray(start) })),
    baskets: basketsOf(result),
  })
}

/** Signed exposure of each leg after trading, by row of the backtest. */
function legExposures({ backtest, universe }: MonitorResult): { alts: Float64Array; majors: Float64Array } {
  const { rows, start, holdings } = backtest
  const [alts, majors] = [new Float64Array(rows), new Float64Array(rows)]
  for (let i = 0; i < holdings.row.length; i++) {
    const leg = universe.majors.includes(holdings.asset[i]) ? majors : alts
    leg[holdings.row[i] - start] += holdings.weight[i]
  }
  return { alts, majors }
}

/** Growth of 1 of an asset from its last close before row `from` on, row by row; a day without a close keeps the value. */
export function assetGrowth(panel: Panel, asset: number, from: number): Float64Array {
  const { close, assets, days } = panel
  const at = (row: number) => close[row * assets.length + asset]
  let base = Number.NaN
  for (let row = 0; row < from; row++) if (!Number.isNaN(at(row))) base = at(row)
  const growth = new Float64Array(Math.max(0, days - from))
  let value = Number.NaN
  for (let row = from; row < days; row++) {
    if (Number.isNaN(base)) base = at(row)
    if (!Number.isNaN(at(row))) value = at(row) / base
    growth[row - from] = value
  }
  return growth
}

/**
 * Growth of 1 of the weekly baskets from row `from` on: each is held from the day after its date to the next one's, rebalanced daily, over
 * members with closes on both days; NaN before the first, unchanged on a day without any.
 */
export function basketGrowth(panel: Panel, result: Pick<MonitorResult, 'basket_weekly'>, from: number): Float64Array {
  const { close, assets, days, firstDay } = panel
  const position = new Map(assets.map((id, a) => [id, a]))
  const baskets = basketsOf(result).map(({ date, members }) => ({
    row: dayOf(date) - firstDay,
    members: members.map(({ asset_id, weight }) => ({ asset: position.get(asset_id) as number, weight })),
  }))
  const growth = new Float64Array(Math.max(0, days - from)).fill(Number.NaN)
  let [next, value] = [0, Number.NaN]
  for (let row = from; row < days; row++) {
    while (next < baskets.length && baskets[next].row < row) next++
    if (next > 0) {
      let [earned, weights] = [0, 0]
      for (const { asset, weight } of baskets[next - 1].members) {
        const change = close[row * assets.length + asset] / close[(row - 1) * assets.length + asset] - 1
        if (Number.isNaN(change)) continue
        earned += weight * change
        weights += weight
      }
      value = (Number.isNaN(value) ? 1 : value) * (1 + (weights > 0 ? earned / weights : 0))
    }
    growth[row - from] = value
  }
  return growth
}

function basketsOf({ basket_weekly }: Pick<MonitorResult, 'basket_weekly'>) {
  const dates = new Map<string, { asset_id: string; weight: number }[]>()
  for (const { date, asset_id, weight } of basket_weekly) {
    const members = dates.get(date)
    if (members === undefined) dates.set(date, [{ asset_id, weight }])
    else members.push({ asset_id, weight })
  }
  return [...dates].map(([date, members]) => ({ date, members }))
}

/** What stands beside the score; the unsupervised classifier has no thresholds. */
function thresholdsOf({ regime }: RegimeConfig): { label: string; value: number }[] {
  if (regime.mode !== 'composite') return []
  const two = [
    { label: 'low', value: regime.threshold_low },
    { label: 'high', value: regime.threshold_high },
  ]
  if (regime.n_regimes === 3) return two
  return [
    { label: 'strong low', value: regime.threshold_strong_low },
    ...two,
    { label: 'strong high', value: regime.threshold_strong_high },
  ]
}

function sumSoFar(values: Float64Array): Float64Array {
  let total = 0
  return values.map(value => {
    total += value
    return total
  })
}
