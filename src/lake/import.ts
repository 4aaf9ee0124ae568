/** Raw columns of a caller's file → checked bars, one set a symbol, with what the manifest says of them. Nothing is repaired. */

import { fail } from '../base/errors.ts'
import { parquetBytes } from '../base/parquet.ts'
import type { Bars, Calendar } from '../market/bars.ts'
import { DAY_MS, intervalMs, isIsoDate, isoInstant, parseInstant } from '../market/calendar.ts'
import { barFaults, gapsOf, intervalFault } from '../market/validate.ts'
import { type RawBars, VALUE_COLUMNS } from './columns.ts'
import { SYMBOL_PATTERN } from './manifest.ts'

/** Bars of one symbol and the rows they came from, counted from 0 in file order. */
interface SymbolRows {
  bars: Bars
  rows: Float64Array | null
}

/** How the bars of a file are to be understood; what is not given is taken from the file. */
export interface Reading {
  interval: string
  /** The only symbol of a file without a symbol column. */
  symbol: string | undefined
  calendar: Calendar | undefined
}

/**
 * Split by symbol (code-point order) and check every symbol. INVALID_CONFIG where no symbol is known; DATA_ERROR with the
 * rows of a broken rule, a foreign symbol or an empty file.
 */
export function checkedBars(raw: RawBars, file: string, reading: Reading): Bars[] {
  if (raw.ts.length === 0) throw fail('DATA_ERROR', { message: `${file} has a header and no rows` })
  const parts = splitBySymbol(raw, file, reading)
  for (const { bars, rows } of parts) {
    const name = parts.length > 1 ? `${file}, ${bars.symbol}` : file
    const fileRow = (index: number) => (rows === null ? index : rows[index])
    const error = barFaults(bars, name, { row: i => fileRow(i) + 1, line: i => raw.lines?.[fileRow(i)] })
    if (error !== null) throw error
    refuseInterval(bars, name)
  }
  const calendar = reading.calendar ?? calendarOf(parts, reading.interval)
  return parts.map(({ bars }) => ({ ...bars, calendar }))
}

function refuseInterval(bars: Bars, name: string): void {
  const fault = intervalFault(bars.ts, bars.interval)
  if (fault === null) return
  const details = [{ pointer: '/params/interval', message: fault }]
  throw fail('DATA_ERROR', { message: `${name}: ${fault}` }, { details, hint: 'Declare the interval of the file.' })
}

/** Bytes of a symbol's Parquet file: ts as TIMESTAMP(MILLIS, UTC), the others double, an unknown volume null. */
export function barsFile(bars: Bars): Uint8Array {
  const columns: Record<string, Float64Array> = { ts: bars.ts }
  for (const name of VALUE_COLUMNS) if (bars[name] !== null) columns[name] = bars[name]
  return parquetBytes({ columns, rows: bars.ts.length }, { types: { ts: 'timestamp' } })
}

/** What the manifest says of a symbol's bars; times as ISO instants. */
export function coverageOf(bars: Bars): { rows: number; from: string; to: string; gaps: number; missing_bars: number } {
  const rows = bars.ts.length
  return { rows, from: isoInstant(bars.ts[0]), to: isoInstant(bars.ts[rows - 1]), ...gapsOf(bars.ts, bars.interval) }
}

/** Declared bounds, epoch ms. */
export interface DeclaredRange {
  from: number | null
  /** Last instant that belongs to the dataset: a bare date includes its day. */
  to: number | null
  /** `to` as it was written; of a bare date its midnight. */
  until: number | null
}

/** Read declared bounds; INVALID_CONFIG for what is no date or instant, or reversed. */
export function declaredRange(from: string | undefined, to: string | undefined): DeclaredRange {
  const lower = instantOf('from', from)
  const upper = instantOf('to', to)
  const last = upper !== null && to !== undefined && isIsoDate(to) ? upper + DAY_MS - 1 : upper
  if (lower !== null && last !== null && lower > last) {
    const details = [{ pointer: '/params/from', message: `later than to (${to})` }]
    throw fail('INVALID_CONFIG', { message: `from ${from} is later than to ${to}` }, { details })
  }
  return { from: lower, to: last, until: upper }
}

/**
 * Compare declared bounds (epoch ms) with the data: no bar may lie outside, and the data must reach each bound to within a
 * bar or a day; to within five days on an exchange, which has long weekends. DATA_ERROR says what the file really covers.
 */
