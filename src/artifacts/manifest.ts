/** Build `manifest.json`: the hash of every input of a run, and the fingerprints over them; pure. */

import type { RunManifest } from '../../contracts/types.ts'
import { hashOf } from '../base/canonical.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'
import { type FingerprintInputs, fingerprintOf } from './report.ts'

/** What a command knows of the run it made. */
export interface ManifestFacts {
  run_id: string
  mode: string
  command: string
  created_at: string
  /** As `gitCommit` answers it: a commit, or `unknown`. */
  git_commit: string
  /** Data set of the run. */
  snapshot_id: string
  inputs: FingerprintInputs
  /** config.json. */
  config: object
  result_hash: string | null
  /** Role → file of the run directory; manifest_json and metrics_json are added. */
  files?: Record<string, string>
  /** Milliseconds of computation. */
  simulation_time_ms?: number
  replay_of?: string
  /** More for `metadata`. */
  metadata?: Record<string, unknown>
}

/** manifest.json of a completed run. */
export function manifestOf(facts: ManifestFacts): RunManifest {
  const { inputs, config } = facts
  const run_config_hash = runConfigHash(config)
  const git_sha = /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(facts.git_commit) ? facts.git_commit : null
  return {
    schema_version: '1.0.0',
    run_id: facts.run_id,
    command: facts.command,
    mode: facts.mode,
    status: 'completed',
    created_at: facts.created_at,
    package_name: 'quantlab',
    ...(facts.replay_of === undefined ? {} : { replay_of: facts.replay_of }),
    seed: inputs.seed,
    git_sha,
    reproducible: git_sha !== null,
    snapshot_id: facts.snapshot_id,
    snapshot_content_hash: inputs.snapshot_content_hash,
    strategy_hash: inputs.strategy_hash,
    execution_model_hash: inputs.execution_model_hash,
    cost_model_hash: inputs.cost_model_hash,
    risk_model_hash: inputs.risk_model_hash,
    run_config_hash,
    engine_version: inputs.engine_version,
    contract_version: CONTRACT_VERSION,
    fingerprint: fingerprintOf(inputs),
    fingerprint_v2: fingerprintV2Of(inputs, run_config_hash, CONTRACT_VERSION),
    result_hash: facts.result_hash,
    artifact_paths: { manifest_json: 'manifest.json', metrics_json: 'metrics.json', ...facts.files },
    ...(facts.simulation_time_ms === undefined ? {} : { simulation_time_ms: facts.simulation_time_ms }),
    metadata: {
      quantlab_version: VERSION,
      node_version: process.version,
      config_hash: hashOf(config),
      ...facts.metadata,
    },
  }
}

/** SHA-256 of RFC 8785 of a resolved configuration without its seed, which the fingerprint holds by itself. */
export function runConfigHash(config: object): string {
  const { seed: _, ...settings } = config as Record<string, unknown>
  return hashOf(settings)
}

/** SHA-256 of RFC 8785 of the seven inputs of `fingerprint` with `run_config_hash` and `contract_version`. */
export function fingerprintV2Of(inputs: FingerprintInputs, run_config_hash: string, contract_version: string): string {
  const { snapshot_content_hash, strategy_hash, execution_model_hash, cost_model_hash, risk_model_hash } = inputs
  const { seed, engine_version } = inputs
  return hashOf({
    snapshot_content_hash,
    strategy_hash,
    execution_model_hash,
    cost_model_hash,
    risk_model_hash,
    seed,
    engine_version,
    run_config_hash,
    contract_version,
  })
}

/** The hashes of a manifest that do not follow from its inputs and `config`: field, what it says, what it should say. */
export function manifestFaults(
  manifest: RunManifest,
  config: object,
): { field: string; found: string; expected: string }[] {
  const expected = {
    run_config_hash: runConfigHash(config),
    fingerprint: fingerprintOf(manifest),
    fingerprint_v2: fingerprintV2Of(manifest, manifest.run_config_hash, manifest.contract_version),
  }
  return Object.entries(expected)
    .map(([field, hash]) => ({ field, found: manifest[field as keyof typeof expected], expected: hash }))
    .filter(({ found, expected }) => found !== expected)
}
