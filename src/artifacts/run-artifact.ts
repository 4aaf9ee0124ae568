/** The RunArtifact document: series from the columns of a run, and the hash over everything that is a result; pure. */

import type {
  ExposurePoint,
  PnLPoint,
  RunArtifact,
  RunArtifactMetadata,
  RunArtifactMetrics,
  RunArtifactRequest,
  RunManifest,
  TradeEvent,
} from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { isoInstant } from '../base/time.ts'

/** The columns a document shows, one value a bar: time in epoch ms, growth of 1, fall from the peak (≤ 0), exposure (signed). */
export interface Curve {
  ts: Float64Array
  equity: Float64Array
  drawdown: Float64Array
  position: Float64Array
}

/** What a document is put together from. */
export interface RunArtifactParts {
  manifest: RunManifest
  request: RunArtifactRequest
  tradeEvents: TradeEvent[]
  curve: Curve
  /** Starting cash, quote currency. */
  initialCash: number
  metrics: RunArtifactMetrics
}

/** The document of a run; the same parts give the same bytes. */
export function runArtifactOf(parts: RunArtifactParts): RunArtifact {
  const { manifest, request, tradeEvents, curve, initialCash, metrics } = parts
  const result = {
    tradeEvents,
    pnlSeries: pnlSeriesOf(curve, initialCash),
    exposureSeries: exposureSeriesOf(curve),
    metrics,
  }
  return { metadata: metadataOf(manifest), request, ...result, resultHash: artifactResultHash(result) }
}

/** SHA-256 of RFC 8785 of {tradeEvents, pnlSeries, exposureSeries, metrics}: no id, no time of execution. TypeError for a number that is not finite. */
export function artifactResultHash(
  document: Pick<RunArtifact, 'tradeEvents' | 'pnlSeries' | 'exposureSeries' | 'metrics'>,
): string {
  const { tradeEvents, pnlSeries, exposureSeries, metrics } = document
  return hashOf({ tradeEvents, pnlSeries, exposureSeries, metrics })
}

function metadataOf(manifest: RunManifest): RunArtifactMetadata {
  const { execution_model_hash, cost_model_hash, risk_model_hash, replay_of } = manifest
  return {
    runId: manifest.run_id,
    gitSha: manifest.git_sha,
    createdAtISO: manifest.created_at,
    dataSnapshotHash: manifest.snapshot_content_hash,
    strategyConfigHash: manifest.strategy_hash,
    ...(execution_model_hash === null ? {} : { executionModelHash: execution_model_hash }),
    ...(cost_model_hash === null ? {} : { costModelHash: cost_model_hash }),
    ...(risk_model_hash === null ? {} : { riskModelHash: risk_model_hash }),
    runConfigHash: manifest.run_config_hash,
    simulationTimeMs: manifest.simulation_time_ms ?? 0,
    schemaVersion: '1.0.0',
    engineVersion: manifest.engine_version,
    fingerprint: manifest.fingerprint,
    ...(replay_of === undefined ? {} : { replayOf: replay_of }),
  }
}

function pnlSeriesOf({ ts, equity, drawdown }: Curve, initialCash: number): PnLPoint[] {
  return Array.from(ts, (time, i) => ({
    timestampISO: isoInstant(time),
    cumulativePnL: equity[i],
    runningTotal: (equity[i] - 1) * initialCash,
    drawdown: Math.abs(drawdown[i]),
  }))
}

function exposureSeriesOf({ ts, position }: Curve): ExposurePoint[] {
  return Array.from(ts, (time, i) => {
    const size = Math.abs(position[i])
    return {
      timestampISO: isoInstant(time),
      totalExposure: size,
      openPositions: size > 0 ? 1 : 0,
      maxPositionSize: size,
    }
  })
}
