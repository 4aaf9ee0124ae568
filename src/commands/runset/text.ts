/** Texts of `runset` as the guide prints them. */

import { type Table, tableOf } from '../../base/table.ts'
import type { ArtifactChange } from '../../registry/difference.ts'
import type { Explained, RunSetDifference } from '../../registry/inspect.ts'
import type { Frozen, Resolved } from '../../registry/resolve.ts'
import type { HistoryItem, ListedRunSet, RunSetView } from '../../registry/runsets.ts'
import type { RunSetStatus, StatusCause } from '../../registry/status.ts'
import type { Universe } from '../../registry/types.ts'

/** How far reality has moved, as a line tells it. */
export interface Staleness {
  current: boolean
  causes: StatusCause[]
}

/** A RunSet with its answer. */
export function viewText({ spec, resolution, mode, pin, history }: RunSetView, staleness?: Staleness): string {
  const { written, universe, strategy } = spec
  const lines = [
    `RunSet: ${spec.runsetId}`,
    `Name: ${spec.name}`,
    ...(spec.description === undefined ? [] : [`Description: ${spec.description}`]),
    `Mode: ${mode}`,
    ...(spec.datasetId === undefined
      ? []
      : [`Dataset: ${spec.datasetId}${spec.latest ? ' (newest of the family)' : ''}`]),
    ...(written === undefined ? [] : [`Time Bounds: ${written.from} to ${written.to}`]),
    ...(universe === undefined ? [] : [`Universe: ${universeText(universe)}`]),
    ...(strategy === undefined ? [] : [`Strategy: ${keysText(strategy)}`]),
    ...(spec.runTags === undefined ? [] : [`Run Tags: ${spec.runTags.join(', ')}`]),
    ...(spec.runIds === undefined ? [] : [`Run Ids: ${spec.runIds.length}`]),
    ...(spec.expr === undefined ? [] : [`Expression: ${spec.expr}`]),
    ...(spec.tags.length === 0 ? [] : [`Tags: ${spec.tags.join(', ')}`]),
    `Created: ${spec.createdAt}`,
    `Spec Hash: ${spec.specHash}`,
    '',
  ]
  if (resolution === undefined) lines.push('Latest Resolution: none')
  else {
    lines.push(
      'Latest Resolution:',
      `  Resolved: ${resolution.resolvedAt}`,
      `  Runs: ${resolution.metadata.runCount}`,
      `  Artifacts: ${resolution.metadata.artifactCount}`,
      `  Resolution Hash: ${resolution.contentHash}`,
      `  Frozen: ${resolution.frozen}${pin === undefined ? '' : ` (pin ${pin.pin} of ${pin.at})`}`,
    )
  }
  if (staleness !== undefined && resolution !== undefined) lines.push(`  Staleness: ${stalenessText(staleness)}`)
  if (history !== undefined) lines.push('', historyText(history, history.length))
  return lines.join('\n')
}

/** One line: current, or every cause. */
export function stalenessText({ current, causes }: Staleness): string {
  return current ? 'current' : causes.map(causeText).join('; ')
}

function causeText({ cause, count, message }: StatusCause): string {
  if (cause === 'runs_added') return `+${count} newly matching`
  if (cause === 'runs_left') return `-${count} no longer matching`
  return message
}

/** An answer with the beginning of its members, at most `limit` (0: all), and its artifacts by kind. */
export function resolvedText({ resolution, mode, preview, diff, funnel }: Resolved, limit: number): string {
  const { runIds, artifacts, runsetId, contentHash, metadata } = resolution
  const shown = limit === 0 ? runIds : runIds.slice(0, limit)
  const kinds = new Map<string, number>()
  for (const { kind } of artifacts) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  const lines = [
    `RunSet: ${runsetId}`,
    `Resolved: ${runIds.length} runs, ${artifacts.length} artifacts`,
    `Mode: ${mode}${preview ? ' (preview: the pin is unchanged)' : ''}`,
    `Resolution hash: ${contentHash}`,
  ]
  if (diff !== undefined) lines.push(`Against the pin: +${diff.runs.added.length} -${diff.runs.removed.length} runs`)
  if (runIds.length === 0) lines.push(...metadata.warnings.map(({ message }) => message))
  if (shown.length > 0) lines.push('', 'Runs:', ...shown.map(id => `  - ${id}`))
  if (shown.length < runIds.length)
    lines.push(`  ... and ${runIds.length - shown.length} more (--limit-list 0 lists all)`)
  if (kinds.size > 0) {
    const counts = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))
    lines.push('', 'Artifacts:', ...counts.map(([kind, count]) => `  - ${kind}: ${count} artifacts`))
  }
  if (funnel !== undefined)
    lines.push('', 'Runs left by each condition:', ...funnel.map(step => `  ${step.condition}: ${step.runs}`))
  return lines.join('\n')
}

