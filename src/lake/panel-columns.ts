/** The long tables of a panel: their names, their columns, and which column of a caller's file is which. */

import { fail } from '../base/errors.ts'

/** A table of facts: one value of an asset on a day. */
export interface FactTable {
  /** Name of the value column as it is stored. */
  column: string
  /** Names under which a caller's file may give it. */
  names: readonly string[]
  /** Least value that can be true; prices are above zero, funding may be negative. */
  least: number
  required: boolean
}

/** The tables of facts in the order in which they are stored and hashed; units as `Panel` has them. */
export const FACTS = {
  fact_price: { column: 'close', names: ['close', 'price'], least: Number.MIN_VALUE, required: true },
  fact_marketcap: { column: 'marketcap', names: ['marketcap', 'market_cap'], least: 0, required: true },
  fact_volume: { column: 'volume', names: ['volume'], least: 0, required: true },
  fact_funding: { column: 'funding_rate', names: ['funding_rate'], least: Number.NEGATIVE_INFINITY, required: false },
  fact_open_interest: {
    column: 'open_interest_usd',
    names: ['open_interest_usd'],
    least: 0,
    required: false,
  },
} as const satisfies Record<string, FactTable>

export type FactName = keyof typeof FACTS
export const FACT_NAMES = Object.keys(FACTS) as FactName[]

/** Where a file's columns stand in its header. */
export interface LongPlan {
  asset: number
  date: number
  values: { table: FactName; at: number }[]
  /** Columns that tell several rows of one asset and day apart: instrument and exchange, of funding only. */
  instrument: number[]
  /** Names of the columns that are left out. */
  ignored: string[]
}

/**
 * Find the columns of a long file that holds `tables` (one of a folder, or several in one file) by name in any case.
 * DATA_ERROR for an absent key or required value column, and for a column given under two names.
 */
export function planLong(header: readonly string[], tables: readonly FactName[], file: string): LongPlan {
  const names = header.map(name => name.trim().toLowerCase())
  const faults: string[] = []
  const find = (wanted: readonly string[], required: boolean): number => {
    const found = names.flatMap((name, at) => (wanted.includes(name) ? [at] : []))
    if (found.length > 1) faults.push(`has both ${found.map(at => header[at]).join(' and ')}: keep one`)
    if (found.length === 0 && required) faults.push(`has no column ${wanted.join(' or ')}`)
    return found[0] ?? -1
  }
  const asset = find(['asset_id'], true)
  const date = find(['date'], true)
  const values = tables
    .map(table => ({ table, at: find(FACTS[table].names, FACTS[table].required || tables.length === 1) }))
    .filter(({ at }) => at >= 0)
  const instrument =
    tables.length === 1 && tables[0] === 'fact_funding'
      ? [find(['instrument_id'], false), find(['exchange'], false)].filter(at => at >= 0)
      : []
  if (faults.length > 0) {
    const details = faults.map(message => ({ pointer: file, message }))
    const hint = `A panel table has asset_id, date (a UTC day) and its value: ${tables.map(namesOf).join(', ')}.`
    throw fail(
      'DATA_ERROR',
      { message: `${file} ${faults.join('; ')}; it has ${header.join(', ')}` },
      { details, hint },
    )
  }
  const used = [asset, date, ...values.map(({ at }) => at), ...instrument]
  return { asset, date, values, instrument, ignored: header.filter((_, at) => !used.includes(at)) }
}

function namesOf(table: FactName): string {
  return FACTS[table].names.join(' or ')
}
