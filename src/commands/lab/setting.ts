/** What every verb of the lab does first: find the RunSets, take the request's SQL, limits and places apart, run the SQL in its sandbox. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import type { LabSource } from '../../../contracts/types.ts'
import type { ParameterValue, SelectAnswer } from '../../base/duckdb.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { hasCode, makeFolder, replaceFile, storing } from '../../base/files.ts'
import { insideRoot, resolvePath } from '../../base/paths.ts'
import { sandboxed } from '../../base/sql-sandbox.ts'
import { citeRunSet } from '../../registry/inspect.ts'
import { writeLabDatabase } from '../../registry/lab-database.ts'
import type { LabRunSet } from '../../registry/lab-source.ts'
import { findReference } from '../../registry/reference.ts'
import { evaluate, resolveRunSet } from '../../registry/resolve.ts'
import { getRunSet } from '../../registry/runsets.ts'
import type { Context } from '../command.ts'
import { stampOf } from '../registry/registration.ts'

/** Parameters of a request that limit what its SQL may use. */
export interface LabLimits {
  /** Seconds for all SQL of the request. */
  timeout: number
  /** E.g. `512MB`. */
  memory: string
  kinds?: string[]
  no_verify: boolean
}

export interface Found {
  runset: LabRunSet
  source: LabSource
}

/**
 * The RunSet of a reference with the answer that counts for it: the one named, else the pin, else the newest; a draft is resolved. A
 * warning says where the facts have moved on since.
 */
export async function foundRunSet(reference: string, context: Context): Promise<Found & { warnings: string[] }> {
  const { root } = context
  let view = await getRunSet(root, reference)
  if (view.resolution === undefined) {
    await resolveRunSet(root, reference, stampOf(context))
    view = await getRunSet(root, reference)
  }
  const { spec, resolution, pin } = view
  if (resolution === undefined) throw new Error(`${reference} has no resolution`)
  const mode = view.mode === 'reproducible' ? ('reproducible' as const) : ('exploratory' as const)
  const pinned = mode === 'reproducible' ? pin : undefined
  const cited = pinned === undefined ? {} : await citeRunSet(root, `${spec.runsetId}@pin.${pinned.pin}`)
  // However a pin is spelled, a report of it is the same.
  const meant = pinned === undefined ? reference : `${spec.runsetId}@pin.${pinned.pin}`
  const source: LabSource = {
    reference: meant,
    runsetId: spec.runsetId,
    mode,
    runCount: resolution.runIds.length,
    specHash: resolution.specHash,
    resolutionId: resolution.resolutionId,
    contentHash: resolution.contentHash,
    artifactsHash: resolution.artifactsHash,
    ...(pinned === undefined ? {} : { pin: pinned.pin, ...cited }),
  }
  const runset: LabRunSet = { reference: meant, spec, resolution, ...(pinned === undefined ? {} : { pin: pinned }) }
  return {
    runset,
    source,
    warnings: mode === 'reproducible' ? [] : await overtaken(reference, resolution.resolutionId, context),
  }
}

/** What the selection gives now, where that is no longer what is read. */
async function overtaken(reference: string, resolutionId: string, context: Context): Promise<string[]> {
  const { state, record } = await findReference(context.root, reference)
  if (record !== undefined) return []
  const { resolution } = await evaluate(context.root, state, stampOf(context))
  if (resolution.resolutionId === resolutionId) return []
  return [
    `${reference} has changed since it was resolved: \`quantlab runset resolve ${reference}\` takes in what is new.`,
  ]
}

