/** The interactive page of an advanced report, `advanced_report.html`: charts that zoom together, tables that sort. */

import type { AdvancedReport } from '../../contracts/types.ts'
import { type AdvancedFigure, changesOf, changesText } from './advanced-charts.ts'
import { extent, type NumberFormat, valueText, wantsLog } from './charts-scale.ts'
import { utcText } from './charts-time.ts'
import { returnsOption } from './page-charts.ts'
import { htmlPage, type PageSection } from './page-html.ts'
import { linkedPanels, type Panel, type PanelLine } from './page-panels.ts'
import { type Card, cards, chartPlace, monthTable, pairTable, sortableTable } from './page-parts.ts'
import { drawnBars, jsonColumn, monthlyReturns } from './page-series.ts'

type Row = Readonly<Record<string, unknown>>

/** Bars drawn at most, about; every figure uses all. */
const MOST_DRAWN_BARS = 24_000
const MOST_TRIPS = 1000

const HEIGHT = 820

/** The HTML text; `trips` are the closed round trips as rows. */
export function advancedPage(report: AdvancedReport, figure: AdvancedFigure, trips: readonly Row[]): string {
  const { ts, equity, drawdown, rollingSharpe, rollingVolatility } = figure
  const bars = drawnBars([equity, drawdown, rollingSharpe, rollingVolatility], ts.length, MOST_DRAWN_BARS)
  const returns = returnsOption(changesOf(figure.returns))
  const tripReturns = returnsOption(figure.tradeReturns)
  const curve = ts.length > 1
  return htmlPage({
    title: `${report.run_id ?? 'Run'} · advanced report`,
    lead: [report.mode, curve ? `${utcText(ts[0])} to ${utcText(ts[ts.length - 1])}` : null, report.created_at]
      .filter(text => text !== null)
      .join(' · '),
    sections: [
      { id: 'figures', heading: 'Key figures', body: cards(cardsOf(report)) },
      ...(curve ? curveSections(report, figure, returns !== null) : []),
      ...tripSections(report, trips, tripReturns !== null),
      ...recordSections(report),
    ],
    data: {
      columns: {
        time: Array.from(bars, bar => ts[bar]),
        equity: jsonColumn(equity, bars),
        drawdown: jsonColumn(drawdown, bars),
        sharpe: jsonColumn(rollingSharpe, bars),
        volatility: jsonColumn(rollingVolatility, bars),
      },
      charts: {
        ...(curve ? { 'chart-history': historyOption(ts, equity) } : {}),
        ...(curve && returns !== null ? { 'chart-returns': returns } : {}),
        ...(tripReturns !== null ? { 'chart-trips': tripReturns } : {}),
      },
    },
  })
}

function cardsOf({
  equity_metrics: equity,
  drawdown_metrics: fall,
  trade_distribution: trades,
}: AdvancedReport): Card[] {
  const card = (label: string, value: number | null | undefined, format: NumberFormat, tone = false): Card[] =>
    value === undefined ? [] : [{ label, value, format, tone }]
  return [
    ...card('Total return', equity.total_return, 'percent', true),
    ...card('CAGR (252 bars)', equity.cagr, 'percent', true),
    ...card('Max drawdown', fall.max_drawdown, 'percent', true),
    ...card('Sharpe (√252)', equity.sharpe, 'number'),
    ...card('Sortino (√252)', equity.sortino, 'number'),
    ...card('Calmar', fall.calmar, 'number'),
    ...card('Volatility (√252)', equity.annualized_volatility, 'percent'),
    ...card('Round trips', trades.n_trades, 'number'),
    ...card('Win rate', trades.win_rate, 'percent'),
    ...card('Profit factor', trades.profit_factor, 'number'),
  ]
}

