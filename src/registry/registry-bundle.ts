/**
 * The whole registry as one file, and back: every fact as it is, named by its content.
 *
 *   manifest.json      path, size and SHA-256 of every fact; canonical JSON
 *   manifest.sha256    its own hash, so that no byte of it can change unseen
 *   facts/<sha256>     contents
 */

import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canonicalJson, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { isFolder, listFolder, makeFolder, removeQuietly, storing, syncFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { appendBytes } from './facts.ts'
import { readTarMembers, type TarEntry, writeTar } from './tar.ts'

interface Manifest {
  format: 'quantlab.registry.bundle'
  v: 1
  files: { path: string; sha256: string; bytes: number }[]
}

export interface RegistryExported {
  path: string
  sha256: string
  bytes: number
  files: number
}

/** Write every fact into one file; equal registries give equal files. `path` is replaced where it is there. */
export function exportRegistry(root: string, path: string): RegistryExported {
  const registry = layout.registry(root)
  const files: Manifest['files'] = []
  const entries = new Map<string, TarEntry>()
  for (const name of factsBelow(registry, '')) {
    const place = join(registry, name)
    const bytes = storing(place, () => readFileSync(place))
    const sha256 = sha256Hex(bytes)
    files.push({ path: name, sha256, bytes: bytes.length })
    entries.set(sha256, { name: `facts/${sha256}`, data: { path: place, size: bytes.length } })
  }
  if (files.length === 0) throw fail('CONFLICT', { message: `There is nothing to export: ${registry} holds no facts` })
  const manifest: Manifest = { format: 'quantlab.registry.bundle', v: 1, files }
  const text = Buffer.from(`${canonicalJson(manifest)}\n`)
  const temporary = `${path}.tmp-${process.pid}`
  makeFolder(dirname(path))
  removeQuietly(temporary)
  try {
    storing(path, () => {
      writeTar(temporary, [
        { name: 'manifest.json', data: text },
        { name: 'manifest.sha256', data: Buffer.from(`${sha256Hex(text)}\n`) },
        ...entries.values(),
      ])
      renameSync(temporary, path)
    })
    syncFolder(dirname(path))
  } finally {
    removeQuietly(temporary)
  }
  return { path, sha256: sha256Hex(text), bytes: statSync(path).size, files: files.length }
}

/**
 * Take in every fact of a file. BUNDLE_CORRUPT where any hash does not hold, CONFLICT where a fact of the same name says something
 * else: nothing is written then. Facts that are there already are left as they are.
 */
export function importRegistry(root: string, path: string): { files: number; created: number } {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isFile()) throw fail('NOT_FOUND', { message: `No exported registry at ${path}` })
  const members = new Map(readTarMembers(path).map(member => [member.name, member]))
  const file = openSync(path, 'r')
  try {
    const read = (name: string): Buffer => {
      const member = members.get(name)
      if (member === undefined) throw corrupt(path, `${name} is missing`)
      const bytes = Buffer.alloc(member.size)
      if (readSync(file, bytes, 0, member.size, member.offset) !== member.size) throw corrupt(path, name)
      return bytes
    }
    const text = read('manifest.json')
    if (`${hashOf(text)}\n` !== read('manifest.sha256').toString('utf8')) throw corrupt(path, 'manifest.json')
    const { files } = manifestIn(text, path)
    const fresh: Manifest['files'] = []
    for (const entry of files) {
      const bytes = read(`facts/${entry.sha256}`)
      if (bytes.length !== entry.bytes || hashOf(bytes) !== entry.sha256) throw corrupt(path, entry.path)
      const place = join(layout.registry(root), entry.path)
      const present = statSync(place, { throwIfNoEntry: false })
      if (present === undefined) fresh.push(entry)
      else if (hashOf(readFileSync(place)) !== entry.sha256) throw otherFact(entry.path)
    }
    let created = 0
    for (const entry of fresh) {
      if (!appendBytes(root, entry.path, read(`facts/${entry.sha256}`))) throw otherFact(entry.path)
      created++
    }
    return { files: files.length, created }
  } finally {
    closeSync(file)
  }
}

/** Facts in code-point order; what begins with a dot is no fact. */
function factsBelow(folder: string, prefix: string): string[] {
  return listFolder(join(folder, prefix)).flatMap(name => {
    const path = `${prefix}${name}`
    if (name.startsWith('.')) return []
    if (isFolder(join(folder, path))) return factsBelow(folder, `${path}/`)
    return name.endsWith('.parquet') ? [path] : []
  })
}

/** A path inside the registry: no step out of it, no hidden name. */
const FACT = /^(?!.*(^|\/)\.)[A-Za-z0-9_=.-]+(\/[A-Za-z0-9_=.-]+)+\.parquet$/

function manifestIn(bytes: Buffer, path: string): Manifest {
  const text = bytes.toString('utf8')
  let manifest: Manifest
  try {
    manifest = JSON.parse(text) as Manifest
    if (`${canonicalJson(manifest)}\n` !== text) throw new Error('not canonical')
  } catch {
    throw corrupt(path, 'manifest.json is not what was written')
  }
  if (manifest.format !== 'quantlab.registry.bundle' || manifest.v !== 1) throw corrupt(path, 'of an unknown format')
  for (const entry of manifest.files) if (!FACT.test(entry.path)) throw corrupt(path, `${entry.path} is no fact`)
  return manifest
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function corrupt(path: string, what: string): Error {
  return fail('BUNDLE_CORRUPT', { path: `${path} (${what})` }, { hint: 'Copy the file again, or export it again.' })
}

function otherFact(path: string): Error {
  return fail(
    'CONFLICT',
    { message: `The registry holds another fact as ${path}` },
    { hint: 'Import into a root without a registry, or carry single RunSets with `quantlab runset export`.' },
  )
}
