/** Registering runs: one durable file each, an existing id only with the same content, derived ids computed here. */

import { canonicalJson } from '../base/canonical.ts'
import { fail, GatewayError } from '../base/errors.ts'
import type { Catalog } from './catalog.ts'
import { appendBatch, appendRun, factFileAt, factPath } from './facts.ts'
import { distinctSorted, runKey, strategySpecHash } from './ids.ts'
import { catalogToRegister, openCatalog } from './open-catalog.ts'
import { partWritten } from './own-parts.ts'
import { type ArtifactInput, artifactEntry, artifactsJson } from './register-artifacts.ts'
import { foldRun, type RunRecord } from './run-record.ts'
import { ID_PATTERN, invalidSpec, normaliseUniverse, RUN_STATUSES } from './selection.ts'
import type { Row } from './tables.ts'
import { parseInstant } from './time-bounds.ts'
import type { RunStatus, Stamp, Universe, Warning } from './types.ts'

/** Trials behind a run, for the ledger of a data set and strategy family; Sharpe ratios per bar. */
export interface TrialStatistics {
  count: number
  /** Null where no trial has a Sharpe ratio. */
  sharpeMean: number | null
  /** Sum of squared deviations from the mean. */
  sharpeM2: number | null
  /** Identity of the set of trials: equal sets on one window count once. */
  hash: string
}

/** A run as it is registered. */
export interface RunInput {
  /** Default: `run-` and the first 16 hex of the run key. */
  runId?: string
  datasetIds: readonly string[]
  /** May be left out where family and parameters are given. */
  strategySpecHash?: string
  strategyFamily?: string
  strategyParams?: unknown
  engineVersion: string
  seed?: number
  executionAssumptionsHash?: string
  /** Simulated data interval [from, to), ISO dates or instants; a bare `to` date is that midnight. */
  window?: { from: string; to: string }
  universe?: Universe
  alertWindowPolicy?: string
  status?: RunStatus
  tags?: readonly string[]
  fingerprint?: string
  /** Epoch ms; default now. */
  createdAt?: number
  completedAt?: number
  artifacts?: readonly ArtifactInput[]
  trials?: TrialStatistics
  metrics?: unknown
  metadata?: unknown
}

export interface Registered {
  run: RunRecord
  created: boolean
  warnings: Warning[]
}

export interface RegisterOptions {
  /** The caller owns the id (it claimed the run's directory), so nobody else can have registered it. */
  claimed?: boolean
  /** Refuse data sets that are not registered. */
  strict?: boolean
}

/**
 * Register one run. The same id with the same content changes nothing; with other content RUN_IMMUTABLE. INVALID_SPEC with every
 * fault; DATASET_UNREGISTERED under `strict`, else a warning. Durable when it returns; with `claimed` one file is all it touches.
 */
export async function registerRun(
  root: string,
  input: RunInput,
  stamp: Stamp,
  { claimed = false, strict = false }: RegisterOptions = {},
): Promise<Registered> {
  const row = runRow(input, stamp)
  const warnings: Warning[] = []
  if (!claimed) {
    const catalog = await catalogToRegister(root)
    warnings.push(...unregistered(catalog, row, strict))
    const present = (await catalog.records([row.run_id])).get(row.run_id)
    if (present !== undefined) return unchanged(present, input, row, warnings)
  }
  const written = await appendRun(root, row, stamp)
  if (written === null) {
    const path = factPath.run(row.created_at, row.run_id)
    const [other] = (await factFileAt(root, 'runs', path))?.facts ?? []
    if (other?.run_id !== row.run_id)
      throw fail('CONFLICT', { message: `${path} holds another run than ${row.run_id}` })
    return unchanged(foldRun(other, []), input, row, warnings)
  }
  await partWritten(root, 'runs', written, stamp)
  return { run: foldRun(row, []), created: true, warnings }
}

export interface RegisterManyOptions {
  /** Refuse data sets that are not registered. */
  strict?: boolean
  skipPresent?: boolean
  /** Where each input stands for its caller, e.g. `line 7`: faults are told there. */
  places?: readonly string[]
}

