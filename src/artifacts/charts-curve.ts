/** Curves and areas over one time axis: thinned to the columns of pixels, then written as paths. */

import { pixelText } from './charts-svg.ts'
import { type Markup, markup, trusted } from './page-markup.ts'

/** Where the bars of a picture stand from left to right; the curves of all its panels share the texts. */
export interface Positions {
  /** Pixels, ascending. */
  at: Float64Array
  /** The column of pixels of each. */
  columns: Float64Array
  /** The coordinate of each as text, where a curve needed it. */
  texts: (string | undefined)[]
}

/** Positions given in pixels, for curves. */
export function positionsOf(at: Float64Array): Positions {
  const columns = new Float64Array(at.length)
  for (let i = 0; i < at.length; i++) columns[i] = Math.floor(at[i])
  return { at, columns, texts: new Array<undefined>(at.length) }
}

/** A curve through points given in pixels; NaN breaks it. */
export function svgCurve(xs: Positions, ys: Float64Array, stroke: string, width: number): Markup {
  return curveMarkup(curvePieces(xs, ys), stroke, width)
}

/** The area between a curve and a horizontal base line, under the curve itself; NaN breaks it. */
export function svgArea(xs: Positions, ys: Float64Array, base: number, colour: string): Markup {
  const pieces = curvePieces(xs, ys)
  const ground = pixelText(base)
  const fill = pieces
    .map(({ path, first, last }) => `${path}L${textAt(xs, last)} ${ground}L${textAt(xs, first)} ${ground}Z`)
    .join('')
  const area = markup`<path d="${trusted(fill)}" fill="${colour}" fill-opacity="0.16"/>`
  return markup`${area}${curveMarkup(pieces, colour, 1.1)}`
}

/** An unbroken part of a curve, from one bar to another. */
interface Piece {
  path: string
  first: number
  last: number
}

function curveMarkup(pieces: readonly Piece[], stroke: string, width: number): Markup {
  const path = trusted(pieces.map(piece => piece.path).join(''))
  return markup`<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"/>`
}

function curvePieces(xs: Positions, ys: Float64Array): Piece[] {
  const pieces: Piece[] = []
  for (let begin = 0; begin < ys.length; ) {
    if (Number.isNaN(ys[begin])) {
      begin++
      continue
    }
    let end = begin + 1
    while (end < ys.length && !Number.isNaN(ys[end])) end++
    const points = thinned(xs.columns, ys, begin, end)
    pieces.push({ path: pathOf(xs, ys, points), first: begin, last: end - 1 })
    begin = end
  }
  return pieces
}

/**
 * The bars of [begin, end) that are drawn. A column of pixels keeps its first, lowest, highest and last one: what is drawn
 * looks the same, and the size of the picture stops depending on the number of bars.
 */
function thinned(columns: Float64Array, ys: Float64Array, begin: number, end: number): number[] {
  const points: number[] = []
  for (let i = begin; i < end; ) {
    const column = columns[i]
    const first = i
    let lowest = i
    let highest = i
    for (i++; i < end && columns[i] === column; i++) {
      if (ys[i] < ys[lowest]) lowest = i
      if (ys[i] > ys[highest]) highest = i
    }
    points.push(first)
    if (i - first === 1) continue
    const earlier = Math.min(lowest, highest)
    const later = Math.max(lowest, highest)
    if (earlier > first) points.push(earlier)
    if (later > earlier) points.push(later)
    if (i - 1 > later) points.push(i - 1)
  }
  return points
}

function pathOf(xs: Positions, ys: Float64Array, points: readonly number[]): string {
  const [first] = points
  // One point alone becomes a dot: a path of zero length with round ends.
  if (points.length === 1) return `M${textAt(xs, first)} ${pixelText(ys[first])}h0`
  let path = `M${textAt(xs, first)} ${pixelText(ys[first])}L`
  for (let k = 1; k < points.length; k++) {
    const point = points[k]
    path += `${k > 1 ? ' ' : ''}${textAt(xs, point)} ${pixelText(ys[point])}`
  }
  return path
}

function textAt({ at, texts }: Positions, index: number): string {
  texts[index] ??= pixelText(at[index])
  return texts[index]
}
