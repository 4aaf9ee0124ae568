/** Calendars of coverage: for each label the days of every month with the number of runs that cover them, as text and as a picture. */

import type { LabTable } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { isoDate } from '../base/time.ts'
import { COLOUR, svgDocument, svgText } from './charts-svg.ts'
import { type Markup, markup } from './page-markup.ts'

const DAY_MS = 86_400_000

/** Days covered under one label; `runs[i]` is the number of runs on the i-th day after `first` (epoch ms, midnight UTC). */
export interface Calendar {
  label: string
  first: number
  runs: Uint32Array
}

/**
 * Calendars out of a table of spans: columns dataset_id, from, to (exclusive) and runs, spans of one label not overlapping.
 * INVALID_CONFIG for a table of another shape, or of more than 200 years.
 */
export function calendarsOf(table: LabTable): Calendar[] {
  const at = ['dataset_id', 'from', 'to', 'runs'].map(name => table.columns.findIndex(column => column.name === name))
  if (at.includes(-1)) throw noCalendar(table, 'it needs the columns dataset_id, from, to and runs')
  const spans = new Map<string, [from: number, to: number, runs: number][]>()
  for (const row of table.rows) {
    const [label, from, to, runs] = at.map(index => row[index])
    const start = Date.parse(String(from))
    const end = Date.parse(String(to))
    if (!(start < end) || typeof runs !== 'number') throw noCalendar(table, 'it has a row that is no span of days')
    const list = spans.get(String(label)) ?? []
    list.push([start, end, runs])
    spans.set(String(label), list)
  }
  return [...spans].map(([label, list]) => {
    const first = midnight(Math.min(...list.map(([from]) => from)))
    const last = Math.max(...list.map(([, to]) => to))
    const days = Math.ceil((last - first) / DAY_MS)
    if (days > 200 * 366) throw noCalendar(table, 'it spans more than 200 years')
    const runs = new Uint32Array(days)
    for (const [from, to, count] of list) {
      const start = Math.floor((from - first) / DAY_MS)
      runs.fill(count, start, Math.ceil((to - first) / DAY_MS))
    }
    return { label, first, runs }
  })
}

const SHADES = ['·', '░', '▒', '▓', '█']

/** One line a month: its days as shades, and how many of them are covered. */
export function calendarLines(calendar: Calendar): string[] {
  const { runs, first } = calendar
  const most = maximum(runs)
  const lines: string[] = []
  const months = new Map<string, number[]>()
  for (let i = 0; i < runs.length; i++) {
    const month = isoDate(first + i * DAY_MS).slice(0, 7)
    const list = months.get(month) ?? []
    list.push(i)
    months.set(month, list)
  }
  for (const [month, days] of months) {
    const [year, number] = month.split('-').map(Number)
    const length = new Date(Date.UTC(year, number, 0)).getUTCDate()
    const shades = new Array<string>(length).fill(SHADES[0])
    let covered = 0
    for (const i of days) {
      shades[new Date(first + i * DAY_MS).getUTCDate() - 1] = SHADES[shadeOf(runs[i], most)]
      if (runs[i] > 0) covered++
    }
    lines.push(`${month}  ${shades.join('').padEnd(31)}  ${covered}/${length}`)
  }
  return lines
}

const PITCH = 13
const CELL = 11
const LEFT = 56
const TOP = 66
const ROW_HEIGHT = 7 * PITCH + 14
const FILLS = ['#edf0f3', '#c9dcf5', '#8db5ea', '#4c86d3', '#18468c']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The picture: a row of weeks for each year, one square a day, darker with more runs. */
export function calendarPicture(calendar: Calendar): Markup {
  const { first, runs, label } = calendar
  const most = maximum(runs)
  const start = new Date(first).getUTCFullYear()
  const years = new Date(first + (runs.length - 1) * DAY_MS).getUTCFullYear() - start + 1
  const size = { width: LEFT + 54 * PITCH + 20, height: TOP + years * ROW_HEIGHT + 30 }
  const squares: string[][] = FILLS.map(() => [])
  for (let year = start; year < start + years; year++) {
    const newYear = Date.UTC(year, 0, 1)
    const offset = (new Date(newYear).getUTCDay() + 6) % 7
    const days = (Date.UTC(year + 1, 0, 1) - newYear) / DAY_MS
    for (let day = 0; day < days; day++) {
      const count = runs[Math.round((newYear - first) / DAY_MS) + day] ?? 0
      const x = LEFT + Math.floor((day + offset) / 7) * PITCH
      const y = TOP + (year - start) * ROW_HEIGHT + ((day + offset) % 7) * PITCH
      squares[shadeOf(count, most)].push(`M${x} ${y}h${CELL}v${CELL}h-${CELL}z`)
    }
  }
  const covered = runs.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  const range = `${isoDate(first)} to ${isoDate(first + (runs.length - 1) * DAY_MS)}`
  const said = `${covered} of ${runs.length} days covered, ${range}, at most ${most} ${most === 1 ? 'run' : 'runs'} a day`
  const content = [
    svgText(28, 32, label, { size: 15, weight: 650, fill: COLOUR.ink }),
    svgText(28, 50, said, { size: 12 }),
    ...Array.from({ length: years }, (_, row) =>
      svgText(LEFT - 10, TOP + row * ROW_HEIGHT + 3.5 * PITCH + 3, String(start + row), { anchor: 'end' }),
    ),
    ...MONTHS.map((name, month) => {
      const day = (Date.UTC(start + years - 1, month, 15) - Date.UTC(start + years - 1, 0, 1)) / DAY_MS
      return svgText(LEFT + (day / 7) * PITCH, TOP + years * ROW_HEIGHT + 4, name, { anchor: 'middle' })
    }),
    ...squares.map((paths, shade) =>
      paths.length === 0 ? null : markup`<path d="${paths.join('')}" fill="${FILLS[shade]}"/>`,
    ),
  ]
  return svgDocument(
    size,
    label,
    said,
    content.filter(part => part !== null),
  )
}

/** 0 without runs, else 1 to 4 by quarters of the most. */
function shadeOf(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(1, Math.ceil((4 * count) / most))
}

function maximum(runs: Uint32Array): number {
  return runs.reduce((most, count) => Math.max(most, count), 0)
}

function midnight(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS
}

function noCalendar({ name }: LabTable, why: string): Error {
  return fail('INVALID_CONFIG', { message: `Block ${name} cannot be drawn as a calendar: ${why}.` })
}
