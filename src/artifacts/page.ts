/** The interactive page of one run, `artifacts/report.html`; and the door to the parts that other pages are made of. */

import { fail } from '../base/errors.ts'
import { buyAndHold, positionChanges } from './charts.ts'
import { type NumberFormat, valueText } from './charts-scale.ts'
import { utcText } from './charts-time.ts'
import { HISTORY_HEIGHT, historyOption, historyText, returnsOption } from './page-charts.ts'
import { htmlPage, type PageSection } from './page-html.ts'
import { markup } from './page-markup.ts'
import { type Card, cards, chartPlace, monthTable, pairTable, sortableTable } from './page-parts.ts'
import { drawnBars, jsonColumn, monthlyReturns, returnsInMarket } from './page-series.ts'

export { htmlPage, type PageData, type PageInput, type PageSection } from './page-html.ts'

/** What the page of one run shows; all columns have the length of `ts`. */
export interface RunPageInput {
  /** Content of report.json. */
  report: object
  /** Content of metrics.json; `extended` with `undefined_reasons` where there are any. */
  metrics: object
  /** Bar times, epoch ms UTC, ascending. */
  ts: Float64Array
  close: Float64Array
  equity: Float64Array
  /** Ratio of the peak, ≤ 0. */
  drawdown: Float64Array
  /** Signed exposure after each bar. */
  position: Float64Array
  /** Rows of trades.csv. */
  trades: readonly Readonly<Record<string, string | number | null>>[]
}

type Row = Readonly<Record<string, unknown>>

/** Bars that the history chart draws at most, about; figures, months and the histogram always use all. */
const MOST_DRAWN_BARS = 24_000
const MOST_TRADES = 1000
/** Entries and exits drawn at most, each. */
const MOST_MARKS = 5000

const PERCENT_METRICS = new Set([
  'total_return',
  'max_drawdown',
  'win_rate',
  'winrate_active_days',
  'win_rate_trades',
  'exposure',
  'exposure_time',
  'cagr',
  'annual_volatility',
  'probabilistic_sharpe_ratio',
  'ulcer_index',
  'value_at_risk_5pct',
  'conditional_value_at_risk_5pct',
  'best_bar_return',
  'worst_bar_return',
  'buy_and_hold_return',
  'expectancy',
])

const SUMMARY_CARDS = [
  { name: 'total_return', label: 'Total return', tone: true },
  { name: 'max_drawdown', label: 'Max drawdown', tone: true },
  { name: 'sharpe_simple', label: 'Sharpe (√252)' },
  { name: 'trades', label: 'Fills' },
  { name: 'win_rate', label: 'Win rate' },
]

const EXTENDED_CARDS = [
  { name: 'buy_and_hold_return', label: 'Buy and hold', tone: true },
  { name: 'cagr', label: 'CAGR', tone: true },
  { name: 'annual_volatility', label: 'Annual volatility' },
  { name: 'sharpe_ratio', label: 'Sharpe (calendar)' },
  { name: 'sortino_ratio', label: 'Sortino' },
  { name: 'calmar_ratio', label: 'Calmar' },
  { name: 'profit_factor', label: 'Profit factor' },
  { name: 'exposure_time', label: 'Time in market' },
]

/** Members of report.json that have a section of their own; the others are provenance. */
const SHOWN_ELSEWHERE = new Set(['config_resolved', 'results', 'artifacts', 'machine_contract', 'summary', 'warnings'])

/**
 * The HTML text of one run's page: figures, linked history charts, histogram and months of returns, fills, configuration,
 * metrics and provenance. DATA_ERROR when there is no bar or a column has another length than `ts`.
 */
export function runPage(input: RunPageInput): string {
  requireColumns(input)
  const report = input.report as Row
  const config = recordOf(report.config_resolved)
  const header = recordOf(report.header)
  const { ts, close, equity, drawdown, position } = input
  const held = buyAndHold(close, equity)
  const { entries, exits } = positionChanges(position)
  const history = { ts, close, equity, held, entries: entries.slice(0, MOST_MARKS), exits: exits.slice(0, MOST_MARKS) }
  const bars = drawnBars([close, equity, drawdown, position], ts.length, MOST_DRAWN_BARS)
  const returns = returnsInMarket(equity, position)
  const histogram = returnsOption(returns)
  const names = [config.ticker, config.strategy].filter(name => typeof name === 'string')
  const period = `${utcText(ts[0])} to ${utcText(ts[ts.length - 1])}`
  return htmlPage({
    title: names.length > 0 ? names.join(' · ') : textValue(header.run_id),
    lead: [textValue(header.run_id), period, textValue(config.interval), textValue(report.status)]
      .filter(text => text !== '')
      .join(' · '),
    sections: [
      ...warningSection(report.warnings),
      { id: 'figures', heading: 'Key figures', body: cards(runCards(recordOf(input.metrics))) },
      {
        id: 'history',
        heading: 'History',
        note: historyNote(ts.length, bars.length, Math.max(entries.length, exits.length)),
        body: chartPlace('chart-history', historyText(history), HISTORY_HEIGHT),
      },
      {
        id: 'months',
        heading: 'Monthly returns',
        note: 'Equity from month end to month end; the first month starts at the first bar.',
        body: monthTable(monthlyReturns(ts, equity)),
      },
      ...(histogram === null ? [] : [returnsSection(returns)]),
      tradesSection(input.trades),
      ...metricSections(recordOf(input.metrics)),
      { id: 'configuration', heading: 'Configuration', half: true, body: pairTable(Object.entries(config)) },
      provenanceSection(report),
      {
        id: 'files',
        heading: 'Files',
        body: sortableTable(['file_name', 'size_bytes', 'sha256'], rowsOf(report.artifacts)),
      },
    ],
    data: {
      columns: {
        time: Array.from(bars, bar => ts[bar]),
        close: jsonColumn(close, bars),
        equity: jsonColumn(equity, bars),
        held: jsonColumn(held, bars),
        drawdown: jsonColumn(drawdown, bars),
        position: jsonColumn(position, bars),
      },
      charts: {
        'chart-history': historyOption(history),
        ...(histogram === null ? {} : { 'chart-returns': histogram }),
      },
    },
  })
}

