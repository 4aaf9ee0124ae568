/** The golden cases of the regime monitor: panel, configuration and the expected tables of `test/fixtures/regime`. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { parse } from 'yaml'
import { type LongColumns, type Panel, panelFromLong } from '../../src/market/panel.ts'
import { type RegimeConfigInput, resolveConfig } from '../../src/regime/config.ts'
import type { RegimeConfig } from '../../src/regime/config-types.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/regime')

/** The synthetic panel A: 30 alts, two majors, two stablecoins, 900 days with holes, gaps, late listings and delistings. */
export async function goldenPanel(): Promise<Panel> {
  const assets = await objects('dim_asset')
  const flagged = (flag: string) => assets.filter(row => row[flag] === true).map(row => String(row['asset_id']))
  return panelFromLong({
    close: await long('fact_price', 'close'),
    marketCap: await long('fact_marketcap', 'marketcap'),
    volume: await long('fact_volume', 'volume'),
    funding: await long('fact_funding', 'funding_rate'),
    stable: flagged('is_stable'),
    wrapped: flagged('is_wrapped'),
  })
}

export function goldenConfig(name: string): RegimeConfig {
  return resolveConfig(parse(readFileSync(join(FIXTURES, name, 'config.yaml'), 'utf8')) as RegimeConfigInput)
}

export function goldenJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(FIXTURES, path), 'utf8')) as T
}

/** A golden table as text cells by column. */
export function goldenCsv(path: string): Record<string, string[]> {
  const [header, ...lines] = readFileSync(join(FIXTURES, path), 'utf8').trimEnd().split('\n')
  const cells = lines.map(line => line.split(','))
  return Object.fromEntries(header.split(',').map((name, i) => [name, cells.map(row => row[i])]))
}

/** A number cell; empty is NaN. */
export function numberCell(cell: string): number {
  return cell === '' ? Number.NaN : Number(cell)
}

async function long(file: string, value: string): Promise<LongColumns> {
  const rows = await objects(file)
  return {
    asset: rows.map(row => String(row['asset_id'])),
    date: Float64Array.from(rows, row => (row['date'] as Date).getTime()),
    value: Float64Array.from(rows, row => Number(row[value] ?? Number.NaN)),
  }
}

async function objects(file: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(join(FIXTURES, 'panel_synth_A', `${file}.parquet`))
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  return parquetReadObjects({ file: buffer, compressors })
}
