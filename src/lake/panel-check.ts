/** Rules for the rows of a panel's tables: what is refused is refused with its rows, what is odd is counted; nothing is repaired. */

import type { GatewayError } from '../base/errors.ts'
import { RowFaults } from '../base/row-faults.ts'
import { DAY_MS, isoDate, isoInstant } from '../market/calendar.ts'
import { FACTS } from './panel-columns.ts'
import type { LongRows } from './panel-source.ts'

/** First and last day whose ISO date has four digits. */
const FIRST_DAY = -62_135_596_800_000
const LAST_DAY = Date.UTC(9999, 11, 31)
const ID = /^[^\s\p{C}](?:[^\p{C}]{0,126}[^\s\p{C}])?$/u
const LARGE_RETURN = 5
const MOST_SERIES = 1 << 22

/**
 * Check the rows of one table; null or the DATA_ERROR that lists the first twenty faults with their rows and counts all.
 * Refused: no or an unprintable asset id; a date that is absent or no midnight UTC; a key (asset, day, and for funding the
 * instrument) that stands twice or behind a later day of its own; an infinite value or one below what can be true. NaN is an
 * absent value, and passes.
 */
export function rowFaults(rows: LongRows): GatewayError | null {
  const faults = new RowFaults()
  const { column, least } = FACTS[rows.table]
  const series = new SeriesDays(rows)
  const badIds = rows.asset.names.map(name => !ID.test(name) || !name.isWellFormed())
  for (let row = 0; row < rows.date.length; row++) {
    const value = rows.value[row]
    const fault =
      (badIds[rows.asset.index[row]] ? idFault(rows.asset.names[rows.asset.index[row]]) : null) ??
      dayFault(rows.date[row]) ??
      series.fault(row) ??
      (Number.isNaN(value) ? null : valueFault(column, value, least))
    if (fault !== null) faults.add(row + 1, fault, rows.lines?.[row])
  }
  return faults.error(
    rows.file,
    'Data is never repaired: correct the table at its source and register it under a new id.',
  )
}

/** The last day and row of each series (asset, and instrument where there is one), to see repeated and unordered keys. */
class SeriesDays {
  readonly #rows: LongRows
  readonly #width: number
  /** Row + 1 of the last day of each series; 0 for none yet. */
  readonly #last: Int32Array | Map<number, number>

  constructor(rows: LongRows) {
    this.#rows = rows
    this.#width = rows.instrument?.names.length ?? 1
    const series = rows.asset.names.length * this.#width
    // Of all pairs of asset and instrument few exist.
    this.#last = series <= MOST_SERIES ? new Int32Array(series) : new Map()
  }

  fault(row: number): string | null {
    const { asset, instrument, date } = this.#rows
    const key = asset.index[row] * this.#width + (instrument?.index[row] ?? 0)
    const last = this.#swap(key, row + 1) - 1
    if (last < 0 || date[row] > date[last]) return null
    const name = [asset.names[asset.index[row]], instrument?.names[instrument.index[row]]].filter(Boolean).join(' ')
    const day = isoDate(date[row])
    return date[row] === date[last]
      ? `${name} has ${day} twice, also in row ${last + 1}`
      : `${name} goes back to ${day} after ${isoDate(date[last])} in row ${last + 1}: days must ascend for each asset`
  }

  #swap(key: number, row: number): number {
    const series = this.#last
    if (series instanceof Int32Array) {
      const before = series[key]
      series[key] = row
      return before
    }
    const before = series.get(key) ?? 0
    series.set(key, row)
    return before
  }
}

function idFault(id: string): string {
  return id === ''
    ? 'asset_id is missing'
    : `asset_id ${JSON.stringify(id.slice(0, 40))} is no name of 1 to 128 printable characters`
}

function dayFault(date: number): string | null {
  if (Number.isNaN(date)) return 'the date is missing'
  if (!(date >= FIRST_DAY && date <= LAST_DAY)) return `the date ${date} ms is outside the years 1 to 9999`
  return date % DAY_MS === 0 ? null : `${isoInstant(Math.floor(date))} is not midnight UTC: a panel has days`
}

