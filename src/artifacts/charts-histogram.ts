/** Histograms: bins with round edges, one of them at zero, and their picture. */

import { fail } from '../base/errors.ts'
import {
  type NumberFormat,
  niceStep,
  niceTicks,
  pixelOf,
  type Scale,
  tickTexts,
  valueScale,
  valueText,
} from './charts-scale.ts'
import { COLOUR, shortened, svgBars, svgDocument, svgLine, svgText } from './charts-svg.ts'
import { type Markup, markup, textOf } from './page-markup.ts'

/** Counted values: bin k holds those in [edges[k], edges[k + 1]), the last bin its upper edge too. */
export interface Bins {
  edges: Float64Array
  counts: Float64Array
}

/** What a histogram shows. */
export interface HistogramInput {
  title: string
  subtitle: string
  /** Values in any unit; NaN and infinities are left out. */
  values: Float64Array
  format: NumberFormat
  /** Vertical lines, e.g. the mean or an observed value. */
  marks?: readonly { label: string; at: number }[]
}

/** Share of the values at each end that does not decide the width of the bins. */
const TAIL = 0.005
/** Bins between the tails; the tails get bins of the same width. */
const MOST_CENTRAL_BINS = 48
const MOST_BINS = 240
const SIZE = { width: 760, height: 420 }
const PLOT = { left: 62, right: 730, top: 92, bottom: 372 }

/** Count values into bins of one round width, with an edge at zero; no bins when there is no finite value. */
export function histogramBins(values: Float64Array): Bins {
  const sorted = values.filter(value => Number.isFinite(value)).sort()
  if (sorted.length === 0) return { edges: new Float64Array(0), counts: new Float64Array(0) }
  const low = sorted[0]
  const high = sorted[sorted.length - 1]
  const step = binWidth(sorted)
  const first = Math.floor(low / step)
  const size = Math.max(1, Math.floor(high / step) - first + 1)
  const edges = new Float64Array(size + 1)
  for (let k = 0; k <= size; k++) edges[k] = Number(((first + k) * step).toPrecision(12)) + 0
  const counts = new Float64Array(size)
  let bin = 0
  for (let i = 0; i < sorted.length; i++) {
    while (bin < size - 1 && sorted[i] >= edges[bin + 1]) bin++
    counts[bin]++
  }
  return { edges, counts }
}

/** The SVG text of a histogram; negative bins red, others blue. DATA_ERROR when there is no finite value. */
export function histogram(input: HistogramInput): string {
  const { edges, counts } = histogramBins(input.values)
  if (counts.length === 0) {
    throw fail('DATA_ERROR', { message: `There is no finite value for the histogram '${input.title}'.` })
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 0)
  const total = counts.reduce((a, b) => a + b, 0)
  const y = valueScale({ low: 0, high: most }, 'linear', { from: PLOT.bottom, to: PLOT.top }, { low: 0 })
  const x: Scale = { kind: 'linear', low: edges[0], high: edges[counts.length], from: PLOT.left, to: PLOT.right }
  const content: Markup[] = [
    svgText(PLOT.left, 34, shortened(input.title, 70), { size: 17, weight: 650, fill: COLOUR.ink }),
    svgText(PLOT.left, 53, shortened(input.subtitle, 110), { size: 12.5 }),
    ...axes(x, y, input.format),
    bars(edges, counts, x, y, -1),
    bars(edges, counts, x, y, 1),
  ]
  const marks = (input.marks ?? []).filter(mark => mark.at >= x.low && mark.at <= x.high)
  marks.forEach((mark, index) => {
    const at = pixelOf(x, mark.at)
    const end = at > (PLOT.left + PLOT.right) / 2
    const label = `${mark.label} ${valueText(mark.at, input.format)}`
    content.push(markup`<g stroke-dasharray="4 3">${svgLine(at, PLOT.top - 6, at, PLOT.bottom, COLOUR.ink)}</g>`)
    content.push(
      svgText(at + (end ? -6 : 6), PLOT.top + 4 + 14 * index, label, {
        anchor: end ? 'end' : undefined,
        fill: COLOUR.ink,
      }),
    )
  })
  const description = `${total} values from ${valueText(edges[0], input.format)} to ${valueText(edges[counts.length], input.format)} in ${counts.length} bins.`
  return textOf(svgDocument(SIZE, input.title, description, content))
}

function binWidth(sorted: Float64Array): number {
  const last = sorted.length - 1
  const tail = Math.floor(TAIL * last)
  const whole = sorted[last] - sorted[0]
  const central = sorted[last - tail] - sorted[tail] || whole
  if (!(whole > 0)) return niceStep(Math.abs(sorted[0]) || 1, 10)
  const wanted = Math.min(MOST_CENTRAL_BINS, Math.max(8, Math.ceil(2 * Math.sqrt(sorted.length))))
  return niceStep(Math.max(central / wanted, whole / MOST_BINS), 1)
}

function axes(x: Scale, y: Scale, format: NumberFormat): Markup[] {
  const lines: Markup[] = []
  const labels: Markup[] = []
  const counts = niceTicks(y, 6).filter(Number.isInteger)
  tickTexts(counts, 'number').forEach((text, index) => {
    const at = pixelOf(y, counts[index])
    lines.push(svgLine(PLOT.left, at, PLOT.right, at, counts[index] === 0 ? COLOUR.axis : COLOUR.grid))
    labels.push(svgText(PLOT.left - 8, at + 4, text, { anchor: 'end' }))
  })
  const ticks = niceTicks(x, 9)
  tickTexts(ticks, format).forEach((text, index) => {
    const at = pixelOf(x, ticks[index])
    lines.push(svgLine(at, PLOT.bottom, at, PLOT.bottom + 5, COLOUR.axis))
    labels.push(svgText(at, PLOT.bottom + 18, text, { anchor: 'middle' }))
  })
  return [markup`<g stroke-width="1">${lines}</g>`, ...labels]
}

/** The bars on one side of zero. */
function bars(edges: Float64Array, counts: Float64Array, x: Scale, y: Scale, side: -1 | 1): Markup {
  const width = Math.max(0.5, pixelOf(x, edges[1]) - pixelOf(x, edges[0]) - 1)
  const centres = counts.map((_, k) => pixelOf(x, (edges[k] + edges[k + 1]) / 2))
  const tops = counts.map((count, k) => {
    const below = edges[k + 1] <= 0
    return count > 0 && below === side < 0 ? pixelOf(y, count) : NaN
  })
  return svgBars(centres, tops, PLOT.bottom, width, side < 0 ? COLOUR.loss : COLOUR.strategy)
}
