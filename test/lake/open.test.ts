/** Opening bars: the window, the choice of a dataset, and what is said when there is none. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { snapshotHash } from '../../src/lake/content.ts'
import { verifyDataset } from '../../src/lake/datasets.ts'
import { openBars } from '../../src/lake/open.ts'
import { noteAbsent, readColumns, sharedAvailable, sharedRoot } from '../reference.ts'
import { DAY, dailyCsv, failure, file, NOW, newRoot, register } from './lake.ts'

/** 2020-01-01 plus some days. */
const day = (days: number) => (18_262 + days) * DAY
const want = (start: number, end: number, more: object = {}) => ({
  symbol: 'X',
  interval: '1d',
  start: day(start),
  end: day(end),
  ...more,
})

async function lakeOf(datasets: Record<string, string>, more: object = {}): Promise<string> {
  const root = newRoot()
  let now = NOW
  for (const [id, csv] of Object.entries(datasets)) {
    await register(root, { id, path: file(root, `${id}.csv`, csv), symbol: 'X', ...more }, now)
    now += DAY
  }
  return root
}

describe('the window', () => {
  it('includes its start and excludes its end', async () => {
    const root = await lakeOf({ x: dailyCsv(10) })
    const { bars, dataset, warnings } = await openBars(root, want(2, 5))
    expect([...bars.ts]).toEqual([day(2), day(3), day(4)])
    expect([...bars.close]).toEqual([13, 14, 15])
    expect([...bars.volume!]).toEqual([200, 300, 400])
    expect(bars).toMatchObject({ symbol: 'X', interval: '1d', calendar: 'crypto' })
    expect(dataset).toMatchObject({ dataset_id: 'x', calendar: 'crypto', family: null })
    expect(warnings).toEqual([])
    // A snapshot of the same bars from a larger dataset is the same snapshot.
    const larger = await openBars(await lakeOf({ y: dailyCsv(20) }), want(2, 5))
    expect(snapshotHash(larger.bars)).toBe(snapshotHash(bars))
    expect(larger.dataset.content_hash).not.toBe(dataset.content_hash)
  })

  it.each([
    ['starts before the data', -3, 10, 1],
    ['ends after the data', 0, 13, 1],
    ['is covered in full', 0, 10, 0],
    ['starts between two bars', 0.5, 10, 0],
    ['ends inside the last bar', 0, 9.5, 0],
  ])('that %s: %d to %d gives %d warnings', async (_, start, end, count) => {
    const root = await lakeOf({ x: dailyCsv(10) })
    const { warnings } = await openBars(root, want(start, end))
    expect(warnings.length).toBe(count)
    if (count > 0) expect(warnings[0]).toMatch(/covers X 1d from 2020-01-01.* to 2020-01-10.*not the whole window/)
  })

  it('that is empty of bars is an error with the coverage', async () => {
    const root = await lakeOf({ x: dailyCsv(10) })
    const error = await failure(openBars(root, want(100, 200)))
    expect(error).toMatchObject({ code: 'DATA_ERROR', details: [{ pointer: 'x' }] })
    expect(error.details[0].message).toMatch(/2020-01-01.*2020-01-10/)
  })
})

