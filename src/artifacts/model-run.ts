/** Read a directory of `outputs/model_runs/`: its documents, its fitted model and what a list shows of it. */

import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type {
  LearnedModelParams,
  ModelConfig,
  ModelDatasetManifest,
  ModelFeatureManifest,
  ModelRunConfig,
  ModelTrainingSummary,
} from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { readTextIfPresent, storing } from '../base/files.ts'
import { firstFault, loadValidator, type ValidatorName } from '../base/schema.ts'

/** Documents of a model run. */
export interface ModelRun {
  dataset_manifest: ModelDatasetManifest
  feature_manifest: ModelFeatureManifest
  model_config: ModelConfig
  training_summary: ModelTrainingSummary
  model: LearnedModelParams
  config: ModelRunConfig
}

/** Document → its file and schema. The summary is written last. */
export const MODEL_DOCUMENTS = {
  dataset_manifest: { file: 'dataset_manifest.json', schema: 'artifacts/model-dataset-manifest' },
  feature_manifest: { file: 'feature_manifest.json', schema: 'artifacts/model-feature-manifest' },
  model_config: { file: 'model_config.json', schema: 'artifacts/model-config' },
  training_summary: { file: 'training_summary.json', schema: 'artifacts/model-training-summary' },
  model: { file: 'model.json', schema: 'strategies/learned_model' },
  config: { file: 'config.json', schema: 'artifacts/model-run-config' },
} as const satisfies Record<keyof ModelRun, { file: string; schema: ValidatorName }>

export const PREDICTIONS_FILE = 'predictions.csv'

/** True for the directory of a model run. */
export function isModelDir(path: string): boolean {
  try {
    return statSync(join(path, MODEL_DOCUMENTS.training_summary.file), { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    return false
  }
}

/** Every document of a model run, each held to its schema; INTEGRITY_ERROR naming the first that is missing or is not one. */
export async function readModelRun(path: string): Promise<ModelRun> {
  const entries: [string, unknown][] = []
  for (const [name, { file, schema }] of Object.entries(MODEL_DOCUMENTS)) {
    entries.push([name, await readDocument(join(path, file), schema)])
  }
  return Object.fromEntries(entries) as unknown as ModelRun
}

/** The training summary and dataset manifest alone, for lists. */
export async function readModelHead(
  path: string,
): Promise<Pick<ModelRun, 'dataset_manifest' | 'model_config' | 'training_summary'>> {
  const [dataset_manifest, model_config, training_summary] = await Promise.all(
    (['dataset_manifest', 'model_config', 'training_summary'] as const).map(name =>
      readDocument(join(path, MODEL_DOCUMENTS[name].file), MODEL_DOCUMENTS[name].schema),
    ),
  )
  return { dataset_manifest, model_config, training_summary } as Pick<
    ModelRun,
    'dataset_manifest' | 'model_config' | 'training_summary'
  >
}

/** The text of predictions.csv. */
export function readPredictions(path: string): string {
  const name = join(path, PREDICTIONS_FILE)
  return storing(name, () => readFileSync(name, 'utf8'))
}

async function readDocument(path: string, schema: ValidatorName): Promise<unknown> {
  const text = readTextIfPresent(path)
  if (text === null) throw damaged(path, 'is missing')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(path, 'is not JSON')
  }
  await loadValidator(schema)
  const fault = firstFault(schema, value)
  if (fault !== undefined) throw damaged(path, fault)
  return value
}

function damaged(path: string, message: string): Error {
  return fail(
    'INTEGRITY_ERROR',
    { message: `${path} ${message}` },
    {
      details: [{ pointer: basename(path), message }],
      hint: 'Restore the file from a copy, or train the model again.',
    },
  )
}
