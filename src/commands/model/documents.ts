/** The published documents of a model run as plain data. */

import { relative, sep } from 'node:path'
import type {
  LearnedModelParams,
  ModelConfig,
  ModelDatasetManifest,
  ModelFeatureManifest,
  ModelLeakageGuards,
  ModelSplit,
} from '../../../contracts/types.ts'
import { MODEL_DOCUMENTS } from '../../artifacts/model-run.ts'
import { float64Bytes, hashOf, sha256Hex } from '../../base/canonical.ts'
import { layout } from '../../base/layout.ts'
import { sum } from '../../base/stats.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION, VERSION } from '../../base/version.ts'
import { snapshotHash } from '../../lake/content.ts'
import { getDataset } from '../../lake/datasets.ts'
import { OBJECTIVES, SOLVERS } from '../../models/fit.ts'
import type { Split } from '../../models/splits.ts'
import { definitionOf } from '../../models/target.ts'
import type { Training } from '../../models/train.ts'
import { windowOf } from '../window.ts'
import { guardSentences } from './checks.ts'
import { horizonText, type PreparedTraining } from './plan.ts'
import { SPLIT_NAMES } from './predictions.ts'

/** A training with what identifies its run. */
export interface TrainedRun {
  runId: string
  createdAt: string
  /** The request as a command line. */
  reproduce: string
  root: string
  prepared: PreparedTraining
  training: Training
  model: LearnedModelParams
}

/** Every document but the summary. */
export function documentsOf(run: TrainedRun, guards: ModelLeakageGuards) {
  return {
    dataset_manifest: datasetManifestOf(run),
    feature_manifest: featureManifestOf(run, guards),
    model_config: modelConfigOf(run),
    model: run.model,
    config: run.prepared.config,
  }
}

/** dataset_manifest.json. */
function datasetManifestOf({
  runId,
  createdAt,
  reproduce,
  root,
  prepared,
  training,
}: TrainedRun): ModelDatasetManifest {
  const { bars, plan, config, opened } = prepared
  const { splits } = training
  const { target, split } = plan
  const at = (index: number) => isoInstant(bars.ts[index])
  return {
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab.learned_model.dataset_manifest',
    model_run_id: runId,
    created_at: createdAt,
    dataset_id: config.dataset_id,
    source: { kind: 'dataset', path: placeOf(root, config.dataset_id) },
    universe: [config.ticker],
    interval: config.interval,
    time_range: {
      start: config.start,
      end: config.end,
      timezone: 'UTC',
      first_bar: at(0),
      last_bar: at(bars.ts.length - 1),
    },
    bars: bars.ts.length,
    warmup_bars: plan.source.warmup,
    rows: SPLIT_NAMES.reduce((rows, name) => rows + splits[name].to - splits[name].from, 0),
    target: {
      name: target.kind,
      horizon: horizonText(target.horizon, config.interval),
      horizon_bars: target.horizon,
      returns: target.returns,
      threshold: plan.family === 'logistic' ? target.threshold : null,
      definition: definitionOf(target),
    },
    split: {
      method: 'temporal',
      purge_bars: split.purge,
      embargo_bars: split.embargo,
      train: splitOf(splits.train, prepared, training),
      validation: splitOf(splits.validation, prepared, training),
      test: splitOf(splits.test, prepared, training),
    },
    data_hash: snapshotHash(bars),
    dataset_content_hash: opened.dataset.content_hash,
    generation_command: reproduce,
  }
}

/** One split with its first and last rows, and what its targets read. */
function splitOf(one: Split, { bars, plan, config }: PreparedTraining, { samples }: Training): ModelSplit {
  const at = (index: number) => isoInstant(bars.ts[index])
  const rows = one.to - one.from
  return {
    start: at(one.begin),
    end: one.end < bars.ts.length ? at(one.end) : isoInstant(windowOf(config).end),
    first_row: at(one.from),
    last_row: at(one.to - 1),
    last_label_end: at(one.to - 1 + plan.target.horizon),
    rows,
    purged_rows: one.purged,
    embargoed_rows: one.embargoed,
    positive_share: plan.family === 'logistic' ? sum(samples.label.subarray(one.from, one.to)) / rows : null,
  }
}

/** Directory of a data set, relative to the root. */
function placeOf(root: string, id: string): string {
  return relative(root, layout.dataset(root, getDataset(root, id).kind, id))
    .split(sep)
    .join('/')
}

/** SHA-256 of the definitions of the features. */
export function featureHashOf({ features }: Pick<PreparedTraining, 'features'>): string {
  return hashOf({ _t: 'model.features', v: 1, features: features.map(feature => feature.definition) })
}

/** feature_manifest.json. */
function featureManifestOf(
  { runId, reproduce, prepared, training }: TrainedRun,
  guards: ModelLeakageGuards,
): ModelFeatureManifest {
  const { features, config } = prepared
  const { fit, samples } = training
  const feature_hash = featureHashOf(prepared)
  return {
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab.learned_model.feature_manifest',
    model_run_id: runId,
    dataset_id: config.dataset_id,
    feature_set_id: `features_${feature_hash.slice(0, 8)}`,
    features: features.map(({ name, definition, formula, warmup }, index) => ({
      name,
      source: definition.kind === 'indicator' ? 'indicator' : 'price',
      parameters: { ...definition },
      definition: formula,
      lookback_bars: warmup,
      mean: fit.means[index],
      scale: fit.scales[index],
    })),
    lookback: { max_bars: prepared.plan.source.warmup, uses_future_data: !guards.future_scramble.passed },
    normalization: { method: 'train_split_only', fit_scope: 'train', formula: '(value − mean) / scale' },
    leakage_guards: guardSentences(guards),
    feature_hash,
    values_hash: sha256Hex(Buffer.concat(samples.features.map(float64Bytes))),
    generation_command: reproduce,
  }
}

/** model_config.json. */
function modelConfigOf({ runId, prepared, training, model }: TrainedRun): ModelConfig {
  const { config, plan, features } = prepared
  const { choice, fit } = training
  const { family, name, positions, entry_threshold, seed, selection, folds } = config
  const chosen = choice.candidates.length > 1
  return {
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab.learned_model.model_config',
    model_run_id: runId,
    model_family: family,
    model_name: name,
    library: { name: 'quantlab', version: VERSION },
    hyperparameters: {
      lambda: choice.lambda,
      selection: chosen ? selection : 'given',
      folds: chosen && selection === 'walk_forward' ? folds : null,
      candidates: choice.candidates,
      positions,
      entry_threshold,
    },
    random_seed: seed,
    training_objective: OBJECTIVES[family],
    solver: { method: SOLVERS[family], iterations: fit.iterations, converged: fit.converged },
    input_shape: { features: features.length, window: plan.source.warmup + 1 },
    output: { kind: family === 'ridge' ? 'value' : 'probability', target: plan.target.kind },
    model_path: MODEL_DOCUMENTS.model.file,
    model_hash: hashOf(model),
  }
}
