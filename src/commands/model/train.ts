/** `model train`: fit one model, check it for leaks, compare it with its baselines, backtest it, publish all of it. */

import type { ModelMetrics, ModelTrainRequest } from '../../../contracts/types.ts'
import { type ArtifactDir, claimRun } from '../../artifacts/artifact-dir.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import { modelReportMarkdown } from '../../artifacts/model-markdown.ts'
import { MODEL_DOCUMENTS, type ModelRun, PREDICTIONS_FILE, readPredictions } from '../../artifacts/model-run.ts'
import { hashOf } from '../../base/canonical.ts'
import { gitCommit } from '../../base/git.ts'
import { layout } from '../../base/layout.ts'
import { loadValidator } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { requireDefined, samplesOf } from '../../models/samples.ts'
import { requireRows } from '../../models/splits.ts'
import { modelOf, planSplits, trainOn } from '../../models/train.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { registerPublished } from '../registration.ts'
import type { ReplayLink } from '../replay-link.ts'
import { modelAnswer } from './answer.ts'
import { leakageGuards } from './checks.ts'
import { documentsOf, type TrainedRun } from './documents.ts'
import { type Markets, marketsOf, publishModelRun } from './market.ts'
import { prepareTraining } from './plan.ts'
import { predictedOn, predictiveOn, type SPLIT_NAMES, writePredictions } from './predictions.ts'
import { comparable, type ModelFindings, resultHashOf } from './result.ts'
import { baselinesOf, inputsOf, summaryOf } from './summary.ts'
import { modelText } from './text.ts'

export const modelTrain: Command<ModelTrainRequest> = {
  produces: 'model',
  run: (request, context) => performTraining(request, context),
}

/**
 * Train and publish one model run. The backtest on the test split is published first, as a run of its own, then the model run that
 * names it: each appears whole or not at all, and a model run never names a run that is not there.
 */
export async function performTraining(
  request: ModelTrainRequest,
  context: Context,
  replay?: ReplayLink,
): Promise<Outcome> {
  const startedAt = context.clock.now()
  const prepared = await prepareTraining(request, context.root)
  const { bars, plan, config, features } = prepared
  const splits = planSplits(bars, plan)
  requireRows(splits, features.length, plan.target.horizon)
  const begun = context.clock.elapsed()
  const samples = samplesOf(bars, plan.source, plan.target)
  requireDefined(samples, plan.source.names, bars, plan.source.warmup, bars.ts.length - plan.target.horizon)
  const training = trainOn(samples, splits, plan)
  const { positions, entry_threshold } = config
  const model = modelOf(training.fit, plan, features, { positions, entry_threshold })
  await Promise.all(VALIDATORS.map(loadValidator))

  const directory = claimRun(context.root, startedAt, 'model', hashOf(config), layout.modelRuns(context.root))
  const { runId } = directory
  try {
    const markets = await marketsOf(
      { bars, from: training.splits.test.from, to: bars.ts.length },
      model,
      plan.target,
      config,
    )
    const guards = await leakageGuards(prepared, training, runId, context)
    const split = (name: (typeof SPLIT_NAMES)[number]) => predictiveOn(training, plan, training.splits[name])
    const metrics: ModelMetrics = {
      train: split('train'),
      validation: split('validation'),
      test: split('test'),
      downstream_market: markets.model,
    }
    const duration = Math.round(context.clock.elapsed() - begun)
    const run: TrainedRun = {
      ...{ runId, prepared, training, model, root: context.root, reproduce: context.reproduce },
      createdAt: isoInstant(context.clock.now()),
    }
    const findings = { model, metrics, baselines: baselinesOf(run, metrics, markets), guards }
    const written = await writeModelRun(directory, run, findings, markets, request, {
      ...{ context, startedAt, duration, replay },
    })
    await directory.settle()
    context.beforePublish(runId, directory.path)
    directory.publish()
    const registered = await registerPublished(directory.path, context)
    return {
      ...modelAnswer(directory.path, written.training_summary),
      warnings: [...written.training_summary.warnings, ...registered],
      text: () => modelText(written, directory.path),
    }
  } catch (error) {
    directory.drop()
    throw error
  }
}

