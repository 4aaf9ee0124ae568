/** Checked long rows → the stored tables of a panel: assets by position, absent values left out, rows by day, asset, instrument. */

import { DAY_MS, isoInstant } from '../market/calendar.ts'
import { FACTS } from './panel-columns.ts'
import type { AssetDims } from './panel-dims.ts'
import type { LongRows, SourceFile } from './panel-source.ts'
import type { NewTable } from './tables.ts'

/** Ids of the assets that have a value in any table, ascending. */
export function assetsHeld(tables: readonly LongRows[]): string[] {
  const held = new Set<string>()
  for (const { asset, value } of tables) {
    const seen = new Uint8Array(asset.names.length)
    for (let row = 0; row < value.length; row++) if (!Number.isNaN(value[row])) seen[asset.index[row]] = 1
    for (let a = 0; a < seen.length; a++) if (seen[a] === 1) held.add(asset.names[a])
  }
  return [...held].sort()
}

/** dim_asset as it is stored: `asset` is the position by which the facts name it. Every asset must have a row in `dims`. */
export function dimTable(assets: readonly string[], dims: AssetDims): NewTable {
  const rows = assets.map(id => dims.byId.get(id)!)
  const columns: NewTable['table']['columns'] = {
    asset: Float64Array.from(assets, (_, a) => a),
    asset_id: assets,
    is_stable: rows.map(row => row.stable),
    is_wrapped: rows.map(row => row.wrapped),
  }
  for (const [at, name] of dims.textColumns.entries()) columns[name] = rows.map(row => row.texts[at])
  return untimed(
    'dim_asset',
    { asset: 'int64', asset_id: 'text', ...textTypes(dims.textColumns) },
    columns,
    dims.source,
  )
}

/** dim_instrument: the instruments of the funding table, `instrument_id@exchange` where both are known; null without any. */
export function instrumentTable({ instrument }: LongRows): NewTable | null {
  if (instrument === null) return null
  const ids = [...instrument.names].sort()
  const columns = { instrument: Float64Array.from(ids, (_, i) => i), instrument_id: ids }
  return untimed('dim_instrument', { instrument: 'int64', instrument_id: 'text' }, columns, null)
}

/** A fact table as it is stored: date, asset, instrument where there is one, value; sorted by them in this order. */
export function factTable(rows: LongRows, assets: readonly string[], file: SourceFile | null): NewTable {
  const asset = codesOf(rows.asset, assets)
  const instrument = rows.instrument && codesOf(rows.instrument, [...rows.instrument.names].sort())
  const order = sortedRows(rows, asset, instrument)
  const columns: Record<string, Float64Array> = { date: taken(rows.date, order), asset: taken(asset, order) }
  if (instrument !== null) columns['instrument'] = taken(instrument, order)
  columns[FACTS[rows.table].column] = taken(rows.value, order)
  const { date } = columns
  return {
    name: rows.table,
    table: { columns, rows: order.length },
    types: { date: 'timestamp', asset: 'int64', instrument: 'int64' },
    absent_rows: rows.value.length - order.length,
    from: order.length > 0 ? isoInstant(date[0]) : null,
    to: order.length > 0 ? isoInstant(date[order.length - 1]) : null,
    file,
  }
}

/** Zero has one sign, so that equal data hash equally. */
function taken(column: ArrayLike<number>, order: Int32Array): Float64Array {
  const out = new Float64Array(order.length)
  for (let i = 0; i < out.length; i++) out[i] = column[order[i]] + 0
  return out
}

function untimed(
  name: string,
  types: NewTable['types'],
  columns: NewTable['table']['columns'],
  file: SourceFile | null,
): NewTable {
  return {
    name,
    types,
    table: { columns, rows: columns[Object.keys(columns)[0]].length },
    absent_rows: 0,
    from: null,
    to: null,
    file,
  }
}

function textTypes(names: readonly string[]): NewTable['types'] {
  return Object.fromEntries(names.map(name => [name, 'text']))
}

/** For each row the position of its name in `ids`; −1 for a name that is none of them, which has no value. */
function codesOf({ names, index }: LongRows['asset'], ids: readonly string[]): Int32Array {
  const positions = new Map(ids.map((id, at) => [id, at]))
  const codes = Int32Array.from(names, name => positions.get(name) ?? -1)
  const out = new Int32Array(index.length)
  for (let row = 0; row < out.length; row++) out[row] = codes[index[row]]
  return out
}

/** Rows that have a value, by day, then asset, then instrument: one stable counting pass for each, the last key first. */
function sortedRows({ date, value }: LongRows, asset: Int32Array, instrument: Int32Array | null): Int32Array {
  const present = new Int32Array(value.length)
  let count = 0
  let first = Number.POSITIVE_INFINITY
  for (let row = 0; row < value.length; row++) {
    if (Number.isNaN(value[row])) continue
    present[count++] = row
    if (date[row] < first) first = date[row]
  }
  let order: Int32Array = present.subarray(0, count)
  if (instrument !== null) order = counted(order, instrument)
  order = counted(order, asset)
  const day = new Int32Array(value.length)
  for (let row = 0; row < day.length; row++) day[row] = (date[row] - first) / DAY_MS
  return counted(order, day)
}

function counted(order: Int32Array, keys: Int32Array): Int32Array {
  let most = 0
  for (let i = 0; i < order.length; i++) if (keys[order[i]] > most) most = keys[order[i]]
  const starts = new Int32Array(most + 2)
  for (let i = 0; i < order.length; i++) starts[keys[order[i]] + 1]++
  for (let key = 1; key < starts.length; key++) starts[key] += starts[key - 1]
  const sorted = new Int32Array(order.length)
  for (let i = 0; i < order.length; i++) sorted[starts[keys[order[i]]]++] = order[i]
  return sorted
}
