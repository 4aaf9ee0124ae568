/** Shape of one catalogue row, and the check of a caller's parameters against it. */

import { type ErrorDetail, fail } from '../base/errors.ts'
import { nearest } from '../base/near.ts'

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
    const suggestion = nearest(key, Object.keys(parameters))
    const message = `unknown parameter "${key}"${didYouMean(suggestion)}`
    faults.push({
      pointer: `${pointer}/${escapePointer(key)}`,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
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

/** `: did you mean "sma"?`, or nothing. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : `: did you mean "${suggestion}"?`
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
