/** What the state of paper sessions means: health, alerts and readiness for promotion; pure, from their records. */

import type {
  PaperPromotionRecord,
  PaperSessionAlert,
  PaperSessionRecord,
  PaperSessionsAlertsResult,
  PaperSessionsHealthResult,
  PaperSessionsPromotionResult,
} from '../../contracts/types.ts'
import { activityOf, PAPER_CONTRACT } from './paper-reader.ts'

const MAX_CANDIDATES = 2

const CRITERIA = {
  required_status: 'success',
  required_terminal: true,
  required_mode: 'paper',
  required_report_contract_type: PAPER_CONTRACT,
  required_report_present: true,
  required_no_error_type: true,
}

/** Counts by status, the newest session, and the newest that somebody should look at. */
export function healthOf(root: string, sessions: readonly PaperSessionRecord[]): PaperSessionsHealthResult {
  const latest = newest(sessions)
  const issue = newest(sessions.filter(session => session.status !== 'success'))
  const active = sessions.filter(isActive)
  return {
    root_dir: root,
    total_sessions: sessions.length,
    status_counts: statusCounts(sessions),
    latest_session_id: latest?.session_id ?? null,
    latest_session_status: latest?.status ?? null,
    latest_session_at: activityText(latest),
    latest_issue_session_id: issue?.session_id ?? null,
    latest_issue_status: issue?.status ?? null,
    latest_issue_at: activityText(issue),
    latest_issue_error_type: issue?.error_type ?? null,
    active_sessions: active.map(session => session.session_id),
    stale_sessions: active.filter(session => session.stale).map(session => session.session_id),
  }
}

/** One alert for each session that failed, was aborted, is stale or cannot be read; `now` in epoch ms. */
export function alertsOf(
  root: string,
  sessions: readonly PaperSessionRecord[],
  staleMinutes: number,
  now: { ms: number; text: string },
): PaperSessionsAlertsResult {
  const raised = sessions.flatMap(session => {
    const alert = alertOf(session, staleMinutes, now.ms)
    return alert === null ? [] : [{ session, alert }]
  })
  const alerts = raised.map(({ alert }) => alert)
  const critical = alerts.filter(({ severity }) => severity === 'critical').length
  const success = newest(sessions.filter(({ status }) => status === 'success'))
  const latest = newest(raised.map(({ session }) => session))
  return {
    root_dir: root,
    generated_at: now.text,
    stale_after_minutes: staleMinutes,
    total_sessions: sessions.length,
    status_counts: statusCounts(sessions),
    running_sessions: sessions.filter(({ status }) => status === 'running').map(session => session.session_id),
    alert_status: critical > 0 ? 'critical' : alerts.length > 0 ? 'warning' : 'ok',
    has_alerts: alerts.length > 0,
    alert_counts: { critical, warning: alerts.length - critical },
    latest_success_session_id: success?.session_id ?? null,
    latest_success_at: activityText(success),
    latest_alert_session_id: latest?.session_id ?? null,
    latest_alert_code: raised.find(({ session }) => session === latest)?.alert.alert_code ?? null,
    latest_alert_at: activityText(latest),
    alerts,
  }
}

/** Which sessions may be promoted to a broker, and what blocks the others; newest activity first. */
export function promotionOf(
  root: string,
  sessions: readonly PaperSessionRecord[],
  now: string,
): PaperSessionsPromotionResult {
  const judged = sessions.toSorted((a, b) => activity(b) - activity(a)).map(judge)
  const ready = judged.filter(record => record.broker_promotion_ready)
  const blocked = judged.filter(record => !record.broker_promotion_ready)
  return {
    root_dir: root,
    generated_at: now,
    max_candidates: MAX_CANDIDATES,
    total_sessions: sessions.length,
    promotion_ready_count: ready.length,
    promotion_blocked_count: blocked.length,
    ready_candidates: ready.slice(0, MAX_CANDIDATES),
    blocked_sessions: blocked,
    criteria: CRITERIA,
    latest_ready_session_id: ready[0]?.session_id ?? null,
    latest_ready_at: activityText(ready[0]),
    latest_blocked_session_id: blocked[0]?.session_id ?? null,
    latest_blocked_at: activityText(blocked[0]),
    latest_blocked_reason: blocked[0]?.broker_promotion_blockers.join(', ') ?? null,
  }
}

