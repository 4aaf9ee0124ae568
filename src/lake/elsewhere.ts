/** Data that stay where they are: the files of a declared dataset, found, hashed and compared again. */

import { join } from 'node:path'
import { hashOf } from '../base/canonical.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { fileHash } from '../base/file-hash.ts'
import { isFolder, listFolder, lookAt } from '../base/files.ts'

/** A file below the folder of a declared dataset. */
export interface ElsewhereFile {
  /** Path inside the folder, with `/`. */
  path: string
  sha256: string
  size_bytes: number
}

/** Where a declared dataset lies. */
export interface Elsewhere {
  /** Folder, relative to the root of the lake where it lies below it, else absolute. */
  root: string
  /** Its files by path; null where they were not hashed. */
  files: ElsewhereFile[] | null
}

const MAX_FILES = 100_000

/** Every file below a folder with its hash, by path. DATA_ERROR where there is no folder, no file, too many, or a link. */
export async function filesElsewhere(folder: string): Promise<ElsewhereFile[]> {
  if (!isFolder(folder)) throw refused(`${folder} is no folder`)
  const paths = pathsBelow(folder)
  if (paths.length === 0) throw refused(`${folder} holds no file`)
  if (paths.length > MAX_FILES) throw refused(`${folder} holds ${paths.length} files, more than ${MAX_FILES}`)
  const files: ElsewhereFile[] = []
  for (const path of paths) {
    const stat = lookAt(join(folder, path))
    if (!stat?.isFile()) throw refused(`${join(folder, path)} is no regular file`)
    files.push({ path, sha256: await hashed(join(folder, path)), size_bytes: stat.size })
  }
  return files
}

/** SHA-256 of RFC 8785 {_t:"dataset.files", v:1, files:[[path, sha256], …]}: the content of a declared dataset. */
export function elsewhereHash(files: readonly ElsewhereFile[]): string {
  return hashOf({ _t: 'dataset.files', v: 1, files: files.map(({ path, sha256 }) => [path, sha256]) })
}

/** What differs between a folder and the files it was declared with; nothing where it is as it was. */
export async function elsewhereFaults(folder: string, files: readonly ElsewhereFile[]): Promise<ErrorDetail[]> {
  const details: ErrorDetail[] = []
  for (const { path, sha256 } of files) {
    const place = join(folder, path)
    if (lookAt(place)?.isFile() !== true) details.push({ pointer: path, message: 'is missing' })
    else if ((await hashed(place)) !== sha256)
      details.push({ pointer: path, message: 'has changed: its SHA-256 differs' })
  }
  const listed = new Set(files.map(({ path }) => path))
  for (const path of isFolder(folder) ? pathsBelow(folder) : [])
    if (!listed.has(path)) details.push({ pointer: path, message: 'was not there when it was declared' })
  return details
}

function pathsBelow(folder: string, prefix = ''): string[] {
  return listFolder(join(folder, prefix))
    .flatMap(name => {
      const below = `${prefix}${name}`
      return isFolder(join(folder, below)) ? pathsBelow(folder, `${below}/`) : [below]
    })
    .sort()
}

async function hashed(path: string): Promise<string> {
  try {
    return await fileHash(path)
  } catch (error) {
    throw refused(`${path} cannot be read: ${(error as Error).message}`)
  }
}

function refused(message: string): Error {
  return fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/data_root', message }] })
}
