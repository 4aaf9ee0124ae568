/** Run one variation of an experiment: in this process, or in sessions of the program of their own; once only for its key. */

import { availableParallelism } from 'node:os'
import type { RunRequest } from '../../../contracts/types.ts'
import { ERRORS, type ErrorCode, fail, GatewayError } from '../../base/errors.ts'
import { validate } from '../../base/schema.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import type { Context, Session } from '../command.ts'
import { recordingFailure } from '../housekeeping.ts'
import { onceOnly } from '../idempotency.ts'
import { run } from '../run.ts'
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
        if (!(error instanceof GatewayError) || endsAll(error.code)) throw error
        return { status: 'failed', code: error.code, message: error.message }
      }
    },
    close: async () => {},
  }
}

/** Ordinary NDJSON sessions, each answering one request at a time; one that ends is replaced. */
async function inSessions(count: number, open: () => Promise<Session>, abort: AbortSignal): Promise<Runner> {
  const idle = await Promise.all(Array.from({ length: count }, open))
  const all = new Set(idle)
  return {
    async run(key, params) {
      const session = idle.pop() as Session
      const answer = await session.ask({
        schema_version: CONTRACT_VERSION,
        request_id: key,
        command: 'run',
        params,
        idempotency_key: key,
      })
      if (answer === null && abort.aborted) throw fail('ABORTED', {})
      if (answer === null) {
        all.delete(session)
        const other = await open()
        all.add(other)
        idle.push(other)
        return { status: 'failed', code: 'GENERAL_ERROR', message: 'The process that ran it ended without an answer' }
      }
      idle.push(session)
      if (answer['status'] === 'success') return completed(answer)
      const { code, message, details, hint } = answer['error'] as GatewayError
      if (endsAll(code))
        throw fail(Object.hasOwn(ERRORS, code) ? code : 'GENERAL_ERROR', { message }, { details, hint })
      return { status: 'failed', code, message }
    },
    close: async () => {
      await Promise.all([...all].map(session => session.close()))
    },
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
