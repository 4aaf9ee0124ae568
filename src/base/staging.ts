/**
 * Staging: a directory is built beside its place and appears there in one rename, complete or not at all.
 *
 *   <stagingRoot>/<name>/owner.json   who builds it
 *   <stagingRoot>/<name>/content/     what is built; renamed to its place when finished
 *
 * A claim itself is a rename of a prepared directory, so an owner is always named; what a dead owner left is swept.
 */

import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GatewayError } from './errors.ts'
import {
  hasCode,
  isFolder,
  listFolder,
  lookAt,
  makeFolder,
  makerOfTemporary,
  readTextIfPresent,
  removeQuietly,
  replaceFile,
  storing,
  syncFolder,
} from './files.ts'
import { lock } from './lock.ts'
import { isAlive, isOwner, type Owner, thisProcess } from './owner.ts'

const OWNER = 'owner.json'
const CONTENT = 'content'
const CLAIM = /^\.claim-(\d+)-(\d*)-\d+$/
let claimCount = 0

/** Claim `<stagingRoot>/<name>` for this process; the folder to build in, or null when the name is taken there. */
export function claimStaging(stagingRoot: string, name: string): string | null {
  const claim = claimPath(stagingRoot)
  const path = join(stagingRoot, name)
  return storing(path, () => {
    withParent(claim, () => mkdirSync(claim))
    mkdirSync(join(claim, CONTENT))
    // Not synced: after a loss of power the owner is dead whatever the file says.
    writeFileSync(join(claim, OWNER), JSON.stringify(thisProcess()))
    try {
      renameSync(claim, path)
    } catch (error) {
      rmSync(claim, { recursive: true, force: true })
      if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')) return null
      throw error
    }
    return join(path, CONTENT)
  })
}

/**
 * Rename finished content to its place, durable; false when the place is taken (the staging stays as it is). The files in it were
 * synced by the caller; its folders are synced here, unless that is done too: each sync is a wait for the disk.
 */
export function publishStaging(content: string, place: string, folders: 'written' | 'synced' = 'written'): boolean {
  return storing(place, () => {
    if (folders === 'written') for (const folder of foldersOf(content)) syncFolder(folder)
    try {
      withParent(place, () => renameSync(content, place))
    } catch (error) {
      if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')) return false
      if (hasCode(error, 'ENOTDIR') && lookAt(place) !== undefined) return false
      throw error
    }
    try {
      syncFolder(dirname(place))
    } catch (error) {
      // Who hears of a failure must not find the thing published.
      renameSync(place, content)
      throw error
    }
    dropQuietly(content)
    return true
  })
}

/** What was published is published: an empty claim that cannot be removed now is swept by a later start. */
function dropQuietly(content: string): void {
  try {
    dropStaging(content)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
  }
}

/** Give up a claim and remove what was built. Moved aside first: an emptied folder under the name itself could be claimed. */
export function dropStaging(content: string): void {
  const path = dirname(content)
  storing(path, () => {
    const aside = claimPath(dirname(path))
    renameSync(path, aside)
    removeClaim(aside)
  })
}

/** A claim whose content was published holds its owner alone: two calls, where `rmSync` begins with loading its own. */
function removeClaim(claim: string): void {
  try {
    unlinkSync(join(claim, OWNER))
    rmdirSync(claim)
  } catch {
    rmSync(claim, { recursive: true, force: true })
  }
}

/** A name of this process alone; it tells the owner, so that what is left of it is swept. */
function claimPath(stagingRoot: string): string {
  const owner = thisProcess()
  return join(stagingRoot, `.claim-${owner.pid}-${owner.start_time ?? ''}-${claimCount++}`)
}

/** Take over the claim of a dead owner: its content folder, or null when it is alive, absent, or taken by another first. */
export function adoptStaging(stagingRoot: string, name: string): string | null {
  return withRemovalLock(stagingRoot, () => {
    const content = join(stagingRoot, name, CONTENT)
    if (!isFolder(content) || ownerLives(stagingRoot, name)) return null
    replaceFile(join(stagingRoot, name, OWNER), JSON.stringify(thisProcess()))
    return content
  })
}

/** Names of staging directories whose owner is dead. */
export function deadStaging(stagingRoot: string): string[] {
  return listFolder(stagingRoot).filter(name => isFolder(join(stagingRoot, name)) && !ownerLives(stagingRoot, name))
}

/** Remove a staging directory if its owner is still dead; true when it is gone. */
export function removeStaging(stagingRoot: string, name: string): boolean {
  return withRemovalLock(stagingRoot, () => {
    if (ownerLives(stagingRoot, name)) return false
    storing(stagingRoot, () => rmSync(join(stagingRoot, name), { recursive: true, force: true }))
    return true
  })
}

/** Remove temporary files whose maker is dead. */
export function sweepTemporaries(stagingRoot: string): void {
  for (const name of listFolder(stagingRoot)) {
    const pid = makerOfTemporary(name)
    if (pid !== null && !isAlive({ pid, start_time: null, boot_id: null })) removeQuietly(join(stagingRoot, name))
  }
}

/** Adoption and removal exclude each other, so that what one adopts another does not remove. */
function withRemovalLock<T>(stagingRoot: string, action: () => T): T {
  const release = lock(join(stagingRoot, '.removal.lock'), 10_000)
  try {
    return action()
  } finally {
    release()
  }
}

function ownerLives(stagingRoot: string, name: string): boolean {
  const owner = ownerInName(name) ?? ownerInFile(join(stagingRoot, name, OWNER))
  return owner !== null && isAlive(owner)
}

function ownerInName(name: string): Owner | null {
  const match = CLAIM.exec(name)
  if (match === null) return null
  return { pid: Number(match[1]), start_time: match[2] === '' ? null : Number(match[2]), boot_id: null }
}

function ownerInFile(path: string): Owner | null {
  try {
    const owner: unknown = JSON.parse(readTextIfPresent(path) ?? 'null')
    return isOwner(owner) ? owner : null
  } catch {
    return null
  }
}

/** Do it; where the folder around `path` is absent, make that and do it again: mostly it is there already. */
function withParent(path: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
    makeFolder(dirname(path))
    action()
  }
}

/** A folder and all folders in it, the inner ones first. */
export function foldersOf(path: string): string[] {
  const inner = readdirSync(path, { withFileTypes: true }).filter(entry => entry.isDirectory())
  return [...inner.flatMap(({ name }) => foldersOf(join(path, name))), path]
}
