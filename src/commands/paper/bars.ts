/** Lines of a feed → bars that may be traded on: read, checked as the lake checks, put in order; everything else is counted. */

import type { RejectedBars } from '../../../contracts/types.ts'
import { type JournalBar, NOTHING_REJECTED, type RejectedLine } from '../../artifacts/paper-journal.ts'
import { printable } from '../../base/markdown.ts'
import { quoted } from '../../lake/columns.ts'
import { type Bars, type Calendar, firstBarAt } from '../../market/bars.ts'
import { DAY_MS, intervalMs, isoInstant } from '../../market/calendar.ts'
import { barFaults, gapsOf, intervalFault } from '../../market/validate.ts'
import type { FeedLine } from './feed.ts'
import { LineReader, PRICES, type Price, type ReadBar } from './lines.ts'

/** What a live session accepts. */
export interface FeedRules {
  symbol: string
  interval: string
  calendar: Calendar
  /** Window [start, end), epoch ms; infinite where none was asked for. */
  start: number
  end: number
  /** Wall clock, epoch ms: no bar can have opened after it. */
  now(): number
}

/** One line that says something. */
export type FeedEvent = { bar: JournalBar } | { rejected: RejectedLine }

/** What a batch of lines brought. */
export interface Batch {
  /** In the order of the feed. */
  events: FeedEvent[]
  /** True where the end of the window was reached: the session is over behind these bars. */
  ended: boolean
}

/**
 * The bars of one session so far, and the judge of what comes next. The first bar decides which columns there are. A bar is
 * rejected as a duplicate where its time was processed; out of order where one later bar was processed before it, late where several were.
 */
export class SessionBars {
  readonly #rules: FeedRules
  #reader = new LineReader()
  #columns: Record<Price | 'ts', Float64Array>
  #present: readonly Price[] | null = null
  #count = 0
  #rejected: RejectedBars = { ...NOTHING_REJECTED }

  constructor(rules: FeedRules) {
    this.#rules = rules
    this.#columns = columnsOf(1024)
  }

