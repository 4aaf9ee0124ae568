/** The resolver: selection and rows in, members and the reasons of all others out. Pure; it can only point. */

import { canonicalJson } from '../base/canonical.ts'
import { isoInstant } from '../base/time.ts'
import { type Condition, firstFailure } from './conditions.ts'
import { artifactsHash, distinctSorted, membershipHash, RESOLVER_VERSION, resolutionId } from './ids.ts'
import { compareText } from './order.ts'
import { type Member, memberOf, type RunRecord } from './run-record.ts'
import type { Row } from './tables.ts'
import type {
  Coverage,
  ResolutionKind,
  ResolutionMetadata,
  ResolvedArtifact,
  RunSetResolution,
  Warning,
} from './types.ts'

/** Members of a selection, and for every other run the first condition that left it out (`code?`: not declared). */
export interface Match {
  members: Member[]
  excluded: Record<string, number>
}

/** Apply conditions to runs. */
export function matchRuns(conditions: readonly Condition[], records: Iterable<RunRecord>): Match {
  const members: Member[] = []
  const excluded: Record<string, number> = {}
  for (const record of records) {
    const failure = firstFailure(conditions, record)
    if (failure === null) members.push(memberOf(record))
    else excluded[failure] = (excluded[failure] ?? 0) + 1
  }
  return { members, excluded }
}

/** How many runs are left after each condition, in order; the first row counts all that are registered. */
export function funnelOf(conditions: readonly Condition[], match: Match): { condition: string; runs: number }[] {
  const drops = match.excluded
  let left = match.members.length + Object.values(drops).reduce((sum, count) => sum + count, 0)
  const funnel = [{ condition: 'registered', runs: left }]
  for (const { code } of conditions) {
    left -= (drops[code] ?? 0) + (drops[`${code}?`] ?? 0)
    funnel.push({ condition: code, runs: left })
  }
  return funnel
}

/** Candidates left out by condition: those of another data set are no candidates. */
export function excludedOf(match: Match): Record<string, number> {
  const excluded: Record<string, number> = {}
  for (const [failure, count] of Object.entries(match.excluded)) {
    const code = failure.replace(/\?$/, '')
    if (code !== 'dataset') excluded[code] = (excluded[code] ?? 0) + count
  }
  return Object.fromEntries(Object.entries(excluded).sort(([a], [b]) => compareText(a, b)))
}

const UNDECLARED: [prefix: string, code: string, what: string][] = [
  ['universe.', 'UNIVERSE_UNDECLARED', 'declare no'],
  ['time', 'WINDOW_UNDECLARED', 'declare no data window'],
  ['param.', 'PARAM_UNDECLARED', 'record no'],
]

/** What a reader should know of runs that were left out because they declare nothing. */
export function undeclaredWarnings(match: Match): Warning[] {
  const warnings: Warning[] = []
  for (const failure of Object.keys(match.excluded)
    .filter(name => name.endsWith('?'))
    .sort(compareText)) {
    const code = failure.slice(0, -1)
    const known = UNDECLARED.find(([prefix]) => code.startsWith(prefix))
    if (known === undefined) continue
    const [prefix, name, what] = known
    const count = match.excluded[failure]
    const field = prefix.endsWith('.') ? ` ${code.slice(prefix.length)}` : ''
    warnings.push({ code: name, message: `${count} runs ${what}${field} and were left out`, count })
  }
  return warnings
}

/** Warnings about the members themselves: replicates count double in an average. */
export function memberWarnings(members: readonly Member[]): Warning[] {
  const byKey = new Map<string, string[]>()
  for (const { runKey, runId } of members) {
    const ids = byKey.get(runKey)
    if (ids === undefined) byKey.set(runKey, [runId])
    else ids.push(runId)
  }
  const replicates = [...byKey.values()].filter(ids => ids.length > 1)
  if (replicates.length === 0) return []
  const count = replicates.reduce((sum, ids) => sum + ids.length - 1, 0)
  const sample = distinctSorted(replicates.flat()).slice(0, 5)
  return [{ code: 'DUPLICATE_RUN_KEY', message: `${count} members repeat another member's inputs`, count, sample }]
}