const VALIDATORS = [...Object.values(MODEL_DOCUMENTS).map(({ schema }) => schema), 'artifacts/run-manifest'] as const

/** What surrounds a training. */
interface Surroundings {
  context: Context
  /** Epoch ms. */
  startedAt: number
  /** Computation, ms. */
  duration: number
  replay: ReplayLink | undefined
}

/** Write every file of the model run; the downstream run is published on the way, the summary is written last. */
async function writeModelRun(
  directory: ArtifactDir,
  run: TrainedRun,
  findings: ModelFindings,
  { curves }: Markets,
  request: ModelTrainRequest,
  { context, startedAt, duration, replay }: Surroundings,
): Promise<ModelRun> {
  const { prepared, training, model, runId } = run
  const { bars, plan, config, warnings } = prepared
  const { test } = training.splits
  const page = request.report ? (await import('../../artifacts/model-page.ts')).modelPage : undefined
  const predictions = writePredictions(directory, bars, training, plan)
  const documents = documentsOf(run, findings.guards)
  const { data_hash } = documents.dataset_manifest
  const { feature_hash } = documents.feature_manifest
  const { model_hash } = documents.model_config
  const result_hash = resultHashOf(findings, predictions.sha256)
  const inputs = inputsOf(prepared, data_hash)
  const git_commit = gitCommit(context.cwd)
  for (const [name, value] of Object.entries(documents)) {
    const { file, schema } = MODEL_DOCUMENTS[name as keyof typeof documents]
    directory.writeJson(file, schema, value)
  }
  const manifest = manifestOf({
    ...{ run_id: runId, mode: 'model', command: 'model', created_at: run.createdAt, git_commit, inputs, config },
    ...{ result_hash, simulation_time_ms: duration, snapshot_id: config.dataset_id, replay_of: replay?.of },
    files: FILES,
    metadata: {
      ...{ dataset_content_hash: config.dataset_content_hash, trace_id: context.traceId, git_commit },
      ...context.labels,
    },
  })
  directory.writeJson('manifest.json', 'artifacts/run-manifest', manifest)
  const verdict = replay?.judge({
    ...{ run_id: runId, git_commit, metrics: comparable(findings.metrics), result_hash },
    trades_csv: readPredictions(directory.stagingPath),
    equity: { prediction: predictedOn(training, plan, test) },
  })
  const downstream = await publishModelRun(
    { bars, from: test.from, to: bars.ts.length },
    config.end,
    model,
    runId,
    { ...config, report: request.report, tags: context.labels?.tags },
    // The request is answered by the model run: this one must not be taken for it.
    { ...context, beforePublish: () => {} },
  )
  const summary = summaryOf(run, findings, {
    ...{ request_id: context.requestId, trace_id: context.traceId, startedAt, finishedAt: context.clock.now() },
    ...{ git_commit, inputs, hashes: { data_hash, feature_hash, model_hash, result_hash } },
    downstreamRunId: String(downstream.answer['run_id']),
    warnings: [...new Set([...warnings, ...(downstream.warnings ?? [])])],
    ...{ replay_of: replay?.of, replay: verdict },
  })
  const shown = (): ModelRun => ({ ...documents, training_summary: { ...summary, artifacts: [...directory.files] } })
  directory.write('model_report.md', modelReportMarkdown(shown()))
  if (page !== undefined) {
    const predicted = predictedOn(training, plan, test)
    const forward = training.samples.forward.subarray(test.from, test.to)
    const drawn = { run: shown(), ts: bars.ts.subarray(test.from), curves, predicted, forward }
    directory.write('artifacts/report.html', page(drawn))
  }
  const written = shown()
  const { file, schema } = MODEL_DOCUMENTS.training_summary
  directory.writeJson(file, schema, written.training_summary)
  return written
}

/** Role → file, for manifest.json. */
const FILES = {
  metrics_json: MODEL_DOCUMENTS.training_summary.file,
  ...Object.fromEntries(Object.entries(MODEL_DOCUMENTS).map(([name, { file }]) => [`${name}_json`, file])),
  predictions_csv: PREDICTIONS_FILE,
}
