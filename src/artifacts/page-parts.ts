/** Parts of interactive pages: figure cards, sortable tables, name-value tables, month tables; every value escaped. */

import { generalNumber } from '../base/markdown.ts'
import { type NumberFormat, valueText } from './charts-scale.ts'
import { monthName } from './charts-time.ts'
import { type Markup, markup, trusted } from './page-markup.ts'
import type { MonthlyReturns } from './page-series.ts'

/** One headline figure; `value` null is undefined, with the reason as note; `tone` colours gains and losses. */
export interface Card {
  label: string
  value: number | null
  format: NumberFormat
  note?: string
  tone?: boolean
}

/** A grid of headline figures. */
export function cards(figures: readonly Card[]): Markup {
  return markup`<dl class="cards">${figures.map(figure => {
    const tone = figure.tone && figure.value ? (figure.value > 0 ? ' class="gain"' : ' class="loss"') : ''
    const note = figure.note ? markup`<p>${figure.note}</p>` : null
    const text = valueText(figure.value, figure.format, figure.tone)
    return markup`<div><dt>${figure.label}</dt><dd${trusted(tone)}>${text}</dd>${note}</div>`
  })}</dl>`
}

/** A place for a chart of the page's data; `label` is what a screen reader says. */
export function chartPlace(id: string, label: string, height: number): Markup {
  return markup`<div class="chart" id="${id}" role="img" aria-label="${label}" style="height:${height}px"></div>`
}

/** A table that sorts by a click on a heading; number columns right-aligned with six significant digits, sorted by the exact value. */
export function sortableTable(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): Markup {
  const numeric = columns.map(
    name => rows.every(row => isNumberOrNull(row[name])) && rows.some(row => row[name] !== null),
  )
  const heads = columns.map((name, index) => {
    const kind = numeric[index] ? trusted(' class="number"') : null
    return markup`<th scope="col"${kind}><button type="button">${name}</button></th>`
  })
  const body = rows.map(
    row => markup`<tr>${columns.map((name, index) => tableCell(row[name], numeric[index]))}</tr>
`,
  )
  return markup`<div class="scroll"><table class="sortable"><thead><tr>${heads}</tr></thead><tbody>
${body}</tbody></table></div>`
}

/** A two-column table of names and values; objects are flattened to dotted names, null shows as a dash. */
export function pairTable(pairs: readonly (readonly [string, unknown])[]): Markup {
  const rows = pairs.flatMap(([name, value]) => flattened(name, value))
  return markup`<table class="pairs"><tbody>
${rows.map(
  ([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
)}</tbody></table>`
}

/** Monthly returns as a year × month table with the return of each year at its end. */
export function monthTable(months: MonthlyReturns): Markup {
  const most = months.values.reduce((a, b) => (Number.isNaN(b) ? a : Math.max(a, Math.abs(b))), 0) || 1
  const heads = Array.from({ length: 12 }, (_, month) => markup`<th scope="col">${monthName(month + 1)}</th>`)
  const rows = months.years.map((year, row) => {
    const cells = Array.from({ length: 12 }, (_, month) => heatCell(months.values[row * 12 + month], most))
    const total = markup`<td class="total">${valueText(months.totals[row], 'percent', true)}</td>`
    return markup`<tr><th scope="row">${year}</th>${cells}${total}</tr>
`
  })
  return markup`<div class="scroll"><table class="heat"><thead><tr><th></th>${heads}<th scope="col">Year</th></tr></thead><tbody>
${rows}</tbody></table></div>`
}

function heatCell(value: number, most: number): Markup {
  if (Number.isNaN(value)) return markup`<td></td>`
  const depth = (0.08 + (0.62 * Math.abs(value)) / most).toFixed(3)
  const tone = value < 0 ? 'loss' : 'gain'
  return markup`<td class="${tone}" style="--depth:${depth}">${valueText(value, 'percent')}</td>`
}

function isNumberOrNull(value: unknown): boolean {
  return typeof value === 'number' || value === null || value === undefined
}

function tableCell(value: unknown, numeric: boolean): Markup {
  if (value === null || value === undefined) return markup`<td></td>`
  if (numeric && typeof value === 'number') {
    return markup`<td class="number" data-value="${value}">${generalNumber(value)}</td>`
  }
  return markup`<td>${plain(value)}</td>`
}

function flattened(name: string, value: unknown): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => flattened(name === '' ? key : `${name}.${key}`, inner))
  }
  return [[name, plain(value)]]
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
