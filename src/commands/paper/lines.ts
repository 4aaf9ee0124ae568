/** One line of a feed → one bar: NDJSON objects or CSV rows, column names in any case, as the lake reads files. */

import { parseCsv, parseNumber } from '../../base/csv.ts'
import { type ColumnPlan, planColumns, quoted, TimeCells } from '../../lake/columns.ts'

/** The columns of a bar behind its time. */
export const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const
export type Price = (typeof PRICES)[number]

/** One bar as a line tells it; a price that the line lacks is null. */
export type ReadBar = { ts: number; symbol: string | null } & Record<Price, number | null>

/** All that is read of an object. */
const READ = ['ts', 'timestamp', 'date', 'symbol', ...PRICES]

/** Reads NDJSON, or CSV where the first line is no JSON object. */
export class LineReader {
  #plan: ColumnPlan | null = null
  #header = ''
  #width = 0
  #json = false

  /** A bar, why there is none, or null for a line that says nothing: blank, or the header (again). */
  read(text: string): ReadBar | string | null {
    const line = text.replace(/^\ufeff/, '')
    if (line.trim() === '') return null
    if (this.#plan === null && !this.#json) {
      if (line.trimStart().startsWith('{')) this.#json = true
      else return this.#takeHeader(line)
    }
    if (this.#json) return this.#fromJson(line)
    return line.trim() === this.#header ? null : this.#fromCsv(line)
  }

  /** A line that can be no header may be a torn one: the next may say more. */
  #takeHeader(line: string): string | null {
    try {
      const { header } = parseCsv(line, 'The feed')
      this.#plan = planColumns(header, 'The feed')
      this.#width = header.length
    } catch (error) {
      return `neither a JSON object nor a CSV header: ${(error as Error).message}`
    }
    this.#header = line.trim()
    return null
  }

  #fromCsv(line: string): ReadBar | string {
    const cells = line.includes('"') ? quotedCells(this.#header, line) : line.split(',').map(cell => cell.trim())
    if (typeof cells === 'string') return cells
    if (cells.length !== this.#width) return `${cells.length} cells where the header has ${this.#width}`
    const plan = this.#plan!
    const at = (name: Price) => plan.values.find(value => value.name === name)?.at
    const cell = (name: Price): string | undefined => {
      const column = at(name)
      return column === undefined ? undefined : cells[column]
    }
    return this.#barOf(cells[plan.time], plan.symbol === null ? null : cells[plan.symbol], cell)
  }

  #fromJson(line: string): ReadBar | string {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      return `not JSON: ${(error as Error).message}`
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object'
    const fields = new Map(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field as unknown]))
    const odd = READ.find(name => !isPlain(fields.get(name)))
    if (odd !== undefined) return `${odd} is neither a text nor a number`
    const time = fields.get('ts') ?? fields.get('timestamp') ?? fields.get('date')
    const symbol = fields.get('symbol') ?? null
    const cell = (name: Price): string | undefined => {
      const field = fields.get(name)
      return field === undefined || field === null ? undefined : String(field)
    }
    return this.#barOf(time === undefined ? '' : String(time), symbol === null ? null : String(symbol), cell)
  }

  #barOf(time: string, symbol: string | null, cell: (name: Price) => string | undefined): ReadBar | string {
    // A feed may mix the forms of time, so each line is read by itself.
    const ts = new TimeCells().read(time)
    if (typeof ts === 'string') return ts
    const bar: ReadBar = { ts, symbol, open: null, high: null, low: null, close: null, volume: null }
    for (const name of PRICES) {
      const text = cell(name)
      if (text === undefined) continue
      const number = parseNumber(text)
      if (number === null) return `${name} ${quoted(text)} is no number`
      // An empty volume is unknown; an empty price is a fault that the check of the bar names.
      bar[name] = number
    }
    return bar
  }
}

/** Lists and objects would be read as the text that they turn into, and some turn into none. */
function isPlain(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string' || typeof value === 'number'
}

/** Cells of a row with quotes, by the strict reader of files. */
function quotedCells(header: string, line: string): string[] | string {
  try {
    return parseCsv(`${header}\n${line}`, 'the line').rows[0] ?? 'not a CSV row'
  } catch (error) {
    return (error as Error).message
  }
}
