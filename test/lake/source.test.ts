/** What a caller's file may look like, and what is refused before anything is written. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { parquetBytes } from '../../src/base/parquet.ts'
import { openBars } from '../../src/lake/open.ts'
import { noteAbsent, sharedAvailable, sharedRoot } from '../reference.ts'
import { DAY, dailyCsv, failure, file, newRoot, register } from './lake.ts'

/** Register a CSV text as X and read its times back. */
async function timesOf(csv: string, interval = '1d'): Promise<number[]> {
  const root = newRoot()
  await register(root, { id: 'x', path: file(root, 'x.csv', csv), symbol: 'X', interval })
  const { bars } = await openBars(root, { symbol: 'X', interval, start: 0, end: 1e14 })
  return [...bars.ts]
}

/** The refusal of a CSV text; nothing may be left in the lake. */
async function refusal(csv: string | Uint8Array, more: object = { symbol: 'X' }) {
  const root = newRoot()
  const error = await failure(register(root, { id: 'x', path: file(root, 'x.csv', csv), ...more }))
  expect(existsSync(join(root, 'lake', 'datasets'))).toBe(false)
  return error
}

const JAN_1 = 1_577_836_800_000

describe('CSV dialects', () => {
  it.each([
    ['ISO dates', 'date,close', ['2020-01-01', '2020-01-02']],
    ['ISO instants', 'timestamp,close', ['2020-01-01T00:00:00Z', '2020-01-02T01:00:00+01:00']],
    [
      'instants with a blank, as pandas writes them',
      'ts,close',
      ['2020-01-01 00:00:00+00:00', '2020-01-02 00:00:00+00:00'],
    ],
    ['epoch seconds', 'ts,close', ['1577836800', '1577923200']],
    ['epoch milliseconds', 'TS,Close', ['1577836800000', '1577923200000']],
  ])('%s', async (_, header, times) => {
    expect(await timesOf(`${header}\n${times.map(time => `${time},1`).join('\n')}\n`)).toEqual([JAN_1, JAN_1 + DAY])
  })

  it('takes the columns in any order and case, and names those it leaves out', async () => {
    const root = newRoot()
    const csv = 'Adj Close,LOW,Volume,Close,High,Date,Open\n7,9,,11,12,2020-01-01,10\n7,9,5,11,12,2020-01-02,10\n'
    const { manifest, warnings } = await register(root, { id: 'x', path: file(root, 'x.csv', csv), symbol: 'X' })
    expect(manifest.ignored_columns).toEqual(['Adj Close'])
    expect(manifest.columns).toEqual(['ts', 'open', 'high', 'low', 'close', 'volume'])
    expect(warnings[0]).toMatch(/Adj Close/)
    const { bars } = await openBars(root, { symbol: 'X', interval: '1d', start: 0, end: 1e14 })
    expect([bars.open?.[0], bars.high?.[0], bars.low?.[0], bars.close[0]]).toEqual([10, 12, 9, 11])
    expect([...bars.volume!]).toEqual([Number.NaN, 5])
  })

  it.each([
    ['a German file', 'date;close\n2020-01-01;1.234,56\n', /separator is ";"/],
    ['a quoted decimal comma', 'date,close\n2020-01-01,"1.234,56"\n', /row 1.*"1.234,56" is no number/],
    ['an unquoted decimal comma', 'date,close\n2020-01-01,1234,56\n', /3 cells.*decimal signs/],
    ['grouped digits', 'date,close\n2020-01-01,"1,234.56"\n', /is no number/],
    ['a missing price', 'date,close\n2020-01-01,\n', /close is missing/],
    ['a price in words', 'date,close\n2020-01-01,null\n', /"null" is no number/],
    ['a German date', 'date,close\n31.12.2020,1\n', /which is the day/],
    ['an American date', 'date,close\n12/31/2020,1\n', /which is the day/],
    ['a wall-clock time', 'ts,close\n2020-01-01 00:00:00,1\n', /no time zone/],
    ['a day that does not exist', 'date,close\n2025-11-31,1\n', /"2025-11-31" is no ISO date/],
    ['a date without hyphens', 'date,close\n20200131,1\n', /may be a date without hyphens/],
    ['microseconds', 'ts,close\n1577836800000000,1\n', /microseconds/],
    ['fractional seconds', 'ts,close\n1577836800.5,1\n', /whole epoch/],
    ['seconds and milliseconds mixed', 'ts,close\n1577836800,1\n1577923200000,1\n', /row 2.*another form/],
    ['two time columns', 'date,timestamp,close\n2020-01-01,1577836800,1\n', /more than one time column/],
    ['no time column', 'open,close\n1,1\n', /no time column/],
    ['no close', 'date,open\n2020-01-01,1\n', /no column close/],
    ['no rows', 'date,close\n', /no rows/],
    ['an empty file', '', /empty/],
    ['a duplicate day', 'date,close\n2020-01-01,1\n2020-01-01,1\n', /row 2: line 3: .*repeats/],
    ['newest first', 'date,close\n2020-01-02,1\n2020-01-01,1\n', /row 2: line 3: .*out of order/],
    [
      'daily declared, hourly found',
      `ts,close\n${[0, 1, 2, 3].map(h => `${1577836800 + 3600 * h},1`).join('\n')}\n`,
      /3600 seconds apart/,
    ],
  ])('refuses %s', async (_, csv, message) => {
    const error = await refusal(csv)
    expect(error).toMatchObject({ code: 'DATA_ERROR' })
    expect(error.message).toMatch(message)
  })

  it('reports all bad cells at once, with row and line', async () => {
    const error = await refusal('date,close\n2020-01-01,a\n2020-01-02,2\nyesterday,b\n')
    expect(error.details.map(detail => detail.pointer)).toEqual(['row 1', 'row 3', 'row 3'])
    expect(error.details[2].message).toMatch(/^line 4: close "b"/)
  })

  it('needs to know the symbol', async () => {
    expect(await refusal(dailyCsv(3), {})).toMatchObject({
      code: 'INVALID_CONFIG',
      details: [{ pointer: '/params/symbol' }],
    })
  })
})

