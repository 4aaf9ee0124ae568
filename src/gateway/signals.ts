/** Append lifecycle events to the `--signal-file`: one JSON line a write; without a file every call is a no-op. */

import { randomUUID } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { tryLock } from '../base/lock.ts'
import { isAlive, isOwner, thisProcess } from '../base/owner.ts'
import { CONTRACT_VERSION } from '../base/version.ts'

export type SignalEvent = 'SESSION_STARTED' | 'PROGRESS' | 'SESSION_COMPLETED' | 'SESSION_FAILED'

/** The signals of one request. */
export interface SignalSession {
  started(): void
  progress(fields: Record<string, unknown>): void
  completed(fields: Record<string, unknown>): void
  failed(fields: { exit_code: number; error_type: string; message: string }): void
}

export interface SignalIdentity {
  mode: string
  requestId: unknown
  traceId: string
}

const LOOK_BACK = 1024 * 1024

/** A writer of signals to one file; `warn` is told once when the file cannot be written (the work goes on, as published). */
export class Signals {
  readonly #path: string | undefined
  readonly #now: () => string
  readonly #warn: (message: string) => void
  #broken = false

  constructor(path: string | undefined, now: () => string, warn: (message: string) => void) {
    this.#path = path
    this.#now = now
    this.#warn = warn
  }

  /** Write a terminal event for each session in the last 1 MiB whose process has died without one. */
  reportOrphans(): void {
    if (this.#path === undefined) return
    const path = this.#path
    this.#guarded(() => {
      if (orphansIn(tailOf(path)).length === 0) return
      const release = tryLock(`${path}.lock`)
      if (release === null) return
      try {
        for (const orphan of orphansIn(tailOf(path))) this.#append(path, this.#orphaned(orphan))
      } finally {
        release()
      }
    })
  }

  /** Open the session of one request. */
  open(identity: SignalIdentity): SignalSession {
    const sessionId = randomUUID()
    let seq = 0
    const emit = (event: SignalEvent, status: string, fields: Record<string, unknown>) => {
      if (this.#path === undefined) return
      const path = this.#path
      const line = {
        schema_version: CONTRACT_VERSION,
        event,
        status,
        timestamp: this.#now(),
        mode: identity.mode,
        request_id: identity.requestId,
        ...fields,
        session_id: sessionId,
        seq: seq++,
        process: thisProcess(),
        trace_id: identity.traceId,
      }
      this.#guarded(() => this.#append(path, line))
    }
    return {
      started: () => emit('SESSION_STARTED', 'running', {}),
      progress: fields => emit('PROGRESS', 'running', fields),
      completed: fields => emit('SESSION_COMPLETED', 'success', fields),
      failed: fields => emit('SESSION_FAILED', 'error', fields),
    }
  }

  #orphaned(start: Record<string, unknown>): Record<string, unknown> {
    return {
      schema_version: CONTRACT_VERSION,
      event: 'SESSION_FAILED',
      status: 'orphaned',
      timestamp: this.#now(),
      mode: start['mode'],
      request_id: start['request_id'] ?? null,
      exit_code: null,
      error_type: 'Orphaned',
      message: 'The process ended without a terminal event.',
      session_id: start['session_id'],
      seq: Number(start['last_seq'] ?? start['seq']) + 1,
      process: start['process'],
      trace_id: start['trace_id'],
    }
  }

  /** One write a line; after a torn tail the line starts afresh. */
  #append(path: string, line: Record<string, unknown>): void {
    const file = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK, 0o644)
    try {
      const stat = fstatSync(file)
      if (!stat.isFile()) throw new Error('not a regular file')
      const last = Buffer.alloc(1)
      const torn = stat.size > 0 && readSync(file, last, 0, 1, stat.size - 1) === 1 && last[0] !== 0x0a
      writeSync(file, `${torn ? '\n' : ''}${JSON.stringify(line)}\n`)
    } finally {
      closeSync(file)
    }
  }

  #guarded(action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!this.#broken) this.#warn(`cannot write the signal file ${this.#path}: ${(error as Error).message}`)
      this.#broken = true
    }
  }
}

/** STARTED events of dead processes without a terminal event. */
function orphansIn(text: string): Record<string, unknown>[] {
  const open = new Map<string, Record<string, unknown>>()
  for (const line of text.split('\n')) {
    const event = parsed(line)
    const id = event?.['session_id']
    if (event === undefined || typeof id !== 'string') continue
    if (event['event'] === 'SESSION_STARTED') open.set(id, event)
    else if (event['event'] === 'PROGRESS') open.set(id, { ...event, last_seq: event['seq'] })
    else open.delete(id)
  }
  return [...open.values()].filter(event => isOwner(event['process']) && !isAlive(event['process']))
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // A torn or foreign line is none of ours.
    return undefined
  }
}

function tailOf(path: string): string {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return ''
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) return ''
    const bytes = Buffer.alloc(Math.min(stat.size, LOOK_BACK))
    const length = readSync(file, bytes, 0, bytes.length, stat.size - bytes.length)
    return bytes.toString('utf8', 0, length)
  } finally {
    closeSync(file)
  }
}
