/** The curves of a comparison as columns and a chart: both equities, both drawdowns, the difference. */

import { extent, wantsLog } from './charts-scale.ts'
import { linkedPanels, type Panel, type PanelLine } from './page-panels.ts'
import { drawnBars, jsonColumn } from './page-series.ts'

/** A curve in order of time: epoch ms, equity as growth of 1. */
export interface SideCurve {
  ts: Float64Array
  equity: Float64Array
}

/** Instants drawn at most, about; every figure uses all. */
const MOST_DRAWN_BARS = 24_000

export const CURVES_HEIGHT = 700

const COLOURS = { a: '#3b7fe0', b: '#d9822b', difference: '#7d8895' } as const

/** What the page draws of two curves. */
export interface DrawnCurves {
  columns: Record<string, (number | null)[]>
  chart: object
  /** Instants of both curves together, and how many of them are drawn. */
  instants: number
  drawn: number
}

/** Columns and chart over the instants of both; a side that is null or empty has no line. */
export function drawnCurves(a: SideCurve | null, b: SideCurve | null): DrawnCurves | null {
  const ts = instantsOf(a, b)
  if (ts.length === 0) return null
  const equityA = spread(a, ts)
  const equityB = spread(b, ts)
  const columns = {
    equityA,
    equityB,
    drawdownA: falls(equityA),
    drawdownB: falls(equityB),
    difference: equityB.map((value, row) => value - equityA[row]),
  }
  // What is absent keeps no bucket from being searched.
  const bars = drawnBars(Object.values(columns).map(filled), ts.length, MOST_DRAWN_BARS)
  const shown = Object.entries(columns).map(([name, values]) => [name, jsonColumn(values, bars)])
  const log = wantsLog(extent([equityA, equityB]) ?? { low: 0, high: 0 })
  return {
    columns: { time: Array.from(bars, bar => ts[bar]), ...Object.fromEntries(shown) },
    chart: curvesOption(ts[0], ts[ts.length - 1], log),
    instants: ts.length,
    drawn: bars.length,
  }
}

function curvesOption(first: number, last: number, log: boolean): object {
  const panels: Panel[] = [
    { title: 'Equity', top: 56, height: 280, format: 'number', log },
    { title: 'Drawdown', top: 382, height: 110, format: 'percent' },
    { title: 'B − A', top: 538, height: 80, format: 'number' },
  ]
  // A side may have bars between those of the other: its line goes on over them.
  const joined = { connectNulls: true }
  const lines: PanelLine[] = [
    { name: 'A', column: 'equityA', panel: 0, colour: COLOURS.a, more: joined },
    { name: 'B', column: 'equityB', panel: 0, colour: COLOURS.b, more: joined },
    {
      name: 'Drawdown of A',
      column: 'drawdownA',
      panel: 1,
      colour: COLOURS.a,
      more: { ...joined, areaStyle: { opacity: 0.12 } },
    },
    {
      name: 'Drawdown of B',
      column: 'drawdownB',
      panel: 1,
      colour: COLOURS.b,
      more: { ...joined, areaStyle: { opacity: 0.12 } },
    },
    { name: 'B − A', column: 'difference', panel: 2, colour: COLOURS.difference, more: joined },
  ]
  return {
    ...linkedPanels(panels, lines, { first, last }),
    legend: { top: 4, itemWidth: 14, itemHeight: 9, data: ['A', 'B'].map(name => ({ name, icon: 'roundRect' })) },
  }
}

/** Instants that either curve has, ascending. */
function instantsOf(a: SideCurve | null, b: SideCurve | null): Float64Array {
  const [left, right] = [a?.ts ?? new Float64Array(0), b?.ts ?? new Float64Array(0)]
  const all = new Float64Array(left.length + right.length)
  let [i, j, count] = [0, 0, 0]
  while (i < left.length || j < right.length) {
    const next = Math.min(left[i] ?? Number.POSITIVE_INFINITY, right[j] ?? Number.POSITIVE_INFINITY)
    if (left[i] === next) i++
    if (right[j] === next) j++
    all[count++] = next
  }
  return all.subarray(0, count)
}

/** Equity at each of the instants; NaN where the curve has none. */
function spread(curve: SideCurve | null, ts: Float64Array): Float64Array {
  const out = new Float64Array(ts.length).fill(Number.NaN)
  if (curve === null) return out
  let at = 0
  for (let row = 0; row < curve.ts.length; row++) {
    while (ts[at] < curve.ts[row]) at++
    out[at] = curve.equity[row]
  }
  return out
}

/** Fall below the running peak, ≤ 0; NaN stays. */
function falls(equity: Float64Array): Float64Array {
  let peak = Number.NEGATIVE_INFINITY
  return equity.map(value => {
    if (value > peak) peak = value
    return value / peak - 1
  })
}

/** NaN as the value before it, at the start as the first one there is. */
function filled(values: Float64Array): Float64Array {
  let last = values.find(value => !Number.isNaN(value)) ?? 0
  return values.map(value => {
    if (!Number.isNaN(value)) last = value
    return last
  })
}
