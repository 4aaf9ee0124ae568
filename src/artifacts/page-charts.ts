/** Chart options of the run page as plain JSON: what ECharts draws from the page's columns. */

import { histogramBins } from './charts-histogram.ts'
import { extent, tickTexts, valueText, wantsLog } from './charts-scale.ts'
import { utcText } from './charts-time.ts'

// Between light and dark: readable on both backgrounds.
const COLOUR = {
  price: '#7d8895',
  strategy: '#3b7fe0',
  benchmark: '#9a8fb8',
  gain: '#2aa876',
  loss: '#dd5a4f',
  position: '#5f9ea8',
} as const

/** Panels of the history chart: top and height in pixels of the place it is drawn in. */
const PANELS = [
  { title: 'Price', top: 52, height: 250 },
  { title: 'Equity', top: 346, height: 220 },
  { title: 'Drawdown', top: 610, height: 96 },
  { title: 'Exposure', top: 750, height: 48 },
] as const

const TRIANGLE_DOWN = 'path://M0 0L10 0L5 9Z'

/** Height in pixels of the place of the history chart. */
export const HISTORY_HEIGHT = 880

/** What the history chart needs to know; the columns time, close, equity, held, drawdown, position stand in the page's data. */
export interface HistoryInput {
  ts: Float64Array
  close: Float64Array
  equity: Float64Array
  held: Float64Array
  entries: readonly number[]
  exits: readonly number[]
}

/** Price with entries and exits, equity with buy and hold, drawdown and exposure, with one zoom for all. */
export function historyOption(input: HistoryInput): object {
  const { ts, close, equity, held } = input
  const log = (columns: Float64Array[]) => wantsLog(extent(columns) ?? { low: 0, high: 0 })
  const kinds = [log([close]), log([equity, held]), false, false]
  const every = PANELS.map((_, index) => index)
  const mark = (name: string, bars: readonly number[], turned: boolean) => ({
    name,
    type: 'scatter',
    format: 'number',
    symbol: 'triangle',
    symbolRotate: turned ? 180 : 0,
    symbolOffset: [0, turned ? -9 : 9],
    symbolSize: bars.length > 200 ? 6 : 9,
    z: 5,
    itemStyle: { color: turned ? COLOUR.loss : COLOUR.gain },
    data: bars.map(bar => [ts[bar], Number(close[bar].toPrecision(7))]),
  })
  return {
    useUTC: true,
    animation: false,
    columns: ['time', 'close', 'equity', 'held', 'drawdown', 'position'],
    legend: {
      top: 4,
      itemWidth: 14,
      itemHeight: 9,
      data: ['Close', 'Entries', 'Exits', 'Strategy', 'Buy and hold'].map(name => ({
        name,
        icon: name === 'Entries' ? 'triangle' : name === 'Exits' ? TRIANGLE_DOWN : 'roundRect',
      })),
    },
    tooltip: { trigger: 'axis', axisPointer: { type: 'cross' } },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    title: PANELS.map(({ title, top }, index) => ({
      text: kinds[index] ? `${title} (log scale)` : title,
      left: 8,
      top: top - 28,
      textStyle: { fontSize: 13, fontWeight: 600 },
    })),
    grid: PANELS.map(({ top, height }) => ({ left: 72, right: 24, top, height })),
    xAxis: PANELS.map((_, index) => ({
      type: 'time',
      gridIndex: index,
      min: ts[0],
      max: ts[ts.length - 1],
      axisLabel: { show: index === PANELS.length - 1, hideOverlap: true },
      axisTick: { show: index === PANELS.length - 1 },
      splitLine: { show: false },
    })),
    yAxis: PANELS.map((_, index) => ({
      type: kinds[index] ? 'log' : 'value',
      gridIndex: index,
      scale: true,
      format: index >= 2 ? 'percent' : 'number',
      splitNumber: index < 2 ? 5 : 2,
      ...(index === 2 ? { max: 0 } : {}),
    })),
    dataZoom: [
      { type: 'inside', xAxisIndex: every, filterMode: 'filter' },
      { type: 'slider', xAxisIndex: every, filterMode: 'filter', bottom: 8, height: 26, labelFormatter: '' },
    ],
    series: [
      line('Close', 'close', 0, COLOUR.price, 'number'),
      mark('Entries', input.entries, false),
      mark('Exits', input.exits, true),
      line('Strategy', 'equity', 1, COLOUR.strategy, 'number', { z: 3 }),
      line('Buy and hold', 'held', 1, COLOUR.benchmark, 'number'),
      line('Drawdown', 'drawdown', 2, COLOUR.loss, 'percent', { areaStyle: { opacity: 0.22 } }),
      line('Exposure', 'position', 3, COLOUR.position, 'percent', { step: 'end', areaStyle: { opacity: 0.25 } }),
    ],
  }
}

/** Histogram of returns per bar (ratios), negative bins red; null when there is no return. */
export function returnsOption(returns: Float64Array): object | null {
  const { edges, counts } = histogramBins(returns)
  if (counts.length === 0) return null
  const names = tickTexts([...edges], 'percent')
  const bars = Array.from(counts, (count, k) => ({
    value: count,
    name: `${names[k]} to ${names[k + 1]}`,
    itemStyle: { color: edges[k + 1] <= 0 ? COLOUR.loss : COLOUR.strategy },
  }))
  return {
    animation: false,
    grid: { left: 52, right: 16, top: 16, bottom: 40 },
    tooltip: { trigger: 'item' },
    xAxis: {
      type: 'category',
      data: names.slice(0, -1),
      axisLabel: { hideOverlap: true, align: 'left' },
      axisTick: { show: false },
    },
    yAxis: { type: 'value', minInterval: 1 },
    series: [{ name: 'Bars', type: 'bar', barCategoryGap: '6%', data: bars }],
  }
}

/** What a screen reader says of the history chart. */
export function historyText(input: HistoryInput): string {
  const { ts, close, equity, held } = input
  const last = ts.length - 1
  return (
    `Price, equity, drawdown and exposure from ${utcText(ts[0])} to ${utcText(ts[last])} UTC. ` +
    `Price ${valueText(close[0], 'number')} to ${valueText(close[last], 'number')}, ` +
    `equity ${valueText(equity[last] / equity[0] - 1, 'percent', true)}, ` +
    `buy and hold ${valueText(held[last] / held[0] - 1, 'percent', true)}.`
  )
}

function line(name: string, column: string, axis: number, color: string, format: string, more: object = {}): object {
  return {
    name,
    type: 'line',
    format,
    xAxisIndex: axis,
    yAxisIndex: axis,
    encode: { x: 'time', y: column },
    showSymbol: false,
    sampling: 'minmax',
    lineStyle: { width: 1.4, color },
    itemStyle: { color },
    ...more,
  }
}
