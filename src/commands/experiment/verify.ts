/** Whether an experiment still has what it was made from: the answers of its RunSets and the content of its data. */

import type { ExperimentDefinition } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { verifyDataset } from '../../lake/datasets.ts'
import { mustFindManifest } from '../../lake/manifest.ts'
import { holdsTables, verifyTables } from '../../lake/tables.ts'
import { verifyHeldResolution } from '../../registry/held-resolution.ts'

/**
 * Verify the inputs; with `content` every file is read again. INTEGRITY_ERROR with all that differ, DATASET_NOT_MATERIALISED for data
 * that is only declared.
 */
export async function verifyInputs(
  root: string,
  { runsets, inputs }: ExperimentDefinition,
  { content }: { content: boolean },
): Promise<void> {
  for (const runset of runsets) await verifyHeldResolution(root, runset)
  const details: ErrorDetail[] = []
  for (const { datasetId, contentHash } of [...inputs.alerts, ...inputs.ohlcv]) {
    const manifest = mustFindManifest(root, datasetId)
    if (!manifest.materialised) throw fail('DATASET_NOT_MATERIALISED', { dataset_id: datasetId })
    if (manifest.content_hash !== contentHash) {
      const message = `content hash is ${manifest.content_hash}, was ${contentHash} when the experiment was created`
      details.push({ pointer: datasetId, message, expected: contentHash })
    } else if (content) {
      if (holdsTables(manifest)) await verifyTables(root, manifest)
      else await verifyDataset(root, datasetId)
    }
  }
  if (details.length === 0) return
  const message = `Data set ${details[0].pointer} is not the one the experiment was made from: ${details[0].message}`
  const hint = 'Restore the data set from a copy, or create a new experiment on the present data.'
  throw fail('INTEGRITY_ERROR', { message }, { details, hint })
}
