/** The interactive page of a run of an alert-driven strategy, `artifacts/report.html`. */

import type { AlertRunReport } from '../../contracts/types.ts'
import type { AlertRunFigures } from './alert-report.ts'
import { extent, wantsLog } from './charts-scale.ts'
import { utcText } from './charts-time.ts'
import { returnsOption } from './page-charts.ts'
import { htmlPage, type PageSection } from './page-html.ts'
import { markup } from './page-markup.ts'
import { type Card, cards, chartPlace, pairTable, sortableTable } from './page-parts.ts'
import { drawnBars, jsonColumn } from './page-series.ts'

type Row = Readonly<Record<string, unknown>>

/** What the page shows; all columns have the length of `ts`. */
export interface AlertPageInput {
  report: AlertRunReport
  figures: AlertRunFigures
  ts: Float64Array
  equity: Float64Array
  held: Float64Array
  drawdown: Float64Array
  open: Float64Array
  /** Net return of each trade on its cost. */
  tradeReturns: Float64Array
  /** Rows of callers.csv and alerts.csv. */
  callers: readonly Row[]
  alerts: readonly Row[]
}

const MOST_DRAWN_BARS = 24_000
const MOST_ALERTS = 2000
const PANELS = [
  { title: 'Equity', top: 48, height: 300 },
  { title: 'Drawdown', top: 392, height: 100 },
  { title: 'Open positions', top: 536, height: 70 },
] as const
const CURVE_HEIGHT = 680

const ALERT_COLUMNS = [
  ...['alert_id', 'ts', 'token', 'symbol', 'caller', 'status', 'peak_multiple', 'minutes_to_peak', 'drawdown_to_peak'],
  ...['end_multiple', 'trades', 'last_reason', 'net_pnl', 'return_ratio'],
]

// As on the page of a plain run: readable on both backgrounds.
const COLOUR = { strategy: '#3b7fe0', benchmark: '#9a8fb8', loss: '#dd5a4f', open: '#5f9ea8' } as const

/** The HTML text: figures, curve, returns of trades, callers, alerts, configuration, provenance. */
export function alertPage(input: AlertPageInput): string {
  const { report, figures, ts, equity, held, drawdown, open } = input
  const { config_resolved: config, header } = report
  const bars = drawnBars([equity, held, drawdown, open], ts.length, MOST_DRAWN_BARS)
  const histogram = returnsOption(input.tradeReturns)
  const period = `${utcText(ts[0])} to ${utcText(ts[ts.length - 1])}`
  return htmlPage({
    title: `${config.alerts_dataset_id} · ${config.strategy}`,
    lead: [header.run_id, period, report.status].join(' · '),
    sections: [
      ...warningSection(report.warnings ?? []),
      { id: 'figures', heading: 'Key figures', body: cards(cardsOf(figures)) },
      {
        id: 'curve',
        heading: 'Curve',
        note: 'Capital is the sum of all purses. Beside it: every call bought at its price, without costs, and held to the end of its window.',
        body: chartPlace('chart-curve', `Equity, drawdown and open positions from ${period} UTC.`, CURVE_HEIGHT),
      },
      ...(histogram === null ? [] : [returnsSection(input.tradeReturns.length)]),
      { id: 'callers', heading: 'Callers', body: sortableTable(Object.keys(input.callers[0] ?? {}), input.callers) },
      alertsSection(input.alerts),
      { id: 'alerts-figures', heading: 'Calls', half: true, body: pairTable(Object.entries(figures.alerts)) },
      { id: 'execution', heading: 'Execution', half: true, body: pairTable(Object.entries(figures.execution)) },
      { id: 'metrics', heading: 'Metrics', half: true, body: pairTable(Object.entries(figures.extended)) },
      { id: 'configuration', heading: 'Configuration', half: true, body: pairTable(Object.entries(config)) },
      { id: 'provenance', heading: 'Provenance', body: pairTable(provenanceOf(report)) },
      {
        id: 'files',
        heading: 'Files',
        body: sortableTable(
          ['file_name', 'size_bytes', 'sha256'],
          report.artifacts.map(file => ({ ...file })),
        ),
      },
    ],
    data: {
      columns: {
        time: Array.from(bars, bar => ts[bar]),
        equity: jsonColumn(equity, bars),
        held: jsonColumn(held, bars),
        drawdown: jsonColumn(drawdown, bars),
        open: jsonColumn(open, bars),
      },
      charts: {
        'chart-curve': curveOption(ts, equity, held),
        ...(histogram === null ? {} : { 'chart-returns': { ...histogram } }),
      },
    },
  })
}

