/** Chart options of the sweep page as plain JSON: heat maps, mean scores, parallel coordinates, equity out of sample. */

import type { Column } from '../base/table.ts'
import type { SweepAxis, SweepSurface } from './sweep-surface.ts'

// Between light and dark: readable on both backgrounds.
const COLOUR = {
  bad: '#dd5a4f',
  middle: '#c9ccc6',
  good: '#2aa876',
  pale: '#e3ecf8',
  deep: '#5d93dc',
  muted: '#8a94a0',
} as const

/** Cells that are labelled one by one. */
const LABELLED = 150

/** Mean score over two parameters. */
export function heatMapOption({ x, y, means, counts }: SweepSurface, score: string): object {
  const width = x.labels.length
  const data: (number | null)[][] = []
  for (let cell = 0; cell < means.length; cell++)
    if (counts[cell] > 0) data.push([cell % width, Math.floor(cell / width), rounded(means[cell])])
  const axis = ({ name, labels }: SweepAxis) => ({
    type: 'category',
    name: shortName(name),
    nameLocation: 'middle',
    data: labels,
    splitArea: { show: false },
  })
  return {
    animation: false,
    tooltip: { trigger: 'item' },
    grid: { left: 96, right: 96, top: 20, bottom: 64 },
    xAxis: { ...axis(x), nameGap: 34, axisLabel: { hideOverlap: true } },
    yAxis: { ...axis(y), nameGap: 72 },
    visualMap: {
      ...scaleOf(data.map(([, , value]) => value as number)),
      calculable: true,
      right: 4,
      top: 'middle',
      precision: 3,
    },
    series: [
      {
        name: `mean ${score}`,
        type: 'heatmap',
        data,
        label: { show: data.length <= LABELLED, color: '#14181d', fontSize: 11 },
      },
    ],
  }
}

/** Mean score by the values of one parameter. */
export function meansOption(axis: SweepAxis, scores: Float64Array, score: string): object {
  const { labels, places } = axis
  const [sums, counts] = [new Float64Array(labels.length), new Int32Array(labels.length)]
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) continue
    sums[places[i]] += scores[i]
    counts[places[i]]++
  }
  const data = Array.from(sums, (sum, k) => (counts[k] === 0 ? null : rounded(sum / counts[k])))
  return {
    animation: false,
    tooltip: { trigger: 'axis' },
    grid: { left: 72, right: 24, top: 20, bottom: 60 },
    xAxis: {
      type: 'category',
      name: shortName(axis.name),
      nameLocation: 'middle',
      nameGap: 34,
      data: labels,
      axisLabel: { hideOverlap: true },
    },
    yAxis: { type: 'value', name: `mean ${score}`, scale: true },
    series: [
      { name: `mean ${score}`, type: labels.length > 12 ? 'line' : 'bar', data, itemStyle: { color: COLOUR.deep } },
    ],
  }
}

/** One line a trial through its parameters and figures, coloured by the score, which is the first of the figures. */
export function parallelOption(
  parameters: Readonly<Record<string, Column>>,
  figures: Readonly<Record<string, Float64Array>>,
  trials: readonly number[],
): object {
  const columns = Object.entries({ ...parameters, ...figures })
  const scoreAt = Object.keys(parameters).length
  const parallelAxis = columns.map(([path, column], dim) => {
    const name = shortName(path)
    if (column instanceof Float64Array) return { dim, name, type: 'value', scale: true }
    const labels = [...new Set(trials.map(trial => textOf(column[trial])))].sort()
    return { dim, name, type: 'category', data: labels }
  })
  const data = trials.map(trial =>
    columns.map(([, column]) => (column instanceof Float64Array ? rounded(column[trial]) : textOf(column[trial]))),
  )
  const scores = data.map(row => row[scoreAt]).filter(value => typeof value === 'number')
  return {
    animation: false,
    parallel: {
      left: 56,
      right: 130,
      top: 48,
      bottom: 28,
      parallelAxisDefault: { nameTextStyle: { color: COLOUR.muted }, axisLabel: { color: COLOUR.muted } },
    },
    parallelAxis,
    visualMap: {
      ...scaleOf(scores as number[]),
      dimension: scoreAt,
      calculable: true,
      right: 4,
      top: 'middle',
      precision: 3,
    },
    series: [
      { name: 'trials', type: 'parallel', lineStyle: { width: 1.2, opacity: trials.length > 200 ? 0.35 : 0.6 }, data },
    ],
  }
}

/** Stitched equity and its drawdown; the columns time, equity, drawdown stand in the page's data, tests begin at `starts`. */
export function stitchedOption(starts: readonly { name: string; at: number }[]): object {
  const line = (name: string, y: string, axis: number, color: string, format: string, more: object = {}) => ({
    ...{ name, type: 'line', format, xAxisIndex: axis, yAxisIndex: axis, encode: { x: 'time', y }, showSymbol: false },
    ...{ lineStyle: { width: 1.5, color }, itemStyle: { color }, ...more },
  })
  const marks = {
    symbol: 'none',
    silent: true,
    lineStyle: { type: 'dashed', color: COLOUR.muted },
    label: { color: COLOUR.muted, formatter: '{b}' },
  }
  const markLine = { ...marks, data: starts.map(({ name, at }) => ({ name, xAxis: at })) }
  return {
    useUTC: true,
    animation: false,
    columns: ['time', 'equity', 'drawdown'],
    tooltip: { trigger: 'axis', axisPointer: { type: 'cross' } },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: [
      { left: 72, right: 24, top: 36, height: 230 },
      { left: 72, right: 24, top: 306, height: 90 },
    ],
    xAxis: [0, 1].map(gridIndex => ({
      type: 'time',
      gridIndex,
      axisLabel: { show: gridIndex === 1, hideOverlap: true },
    })),
    yAxis: [
      { type: 'value', gridIndex: 0, scale: true, format: 'number' },
      { type: 'value', gridIndex: 1, max: 0, splitNumber: 2, format: 'percent' },
    ],
    dataZoom: [{ type: 'inside', xAxisIndex: [0, 1] }],
    series: [
      line('Equity', 'equity', 0, '#3b7fe0', 'number', { markLine }),
      line('Drawdown', 'drawdown', 1, COLOUR.bad, 'percent', { areaStyle: { opacity: 0.22 } }),
    ],
  }
}

/** The last part of a path is what a reader knows a parameter by. */
export function shortName(path: string): string {
  return path.replace(/^strategy_params\./, '')
}

/** Red over grey at zero to green where the scores have both signs, else pale to deep. */
function scaleOf(values: readonly number[]): object {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (!(low <= high)) [low, high] = [0, 1]
  const most = Math.max(-low, high)
  const both = low < 0 && high > 0
  return {
    min: both ? -most : low,
    max: both ? most : high === low ? low + 1 : high,
    inRange: { color: both ? [COLOUR.bad, COLOUR.middle, COLOUR.good] : [COLOUR.pale, COLOUR.deep] },
    textStyle: { color: COLOUR.muted },
  }
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '–' : String(value)
}
