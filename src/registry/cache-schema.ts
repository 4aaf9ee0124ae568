/**
 * The cache's tables, views and macros, as SQL. All of it follows from facts and may be deleted at any time. The file is
 * registry.duckdb and DuckDB names a database by its file: its tables read as `registry.runs` everywhere.
 */

/** Raised whenever a table below changes: an older cache is then built again. */
export const CACHE_SCHEMA_VERSION = '1'

const ARTIFACT_STRUCT = `'[{"artifact_id":"VARCHAR","kind":"VARCHAR","role":"VARCHAR","uri":"VARCHAR","content_hash":"VARCHAR","bytes":"BIGINT","row_count":"BIGINT","schema_version_data":"VARCHAR"}]'`
const TEXTS = `'["VARCHAR"]'`

/** Order in which runs are numbered. */
const RUN_ORDER = 'dataset_ids_json, strategy_family, window_from, run_id'

/**
 * Numbers of the runs: by data set, strategy and window, because that is what RunSets select by. The runs of one lie together, and
 * DuckDB skips the blocks of all others. `runs` is the relation of the facts.
 */
export const numbersSql = (runs: string) => `
CREATE TEMP TABLE run_numbers AS
SELECT (row_number() OVER (ORDER BY ${RUN_ORDER}) - 1)::INTEGER AS run_no, run_id FROM ${runs}`

/** Runs with what later events made of them, in the order of their numbers. */
export const runsSql = (runs: string) => `
CREATE TABLE runs AS
SELECT run_no,
  run_id, run_key, from_json(dataset_ids_json, ${TEXTS}) AS dataset_ids, strategy_spec_hash, strategy_family,
  strategy_params_json, engine_version, seed, execution_assumptions_hash,
  window_from::TIMESTAMP AS window_from, window_to::TIMESTAMP AS window_to, universe_json,
  from_json(universe_json->'$.chains', ${TEXTS}) AS universe_chains,
  from_json(universe_json->'$.venues', ${TEXTS}) AS universe_venues,
  from_json(universe_json->'$.tokenSources', ${TEXTS}) AS universe_token_sources,
  from_json(universe_json->'$.callers', ${TEXTS}) AS universe_callers,
  (universe_json->>'$.minMarketCap')::DOUBLE AS universe_min_market_cap,
  (universe_json->>'$.maxMarketCap')::DOUBLE AS universe_max_market_cap,
  (universe_json->>'$.minVolume')::DOUBLE AS universe_min_volume,
  alert_window_policy, fingerprint, created_at::TIMESTAMP AS created_at,
  CASE WHEN events IS NULL THEN completed_at ELSE now_completed_at END::TIMESTAMP AS completed_at,
  coalesce(now_status, status) AS status,
  from_json(coalesce(now_tags_json, tags_json), ${TEXTS}) AS tags,
  coalesce(tombstoned, false) AS tombstoned,
  coalesce(events, 0)::INTEGER AS events,
  trial_count, trial_sharpe_mean, trial_sharpe_m2, trials_hash, metrics_json, metadata_json,
  status AS registered_status, tags_json AS registered_tags_json,
  completed_at::TIMESTAMP AS registered_completed_at, dataset_ids_json
FROM (
  SELECT * EXCLUDE (artifacts_json) FROM ${runs} JOIN run_numbers USING (run_id) LEFT JOIN run_changes USING (run_id)
  ORDER BY run_no
)`

/** The numbers between which the runs of a data set lie. */
export const RANGES_SQL = `
CREATE TABLE dataset_ranges AS
SELECT dataset_id, min(run_no)::DOUBLE AS first_no, max(run_no)::DOUBLE AS last_no
FROM (SELECT run_no, unnest(dataset_ids) AS dataset_id FROM runs) GROUP BY dataset_id`

/** Artifacts registered with their runs (`own`), in the order of these; they are taken apart before they are sorted, which needs less memory. */
export const artifactsSql = (runs: string) => `
CREATE TABLE artifacts AS
SELECT a.artifact_id, run_no, run_id, NULL::VARCHAR AS dataset_id, a.kind, a.role, a.uri, a.content_hash, a.bytes, a.row_count,
  a.schema_version_data, created_at, true AS own
FROM (
  SELECT run_no, run_id, unnest(from_json(artifacts_json, ${ARTIFACT_STRUCT})) AS a, created_at::TIMESTAMP AS created_at
  FROM ${runs} JOIN run_numbers USING (run_id)
)
ORDER BY run_no`

