/** `sweep` with `pipeline: majors_alts`: a published run of the monitor for each experiment and combination of parameters, compared. */

import type { RegimeSweepConfig, RegimeSweepParameter, SweepRequest } from '../../../contracts/types.ts'
import { type ArtifactDir, claimRun } from '../../artifacts/artifact-dir.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import {
  type RegimeSweepFigures,
  regimeSweepMetadata,
  regimeSweepMetrics,
  regimeSweepReport,
} from '../../artifacts/regime-sweep-report.ts'
import { runReportMarkdown } from '../../artifacts/render.ts'
import { type FingerprintInputs, fingerprintOf } from '../../artifacts/report.ts'
import type { SweepIdentity } from '../../artifacts/sweep-report.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { gitCommit } from '../../base/git.ts'
import { loadValidator } from '../../base/schema.ts'
import { csvText, tableOf } from '../../base/table.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import type { Context, Outcome } from '../command.ts'
import { panelReference } from '../dataset/reference.ts'
import { type Published, publishRun } from '../publish.ts'
import { type RegimeData, regimeData, regimeWindow } from './data.ts'
import { executeRegime } from './regime.ts'
import { regimeSweepFigures } from './sweep-figures.ts'
import { type RegimeSweepPlan, regimeSweepPlan, type SweptRun } from './sweep-plan.ts'
import { memberColumns, memberRow, rankedRuns, type SweptResult } from './sweep-rows.ts'
import { regimeSweepTable, regimeSweepText } from './sweep-text.ts'

const VALIDATORS = [
  'artifacts/regime-sweep-config',
  'artifacts/sweep-metrics',
  'artifacts/sweep-metadata',
  'artifacts/run-manifest',
  'artifacts/regime-sweep-report',
] as const

/** The window as it was asked for; the schema requires both days with a pipeline. */
type SweptWindow = Pick<SweepRequest, 'dataset_id' | 'prefetch_days'> & { start: string; end: string }

/**
 * Run and compare; every finished run is published by itself, the sweep after the last one. Where a run failed the sweep is published
 * too, and answered with an error of the class of the first failure.
 */
export async function sweepRegimes(request: SweepRequest, context: Context): Promise<Outcome> {
  const startedAt = context.clock.now()
  const { dataset_id, start, end, prefetch_days } = request
  const asked = { dataset_id, prefetch_days, start, end } as SweptWindow
  const window = regimeWindow(asked)
  const plan = await regimeSweepPlan(request, context)
  const data = await regimeData(context.root, dataset_id, window)
  const config = configOf(request, asked, plan, data)
  await Promise.all(VALIDATORS.map(loadValidator))
  const directory = claimRun(context.root, startedAt, 'majors-alts-sweep', hashOf(config))
  let figures: RegimeSweepFigures | undefined
  let failure: GatewayError | undefined
  const outcome = await publishRun(directory, context, async () => {
    const begun = context.clock.elapsed()
    const results = await runAll(plan, asked, data, config.fail_fast, directory, context)
    const spent = context.clock.elapsed() - begun
    figures = regimeSweepFigures(plan, results)
    failure = results.map(({ outcome: one }) => one).find(one => one instanceof GatewayError)
    return writeAll(directory, { request, config, data, plan, results, figures, spent }, context)
  })
  const told = figures as RegimeSweepFigures
  if (failure !== undefined) throw someFailed(failure, told, directory)
  const paths = plan.space.dimensions.map(({ path }) => path)
  return {
    ...outcome,
    warnings: [...told.warnings, ...(outcome.warnings ?? [])],
    text: () => regimeSweepText(told, paths, directory.path),
    table: () => regimeSweepTable(told),
  }
}

/** Run by run, in order; with `failFast` the first failure ends it. */
async function runAll(
  plan: RegimeSweepPlan,
  asked: SweptWindow,
  data: RegimeData,
  failFast: boolean,
  { runId }: ArtifactDir,
  context: Context,
): Promise<SweptResult[]> {
  const results: SweptResult[] = []
  let failed = false
  for (const swept of plan.runs) {
    if (context.abort.aborted) throw fail('ABORTED', {})
    const begun = context.clock.elapsed()
    const outcome: SweptResult['outcome'] = failed && failFast ? 'skipped' : await runOne(swept, asked, data, context)
    failed ||= outcome instanceof GatewayError
    const spent = outcome === 'skipped' ? null : Math.round((context.clock.elapsed() - begun) * 1000) / 1000
    results.push({ swept, outcome, duration_ms: spent })
    context.progress({ run_id: runId, done: results.length, total: plan.runs.length })
  }
  return results
}

/** One published run; its own error where its configuration or its data do not allow it. An abort or a fault of the disk ends the sweep. */
async function runOne(swept: SweptRun, asked: SweptWindow, data: RegimeData, context: Context) {
  const { setup } = swept
  if (setup instanceof GatewayError) return setup
  const params = { pipeline: 'majors_alts', ...asked, config: setup.settings }
  const request = JSON.stringify({ schema_version: CONTRACT_VERSION, command: 'run', params })
  const within: Context = {
    ...context,
    reproduce: `quantlab --json-request '${request.replaceAll("'", "'\\''")}'`,
    // A repeated request is answered by the sweep, not by one of its runs.
    beforePublish: () => {},
  }
  try {
    return await executeRegime(asked, within, { dashboard: false, setup: { ...setup, reports_dir: undefined }, data })
  } catch (error) {
    const ends = !(error instanceof GatewayError) || error.class === 'ABORTED' || error.class === 'STORAGE_ERROR'
    if (ends) throw error
    return error
  }
}