describe('several symbols in a file', () => {
  const csv = [
    'symbol,date,close',
    'B/USD,2020-01-01,1',
    'A,2020-01-01,10',
    'B/USD,2020-01-02,2',
    'A,2020-01-03,30',
    'B/USD,2020-01-03,3',
  ].join('\n')

  it('splits an interleaved file; order counts per symbol', async () => {
    const root = newRoot()
    const { manifest } = await register(root, { id: 'x', path: file(root, 'x.csv', csv) })
    expect(manifest.symbols.map(({ symbol, path, rows, gaps }) => [symbol, path, rows, gaps])).toEqual([
      ['A', 'bars/A.parquet', 2, 1],
      ['B/USD', 'bars/B%2FUSD.parquet', 3, 0],
    ])
    expect(readdirSync(join(root, 'lake/datasets/ohlcv/x/bars'))).toEqual(['A.parquet', 'B%2FUSD.parquet'])
    const { bars } = await openBars(root, { symbol: 'B/USD', interval: '1d', start: 0, end: 1e14 })
    expect([...bars.close]).toEqual([1, 2, 3])
  })

  it('names the rows of the file where a symbol goes back in time', async () => {
    const error = await refusal(`${csv}\nA,2020-01-02,20\n`, {})
    expect(error.details).toMatchObject([
      { pointer: 'row 6', message: expect.stringMatching(/^line 7: .*out of order/) },
    ])
    expect(error.message).toMatch(/x.csv, A/)
  })

  it('refuses a symbol that was not asked for, or is none', async () => {
    expect((await refusal(csv, { symbol: 'A' })).message).toMatch(/row 1: the symbol is B\/USD, but A was given/)
    expect((await refusal('symbol,date,close\n../../etc,2020-01-01,1\n', {})).message).toMatch(/is no symbol/)
    expect((await refusal('symbol,date,close\n,2020-01-01,1\n', {})).message).toMatch(/"" is no symbol/)
  })
})

