/** Put the RunArtifact document of a run together from its directory. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunArtifact, RunArtifactRequest, RunConfig, RunManifest, RunMetrics } from '../../../contracts/types.ts'
import { isAttempt } from '../../artifacts/experiment-attempt.ts'
import { isModelDir } from '../../artifacts/model-run.ts'
import { runArtifactOf } from '../../artifacts/run-artifact.ts'
import { readRun } from '../../artifacts/run-reader.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { storing } from '../../base/files.ts'
import { firstFault, loadValidator } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import { slippageFraction } from '../../engine/costs.ts'
import { intervalMs } from '../../market/calendar.ts'
import { isAlertRun } from '../alerts/alert-run.ts'
import { requestOf } from '../run/config.ts'
import { windowOf } from '../window.ts'
import { readManifest } from './faults.ts'
import { runIdIn } from './folder.ts'
import { artifactMetricsOf, tradingOf } from './metrics.ts'
import { storedEquity, verifyRun } from './verify.ts'

/** Longer runs would make a text that no reader takes as one piece. */
const MAX_BARS = 1_000_000

/**
 * The document of a plain run, verified before it is read. INTEGRITY_ERROR for a damaged directory, CONFLICT for what has no
 * document: no manifest, no trades of its own, more than a million bars.
 */
export async function documentOf(path: string): Promise<RunArtifact> {
  if (isModelDir(path)) throw noDocument(path, 'is a model run, which has no such document', 'Read it by `model get`.')
  if (isAttempt(path)) throw noDocument(path, 'is an experiment, which has no such document', 'Export its runs.')
  await verifyRun(path)
  const run = readRun(path)
  const manifest = await readManifest(path)
  if (manifest === null) {
    throw noDocument(
      path,
      'has no manifest.json: it was written before runs carried one',
      'Replay it: the replay has one.',
    )
  }
  if (manifest.mode !== 'run' || isAlertRun(run)) {
    throw noDocument(
      path,
      `is of ${isAlertRun(run) ? 'the alert-driven kind' : `mode ${manifest.mode}`}; only a plain run has this document`,
      'Read its files by `artifact read`, or replay one trial of a sweep.',
    )
  }
  const config = run.config as unknown as RunConfig
  const { extended } = run.metrics as unknown as RunMetrics
  const curve = await storedEquity(path)
  if (curve.ts.length > MAX_BARS) {
    throw noDocument(path, `has ${curve.ts.length} bars, more than ${MAX_BARS}`, 'Read equity.parquet and trades.csv.')
  }
  const name = join(path, 'trades.csv')
  const text = storing(name, () => readFileSync(name, 'utf8'))
  const trading = tradingOf(text, name, config.ticker)
  const document = runArtifactOf({
    manifest,
    request: artifactRequestOf(config, manifest, shownBy(path, run.report)),
    tradeEvents: trading.events,
    curve,
    initialCash: config.initial_cash,
    metrics: artifactMetricsOf(curve, trading, extended),
  })
  await loadValidator('artifacts/run-artifact')
  const fault = firstFault('artifacts/run-artifact', document)
  if (fault !== undefined) throw new Error(`the document of ${runIdIn(path)} breaks its schema: ${fault}`)
  return document
}

/** Which pictures a run wrote besides those that all write. */
export function shownBy(
  path: string,
  report: Record<string, unknown> | null,
): { save_price_plot: boolean; report: boolean } {
  const files = report?.['artifacts']
  if (!Array.isArray(files)) throw fail('INTEGRITY_ERROR', { message: `${path} lists no files` })
  const names = new Set(files.map(file => (file as { file_name: string }).file_name))
  return { save_price_plot: names.has('artifacts/price_signals.svg'), report: names.has('artifacts/report.html') }
}

function artifactRequestOf(
  config: RunConfig,
  manifest: RunManifest,
  shown: ReturnType<typeof shownBy>,
): RunArtifactRequest {
  const { start, end } = windowOf(config)
  const { strategy, strategy_params } = config
  const params = requestOf(config, shown, config.trades_csv_hash === null ? undefined : 'trades.csv')
  return {
    dataSnapshot: {
      snapshotId: manifest.snapshot_id,
      contentHash: manifest.snapshot_content_hash,
      timeRange: { fromISO: isoInstant(start), toISO: isoInstant(end) },
      sources: [{ venue: 'unknown', symbol: config.ticker }],
      schemaVersion: '1.0.0',
      createdAtISO: manifest.created_at,
    },
    strategy: {
      strategyId: strategy,
      name: strategy,
      config: strategy_params,
      configHash: hashOf(strategy_params),
      schemaVersion: '1.0.0',
    },
    executionModel: { latency: { p50: 0, p90: 0, p99: 0 }, slippage: slippageOf(config), execution: config.execution },
    costModel: { baseFee: 0, tradingFee: config.fee },
    runConfig: {
      seed: manifest.seed,
      timeResolutionMs: intervalMs(config.interval),
      errorMode: 'failFast',
      includeEventLogs: false,
      includeStateSnapshots: false,
      initialCash: config.initial_cash,
      calendar: config.calendar,
    },
    gateway: { schema_version: CONTRACT_VERSION, command: 'run', params: { ...params } },
  }
}

/** What a fill costs without volatility, and in mode atr with any amount of it. */
function slippageOf({
  fee,
  slippage_bps,
  slippage_mode,
  k_atr,
}: RunConfig): RunArtifactRequest['executionModel']['slippage'] {
  const at = (atr: number) => slippageFraction({ fee, slippage_bps, slippage_mode, k_atr: 1 }, atr, 1)
  return slippage_mode === 'fixed'
    ? { base: at(0), mode: slippage_mode }
    : { base: at(0), max: at(1), mode: slippage_mode, kAtr: k_atr }
}

function noDocument(path: string, why: string, hint: string): Error {
  return fail('CONFLICT', { message: `Run ${runIdIn(path)} ${why}` }, { hint })
}
