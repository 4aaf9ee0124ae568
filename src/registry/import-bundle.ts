/** Taking in a bundle: everything in it is verified before the first write, and what is there already is left as it is. */

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canonicalJson } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { fileHash } from '../base/file-hash.ts'
import { createExclusive, makeFolder } from '../base/files.ts'
import { isoInstant } from '../base/time.ts'
import type { BundleManifest } from './bundle.ts'
import { fieldDifferences } from './difference.ts'
import { appendBatch, appendFacts, factPath } from './facts.ts'
import { openCatalog } from './open-catalog.ts'
import { type Bundle, isPlainName, readBundle } from './read-bundle.ts'
import { logOf, recordResolution } from './resolutions.ts'
import { appendEvent, findRunSet, mustFindRunSet, type RunSetState, retried } from './runset-state.ts'
import type { ResolutionKind, RunSetResolution, Stamp } from './types.ts'

export interface Imported {
  runsetId: string
  specHash: string
  /** Things that were not there before. */
  created: {
    datasets: number
    runs: number
    artifacts: number
    files: number
    records: number
    pins: number
    runset: boolean
  }
}

/**
 * Take in a bundle, a file or the folder it was unpacked to. BUNDLE_CORRUPT where any hash does not hold, and nothing is then
 * written; RUNSET_EXISTS, RUN_IMMUTABLE, DATASET_IMMUTABLE, CONFLICT where the registry holds the same id with other content.
 */
export async function importBundle(root: string, path: string, stamp: Stamp): Promise<Imported> {
  const bundle = readBundle(path)
  const plan = await planImport(root, bundle)
  const files = writeContents(root, bundle)
  for (const row of plan.datasets) appendFacts(root, 'datasets', factPath.dataset(row.dataset_id), [row], stamp)
  for (const [day, rows] of byDay(plan.runs)) appendBatch(root, 'runs', day, rows, stamp)
  for (const [day, rows] of byDay(plan.artifacts)) appendBatch(root, 'artifacts', day, rows, stamp)
  if (plan.events.length > 0) appendBatch(root, 'run_events', stamp.now, plan.events, stamp)
  const runset = await takeInRunSet(root, bundle.manifest, stamp)
  const { records, pins } = await takeInRecords(root, bundle, stamp)
  return {
    runsetId: bundle.manifest.runset.runsetId,
    specHash: bundle.manifest.runset.specHash,
    created: {
      datasets: plan.datasets.length,
      runs: plan.runs.length,
      artifacts: plan.artifacts.length,
      files,
      records,
      pins,
      runset,
    },
  }
}

// ── plan ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type Plan = Pick<Bundle, 'datasets' | 'runs' | 'events' | 'artifacts'>

/** What is not there yet; what is there with other content is refused before anything is written. */
async function planImport(root: string, bundle: Bundle): Promise<Plan> {
  const { manifest } = bundle
  const state = await findRunSet(root, manifest.runset.runsetId)
  if (state !== null && !state.deleted && state.specHash !== manifest.runset.specHash)
    throw otherSelection(state, manifest)
  refuseOtherPin(state, bundle)
  const catalog = await openCatalog(root)
  const datasets = new Map(catalog.datasets.map(row => [row.dataset_id, row]))
  for (const row of bundle.datasets) {
    const fields = differing(datasets.get(row.dataset_id), row)
    if (fields.length > 0) throw fail('DATASET_IMMUTABLE', { dataset_id: row.dataset_id, fields: fields.join(', ') })
  }
  const runs = await catalog.records(bundle.runs.map(row => row.run_id))
  for (const row of bundle.runs) {
    const fields = differing(runs.get(row.run_id)?.row, row)
    if (fields.length > 0) throw fail('RUN_IMMUTABLE', { run_id: row.run_id, fields: fields.join(', ') })
  }
  const present = new Set((await catalog.artifactsOfRuns([...runs.keys()])).map(row => row.artifact_id))
  await refuseOtherFiles(root, bundle)
  return {
    datasets: bundle.datasets.filter(row => !datasets.has(row.dataset_id)),
    runs: bundle.runs.filter(row => !runs.has(row.run_id)),
    events: bundle.events.filter(row => !runs.has(row.run_id)),
    artifacts: bundle.artifacts.filter(row => !present.has(row.artifact_id)),
  }
}

function otherSelection(state: RunSetState, manifest: BundleManifest): Error {
  const details = fieldDifferences(state.select, manifest.runset.select).map(({ field, before, after }) => ({
    pointer: field,
    message: `${before ?? 'absent'} → ${after ?? 'absent'}`,
  }))
  return fail('RUNSET_EXISTS', { runset_id: state.runsetId }, { details })
}

