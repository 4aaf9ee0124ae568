/** `model train`: fit one model, check it for leaks, compare it with its baselines, backtest it, publish all of it. */

import type { ModelMetrics, ModelTrainRequest } from '../../../contracts/types.ts'
import { claimRun } from '../../artifacts/artifact-dir.ts'
import { readPredictions } from '../../artifacts/model-run.ts'
import { hashOf } from '../../base/canonical.ts'
import { layout } from '../../base/layout.ts'
import { loadValidator } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { requireDefined, samplesOf } from '../../models/samples.ts'
import { requireRows } from '../../models/splits.ts'
import { modelOf, planSplits, type Training, type TrainingPlan, trainOn } from '../../models/train.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { registerPublished } from '../registry/registration.ts'
import type { ReplayLink } from '../replay/link.ts'
import { modelAnswer } from './answer.ts'
import { leakageGuards } from './checks.ts'
import type { TrainedRun } from './documents.ts'
import { MODEL_VALIDATORS, writeDocuments, writeSummary } from './files.ts'
import { type Markets, marketsOf, publishModelRun } from './market.ts'
import { type PreparedTraining, prepareTraining } from './plan.ts'
import { predictedOn, predictiveOn, SPLIT_NAMES } from './predictions.ts'
import { comparable } from './result.ts'
import { baselinesOf, summaryOf } from './summary.ts'
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
  const { bars, plan, config } = prepared
  const begun = context.clock.elapsed()
  const training = trainingOf(prepared)
  const model = modelOf(training.fit, plan, prepared.features, config)
  await Promise.all(MODEL_VALIDATORS.map(loadValidator))

  const directory = claimRun(context.root, startedAt, 'model', hashOf(config), layout.modelRuns(context.root))
  const { runId } = directory
  try {
    const { test } = training.splits
    const frame = { bars, from: test.from, to: bars.ts.length }
    const markets = await marketsOf(frame, model, plan.target, config)
    const guards = await leakageGuards(prepared, training, runId, context)
    const metrics = metricsOf(training, plan, markets)
    const duration = Math.round(context.clock.elapsed() - begun)
    const createdAt = isoInstant(context.clock.now())
    const { root, reproduce } = context
    const run: TrainedRun = { runId, createdAt, reproduce, root, prepared, training, model }
    const findings = { model, metrics, baselines: baselinesOf(run, metrics, markets), guards }
    const page = request.report ? (await import('../../artifacts/model-page.ts')).modelPage : undefined
    const early = writeDocuments(directory, run, findings, { duration, replay_of: replay?.of }, context)
    const { git_commit, inputs, hashes } = early
    const verdict = replay?.judge({
      ...{ run_id: runId, git_commit, metrics: comparable(metrics), result_hash: hashes.result_hash },
      trades_csv: readPredictions(directory.stagingPath),
      equity: { prediction: predictedOn(training, plan, test) },
    })
    const settings = { ...config, report: request.report, tags: context.labels?.tags }
    // The request is answered by the model run: this one must not be taken for it.
    const own = { ...context, beforePublish: () => {} }
    const downstream = await publishModelRun(frame, config.end, model, runId, settings, own)
    const warnings = [...new Set([...prepared.warnings, ...(downstream.warnings ?? [])])]
    const summary = summaryOf(run, findings, {
      ...{ request_id: context.requestId, trace_id: context.traceId, startedAt, finishedAt: context.clock.now() },
      ...{ git_commit, inputs, hashes, warnings, replay_of: replay?.of, replay: verdict },
      downstreamRunId: String(downstream.answer['run_id']),
    })
    const written = writeSummary(directory, run, early, summary, markets, page)
    await directory.settle()
    context.beforePublish(runId, directory.path)
    directory.publish()
    const registered = await registerPublished(directory.path, context)
    return {
      ...modelAnswer(directory.path, written.training_summary),
      warnings: [...warnings, ...registered],
      text: () => modelText(written, directory.path),
    }
  } catch (error) {
    directory.drop()
    throw error
  }
}

/** The fit on the opened bars; DATA_ERROR where rows or values are missing, or nothing can be fitted. */
function trainingOf({ bars, plan, features }: PreparedTraining): Training {
  const { source, target } = plan
  const splits = planSplits(bars, plan)
  requireRows(splits, features.length, target.horizon)
  const samples = samplesOf(bars, source, target)
  requireDefined(samples, source.names, bars, source.warmup, bars.ts.length - target.horizon)
  return trainOn(samples, splits, plan)
}

/** The figures of the three splits, and those of the market. */
function metricsOf(training: Training, plan: TrainingPlan, markets: Markets): ModelMetrics {
  const [train, validation, test] = SPLIT_NAMES.map(name => predictiveOn(training, plan, training.splits[name]))
  return { train, validation, test, downstream_market: markets.model }
}
