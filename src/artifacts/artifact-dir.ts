/** A run directory while it is built: claimed in staging, every file validated, hashed and synced, published by one rename. */

import { dirname, join } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { lookAt, makeFolder, NewFile, storing, syncFile, writeNew } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { syncTogether } from '../base/patient-files.ts'
import { firstFault, type ValidatorName } from '../base/schema.ts'
import { claimStaging, dropStaging, foldersOf, publishStaging } from '../base/staging.ts'
import { runIdOf } from '../base/time.ts'

/** One file as `report.json` lists it. */
export interface WrittenFile {
  file_name: string
  size_bytes: number
  sha256: string
}

/** A file of a run that is written piece by piece. */
export interface ArtifactStream {
  write(data: string | Uint8Array): void
  close(): void
  /** Give the file up after a failure. */
  discard(): void
}

/** A claimed run directory. */
export class ArtifactDir {
  readonly runId: string
  readonly #content: string
  readonly #place: string
  readonly #files: WrittenFile[] = []
  readonly #unsynced: string[] = []
  #settled = false

  constructor(runId: string, content: string, place: string) {
    this.runId = runId
    this.#content = content
    this.#place = place
  }

  /** The absolute path the directory will have. */
  get path(): string {
    return this.#place
  }

  /** The folder it is built in. */
  get stagingPath(): string {
    return this.#content
  }

  /** Files written so far, by name. */
  get files(): readonly WrittenFile[] {
    return this.#files.toSorted((a, b) => (a.file_name < b.file_name ? -1 : 1))
  }

  /** Write one file; the name may hold folders. It becomes durable with `settle` or `publish`. */
  write(name: string, data: string | Uint8Array): WrittenFile {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const path = join(this.#content, name)
    if (name.includes('/')) makeFolder(dirname(path))
    writeNew(path, bytes)
    this.#written(path)
    const file = { file_name: name, size_bytes: bytes.length, sha256: sha256Hex(bytes) }
    this.#files.push(file)
    return file
  }

  /** Write one file piece by piece; it counts as written from `close` on. */
  stream(name: string): ArtifactStream {
    const path = join(this.#content, name)
    if (name.includes('/')) makeFolder(dirname(path))
    const file = new NewFile(path)
    return {
      write: data => file.append(data),
      close: () => {
        const { size, sha256 } = file.close()
        this.#written(path)
        this.#files.push({ file_name: name, size_bytes: size, sha256 })
      },
      discard: () => file.discard(),
    }
  }

  #written(path: string): void {
    this.#unsynced.push(path)
    this.#settled = false
  }

  /** Validate a value against its schema (loaded before) and write it as indented JSON. */
  writeJson(name: string, schema: ValidatorName, value: unknown, order: 'sorted' | 'given' = 'given'): WrittenFile {
    const fault = firstFault(schema, value)
    if (fault !== undefined) throw new Error(`${name} breaks its schema: ${fault}`)
    return this.write(name, prettyJson(value, order))
  }

  /** Sync everything that is there at once; `publish` then only waits for its own folder. */
  async settle(): Promise<void> {
    const folders = storing(this.#content, () => foldersOf(this.#content))
    await syncTogether([...this.#unsynced.splice(0), ...folders])
    this.#settled = true
  }

  /** Make it visible under its final name, durable. */
  publish(): void {
    for (const path of this.#unsynced.splice(0)) syncFile(path)
    if (!publishStaging(this.#content, this.#place, this.#settled ? 'synced' : 'written')) {
      throw fail(
        'STORAGE_ERROR',
        { message: `${this.#place} appeared while the run was built` },
        { hint: 'Send the request again.' },
      )
    }
  }

  /** Remove what was built. */
  drop(): void {
    dropStaging(this.#content)
  }
}

/** Claim an id nobody has: `<base>`, else `<base>-2`, `-3` …; nothing is ever overwritten. */
export function claimRun(
  root: string,
  startedMs: number,
  mode: string,
  configHash: string,
  places: string = layout.runs(root),
): ArtifactDir {
  const base = runIdOf(startedMs, mode, configHash)
  for (let count = 1; ; count++) {
    const runId = count === 1 ? base : `${base}-${count}`
    const place = join(places, runId)
    if (lookAt(place) !== undefined) continue
    const content = claimStaging(layout.staging(root), runId)
    if (content === null) continue
    // Looked at again after the claim: whoever published this id before has made it visible by now.
    if (lookAt(place) === undefined) return new ArtifactDir(runId, content, place)
    dropStaging(content)
  }
}

/** JSON with two spaces, keys sorted where a reader expects it, a newline at the end. */
export function prettyJson(value: unknown, order: 'sorted' | 'given' = 'given'): string {
  return `${JSON.stringify(order === 'sorted' ? sortKeys(value) : value, null, 2)}\n`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]))
}