/** Answers of queries over RunSets. INVALID_CONFIG where the SQL is refused, fails or goes beyond a limit. */
export async function labAnswers(
  runsets: readonly LabRunSet[],
  queries: { name: string; sql: string; values: Record<string, ParameterValue> }[],
  { timeout, memory, kinds, no_verify }: LabLimits,
  rows: number,
  context: Context,
): Promise<SelectAnswer[]> {
  const folder = storing(tmpdir(), () => mkdtempSync(join(tmpdir(), 'quantlab-lab-')))
  try {
    const path = join(folder, 'lab.duckdb')
    await writeLabDatabase(context.root, path, runsets, {
      verify: !no_verify,
      ...(kinds === undefined ? {} : { kinds }),
    })
    const task = { path, queries, memory: bytesOf(memory), rows, bytes: RESULT_CHARACTERS }
    const answers = await sandboxed(task, timeout, context.abort)
    refuseUnused(queries, answers)
    return answers
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One result is held whole, here and by the caller. */
const RESULT_CHARACTERS = 64 * 1024 * 1024

function refuseUnused(queries: { values: Record<string, ParameterValue> }[], answers: readonly SelectAnswer[]): void {
  const used = new Set(answers.flatMap(({ parameters }) => parameters))
  const unused = Object.keys(queries[0]?.values ?? {}).filter(name => !used.has(name))
  if (unused.length === 0) return
  const message = `No SQL uses the parameter ${unused.map(name => `$${name}`).join(', ')}`
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/param', message }] })
}

const UNITS: Record<string, number> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 1024,
  MIB: 1024 * 1024,
  GIB: 1024 * 1024 * 1024,
}

function bytesOf(memory: string): number {
  const [, number, unit] = /^(\d+)\s*(\w+)$/.exec(memory) as RegExpExecArray
  return Number(number) * UNITS[unit.toUpperCase()]
}

/** `name=value` texts as parameters: a value that is a JSON number, text, true, false or null is that, any other is text. */
export function parametersOf(texts: readonly string[] | undefined): Record<string, ParameterValue> {
  const values = new Map<string, ParameterValue>()
  const faults: ErrorDetail[] = []
  for (const [index, text] of (texts ?? []).entries()) {
    const cut = text.indexOf('=')
    const name = text.slice(0, cut)
    if (values.has(name))
      faults.push({ pointer: `/params/param/${index}`, message: `the parameter ${name} is given twice` })
    values.set(name, parameterOf(text.slice(cut + 1)))
  }
  if (faults.length > 0)
    throw fail('INVALID_CONFIG', { message: faults.map(fault => fault.message).join('; ') }, { details: faults })
  return Object.fromEntries(values)
}

function parameterOf(text: string): ParameterValue {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? text : (value as ParameterValue)
  } catch {
    return text
  }
}

/** Text of a file that the caller names. INVALID_CONFIG where it cannot be read. */
export function fileText(name: string, what: string, pointer: string, context: Context): string {
  const path = resolvePath(context.root, context.cwd, name)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = hasCode(error, 'ENOENT') ? 'there is no such file' : (error as Error).message
    const message = `The ${what} ${name} cannot be read: ${why}`
    throw fail('INVALID_CONFIG', { message }, { details: [{ pointer, message }] })
  }
}

/** Where a result is to be written: below the root, and never among facts, data or finished runs. */
export function outPath(name: string, endings: readonly string[], context: Context): string {
  const path = insideRoot(context.root, context.cwd, name)
  const below = relative(context.root, path).split(sep)
  const kept = below[0] === 'lake' || (below[0] === 'outputs' && below[1] !== 'lab')
  const known = endings.some(ending => path.toLowerCase().endsWith(ending))
  if (!kept && known) return path
  const message = kept
    ? `${name} lies where facts, data and finished runs are kept`
    : `${name} ends in none of ${endings.join(', ')}: the ending says what is written`
  const hint = kept ? 'Write below outputs/lab/, or anywhere else below the root.' : undefined
  throw fail(
    'INVALID_CONFIG',
    { message },
    { details: [{ pointer: '/params/out', message }], ...(hint ? { hint } : {}) },
  )
}

/** Write a result, replacing an earlier one in one step. */
export function writeOut(path: string, text: string): void {
  makeFolder(dirname(path))
  replaceFile(path, text)
}
