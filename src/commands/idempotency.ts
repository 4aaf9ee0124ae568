/**
 * `idempotency_key`: the same key with the same request is performed once and answered again from its record.
 *
 *   outputs/idempotency/<hash of key>.json   {key, request_hash, begun?, run_id?, path?, answer?}
 *   outputs/idempotency/<hash of key>.lock   held while the request is performed
 *
 * The run id is recorded just before the run becomes visible: if the process dies between the two, the next request with
 * the key finds the run and answers from it. `begun` is the id of long work that can be continued.
 */

import { join } from 'node:path'
import { hashOf, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { isFolder, makeFolder, readTextIfPresent, replaceFile } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { lockPatiently } from '../base/lock.ts'
import type { Context, Outcome } from './command.ts'
import { answerFromDisk } from './publish.ts'

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
  const folder = layout.idempotency(context.root)
  const path = join(folder, sha256Hex(request.key).slice(0, 40))
  const requestHash = hashOf({ command: request.command, params: request.params })
  makeFolder(folder)
  const release = await lockPatiently(`${path}.lock`, WAIT_MS, context.abort)
  try {
    const earlier = readRecord(`${path}.json`)
    const replayed = earlier === undefined ? undefined : replay(earlier, requestHash, context)
    if (replayed !== undefined) return replayed
    const record: Record_ = { key: request.key, request_hash: requestHash }
    const save = (more: Partial<Record_>) => replaceFile(`${path}.json`, JSON.stringify(Object.assign(record, more)))
    const outcome = await work({
      ...context,
      beforePublish: (run_id, place) => save({ run_id, path: place }),
      beforeWork: begun => save({ begun }),
      interrupted: earlier?.request_hash === requestHash ? earlier.begun : undefined,
    })
    save({ answer: { ...outcome.answer, ...(outcome.warnings?.length ? { warnings: outcome.warnings } : {}) } })
    return outcome
  } finally {
    release()
  }
}

/** The recorded outcome; undefined where the earlier attempt never became visible. */
function replay(earlier: Record_, requestHash: string, context: Context): Outcome | undefined {
  const place = earlier.path ?? (earlier.run_id === undefined ? undefined : layout.run(context.root, earlier.run_id))
  const published = place !== undefined && isFolder(place)
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
  const { warnings, ...answer } = earlier.answer ?? answerFromDisk(place!)
  return { answer: { ...answer, replayed: true }, warnings: warnings as string[] | undefined }
}

function readRecord(path: string): Record_ | undefined {
  const text = readTextIfPresent(path)
  return text === null ? undefined : (JSON.parse(text) as Record_)
}
