/** The history chart of the dashboard as plain JSON: score with regime bands, equity, drawdown, exposures, turnover and costs. */

import { extent, wantsLog } from './charts-scale.ts'
import { regimeLooks, SERIES_COLOURS } from './dashboard-colours.ts'

/** Daily series on one axis; NaN before the backtest begins and where nothing is known. */
export interface RegimeHistory {
  /** Midnight UTC, epoch ms, ascending. */
  ts: Float64Array
  score: Float64Array
  regime: readonly (string | null)[]
  /** Thresholds of the score, named. */
  thresholds: readonly { label: string; value: number }[]
  /** Growth of 1, net. */
  equity: Float64Array
  /** Growth of 1 of BTC and of the alt basket, without costs. */
  btc: Float64Array
  alts: Float64Array
  /** Ratio of the highest equity, ≤ 0. */
  drawdown: Float64Array
  /** Signed exposures after trading, of each leg and of both. */
  alt_exposure: Float64Array
  major_exposure: Float64Array
  net_exposure: Float64Array
  turnover: Float64Array
  /** Sums so far, ratios; funding paid is positive. */
  cost: Float64Array
  funding: Float64Array
}

const PANELS = [
  { title: 'Score', top: 84, height: 230 },
  { title: 'Equity', top: 362, height: 230 },
  { title: 'Drawdown', top: 640, height: 90 },
  { title: 'Exposure', top: 778, height: 110 },
  { title: 'Turnover, and costs and funding so far', top: 936, height: 110 },
] as const

/** Height in pixels of the place of the chart. */
export const DASHBOARD_HEIGHT = 1130

const DAY_MS = 86_400_000

/** The chart; its columns are named like the series of the history. */
export function historyOption(history: RegimeHistory): object {
  const { ts, equity, btc, alts, regime } = history
  const looks = regimeLooks(regime)
  const log = wantsLog(extent([equity, btc, alts]) ?? { low: 0, high: 0 })
  const every = PANELS.map((_, index) => index)
  return {
    useUTC: true,
    animation: false,
    columns: ['time', 'regime', ...COLUMNS],
    legend: {
      top: 4,
      left: 8,
      right: 8,
      itemWidth: 14,
      itemHeight: 9,
      data: [...looks.map(({ label }) => label), ...LEGEND].map(name => ({ name, icon: 'roundRect' })),
    },
    tooltip: { trigger: 'axis', axisPointer: { type: 'cross' } },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    title: PANELS.map(({ title, top }, index) => ({
      text: index === 1 && log ? `${title} (log scale)` : title,
      left: 8,
      top: top - 28,
      textStyle: { fontSize: 13, fontWeight: 600 },
    })),
    grid: PANELS.map(({ top, height }) => ({ left: 64, right: 84, top, height })),
    xAxis: PANELS.map((_, index) => ({
      type: 'time',
      gridIndex: index,
      min: ts[0],
      max: ts[ts.length - 1],
      axisLabel: { show: index === PANELS.length - 1, hideOverlap: true },
      axisTick: { show: index === PANELS.length - 1 },
      splitLine: { show: false },
    })),
    yAxis: [
      { type: 'value', gridIndex: 0, scale: true, format: 'number' },
      { type: log ? 'log' : 'value', gridIndex: 1, scale: true, format: 'number' },
      { type: 'value', gridIndex: 2, max: 0, format: 'percent', splitNumber: 2 },
      { type: 'value', gridIndex: 3, format: 'percent', splitNumber: 3 },
      { type: 'value', gridIndex: 4, format: 'percent', splitNumber: 3 },
      { type: 'value', gridIndex: 4, format: 'percent', splitNumber: 3, splitLine: { show: false } },
    ],
    dataZoom: [
      { type: 'inside', xAxisIndex: every, filterMode: 'filter' },
      { type: 'slider', xAxisIndex: every, filterMode: 'filter', bottom: 8, height: 26, labelFormatter: '' },
    ],
    series: [
      ...looks.map(({ name, label, colour }) => bands(label, colour, runsOf(ts, regime, name))),
      {
        ...line('Score', 'score', 0, 0, SERIES_COLOURS.score, 'number'),
        z: 4,
        markLine: thresholdLines(history.thresholds),
      },
      // Draws nothing: it puts the name of the regime into the tooltip.
      {
        name: 'Regime',
        type: 'line',
        encode: { x: 'time', y: 'score', tooltip: ['regime'] },
        showSymbol: false,
        silent: true,
        lineStyle: { opacity: 0 },
        itemStyle: { color: SERIES_COLOURS.score },
      },
      { ...line('Strategy', 'equity', 1, 1, SERIES_COLOURS.equity, 'number'), z: 4, lineStyle: { width: 2 } },
      line('BTC', 'btc', 1, 1, SERIES_COLOURS.btc, 'number'),
      line('Alt basket', 'alts', 1, 1, SERIES_COLOURS.basket, 'number'),
      area('Drawdown', 'drawdown', 2, 2, SERIES_COLOURS.drawdown),
      leg('Major leg', 'major_exposure', SERIES_COLOURS.majors),
      leg('Alt leg', 'alt_exposure', SERIES_COLOURS.alts),
      line('Net exposure', 'net_exposure', 3, 3, SERIES_COLOURS.net, 'percent', 'end'),
      {
        name: 'Turnover',
        type: 'bar',
        format: 'percent',
        xAxisIndex: 4,
        yAxisIndex: 4,
        encode: { x: 'time', y: 'turnover' },
        itemStyle: { color: SERIES_COLOURS.turnover },
        barMinWidth: 1,
        large: true,
      },
      line('Costs so far', 'cost', 4, 5, SERIES_COLOURS.cost, 'percent'),
      line('Funding so far', 'funding', 4, 5, SERIES_COLOURS.funding, 'percent'),
    ],
  }
}

