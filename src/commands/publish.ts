/** Publish one finished run: extra tables and pictures, the four canonical files, one rename, then its fact and the shared index. */

import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ArtifactDir } from '../artifacts/artifact-dir.ts'
import { isModelDir } from '../artifacts/model-run.ts'
import { isPaperSession } from '../artifacts/paper-reader.ts'
import { indexFiles, indexFilesIn, refreshRunsIndex } from '../artifacts/runs-index.ts'
import { fail } from '../base/errors.ts'
import { isFolder, readTextIfPresent } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { isoInstant } from '../base/time.ts'
import type { Context, Outcome } from './command.ts'
import { modelAnswerFromDisk } from './model/answer.ts'
import { registerMissing, registerPublished } from './registry/registration.ts'

/** What the answer and the signal say of a published run. */
export interface Published {
  contract_type: string
  summary: unknown
}

/**
 * Let `write` fill the directory, then make the run visible and the index beside it current. If anything fails before the rename the
 * directory is dropped, unless `keep` says that its work can be continued: a run is there whole or not at all.
 */
export async function publishRun(
  directory: ArtifactDir,
  context: Context,
  write: () => Published | Promise<Published>,
  keep: (error: unknown) => boolean = () => false,
): Promise<Outcome> {
  let published: Published
  try {
    published = await write()
    await directory.settle()
    if (context.abort.aborted) throw fail('ABORTED', {})
    context.beforePublish(directory.runId, directory.path)
    directory.publish()
  } catch (error) {
    if (!keep(error)) directory.drop()
    throw error
  }
  // The index is made while the disk is waited for.
  const [registered, indexed] = await Promise.all([
    registerPublished(directory.path, context, directory.files),
    refreshIndex(context, dirname(directory.path)),
  ])
  const warnings = [...registered, ...indexed]
  return { ...outcomeOf(directory.path, published), warnings }
}

/** The run is there already: an index that cannot be brought up to date now is a warning, and the next run does it. */
async function refreshIndex(context: Context, folder: string): Promise<string[]> {
  try {
    return (await refreshRunsIndex(context.root, isoInstant(context.clock.now()), folder)).warnings
  } catch (error) {
    return [`The runs index could not be refreshed: ${(error as Error).message}. The next run does it.`]
  }
}

/** Tell the registry and the index of runs whose process died between publishing them and saying so; what goes wrong is a warning. */
export async function catchUp(context: Context): Promise<string[]> {
  const index = await refreshIndex(context, layout.runs(context.root))
  try {
    return [...index, ...(await registerMissing(context)).warnings]
  } catch (error) {
    return [
      ...index,
      `The registry could not be caught up: ${(error as Error).message}. \`quantlab registry rebuild\` does it.`,
    ]
  }
}

/** True where the work of a request is done at `path`: a paper session is there from its start and ends with its report, all else appears whole. */
export function isPublished(path: string): boolean {
  return isFolder(path) && (existsSync(join(path, 'report.json')) || !isPaperSession(path))
}

/** The answer of a run or sweep that is on disk already. */
export function answerFromDisk(path: string): Record<string, unknown> {
  return outcomeOf(path, contractAt(path)).answer
}

/** The answer of whatever a request published at `path`, where its first attempt died before it could answer. */
export function answerAgain(path: string, root: string): Record<string, unknown> {
  if (isModelDir(path)) return modelAnswerFromDisk(path)
  const { runs_index_json, ...answer } = answerFromDisk(path)
  switch (answer['contract_type']) {
    case 'quantlab.paper.result':
      return answer
    case 'quantlab.forward.result':
      // A session may lie anywhere; its index is that of all runs.
      return { ...answer, runs_index_json: indexFiles(root).runs_index_json }
    default:
      return { ...answer, runs_index_json, ...evaluationAt(path) }
  }
}

/** The result of a run of `model evaluate` stands beside it. */
function evaluationAt(path: string): { result?: unknown } {
  const text = readTextIfPresent(join(path, 'model_evaluation.json'))
  return text === null ? {} : { result: JSON.parse(text) }
}

function contractAt(path: string): Published {
  const text = readTextIfPresent(join(path, 'report.json'))
  if (text === null) throw fail('INTEGRITY_ERROR', { message: `Run ${basename(path)} has no report.json` })
  return (JSON.parse(text) as { machine_contract: Published }).machine_contract
}

function outcomeOf(path: string, { contract_type, summary }: Published): Outcome {
  const { runs_index_root, runs_index_csv, runs_index_json, runs_index_md } = indexFilesIn(dirname(path))
  const run = { run_id: basename(path), artifacts_path: path, report_path: join(path, 'report.json') }
  const answer = { ...run, contract_type, summary, runs_index_json }
  return { answer, signal: { ...run, summary, runs_index_root, runs_index_csv, runs_index_json, runs_index_md } }
}
