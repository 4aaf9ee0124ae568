/** The index of a directory of paper sessions: `paper_sessions_index.{csv,json,md}`, written anew whenever a session ends. */

import { join } from 'node:path'
import type { PaperSessionRecord, PaperSessionsIndexRow } from '../../contracts/types.ts'
import { makeFolder, replaceFile } from '../base/files.ts'
import { lock } from '../base/lock.ts'
import { codeSpan, markdownTable } from '../base/markdown.ts'
import { csvCell } from '../base/table.ts'
import { CONTRACT_VERSION } from '../base/version.ts'
import { prettyJson } from './artifact-dir.ts'
import { readPaperSessions } from './paper-reader.ts'
import { inert } from './runs-index-text.ts'

/** Columns of the index, in file order. */
export const INDEX_FIELDS = [
  'session_id',
  'status',
  'created_at',
  'started_at',
  'updated_at',
  'finished_at',
  'terminal',
  'status_reason',
  'duration_seconds',
  'request_id',
  'error_type',
  'report_contract_type',
  'path',
] as const satisfies readonly (keyof PaperSessionsIndexRow)[]

const SHOWN_FIELDS = INDEX_FIELDS.filter(
  name => !['duration_seconds', 'request_id', 'error_type', 'report_contract_type'].includes(name),
)

const LOCK_WAIT_MS = 30_000

/** Where the index is, how many sessions it lists, and what could not be read. */
export interface PaperIndex {
  csv_path: string
  json_path: string
  md_path: string
  sessions: PaperSessionRecord[]
}

/** Write the three files from the sessions that are there; `now` is the ISO instant of `generated_at`. */
export function refreshPaperIndex(folder: string, now: string): PaperIndex {
  makeFolder(folder)
  const release = lock(join(folder, '.paper_sessions_index.lock'), LOCK_WAIT_MS)
  try {
    const sessions = readPaperSessions(folder)
    const rows = sessions.map(rowOf)
    const path = (form: string) => join(folder, `paper_sessions_index.${form}`)
    const index = { csv_path: path('csv'), json_path: path('json'), md_path: path('md'), sessions }
    const head = { schema_version: CONTRACT_VERSION, generated_at: now, root_dir: folder, n_sessions: rows.length }
    replaceFile(index.csv_path, csvOf(rows))
    replaceFile(index.md_path, markdownOf(folder, now, rows))
    replaceFile(index.json_path, prettyJson({ ...head, sessions: rows }))
    return index
  } finally {
    release()
  }
}

function rowOf(record: PaperSessionRecord): PaperSessionsIndexRow {
  return Object.fromEntries(INDEX_FIELDS.map(name => [name, record[name]])) as unknown as PaperSessionsIndexRow
}

/** As published: CRLF line ends, `True` and `False`, nothing for null. */
function csvOf(rows: readonly PaperSessionsIndexRow[]): string {
  const lines = rows.map(row => INDEX_FIELDS.map(name => csvCell(inert(cellOf(row[name])))).join(','))
  return [INDEX_FIELDS.join(','), ...lines, ''].join('\r\n')
}

function markdownOf(folder: string, now: string, rows: readonly PaperSessionsIndexRow[]): string {
  const cells = rows.map(row => Object.fromEntries(SHOWN_FIELDS.map(name => [name, cellOf(row[name])])))
  const table = rows.length === 0 ? '_No valid paper sessions found._' : markdownTable(SHOWN_FIELDS, cells)
  return [
    '# Paper Sessions Index',
    `## Summary\n\n- **Root directory:** ${codeSpan(folder)}\n- **Generated at:** ${now}\n- **Total sessions found:** ${rows.length}`,
    `## Sessions\n\n${table}\n`,
  ].join('\n\n')
}

/** A value as the published tables write it. */
export function cellOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
}
