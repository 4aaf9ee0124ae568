/**
 * The directory of a forward session: read, and made in one rename; `forward-update.ts` brings it up to date file by file.
 *
 * `portfolio_state.json` commits it: written last, and rows of the other files behind its `last_timestamp` do not count, so an
 * update that was interrupted leaves the session as it was.
 */

import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ForwardState } from '../../contracts/types.ts'
import { sha256Hex } from '../base/canonical.ts'
import { type CsvTable, parseCsv } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { isFolder, makeFolder, readTextIfPresent, storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { lockPatiently } from '../base/lock.ts'
import type { ValidatorName } from '../base/schema.ts'
import { claimStaging } from '../base/staging.ts'
import { ArtifactDir, type WrittenFile } from './artifact-dir.ts'
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
  return isFolder(dir) && statSync(join(dir, STATE), { throwIfNoEntry: false })?.isFile() === true
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
 * Claim the place of a new session: the directory `wanted`, or the first free one of `<name>`, `<name>-2`, … below `folder`. It
 * appears whole, by `publish`, or not at all. CONFLICT where `wanted` is taken by anything but an empty folder, or being made.
 */
export function claimSession(root: string, place: { wanted: string } | { folder: string; name: string }): ArtifactDir {
  if ('wanted' in place) {
    const claimed = claimPlace(root, place.wanted)
    if (claimed === null) throw placeTaken(place.wanted)
    return claimed
  }
  for (let count = 1; ; count++) {
    const claimed = claimPlace(root, join(place.folder, count === 1 ? place.name : `${place.name}-${count}`))
    if (claimed !== null) return claimed
  }
}

/** Make the claimed session from what `write` puts into it and return what it returns; `announce` is told just before it becomes visible. */
export async function makeSession<T>(
  claimed: ArtifactDir,
  write: (files: SessionFiles) => T,
  announce: () => void,
): Promise<T> {
  try {
    const made = write(claimed)
    await claimed.settle()
    if (isTaken(claimed.path)) throw placeTaken(claimed.path)
    announce()
    claimed.publish()
    return made
  } catch (error) {
    claimed.drop()
    throw error
  }
}

function claimPlace(root: string, place: string): ArtifactDir | null {
  if (isTaken(place)) return null
  const content = claimStaging(layout.staging(root), `forward-${sha256Hex(place).slice(0, 16)}`)
  if (content === null) return null
  const directory = new ArtifactDir(basename(place), content, place)
  // Looked at again after the claim: whoever held it before has made the session visible by now.
  if (!isTaken(place)) return directory
  directory.drop()
  return null
}

/** How long a resume waits for another one of the same session. */
const WAIT_MS = 60_000

/** Keep others from resuming the same session at the same time; the release function. STORAGE_ERROR after a minute. */
export function lockSession(root: string, dir: string, abort: AbortSignal): Promise<() => void> {
  makeFolder(layout.staging(root))
  return lockPatiently(join(layout.staging(root), `.forward-${sha256Hex(dir).slice(0, 16)}.lock`), WAIT_MS, abort)
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
