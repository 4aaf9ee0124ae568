/** Parquet written row group by row group, for tables that are longer than memory should be. */

import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Cell } from './table.ts'

/** Type of a streamed column; all may hold null. */
export type StreamType = 'double' | 'int64' | 'text' | 'boolean'

/** Rows that are gathered before they become a row group. */
const GROUP = 65_536

/**
 * A Parquet file that takes rows one by one and hands bytes to `sink` as they are complete; they are valid during the call. Cells that
 * are null, NaN or infinite become null; any other cell of a text column is written as text. The same rows give the same bytes.
 */
export class ParquetStream {
  readonly #sink: (bytes: Uint8Array) => void
  readonly #writer: ParquetWriter
  readonly #names: readonly string[]
  readonly #columns: readonly StreamColumn[]
  #rows = 0

  constructor(columns: Readonly<Record<string, StreamType>>, sink: (bytes: Uint8Array) => void) {
    this.#names = Object.keys(columns)
    this.#columns = Object.values(columns).map(type => new StreamColumn(type))
    this.#sink = sink
    const root: SchemaElement = { name: 'root', num_children: this.#names.length }
    const schema = [root, ...this.#names.map((name, k) => ({ name, ...PHYSICAL[this.#columns[k].type] }))]
    this.#writer = new ParquetWriter({
      writer: new ByteWriter(),
      schema: schema as SchemaElement[],
      codec: 'UNCOMPRESSED',
      statistics: false,
      createdBy: 'quantlab',
    })
  }

  /** Add a row, one cell a column. */
  row(cells: readonly Cell[]): void {
    for (let k = 0; k < this.#columns.length; k++) this.#columns[k].set(this.#rows, cells[k])
    if (++this.#rows === GROUP) this.#writeGroup()
  }

  /** Write what is left and the footer. */
  finish(): void {
    if (this.#rows > 0) this.#writeGroup()
    void this.#writer.finish()
    this.#drain()
  }

  #writeGroup(): void {
    const columnData = this.#names.map((name, k) => {
      return { name, data: this.#columns[k].take(this.#rows), encoding: 'PLAIN' as const }
    })
    void this.#writer.write({ columnData, rowGroupSize: GROUP, pageSize: GROUP * 8 })
    this.#rows = 0
    this.#drain()
  }

  /** Hand over what is written and begin the buffer anew; offsets in the file go on counting. */
  #drain(): void {
    const writer = this.#writer.writer as ByteWriter
    this.#sink(writer.getBytes())
    writer.index = 0
  }
}

/** The cells of one column that are not written yet; numbers in one block, because a million of them one by one would litter memory. */
class StreamColumn {
  readonly type: StreamType
  readonly #numbers: Float64Array
  readonly #others: (string | boolean | null)[] = []
  #missing = 0

  constructor(type: StreamType) {
    this.type = type
    this.#numbers = new Float64Array(type === 'double' || type === 'int64' ? GROUP : 0)
  }

  set(row: number, cell: Cell): void {
    const known = cell !== null && cell !== undefined && (typeof cell !== 'number' || Number.isFinite(cell))
    if (this.#numbers.length > 0) {
      if (!known) this.#missing++
      this.#numbers[row] = known ? (cell as number) : Number.NaN
    } else if (!known) this.#others[row] = null
    else
      this.#others[row] = this.type === 'text' && typeof cell !== 'string' ? String(cell) : (cell as string | boolean)
  }

  /** The first `rows` cells as the writer takes them; the column is empty again. */
  take(rows: number): Float64Array | BigInt64Array | unknown[] {
    if (this.#numbers.length === 0) return this.#others.splice(0)
    const numbers = this.#numbers.subarray(0, rows)
    const missing = this.#missing
    this.#missing = 0
    if (this.type === 'double')
      return missing === 0 ? numbers : Array.from(numbers, value => (Number.isNaN(value) ? null : value))
    if (missing > 0) return Array.from(numbers, value => (Number.isNaN(value) ? null : BigInt(value)))
    return BigInt64Array.from(numbers as unknown as ArrayLike<bigint>, value => BigInt(value))
  }
}

const PHYSICAL: Record<StreamType, Partial<SchemaElement>> = {
  double: { type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  int64: { type: 'INT64', repetition_type: 'OPTIONAL' },
  text: {
    type: 'BYTE_ARRAY',
    repetition_type: 'OPTIONAL',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
  },
  boolean: { type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
}