function placed<T>(place: string | undefined, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (place === undefined || !(error instanceof GatewayError) || error.code !== 'INVALID_SPEC') throw error
    throw invalidSpec(
      error.details.map(({ pointer, message }) => ({ pointer: `${place} ${pointer.replace(/^\//, '')}`, message })),
    )
  }
}

/** Rows in one file; what is more goes to another. */
const BATCH_ROWS = 16_384

/**
 * Register many runs with few files: those that are there with the same content are left out. With `skipPresent` a run that is
 * there is left out whatever it holds: for runs found on disk, whose facts may have been made by another version.
 */
export async function registerRuns(
  root: string,
  inputs: readonly RunInput[],
  stamp: Stamp,
  { strict = false, skipPresent = false, places }: RegisterManyOptions = {},
): Promise<{ created: number; unchanged: number; warnings: Warning[] }> {
  const catalog = await openCatalog(root)
  const rows = inputs.map((input, index) => placed(places?.[index], () => runRow(input, stamp)))
  const present = await catalog.records(rows.map(row => row.run_id))
  const fresh = new Map<string, Row<'runs'>>()
  const warnings = new Map<string, Warning>()
  for (const [index, row] of rows.entries()) {
    for (const warning of unregistered(catalog, row, strict)) warnings.set(warning.message, warning)
    const other = present.get(row.run_id)?.row ?? fresh.get(row.run_id)
    if (other === undefined) fresh.set(row.run_id, row)
    else if (!skipPresent) refuseOther(other, inputs[index], row)
  }
  const created = [...fresh.values()]
  for (const [day, group] of byDay(created)) {
    for (let at = 0; at < group.length; at += BATCH_ROWS) {
      const written = appendBatch(root, 'runs', day, group.slice(at, at + BATCH_ROWS), stamp)
      if (written !== null) await partWritten(root, 'runs', written, stamp)
    }
  }
  return { created: created.length, unchanged: rows.length - created.length, warnings: [...warnings.values()] }
}

/** Of these run ids the ones that no fact tells of. */
export async function unregisteredRuns(root: string, runIds: readonly string[]): Promise<string[]> {
  if (runIds.length === 0) return []
  const present = await (await openCatalog(root)).records(runIds)
  return runIds.filter(id => !present.has(id))
}

/** The fact row of an input. INVALID_SPEC with every fault. */
export function runRow(input: RunInput, stamp: Stamp): Row<'runs'> {
  const faults: { pointer: string; message: string }[] = []
  const fault = (pointer: string, message: string) => faults.push({ pointer, message })
  const datasetIds = distinctSorted(input.datasetIds)
  const { strategyFamily, strategyParams, seed = 0, status = 'completed', trials } = input
  const hash =
    input.strategySpecHash ??
    (strategyFamily === undefined ? undefined : strategySpecHash(strategyFamily, strategyParams ?? {}))
  if (datasetIds.length === 0) fault('datasetIds', 'at least one data set is required')
  for (const id of datasetIds) if (!ID_PATTERN.test(id)) fault('datasetIds', `${JSON.stringify(id)} is not an id`)
  if (hash === undefined) fault('strategySpecHash', 'is required where no strategy family is given')
  for (const name of ['strategySpecHash', 'executionAssumptionsHash', 'fingerprint'] as const) {
    const value = input[name]
    if (value !== undefined && !HASH.test(value)) fault(name, `${value} is not 64 hex digits`)
  }
  if (input.engineVersion === '') fault('engineVersion', 'is required')
  if (!Number.isSafeInteger(seed)) fault('seed', `${seed} is not a whole number`)
  if (!RUN_STATUSES.includes(status)) fault('status', `${status} is none of ${RUN_STATUSES.join(', ')}`)
  const window = windowOf(input, fault)
  const universe = normaliseUniverse(input.universe, faults)
  const key = runKey({
    datasetIds,
    strategySpecHash: hash ?? '',
    engineVersion: input.engineVersion,
    seed,
    executionAssumptionsHash: input.executionAssumptionsHash ?? null,
  })
  const runId = input.runId ?? `run-${key.slice(0, 16)}`
  if (!ID_PATTERN.test(runId)) fault('runId', `${JSON.stringify(runId)} is not an id`)
  const entries = (input.artifacts ?? []).map((artifact, index) =>
    artifactEntry(artifact, { runId }, `artifacts.${index}`, faults),
  )
  if (faults.length > 0) throw invalidSpec(faults)
  const createdAt = input.createdAt ?? stamp.now
  return {
    run_id: runId,
    run_key: key,
    dataset_ids_json: canonicalJson(datasetIds),
    strategy_spec_hash: hash as string,
    strategy_family: strategyFamily ?? null,
    strategy_params_json: jsonOf(strategyParams),
    engine_version: input.engineVersion,
    seed,
    execution_assumptions_hash: input.executionAssumptionsHash ?? null,
    window_from: window?.from ?? null,
    window_to: window?.to ?? null,
    universe_json: jsonOf(universe),
    alert_window_policy: input.alertWindowPolicy ?? null,
    fingerprint: input.fingerprint ?? null,
    created_at: createdAt,
    completed_at: input.completedAt ?? (status === 'pending' || status === 'running' ? null : createdAt),
    status,
    tags_json: canonicalJson(distinctSorted((input.tags ?? []).map(tag => tag.normalize('NFC')))),
    artifacts_json: artifactsJson(entries),
    trial_count: trials?.count ?? null,
    trial_sharpe_mean: trials?.sharpeMean ?? null,
    trial_sharpe_m2: trials?.sharpeM2 ?? null,
    trials_hash: trials?.hash ?? null,
    metrics_json: jsonOf(input.metrics),
    metadata_json: jsonOf(input.metadata),
  }
}

