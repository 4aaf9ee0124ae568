/** Fingerprints against published and hand-written canonical texts; the manifest a run leaves. */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fingerprintV2Of, manifestFaults, manifestOf, runConfigHash } from '../../src/artifacts/manifest.ts'
import { fingerprintOf } from '../../src/artifacts/report.ts'
import { validate } from '../../src/base/schema.ts'
import { ask, requestOf, rootWithData } from '../harness.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The inputs of golden vector V12. */
const INPUTS = {
  snapshot_content_hash: 'd'.repeat(64),
  strategy_hash: 'a'.repeat(64),
  execution_model_hash: null,
  cost_model_hash: null,
  risk_model_hash: null,
  seed: 42,
  engine_version: '1.0.0',
}

const FACTS = {
  run_id: 'r1',
  mode: 'run',
  command: 'run',
  created_at: '2026-01-01T00:00:00.000Z',
  git_commit: 'unknown',
  snapshot_id: 'data',
  inputs: INPUTS,
  config: { fee: 0.1, seed: 42 },
  result_hash: null,
}

describe('fingerprints', () => {
  it('reproduces golden vector V12', () => {
    expect(fingerprintOf(INPUTS)).toBe('aa6bd79de4891642414549b1af012b871828d15a19f5e297fefc2df9bdad023a')
  })

  it('adds the run configuration and the contract version, and nothing else', () => {
    const text =
      `{"contract_version":"1.0","cost_model_hash":null,"engine_version":"1.0.0","execution_model_hash":null,` +
      `"risk_model_hash":null,"run_config_hash":"${'e'.repeat(64)}","seed":42,` +
      `"snapshot_content_hash":"${'d'.repeat(64)}","strategy_hash":"${'a'.repeat(64)}"}`
    expect(fingerprintV2Of(INPUTS, 'e'.repeat(64), '1.0')).toBe(sha256(text))
  })

  it('hashes the configuration without its seed', () => {
    expect(runConfigHash({ seed: 7, fee: 0.1 })).toBe(sha256('{"fee":0.1}'))
    expect(runConfigHash({ fee: 0.1 })).toBe(sha256('{"fee":0.1}'))
  })
})

describe('manifestOf', () => {
  it('says that code without a commit is not known', async () => {
    const manifest = manifestOf(FACTS)
    expect(await validate('artifacts/run-manifest', structuredClone(manifest))).toEqual([])
    expect(manifest).toMatchObject({ git_sha: null, reproducible: false, seed: 42 })
    expect(manifest).not.toHaveProperty('replay_of')
    const commit = '0123456789abcdef0123456789abcdef01234567'
    expect(manifestOf({ ...FACTS, git_commit: commit })).toMatchObject({ git_sha: commit, reproducible: true })
  })

  it.each(['run_config_hash', 'fingerprint', 'fingerprint_v2'] as const)('a wrong %s is found', field => {
    const manifest = manifestOf(FACTS)
    expect(manifestFaults(manifest, FACTS.config)).toEqual([])
    const faults = manifestFaults({ ...manifest, [field]: 'f'.repeat(64) }, FACTS.config)
    expect(faults.map(fault => fault.field)).toContain(field)
  })

  it('does not hold for another configuration', () => {
    const faults = manifestFaults(manifestOf(FACTS), { fee: 0.2, seed: 42 })
    expect(faults.map(fault => fault.field)).toEqual(['run_config_hash'])
  })
})

it('every run leaves a manifest that follows from its other files', async () => {
  const root = await rootWithData()
  const { artifacts_path: path } = await ask(root, requestOf('run', { slippage_mode: 'atr' }))
  const read = (name: string) => JSON.parse(readFileSync(join(path, name), 'utf8'))
  const [manifest, metadata, config, report] = ['manifest', 'metadata', 'config', 'report'].map(name =>
    read(`${name}.json`),
  )
  expect(await validate('artifacts/run-manifest', structuredClone(manifest))).toEqual([])
  expect(manifest).toMatchObject({
    run_id: metadata.run_id,
    snapshot_id: 'eth-usd',
    snapshot_content_hash: metadata.dataset.snapshot_hash,
    fingerprint: metadata.fingerprint,
    result_hash: metadata.result_hash,
    engine_version: metadata.engine_version,
    status: 'completed',
    seed: 0,
  })
  // The configuration of a plain run has no seed, so both hashes cover the same text.
  expect(manifest.run_config_hash).toBe(metadata.config_hash)
  expect(manifest.cost_model_hash).toBe(
    sha256(`{"_t":"cost.model","fee":0.002,"k_atr":0.05,"slippage_bps":8,"slippage_mode":"atr","v":1}`),
  )
  expect(config.slippage_mode).toBe('atr')
  expect(report.artifacts.map((file: { file_name: string }) => file.file_name)).toContain('manifest.json')
  for (const name of Object.values(manifest.artifact_paths))
    expect(() => readFileSync(join(path, String(name)))).not.toThrow()
})
