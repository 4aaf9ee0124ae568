/** Rules for price data: what is refused is refused with its rows, and what is missing is counted; nothing is repaired. */

import type { GatewayError } from '../base/errors.ts'
import { RowFaults } from '../base/row-faults.ts'
import type { Bars } from './bars.ts'
import { barsBetween, intervalMs, isoInstant, parseInterval } from './calendar.ts'

/** Holes in a series, seen from its interval; weekends of an exchange count, because nothing says that they are none. */
export interface Gaps {
  /** Places where bars are missing. */
  gaps: number
  /** Bars missing in all of them. */
  missing_bars: number
}

/** Where a row of the columns came from, for the faults: its number in the file, and its line in a text file. */
export interface RowOrigin {
  row: (index: number) => number
  line: (index: number) => number | undefined
}

/**
 * Check one symbol's bars; null or the DATA_ERROR that lists the first twenty faults with their rows and counts all.
 * Refused: timestamps that are absent, not whole milliseconds, repeated or going back; prices that are absent, not finite or
 * not above zero; high below low; open or close outside [low, high]; negative or infinite volume (NaN is unknown, and passes).
 */
export function barFaults(bars: Bars, name: string, origin: RowOrigin = FIRST_ROW_IS_ONE): GatewayError | null {
  const faults = new RowFaults()
  for (let i = 0; i < bars.ts.length; i++) {
    const fault = timeFault(bars.ts, i) ?? priceFault(bars, i) ?? rangeFault(bars, i) ?? volumeFault(bars, i)
    if (fault !== null) faults.add(origin.row(i), fault, origin.line(i))
  }
  return faults.error(name, 'Data is never repaired: correct the file at its source and register it under a new id.')
}

/** Count the gaps of ascending timestamps (epoch ms) by the interval; months by the calendar. */
export function gapsOf(ts: Float64Array, interval: string): Gaps {
  const step = parseInterval(interval)
  const result: Gaps = { gaps: 0, missing_bars: 0 }
  for (let i = 1; i < ts.length; i++) {
    const missing = barsBetween(ts[i - 1], ts[i], step)
    if (missing === 0) continue
    result.gaps++
    result.missing_bars += missing
  }
  return result
}

/**
 * What the usual distance of the bars says against the declared interval, or null: bars that mostly stand closer than the
 * interval are not of that interval (a day may be short by an hour where clocks change, and a month by three days).
 */
export function intervalFault(ts: Float64Array, interval: string): string | null {
  if (ts.length < 3) return null
  const steps = new Float64Array(ts.length - 1)
  for (let i = 1; i < ts.length; i++) steps[i - 1] = ts[i] - ts[i - 1]
  steps.sort()
  const usual = steps[steps.length >> 1]
  return usual < 0.9 * intervalMs(interval)
    ? `the bars are ${usual / 1000} seconds apart, closer than the interval ${interval} says`
    : null
}

const FIRST_ROW_IS_ONE: RowOrigin = { row: index => index + 1, line: () => undefined }

/** First and last instant that has an ISO form of four digits. */
const FIRST_TIME = -62_135_596_800_000
const LAST_TIME = 253_402_300_799_999

function timeFault(ts: Float64Array, i: number): string | null {
  const time = ts[i]
  if (Number.isNaN(time)) return 'the timestamp is missing'
  if (!(time >= FIRST_TIME && time <= LAST_TIME)) return `the timestamp ${time} ms is outside the years 1 to 9999`
  if (!Number.isInteger(time)) return `the timestamp ${time} ms is not a whole millisecond`
  if (i === 0 || time > ts[i - 1] || Number.isNaN(ts[i - 1])) return null
  return time === ts[i - 1]
    ? `the timestamp ${isoInstant(time)} repeats the one before`
    : `the timestamp ${isoInstant(time)} is out of order: the one before is later`
}

const PRICES = ['open', 'high', 'low', 'close'] as const

function priceFault(bars: Bars, i: number): string | null {
  for (const name of PRICES) {
    const price = bars[name]?.[i]
    if (price === undefined || (price > 0 && price < Number.POSITIVE_INFINITY)) continue
    if (Number.isNaN(price)) return `${name} is missing`
    return price > 0 ? `${name} is infinite` : `${name} ${price} is not above zero`
  }
  return null
}

function rangeFault({ open, high, low, close }: Bars, i: number): string | null {
  if (high && low && high[i] < low[i]) return `high ${high[i]} is below low ${low[i]}`
  if (open && high && open[i] > high[i]) return `open ${open[i]} is above high ${high[i]}`
  if (open && low && open[i] < low[i]) return `open ${open[i]} is below low ${low[i]}`
  if (high && close[i] > high[i]) return `close ${close[i]} is above high ${high[i]}`
  if (low && close[i] < low[i]) return `close ${close[i]} is below low ${low[i]}`
  return null
}

function volumeFault({ volume }: Bars, i: number): string | null {
  const value = volume?.[i]
  if (value === undefined || Number.isNaN(value) || (value >= 0 && value < Number.POSITIVE_INFINITY)) return null
  return `volume ${value} is not a finite number of zero or more`
}
