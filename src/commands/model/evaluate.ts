/** `model evaluate`: predict with a trained model on other bars, and publish the backtest as a normal run. */

import type {
  LearnedModelParams,
  ModelEvaluateRequest,
  ModelEvaluation,
  ModelRunConfig,
} from '../../../contracts/types.ts'
import { type ModelRun, readModelRun } from '../../artifacts/model-run.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { loadValidator } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import { openBars } from '../../lake/open.ts'
import { type Bars, firstBarAt } from '../../market/bars.ts'
import { predictiveOf } from '../../models/predictive.ts'
import { lastValuePredictor } from '../../models/predictors.ts'
import { catalogueSource, requireDefined, samplesOf } from '../../models/samples.ts'
import type { Target } from '../../models/target.ts'
import { featuresOf, predictionsFrom } from '../../strategies/learned-model.ts'
import { verifyRun } from '../artifact/verify.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { windowOf } from '../window.ts'
import { modelFolder } from './folder.ts'
import { type Markets, marketsOf, publishModelRun } from './market.ts'
import { evaluationText } from './text.ts'

export const modelEvaluate: Command<ModelEvaluateRequest> = { produces: 'run', run: evaluate }

/** Before any bar: the warm-up may begin anywhere before the window. */
const EARLIEST = Date.parse('0001-01-01')

/** Rows below which predictions say nothing. */
const LEAST_ROWS = 20

async function evaluate(request: ModelEvaluateRequest, context: Context): Promise<Outcome> {
  const window = windowOf(request)
  const path = modelFolder(request.id, context)
  await verifyRun(path)
  const run = await readModelRun(path)
  const overlap = refuseOverlap(request, run, window)
  const settings = settingsOf(request, run.config)
  const model: LearnedModelParams = {
    ...run.model,
    positions: request.positions ?? run.model.positions,
    entry_threshold: request.entry_threshold ?? run.model.entry_threshold,
  }
  const { ticker: symbol, interval, dataset_id } = settings
  // Opened twice: the window itself says what it lacks, the rest only serves the warm-up.
  const asked = await openBars(context.root, { dataset_id, symbol, interval, ...window })
  const whole = await openBars(context.root, {
    ...{ dataset_id: asked.dataset.dataset_id, symbol, interval, start: EARLIEST, end: window.end },
  })
  const bars: Bars = { ...whole.bars, calendar: settings.calendar }
  const judged = judgedRows(bars, window.start, run)
  const markets = await marketsOf({ bars, from: judged.from, to: bars.ts.length }, model, judged.target, settings)
  const predictive = predictiveFigures(bars, model, judged, run)
  await loadValidator('artifacts/model-evaluation')
  let evaluation: ModelEvaluation | undefined
  const outcome = await publishModelRun(
    { bars, from: judged.from, to: bars.ts.length },
    request.end,
    model,
    run.training_summary.model_run_id,
    { ...settings, dataset_id: asked.dataset.dataset_id, report: request.report, tags: context.labels?.tags },
    context,
    directory => {
      evaluation = {
        schema_version: CONTRACT_VERSION,
        model_run_id: run.training_summary.model_run_id,
        model_hash: run.model_config.model_hash,
        run_id: directory.runId,
        first_row: isoInstant(bars.ts[judged.from]),
        last_row: isoInstant(bars.ts[judged.to - 1]),
        ...overlap,
        ...predictive,
        ...baselines(markets, directory.runId),
      }
      directory.writeJson('model_evaluation.json', 'artifacts/model-evaluation', evaluation)
    },
  )
  if (evaluation === undefined) throw new Error('a run was published without its evaluation')
  const told = evaluation
  return {
    ...outcome,
    answer: { ...outcome.answer, result: told },
    warnings: [...overlapWarnings(told), ...asked.warnings, ...(outcome.warnings ?? [])],
    text: () => evaluationText(told, String(outcome.answer['artifacts_path'])),
  }
}

interface JudgedRows {
  /** Rows with a known target. */
  from: number
  to: number
  target: Target
}

/** The rows of the window whose target is known; DATA_ERROR where they are too few or the warm-up is not there. */
function judgedRows(bars: Bars, start: number, { config, model }: ModelRun): JudgedRows {
  const { horizon, returns, direction_threshold: threshold, family } = config
  const features = featuresOf(model)
  const { warmup } = catalogueSource(features)
  const from = firstBarAt(bars.ts, start)
  const to = bars.ts.length - horizon
  if (from < warmup) {
    const message = `The features need ${warmup} bars before ${isoInstant(bars.ts[from])}, where only ${from} are.`
    throw fail('DATA_ERROR', { message }, { hint: 'Begin later, or name a data set that begins earlier.' })
  }
  if (to - from < LEAST_ROWS) {
    const message = `Too few rows: ${Math.max(0, to - from)} bars of the window have a target ${horizon} bars ahead, at least ${LEAST_ROWS} are needed.`
    throw fail('DATA_ERROR', { message }, { hint: 'Widen the window.' })
  }
  const kind = family === 'ridge' ? 'forward_return' : 'forward_return_positive'
  return { from, to, target: { kind, horizon, returns, threshold } }
}

