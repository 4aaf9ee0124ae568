/** Growth of the best runs of an experiment on one time axis. */

import { join } from 'node:path'
import { isFolder } from '../base/files.ts'
import { readParquet } from '../base/parquet.ts'
import { type PanelFigure, panelFigure } from './charts.ts'
import { valueText } from './charts-scale.ts'
import { shortened } from './charts-svg.ts'
import { utcText } from './charts-time.ts'

/** Growth of 1 of several runs; NaN before a run begins, its last value after it ends. */
export interface Curves {
  /** Epoch ms, ascending. */
  ts: Float64Array
  runs: { label: CurveLabel; growth: Float64Array }[]
}

/** What tells a curve from the others. */
export interface CurveLabel {
  /** Names and values. */
  full: string
  /** Values alone, for a legend whose names are told elsewhere. */
  values: string
}

/** Points of the time axis; between them the curves of more bars are read where they stand. */
const MOST_POINTS = 2400
const COLOURS = ['#1f5fbf', '#16885a', '#c47f17', '#8a4fb0', '#c43d33', '#4d9aa5']

/** Characters that a legend has room for. */
const LEGEND = 156

/** Runs whose curves are drawn. */
export const MOST_CURVES = COLOURS.length

/** Read equity.parquet of run directories; a run without one is left out. */
export async function readCurves(runs: readonly { label: CurveLabel; path: string }[]): Promise<Curves> {
  const read: { label: CurveLabel; ts: Float64Array; equity: Float64Array }[] = []
  for (const { label, path } of runs) {
    if (!isFolder(path)) continue
    const { columns } = await readParquet(join(path, 'equity.parquet'), ['ts', 'equity'])
    read.push({ label, ts: columns['ts'] as Float64Array, equity: columns['equity'] as Float64Array })
  }
  const ts = axisOf(read.map(run => run.ts))
  return { ts, runs: read.map(run => ({ label: run.label, growth: grown(run, ts) })) }
}

/** The union of the times, or as many evenly chosen ones of it as are drawn, the first and the last among them. */
function axisOf(columns: readonly Float64Array[]): Float64Array {
  const all = Float64Array.from(new Set(columns.flatMap(ts => [...ts]))).sort()
  if (all.length <= MOST_POINTS) return all
  return Float64Array.from(
    { length: MOST_POINTS },
    (_, k) => all[Math.round((k * (all.length - 1)) / (MOST_POINTS - 1))],
  )
}

function grown({ ts, equity }: { ts: Float64Array; equity: Float64Array }, axis: Float64Array): Float64Array {
  let bar = -1
  return axis.map(time => {
    while (bar + 1 < ts.length && ts[bar + 1] <= time) bar++
    return bar < 0 ? Number.NaN : equity[bar] / equity[0]
  })
}

/** The picture of the curves; null where there is none. */
export function curvesFigure(title: string, subtitle: string, { ts, runs }: Curves): string | null {
  if (runs.length === 0 || ts.length === 0) return null
  const figure: PanelFigure = {
    title,
    subtitle,
    description: `Growth of ${runs.length} runs from ${utcText(ts[0])} to ${utcText(ts[ts.length - 1])} UTC.`,
    ts,
    panels: [
      {
        title: 'Growth of 1',
        height: 380,
        format: 'number',
        scale: 'auto',
        reference: 1,
        series: runs.map(({ label, growth }, k) => ({
          label: shortened(label.values, Math.floor(LEGEND / runs.length) - 4),
          values: growth,
          draw: 'line' as const,
          colour: COLOURS[k],
          endLabel: valueText(growth[growth.length - 1] - 1, 'percent', true),
        })),
      },
    ],
  }
  return panelFigure(figure)
}

/** The same as an interactive chart with its columns. */
export function curvesOption({ ts, runs }: Curves): { columns: Record<string, (number | null)[]>; option: object } {
  const names = runs.map((_, k) => `run${k}`)
  const plain = (values: Float64Array) => Array.from(values, value => (Number.isNaN(value) ? null : value))
  return {
    columns: { time: Array.from(ts), ...Object.fromEntries(runs.map(({ growth }, k) => [names[k], plain(growth)])) },
    option: {
      ...{ useUTC: true, animation: false, columns: ['time', ...names] },
      legend: { top: 4, type: 'scroll', data: runs.map(({ label }) => label.full) },
      tooltip: { trigger: 'axis' },
      grid: { left: 72, right: 24, top: 48, bottom: 72 },
      xAxis: { type: 'time', axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', scale: true, format: 'number' },
      dataZoom: [{ type: 'inside' }, { type: 'slider', bottom: 8, height: 26, labelFormatter: '' }],
      series: runs.map(({ label }, k) => ({
        ...{ name: label.full, type: 'line', format: 'number', encode: { x: 'time', y: names[k] }, showSymbol: false },
        ...{ sampling: 'minmax', lineStyle: { width: 1.4, color: COLOURS[k] }, itemStyle: { color: COLOURS[k] } },
      })),
    },
  }
}
