/** Alerts: calls of tokens by callers, as a checked dataset of one table. */

import { basename } from 'node:path'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { RowFaults } from '../base/row-faults.ts'
import { isoInstant } from '../market/calendar.ts'
import { ALERT_NUMBERS, ALERT_TEXTS, type AlertColumns, readAlertColumns } from './alerts-source.ts'
import { described } from './described.ts'
import { identity, type RegisterParams, refuseOtherContent } from './draft.ts'
import { declaredRange } from './import.ts'
import { ID_PATTERN, type Manifest, sealed } from './manifest.ts'
import type { SourceFile } from './panel-source.ts'
import { type Published, publishDataset } from './publication.ts'
import { storedTable, type TablesManifest, tablesHash } from './tables.ts'

export interface RegisteredAlerts extends Published<TablesManifest> {
  warnings: string[]
}

/** Register alerts from a CSV or Parquet file (absolute `path`). INVALID_CONFIG, DATA_ERROR and CONFLICT as for other kinds. */
export async function registerAlerts(
  root: string,
  params: RegisterParams & { path: string },
  { now }: { now: number },
): Promise<RegisteredAlerts> {
  checkParams(params)
  const { columns, source, ignored } = await readAlertColumns(params.path)
  const warnings = ignored.length > 0 ? [`Columns left out: ${ignored.join(', ')}`] : []
  return { ...published(root, params, columns, { file: source, ignored, now }), warnings }
}

/** Register alerts that were generated, by the rules of those that are read. */
export function registerAlertColumns(
  root: string,
  params: RegisterParams,
  columns: AlertColumns,
  { now }: { now: number },
): RegisteredAlerts {
  return { ...published(root, params, columns, { file: null, ignored: [], now }), warnings: [] }
}

interface Origin {
  file: SourceFile | null
  ignored: string[]
  now: number
}

function published(
  root: string,
  params: RegisterParams,
  columns: AlertColumns,
  origin: Origin,
): Published<TablesManifest> {
  const name = origin.file?.name ?? 'alerts'
  checkRows(columns, name)
  const order = Array.from(columns.ts, (_, row) => row).sort(
    (a, b) => columns.ts[a] - columns.ts[b] || (idOf(columns, a) < idOf(columns, b) ? -1 : 1),
  )
  const [from, to] = [columns.ts[order[0]], columns.ts[order[order.length - 1]]]
  checkDeclaredRange(params, name, from, to)
  const table: Record<string, Float64Array | (string | null)[]> = {
    ts: Float64Array.from(order, row => columns.ts[row]),
  }
  for (const text of ALERT_TEXTS) {
    const cells = columns.texts[text]
    if (cells !== undefined) table[text] = order.map(row => cells[row] || null)
  }
  for (const number of ALERT_NUMBERS) {
    const cells = columns.numbers[number]
    // NaN has one bit pattern, so that equal data hash equally.
    if (cells !== undefined)
      table[number] = Float64Array.from(order, row => (Number.isNaN(cells[row]) ? Number.NaN : cells[row]))
  }
  const types = { ts: 'timestamp', ...Object.fromEntries(ALERT_TEXTS.map(text => [text, 'text'])) } as const
  const { entry, bytes } = storedTable({
    name: 'alerts',
    table: { columns: table, rows: order.length },
    types,
    absent_rows: 0,
    from: isoInstant(from),
    to: isoInstant(to),
    file: origin.file,
  })
  const manifest = sealed({
    ...described(params, 'alerts', params.path === undefined ? 'generated' : basename(params.path), origin.now),
    interval: null,
    calendar: null,
    coverage: { from: entry.from, to: entry.to },
    columns: entry.columns,
    ignored_columns: origin.ignored,
    row_count: entry.rows,
    gap_count: 0,
    missing_bar_count: 0,
    symbols: [],
    content_hash: tablesHash([entry]),
    tables: [entry],
  } as Omit<TablesManifest, 'manifest_hash'>) as TablesManifest
  refuseOtherContent(manifest, params)
  const facts = (present: Manifest) => identity(present, params)
  return publishDataset(root, { manifest, files: [{ path: entry.path, bytes }], identity: facts })
}

function idOf({ texts }: AlertColumns, row: number): string {
  return texts.alert_id?.[row] ?? ''
}

/** Refused: no row; no id, or one given twice; no time; neither token nor symbol; a price or cap that is infinite or not above zero. */
function checkRows(columns: AlertColumns, name: string): void {
  if (columns.ts.length === 0) throw fail('DATA_ERROR', { message: `${name} has a header and no rows` })
  const faults = new RowFaults()
  const seen = new Map<string, number>()
  for (let row = 0; row < columns.ts.length; row++) {
    const id = idOf(columns, row)
    const add = (message: string) => faults.add(row + 1, message, columns.lines?.[row])
    if (id === '') add('alert_id is missing')
    else if (seen.has(id)) add(`alert_id ${id} stands twice, also in row ${seen.get(id)! + 1}`)
    else seen.set(id, row)
    if (!Number.isInteger(columns.ts[row])) add('the time is missing, or not a whole millisecond')
    if (!columns.texts.token?.[row] && !columns.texts.symbol?.[row]) add('neither token nor symbol is given')
    for (const number of ALERT_NUMBERS) {
      const value = columns.numbers[number]?.[row] ?? Number.NaN
      if (!Number.isNaN(value) && !(value > 0 && Number.isFinite(value)))
        add(`${number} ${value} is not a finite number above zero`)
    }
  }
  const error = faults.error(
    name,
    'Data is never repaired: correct the file at its source and register it under a new id.',
  )
  if (error !== null) throw error
}

/** No alert may lie outside declared bounds; a quiet time at either end is nothing to refuse. */
function checkDeclaredRange(params: RegisterParams, name: string, first: number, last: number): void {
  const range = declaredRange(params.from, params.to)
  const covers = `the alerts run from ${isoInstant(first)} to ${isoInstant(last)}`
  const details: ErrorDetail[] = []
  if (range.from !== null && first < range.from) {
    details.push({ pointer: '/params/from', message: `declared from ${isoInstant(range.from)}, but ${covers}` })
  }
  if (range.to !== null && last > range.to) {
    details.push({ pointer: '/params/to', message: `declared to ${isoInstant(range.to)}, but ${covers}` })
  }
  if (details.length > 0) throw fail('DATA_ERROR', { message: `${name}: ${details[0].message}` }, { details })
}

function checkParams(params: RegisterParams): void {
  const details: ErrorDetail[] = []
  if (!ID_PATTERN.test(params.id)) details.push({ pointer: '/params/id', message: `must match ${ID_PATTERN.source}` })
  for (const name of ['symbol', 'interval', 'calendar'] as const) {
    if (params[name] !== undefined) details.push({ pointer: `/params/${name}`, message: 'does not go with alerts' })
  }
  if (details.length > 0)
    throw fail('INVALID_CONFIG', { message: `${details[0].pointer.slice(8)} ${details[0].message}` }, { details })
  declaredRange(params.from, params.to)
}
