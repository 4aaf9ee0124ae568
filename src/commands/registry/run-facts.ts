/** What the registry is told of a published run: read back from its directory, so that it can be told again at any time. */

import { readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { AlertRunConfig, ModelTrainingSummary, RunManifest } from '../../../contracts/types.ts'
import type { WrittenFile } from '../../artifacts/artifact-dir.ts'
import { sha256Hex } from '../../base/canonical.ts'
import { fileHash } from '../../base/file-hash.ts'
import { readTextIfPresent } from '../../base/files.ts'
import { executionAssumptionsHash } from '../../registry/ids.ts'
import type { RunInput, TrialStatistics } from '../../registry/register.ts'
import type { ArtifactInput } from '../../registry/register-artifacts.ts'
import { ID_PATTERN } from '../../registry/selection.ts'
import { type AlertLabels, alertAssumptionsHash, alertFactsOf } from '../alerts/alert-facts.ts'
import { isAlertRun } from '../alerts/alert-run.ts'
import { filesBelow } from '../artifact/folder.ts'
import { universeOf, type WireUniverse } from './wire-universe.ts'

/** Trials of a sweep as its manifest carries them; Sharpe ratios per bar, null where no trial has one. */
export interface WireTrials {
  count: number
  sharpe_mean: number | null
  sharpe_m2: number | null
  hash: string
}

type Json = Record<string, unknown>

/**
 * The run in `path` as the registry takes it; null where the directory has no manifest: it was not made by this program. Files that
 * the caller has just written itself are not read again for their hashes.
 */
export async function runFactsOf(
  root: string,
  path: string,
  written: readonly WrittenFile[] = [],
): Promise<RunInput | null> {
  const manifest = documentIn(path, 'manifest.json') as RunManifest | null
  const config = documentIn(path, 'config.json')
  if (manifest === null || config === null) return null
  const labels = manifest.metadata as { tags?: string[]; universe?: WireUniverse; trials?: WireTrials } & AlertLabels
  const window = windowIn(config)
  const summary = manifest.mode === 'model' ? modelMetrics(path) : contractSummary(path)
  const datasetIds = manifest.snapshot_id.split(' ').filter(id => ID_PATTERN.test(id))
  // Fitting a model is no run of a strategy: it has none, and nobody can run it by one.
  const family = config['strategy'] ?? config['pipeline']
  return {
    runId: manifest.run_id,
    // A live session has no data set: what it read came from its feed.
    datasetIds: datasetIds.length === 0 ? ['live_feed'] : datasetIds,
    strategySpecHash: manifest.strategy_hash,
    ...(typeof family === 'string' ? { strategyFamily: family } : {}),
    ...(config['strategy_params'] === undefined ? {} : { strategyParams: config['strategy_params'] }),
    engineVersion: manifest.engine_version,
    seed: manifest.seed,
    executionAssumptionsHash: assumptionsOf(manifest, config, window),
    ...(window === undefined ? {} : { window }),
    ...(labels.universe === undefined ? {} : { universe: universeOf(labels.universe) }),
    status: 'completed',
    tags: labels.tags ?? [],
    fingerprint: manifest.fingerprint,
    createdAt: Date.parse(manifest.created_at),
    artifacts: await artifactsIn(root, path, written),
    ...(labels.trials === undefined ? {} : { trials: trialsOf(labels.trials) }),
    metrics: summary,
    metadata: {
      mode: manifest.mode,
      command: manifest.command,
      result_hash: manifest.result_hash,
      git_sha: manifest.git_sha,
      fingerprint_v2: manifest.fingerprint_v2,
    },
    ...(isAlertRun({ config }) ? alertFactsOf(config as unknown as AlertRunConfig, labels) : {}),
  }
}

function contractSummary(path: string): unknown {
  return (documentIn(path, 'report.json')?.['machine_contract'] as { summary?: unknown } | undefined)?.summary
}

/** What a model run says of itself, and the run that was published of it. */
function modelMetrics(path: string): unknown {
  const summary = documentIn(path, 'training_summary.json') as Partial<ModelTrainingSummary> | null
  const { metrics, promotion_assessment } = summary ?? {}
  return {
    research_verdict: promotion_assessment?.research_verdict ?? null,
    test: metrics?.test ?? null,
    downstream_run_id: metrics?.downstream_market.run_id ?? null,
  }
}

/** Kind under which a file of a run directory is registered. */
export function kindOfFile(name: string): string {
  if (KINDS[name] !== undefined) return KINDS[name]
  return name.endsWith('.svg') ? 'figure' : 'other'
}

const KINDS: Readonly<Record<string, string>> = {
  'metadata.json': 'metadata',
  'session_metadata.json': 'metadata',
  'config.json': 'config',
  'metrics.json': 'metrics',
  'report.json': 'report',
  'training_summary.json': 'report',
  'trades.csv': 'trades',
  'forward_trades.csv': 'trades',
  'equity.parquet': 'curves',
  'equity.csv': 'curves',
  'forward_equity_curve.csv': 'curves',
  'bt_equity_curve.csv': 'curves',
  'leaderboard.csv': 'leaderboard',
}

/** Written anew while the directory stands: no output of the run. */
const CHANGING = new Set(['session_status.json'])

/** Bytes up to which a file is hashed in one go. */
const SMALL = 8 * 1024 * 1024

async function artifactsIn(root: string, path: string, written: readonly WrittenFile[]): Promise<ArtifactInput[]> {
  const known = new Map(written.map(file => [file.file_name, file]))
  const artifacts: ArtifactInput[] = []
  for (const name of filesBelow(path)) {
    if (CHANGING.has(name) || name.startsWith('.')) continue
    const file = join(path, name)
    const bytes = statSync(file).size
    const { size_bytes, sha256 } = known.get(name) ?? {}
    const contentHash = size_bytes === bytes && sha256 !== undefined ? sha256 : await hashOfFile(file, bytes)
    artifacts.push({ kind: kindOfFile(name), uri: uriOf(root, file), contentHash, bytes })
  }
  return artifacts
}

async function hashOfFile(file: string, bytes: number): Promise<string> {
  return bytes > SMALL ? fileHash(file) : sha256Hex(readFileSync(file))
}

/** Relative to the root where the file lies below it. */
export function uriOf(root: string, file: string): string {
  const below = relative(root, file)
  return below === '..' || below.startsWith(`..${sep}`) || below === '' ? file : below.split(sep).join('/')
}

function documentIn(path: string, name: string): Json | null {
  const text = readTextIfPresent(join(path, name))
  return text === null ? null : (JSON.parse(text) as Json)
}

interface Split {
  train: { start: string; end: string }
  test: { start: string; end: string }
}

/** The requested [start, end); of a walk-forward over given splits, all of them together. */
export function windowIn(config: Json): { from: string; to: string } | undefined {
  const { start, end, splits } = config as { start?: string | null; end?: string | null; splits?: Split[] }
  if (typeof start === 'string' && typeof end === 'string') return { from: start, to: end }
  if (splits === undefined || splits.length === 0) return undefined
  const starts = splits.flatMap(({ train, test }) => [train.start, test.start]).sort()
  const ends = splits.flatMap(({ train, test }) => [train.end, test.end]).sort()
  return { from: starts[0], to: ends[ends.length - 1] }
}

function assumptionsOf(manifest: RunManifest, config: Json, window: { from: string; to: string } | undefined): string {
  const { ticker, universe, interval, execution, initial_cash, pipeline, trades_csv_hash } = config
  const { fee, slippage_bps, slippage_mode, k_atr } = config
  const listed = Array.isArray(universe)
    ? universe.map(entry => (typeof entry === 'string' ? entry : String((entry as { ticker?: unknown }).ticker)))
    : []
  // What these few values do not say of a run is said by the hash of its whole configuration; on alerts, of what decides there.
  const plain = manifest.mode === 'run' && (trades_csv_hash ?? null) === null
  const configHash = isAlertRun({ config })
    ? alertAssumptionsHash(config as unknown as AlertRunConfig)
    : manifest.run_config_hash
  return executionAssumptionsHash({
    symbols: typeof ticker === 'string' ? [ticker] : listed,
    interval: String(interval ?? ''),
    from: window?.from ?? '',
    to: window?.to ?? '',
    execution: String(execution ?? ''),
    costs: {
      fee: fee ?? null,
      slippage_bps: slippage_bps ?? null,
      slippage_mode: slippage_mode ?? null,
      k_atr: k_atr ?? null,
    },
    initialCash: Number(initial_cash ?? 0),
    ...(typeof pipeline === 'string' ? { pipeline } : {}),
    ...(plain && !isAlertRun({ config }) ? {} : { configHash }),
  })
}

function trialsOf({ count, sharpe_mean, sharpe_m2, hash }: WireTrials): TrialStatistics {
  return { count, sharpeMean: sharpe_mean, sharpeM2: sharpe_m2, hash }
}
