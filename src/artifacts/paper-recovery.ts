/** Close the session of a dead process, truthfully: at its last sign of life, as finished where its report is there. */

import { join } from 'node:path'
import type { PaperSessionRecord, RecoveredSession, SessionStatus } from '../../contracts/types.ts'
import { readTextIfPresent, replaceFile } from '../base/files.ts'
import { tryLock } from '../base/lock.ts'
import { isAlive, isOwner } from '../base/owner.ts'
import { isoInstant } from '../base/time.ts'
import { prettyJson } from './artifact-dir.ts'
import { activityOf, PAPER_CONTRACT, readPaperSession } from './paper-reader.ts'
import { SESSION_LOCK } from './paper-session.ts'

/**
 * Close one running session; null where it is alive. A session that names its process is dead when the process is; one that
 * does not, when it has shown no sign of life for `staleMinutes` before `now` (epoch ms).
 */
export function recoverPaperSession(
  seen: PaperSessionRecord,
  now: number,
  staleMinutes: number,
): RecoveredSession | null {
  const release = tryLock(join(seen.path, SESSION_LOCK))
  if (release === null) return null
  try {
    // Read again under the lock: it may have been closed or taken up in between.
    const session = readPaperSession(seen.path)
    if (session.status !== 'running' || !isDead(session, now, staleMinutes)) return null
    return close(session, now)
  } finally {
    release()
  }
}

function isDead(session: PaperSessionRecord, now: number, staleMinutes: number): boolean {
  const owner = partOf(session.session_status_path)['process']
  if (isOwner(owner)) return !isAlive(owner)
  const activity = activityOf(session)
  return activity === null || now - activity >= staleMinutes * 60_000
}

function close(session: PaperSessionRecord, now: number): RecoveredSession {
  const { session_id, path } = session
  const ending = reportedEnd(session) ?? DIED
  const finished_at = session.updated_at ?? session.created_at
  const status = partOf(session.session_status_path)
  const seconds = (Date.parse(finished_at ?? '') - Date.parse(session.started_at ?? '')) / 1000
  const closed = {
    ...status,
    session_id,
    ...ending,
    terminal: true,
    ...(finished_at === null ? {} : { finished_at }),
    ...(Number.isFinite(seconds) ? { duration_seconds: Math.max(0, Math.round(seconds * 1e6) / 1e6) } : {}),
    updated_at: isoInstant(now),
    recovered_at: isoInstant(now),
    process: null,
  }
  replaceFile(session.session_status_path, prettyJson(closed, 'sorted'))
  for (const name of ['session_metadata.json', 'metadata.json']) {
    const metadata = partOf(join(path, name))
    if (Object.keys(metadata).length === 0) continue
    replaceFile(join(path, name), prettyJson({ ...metadata, status: ending.status }, 'sorted'))
  }
  return { session_id, status: ending.status, status_reason: ending.status_reason, finished_at, path }
}

type Ending = Pick<SessionStatus, 'status' | 'status_reason' | 'message' | 'error_type'> & { stop_reason?: unknown }

const DIED: Ending = {
  status: 'failed',
  status_reason: 'process_died',
  error_type: 'ProcessDied',
  message: 'The process ended without closing the session.',
}

/** report.json is written when all the work is done: a process that died behind it lost nothing but the final status. */
function reportedEnd({ report_path, report_contract_type }: PaperSessionRecord): Ending | null {
  if (report_contract_type !== PAPER_CONTRACT) return null
  const { status, stop_reason } = partOf(report_path)
  if (status === 'success') return { status, status_reason: 'completed', stop_reason }
  if (status !== 'aborted') return null
  const message = `Stopped by ${String(stop_reason)}.`
  return { status, status_reason: 'risk_limit', error_type: 'RiskLimit', message, stop_reason }
}

/** The fields of one file; none where it is absent or damaged, which then stays as it is. */
function partOf(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readTextIfPresent(path) ?? '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}
