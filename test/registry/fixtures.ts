/** A registry as the guide describes it: one data set, runs with five artifacts each on disk, a clock that ticks. */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExperimentDefinition } from '../../contracts/types.ts'
import { sha256Hex } from '../../src/base/canonical.ts'
import { registerDatasetFact } from '../../src/registry/dataset-facts.ts'
import { type RunInput, registerRun } from '../../src/registry/register.ts'
import type { Stamp } from '../../src/registry/types.ts'

export const KINDS = ['trades', 'metrics', 'curves', 'report', 'config'] as const
export const Q4 = { from: '2025-10-01', to: '2025-12-31' }

/** A definition that asks for nothing. */
export const aDefinition: ExperimentDefinition = {
  name: 'nothing',
  mode: 'reproducible',
  runsets: [],
  inputs: { alerts: [], ohlcv: [] },
  strategies: [],
  dateRange: { from: '2025-10-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' },
  params: {},
  seed: null,
  seedMode: 'per_variation',
  maxCombinations: 1,
  engineVersion: '1.0.0',
  gitCommit: null,
}

/** A fresh directory to be a root. */
export function freshRoot(): string {
  return mkdtempSync(join(tmpdir(), 'quantlab-registry-'))
}

/** Stamps one second apart from a fixed start. */
export function ticking(start = Date.UTC(2026, 0, 29, 10)): () => Stamp {
  let now = start
  return () => {
    now += 1000
    return { now, actor: 'tester' }
  }
}

/** The n-th run of the guide: one day of the fourth quarter, its five files below outputs/runs/. */
export function guideRun(root: string, n: number, more: Partial<RunInput> = {}): RunInput {
  const runId = more.runId ?? `run-${String(n).padStart(4, '0')}`
  const day = Date.UTC(2025, 9, 1 + (n % 90))
  const folder = join(root, 'outputs', 'runs', runId)
  mkdirSync(folder, { recursive: true })
  const artifacts = KINDS.map(kind => {
    const text = `${kind} of ${runId}\n`
    writeFileSync(join(folder, `${kind}.txt`), text)
    return { kind, uri: `outputs/runs/${runId}/${kind}.txt`, contentHash: sha256Hex(text), bytes: text.length }
  })
  return {
    runId,
    datasetIds: ['ohlcv_v2_2025Q4'],
    strategyFamily: 'MultiTrade_20pctTrail',
    strategyParams: { trailingStop: 0.2, maxTrades: n % 5 },
    engineVersion: '1.0.0',
    seed: n,
    window: { from: new Date(day).toISOString(), to: new Date(day + 86_400_000).toISOString() },
    universe: { callers: ['whale_watcher'], chains: ['solana'] },
    artifacts,
    ...more,
  }
}

export async function registerGuideDataset(root: string, stamp: Stamp, id = 'ohlcv_v2_2025Q4'): Promise<void> {
  await registerDatasetFact(
    root,
    {
      datasetId: id,
      kind: 'ohlcv',
      family: 'ohlcv_v2',
      schemaVersion: '1.0.0',
      provenance: { source: 'generated' },
      coverage: { from: '2025-10-01', to: '2025-12-31' },
      materialised: false,
    },
    stamp,
  )
}

/** The guide's registry: its data set and 47 matching runs. */
export async function guideRegistry(count = 47): Promise<{ root: string; tick: () => Stamp }> {
  const root = freshRoot()
  const tick = ticking()
  await registerGuideDataset(root, tick())
  for (let n = 0; n < count; n++) await registerRun(root, guideRun(root, n), tick())
  return { root, tick }
}

export const BASELINE = {
  runsetId: 'brook_baseline_2025Q4',
  name: 'Brook Baseline Q4 2025',
  datasetId: 'ohlcv_v2_2025Q4',
  universe: { callers: ['whale_watcher'] },
  timeBounds: Q4,
  tags: ['baseline', 'q4'],
}
