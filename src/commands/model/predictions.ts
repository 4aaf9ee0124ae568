/** Predictions of a training on its splits: their figures, and predictions.csv. */

import type { ModelPredictive } from '../../../contracts/types.ts'
import type { ArtifactDir, WrittenFile } from '../../artifacts/artifact-dir.ts'
import { PREDICTIONS_FILE } from '../../artifacts/model-run.ts'
import { csvText } from '../../base/table.ts'
import { isoInstant } from '../../base/time.ts'
import type { Bars } from '../../market/bars.ts'
import { constantOf, predictor } from '../../models/loss.ts'
import { predictiveOf } from '../../models/predictive.ts'
import type { Split } from '../../models/splits.ts'
import type { Training, TrainingPlan } from '../../models/train.ts'

export const SPLIT_NAMES = ['train', 'validation', 'test'] as const

/** Rows written in one piece. */
const CHUNK = 20_000

/** Predictions on the rows of one split. */
export function predictedOn({ samples, fit }: Training, { family }: TrainingPlan, { from, to }: Split): Float64Array {
  const predict = predictor(family, samples, fit)
  return Float64Array.from({ length: to - from }, (_, k) => predict(from + k))
}

/** The figures of one split. */
export function predictiveOn(training: Training, plan: TrainingPlan, split: Split): ModelPredictive {
  const { samples, splits } = training
  return predictiveOf({
    family: plan.family,
    predicted: predictedOn(training, plan, split),
    label: samples.label.subarray(split.from, split.to),
    forward: samples.forward.subarray(split.from, split.to),
    constant: constantOf(plan.family, samples.label, splits.train),
    horizon: plan.target.horizon,
  })
}

/** Write predictions.csv: ts, split, prediction, target, forward_return, one line for each row used. */
export function writePredictions(
  directory: ArtifactDir,
  bars: Bars,
  training: Training,
  plan: TrainingPlan,
): WrittenFile {
  const { samples, splits } = training
  const stream = directory.stream(PREDICTIONS_FILE)
  try {
    let header = true
    for (const split of SPLIT_NAMES) {
      const predicted = predictedOn(training, plan, splits[split])
      const { from, to } = splits[split]
      for (let row = from; row < to; row += CHUNK) {
        const end = Math.min(to, row + CHUNK)
        const columns = {
          ts: Array.from(bars.ts.subarray(row, end), isoInstant),
          split: new Array<string>(end - row).fill(split),
          prediction: predicted.subarray(row - from, end - from),
          target: samples.label.subarray(row, end),
          forward_return: samples.forward.subarray(row, end),
        }
        const text = csvText({ columns, rows: end - row })
        stream.write(header ? text : text.slice(text.indexOf('\n') + 1))
        header = false
      }
    }
    stream.close()
  } catch (error) {
    stream.discard()
    throw error
  }
  return directory.files.find(file => file.file_name === PREDICTIONS_FILE) as WrittenFile
}
