/** Replay of a model run: the resolved training again, on the bars it read. */

import type { ReplayRequest } from '../../../contracts/types.ts'
import { readModelRun, readPredictions } from '../../artifacts/model-run.ts'
import { parseCsv, parseNumber } from '../../base/csv.ts'
import { fail } from '../../base/errors.ts'
import { snapshotHash } from '../../lake/content.ts'
import { getDataset } from '../../lake/datasets.ts'
import { openBars } from '../../lake/open.ts'
import { readManifest } from '../artifact/faults.ts'
import type { Context, Outcome } from '../command.ts'
import { dataChanged } from '../replay/run.ts'
import { replayOf } from '../replay/verdict.ts'
import { windowOf } from '../window.ts'
import { requestOfModel } from './plan.ts'
import { comparable } from './result.ts'
import { performTraining } from './train.ts'
import { verifyModel } from './verify.ts'

const FILES = ['training_summary.json', 'predictions.csv', 'predictions.csv'] as const

/** Train a verified model run again and compare to the last bit; INVALID_CONFIG for parts of a sweep, INTEGRITY_ERROR where data or result differ. */
export async function replayModel(path: string, request: ReplayRequest, context: Context): Promise<Outcome> {
  for (const name of ['trial', 'split', 'phase'] as const) {
    if (request[name] === undefined) continue
    const message = `A model run has no ${name}; leave \`${name}\` out.`
    throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: `/params/${name}`, message }] })
  }
  await verifyModel(path)
  const { config, training_summary: summary, dataset_manifest } = await readModelRun(path)
  const manifest = await readManifest(path)
  await requireBars(path, config, dataset_manifest.data_hash, context.root)
  const predictions = readPredictions(path)
  const { header, rows } = parseCsv(predictions, path)
  const [split, prediction] = [header.indexOf('split'), header.indexOf('prediction')]
  const result = {
    metrics: JSON.parse(JSON.stringify(comparable(summary.metrics))) as Record<string, unknown>,
    trades_csv: predictions,
    equity: {
      prediction: Float64Array.from(
        rows.filter(cells => cells[split] === 'test'),
        cells => parseNumber(cells[prediction]) ?? Number.NaN,
      ),
    },
    files: FILES,
  }
  const told = manifest?.metadata as { quantlab_version: string; node_version: string; git_commit: string }
  const original = {
    ...{ run_id: summary.model_run_id, engine_version: summary.reproducibility.engine_version },
    ...{ result_hash: summary.reproducibility.result_hash, git_commit: told.git_commit },
    ...{ quantlab_version: told.quantlab_version, node_version: told.node_version },
  }
  const report = summary.artifacts.some(({ file_name }) => file_name === 'artifacts/report.html')
  const again = requestOfModel(config, report)
  return replayOf(original, result, link => performTraining(again, context, link))
}

/** INTEGRITY_ERROR unless the data set holds what was recorded, and gives the same bars of it. */
async function requireBars(
  path: string,
  config: Parameters<typeof requestOfModel>[0],
  dataHash: string,
  root: string,
): Promise<void> {
  const { dataset_id, dataset_content_hash, ticker: symbol, interval } = config
  const { content_hash } = getDataset(root, dataset_id)
  if (content_hash !== dataset_content_hash)
    throw dataChanged(path, dataset_id, 'content_hash', dataset_content_hash, content_hash ?? 'none')
  const { bars } = await openBars(root, { dataset_id, symbol, interval, ...windowOf(config) })
  const found = snapshotHash(bars)
  if (found !== dataHash) throw dataChanged(path, dataset_id, 'data_hash', dataHash, found)
}
