/** Quality of predictions on one split, every figure with its error where it has one, undefined ones null with a reason. */

import type { ModelPredictive } from '../../contracts/types.ts'
import { mean, sum, variance } from '../base/stats.ts'
import type { Family } from './fitted.ts'
import { lossOf } from './loss.ts'
import { aucError, aucOf, spearman, spearmanInterval } from './ranks.ts'

/** Predictions and what came, one element a row. */
export interface Judged {
  family: Family
  /** Return, or probability of class 1. */
  predicted: Float64Array
  label: Float64Array
  /** Return over the horizon. */
  forward: Float64Array
  /** Prediction of the training constant. */
  constant: number
  /** Bars that targets of neighbouring rows overlap. */
  horizon: number
}

type Figures = Omit<ModelPredictive, 'undefined_reasons' | 'rows' | 'effective_rows'>

const NO_PROBABILITY = 'the model predicts no probability'
const NO_RETURN = 'the model predicts no return'
const CONSTANT = 'predictions or returns are constant'
const FEW = 'fewer than four independent rows'
const ONE_CLASS = 'the split has one class'

/** All figures of `ModelPredictive`. */
export function predictiveOf(judged: Judged): ModelPredictive {
  const { family, predicted, forward, label, horizon } = judged
  const rows = predicted.length
  const independent = rows / horizon
  const up = family === 'ridge' ? (row: number) => forward[row] > 0 : (row: number) => label[row] === 1
  const said = family === 'ridge' ? (row: number) => predicted[row] > 0 : (row: number) => predicted[row] > 0.5
  let [hits, ones] = [0, 0]
  for (let row = 0; row < rows; row++) {
    if (up(row)) ones++
    if (up(row) === said(row)) hits++
  }
  const accuracy = hits / rows
  const auc = aucOf(predicted, up)
  const coefficient = spearman(predicted, forward)
  const interval = spearmanInterval(coefficient, independent)
  const figures: Record<keyof Figures, [value: number, reason: string]> = {
    ...lossFigures(judged),
    ...errorFigures(judged),
    information_coefficient: [coefficient, CONSTANT],
    information_coefficient_low: [interval.low, independent > 3 ? CONSTANT : FEW],
    information_coefficient_high: [interval.high, independent > 3 ? CONSTANT : FEW],
    accuracy: [accuracy, ''],
    accuracy_error: [Math.sqrt((accuracy * (1 - accuracy)) / independent), ''],
    auc: [auc, ONE_CLASS],
    auc_error: [aucError(auc, ones / horizon, (rows - ones) / horizon), ONE_CLASS],
  }
  const reasons: Record<string, string> = {}
  const values = Object.entries(figures).map(([name, [value, reason]]) => {
    if (!Number.isFinite(value)) reasons[name] = reason
    return [name, finiteOrNull(value)]
  })
  return {
    rows,
    effective_rows: independent,
    ...(Object.fromEntries(values) as Figures),
    undefined_reasons: reasons,
  }
}

/** A finite number, −0 as 0; else null. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null
}

function lossFigures({ family, predicted, label, constant, horizon }: Judged) {
  const losses = predicted.map((value, row) => lossOf(family, value, label[row]))
  const others = label.map(value => lossOf(family, constant, value))
  const loss = mean(losses)
  const gain = others.map((other, row) => other - losses[row])
  return {
    loss: [loss, ''],
    skill: [1 - loss / mean(others), 'the constant prediction has no loss'],
    skill_t: [mean(gain) / neweyWestError(gain, horizon - 1), 'the losses do not differ'],
    log_loss: [family === 'logistic' ? loss : Number.NaN, NO_PROBABILITY],
  } satisfies Partial<Record<keyof Figures, [number, string]>>
}

function errorFigures({ family, predicted, label }: Judged) {
  const squares = mean(predicted.map((value, row) => (value - label[row]) * (value - label[row])))
  const absolute = mean(predicted.map((value, row) => Math.abs(value - label[row])))
  const returns = (value: number) => (family === 'ridge' ? value : Number.NaN)
  return {
    r2: [returns(1 - squares / variance(label, 0)), family === 'ridge' ? 'the returns are constant' : NO_RETURN],
    rmse: [returns(Math.sqrt(squares)), NO_RETURN],
    mae: [returns(absolute), NO_RETURN],
    brier: [family === 'logistic' ? squares : Number.NaN, NO_PROBABILITY],
  } satisfies Partial<Record<keyof Figures, [number, string]>>
}

/** Standard error of the mean of an ordered sample with Bartlett weights over `lags` lags (Newey & West 1987); NaN where the sum is not positive. */
export function neweyWestError(x: Float64Array, lags: number): number {
  const centre = mean(x)
  const e = x.map(value => value - centre)
  let total = sum(e.map(value => value * value))
  for (let lag = 1; lag <= Math.min(lags, e.length - 1); lag++) {
    let shared = 0
    for (let i = lag; i < e.length; i++) shared += e[i] * e[i - lag]
    total += 2 * (1 - lag / (lags + 1)) * shared
  }
  return total > 0 ? Math.sqrt(total) / e.length : Number.NaN
}
