/** Calendar: bar intervals, UTC instants and every annualisation constant. */

import { fail } from '../base/errors.ts'
import type { Calendar } from './bars.ts'

export { isoDate, isoInstant } from '../base/time.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS

/** Trading days a year and hours a session of an exchange: the conventions of United States equities. */
const EXCHANGE_DAYS = 252
const EXCHANGE_SESSION_MS = 6.5 * HOUR_MS
const CRYPTO_DAYS = 365
const MONTHS = 12

export interface Interval {
  count: number
  /** m minutes, h hours, d days, w weeks, M calendar months. */
  unit: 'm' | 'h' | 'd' | 'w' | 'M'
}

/** `1d`, `4h`, `5m`, `1w`, `1M` → count and unit; INVALID_CONFIG for anything else (`M` is months, `m` minutes). */
export function parseInterval(interval: string): Interval {
  const match = /^([1-9]\d{0,3})([mhdwM])$/.exec(interval)
  if (match === null) {
    throw fail('INVALID_CONFIG', {
      message: `Interval ${JSON.stringify(interval)} is none of 5m, 1h, 4h, 1d, 1w, 1M …`,
    })
  }
  return { count: Number(match[1]), unit: match[2] as Interval['unit'] }
}

/** Length of a bar in milliseconds; for months, which differ, a twelfth of 365 days. INVALID_CONFIG for a malformed interval. */
export function intervalMs(interval: string): number {
  const { count, unit } = parseInterval(interval)
  return count * UNIT_MS[unit]
}

const UNIT_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: WEEK_MS, M: (CRYPTO_DAYS * DAY_MS) / MONTHS }

/** True where two intervals are the same length, e.g. `60m` and `1h`. */
export function sameInterval(a: string, b: string): boolean {
  return a === b || intervalMs(a) === intervalMs(b)
}

/**
 * Bars in a year, for annualising. crypto: 365 days of 24 hours. exchange: 252 days, 52 weeks; within a day 252 sessions of
 * 6.5 hours, and never less than one bar a session. Months: 12 a year in both.
 */
export function barsPerYear(interval: string, calendar: Calendar): number {
  const { count, unit } = parseInterval(interval)
  if (unit === 'M') return MONTHS / count
  const ms = count * UNIT_MS[unit]
  if (calendar === 'crypto') return (CRYPTO_DAYS * DAY_MS) / ms
  if (unit === 'w') return 52 / count
  if (ms >= DAY_MS) return (EXCHANGE_DAYS * DAY_MS) / ms
  return EXCHANGE_DAYS * Math.max(1, EXCHANGE_SESSION_MS / ms)
}

/** Bars that a regular series would have between two bars, 0 for neighbours; the nearest whole number where stamps jitter. */
export function barsBetween(earlierMs: number, laterMs: number, interval: Interval): number {
  const steps =
    interval.unit === 'M' ? monthsBetween(earlierMs, laterMs) : (laterMs - earlierMs) / UNIT_MS[interval.unit]
  return Math.max(0, Math.round(steps / interval.count) - 1)
}

/** Months count by calendar: stamps at a month's end and at its start are both one step apart. */
function monthsBetween(earlierMs: number, laterMs: number): number {
  const earlier = new Date(earlierMs)
  const later = new Date(laterMs)
  return (later.getUTCFullYear() - earlier.getUTCFullYear()) * MONTHS + later.getUTCMonth() - earlier.getUTCMonth()
}

const DATE = String.raw`(\d{4})-(\d{2})-(\d{2})`
const ISO_DATE = new RegExp(`^${DATE}$`)
const ISO_INSTANT = new RegExp(`^${DATE}[T ](\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?(Z|[+-]\\d{2}:?\\d{2})$`)

/**
 * Epoch ms of an ISO date (UTC midnight) or an ISO instant with `Z` or an offset; null for anything else: a wall-clock time
 * without a zone, a day that does not exist, a leap second, parts of a millisecond.
 */
export function parseInstant(text: string): number | null {
  const date = ISO_DATE.exec(text)
  if (date !== null) return dayStart(date)
  const match = ISO_INSTANT.exec(text)
  if (match === null) return null
  const day = dayStart(match)
  const time = timeOfDay(match[4], match[5], match[6] ?? '00', match[7] ?? '')
  const offset = offsetMs(match[8])
  return day === null || time === null || offset === null ? null : day + time - offset
}

/** True for a text that is an ISO date without a time. */
export function isIsoDate(text: string): boolean {
  return ISO_DATE.test(text) && parseInstant(text) !== null
}

function dayStart(match: RegExpExecArray): number | null {
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  // setUTCFullYear, because Date.UTC reads the years 0–99 as 1900–1999.
  const ms = new Date(0).setUTCFullYear(year, month - 1, day)
  const date = new Date(ms)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : null
}

function timeOfDay(hours: string, minutes: string, seconds: string, fraction: string): number | null {
  if (hours > '23' || minutes > '59' || seconds > '59' || /[1-9]/.test(fraction.slice(3))) return null
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1000 + ms
}

function offsetMs(zone: string): number | null {
  if (zone === 'Z') return 0
  const hours = zone.slice(1, 3)
  const minutes = zone.slice(-2)
  if (hours > '23' || minutes > '59') return null
  const ms = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS
  return zone[0] === '-' ? -ms : ms
}
