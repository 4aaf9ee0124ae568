/** Durable files: temporary file, sync, rename, sync of the folder. Known packages leave the last step out. */

import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fail, GatewayError } from './errors.ts'

let temporaryCount = 0

/**
 * Replace a file so that a reader sees the old or the new content, never a part; durable when it returns. The temporary
 * file is made in `workshop`, by default beside the file: a folder that is swept is kinder to one that only grows.
 */
export function replaceFile(path: string, data: string | Uint8Array, workshop = dirname(path)): void {
  storing(path, () => {
    const temporary = temporaryFor(path, workshop)
    try {
      writeSynced(temporary, data)
      renameSync(temporary, path)
    } catch (error) {
      removeQuietly(temporary)
      throw error
    }
    syncFolder(dirname(path))
  })
}

/**
 * Create a file with its whole content in one step, durable unless it is `passing` (a lock need not outlive the machine);
 * false when the name is taken (the present file is left alone). `workshop` as in `replaceFile`.
 */
export function createExclusive(
  path: string,
  data: string | Uint8Array,
  keep: 'durable' | 'passing' = 'durable',
  workshop = dirname(path),
): boolean {
  return storing(path, () => {
    const temporary = temporaryFor(path, workshop)
    try {
      if (keep === 'durable') writeSynced(temporary, data)
      else writeFileSync(temporary, data, { flag: 'wx' })
      linkSync(temporary, path)
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false
      throw error
    } finally {
      removeQuietly(temporary)
    }
    if (keep === 'durable') syncFolder(dirname(path))
    return true
  })
}

/** Write a new file and sync its content; the folder is synced by the caller. For files inside a staging directory. */
export function writeSynced(path: string, data: string | Uint8Array): void {
  storing(path, () => {
    const file = openSync(path, 'wx', 0o644)
    try {
      writeAll(file, data)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  })
}

/** Write a new file without syncing it: `syncTogether` or `syncFile` does that. */
export function writeNew(path: string, data: string | Uint8Array): void {
  storing(path, () => writeFileSync(path, data, { flag: 'wx' }))
}

/** A new file that is written piece by piece, with the size and SHA-256 of what was written; synced by the caller. */
export class NewFile {
  readonly #path: string
  readonly #file: number
  readonly #hash = createHash('sha256')
  #texts: string[] = []
  #pending = 0
  #size = 0

  constructor(path: string) {
    this.#path = path
    this.#file = storing(path, () => openSync(path, 'wx', 0o644))
  }

  append(data: string | Uint8Array): void {
    if (typeof data === 'string') {
      this.#texts.push(data)
      this.#pending += data.length
      if (this.#pending > PIECE) this.#flush()
      return
    }
    this.#flush()
    this.#put(data)
  }

  close(): { size: number; sha256: string } {
    this.#flush()
    storing(this.#path, () => closeSync(this.#file))
    return { size: this.#size, sha256: this.#hash.digest('hex') }
  }

  /** Close without a word, after a failure. */
  discard(): void {
    try {
      closeSync(this.#file)
    } catch {
      // What is written so far is of no use anyway.
    }
  }

  #flush(): void {
    if (this.#texts.length === 0) return
    const text = this.#texts.join('')
    this.#texts = []
    this.#pending = 0
    this.#put(Buffer.from(text))
  }

  #put(bytes: Uint8Array): void {
    storing(this.#path, () => writeAll(this.#file, bytes))
    this.#hash.update(bytes)
    this.#size += bytes.length
  }
}

/** Characters gathered before they are written. */
const PIECE = 1 << 18

/** Make the content of a file durable. */
export function syncFile(path: string): void {
  storing(path, () => syncFolder(path))
}

/** Append one text in a single write, so that lines of several writers do not mix. */
export function appendText(path: string, text: string): void {
  const file = openSync(path, 'a', 0o644)
  try {
    writeAll(file, text)
  } finally {
    closeSync(file)
  }
}

/** Make the names in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } catch (error) {
    // Some file systems refuse to sync a folder; the rename itself has succeeded.
    if (!hasCode(error, 'EINVAL') && !hasCode(error, 'EPERM')) throw error
  } finally {
    closeSync(folder)
  }
}

/** Create a folder and its parents. */
export function makeFolder(path: string): void {
  storing(path, () => makeWithParents(path))
}

/** Step by step: Node's own recursion never ends where a folder cannot hold one and says ENOENT, as in /proc. */
function makeWithParents(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  if (made(path)) return
  const parent = dirname(path)
  if (parent !== path) makeWithParents(parent)
  if (!made(path)) mkdirSync(path)
}

/** True where the folder is there now, perhaps by somebody who was quicker; false where its parent is absent. */
function made(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    if (hasCode(error, 'EEXIST') && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return true
    throw error
  }
}

/** Text of a file, or null when there is none. */
export function readTextIfPresent(path: string): string | null {
  return storing(path, () => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null
      throw error
    }
  })
}

/** Names in a folder in code-point order; an absent folder has none. */
export function listFolder(path: string): string[] {
  return storing(path, () => {
    try {
      return readdirSync(path).sort()
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return []
      throw error
    }
  })
}

/** True where the path is a directory and not a link to one. */
export function isFolder(path: string): boolean {
  return lookAt(path)?.isDirectory() ?? false
}

/** What is at a path, links not followed; undefined where nothing is, also where a file stands in the way to it. */
export function lookAt(path: string): Stats | undefined {
  return storing(path, () => {
    try {
      return lstatSync(path, { throwIfNoEntry: false })
    } catch (error) {
      if (hasCode(error, 'ENOTDIR')) return undefined
      throw error
    }
  })
}

/** True for a Node error with this code, e.g. `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === code
}

/** Remove a file if it is there; a failure to remove it is no failure of the work. */
export function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Absent already, or left for the next start to sweep.
  }
}

/** Run an action on a path; a fault of the disk becomes STORAGE_ERROR, retryable, with what failed and where. */
export function storing<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof GatewayError) throw error
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    throw fail('STORAGE_ERROR', { message: `Cannot ${syscall} ${path}: ${code}` }, { hint: STORAGE_HINTS[code] })
  }
}

const STORAGE_HINTS: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space, then send the request again.',
  EACCES: 'No permission: check the owner and mode of this path, or choose another --root.',
  EROFS: 'The file system is read-only: choose another --root.',
  EMFILE: 'Too many open files: raise `ulimit -n`.',
  ENOTDIR: 'A file stands where a directory must be: move it away, or choose another --root.',
  EEXIST: 'A file stands where a directory must be: move it away, or choose another --root.',
  EISDIR: 'A directory stands where a file must be: move it away.',
  ENOENT: 'It was removed in the meantime, or a link on the way leads nowhere.',
  ELOOP: 'A link on the way leads in a circle.',
}

const TEMPORARY = /^\..*\.(\d+)\.\d+\.tmp$/

/** A name for a file that is about to be renamed or linked to `path`; no other is given the same. */
export function temporaryFor(path: string, workshop: string): string {
  return join(workshop, `.${basename(path)}.${process.pid}.${temporaryCount++}.tmp`)
}

/** The process that made a temporary file, from the name of the file; null where it is none. */
export function makerOfTemporary(name: string): number | null {
  const match = TEMPORARY.exec(name)
  return match === null ? null : Number(match[1])
}

function writeAll(file: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  let done = 0
  while (done < bytes.length) done += writeSync(file, bytes, done)
}
