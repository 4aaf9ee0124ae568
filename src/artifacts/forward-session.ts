/**
 * The directory of a forward session: read, made in one rename, brought up to date file by file.
 *
 * `portfolio_state.json` commits it: written last, and rows of the other files behind its `last_timestamp` do not count, so an
 * update that was interrupted leaves the session as it was.
 */

import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ForwardState } from '../../contracts/types.ts'
import { sha256Hex } from '../base/canonical.ts'
import { type CsvTable, parseCsv } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { isFolder, makeFolder, readTextIfPresent, replaceFile, storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { lock } from '../base/lock.ts'
import { firstFault, type ValidatorName } from '../base/schema.ts'
import { claimStaging, dropStaging } from '../base/staging.ts'
import { ArtifactDir, prettyJson, type WrittenFile } from './artifact-dir.ts'
import { type JsonObject, parseLenient } from './run-reader.ts'

export const STATE = 'portfolio_state.json'
export const TRADES = 'forward_trades.csv'
export const EQUITY = 'forward_equity_curve.csv'
export const RETURNS = 'forward_returns_series.csv'

/** A session as it lies on disk. */
export interface StoredSession {
  state: StoredState
  equity: CsvTable
  trades: CsvTable
}

/** A state of any writer: fields that an earlier one did not know may be absent. */
export type StoredState = Omit<ForwardState, 'target' | 'data_hash' | 'run_id' | 'candidate'> & {
  target?: number
  data_hash?: string | null
  run_id?: string
  candidate: Partial<ForwardState['candidate']> & { params: Record<string, unknown> }
}

const NUMBERS = ['cash', 'qty', 'starting_cash', 'bars_fetched', 'warmup_bars', 'total_bars_evaluated'] as const

/** True where a directory holds a session. */
export function isSession(dir: string): boolean {
  return isFolder(dir) && readTextIfPresent(join(dir, STATE)) !== null
}

/** The state of a session. NOT_FOUND where there is none, INTEGRITY_ERROR where it is damaged or lacks what a resume needs. */
export function readState(dir: string): StoredState {
  const state = readStateObject(dir) as unknown as StoredState
  const sound =
    NUMBERS.every(name => typeof state[name] === 'number') &&
    ['session_id', 'created_at', 'eval_start'].every(name => typeof state[name as 'session_id'] === 'string') &&
    typeof state.candidate?.params === 'object' &&
    state.candidate.params !== null
  if (sound) return state
  throw damaged(dir, 'it lacks fields that a resume needs')
}

/** The content of the state file, whoever wrote it; errors as `readState`, but any JSON object will do. */
export function readStateObject(dir: string): JsonObject {
  const text = isFolder(dir) ? readTextIfPresent(join(dir, STATE)) : null
  if (text === null) {
    const message = `There is no forward session in ${dir}: it has no ${STATE}.`
    throw fail('NOT_FOUND', { message }, { hint: 'quantlab forward <run> begins one.' })
  }
  let state: unknown
  try {
    state = parseLenient(text)
  } catch {
    throw damaged(dir, 'it is not JSON')
  }
  if (typeof state === 'object' && state !== null && !Array.isArray(state)) return state as JsonObject
  throw damaged(dir, 'it is not a JSON object')
}

function damaged(dir: string, why: string): Error {
  return fail(
    'INTEGRITY_ERROR',
    { message: `The state of the forward session is damaged: ${join(dir, STATE)}: ${why}` },
    { hint: 'Restore the file from a copy, or begin a new session.' },
  )
}

/** A session with its tables; errors as in `readState`, INTEGRITY_ERROR for a missing table, DATA_ERROR for one that is no CSV. */
export function readSession(dir: string): StoredSession {
  return { state: readState(dir), equity: readTable(dir, EQUITY), trades: readTable(dir, TRADES) }
}

/** One CSV file of a session. */
export function readTable(dir: string, name: string): CsvTable {
  const text = readTextIfPresent(join(dir, name))
  if (text !== null) return parseCsv(text, join(dir, name))
  throw fail('INTEGRITY_ERROR', { message: `The forward session ${dir} lacks ${name}.` })
}

/** Where the files of a session are written to. */
export interface SessionFiles {
  /** Files that lie there when this call ends, by name, the reports aside. */
  readonly files: readonly WrittenFile[]
  write(name: string, data: string | Uint8Array): void
  /** Validated against its schema, which was loaded before. */
  writeJson(name: string, schema: ValidatorName, value: unknown, order?: 'sorted' | 'given'): void
}

/**
 * Make a session directory from what `write` puts into it: it appears whole or not at all. CONFLICT where the place is taken by
 * anything but an empty folder, or another process is making it.
 */
export async function makeSession(root: string, place: string, write: (files: SessionFiles) => void): Promise<void> {
  if (isTaken(place)) throw placeTaken(place)
  const content = claimStaging(layout.staging(root), `forward-${sha256Hex(place).slice(0, 16)}`)
  if (content === null) throw placeTaken(place)
  const directory = new ArtifactDir('', content, place)
  try {
    write(directory)
    await directory.settle()
    makeFolder(dirname(place))
    if (isTaken(place)) throw placeTaken(place)
    directory.publish()
  } catch (error) {
    dropStaging(content)
    throw error
  }
}

/** The first free name of `<name>`, `<name>-2`, … below a folder. */
export function freePlace(folder: string, name: string): string {
  for (let count = 1; ; count++) {
    const place = join(folder, count === 1 ? name : `${name}-${count}`)
    if (!isTaken(place)) return place
  }
}

/** Replace the files of a session one by one, in the order `write` gives them; the state must be the last. */
export function updateSession(dir: string, write: (files: SessionFiles) => void): void {
  const written: WrittenFile[] = []
  const put = (name: string, data: string | Uint8Array) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    if (name.includes('/')) makeFolder(dirname(join(dir, name)))
    replaceFile(join(dir, name), bytes)
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
}

/** Keep other processes from resuming the same session at the same time; the release function. STORAGE_ERROR after `waitMs`. */
export function lockSession(root: string, dir: string, waitMs = 60_000): () => void {
  makeFolder(layout.staging(root))
  return lock(join(layout.staging(root), `.forward-${sha256Hex(dir).slice(0, 16)}.lock`), waitMs)
}

/** A link counts as taken, wherever it leads. */
function isTaken(place: string): boolean {
  return storing(place, () => {
    try {
      return readdirSync(place).length > 0 || !isFolder(place)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return true
      throw error
    }
  })
}

function placeTaken(place: string): Error {
  const session = isSession(place)
  const message = session
    ? `${place} holds a forward session already; nothing is overwritten.`
    : `${place} is in use already; nothing is overwritten.`
  const hint = session
    ? 'Go on with it by resume_forward, or name another forward_outdir.'
    : 'Name another forward_outdir.'
  return fail('CONFLICT', { message }, { details: [{ pointer: '/params/forward_outdir', message }], hint })
}
