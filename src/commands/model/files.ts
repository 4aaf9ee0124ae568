/** Write the files of a model run: documents, predictions and manifest before its downstream run, reports and the summary behind it. */

import type { RunManifest } from '../../../contracts/types.ts'
import type { ArtifactDir } from '../../artifacts/artifact-dir.ts'
import { manifestOf } from '../../artifacts/manifest.ts'
import { modelReportMarkdown } from '../../artifacts/model-markdown.ts'
import type { ModelPageInput } from '../../artifacts/model-page.ts'
import { MODEL_DOCUMENTS, type ModelRun, PREDICTIONS_FILE } from '../../artifacts/model-run.ts'
import type { FingerprintInputs } from '../../artifacts/report.ts'
import { gitCommit } from '../../base/git.ts'
import type { Context } from '../command.ts'
import { documentsOf, type TrainedRun } from './documents.ts'
import type { Markets } from './market.ts'
import { predictedOn, writePredictions } from './predictions.ts'
import { type ModelFindings, resultHashOf } from './result.ts'
import { inputsOf, type SummaryFacts } from './summary.ts'

/** What is written before the downstream run. */
export interface WrittenDocuments {
  documents: Omit<ModelRun, 'training_summary'>
  git_commit: string
  inputs: FingerprintInputs
  hashes: SummaryFacts['hashes']
}

/** Schemas of all files, to be loaded before. */
export const MODEL_VALIDATORS = [
  ...Object.values(MODEL_DOCUMENTS).map(({ schema }) => schema),
  'artifacts/run-manifest',
] as const

/** Write predictions.csv, every document but the summary, and the manifest; `duration` is that of the computation in ms. */
export function writeDocuments(
  directory: ArtifactDir,
  run: TrainedRun,
  findings: ModelFindings,
  { duration, replay_of }: { duration: number; replay_of: string | undefined },
  context: Context,
): WrittenDocuments {
  const { prepared, training, runId } = run
  const { bars, plan, config } = prepared
  const predictions = writePredictions(directory, bars, training, plan)
  const documents = documentsOf(run, findings.guards)
  for (const [name, value] of Object.entries(documents)) {
    const { file, schema } = MODEL_DOCUMENTS[name as keyof typeof documents]
    directory.writeJson(file, schema, value)
  }
  const { data_hash } = documents.dataset_manifest
  const { feature_hash } = documents.feature_manifest
  const { model_hash } = documents.model_config
  const result_hash = resultHashOf(findings, predictions.sha256)
  const inputs = inputsOf(prepared, data_hash)
  const git_commit = gitCommit(context.cwd)
  const manifest: RunManifest = manifestOf({
    ...{ run_id: runId, mode: 'model', command: 'model', created_at: run.createdAt, git_commit, inputs, config },
    ...{ result_hash, simulation_time_ms: duration, snapshot_id: config.dataset_id, replay_of },
    files: FILES,
    metadata: {
      ...{ dataset_content_hash: config.dataset_content_hash, trace_id: context.traceId, git_commit },
      ...context.labels,
    },
  })
  directory.writeJson('manifest.json', 'artifacts/run-manifest', manifest)
  return { documents, git_commit, inputs, hashes: { data_hash, feature_hash, model_hash, result_hash } }
}

/** Role → file, for manifest.json. */
const FILES = {
  metrics_json: MODEL_DOCUMENTS.training_summary.file,
  ...Object.fromEntries(Object.entries(MODEL_DOCUMENTS).map(([name, { file }]) => [`${name}_json`, file])),
  predictions_csv: PREDICTIONS_FILE,
}

/** Write the reports for people, with `page` the interactive one too, and last the summary with the hashes of all. */
export function writeSummary(
  directory: ArtifactDir,
  { prepared, training }: TrainedRun,
  { documents }: WrittenDocuments,
  summary: Omit<ModelRun['training_summary'], 'artifacts'>,
  { curves }: Markets,
  page: ((input: ModelPageInput) => string) | undefined,
): ModelRun {
  const { bars, plan } = prepared
  const { test } = training.splits
  // Each report lists the files that are there before it.
  const soFar = (): ModelRun => ({ ...documents, training_summary: { ...summary, artifacts: [...directory.files] } })
  directory.write('model_report.md', modelReportMarkdown(soFar()))
  if (page !== undefined) {
    const predicted = predictedOn(training, plan, test)
    const forward = training.samples.forward.subarray(test.from, test.to)
    const drawn = { run: soFar(), ts: bars.ts.subarray(test.from), curves, predicted, forward }
    directory.write('artifacts/report.html', page(drawn))
  }
  const written = soFar()
  const { file, schema } = MODEL_DOCUMENTS.training_summary
  directory.writeJson(file, schema, written.training_summary)
  return written
}
