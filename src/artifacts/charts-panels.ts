/** Stacked panels on one UTC time axis: the frame of every picture that shows series over time. */

import { fail } from '../base/errors.ts'
import { type Positions, positionsOf, svgArea, svgCurve } from './charts-curve.ts'
import {
  extent,
  type NumberFormat,
  niceTicks,
  pixelOf,
  pixelsOf,
  type Scale,
  tickTexts,
  valueScale,
  wantsLog,
} from './charts-scale.ts'
import { COLOUR, legendItem, shortened, svgBars, svgDocument, svgLine, svgText, svgTriangles } from './charts-svg.ts'
import { timeTicks, utcText } from './charts-time.ts'
import { type Markup, markup, textOf } from './page-markup.ts'

/** One series of a panel, as long as the time axis; NaN is a gap. */
export interface PanelSeries {
  /** Legend text; empty for no entry. */
  label: string
  values: Float64Array
  draw: 'line' | 'area' | 'bars'
  colour: string
  /** Text at the right end of the curve, e.g. the last value; none when left out. */
  endLabel?: string
}

/** Marks on a series of a panel, at bar indices. */
export interface PanelMarks {
  label: string
  /** Bar indices into the time axis. */
  at: readonly number[]
  /** Index of the series they stand at. */
  series: number
  points: 'up' | 'down'
  colour: string
}

/** One panel; areas and bars start at 0. */
export interface Panel {
  title: string
  /** Text after the legend. */
  note?: string
  height: number
  format: NumberFormat
  /** `auto` takes a log axis from an eightfold range on. */
  scale: 'linear' | 'auto'
  /** The first one is drawn on top of the others. */
  series: readonly PanelSeries[]
  marks?: readonly PanelMarks[]
  /** Value of a reference line. */
  reference?: number
  /** Values the axis must hold besides the series. */
  include?: readonly number[]
  /** Fixed upper end of the axis. */
  top?: number
}

/** A picture of panels over time; `ts` in epoch ms, ascending. */
export interface PanelFigure {
  title: string
  subtitle: string
  /** What a screen reader says below the title. */
  description: string
  ts: Float64Array
  panels: readonly Panel[]
}

const WIDTH = 1200
const LEFT = 78
const RIGHT = 82
const HEADER = 78
const PANEL_HEADING = 24
const GAP = 14
const FOOTER = 46
/** Smallest distance of two labels at the right end, in pixels. */
const LABEL_HEIGHT = 13

/** The SVG text of stacked panels; DATA_ERROR when there is no bar or a column has another length than the time axis. */
export function panelFigure(figure: PanelFigure): string {
  requireColumns(figure)
  const { ts } = figure
  const time = timeScale(ts)
  const xs = positionsOf(pixelsOf(time, ts))
  const inner = figure.panels.reduce((sum, panel) => sum + PANEL_HEADING + panel.height, 0)
  const bottom = HEADER + inner + GAP * (figure.panels.length - 1)
  const content: Markup[] = [
    svgText(LEFT, 36, shortened(figure.title, 100), { size: 19, weight: 650, fill: COLOUR.ink }),
    svgText(LEFT, 56, shortened(figure.subtitle, 170), { size: 12.5 }),
  ]
  let top = HEADER
  for (const panel of figure.panels) {
    content.push(...panelContent(panel, xs, top, time))
    top += PANEL_HEADING + panel.height + GAP
  }
  content.push(...timeAxis(time, bottom))
  return textOf(svgDocument({ width: WIDTH, height: bottom + FOOTER }, figure.title, figure.description, content))
}

function requireColumns({ ts, panels }: PanelFigure): void {
  if (ts.length === 0) throw fail('DATA_ERROR', { message: 'There is no bar to draw; widen the time window.' })
  for (const panel of panels) {
    for (const series of panel.series) {
      if (series.values.length === ts.length) continue
      const message = `The series '${series.label}' has ${series.values.length} values for ${ts.length} bars; give one value per bar.`
      throw fail('DATA_ERROR', { message })
    }
    for (const mark of panel.marks ?? []) {
      const outside = mark.at.find(index => !Number.isInteger(index) || index < 0 || index >= ts.length)
      if (outside === undefined) continue
      const message = `The mark '${mark.label}' stands at bar ${outside}; the bars are 0 to ${ts.length - 1}.`
      throw fail('DATA_ERROR', { message })
    }
  }
}

function timeScale(ts: Float64Array): Scale {
  const low = ts[0]
  const high = ts[ts.length - 1]
  // A single bar stands in the middle of two seconds.
  const room = high > low ? 0 : 1000
  return { kind: 'linear', low: low - room, high: high + room, from: LEFT, to: WIDTH - RIGHT }
}

function panelContent(panel: Panel, xs: Positions, top: number, time: Scale): Markup[] {
  const plotTop = top + PANEL_HEADING
  const plotBottom = plotTop + panel.height
  const scale = panelScale(panel, plotBottom, plotTop)
  const content = [heading(panel, scale, top), ...grid(panel, scale, time)]
  const base = pixelOf(scale, Math.min(Math.max(0, scale.low), scale.high))
  const pixels = panel.series.map(series => pixelsOf(scale, series.values))
  // The first series is the one the panel is about: drawn last, on top.
  for (let i = panel.series.length - 1; i >= 0; i--) content.push(drawn(panel.series[i], xs, pixels[i], base))
  for (const marks of panel.marks ?? []) content.push(drawnMarks(marks, xs.at, pixels[marks.series]))
  content.push(...endLabels(panel, pixels, plotTop, plotBottom))
  return content
}

