/** Read a run directory, canonical or of an earlier layout: its four files, and its row of the runs index. */

import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RunsIndexRow } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { isFolder, storing } from '../base/files.ts'

export type JsonObject = Record<string, unknown>

/** What a run directory records; null where a file is absent. */
export interface RunFiles {
  metadata: JsonObject | null
  config: JsonObject | null
  metrics: JsonObject | null
  report: JsonObject | null
}

/** A row, and why it holds nothing but its path where the directory cannot be read. */
export interface ReadRow {
  row: RunsIndexRow
  fault: string | null
}

/** Fields of a row, in file order. */
export const RUN_FIELDS = [
  'run_id',
  'mode',
  'created_at',
  'git_commit',
  'ticker',
  'start',
  'end',
  'sharpe_simple',
  'total_return',
  'max_drawdown',
  'trades',
  'path',
] as const satisfies readonly (keyof RunsIndexRow)[]

// Canonical name first: it wins where a directory holds both.
const METADATA = ['metadata.json', 'meta.json'] as const
const REPORT = ['report.json', 'run_report.json'] as const
const ROW_SOURCES = ['report.json', 'run_report.json', 'metadata.json', 'meta.json'] as const

/** True where a directory holds one of the four files that make it a run directory. */
export function isRunDir(dir: string): boolean {
  return ROW_SOURCES.some(name => isFile(join(dir, name)))
}

/** True where an entry of a directory of runs is a run directory itself, not a link to one. */
export function isRunEntry(path: string): boolean {
  return storing(path, () => isFolder(path)) && isRunDir(path)
}

/** The recorded files of a run. NOT_FOUND where `dir` is no run directory, INTEGRITY_ERROR where a file is not a JSON object. */
export function readRun(dir: string): RunFiles {
  if (!isRunDir(dir)) {
    throw fail('NOT_FOUND', { message: `No run directory at ${dir}` }, { hint: '`quantlab runs list` shows the runs.' })
  }
  const { files, faults } = inspectRun(dir)
  if (faults.length === 0) return files
  const details = faults.map(message => ({ pointer: dir, message }))
  throw fail(
    'INTEGRITY_ERROR',
    { message: `The run directory ${dir} cannot be read: ${faults.join('; ')}` },
    { details, hint: 'Restore the file from a copy, or run the request again.' },
  )
}

/** The same for a look at what is there: a file that cannot be read is null, and `faults` says why. */
export function inspectRun(dir: string): { files: RunFiles; faults: string[] } {
  const faults: string[] = []
  const read = (names: readonly string[]): JsonObject | null => {
    try {
      return readFirst(dir, names)
    } catch (error) {
      faults.push(faultOf(error))
      return null
    }
  }
  const files = {
    metadata: read(METADATA),
    config: read(['config.json']),
    metrics: read(['metrics.json']),
    report: read(REPORT),
  }
  return { files, faults }
}

/**
 * The index row of a run directory. Facts come from the first report or metadata file, each metric from the first place
 * that has it: first result, first out-of-sample row, summary of metrics.json, first of `top10`. Never throws for what
 * the directory holds: where a file cannot be read, every field but `path` is null and `fault` says why.
 */
export function rowOf(dir: string): ReadRow {
  try {
    const source = readFirst(dir, ROW_SOURCES) ?? {}
    const metrics = readFirst(dir, ['metrics.json'])
    return { row: rowFrom(dir, source, metrics), fault: null }
  } catch (error) {
    const nothing = Object.fromEntries(RUN_FIELDS.map(name => [name, null])) as unknown as RunsIndexRow
    return { row: { ...nothing, path: dir }, fault: faultOf(error) }
  }
}

/** Parse JSON that may hold the tokens NaN, Infinity and -Infinity of earlier writers: they read as null. */
export function parseLenient(text: string): unknown {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text
  try {
    return JSON.parse(plain)
  } catch (error) {
    // Strings are matched whole, so that a token inside one stays as it is.
    const mended = plain.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g, part =>
      part[0] === '"' ? part : 'null',
    )
    if (mended === plain) throw error
    return JSON.parse(mended)
  }
}

function rowFrom(dir: string, source: JsonObject, metrics: JsonObject | null): RunsIndexRow {
  const header = objectOf(source['header']) ?? source
  const config = objectOf(source['config_resolved']) ?? header
  const places = [
    firstOf(source['results']),
    firstOf(source['oos_leaderboard']),
    objectOf(metrics?.['summary']),
    firstOf(source['top10']),
  ]
  const metric = (name: string): number | null => {
    for (const place of places) {
      const value = numberOf(place?.[name])
      if (value !== null) return value
    }
    return null
  }
  // A sweep over instruments or windows has none of its own: the row shows those of its best trial, whose figures it shows.
  const best = firstOf(source['results'])
  const fact = (name: string) => textOf(config[name]) ?? textOf(best?.[name])
  return {
    run_id: textOf(header['run_id']) ?? basename(dir),
    mode: textOf(header['mode']),
    created_at: textOf(header['created_at']),
    git_commit: textOf(header['git_commit']),
    ticker: fact('ticker') ?? textOf(firstOf(source['oos_leaderboard'])?.['ticker']),
    start: fact('start'),
    end: fact('end'),
    sharpe_simple: metric('sharpe_simple'),
    total_return: metric('total_return'),
    max_drawdown: metric('max_drawdown'),
    trades: metric('trades'),
    path: dir,
  }
}

/** The first of these files that is there, parsed; null where none is. Throws where it is not a JSON object. */
function readFirst(dir: string, names: readonly string[]): JsonObject | null {
  for (const name of names) {
    const path = join(dir, name)
    if (!isFile(path)) continue
    try {
      const value = objectOf(parseLenient(readFileSync(path, 'utf8')))
      if (value === null) throw new Error('not a JSON object')
      return value
    } catch (error) {
      throw new Error(`${name}: ${faultOf(error)}`)
    }
  }
  return null
}

/** A pipe or device named like a file of a run would block the reader, so only regular files count. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    return false
  }
}

function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}

function firstOf(value: unknown): JsonObject | null {
  return Array.isArray(value) ? objectOf(value[0]) : null
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/** A finite number, or the decimal text of one; else null. */
function numberOf(value: unknown): number | null {
  const decimal = typeof value === 'string' && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(value)
  const number = decimal ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function faultOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
