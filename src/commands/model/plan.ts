/** What a training request resolves to: features, splits and plan on opened bars, and the configuration that repeats it. */

import type { ModelRunConfig, ModelTrainRequest } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { isoInstant } from '../../base/time.ts'
import { type OpenedBars, openBars } from '../../lake/open.ts'
import { type Bars, firstBarAt } from '../../market/bars.ts'
import { parseInterval } from '../../market/calendar.ts'
import { catalogueSource } from '../../models/samples.ts'
import { boundariesOf } from '../../models/splits.ts'
import type { Target } from '../../models/target.ts'
import type { TrainingPlan } from '../../models/train.ts'
import { type BoundFeature, bindFeatures } from '../../strategies/learned-features.ts'
import { windowOf } from '../window.ts'

/** A training that can begin. */
export interface PreparedTraining {
  opened: OpenedBars
  /** With the calendar of the request. */
  bars: Bars
  features: readonly BoundFeature[]
  plan: TrainingPlan
  config: ModelRunConfig
  warnings: string[]
}

const SHARE = 0.2

/** Check a request and open its bars. INVALID_CONFIG for its splits and target, STRATEGY_ERROR for its features, DATA_ERROR and NOT_FOUND for its data. */
export async function prepareTraining(request: ModelTrainRequest, root: string): Promise<PreparedTraining> {
  const window = windowOf(request)
  const given = givenSplits(request, window)
  const features = bindFeatures(request.features, index => `/params/features/${index}`)
  const { dataset_id, ticker: symbol, interval, horizon, returns } = request
  const opened = await openBars(root, { dataset_id, symbol, interval, ...window })
  const bars: Bars = { ...opened.bars, calendar: request.calendar ?? opened.bars.calendar }
  const source = catalogueSource(features)
  const count = bars.ts.length
  const boundaries =
    given === null
      ? boundariesOf(
          { bars: count, warmup: source.warmup, horizon },
          { validation: request.validation_share ?? SHARE, test: request.test_share ?? SHARE },
        )
      : { validation: firstBarAt(bars.ts, given.validation), test: firstBarAt(bars.ts, given.test) }
  if (boundaries.validation <= source.warmup || boundaries.test >= count) throw tooFewBars(bars, source.warmup, horizon)
  const target: Target = {
    kind: request.family === 'ridge' ? 'forward_return' : 'forward_return_positive',
    horizon,
    returns,
    threshold: request.direction_threshold,
  }
  const plan: TrainingPlan = {
    family: request.family,
    source,
    target,
    lambdas: request.lambdas,
    selection: request.selection,
    folds: request.folds,
    split: { ...boundaries, purge: request.purge_bars ?? horizon, embargo: request.embargo_bars },
  }
  return {
    ...{ opened, bars, features, plan },
    config: configOf(request, opened, bars, features, plan),
    warnings: opened.warnings,
  }
}

/** Instants at which validation and test begin, where the request names them; INVALID_CONFIG with every fault of splits and target. */
function givenSplits(
  request: ModelTrainRequest,
  window: { start: number; end: number },
): { validation: number; test: number } | null {
  const details: ErrorDetail[] = []
  const fault = (name: string, message: string) => details.push({ pointer: `/params/${name}`, message })
  const { validation_start, test_start, horizon } = request
  const dated = validation_start !== undefined || test_start !== undefined
  if (request.family === 'ridge' && request.direction_threshold !== 0)
    fault('direction_threshold', 'belongs to logistic; ridge predicts the return itself: leave it out')
  if (request.purge_bars !== undefined && request.purge_bars < horizon)
    fault(
      'purge_bars',
      `must be at least the horizon of ${horizon} bars: targets would reach into the next split; leave it out for the horizon`,
    )
  if (!dated) {
    const shares = (request.validation_share ?? SHARE) + (request.test_share ?? SHARE)
    if (shares >= 1) fault('test_share', `with validation_share leaves nothing to train on: together ${shares}`)
    if (details.length > 0) throw refused(details)
    return null
  }
  for (const name of ['validation_share', 'test_share'] as const)
    if (request[name] !== undefined) fault(name, 'does not go with validation_start and test_start: leave it out')
  for (const [name, other] of [
    ['validation_start', 'test_start'],
    ['test_start', 'validation_start'],
  ] as const)
    if (request[name] === undefined) fault(name, `is required beside ${other}`)
  const validation = instantOf(request, 'validation_start', fault)
  const test = instantOf(request, 'test_start', fault)
  if (validation !== null && validation <= window.start) fault('validation_start', 'must be after start')
  if (validation !== null && test !== null && test <= validation) fault('test_start', 'must be after validation_start')
  if (test !== null && test >= window.end) fault('test_start', 'must be before end')
  if (details.length > 0) throw refused(details)
  return { validation: validation as number, test: test as number }
}

