/** Folders of long tables written by hand, for the tests of panels. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PanelParams, registerPanel } from '../../src/lake/panel-datasets.ts'
import { DAY, NOW } from './lake.ts'

/** First day of the tables, 2024-01-01. */
export const FIRST = Date.UTC(2024, 0, 1)

export const day = (i: number) => new Date(FIRST + i * DAY).toISOString().slice(0, 10)

/** Rows of one value column: the cells of each asset, day by day; null is an empty cell, undefined no row. */
export type Cells = Record<string, (number | string | null | undefined)[]>

/** CSV text of one long table. */
export function tableCsv(column: string, cells: Cells): string {
  const rows = Object.entries(cells).flatMap(([asset, values]) =>
    values.flatMap((value, i) => (value === undefined ? [] : [`${asset},${day(i)},${value ?? ''}`])),
  )
  return `asset_id,date,${column}\n${rows.join('\n')}\n`
}

export const DIMS = 'asset_id,is_stable,is_wrapped\nBTC,false,false\nETH,false,false\nUSDT,true,false\nWBTC,0,1\n'

export const PRICES: Cells = {
  BTC: [100, 110, 121],
  ETH: [10, null, 12],
  USDT: [1, 1, 1],
  WBTC: [undefined, 111, 120],
}

/** A folder that can be registered; what is given replaces a file, null takes it away. */
export function panelFolder(root: string, files: Record<string, string | Uint8Array | null> = {}): string {
  const path = join(root, 'panel-in')
  mkdirSync(path, { recursive: true })
  const all: Record<string, string | Uint8Array | null> = {
    'fact_price.csv': tableCsv('close', PRICES),
    'fact_marketcap.csv': tableCsv('marketcap', { BTC: [1000, 1100, 1210], ETH: [0, 200, 240], USDT: [50, 50, 50] }),
    'fact_volume.csv': tableCsv('volume', {
      BTC: [10, 11, 12],
      ETH: [3, 4, null],
      USDT: [5, 5, 5],
      WBTC: [null, 1, 2],
    }),
    'dim_asset.csv': DIMS,
    ...files,
  }
  for (const [name, content] of Object.entries(all)) if (content !== null) writeFileSync(join(path, name), content)
  return path
}

export const register = (root: string, params: PanelParams & { path: string }) =>
  registerPanel(root, params, { now: NOW })
