/** The tables of the registry: the columns of every kind of fact, and the row types that follow from them. */

/** `json` is RFC 8785 text; `instant` epoch ms, stored as a UTC timestamp; `int` a safe integer. `?` may be null. */
export type ColumnType = 'text' | 'json' | 'int' | 'double' | 'instant'
type Declared = ColumnType | `${ColumnType}?`

/** Columns that every fact carries beside its own. */
const RECORDED = { schema_version: 'int', recorded_at: 'instant', recorded_by: 'text?', tool_version: 'text' } as const

export const TABLES = {
  datasets: {
    dataset_id: 'text',
    kind: 'text',
    family: 'text?',
    schema_version_data: 'text',
    provenance_json: 'json',
    coverage_json: 'json',
    content_hash: 'text?',
    root: 'text?',
    created_at: 'instant',
    materialised: 'int',
    artifacts_json: 'json',
    metadata_json: 'json?',
  },
  runs: {
    run_id: 'text',
    run_key: 'text',
    dataset_ids_json: 'json',
    strategy_spec_hash: 'text',
    strategy_family: 'text?',
    strategy_params_json: 'json?',
    engine_version: 'text',
    seed: 'int',
    execution_assumptions_hash: 'text?',
    window_from: 'instant?',
    window_to: 'instant?',
    universe_json: 'json?',
    alert_window_policy: 'text?',
    fingerprint: 'text?',
    created_at: 'instant',
    completed_at: 'instant?',
    status: 'text',
    tags_json: 'json',
    artifacts_json: 'json',
    trial_count: 'int?',
    trial_sharpe_mean: 'double?',
    trial_sharpe_m2: 'double?',
    trials_hash: 'text?',
    metrics_json: 'json?',
    metadata_json: 'json?',
  },
  run_events: {
    run_id: 'text',
    seq: 'int',
    event: 'text',
    status: 'text?',
    tag: 'text?',
    at: 'instant',
    actor: 'text?',
    reason: 'text?',
  },
  artifacts: {
    artifact_id: 'text',
    run_id: 'text?',
    dataset_id: 'text?',
    kind: 'text',
    role: 'text',
    uri: 'text',
    content_hash: 'text',
    bytes: 'int?',
    row_count: 'int?',
    schema_version_data: 'text?',
    created_at: 'instant',
    metadata_json: 'json?',
  },
  experiments: {
    experiment_id: 'text',
    seq: 'int',
    event: 'text',
    definition_hash: 'text',
    definition_json: 'json?',
    resolution_ids_json: 'json',
    status: 'text',
    outputs_json: 'json?',
    started_at: 'instant?',
    completed_at: 'instant?',
    error: 'text?',
    at: 'instant',
    actor: 'text?',
  },
  aliases: {
    seq: 'int',
    alias: 'text',
    event: 'text',
    reference: 'text?',
    at: 'instant',
    actor: 'text?',
  },
  runsets_spec: {
    runset_id: 'text',
    spec_hash: 'text',
    select_json: 'json',
  },
  runsets_events: {
    runset_id: 'text',
    seq: 'int',
    event: 'text',
    spec_hash: 'text?',
    resolution_id: 'text?',
    log_seq: 'int?',
    label: 'text?',
    details_json: 'json?',
    at: 'instant',
    actor: 'text?',
    reason: 'text?',
  },
  resolution_heads: {
    runset_id: 'text',
    resolution_id: 'text',
    spec_hash: 'text',
    resolver_version: 'text',
    dataset_ids_json: 'json',
    resolution_hash: 'text',
    artifacts_hash: 'text',
    run_count: 'int',
    artifact_count: 'int',
  },
  resolution_runs: {
    resolution_id: 'text',
    run_id: 'text',
    ordinal: 'int',
  },
  resolution_artifacts: {
    resolution_id: 'text',
    artifact_id: 'text',
    run_id: 'text?',
    dataset_id: 'text?',
    kind: 'text',
    role: 'text',
    uri: 'text',
    content_hash: 'text',
    bytes: 'int?',
    row_count: 'int?',
    schema_version_data: 'text?',
  },
  resolution_log: {
    runset_id: 'text',
    seq: 'int',
    resolution_id: 'text',
    kind: 'text',
    resolved_at: 'instant',
    catalog_hash: 'text',
    metadata_json: 'json',
    actor: 'text?',
    reason: 'text?',
  },
} as const satisfies Record<string, Record<string, Declared>>

export type TableName = keyof typeof TABLES

/** The tables that a resolution depends on; `catalogHash` covers these and no other. */
export const CATALOG_TABLES = ['datasets', 'runs', 'run_events', 'artifacts'] as const satisfies readonly TableName[]
export type CatalogTable = (typeof CATALOG_TABLES)[number]

type ValueOf<D> = D extends `${infer T}?` ? ValueOf<T> | null : D extends 'text' | 'json' ? string : number
/** One row of a table: text and JSON as strings, numbers and epoch ms as numbers, null where a `?` column is empty. */
export type Row<T extends TableName> = { -readonly [C in keyof (typeof TABLES)[T]]: ValueOf<(typeof TABLES)[T][C]> }

/** Type of each column, the recorded ones included, in file order. */
export function columnsOf(table: TableName): [name: string, type: ColumnType, nullable: boolean][] {
  return Object.entries({ ...TABLES[table], ...RECORDED } as Record<string, Declared>).map(([name, declared]) => [
    name,
    declared.replace('?', '') as ColumnType,
    declared.endsWith('?'),
  ])
}
