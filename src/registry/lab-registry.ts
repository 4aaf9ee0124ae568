/** The schema `registry` of the lab's database: metadata of the asked RunSets, of their runs, data sets and artifacts. */

import { canonicalJson } from '../base/canonical.ts'
import type { Database } from '../base/duckdb.ts'
import { Loader } from './cache-loader.ts'
import type { LabRunSet } from './lab-source.ts'
import { openCatalog } from './open-catalog.ts'
import type { RunRecord } from './run-record.ts'
import type { ColumnType } from './tables.ts'
import type { ResolvedArtifact } from './types.ts'

type Rows = readonly object[]

const TABLES = {
  datasets: {
    dataset_id: 'text',
    kind: 'text',
    family: 'text',
    schema_version: 'text',
    created_at: 'instant',
    provenance_json: 'json',
    coverage_json: 'json',
    content_hash: 'text',
  },
  runs: {
    run_id: 'text',
    run_key: 'text',
    dataset_ids_json: 'json',
    strategy_hash: 'text',
    strategy_family: 'text',
    strategy_params_json: 'json',
    engine_version: 'text',
    seed: 'int',
    execution_assumptions_hash: 'text',
    window_from: 'instant',
    window_to: 'instant',
    universe_json: 'json',
    alert_window_policy: 'text',
    fingerprint: 'text',
    status: 'text',
    tags_json: 'json',
    created_at: 'instant',
    completed_at: 'instant',
    trial_count: 'int',
    metadata_json: 'json',
  },
  artifacts: {
    artifact_id: 'text',
    run_id: 'text',
    dataset_id: 'text',
    kind: 'text',
    role: 'text',
    uri: 'text',
    content_hash: 'text',
    bytes: 'int',
    row_count: 'int',
  },
  runsets: {
    runset_no: 'int',
    reference: 'text',
    runset_id: 'text',
    name: 'text',
    mode: 'text',
    spec_hash: 'text',
    spec_json: 'json',
    resolution_id: 'text',
    resolution_hash: 'text',
    artifacts_hash: 'text',
    run_count: 'int',
    pin: 'int',
  },
  runset_membership: { runset_id: 'text', run_id: 'text', runset_no: 'int', reference: 'text' },
} as const satisfies Record<string, Record<string, ColumnType>>

/** Columns that are lists of texts. */
const LISTS: Record<string, Record<string, string>> = {
  runs: { dataset_ids_json: 'dataset_ids', tags_json: 'tags' },
}

/** Write the tables; instants become UTC timestamps without a zone. `path` is beside which passing files may lie. */
export async function loadRegistry(
  root: string,
  database: Database,
  path: string,
  runsets: readonly LabRunSet[],
  artifacts: readonly ResolvedArtifact[],
): Promise<void> {
  const catalog = await openCatalog(root)
  const ids = [...new Set(runsets.flatMap(({ resolution }) => resolution.runIds))]
  const records = await catalog.records(ids)
  const datasets = new Set(runsets.flatMap(({ resolution }) => resolution.datasetIds))
  const rows: Record<keyof typeof TABLES, Rows> = {
    datasets: catalog.datasets
      .filter(({ dataset_id }) => datasets.has(dataset_id))
      .map(row => ({ ...row, schema_version: row.schema_version_data })),
    runs: ids.flatMap(id => records.get(id) ?? []).map(runRow),
    artifacts: artifacts.map(artifactRow),
    runsets: runsets.map(runsetRow),
    runset_membership: runsets.flatMap(({ reference, resolution }, index) =>
      resolution.runIds.map(run_id => ({
        runset_id: resolution.runsetId,
        run_id,
        runset_no: index + 1,
        reference,
      })),
    ),
  }
  const loader = new Loader(database, path)
  for (const [name, columns] of Object.entries(TABLES)) {
    await loader.rows('staged', columns, rows[name as keyof typeof TABLES])
    await database.run(`CREATE TABLE registry.${name} AS SELECT ${selected(name, columns)} FROM staged`)
    await database.run('DROP TABLE staged')
  }
}

function selected(name: string, columns: Record<string, ColumnType>): string {
  return Object.entries(columns)
    .map(([column, type]) => {
      const list = LISTS[name]?.[column]
      if (list !== undefined) return `from_json(${column}, '["VARCHAR"]') AS ${list}`
      return type === 'instant' ? `${column}::TIMESTAMP AS ${column}` : column
    })
    .join(', ')
}

function runRow({ row, status, tags, completedAt }: RunRecord): object {
  const { strategy_spec_hash: strategy_hash } = row
  return { ...row, strategy_hash, status, tags_json: JSON.stringify(tags), completed_at: completedAt }
}

function artifactRow(artifact: ResolvedArtifact): object {
  return {
    artifact_id: artifact.artifactId,
    run_id: artifact.runId ?? null,
    dataset_id: artifact.datasetId ?? null,
    kind: artifact.kind,
    role: artifact.role,
    uri: artifact.uri,
    content_hash: artifact.contentHash,
    bytes: artifact.bytes ?? null,
    row_count: artifact.rowCount ?? null,
  }
}

function runsetRow({ reference, spec, resolution, pin }: LabRunSet, index: number): object {
  return {
    runset_no: index + 1,
    reference,
    runset_id: spec.runsetId,
    name: spec.name,
    mode: pin === undefined ? 'exploration' : 'reproducible',
    spec_hash: resolution.specHash,
    spec_json: canonicalJson(spec),
    resolution_id: resolution.resolutionId,
    resolution_hash: resolution.contentHash,
    artifacts_hash: resolution.artifactsHash,
    run_count: resolution.runIds.length,
    pin: pin?.pin ?? null,
  }
}
