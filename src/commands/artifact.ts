/** `artifact`: what a run left on disk: list and read its files, answer it as one document, verify it, export it. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  ArtifactExportRequest,
  ArtifactGetRequest,
  ArtifactListRequest,
  ArtifactReadRequest,
  ArtifactVerifyRequest,
  RunArtifact,
} from '../../contracts/types.ts'
import { prettyJson } from '../artifacts/artifact-dir.ts'
import { type Exported, exportArtifact, readExported, refreshExportIndex } from '../artifacts/export.ts'
import { isRunEntry } from '../artifacts/run-reader.ts'
import { fail, GatewayError } from '../base/errors.ts'
import { listFolder, readTextIfPresent } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { openCatalog } from '../registry/open-catalog.ts'
import { byOwnerKindId, resolvedArtifact } from '../registry/resolver.ts'
import { documentOf } from './artifact-document.ts'
import { fileOf, filesBelow, findFolder, runFolder, runIdIn } from './artifact-folder.ts'
import { documentText } from './artifact-text.ts'
import { verifyRun } from './artifact-verify.ts'
import type { Command, Context } from './command.ts'

/** Failures that lie in one run and leave the others as they are. */
const OF_THE_RUN = new Set<string>(['CONFLICT', 'INTEGRITY_ERROR', 'DATA_ERROR'])

const CONTENT_LIMIT = 4 * 1024 * 1024

export const artifactCommands = {
  list: {
    async run(request, context) {
      const path = runFolder(request.run_id, context)
      const artifacts = filesBelow(path).map(name => fileOf(path, name))
      const runId = runIdIn(path)
      const rows = await (await openCatalog(context.root)).artifactsOfRuns([runId])
      const registered = rows.map(resolvedArtifact).sort(byOwnerKindId)
      return { answer: { result: { runId, path, artifacts, registered } } }
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
    async run(request, context) {
      const document = await foundDocument(request.run_id, context)
      return { answer: { result: { ...document } }, text: () => documentText(document) }
    },
  } satisfies Command<ArtifactGetRequest>,

  verify: {
    async run(request, context) {
      const path = runFolder(request.run_id, context)
      const { files, checks } = await verifyRun(path)
      const exported = readTextIfPresent(layout.exportedArtifact(context.root, runIdIn(path)))
      if (exported !== null) {
        checks.push('exported')
        if (exported !== prettyJson(await documentOf(path))) throw exportDiffers(context.root, runIdIn(path))
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

/** The document of a run: from its directory, else as it was exported before the directory went away. */
async function foundDocument(name: string, context: Context): Promise<RunArtifact> {
  const path = findFolder(name, context)
  if (path !== null) return documentOf(path)
  const exported = await readExported(context.root, name)
  return exported ?? documentOf(runFolder(name, context))
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

function contentOf(path: string, size: number): { content?: unknown } {
  if (size > CONTENT_LIMIT || !/\.(json|csv|md|svg|html|txt)$/.test(path)) return {}
  const text = readFileSync(path, 'utf8')
  if (!path.endsWith('.json')) return { content: text }
  try {
    return { content: JSON.parse(text) }
  } catch {
    return { content: text }
  }
}
