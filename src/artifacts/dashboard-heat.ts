/** The heat map of the dashboard: standardised features by day, several days a cell where there are many. */

import { utcText } from './charts-time.ts'

/** Columns that are still read as a picture. */
const MOST_COLUMNS = 260
const ROW_HEIGHT = 19
/** Beyond this size a z-score has the full colour. */
const FULL_COLOUR = 3

/** Height in pixels of the place of the chart. */
export function heatHeight(rows: number): number {
  return rows * ROW_HEIGHT + 136
}

/** The chart option, and what a reader should know of its cells. */
export function heatMapOption(
  ts: Float64Array,
  features: readonly { name: string; values: Float64Array }[],
): { option: object; note: string } {
  const span = Math.ceil(ts.length / MOST_COLUMNS)
  const count = Math.ceil(ts.length / span)
  const names = features.map(({ name }) => readable(name))
  // A series a feature: its name is then in the tooltip of each cell.
  const series = features.map(({ values }, row) => {
    // The first feature stands at the top; axes count from below.
    const height = features.length - 1 - row
    const cells = Array.from({ length: count }, (_, column) => {
      const value = meanOf(values.subarray(column * span, (column + 1) * span))
      return value === null ? null : [column, height, Number(value.toFixed(3))]
    })
    const data = cells.filter(cell => cell !== null)
    return { name: names[row], type: 'heatmap', format: 'number', progressive: 0, data }
  })
  const option = {
    animation: false,
    tooltip: { trigger: 'item' },
    grid: { left: 210, right: 20, top: 8, bottom: 116 },
    xAxis: {
      type: 'category',
      data: Array.from({ length: count }, (_, column) => utcText(ts[column * span])),
      axisLabel: { hideOverlap: true },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: { type: 'category', data: names.toReversed(), axisTick: { show: false }, axisLabel: { fontSize: 11.5 } },
    visualMap: {
      type: 'continuous',
      min: -FULL_COLOUR,
      max: FULL_COLOUR,
      calculable: true,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemHeight: 220,
      itemWidth: 12,
      precision: 1,
      inRange: { color: ['#1f6f93', '#7fb9cf', '#f1f1ee', '#efb36a', '#b9481a'] },
      textStyle: { color: '#87919b' },
    },
    dataZoom: [
      { type: 'inside', xAxisIndex: 0 },
      { type: 'slider', xAxisIndex: 0, bottom: 62, height: 18, labelFormatter: '' },
    ],
    series,
  }
  const cell = span === 1 ? 'one day' : `the mean of ${span} days, labelled by the first`
  return { option, note: `Rolling z-scores; each cell is ${cell}. Colours are full at ±${FULL_COLOUR}.` }
}

/** Mean of the known values; null without one. */
function meanOf(values: Float64Array): number | null {
  let [total, count] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue
    total += values[i]
    count++
  }
  return count === 0 ? null : total / count
}

function readable(name: string): string {
  return name.replace(/^z_/, '').replaceAll('_', ' ')
}