describe('Parquet files', () => {
  const ts = Float64Array.of(JAN_1, JAN_1 + DAY)
  const columns = { ts, close: Float64Array.of(1, 2), symbol: ['B', 'A'] }

  it('takes instants, splits symbols, and goes by content, not by name', async () => {
    const root = newRoot()
    const path = file(root, 'x.csv', parquetBytes({ rows: 2, columns }, { types: { ts: 'timestamp' } }))
    const { manifest } = await register(root, { id: 'x', path })
    expect(manifest.provenance.file).toMatchObject({ name: 'x.csv', format: 'parquet' })
    expect(manifest.symbols.map(entry => entry.symbol)).toEqual(['A', 'B'])
  })

  it('takes epoch numbers and text times by the rules of CSV', async () => {
    const seconds = { rows: 2, columns: { ts: ts.map(ms => ms / 1000), close: columns.close } }
    const text = { rows: 2, columns: { date: ['2020-01-01', '2020-01-02'], close: columns.close } }
    for (const table of [seconds, text]) {
      const root = newRoot()
      await register(root, { id: 'x', path: file(root, 'x.parquet', parquetBytes(table)), symbol: 'X' })
      const { bars } = await openBars(root, { symbol: 'X', interval: '1d', start: 0, end: 1e14 })
      expect([...bars.ts]).toEqual([...ts])
    }
  })

  const wallClock = (...values: bigint[]) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'ts', data: BigInt64Array.from(values) },
          { name: 'close', data: new Float64Array(values.length).fill(1) },
        ],
        schema: [
          { name: 'root', num_children: 2 },
          {
            name: 'ts',
            type: 'INT64',
            repetition_type: 'REQUIRED',
            logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' },
          },
          { name: 'close', type: 'DOUBLE', repetition_type: 'REQUIRED' },
        ],
      }),
    )

  it('takes timestamps without a zone only as plain dates', async () => {
    const root = newRoot()
    const dates = file(root, 'dates.parquet', wallClock(BigInt(JAN_1), BigInt(JAN_1 + DAY)))
    expect((await register(root, { id: 'x', path: dates, symbol: 'X' })).status).toBe('registered')
    const hours = file(root, 'hours.parquet', wallClock(BigInt(JAN_1), BigInt(JAN_1 + 3_600_000)))
    const error = await failure(register(root, { id: 'y', path: hours, symbol: 'X', interval: '1h' }))
    expect(error.message).toMatch(/without a time zone/)
  })

  it('refuses prices that are text, and a torn file', async () => {
    const text = parquetBytes({ rows: 1, columns: { date: ['2020-01-01'], close: ['1,5'] } })
    expect((await refusal(text)).message).toMatch(/column close holds text/)
    expect((await refusal(text.slice(0, -9))).message).toMatch(/not a readable Parquet file/)
  })

  it.each([
    ['quirk_bad_1d', 502],
    ['quirk_zeros_1d', 200],
  ])('refuses %s with its rows', async name => {
    if (!sharedAvailable) return noteAbsent(`refusal of ${name}`)
    const root = newRoot()
    const path = join(sharedRoot, `data/ohlcv/${name}.parquet`)
    const error = await failure(register(root, { id: 'x', path, symbol: 'X' }))
    expect(error).toMatchObject({ code: 'DATA_ERROR' })
    expect(error.details.length).toBe(20)
    expect(error.details[0].pointer).toMatch(/^row \d+$/)
    if (name === 'quirk_zeros_1d') expect(error.message).toMatch(/200 faults/)
  })
})

describe('paths', () => {
  it('refuses what is no regular file, without waiting for it', async () => {
    const root = newRoot()
    mkdirSync(join(root, 'folder'))
    execFileSync('mkfifo', [join(root, 'pipe')])
    symlinkSync(join(root, 'pipe'), join(root, 'link'))
    for (const path of [join(root, 'folder'), join(root, 'pipe'), join(root, 'link'), '/dev/zero']) {
      const error = await failure(register(root, { id: 'x', path, symbol: 'X' }))
      expect(error).toMatchObject({ code: 'DATA_ERROR', details: [{ pointer: '/params/path' }] })
      expect(error.message).toMatch(/not a regular file/)
    }
  })

  it('says that a file is not there, and follows a link to one that is', async () => {
    const root = newRoot()
    const absent = await failure(register(root, { id: 'x', path: join(root, 'none.csv'), symbol: 'X' }))
    expect(absent).toMatchObject({ code: 'DATA_ERROR', message: expect.stringMatching(/no file/) })
    symlinkSync(file(root, 'x.csv', dailyCsv(3)), join(root, 'link.csv'))
    expect((await register(root, { id: 'x', path: join(root, 'link.csv'), symbol: 'X' })).status).toBe('registered')
  })
})
