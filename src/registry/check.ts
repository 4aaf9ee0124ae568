/** Checking the registry: every fact against its hash, every id against what it is made of, every sequence for gaps. Reads only. */

import { join } from 'node:path'
import { GatewayError } from '../base/errors.ts'
import { listFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { readFacts } from './fact-file.ts'
import { isFact, LISTED_TABLES, runsetFolders } from './facts.ts'
import { leftovers } from './gc.ts'
import { artifactId, artifactsHash, membershipHash, resolutionId, runKey } from './ids.ts'
import { listTable } from './listing.ts'
import { artifactsOf, headOf, logOf, membersOf } from './resolutions.ts'
import { artifactsOfDataset, artifactsOfRun } from './run-record.ts'
import { findRunSet } from './runset-state.ts'
import type { Row, TableName } from './tables.ts'

export interface RegistryFault {
  /** A path below `lake/registry/`, or the id at fault. */
  where: string
  message: string
}

export interface RegistryCheck {
  intact: boolean
  files: number
  rows: number
  faults: RegistryFault[]
  /** Temporary files of writers that died: harmless, removed by a collection. */
  leftovers: string[]
}

/** Read every fact and report all that is wrong with it. */
export async function checkRegistry(root: string): Promise<RegistryCheck> {
  const check: RegistryCheck = { intact: true, files: 0, rows: 0, faults: [], leftovers: leftovers(root) }
  const seen = new Map<string, string>()
  for (const table of LISTED_TABLES) {
    const { all, live } = listTable(root, table)
    const inForce = new Set(live)
    for (const name of all) {
      const rows = await factRows(root, table, `${table}/${name}`, check)
      if (inForce.has(name)) for (const row of rows) checkRow(table, row as never, `${table}/${name}`, seen, check)
    }
  }
  await checkFolder(root, 'aliases', 'aliases', check)
  for (const id of runsetFolders(root)) await checkRunSet(root, id, check)
  check.intact = check.faults.length === 0
  return check
}

async function factRows<T extends TableName>(
  root: string,
  table: T,
  path: string,
  check: RegistryCheck,
): Promise<Row<T>[]> {
  check.files++
  try {
    const { facts } = await readFacts(table, join(layout.registry(root), path))
    check.rows += facts.length
    return facts
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    check.faults.push({ where: path, message: error.message })
    return []
  }
}

function checkRow(
  table: TableName,
  row: Row<'runs'> & Row<'datasets'> & Row<'artifacts'>,
  path: string,
  seen: Map<string, string>,
  check: RegistryCheck,
): void {
  const fault = (message: string) => check.faults.push({ where: path, message })
  if (table === 'runs') {
    const key = runKey({
      datasetIds: JSON.parse(row.dataset_ids_json) as string[],
      strategySpecHash: row.strategy_spec_hash,
      engineVersion: row.engine_version,
      seed: row.seed,
      executionAssumptionsHash: row.execution_assumptions_hash,
    })
    if (key !== row.run_key) fault(`run key of ${row.run_id} does not follow from its parts`)
    once(`run ${row.run_id}`, path, seen, fault)
  }
  if (table === 'datasets') once(`data set ${row.dataset_id}`, path, seen, fault)
  const artifacts = table === 'runs' ? artifactsOfRun(row) : table === 'datasets' ? artifactsOfDataset(row) : []
  for (const artifact of table === 'artifacts' ? [row as Row<'artifacts'>] : artifacts) {
    const { content_hash: contentHash, kind, run_id: runId, dataset_id: datasetId } = artifact
    const owner = runId === null ? { datasetId: datasetId ?? '' } : { runId }
    if (artifactId({ contentHash, kind, ...owner }) !== artifact.artifact_id) {
      fault(`artifact id ${artifact.artifact_id} does not follow from its parts`)
    }
  }
}

function once(id: string, path: string, seen: Map<string, string>, fault: (message: string) => void): void {
  const other = seen.get(id)
  if (other !== undefined) fault(`${id} is registered in ${other} too`)
  seen.set(id, path)
}

async function checkRunSet(root: string, id: string, check: RegistryCheck): Promise<void> {
  const before = check.faults.length
  await checkFolder(root, 'runsets_spec', `runsets_spec/runset_id=${id}`, check)
  await checkFolder(root, 'runsets_events', `runsets_events/runset_id=${id}`, check)
  await checkResolutions(root, id, check)
  if (check.faults.length > before) return
  try {
    const state = await findRunSet(root, id)
    for (const [index, { seq }] of (await logOf(root, id)).entries()) {
      if (seq !== index + 1) check.faults.push({ where: id, message: `its log has no record ${index + 1}` })
    }
    for (const pin of state?.pins ?? []) {
      const record = (await logOf(root, id)).find(({ seq }) => seq === pin.logSeq)
      if (record?.resolution_id === pin.resolutionId) continue
      check.faults.push({ where: `${id}@pin.${pin.pin}`, message: 'its log record is another or missing' })
    }
    const events = listFolder(join(layout.registry(root), `runsets_events/runset_id=${id}`)).filter(isFact)
    if (state !== null && events.length !== state.lastSeq) {
      check.faults.push({ where: id, message: `its events have a gap: ${events.length} of ${state.lastSeq}` })
    }
    for (const record of await logOf(root, id)) await checkResolution(root, id, record.resolution_id, check)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    check.faults.push({ where: id, message: error.message })
  }
}

async function checkResolution(root: string, runsetId: string, id: string, check: RegistryCheck): Promise<void> {
  const head = await headOf(root, runsetId, id)
  const contentHash = membershipHash(await membersOf(root, runsetId, id))
  const artifacts = artifactsHash(await artifactsOf(root, runsetId, id))
  const expected = resolutionId({
    specHash: head.spec_hash,
    resolverVersion: head.resolver_version,
    datasetIds: JSON.parse(head.dataset_ids_json) as string[],
    contentHash,
    artifactsHash: artifacts,
  })
  if (contentHash === head.resolution_hash && artifacts === head.artifacts_hash && expected === id) return
  check.faults.push({ where: runsetId, message: `resolution ${id.slice(0, 16)} does not follow from its rows` })
}

const PARTS: readonly [RegExp, TableName][] = [
  [/^log-/, 'resolution_log'],
  [/\.head\.parquet$/, 'resolution_heads'],
  [/\.runs\.parquet$/, 'resolution_runs'],
  [/\.artifacts\.parquet$/, 'resolution_artifacts'],
]

async function checkResolutions(root: string, id: string, check: RegistryCheck): Promise<void> {
  const folder = `runsets_resolution/runset_id=${id}`
  for (const name of listFolder(join(layout.registry(root), folder)).filter(isFact)) {
    const table = PARTS.find(([pattern]) => pattern.test(name))?.[1]
    if (table !== undefined) await factRows(root, table, `${folder}/${name}`, check)
  }
}

async function checkFolder(root: string, table: TableName, folder: string, check: RegistryCheck): Promise<void> {
  for (const name of listFolder(join(layout.registry(root), folder)).filter(isFact)) {
    await factRows(root, table, `${folder}/${name}`, check)
  }
}
