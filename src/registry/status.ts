/** How far reality has moved from what a RunSet is pinned to, or was last resolved to: every change with its cause. Writes nothing. */

import { newestOfFamily } from './answer.ts'
import type { Catalog } from './catalog.ts'
import { type ArtifactChange, differenceOf } from './difference.ts'
import { RESOLVER_VERSION } from './ids.ts'
import { openCatalog } from './open-catalog.ts'
import { findReference, recordOf } from './reference.ts'
import { loadResolution } from './resolutions.ts'
import { evaluate } from './resolve.ts'
import { modeOf } from './runset-state.ts'
import type { RunSetMode, RunSetResolution, Select, Stamp } from './types.ts'
import { checkArtifacts } from './verify.ts'

export type Cause =
  | 'never_resolved'
  | 'runs_added'
  | 'runs_left'
  | 'members_tombstoned'
  | 'artifacts_registered'
  | 'artifacts_changed'
  | 'artifacts_missing'
  | 'newer_dataset'
  | 'newer_resolver'

export interface StatusCause {
  cause: Cause
  count: number
  /** Ids or names it is about, the first twenty. */
  sample: string[]
  message: string
}

export interface RunSetStatus {
  runsetId: string
  mode: RunSetMode
  /** True where nothing differs. */
  current: boolean
  causes: StatusCause[]
  /** What was compared with; absent in a draft. */
  resolutionId?: string
  contentHash?: string
  /** Membership hash of the selection now. */
  contentHashNow: string
  runCount: number
  runCountNow: number
}

/** Compare the pin or newest answer with the selection as it resolves now; `files` also looks at each artifact on disk. */
export async function runsetStatus(
  root: string,
  reference: string,
  stamp: Stamp,
  { files = true }: { files?: boolean } = {},
): Promise<RunSetStatus> {
  const found = await findReference(root, reference)
  const { state } = found
  const catalog = await openCatalog(root)
  const now = (await evaluate(root, state, stamp, 'resolve', catalog)).resolution
  const record = await recordOf(root, found)
  const common = {
    runsetId: state.runsetId,
    mode: modeOf(state),
    contentHashNow: now.contentHash,
    runCountNow: now.runIds.length,
  }
  if (record === undefined) {
    const causes = [causeOf('never_resolved', [state.runsetId], 'the RunSet was never resolved')]
    return { ...common, current: false, causes, runCount: 0 }
  }
  const then = await loadResolution(root, record, state.pin !== null)
  const causes = await causesOf(root, catalog, state.select, then, now, files)
  const { resolutionId, contentHash } = then
  return { ...common, current: causes.length === 0, causes, resolutionId, contentHash, runCount: then.runIds.length }
}

async function causesOf(
  root: string,
  catalog: Catalog,
  select: Select,
  then: RunSetResolution,
  now: RunSetResolution,
  files: boolean,
): Promise<StatusCause[]> {
  const causes: StatusCause[] = []
  const add = (cause: Cause, items: readonly string[], message: string) => {
    if (items.length > 0) causes.push(causeOf(cause, items, `${items.length} ${message}`))
  }
  const { runs, artifacts } = differenceOf(then, now)
  const records = await catalog.records(then.runIds)
  const tombstoned = then.runIds.filter(id => records.get(id)?.tombstoned ?? true)
  const dead = new Set(tombstoned)
  add('runs_added', runs.added, 'runs match that are not members')
  add(
    'runs_left',
    runs.removed.filter(id => !dead.has(id)),
    'members match no longer',
  )
  add('members_tombstoned', tombstoned, 'members are deleted')
  add('artifacts_registered', artifacts.changed.map(placeOf), 'artifacts of members were registered or replaced')
  if (files) {
    const checks = await checkArtifacts(root, then.artifacts)
    const uris = (wanted: string[]) =>
      checks.filter(({ state }) => wanted.includes(state)).map(({ artifact }) => artifact.uri)
    add('artifacts_changed', uris(['changed']), 'artifacts have other content than was registered')
    add('artifacts_missing', uris(['missing', 'unreadable']), 'artifacts are missing or cannot be read')
  }
  const newer = newerDataset(catalog, select, then)
  add('newer_dataset', newer, 'data set of the family is newer')
  if (then.resolverVersion !== RESOLVER_VERSION) {
    add('newer_resolver', [`${then.resolverVersion} → ${RESOLVER_VERSION}`], 'resolver version since')
  }
  return causes
}

function newerDataset(catalog: Catalog, select: Select, then: RunSetResolution): string[] {
  const asked = 'where' in select ? select.where : undefined
  if (asked?.latest !== true || asked.datasetId === undefined) return []
  const newest = newestOfFamily(catalog, asked.datasetId)
  return then.datasetIds.includes(newest) ? [] : [newest]
}

function placeOf({ runId, kind, uri }: ArtifactChange): string {
  return `${runId}/${kind} ${uri}`
}

function causeOf(cause: Cause, items: readonly string[], message: string): StatusCause {
  return { cause, count: items.length, sample: items.slice(0, 20), message }
}
