/** Parquet: what goes in comes out, in typed columns; what is not Parquet is refused in words. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/base/errors.ts'
import { openParquet, parquetBytes, readParquet } from '../../src/base/parquet.ts'
import { Random } from '../../src/base/random.ts'
import { noteAbsent, sharedAvailable, sharedRoot } from '../reference.ts'

const folder = mkdtempSync(join(tmpdir(), 'parquet-'))
afterAll(() => rmSync(folder, { recursive: true }))

const DAY = 86_400_000
const table = {
  rows: 4,
  columns: {
    ts: Float64Array.of(0, DAY, 2 * DAY, 9_007_199_254_740_991),
    close: Float64Array.of(1.5, -0.1, 1e-300, 1.7976931348623157e308),
    volume: Float64Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY),
    name: ['a', null, 'ü€😀', ''],
    flag: [true, false, null, true],
    count: [1, null, -5, 9_007_199_254_740_991],
  },
}
const types = { ts: 'timestamp', count: 'int64' } as const

const buffer = (bytes: Uint8Array) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer

describe('writing', () => {
  it('gives back every value; NaN and infinities become null', async () => {
    const { columns, rows } = await readParquet(parquetBytes(table, { types }))
    expect(rows).toBe(4)
    expect(columns['ts']).toEqual(table.columns.ts)
    expect(columns['close']).toEqual(table.columns.close)
    expect([...(columns['volume'] as Float64Array)]).toEqual([1, Number.NaN, 3, Number.NaN])
    expect(columns['name']).toEqual(table.columns.name)
    expect(columns['flag']).toEqual(table.columns.flag)
    expect([...(columns['count'] as Float64Array)]).toEqual([1, Number.NaN, -5, 9_007_199_254_740_991])
  })

  it('writes what a plain hyparquet reads: instants as UTC timestamps, null for NaN', async () => {
    const rows = await parquetReadObjects({ file: buffer(parquetBytes(table, { types })) })
    expect(rows[1]).toEqual({ ts: new Date(DAY), close: -0.1, volume: null, name: null, flag: false, count: null })
    expect(rows[3]['volume']).toBeNull()
  })

  it('writes a table of numbers alone as the package writes it', () => {
    const column = (rows: number) =>
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: rows, maxLength: rows })
    const tables = fc.integer({ min: 1, max: 60 }).chain(rows =>
      fc.record({
        ts: fc.array(fc.maxSafeInteger(), { minLength: rows, maxLength: rows }),
        doubles: fc.array(column(rows), { maxLength: 4 }),
        metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
      }),
    )
    fc.assert(
      fc.property(tables, ({ ts, doubles, metadata }) => {
        const rows = ts.length
        const columns: Record<string, Float64Array> = { ts: Float64Array.from(ts) }
        for (const [k, values] of doubles.entries()) columns[`column ${k}`] = Float64Array.from(values)
        const required = { repetition_type: 'REQUIRED' } as const
        const instant = { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } as const
        const ofPackage = parquetWriteBuffer({
          columnData: Object.entries(columns).map(([name, data]) => ({
            name,
            data: name === 'ts' ? BigInt64Array.from(ts, BigInt) : data,
            encoding: 'PLAIN' as const,
          })),
          schema: [
            { name: 'root', num_children: 1 + doubles.length },
            { name: 'ts', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type: instant, ...required },
            ...doubles.map((_, k) => ({ name: `column ${k}`, type: 'DOUBLE' as const, ...required })),
          ],
          codec: 'UNCOMPRESSED',
          statistics: false,
          kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
          createdBy: 'quantlab',
        })
        const ours = parquetBytes({ columns, rows }, { types: { ts: 'timestamp' }, metadata })
        expect(Buffer.from(ours).equals(Buffer.from(ofPackage))).toBe(true)
      }),
    )
  })

  it('gives the same bytes twice', () => {
    expect(parquetBytes(table, { types })).toEqual(parquetBytes(table, { types }))
  })

  it('keeps the key-value pairs of the footer and the order of the columns', () => {
    const file = openParquet(parquetBytes(table, { types, metadata: { b: '2', a: '{"x":1}' } }))
    expect(file.metadata).toEqual({ b: '2', a: '{"x":1}' })
    expect(file.columns.map(column => column.name)).toEqual(Object.keys(table.columns))
    expect(file.columns.map(column => column.kind)).toEqual([
      'timestamp',
      'number',
      'number',
      'text',
      'boolean',
      'number',
    ])
  })

  it('keeps the type of a column without any value', async () => {
    const empty = { rows: 2, columns: { when: [null, null], count: [null, null], text: [null, null] } }
    const file = openParquet(parquetBytes(empty, { types: { when: 'timestamp', count: 'int64' } }))
    expect(file.columns.map(column => column.kind)).toEqual(['timestamp', 'number', 'text'])
    expect(await file.read()).toEqual({
      rows: 2,
      columns: {
        when: Float64Array.of(Number.NaN, Number.NaN),
        count: Float64Array.of(Number.NaN, Number.NaN),
        text: [null, null],
      },
    })
  })

  it('writes a table without rows', async () => {
    const none = await readParquet(parquetBytes({ rows: 0, columns: { ts: new Float64Array(0), name: [] } }, { types }))
    expect(none.rows).toBe(0)
    expect(Object.keys(none.columns)).toEqual(['ts', 'name'])
  })

  it('reads back more rows than one row group holds', async () => {
    const rows = 1_048_576 + 3
    const close = Float64Array.from({ length: rows }, (_, i) => i / 7)
    const { columns } = await readParquet(parquetBytes({ rows, columns: { close } }))
    const bytesOf = (column: Float64Array) => Buffer.from(column.buffer, column.byteOffset, column.byteLength)
    expect(bytesOf(columns['close'] as Float64Array).equals(bytesOf(close))).toBe(true)
  })

  it('refuses a value of another type', () => {
    expect(() => parquetBytes({ rows: 1, columns: { x: [1.5] } }, { types: { x: 'int64' } })).toThrow(/column x/)
    expect(() => parquetBytes({ rows: 2, columns: { x: ['a', 1] } })).toThrow(/column x/)
  })
})

describe('reading the files of others', () => {
  const write = (name: string, type: object, data: unknown[] | BigInt64Array | Float32Array, codec?: 'SNAPPY') =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name, data: data as never }],
        schema: [
          { name: 'root', num_children: 1 },
          { name, repetition_type: 'OPTIONAL', ...type },
        ],
        codec,
      }),
    )
  const micros = 1_577_836_800_123_456n

  it.each([
    ['microseconds keep their fraction', 'MICROS', micros, 1_577_836_800_123.456],
    ['nanoseconds keep their fraction', 'NANOS', micros * 1000n, 1_577_836_800_123.456],
    ['milliseconds', 'MILLIS', 1_577_836_800_123n, 1_577_836_800_123],
  ])('%s', async (_, unit, value, expected) => {
    const type = { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit } }
    const { columns } = await readParquet(write('ts', type, [value, null]))
    expect([...(columns['ts'] as Float64Array)]).toEqual([expected, Number.NaN])
  })

  it('says where a timestamp has no time zone', () => {
    const type = { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' } }
    expect(openParquet(write('ts', type, [1n])).columns).toEqual([{ name: 'ts', kind: 'timestamp', utc: false }])
  })

  it('reads dates as UTC midnight', async () => {
    const { columns } = await readParquet(write('d', { type: 'INT32', converted_type: 'DATE' }, [18_262, null]))
    // 2020-01-01 is day 18,262 since 1970-01-01: 50 years with 12 leap days.
    expect([...(columns['d'] as Float64Array)]).toEqual([1_577_836_800_000, Number.NaN])
  })

  it('rounds decimals once', async () => {
    const type = { type: 'INT64', converted_type: 'DECIMAL', scale: 2, precision: 18 }
    const { columns } = await readParquet(write('p', type, [29n, 58n, 113n]))
    // 29 · 0.01, 58 · 0.01 and 113 · 0.01 are 0.29, 0.58 and 1.1300000000000001 in float64.
    expect([...(columns['p'] as Float64Array)]).toEqual([0.29, 0.58, 1.13])
  })

  it('reads floats and repeated values of a dictionary', async () => {
    const { columns } = await readParquet(write('f', { type: 'FLOAT' }, [0.5, 0.25, 0.5, null, 0.5], 'SNAPPY'))
    expect([...(columns['f'] as Float64Array)]).toEqual([0.5, 0.25, 0.5, Number.NaN, 0.5])
  })

  it('refuses an integer that float64 cannot hold', async () => {
    await expect(readParquet(write('n', { type: 'INT64' }, [1n, 2n ** 53n]))).rejects.toThrow(/Column n, row 2/)
    await expect(
      readParquet(write('n', { type: 'INT64', repetition_type: 'REQUIRED' }, BigInt64Array.of(-(2n ** 60n)))),
    ).rejects.toThrow(/Column n, row 1/)
  })

  it('lists a nested column and refuses to read it', async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'close', data: [1.5] },
          { name: 'tags', data: [['a', 'b']] },
        ],
        schema: [
          { name: 'root', num_children: 2 },
          { name: 'close', type: 'DOUBLE', repetition_type: 'REQUIRED' },
          { name: 'tags', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
          { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
          { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        ],
      }),
    )
    expect(openParquet(bytes).columns.map(column => column.kind)).toEqual(['number', 'unsupported'])
    expect(Object.keys((await readParquet(bytes)).columns)).toEqual(['close'])
    await expect(readParquet(bytes, ['tags'])).rejects.toThrow(/nested/)
  })

  it('names the columns there are when one is asked for that is not', async () => {
    await expect(readParquet(parquetBytes(table, { types }), ['price'])).rejects.toThrow(/no column price.*close/)
  })

  it('reads zstd, and says so in typed columns', async () => {
    if (!sharedAvailable) return noteAbsent('reading zstd Parquet')
    const { columns, rows } = await readParquet(join(sharedRoot, 'data/ohlcv/SPY_1d_502_default.parquet'))
    expect(rows).toBe(502)
    expect((columns['ts'] as Float64Array)[0]).toBe(Date.UTC(2017, 0, 3))
    expect((columns['close'] as Float64Array)[0]).toBe(212.8)
    const panel = await readParquet(join(sharedRoot, 'data/panels/coinmetrics_majors_alts_2018-07_2020-07.parquet'))
    expect(panel.rows).toBe(26_525)
    expect(panel.columns['asset_id'][0]).toBe('ADA')
    // The volume of an all-null column and the 806 null market caps that the source has.
    expect((panel.columns['market_cap'] as Float64Array).filter(Number.isNaN).length).toBe(806)
    const unknown = await readParquet(join(sharedRoot, 'data/ohlcv/BTC-USD_1h_2023Q3_daru.parquet'), ['volume'])
    expect((unknown.columns['volume'] as Float64Array).every(Number.isNaN)).toBe(true)
  })
})

describe('damage', () => {
  const whole = parquetBytes(table, { types })
  const cases: [string, Uint8Array][] = [
    ['an empty file', new Uint8Array(0)],
    ['a text file', new TextEncoder().encode('date,close\n2020-01-01,1\n')],
    ['a file cut in half', whole.slice(0, whole.length / 2)],
    ['a file without its last byte', whole.slice(0, -1)],
    ['only the magic', new TextEncoder().encode('PAR1PAR1')],
    ['zeros with a magic at the end', Uint8Array.from([...new Uint8Array(64), 80, 65, 82, 49])],
  ]
  it.each(cases)('refuses %s', async (_, bytes) => {
    await expect((async () => readParquet(bytes))()).rejects.toThrow(/not a readable Parquet file/)
  })

  it('names the file', async () => {
    const path = join(folder, 'torn.parquet')
    writeFileSync(path, whole.slice(0, 100))
    await expect((async () => readParquet(path))()).rejects.toThrow(path)
  })

  // Columns without nulls, as datasets have them: a damaged run of null marks can keep hyparquet busy for minutes.
  it('reads or refuses any file with flipped bytes, and never breaks otherwise', async () => {
    const { ts, close } = table.columns
    const whole = parquetBytes({ rows: 4, columns: { ts, close, name: ['a', 'x', 'ü€😀', ''] } }, { types })
    const random = new Random(7)
    let refused = 0
    for (let round = 0; round < 400; round++) {
      const bytes = whole.slice()
      for (let flips = 0; flips < 3; flips++) bytes[random.below(bytes.length)] = random.below(256)
      try {
        const { columns, rows } = await readParquet(bytes)
        for (const column of Object.values(columns)) expect(column.length).toBe(rows)
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError)
        expect((error as GatewayError).class).toBe('DATA_ERROR')
        refused++
      }
    }
    expect(refused).toBeGreaterThan(50)
  })
})
