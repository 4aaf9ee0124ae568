/** `run` with `pipeline: majors_alts`: the regime monitor and its long–short backtest on a panel. */

import type { RegimeRunConfig, RunRequest } from '../../../contracts/types.ts'
import { claimRun } from '../../artifacts/artifact-dir.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import { type RegimeFigures, regimeReport, regimeRunMetrics } from '../../artifacts/regime-report.ts'
import { runReportMarkdown } from '../../artifacts/render.ts'
import { fingerprintOf, metadataOf, type RunIdentity, resultHash } from '../../artifacts/report.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { gitCommit } from '../../base/git.ts'
import { insideRoot } from '../../base/paths.ts'
import { loadValidator } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { dayText } from '../../market/panel.ts'
import { runMonitor } from '../../regime/monitor.ts'
import { signalsOf } from '../../regime/signals.ts'
import type { Context, Outcome } from '../command.ts'
import { panelReference } from '../dataset/reference.ts'
import { recordingFailure } from '../housekeeping.ts'
import { publishRun } from '../publish.ts'
import type { ReplayLink } from '../replay/link.ts'
import { type RegimeSetup, type RegimeSources, regimeSetup } from './config.ts'
import { type RegimeData, regimeData, regimeWindow } from './data.ts'
import { comparedFigures, regimeFigures, regimeInputs, snapshotDates } from './figures.ts'
import { mirrorReports, REGIME_FILES, writeRegimeFiles } from './files.ts'
import { regimeText } from './text.ts'

/** The parameters of `run` that the monitor takes. */
export type RegimeRequest = RegimeSources &
  Pick<RunRequest, 'dataset_id' | 'start' | 'end' | 'asof' | 'prefetch_days' | 'reports_dir'>

/** A run that fails leaves its record, as every run does. */
export function regimeOfRun(request: RunRequest, context: Context): Promise<Outcome> {
  const command = { produces: 'majors-alts', run: () => performRegime(request, context) }
  return recordingFailure(command, 'run', request, context, command.run)
}

/** What a caller of the monitor may bring or leave out. */
export interface RegimeOptions {
  /** `false` leaves the page out. */
  dashboard?: boolean
  /** Settings and panel where they are there already: the request then says only which window. */
  setup?: RegimeSetup
  data?: RegimeData
  /** The run that this one repeats. */
  replay?: ReplayLink
}

/** A published run and what a sweep compares of it. */
export interface RegimeRun {
  outcome: Outcome
  figures: RegimeFigures
  result_hash: string
  /** Net return of each day of the backtest. */
  net: Float64Array
}

/** Execute and publish one run of the monitor. */
export async function performRegime(
  request: RegimeRequest,
  context: Context,
  options: RegimeOptions = {},
): Promise<Outcome> {
  return (await executeRegime(request, context, options)).outcome
}

