/** The fact of a data set: what the lake's manifest says of it, each imported file an artifact. */

import { join, relative, sep } from 'node:path'
import { layout } from '../base/layout.ts'
import type { Manifest } from '../lake/manifest.ts'
import { holdsTables } from '../lake/tables.ts'
import { type DatasetInput, registerDatasetFact } from '../registry/dataset-facts.ts'
import type { ArtifactInput } from '../registry/register-artifacts.ts'
import type { Stamp } from '../registry/types.ts'

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
    root: uri(root, folder),
    materialised: manifest.materialised,
    artifacts: filesOf(manifest).map(({ path, sha256, size_bytes, rows }) => ({
      kind: manifest.kind,
      uri: uri(root, join(folder, path)),
      contentHash: sha256,
      bytes: size_bytes,
      rowCount: rows,
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
  rows: number
}

function filesOf(manifest: Manifest): FileEntry[] {
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
