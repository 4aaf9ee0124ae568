/** The columns of a caller's price file: which is which by name, and what a cell of its time column means. */

import { fail } from '../base/errors.ts'
import { isIsoDate, parseInstant } from '../market/calendar.ts'

/** Columns that are kept, in the order in which they are stored and hashed. */
export const VALUE_COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const
export type ValueColumn = (typeof VALUE_COLUMNS)[number]

const TIME_NAMES = ['ts', 'timestamp', 'date']

/** A file's columns by their role, as positions in its header. */
export interface ColumnPlan {
  time: number
  symbol: number | null
  values: { name: ValueColumn; at: number }[]
  /** Names of the columns that are left out. */
  ignored: string[]
}

/** Bars of one or several symbols in file order, before any check. All columns have one length. */
export interface RawBars {
  /** Epoch ms; NaN where the file has none. */
  ts: Float64Array
  values: Partial<Record<ValueColumn, Float64Array>>
  /** Symbol of each row as a position in `names`; null where the file has no symbol column. */
  symbols: { names: string[]; index: ArrayLike<number> } | null
  /** Line of each row in a text file, from 1; null for Parquet. */
  lines: ArrayLike<number> | null
  ignored: string[]
}

/** Find the columns by name in any order and case. DATA_ERROR for no or two time columns, no close, and a name given twice. */
export function planColumns(header: readonly string[], file: string): ColumnPlan {
  const names = header.map(name => name.trim().toLowerCase())
  const listed = `it has ${header.join(', ')}`
  const times = names.flatMap((name, at) => (TIME_NAMES.includes(name) ? [at] : []))
  if (times.length === 0) throw refused(`${file} has no time column (ts, timestamp or date); ${listed}`)
  if (times.length > 1) {
    throw refused(`${file} has more than one time column (${times.map(at => header[at]).join(', ')}); keep one`)
  }
  const values = VALUE_COLUMNS.flatMap(name => {
    const at = names.indexOf(name)
    if (at !== names.lastIndexOf(name)) throw refused(`${file} has more than one column ${name}; keep one`)
    return at < 0 ? [] : [{ name, at }]
  })
  if (!names.includes('close')) throw refused(`${file} has no column close; ${listed}`)
  const symbol = names.indexOf('symbol')
  const used = [times[0], symbol, ...values.map(({ at }) => at)]
  return {
    time: times[0],
    symbol: symbol < 0 ? null : symbol,
    values,
    ignored: header.filter((_, at) => !used.includes(at)),
  }
}

type TimeForm = 'ISO dates' | 'ISO instants' | 'epoch seconds' | 'epoch milliseconds'

/** Reads the cells of one time column; the first decides the form, and every other must have the same. */
export class TimeCells {
  #form: TimeForm | null = null

  /** Epoch ms, or why the text is refused. */
  read(text: string): number | string {
    const cell = timeOf(text)
    if (typeof cell === 'string') return cell
    this.#form ??= cell.form
    return cell.form === this.#form
      ? cell.ms
      : `${quoted(text)} is of another form than the rows before (${this.#form})`
  }
}

function timeOf(text: string): { form: TimeForm; ms: number } | string {
  if (/^\d+$/.test(text)) return epochOf(text)
  const ms = parseInstant(text)
  if (ms !== null) return { form: isIsoDate(text) ? 'ISO dates' : 'ISO instants', ms }
  if (text === '') return 'the timestamp is missing'
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text)) {
    return `${quoted(text)} has no time zone; end it with Z or an offset`
  }
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/.test(text)) {
    return `${quoted(text)} leaves open which is the day and which the month; write YYYY-MM-DD`
  }
  return `${quoted(text)} is no ISO date, no ISO instant and no whole epoch seconds or milliseconds`
}

/** Seconds and milliseconds are told apart by size: from March 1973 until the year 5138 their ranges do not meet. */
function epochOf(text: string): { form: TimeForm; ms: number } | string {
  const value = Number(text)
  if (value < 1e8) return `${quoted(text)} may be a date without hyphens or an early epoch; write YYYY-MM-DD`
  if (value < 1e11) return { form: 'epoch seconds', ms: value * 1000 }
  if (value < 1e14) return { form: 'epoch milliseconds', ms: value }
  return `${quoted(text)} is too large for epoch milliseconds; microseconds and nanoseconds are not read`
}

/** A cell as it is shown in a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

function refused(message: string): Error {
  return fail(
    'DATA_ERROR',
    { message },
    {
      hint: 'Needed are ts (or timestamp, or date) and close; open, high, low, volume and symbol are read where present.',
    },
  )
}
