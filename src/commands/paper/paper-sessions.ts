/** `paper_sessions`: list, show, health, alerts, promotion and index over paper sessions; recover closes those that died. */

import { join } from 'node:path'
import type {
  PaperSessionRecord,
  PaperSessionsAlertsRequest,
  PaperSessionsAlertsResult,
  PaperSessionsHealthRequest,
  PaperSessionsHealthResult,
  PaperSessionsIndexRequest,
  PaperSessionsIndexResult,
  PaperSessionsListRequest,
  PaperSessionsListResult,
  PaperSessionsPromotionRequest,
  PaperSessionsPromotionResult,
  PaperSessionsRecoverRequest,
  PaperSessionsRecoverResult,
  PaperSessionsShowRequest,
  PaperSessionsShowResult,
} from '../../../contracts/types.ts'
import { alertsOf, healthOf, promotionOf } from '../../artifacts/paper-health.ts'
import { cellOf, refreshPaperIndex } from '../../artifacts/paper-index.ts'
import { isPaperSession, RECORD_FIELDS, readPaperSession, readPaperSessions } from '../../artifacts/paper-reader.ts'
import { recoverPaperSession } from '../../artifacts/paper-recovery.ts'
import { loadSessionSchemas } from '../../artifacts/paper-session.ts'
import { inert } from '../../artifacts/runs-index-text.ts'
import { fail } from '../../base/errors.ts'
import { isFolder } from '../../base/files.ts'
import { layout } from '../../base/layout.ts'
import { printable } from '../../base/markdown.ts'
import { nearest } from '../../base/near.ts'
import { insideRoot, resolvePath } from '../../base/paths.ts'
import { type Table, tableOf } from '../../base/table.ts'
import { isoInstant } from '../../base/time.ts'
import type { Command, Context } from '../command.ts'
import { healthText, indexText, jsonText, listText, recoverText, showText } from './paper-sessions-text.ts'

const list: Command<PaperSessionsListRequest> = {
  run(params, context) {
    const { dir, sessions, warnings } = sessionsIn(params.dir, context)
    const result: PaperSessionsListResult = { root_dir: dir, n_sessions: sessions.length, sessions }
    return {
      answer: { result },
      warnings,
      text: () => listText(params.dir ?? dir, sessions),
      table: () => recordTable(sessions),
    }
  },
}

const show: Command<PaperSessionsShowRequest> = {
  run({ session_id }, context) {
    const session = readPaperSession(sessionNamed(session_id, context))
    const result: PaperSessionsShowResult = { session }
    return {
      answer: { result },
      warnings: faultsOf([session]),
      text: () => showText(session_id, session),
      table: () => recordTable([session]),
    }
  },
}

const health: Command<PaperSessionsHealthRequest> = {
  run(params, context) {
    const { dir, sessions, warnings } = sessionsIn(params.dir, context)
    const result: PaperSessionsHealthResult = healthOf(dir, sessions)
    return { answer: { result }, warnings, text: () => healthText(params.dir ?? dir, result) }
  },
}

const alerts: Command<PaperSessionsAlertsRequest> = {
  run({ dir: asked, paper_stale_minutes }, context) {
    refuseStaleMinutes(paper_stale_minutes)
    const { dir, sessions, warnings } = sessionsIn(asked, context)
    const ms = context.clock.now()
    const now = { ms, text: isoInstant(ms) }
    const result: PaperSessionsAlertsResult = alertsOf(dir, sessions, paper_stale_minutes, now)
    return { answer: { result }, warnings, text: () => jsonText(result), textIsJson: true }
  },
}

const promotion: Command<PaperSessionsPromotionRequest> = {
  run(params, context) {
    const { dir, sessions, warnings } = sessionsIn(params.dir, context)
    const now = isoInstant(context.clock.now())
    const result: PaperSessionsPromotionResult = promotionOf(dir, sessions, now)
    return { answer: { result }, warnings, text: () => jsonText(result), textIsJson: true }
  },
}

const index: Command<PaperSessionsIndexRequest> = {
  run(params, context) {
    const dir = writableDir(params.dir, context)
    const { sessions, ...paths } = refreshPaperIndex(dir, isoInstant(context.clock.now()))
    const result: PaperSessionsIndexResult = { root_dir: dir, n_sessions: sessions.length, ...paths }
    return { answer: { result }, warnings: faultsOf(sessions), text: () => indexText(params.dir ?? dir) }
  },
}

