/** `artifact`: list, read and verify the files of a run directory. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type {
  ArtifactFile,
  ArtifactGetRequest,
  ArtifactListRequest,
  ArtifactVerifyRequest,
} from '../../contracts/types.ts'
import { sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { isFolder, listFolder, readTextIfPresent } from '../base/files.ts'
import type { Command, Context } from './command.ts'
import { locateRun, noSuchRuns } from './locate-run.ts'

const CONTENT_LIMIT = 4 * 1024 * 1024

export const artifactCommands = {
  list: {
    run(request, context) {
      const path = runFolder(request.run_id, context)
      const artifacts = filesBelow(path).map(name => fileOf(path, name))
      return { answer: { result: { runId: runIdIn(path), path, artifacts } } }
    },
  } satisfies Command<ArtifactListRequest>,

  get: {
    run(request, context) {
      const path = runFolder(request.run_id, context)
      const names = filesBelow(path)
      if (!names.includes(request.name)) {
        const message = `Run ${request.run_id} has no file ${JSON.stringify(request.name)}.`
        throw fail('NOT_FOUND', { message }, { details: [{ pointer: '/params/name', message, expected: names }] })
      }
      const { file_name: name, ...file } = fileOf(path, request.name)
      const content = contentOf(join(path, request.name), file.size_bytes)
      return { answer: { result: { runId: runIdIn(path), name, path: join(path, name), ...file, ...content } } }
    },
  } satisfies Command<ArtifactGetRequest>,

  verify: {
    run(request, context) {
      return { answer: { result: verify(request.run_id, context) } }
    },
  } satisfies Command<ArtifactVerifyRequest>,
}

/** Compare every file that report.json lists with its hash; INTEGRITY_ERROR naming each that differs or is missing. */
function verify(run: string, context: Context): Record<string, unknown> {
  const path = runFolder(run, context)
  const listed = listedFiles(path)
  const present = new Set(filesBelow(path))
  const details = listed.flatMap(file => {
    if (!present.has(file.file_name)) return [{ pointer: file.file_name, message: 'is missing' }]
    const now = fileOf(path, file.file_name)
    return now.sha256 === file.sha256
      ? []
      : [{ pointer: file.file_name, message: `has changed: SHA-256 is ${now.sha256}`, expected: file.sha256 }]
  })
  if (details.length > 0) {
    const message = `Run ${runIdIn(path)}: ${details.map(detail => `${detail.pointer} ${detail.message}`).join('; ')}`
    throw fail('INTEGRITY_ERROR', { message }, { details })
  }
  return { runId: runIdIn(path), path, verified: true, files: listed.length }
}

function runFolder(name: string, context: Context): string {
  const path = locateRun(name, context)
  if (path === null) throw noSuchRuns([{ name, pointer: '/params/run_id' }], context)
  return path
}

function listedFiles(path: string): ArtifactFile[] {
  const text = readTextIfPresent(join(path, 'report.json'))
  let report: { artifacts?: ArtifactFile[] } = {}
  try {
    report = JSON.parse(text ?? '{}') as typeof report
  } catch {
    throw fail('INTEGRITY_ERROR', { message: `${join(path, 'report.json')} is not JSON.` })
  }
  const files = report.artifacts ?? []
  if (files.length === 0 || files.some(file => typeof file.sha256 !== 'string')) {
    throw fail(
      'INTEGRITY_ERROR',
      { message: `${path} lists no hashes: it cannot be verified.` },
      { hint: 'Runs of the earlier layout carry none.' },
    )
  }
  return files
}

function fileOf(path: string, name: string): ArtifactFile {
  const bytes = readFileSync(join(path, name))
  return { file_name: name, size_bytes: bytes.length, sha256: sha256Hex(bytes) }
}

/** Names of all regular files below a directory, links left out, in code-point order. */
function filesBelow(path: string, prefix = ''): string[] {
  return listFolder(join(path, prefix)).flatMap(name => {
    const below = `${prefix}${name}`
    if (isFolder(join(path, below))) return filesBelow(path, `${below}/`)
    return statSync(join(path, below), { throwIfNoEntry: false })?.isFile() ? [below] : []
  })
}

function contentOf(path: string, size: number): { content?: unknown } {
  if (size > CONTENT_LIMIT || !/\.(json|csv|md|svg|html|txt)$/.test(path)) return {}
  const text = readFileSync(path, 'utf8')
  if (!path.endsWith('.json')) return { content: text }
  try {
    return { content: JSON.parse(text) }
  } catch {
    return { content: text }
  }
}

function runIdIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
