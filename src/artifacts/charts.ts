/** The pictures a run writes at once: byte-stable SVG from plain columns, in milliseconds. */

import { type Panel, panelFigure } from './charts-panels.ts'
import { valueText } from './charts-scale.ts'
import { COLOUR } from './charts-svg.ts'
import { utcText } from './charts-time.ts'

export { type HeatMapInput, heatMap } from './charts-heat-map.ts'
export { type HistogramInput, histogram, histogramBins } from './charts-histogram.ts'
export { type Panel, type PanelFigure, type PanelMarks, type PanelSeries, panelFigure } from './charts-panels.ts'

/** What the picture of one run shows; all columns have the length of `ts`. */
export interface RunFigureInput {
  title: string
  subtitle: string
  /** Bar times, epoch ms UTC, ascending. */
  ts: Float64Array
  /** Closing prices in the quote currency. */
  close: Float64Array
  /** Account value in any unit; only its growth is compared. */
  equity: Float64Array
  /** Drawdown as a ratio of the peak, ≤ 0. */
  drawdown: Float64Array
  /** Bar indices at which a position was opened. */
  entries: readonly number[]
  /** Bar indices at which a position was closed. */
  exits: readonly number[]
}

/**
 * The SVG text of one run: price with entries (▲) and exits (▼), equity against buying and holding from the first bar,
 * and drawdown. Prices and equity turn to a log axis from an eightfold range on. DATA_ERROR when there is no bar, a
 * column has another length, or a mark lies outside.
 */
export function equityFigure(input: RunFigureInput): string {
  const { ts, close, equity, drawdown, entries, exits } = input
  const held = buyAndHold(close, equity)
  const grown = growth(equity)
  const benchmark = growth(held)
  const deepest = deepestBar(drawdown)
  const description =
    `${periodText(ts)}, ${counted(entries.length, 'entry', 'entries')}, ${counted(exits.length, 'exit', 'exits')}. ` +
    `Equity ${valueText(grown, 'percent', true)}, buy and hold ${valueText(benchmark, 'percent', true)}` +
    (deepest < 0 ? '.' : `, deepest drawdown ${valueText(drawdown[deepest], 'percent')} on ${utcText(ts[deepest])}.`)
  const note =
    deepest < 0 || drawdown[deepest] === 0
      ? undefined
      : `deepest ${valueText(drawdown[deepest], 'percent')} on ${utcText(ts[deepest])}`
  return panelFigure({
    title: input.title,
    subtitle: input.subtitle,
    description,
    ts,
    panels: [
      pricePanel(input, 230),
      {
        title: 'Equity',
        height: 230,
        format: 'number',
        scale: 'auto',
        reference: equity[0],
        series: [
          {
            label: 'Strategy',
            values: equity,
            draw: 'line',
            colour: COLOUR.strategy,
            endLabel: valueText(grown, 'percent', true),
          },
          {
            label: 'Buy and hold',
            values: held,
            draw: 'line',
            colour: COLOUR.benchmark,
            endLabel: valueText(benchmark, 'percent', true),
          },
        ],
      },
      {
        title: 'Drawdown',
        note,
        height: 110,
        format: 'percent',
        scale: 'linear',
        top: 0,
        include: [-0.01],
        series: [
          { label: '', values: drawdown, draw: 'area', colour: COLOUR.loss, endLabel: lastText(drawdown, 'percent') },
        ],
      },
    ],
  })
}

/** The SVG text of one run's price alone, larger, with entries (▲) and exits (▼); errors as `equityFigure`. */
export function priceFigure(input: RunFigureInput): string {
  const { title, subtitle, ts, entries, exits } = input
  const description = `${periodText(ts)}, ${counted(entries.length, 'entry', 'entries')}, ${counted(exits.length, 'exit', 'exits')}.`
  return panelFigure({ title, subtitle, description, ts, panels: [pricePanel(input, 460)] })
}

/** Account value of buying at the first bar's close with the first equity and holding; NaN where there is no price. */
export function buyAndHold(close: Float64Array, equity: Float64Array): Float64Array {
  return close.map(price => (equity[0] * price) / close[0])
}

/** Bar indices where the signed exposure rises (entries, ▲) and falls (exits, ▼); before the first bar it is 0. */
export function positionChanges(position: Float64Array): { entries: number[]; exits: number[] } {
  const entries: number[] = []
  const exits: number[] = []
  let held = 0
  for (let i = 0; i < position.length; i++) {
    if (position[i] > held) entries.push(i)
    else if (position[i] < held) exits.push(i)
    held = position[i]
  }
  return { entries, exits }
}

function pricePanel({ close, entries, exits }: RunFigureInput, height: number): Panel {
  const bought = counted(entries.length, 'entry', 'entries')
  const sold = counted(exits.length, 'exit', 'exits')
  return {
    title: 'Price',
    height,
    format: 'number',
    scale: 'auto',
    series: [
      { label: 'Close', values: close, draw: 'line', colour: COLOUR.price, endLabel: lastText(close, 'number') },
    ],
    marks: [
      { label: bought, at: entries, series: 0, points: 'up', colour: COLOUR.gain },
      { label: sold, at: exits, series: 0, points: 'down', colour: COLOUR.loss },
    ],
  }
}

function periodText(ts: Float64Array): string {
  return ts.length > 0
    ? `${utcText(ts[0])} to ${utcText(ts[ts.length - 1])} UTC, ${counted(ts.length, 'bar', 'bars')}`
    : 'No bars'
}

function growth(values: Float64Array): number {
  return values[values.length - 1] / values[0] - 1
}

function deepestBar(drawdown: Float64Array): number {
  let deepest = -1
  for (let i = 0; i < drawdown.length; i++) {
    if (!Number.isNaN(drawdown[i]) && (deepest < 0 || drawdown[i] < drawdown[deepest])) deepest = i
  }
  return deepest
}

function lastText(values: Float64Array, format: 'number' | 'percent'): string {
  return valueText(values[values.length - 1] ?? null, format)
}

function counted(count: number, one: string, many: string): string {
  return `${valueText(count, 'number')} ${count === 1 ? one : many}`
}