function configOf(
  { fail_fast }: SweepRequest,
  asked: SweptWindow,
  { space, runs }: RegimeSweepPlan,
  { opened }: RegimeData,
): RegimeSweepConfig {
  return {
    pipeline: 'majors_alts',
    dataset_id: opened.dataset.dataset_id,
    dataset_content_hash: opened.dataset.content_hash,
    start: asked.start,
    end: asked.end,
    prefetch_days: asked.prefetch_days ?? 0,
    fail_fast: fail_fast ?? false,
    parameters: space.dimensions.map(({ path, values }) => ({ path, values }) as RegimeSweepParameter),
    members: runs.map(({ experiment, parameters, setup }) => ({
      experiment,
      experiment_id: setup instanceof GatewayError ? null : (setup.experiment?.experiment_id ?? null),
      parameters,
      settings_hash: setup instanceof GatewayError ? null : hashOf(setup.settings),
    })),
  }
}

interface FinishedRegimeSweep {
  request: SweepRequest
  config: RegimeSweepConfig
  data: RegimeData
  plan: RegimeSweepPlan
  results: readonly SweptResult[]
  figures: RegimeSweepFigures
  /** Milliseconds of all runs. */
  spent: number
}

/** Write every file of the sweep's directory, report.json last. */
function writeAll(
  directory: ArtifactDir,
  { request, config, data, plan, results, figures, spent }: FinishedRegimeSweep,
  context: Context,
): Published {
  const dataset = panelReference(data.opened)
  const inputs = inputsOf(dataset.snapshot_hash, config)
  const identity: SweepIdentity = {
    ...{ run_id: directory.runId, mode: 'majors_alts_sweep', engine_version: ENGINE_VERSION },
    ...{ created_at: isoInstant(context.clock.now()), git_commit: gitCommit(context.cwd) },
    ...{ config_path: request.config_path ?? 'inline_cli', request_id: context.requestId, trace_id: context.traceId },
    ...{ reproduce: context.reproduce, fingerprint: fingerprintOf(inputs), datasets: [dataset] },
  }
  const columns = memberColumns(plan.space.dimensions.map(({ path }) => path))
  const rows = results.map((result, member) => memberRow(result, member))
  directory.write('members.csv', csvText(tableOf(columns, rows)))
  const leaders = rankedRuns(results).map(({ member }, k) => ({ rank: k + 1, ...rows[member] }))
  directory.write('leaderboard.csv', csvText(tableOf(['rank', ...columns], leaders)))
  const metadata = regimeSweepMetadata(identity, config, figures)
  directory.writeJson('config.json', 'artifacts/regime-sweep-config', config, 'sorted')
  directory.writeJson('metrics.json', 'artifacts/sweep-metrics', regimeSweepMetrics(figures), 'sorted')
  directory.writeJson('metadata.json', 'artifacts/sweep-metadata', metadata, 'sorted')
  const { run_id, mode, created_at, git_commit } = identity
  const manifest = manifestOf({
    ...{ run_id, mode, command: 'sweep', created_at, git_commit, inputs, config, result_hash: figures.result_hash },
    ...{ snapshot_id: dataset.dataset_id, simulation_time_ms: Math.round(spent * 1000) / 1000 },
    files: {
      ...{ config_json: 'config.json', metadata_json: 'metadata.json', report_json: 'report.json' },
      ...{ members_csv: 'members.csv', leaderboard_csv: 'leaderboard.csv' },
    },
    metadata: { dataset_content_hash: dataset.content_hash, trace_id: context.traceId, ...context.labels },
  })
  directory.writeJson('manifest.json', 'artifacts/run-manifest', manifest)
  const soFar = () => regimeSweepReport(identity, metadata, config, figures, directory.files)
  directory.write('run_report.md', runReportMarkdown(soFar()))
  const report = soFar()
  directory.writeJson('report.json', 'artifacts/regime-sweep-report', report)
  return report.machine_contract
}

/** The hashes that decide the results; costs, execution and risk stand in the settings of each run. */
function inputsOf(snapshot_content_hash: string, config: RegimeSweepConfig): FingerprintInputs {
  const { start, end, prefetch_days, fail_fast, members } = config
  const settings = members.map(({ settings_hash }) => settings_hash)
  return {
    snapshot_content_hash,
    strategy_hash: hashOf({ _t: 'regime.sweep', v: 1, start, end, prefetch_days, fail_fast, settings }),
    ...{ execution_model_hash: null, cost_model_hash: null, risk_model_hash: null },
    seed: 0,
    engine_version: ENGINE_VERSION,
  }
}

function someFailed(
  { class: kind }: GatewayError,
  { counts, failed }: RegimeSweepFigures,
  { path }: ArtifactDir,
): Error {
  const [first] = failed
  const total = counts.n_runs + counts.n_failed + counts.n_skipped
  const name = (one: (typeof failed)[number]) =>
    [one.experiment, ...Object.entries(one.parameters).map(([key, value]) => `${key}=${JSON.stringify(value)}`)]
      .filter(text => text !== null)
      .join(' ')
  return fail(
    kind,
    { message: `${counts.n_failed} of ${total} runs failed, the first ${name(first)}: ${first.message}` },
    {
      details: failed.map(one => ({ pointer: `members.csv#/${one.member}`, message: `${name(one)}: ${one.message}` })),
      hint: `The sweep and its other runs are kept: ${path}`,
    },
  )
}
