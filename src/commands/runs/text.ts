/** The published texts of the `runs` command, as a terminal shows them. */

import type { RunsIndexRow } from '../../../contracts/types.ts'
import { RUN_FIELDS } from '../../artifacts/run-reader.ts'
import type { RunMetric } from '../../artifacts/runs-index-text.ts'
import { printable } from '../../base/markdown.ts'

type RowCell = string | number | null

/** The table of `runs list`; `total` counts the runs of every page, `dir` is the directory as the caller named it. */
export function listText(dir: string, total: number, rows: readonly RunsIndexRow[], metric: RunMetric): string {
  const head = `\nRuns in: ${printable(dir)}\nTotal: ${total} run(s) found\n\n`
  if (total === 0) return `${head}  No valid run directories found.\n`
  const names = [
    'run_id',
    'mode',
    'ticker',
    'created_at',
    metric,
    ...(metric === 'trades' ? [] : (['trades'] as const)),
  ] as const
  const cells = rows.map(row => names.map(name => shown(row[name], '')))
  const widths = names.map((name, column) =>
    cells.reduce((width, row) => Math.max(width, row[column].length), name.length),
  )
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ')
  const rule = '-'.repeat(line(names).length)
  return `${head}${[line(names), rule, ...cells.map(line)].join('\n')}\n\n`
}

/** The fields of one run; `name` and `path` as the caller named it. */
export function showText(name: string, row: RunsIndexRow, path: string): string {
  const lines = RUN_FIELDS.map(field => `  ${field.padEnd(20)}: ${shown(field === 'path' ? path : row[field], 'None')}`)
  return `\nRun: ${printable(name)}\n\n${lines.join('\n')}\n`
}

/** The answer of `runs best`. */
export function bestText(metric: RunMetric, row: RunsIndexRow, path: string): string {
  const fields: [string, RowCell][] = [
    ['run_id', row.run_id],
    [metric, row[metric]],
    ['path', path],
  ]
  const lines = fields.map(([name, value]) => `  ${name.padEnd(8)}: ${shown(value, 'None')}`)
  return `\nBest run by '${metric}':\n${lines.join('\n')}\n`
}

/** Where `runs compare` wrote its report. */
export function compareText(json: string, md: string): string {
  return `Comparison report written:\n  JSON: ${printable(json)}\n  MD  : ${printable(md)}\n`
}

function shown(value: RowCell, missing: string): string {
  if (value === null) return missing
  return typeof value === 'number' ? floatText(value) : printable(value)
}

/** The shortest text of a double as the published tables print it: `8.0`, `1e-05`, `1e+16`. */
function floatText(value: number): string {
  const [digits, exponent] = value.toExponential().split('e')
  const power = Number(exponent)
  if (value !== 0 && (power < -4 || power >= 16)) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
