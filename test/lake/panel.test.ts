/** Panels: what is kept is what was given, what is odd is reported, what is wrong is refused with its row. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { getDataset, listDatasets, registerDataset } from '../../src/lake/datasets.ts'
import { openPanel, panelHash } from '../../src/lake/panel-open.ts'
import { verifyTables } from '../../src/lake/tables.ts'
import { panelDates, panelFromLong } from '../../src/market/panel.ts'
import { noteAbsent, sharedAvailable, sharedRoot } from '../reference.ts'
import { goldenPanel } from '../regime/golden.ts'
import { DAY, failure, file, NOW, newRoot } from './lake.ts'
import { type Cells, DIMS, day, FIRST, PRICES, panelFolder, register, tableCsv } from './panel-lake.ts'

const NaN_ = Number.NaN
const GOLDEN = join(import.meta.dirname, '../fixtures/regime/panel_synth_A')

describe('a folder of long tables', () => {
  it('is kept as it was given: days by rows, assets by columns, a null as an absent value', async () => {
    const root = newRoot()
    const { status, manifest, warnings } = await register(root, { id: 'p', path: panelFolder(root), family: 'f' })
    expect([status, warnings]).toEqual(['registered', []])
    expect(manifest).toMatchObject({
      dataset_id: 'p',
      kind: 'panel',
      family: 'f',
      interval: '1d',
      calendar: 'crypto',
      coverage: { from: '2024-01-01T00:00:00.000Z', to: '2024-01-03T00:00:00.000Z' },
      provenance: { source: 'panel-in', file: null },
      row_count: 10 + 9 + 10,
      gap_count: 1,
      missing_bar_count: 1,
      panel: { asset_count: 4, stable_count: 1, wrapped_count: 1, funding_label: null, large_return_count: 0 },
    })
    expect(manifest.tables.map(({ table, rows, absent_rows }) => [table, rows, absent_rows])).toEqual([
      ['dim_asset', 4, 0],
      ['fact_price', 10, 1],
      ['fact_marketcap', 9, 0],
      ['fact_volume', 10, 2],
    ])
    const { panel, dataset, dims } = await openPanel(root, { dataset_id: 'p' })
    expect(panel.assets).toEqual(['BTC', 'ETH', 'USDT', 'WBTC'])
    expect(panelDates(panel)).toEqual(['2024-01-01', '2024-01-02', '2024-01-03'])
    expect([...panel.close]).toEqual([100, 10, 1, NaN_, 110, NaN_, 1, 111, 121, 12, 1, 120])
    expect([...panel.marketCap]).toEqual([1000, 0, 50, NaN_, 1100, 200, 50, NaN_, 1210, 240, 50, NaN_])
    expect([...panel.volume]).toEqual([10, 3, 5, NaN_, 11, 4, 5, 1, 12, NaN_, 5, 2])
    expect([panel.funding, panel.openInterest]).toEqual([null, null])
    expect([[...panel.stable], [...panel.wrapped], [...panel.priced]]).toEqual([
      [0, 0, 1, 0],
      [0, 0, 0, 1],
      [1, 1, 1, 1],
    ])
    expect(dataset).toEqual({ dataset_id: 'p', content_hash: manifest.content_hash, family: 'f', funding_label: null })
    expect(dims[0]).toEqual({
      asset_id: 'BTC',
      symbol: null,
      name: null,
      chain: null,
      contract_address: null,
      coingecko_id: null,
    })
    expect(listDatasets(root, { kind: 'panel' })).toEqual([manifest])
    expect(getDataset(root, 'p')).toEqual(manifest)
    expect(await verifyTables(root, manifest)).toBe(5)
  })

  it('has a manifest that its schema accepts', async () => {
    const root = newRoot()
    const { manifest } = await register(root, { id: 'g', path: GOLDEN })
    const read = (name: string) => JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'))
    const ajv = new Ajv({ strict: false })
    ajv.addSchema(read('common/units'))
    const validate = ajv.compile(read('artifacts/dataset-tables-manifest'))
    expect([validate(manifest), validate.errors]).toEqual([true, null])
    const stored = JSON.parse(readFileSync(join(root, 'lake/datasets/panel/g/manifest.json'), 'utf8'))
    expect(stored).toEqual(manifest)
  })

  it('opens the golden panel as the tables say it, instruments averaged', async () => {
    const root = newRoot()
    const { warnings } = await register(root, { id: 'g', path: GOLDEN })
    const { panel, dims } = await openPanel(root, { dataset_id: 'g' })
    expect(panel).toEqual(await goldenPanel())
    expect(dims.find(({ asset_id }) => asset_id === 'BTC')?.symbol).toBe('BTC')
    expect(warnings).toEqual([])
  })

  it('is the same dataset from CSV and from Parquet, in any order of the assets', async () => {
    const root = newRoot()
    const params = { id: 'p', path: panelFolder(root), source: 's' }
    await register(root, params)
    const reversed = Object.fromEntries(Object.entries(PRICES).reverse())
    const prices = Object.entries(PRICES).flatMap(([asset, values]) =>
      values.flatMap((value, i) => (value === undefined ? [] : [[asset, i, value] as [string, number, number | null]])),
    )
    panelFolder(root, { 'fact_price.csv': tableCsv('PRICE', reversed) })
    expect((await register(root, params)).status).toBe('unchanged')
    const folder = join(newRoot(), '..', 'nothing')
    expect(await failure(register(root, { ...params, path: folder }))).toMatchObject({ code: 'DATA_ERROR' })
    rmSync(join(params.path, 'fact_price.csv'))
    panelFolder(root, { 'fact_price.csv': null, 'fact_price.parquet': parquetOf(prices, 'close') })
    expect((await register(root, params)).status).toBe('unchanged')
  })

  it('refuses other content, another label and another description under the same id', async () => {
    const root = newRoot()
    const funding = tableCsv('funding_rate', { BTC: [1e-4, 2e-4, 3e-4] })
    const params = { id: 'p', path: panelFolder(root, { 'fact_funding.csv': funding }), source: 's' }
    await register(root, params)
    const label = await failure(register(root, { ...params, funding_label: 'period_start' }))
    expect(label).toMatchObject({
      code: 'DATASET_IMMUTABLE',
      class: 'CONFLICT',
      message: 'Dataset is immutable: p (differs: content, funding_label). A fix is a new dataset id.',
    })
    expect((await failure(register(root, { ...params, family: 'f' }))).details).toMatchObject([{ pointer: 'family' }])
    panelFolder(root, { 'dim_asset.csv': DIMS.replace('ETH,false', 'ETH,true') })
    expect((await failure(register(root, params))).details).toMatchObject([{ pointer: 'content' }])
    const bars = file(root, 'x.csv', 'date,close\n2024-01-01,1\n')
    const other = await failure(registerDataset(root, { id: 'p', path: bars, symbol: 'X' }, { now: NOW }))
    expect(other.class).toBe('CONFLICT')
  })

  it('is registered once by two at the same time', async () => {
    const root = newRoot()
    const params = { id: 'p', path: panelFolder(root) }
    const both = await Promise.all([register(root, params), register(root, params)])
    expect(both.map(({ status }) => status).sort()).toEqual(['registered', 'unchanged'])
  })

  it('may have a table without rows, but not without a price', async () => {
    const root = newRoot()
    await register(root, { id: 'p', path: panelFolder(root, { 'fact_volume.csv': 'asset_id,date,volume\n' }) })
    expect((await openPanel(root, { dataset_id: 'p' })).panel.volume.every(Number.isNaN)).toBe(true)
    const none = panelFolder(newRoot(), { 'fact_price.csv': 'asset_id,date,close\nBTC,2024-01-01,\n' })
    expect((await failure(register(root, { id: 'q', path: none }))).message).toBe('fact_price.csv holds no price')
  })

  it('leaves out what it does not know, and says so', async () => {
    const root = newRoot()
    const priced: Cells = { ...PRICES, DAI: Array(30).fill(0.999), MOON: [1, 7, 6], moon: [1, 6, 5.9] }
    const path = panelFolder(root, {
      'fact_price.csv': tableCsv('close', priced)
        .replace(/$/gm, ',x')
        .replace('close,x', 'close,source')
        .replace(/\n,x$/, '\n'),
      'dim_asset.csv': `${DIMS}DAI,false,false\nMOON,false,false\nmoon,false,false\nIDLE,false,false\n`,
      'universe_snapshots.csv': 'a\n1\n',
    })
    const { warnings, manifest } = await register(root, { id: 'p', path })
    expect(warnings).toEqual([
      'Files left out: universe_snapshots.csv',
      'Columns left out: fact_price.csv:source',
      'Priced like a stablecoin, but not flagged as one, so it counts as an alt: DAI',
      '1 daily return(s) above 500 %, kept as they are: MOON 2024-01-02',
      'MOON and moon differ by case only and are taken as two assets',
      'Assets without data left out: IDLE',
    ])
    expect(manifest.panel).toMatchObject({ asset_count: 7, large_return_count: 1 })
    expect((await openPanel(root, { dataset_id: 'p' })).panel.assets).not.toContain('IDLE')
  })
})

describe('one long file', () => {
  const LONG =
    'asset_id,date,price,market_cap,volume\nBTC,2024-01-01,100,1000,10\nUSDT,2024-01-01,1,,5\nBTC,2024-01-02,,1100,11\n'

  it('is a panel when the stablecoins are named', async () => {
    const root = newRoot()
    const path = file(root, 'long.csv', LONG)
    const { manifest, warnings } = await register(root, {
      id: 'p',
      path,
      stable_assets: ['USDT', 'USDX'],
      wrapped_assets: [],
    })
    expect(warnings).toEqual(['Flagged, but without data: USDX'])
    expect(manifest.tables.map(({ table, rows, absent_rows }) => [table, rows, absent_rows])).toEqual([
      ['dim_asset', 2, 0],
      ['fact_price', 2, 1],
      ['fact_marketcap', 2, 1],
      ['fact_volume', 3, 0],
    ])
    const { panel } = await openPanel(root, { dataset_id: 'p' })
    expect([panel.days, [...panel.close], [...panel.marketCap], [...panel.stable]]).toEqual([
      1,
      [100, 1],
      [1000, NaN_],
      [0, 1],
    ])
  })

  it('needs stable_assets, which may be empty', async () => {
    const root = newRoot()
    const path = file(root, 'long.csv', LONG)
    const error = await failure(register(root, { id: 'p', path }))
    expect(error).toMatchObject({ code: 'INVALID_CONFIG', details: [{ pointer: '/params/stable_assets' }] })
    const { warnings } = await register(root, { id: 'p', path, stable_assets: [] })
    expect(warnings).toEqual(['No wrapped_assets given: no asset is taken to wrap another one'])
  })

  it('tells a fault of a key once, though three tables share it', async () => {
    const root = newRoot()
    const path = file(root, 'long.csv', `${LONG}BTC,2024-01-02,1,1,1\n`)
    const { code, details } = await failure(register(root, { id: 'p', path, stable_assets: [] }))
    expect([code, details]).toEqual([
      'DATA_ERROR',
      [{ pointer: 'long.csv row 4', message: 'line 5: BTC has 2024-01-02 twice, also in row 3' }],
    ])
  })

  it('reads the panel of real prices', async () => {
    const path = join(sharedRoot, 'data/panels/coinmetrics_majors_alts_2018-07_2020-07.parquet')
    if (!sharedAvailable) return noteAbsent('a panel of real prices from one long Parquet file')
    const root = newRoot()
    const { manifest, warnings } = await register(root, { id: 'p', path, stable_assets: ['USDT'], wrapped_assets: [] })
    // Rows and nulls as the README of the data counts them.
    expect(manifest.tables.map(({ rows, absent_rows }) => rows + absent_rows).slice(1)).toEqual([26525, 26525, 26525])
    expect(manifest.tables.map(({ absent_rows }) => absent_rows).slice(2)).toEqual([806, 1563])
    expect(manifest.panel.asset_count).toBe(35)
    expect(warnings).toEqual(['Priced like a stablecoin, but not flagged as one, so it counts as an alt: TUSD'])
  })
})

describe('refuses', () => {
  const refused = async (files: Record<string, string | Uint8Array | null>, more: object = {}) => {
    const root = newRoot()
    const error = await failure(register(root, { id: 'p', path: panelFolder(root, files), ...more }))
    expect(listDatasets(root)).toEqual([])
    return error
  }
  const price = (cells: Cells) => ({ 'fact_price.csv': tableCsv('close', { ...PRICES, ...cells }) })

  it('missing tables, all at once, and a table given twice', async () => {
    const missing = await refused({ 'fact_marketcap.csv': null, 'fact_volume.csv': null })
    expect(missing).toMatchObject({
      code: 'DATA_ERROR',
      message: 'panel-in: fact_marketcap is missing; fact_volume is missing',
    })
    const twice = await refused({ 'fact_price.parquet': '' })
    expect(twice.message).toBe('panel-in: fact_price is there twice: fact_price.csv and fact_price.parquet')
  })

  it.each([
    ['a repeated key', 'BTC,2024-01-03,1', 'line 13: BTC has 2024-01-03 twice, also in row 3'],
    ['a repeated key of an absent value', 'ETH,2024-01-03,', 'line 13: ETH has 2024-01-03 twice, also in row 6'],
    [
      'a day that goes back',
      'WBTC,2024-01-01,9',
      /goes back to 2024-01-01 after 2024-01-03 in row 11: days must ascend/,
    ],
    ['NaN', 'BTC,2024-01-04,NaN', /close "NaN" is no number/],
    ['infinity', 'BTC,2024-01-04,1e999', 'line 13: close is infinite'],
    ['a price of zero', 'BTC,2024-01-04,0', 'line 13: close 0 is not above zero'],
    ['no asset', ',2024-01-04,1', 'line 13: asset_id is missing'],
    ['an unprintable asset', 'A\u0007,2024-01-04,1', /is no name of 1 to 128 printable characters/],
    ['no date', 'BTC,,1', /the timestamp is missing/],
    ['a date that does not exist', 'BTC,2024-02-30,1', /no ISO date/],
    ['an hour', 'BTC,2024-01-04T01:00:00Z,1', /of another form/],
  ])('%s, with its row', async (_, line, message) => {
    const csv = `${tableCsv('close', PRICES)}${line}\n`
    const error = await refused({ 'fact_price.csv': csv })
    expect([error.code, error.details.length]).toEqual(['DATA_ERROR', 1])
    expect(error.details[0].pointer).toMatch(/row 12$/)
    expect(error.details[0].message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })

  it('faults of several tables in one answer', async () => {
    const error = await refused({
      ...price({ ETH: [0, 1, 2] }),
      'fact_volume.csv': tableCsv('volume', { BTC: [-1, 1, 1] }),
    })
    expect(error.details).toEqual([
      { pointer: 'fact_price.csv row 4', message: 'line 5: close 0 is not above zero' },
      { pointer: 'fact_volume.csv row 1', message: 'line 2: volume -1 is negative' },
    ])
  })

  it('a NaN in a Parquet cell, which is no null', async () => {
    const rows = (absent: number | null) =>
      [
        ['BTC', 0, 1],
        ['BTC', 1, absent],
        ['BTC', 2, null],
      ] as [string, number, number | null][]
    const error = await refused({ 'fact_volume.csv': null, 'fact_volume.parquet': parquetOf(rows(NaN_), 'volume') })
    expect(error).toMatchObject({ code: 'DATA_ERROR', details: [{ pointer: 'row 2', message: 'volume is NaN' }] })
    const root = newRoot()
    const path = panelFolder(root, { 'fact_volume.csv': null, 'fact_volume.parquet': parquetOf(rows(null), 'volume') })
    expect((await register(root, { id: 'p', path })).manifest.tables[3]).toMatchObject({ rows: 1, absent_rows: 2 })
  })

  it('a Parquet file below a folder whose name looks like a pattern', async () => {
    const root = join(newRoot(), "a[b]*?'s")
    mkdirSync(root)
    const path = panelFolder(root, {
      'fact_volume.csv': null,
      'fact_volume.parquet': parquetOf([['BTC', 0, NaN_]], 'volume'),
    })
    expect((await failure(register(root, { id: 'p', path }))).details).toEqual([
      { pointer: 'row 1', message: 'volume is NaN' },
    ])
  })

  it('instants inside a day', async () => {
    const rows = parquetOf([['BTC', 0.5, 1]], 'volume')
    const error = await refused({ 'fact_volume.csv': null, 'fact_volume.parquet': rows })
    expect(error.details[0].message).toBe('2024-01-01T12:00:00.000Z is not midnight UTC: a panel has days')
  })

  it('a stray date that would make the panel fill all memory', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => `A${i},2024-01-01,1`)
    const csv = `asset_id,date,close\n${many.join('\n')}\nBTC,0024-01-01,1\n`
    const dims = `asset_id,is_stable,is_wrapped\n${many.map((_, i) => `A${i},0,0`).join('\n')}\n${DIMS.slice(DIMS.indexOf('\n') + 1)}`
    const error = await refused({ 'fact_price.csv': csv, 'dim_asset.csv': dims })
    expect(error.message).toContain('2004 assets over 730486 days make more than 100000000 cells')
  })

  it('columns that are absent or given twice', async () => {
    const error = await refused({ 'fact_price.csv': 'asset,date,close,price\nBTC,2024-01-01,1,1\n' })
    expect(error.message).toBe(
      'fact_price.csv has no column asset_id; has both close and price: keep one; it has asset, date, close, price',
    )
  })

  it.each([
    ['an asset without a row', DIMS.replace('ETH,false,false\n', ''), /dim_asset.csv has no row for ETH/],
    [
      'a stablecoin without a flag',
      DIMS.replace('USDT,true', 'USDT,'),
      /row 3: line 4: is_stable of USDT is "", not true or false/,
    ],
    ['another word for true', DIMS.replace('USDT,true', 'USDT,yes'), /not true or false/],
    ['an asset twice', `${DIMS}ETH,false,false\n`, /ETH stands twice/],
    ['no is_stable', DIMS.replace('is_stable', 'stable'), /has no column is_stable/],
    ['no is_wrapped', DIMS.replace('is_wrapped', 'wrapped'), /has no column is_wrapped or is_wrapped_stable/],
  ])('a dim_asset with %s', async (_, dims, message) => {
    const error = await refused({ 'dim_asset.csv': dims })
    expect([error.code, error.message]).toEqual(['DATA_ERROR', expect.stringMatching(message)])
  })

  it('parameters that do not go with a panel', async () => {
    const given = { symbol: 'X', interval: '1h', calendar: 'exchange' as const }
    const error = await refused({}, given)
    expect([error.code, error.details.map(detail => detail.pointer)]).toEqual([
      'INVALID_CONFIG',
      ['/params/symbol', '/params/interval', '/params/calendar'],
    ])
    const lists = await refused({}, { stable_assets: [], wrapped_assets: [] })
    expect([lists.code, lists.details.map(detail => detail.pointer)]).toEqual([
      'INVALID_CONFIG',
      ['/params/stable_assets', '/params/wrapped_assets'],
    ])
    expect(await refused({}, { funding_label: 'settled' })).toMatchObject({ code: 'INVALID_CONFIG' })
    expect(await refused({}, { from: '2023-12-01' })).toMatchObject({
      code: 'DATA_ERROR',
      details: [{ pointer: '/params/from' }],
    })
    const none = await refused({ 'dim_asset.csv': null })
    expect(none).toMatchObject({ code: 'INVALID_CONFIG', details: [{ pointer: '/params/stable_assets' }] })
  })
})

describe('funding', () => {
  const rates = (of: (i: number) => number, days: number, assets = ['BTC', 'ETH', 'USDT', 'WBTC', 'A']) =>
    tableCsv(
      'funding_rate',
      Object.fromEntries(assets.map(asset => [asset, Array.from({ length: days }, (_, i) => of(i))])),
    )
  const registered = async (csv: string, more: object = {}) => {
    const root = newRoot()
    const path = panelFolder(root, { 'fact_funding.csv': csv, 'dim_asset.csv': `${DIMS}A,false,false\n` })
    await register(root, { id: 'p', path, ...more })
    return openPanel(root, { dataset_id: 'p' })
  }

  it('is averaged over instruments, told apart by their exchange too', async () => {
    const header = 'asset_id,instrument_id,exchange,date,funding_rate\n'
    const rows = [
      'BTC,BTCUSDT,binance,2024-01-01,0.0001',
      'BTC,BTCUSDT,bybit,2024-01-01,0.0004',
      'BTC,BTCUSD,,2024-01-01,0.0001',
    ]
    const { panel } = await registered(`${header}${rows.join('\n')}\n`)
    expect(panel.funding?.[panel.assets.indexOf('BTC')]).toBeCloseTo(0.0002, 18)
    const again = await failure(registered(`${header}${rows[0]}\n${rows[0]}\n`))
    expect(again.details[0].message).toBe('line 3: BTC BTCUSDT@binance has 2024-01-01 twice, also in row 1')
  })

  it('labelled by the start of its period moves on by a day, and says so', async () => {
    const csv = rates(i => (i + 1) * 1e-4, 2, ['BTC'])
    const plain = await registered(csv)
    expect([plain.dataset.funding_label, ...plain.panel.funding!.filter(Number.isFinite)]).toEqual([
      'settled',
      1e-4,
      2e-4,
    ])
    const moved = await registered(csv, { funding_label: 'period_start' })
    expect(moved.dataset.funding_label).toBe('period_start')
    const btc = moved.panel.assets.indexOf('BTC')
    const width = moved.panel.assets.length
    expect([0, 1, 2].map(row => moved.panel.funding![row * width + btc])).toEqual([NaN_, 1e-4, 2e-4])
  })

  it.each([
    ['percent throughout', (_: number) => 0.01, 40],
    ['percent from the last 16 days on', (i: number) => (i < 44 ? 1e-4 : 0.01), 60],
    ['percent on the last day only', (i: number) => (i < 59 ? 1e-4 : 0.01), 60],
    ['percent in a few rows', (_: number) => -0.02, 1],
  ])('in %s is refused', async (_, of, days) => {
    const error = await failure(registered(rates(of, days)))
    expect(error).toMatchObject({ code: 'DATA_ERROR', details: [{ pointer: 'fact_funding.csv' }] })
    expect(error.message).toMatch(/percent/)
  })

  it('names the day the unit turned', async () => {
    const error = await failure(registered(rates(i => (i < 59 ? 1e-4 : 0.01), 60)))
    expect(error.message).toContain(`the median rate on ${day(59)} is 0.01, above 0.005 per 8 hours`)
    const few = await failure(registered(rates(i => (i < 53 ? 1e-4 : 0.01), 60, ['BTC'])))
    // Four of seven days: the first window whose middle is percent.
    expect(few.message).toContain(`of the 7 days to ${day(56)} is 0.01, above 0.002`)
  })

  it('that is high for a week, or wild on a day of few rates, passes', async () => {
    await registered(rates(i => (i >= 30 && i < 37 ? 0.0015 : 1e-4), 60))
    await registered(rates(i => (i === 30 ? 0.01 : 1e-4), 60, ['BTC', 'ETH']))
  })
})

describe('opening', () => {
  it('cuts to whole days, both ends inclusive, and tells what is missing', async () => {
    const root = newRoot()
    await register(root, { id: 'p', path: panelFolder(root) })
    const open = (start?: number, end?: number) => openPanel(root, { dataset_id: 'p', start, end })
    const middle = await open(FIRST + 1, FIRST + DAY)
    expect([panelDates(middle.panel), [...middle.panel.close], middle.warnings]).toEqual([
      ['2024-01-02'],
      [110, NaN_, 1, 111],
      [],
    ])
    // A property of the listing, so cutting the days leaves it alone.
    expect([...middle.panel.priced]).toEqual([1, 1, 1, 1])
    const wide = await open(FIRST - DAY, FIRST + 9 * DAY)
    expect([wide.panel.days, wide.warnings]).toEqual([
      3,
      ['Dataset p covers 2024-01-01 to 2024-01-03, not the whole window [2023-12-31, 2024-01-10]'],
    ])
    expect(await failure(open(FIRST + 3 * DAY))).toMatchObject({ code: 'DATA_ERROR' })
    const whole = (await open()).panel
    expect(panelHash(whole)).toBe(panelHash(wide.panel))
    expect(panelHash(whole)).not.toBe(panelHash(middle.panel))
    expect(panelHash({ ...whole, stable: Uint8Array.of(0, 0, 0, 0) })).not.toBe(panelHash(whole))
  })

  it('refuses what is unknown, no panel, or without data', async () => {
    const root = newRoot()
    await registerDataset(root, { id: 'd', kind: 'panel' }, { now: NOW })
    await registerDataset(
      root,
      { id: 'b', path: file(root, 'x.csv', 'date,close\n2024-01-01,1\n'), symbol: 'X' },
      { now: NOW },
    )
    const codes = []
    for (const dataset_id of ['d', 'b', 'x']) codes.push((await failure(openPanel(root, { dataset_id }))).code)
    expect(codes).toEqual(['DATASET_NOT_MATERIALISED', 'DATA_ERROR', 'NOT_FOUND'])
  })

  it('notices a table that changed or went, also after it was opened', async () => {
    const root = newRoot()
    const { manifest } = await register(root, { id: 'p', path: panelFolder(root) })
    await openPanel(root, { dataset_id: 'p' })
    const path = join(root, 'lake/datasets/panel/p/tables/fact_volume.parquet')
    const bytes = readFileSync(path)
    bytes[20] ^= 1
    writeFileSync(path, bytes)
    expect(await failure(openPanel(root, { dataset_id: 'p' }))).toMatchObject({
      code: 'INTEGRITY_ERROR',
      details: [{ pointer: 'tables/fact_volume.parquet', message: 'has changed since it was registered' }],
    })
    writeFileSync(join(root, 'lake/datasets/panel/p/tables/more.parquet'), '')
    rmSync(join(root, 'lake/datasets/panel/p/tables/dim_asset.parquet'))
    expect((await failure(verifyTables(root, manifest))).details).toEqual([
      { pointer: 'tables/dim_asset.parquet', message: 'is missing' },
      { pointer: 'tables/fact_volume.parquet', message: 'has changed: its SHA-256 differs' },
      { pointer: 'tables/more.parquet', message: 'not in the manifest' },
    ])
  })

  it('gives any tables back as the panel that their rows make', async () => {
    const cell = fc.option(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { nil: null, freq: 3 })
    const table = fc.dictionary(fc.constantFrom('BTC', 'ETH', 'A', 'b', 'Ω'), fc.array(cell, { maxLength: 6 }), {
      maxKeys: 5,
    })
    await fc.assert(
      fc.asyncProperty(table, table, table, async (close, marketCap, volume) => {
        close = { ...close, BTC: [1] }
        const root = newRoot()
        const path = panelFolder(root, {
          'fact_price.csv': tableCsv('close', close),
          'fact_marketcap.csv': tableCsv('marketcap', marketCap),
          'fact_volume.csv': tableCsv('volume', volume),
          'dim_asset.csv': null,
        })
        await register(root, { id: 'p', path, stable_assets: ['ETH'], wrapped_assets: ['b'] })
        const rows = (cells: Cells) =>
          Object.entries(cells).flatMap(([asset, values]) => values.map((value, i) => ({ asset, i, value })))
        // Assets that have no value at all are no part of a dataset.
        const long = (cells: Cells) => {
          const held = rows(cells).filter(row => row.value !== null)
          return {
            asset: held.map(row => row.asset),
            date: Float64Array.from(held, row => FIRST + row.i * DAY),
            value: Float64Array.from(held, row => row.value as number),
          }
        }
        const expected = panelFromLong({
          close: long(close),
          marketCap: long(marketCap),
          volume: long(volume),
          stable: ['ETH'],
          wrapped: ['b'],
        })
        expect((await openPanel(root, { dataset_id: 'p' })).panel).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })
})

/** Parquet of one long table, written without our own writer: NaN stays NaN and null stays null. */
function parquetOf(rows: [string, number, number | null][], column: string): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'asset_id', data: rows.map(row => row[0]), type: 'STRING' },
        { name: 'date', data: rows.map(row => new Date(FIRST + row[1] * DAY)), type: 'TIMESTAMP' },
        { name: column, data: rows.map(row => row[2]), type: 'DOUBLE', nullable: true },
      ],
    }),
  )
}