/** The same with its figures. */
export async function executeRegime(
  request: RegimeRequest,
  context: Context,
  options: RegimeOptions = {},
): Promise<RegimeRun> {
  const { dashboard = true, replay } = options
  const startedAt = context.clock.now()
  const window = regimeWindow(request)
  const setup = options.setup ?? (await regimeSetup(request, context))
  const reports = request.reports_dir ?? setup.reports_dir
  const mirror = reports === undefined ? null : insideRoot(context.root, context.cwd, reports)
  const data = options.data ?? (await regimeData(context.root, request.dataset_id, window))
  const { panel } = data.opened
  const dataset = panelReference(data.opened)

  const begun = context.clock.elapsed()
  const result = runMonitor(panel, setup.settings, data.start)
  const simulation_time_ms = Math.round((context.clock.elapsed() - begun) * 1000) / 1000
  const signals = request.asof === undefined ? null : signalsOf(panel, setup.settings, result)
  const figures = regimeFigures(result)
  const config = configOf(request, setup, data)
  const inputs = regimeInputs(dataset.snapshot_hash, config)
  const monitorWarnings = result.warnings.map(({ code, message }) => `${code}: ${message}`)
  const warnings = [...setup.warnings, ...data.warnings, ...monitorWarnings]
  await Promise.all(VALIDATORS.map(loadValidator))
  const page = dashboard ? (await import('./dashboard.ts')).regimePage : undefined
  if (context.abort.aborted) throw fail('ABORTED', {})

  const directory = claimRun(context.root, startedAt, 'majors-alts', hashOf(config))
  let result_hash = ''
  const outcome = await publishRun(directory, context, () => {
    const identity: RunIdentity = {
      ...{ run_id: directory.runId, mode: 'majors_alts', command: 'run', config_path: setup.config_path },
      ...{ created_at: isoInstant(context.clock.now()), git_commit: gitCommit(context.cwd) },
      ...{ request_id: context.requestId, trace_id: context.traceId, reproduce: context.reproduce },
      ...{ engine_version: inputs.engine_version, fingerprint: fingerprintOf(inputs), dataset },
      ...(replay === undefined ? {} : { replay_of: replay.of }),
    }
    const series = writeRegimeFiles(directory, panel, result, figures, signals)
    const { summary, best_result } = figures
    result_hash = resultHash({ summary, best_result, trades_csv: series.daily, equity: series.equity })
    const metadata = metadataOf(identity, config, figures, result_hash)
    directory.writeJson('config.json', 'artifacts/regime-run-config', config, 'sorted')
    directory.writeJson('metrics.json', 'artifacts/regime-metrics', regimeRunMetrics(identity, figures), 'sorted')
    directory.writeJson('metadata.json', 'artifacts/metadata', metadata, 'sorted')
    const { run_id, mode, command, created_at, git_commit } = identity
    const verdict = replay?.judge({
      ...{ run_id, git_commit, metrics: comparedFigures(figures), trades_csv: series.daily, result_hash },
      equity: { score: result.scores.score.subarray(result.start) },
    })
    const draft = {
      ...regimeReport(identity, metadata, config, figures, directory.files, warnings),
      ...(verdict === undefined ? {} : { replay: verdict }),
    }
    if (page !== undefined) {
      directory.write('dashboard.html', page({ panel, result, figures, settings: setup.settings, report: draft }))
    }
    const written = new Set(directory.files.map(file => file.file_name))
    const manifest = manifestOf({
      ...{ run_id, mode, command, created_at, git_commit, inputs, config, result_hash, simulation_time_ms },
      snapshot_id: dataset.dataset_id,
      replay_of: replay?.of,
      files: {
        ...{ config_json: 'config.json', metadata_json: 'metadata.json', report_json: 'report.json' },
        ...Object.fromEntries(Object.entries(REGIME_FILES).filter(([, name]) => written.has(name))),
      },
      metadata: { dataset_content_hash: dataset.content_hash, trace_id: context.traceId, ...context.labels },
    })
    const facts = { ...manifest, timestamp: created_at, git_commit, ...published(setup, data) }
    directory.writeJson('manifest.json', 'artifacts/run-manifest', facts)
    const soFar = () => ({ ...draft, artifacts: [...directory.files] })
    directory.write('run_report.md', runReportMarkdown(soFar()))
    const report = soFar()
    directory.writeJson('report.json', 'artifacts/regime-report', report)
    if (mirror !== null) mirrorReports(directory, mirror)
    return report.machine_contract
  })
  const told: Outcome = {
    ...outcome,
    answer: signals === null ? outcome.answer : { ...outcome.answer, result: signals },
    warnings: [...warnings, ...(outcome.warnings ?? [])],
    text: () => regimeText(result, figures, signals, directory),
  }
  return { outcome: told, figures, result_hash, net: result.backtest.net }
}

const VALIDATORS = [
  'artifacts/regime-run-config',
  'artifacts/regime-metrics',
  'artifacts/metadata',
  'artifacts/run-manifest',
  'artifacts/regime-report',
  'artifacts/regime-kpis',
  'artifacts/regime-stability',
  'artifacts/regime-evaluation',
  'artifacts/regime-signals',
] as const

/** config.json: what decides the result, with the experiment it came from. */
function configOf(
  request: RegimeRequest,
  { settings, experiment, parameters }: RegimeSetup,
  data: RegimeData,
): RegimeRunConfig {
  const { panel, dataset } = data.opened
  return {
    pipeline: 'majors_alts',
    mode: settings.mode,
    dataset_id: dataset.dataset_id,
    dataset_content_hash: dataset.content_hash,
    start: request.asof === undefined ? request.start : dayText(panel.firstDay),
    end: request.asof ?? request.end,
    asof: request.asof ?? null,
    prefetch_days: request.prefetch_days ?? 0,
    experiment: experiment as RegimeRunConfig['experiment'],
    settings: settings as unknown as RegimeRunConfig['settings'],
    ...(parameters === undefined ? {} : { parameters }),
  }
}

/** What the published manifest of an experiment says. */
function published({ experiment, settings }: RegimeSetup, { opened }: RegimeData): Record<string, unknown> {
  return {
    experiment_id: experiment?.experiment_id ?? null,
    title: experiment?.title ?? null,
    category_path: experiment?.category_path ?? null,
    experiment_spec: experiment,
    resolved_config: settings,
    data_snapshot_dates: snapshotDates(opened.panel),
  }
}