function panelScale(panel: Panel, from: number, to: number): Scale {
  const columns = panel.series.map(series => series.values)
  const filled = panel.series.some(series => series.draw !== 'line')
  const also = Float64Array.from([...(panel.include ?? []), ...(filled ? [0] : [])])
  const bounds = extent([...columns, also]) ?? { low: 0, high: 1 }
  const kind = panel.scale === 'auto' && wantsLog(bounds) ? 'log' : 'linear'
  return valueScale(bounds, kind, { from, to }, { high: panel.top })
}

/** Title, legend and note in one line of text that flows, so that no text width has to be known. */
function heading(panel: Panel, scale: Scale, top: number): Markup {
  const items = panel.series
    .filter(series => series.label !== '')
    .map(series => legendItem('■', series.label, series.colour))
  for (const marks of panel.marks ?? [])
    items.push(legendItem(marks.points === 'up' ? '▲' : '▼', marks.label, marks.colour))
  const title = markup`<tspan font-size="13" font-weight="600" fill="${COLOUR.ink}">${panel.title}</tspan>`
  const notes = [panel.note, scale.kind === 'log' ? 'log scale' : undefined].filter(note => note !== undefined)
  return svgText(LEFT, top + 13, [title, ...items, ...notes.map(note => markup`<tspan dx="14">${note}</tspan>`)])
}

function grid(panel: Panel, scale: Scale, time: Scale): Markup[] {
  const right = WIDTH - RIGHT
  const lines: Markup[] = []
  const labels: Markup[] = []
  for (const tick of timeTicks(time.low, time.high, 12)) {
    const x = pixelOf(time, tick.at)
    lines.push(svgLine(x, scale.to, x, scale.from, COLOUR.grid))
  }
  const ticks = niceTicks(scale, Math.max(3, Math.floor(panel.height / 42)))
  const texts = tickTexts(ticks, panel.format)
  ticks.forEach((tick, index) => {
    const y = pixelOf(scale, tick)
    lines.push(svgLine(LEFT, y, right, y, tick === panel.reference ? COLOUR.axis : COLOUR.grid))
    labels.push(svgText(LEFT - 9, y + 4, texts[index], { anchor: 'end' }))
  })
  if (panel.reference !== undefined && !ticks.includes(panel.reference)) {
    const y = pixelOf(scale, panel.reference)
    if (y >= scale.to && y <= scale.from) lines.push(svgLine(LEFT, y, right, y, COLOUR.axis))
  }
  return [markup`<g stroke-width="1" fill="none">${lines}</g>`, ...labels]
}

function drawn(series: PanelSeries, xs: Positions, ys: Float64Array, base: number): Markup {
  if (series.draw === 'area') return svgArea(xs, ys, base, series.colour)
  if (series.draw === 'line') return svgCurve(xs, ys, series.colour, 1.5)
  const width = Math.max(0.5, Math.min(14, (0.7 * (WIDTH - LEFT - RIGHT)) / ys.length))
  return svgBars(xs.at, ys, base, width, series.colour)
}

/** Entries hang below the curve and exits stand above it, smaller where there are many. */
function drawnMarks(marks: PanelMarks, xs: Float64Array, ys: Float64Array): Markup {
  const size = marks.at.length > 400 ? 2.6 : marks.at.length > 120 ? 3.4 : 4.4
  const away = marks.points === 'up' ? 5 : -5
  const x = Float64Array.from(marks.at, index => xs[index])
  const y = Float64Array.from(marks.at, index => ys[index] + away)
  return svgTriangles(x, y, marks.points, size, marks.colour)
}

/** Texts at the right end of the curves, moved apart where two curves end close together. */
function endLabels(panel: Panel, pixels: readonly Float64Array[], top: number, bottom: number): Markup[] {
  const labels = panel.series.flatMap((series, index) => {
    const y = lastFinite(pixels[index])
    return series.endLabel === undefined || y === null ? [] : [{ y, text: series.endLabel, colour: series.colour }]
  })
  labels.sort((a, b) => a.y - b.y)
  for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + LABEL_HEIGHT)
  const over = labels.length > 0 ? Math.max(0, labels[labels.length - 1].y - bottom) : 0
  return labels.map(label =>
    svgText(WIDTH - RIGHT + 8, Math.max(label.y - over, top) + 4, label.text, { weight: 600, fill: label.colour }),
  )
}

function lastFinite(values: Float64Array): number | null {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i])) return values[i]
  return null
}

function timeAxis(time: Scale, bottom: number): Markup[] {
  const right = WIDTH - RIGHT
  const axis: Markup[] = [svgLine(LEFT, bottom, right, bottom, COLOUR.axis)]
  const labels: Markup[] = []
  for (const tick of timeTicks(time.low, time.high, 12)) {
    const x = pixelOf(time, tick.at)
    axis.push(svgLine(x, bottom, x, bottom + 5, COLOUR.axis))
    labels.push(svgText(x, bottom + 18, tick.label, { anchor: 'middle' }))
    if (tick.context) labels.push(svgText(x, bottom + 32, tick.context, { anchor: 'middle', weight: 600 }))
  }
  if (labels.length === 0)
    labels.push(svgText((LEFT + right) / 2, bottom + 18, utcText(time.low), { anchor: 'middle' }))
  labels.push(svgText(right + 8, bottom + 18, 'UTC'))
  return [markup`<g stroke-width="1">${axis}</g>`, ...labels]
}
