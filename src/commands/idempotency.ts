/**
 * `idempotency_key`: the same key with the same request is performed once and answered again from its record.
 *
 *   outputs/idempotency/<hash of key>.json       {key, request_hash, begun?, run_id?, path?, answer?}
 *   outputs/.staging/request-<hash of key>.lock  held while the request is performed
 *
 * The run id is recorded just before the run becomes visible: if the process dies between the two, the next request with
 * the key finds the run and answers from it. `begun` is the id of long work that can be continued.
 */

import { join } from 'node:path'
import { hashOf, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { makeFolder, readTextIfPresent, replaceFile } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { lockPatiently } from '../base/lock.ts'
import type { Context, Outcome } from './command.ts'
import { answerAgain, isPublished } from './publish.ts'

interface KeyedRequest {
  key: string
  command: string
  params: Record<string, unknown>
}

interface Record_ {
  key: string
  request_hash: string
  begun?: string
  run_id?: string
  path?: string
  answer?: Record<string, unknown>
}

/** How long a duplicate waits for the first to finish. */
const WAIT_MS = 10 * 60 * 1000

/** Perform a request at most once for its key; CONFLICT when the key was used for another request. */
export async function onceOnly(
  request: KeyedRequest,
  context: Context,
  work: (context: Context) => Promise<Outcome>,
): Promise<Outcome> {
  const hash = sha256Hex(request.key).slice(0, 40)
  const path = join(layout.idempotency(context.root), `${hash}.json`)
  const workshop = layout.staging(context.root)
  const requestHash = hashOf({ command: request.command, params: request.params })
  for (const folder of [layout.idempotency(context.root), workshop]) makeFolder(folder)
  const release = await lockPatiently(join(workshop, `request-${hash}.lock`), WAIT_MS, context.abort)
  try {
    const earlier = readRecord(path)
    const replayed = earlier === undefined ? undefined : replay(earlier, requestHash, context)
    if (replayed !== undefined) return replayed
    const record: Record_ = { key: request.key, request_hash: requestHash }
    const save = (more: Partial<Record_>) => replaceFile(path, JSON.stringify(Object.assign(record, more)), workshop)
    const outcome = await work({
      ...context,
      beforePublish: (run_id, place) => save({ run_id, path: place }),
      beforeWork: begun => save({ begun }),
      interrupted: earlier?.request_hash === requestHash ? earlier.begun : undefined,
    })
    try {
      save({ answer: { ...outcome.answer, ...(outcome.warnings?.length ? { warnings: outcome.warnings } : {}) } })
    } catch (error) {
      // A repeated request finds the run by the id recorded before; anything else would be done twice.
      if (record.run_id === undefined) throw error
    }
    return outcome
  } finally {
    release()
  }
}

/** The recorded outcome; undefined where the earlier attempt never became visible. */
function replay(earlier: Record_, requestHash: string, context: Context): Outcome | undefined {
  const place = earlier.path ?? (earlier.run_id === undefined ? undefined : layout.run(context.root, earlier.run_id))
  const published = place !== undefined && isPublished(place)
  if (earlier.answer === undefined && !published) return undefined
  if (earlier.request_hash !== requestHash) {
    throw fail(
      'CONFLICT',
      { message: `The idempotency_key ${JSON.stringify(earlier.key)} was used for another request.` },
      {
        details: [{ pointer: '/idempotency_key', message: 'used for another request' }],
        hint: 'Send a new key with a new request.',
      },
    )
  }
  const { warnings, ...answer } = earlier.answer ?? answerAgain(place!, context.root)
  return { answer: { ...answer, replayed: true }, warnings: warnings as string[] | undefined }
}

/** What is recorded under a key; INTEGRITY_ERROR where it cannot be read, because then nobody knows what was done. */
function readRecord(path: string): Record_ | undefined {
  const text = readTextIfPresent(path)
  if (text === null) return undefined
  try {
    const record = JSON.parse(text) as Partial<Record_> | null
    if (typeof record?.key === 'string' && typeof record.request_hash === 'string') return record as Record_
  } catch {
    // Not JSON: told below.
  }
  throw fail(
    'INTEGRITY_ERROR',
    { message: `The record of an idempotency_key is damaged: ${path}` },
    { hint: 'See whether its run exists, then remove the file, or send a new key.' },
  )
}
