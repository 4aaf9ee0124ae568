/** Replay of a run of the regime monitor: the resolved configuration again, on the panel it read. */

import { join } from 'node:path'
import type { RegimeRunConfig, ReplayRequest, RunMetadata } from '../../../contracts/types.ts'
import { type RunFiles, readRun } from '../../artifacts/run-reader.ts'
import { parseCsv } from '../../base/csv.ts'
import { fail } from '../../base/errors.ts'
import { readParquet } from '../../base/parquet.ts'
import { getDataset } from '../../lake/datasets.ts'
import { resolveConfig } from '../../regime/config.ts'
import type { RegimeConfig } from '../../regime/config-types.ts'
import { runFolder, runIdIn } from '../artifact/folder.ts'
import { verifyRun } from '../artifact/verify.ts'
import type { Context, Outcome } from '../command.ts'
import { panelReference } from '../dataset/reference.ts'
import type { RegimeSetup } from '../regime/config.ts'
import { regimeData, regimeWindow } from '../regime/data.ts'
import { performRegime } from '../regime/regime.ts'
import { dataChanged, storedTrades } from './run.ts'
import { replayOf } from './verdict.ts'

const FILES = ['metrics.json', 'bt_daily_pnl.csv', 'regime_timeseries.parquet'] as const

/** Execute a verified run of the monitor again and compare; errors as `replayRun`. */
export async function replayRegime(path: string, stored: RunFiles, context: Context): Promise<Outcome> {
  const config = stored.config as unknown as RegimeRunConfig
  const metadata = stored.metadata as unknown as RunMetadata
  const { dataset_id, asof, prefetch_days } = config
  const window = asof === null ? { start: config.start, end: config.end, prefetch_days } : { asof }
  const request = { dataset_id, ...(window as { start: string; end: string }) }
  const data = await regimeData(context.root, dataset_id, regimeWindow(request))
  requirePanel(path, metadata, panelReference(data.opened), context.root)
  const setup: RegimeSetup = {
    settings: resolveConfig(config.settings as unknown as RegimeConfig),
    experiment: config.experiment as RegimeSetup['experiment'],
    config_path: metadata.config_path,
    reports_dir: undefined,
    warnings: [],
    ...(config.parameters === undefined ? {} : { parameters: config.parameters as Record<string, unknown> }),
  }
  const files = stored.report?.['artifacts'] as { file_name: string }[]
  const dashboard = files.some(({ file_name }) => file_name === 'dashboard.html')
  return replayOf(metadata, await resultOf(path, stored), replay =>
    performRegime(request, context, { setup, data, dashboard, replay }),
  )
}

/** One run of a sweep again, chosen by its number or its run id; INVALID_CONFIG without a choice, NOT_FOUND where the sweep has no such run. */
export async function replayMember(
  path: string,
  _: RunFiles,
  context: Context,
  { trial, split, phase }: ReplayRequest,
): Promise<Outcome> {
  const refuse = (code: 'INVALID_CONFIG' | 'NOT_FOUND', name: string, message: string) =>
    fail(
      code,
      { message },
      { details: [{ pointer: `/params/${name}`, message }], hint: `${join(path, 'members.csv')} lists its runs.` },
    )
  for (const [name, value] of Object.entries({ split, phase }))
    if (value !== undefined)
      throw refuse('INVALID_CONFIG', name, `${runIdIn(path)} has no windows: leave \`${name}\` out`)
  if (trial === undefined)
    throw refuse('INVALID_CONFIG', 'trial', `${runIdIn(path)} is a sweep: say which run by \`trial\``)
  const { header, rows } = parseCsv(storedTrades(path, 'members.csv'), join(path, 'members.csv'))
  const cell = (row: readonly string[], name: string) => row[header.indexOf(name)]
  const row = rows.find(cells => cell(cells, 'member') === trial || (trial !== '' && cell(cells, 'run_id') === trial))
  if (row === undefined) throw refuse('NOT_FOUND', 'trial', `${runIdIn(path)} has no run ${JSON.stringify(trial)}`)
  if (cell(row, 'status') !== 'success')
    throw refuse(
      'NOT_FOUND',
      'trial',
      `Run ${trial} of ${runIdIn(path)} was not published: it is ${cell(row, 'status')}`,
    )
  const place = runFolder(cell(row, 'run_id'), context)
  await verifyRun(place)
  return replayRegime(place, readRun(place), context)
}

/** INTEGRITY_ERROR unless the data set holds what was recorded, and gives the same days of it. */
function requirePanel(
  path: string,
  { dataset: recorded }: RunMetadata,
  found: RunMetadata['dataset'],
  root: string,
): void {
  const { content_hash } = getDataset(root, recorded.dataset_id)
  if (content_hash !== recorded.content_hash)
    throw dataChanged(path, recorded.dataset_id, 'content_hash', recorded.content_hash, content_hash ?? 'none')
  if (found.snapshot_hash !== recorded.snapshot_hash)
    throw dataChanged(path, recorded.dataset_id, 'snapshot_hash', recorded.snapshot_hash, found.snapshot_hash)
}

/** What a run of the monitor left as its result. */
async function resultOf(path: string, { metrics }: RunFiles) {
  const { mode: _mode, command: _command, status: _status, leaderboard_size: _size, ...figures } = metrics ?? {}
  const { columns } = await readParquet(join(path, 'regime_timeseries.parquet'), ['score'])
  return {
    metrics: figures,
    trades_csv: storedTrades(path, 'bt_daily_pnl.csv'),
    equity: { score: columns['score'] as Float64Array },
    files: FILES,
  }
}
