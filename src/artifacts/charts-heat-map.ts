/** Heat maps: a matrix of values as coloured cells with the numbers in them. */

import { fail } from '../base/errors.ts'
import { extent, type NumberFormat, valueText } from './charts-scale.ts'
import { COLOUR, pixelText, shortened, svgDocument, svgText } from './charts-svg.ts'
import { type Markup, markup, textOf } from './page-markup.ts'

/** What a heat map shows. */
export interface HeatMapInput {
  title: string
  subtitle: string
  columns: readonly string[]
  rows: readonly string[]
  /** Row by row, `rows.length × columns.length`; NaN leaves a cell empty. */
  values: Float64Array
  format: NumberFormat
  /** `diverging` runs from red over white at zero to green; `sequential` from pale to deep blue. */
  colours: 'diverging' | 'sequential'
}

type Rgb = readonly [number, number, number]

const MIDDLE: Rgb = [247, 247, 244]
const LOSS: Rgb = [196, 61, 51]
const GAIN: Rgb = [22, 136, 90]
const PALE: Rgb = [235, 241, 250]
const DEEP: Rgb = [24, 70, 140]

const LEFT = 96
const TOP = 96
const CELL_HEIGHT = 27

/** The SVG text of a heat map; DATA_ERROR when the number of values is not rows × columns or there is no cell. */
export function heatMap(input: HeatMapInput): string {
  const { columns, rows, values } = input
  if (columns.length === 0 || rows.length === 0 || values.length !== rows.length * columns.length) {
    const message = `The heat map '${input.title}' needs ${rows.length} × ${columns.length} values and at least one; it got ${values.length}.`
    throw fail('DATA_ERROR', { message })
  }
  const cellWidth = Math.min(86, Math.max(46, Math.floor(1080 / columns.length)))
  const size = { width: LEFT + cellWidth * columns.length + 30, height: TOP + CELL_HEIGHT * rows.length + 28 }
  const content: Markup[] = [
    svgText(28, 36, shortened(input.title, 80), { size: 17, weight: 650, fill: COLOUR.ink }),
    svgText(28, 56, shortened(input.subtitle, 110), { size: 12.5 }),
    ...columns.map((name, column) =>
      svgText(LEFT + (column + 0.5) * cellWidth, TOP - 9, shortened(name, 12), { anchor: 'middle' }),
    ),
    ...rows.map((name, row) =>
      svgText(LEFT - 10, TOP + row * CELL_HEIGHT + 18, shortened(name, 12), { anchor: 'end' }),
    ),
  ]
  const colourOf = colouring(values, input.colours)
  for (let row = 0; row < rows.length; row++) {
    for (let column = 0; column < columns.length; column++) {
      const value = values[row * columns.length + column]
      if (!Number.isFinite(value)) continue
      const place = { x: LEFT + column * cellWidth, y: TOP + row * CELL_HEIGHT, width: cellWidth }
      content.push(cell(value, place, colourOf(value), input.format))
    }
  }
  const bounds = extent([values])
  const range = bounds ? `${valueText(bounds.low, input.format)} to ${valueText(bounds.high, input.format)}` : 'none'
  const description = `${rows.length} rows (${rows[0]} to ${rows[rows.length - 1]}), ${columns.length} columns (${columns[0]} to ${columns[columns.length - 1]}); values ${range}.`
  return textOf(svgDocument(size, input.title, description, content))
}

function cell(
  value: number,
  place: { x: number; y: number; width: number },
  colour: Rgb,
  format: NumberFormat,
): Markup {
  const [red, green, blue] = colour
  // Rec. 601 luma decides whether dark or light text is read better.
  const dark = 0.299 * red + 0.587 * green + 0.114 * blue < 140
  const text = format === 'percent' ? valueText(value, format).replace(/(\.\d)\d%$/, '$1%') : valueText(value, format)
  const fill = `#${[red, green, blue].map(part => part.toString(16).padStart(2, '0')).join('')}`
  return markup`<rect x="${pixelText(place.x + 1)}" y="${pixelText(place.y + 1)}" width="${pixelText(place.width - 2)}" height="${CELL_HEIGHT - 2}" rx="2" fill="${fill}"/>${svgText(
    place.x + place.width / 2,
    place.y + 18,
    text,
    { anchor: 'middle', fill: dark ? '#ffffff' : COLOUR.ink },
  )}`
}

function colouring(values: Float64Array, colours: HeatMapInput['colours']): (value: number) => Rgb {
  const bounds = extent([values]) ?? { low: 0, high: 0 }
  if (colours === 'diverging') {
    const most = Math.max(Math.abs(bounds.low), Math.abs(bounds.high)) || 1
    return value => mixed(MIDDLE, value < 0 ? LOSS : GAIN, Math.abs(value) / most)
  }
  const span = bounds.high - bounds.low || 1
  return value => mixed(PALE, DEEP, (value - bounds.low) / span)
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share)
  return [part(0), part(1), part(2)]
}
