/** `Table`: named columns in order, and their CSV form with a fixed number format. */

export type Cell = number | string | boolean | null | undefined
export type Column = Float64Array | readonly Cell[]

/** Named columns of equal length, in file order. */
export interface Table {
  columns: Record<string, Column>
  rows: number
}

/** Build a table from row objects; the columns are `names`, a missing value is null. */
export function tableOf(names: readonly string[], rows: readonly Record<string, Cell>[]): Table {
  const columns: Record<string, Column> = {}
  for (const name of names) columns[name] = rows.map(row => row[name] ?? null)
  return { columns, rows: rows.length }
}

/** CSV text of a table: `\n` line ends, shortest round-trip numbers, empty cell for null, NaN and infinities. */
export function csvText(table: Table): string {
  const names = Object.keys(table.columns)
  const lines = [names.map(csvCell).join(',')]
  for (let row = 0; row < table.rows; row++) {
    lines.push(names.map(name => csvCell(table.columns[name][row])).join(','))
  }
  return lines.join('\n') + '\n'
}

/** One CSV cell; text with a separator, quote or line end is quoted. */
export function csvCell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
