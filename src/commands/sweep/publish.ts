/** From computed trials to the published run directory of a sweep. */

import type { SweepFailedTrial, SweepOverfitting } from '../../../contracts/types.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import { runReportMarkdown } from '../../artifacts/render.ts'
import type { FingerprintInputs } from '../../artifacts/report.ts'
import { fingerprintOf } from '../../artifacts/report.ts'
import {
  type SweepFigures,
  type SweepIdentity,
  sweepMetadata,
  sweepMetrics,
  sweepReport,
} from '../../artifacts/sweep-report.ts'
import type { SweepWork } from '../../artifacts/sweep-work.ts'
import { hashOf } from '../../base/canonical.ts'
import { gitCommit } from '../../base/git.ts'
import { loadValidator } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { yamlText } from '../../base/yaml-text.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import { trialId } from '../../sweep/grid.ts'
import { inferOverfitting } from '../../sweep/inference.ts'
import type { TrialMetric } from '../../sweep/kernel.ts'
import type { SharpeSpread } from '../../sweep/overfitting.ts'
import type { TrialPool } from '../../sweep/pool.ts'
import { honestFigures } from '../../sweep/walk-forward.ts'
import type { Context } from '../command.ts'
import type { Published } from '../publish.ts'
import type { WireTrials } from '../registry/run-facts.ts'
import { type FailedTrial, type GridResult, LISTED, type SweepTaker, type WalkForwardResult } from './compute.ts'
import { splitTexts } from './data.ts'
import { sweepLedger } from './ledger.ts'
import type { PreparedSweep } from './plan.ts'
import { writeSplitTables } from './splits.ts'
import type { GridTables } from './tables.ts'

const VALIDATORS = [
  'configuration/sweep',
  'artifacts/sweep-metadata',
  'artifacts/sweep-metrics',
  'artifacts/run-manifest',
  'artifacts/sweep-report',
] as const

/** Everything a finished computation hands over to be written. */
export interface FinishedSweep {
  prepared: PreparedSweep
  work: SweepWork
  pool: TrialPool
  taker: SweepTaker
  result: { grid: GridResult; tables: GridTables } | { splits: WalkForwardResult }
  simulation_time_ms: number
}

/** Write every file of the directory, report.json last; the figures are for whoever tells of them. */
export async function writeSweep(
  finished: FinishedSweep,
  context: Context,
): Promise<{ published: Published; figures: SweepFigures }> {
  const { prepared, work, simulation_time_ms } = finished
  const { directory, record } = work
  await Promise.all(VALIDATORS.map(loadValidator))
  const figures = await figuresOf(finished, context)
  const inputs = inputsOf(prepared)
  const { config } = prepared
  const identity: SweepIdentity = {
    run_id: directory.runId,
    mode: prepared.mode,
    created_at: isoInstant(context.clock.now()),
    git_commit: gitCommit(context.cwd),
    config_path: record.config_path,
    request_id: context.requestId,
    trace_id: context.traceId,
    reproduce: record.reproduce,
    engine_version: ENGINE_VERSION,
    fingerprint: fingerprintOf(inputs),
    datasets: prepared.references,
  }
  const metadata = sweepMetadata(identity, config, figures)
  const metrics = sweepMetrics(identity, figures)
  directory.writeJson('config.json', 'configuration/sweep', config, 'sorted')
  directory.write('config_resolved.yaml', yamlText(config))
  if (figures.walk_forward === null && figures.top.length > 0)
    directory.write('best_config.json', `${JSON.stringify(figures.top[0], null, 2)}\n`)
  directory.writeJson('metrics.json', 'artifacts/sweep-metrics', metrics, 'sorted')
  directory.writeJson('metadata.json', 'artifacts/sweep-metadata', metadata, 'sorted')
  const { run_id, mode, created_at, git_commit } = identity
  const trials = trialsOf(prepared, finished.result, inputs.strategy_hash)
  const manifest = manifestOf({
    ...{ run_id, mode, command: 'sweep', created_at, git_commit, inputs, config, simulation_time_ms },
    snapshot_id: [...new Set(prepared.references.map(({ dataset_id }) => dataset_id))].join(' '),
    result_hash: metadata.result_hash,
    files: {
      config_json: 'config.json',
      metadata_json: 'metadata.json',
      report_json: 'report.json',
      trials_parquet: 'trials.parquet',
    },
    metadata: {
      trace_id: context.traceId,
      ...record.labels,
      trials,
    },
  })
  directory.writeJson('manifest.json', 'artifacts/run-manifest', manifest)
  const judged = await ledgerFor(finished, figures, trials, context.root)
  const told = { ...figures, warnings: [...figures.warnings, ...judged.warnings] }
  const trial_ledger = judged.ledger === null ? {} : { trial_ledger: judged.ledger }
  const draft = { ...sweepReport(identity, metadata, config, told, directory.files), ...trial_ledger }
  directory.write('run_report.md', runReportMarkdown(draft))
  // Each report lists the files that are there before it.
  const soFar = () => ({ ...draft, artifacts: [...directory.files] })
  if (record.report) {
    const { sweepPage } = await import('../../artifacts/sweep-page.ts')
    directory.write('artifacts/report.html', await sweepPage(soFar(), directory.stagingPath))
  }
  const report = soFar()
  directory.writeJson('report.json', 'artifacts/sweep-report', report)
  return { published: report.machine_contract, figures }
}

