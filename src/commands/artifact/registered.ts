/** Artifacts as the registry has them, for `artifact`: one by its id, those of a run that has no directory, those of a data set. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ArtifactRunDocuments, ArtifactView } from '../../../contracts/types.ts'
import { isAttempt } from '../../artifacts/experiment-attempt.ts'
import { isModelDir, MODEL_DOCUMENTS } from '../../artifacts/model-run.ts'
import { readRun } from '../../artifacts/run-reader.ts'
import { fail } from '../../base/errors.ts'
import { lookAt, readTextIfPresent, storing } from '../../base/files.ts'
import { findArtifact, isArtifactId } from '../../registry/artifact-facts.ts'
import { openCatalog } from '../../registry/open-catalog.ts'
import { byOwnerKindId, resolvedArtifact } from '../../registry/resolver.ts'
import type { ResolvedArtifact } from '../../registry/types.ts'
import { artifactPath, checkArtifacts, verifyArtifacts } from '../../registry/verify.ts'
import { isAlertRun } from '../alerts/alert-run.ts'
import { runIdIn } from './folder.ts'
import { verifyRun } from './verify.ts'

const CONTENT_LIMIT = 4 * 1024 * 1024

const DOCUMENTS = ['metadata.json', 'config.json', 'metrics.json', 'manifest.json', 'report.json']

/** Look a name up that leads to no directory: a registered run, then an artifact id; `missing` where it is neither. */
export async function registeredAs<T>(
  root: string,
  name: string,
  missing: () => Error,
  found: {
    run: (artifacts: ResolvedArtifact[]) => T | Promise<T>
    artifact: (artifact: ResolvedArtifact) => T | Promise<T>
  },
): Promise<T> {
  const ofRun = await registeredRun(root, name)
  if (ofRun !== null) return await found.run(ofRun)
  if (!isArtifactId(name)) throw missing()
  return await found.artifact(await findArtifact(root, name))
}

/** Artifacts of a registered run, by kind and id; null where no run is registered under the name. */
export async function registeredRun(root: string, name: string): Promise<ResolvedArtifact[] | null> {
  const catalog = await openCatalog(root)
  if (!(await catalog.records([name])).has(name)) return null
  return (await catalog.artifactsOfRuns([name])).map(resolvedArtifact).sort(byOwnerKindId)
}

/** An artifact with the state and, where it is text and intact, the content of its file. */
export async function artifactView(root: string, artifact: ResolvedArtifact): Promise<ArtifactView> {
  const [{ state }] = await checkArtifacts(root, [artifact])
  const path = artifactPath(root, artifact.uri)
  const content = state === 'intact' && path !== null ? contentOf(path, lookAt(path)?.size ?? 0) : {}
  return { artifact, ...(path === null ? {} : { path }), state, ...content }
}

/** Verify one artifact. ARTIFACT_MISSING, ARTIFACT_CHANGED; what lies on another machine is not verified. */
export async function verifiedArtifact(root: string, artifact: ResolvedArtifact) {
  const [{ state }] = await verifyArtifacts(root, [artifact])
  const path = artifactPath(root, artifact.uri)
  const { runId } = artifact
  const at = { ...(runId === undefined ? {} : { runId }), ...(path === null ? {} : { path }) }
  const verified = state === 'intact'
  return { ...at, verified, files: verified ? 1 : 0, checks: verified ? ['content_hash'] : [], artifact }
}

/** The JSON documents of a run that is no plain one, verified first, with what is registered of it. */
export async function runDocuments(root: string, path: string): Promise<ArtifactRunDocuments> {
  await verifyRun(path)
  const runId = runIdIn(path)
  const documents: Record<string, unknown> = {}
  const model = isModelDir(path)
  const names = model ? [...Object.values(MODEL_DOCUMENTS).map(({ file }) => file), 'manifest.json'] : DOCUMENTS
  for (const name of names) {
    const text = readTextIfPresent(join(path, name))
    if (text !== null) documents[name] = JSON.parse(text)
  }
  const registered = (await registeredRun(root, runId)) ?? []
  const other = isAttempt(path) ? 'experiment' : 'unknown'
  const mode = model ? 'model' : String(readRun(path).metadata?.['mode'] ?? other)
  return { runId, mode, path, documents, registered }
}

/** Verify what is registered of a run that has no directory here. ARTIFACT_MISSING, ARTIFACT_CHANGED. */
export async function verifiedFiles(root: string, runId: string, registered: readonly ResolvedArtifact[]) {
  const checks = await verifyArtifacts(root, registered)
  const files = checks.filter(({ state }) => state === 'intact').length
  return { runId, verified: files === checks.length, files, checks: ['content_hash'] }
}

/** True for what `documentOf` knows: a plain run, and one of earlier times, which it refuses with what to do. */
export function isPlainRun(path: string): boolean {
  if (isModelDir(path)) return false
  const run = readRun(path)
  return run.metadata?.['mode'] === 'run' && !isAlertRun(run)
}

/** Content of a text file: parsed JSON, or the text; nothing for binary files and files over 4 MiB. */
export function contentOf(path: string, size: number): { content?: unknown } {
  if (size > CONTENT_LIMIT || !/\.(json|csv|md|svg|html|txt)$/.test(path)) return {}
  const text = storing(path, () => readFileSync(path, 'utf8'))
  if (!path.endsWith('.json')) return { content: text }
  try {
    return { content: JSON.parse(text) }
  } catch {
    return { content: text }
  }
}

/** Exactly one owner is named. INVALID_CONFIG. */
export function refuseTwoOwners(run: string | undefined, dataset: string | undefined): void {
  if ((run === undefined) !== (dataset === undefined)) return
  const message = 'Name either a run or a data set'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/run_id', message }] })
}
