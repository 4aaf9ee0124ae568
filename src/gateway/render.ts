/** Answers of flag calls as a person or a spreadsheet reads them: the published text where there is one, else a plain table. */

import { printable } from '../base/markdown.ts'
import { type Cell, csvText, type Table } from '../base/table.ts'
import type { Format } from './argv.ts'
import type { Handled } from './dispatch.ts'

/** Text for standard output of a successful flag call. */
export function renderOutcome({ answer, outcome }: Handled, format: Format): string {
  if (format === 'json') return `${JSON.stringify(bodyOf(answer), null, 2)}\n`
  if (outcome?.textIsJson && outcome.text !== undefined) return outcome.text().replace(/\n?$/, '\n')
  const table = outcome?.table?.()
  if (format === 'csv') return csvText(table ?? keyValues(bodyOf(answer)))
  if (outcome?.text !== undefined) return outcome.text().replace(/\n?$/, '\n')
  return alignedText(table ?? keyValues(bodyOf(answer)))
}

/** The result alone, or for run-producing commands their fields. */
function bodyOf(answer: Record<string, unknown>): Record<string, unknown> {
  if (typeof answer['result'] === 'object' && answer['result'] !== null)
    return answer['result'] as Record<string, unknown>
  const {
    schema_version: _,
    request_id: __,
    command: ___,
    status: ____,
    exit_code: _____,
    duration_ms: ______,
    ...fields
  } = answer
  return fields
}

/** Nested values become dotted keys; lists become JSON text. */
function keyValues(value: Record<string, unknown>): Table {
  const keys: string[] = []
  const values: Cell[] = []
  const walk = (prefix: string, item: unknown): void => {
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
      for (const [key, inner] of Object.entries(item)) walk(prefix === '' ? key : `${prefix}.${key}`, inner)
      return
    }
    keys.push(prefix)
    values.push(Array.isArray(item) ? JSON.stringify(item) : (item as Cell))
  }
  walk('', value)
  return { columns: { key: keys, value: values }, rows: keys.length }
}

function alignedText(table: Table): string {
  const names = Object.keys(table.columns)
  const rows = Array.from({ length: table.rows }, (_, row) =>
    names.map(name => printable(String(table.columns[name][row] ?? ''))),
  )
  const widths = names.map((name, column) => Math.max(name.length, ...rows.map(row => row[column].length)))
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd()
  return `${[line(names), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n')}\n`
}
