/** One side of a comparison as plain values, wherever it comes from; and that of an exported document. */

import type { ComparedSide, ComparisonGap, RunArtifact } from '../../../contracts/types.ts'
import type { Curve } from '../../engine/curve-comparison.ts'
import type { RowTable } from '../../engine/row-comparison.ts'
import { type UnitOf, unitsOf } from '../metric-units.ts'
import { constantText, rowsOfRecords } from './row-tables.ts'

/** A part of a side with the file it was read from, or why the side has none. */
export type Part<Value> = { file: string; value: Value } | { reason: string }

/** Everything that is compared. A side of another kind is one more function that gives this. */
export interface Side {
  about: ComparedSide
  inputs: SideInputs
  code: SideCode
  /** metrics.json without its mode, command and status; null where there is none. */
  metrics: object | null
  unitOf: UnitOf
  trades: Part<RowTable>
  /** Trials of a sweep, variations of an experiment. */
  trials: Part<RowTable>
  equity: Part<Curve>
  /** Bars a year of the curve; null where unknown. */
  periodsPerYear: number | null
  missing: Omit<ComparisonGap, 'side'>[]
}

/** What went in; null where it is not recorded. */
export interface SideInputs {
  datasets: { datasetId: string; contentHash: string | null }[]
  snapshotHash: string | null
  window: { from: string; to: string } | null
  seed: number | null
  fingerprint: string | null
  fingerprintV2: string | null
  hashes: Record<HashedInput, string | null>
  config: object | null
}

export const HASHED_INPUTS = ['strategy', 'executionModel', 'costModel', 'riskModel', 'runConfig'] as const
export type HashedInput = (typeof HASHED_INPUTS)[number]

/** What computed it; null where it is not recorded. */
export interface SideCode {
  gitCommit: string | null
  engineVersion: string | null
  quantlabVersion: string | null
  nodeVersion: string | null
}

/** The side of an exported document; it was verified when it was read. */
export async function sideOfDocument(reference: string, path: string | null, document: RunArtifact): Promise<Side> {
  const { metadata, request, tradeEvents, pnlSeries, metrics } = document
  const { dataSnapshot, runConfig } = request
  const file = `${metadata.runId}.json`
  return {
    about: {
      ...{ reference, kind: 'document', id: metadata.runId, path, createdAt: metadata.createdAtISO },
      ...{ replayOf: metadata.replayOf ?? null, resultHash: document.resultHash, verified: true },
    },
    inputs: {
      datasets: [{ datasetId: dataSnapshot.snapshotId, contentHash: null }],
      snapshotHash: metadata.dataSnapshotHash,
      window: { from: dataSnapshot.timeRange.fromISO, to: dataSnapshot.timeRange.toISO },
      seed: runConfig.seed,
      fingerprint: metadata.fingerprint,
      fingerprintV2: null,
      hashes: {
        strategy: metadata.strategyConfigHash,
        executionModel: metadata.executionModelHash ?? null,
        costModel: metadata.costModelHash ?? null,
        riskModel: metadata.riskModelHash ?? null,
        runConfig: metadata.runConfigHash,
      },
      config: withoutTimes(request),
    },
    code: {
      ...{ gitCommit: metadata.gitSha, engineVersion: metadata.engineVersion },
      ...{ quantlabVersion: null, nodeVersion: null },
    },
    metrics,
    unitOf: await unitsOf('artifacts/run-artifact', ['metrics']),
    trades: { file, value: eventRows(tradeEvents) },
    trials: { reason: 'an exported run has none' },
    equity: {
      file,
      value: {
        ts: Float64Array.from(pnlSeries, ({ timestampISO }) => Date.parse(timestampISO)),
        equity: Float64Array.from(pnlSeries, ({ cumulativePnL }) => cumulativePnL),
      },
    },
    periodsPerYear: null,
    missing: [],
  }
}

/** When a document was made decides nothing. */
function withoutTimes(request: RunArtifact['request']): object {
  const { createdAtISO: _, ...dataSnapshot } = request.dataSnapshot
  return { ...request, dataSnapshot }
}

/** Events under the columns that rows are matched by. */
function eventRows(events: RunArtifact['tradeEvents']): RowTable {
  const { rows, columns } = rowsOfRecords(
    events.map(({ timestampISO, type, asset, ...rest }) => ({
      ...{ timestamp: timestampISO, side: type, symbol: asset },
      ...rest,
    })),
  )
  const named = new Map(columns)
  if (rows === 0) for (const name of ['timestamp', 'side', 'symbol']) named.set(name, constantText('', 0))
  return { rows, columns: named }
}
