/** SVG primitives: document, text, lines, bars, markers; every coordinate has one fixed format. */

import { type Markup, markup, textOf, trusted } from './page-markup.ts'

/** Colours of every picture; the pairs differ in lightness too, and markers in shape, for readers who do not see red and green apart. */
export const COLOUR = {
  paper: '#ffffff',
  frame: '#dfe3e8',
  grid: '#eceff2',
  axis: '#aab2bc',
  ink: '#1a2027',
  muted: '#5d6975',
  strategy: '#1f5fbf',
  benchmark: '#75808c',
  price: '#39434e',
  gain: '#16885a',
  loss: '#c43d33',
} as const

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

/** A coordinate with one decimal, without trailing zero or negative zero. */
export function pixelText(value: number): string {
  // In whole tenths, because texts of small integers cost a tenth of toFixed and a picture holds thousands.
  const tenths = Math.round(value * 10)
  const size = Math.abs(tenths)
  const rest = size % 10
  const whole = (size - rest) / 10
  const sign = tenths < 0 ? '-' : ''
  return rest === 0 ? `${sign}${whole}` : `${sign}${whole}.${rest}`
}

/** A whole picture on its own light background; `title` and `description` are what a screen reader says. */
export function svgDocument(
  size: { width: number; height: number },
  title: string,
  description: string,
  content: readonly Markup[],
): Markup {
  const { width, height } = size
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${FONT}" font-size="11.5" fill="${COLOUR.muted}">
<title>${title}</title>
<desc>${description}</desc>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6" fill="${COLOUR.paper}" stroke="${COLOUR.frame}"/>
${trusted(content.map(part => textLine(part)).join(''))}</svg>
`
}

/** Text at a point (baseline); `anchor` start, middle or end; a string is escaped. */
export function svgText(
  x: number,
  y: number,
  content: string | readonly Markup[],
  style: { anchor?: 'middle' | 'end'; size?: number; weight?: number; fill?: string } = {},
): Markup {
  const anchor = style.anchor ? trusted(` text-anchor="${style.anchor}"`) : null
  const size = style.size ? trusted(` font-size="${style.size}"`) : null
  const weight = style.weight ? trusted(` font-weight="${style.weight}"`) : null
  const fill = style.fill ? trusted(` fill="${style.fill}"`) : null
  return markup`<text x="${pixelText(x)}" y="${pixelText(y)}"${anchor}${size}${weight}${fill}>${content}</text>`
}

/** A straight hairline. */
export function svgLine(x1: number, y1: number, x2: number, y2: number, stroke: string): Markup {
  return markup`<path d="M${pixelText(x1)} ${pixelText(y1)}L${pixelText(x2)} ${pixelText(y2)}" stroke="${stroke}"/>`
}

/** Vertical bars from a base line to each point, `width` pixels wide; NaN leaves one out. */
export function svgBars(xs: Float64Array, ys: Float64Array, base: number, width: number, fill: string): Markup {
  let path = ''
  for (let i = 0; i < xs.length; i++) {
    if (Number.isNaN(ys[i])) continue
    path += `M${pixelText(xs[i] - width / 2)} ${pixelText(base)}h${pixelText(width)}V${pixelText(ys[i])}h${pixelText(-width)}Z`
  }
  return markup`<path d="${trusted(path)}" fill="${fill}"/>`
}

/** Triangles pointing up (tip at the point) or down; those that would cover each other within two pixels are drawn once. */
export function svgTriangles(
  xs: Float64Array,
  ys: Float64Array,
  points: 'up' | 'down',
  size: number,
  fill: string,
): Markup {
  const drawn = new Set<string>()
  const tall = points === 'up' ? size * 1.7 : -size * 1.7
  let path = ''
  for (let i = 0; i < xs.length; i++) {
    const place = `${Math.round(xs[i] / 2)} ${Math.round(ys[i] / 2)}`
    if (Number.isNaN(xs[i] + ys[i]) || drawn.has(place)) continue
    drawn.add(place)
    path += `M${pixelText(xs[i])} ${pixelText(ys[i])}l${pixelText(size)} ${pixelText(tall)}h${pixelText(-2 * size)}Z`
  }
  return markup`<path d="${trusted(path)}" fill="${fill}" stroke="${COLOUR.paper}" stroke-width="0.6"/>`
}

/** One piece of a legend: a coloured sign and its label, to be put into one text line that flows. */
export function legendItem(sign: string, label: string, colour: string): Markup {
  return markup`<tspan dx="14" fill="${colour}" font-weight="600">${sign}</tspan><tspan dx="5">${label}</tspan>`
}

/** Text cut to a number of characters; the cut shows as an ellipsis. */
export function shortened(text: string, most: number): string {
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}

function textLine(part: Markup): string {
  return `${textOf(part)}\n`
}
