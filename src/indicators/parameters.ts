/** Shape of one catalogue row, and the check of a caller's parameters against it. */

import { type ErrorDetail, fail } from '../base/errors.ts'

/** Columns an indicator can read; all of equal length, null where the data set has none. `Bars` has this shape. */
export interface Columns {
  open: Float64Array | null
  high: Float64Array | null
  low: Float64Array | null
  close: Float64Array | null
  volume: Float64Array | null
}

export type ColumnName = keyof Columns

/** `quote`: unit of the input series · `ratio`: 0.12 = 12 % · `dimensionless`: a score, a coefficient, or an index 0…100. */
export type IndicatorUnit = 'quote' | 'ratio' | 'dimensionless'

/** One numeric parameter with its inclusive bounds. */
export interface IndicatorParameter {
  default: number
  min: number
  max: number
  /** True where only whole numbers are accepted. */
  integer: boolean
  unit: 'bars' | 'dimensionless'
  description: string
}

/** One catalogue row: everything a generic caller (rules, features, documents) needs to offer the indicator. */
export interface Indicator {
  description: string
  /** Columns it reads. One that reads only `close` works on any series put in its place. */
  inputs: readonly ColumnName[]
  parameters: Readonly<Record<string, IndicatorParameter>>
  outputs: readonly string[]
  units: Readonly<Record<string, IndicatorUnit>>
  /** Bars before the first one at which every output is defined, on data without undefined values. */
  warmup(params: Record<string, number>): number
  /** What is wrong with the parameters taken together; null when nothing is. */
  conflict?(params: Record<string, number>): { parameter: string; message: string } | null
  /** New series by output name; `params` complete and checked, the `inputs` present: `indicatorFor` sees to both. */
  compute(columns: Columns, params: Record<string, number>): Record<string, Float64Array>
}

/**
 * The parameters of an indicator with its defaults filled in. Refuses unknown names, anything but numbers within the bounds
 * and conflicting ones, all faults at once (STRATEGY_ERROR); `pointer` is the JSON pointer of the parameters' object.
 */
export function resolveParameters(
  name: string,
  indicator: Indicator,
  given: Readonly<Record<string, unknown>>,
  pointer: string,
): Record<string, number> {
  const { parameters } = indicator
  const faults: ErrorDetail[] = []
  const params: Record<string, number> = {}
  for (const key of Object.keys(parameters)) {
    const value = Object.hasOwn(given, key) && given[key] !== undefined ? given[key] : parameters[key].default
    params[key] = value as number
    const message = faultOf(key, value, parameters[key])
    if (message !== null) faults.push({ pointer: `${pointer}/${key}`, message, expected: parameters[key] })
  }
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(parameters, key)) continue
    const suggestion = nearMiss(key, Object.keys(parameters))
    const message = `unknown parameter "${key}"${didYouMean(suggestion)}`
    faults.push({
      pointer: `${pointer}/${escapePointer(key)}`,
      message,
      ...(suggestion === null ? {} : { suggestion }),
    })
  }
  if (faults.length === 0) {
    const conflict = indicator.conflict?.(params) ?? null
    if (conflict !== null) faults.push({ pointer: `${pointer}/${conflict.parameter}`, message: conflict.message })
  }
  if (faults.length > 0) {
    const message = `indicator ${name}: ${faults.map(fault => fault.message).join('; ')}`
    const names = Object.keys(parameters).join(', ') || 'none'
    throw fail('STRATEGY_ERROR', { message }, { details: faults, hint: `Parameters of ${name}: ${names}` })
  }
  return params
}

/** The candidate at most a third of its letters away from `word`, null when there is none; ties go to the earlier one. */
export function nearMiss(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Number.POSITIVE_INFINITY
  // A caller's name can be of any length; nothing that long is a slip of the finger.
  if (word.length > 64) return null
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= Math.max(1, Math.floor(candidate.length / 3)) && distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** `: did you mean "sma"?`, or nothing. */
export function didYouMean(suggestion: string | null): string {
  return suggestion === null ? '' : `: did you mean "${suggestion}"?`
}

function faultOf(key: string, value: unknown, { min, max, integer }: IndicatorParameter): string | null {
  const valid = typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value))
  if (valid) return null
  const got = typeof value === 'number' || typeof value === 'boolean' || value === null ? String(value) : typeof value
  return `${key} must be a ${integer ? 'whole ' : ''}number from ${min} to ${max}; got ${got}`
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Letters to insert, remove, replace or swap with the next one (Damerau–Levenshtein, each place once). */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)])
  for (let j = 1; j <= b.length; j++) rows[0][j] = j
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1)
    }
  }
  return rows[a.length][b.length]
}
