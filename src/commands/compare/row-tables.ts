/** Tables of rows in compact form: fills and curves of a CSV file, trials of a Parquet file, events of a document. */

import { closeSync, openSync, readSync } from 'node:fs'
import { parseNumber, scanCsv } from '../../base/csv.ts'
import { storing } from '../../base/files.ts'
import { readParquet } from '../../base/parquet.ts'
import type { Cell } from '../../base/table.ts'
import { timestampOf } from '../../engine/forward-record.ts'
import type { RowColumn, RowTable } from '../../engine/row-comparison.ts'

/** Columns that hold instants as text. */
const TIMES = new Set(['timestamp', 'timestampISO', 'date', 'sent'])

const CHUNK = 1 << 20

/** A CSV file in one pass, whatever its size. DATA_ERROR as `scanCsv`. */
export function rowsOfCsv(path: string): RowTable {
  const columns = new Map<string, ColumnBuilder>()
  scanCsv(chunksOf(path), path, header => {
    const builders = header.map(name => new ColumnBuilder(TIMES.has(name)))
    header.forEach((name, index) => {
      columns.set(name, builders[index])
    })
    return cells => {
      for (let k = 0; k < builders.length; k++) builders[k].push(cells[k])
    }
  })
  return tableFrom(columns)
}

/** A Parquet file; truth values as texts. DATA_ERROR as `readParquet`. */
export async function rowsOfParquet(path: string): Promise<RowTable> {
  const table = await readParquet(path)
  const columns = Object.entries(table.columns).map(
    ([name, column]) => [name, column instanceof Float64Array ? numbers(column) : texts(column)] as const,
  )
  return { rows: table.rows, columns: new Map(columns) }
}

/** Plain records; the columns are those of all of them, in the order they appear. */
export function rowsOfRecords(records: readonly object[]): RowTable {
  const columns = new Map<string, ColumnBuilder>()
  for (const [row, record] of records.entries()) {
    for (const [name, value] of Object.entries(record)) {
      const column = columns.get(name) ?? new ColumnBuilder(TIMES.has(name), row)
      columns.set(name, column)
      column.push(value === null || value === undefined ? '' : String(value))
    }
    for (const column of columns.values()) column.padTo(row + 1)
  }
  return tableFrom(columns)
}

/** A column with one text in every row. */
export function constantText(text: string, rows: number): RowColumn {
  return { kind: 'text', codes: new Int32Array(rows), words: [text] }
}

function tableFrom(builders: ReadonlyMap<string, ColumnBuilder>): RowTable {
  const columns = new Map([...builders].map(([name, builder]) => [name, builder.column()]))
  const [first] = builders.values()
  return { rows: first?.length ?? 0, columns }
}

/** What is a quantity, and no name that happens to be of digits: `007`, or more digits than a number keeps (where it keeps them, it is one). */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Grows a column: numbers or instants while every text is one, else texts. */
class ColumnBuilder {
  #kind: 'number' | 'time' | 'text' | null = null
  readonly #time: boolean
  #values = new Float64Array(1024)
  #codes = new Int32Array(0)
  readonly #words: string[] = []
  readonly #known = new Map<string, number>()
  length = 0

  constructor(time: boolean, missing = 0) {
    this.#time = time
    this.padTo(missing)
  }

  push(text: string): void {
    const value = text === '' ? Number.NaN : this.#numberOf(text)
    if (value === null && this.#kind !== 'text') this.#becomeText()
    if (this.#kind === 'text') this.#pushText(text)
    else this.#pushValue(value as number)
  }

  padTo(rows: number): void {
    while (this.length < rows) this.push('')
  }

  column(): RowColumn {
    if (this.#kind === 'text') return { kind: 'text', codes: this.#codes.slice(0, this.length), words: this.#words }
    return { kind: this.#kind ?? 'number', values: this.#values.slice(0, this.length) }
  }

  /** The value of a text, null where it must stay a text. */
  #numberOf(text: string): number | null {
    if (this.#kind === 'text') return null
    const value = this.#time ? timestampOf(text) : parseNumber(text)
    if (value === null || Number.isNaN(value)) return null
    if (!this.#time && !PLAIN_NUMBER.test(text) && String(value) !== text) return null
    this.#kind ??= this.#time ? 'time' : 'number'
    return value
  }

  #pushValue(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Float64Array(this.length * 2)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.length++] = value
  }

  #pushText(text: string): void {
    if (this.length === this.#codes.length) {
      const wider = new Int32Array(Math.max(1024, this.length * 2))
      wider.set(this.#codes)
      this.#codes = wider
    }
    this.#codes[this.length++] = text === '' ? -1 : this.#codeOf(text)
  }

  #codeOf(text: string): number {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const code = this.#words.push(text) - 1
    this.#known.set(text, code)
    return code
  }

  #becomeText(): void {
    const { length } = this
    const said = this.#kind === 'time' ? (value: number) => new Date(value).toISOString() : String
    this.#kind = 'text'
    this.#codes = new Int32Array(Math.max(1024, length))
    this.length = 0
    for (let row = 0; row < length; row++) {
      const value = this.#values[row]
      this.#pushText(Number.isNaN(value) ? '' : said(value))
    }
    this.#values = new Float64Array(0)
  }
}

function numbers(values: Float64Array): RowColumn {
  return { kind: 'number', values }
}

function texts(cells: readonly Cell[]): RowColumn {
  const known = new Map<string, number>()
  const words: string[] = []
  const codes = Int32Array.from(cells, cell => {
    if (cell === null || cell === undefined) return -1
    const text = String(cell)
    const code = known.get(text) ?? words.push(text) - 1
    known.set(text, code)
    return code
  })
  return { kind: 'text', codes, words }
}

function* chunksOf(path: string): Generator<Uint8Array> {
  const file = storing(path, () => openSync(path, 'r'))
  try {
    for (;;) {
      // The reader may keep what it was given: every chunk is its own.
      const bytes = Buffer.alloc(CHUNK)
      const read = storing(path, () => readSync(file, bytes))
      if (read === 0) return
      yield bytes.subarray(0, read)
    }
  } finally {
    closeSync(file)
  }
}