const recover: Command<PaperSessionsRecoverRequest> = {
  async run({ dir: asked, paper_stale_minutes }, context) {
    refuseStaleMinutes(paper_stale_minutes)
    const dir = writableDir(asked, context)
    await loadSessionSchemas()
    const now = context.clock.now()
    const open = readPaperSessions(dir).filter(session => session.status === 'running' && !session.terminal)
    const closed = open.map(session => recoverPaperSession(session, now, paper_stale_minutes))
    const result: PaperSessionsRecoverResult = {
      root_dir: dir,
      recovered: closed.filter(session => session !== null),
      still_running: open.filter((_, at) => closed[at] === null).map(session => session.session_id),
    }
    const { sessions } = refreshPaperIndex(dir, isoInstant(now))
    return {
      answer: { result },
      warnings: faultsOf(sessions),
      text: () => recoverText(result),
      table: () =>
        tableOf(
          ['session_id', 'status', 'status_reason', 'finished_at', 'path'],
          result.recovered.map(row => ({ ...row, session_id: inert(row.session_id) })),
        ),
    }
  },
}

export const paperSessionsCommands = { list, show, health, alerts, promotion, index, recover }

interface Sessions {
  /** Absolute. */
  dir: string
  sessions: PaperSessionRecord[]
  warnings: string[]
}

/** The root's own folder may be absent before the first session; one that the caller names must be there. */
function sessionsIn(asked: string | undefined, { root, cwd }: Context): Sessions {
  const dir = asked === undefined ? layout.paperSessions(root) : resolvePath(root, cwd, asked)
  if (asked !== undefined && !isFolder(dir)) throw noRoot(asked)
  const sessions = readPaperSessions(dir)
  return { dir, sessions, warnings: faultsOf(sessions) }
}

function writableDir(asked: string | undefined, { root, cwd }: Context): string {
  if (asked === undefined) return layout.paperSessions(root)
  if (!isFolder(resolvePath(root, cwd, asked))) throw noRoot(asked)
  return insideRoot(root, cwd, asked)
}

function noRoot(asked: string): Error {
  const message = `Paper sessions root does not exist or is not a directory: ${asked}`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/dir', message }] })
}

/** The directory of a session named by its id below outputs/paper_sessions, or by its path. */
function sessionNamed(name: string, { root, cwd }: Context): string {
  const isName = !/[/\\]/.test(name) && name !== '.' && name !== '..'
  const own = join(layout.paperSessions(root), name)
  if (isName && isPaperSession(own)) return own
  const path = resolvePath(root, cwd, name)
  if (isPaperSession(path)) return path
  const pointer = '/params/session_id'
  if (isFolder(path)) {
    const message = `Not a valid paper session directory: ${name}`
    throw fail('INVALID_CONFIG', { message }, { details: [{ pointer, message }] })
  }
  const message = `Paper session directory does not exist or is not a directory: ${name}`
  const ids = readPaperSessions(layout.paperSessions(root)).map(session => session.session_id)
  const suggestion = isName ? nearest(name, ids) : undefined
  throw fail(
    'NOT_FOUND',
    { message },
    {
      details: [{ pointer, message, ...(suggestion === undefined ? {} : { suggestion }) }],
      hint: '`quantlab paper_sessions list` shows the sessions.',
    },
  )
}

/** The published text, which a schema's own would replace. */
function refuseStaleMinutes(minutes: number): void {
  if (minutes > 0) return
  const message = 'paper_stale_minutes must be a positive integer.'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/paper_stale_minutes', message }] })
}

function faultsOf(sessions: readonly PaperSessionRecord[]): string[] {
  return sessions.flatMap(({ path, fault }) =>
    fault === null ? [] : [printable(`Unreadable paper session ${path}: ${fault}`)],
  )
}

function recordTable(sessions: readonly PaperSessionRecord[]): Table {
  const rows = sessions.map(session =>
    Object.fromEntries(RECORD_FIELDS.map(name => [name, inert(cellOf(session[name]))])),
  )
  return tableOf(RECORD_FIELDS, rows)
}
