/** Publish one finished run: extra tables and pictures, the four canonical files, one rename, then the shared index. */

import { join } from 'node:path'
import type { ArtifactDir } from '../artifacts/artifact-dir.ts'
import { refreshRunsIndex } from '../artifacts/runs-index.ts'
import { fail } from '../base/errors.ts'
import { readTextIfPresent } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { isoInstant } from '../base/time.ts'
import type { Context, Outcome } from './command.ts'

/** What the answer and the signal say of a published run. */
export interface Published {
  contract_type: string
  summary: unknown
}

/**
 * Let `write` fill the directory, then make the run visible and the index current. If anything fails before the rename the
 * directory is dropped: a run is there whole or not at all.
 */
export async function publishRun(directory: ArtifactDir, context: Context, write: () => Published): Promise<Outcome> {
  let published: Published
  try {
    published = write()
    await directory.settle()
    if (context.abort.aborted) throw fail('ABORTED', {})
    context.beforePublish(directory.runId)
    directory.publish()
  } catch (error) {
    directory.drop()
    throw error
  }
  return { ...outcomeOf(context.root, directory.runId, published), warnings: await refreshIndex(context) }
}

/** The run is there already: an index that cannot be brought up to date now is a warning, and the next run does it. */
async function refreshIndex(context: Context): Promise<string[]> {
  try {
    return (await refreshRunsIndex(context.root, isoInstant(context.clock.now()))).warnings
  } catch (error) {
    return [`The runs index could not be refreshed: ${(error as Error).message}. The next run does it.`]
  }
}

/** The answer of a run that is on disk already, for a request whose first attempt died after publishing it. */
export function answerFromDisk(root: string, runId: string): Record<string, unknown> {
  const text = readTextIfPresent(join(layout.run(root, runId), 'report.json'))
  if (text === null) throw fail('INTEGRITY_ERROR', { message: `Run ${runId} has no report.json` })
  const report = JSON.parse(text) as { machine_contract: Published }
  return outcomeOf(root, runId, report.machine_contract).answer
}

function outcomeOf(root: string, runId: string, { contract_type, summary }: Published): Outcome {
  const folder = layout.run(root, runId)
  const index = join(layout.runs(root), 'runs_index')
  const answer = {
    run_id: runId,
    artifacts_path: folder,
    report_path: join(folder, 'report.json'),
    contract_type,
    summary,
    runs_index_json: `${index}.json`,
  }
  const { contract_type: _, runs_index_json, ...fields } = answer
  const signal = {
    ...fields,
    runs_index_root: layout.runs(root),
    runs_index_csv: `${index}.csv`,
    runs_index_json,
    runs_index_md: `${index}.md`,
  }
  return { answer, signal }
}
