/** The record of a forward session as CSV tables, and back: equity, returns and fills, in one form of time. */

import type { CsvTable } from '../base/csv.ts'
import { parseNumber } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { RowFaults } from '../base/row-faults.ts'
import type { Table } from '../base/table.ts'
import { isoDate, isoInstant, parseInstant, parseInterval } from '../market/calendar.ts'
import { type Fill, fillRows, type Side } from './broker.ts'
import { barReturns, type ForwardRecord } from './forward-figures.ts'

/** Epoch ms of a timestamp as any writer of sessions put it: ISO date, ISO instant, or wall-clock time, which is UTC; else null. */
export function timestampOf(text: string): number | null {
  return parseInstant(text) ?? parseInstant(`${text}Z`)
}

/** A timestamp in the files of an interval: the date for a day or more, else the instant. */
export function timestampText(epochMs: number, interval: string): string {
  const { unit } = parseInterval(interval)
  return unit === 'm' || unit === 'h' ? isoInstant(epochMs) : isoDate(epochMs)
}

/** Columns timestamp and equity (over the starting cash). */
export function equityTable({ ts, equity }: ForwardRecord, interval: string): Table {
  return { columns: { timestamp: timestamps(ts, interval), equity }, rows: ts.length }
}

/** Columns timestamp and daily_return (of the bar, whatever its size); the first is 0. */
export function returnsTable({ ts, equity }: ForwardRecord, interval: string): Table {
  const returns = new Float64Array(ts.length)
  returns.set(barReturns(equity), Math.min(1, ts.length))
  return { columns: { timestamp: timestamps(ts, interval), daily_return: returns }, rows: ts.length }
}

/** The published columns of fills. */
export function fillsTable({ fills }: ForwardRecord, interval: string): Table {
  return fillRows(fills, interval)
}

/**
 * A curve from the columns timestamp and `column`, in order of time; of rows with the same time the last counts. Rows after
 * `until` (epoch ms) are left out. DATA_ERROR with the row for anything that is no time or no number.
 */
export function curveOf(
  table: CsvTable,
  name: string,
  column = 'equity',
  until = Number.POSITIVE_INFINITY,
): Pick<ForwardRecord, 'ts' | 'equity'> {
  const [time, value] = columnsOf(table, name, ['timestamp', column])
  const faults = new RowFaults()
  const points = new Map<number, number>()
  table.rows.forEach((cells, index) => {
    const at = timestampOf(cells[time])
    const number = parseNumber(cells[value])
    if (at === null) faults.add(index + 1, `timestamp '${cells[time]}' is no ISO time`, table.lines[index])
    else if (number === null || !Number.isFinite(number))
      faults.add(index + 1, `${column} '${cells[value]}' is not a number`, table.lines[index])
    else if (at <= until) points.set(at, number)
  })
  const error = faults.error(name)
  if (error !== null) throw error
  const sorted = [...points].sort(([a], [b]) => a - b)
  return { ts: Float64Array.from(sorted, ([at]) => at), equity: Float64Array.from(sorted, ([, number]) => number) }
}

const FILL_COLUMNS = ['timestamp', 'side', 'close', 'exec_price', 'qty', 'fee', 'equity_after', 'slippage', 'reason']
const SIDES: readonly string[] = ['BUY', 'SELL', 'SHORT', 'COVER'] satisfies Side[]

/** The fills of a trades file up to `until` (epoch ms), a repeated row once. DATA_ERROR with the row for what is none. */
export function fillsOf(table: CsvTable, name: string, until = Number.POSITIVE_INFINITY): Fill[] {
  const at = columnsOf(table, name, FILL_COLUMNS)
  const faults = new RowFaults()
  const seen = new Set<string>()
  const fills: Fill[] = []
  table.rows.forEach((cells, index) => {
    const [time, side, close, exec_price, qty, fee, equity_after, slippage, reason] = at.map(column => cells[column])
    const timestamp = timestampOf(time)
    const numbers = [close, exec_price, qty, fee, equity_after, slippage].map(text => parseNumber(text) ?? Number.NaN)
    if (timestamp === null) faults.add(index + 1, `timestamp '${time}' is no ISO time`, table.lines[index])
    else if (!SIDES.includes(side))
      faults.add(index + 1, `side '${side}' is none of ${SIDES.join(', ')}`, table.lines[index])
    else if (!numbers.every(Number.isFinite))
      faults.add(index + 1, 'a price, quantity, fee or equity is not a number', table.lines[index])
    const key = [timestamp, side, qty, exec_price].join(' ')
    if (timestamp === null || timestamp > until || seen.has(key)) return
    seen.add(key)
    const [closeAt, price, units, paid, equity, slip] = numbers
    fills.push({
      timestamp,
      side: side as Side,
      close: closeAt,
      exec_price: price,
      qty: units,
      fee: paid,
      equity_after: equity,
      slippage: slip,
      reason,
    })
  })
  const error = faults.error(name)
  if (error !== null) throw error
  return fills.sort((a, b) => a.timestamp - b.timestamp)
}

function columnsOf(table: CsvTable, name: string, wanted: readonly string[]): number[] {
  const missing = wanted.filter(column => !table.header.includes(column))
  if (missing.length > 0) throw fail('DATA_ERROR', { message: `${name} lacks the columns ${missing.join(', ')}.` })
  return wanted.map(column => table.header.indexOf(column))
}

function timestamps(ts: Float64Array, interval: string): string[] {
  return Array.from(ts, at => timestampText(at, interval))
}
