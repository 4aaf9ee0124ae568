/** Who owns a lock, a staging directory or a session: {pid, start time, boot id}, so that a reused pid is not mistaken. */

import { readFileSync } from 'node:fs'

/** Identity of a process; `start_time` is in clock ticks since boot and, like `boot_id`, null where /proc is absent. */
export interface Owner {
  pid: number
  start_time: number | null
  boot_id: string | null
}

let self: Owner | undefined

/** The identity of this process. */
export function thisProcess(): Owner {
  self ??= { pid: process.pid, start_time: startTimeOf(process.pid), boot_id: bootId() }
  return self
}

/** True for the identity of this process. */
export function isThisProcess({ pid, start_time }: Owner): boolean {
  const self = thisProcess()
  return pid === self.pid && start_time === self.start_time
}

/** True while the process lives; a pid that was given to another process, or another boot, counts as dead. */
export function isAlive(owner: Owner): boolean {
  if (owner.boot_id !== null && owner.boot_id !== bootId()) return false
  if (owner.start_time !== null) return startTimeOf(owner.pid) === owner.start_time
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True where a value read from disk has the shape of an owner. */
export function isOwner(value: unknown): value is Owner {
  const owner = value as Owner | null
  return typeof owner === 'object' && owner !== null && Number.isSafeInteger(owner.pid) && owner.pid > 0
}

function startTimeOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; fields count from behind its last parenthesis. Field 22 is starttime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; it only waits to be collected.
    return fields[0] === 'Z' ? null : Number(fields[19])
  } catch {
    return null
  }
}

let boot: string | null | undefined

function bootId(): string | null {
  if (boot === undefined) {
    try {
      boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    } catch {
      boot = null
    }
  }
  return boot
}
