/**
 * Bringing a forward session up to date: its files are replaced one by one, so that a reader always finds whole files. While that
 * goes on, `.update.json` says what each of them was and will be: an update that was cut off can be told from damage.
 */

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { lookAt, makeFolder, readTextIfPresent, removeQuietly, replaceFile, storing } from '../base/files.ts'
import { isAlive, isOwner, type Owner, thisProcess } from '../base/owner.ts'
import { firstFault } from '../base/schema.ts'
import { prettyJson, type WrittenFile } from './artifact-dir.ts'
import type { SessionFiles } from './forward-session.ts'

const UPDATE = '.update.json'

/** What an update replaces; `before` is null for a file that was not there. */
interface Update {
  owner: Owner
  files: { file_name: string; before: string | null; after: string }[]
}

/** Replace the files of a session in the order `write` gives them, which is told of none before all are made; the state must be the last. */
export function updateSession(dir: string, write: (files: SessionFiles) => void): void {
  const made = new Map<string, Buffer>()
  const written: WrittenFile[] = []
  const put = (name: string, data: string | Uint8Array) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data)
    made.set(name, bytes)
    written.push({ file_name: name, size_bytes: bytes.length, sha256: sha256Hex(bytes) })
  }
  write({
    get files() {
      return written.toSorted((a, b) => (a.file_name < b.file_name ? -1 : 1))
    },
    write: put,
    writeJson(name, schema, value, order = 'given') {
      const fault = firstFault(schema, value)
      if (fault !== undefined) throw new Error(`${name} breaks its schema: ${fault}`)
      put(name, prettyJson(value, order))
    },
  })
  const files = written.map(({ file_name, sha256 }) => ({ file_name, before: hashAt(dir, file_name), after: sha256 }))
  const update: Update = { owner: thisProcess(), files }
  replaceFile(join(dir, UPDATE), prettyJson(update))
  for (const [name, bytes] of made) {
    if (name.includes('/')) makeFolder(dirname(join(dir, name)))
    replaceFile(join(dir, name), bytes)
  }
  removeQuietly(join(dir, UPDATE))
}

/** An update that is not finished: names of the files that are new already, and those that are not; `running` while its process lives. */
export interface UnfinishedUpdate {
  running: boolean
  done: string[]
  left: string[]
}

/** The unfinished update of a directory; null where there is none, or where a file is neither what it was nor what it was to be. */
export function unfinishedUpdate(dir: string): UnfinishedUpdate | null {
  const update = updateIn(dir)
  if (update === null) return null
  const hashes = update.files.map(({ file_name }) => hashAt(dir, file_name))
  if (update.files.some(({ before, after }, i) => hashes[i] !== before && hashes[i] !== after)) return null
  const names = (isDone: boolean) =>
    update.files.filter(({ after }, i) => (hashes[i] === after) === isDone).map(({ file_name }) => file_name)
  const left = names(false)
  return left.length === 0 ? null : { running: isAlive(update.owner), done: names(true), left }
}

function updateIn(dir: string): Update | null {
  try {
    const update = JSON.parse(readTextIfPresent(join(dir, UPDATE)) ?? 'null') as Update | null
    return update !== null && isOwner(update.owner) && Array.isArray(update.files) ? update : null
  } catch {
    return null
  }
}

function hashAt(dir: string, name: string): string | null {
  const path = join(dir, name)
  return lookAt(path)?.isFile() === true ? storing(path, () => sha256Hex(readFileSync(path))) : null
}
