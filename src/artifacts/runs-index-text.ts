/** The three forms of the runs index: CSV, JSON and Markdown; rows keep their text, so that one more run costs one more row. */

import type { CompareReport, RunsIndexRow } from '../../contracts/types.ts'
import { codeSpan, generalNumber, markdownTable, markdownText } from '../base/markdown.ts'
import { csvCell } from '../base/table.ts'
import { CONTRACT_VERSION } from '../base/version.ts'
import { RUN_FIELDS } from './run-reader.ts'

/** One row with its texts, each made when it is first needed. */
export interface IndexEntry {
  row: RunsIndexRow
  json?: string
  csv?: string
  markdown?: string
}

/** What stands above the rows. */
export interface IndexHead {
  generated_at: string
  root_dir: string
}

/** Columns of the Markdown tables. */
export const SHOWN_FIELDS = [
  'run_id',
  'mode',
  'created_at',
  'sharpe_simple',
  'total_return',
  'max_drawdown',
  'trades',
  'path',
] as const satisfies readonly (keyof RunsIndexRow)[]

/** A number of an index row that runs can be ranked by. */
export type RunMetric = CompareReport['sort_by']

/** How Markdown tables print a missing value: the published word. */
export const MISSING = 'nan'

/** runs_index.json: valid JSON with one row on a line. */
export function indexJson(head: IndexHead, entries: readonly IndexEntry[]): string {
  const start = { schema_version: CONTRACT_VERSION, ...head, n_runs: entries.length }
  const rows = entries.map(entry => {
    entry.json ??= `    ${JSON.stringify(entry.row)}`
    return entry.json
  })
  const list = rows.length === 0 ? '[]' : `[\n${rows.join(',\n')}\n  ]`
  return `${JSON.stringify(start, null, 2).slice(0, -2)},\n  "runs": ${list}\n}\n`
}

/** runs_index.csv: the fields of a row as columns, nothing in a cell where a value is null. */
export function indexCsv(entries: readonly IndexEntry[]): string {
  const lines = entries.map(entry => {
    entry.csv ??= RUN_FIELDS.map(name => csvCell(inert(entry.row[name]))).join(',')
    return entry.csv
  })
  return `${[RUN_FIELDS.join(','), ...lines].join('\n')}\n`
}

/** Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. */
export function inert(value: string | number | null): string | number | null {
  return typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
}

/** Above the rows of the last Markdown table, and the rows that give its columns their widths. */
interface Frame {
  lines: string[]
  probes: RunsIndexRow[]
}

/** runs_index.md. Keeps the frame of its table: while new rows fit it, rows already drawn stay as they are. */
export class IndexMarkdown {
  #frame: Frame | undefined

  text(head: IndexHead, entries: readonly IndexEntry[]): string {
    const parts = [
      '# Runs Index',
      '',
      '## Summary',
      '',
      `- **Root directory:** ${codeSpan(head.root_dir)}`,
      `- **Generated at:** ${head.generated_at}`,
      `- **Total runs found:** ${entries.length}`,
      '',
      '## Runs',
      '',
      entries.length === 0 ? '_No valid run directories found._' : this.#table(entries),
    ]
    return `${parts.join('\n')}\n`
  }

  #table(entries: readonly IndexEntry[]): string {
    if (!this.#drawNew(entries.filter(entry => entry.markdown === undefined))) return this.#drawAll(entries).join('\n')
    return [...this.#frame!.lines.slice(0, 2), ...entries.map(entry => entry.markdown)].join('\n')
  }

  /** Draw rows below the probes; false when the columns came out otherwise than before. */
  #drawNew(added: readonly IndexEntry[]): boolean {
    if (this.#frame === undefined) return false
    const { lines, probes } = this.#frame
    const drawn = tableLines([...probes, ...added.map(entry => entry.row)])
    if (lines.some((line, index) => line !== drawn[index])) return false
    for (const [index, entry] of added.entries()) entry.markdown = drawn[lines.length + index]
    return true
  }

  #drawAll(entries: readonly IndexEntry[]): string[] {
    const drawn = tableLines(entries.map(entry => entry.row))
    for (const [index, entry] of entries.entries()) entry.markdown = drawn[2 + index]
    const probes = probesOf(entries.map(entry => entry.row))
    const lines = tableLines(probes)
    // Were the probes ever not the widest, the next row would draw everything again: slower, never crooked.
    this.#frame = lines[0] === drawn[0] && lines[1] === drawn[1] ? { lines, probes } : undefined
    return drawn
  }
}

function tableLines(rows: readonly RunsIndexRow[]): string[] {
  return markdownTable(SHOWN_FIELDS, rows as unknown as Record<string, unknown>[], MISSING).split('\n')
}

/** For each column a row with its longest value, before and after the decimal point: they alone draw the same columns. */
function probesOf(rows: readonly RunsIndexRow[]): RunsIndexRow[] {
  const probes = new Set<RunsIndexRow>()
  for (const name of SHOWN_FIELDS) {
    for (const part of [0, 1]) {
      let longest = rows[0]
      for (const row of rows) if (lengthOf(row[name], part) > lengthOf(longest[name], part)) longest = row
      probes.add(longest)
    }
  }
  return [...probes]
}

/** Characters before (0) or behind (1) the place a number column is aligned on. */
function lengthOf(value: string | number | null, part: number): number {
  const text = typeof value === 'number' ? generalNumber(value) : markdownText(value ?? MISSING)
  const point = typeof value !== 'number' ? -1 : text.includes('.') ? text.indexOf('.') : text.indexOf('e')
  const whole = point < 0 ? text.length : point
  return part === 0 ? whole : text.length - whole
}
