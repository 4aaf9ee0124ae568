/** `artifact`: what a run left on disk: list and read its files, answer it as one document, verify it, export it. */

import { join } from 'node:path'
import type {
  ArtifactExportRequest,
  ArtifactGetRequest,
  ArtifactListRequest,
  ArtifactReadRequest,
  ArtifactVerifyRequest,
  ArtifactVerifyResult,
  RunArtifact,
} from '../../../contracts/types.ts'
import { prettyJson } from '../../artifacts/artifact-dir.ts'
import { type Exported, exportArtifact, readExported, refreshExportIndex } from '../../artifacts/export.ts'
import { isRunEntry } from '../../artifacts/run-reader.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { listFolder, readTextIfPresent } from '../../base/files.ts'
import { layout } from '../../base/layout.ts'
import { artifactsOfDatasetId } from '../../registry/artifact-facts.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { noSuchRuns } from '../locate-run.ts'
import { documentOf } from './document.ts'
import { fileOf, filesBelow, findFolder, runFolder, runIdIn } from './folder.ts'
import {
  artifactView,
  contentOf,
  isPlainRun,
  refuseTwoOwners,
  registeredAs,
  registeredRun,
  runDocuments,
  verifiedArtifact,
  verifiedFiles,
} from './registered.ts'
import { documentText } from './text.ts'
import { verifyRun } from './verify.ts'

/** Failures that lie in one run and leave the others as they are. */
const OF_THE_RUN = new Set<string>(['CONFLICT', 'INTEGRITY_ERROR', 'DATA_ERROR'])

export const artifactCommands = {
  list: {
    async run({ run_id, dataset }, context) {
      const { root } = context
      refuseTwoOwners(run_id, dataset)
      if (run_id === undefined) {
        const registered = await artifactsOfDatasetId(root, dataset as string)
        return { answer: { result: { datasetId: dataset, artifacts: [], registered } } }
      }
      const path = findFolder(run_id, context)
      if (path === null) {
        const registered = await registeredRun(root, run_id)
        if (registered === null) throw noRun(run_id, context)
        return { answer: { result: { runId: run_id, artifacts: [], registered } } }
      }
      const artifacts = filesBelow(path).map(name => fileOf(path, name))
      const runId = runIdIn(path)
      return { answer: { result: { runId, path, artifacts, registered: (await registeredRun(root, runId)) ?? [] } } }
    },
  } satisfies Command<ArtifactListRequest>,

  read: {
    run(request, context) {
      const path = runFolder(request.run_id, context)
      const names = filesBelow(path)
      if (!names.includes(request.name)) {
        const message = `Run ${request.run_id} has no file ${JSON.stringify(request.name)}.`
        throw fail('NOT_FOUND', { message }, { details: [{ pointer: '/params/name', message, expected: names }] })
      }
      const { file_name: name, ...file } = fileOf(path, request.name)
      const content = contentOf(join(path, request.name), file.size_bytes)
      return { answer: { result: { runId: runIdIn(path), name, path: join(path, name), ...file, ...content } } }
    },
  } satisfies Command<ArtifactReadRequest>,

  get: {
    async run({ run_id }, context) {
      const { root } = context
      const path = findFolder(run_id, context)
      const exported = path === null ? await readExported(root, run_id) : null
      if (exported !== null) return documentOutcome(exported)
      if (path !== null) {
        return isPlainRun(path)
          ? documentOutcome(await documentOf(path))
          : { answer: { result: { ...(await runDocuments(root, path)) } } }
      }
      const result = await registeredAs<object>(root, run_id, () => noRun(run_id, context), {
        run: () => Promise.reject(notHere(run_id)),
        artifact: artifact => artifactView(root, artifact),
      })
      return { answer: { result } }
    },
  } satisfies Command<ArtifactGetRequest>,

  verify: {
    async run({ run_id }, context) {
      const { root } = context
      const path = findFolder(run_id, context)
      if (path === null) {
        const result = await registeredAs<ArtifactVerifyResult>(root, run_id, () => noRun(run_id, context), {
          run: registered => verifiedFiles(root, run_id, registered),
          artifact: artifact => verifiedArtifact(root, artifact),
        })
        const elsewhere = result.verified ? [] : ['What lies on another machine was not read.']
        return { answer: { result }, warnings: elsewhere }
      }
      const { files, checks } = await verifyRun(path)
      const exported = readTextIfPresent(layout.exportedArtifact(root, runIdIn(path)))
      if (exported !== null) {
        checks.push('exported')
        if (exported !== prettyJson(await documentOf(path))) throw exportDiffers(root, runIdIn(path))
      }
      return { answer: { result: { runId: runIdIn(path), path, verified: true, files, checks } } }
    },
  } satisfies Command<ArtifactVerifyRequest>,

  export: {
    async run(request, context) {
      const path = layout.exportedArtifacts(context.root)
      // Also after a failure the list names every document that is there.
      let index = { total: 0, warnings: [] as string[] }
      const done = await exportRuns(request, context).finally(() => {
        index = refreshExportIndex(context.root)
      })
      const result = { path, indexPath: join(path, 'index.json'), total: index.total, ...done }
      return { answer: { result }, warnings: index.warnings }
    },
  } satisfies Command<ArtifactExportRequest>,
}

function documentOutcome(document: RunArtifact): Outcome {
  return { answer: { result: { ...document } }, text: () => documentText(document) }
}

/** A run that is known, but whose directory is not here. */
function notHere(runId: string): Error {
  const hint = `\`quantlab artifact list ${runId}\` shows what is registered of it.`
  return fail('NOT_FOUND', { message: `Run ${runId} is registered, but has no directory here` }, { hint })
}

function noRun(name: string, context: Context): Error {
  return noSuchRuns([{ name, pointer: '/params/run_id' }], context)
}

/** Named runs must all have a document; when every run is asked for, those without one are listed with the reason. */
async function exportRuns(
  request: ArtifactExportRequest,
  context: Context,
): Promise<{ exported: Exported[]; skipped: { runId: string; reason: string }[] }> {
  const exported: Exported[] = []
  const skipped: { runId: string; reason: string }[] = []
  const paths = request.run_ids?.map(name => runFolder(name, context)) ?? allRuns(context.root)
  for (const path of new Set(paths)) {
    if (context.abort.aborted) throw fail('ABORTED', {})
    try {
      exported.push(exportArtifact(context.root, await documentOf(path)))
    } catch (error) {
      if (request.run_ids !== undefined || !(error instanceof GatewayError)) throw error
      if (!OF_THE_RUN.has(error.class)) throw error
      skipped.push({ runId: runIdIn(path), reason: error.message })
    }
    context.progress({ run_id: runIdIn(path), done: exported.length + skipped.length, total: paths.length })
  }
  return { exported, skipped }
}

function allRuns(root: string): string[] {
  const folder = layout.runs(root)
  return listFolder(folder)
    .map(name => join(folder, name))
    .filter(isRunEntry)
}

function exportDiffers(root: string, runId: string): Error {
  return fail(
    'INTEGRITY_ERROR',
    { message: `The exported document of ${runId} is not what its run directory says` },
    { hint: `Move ${layout.exportedArtifact(root, runId)} away and export the run again.` },
  )
}
