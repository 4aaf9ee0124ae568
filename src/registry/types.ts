/** Shapes of the registry as results carry them: camelCase, instants as ISO 8601 text, absent keys where nothing is known. */

export type RunStatus = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled'
export type RunSetMode = 'exploration' | 'reproducible'
export type ResolutionKind = 'resolve' | 'forced' | 'preview'

/** Declared universe of a run, or the filter on it; market capitalisation and volume in US dollars. */
export interface Universe {
  chains?: string[]
  venues?: string[]
  tokenSources?: string[]
  callers?: string[]
  minMarketCap?: number
  maxMarketCap?: number
  minVolume?: number
}

export type WindowMatch = 'within' | 'overlap' | 'executed'

/** `from` inclusive, `to` exclusive once normalised; a bare `to` date is written for the whole of that day. */
export interface TimeBounds {
  from: string
  to: string
  alertWindowPolicy?: string
  match?: WindowMatch
}

export interface ParamConstraint {
  min?: number
  max?: number
  /** Any JSON value; compared by canonical JSON. */
  eq?: unknown
}

export interface StrategyFilter {
  strategyFamily?: string
  strategyHash?: string
  engineVersion?: string
  paramConstraints?: Record<string, ParamConstraint>
}

/** Conditions that are all to hold. */
export interface WhereSelect {
  datasetId?: string
  latest?: boolean
  universe?: Universe
  timeBounds?: TimeBounds
  strategy?: StrategyFilter
  runTags?: string[]
  statuses?: string[]
}

export type SetOperation = 'union' | 'intersect' | 'minus'

/** An operand of set algebra: another RunSet's selection as it resolves now, a pinned resolution, or a set. */
export type SetOperand = { specHash: string } | { resolutionId: string } | SetSelect

export interface SetSelect {
  op: SetOperation
  of: SetOperand[]
}

/** What is selected, normalised: exactly one form. This is what `specHash` hashes. */
export type Select =
  | { where: WhereSelect }
  | { ids: string[]; assert?: WhereSelect }
  | { tags: string[]; statuses?: string[] }
  | { set: SetSelect }

/** A selection as a caller writes it: flat, before it is normalised. */
export interface SelectionInput extends WhereSelect {
  runIds?: string[]
}

/** A RunSet as a caller asks for it. */
export interface RunSetInput extends SelectionInput {
  runsetId: string
  name?: string
  description?: string
  /** Labels on the RunSet; never part of the selection. */
  tags?: string[]
  notes?: string
  /** Set algebra over references, e.g. `A minus B`; excludes every other condition. */
  expr?: string
  /** Who asks, for the record. */
  createdBy?: string
}

export interface RunSetSpec extends WhereSelect {
  runsetId: string
  name: string
  description?: string
  runIds?: string[]
  tags: string[]
  latest?: boolean
  frozen: boolean
  createdAt: string
  createdBy?: string
  notes?: string
  specVersion: '1.0.0'
  specHash: string
  /** The normalised selection. */
  select: Select
  /** The set expression as written. */
  expr?: string
  /** The time bounds as written. */
  written?: { from: string; to: string }
}

export interface Warning {
  code: string
  message: string
  count?: number
  sample?: string[]
}

export interface ResolvedArtifact {
  artifactId: string
  kind: string
  role: string
  uri: string
  contentHash: string
  runId?: string
  datasetId?: string
  bytes?: number
  rowCount?: number
  schemaVersion?: string
}

export interface Coverage {
  /** Over the data windows of the members; null where none declares one. */
  dateRange: { from: string; to: string } | null
  callerCount?: number
  runCount: number
}

export interface ResolutionMetadata {
  runCount: number
  artifactCount: number
  coverage: Coverage
  warnings: Warning[]
  /** Condition → candidate runs that it left out. */
  excluded: Record<string, number>
}

/** The answer to a RunSet at a moment. */
export interface RunSetResolution {
  runsetId: string
  resolutionId: string
  specHash: string
  resolverVersion: string
  resolvedAt: string
  runIds: string[]
  artifacts: ResolvedArtifact[]
  contentHash: string
  artifactsHash: string
  datasetIds: string[]
  catalogHash: string
  metadata: ResolutionMetadata
  frozen: boolean
  kind: ResolutionKind
}

/** A resolution without its members and artifacts; `metadata` counts them. */
export type ResolutionSummary = Omit<RunSetResolution, 'runIds' | 'artifacts'>

export interface Pin {
  /** Number of the pin of this RunSet, from 1. */
  pin: number
  seq: number
  at: string
  resolutionId: string
  contentHash: string
  artifactsHash: string
  actor?: string
  reason?: string
  /** True for the pin that is in force. */
  active: boolean
}

export interface RunSetWithResolution {
  spec: RunSetSpec
  resolution?: RunSetResolution
  mode: RunSetMode
}

/** Who writes and when: every fact carries it; `now` in epoch ms. */
export interface Stamp {
  now: number
  actor?: string
}
