/** The two pictures of a forward session, under their published names. */

import { equityFigure, panelFigure, type RunFigureInput } from './charts.ts'
import { valueText } from './charts-scale.ts'
import { COLOUR } from './charts-svg.ts'

export const EQUITY_CHART = 'forward_chart_equity.svg'
export const DRAWDOWN_CHART = 'forward_chart_drawdown.svg'

/** Name → SVG text; none for a session without bars. */
export function forwardCharts(input: RunFigureInput): Record<string, string> {
  if (input.ts.length === 0) return {}
  return { [EQUITY_CHART]: equityFigure(input), [DRAWDOWN_CHART]: drawdownFigure(input) }
}

function drawdownFigure({ title, subtitle, ts, drawdown }: RunFigureInput): string {
  const deepest = drawdown.reduce((low, value) => Math.min(low, value), 0)
  return panelFigure({
    title: `${title} · drawdown`,
    subtitle,
    description: `Fall below the running peak over ${ts.length} bars, deepest ${valueText(deepest, 'percent')}.`,
    ts,
    panels: [
      {
        title: 'Drawdown',
        note: `deepest ${valueText(deepest, 'percent')}`,
        height: 320,
        format: 'percent',
        scale: 'linear',
        top: 0,
        include: [-0.01],
        series: [
          {
            label: '',
            values: drawdown,
            draw: 'area',
            colour: COLOUR.loss,
            endLabel: valueText(drawdown[drawdown.length - 1], 'percent'),
          },
        ],
      },
    ],
  })
}
