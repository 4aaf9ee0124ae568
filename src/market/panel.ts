/** `Panel`: many assets on one axis of calendar days, as dense tables; built from long columns, cut without copying. */

import { fail } from '../base/errors.ts'

const DAY_MS = 86_400_000

/**
 * Daily tables of many assets. Every table is dense and row-major: the value of day d and asset a stands at
 * `d * assets.length + a`; NaN is an absent value. The days run without gaps from the first to the last price.
 */
export interface Panel {
  /** Asset ids, ascending by code point, none twice. */
  assets: readonly string[]
  /** First day, counted from 1970-01-01. */
  firstDay: number
  /** Number of calendar days. */
  days: number
  /** Price in USD, positive. */
  close: Float64Array
  /** Market capitalisation in USD. */
  marketCap: Float64Array
  /** Volume of 24 hours in USD. */
  volume: Float64Array
  /** Funding rate per 8 hours as a ratio, the mean over the asset's instruments, paid by longs when positive; null without such a table. */
  funding: Float64Array | null
  /** Open interest in USD; null without such a table. */
  openInterest: Float64Array | null
  /** 1 where the asset is a stablecoin. */
  stable: Uint8Array
  /** 1 where the asset wraps or stands for another one. */
  wrapped: Uint8Array
  /** 1 where the data set has a price of the asset at all: a property of the listing, so cutting the days leaves it alone. */
  priced: Uint8Array
}

/** One long table: the value of `asset[i]` on the day that begins at `date[i]` (epoch ms, midnight UTC); NaN counts as an absent row. */
export interface LongColumns {
  asset: readonly string[]
  date: Float64Array
  value: Float64Array
}

/** What a panel is built from; ids in `stable` and `wrapped` that hold no data are of no consequence. */
export interface LongTables {
  close: LongColumns
  marketCap: LongColumns
  volume: LongColumns
  /** Several rows of one asset and day are its instruments: their mean is taken. */
  funding?: LongColumns
  openInterest?: LongColumns
  stable: Iterable<string>
  wrapped: Iterable<string>
}

/**
 * Build the panel over every calendar day from the first to the last price; rows of other tables outside are left out.
 * DATA_ERROR for no price at all, an instant that is no midnight, a key that stands twice, or a value out of range.
 */
export function panelFromLong(tables: LongTables): Panel {
  const assets = assetIds(tables)
  const index = new Map(assets.map((asset, a) => [asset, a]))
  const [firstDay, lastDay] = priceDays(tables.close)
  const days = lastDay - firstDay + 1
  const place = (name: string, columns: LongColumns, least: number) =>
    dense(name, columns, index, firstDay, days, least)
  const close = place('price', tables.close, Number.MIN_VALUE)
  const priced = new Uint8Array(assets.length)
  for (let i = 0; i < close.length; i++) if (!Number.isNaN(close[i])) priced[i % assets.length] = 1
  return {
    assets,
    firstDay,
    days,
    close,
    marketCap: place('market_cap', tables.marketCap, 0),
    volume: place('volume', tables.volume, 0),
    funding: tables.funding === undefined ? null : denseMean(tables.funding, index, firstDay, days),
    openInterest: tables.openInterest === undefined ? null : place('open_interest', tables.openInterest, 0),
    stable: flags(tables.stable, index),
    wrapped: flags(tables.wrapped, index),
    priced,
  }
}

/** The rows [from, to) of a panel as views on the same memory; the assets and their flags stay. */
export function slicePanel(panel: Panel, from: number, to: number): Panel {
  const width = panel.assets.length
  const cut = (table: Float64Array) => table.subarray(from * width, to * width)
  return {
    ...panel,
    firstDay: panel.firstDay + from,
    days: to - from,
    close: cut(panel.close),
    marketCap: cut(panel.marketCap),
    volume: cut(panel.volume),
    funding: panel.funding && cut(panel.funding),
    openInterest: panel.openInterest && cut(panel.openInterest),
  }
}

/** Day number since 1970-01-01 of an ISO date; NaN for text that is none. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS
}

/** ISO date, YYYY-MM-DD, of a day number since 1970-01-01. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** ISO dates of all rows of a panel. */
export function panelDates(panel: Panel): string[] {
  return Array.from({ length: panel.days }, (_, row) => dayText(panel.firstDay + row))
}

function assetIds(tables: LongTables): string[] {
  const ids = new Set<string>()
  for (const columns of [tables.close, tables.marketCap, tables.volume, tables.funding, tables.openInterest]) {
    for (const asset of columns?.asset ?? []) ids.add(asset)
  }
  return [...ids].sort()
}

function priceDays(close: LongColumns): [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < close.date.length; i++) {
    if (Number.isNaN(close.value[i])) continue
    const day = dayAt('price', close, i)
    if (day < first) first = day
    if (day > last) last = day
  }
  if (first > last) throw fail('DATA_ERROR', { message: 'The panel holds no price: give a price table with rows' })
  return [first, last]
}

function dayAt(name: string, columns: LongColumns, row: number): number {
  const day = columns.date[row] / DAY_MS
  if (!Number.isInteger(day)) throw bad(name, row, `date ${columns.date[row]} is not midnight UTC`)
  return day
}

function dense(
  name: string,
  columns: LongColumns,
  index: ReadonlyMap<string, number>,
  firstDay: number,
  days: number,
  least: number,
): Float64Array {
  const table = new Float64Array(days * index.size).fill(Number.NaN)
  for (let i = 0; i < columns.date.length; i++) {
    const value = columns.value[i]
    if (Number.isNaN(value)) continue
    if (!(value >= least && value < Number.POSITIVE_INFINITY)) throw bad(name, i, `value ${value} is out of range`)
    const day = dayAt(name, columns, i) - firstDay
    if (day < 0 || day >= days) continue
    const at = day * index.size + index.get(columns.asset[i])!
    if (!Number.isNaN(table[at])) throw bad(name, i, `${columns.asset[i]} has this day twice`)
    table[at] = value
  }
  return table
}

function denseMean(
  columns: LongColumns,
  index: ReadonlyMap<string, number>,
  firstDay: number,
  days: number,
): Float64Array {
  const table = new Float64Array(days * index.size)
  const counts = new Uint16Array(days * index.size)
  for (let i = 0; i < columns.date.length; i++) {
    const value = columns.value[i]
    if (Number.isNaN(value)) continue
    if (!Number.isFinite(value)) throw bad('funding', i, `value ${value} is out of range`)
    const day = dayAt('funding', columns, i) - firstDay
    if (day < 0 || day >= days) continue
    const at = day * index.size + index.get(columns.asset[i])!
    table[at] += value
    counts[at]++
  }
  for (let at = 0; at < table.length; at++) table[at] = counts[at] === 0 ? Number.NaN : table[at] / counts[at]
  return table
}

function flags(ids: Iterable<string>, index: ReadonlyMap<string, number>): Uint8Array {
  const marked = new Uint8Array(index.size)
  for (const id of ids) {
    const a = index.get(id)
    if (a !== undefined) marked[a] = 1
  }
  return marked
}

function bad(name: string, row: number, what: string) {
  const message = `The ${name} table of the panel cannot be used: row ${row + 1}: ${what}`
  return fail('DATA_ERROR', { message }, { details: [{ pointer: `${name} row ${row + 1}`, message: what }] })
}