const HASH = /^[0-9a-f]{64}$/

function windowOf(
  { window }: RunInput,
  fault: (pointer: string, message: string) => void,
): { from: number; to: number } | undefined {
  if (window === undefined) return undefined
  const from = parseInstant(window.from)
  const to = parseInstant(window.to)
  if (typeof from === 'string') fault('window.from', from)
  if (typeof to === 'string') fault('window.to', to)
  if (typeof from === 'string' || typeof to === 'string') return undefined
  if (from >= to) fault('window.from', `${window.from} is not before ${window.to}`)
  return { from, to }
}

function jsonOf(value: unknown): string | null {
  return value === undefined || value === null ? null : canonicalJson(value)
}

function unregistered(catalog: Catalog, row: Row<'runs'>, strict: boolean): Warning[] {
  const ids = JSON.parse(row.dataset_ids_json) as string[]
  const known = new Set(catalog.datasets.map(({ dataset_id }) => dataset_id))
  const missing = ids.filter(id => !known.has(id))
  if (strict && missing.length > 0) throw fail('DATASET_UNREGISTERED', { dataset_id: missing.join(', ') })
  return missing.map(id => ({ code: 'DATASET_UNREGISTERED', message: `Dataset is not registered: ${id}` }))
}

function unchanged(present: RunRecord, input: RunInput, row: Row<'runs'>, warnings: Warning[]): Registered {
  refuseOther(present.row, input, row)
  return { run: present, created: false, warnings }
}

/** What the caller did not say cannot differ: the time of registration, and a completion derived from it. */
function refuseOther(present: Row<'runs'>, input: RunInput, row: Row<'runs'>): void {
  const unsaid = new Set<string>()
  if (input.createdAt === undefined) unsaid.add('created_at')
  if (input.completedAt === undefined) unsaid.add('completed_at')
  const fields = (Object.keys(row) as (keyof Row<'runs'>)[]).filter(
    name => !unsaid.has(name) && present[name] !== row[name],
  )
  if (fields.length === 0) return
  const details = fields.map(name => ({ pointer: name, message: `${present[name]} → ${row[name]}` }))
  throw fail('RUN_IMMUTABLE', { run_id: row.run_id, fields: fields.join(', ') }, { details })
}

function byDay(rows: readonly Row<'runs'>[]): Map<number, Row<'runs'>[]> {
  const days = new Map<number, Row<'runs'>[]>()
  for (const row of rows) {
    const day = Math.floor(row.created_at / 86_400_000) * 86_400_000
    const group = days.get(day)
    if (group === undefined) days.set(day, [row])
    else group.push(row)
  }
  return days
}
