/** `replay`: execute a stored run again from what is on disk, as a run of its own, and say whether the result is the same. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  ReplayRequest,
  ReplayVerdict,
  ResultDifference,
  RunConfig,
  RunMetadata,
  RunMetrics,
} from '../../contracts/types.ts'
import { type RunFiles, readRun } from '../artifacts/run-reader.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { VERSION } from '../base/version.ts'
import { ENGINE_VERSION } from '../engine/backtest.ts'
import { snapshotHash } from '../lake/content.ts'
import { getDataset } from '../lake/datasets.ts'
import { openBars } from '../lake/open.ts'
import { shownBy } from './artifact-document.ts'
import { runFolder, runIdIn } from './artifact-folder.ts'
import { storedEquity, verifyRun } from './artifact-verify.ts'
import type { Command, Context, Outcome } from './command.ts'
import { differencesOf, type Result } from './replay-compare.ts'
import { verdictText } from './replay-text.ts'
import { type MadeRun, performRun } from './run.ts'
import { requestOf } from './run-config.ts'
import { windowOf } from './window.ts'

export const replay: Command<ReplayRequest> = {
  produces: 'replay',
  async run(request, context) {
    const path = runFolder(request.run_id, context)
    await verifyRun(path)
    const stored = readRun(path)
    const mode = String(stored.metadata?.['mode'])
    if (mode !== 'run') throw notReplayable(path, mode)
    if (request.trial !== undefined) throw noTrials(path, request.trial)
    return replayRun(path, stored, context)
  },
}

async function replayRun(path: string, stored: RunFiles, context: Context): Promise<Outcome> {
  const config = stored.config as unknown as RunConfig
  const metadata = stored.metadata as unknown as RunMetadata
  await verifyData(path, config, metadata, context.root)
  const then = await resultOf(path, stored)
  let verdict: ReplayVerdict | undefined
  const outcome = await performRun(requestOf(config, shownBy(path, stored.report), join(path, 'trades.csv')), context, {
    of: metadata.run_id,
    judge: made => (verdict = verdictOf(metadata, then, made)),
  })
  if (verdict === undefined) throw new Error('a replay was published without its verdict')
  if (!verdict.match) throw differs(verdict, String(outcome.answer['artifacts_path']))
  const told = verdict
  return {
    ...outcome,
    answer: { ...outcome.answer, result: told },
    warnings: [...(outcome.warnings ?? []), ...versionWarnings(told)],
    text: () => verdictText(told, String(outcome.answer['artifacts_path'])),
  }
}

/**
 * The data set is there with the content that was recorded, and gives the bars that were read then. NOT_FOUND where it is gone,
 * INTEGRITY_ERROR where it holds other data.
 */
async function verifyData(path: string, config: RunConfig, metadata: RunMetadata, root: string): Promise<void> {
  const { dataset_id, dataset_content_hash } = config
  const { content_hash } = getDataset(root, dataset_id)
  if (content_hash !== dataset_content_hash) {
    throw dataChanged(path, dataset_id, 'dataset_content_hash', dataset_content_hash, content_hash ?? 'none')
  }
  const { bars } = await openBars(root, {
    dataset_id,
    symbol: config.ticker,
    interval: config.interval,
    ...windowOf(config),
  })
  const read = snapshotHash(bars)
  if (read !== metadata.dataset.snapshot_hash) {
    throw dataChanged(path, dataset_id, 'snapshot_hash', metadata.dataset.snapshot_hash, read)
  }
}

/** What the original left as its result. */
async function resultOf(path: string, stored: RunFiles): Promise<Result> {
  const { summary, best_result, extended } = stored.metrics as unknown as RunMetrics
  const trades = join(path, 'trades.csv')
  return {
    metrics: { summary, best_result, extended },
    trades_csv: storing(trades, () => readFileSync(trades, 'utf8')),
    equity: await storedEquity(path),
  }
}

function verdictOf(original: RunMetadata, then: Result, made: MadeRun): ReplayVerdict {
  const differences = differencesOf(then, {
    metrics: JSON.parse(JSON.stringify(made.figures)) as Record<string, unknown>,
    trades_csv: made.trades_csv,
    equity: made.equity,
  })
  const commits = [original.git_commit, made.git_commit]
  return {
    run_id: made.run_id,
    replay_of: original.run_id,
    match: original.result_hash === made.result_hash && differences.length === 0,
    differences,
    result_hash: { original: original.result_hash, replay: made.result_hash },
    engine_version: { original: original.engine_version, replay: ENGINE_VERSION },
    quantlab_version: { original: original.quantlab_version, replay: VERSION },
    node_version: { original: original.node_version, replay: process.version },
    code: commits.includes('unknown') ? 'unknown' : commits[0] === commits[1] ? 'same' : 'different',
  }
}

/** Equal numbers are promised only for equal engine versions. */
function versionWarnings({ engine_version: { original, replay } }: ReplayVerdict): string[] {
  if (original === replay) return []
  return [`The original was computed by engine ${original}, the replay by ${replay}: here they give the same numbers.`]
}

function differs(verdict: ReplayVerdict, path: string): Error {
  const { run_id, replay_of, differences, engine_version: engine, result_hash } = verdict
  const details = differences.map(
    ({ file, pointer, original, replay }): ErrorDetail => ({
      pointer: `${file}#${pointer}`,
      message: `was ${JSON.stringify(original)}, is ${JSON.stringify(replay)}`,
      expected: original,
    }),
  )
  const first = firstText(differences) ?? `result_hash was ${result_hash.original}, is ${result_hash.replay}`
  const reason =
    engine.original === engine.replay
      ? `Both were computed by engine ${engine.replay}`
      : `The original was computed by engine ${engine.original}, the replay by ${engine.replay}: equal numbers are promised only for equal versions`
  return fail(
    'INTEGRITY_ERROR',
    { message: `Replay ${run_id} differs from ${replay_of}: ${first}. ${reason}.` },
    { details, hint: `The replay is kept: ${path}` },
  )
}

function firstText([first]: readonly ResultDifference[]): string | undefined {
  if (first === undefined) return undefined
  return `${first.file} ${first.pointer} was ${JSON.stringify(first.original)}, is ${JSON.stringify(first.replay)}`
}

function dataChanged(path: string, dataset: string, field: string, expected: string, found: string): Error {
  return fail(
    'INTEGRITY_ERROR',
    { message: `Data set ${dataset} is not the one run ${runIdIn(path)} read: ${field} is ${found}, was ${expected}` },
    {
      details: [{ pointer: field, message: `is ${found}`, expected }],
      hint: 'Restore the data set from a copy, or start a new run on the present data.',
    },
  )
}

function notReplayable(path: string, mode: string): Error {
  const message = `Run ${runIdIn(path)} has mode ${mode}, which cannot be executed again.`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/run_id', message, expected: ['run'] }] })
}

function noTrials(path: string, trial: string): Error {
  const message = `Run ${runIdIn(path)} is no sweep: it has no trial ${JSON.stringify(trial)}; leave \`trial\` out.`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/trial', message }] })
}
