/** The unit of funding rates, told from their size: also a source that turns to percent in the middle of its history is noticed. */

import type { GatewayError } from '../base/errors.ts'
import { fail } from '../base/errors.ts'
import { median } from '../base/stats.ts'
import { DAY_MS, isoDate } from '../market/calendar.ts'
import type { LongRows } from './panel-source.ts'

/** |median| of all rates above which they are percent: 0.001 per 8 hours is 110 % a year, held by half of all rows. */
const LIMIT = 1e-3

/**
 * Limits of the daily medians' median over so many days: the shorter the window, the higher a true market can drive it.
 * A rate of 0.01 % per 8 hours, which exchanges charge in a calm market, is 0.01 in percent and breaks each.
 */
const WINDOWS = [
  { days: 30, limit: LIMIT },
  { days: 7, limit: 2e-3 },
  { days: 1, limit: 5e-3 },
]
/** A single day speaks for the unit only with so many rates. */
const DAY_ROWS = 5

/** Null, or the DATA_ERROR that says from which day on the rates are percent. Rates are ratios per 8 hours; NaN is absent. */
export function unitFault({ file, date, value }: LongRows): GatewayError | null {
  const days = dailyMedians(date, value)
  for (const { days: length, limit } of WINDOWS) {
    const at = days.findIndex((_, i) => Math.abs(windowMedian(days, i, length)) > limit)
    if (at < 0) continue
    const found = windowMedian(days, at, length)
    const upTo = length === 1 ? `on ${isoDate(days[at].date)}` : `of the ${length} days to ${isoDate(days[at].date)}`
    return drift(file, `the median rate ${upTo} is ${found}, above ${limit} per 8 hours`)
  }
  const all = median(value.filter(rate => !Number.isNaN(rate)))
  return Math.abs(all) > LIMIT ? drift(file, `the median of all rates is ${all}, above ${LIMIT} per 8 hours`) : null
}

interface Day {
  date: number
  median: number
  rows: number
}

function dailyMedians(date: Float64Array, value: Float64Array): Day[] {
  const byDay = new Map<number, number[]>()
  for (let row = 0; row < date.length; row++) {
    if (Number.isNaN(value[row])) continue
    const rates = byDay.get(date[row])
    if (rates === undefined) byDay.set(date[row], [value[row]])
    else rates.push(value[row])
  }
  return [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([day, rates]) => ({ date: day, median: median(rates), rows: rates.length }))
}

/** Median of the daily medians of the `length` calendar days up to day i; NaN where less than half of them have rates. */
function windowMedian(days: readonly Day[], i: number, length: number): number {
  if (length === 1) return days[i].rows >= DAY_ROWS ? days[i].median : Number.NaN
  let first = i
  while (first > 0 && days[i].date - days[first - 1].date < length * DAY_MS) first--
  if (i - first + 1 < length / 2) return Number.NaN
  return median(days.slice(first, i + 1).map(day => day.median))
}

function drift(file: string, message: string): GatewayError {
  return fail(
    'DATA_ERROR',
    { message: `${file}: ${message}: these rates are percent, or another unit than a ratio per 8 hours` },
    { details: [{ pointer: file, message }], hint: 'Divide percent by 100 (0.01 % is 0.0001) over the whole table.' },
  )
}
