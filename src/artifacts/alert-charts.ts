/** The picture of a run of an alert-driven strategy: its aggregate curve, drawdown and open positions; byte-stable SVG. */

import { panelFigure } from './charts-panels.ts'
import { valueText } from './charts-scale.ts'
import { COLOUR } from './charts-svg.ts'
import { utcText } from './charts-time.ts'

/** What the picture shows; all columns have the length of `ts`. */
export interface AlertFigureInput {
  title: string
  subtitle: string
  /** Bars of the curve, epoch ms UTC, ascending. */
  ts: Float64Array
  /** Growth of 1. */
  equity: Float64Array
  /** Growth of 1 of holding every call. */
  held: Float64Array
  /** Ratio of the peak, ≤ 0. */
  drawdown: Float64Array
  /** Open positions. */
  open: Float64Array
}

/** The SVG text; DATA_ERROR when there is no bar or a column has another length than `ts`. */
export function alertFigure({ title, subtitle, ts, equity, held, drawdown, open }: AlertFigureInput): string {
  const grown = lastOf(equity) - 1
  const benchmark = lastOf(held) - 1
  const deepest = drawdown.reduce((least, value) => Math.min(least, value), 0)
  const most = open.reduce((greatest, value) => Math.max(greatest, value), 0)
  const percent = (value: number) => valueText(value, 'percent', true)
  const description =
    `${utcText(ts[0])} to ${utcText(lastOf(ts))} UTC. Equity ${percent(grown)}, every call held ${percent(benchmark)}, ` +
    `deepest drawdown ${valueText(deepest, 'percent')}, at most ${valueText(most, 'number')} open positions.`
  return panelFigure({
    ...{ title, subtitle, description, ts },
    panels: [
      {
        ...{ title: 'Equity', height: 280, format: 'number', scale: 'auto', reference: 1 },
        series: [
          { label: 'Strategy', values: equity, draw: 'line', colour: COLOUR.strategy, endLabel: percent(grown) },
          {
            label: 'Every call held',
            values: held,
            draw: 'line',
            colour: COLOUR.benchmark,
            endLabel: percent(benchmark),
          },
        ],
      },
      {
        ...{ title: 'Drawdown', height: 110, format: 'percent', scale: 'linear', top: 0, include: [-0.01] },
        series: [
          {
            label: '',
            values: drawdown,
            draw: 'area',
            colour: COLOUR.loss,
            endLabel: valueText(lastOf(drawdown), 'percent'),
          },
        ],
      },
      {
        ...{ title: 'Open positions', height: 90, format: 'number', scale: 'linear', include: [1] },
        series: [{ label: '', values: open, draw: 'area', colour: COLOUR.price }],
      },
    ],
  })
}

function lastOf(values: Float64Array): number {
  return values[values.length - 1]
}
