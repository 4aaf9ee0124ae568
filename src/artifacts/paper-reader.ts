/** Read paper sessions from disk, of any age and in any state: one record each, and why one cannot be read. */

import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { PaperSessionRecord } from '../../contracts/types.ts'
import { isFolder, listFolder, readTextIfPresent, storing } from '../base/files.ts'
import { isAlive, isOwner } from '../base/owner.ts'
import { type JsonObject, parseLenient } from './run-reader.ts'

/** The contract a finished paper session's report carries. */
export const PAPER_CONTRACT = 'quantlab.paper.result'

/** Fields of a record, in the published order and ours behind them. */
export const RECORD_FIELDS = [
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
  'command',
  'mode',
  'error_type',
  'message',
  'report_contract_type',
  'report_present',
  'path',
  'session_metadata_path',
  'session_status_path',
  'report_path',
  'trades_path',
  'run_report_path',
  'artifacts_dir',
  'stale',
  'bars_seen',
  'last_bar_at',
  'equity',
  'fault',
] as const satisfies readonly (keyof PaperSessionRecord)[]

const PARTS = ['session_metadata.json', 'session_status.json', 'report.json'] as const

const REASONS: Record<string, string> = {
  running: 'active',
  success: 'completed',
  failed: 'exception',
  aborted: 'operator_abort',
}

/** True where a directory holds one of the three files that make it a paper session. */
export function isPaperSession(dir: string): boolean {
  return isFolder(dir) && PARTS.some(name => statSync(join(dir, name), { throwIfNoEntry: false })?.isFile() === true)
}

/** Every session of a directory, by name; nothing that one of them holds keeps the others from being read. */
export function readPaperSessions(folder: string): PaperSessionRecord[] {
  return listFolder(folder)
    .map(name => join(folder, name))
    .filter(path => storing(path, () => isPaperSession(path)))
    .map(readPaperSession)
}

/** One session as its files tell it; `corrupt` where its status cannot be known, with the reason in `fault`. */
export function readPaperSession(dir: string): PaperSessionRecord {
  const [metadata, state, report] = PARTS.map(name => readPart(join(dir, name)))
  const [of, at, from] = [metadata.value ?? {}, state.value ?? {}, report.value ?? {}]
  const header = objectOf(from['header'])
  const faults = [metadata, state, report].flatMap(part => (part.fault === null ? [] : [part.fault]))
  const known = textOf(at['status']) ?? textOf(of['status']) ?? textOf(from['status'])
  const status = state.fault !== null || known === null ? 'corrupt' : known
  const createdAt = textOf(of['created_at'])
  return {
    session_id: textOf(of['session_id']) ?? textOf(at['session_id']) ?? textOf(header['run_id']) ?? basename(dir),
    status,
    created_at: createdAt,
    started_at: textOf(at['started_at']) ?? createdAt,
    updated_at: textOf(at['updated_at']),
    finished_at: textOf(at['finished_at']),
    terminal: typeof at['terminal'] === 'boolean' ? at['terminal'] : ['success', 'failed', 'aborted'].includes(status),
    status_reason: textOf(at['status_reason']) ?? REASONS[status] ?? null,
    duration_seconds: numberOf(at['duration_seconds']),
    request_id: at['request_id'] ?? of['request_id'] ?? header['request_id'] ?? null,
    command: textOf(at['command']) ?? textOf(of['command']),
    mode: textOf(at['mode']) ?? textOf(of['mode']) ?? textOf(header['mode']),
    error_type: textOf(at['error_type']),
    message: textOf(at['message']),
    report_contract_type: textOf(objectOf(from['machine_contract'])['contract_type']),
    report_present: report.present,
    ...pathsOf(dir),
    stale: status === 'running' && isOwner(at['process']) && !isAlive(at['process']),
    bars_seen: numberOf(at['bars_seen']),
    last_bar_at: textOf(at['last_bar_at']),
    equity: numberOf(at['equity']),
    fault: faults.length === 0 ? (status === 'corrupt' ? 'no file says what its status is' : null) : faults.join('; '),
  }
}

/** Last sign of life in epoch ms, from `updated_at`, else `created_at`; null where neither can be read. Without a zone it is UTC. */
export function activityOf({ updated_at, created_at }: PaperSessionRecord): number | null {
  const text = updated_at ?? created_at
  if (text === null) return null
  const ms = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`)
  return Number.isNaN(ms) ? null : ms
}

function pathsOf(dir: string) {
  return {
    path: dir,
    session_metadata_path: join(dir, 'session_metadata.json'),
    session_status_path: join(dir, 'session_status.json'),
    report_path: join(dir, 'report.json'),
    trades_path: join(dir, 'trades.csv'),
    run_report_path: join(dir, 'run_report.md'),
    artifacts_dir: join(dir, 'artifacts'),
  }
}

interface Part {
  present: boolean
  value: JsonObject | null
  fault: string | null
}

function readPart(path: string): Part {
  try {
    const text = statSync(path, { throwIfNoEntry: false })?.isFile() ? readTextIfPresent(path) : null
    if (text === null) return { present: false, value: null, fault: null }
    const value = parseLenient(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { present: true, value: value as JsonObject, fault: null }
    }
    return { present: true, value: null, fault: `${basename(path)}: not a JSON object` }
  } catch (error) {
    return { present: true, value: null, fault: `${basename(path)}: ${(error as Error).message}` }
  }
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
