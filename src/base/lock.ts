/**
 * A lock file that survives the death of its holder.
 *
 * The file appears whole (hard link) and names its holder. The lock of a dead holder is broken by exactly one process:
 * the one that creates `<lock>.break-<nonce of that holding>`. A breaker that dies is itself broken the same way, so
 * no two processes ever remove the same holding, and a new holding (another nonce) is never removed by mistake.
 */

import { randomUUID } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { fail } from './errors.ts'
import { createExclusive, hasCode, readTextIfPresent, removeQuietly } from './files.ts'
import { isAlive, isOwner, type Owner, thisProcess } from './owner.ts'

interface Holding extends Owner {
  nonce: string
}

/** Try to take the lock; a release function, or null while a living process holds it. */
export function tryLock(path: string): (() => void) | null {
  const mine: Holding = { ...thisProcess(), nonce: randomUUID() }
  for (;;) {
    if (createExclusive(path, JSON.stringify(mine), 'passing')) return () => removeQuietly(path)
    const holder = readHolding(path)
    if (holder === undefined) continue
    if (holder !== null && isAlive(holder)) return null
    if (!breakDead(path, path, holder)) return null
  }
}

/** Wait for the lock up to `waitMs`, blocking this thread; STORAGE_ERROR (retryable) after that. For short holdings. */
export function lock(path: string, waitMs: number): () => void {
  for (let waited = 0, step = 1; ; step = Math.min(step * 2, 25)) {
    const release = tryLock(path)
    if (release !== null) return release
    if (waited >= waitMs) throw stillHeld(path, waitMs)
    sleep(step)
    waited += step
  }
}

/** The same for long holdings: the thread goes on, and an abort ends the wait. */
export async function lockPatiently(path: string, waitMs: number, abort: AbortSignal): Promise<() => void> {
  for (let waited = 0, step = 1; ; step = Math.min(step * 2, 100)) {
    if (abort.aborted) throw fail('ABORTED', {})
    const release = tryLock(path)
    if (release !== null) return release
    if (waited >= waitMs) throw stillHeld(path, waitMs)
    await new Promise(resolve => setTimeout(resolve, step))
    waited += step
  }
}

function stillHeld(path: string, waitMs: number): Error {
  const message = `Another process has held ${path} for more than ${waitMs} ms`
  return fail('STORAGE_ERROR', { message }, { hint: 'Send the request again; nothing was changed.' })
}

/** Block this thread for some milliseconds. */
export function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** undefined: the file is gone; null: it cannot be read as a holding (a torn disk), which counts as dead. */
function readHolding(path: string): Holding | null | undefined {
  const text = readTextIfPresent(path)
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isOwner(value) && typeof (value as Holding).nonce === 'string' ? (value as Holding) : null
  } catch {
    return null
  }
}

/** Remove `target` if it is still the holding `dead`; false when another living process is about to do so. */
function breakDead(base: string, target: string, dead: Holding | null): boolean {
  const mark = `${base}.break-${dead?.nonce ?? 'unreadable'}`
  const mine: Holding = { ...thisProcess(), nonce: randomUUID() }
  if (!createExclusive(mark, JSON.stringify(mine), 'passing')) {
    const breaker = readHolding(mark)
    if (breaker === undefined) return true
    if (breaker !== null && isAlive(breaker)) return false
    return breakDead(base, mark, breaker)
  }
  try {
    const now = readHolding(target)
    if (now !== undefined && now?.nonce === dead?.nonce) unlinkSync(target)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  } finally {
    removeQuietly(mark)
  }
  return true
}
