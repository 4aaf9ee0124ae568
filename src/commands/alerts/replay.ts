/** Replay of a run on alerts: the same request, resolved already, on the data sets it read. */

import type { AlertRunConfig, AlertRunMetrics, RunMetadata, RunRequest } from '../../../contracts/types.ts'
import type { RunFiles } from '../../artifacts/run-reader.ts'
import { fail } from '../../base/errors.ts'
import { getDataset } from '../../lake/datasets.ts'
import { shownBy } from '../artifact/document.ts'
import { runIdIn } from '../artifact/folder.ts'
import { storedEquity } from '../artifact/verify.ts'
import type { Context, Outcome } from '../command.ts'
import { storedTrades } from '../replay/run.ts'
import { replayOf } from '../replay/verdict.ts'
import { alertRequestOf } from './config.ts'
import { performMultiTrade } from './multi-trade.ts'

/** Execute a verified run again and compare. NOT_FOUND where a data set is gone; INTEGRITY_ERROR where one holds other data or the result differs. */
export async function replayMultiTrade(path: string, stored: RunFiles, context: Context): Promise<Outcome> {
  const config = stored.config as unknown as AlertRunConfig
  requireContent(context.root, path, config.alerts_dataset_id, config.alerts_content_hash)
  requireContent(context.root, path, config.dataset_id, config.dataset_content_hash)
  const { summary, best_result, extended, alerts, execution } = stored.metrics as unknown as AlertRunMetrics
  const result = {
    metrics: { summary, best_result, extended, alerts, execution },
    trades_csv: storedTrades(path),
    equity: await storedEquity(path),
  }
  const request = alertRequestOf(config, shownBy(path, stored.report).report) as RunRequest
  const metadata = stored.metadata as unknown as RunMetadata
  return replayOf(metadata, result, link => performMultiTrade(request, context, link))
}

function requireContent(root: string, path: string, id: string, recorded: string): void {
  const { content_hash } = getDataset(root, id)
  if (content_hash === recorded) return
  const message = `Data set ${id} is not the one run ${runIdIn(path)} read: content_hash is ${content_hash}, was ${recorded}`
  const details = [{ pointer: 'content_hash', message: `is ${content_hash}`, expected: recorded }]
  const hint = 'Restore the data set from a copy, or start a new run on the present data.'
  throw fail('INTEGRITY_ERROR', { message }, { details, hint })
}