export function checkDeclared(all: readonly Bars[], file: string, stepMs: number, range: DeclaredRange): void {
  const first = Math.min(...all.map(bars => bars.ts[0]))
  const last = Math.max(...all.map(bars => bars.ts[bars.ts.length - 1]))
  const slack = Math.max(stepMs, all[0].calendar === 'exchange' ? 5 * DAY_MS : DAY_MS)
  const covers = `the file covers ${isoInstant(first)} to ${isoInstant(last)}`
  const details = []
  if (range.from !== null && (first < range.from || first - range.from > slack)) {
    details.push({ pointer: '/params/from', message: `declared from ${isoInstant(range.from)}, but ${covers}` })
  }
  // Measured from midnight, so that a `to` meant as the day after the last passes.
  if (range.to !== null && range.until !== null && (last > range.to || range.until - last > slack)) {
    details.push({ pointer: '/params/to', message: `declared to ${isoInstant(range.to)}, but ${covers}` })
  }
  if (details.length > 0) {
    const hint = 'Correct from and to, or leave them out: coverage is taken from the data.'
    throw fail('DATA_ERROR', { message: `${file}: ${details[0].message}` }, { details, hint })
  }
}

function instantOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = parseInstant(text)
  if (ms !== null) return ms
  const message = `${name} ${JSON.stringify(text)} is no calendar date (YYYY-MM-DD) and no instant with Z or an offset`
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: `/params/${name}`, message }] })
}

function splitBySymbol(raw: RawBars, file: string, { interval, symbol }: Reading): SymbolRows[] {
  if (raw.symbols === null) {
    if (symbol === undefined) {
      const message = `${file} has no symbol column, so the symbol must be given`
      throw fail(
        'INVALID_CONFIG',
        { message },
        { details: [{ pointer: '/params/symbol', message: 'is required here' }] },
      )
    }
    return [{ bars: barsOf(raw, symbol, interval, null), rows: null }]
  }
  const { names, index } = raw.symbols
  refuseSymbols(names, index, file, symbol)
  if (names.length === 1) return [{ bars: barsOf(raw, names[0], interval, null), rows: null }]
  const counts = new Float64Array(names.length)
  for (let row = 0; row < index.length; row++) counts[index[row]]++
  const rows = Array.from(counts, count => new Float64Array(count))
  counts.fill(0)
  for (let row = 0; row < index.length; row++) rows[index[row]][counts[index[row]]++] = row
  return names
    .map((name, position) => ({ bars: barsOf(raw, name, interval, rows[position]), rows: rows[position] }))
    .sort((a, b) => (a.bars.symbol < b.bars.symbol ? -1 : 1))
}

function refuseSymbols(names: string[], index: ArrayLike<number>, file: string, symbol: string | undefined): void {
  for (let position = 0; position < names.length; position++) {
    const name = names[position]
    const fits = SYMBOL_PATTERN.test(name) && (symbol === undefined || name === symbol)
    if (fits) continue
    const row = Array.prototype.indexOf.call(index, position) + 1
    const message = SYMBOL_PATTERN.test(name)
      ? `the symbol is ${name}, but ${symbol} was given; leave symbol out to register all symbols of the file`
      : `${JSON.stringify(name.slice(0, 40))} is no symbol`
    throw fail(
      'DATA_ERROR',
      { message: `${file}, row ${row}: ${message}` },
      { details: [{ pointer: `row ${row}`, message }] },
    )
  }
}

/** One symbol's rows as columns of their own; NaN has one bit pattern and zero one sign, so that equal data hash equally. */
function barsOf(raw: RawBars, symbol: string, interval: string, rows: Float64Array | null): Bars {
  const take = (column: Float64Array | undefined): Float64Array | null => {
    if (column === undefined) return null
    const out = new Float64Array(rows?.length ?? column.length)
    for (let i = 0; i < out.length; i++) {
      const value = column[rows === null ? i : rows[i]]
      out[i] = Number.isNaN(value) ? Number.NaN : value + 0
    }
    return out
  }
  const { open, high, low, close, volume } = raw.values
  return {
    symbol,
    interval,
    calendar: 'crypto',
    ts: take(raw.ts) as Float64Array,
    open: take(open),
    high: take(high),
    low: take(low),
    close: take(close) as Float64Array,
    volume: take(volume),
  }
}

/**
 * The calendar that the data show: an exchange does not trade on weekends. To say that takes two weeks without a weekend bar
 * and bars of a day or less; anything else is taken as crypto.
 */
function calendarOf(parts: readonly SymbolRows[], interval: string): Calendar {
  if (intervalMs(interval) > DAY_MS) return 'crypto'
  let longest = 0
  for (const { bars } of parts) {
    const { ts } = bars
    longest = Math.max(longest, ts[ts.length - 1] - ts[0])
    for (let i = 0; i < ts.length; i++) {
      // 1970-01-01 was a Thursday: day 0 is the fifth of a week that starts on Sunday.
      const weekday = (((Math.floor(ts[i] / DAY_MS) + 4) % 7) + 7) % 7
      if (weekday === 0 || weekday === 6) return 'crypto'
    }
  }
  return longest >= 14 * DAY_MS ? 'exchange' : 'crypto'
}
