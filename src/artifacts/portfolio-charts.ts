/** Pictures of a portfolio: the combined curve, what each session gave to it, and how the sessions move together. */

import type { PortfolioCorrelation } from '../../contracts/types.ts'
import { heatMap, type PanelSeries, panelFigure } from './charts.ts'
import { valueText } from './charts-scale.ts'
import { COLOUR } from './charts-svg.ts'
import { utcText } from './charts-time.ts'

/** What the pictures of a portfolio show; every column has the length of `ts`. */
export interface PortfolioFigure {
  title: string
  /** Epoch ms. */
  ts: Float64Array
  /** Value of the portfolio, quote currency. */
  value: Float64Array
  /** Fall below the running peak, ≤ 0. */
  drawdown: Float64Array
  sessions: readonly { label: string; growth: Float64Array; contribution: Float64Array }[]
  correlation: PortfolioCorrelation
}

export const PORTFOLIO_CHARTS = {
  equity: 'portfolio_chart_equity.svg',
  contributions: 'portfolio_chart_contributions.svg',
  correlation: 'portfolio_chart_correlation.svg',
  compare: 'portfolio_compare_equity.svg',
} as const

/** Curves told apart by lightness as well as hue. */
const PALETTE = ['#1f5fbf', '#d9822b', '#16885a', '#8e44ad', '#c43d33', '#0e7c86', '#7a6a00', '#b0357e']
/** More sessions than this are drawn as one sum. */
const MOST = PALETTE.length

/** Name → SVG text. The correlation is left out for fewer than two sessions. */
export function portfolioCharts(figure: PortfolioFigure): Record<string, string> {
  const charts: Record<string, string> = {
    [PORTFOLIO_CHARTS.equity]: equityChart(figure),
    [PORTFOLIO_CHARTS.contributions]: contributionChart(figure),
  }
  if (figure.sessions.length > 1) charts[PORTFOLIO_CHARTS.correlation] = correlationChart(figure)
  return charts
}

/** The growth of the same sessions under every mode. */
export function compareChart(ts: Float64Array, modes: readonly { mode: string; growth: Float64Array }[]): string {
  const series = modes.map(({ mode, growth }, k) => line(mode, growth, PALETTE[k], growth[growth.length - 1] - 1))
  return panelFigure({
    title: 'Portfolio modes compared',
    subtitle: period(ts),
    description: modes
      .map(({ mode, growth }) => `${mode} ${valueText(growth[growth.length - 1] - 1, 'percent', true)}`)
      .join(', '),
    ts,
    panels: [{ title: 'Growth of 1', height: 380, format: 'number', scale: 'auto', reference: 1, series }],
  })
}

function equityChart({ title, ts, value, drawdown, sessions }: PortfolioFigure): string {
  const grown = value[value.length - 1] / value[0] - 1
  const deepest = drawdown.reduce((low, fall) => Math.min(low, fall), 0)
  const shown = sessions.slice(0, MOST)
  const hidden = sessions.length - shown.length
  return panelFigure({
    title,
    subtitle: `${period(ts)} · ${sessions.length} session${sessions.length === 1 ? '' : 's'}`,
    description: `Value ${valueText(grown, 'percent', true)}, deepest drawdown ${valueText(deepest, 'percent')}.`,
    ts,
    panels: [
      {
        title: 'Portfolio value',
        height: 240,
        format: 'number',
        scale: 'auto',
        reference: value[0],
        series: [line('', value, COLOUR.strategy, grown)],
      },
      {
        title: 'Drawdown',
        height: 110,
        format: 'percent',
        scale: 'linear',
        top: 0,
        include: [-0.01],
        series: [{ label: '', values: drawdown, draw: 'area', colour: COLOUR.loss }],
      },
      {
        title: 'Sessions, growth of 1',
        note: hidden > 0 ? `${hidden} more are not drawn` : undefined,
        height: 200,
        format: 'number',
        scale: 'auto',
        reference: 1,
        series: shown.map(({ label, growth }, k) => line(label, growth, PALETTE[k], growth[growth.length - 1] - 1)),
      },
    ],
  })
}

function contributionChart({ title, ts, sessions }: PortfolioFigure): string {
  const last = (values: Float64Array) => values[values.length - 1]
  const ranked = sessions.toSorted((a, b) => Math.abs(last(b.contribution)) - Math.abs(last(a.contribution)))
  const shown = ranked.slice(0, ranked.length > MOST ? MOST - 1 : MOST)
  const series = shown.map(({ label, contribution }, k) => line(label, contribution, PALETTE[k], last(contribution)))
  const rest = ranked.slice(shown.length)
  if (rest.length > 0) {
    const total = ts.map((_, i) => rest.reduce((sum, { contribution }) => sum + contribution[i], 0))
    series.push(line(`${rest.length} others`, total, COLOUR.benchmark, last(total)))
  }
  return panelFigure({
    title: `${title} · contributions`,
    subtitle: 'Result of each session over the starting value of the portfolio; they add up to its return.',
    description: ranked.map(item => `${item.label} ${valueText(last(item.contribution), 'percent', true)}`).join(', '),
    ts,
    panels: [{ title: 'Contribution', height: 380, format: 'percent', scale: 'linear', reference: 0, series }],
  })
}

/** Short texts: the picture is only as wide as its cells. */
function correlationChart({ correlation }: PortfolioFigure): string {
  const { session_ids: ids, matrix, n_returns } = correlation
  return heatMap({
    title: 'Correlation',
    subtitle: `${n_returns} common returns`,
    columns: ids,
    rows: ids,
    values: Float64Array.from(matrix.flat(), value => value ?? Number.NaN),
    format: 'number',
    colours: 'diverging',
  })
}

function line(label: string, values: Float64Array, colour: string, change: number): PanelSeries {
  return { label, values, draw: 'line', colour, endLabel: valueText(change, 'percent', true) }
}

function period(ts: Float64Array): string {
  return `${utcText(ts[0])} – ${utcText(ts[ts.length - 1])}`
}
