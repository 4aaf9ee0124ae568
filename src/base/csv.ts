/**
 * Strict CSV reader (RFC 4180: commas, quotes, LF or CRLF, UTF-8 with or without a byte order mark). A file that may mean two
 * things is refused with its line: another separator, a stray quote, a short or long row, an empty line, a name given twice.
 * It works in one pass over chunks, so its memory is one chunk and one row, whatever the size of the file.
 */

import { TextDecoder } from 'node:util'
import { fail, type GatewayError } from './errors.ts'

/** Rows longer than this many characters are refused: an unclosed quote would otherwise swallow the rest of a large file. */
const MAX_ROW_LENGTH = 65_536

/** Called for each data row: the cells in header order, its number from 1 (the header does not count), its line in the file. */
export type CsvRow = (cells: string[], row: number, line: number) => void

/** A small CSV file as a whole. */
export interface CsvTable {
  header: string[]
  rows: string[][]
  /** Line of each row in the file, from 1. */
  lines: number[]
}

/** Read a small CSV text; `name` stands in the errors. Cells are trimmed of blanks. Throws DATA_ERROR as `scanCsv` does. */
export function parseCsv(data: string | Uint8Array, name: string): CsvTable {
  const table: CsvTable = { header: [], rows: [], lines: [] }
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  scanCsv([bytes], name, header => {
    table.header = header
    return (cells, _row, line) => {
      table.rows.push(cells)
      table.lines.push(line)
    }
  })
  return table
}

/**
 * Read CSV bytes chunk by chunk: `onHeader` gets the trimmed header (an unnamed column is `(column 3)`) and returns what
 * is called for each row. Throws DATA_ERROR with the line of the first fault.
 */
export function scanCsv(chunks: Iterable<Uint8Array>, name: string, onHeader: (header: string[]) => CsvRow): void {
  const reader = new CsvScan(name, onHeader)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (const chunk of chunks) reader.push(decode(decoder, chunk, name, reader.line))
  reader.push(decode(decoder, null, name, reader.line))
  reader.end()
}

/**
 * A decimal number as programs write it, NaN for an empty cell; null where the text is anything else: a decimal comma,
 * grouped digits, a unit, `nan`, hexadecimal.
 */
export function parseNumber(text: string): number | null {
  if (text === '') return Number.NaN
  return NUMBER.test(text) ? Number(text) : null
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/

class CsvScan {
  /** Line of the text that comes next, from 1. */
  line = 1
  readonly #name: string
  readonly #onHeader: (header: string[]) => CsvRow
  #rest = ''
  #width = 0
  #row = 0
  #emptyLine = 0
  #onRow: CsvRow | null = null

  constructor(name: string, onHeader: (header: string[]) => CsvRow) {
    this.#name = name
    this.#onHeader = onHeader
  }

  push(text: string): void {
    const data = this.#rest === '' ? text : this.#rest + text
    let at = 0
    for (let end = data.indexOf('\n', at); end >= 0; end = data.indexOf('\n', end + 1)) {
      if (end - at > MAX_ROW_LENGTH) throw this.#tooLong()
      const record = data.slice(at, end)
      // A line end inside quotes belongs to the cell.
      if (hasOpenQuote(record)) continue
      this.#record(record)
      at = end + 1
    }
    this.#rest = data.slice(at)
    if (this.#rest.length > MAX_ROW_LENGTH) throw this.#tooLong()
  }

  end(): void {
    if (hasOpenQuote(this.#rest)) throw this.#fault('a quoted cell is not closed before the end of the file')
    if (this.#rest !== '') this.#record(this.#rest)
    if (this.#onRow === null) throw fail('DATA_ERROR', { message: `${this.#name} is empty: it has no header` })
  }

  #record(text: string): void {
    const record = text.endsWith('\r') ? text.slice(0, -1) : text
    const line = this.line
    this.line += 1 + countOf(record, '\n')
    if (record === '') {
      if (this.#emptyLine === 0) this.#emptyLine = line
      return
    }
    // Empty lines at the end are the habit of editors; inside the file one may be a lost row.
    if (this.#emptyLine > 0) throw this.#fault('an empty line inside the file', this.#emptyLine)
    const cells = this.#cells(record, line)
    if (this.#onRow === null) this.#header(cells, record, line)
    else if (cells.length === this.#width) this.#onRow(cells, ++this.#row, line)
    else throw this.#fault(this.#widthFault(cells.length, record), line)
  }

  #header(cells: string[], record: string, line: number): void {
    const separator = cells.length === 1 ? /[;\t|]/.exec(record) : null
    if (separator !== null) {
      throw this.#fault(`the separator is ${JSON.stringify(separator[0])}; only commas are read`, line)
    }
    const header = cells.map((cell, index) => (cell === '' ? `(column ${index + 1})` : cell))
    const twice = header.find((cell, index) => indexOfName(header, cell) < index)
    if (twice !== undefined) throw this.#fault(`two columns are named ${JSON.stringify(twice)}`, line)
    this.#width = cells.length
    this.#onRow = this.#onHeader(header)
  }

  #widthFault(found: number, record: string): string {
    const commas = /\d,\d/.test(record) && found > this.#width ? '; are commas used as decimal signs?' : ''
    return `row ${this.#row + 1} has ${found} cells where the header has ${this.#width}${commas}`
  }

  #cells(record: string, line: number): string[] {
    if (record.includes('\r') && !record.includes('"')) throw this.#fault('a carriage return inside a row', line)
    if (record.includes('\0')) throw this.#fault('a NUL character; is this a text file?', line)
    if (record.includes('"')) return this.#quotedCells(record, line)
    const cells = record.split(',')
    for (let i = 0; i < cells.length; i++) cells[i] = cells[i].trim()
    return cells
  }

  #quotedCells(record: string, line: number): string[] {
    const cells: string[] = []
    let at = 0
    for (;;) {
      CELL.lastIndex = at
      const match = CELL.exec(record)
      if (match === null) throw this.#fault(`cell ${cells.length + 1}: a quote in the wrong place`, line)
      cells.push(match[1] === undefined ? match[2].trim() : match[1].replaceAll('""', '"').trim())
      at = CELL.lastIndex
      if (at >= record.length) return cells
      at++
      if (at === record.length) return [...cells, '']
    }
  }

  #tooLong(): GatewayError {
    return this.#fault(`a row of more than ${MAX_ROW_LENGTH} characters; look for an unclosed quote`)
  }

  #fault(message: string, line = this.line): GatewayError {
    const details = [{ pointer: `line ${line}`, message }]
    return fail('DATA_ERROR', { message: `${this.#name}, line ${line}: ${message}` }, { details })
  }
}

/** One quoted or bare cell up to the next comma or the end. */
const CELL = / *"((?:[^"]|"")*)" *(?=,|$)|([^",\r]*)(?=,|$)/y

function indexOfName(header: readonly string[], name: string): number {
  return header.findIndex(other => other.toLowerCase() === name.toLowerCase())
}

function hasOpenQuote(text: string): boolean {
  return text.includes('"') && countOf(text, '"') % 2 === 1
}

function countOf(text: string, mark: string): number {
  let count = 0
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) count++
  return count
}

function decode(decoder: TextDecoder, chunk: Uint8Array | null, name: string, line: number): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch {
    throw fail('DATA_ERROR', { message: `${name}, after line ${line}: not UTF-8 text` }, { hint: 'Save it as UTF-8.' })
  }
}
