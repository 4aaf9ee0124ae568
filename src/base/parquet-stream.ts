/** Parquet written row group by row group, for tables that are longer than memory should be. */

import type { SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Cell } from './table.ts'

/** Type of a streamed column; all may hold null. */
export type StreamType = 'double' | 'int64' | 'text' | 'boolean'

/** Rows that are gathered before they become a row group. */
const GROUP = 65_536

/**
 * A Parquet file that takes rows one by one and hands bytes to `sink` as they are complete. Cells that are null, NaN or infinite
 * become null; any other cell of a text column is written as text. The same rows give the same bytes.
 */
export class ParquetStream {
  readonly #sink: (bytes: Uint8Array) => void
  readonly #writer: ParquetWriter
  readonly #types: readonly StreamType[]
  readonly #names: readonly string[]
  #columns: unknown[][]
  #rows = 0

  constructor(columns: Readonly<Record<string, StreamType>>, sink: (bytes: Uint8Array) => void) {
    this.#names = Object.keys(columns)
    this.#types = Object.values(columns)
    this.#columns = this.#names.map(() => [])
    this.#sink = sink
    const root: SchemaElement = { name: 'root', num_children: this.#names.length }
    const schema = [root, ...this.#names.map((name, k) => ({ name, ...PHYSICAL[this.#types[k]] }))]
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
    for (let k = 0; k < this.#types.length; k++) this.#columns[k].push(stored(cells[k], this.#types[k]))
    if (++this.#rows === GROUP) this.#writeGroup()
  }

  /** Write what is left and the footer. */
  finish(): void {
    if (this.#rows > 0) this.#writeGroup()
    void this.#writer.finish()
    this.#drain()
  }

  #writeGroup(): void {
    const columnData = this.#names.map((name, k) => ({ name, data: this.#columns[k], encoding: 'PLAIN' as const }))
    void this.#writer.write({ columnData, rowGroupSize: GROUP, pageSize: GROUP * 8 })
    this.#columns = this.#names.map(() => [])
    this.#rows = 0
    this.#drain()
  }

  /** Hand over what is written and begin the buffer anew; offsets in the file go on counting. */
  #drain(): void {
    const writer = this.#writer.writer as ByteWriter
    this.#sink(writer.getBytes().slice())
    writer.index = 0
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

function stored(cell: Cell, type: StreamType): unknown {
  if (cell === null || cell === undefined || (typeof cell === 'number' && !Number.isFinite(cell))) return null
  if (type === 'text') return typeof cell === 'string' ? cell : String(cell)
  return type === 'int64' ? BigInt(cell as number) : cell
}