function cardsOf({ summary, alerts, execution }: AlertRunFigures): Card[] {
  return [
    { label: 'Total return', value: summary.total_return, format: 'percent', tone: true },
    { label: 'Max drawdown', value: summary.max_drawdown, format: 'percent', tone: true },
    { label: 'Win rate of trades', value: summary.win_rate, format: 'percent' },
    { label: 'Fills', value: summary.trades, format: 'number' },
    { label: 'Alerts traded', value: alerts.traded, format: 'number' },
    { label: 'Alerts selected', value: alerts.selected, format: 'number' },
    { label: 'Hit rate of calls', value: alerts.hit_rate, format: 'percent' },
    { label: 'Median peak multiple', value: alerts.median_peak_multiple, format: 'number' },
    { label: 'Failed orders', value: execution.failed, format: 'number' },
    { label: 'Fees', value: execution.total_fees, format: 'number' },
  ]
}

function warningSection(warnings: readonly string[]): PageSection[] {
  if (warnings.length === 0) return []
  const body = markup`<div class="warning"><ul>${warnings.map(text => markup`<li>${text}</li>`)}</ul></div>`
  return [{ id: 'warnings', heading: 'Warnings', body }]
}

function returnsSection(count: number): PageSection {
  const body = chartPlace('chart-returns', `Histogram of ${count} returns of trades.`, 300)
  return { id: 'returns', heading: 'Returns of trades', note: `Net returns of ${count} trades on their cost.`, body }
}

function alertsSection(alerts: readonly Row[]): PageSection {
  const shown = alerts.slice(0, MOST_ALERTS)
  const note =
    shown.length < alerts.length
      ? `The first ${shown.length} of ${alerts.length}; alerts.csv has all.`
      : 'As in alerts.csv, which has more columns.'
  return { id: 'alerts', heading: 'Alerts', note, body: sortableTable(ALERT_COLUMNS, shown) }
}

function provenanceOf({
  header,
  reproduce,
  dataset,
  engine_version,
  fingerprint,
  result_hash,
  replay_of,
}: AlertRunReport): [string, unknown][] {
  const rest = {
    reproduce,
    dataset,
    engine_version,
    fingerprint,
    result_hash,
    ...(replay_of === undefined ? {} : { replay_of }),
  }
  return [...Object.entries(header), ...Object.entries(rest)]
}

function curveOption(ts: Float64Array, equity: Float64Array, held: Float64Array): object {
  const log = wantsLog(extent([equity, held]) ?? { low: 0, high: 0 })
  const every = PANELS.map((_, index) => index)
  const line = (name: string, column: string, axis: number, format: string, color: string, more: object = {}) => ({
    ...{ name, type: 'line', format, xAxisIndex: axis, yAxisIndex: axis, encode: { x: 'time', y: column } },
    ...{ showSymbol: false, sampling: 'minmax', lineStyle: { width: 1.4, color }, itemStyle: { color }, ...more },
  })
  return {
    ...{ useUTC: true, animation: false, columns: ['time', 'equity', 'held', 'drawdown', 'open'] },
    legend: { top: 4, data: ['Strategy', 'Every call held'] },
    tooltip: { trigger: 'axis', axisPointer: { type: 'cross' } },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    title: PANELS.map(({ title, top }, index) => ({
      ...{ text: index === 0 && log ? `${title} (log scale)` : title, left: 8, top: top - 28 },
      textStyle: { fontSize: 13, fontWeight: 600 },
    })),
    grid: PANELS.map(({ top, height }) => ({ left: 72, right: 24, top, height })),
    xAxis: PANELS.map((_, index) => ({
      ...{ type: 'time', gridIndex: index, min: ts[0], max: ts[ts.length - 1] },
      axisLabel: { show: index === PANELS.length - 1, hideOverlap: true },
    })),
    yAxis: PANELS.map((_, index) => ({
      ...{ type: index === 0 && log ? 'log' : 'value', gridIndex: index, scale: true },
      ...{
        format: index === 1 ? 'percent' : 'number',
        splitNumber: index === 0 ? 5 : 2,
        ...(index === 1 ? { max: 0 } : {}),
      },
    })),
    dataZoom: [
      { type: 'inside', xAxisIndex: every, filterMode: 'filter' },
      { type: 'slider', xAxisIndex: every, filterMode: 'filter', bottom: 8, height: 26, labelFormatter: '' },
    ],
    series: [
      line('Strategy', 'equity', 0, 'number', COLOUR.strategy, { z: 3 }),
      line('Every call held', 'held', 0, 'number', COLOUR.benchmark),
      line('Drawdown', 'drawdown', 1, 'percent', COLOUR.loss, { areaStyle: { opacity: 0.22 } }),
      line('Open positions', 'open', 2, 'number', COLOUR.open, { step: 'end', areaStyle: { opacity: 0.25 } }),
    ],
  }
}
