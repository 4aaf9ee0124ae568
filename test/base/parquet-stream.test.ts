/** Parquet in row groups: what other code reads back is what was written, with nulls where there is nothing. */

import { expect, it } from 'vitest'
import { readParquet } from '../../src/base/parquet.ts'
import { ParquetStream } from '../../src/base/parquet-stream.ts'

const COLUMNS = { trial: 'int64', id: 'text', fee: 'double', short: 'boolean' } as const

function written(rows: number): { bytes: Uint8Array; parts: number } {
  const parts: Uint8Array[] = []
  const stream = new ParquetStream(COLUMNS, bytes => parts.push(bytes.slice()))
  for (let i = 0; i < rows; i++) {
    stream.row([i, i % 3 === 0 ? null : `id-${i}`, i % 2 === 0 ? i / 7 : Number.NaN, i % 5 === 0])
  }
  stream.finish()
  return { bytes: Buffer.concat(parts), parts: parts.length }
}

it('reads back over several row groups', async () => {
  const { bytes, parts } = written(150_000)
  // Two full groups, the rest, the footer: the file was never held whole.
  expect(parts).toBe(4)
  const { columns, rows } = await readParquet(bytes)
  expect(rows).toBe(150_000)
  for (const i of [0, 1, 2, 65_535, 65_536, 131_071, 131_072, 149_999]) {
    expect(columns['trial'][i]).toBe(i)
    expect(columns['id'][i]).toBe(i % 3 === 0 ? null : `id-${i}`)
    expect(columns['fee'][i]).toBe(i % 2 === 0 ? i / 7 : Number.NaN)
    expect(columns['short'][i]).toBe(i % 5 === 0)
  }
})

it('is a readable file without rows, and the same bytes each time', async () => {
  expect((await readParquet(written(0).bytes)).rows).toBe(0)
  expect(written(500).bytes).toEqual(written(500).bytes)
})
