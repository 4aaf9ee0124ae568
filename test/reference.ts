/** Door of the tests to the shared reference data outside the repository; prints one line for each check left out without it. */

import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type ParquetReadOptions, parquetMetadataAsync, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** Folder of the shared material: `QUANTLAB_SHARED`, else `shared` beside the repository. */
export const sharedRoot = resolve(process.env['QUANTLAB_SHARED'] ?? join(import.meta.dirname, '../../shared'))

/** True where the shared data can be read. */
export const sharedAvailable = existsSync(join(sharedRoot, 'data', 'README.md'))

/** Say in one line of standard error what is not checked because the shared data is absent. */
export function noteAbsent(what: string): void {
  process.stderr.write(`left out, no shared data at QUANTLAB_SHARED or ../shared: ${what}\n`)
}

/** One reference file, parsed: `readReference('stockindicators_502')`. The caller names the shape. */
export function readReference<T>(name: string): T {
  return JSON.parse(readFileSync(join(sharedRoot, 'data', 'reference', `${name}.json`), 'utf8')) as T
}

/** Columns of one Parquet file: numbers and instants (epoch ms) as Float64Array with NaN for null, text as strings. */
export interface ReferenceColumns {
  rows: number
  numbers: Record<string, Float64Array>
  texts: Record<string, (string | null)[]>
}

/** Every column of one Parquet file below `data/`, e.g. `ohlcv/SPY_1d_502_default.parquet`. */
export async function readColumns(path: string): Promise<ReferenceColumns> {
  const bytes = await readFile(join(sharedRoot, 'data', path))
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  const metadata = await parquetMetadataAsync(file)
  const rows = Number(metadata.num_rows)
  const cells: Record<string, unknown[]> = {}
  // The first schema element is the root; the files are flat, so every other one is a column.
  for (const { name } of metadata.schema.slice(1)) cells[name] = new Array(rows).fill(null)
  const onChunk: ParquetReadOptions['onChunk'] = ({ columnName, columnData, rowStart }) => {
    const column = cells[columnName]
    for (let row = 0; row < columnData.length; row++) column[rowStart + row] = columnData[row]
  }
  await parquetRead({ file, metadata, compressors, onChunk })

  const columns: ReferenceColumns = { rows, numbers: {}, texts: {} }
  for (const [name, column] of Object.entries(cells)) {
    if (column.some(cell => typeof cell === 'string')) columns.texts[name] = column.map(cell => cell as string | null)
    else columns.numbers[name] = Float64Array.from(column, numberOf)
  }
  return columns
}

/** The price and volume columns of one OHLCV file; one without any value in the source is all NaN. */
export async function readOhlcv(
  path: string,
): Promise<Record<'open' | 'high' | 'low' | 'close' | 'volume', Float64Array>> {
  const { numbers } = await readColumns(path)
  const { open, high, low, close, volume } = numbers
  return { open, high, low, close, volume }
}

/**
 * Largest difference between two series, relative to the expected value, or to `floor` where that is larger (so that a
 * crossing of zero asks for an absolute agreement). Infinity when the lengths differ or one is undefined where the other is not.
 */
export function worstDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number | null | undefined>,
  floor = 1,
): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  let worst = 0
  for (let i = 0; i < actual.length; i++) {
    const value = expected[i] ?? Number.NaN
    if (Number.isNaN(value) && Number.isNaN(actual[i])) continue
    const difference = Math.abs(actual[i] - value) / Math.max(Math.abs(value), floor)
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference)
  }
  return worst
}

function numberOf(cell: unknown): number {
  if (cell === null || cell === undefined) return Number.NaN
  if (cell instanceof Date) return cell.getTime()
  return Number(cell)
}
