/** Parameter space → ordered trials with ids and seeds, each computed from its number when it is asked for. */

import { canonicalJson, sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { overridePaths, pathSegments } from './paths.ts'

/** One swept parameter: any path of the request and the values it takes. */
export interface Parameter {
  path: string
  values: readonly unknown[]
}

/** One axis of a space; plain data. */
export interface Dimension {
  path: string
  /** Distinct values in their order; null for a range that numbers are drawn from. */
  values: readonly unknown[] | null
  /** Canonical JSON of each value. */
  texts: readonly string[]
}

/** One given parameter set of a batch. */
export interface Variation {
  variationId: string
  overrides: Record<string, unknown>
}

/** All trials of a sweep, plain data whose size does not grow with their number unless they are drawn or listed. */
export interface TrialSpace {
  /** Sorted by path (UTF-16). */
  dimensions: readonly Dimension[]
  /** Number of trials. */
  size: number
  /** For drawn trials, one row of `dimensions.length` per trial: the index of the value, or the number of a range; else null. */
  points: Float64Array | null
  /** For batches, the id and the values by path of each trial; else null. */
  list: readonly { id: string; parameters: Record<string, unknown> }[] | null
}

/** Trials a sweep may have unless the caller raises it. */
export const MAX_TRIALS = 1_000_000

/**
 * Every combination: parameters sorted by path, values distinct and sorted, the last path varying fastest, so that neither the order
 * of the caller's keys nor that of his values matters. No parameters give one trial. INVALID_CONFIG for a parameter without
 * values, one given twice, or more than `maxTrials` combinations.
 */
export function gridSpace(parameters: readonly Parameter[], maxTrials = MAX_TRIALS): TrialSpace {
  const dimensions = dimensionsOf(parameters, ({ path, values }) => listDimension(path, values))
  const size = dimensions.reduce((product, { texts }) => product * texts.length, 1)
  if (size > maxTrials) throw tooMany(`The grid has ${size} combinations`, maxTrials)
  return { dimensions, size, points: null, list: null }
}

/** The given parameter sets, in their order; INVALID_CONFIG for none, a repeated id, or more than `maxTrials`. */
export function variationSpace(variations: readonly Variation[], maxTrials = MAX_TRIALS): TrialSpace {
  if (variations.length === 0) throw fail('INVALID_CONFIG', { message: 'variations is empty: name at least one.' })
  if (variations.length > maxTrials) throw tooMany(`There are ${variations.length} variations`, maxTrials)
  const ids = new Set<string>()
  const list = variations.map(({ variationId: id, overrides }) => {
    if (ids.has(id)) throw fail('INVALID_CONFIG', { message: `variationId '${id}' is given twice; ids must differ.` })
    ids.add(id)
    return { id, parameters: overridePaths(overrides) }
  })
  const paths = [...new Set(list.flatMap(({ parameters }) => Object.keys(parameters)))].sort()
  const given = (path: string) =>
    list.filter(({ parameters }) => Object.hasOwn(parameters, path)).map(one => one.parameters[path])
  return {
    dimensions: paths.map(path => listDimension(path, given(path))),
    size: list.length,
    points: null,
    list,
  }
}

/** Sorted dimensions of parameters whose paths must differ. */
export function dimensionsOf<P extends { path: string }>(
  parameters: readonly P[],
  dimension: (parameter: P) => Dimension,
): Dimension[] {
  const sorted = [...parameters].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  sorted.forEach(({ path }, k) => {
    pathSegments(path)
    if (k > 0 && path === sorted[k - 1].path)
      throw fail('INVALID_CONFIG', { message: `Parameter '${path}' is given twice.` })
  })
  return sorted.map(dimension)
}

/** Values made distinct by their canonical JSON and sorted null < false < true < numbers < strings by code unit < others by canonical JSON. */
export function listDimension(path: string, values: readonly unknown[]): Dimension {
  if (values.length === 0) {
    throw fail('INVALID_CONFIG', { message: `Parameter '${path}' has no values; give at least one or leave it out.` })
  }
  const byText = new Map(values.map(value => [canonicalJson(value), value]))
  const sorted = [...byText].sort(([a, x], [b, y]) => compareValues(x, y) || (a < b ? -1 : 1))
  return { path, values: sorted.map(([, value]) => (value === 0 ? 0 : value)), texts: sorted.map(([text]) => text) }
}

/** The index of each dimension's value for a trial of a grid, written to `out`. */
export function gridDigits({ dimensions }: TrialSpace, trial: number, out: number[]): number[] {
  let rest = trial
  for (let d = dimensions.length - 1; d >= 0; d--) {
    const { length } = dimensions[d].texts
    out[d] = rest % length
    rest = Math.floor(rest / length)
  }
  return out
}

/** The values of a trial in the order of the dimensions; undefined where a batch leaves the request as it is. */
export function trialValues(space: TrialSpace, trial: number): unknown[] {
  const { dimensions, points, list } = space
  if (list !== null) return dimensions.map(({ path }) => list[trial].parameters[path])
  if (points === null) {
    const digits = gridDigits(space, trial, [])
    return dimensions.map(({ values }, d) => (values as readonly unknown[])[digits[d]])
  }
  return dimensions.map(({ values }, d) => {
    const point = points[trial * dimensions.length + d]
    return values === null ? point : values[point]
  })
}

/** The parameter set of a trial: path → value. */
export function trialParameters(space: TrialSpace, trial: number): Record<string, unknown> {
  if (space.list !== null) return space.list[trial].parameters
  const values = trialValues(space, trial)
  return Object.fromEntries(space.dimensions.map(({ path }, d) => [path, values[d]]))
}

/** Variation id of a trial: that of its parameters, or the one a batch gave. */
export function trialId(space: TrialSpace, trial: number): string {
  return space.list === null ? idOf(parametersText(space, trial)) : space.list[trial].id
}

/** Seed of a trial: that of its parameters. */
export function trialSeed(space: TrialSpace, trial: number, baseSeed: number): number {
  return seedOf(parametersText(space, trial), baseSeed)
}

/** Id and seed of a trial at once, for tables that name every one. */
export function trialIdentity(space: TrialSpace, trial: number, baseSeed: number): { id: string; seed: number } {
  const text = parametersText(space, trial)
  return { id: space.list === null ? idOf(text) : space.list[trial].id, seed: seedOf(text, baseSeed) }
}

/** `sweep-` and the first 12 hex digits of the SHA-256 of the canonical JSON of a parameter set. */
export function variationId(parameters: Record<string, unknown>): string {
  return idOf(canonicalJson(parameters))
}

/** Seed of a parameter set: 48 bits of a hash of base seed and parameters, whatever else is in the sweep. */
export function variationSeed(parameters: Record<string, unknown>, baseSeed: number): number {
  return seedOf(canonicalJson(parameters), baseSeed)
}

/** Refusal of a sweep that is larger than its limit. */
export function tooMany(what: string, maxTrials: number): Error {
  return fail(
    'INVALID_CONFIG',
    { message: `${what}, more than max_trials ${maxTrials}.` },
    { hint: 'Use fewer values, draw n_trials of them with method random or sobol, or raise max_trials.' },
  )
}

function idOf(text: string): string {
  return `sweep-${sha256Hex(text).slice(0, 12)}`
}

function seedOf(text: string, baseSeed: number): number {
  const hash = sha256Hex(`{"_t":"sweep.seed","baseSeed":${canonicalJson(baseSeed)},"params":${text},"v":1}`)
  return Number.parseInt(hash.slice(0, 12), 16)
}

/** Canonical JSON of a trial's parameters, put together from that of the values: the paths are sorted as it wants its keys. */
function parametersText(space: TrialSpace, trial: number): string {
  const { dimensions, points, list } = space
  if (list !== null) return canonicalJson(list[trial].parameters)
  const digits = points === null ? gridDigits(space, trial, []) : null
  const members = dimensions.map(({ path, values, texts }, d) => {
    const point = digits === null ? (points as Float64Array)[trial * dimensions.length + d] : digits[d]
    return `${JSON.stringify(path)}:${values === null ? canonicalJson(point) : texts[point]}`
  })
  return `{${members.join(',')}}`
}

function compareValues(a: unknown, b: unknown): number {
  const kind = kindOf(a) - kindOf(b)
  if (kind !== 0) return kind
  if (typeof a === 'number') return a - (b as number)
  if (typeof a === 'string') return a < (b as string) ? -1 : a > (b as string) ? 1 : 0
  return 0
}

function kindOf(value: unknown): number {
  if (value === null) return 0
  if (value === false) return 1
  if (value === true) return 2
  return typeof value === 'number' ? 3 : typeof value === 'string' ? 4 : 5
}