const NONE_RANKED =
  'No trial keeps the constraints, so that none is ranked: loosen them, or see trials.parquet for what there is.'

/** Write the tables and judge the winner. */
async function figuresOf(
  { prepared, work, pool, taker, result }: FinishedSweep,
  context: Context,
): Promise<SweepFigures> {
  const { directory, journal } = work
  const { abort } = context
  const common = { failed: taker.failures.map(failure => failedTrial(prepared, failure)) }
  const failing =
    taker.failed > 0
      ? [
          `${taker.failed} ${taker.failed === 1 ? 'trial' : 'trials'} failed: figures are empty, errors stand in trials.parquet.`,
        ]
      : []
  if ('splits' in result) {
    const { outcomes, spreads } = result.splits
    const { warnings, summaries, stitched, ...tables } = await writeSplitTables(
      prepared,
      result.splits,
      directory,
      journal,
      pool,
      abort,
    )
    const tested = outcomes.reduce((count, { selected }) => count + selected.length, 0)
    const last = outcomes.findLastIndex(({ selected }) => selected.length > 0)
    return {
      ...common,
      ...tables,
      ranked: tested,
      counts: {
        n_train_runs: outcomes.length * prepared.plan.space.size,
        n_selected: tested,
        n_test_runs: tested,
        n_failed: taker.failed,
      },
      overfitting: last < 0 ? null : judged(prepared, pool, 2 * last, outcomes[last].selected[0].trial, spreads[last]),
      walk_forward: {
        splits: splitTexts(outcomes.map(({ split }) => split)),
        warmup: prepared.config.warmup,
        honest: honestFigures(outcomes),
        stitched,
      },
      split_summary: summaries,
      aborted: null,
      warnings: [...prepared.warnings, ...failing, ...(tested === 0 ? [NONE_RANKED] : []), ...warnings],
    }
  }
  const { top, ranked, computed, spread, aborted } = result.grid
  const tables = result.tables.finish(top)
  const cut =
    ranked > LISTED ? [`leaderboard.csv lists the best ${LISTED} of ${ranked} trials; trials.parquet has all.`] : []
  const ended = aborted === null ? [] : [`Ended early after ${aborted.after_runs} trials: ${aborted.reason}.`]
  return {
    ...common,
    ...tables,
    ranked,
    counts: { n_runs: computed, n_failed: taker.failed },
    overfitting: top.length === 0 ? null : judged(prepared, pool, 0, top[0].trial, spread),
    walk_forward: null,
    split_summary: null,
    aborted,
    warnings: [...prepared.warnings, ...failing, ...(ranked === 0 ? [NONE_RANKED] : []), ...cut, ...ended],
  }
}

