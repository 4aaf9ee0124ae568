/** What every request does besides its own work: sweep what dead processes left, and leave a record when it fails. */

import { join } from 'node:path'
import type { RequestName } from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { ERROR_CLASSES, GatewayError } from '../base/errors.ts'
import { createExclusive, listFolder, makeFolder, removeQuietly } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { deadStaging, removeStaging, sweepTemporaries } from '../base/staging.ts'
import { isoInstant, runIdOf } from '../base/time.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'
import { takeNotices } from '../registry/notices.ts'
import type { Command, Context, Outcome } from './command.ts'

const swept = new Set<string>()

/**
 * Remove the half-written work of dead owners, once a process and root; a resumable sweep stays until it is resumed or
 * repaired. Where it cannot be removed (a root that may only be read) it stays: that is no failure of the request.
 */
export function housekeeping(root: string): void {
  if (swept.has(root)) return
  swept.add(root)
  for (const folder of [layout.staging(root), layout.lakeStaging(root)]) {
    try {
      sweepTemporaries(folder)
      for (const name of deadStaging(folder)) if (!isResumable(folder, name)) removeStaging(folder, name)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
    }
  }
}

/** An interrupted sweep is marked; without content it was published just before its owner died. */
function isResumable(folder: string, name: string): boolean {
  const names = listFolder(join(folder, name))
  return names.includes('resume.json') && names.includes('content')
}

const KEPT_FAILURES = 1000

/** The outcome with what the registry has to say of its cache. */
export function withNotices(outcome: Outcome): Outcome {
  const notices = takeNotices()
  return notices.length === 0 ? outcome : { ...outcome, warnings: [...(outcome.warnings ?? []), ...notices] }
}

/** Run a command; when a run-producing one fails, write `outputs/failures/<run_id>.json`, then fail on. */
export async function recordingFailure(
  command: Command<never>,
  name: RequestName,
  params: unknown,
  context: Context,
  work: () => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const startedAt = context.clock.now()
  try {
    return await work()
  } catch (error) {
    if (command.produces !== undefined) writeFailure(command.produces, name, params, context, startedAt, error)
    throw error
  }
}

function writeFailure(
  mode: string,
  name: RequestName,
  params: unknown,
  context: Context,
  startedAt: number,
  error: unknown,
): void {
  const folder = layout.failures(context.root)
  const fault = error instanceof GatewayError ? error : undefined
  try {
    const workshop = layout.staging(context.root)
    for (const needed of [folder, workshop]) makeFolder(needed)
    const base = runIdOf(startedAt, mode, hashOf(params))
    for (let count = 1; ; count++) {
      const runId = count === 1 ? base : `${base}-${count}`
      const record = {
        schema_version: CONTRACT_VERSION,
        run_id: runId,
        command: name.split('.')[0],
        request_id: context.requestId,
        trace_id: context.traceId,
        params,
        error: {
          code: fault?.code ?? 'GENERAL_ERROR',
          type: ERROR_CLASSES[fault?.class ?? 'GENERAL_ERROR'].type,
          message: error instanceof Error ? error.message : String(error),
          details: fault?.details ?? [],
          ...(fault?.hint === undefined ? {} : { hint: fault.hint }),
        },
        exit_code: fault?.exitCode ?? 1,
        started_at: isoInstant(startedAt),
        failed_at: isoInstant(context.clock.now()),
        quantlab_version: VERSION,
      }
      const path = join(folder, `${runId}.json`)
      if (createExclusive(path, `${JSON.stringify(record, null, 2)}\n`, 'durable', workshop)) break
    }
    // Names begin with their time, so the oldest come first.
    for (const old of listFolder(folder)
      .filter(file => file.endsWith('.json'))
      .slice(0, -KEPT_FAILURES))
      removeQuietly(join(folder, old))
  } catch {
    // The failure itself is what the caller must hear of, not that it could not be recorded.
  }
}
