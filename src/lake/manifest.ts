/**
 * Manifests of datasets: what each holds, where it came from, and the hashes that prove it.
 *
 *   lake/datasets/<kind>/<dataset_id>/manifest.json
 *   lake/datasets/<kind>/<dataset_id>/bars/<symbol>.parquet    one a symbol, ascending; none where only declared
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, hashOf } from '../base/canonical.ts'
import { fail, type GatewayError } from '../base/errors.ts'
import { isFolder, listFolder, lookAt, storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { nearest } from '../base/near.ts'
import type { Calendar } from '../market/bars.ts'
import type { Elsewhere } from './elsewhere.ts'

export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
export const KIND_PATTERN = /^[a-z][a-z0-9_]{0,31}$/
export const SYMBOL_PATTERN = /^[A-Za-z0-9^$][A-Za-z0-9^$._:/=+@&-]{0,63}$/

/** What a dataset holds of one symbol; times are ISO instants of the first and last bar. */
export interface SymbolEntry {
  symbol: string
  /** Path inside the dataset's folder. */
  path: string
  rows: number
  from: string
  to: string
  gaps: number
  missing_bars: number
  content_hash: string
  sha256: string
  size_bytes: number
}

export interface Manifest {
  /** Version of this layout. */
  schema_version: '1.0'
  dataset_id: string
  kind: string
  family: string | null
  /** Version of the data's own schema, as the caller names it. */
  schema_version_data: string
  interval: string | null
  calendar: Calendar | null
  created_at: string
  /** False where the dataset is only declared and its data lies elsewhere. */
  materialised: boolean
  provenance: {
    source: string | null
    extracted_at: string | null
    license: string | null
    attribution: string | null
    file: { name: string; format: 'csv' | 'parquet'; sha256: string; size_bytes: number } | null
  }
  /** First and last bar over all symbols; as declared where there is no data. */
  coverage: { from: string | null; to: string | null }
  columns: string[]
  ignored_columns: string[]
  row_count: number
  gap_count: number
  missing_bar_count: number
  symbols: SymbolEntry[]
  content_hash: string | null
  /** Where a declared dataset lies; absent where nothing is said of it. */
  elsewhere?: Elsewhere
  /** SHA-256 of the canonical JSON of this object without this field. */
  manifest_hash: string
}

/** The manifest with its own hash. */
export function sealed(manifest: Omit<Manifest, 'manifest_hash'>): Manifest {
  return { ...manifest, manifest_hash: hashOf(manifest) }
}

/** True where a manifest is as it was written. */
export function isIntact(manifest: Manifest): boolean {
  const { manifest_hash, ...rest } = manifest
  return hashOf(rest) === manifest_hash
}

/** Text of manifest.json. */
export function manifestText(manifest: Manifest): string {
  return `${canonicalJson(manifest)}\n`
}

/** File of a symbol inside the dataset's folder: what a file name may not hold is percent-encoded. */
export function symbolPath(symbol: string): string {
  const name = symbol.replace(/[^A-Za-z0-9._-]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return `bars/${name}.parquet`
}

/** All datasets, by id in code-point order. INTEGRITY_ERROR for one whose manifest is damaged. */
export function allManifests(root: string): Manifest[] {
  const found: Manifest[] = []
  for (const kind of kindsIn(root)) {
    for (const id of listFolder(layout.datasetKind(root, kind))) {
      if (ID_PATTERN.test(id) && isFolder(layout.dataset(root, kind, id))) found.push(readManifest(root, kind, id))
    }
  }
  return found.sort((a, b) => (a.dataset_id < b.dataset_id ? -1 : 1))
}

/** The dataset of this id, whatever its kind, or null. INTEGRITY_ERROR where its manifest is damaged. */
export function findManifest(root: string, id: string): Manifest | null {
  if (!ID_PATTERN.test(id)) return null
  const kind = kindsIn(root).find(name => isFolder(layout.dataset(root, name, id)))
  return kind === undefined ? null : readManifest(root, kind, id)
}

/** `findManifest`, or NOT_FOUND with the nearest id. */
export function mustFindManifest(root: string, id: string): Manifest {
  const manifest = findManifest(root, id)
  if (manifest !== null) return manifest
  const ids = kindsIn(root).flatMap(kind =>
    listFolder(layout.datasetKind(root, kind)).filter(name => ID_PATTERN.test(name)),
  )
  const near = nearest(id, ids)
  const message = `Dataset not found: ${id}${near === undefined ? '' : `; did you mean ${near}?`}`
  throw fail(
    'NOT_FOUND',
    { message },
    { hint: ids.length === 0 ? 'No dataset is registered yet.' : 'dataset list shows all.' },
  )
}

/** Manifests read before, by path; one is read again when its file was replaced. */
const cache = new Map<string, { stamp: string; manifest: Manifest }>()
const MAX_CACHED = 4096

function readManifest(root: string, kind: string, id: string): Manifest {
  const path = join(layout.dataset(root, kind, id), 'manifest.json')
  const stat = lookAt(path)
  if (!stat?.isFile()) throw damaged(path, 'it is missing')
  const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`
  const cached = cache.get(path)
  if (cached?.stamp === stamp) return cached.manifest
  const manifest = parsed(
    path,
    storing(path, () => readFileSync(path, 'utf8')),
  )
  if (manifest.dataset_id !== id || manifest.kind !== kind) throw damaged(path, `it describes ${manifest.dataset_id}`)
  if (cache.size >= MAX_CACHED) cache.clear()
  cache.set(path, { stamp, manifest })
  return manifest
}

function parsed(path: string, text: string): Manifest {
  let manifest: Manifest | null = null
  let intact = false
  try {
    manifest = JSON.parse(text) as Manifest
    intact = manifest.schema_version === '1.0' && isIntact(manifest)
  } catch {
    throw damaged(path, 'it is not the JSON that was written')
  }
  if (!intact) throw damaged(path, 'it does not match its own hash')
  return manifest
}

function damaged(path: string, reason: string): GatewayError {
  const message = `Dataset manifest ${path} is damaged: ${reason}`
  const hint = 'Restore the file from a copy, or remove the dataset folder and register the data again.'
  return fail('INTEGRITY_ERROR', { message }, { details: [{ pointer: path, message: reason }], hint })
}

function kindsIn(root: string): string[] {
  return listFolder(layout.datasets(root)).filter(
    kind => KIND_PATTERN.test(kind) && isFolder(layout.datasetKind(root, kind)),
  )
}
