/** Artifacts as tables of the lab's database, one a kind: CSV and Parquet as they are filed, metrics as one row a run, any other text as a document. */

import { readFileSync, statSync } from 'node:fs'
import { parseCsv } from '../base/csv.ts'
import type { Database } from '../base/duckdb.ts'
import { fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { KindLoader } from './lab-loader.ts'
import { loadMetrics } from './lab-metrics.ts'
import { type LabFile, type LabOptions, textOf } from './lab-source.ts'
import type { ResolvedArtifact } from './types.ts'
import { artifactPath, verifyArtifacts } from './verify.ts'

/** Load each kind. Every file is checked before the first is loaded, and must not change until the last is. */
export async function loadKinds(
  root: string,
  database: Database,
  path: string,
  kinds: ReadonlyMap<string, readonly ResolvedArtifact[]>,
  { verify }: Pick<LabOptions, 'verify'>,
): Promise<void> {
  const all = [...kinds.values()].flat()
  const files = new Map(all.map(artifact => [artifact, found(root, artifact)]))
  if (verify) await verifyArtifacts(root, all)
  for (const [kind, artifacts] of kinds) {
    const own = artifacts.map(artifact => files.get(artifact) as LabFile)
    const loader = new KindLoader(database, `${path}.part`, kind)
    if (kind === 'metrics') await loadMetrics(loader, own)
    else await loadTable(loader, own)
  }
  for (const file of files.values()) {
    if (stampOf(file.path) !== file.stamp) {
      const { uri, contentHash } = file.artifact
      throw fail('ARTIFACT_CHANGED', { uri, expected: contentHash.slice(0, 8), found: 'a change while it was read' })
    }
  }
}

async function loadTable(loader: KindLoader, files: readonly LabFile[]): Promise<void> {
  for (const file of files) {
    if (/\.parquet$/i.test(file.path)) loader.parquet(file)
    else if (/\.csv$/i.test(file.path)) addCsv(loader, file)
    else loader.row(file, ['document'], [textOf(file)])
  }
  await loader.close()
}

function addCsv(loader: KindLoader, file: LabFile): void {
  const bytes = storing(file.path, () => readFileSync(file.path))
  const { header, rows } = parseCsv(bytes, file.path)
  loader.names(header)
  for (const cells of rows) loader.row(file, header, cells)
}

function found(root: string, artifact: ResolvedArtifact): LabFile {
  const path = artifactPath(root, artifact.uri)
  const stamp = path === null ? null : stampOf(path)
  if (path === null || stamp === null) {
    throw fail('ARTIFACT_MISSING', { uri: artifact.uri, run_id: artifact.runId, kind: artifact.kind })
  }
  return { artifact, path, stamp }
}

/** Size, time and number of a file; null where there is none. */
function stampOf(path: string): string | null {
  const stat = storing(path, () => statSync(path, { throwIfNoEntry: false }))
  return stat?.isFile() ? `${stat.size} ${stat.mtimeMs} ${stat.ino}` : null
}
