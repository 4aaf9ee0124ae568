/** What a flag call of `replay` prints. */

import type { ReplayVerdict } from '../../../contracts/types.ts'

/** The verdict, both ids and hashes, and where the replay is. */
export function verdictText(verdict: ReplayVerdict, path: string): string {
  const { run_id, replay_of, trial, match, result_hash, engine_version, node_version, code } = verdict
  const window = trial?.split_name === undefined ? '' : `, ${trial.phase} of ${trial.split_name}`
  const lines = [
    `match: ${match}`,
    `replay: ${run_id}`,
    `replay_of: ${replay_of}`,
    ...(trial === undefined ? [] : [`trial: ${trial.trial} (${trial.variation_id}${window})`]),
    `result_hash: ${result_hash.replay}`,
    `engine_version: ${engine_version.original} then, ${engine_version.replay} now`,
    `node_version: ${node_version.original} then, ${node_version.replay} now`,
    `code: ${code}`,
    `Saved: ${path}`,
  ]
  return `${lines.join('\n')}\n`
}
