/** Runs as results show them: listing, one run with what uses it, the trials behind a data set and strategy family. */

import { isoInstant } from '../base/time.ts'
import { type Catalog, fits } from './catalog.ts'
import { TOMBSTONED } from './conditions.ts'
import { holdings } from './holdings.ts'
import { openCatalog } from './open-catalog.ts'
import { byOwnerKindId, resolvedArtifact } from './resolver.ts'
import { mustFindRun } from './run-events.ts'
import { listingConditions, type RunFilter } from './run-filter.ts'
import { type RunRecord, universeOf } from './run-record.ts'
import { pruned } from './selection.ts'
import type { ResolvedArtifact, RunStatus, Universe } from './types.ts'

export interface RunView {
  runId: string
  runKey: string
  datasetIds: string[]
  strategySpecHash: string
  strategyFamily?: string
  strategyParams?: unknown
  engineVersion: string
  seed: number
  executionAssumptionsHash?: string
  window?: { from: string; to: string }
  universe?: Universe
  alertWindowPolicy?: string
  status: RunStatus
  tags: string[]
  fingerprint?: string
  createdAt: string
  completedAt?: string
  deleted?: true
  trialCount?: number
  metrics?: unknown
  metadata?: unknown
}

/** Runs that fit, newest first (`createdAt`, then id); `total` is before paging. */
export async function listRuns(
  root: string,
  filter: RunFilter = {},
  { limit = 100, offset = 0 }: { limit?: number; offset?: number } = {},
): Promise<{ runs: RunView[]; total: number; limit: number; offset: number }> {
  const catalog = await openCatalog(root)
  const { records, total } = await catalog.page(listingConditions(filter), limit, offset)
  return { runs: records.map(runView), total, limit, offset }
}

/** Those of some runs that are deleted, in the given order. */
export async function deletedAmong(root: string, runIds: readonly string[]): Promise<string[]> {
  const { members } = await (await openCatalog(root)).match([TOMBSTONED])
  const deleted = new Set(members.map(({ runId }) => runId))
  return deleted.size === 0 ? [] : runIds.filter(id => deleted.has(id))
}

/** Those of the runs with these ids that fit. */
export async function findRuns(root: string, ids: readonly string[], filter: RunFilter = {}): Promise<RunView[]> {
  if (ids.length === 0) return []
  const records = await (await openCatalog(root)).records(ids)
  const conditions = listingConditions(filter)
  return [...records.values()].filter(record => fits(conditions, record)).map(runView)
}

/** One run with its artifacts and what holds it: pins, experiments, exports, resolutions. RUN_NOT_FOUND with the nearest id. */
export async function getRun(
  root: string,
  runId: string,
): Promise<{ run: RunView; artifacts: ResolvedArtifact[]; replicates: string[]; usedBy: string[] }> {
  const record = await mustFindRun(root, runId)
  const catalog = await openCatalog(root)
  const artifacts = (await catalog.artifactsOfRuns([runId])).map(resolvedArtifact).sort(byOwnerKindId)
  const replicates = await replicatesOf(catalog, record)
  const held = await holdings(root)
  return { run: runView(record), artifacts, replicates, usedBy: await held.runs(runId) }
}

/** Other runs of the same run key, by id. */
export async function replicatesOf(catalog: Catalog, { row }: RunRecord): Promise<string[]> {
  return (await catalog.replicates(row.run_key)).filter(id => id !== row.run_id)
}

