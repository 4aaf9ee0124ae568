/** Candidates in a run directory: the rows of its leaderboard, or the result of its report. */

import { join } from 'node:path'
import { parseCsv } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { readTextIfPresent } from '../base/files.ts'
import { type JsonObject, readRun } from './run-reader.ts'

/** One row that can be evaluated, and what the run says of itself. */
export interface ForwardSource {
  row: JsonObject
  /** File the row is from. */
  file: string
  /** Value of the metric in the row; null where the source ranks nothing. */
  value: number | null
  metadata: JsonObject
  config: JsonObject
  /** The run has one result, which its configuration describes. */
  single: boolean
  run_id: string | null
}

/** Published order: the first file that has rows decides. */
const LEADERBOARDS = ['leaderboard.csv', 'experiments.csv', 'oos_leaderboard.csv']

/**
 * The row with the highest number under `metric` in the first leaderboard that has rows (the first of equal ones), else the first
 * result of the report. INVALID_CONFIG for a metric that is no column of it, DATA_ERROR where there is no candidate, NOT_FOUND
 * where `dir` is no run directory.
 */
export function bestCandidate(dir: string, metric: string): ForwardSource {
  const { metadata, config, report } = readRun(dir)
  const header = objectOf(report?.['header'])
  const source = {
    metadata: metadata ?? header,
    config: config ?? objectOf(report?.['config_resolved']),
    run_id: textOf(header['run_id']) ?? textOf(metadata?.['run_id']) ?? textOf(report?.['run_id']),
  }
  for (const file of LEADERBOARDS) {
    const rows = rowsOf(join(dir, file))
    if (rows === null || rows.length === 0) continue
    const { row, value } = highest(rows, metric, file)
    return { ...source, row, value, file, single: false }
  }
  for (const list of ['results', 'oos_leaderboard']) {
    const [first] = Array.isArray(report?.[list]) ? (report[list] as unknown[]) : []
    if (typeof first !== 'object' || first === null) continue
    const row = first as JsonObject
    const value = typeof row[metric] === 'number' ? (row[metric] as number) : null
    const single = list === 'results' && objectOf(source.config)['param_grid'] === undefined
    return { ...source, row, value, file: 'report.json', single }
  }
  throw fail(
    'DATA_ERROR',
    { message: `${dir} has no candidate: no row in ${LEADERBOARDS.join(', ')}, no result in its report.` },
    { hint: 'Name a run or sweep that finished with results.' },
  )
}

function highest(rows: readonly JsonObject[], metric: string, file: string): { row: JsonObject; value: number } {
  if (!Object.hasOwn(rows[0], metric)) {
    const message = `forward_metric '${metric}' is no column of ${file}; it has ${Object.keys(rows[0]).join(', ')}.`
    throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/forward_metric', message }] })
  }
  let best: { row: JsonObject; value: number } | null = null
  for (const row of rows) {
    const value = row[metric]
    if (typeof value === 'number' && (best === null || value > best.value)) best = { row, value }
  }
  if (best !== null) return best
  throw fail('DATA_ERROR', { message: `No row of ${file} has a number under '${metric}', so none can be chosen.` })
}

function rowsOf(path: string): JsonObject[] | null {
  const text = readTextIfPresent(path)
  if (text === null || text.trim() === '') return null
  const table = parseCsv(text, path)
  return table.rows.map(cells =>
    Object.fromEntries(table.header.map((name, column) => [name, cellValue(cells[column])])),
  )
}

/** A cell as the value it stands for: a finite number, true, false, null for nothing and for what is no number, else text. */
function cellValue(text: string): unknown {
  if (/^(?:|nan|none|null|[+-]?inf(?:inity)?)$/i.test(text)) return null
  if (/^true$/i.test(text)) return true
  if (/^false$/i.test(text)) return false
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : null
  }
  return text
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
