/** Replay of one trial of a sweep: a plain run of its parameters on its window, held to its row of trials.parquet. */

import { join } from 'node:path'
import type { ReplayedTrial, ReplayRequest, RunRequest, SweepMetadata } from '../../../contracts/types.ts'
import type { RunFiles } from '../../artifacts/run-reader.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { isoDate, isoInstant } from '../../market/calendar.ts'
import { strategyFor } from '../../strategies/index.ts'
import { trialParameters } from '../../sweep/grid.ts'
import { TRIAL_METRICS } from '../../sweep/kernel.ts'
import { type Frame, type TrialRequest, trialSettings } from '../../sweep/plan.ts'
import { bench, evaluateJob, figuresOf } from '../../sweep/trials.ts'
import { runIdIn } from '../artifact/folder.ts'
import type { Context, Outcome } from '../command.ts'
import { performRun } from '../run/run.ts'
import { checkedSweep } from '../sweep/config.ts'
import { splitTexts } from '../sweep/data.ts'
import { type PreparedSweep, prepareSweep } from '../sweep/plan.ts'
import { jsonDifference } from './compare.ts'
import type { MadeRun } from './link.ts'
import { type Figures, figuresFrom, storedTrial, type TrialRow } from './trial-row.ts'
import { judgedReplay } from './verdict.ts'

/**
 * Execute one trial of a verified sweep again as a run of its own, and compare its figures. INVALID_CONFIG where no trial is named,
 * NOT_FOUND for an unknown one, CONFLICT for one that failed, INTEGRITY_ERROR where the data set changed or a figure differs.
 */
export async function replayTrial(
  path: string,
  stored: RunFiles,
  context: Context,
  request: ReplayRequest,
): Promise<Outcome> {
  if (request.trial === undefined) throw noTrialNamed(path)
  const metadata = stored.metadata as unknown as SweepMetadata
  const row = await storedTrial(path, request.trial, request)
  const given = await checkedSweep(stored.config, metadata.config_path, join(path, 'config.json'))
  const prepared = await prepareSweep(given, Number.MAX_SAFE_INTEGER, context.root)
  const stage = stageOf(prepared, row)
  const run = runOf(prepared, stage, row)
  const compare = (made: MadeRun) => compared(prepared, stage, row, made)
  return judgedReplay(metadata, compare, link => performRun(run, context, link))
}

function stageOf({ splits }: PreparedSweep, { split_name, phase }: TrialRow): number {
  if (splits === null || split_name === undefined) return 0
  return 2 * splits.findIndex(({ name }) => name === split_name) + (phase === 'test' ? 1 : 0)
}

/** The single run that a trial is. */
function runOf(prepared: PreparedSweep, stage: number, { trial }: TrialRow): RunRequest {
  const { plan, references } = prepared
  const { request, selection } = trialSettings(plan, trial)
  const frame = plan.stages[stage].frames[selection]
  const { symbol: ticker, interval } = plan.datasets[frame.dataset]
  return {
    ...{ ticker, interval, dataset_id: references[frame.dataset].dataset_id },
    ...windowOf(prepared, stage, frame, trial, request),
    ...(request as Omit<TrialRequest, 'strategy'> & Pick<RunRequest, 'strategy'>),
    ...{ paper: false, save_price_plot: false, report: false },
  }
}

/** The window of a stage; bars that were only warmed up on stand before it, because a plain run warms up inside its own. */
function windowOf(
  { config, plan, splits }: PreparedSweep,
  stage: number,
  frame: Frame,
  trial: number,
  { strategy, strategy_params }: TrialRequest,
): { start: string; end: string } {
  const own = trialParameters(plan.space, trial) as { start?: string; end?: string }
  const split = splits === null ? undefined : splitTexts(splits)[stage >> 1]
  const window = split === undefined ? { ...config, ...own } : split[stage % 2 === 1 ? 'test' : 'train']
  const { start, end } = window as { start: string; end: string }
  const before = Math.min(frame.from, strategyFor(strategy).warmup(strategy_params))
  if (plan.stages[stage].warmup === 'inside' || before === 0) return { start, end }
  const first = plan.datasets[frame.dataset].ts[frame.from - before]
  return { start: first % 86_400_000 === 0 ? isoDate(first) : isoInstant(first), end }
}

/** The figures of the row beside those computed now, by the kernel of sweeps and, where a run has them too, by the engine. */
function compared({ plan }: PreparedSweep, stage: number, row: TrialRow, { metrics }: MadeRun) {
  const job = { index: 0, stage, first: 0, count: 1, trials: [row.trial] }
  const again = figuresFrom(figuresOf(evaluateJob(bench(plan, 1), job), 0))
  const { best_result } = metrics as { best_result: Figures }
  const engine = Object.fromEntries(TRIAL_METRICS.slice(0, 4).map(name => [name, best_result[name]]))
  const [file, place] = ['trials.parquet', `/${row.row + 1}`]
  const difference = jsonDifference(row.figures, again, place) ?? jsonDifference(again, { ...again, ...engine }, place)
  const { trial, variation_id, split_name, phase } = row
  const named: ReplayedTrial = { trial, variation_id, ...(split_name === undefined ? {} : { split_name, phase }) }
  return {
    trial: named,
    differences: difference === null ? [] : [{ file, ...difference }],
    result_hash: { original: hashOf(row.figures), replay: hashOf({ ...again, ...engine }) },
  }
}

function noTrialNamed(path: string): Error {
  const message = `${runIdIn(path)} is a sweep: name the \`trial\` to execute again, by its number or its variation_id.`
  const hint = `leaderboard.csv and trials.parquet list them; the whole sweep is repeated by \`quantlab sweep ${join(path, 'config.json')}\`.`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/trial', message }], hint })
}
