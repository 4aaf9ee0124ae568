/** Taking in a bundle: everything in it is verified before the first write, and what is there already is left as it is. */

import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { canonicalJson, hashOf, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { createExclusive, isFolder, makeFolder, storing } from '../base/files.ts'
import { isoInstant } from '../base/time.ts'
import type { BundleManifest } from './bundle.ts'
import { fieldDifferences } from './difference.ts'
import { appendBatch, appendFacts, factPath } from './facts.ts'
import { artifactId, artifactsHash, membershipHash, resolutionId, runKey, specHash } from './ids.ts'
import { openCatalog } from './open-catalog.ts'
import { logOf, recordResolution } from './resolutions.ts'
import { appendEvent, findRunSet, mustFindRunSet, type RunSetState, retried } from './runset-state.ts'
import type { Row } from './tables.ts'
import { TABLES } from './tables.ts'
import { readTarMembers } from './tar.ts'
import type { ResolutionKind, RunSetResolution, Stamp } from './types.ts'
import { fileHash } from './verify.ts'

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

interface Bundle {
  manifest: BundleManifest
  datasets: Row<'datasets'>[]
  runs: Row<'runs'>[]
  events: Row<'run_events'>[]
  artifacts: Row<'artifacts'>[]
  resolutions: Map<string, RunSetResolution>
  contents: Map<string, () => Uint8Array>
}

/**
 * Take in a bundle, a file or the folder it was unpacked to. BUNDLE_CORRUPT where any hash does not hold, and nothing is then
 * written; RUNSET_EXISTS, RUN_IMMUTABLE, DATASET_IMMUTABLE, CONFLICT where the registry holds the same id with other content.
 */
export async function importBundle(root: string, path: string, stamp: Stamp): Promise<Imported> {
  const bundle = await readBundle(path)
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

// ── verify ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function readBundle(path: string): Promise<Bundle> {
  const corrupt = (what: string) =>
    fail('BUNDLE_CORRUPT', { path: `${path} (${what})` }, { hint: 'Copy the file again, or export it again.' })
  if (!existsSync(path)) throw fail('NOT_FOUND', { message: `No bundle at ${path}` })
  const read = isFolder(path) ? readerOfFolder(path) : readerOfTar(path)
  const text = read('manifest.json')
  if (text === null) throw corrupt('manifest.json is missing')
  let manifest: BundleManifest
  try {
    manifest = JSON.parse(Buffer.from(text).toString('utf8')) as BundleManifest
    const { manifestHash, ...rest } = manifest
    const written = `${canonicalJson(manifest)}\n` === Buffer.from(text).toString('utf8')
    if (!written || hashOf(rest) !== manifestHash) throw new Error('not what was written')
  } catch {
    throw corrupt('manifest.json is not what was written')
  }
  if (manifest.format !== 'quantlab.runset.bundle' || manifest.v !== 1) throw corrupt('of an unknown format')
  const contents = new Map<string, () => Uint8Array>()
  const texts = new Map<string, string>()
  for (const file of manifest.files) {
    const bytes = read(file.path)
    if (bytes === null || bytes.length !== file.bytes || sha256Hex(bytes) !== file.sha256) throw corrupt(file.path)
    if (file.path.startsWith('artifacts/')) contents.set(file.sha256, () => read(file.path) as Uint8Array)
    else texts.set(file.path, Buffer.from(bytes).toString('utf8'))
  }
  try {
    const bundle: Bundle = {
      manifest,
      datasets: rowsOf('datasets', texts),
      runs: rowsOf('runs', texts),
      events: rowsOf('run_events', texts),
      artifacts: rowsOf('artifacts', texts),
      resolutions: new Map(),
      contents,
    }
    for (const record of manifest.records) {
      const answer = JSON.parse(texts.get(`resolutions/${record.resolutionId}.json`) ?? 'null') as RunSetResolution
      bundle.resolutions.set(record.resolutionId, { ...answer, frozen: false, kind: 'resolve', resolvedAt: '' })
    }
    refuseFalseIds(bundle)
    return bundle
  } catch (error) {
    throw corrupt(error instanceof Error ? error.message : String(error))
  }
}

/** Every id must follow from what it is made of; a bundle that was changed and hashed anew fails here. */
function refuseFalseIds({ manifest, runs, artifacts, resolutions }: Bundle): void {
  const claim = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`${what} does not follow from its parts`)
  }
  claim(specHash(manifest.runset.select) === manifest.runset.specHash, 'the spec hash')
  const known = new Set(runs.map(row => row.run_id))
  for (const row of runs) {
    const key = runKey({
      datasetIds: JSON.parse(row.dataset_ids_json) as string[],
      strategySpecHash: row.strategy_spec_hash,
      engineVersion: row.engine_version,
      seed: row.seed,
      executionAssumptionsHash: row.execution_assumptions_hash,
    })
    claim(key === row.run_key, `the run key of ${row.run_id}`)
  }
  for (const row of artifacts) {
    const id = artifactId({ contentHash: row.content_hash, kind: row.kind, runId: row.run_id ?? '' })
    claim(id === row.artifact_id, `artifact id ${row.artifact_id}`)
  }
  for (const [id, resolution] of resolutions) {
    const { resolverVersion, datasetIds, runIds } = resolution
    const contentHash = membershipHash(runIds)
    const artifactsSum = artifactsHash(resolution.artifacts)
    const hash = resolution.specHash
    claim(
      resolutionId({ specHash: hash, resolverVersion, datasetIds, contentHash, artifactsHash: artifactsSum }) === id,
      `resolution ${id}`,
    )
    claim(contentHash === resolution.contentHash && artifactsSum === resolution.artifactsHash, `the hashes of ${id}`)
    claim(
      runIds.every(run => known.has(run)),
      `the member list of ${id}`,
    )
  }
}

function rowsOf<T extends 'datasets' | 'runs' | 'run_events' | 'artifacts'>(
  table: T,
  texts: ReadonlyMap<string, string>,
): Row<T>[] {
  const names = Object.keys(TABLES[table])
  return (texts.get(`facts/${table}.jsonl`) ?? '')
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const row = JSON.parse(line) as Record<string, unknown>
      return Object.fromEntries(names.map(name => [name, row[name] ?? null])) as Row<T>
    })
}

function readerOfFolder(folder: string): (name: string) => Uint8Array | null {
  return name => (isPlainName(name) && existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : null)
}

function readerOfTar(path: string): (name: string) => Uint8Array | null {
  const members = new Map(storing(path, () => readTarMembers(path)).map(member => [member.name, member]))
  return name => {
    const member = members.get(name)
    if (member === undefined) return null
    const bytes = Buffer.alloc(member.size)
    const file = openSync(path, 'r')
    try {
      for (let done = 0; done < member.size; ) {
        const got = readSync(file, bytes, done, member.size - done, member.offset + done)
        if (got === 0) return null
        done += got
      }
    } finally {
      closeSync(file)
    }
    return bytes
  }
}

function isPlainName(name: string): boolean {
  return !isAbsolute(name) && normalize(name) === name && !name.startsWith('..')
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
