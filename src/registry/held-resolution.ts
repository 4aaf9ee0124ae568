/** A resolution that something holds a copy of the hashes of: its stored rows must still give them. */

import { type ErrorDetail, fail } from '../base/errors.ts'
import { artifactsHash, resolutionId as idOf, membershipHash } from './ids.ts'
import { artifactsOf, headOf, membersOf } from './resolutions.ts'

/** What is held of an answer. */
export interface HeldResolution {
  runsetId: string
  resolutionId: string
  specHash: string
  contentHash: string
  artifactsHash: string
}

/** Recompute every hash from the stored rows, also of a RunSet that was deleted since. INTEGRITY_ERROR with each that differs. */
export async function verifyHeldResolution(root: string, held: HeldResolution): Promise<void> {
  const { runsetId, resolutionId } = held
  const head = await headOf(root, runsetId, resolutionId)
  const contentHash = membershipHash(await membersOf(root, runsetId, resolutionId))
  const outputs = artifactsHash(await artifactsOf(root, runsetId, resolutionId))
  const { spec_hash: specHash, resolver_version: resolverVersion } = head
  const datasetIds = JSON.parse(head.dataset_ids_json) as string[]
  const found = {
    specHash,
    contentHash,
    artifactsHash: outputs,
    resolutionId: idOf({ specHash, resolverVersion, datasetIds, contentHash, artifactsHash: outputs }),
  }
  const details: ErrorDetail[] = (Object.keys(found) as (keyof typeof found)[])
    .filter(name => found[name] !== held[name])
    .map(name => ({ pointer: name, message: `is ${found[name]}, was ${held[name]}`, expected: held[name] }))
  if (details.length === 0) return
  const message = `Resolution ${resolutionId} of ${runsetId} does not match its hashes: ${details[0].pointer} ${details[0].message}`
  throw fail('INTEGRITY_ERROR', { message }, { details, hint: '`quantlab registry check` looks at all facts.' })
}