/** How far the best trial of a stage can be believed, scored by what it was ranked by. */
function judged(
  { plan, selection }: PreparedSweep,
  pool: TrialPool,
  stage: number,
  trial: number,
  spread: SharpeSpread,
): SweepOverfitting {
  const [metric] = selection.order.sort_by
  // A metric of which less is better has no share that the neighbours keep.
  const score: TrialMetric = selection.order.ascending[0] ? 'sharpe_simple' : metric
  const winner = { trial, variation_id: trialId(plan.space, trial), window: plan.stages[stage].name }
  return { winner, ...inferOverfitting(pool.own, stage, trial, spread, score) }
}

function failedTrial(
  { plan, splits }: PreparedSweep,
  { trial, code, message, split, phase }: FailedTrial,
): SweepFailedTrial {
  const window = split === undefined || splits === null ? {} : { split_name: splits[split].name, phase }
  return { trial, variation_id: trialId(plan.space, trial), ...window, code, message }
}

/** The winner against all that was ever tried; of a sweep without a winner there is nothing to judge. */
async function ledgerFor(
  { prepared, pool }: FinishedSweep,
  { overfitting }: SweepFigures,
  trials: WireTrials,
  root: string,
): ReturnType<typeof sweepLedger> {
  if (overfitting === null) return { ledger: null, warnings: [] }
  const { trial, window } = overfitting.winner
  const stage = prepared.plan.stages.findIndex(({ name }) => name === window)
  return sweepLedger(root, prepared, pool, { trial, stage }, trials)
}

/** The trials behind the run, for the ledger of its data set and strategy: of a walk-forward those of every training window. */
function trialsOf({ plan }: PreparedSweep, result: FinishedSweep['result'], hash: string): WireTrials {
  const spreads = 'splits' in result ? result.splits.spreads : [result.grid.spread]
  const count = 'splits' in result ? spreads.length * plan.space.size : result.grid.computed
  const pooled = pooledSpread(spreads)
  if (pooled.count === 0) return { count, sharpe_mean: null, sharpe_m2: null, hash }
  // Trials without a Sharpe ratio count as trials and leave the variance as it is.
  return { count, sharpe_mean: pooled.mean, sharpe_m2: (pooled.squares * count) / pooled.count, hash }
}

/** Spreads joined pairwise (Chan, Golub & LeVeque 1983). */
function pooledSpread(spreads: readonly SharpeSpread[]): SharpeSpread {
  return spreads.reduce((a, b) => {
    const count = a.count + b.count
    if (count === 0) return a
    const delta = b.mean - a.mean
    return {
      count,
      mean: a.mean + (delta * b.count) / count,
      squares: a.squares + b.squares + (delta * delta * a.count * b.count) / count,
    }
  })
}

/** The hashes that decide the results of a sweep. */
function inputsOf({ config, references, plan }: PreparedSweep): FingerprintInputs {
  const { method, n_trials, variations, param_grid, parameters, universe, strategy } = config
  const { execution, initial_cash, fee, slippage_bps, slippage_mode, k_atr, warmup } = config
  const { start, end, splits, walk_forward, selection, constraints, early_abort } = config
  const snapshots = references.map(({ snapshot_hash }) => snapshot_hash)
  const space = { method, n_trials, variations, param_grid, parameters, universe }
  const windows = { start, end, splits, walk_forward, selection, constraints, early_abort, warmup }
  return {
    snapshot_content_hash: snapshots.length === 1 ? snapshots[0] : hashOf(snapshots),
    strategy_hash: hashOf({ _t: 'sweep.space', v: 1, strategy, params: plan.request.strategy_params, ...space }),
    execution_model_hash: hashOf({ _t: 'sweep.execution', v: 1, execution, initial_cash, ...windows }),
    cost_model_hash: hashOf({ _t: 'cost.model', v: 1, fee, slippage_bps, slippage_mode, k_atr }),
    risk_model_hash: null,
    seed: config.seed ?? 0,
    engine_version: ENGINE_VERSION,
  }
}