const COLUMNS = [
  'score',
  'equity',
  'btc',
  'alts',
  'drawdown',
  'alt_exposure',
  'major_exposure',
  'net_exposure',
  'turnover',
  'cost',
  'funding',
]

const LEGEND = [
  'Score',
  'Strategy',
  'BTC',
  'Alt basket',
  'Major leg',
  'Alt leg',
  'Net exposure',
  'Turnover',
  'Costs so far',
  'Funding so far',
]

function leg(name: string, column: string, color: string): object {
  return { ...line(name, column, 3, 3, color, 'percent', 'end'), areaStyle: { opacity: 0.25, color } }
}

/** Spans [first instant, end of the last day] in which one regime held without a break. */
export function runsOf(ts: Float64Array, regime: readonly (string | null)[], name: string): [number, number][] {
  const runs: [number, number][] = []
  for (let day = 0; day < ts.length; day++) {
    if (regime[day] !== name) continue
    const end = day + 1 < ts.length ? ts[day + 1] : ts[day] + DAY_MS
    if (day > 0 && regime[day - 1] === name) runs[runs.length - 1][1] = end
    else runs.push([ts[day], end])
  }
  return runs
}

/** A series without data whose coloured spans a click in the legend hides. */
function bands(label: string, colour: string, runs: [number, number][]): object {
  return {
    name: label,
    type: 'line',
    xAxisIndex: 0,
    yAxisIndex: 0,
    data: [],
    lineStyle: { color: colour },
    itemStyle: { color: colour },
    markArea: {
      silent: true,
      // The middle state steps back behind those that mean something.
      itemStyle: { color: colour, opacity: label === 'Balanced' ? 0.16 : 0.42 },
      data: runs.map(([from, to]) => [{ xAxis: from }, { xAxis: to }]),
    },
  }
}

function thresholdLines(thresholds: RegimeHistory['thresholds']): object {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { type: 'dashed', color: SERIES_COLOURS.score, opacity: 0.7, width: 1 },
    data: thresholds.map(({ label, value }) => ({
      yAxis: value,
      label: { formatter: label, position: 'end', fontSize: 11, color: SERIES_COLOURS.score },
    })),
  }
}

function line(
  name: string,
  column: string,
  xAxis: number,
  yAxis: number,
  color: string,
  format: string,
  step?: 'end',
): object {
  return {
    name,
    type: 'line',
    format,
    xAxisIndex: xAxis,
    yAxisIndex: yAxis,
    encode: { x: 'time', y: column },
    showSymbol: false,
    lineStyle: { width: 1.4, color },
    itemStyle: { color },
    ...(step === undefined ? {} : { step }),
  }
}

function area(name: string, column: string, xAxis: number, yAxis: number, color: string): object {
  return { ...line(name, column, xAxis, yAxis, color, 'percent'), areaStyle: { opacity: 0.22, color } }
}
