/** One registered artifact: found by its id or the beginning of it, listed by its owner, looked at where it lies. */

import { fail } from '../base/errors.ts'
import { getDatasetFact } from './dataset-facts.ts'
import { openCatalog } from './open-catalog.ts'
import { byOwnerKindId, resolvedArtifact } from './resolver.ts'
import type { ResolvedArtifact } from './types.ts'

const PREFIX = /^[0-9a-f]{8,64}$/i
const SHOWN = 5

/** True for what can be the id of an artifact, or the beginning of one. */
export function isArtifactId(text: string): boolean {
  return PREFIX.test(text)
}

/** The artifact of this id, or whose id alone begins so. ARTIFACT_NOT_FOUND, AMBIGUOUS_REFERENCE with the candidates. */
export async function findArtifact(root: string, id: string): Promise<ResolvedArtifact> {
  const found = isArtifactId(id) ? await (await openCatalog(root)).artifactsById(id.toLowerCase(), SHOWN + 1) : []
  if (found.length === 0) throw fail('ARTIFACT_NOT_FOUND', { artifact_id: id })
  if (found.length === 1) return resolvedArtifact(found[0])
  const shown = found.slice(0, SHOWN).map(({ artifact_id }) => artifact_id)
  const more = found.length > SHOWN ? ', …' : ''
  throw fail('AMBIGUOUS_REFERENCE', { reference: id, candidates: shown.join(', ') + more })
}

/** Artifacts of a data set, by kind and id. DATASET_UNREGISTERED. */
export async function artifactsOfDatasetId(root: string, id: string): Promise<ResolvedArtifact[]> {
  const { dataset_id } = await getDatasetFact(root, id)
  return (await (await openCatalog(root)).artifactsOfDatasets([dataset_id])).map(resolvedArtifact).sort(byOwnerKindId)
}