function curveSections(
  report: AdvancedReport,
  { ts, equity, window, returns }: AdvancedFigure,
  histogram: boolean,
): PageSection[] {
  const drawdowns = report.drawdowns.map(row => ({ ...row }))
  return [
    {
      id: 'history',
      heading: 'History',
      note: `Equity, drawdown, and the Sharpe ratio and volatility of the last ${window} bars. Drag or scroll to zoom.`,
      body: chartPlace('chart-history', `Equity, drawdown and rolling figures of ${ts.length} bars.`, HEIGHT),
    },
    { id: 'months', heading: 'Monthly and yearly returns', body: monthTable(monthlyReturns(ts, equity)) },
    ...(drawdowns.length === 0
      ? []
      : [{ id: 'drawdowns', heading: 'Deepest drawdowns', body: sortableTable(Object.keys(drawdowns[0]), drawdowns) }]),
    ...(histogram
      ? [
          {
            id: 'returns',
            heading: 'Returns per bar',
            note: `${changesText(returns)}.`,
            half: true,
            body: chartPlace('chart-returns', 'Histogram.', 300),
          },
        ]
      : []),
    {
      id: 'distribution',
      heading: 'Distribution',
      half: true,
      body: pairTable(readable(report.return_distribution)),
    },
  ]
}

function tripSections(report: AdvancedReport, trips: readonly Row[], histogram: boolean): PageSection[] {
  if (trips.length === 0) return []
  const shown = trips.slice(0, MOST_TRIPS)
  const note = shown.length < trips.length ? `The first ${shown.length} of ${trips.length}.` : undefined
  return [
    ...(histogram
      ? [
          {
            id: 'trip-returns',
            heading: 'Returns of round trips',
            half: true,
            body: chartPlace('chart-trips', 'Histogram.', 300),
          },
        ]
      : []),
    {
      id: 'trip-figures',
      heading: 'Round trips',
      half: true,
      body: pairTable(readable(report.trade_distribution)),
    },
    { id: 'trips', heading: 'All round trips', note, body: sortableTable(Object.keys(shown[0]), shown) },
  ]
}

function recordSections({ extended, top_result_summary: top, warnings }: AdvancedReport): PageSection[] {
  return [
    ...(warnings.length > 0
      ? [
          {
            id: 'warnings',
            heading: 'Warnings',
            body: pairTable(warnings.map((text, k) => [String(k + 1), text] as const)),
          },
        ]
      : []),
    ...(top === null
      ? []
      : [{ id: 'result', heading: 'First result', half: true, body: pairTable(Object.entries(top)) }]),
    ...(extended === null
      ? []
      : [{ id: 'extended', heading: 'Extended metrics', half: true, body: pairTable(Object.entries(extended)) }]),
  ]
}

const PLAIN_FIGURES = /^(count|skew|kurtosis|n_trades|profit_factor|avg_holding_days|expectancy)$|_pnl$|^pnl_|^max_/

/** Figures as a reader wants them; the exact values are in the JSON file. */
function readable(figures: object): [string, unknown][] {
  return Object.entries(figures).map(([name, value]) => {
    if (typeof value !== 'number') return [name, value]
    return [name, valueText(value, PLAIN_FIGURES.test(name) ? 'number' : 'percent')]
  })
}

/** Four panels with one zoom. */
function historyOption(ts: Float64Array, equity: Float64Array): object {
  const log = wantsLog(extent([equity]) ?? { low: 0, high: 0 })
  const panels: Panel[] = [
    { title: 'Equity', top: 40, height: 260, format: 'number', log },
    { title: 'Drawdown', top: 342, height: 100, format: 'percent' },
    { title: 'Sharpe ratio', top: 484, height: 120, format: 'number' },
    { title: 'Volatility', top: 646, height: 90, format: 'percent' },
  ]
  const line = (panel: number, column: string, colour: string, more?: object): PanelLine => ({
    ...{ name: panels[panel].title, column, panel, colour },
    ...(more === undefined ? {} : { more }),
  })
  const lines = [
    line(0, 'equity', '#3b7fe0'),
    line(1, 'drawdown', '#dd5a4f', { areaStyle: { opacity: 0.22 } }),
    line(2, 'sharpe', '#5f9ea8'),
    line(3, 'volatility', '#7d8895'),
  ]
  return linkedPanels(panels, lines, { first: ts[0], last: ts[ts.length - 1] })
}
