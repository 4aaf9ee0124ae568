/** `artifact register`: one more file of a registered run or data set. */

import type { ArtifactRegisterRequest } from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import type { ArtifactInput } from '../../registry/register-artifacts.ts'
import { resolvedArtifact } from '../../registry/resolver.ts'
import { registerArtifacts } from '../../registry/run-events.ts'
import { artifactPath } from '../../registry/verify.ts'
import type { Command } from '../command.ts'
import { registerMissing } from '../registry/registration.ts'
import { fileArtifact } from '../runs/registry.ts'

export const artifactRegister: Command<ArtifactRegisterRequest> = {
  async run(request, context) {
    const { run, dataset, actor } = request
    if ((run === undefined) === (dataset === undefined)) {
      const message = 'Name the owner of the artifact: either run or dataset'
      throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/run', message }] })
    }
    const { warnings } = await registerMissing(context)
    const owner = run === undefined ? { datasetId: dataset as string } : { runId: run }
    const stamp = { now: context.clock.now(), ...(actor === undefined ? {} : { actor }) }
    const input = { ...(await located(request, context)), ...detailsOf(request) }
    const { artifacts, created } = await registerArtifacts(context.root, owner, [input], stamp)
    const artifact = resolvedArtifact(artifacts[0])
    const said = created > 0 ? 'registered' : 'unchanged'
    return {
      answer: { result: { artifact, created: created > 0 } },
      warnings,
      text: () => `Artifact ${said}: ${artifact.artifactId} (${artifact.kind} of ${run ?? dataset})`,
    }
  },
}

/** A file at hand is hashed, and must be what the caller says; what lies elsewhere is taken at the caller's word. */
async function located(
  { kind, uri, content_hash }: ArtifactRegisterRequest,
  context: Parameters<typeof fileArtifact>[2],
): Promise<ArtifactInput> {
  if (artifactPath(context.root, uri) === null) {
    if (content_hash !== undefined) return { kind, uri, contentHash: content_hash }
    throw fail('INVALID_CONFIG', { message: `${uri} lies elsewhere: content_hash is required` })
  }
  const path = uri.startsWith('file://') ? (artifactPath(context.root, uri) as string) : uri
  const found = await fileArtifact(kind, path, context)
  if (content_hash === undefined || content_hash === found.contentHash) return found
  throw fail('INTEGRITY_ERROR', {
    message: `${uri} has the content ${found.contentHash.slice(0, 8)}, not ${content_hash.slice(0, 8)}`,
  })
}

function detailsOf({ role, row_count, schema_version }: ArtifactRegisterRequest): Partial<ArtifactInput> {
  return {
    role,
    ...(row_count === undefined ? {} : { rowCount: row_count }),
    ...(schema_version === undefined ? {} : { schemaVersion: schema_version }),
  }
}