function instantOf(
  request: ModelTrainRequest,
  name: 'validation_start' | 'test_start',
  fault: (name: string, message: string) => void,
): number | null {
  const text = request[name]
  if (text === undefined) return null
  try {
    return windowOf({ start: text, end: '9999-12-31' }).start
  } catch {
    fault(name, `'${text}' is no date of the calendar`)
    return null
  }
}

function refused(details: ErrorDetail[]): Error {
  const message = details.map(detail => `${detail.pointer} ${detail.message}`).join('; ')
  return fail('INVALID_CONFIG', { message: `Invalid parameters for 'model train': ${message}` }, { details })
}

function tooFewBars(bars: Bars, warmup: number, horizon: number): Error {
  const message =
    `Too few bars: ${bars.symbol} has ${bars.ts.length} in the window. The features need ${warmup} before the first row ` +
    `and the target ${horizon} behind the last, and each split needs rows of its own.`
  return fail(
    'DATA_ERROR',
    { message },
    { hint: 'Widen the window, move the splits, or take shorter features and a shorter horizon.' },
  )
}

/** config.json: the resolved request. */
function configOf(
  request: ModelTrainRequest,
  { dataset }: OpenedBars,
  bars: Bars,
  features: readonly BoundFeature[],
  { split, lambdas }: TrainingPlan,
): ModelRunConfig {
  const { ticker, start, end, interval, family, horizon, returns, direction_threshold, selection, folds } = request
  const { positions, entry_threshold, execution, fee, initial_cash, slippage_bps, slippage_mode, k_atr } = request
  return {
    ...{ mode: 'model', ticker, start, end, interval, family, horizon, returns, direction_threshold },
    name: request.name ?? `${family}_regression`,
    features: features.map(feature => feature.definition) as ModelRunConfig['features'],
    validation_start: isoInstant(bars.ts[split.validation]),
    test_start: isoInstant(bars.ts[split.test]),
    purge_bars: split.purge,
    embargo_bars: split.embargo,
    lambdas: [...new Set(lambdas)].sort((a, b) => a - b) as ModelRunConfig['lambdas'],
    ...{ selection, folds, positions, entry_threshold, execution, fee, initial_cash },
    ...{ slippage_bps, slippage_mode, k_atr, calendar: bars.calendar },
    ...{ seed: request.seed, permutations: request.permutations },
    dataset_id: dataset.dataset_id,
    dataset_content_hash: dataset.content_hash,
  }
}

/** The request that trains the model of a configuration again. */
export function requestOfModel(config: ModelRunConfig, report: boolean): ModelTrainRequest {
  const { mode: _, dataset_content_hash: __, ...same } = config
  return { action: 'train', ...same, report }
}

/** A number of bars as a length of time, `24h`; where bars are months `3M`. */
export function horizonText(horizon: number, interval: string): string {
  const { count, unit } = parseInterval(interval)
  return `${horizon * count}${unit}`
}
