/** The page of one run of the regime monitor, `dashboard.html`: regimes, equity, costs, features, forward returns and baskets. */

import type { RegimeReport } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { type NumberFormat, valueText } from './charts-scale.ts'
import { utcText } from './charts-time.ts'
import { DASHBOARD_HEIGHT, historyOption, type RegimeHistory } from './dashboard-charts.ts'
import { edgeRows, FORWARD_HEIGHT, forwardOption, forwardRows } from './dashboard-forward.ts'
import { heatHeight, heatMapOption } from './dashboard-heat.ts'
import { htmlPage, type PageSection } from './page-html.ts'
import { markup } from './page-markup.ts'
import { type Card, cards, chartPlace, monthTable, pairTable, sortableTable } from './page-parts.ts'
import { drawnBars, jsonColumn, monthlyReturns } from './page-series.ts'
import type { RegimeFigures } from './regime-report.ts'

/** What the page shows; all series have the length of `history.ts`. */
export interface DashboardInput {
  /** Content of report.json. */
  report: RegimeReport
  figures: RegimeFigures
  history: RegimeHistory
  /** Feature series in the order of the heat map's rows, from the top. */
  features: readonly { name: string; values: Float64Array }[]
  /** Members of the basket by date. */
  baskets: readonly { date: string; members: readonly { asset_id: string; weight: number }[] }[]
}

type Row = Record<string, string | number | null>

/** Days that the history chart draws at most, about. */
const MOST_DRAWN_DAYS = 8000
const MOST_BASKETS = 1000

const KPI_CARDS: readonly { name: keyof RegimeFigures['kpis']; label: string; format: NumberFormat; tone?: boolean }[] =
  [
    { name: 'total_return', label: 'Total return', format: 'percent', tone: true },
    { name: 'cagr', label: 'CAGR (365 days)', format: 'percent', tone: true },
    { name: 'sharpe', label: 'Sharpe (365 days)', format: 'number' },
    { name: 'sortino', label: 'Sortino', format: 'number' },
    { name: 'max_drawdown', label: 'Max drawdown', format: 'percent', tone: true },
    { name: 'calmar', label: 'Calmar', format: 'number' },
    { name: 'ann_vol', label: 'Annual volatility', format: 'percent' },
    { name: 'hit_rate', label: 'Hit rate, invested days', format: 'percent' },
    { name: 'n_active', label: 'Invested days', format: 'number' },
    { name: 'avg_gross', label: 'Mean gross exposure', format: 'percent' },
    { name: 'annual_turnover', label: 'Turnover a year', format: 'number' },
    { name: 'total_cost', label: 'Costs, sum of days', format: 'percent' },
    { name: 'total_funding', label: 'Funding paid, sum of days', format: 'percent' },
  ]

/** Members of report.json that have a section of their own; the others are provenance. */
const SHOWN_ELSEWHERE = new Set(['config_resolved', 'results', 'artifacts', 'machine_contract', 'summary', 'warnings'])

