/** The published texts of the `paper_sessions` command, as a terminal shows them. */

import { join } from 'node:path'
import type {
  PaperSessionRecord,
  PaperSessionsHealthResult,
  PaperSessionsRecoverResult,
} from '../../../contracts/types.ts'
import { cellOf } from '../../artifacts/paper-index.ts'
import { RECORD_FIELDS } from '../../artifacts/paper-reader.ts'
import { printable } from '../../base/markdown.ts'

const LISTED = ['session_id', 'status', 'created_at', 'request_id'] as const

/** The table of `list`; `dir` as the caller named it. A session whose process has died reads `stale`. */
export function listText(dir: string, sessions: readonly PaperSessionRecord[]): string {
  const head = `\nPaper sessions in: ${printable(dir)}\nTotal: ${sessions.length} session(s) found\n\n`
  if (sessions.length === 0) return `${head}  No valid paper sessions found.\n`
  const cells = sessions.map(session =>
    LISTED.map(name => (name === 'status' && session.stale ? 'stale' : shown(session[name], ''))),
  )
  const widths = LISTED.map((name, at) => Math.max(name.length, ...cells.map(row => row[at].length)))
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at])).join('  ')
  const rule = '-'.repeat(line(LISTED).length)
  return `${head}${[line(LISTED), rule, ...cells.map(line)].join('\n')}\n\n`
}

/** The fields of one session; ours follow the published ones. */
export function showText(name: string, session: PaperSessionRecord): string {
  const lines = RECORD_FIELDS.map(field => `  ${field.padEnd(20)}: ${shown(session[field], 'None')}`)
  return `\nPaper session: ${printable(name)}\n\n${lines.join('\n')}\n`
}

/** Counts and latest sessions; `dir` as the caller named it. */
export function healthText(dir: string, health: PaperSessionsHealthResult): string {
  const count = (status: string) => health.status_counts[status] ?? 0
  const lines: [string, unknown][] = [
    ['total_sessions', health.total_sessions],
    ...['success', 'failed', 'aborted', 'running'].map((status): [string, unknown] => [status, count(status)]),
    ...(count('corrupt') > 0 ? [['corrupt', count('corrupt')] as [string, unknown]] : []),
    ['latest_session_id', health.latest_session_id],
    ['latest_session_at', health.latest_session_at],
    ['latest_session_state', health.latest_session_status],
    ['latest_issue_id', health.latest_issue_session_id],
    ['latest_issue_state', health.latest_issue_status],
    ['latest_issue_at', health.latest_issue_at],
    ['latest_issue_error', health.latest_issue_error_type],
    ['active_sessions', listed(health.active_sessions)],
    ...(health.stale_sessions.length > 0
      ? [['stale_sessions', listed(health.stale_sessions)] as [string, unknown]]
      : []),
  ]
  const body = lines.map(([name, value]) => `  ${name.padEnd(20)}: ${shown(value, 'None')}`)
  return `\nPaper session health: ${printable(dir)}\n\n${body.join('\n')}\n`
}

/** Where the index was written. */
export function indexText(dir: string): string {
  const line = (form: string) => `  ${`${form}_path`.padEnd(9)}: ${join(dir, `paper_sessions_index.${form}`)}`
  return printableLines(['', 'Paper session index refreshed:', '', ...['csv', 'json', 'md'].map(line), ''])
}

/** What was closed, and what lives. */
export function recoverText({ root_dir, recovered, still_running }: PaperSessionsRecoverResult): string {
  const closed = recovered.map(
    ({ session_id, status, status_reason, finished_at }) =>
      `  ${session_id}: ${status} (${status_reason}), last sign of life ${finished_at ?? 'unknown'}`,
  )
  const none = recovered.length === 0 ? ['  Nothing to close.'] : []
  const alive = still_running.length === 0 ? [] : ['', `Still running: ${still_running.join(', ')}`]
  return printableLines(['', `Paper sessions recovered in: ${root_dir}`, '', ...closed, ...none, ...alive, ''])
}

/** JSON with sorted keys, as alerts and promotion always print it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

function listed(names: readonly string[]): string {
  return `[${names.map(name => `'${name}'`).join(', ')}]`
}

function shown(value: unknown, missing: string): string {
  const cell = cellOf(value)
  return cell === null ? missing : printable(String(cell))
}

function printableLines(lines: readonly string[]): string {
  return `${lines.map(printable).join('\n')}\n`
}
