/** Charts below one another with one time axis and one zoom, as options for ECharts. */

import type { NumberFormat } from './charts-scale.ts'

/** One chart; top and height in pixels of the place that it is drawn in. */
export interface Panel {
  title: string
  top: number
  height: number
  format: NumberFormat
  log?: boolean
}

/** A line over a column of the page's data; `panel` is the place of its chart in the list. */
export interface PanelLine {
  name: string
  column: string
  panel: number
  colour: string
  /** More of the series' option, such as an area below the line. */
  more?: object
}

/** The option of linked panels over the column `time` from `first` to `last` (epoch ms). */
export function linkedPanels(
  panels: readonly Panel[],
  lines: readonly PanelLine[],
  { first, last }: { first: number; last: number },
): object {
  const every = panels.map((_, index) => index)
  const lowest = panels.length - 1
  return {
    useUTC: true,
    animation: false,
    columns: ['time', ...lines.map(({ column }) => column)],
    tooltip: { trigger: 'axis', axisPointer: { type: 'cross' } },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    title: panels.map(({ title, top, log }) => ({
      text: log ? `${title} (log scale)` : title,
      left: 8,
      top: top - 28,
      textStyle: { fontSize: 13, fontWeight: 600 },
    })),
    grid: panels.map(({ top, height }) => ({ left: 72, right: 24, top, height })),
    xAxis: panels.map((_, index) => ({
      type: 'time',
      gridIndex: index,
      min: first,
      max: last,
      axisLabel: { show: index === lowest, hideOverlap: true },
      axisTick: { show: index === lowest },
      splitLine: { show: false },
    })),
    yAxis: panels.map(({ format, log }, index) => ({
      type: log ? 'log' : 'value',
      gridIndex: index,
      scale: true,
      format,
      splitNumber: index === 0 ? 5 : 2,
    })),
    dataZoom: [
      { type: 'inside', xAxisIndex: every, filterMode: 'filter' },
      { type: 'slider', xAxisIndex: every, filterMode: 'filter', bottom: 8, height: 26, labelFormatter: '' },
    ],
    series: lines.map(({ name, column, panel, colour, more }) => ({
      name,
      type: 'line',
      format: panels[panel].format,
      xAxisIndex: panel,
      yAxisIndex: panel,
      encode: { x: 'time', y: column },
      showSymbol: false,
      sampling: 'minmax',
      lineStyle: { width: 1.4, color: colour },
      itemStyle: { color: colour },
      ...more,
    })),
  }
}
