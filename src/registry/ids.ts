/** Identities of the registry: SHA-256 of canonical JSON with a type tag, so that no two kinds of thing share an id. */

import { hash } from 'node:crypto'
import { hashOf, sha256Hex } from '../base/canonical.ts'
import { compareText } from './order.ts'
import type { Select } from './types.ts'

/** Raised whenever the same selection over the same facts could give another answer. */
export const RESOLVER_VERSION = '1.0.0'

/** Identity of a selection, whatever RunSet carries it. */
export function specHash(select: Select): string {
  return hashOf({ _t: 'runset.spec', v: 1, select })
}

export interface RunKeyParts {
  datasetIds: readonly string[]
  strategySpecHash: string
  engineVersion: string
  seed: number
  /** Null only where a run was registered without saying how it was executed. */
  executionAssumptionsHash: string | null
}

/** What was run: two runs with the same key are replicates of each other. */
export function runKey(parts: RunKeyParts): string {
  const { strategySpecHash, engineVersion, seed, executionAssumptionsHash } = parts
  const datasetIds = distinctSorted(parts.datasetIds)
  return hashOf({ _t: 'run.key', v: 1, datasetIds, strategySpecHash, engineVersion, seed, executionAssumptionsHash })
}

export interface ExecutionAssumptions {
  symbols: readonly string[]
  interval: string
  from: string
  to: string
  execution: string
  costs: unknown
  initialCash: number
  pipeline?: string
  configHash?: string
}

/** Hash of everything besides data set, strategy, engine and seed that decides a result. */
export function executionAssumptionsHash(assumptions: ExecutionAssumptions): string {
  return hashOf({ _t: 'execution.assumptions', v: 1, ...assumptions, symbols: distinctSorted(assumptions.symbols) })
}

/** Identity of an artifact: its content, kind and the run or data set it belongs to. */
export function artifactId(of: { contentHash: string; kind: string; runId?: string; datasetId?: string }): string {
  const { contentHash, kind, runId, datasetId } = of
  const owner = runId === undefined ? { datasetId } : { runId }
  return hashOf({ _t: 'artifact.id', v: 1, contentHash, kind, ...owner })
}

/** Identity of a strategy with its parameters, without engine version and seed. */
export function strategySpecHash(strategyFamily: string, params: unknown): string {
  return hashOf({ _t: 'strategy.spec', v: 1, strategyFamily, params })
}

/** Hash of the members: SHA-256 of the bare JSON array of distinct sorted run ids, checkable with `sha256sum`. */
export function membershipHash(runIds: readonly string[]): string {
  return sha256Hex(JSON.stringify(distinctSorted(runIds)))
}

/** Hash of the outputs: SHA-256 of the sorted JSON array of [run id or data set id, kind, content hash]. */
export function artifactsHash(
  artifacts: readonly { runId?: string; datasetId?: string; kind: string; contentHash: string }[],
): string {
  const rows = artifacts.map(({ runId, datasetId, kind, contentHash }) => [runId ?? datasetId ?? '', kind, contentHash])
  rows.sort((a, b) => compareText(a[0], b[0]) || compareText(a[1], b[1]) || compareText(a[2], b[2]))
  return sha256Hex(JSON.stringify(rows))
}

/** Identity of an answer: free of time and of the state of the registry. */
export function resolutionId(of: {
  specHash: string
  resolverVersion: string
  datasetIds: readonly string[]
  contentHash: string
  artifactsHash: string
}): string {
  const { specHash, resolverVersion, contentHash, artifactsHash } = of
  const datasetIds = distinctSorted(of.datasetIds)
  return hashOf({ _t: 'runset.resolution', v: 1, specHash, resolverVersion, datasetIds, contentHash, artifactsHash })
}

/** Identity of what an experiment does; `seed` null where none was given. */
export function definitionHash(definition: {
  resolutionIds?: readonly string[]
  inputs?: readonly string[]
  strategy: unknown
  dateRange: unknown
  params: unknown
  engineVersion: string
  seed: number | null
}): string {
  return hashOf({ _t: 'experiment.def', v: 1, ...definition })
}

/** Seed of an experiment that names none: the first 48 bits of a hash of its definition. */
export function experimentSeed(definitionHash: string): number {
  return Number.parseInt(hashOf({ _t: 'experiment.seed', v: 1, definitionHash }).slice(0, 12), 16)
}

/** Rows of one table: how many, and the sum of their SHA-256 mod 2^256, which neither order nor file split changes. */
export interface TableSum {
  rows: number
  sum: bigint
}

/** State of a set of tables: SHA-256 of {table: [rows, sum as 64 hex]}. */
export function tablesHash(tables: Record<string, TableSum>): string {
  return hashOf(Object.fromEntries(Object.entries(tables).map(([name, { rows, sum }]) => [name, [rows, hex256(sum)]])))
}

const MASK = (1n << 256n) - 1n

export function addSums(a: bigint, b: bigint): bigint {
  return (a + b) & MASK
}

export function hex256(sum: bigint): string {
  return sum.toString(16).padStart(64, '0')
}

/**
 * Sum mod 2^256 of the SHA-256 of rows: RFC 8785 of the columns `names`, without nulls. Each hash is added as eight numbers of 32 bits,
 * which a float64 holds exactly for two million rows; a big integer for each row would cost more than its hash.
 */
export function sumOfRows(rows: readonly Record<string, unknown>[], names: readonly string[]): bigint {
  let total = 0n
  const keys = names.map(name => `${JSON.stringify(name)}:`)
  for (let from = 0; from < rows.length; from += EXACT_ROWS) {
    const words = new Float64Array(8)
    for (let i = from; i < Math.min(rows.length, from + EXACT_ROWS); i++) {
      const digest = hash('sha256', rowText(rows[i], names, keys), 'buffer')
      for (let word = 0; word < 8; word++) words[word] += digest.readUInt32BE(4 * word)
    }
    total = addSums(
      total,
      words.reduce((sum, word) => (sum << 32n) + BigInt(word), 0n),
    )
  }
  return total
}

const EXACT_ROWS = 1 << 21

/** RFC 8785 text of a flat row; JSON.stringify writes single strings and finite numbers as RFC 8785 does. */
export function rowText(
  row: Record<string, unknown>,
  names: readonly string[] = hashedNames(Object.keys(row)),
  keys: readonly string[] = names.map(name => `${JSON.stringify(name)}:`),
): string {
  let text = ''
  for (let i = 0; i < names.length; i++) {
    const value = row[names[i]]
    if (value === null || value === undefined) continue
    text += (text === '' ? '' : ',') + keys[i] + JSON.stringify(value)
  }
  return `{${text}}`
}

/** The columns of rows that are hashed, in order: worked out once for many rows. */
export function hashedNames(names: readonly string[]): string[] {
  return names.filter(name => !BOOKKEEPING.has(name)).sort(compareText)
}

/** When and by whom a fact was recorded says nothing of what it states. */
export const BOOKKEEPING: ReadonlySet<string> = new Set([
  'schema_version',
  'recorded_at',
  'recorded_by',
  'tool_version',
])

/** Distinct values in UTF-16 code unit order. */
export function distinctSorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort(compareText)
}
