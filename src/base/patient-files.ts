/** Durability that is waited for while other work goes on; `files.ts` waits for it in place. */

import { close, fsync, linkSync, open } from 'node:fs'
import { dirname } from 'node:path'
import { lookAt, removeQuietly, storing, temporaryFor, writeNew } from './files.ts'

/** `createExclusive`, durable when it is settled: the thread goes on while the disk is waited for. */
export async function createPatiently(path: string, data: Uint8Array): Promise<boolean> {
  const temporary = temporaryFor(path, dirname(path))
  try {
    writeNew(temporary, data)
    await syncTogether([temporary])
    storing(path, () => linkSync(temporary, path))
  } catch (error) {
    if (lookAt(path) !== undefined) return false
    throw error
  } finally {
    removeQuietly(temporary)
  }
  await syncTogether([dirname(path)])
  return true
}

/** Make files and folders durable at once: the file system commits them together, for little more than the cost of one. */
export async function syncTogether(paths: readonly string[]): Promise<void> {
  const faults = await Promise.all(paths.map(path => synced(path)))
  const index = faults.findIndex(fault => fault !== null)
  if (index >= 0) storing(paths[index], () => throwIt(faults[index]))
}

function synced(path: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise(resolve => {
    open(path, 'r', (fault, file) => {
      if (fault !== null) return resolve(fault)
      fsync(file, failure => close(file, () => resolve(failure)))
    })
  })
}

function throwIt(fault: unknown): never {
  throw fault
}