export function frozenText({ resolution, changed, pin, pinnedDataset }: Frozen): string {
  const { runsetId, runIds, contentHash } = resolution
  return [
    `RunSet ${changed ? 'frozen' : 'is frozen already'}: ${runsetId} (${runIds.length} runs, resolution_hash=${contentHash.slice(0, 8)}...)`,
    'Mode: reproducible',
    `Pin: ${runsetId}@pin.${pin.pin}`,
    ...(pinnedDataset === undefined ? [] : [`Dataset: ${pinnedDataset} (newest of the family; the pin keeps it)`]),
    '',
    'Future resolves will return this pinned resolution.',
  ].join('\n')
}

const LIST_COLUMNS = ['id', 'name', 'mode', 'dataset', 'from', 'to', 'runs', 'hash', 'tags', 'created'] as const

export function listTable(runsets: readonly ListedRunSet[]): Table {
  const rows = runsets.map(({ spec, resolution, mode }) => ({
    id: spec.runsetId,
    name: spec.name,
    mode,
    dataset: spec.datasetId ?? '',
    from: spec.written?.from ?? '',
    to: spec.written?.to ?? '',
    runs: resolution?.metadata.runCount ?? null,
    hash: resolution?.contentHash.slice(0, 8) ?? '',
    tags: spec.tags.join(','),
    created: spec.createdAt,
  }))
  return tableOf(LIST_COLUMNS, rows)
}

export function historyText(history: readonly HistoryItem[], total: number): string {
  const lines = history.map(item => {
    const pins = item.pins.map(pin => ` pin.${pin}`).join('')
    const delta = `+${item.added} -${item.removed}`
    return `  ${item.seq}  ${item.resolvedAt}  ${item.kind}  ${item.contentHash.slice(0, 8)}  ${item.runCount} runs  ${delta}${pins}${item.pinned ? ' (in force)' : ''}`
  })
  return [`History (${history.length} of ${total}):`, ...lines].join('\n')
}

export function statusText(status: RunSetStatus): string {
  const { runsetId, mode, current, causes, runCount, runCountNow } = status
  const head = [`RunSet: ${runsetId}`, `Mode: ${mode}`, `Runs: ${runCount}, now ${runCountNow}`]
  if (current) return [...head, 'Status: current'].join('\n')
  const lines = causes.map(
    cause =>
      `  ${causeText(cause)}${cause.sample.length === 0 ? '' : `: ${cause.sample.slice(0, 5).join(', ')}${cause.count > 5 ? ' ...' : ''}`}`,
  )
  return [...head, 'Status: changed', ...lines].join('\n')
}

export function diffText({ a, b, runs, artifacts, groups, code, spec }: RunSetDifference): string {
  const sides = [...runs.added.map(id => `  + ${id}`), ...runs.removed.map(id => `  - ${id}`)]
  return [
    `${a} → ${b}: +${runs.added.length} -${runs.removed.length} runs, ${runs.common} in both`,
    ...sides,
    ...groups.map(({ group, added, removed }) => `  ${group}: +${added} -${removed}`),
    ...code.map(
      ({ engineVersion, gitSha, added, removed }) =>
        `  engine ${engineVersion}, commit ${gitSha?.slice(0, 8) ?? 'unknown'}: +${added} -${removed}`,
    ),
    ...(artifacts.changed.length === 0
      ? []
      : [`Artifacts changed: ${artifacts.changed.length}`, ...artifacts.changed.map(changeText)]),
    ...spec.map(({ field, before, after }) => `  ${field}: ${before ?? 'absent'} → ${after ?? 'absent'}`),
  ].join('\n')
}

function changeText(change: ArtifactChange): string {
  return `  ${JSON.stringify(change)}`
}

export function explainText({ runsetId, runId, matches, member, conditions }: Explained): string {
  const lines = conditions.map(({ condition, holds, undeclared, wanted, has }) => {
    const verdict = holds ? 'holds' : undeclared ? 'not declared' : 'fails'
    return `  ${condition}: ${verdict} (wanted ${JSON.stringify(wanted)}, has ${JSON.stringify(has ?? null)})`
  })
  const recorded = member === null ? 'never resolved' : member ? 'a member' : 'no member'
  return [
    `Run ${runId} ${matches ? 'matches' : 'does not match'} ${runsetId} now; of its answer it is ${recorded}.`,
    ...lines,
  ].join('\n')
}

const ONE: Readonly<Record<string, string>> = {
  callers: 'caller',
  chains: 'chain',
  venues: 'venue',
  tokenSources: 'token_source',
  minMarketCap: 'min_market_cap',
  maxMarketCap: 'max_market_cap',
  minVolume: 'min_volume',
}

function universeText(universe: Universe): string {
  return Object.entries(universe)
    .map(([key, value]) => `${ONE[key] ?? key}=${Array.isArray(value) ? value.join(',') : String(value)}`)
    .join(' ')
}

function keysText(value: object): string {
  return Object.entries(value)
    .map(([key, item]) => `${key}=${typeof item === 'object' ? JSON.stringify(item) : String(item)}`)
    .join(' ')
}
