/** A panel from columns that name assets by position: the quick way from stored tables to dense ones. */

import { DAY_MS } from './calendar.ts'
import type { Panel } from './panel.ts'

/** One long table; all columns have one length. Its rows were checked when they were stored, and are not checked again. */
export interface CodedColumns {
  /** Midnight UTC of the day, epoch ms. */
  date: Float64Array
  /** Position of the asset in the list of assets. */
  asset: Float64Array
  /** Never NaN: an absent value has no row. */
  value: Float64Array
}

export interface CodedTables {
  /** Asset ids, ascending by code point, none twice. */
  assets: readonly string[]
  /** 1 where the asset is a stablecoin. */
  stable: Uint8Array
  /** 1 where the asset wraps or stands for another one. */
  wrapped: Uint8Array
  close: CodedColumns
  marketCap: CodedColumns
  volume: CodedColumns
  /** Several rows of one asset and day are its instruments: their mean is taken, summed in row order. */
  funding: CodedColumns | null
  openInterest: CodedColumns | null
}

/** Build the panel over every calendar day from the first to the last price (at least one); rows outside are left out. */
export function panelFromCodes(tables: CodedTables): Panel {
  const { assets, stable, wrapped } = tables
  const width = assets.length
  const [first, last] = range(tables.close.date)
  const size = ((last - first) / DAY_MS + 1) * width
  const place = (columns: CodedColumns) => dense(columns, width, first, size)
  const priced = new Uint8Array(width)
  for (const asset of tables.close.asset) priced[asset] = 1
  return {
    assets,
    firstDay: first / DAY_MS,
    days: size / width,
    close: place(tables.close),
    marketCap: place(tables.marketCap),
    volume: place(tables.volume),
    funding: tables.funding && denseMean(tables.funding, width, first, size),
    openInterest: tables.openInterest && place(tables.openInterest),
    stable,
    wrapped,
    priced,
  }
}

function range(dates: Float64Array): [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < dates.length; i++) {
    if (dates[i] < first) first = dates[i]
    if (dates[i] > last) last = dates[i]
  }
  return [first, last]
}

function dense({ date, asset, value }: CodedColumns, width: number, first: number, size: number): Float64Array {
  const table = new Float64Array(size).fill(Number.NaN)
  for (let i = 0; i < date.length; i++) {
    const at = ((date[i] - first) / DAY_MS) * width + asset[i]
    if (date[i] >= first && at < size) table[at] = value[i]
  }
  return table
}

function denseMean({ date, asset, value }: CodedColumns, width: number, first: number, size: number): Float64Array {
  const table = new Float64Array(size)
  const counts = new Uint16Array(size)
  for (let i = 0; i < date.length; i++) {
    const at = ((date[i] - first) / DAY_MS) * width + asset[i]
    if (date[i] < first || at >= size) continue
    table[at] += value[i]
    counts[at]++
  }
  for (let at = 0; at < size; at++) table[at] = counts[at] === 0 ? Number.NaN : table[at] / counts[at]
  return table
}
