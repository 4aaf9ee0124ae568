/** Replay of a plain run: the same request, resolved already, on the data set it read. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunConfig, RunMetadata, RunMetrics } from '../../../contracts/types.ts'
import type { RunFiles } from '../../artifacts/run-reader.ts'
import { fail } from '../../base/errors.ts'
import { storing } from '../../base/files.ts'
import { snapshotHash } from '../../lake/content.ts'
import { getDataset } from '../../lake/datasets.ts'
import { openBars } from '../../lake/open.ts'
import { type Bars, sliceBars } from '../../market/bars.ts'
import { shownBy } from '../artifact/document.ts'
import { runIdIn } from '../artifact/folder.ts'
import { storedEquity } from '../artifact/verify.ts'
import type { Context, Outcome } from '../command.ts'
import { requestOf } from '../run/config.ts'
import { performRun } from '../run/run.ts'
import { windowOf } from '../window.ts'
import { replayOf } from './verdict.ts'

/** Execute a verified run again and compare. NOT_FOUND, INTEGRITY_ERROR as `recordedBars`; INTEGRITY_ERROR where the result differs. */
export async function replayRun(path: string, stored: RunFiles, context: Context): Promise<Outcome> {
  const config = stored.config as unknown as RunConfig
  const metadata = stored.metadata as unknown as RunMetadata
  await recordedBars(path, { ...config, window: windowOf(config) }, metadata.dataset, context.root)
  const { summary, best_result, extended } = stored.metrics as unknown as RunMetrics
  const result = {
    metrics: { summary, best_result, extended },
    trades_csv: storedTrades(path),
    equity: await storedEquity(path),
  }
  const request = requestOf(config, shownBy(path, stored.report), join(path, 'trades.csv'))
  return replayOf(metadata, result, link => performRun(request, context, link))
}

/** The text of trades.csv, or of another file of a run. */
export function storedTrades(path: string, file = 'trades.csv'): string {
  const name = join(path, file)
  return storing(name, () => readFileSync(name, 'utf8'))
}

/** What a run was asked to read. */
export interface Asked {
  ticker: string
  interval: string
  /** Window [start, end), epoch ms. */
  window: { start: number; end: number }
}

/**
 * The bars a run read: its data set is there with the content that was recorded, and gives the same bars. NOT_FOUND where it is
 * gone, INTEGRITY_ERROR where it holds other data.
 */
export async function recordedBars(
  path: string,
  asked: Asked,
  recorded: RunMetadata['dataset'],
  root: string,
): Promise<{ bars: Bars; warnings: string[] }> {
  const { dataset_id } = recorded
  const refuse = (field: string, expected: string, found: string) =>
    dataChanged(path, dataset_id, field, expected, found)
  const { content_hash } = getDataset(root, dataset_id)
  if (content_hash !== recorded.content_hash)
    throw refuse('content_hash', recorded.content_hash, content_hash ?? 'none')
  const { ticker: symbol, interval, window } = asked
  const { bars, warnings } = await openBars(root, { dataset_id, symbol, interval, ...window })
  // A session that ended early has read the first bars of the window.
  const read = snapshotHash(sliceBars(bars, 0, Math.min(recorded.bars ?? bars.ts.length, bars.ts.length)))
  if (read !== recorded.snapshot_hash) throw refuse('snapshot_hash', recorded.snapshot_hash, read)
  return { bars, warnings }
}

/** The refusal of a data set that is not the one a run read. */
export function dataChanged(path: string, dataset: string, field: string, expected: string, found: string): Error {
  return fail(
    'INTEGRITY_ERROR',
    { message: `Data set ${dataset} is not the one run ${runIdIn(path)} read: ${field} is ${found}, was ${expected}` },
    {
      details: [{ pointer: field, message: `is ${found}`, expected }],
      hint: 'Restore the data set from a copy, or start a new run on the present data.',
    },
  )
}
