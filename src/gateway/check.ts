/** `--check`: a deterministic health summary for CI preflight; loads nothing heavy unless asked to. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Health } from '../../contracts/types.ts'
import { lookAt, replaceFile } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { deadStaging } from '../base/staging.ts'
import { CONTRACT_VERSION, VERSION } from '../base/version.ts'

/** The summary; status `error` (exit 2) where the root cannot be written or a probe fails. */
export async function healthOf(root: string, mainPath: string, deep: boolean): Promise<Health> {
  const errors: string[] = []
  const probe = (name: string, action: () => void): boolean => {
    try {
      action()
      return true
    } catch (error) {
      // The name of the probe is random, the summary is not.
      errors.push(`${name}: ${(error as Error).message.replace(/\.check-\w{6}/g, '.check')}`)
      return false
    }
  }
  const outputsWritable = probe('outputs', () => probeFolder(layout.outputs(root)))
  const lakeWritable = probe('lake', () => probeFolder(layout.lake(root)))
  let leftovers: string[] = []
  probe('staging', () => {
    leftovers = [layout.staging(root), layout.lakeStaging(root)].flatMap(deadStaging)
  })
  const deepProbes = deep ? await import('./deep-check.ts') : undefined
  const health: Health = {
    status: 'ok',
    project_root: root,
    main_path: mainPath,
    src_root: dirname(mainPath),
    interpreter: process.execPath,
    venv_active: false,
    quantlab_import: true,
    python_version: null,
    version: VERSION,
    node_version: process.version,
    duckdb_version: duckdbVersion(mainPath),
    contract_version: CONTRACT_VERSION,
    schema_version: CONTRACT_VERSION,
    engine_version: (await import('../commands/engine-version.ts')).ENGINE_VERSION,
    parquet_round_trip: (await deepProbes?.parquetRoundTrip(errors)) ?? null,
    duckdb_round_trip: (await deepProbes?.duckdbRoundTrip(errors)) ?? null,
    outputs_writable: outputsWritable,
    lake_writable: lakeWritable,
    staging_leftovers: leftovers,
  }
  return errors.length === 0 ? health : { ...health, status: 'error', errors }
}

/** Create, write, sync, rename and remove in the folder or, where it is absent, in what it would be made in. */
function probeFolder(wanted: string): void {
  let folder = wanted
  while (lookAt(folder) === undefined && dirname(folder) !== folder) folder = dirname(folder)
  const probe = mkdtempSync(join(folder, '.check-'))
  try {
    replaceFile(join(probe, 'probe'), 'probe')
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

/** Version of the installed binding, read from its package file: loading the binding itself would cost more than the check. */
function duckdbVersion(mainPath: string): string | null {
  try {
    const entry = createRequire(mainPath).resolve('@duckdb/node-api')
    const text = readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  } catch {
    return null
  }
}
