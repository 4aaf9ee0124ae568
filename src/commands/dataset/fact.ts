/** The fact of a data set: what the lake's manifest says of it, each imported file an artifact. */

import { join, posix, relative, sep } from 'node:path'
import { fail, GatewayError } from '../../base/errors.ts'
import { layout } from '../../base/layout.ts'
import { findManifest, type Manifest } from '../../lake/manifest.ts'
import { holdsTables } from '../../lake/tables.ts'
import { type DatasetInput, findDatasetFact, registerDatasetFact } from '../../registry/dataset-facts.ts'
import type { ArtifactInput } from '../../registry/register-artifacts.ts'
import type { Row } from '../../registry/tables.ts'
import type { Stamp } from '../../registry/types.ts'
import { rootOf } from './result.ts'

/** What a registration declares of a data set that its data do not say. */
export interface DatasetDeclared {
  chains?: string[]
  venues?: string[]
  /** Share of what should be there, 0 to 1. */
  completeness?: number
  git_commit?: string
  metadata?: Record<string, unknown>
}

/** Register the fact of a data set that the lake holds or declares; the same again changes nothing. DATASET_IMMUTABLE. */
export async function registerDatasetOf(
  root: string,
  manifest: Manifest,
  declared: DatasetDeclared,
  stamp: Stamp,
): Promise<void> {
  await registerDatasetFact(root, datasetInput(root, manifest, declared), stamp)
}

/**
 * The fact of an id whose data are not in this lake: known from an imported bundle or registry. Data brought in under it must be
 * those, so nothing is imported that the fact contradicts.
 */
export async function factWithoutData(root: string, id: string): Promise<Row<'datasets'> | undefined> {
  return findManifest(root, id) === null ? findDatasetFact(root, id) : undefined
}

/** What the fact of an id asks of the data that are brought in under it. DATASET_IMMUTABLE where it was declared without hashes. */
export function expectedOf(known: Row<'datasets'> | undefined): { expected_content?: string } {
  if (known === undefined) return {}
  if (known.content_hash !== null) return { expected_content: known.content_hash }
  throw fail('DATASET_IMMUTABLE', { dataset_id: known.dataset_id, fields: 'content' })
}

/** Open data; an id that is no data set of this lake, but known to the registry, is told as that. DATASET_NOT_MATERIALISED. */
export async function orElsewhere<T>(
  root: string,
  ids: readonly (string | undefined)[],
  open: () => T | Promise<T>,
): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof GatewayError) || error.class !== 'NOT_FOUND') throw error
    for (const id of ids) {
      const known = id === undefined ? undefined : await factWithoutData(root, id)
      if (known !== undefined) throw notHere(known)
    }
    throw error
  }
}

/** Only the fact of a data set is here. */
export function notHere({ dataset_id, content_hash }: Row<'datasets'>): Error {
  const hint =
    content_hash === null
      ? 'Register the data under a new dataset id, with its path.'
      : `Register the same data here: dataset register ${dataset_id} --path …; their content hash must be ${content_hash.slice(0, 8)}….`
  return fail('DATASET_NOT_MATERIALISED', { dataset_id }, { hint })
}

function datasetInput(root: string, manifest: Manifest, declared: DatasetDeclared): DatasetInput {
  const { provenance, coverage } = manifest
  const { chains, venues, completeness, git_commit, metadata } = declared
  const folder = layout.dataset(root, manifest.kind, manifest.dataset_id)
  return {
    datasetId: manifest.dataset_id,
    kind: manifest.kind,
    schemaVersion: manifest.schema_version_data,
    ...(manifest.family === null ? {} : { family: manifest.family }),
    provenance: {
      source: provenance.source,
      extractedAt: provenance.extracted_at,
      ...(git_commit === undefined ? {} : { gitCommit: git_commit }),
    },
    coverage: {
      dateRange: { from: coverage.from, to: coverage.to },
      ...(chains === undefined ? {} : { chains }),
      ...(venues === undefined ? {} : { venues }),
      ...(completeness === undefined ? {} : { completeness }),
    },
    ...(manifest.content_hash === null ? {} : { contentHash: manifest.content_hash }),
    root: rootOf(root, manifest),
    materialised: manifest.materialised,
    artifacts: filesOf(manifest).map(({ path, sha256, size_bytes, rows }) => ({
      kind: manifest.kind,
      uri: manifest.elsewhere === undefined ? uri(root, join(folder, path)) : posix.join(manifest.elsewhere.root, path),
      contentHash: sha256,
      bytes: size_bytes,
      ...(rows === undefined ? {} : { rowCount: rows }),
      schemaVersion: manifest.schema_version_data,
      role: 'input' as const,
    })) satisfies ArtifactInput[],
    createdAt: Date.parse(manifest.created_at),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

interface FileEntry {
  path: string
  sha256: string
  size_bytes: number
  rows?: number
}

function filesOf(manifest: Manifest): FileEntry[] {
  if (manifest.elsewhere !== undefined) return manifest.elsewhere.files ?? []
  const tables = holdsTables(manifest) ? manifest.tables : []
  return [...manifest.symbols, ...tables].map(({ path, sha256, size_bytes, rows }) => ({
    path,
    sha256,
    size_bytes,
    rows,
  }))
}

function uri(root: string, path: string): string {
  return relative(root, path).split(sep).join('/')
}