  /** All bars so far, as views: valid until the next bar comes. */
  get bars(): Bars {
    const { symbol, interval, calendar } = this.#rules
    const cut = (name: Price | 'ts') => this.#columns[name].subarray(0, this.#count)
    const optional = (name: Price) => (this.#present?.includes(name) === true ? cut(name) : null)
    return {
      symbol,
      interval,
      calendar,
      ts: cut('ts'),
      open: optional('open'),
      high: optional('high'),
      low: optional('low'),
      close: cut('close'),
      volume: optional('volume'),
    }
  }

  /** Bars of the journal of a session that is taken up again. */
  restore(bars: readonly JournalBar[]): void {
    for (const bar of bars) {
      this.#add(bar)
      this.#rejected = bar.rejected
    }
  }

  /** Judge lines in order. */
  take(lines: readonly FeedLine[]): Batch {
    const batch: Batch = { events: [], ended: false }
    for (const { text, end } of lines) {
      const read = this.#reader.read(text)
      if (read === null) continue
      const bar = typeof read === 'string' ? null : read
      const refusal = bar === null ? { kind: 'malformed' as const, message: String(read) } : this.#refusal(bar)
      if (refusal !== null) {
        batch.events.push({ rejected: this.#reject(refusal.kind, refusal.message, text, end) })
        continue
      }
      if (bar!.ts >= this.#rules.end) {
        batch.ended = true
        break
      }
      this.#add(bar!)
      batch.events.push({ bar: this.#journaled(bar!, end) })
    }
    return batch
  }

  /** The first lines of the feed where a resumed session goes on behind them: a CSV header is among them. */
  learnForm(lines: readonly FeedLine[]): void {
    this.#reader = new LineReader()
    for (const { text } of lines) this.#reader.read(text)
  }

  /** True for the line of the newest bar. */
  isNewest({ text }: FeedLine): boolean {
    const read = this.#reader.read(text)
    return typeof read === 'object' && read !== null && read.ts === this.#columns.ts[this.#count - 1]
  }

  /** The feed begins anew: its first line says again what form it has. */
  forgetForm(): void {
    this.#reader = new LineReader()
  }

  #refusal(bar: ReadBar): { kind: keyof RejectedBars; message: string } | null {
    const { symbol, start, interval, now } = this.#rules
    if (bar.symbol !== null && bar.symbol !== symbol) {
      return { kind: 'other_symbol', message: `the symbol is ${quoted(bar.symbol)}, not ${symbol}` }
    }
    const fault = this.#fault(bar)
    if (fault !== null) return { kind: 'malformed', message: fault }
    if (bar.ts > now() + intervalMs(interval)) {
      return { kind: 'malformed', message: `the bar opens at ${isoInstant(bar.ts)}, in the future` }
    }
    if (bar.ts < start) return { kind: 'before_start', message: `the bar is before ${isoInstant(start)}` }
    return this.#overtaken(bar.ts)
  }

  #overtaken(ts: number): { kind: keyof RejectedBars; message: string } | null {
    const known = this.#columns.ts.subarray(0, this.#count)
    const place = firstBarAt(known, ts)
    if (place === this.#count) return null
    if (known[place] === ts) return { kind: 'duplicate', message: `${isoInstant(ts)} was processed before` }
    const newest = isoInstant(known[this.#count - 1])
    const kind = place === this.#count - 1 ? 'out_of_order' : 'late'
    return { kind, message: `${isoInstant(ts)} comes after ${newest} was processed` }
  }

  /** The rules of the lake for one bar, and the columns that the session began with. */
  #fault(bar: ReadBar): string | null {
    const lacking = this.#present?.find(name => name !== 'volume' && bar[name] === null)
    if (lacking !== undefined) return `${lacking} is missing`
    const column = (name: Price) => (bar[name] === null ? null : Float64Array.of(bar[name]))
    const single: Bars = {
      ...this.#rules,
      ts: Float64Array.of(bar.ts),
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: Float64Array.of(bar.close ?? Number.NaN),
      volume: column('volume'),
    }
    return barFaults(single, 'feed')?.details[0].message ?? null
  }

  #reject(kind: keyof RejectedBars, message: string, text: string, offset: number): RejectedLine {
    // A new object, because the bars before hold the counts of their time.
    this.#rejected = { ...this.#rejected, [kind]: this.#rejected[kind] + 1 }
    return { offset, kind, message: printable(message), line: printable(text.slice(0, 200)) }
  }

  #add(bar: ReadBar | JournalBar): void {
    this.#present ??= PRICES.filter(name => name !== 'volume' && bar[name] !== null)
    // An unknown volume is written as nothing, so the column begins with the first that is known; a restored session has the same.
    if (!this.#present.includes('volume') && Number.isFinite(bar.volume ?? Number.NaN)) {
      this.#present = [...this.#present, 'volume']
    }
    if (this.#count === this.#columns.ts.length) {
      const larger = columnsOf(2 * this.#count)
      for (const name of ['ts', ...PRICES] as const) larger[name].set(this.#columns[name])
      this.#columns = larger
    }
    this.#columns.ts[this.#count] = bar.ts
    for (const name of PRICES) this.#columns[name][this.#count] = bar[name] ?? Number.NaN
    this.#count++
  }

  /** Columns that the session does not have stay out of the journal. */
  #journaled(bar: ReadBar, offset: number): JournalBar {
    const held = (name: Price) => (this.#present?.includes(name) ? finite(bar[name]) : null)
    return {
      ts: bar.ts,
      open: held('open'),
      high: held('high'),
      low: held('low'),
      close: bar.close!,
      volume: held('volume'),
      offset,
      rejected: this.#rejected,
    }
  }
}

/**
 * What the times of a feed say against its interval and calendar: both decide how its metrics are annualised. `calendar` is the one
 * asked for, null where none was and crypto is assumed.
 */
export function gridWarnings(ts: Float64Array, interval: string, calendar: Calendar | null): string[] {
  const fault = intervalFault(ts, interval)
  if (fault !== null) return [`The feed may be of another interval: ${fault}.`]
  const { gaps, missing_bars } = gapsOf(ts, interval)
  if (ts.length > 2 && gaps === ts.length - 1) {
    return [`No two bars of the feed are one interval (${interval}) apart: is the interval right?`]
  }
  // The nights and holidays of an exchange are no gaps.
  if (gaps === 0 || calendar === 'exchange') return []
  if (calendar === null && !tradesOnWeekends(ts, interval)) {
    return ['No bar of the feed falls on a weekend, and 365 days a year are assumed: is its calendar exchange?']
  }
  return [`The feed left out ${missing_bars} bars of ${interval} in ${gaps} places.`]
}

/** False for two weeks or more without a bar on a weekend. */
function tradesOnWeekends(ts: Float64Array, interval: string): boolean {
  if (intervalMs(interval) > DAY_MS || ts[ts.length - 1] - ts[0] < 14 * DAY_MS) return true
  // 1970-01-01 was a Thursday: day 0 is the fifth of a week that starts on Sunday.
  return ts.some(at => [0, 6].includes((((Math.floor(at / DAY_MS) + 4) % 7) + 7) % 7))
}

function columnsOf(rows: number): Record<Price | 'ts', Float64Array> {
  return Object.fromEntries(['ts', ...PRICES].map(name => [name, new Float64Array(rows)])) as Record<
    Price | 'ts',
    Float64Array
  >
}

function finite(value: number | null): number | null {
  return value === null || Number.isNaN(value) ? null : value
}
