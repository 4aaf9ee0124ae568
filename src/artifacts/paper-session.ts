/**
 * The directory of a paper session: visible with its status from the start, kept current while it runs, closed once.
 *
 *   outputs/paper_sessions/<session_id>/
 *     config.json  session_metadata.json = metadata.json  session_status.json   appear together, in one rename
 *     bars.csv  rejected.csv  equity.csv  trades.csv                            grow bar by bar in a live session
 *     metrics.json  artifacts/  run_report.md  report.json                      at the end; after them the final status
 *     .session.lock                                                             held by the process that runs it
 *
 * Files are replaced whole, so that a reader never meets a part of one. `session_status.json` is the truth about the state.
 */

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PaperConfig, PaperMetadata, SessionStatus } from '../../contracts/types.ts'
import { hashOf, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { isFolder, listFolder, makeFolder, readTextIfPresent, replaceFile, storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { tryLock } from '../base/lock.ts'
import { firstFault, loadValidator, type ValidatorName } from '../base/schema.ts'
import { claimRun, prettyJson, type WrittenFile } from './artifact-dir.ts'

/** Held by the process that runs the session. */
export const SESSION_LOCK = '.session.lock'

/** Written after the list of files, or changed after it. */
const UNLISTED = new Set(['report.json', 'session_status.json'])

const VALIDATORS = [
  'artifacts/paper-config',
  'artifacts/paper-metadata',
  'artifacts/paper-metrics',
  'artifacts/paper-report',
  'artifacts/run-manifest',
  'artifacts/session-status',
] as const satisfies ValidatorName[]

/** The parts that exist from the start, for a session id that is not known before it is claimed. */
export interface SessionBirth {
  config: PaperConfig
  metadata: (sessionId: string) => PaperMetadata
  status: (sessionId: string) => SessionStatus
}

interface SessionParts {
  config: PaperConfig
  metadata: PaperMetadata
  status: SessionStatus
}

/** A session directory owned by this process. */
export class PaperSessionDir {
  readonly sessionId: string
  readonly path: string
  readonly config: PaperConfig
  #metadata: PaperMetadata
  #status: SessionStatus
  readonly #release: () => void

  constructor(path: string, parts: SessionParts, release: () => void) {
    this.#release = release
    this.path = path
    this.sessionId = parts.metadata.session_id
    this.config = parts.config
    this.#metadata = parts.metadata
    this.#status = parts.status
  }

  get metadata(): PaperMetadata {
    return this.#metadata
  }

  get status(): SessionStatus {
    return this.#status
  }

  /** Replace one file; the name may hold folders. */
  write(name: string, data: string | Uint8Array): void {
    const path = join(this.path, name)
    if (name.includes('/')) makeFolder(dirname(path))
    replaceFile(path, data)
  }

  /** Validate a value against its schema and replace the file as indented JSON. */
  writeJson(name: string, schema: (typeof VALIDATORS)[number], value: unknown, order: 'sorted' | 'given'): void {
    const fault = firstFault(schema, value)
    if (fault !== undefined) throw new Error(`${name} breaks its schema: ${fault}`)
    this.write(name, prettyJson(value, order))
  }

  /** Replace both copies of the metadata. */
  setMetadata(metadata: PaperMetadata): void {
    this.#metadata = metadata
    for (const name of METADATA) this.writeJson(name, 'artifacts/paper-metadata', metadata, 'sorted')
  }

  /** Replace the status; what `changes` leaves out stays as it is. */
  setStatus(changes: Partial<SessionStatus>): void {
    this.#status = { ...this.#status, ...changes }
    this.writeJson('session_status.json', 'artifacts/session-status', this.#status, 'sorted')
  }

  /** Open a closed session again under a whole new status. */
  restart(status: SessionStatus): void {
    this.#status = status
    this.setStatus({})
    this.setMetadata({ ...this.#metadata, status: status.status })
  }

  /** The files a report lists, by name; `before` names those that are written after it, or stand there from an earlier end. */
  files(before: readonly string[] = []): WrittenFile[] {
    return filesBelow(this.path)
      .filter(name => !UNLISTED.has(name) && !before.includes(name))
      .map(name => {
        const bytes = storing(name, () => readFileSync(join(this.path, name)))
        return { file_name: name, size_bytes: bytes.length, sha256: sha256Hex(bytes) }
      })
  }

  /** Give the session free; it may then be resumed or recovered. */
  release(): void {
    this.#release()
  }
}

const METADATA = ['session_metadata.json', 'metadata.json'] as const

/** Load the schemas that a session directory writes with; once, before any of the functions below. */
export async function loadSessionSchemas(): Promise<void> {
  await Promise.all(VALIDATORS.map(loadValidator))
}

/** Create a session directory under an id that nobody has; it appears with status, metadata and configuration in it. */
export function createPaperSession(root: string, startedMs: number, birth: SessionBirth): PaperSessionDir {
  const { config } = birth
  const directory = claimRun(root, startedMs, 'paper', hashOf(config), layout.paperSessions(root))
  const { runId, path } = directory
  const [metadata, status] = [birth.metadata(runId), birth.status(runId)]
  try {
    directory.writeJson('config.json', 'artifacts/paper-config', config, 'sorted')
    for (const name of METADATA) directory.writeJson(name, 'artifacts/paper-metadata', metadata, 'sorted')
    directory.writeJson('session_status.json', 'artifacts/session-status', status, 'sorted')
    directory.publish()
  } catch (error) {
    directory.drop()
    throw error
  }
  return new PaperSessionDir(path, { config, metadata, status }, hold(path, runId))
}

/**
 * Take over the session of a dead or finished process. NOT_FOUND where there is none, CONFLICT while another process runs it,
 * INTEGRITY_ERROR where its files are damaged.
 */
export function adoptPaperSession(path: string, sessionId: string): PaperSessionDir {
  if (!isFolder(path)) {
    const message = `There is no paper session ${JSON.stringify(sessionId)}.`
    throw fail('NOT_FOUND', { message }, { hint: 'quantlab paper_sessions list shows the sessions there are.' })
  }
  const release = hold(path, sessionId)
  try {
    const config = partOf<PaperConfig>(path, 'config.json', 'artifacts/paper-config')
    const metadata = partOf<PaperMetadata>(path, 'session_metadata.json', 'artifacts/paper-metadata')
    const status = partOf<SessionStatus>(path, 'session_status.json', 'artifacts/session-status')
    return new PaperSessionDir(path, { config, metadata, status }, release)
  } catch (error) {
    release()
    throw error
  }
}

/** Take the lock of a session for this process. */
function hold(path: string, sessionId: string): () => void {
  const release = tryLock(join(path, SESSION_LOCK))
  if (release !== null) return release
  throw fail(
    'CONFLICT',
    { message: `The paper session ${sessionId} is running in another process.` },
    { hint: 'Stop that process first (SIGTERM), or wait until it ends.' },
  )
}

/** One part of a session directory, parsed and checked. */
function partOf<T>(path: string, name: string, schema: (typeof VALIDATORS)[number]): T {
  const value = parsed(readTextIfPresent(join(path, name)))
  const fault = value === undefined ? 'it is absent or no JSON' : firstFault(schema, value)
  if (fault === undefined) return value as T
  const message = `${join(path, name)} cannot be used: ${fault}`
  throw fail('INTEGRITY_ERROR', { message }, { hint: 'Restore the file from a copy, or start a new session.' })
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

/** Names of files, folders before them; hidden ones are locks and temporary files. */
function filesBelow(path: string, prefix = ''): string[] {
  return listFolder(join(path, prefix))
    .filter(name => !name.startsWith('.'))
    .flatMap(name => {
      const below = prefix === '' ? name : `${prefix}/${name}`
      return isFolder(join(path, below)) ? filesBelow(path, below) : [below]
    })
    .sort()
}