function predictiveFigures(
  bars: Bars,
  model: LearnedModelParams,
  { from, to, target }: JudgedRows,
  run: ModelRun,
): Pick<ModelEvaluation, 'predictive' | 'classical_ml_baseline'> {
  const source = catalogueSource(featuresOf(model))
  const samples = samplesOf(bars, source, target)
  requireDefined(samples, source.names, bars, from, to)
  const predicted = predictionsFrom(model, samples.features)
  const { family } = model
  const train = trainingRows(bars, run.config, from, target.horizon)
  const cut = (column: Float64Array) => column.subarray(from, to)
  const predictive = predictiveOf({
    ...{ family, predicted: cut(predicted), label: cut(samples.label), forward: cut(samples.forward) },
    ...{ constant: trainingConstant(run), horizon: target.horizon },
  })
  const modelLoss = predictive.loss ?? Number.NaN
  const compared = { family, target, bars, samples, train, judged: { from, to }, modelLoss }
  return { predictive, classical_ml_baseline: lastValuePredictor(compared) }
}

/** The mean training target: of a regression on features of mean 0 its intercept, of classes the share of class 1. */
function trainingConstant({ model, dataset_manifest: { split } }: ModelRun): number {
  return model.family === 'ridge' ? model.intercept : (split.train.positive_share as number)
}

/** Rows the last-value predictor counts on: bars of the training split in these bars; all rows before the window where they do not hold it. */
function trainingRows(bars: Bars, config: ModelRunConfig, from: number, horizon: number): { from: number; to: number } {
  const first = firstBarAt(bars.ts, windowOf(config).start)
  const last = Math.min(firstBarAt(bars.ts, Date.parse(config.validation_start)), from) - horizon
  return last - first >= LEAST_ROWS ? { from: first, to: last } : { from: 0, to: Math.max(1, from - horizon) }
}

function settingsOf(request: ModelEvaluateRequest, config: ModelRunConfig) {
  const { ticker, dataset_id, execution, fee, initial_cash, slippage_bps, slippage_mode, k_atr } = request
  // Another symbol lies in another data set, which is then chosen as for a run.
  const dataset = dataset_id ?? (ticker === undefined || ticker === config.ticker ? config.dataset_id : undefined)
  return {
    ticker: ticker ?? config.ticker,
    interval: config.interval,
    calendar: config.calendar,
    dataset_id: dataset as string,
    execution: execution ?? config.execution,
    fee: fee ?? config.fee,
    initial_cash: initial_cash ?? config.initial_cash,
    slippage_bps: slippage_bps ?? config.slippage_bps,
    slippage_mode: slippage_mode ?? config.slippage_mode,
    k_atr: k_atr ?? config.k_atr,
  }
}

/** Whether the window holds bars the model has seen: of the same symbol. CONFLICT where it was fitted or selected on them and nobody allowed it. */
function refuseOverlap(
  request: ModelEvaluateRequest,
  { config, dataset_manifest: { split } }: ModelRun,
  window: { start: number; end: number },
): Pick<ModelEvaluation, 'overlaps_training' | 'overlaps_test'> {
  const same = request.ticker === undefined || request.ticker === config.ticker
  const testStart = Date.parse(split.test.start)
  const overlaps_training = same && window.start < testStart && window.end > windowOf(config).start
  const overlaps_test = same && window.start < Date.parse(split.test.end) && window.end > testStart
  if (overlaps_training && !request.allow_overlap) {
    const message = `The window ${request.start} to ${request.end} holds bars that the model was trained or selected on: they end at ${split.test.start}.`
    const details: ErrorDetail[] = [{ pointer: '/params/start', message, expected: split.test.start }]
    throw fail(
      'CONFLICT',
      { message },
      { details, hint: `Begin at ${split.test.end} for new evidence, or set allow_overlap.` },
    )
  }
  return { overlaps_training, overlaps_test }
}

function overlapWarnings({ overlaps_training, overlaps_test }: ModelEvaluation): string[] {
  return [
    ...(overlaps_training ? ['The window holds bars of the training or validation split: no evidence.'] : []),
    ...(overlaps_test ? ['The window holds bars of the test split, which were judged before: no new evidence.'] : []),
  ]
}

function baselines({ model, rule_based_baseline, buy_and_hold }: Markets, runId: string) {
  return { downstream_market: { ...model, run_id: runId }, rule_based_baseline, buy_and_hold }
}
