/** The lines of a live feed: a file that is appended to, or standard input; with the place behind each line. */

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { fail } from '../../base/errors.ts'
import { hasCode, storing } from '../../base/files.ts'

/** One whole line; what is no UTF-8 in it reads as U+FFFD. */
export interface FeedLine {
  text: string
  /** Bytes of the feed up to and including this line. */
  end: number
}

export interface Feed {
  /** Absolute path, or `-`. */
  path: string
  follow: boolean
  /** Bytes that were processed already; of standard input, where counting goes on. */
  offset: number
  abort: AbortSignal
  /** Standard input. */
  input: AsyncIterable<Uint8Array> | null
  /** Told when the file was cut or replaced, so that it is read from its start again. */
  onRestart(): void
}

const CHUNK = 65_536
/** A longer line cannot be a bar; it is handed on cut, and so refused. */
const MAX_LINE = 65_536
const POLL_MS = 200
/** Bytes before the place in the file by which it is known again. */
const TAIL = 256

/** The name of standard input. */
export const STANDARD_INPUT = '-'

/**
 * Batches of whole lines in order: those that are there together come together. Ends with the feed, and with an abort. A last line
 * without its line end is handed on when no more can follow. DATA_ERROR for a path that is no regular file.
 */
export function feedLines(feed: Feed): AsyncGenerator<FeedLine[]> {
  return feed.path === STANDARD_INPUT ? standardInput(feed) : fileLines(feed)
}

/** The first lines of a file, and the line that ends at `offset`; null where none does. For a reader that goes on there. */
export function feedAround(path: string, offset: number): { head: FeedLine[]; before: FeedLine | null } {
  const file = openRegular(path)
  try {
    const chunk = Buffer.alloc(CHUNK)
    const read = (from: number, length: number) =>
      chunk.subarray(
        0,
        storing(path, () => readSync(file, chunk, 0, length, from)),
      )
    const head = new LineSplitter(0).push(read(0, CHUNK))
    const from = Math.max(0, offset - CHUNK)
    const splitter = new LineSplitter(from)
    const lines = [...splitter.push(read(from, offset - from)), ...splitter.end()]
    const before = lines.at(-1) ?? null
    return { head, before: before?.end === offset ? before : null }
  } finally {
    closeSync(file)
  }
}

/** INVALID_CONFIG where standard input brings the requests themselves. */
export function refuseSharedInput(path: string, input: Feed['input']): void {
  if (path !== STANDARD_INPUT || input !== null) return
  const message = 'Standard input brought the request itself and cannot be the feed as well.'
  throw fail(
    'INVALID_CONFIG',
    { message },
    { details: [{ pointer: '/params/feed/path', message }], hint: 'Pass the request as --json-request @file.json.' },
  )
}

async function* standardInput(feed: Feed): AsyncGenerator<FeedLine[]> {
  const splitter = new LineSplitter(feed.offset)
  try {
    for await (const chunk of feed.input ?? []) {
      if (feed.abort.aborted) return
      const lines = splitter.push(chunk)
      if (lines.length > 0) yield lines
    }
  } catch (error) {
    // A signal closes standard input under the reader.
    if (!feed.abort.aborted) throw error
  }
  if (!feed.abort.aborted) yield splitter.end()
}

async function* fileLines(feed: Feed): AsyncGenerator<FeedLine[]> {
  let file = openRegular(feed.path)
  try {
    let at = feed.offset
    let splitter = new LineSplitter(at)
    const chunk = Buffer.allocUnsafe(CHUNK)
    // The last bytes read are read again with the next: a file that was cut and written anew between two looks has others there.
    let tail = Buffer.alloc(0)
    while (!feed.abort.aborted) {
      const length = storing(feed.path, () => readSync(file, chunk, 0, CHUNK, at - tail.length))
      const same = length >= tail.length && chunk.subarray(0, tail.length).equals(tail)
      const fresh = same ? chunk.subarray(tail.length, length) : chunk.subarray(0, 0)
      at += fresh.length
      const lines = splitter.push(fresh)
      if (same) tail = Buffer.from(chunk.subarray(Math.max(0, length - TAIL), length))
      if (lines.length > 0) yield lines
      if (fresh.length > 0) continue
      if (!feed.follow) {
        if (same) yield splitter.end()
        return
      }
      if (!same || wasReplaced(feed.path, file, at)) {
        // What the old file still held has been read; the new one begins at its start.
        closeSync(file)
        file = openRegular(feed.path)
        feed.onRestart()
        at = 0
        tail = Buffer.alloc(0)
        splitter = new LineSplitter(0)
      } else await pause(feed.abort)
    }
  } finally {
    closeSync(file)
  }
}

/** A pipe without a writer would hold the program for ever; therefore regular files only, looked at before and after opening. */
function openRegular(path: string): number {
  try {
    const regular = statSync(path).isFile()
    const file = regular ? openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) : -1
    if (regular && fstatSync(file).isFile()) return file
    if (regular) closeSync(file)
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) {
      throw fail('DATA_ERROR', { message: `Cannot read the feed ${path}: ${(error as NodeJS.ErrnoException).code}` })
    }
    throw refused(path, 'there is no such file', 'Create the file, empty if need be, before the session starts.')
  }
  throw refused(path, 'it is not a regular file', 'A pipe can be the feed as standard input: path "-".')
}

function refused(path: string, message: string, hint: string): Error {
  const details = [{ pointer: '/params/feed/path', message }]
  return fail('DATA_ERROR', { message: `Cannot read the feed ${path}: ${message}` }, { details, hint })
}

/** True where the path leads to another file by now, or the file is shorter than what was read. */
function wasReplaced(path: string, file: number, read: number): boolean {
  const now = statSync(path, { throwIfNoEntry: false })
  const open = fstatSync(file)
  if (open.size < read) return true
  return now?.isFile() === true && (now.ino !== open.ino || now.dev !== open.dev)
}

function pause(abort: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      abort.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, POLL_MS)
    abort.addEventListener('abort', done)
  })
}

/** Cuts a byte stream into lines; its memory is one line of at most twice `MAX_LINE`. */
class LineSplitter {
  #parts: Uint8Array[] = []
  #held = 0
  #end: number

  constructor(offset: number) {
    this.#end = offset
  }

  push(chunk: Uint8Array): FeedLine[] {
    const lines: FeedLine[] = []
    let from = 0
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
      this.#keep(chunk.subarray(from, at))
      this.#end += at + 1 - from
      lines.push(this.#take())
      from = at + 1
    }
    const rest = chunk.subarray(from)
    this.#keep(rest)
    this.#end += rest.length
    return lines
  }

  /** The last line, where it has no line end. */
  end(): FeedLine[] {
    return this.#held > 0 ? [this.#take()] : []
  }

  #keep(part: Uint8Array): void {
    // The chunk is used again by its reader, so what is held is copied.
    if (this.#held <= MAX_LINE && part.length > 0) this.#parts.push(Uint8Array.from(part))
    this.#held += part.length
  }

  #take(): FeedLine {
    const text = Buffer.concat(this.#parts).toString('utf8')
    this.#parts = []
    this.#held = 0
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, end: this.#end }
  }
}
