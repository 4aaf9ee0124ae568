/** Facts of data sets: what the lake holds, or what lies elsewhere and is only declared. */

import { canonicalJson } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { isoInstant } from '../base/time.ts'
import { appendFacts, factPath, factsAt } from './facts.ts'
import { openCatalog } from './open-catalog.ts'
import { type ArtifactInput, artifactEntry, artifactsJson } from './register-artifacts.ts'
import { ID_PATTERN, invalidSpec, pruned } from './selection.ts'
import type { Row } from './tables.ts'
import type { Stamp } from './types.ts'

export interface DatasetInput {
  datasetId: string
  kind: string
  schemaVersion: string
  family?: string
  provenance: unknown
  coverage: unknown
  contentHash?: string
  /** Folder of the data, relative to the root. */
  root?: string
  /** False where the data lies elsewhere. */
  materialised: boolean
  /** One input artifact a file. */
  artifacts?: readonly ArtifactInput[]
  /** Epoch ms; default now. */
  createdAt?: number
  metadata?: unknown
}

export interface DatasetView {
  datasetId: string
  kind: string
  schemaVersion: string
  family?: string
  provenance: unknown
  coverage: unknown
  contentHash?: string
  root?: string
  materialised: boolean
  createdAt: string
  metadata?: unknown
}

/** Write the fact of a data set once: the same id and content changes nothing, other content or another description DATASET_IMMUTABLE. */
export async function registerDatasetFact(
  root: string,
  input: DatasetInput,
  stamp: Stamp,
): Promise<{ dataset: Row<'datasets'>; created: boolean }> {
  const row = datasetRow(input, stamp)
  const catalog = await openCatalog(root)
  const present = catalog.datasets.find(({ dataset_id }) => dataset_id === row.dataset_id)
  if (present !== undefined) return { dataset: same(present, row, input), created: false }
  const path = factPath.dataset(row.dataset_id)
  if (appendFacts(root, 'datasets', path, [row], stamp)) return { dataset: row, created: true }
  const [other] = await factsAt(root, 'datasets', path)
  return { dataset: same(other, row, input), created: false }
}

/** Data sets by id, optionally of a kind or family. */
export async function listDatasetFacts(
  root: string,
  filter: { kind?: string; family?: string } = {},
): Promise<Row<'datasets'>[]> {
  const { datasets } = await openCatalog(root)
  return datasets.filter(
    row =>
      (filter.kind === undefined || row.kind === filter.kind) &&
      (filter.family === undefined || row.family === filter.family),
  )
}

/** One data set's fact; DATASET_UNREGISTERED with the nearest id. */
export async function getDatasetFact(root: string, id: string): Promise<Row<'datasets'>> {
  const { datasets } = await openCatalog(root)
  const found = datasets.find(({ dataset_id }) => dataset_id === id)
  if (found !== undefined) return found
  const near = nearest(
    id,
    datasets.map(({ dataset_id }) => dataset_id),
  )
  throw fail('DATASET_UNREGISTERED', { dataset_id: id }, near === undefined ? {} : { hint: `Did you mean ${near}?` })
}

/** The fact of a data set, if there is one. */
export async function findDatasetFact(root: string, id: string): Promise<Row<'datasets'> | undefined> {
  return (await openCatalog(root)).datasets.find(({ dataset_id }) => dataset_id === id)
}

export function datasetView(row: Row<'datasets'>): DatasetView {
  return pruned({
    datasetId: row.dataset_id,
    kind: row.kind,
    schemaVersion: row.schema_version_data,
    family: row.family ?? undefined,
    provenance: JSON.parse(row.provenance_json) as unknown,
    coverage: JSON.parse(row.coverage_json) as unknown,
    contentHash: row.content_hash ?? undefined,
    root: row.root ?? undefined,
    materialised: row.materialised === 1,
    createdAt: isoInstant(row.created_at),
    metadata: row.metadata_json === null ? undefined : (JSON.parse(row.metadata_json) as unknown),
  })
}

function datasetRow(input: DatasetInput, stamp: Stamp): Row<'datasets'> {
  const faults: { pointer: string; message: string }[] = []
  const { datasetId } = input
  for (const [pointer, id] of [
    ['datasetId', datasetId],
    ['family', input.family],
  ] as const) {
    if (id !== undefined && !ID_PATTERN.test(id))
      faults.push({ pointer, message: `${JSON.stringify(id)} is not an id` })
  }
  const entries = (input.artifacts ?? []).map((artifact, index) =>
    artifactEntry({ role: 'input', ...artifact }, { datasetId }, `artifacts.${index}`, faults),
  )
  if (faults.length > 0) throw invalidSpec(faults)
  return {
    dataset_id: datasetId,
    kind: input.kind,
    family: input.family ?? null,
    schema_version_data: input.schemaVersion,
    provenance_json: canonicalJson(input.provenance),
    coverage_json: canonicalJson(input.coverage),
    content_hash: input.contentHash ?? null,
    root: input.root ?? null,
    created_at: input.createdAt ?? stamp.now,
    materialised: input.materialised ? 1 : 0,
    artifacts_json: artifactsJson(entries),
    metadata_json: input.metadata === undefined ? null : canonicalJson(input.metadata),
  }
}

function same(present: Row<'datasets'>, row: Row<'datasets'>, input: DatasetInput): Row<'datasets'> {
  const fields = isSameContent(present, row) ? saidFields(present, row) : differingFields(present, row, input)
  if (fields.length === 0) return present
  const details = fields.map(name => ({ pointer: name, message: `${present[name]} → ${row[name]}` }))
  throw fail('DATASET_IMMUTABLE', { dataset_id: row.dataset_id, fields: fields.join(', ') }, { details })
}

function isSameContent(present: Row<'datasets'>, { content_hash, kind }: Row<'datasets'>): boolean {
  return content_hash !== null && present.content_hash === content_hash && present.kind === kind
}

function differingFields(
  present: Row<'datasets'>,
  row: Row<'datasets'>,
  input: DatasetInput,
): (keyof Row<'datasets'>)[] {
  return (Object.keys(row) as (keyof Row<'datasets'>)[]).filter(
    name => present[name] !== row[name] && !(name === 'created_at' && input.createdAt === undefined),
  )
}

/**
 * The same data, here or brought to another machine: when they were taken in and into which files is no property of them, and what
 * is not said cannot differ.
 */
function saidFields(present: Row<'datasets'>, row: Row<'datasets'>): (keyof Row<'datasets'>)[] {
  const fields: (keyof Row<'datasets'>)[] = []
  for (const name of ['family', 'schema_version_data'] as const) if (present[name] !== row[name]) fields.push(name)
  for (const name of ['coverage_json', 'metadata_json'] as const) {
    const said = JSON.parse(row[name] ?? '{}') as Record<string, unknown>
    const known = JSON.parse(present[name] ?? '{}') as Record<string, unknown>
    const differs = Object.keys(said).some(key => canonicalJson(said[key]) !== canonicalJson(known[key] ?? null))
    if (differs) fields.push(name)
  }
  const commit = (text: string) => (JSON.parse(text) as { gitCommit?: string }).gitCommit
  const said = commit(row.provenance_json)
  if (said !== undefined && said !== commit(present.provenance_json)) fields.push('provenance_json')
  return fields
}