export function runView(record: RunRecord): RunView {
  const { row, datasetIds, status, tags, tombstoned, completedAt } = record
  const window =
    row.window_from === null || row.window_to === null
      ? undefined
      : { from: isoInstant(row.window_from), to: isoInstant(row.window_to) }
  return pruned({
    runId: row.run_id,
    runKey: row.run_key,
    datasetIds,
    strategySpecHash: row.strategy_spec_hash,
    strategyFamily: row.strategy_family ?? undefined,
    strategyParams: parsed(row.strategy_params_json),
    engineVersion: row.engine_version,
    seed: row.seed,
    executionAssumptionsHash: row.execution_assumptions_hash ?? undefined,
    window,
    universe: universeOf(row) ?? undefined,
    alertWindowPolicy: row.alert_window_policy ?? undefined,
    status,
    tags,
    fingerprint: row.fingerprint ?? undefined,
    createdAt: isoInstant(row.created_at),
    completedAt: completedAt === null ? undefined : isoInstant(completedAt),
    deleted: tombstoned ? (true as const) : undefined,
    trialCount: row.trial_count ?? undefined,
    metrics: parsed(row.metrics_json),
    metadata: parsed(row.metadata_json),
  })
}

/** Trials of one run; `windowFrom` and `windowTo` epoch ms, Sharpe ratios per bar. */
export interface UnregisteredTrials {
  count: number
  sharpeMean: number | null
  sharpeM2: number | null
  hash: string | null
  windowFrom: number | null
  windowTo: number | null
}

export interface TrialLedger {
  datasetId: string
  strategyFamily: string
  /** Registered runs of the key. */
  runs: number
  /** Distinct trials ever made: equal trial sets on one window count once, a run without trials counts one. */
  trials: number
  /** Mean per-bar Sharpe ratio of the trials, and the sum of squared deviations from it; null where none recorded any. */
  sharpeMean: number | null
  sharpeM2: number | null
  /** Trials that recorded a Sharpe ratio: those the mean is over. */
  sharpeCount: number
  catalogHash: string
}

/**
 * All trials ever registered on a data set with a strategy family, and those of a run that is about to be registered. Means and squared deviations of the runs are pooled pairwise
 * (Chan, Golub & LeVeque 1983) in the order of the run ids, so that the result does not depend on when each was registered.
 */
export async function trialLedger(
  root: string,
  datasetId: string,
  strategyFamily: string,
  own?: UnregisteredTrials,
): Promise<TrialLedger> {
  const catalog = await openCatalog(root)
  // The condition takes longer names of the family too; they are left out below.
  const conditions = listingConditions({ datasetId, strategyFamily })
  const { records } = await catalog.page(conditions, Number.MAX_SAFE_INTEGER, 0)
  const registered = records
    .filter(({ row }) => row.strategy_family === strategyFamily)
    .sort((a, b) => (a.row.run_id < b.row.run_id ? -1 : 1))
  const seen = new Set<string>()
  const pool = { count: 0, mean: 0, m2: 0 }
  let trials = 0
  const runs: UnregisteredTrials[] = registered.map(({ row }) => ({
    count: row.trial_count ?? 1,
    sharpeMean: row.trial_sharpe_mean,
    sharpeM2: row.trial_sharpe_m2,
    hash: row.trials_hash,
    windowFrom: row.window_from,
    windowTo: row.window_to,
  }))
  if (own !== undefined) runs.push(own)
  for (const { hash, windowFrom, windowTo, count, sharpeMean, sharpeM2 } of runs) {
    if (hash !== null) {
      const key = `${hash} ${windowFrom} ${windowTo}`
      if (seen.has(key)) continue
      seen.add(key)
    }
    trials += count
    if (sharpeMean !== null) addTo(pool, count, sharpeMean, sharpeM2 ?? 0)
  }
  const some = pool.count > 0
  return {
    datasetId,
    strategyFamily,
    runs: registered.length,
    trials,
    sharpeMean: some ? pool.mean : null,
    sharpeM2: some ? pool.m2 : null,
    sharpeCount: pool.count,
    catalogHash: catalog.catalogHash,
  }
}

function addTo(pool: { count: number; mean: number; m2: number }, count: number, mean: number, m2: number): void {
  const total = pool.count + count
  const delta = mean - pool.mean
  pool.m2 += m2 + (delta * delta * pool.count * count) / total
  pool.mean += (delta * count) / total
  pool.count = total
}

function parsed(json: string | null): unknown {
  return json === null ? undefined : (JSON.parse(json) as unknown)
}
