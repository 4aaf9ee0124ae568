/** The RunSet side of the cache: RunSets as they stand, their resolutions with every hash checked, pins, members, aliases. */

import { canonicalJson } from '../base/canonical.ts'
import { listAliases } from './alias.ts'
import type { Loader } from './cache-loader.ts'
import { type HeadRow, headOf, logOf, newestOf } from './resolutions.ts'
import { allRunSets, type RunSetState, specOf } from './runset-state.ts'
import { loadStored } from './stored-resolutions.ts'
import type { ColumnType } from './tables.ts'

const COLUMNS = {
  runsets: {
    runset_id: 'text',
    name: 'text',
    spec_hash: 'text',
    spec_json: 'json',
    mode: 'text',
    created_at: 'instant',
    created_by: 'text',
    frozen: 'int',
    log_seq: 'int',
    resolution_id: 'text',
    resolution_hash: 'text',
  },
  resolutions: {
    runset_id: 'text',
    seq: 'int',
    resolution_id: 'text',
    spec_hash: 'text',
    resolver_version: 'text',
    kind: 'text',
    resolved_at: 'instant',
    dataset_ids_json: 'json',
    resolution_hash: 'text',
    artifacts_hash: 'text',
    run_count: 'int',
    artifact_count: 'int',
    catalog_hash: 'text',
    metadata_json: 'json',
    actor: 'text',
    reason: 'text',
  },
  meant: { runset_id: 'text', resolution_id: 'text', source: 'text', added_at: 'instant' },
  runset_tags: { runset_id: 'text', tag: 'text' },
  pins: {
    runset_id: 'text',
    pin: 'int',
    seq: 'int',
    resolution_id: 'text',
    at: 'instant',
    actor: 'text',
    reason: 'text',
    active: 'int',
  },
  aliases: { alias: 'text', reference: 'text', at: 'instant', actor: 'text' },
} as const satisfies Record<string, Record<string, ColumnType>>

type Rows = { [T in keyof typeof COLUMNS]: object[] }

/** Load every RunSet that is not deleted. REGISTRY_CORRUPT for a resolution whose stored rows do not give its hashes. */
export async function loadRunSets(root: string, loader: Loader): Promise<void> {
  const rows = Object.fromEntries(Object.keys(COLUMNS).map(name => [name, [] as object[]])) as unknown as Rows
  const stored = new Map<string, HeadRow>()
  for (const state of await allRunSets(root)) await addRunSet(root, state, rows, stored)
  for (const { alias, reference, at, actor } of await listAliases(root)) {
    rows.aliases.push({ alias, reference, at: Date.parse(at), actor: actor ?? null })
  }
  for (const [name, columns] of Object.entries(COLUMNS)) {
    await loader.rows(name === 'meant' ? 'temp.meant' : name, columns, rows[name as keyof Rows])
  }
  const { database } = loader
  await database.run('ALTER TABLE runsets ALTER frozen TYPE BOOLEAN')
  await database.run('ALTER TABLE pins ALTER active TYPE BOOLEAN')
  await loadStored(root, loader, [...stored.values()])
  await database.run(
    `CREATE TABLE runset_membership AS
     SELECT runset_id, run_id, source, added_at FROM meant JOIN resolution_runs USING (resolution_id)`,
  )
}

async function addRunSet(root: string, state: RunSetState, rows: Rows, stored: Map<string, HeadRow>): Promise<void> {
  const { runsetId, pin } = state
  const log = await logOf(root, runsetId)
  const meant = pin === null ? await newestOf(root, state, log) : log.find(({ seq }) => seq === pin.logSeq)
  for (const record of log) {
    const head = await headOf(root, runsetId, record.resolution_id)
    if (!stored.has(record.resolution_id)) stored.set(record.resolution_id, head)
    rows.resolutions.push({ ...head, ...record })
  }
  const spec = specOf(state)
  rows.runsets.push({
    runset_id: runsetId,
    name: spec.name,
    spec_hash: state.specHash,
    spec_json: canonicalJson(spec),
    mode: pin === null ? 'exploration' : 'reproducible',
    created_at: state.createdAt,
    created_by: state.createdBy,
    frozen: pin === null ? 0 : 1,
    log_seq: meant?.seq ?? null,
    resolution_id: meant?.resolution_id ?? null,
    resolution_hash: meant === undefined ? null : (await headOf(root, runsetId, meant.resolution_id)).resolution_hash,
  })
  for (const tag of state.labels) rows.runset_tags.push({ runset_id: runsetId, tag })
  for (const { resolutionId: id, pin: number, seq, at, actor, reason } of state.pins) {
    const active = seq === pin?.seq ? 1 : 0
    rows.pins.push({ runset_id: runsetId, pin: number, seq, resolution_id: id, at, actor, reason, active })
  }
  if (meant === undefined) return
  const source = pin === null ? 'resolve' : 'pin'
  rows.meant.push({ runset_id: runsetId, resolution_id: meant.resolution_id, source, added_at: meant.resolved_at })
}
