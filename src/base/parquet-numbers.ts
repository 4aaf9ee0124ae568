/** Parquet of tables that hold numbers alone: whole columns are copied into place, where the writer would take them value by value. */

import type { ColumnChunk, SchemaElement } from 'hyparquet'
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'

/** A column without nulls. */
export interface NumberColumn {
  element: SchemaElement
  data: Float64Array | BigInt64Array
}

/** What else the footer says. */
export interface Footer {
  kvMetadata: { key: string; value: string }[]
  createdBy: string
}

/** The columns of a table that holds fewer than `limit` rows of numbers and nothing else; null for any other table. */
export function onlyNumbers(
  columns: readonly { element: SchemaElement; source: ColumnSource }[],
  limit: number,
): readonly NumberColumn[] | null {
  const rows = columns[0]?.source.data.length ?? 0
  const numbers: NumberColumn[] = []
  for (const { element, source } of columns) {
    const { data } = source
    if (!(data instanceof Float64Array || data instanceof BigInt64Array) || data.length !== rows) return null
    numbers.push({ element, data })
  }
  return rows > 0 && rows < limit ? numbers : null
}

/** Whole numbers as 64-bit integers, by their 32-bit halves: no BigInt for each of them. */
export function int64Of(column: Float64Array): BigInt64Array {
  const out = new BigInt64Array(column.length)
  const halves = new Int32Array(out.buffer)
  for (let i = 0; i < column.length; i++) {
    halves[2 * i] = column[i] | 0
    halves[2 * i + 1] = Math.floor(column[i] / 4294967296)
  }
  return out
}

/** Room for the footer and the head of a page, in bytes; more is taken where they need it. */
const FOOTER_ROOM = 1024
const COLUMN_ROOM = 192

/**
 * The bytes of `columns`, all of the same length and at least one row: one row group with one plain page a column, no
 * statistics. They are those that `parquetWrite` of the package makes of the same table; it does the head and the footer here too.
 */
export function numbersParquet(columns: readonly NumberColumn[], { kvMetadata, createdBy }: Footer): Uint8Array {
  const rows = columns[0].data.length
  const writer = new ByteWriter(FOOTER_ROOM + columns.length * (COLUMN_ROOM + 8 * rows))
  const schema = [{ name: 'root', num_children: columns.length }, ...columns.map(({ element }) => element)]
  const file = new ParquetWriter({ writer, schema, codec: 'UNCOMPRESSED', statistics: false, kvMetadata, createdBy })
  const begin = writer.offset
  const chunks = columns.map(column => writeChunk(writer, column))
  const size = BigInt(writer.offset - begin)
  file.num_rows = BigInt(rows)
  file.row_groups.push({
    columns: chunks,
    total_byte_size: size,
    num_rows: BigInt(rows),
    total_compressed_size: size,
  })
  void file.finish()
  return writer.getBytes()
}

/** One page: its head, then the numbers as they lie in memory, which is how Parquet has them. */
function writeChunk(writer: ByteWriter, { element, data }: NumberColumn): ColumnChunk {
  const begin = writer.offset
  writePageHeader(writer, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: data.byteLength,
    compressed_page_size: data.byteLength,
    data_page_header_v2: {
      num_values: data.length,
      num_nulls: 0,
      num_rows: data.length,
      encoding: 'PLAIN',
      definition_levels_byte_length: 0,
      repetition_levels_byte_length: 0,
      // Of the codec UNCOMPRESSED: what the package writes.
      is_compressed: true,
    },
  })
  writer.appendBytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  const size = BigInt(writer.offset - begin)
  return {
    meta_data: {
      type: element.type!,
      encodings: ['PLAIN'],
      path_in_schema: [element.name],
      codec: 'UNCOMPRESSED',
      num_values: BigInt(data.length),
      total_compressed_size: size,
      total_uncompressed_size: size,
      data_page_offset: BigInt(begin),
    },
    file_offset: BigInt(begin),
  }
}
