/** Verify a model run: the bytes of its files, its documents, and the hashes that follow from what they say. */

import { join } from 'node:path'
import type { ModelRunConfig } from '../../../contracts/types.ts'
import { manifestFaults } from '../../artifacts/manifest.ts'
import { MODEL_DOCUMENTS, PREDICTIONS_FILE, readModelRun } from '../../artifacts/model-run.ts'
import { canonicalJson, hashOf } from '../../base/canonical.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { criteriaOf, promotionOf } from '../../models/verdict.ts'
import { fileFaults, readManifest, refuseFaults, type VerifiedRun } from '../artifact/faults.ts'
import { findingsIn, resultHashOf } from './result.ts'

/**
 * Compare every file listed in training_summary.json with its hash, hold each document to its schema, and recompute the hashes of
 * model, features, configuration, inputs and result, and the verdict. INTEGRITY_ERROR naming each file or hash that differs.
 */
export async function verifyModel(path: string): Promise<VerifiedRun> {
  const run = await readModelRun(path)
  const { training_summary: summary, model_config, feature_manifest, dataset_manifest, config, model } = run
  const listed = summary.artifacts
  refuseFaults(path, fileFaults(path, listed))
  const details: ErrorDetail[] = []
  const compare = (file: string, field: string, found: unknown, expected: unknown) => {
    if (found !== expected) details.push({ pointer: `${file}#/${field}`, message: `is ${String(found)}`, expected })
  }
  const said = summary.reproducibility
  const summaryFile = MODEL_DOCUMENTS.training_summary.file
  const model_hash = hashOf(model)
  compare(MODEL_DOCUMENTS.model_config.file, 'model_hash', model_config.model_hash, model_hash)
  compare(MODEL_DOCUMENTS.feature_manifest.file, 'feature_hash', feature_manifest.feature_hash, featureHash(config))
  const findings = findingsIn(summary, model)
  const predictions = listed.find(file => file.file_name === PREDICTIONS_FILE)?.sha256 ?? ''
  const expected = {
    model_hash,
    feature_hash: feature_manifest.feature_hash,
    data_hash: dataset_manifest.data_hash,
    config_hash: hashOf(config),
    result_hash: resultHashOf(findings, predictions),
  }
  for (const [name, hash] of Object.entries(expected))
    compare(summaryFile, `reproducibility/${name}`, said[name as keyof typeof expected], hash)
  // The verdict follows from what the result hash covers.
  const promotion = promotionOf(criteriaOf(findings), findings.guards)
  compare(summaryFile, 'promotion_assessment', canonicalJson(summary.promotion_assessment), canonicalJson(promotion))
  compare(summaryFile, 'baseline_comparison/result', summary.baseline_comparison.result, promotion.research_verdict)
  const manifest = await readManifest(path)
  if (manifest === null) throw fail('INTEGRITY_ERROR', { message: `${join(path, 'manifest.json')} is missing` })
  for (const { field, found, expected: wanted } of manifestFaults(manifest, config))
    compare('manifest.json', field, found, wanted)
  compare(summaryFile, 'reproducibility/fingerprint', said.fingerprint, manifest.fingerprint)
  compare('manifest.json', 'result_hash', manifest.result_hash, expected.result_hash)
  for (const name of ['dataset_manifest', 'feature_manifest', 'model_config'] as const)
    compare(MODEL_DOCUMENTS[name].file, 'model_run_id', run[name].model_run_id, summary.model_run_id)
  refuseFaults(path, details)
  return {
    files: listed.length,
    checks: ['files', 'schemas', 'model_hash', 'feature_hash', 'config_hash', 'fingerprint', 'result_hash', 'verdict'],
  }
}

function featureHash({ features }: ModelRunConfig): string {
  return hashOf({ _t: 'model.features', v: 1, features })
}