/** Artifacts of data sets, then those that came later and were not there already: so each stands here once. */
export const OTHER_ARTIFACTS_SQL = `
INSERT INTO artifacts BY NAME
SELECT a.artifact_id, NULL::INTEGER AS run_no, NULL::VARCHAR AS run_id, dataset_id, a.kind, a.role, a.uri, a.content_hash, a.bytes,
  a.row_count, a.schema_version_data, created_at, true AS own
FROM (
  SELECT dataset_id, unnest(from_json(artifacts_json, ${ARTIFACT_STRUCT})) AS a, created_at::TIMESTAMP AS created_at
  FROM datasets WHERE artifacts_json <> '[]'
);
INSERT INTO artifacts BY NAME
SELECT l.artifact_id, n.run_no, l.run_id, l.dataset_id, l.kind, l.role, l.uri, l.content_hash, l.bytes, l.row_count,
  l.schema_version_data, l.created_at::TIMESTAMP AS created_at, false AS own
FROM later_artifacts l LEFT JOIN run_numbers n ON n.run_id = l.run_id
WHERE l.artifact_id NOT IN (SELECT artifact_id FROM artifacts
  WHERE run_id IN (SELECT run_id FROM later_artifacts) OR dataset_id IN (SELECT dataset_id FROM later_artifacts))`

/** Names that the lab and readers of the cache use. */
export const VIEWS_SQL = `
CREATE VIEW runsets_with_resolution AS
SELECT s.*, r.resolution_id, r.resolution_hash, r.artifacts_hash, r.resolved_at, r.run_count, r.artifact_count
FROM runsets s LEFT JOIN resolutions r ON r.runset_id = s.runset_id AND r.seq = s.log_seq;
CREATE VIEW runs_with_artifacts AS
SELECT r.*, coalesce(a.artifact_count, 0) AS artifact_count, coalesce(m.runset_count, 0) AS runset_count
FROM runs r
LEFT JOIN (SELECT run_id, count(DISTINCT artifact_id) AS artifact_count FROM artifacts GROUP BY run_id) a USING (run_id)
LEFT JOIN (SELECT run_id, count(DISTINCT runset_id) AS runset_count FROM runset_membership GROUP BY run_id) m USING (run_id);
CREATE VIEW dataset_coverage AS
SELECT d.dataset_id, d.kind, d.family, coalesce(d.coverage_json->>'$.dateRange.from', d.coverage_json->>'$.from') AS coverage_from,
  coalesce(d.coverage_json->>'$.dateRange.to', d.coverage_json->>'$.to') AS coverage_to,
  (d.coverage_json->>'$.completeness')::DOUBLE AS completeness, coalesce(a.artifact_count, 0) AS artifact_count
FROM datasets d
LEFT JOIN (SELECT dataset_id, count(DISTINCT artifact_id) AS artifact_count FROM artifacts
  WHERE dataset_id IS NOT NULL GROUP BY dataset_id) a USING (dataset_id);
CREATE MACRO get_runset_runs(id) AS TABLE
SELECT r.* FROM runs r JOIN runset_membership m USING (run_id) WHERE m.runset_id = id ORDER BY run_id;
CREATE MACRO get_runset_artifacts(id) AS TABLE
SELECT a.* FROM resolution_artifacts a JOIN runsets s ON s.resolution_id = a.resolution_id
WHERE s.runset_id = id ORDER BY a.run_id, a.kind, a.artifact_id`

/** Ids that do not follow from what they are made of; every row is a fault. */
export const DERIVED_IDS_SQL = `
SELECT 'run key of ' || run_id AS fault FROM runs
WHERE run_key <> sha256('{"_t":"run.key","datasetIds":' || dataset_ids_json || ',"engineVersion":' || to_json(engine_version) ||
  ',"executionAssumptionsHash":' || coalesce('"' || execution_assumptions_hash || '"', 'null') || ',"seed":' || seed::BIGINT ||
  ',"strategySpecHash":"' || strategy_spec_hash || '","v":1}')
UNION ALL
SELECT 'artifact id ' || artifact_id FROM artifacts
WHERE artifact_id <> sha256('{"_t":"artifact.id","contentHash":"' || content_hash || CASE WHEN run_id IS NULL
  THEN '","datasetId":"' || dataset_id || '","kind":"' || kind ELSE '","kind":"' || kind || '","runId":"' || run_id END || '","v":1}')
LIMIT 5`