/** The HTML text of the dashboard. DATA_ERROR when there is no day or a series has another length than the days. */
export function dashboardPage(input: DashboardInput): string {
  requireSeries(input)
  const { report, figures, history, features } = input
  const { ts } = history
  const config = report.config_resolved
  const days = drawnBars([history.score, history.equity, history.drawdown], ts.length, MOST_DRAWN_DAYS)
  const forward = figures.evaluation === null ? null : forwardOption(figures.evaluation)
  const heat = heatMapOption(ts, features)
  const experiment = config.experiment as { title?: string; experiment_id?: string } | null
  const title = experiment?.title ?? experiment?.experiment_id ?? 'Majors versus alts'
  return htmlPage({
    title,
    lead: leadText(input),
    sections: [
      ...warningSection(report.warnings ?? []),
      { id: 'figures', heading: 'Key figures', body: cards(kpiCards(figures)) },
      {
        id: 'history',
        heading: 'Regimes and backtest',
        note: 'A high score means that majors lead. Drag or scroll to zoom; all panels move together, and a click on a name hides it.',
        body: chartPlace('chart-history', historyText(input), DASHBOARD_HEIGHT),
      },
      ...forwardSections(figures, forward !== null),
      ...regimeSections(figures),
      {
        id: 'features',
        heading: 'Features',
        note: heat.note,
        body: chartPlace(
          'chart-features',
          `Heat map of ${features.length} standardised features by day.`,
          heatHeight(features.length),
        ),
      },
      ...monthSection(history),
      ...windowSection(figures),
      basketSection(input.baskets),
      { id: 'configuration', heading: 'Configuration', half: true, body: pairTable(Object.entries(config)) },
      { id: 'provenance', heading: 'Provenance', half: true, body: pairTable(provenance(report)) },
    ],
    data: {
      columns: {
        time: Array.from(days, day => ts[day]),
        regime: Array.from(days, day => history.regime[day]),
        ...Object.fromEntries(SERIES.map(name => [name, jsonColumn(history[name], days)])),
      },
      charts: {
        'chart-history': historyOption(history),
        ...(forward === null ? {} : { 'chart-forward': forward }),
        'chart-features': heat.option,
      },
    },
  })
}

/** Columns of the page's data, as the history chart names them. */
const SERIES = [
  'score',
  'equity',
  'btc',
  'alts',
  'drawdown',
  'alt_exposure',
  'major_exposure',
  'net_exposure',
  'turnover',
  'cost',
  'funding',
] as const satisfies readonly (keyof RegimeHistory)[]

function requireSeries({ history, features }: DashboardInput): void {
  const days = history.ts.length
  if (days === 0) throw fail('DATA_ERROR', { message: 'There is no day to show; widen the time window.' })
  const series = [
    ...SERIES.map(name => ({ name: name as string, length: history[name].length })),
    ...features.map(({ name, values }) => ({ name, length: values.length })),
    { name: 'regime', length: history.regime.length },
  ]
  for (const { name, length } of series) {
    if (length === days) continue
    throw fail('DATA_ERROR', { message: `The series '${name}' has ${length} values for ${days} days.` })
  }
}

function leadText({ report, history }: DashboardInput): string {
  const { ts, regime, score } = history
  const last = ts.length - 1
  const { mode, dataset_id } = report.config_resolved
  const now = `${regime[last] ?? 'no regime'}, score ${valueText(nullOf(score[last]), 'number')}`
  return `${report.header.run_id} · ${mode} · ${dataset_id} · ${utcText(ts[0])} to ${utcText(ts[last])} · at the end: ${now}`
}

function kpiCards({ kpis, stability }: RegimeFigures): Card[] {
  const known = KPI_CARDS.map(({ name, label, format, tone }) => ({ label, value: kpis[name], format, tone }))
  return [...known, { label: 'Switches a year', value: stability.switches_per_year, format: 'number' }]
}

function warningSection(warnings: readonly string[]): PageSection[] {
  if (warnings.length === 0) return []
  const body = markup`<div class="warning"><ul>${warnings.map(text => markup`<li>${text}</li>`)}</ul></div>`
  return [{ id: 'warnings', heading: 'Warnings', body }]
}

function historyText({ history, figures }: DashboardInput): string {
  const { ts, regime } = history
  const last = ts.length - 1
  return (
    `Score with regimes, equity beside BTC and the alt basket, drawdown, exposures, turnover and costs from ${utcText(ts[0])} to ` +
    `${utcText(ts[last])}. Total return ${valueText(figures.kpis.total_return, 'percent', true)}, ` +
    `${figures.stability.total_switches} changes of regime, at the end ${regime[last] ?? 'none'}.`
  )
}