function refuseOtherPin(state: RunSetState | null, { manifest }: Bundle): void {
  const last = manifest.pins.at(-1)
  if (state?.pin == null || last === undefined || !manifest.frozen) return
  const wanted = manifest.records[last.record].resolutionId
  if (state.pin.resolutionId === wanted) return
  const message = `RunSet ${state.runsetId} is frozen to another resolution than the bundle holds`
  throw fail('CONFLICT', { message }, { hint: 'Unfreeze it first.' })
}

function differing(present: object | undefined, row: object): string[] {
  if (present === undefined) return []
  return Object.entries(row)
    .filter(([name, value]) => (present as Record<string, unknown>)[name] !== value)
    .map(([name]) => name)
}

/** Where each content goes: to the place its artifact names, below the root. */
function placesOf(root: string, { resolutions, contents }: Bundle): Map<string, string> {
  const places = new Map<string, string>()
  for (const { artifacts } of resolutions.values()) {
    for (const { uri, contentHash } of artifacts) {
      if (contents.has(contentHash) && isPlainName(uri)) places.set(join(root, uri), contentHash)
    }
  }
  return places
}

async function refuseOtherFiles(root: string, bundle: Bundle): Promise<void> {
  for (const [path, hash] of placesOf(root, bundle)) {
    if (!existsSync(path) || (await fileHash(path)) === hash) continue
    throw fail('CONFLICT', { message: `Another file is at ${path} than the bundle holds` })
  }
}

// ── write ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function writeContents(root: string, bundle: Bundle): number {
  let written = 0
  for (const [path, hash] of placesOf(root, bundle)) {
    if (existsSync(path)) continue
    makeFolder(dirname(path))
    if (createExclusive(path, bundle.contents.get(hash)?.() as Uint8Array)) written++
  }
  return written
}

async function takeInRunSet(root: string, { runset }: BundleManifest, stamp: Stamp): Promise<boolean> {
  return retried(async () => {
    const state = await findRunSet(root, runset.runsetId)
    if (state !== null && !state.deleted) return false
    const { runsetId: id, specHash: hash, select } = runset
    const spec = { runset_id: id, spec_hash: hash, select_json: canonicalJson(select) }
    appendFacts(root, 'runsets_spec', factPath.spec(id, hash), [spec], stamp)
    const event = {
      event: state === null ? 'create' : 'revive',
      spec_hash: hash,
      details_json: canonicalJson({ ...runset.details, labels: runset.labels }),
    } as const
    const made = madeBy(stamp, runset.createdAt, runset.createdBy)
    return appendEvent(root, id, state?.lastSeq ?? 0, event, made) ? true : undefined
  })
}

/** Records and pins that are not there yet, with the times and names under which they were made. */
async function takeInRecords(
  root: string,
  { manifest, resolutions }: Bundle,
  stamp: Stamp,
): Promise<{ records: number; pins: number }> {
  const id = manifest.runset.runsetId
  let records = 0
  const seqs: number[] = []
  for (const record of manifest.records) {
    const present = (await logOf(root, id)).find(
      row => row.resolution_id === record.resolutionId && row.kind !== 'preview',
    )
    if (present !== undefined) {
      seqs.push(present.seq)
      continue
    }
    const answer = resolutions.get(record.resolutionId) as RunSetResolution
    const resolvedAt = isoInstant(record.resolvedAt)
    const full = { ...answer, runsetId: id, resolvedAt, kind: record.kind as ResolutionKind }
    const made = { now: stamp.now, ...(record.actor === null ? {} : { actor: record.actor }) }
    seqs.push((await recordResolution(root, full, made, record.reason ?? undefined)).seq)
    records++
  }
  let pins = 0
  for (const pin of manifest.pins) {
    const { resolutionId: resolution } = manifest.records[pin.record]
    const added = await retried(async () => {
      const state = await mustFindRunSet(root, id)
      if (state.pins.some(entry => entry.resolutionId === resolution)) return 'present'
      const event = { event: 'pin', resolution_id: resolution, log_seq: seqs[pin.record], reason: pin.reason } as const
      return appendEvent(root, id, state.lastSeq, event, madeBy(stamp, pin.at, pin.actor)) ? 'added' : undefined
    })
    if (added === 'added') pins++
  }
  if (!manifest.frozen && pins > 0) {
    await retried(async () => {
      const state = await mustFindRunSet(root, id)
      if (state.pin === null) return true
      return appendEvent(root, id, state.lastSeq, { event: 'unpin' }, stamp) ? true : undefined
    })
  }
  return { records, pins }
}

/** What an event says of when and by whom it was made; when it was recorded here is in the fact beside it. */
function madeBy(stamp: Stamp, at: number, actor: string | null): Stamp & { at: number } {
  return { now: stamp.now, at, ...(actor === null ? {} : { actor }) }
}

function byDay<R extends { created_at: number }>(rows: readonly R[]): Map<number, R[]> {
  const days = new Map<number, R[]>()
  for (const row of rows) {
    const day = Math.floor(row.created_at / 86_400_000) * 86_400_000
    days.set(day, [...(days.get(day) ?? []), row])
  }
  return days
}
