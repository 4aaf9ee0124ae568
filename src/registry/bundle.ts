/**
 * Bundles: a RunSet with its answers, the facts behind them and, when asked, the artifacts, as one file that any other root takes in.
 *
 *   manifest.json              every hash; canonical JSON
 *   facts/<table>.jsonl        one canonical JSON row a line, sorted: data sets, runs, their status events, artifacts
 *   resolutions/<id>.json      members and artifacts of one answer
 *   artifacts/<sha256>         contents
 */

import { renameSync, statSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import { canonicalJson, hashOf, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { makeFolder, removeQuietly, storing, syncFolder } from '../base/files.ts'
import type { Catalog } from './catalog.ts'
import { rowText } from './ids.ts'
import { openCatalog } from './open-catalog.ts'
import { compareText } from './order.ts'
import { findReference, type Reference, recordOf } from './reference.ts'
import { type LogRow, loadResolution, logOf } from './resolutions.ts'
import { appendEvent, type Details, mustFindRunSet, type RunSetState, retried } from './runset-state.ts'
import { type TarEntry, writeTar } from './tar.ts'
import type { RunSetResolution, Select, Stamp } from './types.ts'
import { artifactPath, verifyArtifacts } from './verify.ts'

export interface BundleManifest {
  format: 'quantlab.runset.bundle'
  v: 1
  runset: {
    runsetId: string
    specHash: string
    select: Select
    details: Details
    labels: string[]
    createdAt: number
    createdBy: string | null
  }
  /** Records in the order in which they were made. */
  records: { resolutionId: string; kind: string; resolvedAt: number; actor: string | null; reason: string | null }[]
  /** Pins by the index of their record, in order. */
  pins: { record: number; at: number; actor: string | null; reason: string | null }[]
  /** Whether the last pin is in force. */
  frozen: boolean
  files: { path: string; sha256: string; bytes: number }[]
  /** Artifacts whose contents are not in the bundle: they lie outside the root, on another machine, or were not asked for. */
  artifactsLeftOut: number
  /** SHA-256 of the canonical JSON of this object without this field. */
  manifestHash: string
}

export interface Exported {
  path: string
  sha256: string
  bytes: number
  runsetId: string
  resolutionIds: string[]
  contentHashes: string[]
  artifacts: number
  artifactsLeftOut: number
}

/**
 * Write a bundle. A RunSet gives all its pins and its newest answer, a pin or hash just that one. Equal pins give equal files.
 * With artifacts every content is checked first: ARTIFACT_MISSING, ARTIFACT_CHANGED. The export is recorded, so that a
 * collection spares what it holds.
 */
export async function exportRunSet(
  root: string,
  reference: string,
  path: string,
  stamp: Stamp,
  { withArtifacts = false }: { withArtifacts?: boolean } = {},
): Promise<Exported> {
  const found = await findReference(root, reference)
  const records = await recordsFor(root, found)
  if (records.length === 0) throw fail('CONFLICT', { message: `RunSet was never resolved: ${reference}` })
  const resolutions = await Promise.all(records.map(record => loadResolution(root, record, false)))
  const contents = withArtifacts ? await contentsOf(root, resolutions) : []
  const entries: TarEntry[] = [
    ...(await factEntries(await openCatalog(root), resolutions)),
    ...resolutions.map(resolution => ({
      name: `resolutions/${resolution.resolutionId}.json`,
      data: Buffer.from(`${canonicalJson(answerOf(resolution))}\n`),
    })),
    ...contents,
  ]
  const total = new Set(resolutions.flatMap(({ artifacts }) => artifacts.map(({ contentHash }) => contentHash))).size
  const manifest = manifestOf(found, records, distinctEntries(entries), total - contents.length)
  const text = Buffer.from(`${canonicalJson(manifest)}\n`)
  writeArchive(path, [{ name: 'manifest.json', data: text }, ...distinctEntries(entries)])
  await recordExport(root, found.state.runsetId, [...new Set(records.map(record => record.resolution_id))], stamp)
  return {
    path,
    sha256: sha256Hex(text),
    bytes: statSync(path).size,
    runsetId: found.state.runsetId,
    resolutionIds: resolutions.map(({ resolutionId }) => resolutionId),
    contentHashes: resolutions.map(({ contentHash }) => contentHash),
    artifacts: contents.length,
    artifactsLeftOut: total - contents.length,
  }
}

/** The part of an answer that does not depend on when or where it was given. */
export function answerOf(resolution: RunSetResolution): Omit<RunSetResolution, 'frozen' | 'kind' | 'resolvedAt'> {
  const { frozen: _, kind: __, resolvedAt: ___, ...answer } = resolution
  return answer
}

async function recordsFor(root: string, found: Reference): Promise<LogRow[]> {
  if (found.record !== undefined) return [found.record]
  const { state } = found
  const log = await logOf(root, state.runsetId)
  const current = await recordOf(root, found)
  const wanted = new Set([...state.pins.map(({ logSeq }) => logSeq), ...(current === undefined ? [] : [current.seq])])
  return log.filter(({ seq }) => wanted.has(seq))
}

function manifestOf(
  { state, record, pin }: Reference,
  records: readonly LogRow[],
  entries: readonly TarEntry[],
  artifactsLeftOut: number,
): BundleManifest {
  const pins = record === undefined ? state.pins : pin === undefined ? [] : [pin]
  const manifest: Omit<BundleManifest, 'manifestHash'> = {
    format: 'quantlab.runset.bundle',
    v: 1,
    runset: runsetOf(state),
    records: records.map(entry => ({
      resolutionId: entry.resolution_id,
      kind: entry.kind,
      resolvedAt: entry.resolved_at,
      actor: entry.actor,
      reason: entry.reason,
    })),
    pins: pins.map(({ logSeq, at, actor, reason }) => ({
      record: records.findIndex(({ seq }) => seq === logSeq),
      at,
      actor,
      reason,
    })),
    frozen: record === undefined ? state.pin !== null : pin !== undefined,
    files: entries.map(({ name, data }) => ({
      path: name,
      sha256: data instanceof Uint8Array ? sha256Hex(data) : name.slice('artifacts/'.length),
      bytes: data instanceof Uint8Array ? data.length : data.size,
    })),
    artifactsLeftOut,
  }
  return { ...manifest, manifestHash: hashOf(manifest) }
}

function runsetOf(state: RunSetState): BundleManifest['runset'] {
  const { runsetId, specHash, select, details, labels, createdAt, createdBy } = state
  const { labels: _, ...plain } = details
  return { runsetId, specHash, select, details: plain, labels, createdAt, createdBy }
}

/** Rows behind the answers; of later events only the status, because tags and deletions belong to a registry, not to an answer. */
async function factEntries(catalog: Catalog, resolutions: readonly RunSetResolution[]): Promise<TarEntry[]> {
  const runIds = [...new Set(resolutions.flatMap(resolution => resolution.runIds))].sort(compareText)
  const records = await catalog.records(runIds)
  const missing = runIds.filter(id => !records.has(id))
  if (missing.length > 0) throw fail('PINNED_RUN_MISSING', { ids: missing.join(', ') })
  const wanted = new Set(resolutions.flatMap(({ artifacts }) => artifacts.map(({ artifactId }) => artifactId)))
  const datasets = new Set([
    ...resolutions.flatMap(({ datasetIds }) => datasetIds),
    ...[...records.values()].flatMap(({ datasetIds }) => datasetIds),
  ])
  const runs = [...records.values()]
  const own = new Set(
    runs.flatMap(({ row }) =>
      (JSON.parse(row.artifacts_json) as { artifact_id: string }[]).map(entry => entry.artifact_id),
    ),
  )
  const later = (await catalog.artifactsOfRuns(runIds)).filter(
    row => wanted.has(row.artifact_id) && !own.has(row.artifact_id),
  )
  const statuses = runs
    .filter(({ row, status }) => row.status !== status)
    .map(({ row, status, completedAt }) => ({
      run_id: row.run_id,
      seq: 1,
      event: 'status',
      status,
      at: completedAt ?? row.created_at,
    }))
  return [
    linesEntry(
      'datasets',
      catalog.datasets.filter(({ dataset_id }) => datasets.has(dataset_id)),
    ),
    linesEntry(
      'runs',
      runs.map(({ row }) => row),
    ),
    linesEntry('run_events', statuses),
    linesEntry('artifacts', later),
  ]
}

function linesEntry(table: string, rows: readonly object[]): TarEntry {
  const lines = rows.map(row => rowText(row as Record<string, unknown>)).sort(compareText)
  return { name: `facts/${table}.jsonl`, data: Buffer.from(lines.map(line => `${line}\n`).join('')) }
}

/** Contents of artifacts below the root, each checked against its hash. */
async function contentsOf(root: string, resolutions: readonly RunSetResolution[]): Promise<TarEntry[]> {
  const portable = resolutions
    .flatMap(({ artifacts }) => artifacts)
    .filter(({ uri }) => !isAbsolute(uri) && !uri.startsWith('file://') && artifactPath(root, uri) !== null)
  await verifyArtifacts(root, portable)
  const byHash = new Map<string, TarEntry>()
  for (const { uri, contentHash } of portable) {
    const path = artifactPath(root, uri) as string
    byHash.set(contentHash, { name: `artifacts/${contentHash}`, data: { path, size: statSync(path).size } })
  }
  return [...byHash.values()]
}

/** One answer may be on record more than once. */
function distinctEntries(entries: readonly TarEntry[]): TarEntry[] {
  const byName = new Map(entries.map(entry => [entry.name, entry]))
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name))
}

function writeArchive(path: string, entries: readonly TarEntry[]): void {
  const temporary = `${path}.${process.pid}.tmp`
  storing(path, () => {
    makeFolder(dirname(path))
    removeQuietly(temporary)
    try {
      writeTar(temporary, entries)
      renameSync(temporary, path)
    } catch (error) {
      removeQuietly(temporary)
      throw error
    }
    syncFolder(dirname(path))
  })
}

async function recordExport(root: string, id: string, resolutionIds: readonly string[], stamp: Stamp): Promise<void> {
  for (const resolution_id of resolutionIds) {
    await retried(async () => {
      const state = await mustFindRunSet(root, id)
      if (state.receipts.includes(resolution_id)) return true
      return appendEvent(root, id, state.lastSeq, { event: 'export', resolution_id }, stamp) ? true : undefined
    })
  }
}
