/** Trials drawn from a parameter space: uniformly at random, or evenly spread by a Sobol sequence. */

import { canonicalJson } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { Random } from '../base/random.ts'
import {
  type Dimension,
  dimensionsOf,
  listDimension,
  MAX_TRIALS,
  type Parameter,
  type TrialSpace,
  tooMany,
} from './grid.ts'
import { nextPoint, SOBOL_DIMENSIONS, sobol } from './sobol.ts'

/** A range of numbers: every multiple of `step` above `min`, or without a step any number from `min` to `max`. */
export interface RangeParameter {
  path: string
  min: number
  max: number
  step?: number
  /** Even on the logarithm instead; not together with `step`. */
  log?: boolean
}

export type SampledParameter = Parameter | RangeParameter

/** Values a stepped range may have. */
const MAX_STEPS = 1_000_000

/** A parameter with its values written out; INVALID_CONFIG for a range without a step, which only drawing can use. */
export function listedParameter(parameter: SampledParameter): Parameter {
  if ('values' in parameter) return parameter
  const { path, step } = parameter
  if (step === undefined) {
    throw fail('INVALID_CONFIG', {
      message: `A grid needs values for '${path}': give values or a step, or draw with method random or sobol.`,
    })
  }
  return { path, values: steps(checkedRange(parameter), step) }
}

/**
 * `trials` distinct trials drawn with `seed`; the same seed gives the same trials, and more of them begin with the same ones. Where
 * the space has no more than `trials` members it is returned whole, in grid order. INVALID_CONFIG for a bad range, no
 * parameters, more than 22 of them with `sobol`, or more than `maxTrials`.
 */
export function sampledSpace(
  parameters: readonly SampledParameter[],
  method: 'random' | 'sobol',
  trials: number,
  seed: number,
  maxTrials = MAX_TRIALS,
): TrialSpace {
  if (!(Number.isInteger(trials) && trials > 0))
    throw fail('INVALID_CONFIG', { message: `n_trials ${trials} must be a whole number above 0.` })
  if (trials > maxTrials) throw tooMany(`n_trials is ${trials}`, maxTrials)
  if (parameters.length === 0) throw fail('INVALID_CONFIG', { message: `Method ${method} needs parameters to draw.` })
  const ranges = new Map<string, RangeParameter>()
  const dimensions = dimensionsOf(parameters, parameter => {
    if ('values' in parameter || parameter.step !== undefined) {
      const { path, values } = listedParameter(parameter)
      return listDimension(path, values)
    }
    ranges.set(parameter.path, checkedRange(parameter))
    return { path: parameter.path, values: null, texts: [] }
  })
  if (method === 'sobol' && dimensions.length > SOBOL_DIMENSIONS) {
    throw fail('INVALID_CONFIG', {
      message: `Method sobol covers ${SOBOL_DIMENSIONS} parameters, not ${dimensions.length}; use method random.`,
    })
  }
  const combinations = ranges.size > 0 ? Number.POSITIVE_INFINITY : dimensions.reduce((n, d) => n * d.texts.length, 1)
  if (combinations <= trials) return { dimensions, size: combinations, points: null, list: null }
  const points = draw(dimensions, ranges, cube(method, dimensions.length, seed), trials, combinations)
  return { dimensions, size: trials, points, list: null }
}

/** Fills a point of the unit cube. */
type Cube = (out: Float64Array) => void

function cube(method: 'random' | 'sobol', dimensions: number, seed: number): Cube {
  const random = new Random(seed)
  if (method === 'sobol') {
    const sequence = sobol(dimensions, random)
    return out => nextPoint(sequence, out)
  }
  return out => {
    for (let d = 0; d < out.length; d++) out[d] = random.next()
  }
}

/** The rows of `TrialSpace.points`, in memory that worker threads share. */
function draw(
  dimensions: readonly Dimension[],
  ranges: ReadonlyMap<string, RangeParameter>,
  next: Cube,
  trials: number,
  combinations: number,
): Float64Array {
  const width = dimensions.length
  const points = new Float64Array(new SharedArrayBuffer(trials * width * 8))
  const at = new Float64Array(width)
  // Above 2^53 members a repetition is as unlikely as a collision of ids.
  const drawn = combinations <= Number.MAX_SAFE_INTEGER ? new Set<number>() : null
  // A sequence that keeps hitting the same members ends; the rest is taken in grid order.
  let patience = 100 * trials + 10_000
  for (let row = 0; row < trials; ) {
    let member = 0
    next(at)
    for (let d = 0; d < width; d++) {
      const { path, texts } = dimensions[d]
      const range = ranges.get(path)
      const value = range === undefined ? Math.floor(at[d] * texts.length) : within(range, at[d])
      points[row * width + d] = value
      member = member * texts.length + value
    }
    if (drawn !== null && patience-- > 0 && drawn.has(member)) continue
    if (drawn?.has(member)) writeUndrawn(dimensions, drawn, points.subarray(row * width, (row + 1) * width))
    else drawn?.add(member)
    row++
  }
  return points
}

/** The first member in grid order that was not drawn yet. */
function writeUndrawn(dimensions: readonly Dimension[], drawn: Set<number>, out: Float64Array): void {
  let member = 0
  while (drawn.has(member)) member++
  drawn.add(member)
  for (let d = out.length - 1; d >= 0; d--) {
    out[d] = member % dimensions[d].texts.length
    member = Math.floor(member / dimensions[d].texts.length)
  }
}

function within({ min, max, log }: RangeParameter, u: number): number {
  if (log !== true) return min + u * (max - min)
  const low = Math.log(min)
  return Math.max(min, Math.min(max, Math.exp(low + u * (Math.log(max) - low))))
}

function checkedRange(range: RangeParameter): RangeParameter {
  const { path, min, max, step, log } = range
  const problem = !(Number.isFinite(min) && Number.isFinite(max) && min < max)
    ? `needs numbers min < max, not ${canonicalJson([min, max].map(one => (Number.isFinite(one) ? one : null)))}`
    : step !== undefined && !(step > 0 && Number.isFinite(step) && (max - min) / step <= MAX_STEPS)
      ? `has a bad step ${step}: it must be above 0 and give at most ${MAX_STEPS} values`
      : log === true && min <= 0
        ? `must have min above 0 to be drawn on a logarithmic scale, not ${min}`
        : log === true && step !== undefined
          ? 'cannot have both log and step; list the values'
          : null
  if (problem !== null) throw fail('INVALID_CONFIG', { message: `The range of '${path}' ${problem}.` })
  return range
}

/** min, min + step, … up to max, rounded to 12 digits so that 0.1 + 2 · 0.1 is 0.3. */
function steps({ min, max }: RangeParameter, step: number): number[] {
  const count = Math.floor((max - min) / step + 1e-9) + 1
  return Array.from({ length: count }, (_, k) => Number((min + k * step).toPrecision(12)))
}