function forwardSections(figures: RegimeFigures, drawn: boolean): PageSection[] {
  if (figures.evaluation === null || !drawn) return []
  const forward: PageSection = {
    id: 'forward',
    heading: 'Forward returns by regime',
    note: 'Mean return over each horizon after a day of a regime, with 95 % intervals that count the overlap (Newey–West); of majors less alts in mode msm, of the strategy in mode regular. A regime of a single day is in the table alone.',
    body: chartPlace('chart-forward', 'Mean forward return and interval by regime and horizon.', FORWARD_HEIGHT),
  }
  const rows = forwardRows(figures.evaluation)
  const edges = edgeRows(figures.evaluation)
  return [
    forward,
    {
      id: 'forward-table',
      heading: 'Forward returns in figures',
      body: sortableTable(
        ['horizon_days', 'regime', 'count', 'mean', 'lower', 'upper', 'hit_rate', 'p_value_nw'],
        rows,
      ),
    },
    {
      id: 'edges',
      heading: 'Edges',
      note: 'Best regime less worst, with the interval and p-value of the block bootstrap.',
      body: sortableTable(['horizon_days', 'best', 'worst', 'spread', 'lower', 'upper', 'p_value'], edges),
    },
  ]
}

function regimeSections({ regime_metrics, stability }: RegimeFigures): PageSection[] {
  const held = new Map(regime_metrics.map(row => [row.regime, row]))
  const names = [...new Set([...Object.keys(stability.regime_distribution), ...held.keys()])]
  const rows = names.map((regime): Row => {
    const metrics = held.get(regime)
    return {
      regime,
      share_percent: stability.regime_distribution[regime] ?? null,
      days_held: metrics?.n_days ?? null,
      mean_return: metrics?.mean_return ?? null,
      median_return: metrics?.median_return ?? null,
      std_return: metrics?.std_return ?? null,
      sharpe_like: metrics?.sharpe_like ?? null,
    }
  })
  if (rows.length === 0) return []
  return [
    {
      id: 'regimes',
      heading: 'Returns by regime',
      note: 'Daily net returns by the regime at the decision that made the holdings, not by the regime of the same day.',
      body: sortableTable(Object.keys(rows[0]), rows),
    },
  ]
}

/** The starting 1 stands a day before the first one, so that the first day counts. */
function monthSection({ ts, equity }: RegimeHistory): PageSection[] {
  const first = equity.findIndex(value => Number.isFinite(value))
  if (first < 0) return []
  const from = Float64Array.of(ts[first], ...ts.subarray(first))
  const values = Float64Array.of(1, ...equity.subarray(first))
  return [{ id: 'months', heading: 'Monthly returns', body: monthTable(monthlyReturns(from, values)) }]
}

function windowSection({ test_windows }: RegimeFigures): PageSection[] {
  if (test_windows.length === 0) return []
  const columns = ['test_window', 'start', 'end', 'n_days', 'total_return', 'sharpe', 'max_drawdown']
  const body = sortableTable(columns, test_windows as unknown as readonly Row[])
  return [{ id: 'windows', heading: 'Test windows', note: 'One continuous backtest, reported in windows.', body }]
}

function basketSection(baskets: DashboardInput['baskets']): PageSection {
  const shown = baskets.slice(-MOST_BASKETS).toReversed()
  const rows = shown.map(
    ({ date, members }): Row => ({
      date,
      names: members.length,
      largest_weight: members.reduce((most, { weight }) => Math.max(most, weight), 0),
      members: members.map(({ asset_id, weight }) => `${asset_id} ${valueText(weight, 'percent')}`).join(', '),
    }),
  )
  const left = baskets.length - shown.length
  return {
    id: 'baskets',
    heading: 'Alt basket by date',
    note: `Every seventh day, newest first${left > 0 ? `; basket_weekly.csv has ${left} earlier ones` : ''}. Weights within the basket.`,
    body: rows.length === 0 ? markup`<p>No basket.</p>` : markup`${NARROW}${sortableTable(Object.keys(rows[0]), rows)}`,
  }
}

/** The long list of members would break the dates. */
const NARROW = markup`<style>#baskets td:first-child{white-space:nowrap}</style>`

function provenance(report: RegimeReport): [string, unknown][] {
  const rest = Object.entries(report).filter(([name]) => !SHOWN_ELSEWHERE.has(name) && name !== 'header')
  return [...Object.entries(report.header), ...rest]
}

function nullOf(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
