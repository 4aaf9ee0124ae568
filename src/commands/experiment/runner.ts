/** Run one variation of an experiment: in this process, or in sessions of the program of their own; once only for its key. */

import { availableParallelism } from 'node:os'
import type { RunRequest } from '../../../contracts/types.ts'
import { type ErrorCode, fail, GatewayError } from '../../base/errors.ts'
import { validate } from '../../base/schema.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import type { Context, Session } from '../command.ts'
import { recordingFailure } from '../housekeeping.ts'
import { onceOnly } from '../idempotency.ts'
import { run } from '../run/run.ts'
import type { Ran, RanSummary } from './batch.ts'

/** Runs requests, each under a key: the same key again answers what was published under it before. */
export interface Runner {
  run(key: string, request: Record<string, unknown>): Promise<Ran>
  /** End what it holds. */
  close(): Promise<void>
}

/** Variations below which a process of its own costs more than it saves. */
const WORTH_A_SESSION = 32

/** A runner for so many variations: in process, or `sessions` processes. */
export async function runnerFor(
  variations: number,
  concurrency: number,
  context: Context,
): Promise<{ runner: Runner; sessions: number }> {
  const sessions = Math.min(concurrency, availableParallelism(), Math.floor(variations / WORTH_A_SESSION))
  if (context.openSession === undefined || sessions < 2) return { runner: inProcess(context), sessions: 1 }
  return { runner: await inSessions(sessions, context.openSession, context.abort), sessions }
}

function inProcess(context: Context): Runner {
  return {
    async run(key, params) {
      const request = structuredClone(params) as unknown as RunRequest
      const faults = await validate('commands/run', request, '/params')
      if (faults.length > 0) throw new Error(`a variation that was checked is refused: ${faults[0].message}`)
      const { tags } = request
      const text = JSON.stringify({ schema_version: CONTRACT_VERSION, command: 'run', params })
      const within: Context = {
        ...context,
        input: null,
        requestId: key,
        reproduce: `quantlab --json-request '${text.replaceAll("'", "'\\''")}'`,
        progress: () => {},
        labels: tags === undefined ? {} : { tags },
      }
      try {
        const { answer } = await onceOnly({ key, command: 'run', params }, within, keyed =>
          recordingFailure(run, 'run', request, keyed, () => run.run(request, keyed)),
        )
        return completed(answer)
      } catch (error) {
        if (error instanceof GatewayError && endsAll(error.code)) throw error
        // A defect of one run is a failed variation here as it is in a session.
        const code = error instanceof GatewayError ? error.code : 'GENERAL_ERROR'
        return { status: 'failed', code, message: (error as Error).message }
      }
    },
    close: async () => {},
  }
}

/**
 * Ordinary NDJSON sessions, each answering one request at a time. A process that ends without an answer may have been ended by
 * others: another takes its place and is asked once more.
 */
async function inSessions(count: number, open: () => Promise<Session>, abort: AbortSignal): Promise<Runner> {
  const idle = await opened(count, open)
  const all = new Set(idle)
  const askOnce = async (request: object): Promise<Record<string, unknown> | null> => {
    const session = idle.pop() as Session
    const answer = await session.ask(request)
    // A session that was told to end by others than this process answers that it was aborted.
    const ended = answer === null || (answer['error'] as GatewayError | undefined)?.code === 'ABORTED'
    if (ended && abort.aborted) throw fail('ABORTED', {})
    if (!ended) {
      idle.push(session)
      return answer
    }
    await session.close()
    all.delete(session)
    const other = await open()
    all.add(other)
    idle.push(other)
    return null
  }
  return {
    async run(key, params) {
      const named = { request_id: key, idempotency_key: key }
      const request = { schema_version: CONTRACT_VERSION, command: 'run', params, ...named }
      const answer = (await askOnce(request)) ?? (await askOnce(request))
      if (answer === null)
        return { status: 'failed', code: 'GENERAL_ERROR', message: 'The process that ran it ended without an answer' }
      if (answer['status'] === 'success') return completed(answer)
      const { code, message, details, hint } = answer['error'] as GatewayError
      if (endsAll(code)) throw fail(code, { message }, { details, hint })
      return { status: 'failed', code, message }
    },
    close: async () => {
      await Promise.all([...all].map(session => session.close()))
    },
  }
}

/** So many sessions, or none where one cannot be opened. */
async function opened(count: number, open: () => Promise<Session>): Promise<Session[]> {
  const sessions: Session[] = []
  try {
    while (sessions.length < count) sessions.push(await open())
    return sessions
  } catch (error) {
    await Promise.all(sessions.map(session => session.close()))
    throw error
  }
}

/** What is no fault of the variation ends the experiment. */
function endsAll(code: ErrorCode): boolean {
  return code === 'ABORTED' || code === 'STORAGE_ERROR'
}

function completed(answer: Record<string, unknown>): Ran {
  return {
    status: 'completed',
    run_id: answer['run_id'] as string,
    path: answer['artifacts_path'] as string,
    summary: answer['summary'] as RanSummary,
  }
}
