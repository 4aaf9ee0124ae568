/** Pictures of an advanced report under their published names. */

import { heatMap, histogram, panelFigure } from './charts.ts'
import { type NumberFormat, valueText } from './charts-scale.ts'
import { COLOUR } from './charts-svg.ts'
import { monthName, utcText } from './charts-time.ts'
import { monthlyReturns } from './page-series.ts'

/** What the pictures and the page of an advanced report show; every column has the length of `ts`. */
export interface AdvancedFigure {
  title: string
  ts: Float64Array
  equity: Float64Array
  drawdown: Float64Array
  /** The deepest drawdowns as bar indices, deepest first. */
  spans: readonly { peak: number; end: number; depth: number }[]
  window: number
  rollingSharpe: Float64Array
  rollingVolatility: Float64Array
  /** Bar returns, and returns of closed round trips. */
  returns: Float64Array
  tradeReturns: Float64Array
}

/** Name → SVG text; a picture that has nothing to show is left out. */
export function advancedCharts(figure: AdvancedFigure): Record<string, string> {
  const charts: Record<string, string> = {}
  if (figure.ts.length > 1) {
    charts['chart_equity.svg'] = equityChart(figure)
    charts['chart_drawdown.svg'] = drawdownChart(figure)
    charts['chart_monthly_returns.svg'] = monthChart(figure)
    charts['chart_return_distribution.svg'] = returnChart(figure)
  }
  if (figure.rollingVolatility.some(Number.isFinite)) charts['chart_rolling_sharpe.svg'] = rollingChart(figure)
  if (figure.tradeReturns.length > 0) charts['chart_trade_returns.svg'] = tradeChart(figure)
  return charts
}

function equityChart({ title, ts, equity }: AdvancedFigure): string {
  const grown = equity[equity.length - 1] / equity[0] - 1
  return panelFigure({
    title: `${title} · equity`,
    subtitle: period(ts),
    description: `Equity ${valueText(grown, 'percent', true)} over ${ts.length} bars.`,
    ts,
    panels: [
      {
        title: 'Equity',
        height: 360,
        format: 'number',
        scale: 'auto',
        reference: equity[0],
        series: [line('', equity, COLOUR.strategy, valueText(grown, 'percent', true))],
      },
    ],
  })
}

/** The deepest drawdown stands out from the others. */
function drawdownChart({ title, ts, drawdown, spans }: AdvancedFigure): string {
  const [deepest] = spans
  const marked = drawdown.map((fall, i) => (deepest && i >= deepest.peak && i <= deepest.end ? fall : Number.NaN))
  const note = deepest ? `deepest ${valueText(deepest.depth, 'percent')} from ${utcText(ts[deepest.peak])}` : undefined
  return panelFigure({
    title: `${title} · drawdown`,
    subtitle: period(ts),
    description: note ?? 'No drawdown.',
    ts,
    panels: [
      {
        title: 'Drawdown',
        note,
        height: 320,
        format: 'percent',
        scale: 'linear',
        top: 0,
        include: [-0.01],
        series: [
          { label: deepest ? 'Deepest' : '', values: marked, draw: 'area', colour: COLOUR.loss },
          { label: '', values: drawdown, draw: 'area', colour: COLOUR.benchmark },
        ],
      },
    ],
  })
}

function rollingChart({ title, ts, window, rollingSharpe, rollingVolatility }: AdvancedFigure): string {
  const last = (values: Float64Array, format: NumberFormat) => valueText(values[values.length - 1], format)
  return panelFigure({
    title: `${title} · rolling Sharpe ratio and volatility`,
    subtitle: `${period(ts)} · window of ${window} bars`,
    description: `Over the last ${window} bars each.`,
    ts,
    panels: [
      {
        title: 'Sharpe ratio',
        height: 220,
        format: 'number',
        scale: 'linear',
        reference: 0,
        include: [0],
        series: [line('', rollingSharpe, COLOUR.strategy, last(rollingSharpe, 'number'))],
      },
      {
        title: 'Volatility, annualised',
        height: 160,
        format: 'percent',
        scale: 'linear',
        include: [0],
        series: [line('', rollingVolatility, COLOUR.price, last(rollingVolatility, 'percent'))],
      },
    ],
  })
}

/** Months, and the return of the year in the last column. */
function monthChart({ title, ts, equity }: AdvancedFigure): string {
  const { years, values, totals } = monthlyReturns(ts, equity)
  const cells = new Float64Array(years.length * 13)
  for (let row = 0; row < years.length; row++) {
    cells.set(values.subarray(row * 12, row * 12 + 12), row * 13)
    cells[row * 13 + 12] = totals[row]
  }
  return heatMap({
    title: `${title} · monthly and yearly returns`,
    subtitle: 'From month end to month end, UTC; the first month from the first bar.',
    columns: [...Array.from({ length: 12 }, (_, month) => monthName(month + 1)), 'Year'],
    rows: years.map(String),
    values: cells,
    format: 'percent',
    colours: 'diverging',
  })
}

function returnChart({ title, ts, returns }: AdvancedFigure): string {
  const mean = returns.reduce((total, value) => total + value, 0) / returns.length
  return histogram({
    title: `${title} · returns per bar`,
    subtitle: `${changesText(returns)}, ${period(ts)}`,
    values: changesOf(returns),
    format: 'percent',
    marks: [{ label: 'mean of all bars', at: mean }],
  })
}

/** Bars out of the market would hide all others in a histogram; where nothing changes they are all there is. */
export function changesOf(returns: Float64Array): Float64Array {
  const changes = returns.filter(value => value !== 0)
  return changes.length === 0 ? returns : changes
}

/** How many bars a histogram of `changesOf` shows. */
export function changesText(returns: Float64Array): string {
  const left = returns.length - changesOf(returns).length
  return left === 0
    ? `${returns.length} returns`
    : `${returns.length - left} returns; ${left} bars without a change are left out`
}

function tradeChart({ title, tradeReturns }: AdvancedFigure): string {
  const mean = tradeReturns.reduce((total, value) => total + value, 0) / tradeReturns.length
  return histogram({
    title: `${title} · round trips`,
    subtitle: `Returns of ${tradeReturns.length} closed round trips, after costs.`,
    values: tradeReturns,
    format: 'percent',
    marks: [{ label: 'mean', at: mean }],
  })
}

function line(label: string, values: Float64Array, colour: string, endLabel: string) {
  return { label, values, draw: 'line' as const, colour, endLabel }
}

function period(ts: Float64Array): string {
  return `${utcText(ts[0])} – ${utcText(ts[ts.length - 1])}`
}
