/** Reading a bundle: every byte against its hash and every id against what it is made of, before anyone believes a word. */

import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import { canonicalJson, hashOf, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { isFolder, storing } from '../base/files.ts'
import type { BundleManifest } from './bundle.ts'
import { artifactId, artifactsHash, membershipHash, resolutionId, runKey, specHash } from './ids.ts'
import { type Row, TABLES } from './tables.ts'
import { readTarMembers } from './tar.ts'
import type { RunSetResolution } from './types.ts'

export interface Bundle {
  manifest: BundleManifest
  datasets: Row<'datasets'>[]
  runs: Row<'runs'>[]
  events: Row<'run_events'>[]
  artifacts: Row<'artifacts'>[]
  resolutions: Map<string, RunSetResolution>
  contents: Map<string, () => Uint8Array>
}

/** A bundle that holds, from a file or the folder it was unpacked to. NOT_FOUND, BUNDLE_CORRUPT. */
export function readBundle(path: string): Bundle {
  const corrupt = (what: string) =>
    fail('BUNDLE_CORRUPT', { path: `${path} (${what})` }, { hint: 'Copy the file again, or export it again.' })
  if (!existsSync(path)) throw fail('NOT_FOUND', { message: `No bundle at ${path}` })
  const read = isFolder(path) ? readerOfFolder(path) : readerOfTar(path)
  const text = read('manifest.json')
  if (text === null) throw corrupt('manifest.json is missing')
  let manifest: BundleManifest
  try {
    manifest = JSON.parse(Buffer.from(text).toString('utf8')) as BundleManifest
    const { manifestHash, ...rest } = manifest
    const written = `${canonicalJson(manifest)}\n` === Buffer.from(text).toString('utf8')
    if (!written || hashOf(rest) !== manifestHash) throw new Error('not what was written')
  } catch {
    throw corrupt('manifest.json is not what was written')
  }
  if (manifest.format !== 'quantlab.runset.bundle' || manifest.v !== 1) throw corrupt('of an unknown format')
  const contents = new Map<string, () => Uint8Array>()
  const texts = new Map<string, string>()
  for (const file of manifest.files) {
    const bytes = read(file.path)
    if (bytes === null || bytes.length !== file.bytes || sha256Hex(bytes) !== file.sha256) throw corrupt(file.path)
    if (file.path.startsWith('artifacts/')) contents.set(file.sha256, () => read(file.path) as Uint8Array)
    else texts.set(file.path, Buffer.from(bytes).toString('utf8'))
  }
  try {
    const bundle: Bundle = {
      manifest,
      datasets: rowsOf('datasets', texts),
      runs: rowsOf('runs', texts),
      events: rowsOf('run_events', texts),
      artifacts: rowsOf('artifacts', texts),
      resolutions: new Map(),
      contents,
    }
    for (const record of manifest.records) {
      const answer = JSON.parse(texts.get(`resolutions/${record.resolutionId}.json`) ?? 'null') as RunSetResolution
      bundle.resolutions.set(record.resolutionId, { ...answer, frozen: false, kind: 'resolve', resolvedAt: '' })
    }
    refuseFalseIds(bundle)
    return bundle
  } catch (error) {
    throw corrupt(error instanceof Error ? error.message : String(error))
  }
}

/** Every id must follow from what it is made of; a bundle that was changed and hashed anew fails here. */
function refuseFalseIds({ manifest, runs, artifacts, resolutions }: Bundle): void {
  const claim = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`${what} does not follow from its parts`)
  }
  claim(specHash(manifest.runset.select) === manifest.runset.specHash, 'the spec hash')
  const known = new Set(runs.map(row => row.run_id))
  for (const row of runs) {
    const key = runKey({
      datasetIds: JSON.parse(row.dataset_ids_json) as string[],
      strategySpecHash: row.strategy_spec_hash,
      engineVersion: row.engine_version,
      seed: row.seed,
      executionAssumptionsHash: row.execution_assumptions_hash,
    })
    claim(key === row.run_key, `the run key of ${row.run_id}`)
  }
  for (const row of artifacts) {
    const id = artifactId({ contentHash: row.content_hash, kind: row.kind, runId: row.run_id ?? '' })
    claim(id === row.artifact_id, `artifact id ${row.artifact_id}`)
  }
  for (const [id, resolution] of resolutions) {
    const { resolverVersion, datasetIds, runIds } = resolution
    const contentHash = membershipHash(runIds)
    const artifactsSum = artifactsHash(resolution.artifacts)
    const hash = resolution.specHash
    claim(
      resolutionId({ specHash: hash, resolverVersion, datasetIds, contentHash, artifactsHash: artifactsSum }) === id,
      `resolution ${id}`,
    )
    claim(contentHash === resolution.contentHash && artifactsSum === resolution.artifactsHash, `the hashes of ${id}`)
    claim(
      runIds.every(run => known.has(run)),
      `the member list of ${id}`,
    )
  }
}

function rowsOf<T extends 'datasets' | 'runs' | 'run_events' | 'artifacts'>(
  table: T,
  texts: ReadonlyMap<string, string>,
): Row<T>[] {
  const names = Object.keys(TABLES[table])
  return (texts.get(`facts/${table}.jsonl`) ?? '')
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const row = JSON.parse(line) as Record<string, unknown>
      return Object.fromEntries(names.map(name => [name, row[name] ?? null])) as Row<T>
    })
}

function readerOfFolder(folder: string): (name: string) => Uint8Array | null {
  return name => (isPlainName(name) && existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : null)
}

function readerOfTar(path: string): (name: string) => Uint8Array | null {
  const members = new Map(storing(path, () => readTarMembers(path)).map(member => [member.name, member]))
  return name => {
    const member = members.get(name)
    if (member === undefined) return null
    const bytes = Buffer.alloc(member.size)
    const file = openSync(path, 'r')
    try {
      for (let done = 0; done < member.size; ) {
        const got = readSync(file, bytes, done, member.size - done, member.offset + done)
        if (got === 0) return null
        done += got
      }
    } finally {
      closeSync(file)
    }
    return bytes
  }
}

/** A relative path that stays where it starts. */
export function isPlainName(name: string): boolean {
  return !isAbsolute(name) && normalize(name) === name && !name.startsWith('..')
}