describe('the choice', () => {
  it('goes by most bars in the window', async () => {
    const root = await lakeOf({ long: dailyCsv(30), short: dailyCsv(10, 18_262 + 20) })
    expect((await openBars(root, want(0, 15))).dataset.dataset_id).toBe('long')
    // Days 20 to 30: both hold all ten.
    expect((await openBars(root, want(20, 30))).dataset.dataset_id).toBe('short')
  })

  it('counts bars, not days, where a dataset has gaps', async () => {
    const gappy = dailyCsv(30, 18_262, row => row > 3 && row < 27)
    const root = await lakeOf({ whole: dailyCsv(12, 18_262 + 2), gappy })
    expect((await openBars(root, want(1, 29))).dataset.dataset_id).toBe('whole')
    // Days 0 to 3: four bars of the one with gaps, two of the other.
    expect((await openBars(root, want(0, 4))).dataset.dataset_id).toBe('gappy')
  })

  it('then by the latest registration, then by id', async () => {
    const root = await lakeOf({ b: dailyCsv(10), a: dailyCsv(10), c: dailyCsv(10) })
    expect((await openBars(root, want(0, 10))).dataset.dataset_id).toBe('c')
    const same = newRoot()
    for (const id of ['b', 'a']) {
      await register(same, { id, path: file(same, 'x.csv', dailyCsv(10)), symbol: 'X' })
    }
    expect((await openBars(same, want(0, 10))).dataset.dataset_id).toBe('a')
  })

  it('takes equal intervals of another spelling, and no other interval', async () => {
    const root = newRoot()
    const hours = Array.from({ length: 5 }, (_, i) => `${1_577_836_800 + 3600 * i},1`)
    const path = file(root, 'x.csv', `ts,close\n${hours.join('\n')}\n`)
    await register(root, { id: 'x', path, symbol: 'X', interval: '60m' })
    expect((await openBars(root, want(0, 1, { interval: '1h' }))).bars.ts.length).toBe(5)
    expect((await failure(openBars(root, want(0, 1)))).message).toMatch(/no dataset holds X 1d.*x \(X 60m\)/)
  })

  it('can be left to the caller', async () => {
    const root = await lakeOf({ a: dailyCsv(10), b: dailyCsv(20) })
    expect((await openBars(root, want(0, 20, { dataset_id: 'a' }))).bars.ts.length).toBe(10)
    expect(await failure(openBars(root, want(0, 9, { dataset_id: 'z' })))).toMatchObject({ code: 'NOT_FOUND' })
    const other = await failure(openBars(root, want(0, 9, { dataset_id: 'a', symbol: 'Y' })))
    expect(other).toMatchObject({
      code: 'DATA_ERROR',
      message: expect.stringMatching(/does not hold Y 1d.*holds X 1d/),
    })
  })

  it('leaves declared datasets aside, and says so of one asked for', async () => {
    const root = await lakeOf({ a: dailyCsv(10) })
    await register(root, { id: 'far', interval: '1d' })
    expect((await openBars(root, want(0, 9))).dataset.dataset_id).toBe('a')
    expect(await failure(openBars(root, want(0, 9, { dataset_id: 'far' })))).toMatchObject({
      code: 'DATASET_NOT_MATERIALISED',
      class: 'DATA_ERROR',
    })
  })

  it('names the datasets there are when none fits', async () => {
    const error = await failure(openBars(newRoot(), want(0, 9)))
    expect(error).toMatchObject({ code: 'DATA_ERROR', message: expect.stringMatching(/No dataset is registered/) })
  })
})

describe('reading again', () => {
  it('gives the same memory while the file stands, and notices damage', async () => {
    const root = await lakeOf({ x: dailyCsv(10) })
    const first = await openBars(root, want(0, 10))
    expect((await openBars(root, want(2, 5))).bars.ts.buffer).toBe(first.bars.ts.buffer)
    const path = join(root, 'lake/datasets/ohlcv/x/bars/X.parquet')
    const bytes = readFileSync(path)
    bytes[40] ^= 1
    writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(1)]))
    const error = await failure(openBars(root, want(0, 10)))
    expect(error).toMatchObject({ code: 'INTEGRITY_ERROR', details: [{ pointer: 'bars/X.parquet' }] })
  })
})

describe('market data', () => {
  it.each([
    ['BTC-USD_1h_2017-08_2019-06', '1h', 'crypto'],
    ['BTC-USD_1h_2023Q3_daru', '1h', 'crypto'],
    ['SPY_1d_502_default', '1d', 'exchange'],
    ['BTCUSD_1M_backtestingpy', '1M', 'crypto'],
    ['ETH-BTC_5m_freqtrade', '5m', 'crypto'],
  ])('%s comes out as it went in', async (name, interval, calendar) => {
    if (!sharedAvailable) return noteAbsent(`round trip of ${name}`)
    const root = newRoot()
    await register(root, { id: name, path: join(sharedRoot, `data/ohlcv/${name}.parquet`), symbol: 'X', interval })
    const { bars } = await openBars(root, { symbol: 'X', interval, start: 0, end: NOW })
    const { numbers } = await readColumns(`ohlcv/${name}.parquet`)
    for (const column of ['ts', 'open', 'high', 'low', 'close', 'volume'] as const) {
      expect([column, Buffer.compare(bytesOf(bars[column]!), bytesOf(numbers[column]))]).toEqual([column, 0])
    }
    expect(bars.calendar).toBe(calendar)
    await verifyDataset(root, name)
  })
})

function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(Float64Array.from(column, value => (Number.isNaN(value) ? Number.NaN : value)).buffer)
}