function requireColumns(input: RunPageInput): void {
  const bars = input.ts.length
  if (bars === 0) throw fail('DATA_ERROR', { message: 'There is no bar to show; widen the time window.' })
  for (const name of ['close', 'equity', 'drawdown', 'position'] as const) {
    if (input[name].length === bars) continue
    const message = `The column '${name}' has ${input[name].length} values for ${bars} bars; give one value per bar.`
    throw fail('DATA_ERROR', { message })
  }
}

function runCards(metrics: Row): Card[] {
  const extended = recordOf(metrics.extended)
  const reasons = recordOf(extended.undefined_reasons)
  const card = (source: Row, { name, label, tone }: { name: string; label: string; tone?: boolean }): Card[] => {
    const value = source[name]
    if (value === undefined) return []
    const note = value === null ? textValue(reasons[name]) : undefined
    return [{ label, value: typeof value === 'number' ? value : null, format: formatOf(name), note, tone }]
  }
  return [
    ...SUMMARY_CARDS.flatMap(row => card(recordOf(metrics.summary), row)),
    ...EXTENDED_CARDS.flatMap(row => card(extended, row)),
  ]
}

function formatOf(metric: string): NumberFormat {
  return PERCENT_METRICS.has(metric) ? 'percent' : 'number'
}

function warningSection(warnings: unknown): PageSection[] {
  const texts = Array.isArray(warnings) ? warnings : []
  if (texts.length === 0) return []
  const body = markup`<div class="warning"><ul>${texts.map(text => markup`<li>${textValue(text)}</li>`)}</ul></div>`
  return [{ id: 'warnings', heading: 'Warnings', body }]
}

function historyNote(bars: number, drawn: number, marks: number): string {
  const parts = [`${valueText(bars, 'number')} bars. Drag or scroll to zoom; all panels move together.`]
  if (drawn < bars) {
    const kept = valueText(drawn, 'number')
    parts.push(`Drawn with ${kept} bars that keep the highs and lows; every figure uses all.`)
  }
  if (marks > MOST_MARKS) parts.push(`The first ${valueText(MOST_MARKS, 'number')} entries and exits are marked.`)
  return parts.join(' ')
}

function returnsSection(returns: Float64Array): PageSection {
  const count = valueText(returns.length, 'number')
  return {
    id: 'returns',
    heading: 'Returns per bar',
    note: `Net returns of the ${count} bars with a position; bars out of the market are left out.`,
    body: chartPlace('chart-returns', `Histogram of ${count} returns per bar.`, 300),
  }
}

function tradesSection(trades: RunPageInput['trades']): PageSection {
  const shown = trades.slice(0, MOST_TRADES)
  const total = valueText(trades.length, 'number')
  const note =
    shown.length < trades.length
      ? `The first ${valueText(shown.length, 'number')} of ${total} fills; trades.csv has all.`
      : `${total} fills, as in trades.csv.`
  const columns = [...new Set(shown.flatMap(row => Object.keys(row)))]
  const body = shown.length === 0 ? markup`` : sortableTable(columns, shown)
  return { id: 'fills', heading: 'Fills', note, body }
}

function metricSections(metrics: Row): PageSection[] {
  const shown = (source: Row, reasons: Row) =>
    Object.entries(source)
      .filter(([name]) => name !== 'undefined_reasons')
      .map(([name, value]): [string, unknown] => {
        if (typeof value === 'number') return [name, valueText(value, formatOf(name))]
        return [name, value === null && reasons[name] ? `– (${textValue(reasons[name])})` : value]
      })
  const extended = recordOf(metrics.extended)
  const headline = { ...recordOf(metrics.best_result), ...recordOf(metrics.summary) }
  const pairs = [...shown(headline, {}), ...shown(extended, recordOf(extended.undefined_reasons))]
  return [{ id: 'metrics', heading: 'Metrics', half: true, body: pairTable(pairs) }]
}

function provenanceSection(report: Row): PageSection {
  const rest = Object.entries(report).filter(([name]) => !SHOWN_ELSEWHERE.has(name) && name !== 'header')
  const body = pairTable([...Object.entries(recordOf(report.header)), ...rest])
  return { id: 'provenance', heading: 'Provenance', body }
}

function recordOf(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {}
}

function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value.map(recordOf) : []
}

function textValue(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