function valueFault(column: string, value: number, least: number): string | null {
  if (!Number.isFinite(value)) return `${column} is infinite`
  if (value >= least) return null
  return least > 0 ? `${column} ${value} is not above zero` : `${column} ${value} is negative`
}

/** What the prices of a panel show: gaps inside the life of each asset, and moves that are errors more often than not. */
export interface PriceFindings {
  /** Places where days are missing between two prices of an asset, summed over the assets. */
  gaps: number
  /** Days missing in all of them. */
  missing_days: number
  /** Returns from one day to the next above 500 %: reported, never removed. The first ten by row. */
  large_returns: { count: number; shown: string[] }
}

/** Walk checked prices, ascending for each asset. */
export function priceFindings({ asset, date, value }: LongRows): PriceFindings {
  const findings: PriceFindings = { gaps: 0, missing_days: 0, large_returns: { count: 0, shown: [] } }
  const last = new Int32Array(asset.names.length).fill(-1)
  for (let row = 0; row < date.length; row++) {
    if (Number.isNaN(value[row])) continue
    const a = asset.index[row]
    const before = last[a]
    last[a] = row
    if (before < 0) continue
    const days = (date[row] - date[before]) / DAY_MS
    if (days > 1) {
      findings.gaps++
      findings.missing_days += days - 1
    } else if (value[row] / value[before] - 1 > LARGE_RETURN) {
      findings.large_returns.count++
      if (findings.large_returns.shown.length < 10) {
        findings.large_returns.shown.push(`${asset.names[a]} ${isoDate(date[row])}`)
      }
    }
  }
  return findings
}

const PEG_ROWS = 30
const PEG_WIDTH = 0.02
const PEG_SHARE = 0.95

/** Assets whose price does what a stablecoin's does: at least 30 prices, 95 % of them within 2 % of one dollar. */
export function peggedAssets({ asset, value }: LongRows): string[] {
  const rows = new Float64Array(asset.names.length)
  const near = new Float64Array(asset.names.length)
  for (let row = 0; row < value.length; row++) {
    if (Number.isNaN(value[row])) continue
    rows[asset.index[row]]++
    if (Math.abs(value[row] - 1) <= PEG_WIDTH) near[asset.index[row]]++
  }
  return asset.names.filter((_, a) => rows[a] >= PEG_ROWS && near[a] >= PEG_SHARE * rows[a])
}

/** A coin's supply does not change tenfold over night: another coin's market cap under its name does that. */
const SUPPLY_FACTOR = 10

/** Days on which the supply that market cap and price imply is ten times, or a tenth of, that of the last day with both; the first ten shown. */
export function supplyJumps(prices: LongRows, caps: LongRows): { count: number; shown: string[] } {
  const [priceRows, capRows] = [rowsByAsset(prices), rowsByAsset(caps)]
  const found = { count: 0, shown: [] as string[] }
  for (const [asset, rows] of capRows) {
    const priced = priceRows.get(asset) ?? []
    let [last, at] = [Number.NaN, 0]
    for (const row of rows) {
      while (at < priced.length && prices.date[priced[at]] < caps.date[row]) at++
      if (at === priced.length) break
      const supply = caps.value[row] / prices.value[priced[at]]
      if (prices.date[priced[at]] !== caps.date[row] || !(supply > 0)) continue
      const ratio = supply / last
      if (ratio >= SUPPLY_FACTOR || ratio <= 1 / SUPPLY_FACTOR) {
        found.count++
        if (found.shown.length < 10) found.shown.push(`${asset} ${isoDate(caps.date[row])}`)
      }
      last = supply
    }
  }
  return found
}

/** Rows of each asset, ascending in time as they were checked to be. */
function rowsByAsset({ asset }: LongRows): Map<string, Int32Array> {
  const sizes = new Int32Array(asset.names.length)
  for (let row = 0; row < asset.index.length; row++) sizes[asset.index[row]]++
  const groups = asset.names.map((_, a) => new Int32Array(sizes[a]))
  const filled = new Int32Array(asset.names.length)
  for (let row = 0; row < asset.index.length; row++) {
    const a = asset.index[row]
    groups[a][filled[a]++] = row
  }
  return new Map(asset.names.map((name, a) => [name, groups[a]]))
}
