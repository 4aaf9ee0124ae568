/**
 * The database of the lab: the membership, metadata and artifacts of the asked RunSets and nothing else, written to a file of its own
 * that foreign SQL may then read. It can only interpret: every row is a fact, or stands in an artifact whose content was checked.
 */

import { type Database, openDatabase } from '../base/duckdb.ts'
import { loadKinds } from './lab-kinds.ts'
import { loadRegistry } from './lab-registry.ts'
import type { LabOptions, LabRunSet } from './lab-source.ts'
import type { ResolvedArtifact } from './types.ts'

/** Kinds that hold tables, which are there even where no run has an artifact of them. */
export const TABLE_KINDS: readonly string[] = ['trades', 'metrics', 'curves', 'leaderboard']

/**
 * Write the database to `path`, in a folder that may hold passing files beside it. ARTIFACT_MISSING or ARTIFACT_CHANGED with every
 * artifact at fault; DATA_ERROR for one that is no table of its kind.
 */
export async function writeLabDatabase(
  root: string,
  path: string,
  runsets: readonly LabRunSet[],
  options: LabOptions,
): Promise<void> {
  const database: Database = await openDatabase(path, { settings: { threads: '1' } })
  try {
    await database.run(`SET TimeZone = 'UTC'`)
    await database.run('CREATE SCHEMA registry')
    const artifacts = distinct(runsets.flatMap(({ resolution }) => resolution.artifacts))
    await loadRegistry(root, database, path, runsets, artifacts)
    await loadKinds(root, database, path, chosen(artifacts, options.kinds), options)
    await database.run('CHECKPOINT')
  } finally {
    database.close()
  }
}

/** Artifacts of runs by kind, each kind that is asked for and every standard one present. */
function chosen(
  artifacts: readonly ResolvedArtifact[],
  kinds: readonly string[] | undefined,
): Map<string, ResolvedArtifact[]> {
  const groups = new Map((kinds ?? TABLE_KINDS).map(kind => [kind, [] as ResolvedArtifact[]]))
  for (const artifact of artifacts) {
    if (artifact.runId === undefined) continue
    let group = groups.get(artifact.kind)
    if (
      group === undefined &&
      kinds === undefined &&
      /\.(csv|parquet)$/i.test(artifact.uri) &&
      artifact.kind !== 'other'
    ) {
      group = []
      groups.set(artifact.kind, group)
    }
    group?.push(artifact)
  }
  return groups
}

function distinct(artifacts: readonly ResolvedArtifact[]): ResolvedArtifact[] {
  return [...new Map(artifacts.map(artifact => [artifact.artifactId, artifact])).values()]
}
