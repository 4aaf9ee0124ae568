/** UTC calendar text and time-axis ticks for pictures, the same in every time zone and locale. */

import { isoDate } from '../base/time.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A UTC date; `month` is 1…12. */
export interface CivilDate {
  year: number
  month: number
  day: number
}

/** One label of a time axis: `at` in epoch ms; `context` is the larger unit, given where it changes, else empty. */
export interface TimeTick {
  at: number
  label: string
  context: string
}

type Unit = 'time' | 'day' | 'month' | 'year'

/** Tick spacings, smallest first; `ms` is the typical length that decides whether the labels fit. */
const SPACINGS: readonly { unit: Unit; step: number; ms: number }[] = [
  ...[1, 5, 15, 30].map(n => ({ unit: 'time' as const, step: n * SECOND, ms: n * SECOND })),
  ...[1, 5, 10, 15, 30].map(n => ({ unit: 'time' as const, step: n * MINUTE, ms: n * MINUTE })),
  ...[1, 2, 3, 6, 12].map(n => ({ unit: 'time' as const, step: n * HOUR, ms: n * HOUR })),
  ...[1, 2, 7, 14].map(n => ({ unit: 'day' as const, step: n, ms: n * DAY })),
  ...[1, 2, 3, 6].map(n => ({ unit: 'month' as const, step: n, ms: n * 30.4375 * DAY })),
  ...[1, 2, 5, 10, 20, 50, 100].map(n => ({ unit: 'year' as const, step: n, ms: n * 365.25 * DAY })),
]

/** The UTC date of an instant in epoch ms. */
export function civilDate(epochMs: number): CivilDate {
  const instant = new Date(epochMs)
  return { year: instant.getUTCFullYear(), month: instant.getUTCMonth() + 1, day: instant.getUTCDate() }
}

/** ISO text of an instant in epoch ms, as short as it is exact: `2023-04-01`, `2023-04-01 06:30`, `2023-04-01 06:30:15`. */
export function utcText(epochMs: number): string {
  const clock = clockText(epochMs)
  return clock === '00:00' ? isoDate(epochMs) : `${isoDate(epochMs)} ${clock}`
}

/** `Jan` … `Dec` for month 1…12. */
export function monthName(month: number): string {
  return MONTHS[month - 1]
}

/** Round calendar ticks inside [from, to] (epoch ms), at most about `most` of them. */
export function timeTicks(from: number, to: number, most: number): TimeTick[] {
  const fitting = SPACINGS.find(spacing => (to - from) / spacing.ms <= most) ?? SPACINGS[SPACINGS.length - 1]
  const ticks: TimeTick[] = []
  let before = ''
  for (const at of instants(from, to, fitting.unit, fitting.step)) {
    const { label, context } = tickText(at, fitting.unit)
    ticks.push({ at, label, context: context === before ? '' : context })
    before = context
  }
  return ticks
}

function instants(from: number, to: number, unit: Unit, step: number): number[] {
  const found: number[] = []
  const add = (at: number) => {
    if (at >= from && at <= to) found.push(at)
  }
  if (unit === 'time') {
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) add(at)
  } else if (unit === 'day') {
    // Day 4 after the epoch (a Thursday) is a Monday: weekly ticks stand on Mondays.
    const anchor = step % 7 === 0 ? 4 : 0
    const first = Math.ceil((from / DAY - anchor) / step) * step + anchor
    for (let day = first; day * DAY <= to; day += step) add(day * DAY)
  } else {
    const start = civilDate(from)
    const monthStep = unit === 'year' ? step * 12 : step
    let month = Math.floor((start.year * 12 + start.month - 1) / monthStep) * monthStep
    for (; monthStart(month) <= to; month += monthStep) add(monthStart(month))
  }
  return found
}

/** Epoch ms of midnight UTC on the first day of a month counted from January of year 0. */
function monthStart(month: number): number {
  // Counted from 1970, because Date.UTC reads the years 0 to 99 as 1900 to 1999.
  return Date.UTC(1970, month - 1970 * 12, 1)
}

function tickText(at: number, unit: Unit): { label: string; context: string } {
  const { year, month, day } = civilDate(at)
  if (unit === 'time') return { label: clockText(at), context: utcText(Math.floor(at / DAY) * DAY) }
  if (unit === 'day') return { label: `${monthName(month)} ${day}`, context: String(year) }
  if (unit === 'month') return { label: monthName(month), context: String(year) }
  return { label: String(year), context: '' }
}

/** `HH:MM`, with seconds and milliseconds only where they are not zero. */
function clockText(epochMs: number): string {
  const ms = epochMs - Math.floor(epochMs / DAY) * DAY
  const minutes = `${two(Math.floor(ms / HOUR))}:${two(Math.floor((ms % HOUR) / MINUTE))}`
  const rest = Math.floor(ms % MINUTE)
  if (rest === 0) return minutes
  const seconds = `${minutes}:${two(Math.floor(rest / SECOND))}`
  return rest % SECOND === 0 ? seconds : `${seconds}.${String(rest % SECOND).padStart(3, '0')}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
