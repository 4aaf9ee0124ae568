/**
 * The growing files of a live session. `bars.csv` is the truth: one line for each bar processed, with the place in the feed behind
 * it and the counts of rejected lines so far. All else follows from it, so after a kill it alone is read, and the others
 * are made anew.
 */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { RejectedBars } from '../../contracts/types.ts'
import { parseCsv, parseNumber } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { readTextIfPresent, replaceFile, storing } from '../base/files.ts'
import { csvCell } from '../base/table.ts'
import { isoInstant } from '../base/time.ts'

/** One bar as the journal keeps it; a price is null where the feed has no such column, the volume also where it is unknown. */
export interface JournalBar {
  /** Bar open, epoch ms. */
  ts: number
  open: number | null
  high: number | null
  low: number | null
  close: number
  volume: number | null
  /** Bytes of the feed up to and including the line of this bar. */
  offset: number
  /** Lines rejected so far. */
  rejected: RejectedBars
}

/** A line that was not traded on. */
export interface RejectedLine {
  /** Bytes of the feed up to and including it. */
  offset: number
  kind: keyof RejectedBars
  message: string
  line: string
}

/** What a feed has rejected before its first bar. */
export const NOTHING_REJECTED: RejectedBars = {
  duplicate: 0,
  out_of_order: 0,
  late: 0,
  malformed: 0,
  other_symbol: 0,
  before_start: 0,
}

const KINDS = Object.keys(NOTHING_REJECTED) as (keyof RejectedBars)[]
const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const
const BAR_COLUMNS = ['timestamp', ...PRICES, 'feed_offset', ...KINDS]
const REJECTED_COLUMNS = ['feed_offset', 'kind', 'message', 'line'] as const

/** rejected.csv ends here; the counts go on. */
const MAX_REJECTED_LINES = 10_000

const HEADERS = { bars: `${BAR_COLUMNS.join(',')}\n`, rejected: `${REJECTED_COLUMNS.join(',')}\n` }

type Name = 'bars' | 'rejected' | 'equity' | 'trades'

/** Open files of a running session. */
export class PaperJournal {
  readonly #files: Record<Name, number>
  readonly #folder: string
  #rejectedLines: number

  /** `rejectedLines` are in rejected.csv already. The four files must exist. */
  constructor(folder: string, rejectedLines: number) {
    this.#folder = folder
    this.#rejectedLines = rejectedLines
    const open = (name: Name) => storing(folder, () => openSync(join(folder, `${name}.csv`), 'a', 0o644))
    this.#files = { bars: open('bars'), rejected: open('rejected'), equity: open('equity'), trades: open('trades') }
  }

  bar(bar: JournalBar): void {
    this.#append('bars', barLine(bar))
  }

  rejected(line: RejectedLine): void {
    if (this.#rejectedLines >= MAX_REJECTED_LINES) return
    this.#rejectedLines++
    this.#append('rejected', rejectedLine(line))
  }

  /** Whole lines of equity.csv. */
  equity(lines: string): void {
    this.#append('equity', lines)
  }

  /** Whole lines of trades.csv. */
  trades(lines: string): void {
    this.#append('trades', lines)
  }

  /** Make the bars durable: a power cut then loses none of them. */
  sync(): void {
    storing(this.#folder, () => fsyncSync(this.#files.bars))
  }

  close(): void {
    for (const file of Object.values(this.#files)) closeSync(file)
  }

  #append(name: Name, text: string): void {
    storing(join(this.#folder, `${name}.csv`), () => {
      const bytes = Buffer.from(text)
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#files[name], bytes, done)
    })
  }
}

/** Create bars.csv and rejected.csv with nothing but their headers. */
export function startJournal(folder: string): void {
  for (const name of ['bars', 'rejected'] as const) replaceFile(join(folder, `${name}.csv`), HEADERS[name])
}

/** The bars of a journal, up to the last whole line. INTEGRITY_ERROR where it is damaged or holds fewer than `seen`. */
export function readJournal(folder: string, seen: number): JournalBar[] {
  const path = join(folder, 'bars.csv')
  const bars = readRows(path).map(cells => barOf(cells, path))
  if (bars.length < seen) throw damaged(path, `it holds ${bars.length} bars of ${seen}`)
  for (let i = 1; i < bars.length; i++) if (!(bars[i].ts > bars[i - 1].ts)) throw damaged(path, `bar ${i + 1}`)
  return bars
}

/**
 * The bars of a session that stopped anywhere. A torn last line is cut off; lines of rejected.csv from behind the last bar are cut
 * off too, because the feed will be read again from there. A session that was killed before its first bar may have no journal yet.
 * INTEGRITY_ERROR for damage that a kill cannot leave, such as fewer bars than `seen`, the number the status tells.
 */
export function reopenJournal(folder: string, seen: number): { bars: JournalBar[]; rejectedLines: number } {
  const path = join(folder, 'bars.csv')
  if (seen === 0 && readTextIfPresent(path) === null) startJournal(folder)
  const bars = readJournal(folder, seen)
  const counted = Object.values(bars.at(-1)?.rejected ?? NOTHING_REJECTED).reduce((sum, count) => sum + count, 0)
  const rejected = readRows(join(folder, 'rejected.csv'))
    .slice(0, counted)
    .map(([offset, kind, message, line]) => ({ offset: Number(offset), kind, message, line }) as RejectedLine)
  replaceFile(path, HEADERS.bars + bars.map(barLine).join(''))
  replaceFile(join(folder, 'rejected.csv'), HEADERS.rejected + rejected.map(rejectedLine).join(''))
  return { bars, rejectedLines: rejected.length }
}

function barLine(bar: JournalBar): string {
  const cells = [
    isoInstant(bar.ts),
    ...PRICES.map(name => csvCell(bar[name])),
    bar.offset,
    ...KINDS.map(kind => bar.rejected[kind]),
  ]
  return `${cells.join(',')}\n`
}

function rejectedLine(line: RejectedLine): string {
  return `${REJECTED_COLUMNS.map(name => csvCell(name === 'feed_offset' ? line.offset : line[name])).join(',')}\n`
}

function barOf(cells: readonly string[], path: string): JournalBar {
  const number = (at: number): number | null => {
    const value = parseNumber(cells[at])
    if (value === null) throw damaged(path, cells.join(','))
    return Number.isNaN(value) ? null : value
  }
  const [open, high, low, close, volume] = PRICES.map((_, index) => number(1 + index))
  const counts = KINDS.map((kind, index) => [kind, number(7 + index) ?? Number.NaN])
  const bar = { ts: Date.parse(cells[0]), open, high, low, close: close ?? Number.NaN, volume, offset: number(6) ?? 0 }
  if (!Number.isFinite(bar.ts) || !Number.isFinite(bar.close)) throw damaged(path, cells.join(','))
  return { ...bar, rejected: Object.fromEntries(counts) as unknown as RejectedBars }
}

/** Rows of a journal file up to the last whole line. */
function readRows(path: string): string[][] {
  const text = readTextIfPresent(path)
  if (text === null) throw damaged(path, 'the file is missing')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  try {
    return parseCsv(whole, path).rows
  } catch (error) {
    throw damaged(path, (error as Error).message)
  }
}

function damaged(path: string, what: string): Error {
  return fail(
    'INTEGRITY_ERROR',
    { message: `${path} is damaged: ${what}` },
    { hint: 'The session cannot be resumed; start a new one.' },
  )
}