export interface Answer {
  runsetId: string
  specHash: string
  members: readonly Member[]
  artifacts: readonly Row<'artifacts'>[]
  /** Concrete data sets of the selection itself; those of the members are added. */
  datasetIds: readonly string[]
  warnings: readonly Warning[]
  excluded: Record<string, number>
  catalogHash: string
  /** Epoch ms. */
  resolvedAt: number
  kind: ResolutionKind
}

/** The resolution of an answer: sorted, hashed, with its coverage. */
export function resolutionOf(answer: Answer): RunSetResolution {
  const { members, runsetId, specHash, catalogHash, kind } = answer
  const runIds = distinctSorted(members.map(({ runId }) => runId))
  const artifacts = answer.artifacts.map(resolvedArtifact).sort(byOwnerKindId)
  const datasetIds = distinctSorted([...answer.datasetIds, ...members.flatMap(member => member.datasetIds)])
  const contentHash = membershipHash(runIds)
  const artifactsSum = artifactsHash(artifacts)
  const identity = { specHash, resolverVersion: RESOLVER_VERSION, datasetIds, contentHash, artifactsHash: artifactsSum }
  return {
    runsetId,
    resolutionId: resolutionId(identity),
    specHash,
    resolverVersion: RESOLVER_VERSION,
    resolvedAt: isoInstant(answer.resolvedAt),
    runIds,
    artifacts,
    contentHash,
    artifactsHash: artifactsSum,
    datasetIds,
    catalogHash,
    // In the key order in which it is stored, so that an answer read back is the same bytes.
    metadata: JSON.parse(
      canonicalJson({
        runCount: runIds.length,
        artifactCount: artifacts.length,
        coverage: coverageOf(members),
        warnings: [...answer.warnings, ...memberWarnings(members)],
        excluded: answer.excluded,
      }),
    ) as ResolutionMetadata,
    frozen: false,
    kind,
  }
}

/** An artifact row as a resolution carries it. */
export function resolvedArtifact(row: Row<'artifacts'> | Row<'resolution_artifacts'>): ResolvedArtifact {
  const artifact: ResolvedArtifact = {
    artifactId: row.artifact_id,
    kind: row.kind,
    role: row.role,
    uri: row.uri,
    contentHash: row.content_hash,
  }
  if (row.run_id !== null) artifact.runId = row.run_id
  if (row.dataset_id !== null) artifact.datasetId = row.dataset_id
  if (row.bytes !== null) artifact.bytes = row.bytes
  if (row.row_count !== null) artifact.rowCount = row.row_count
  if (row.schema_version_data !== null) artifact.schemaVersion = row.schema_version_data
  return artifact
}

export function byOwnerKindId(a: ResolvedArtifact, b: ResolvedArtifact): number {
  return (
    compareText(a.runId ?? a.datasetId ?? '', b.runId ?? b.datasetId ?? '') ||
    compareText(a.kind, b.kind) ||
    compareText(a.artifactId, b.artifactId)
  )
}

/** Data windows from first to last, and the callers that members declare; nothing is inferred. */
function coverageOf(members: readonly Member[]): Coverage {
  let from = Infinity
  let to = -Infinity
  const callers = new Set<string>()
  for (const { windowFrom, windowTo, callers: declared } of members) {
    if (windowFrom !== null && windowFrom < from) from = windowFrom
    if (windowTo !== null && windowTo > to) to = windowTo
    for (const caller of declared ?? []) callers.add(caller)
  }
  const dateRange = from < to ? { from: isoInstant(from), to: isoInstant(to) } : null
  return { dateRange, runCount: members.length, ...(callers.size === 0 ? {} : { callerCount: callers.size }) }
}