/** True for a session that is neither closed nor beyond reading. */
function isActive({ terminal, status }: PaperSessionRecord): boolean {
  return !terminal && status !== 'corrupt'
}

type Raised = Pick<PaperSessionAlert, 'alert_code' | 'severity' | 'message'>

function alertOf(session: PaperSessionRecord, staleMinutes: number, nowMs: number): PaperSessionAlert | null {
  const at = activityOf(session)
  const age = at === null ? null : Math.max(0, Math.floor((nowMs - at) / 60_000))
  const raised = raisedBy(session, age, staleMinutes)
  if (raised === null) return null
  const { session_id, status, error_type, path } = session
  return { ...raised, session_id, status, activity_at: activityText(session), age_minutes: age, error_type, path }
}

function raisedBy(session: PaperSessionRecord, age: number | null, staleMinutes: number): Raised | null {
  const { status, message, fault, stale } = session
  switch (status) {
    case 'failed':
      return { alert_code: 'PAPER_SESSION_FAILED', severity: 'critical', message }
    case 'aborted':
      return { alert_code: 'PAPER_SESSION_ABORTED', severity: 'warning', message }
    case 'corrupt':
      return { alert_code: 'PAPER_SESSION_CORRUPT', severity: 'critical', message: fault }
    case 'running':
      if (!stale && age !== null && age < staleMinutes) return null
      return { alert_code: 'PAPER_SESSION_STALE', severity: 'warning', message: staleText(stale, age, staleMinutes) }
    default:
      return null
  }
}

function staleText(stale: boolean, age: number | null, staleMinutes: number): string {
  if (stale) return 'The process of this paper session has died; paper_sessions recover closes it.'
  if (age === null) return 'This paper session is running but shows no readable sign of life.'
  return `Paper session has been running for ${age} minute(s), exceeding stale threshold of ${staleMinutes} minute(s).`
}

function judge(record: PaperSessionRecord): PaperPromotionRecord {
  const reasons: string[] = []
  const blockers: string[] = []
  const require = (met: boolean, reason: string, blocker: string) => {
    if (met) reasons.push(reason)
    else blockers.push(blocker)
  }
  require(record.status === 'success', 'status_success', `status_${record.status}`)
  require(record.terminal, 'terminal_session', 'non_terminal')
  require(record.mode === 'paper', 'paper_mode', 'non_paper_mode')
  require(record.report_present, 'report_present', 'missing_report')
  require(record.report_contract_type === PAPER_CONTRACT, 'paper_result_contract', 'unexpected_report_contract')
  require(record.error_type === null, 'no_error_type', 'has_error_type')
  return {
    ...record,
    broker_promotion_ready: blockers.length === 0,
    broker_promotion_reasons: reasons,
    broker_promotion_blockers: blockers,
  }
}

function statusCounts(sessions: readonly PaperSessionRecord[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const status of sessions.map(session => session.status ?? 'corrupt').sort()) {
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}

/** The first of those with the newest activity. */
function newest(sessions: readonly PaperSessionRecord[]): PaperSessionRecord | undefined {
  let best: PaperSessionRecord | undefined
  for (const session of sessions) if (best === undefined || activity(session) > activity(best)) best = session
  return best
}

function activity(session: PaperSessionRecord): number {
  return activityOf(session) ?? Number.NEGATIVE_INFINITY
}

function activityText(session: PaperSessionRecord | undefined): string | null {
  return session?.updated_at ?? session?.created_at ?? null
}
