/** Selections: what a caller writes → the one normalised form that is hashed, or every fault of it at once. */

import { canonicalJson } from '../base/canonical.ts'
import { type ErrorDetail, fail, type GatewayError } from '../base/errors.ts'
import { isoInstant } from '../base/time.ts'
import { distinctSorted } from './ids.ts'
import { parseInstant } from './time-bounds.ts'
import type {
  ParamConstraint,
  Select,
  SelectionInput,
  SetOperand,
  SetSelect,
  StrategyFilter,
  TimeBounds,
  Universe,
  WhereSelect,
} from './types.ts'

export const RUN_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const HASH_PATTERN = /^[0-9a-f]{64}$/
const WINDOW_MATCHES = ['within', 'overlap', 'executed'] as const
const LISTS = ['chains', 'venues', 'tokenSources', 'callers'] as const
const AMOUNTS = ['minMarketCap', 'maxMarketCap', 'minVolume'] as const

type Faults = { pointer: string; message: string }[]

/**
 * The normalised selection of flat fields: `runIds` makes the ids form with the other conditions as assertions; any
 * condition on data set, time, universe or strategy the where form; `runTags` alone the tags form. Lists are sets, defaults
 * and empties are dropped, times are UTC instants. INVALID_SPEC with one line a fault.
 */
export function normaliseSelection(input: SelectionInput): Select {
  const faults: Faults = []
  const where = normaliseWhere(input, faults)
  const ids = textSet(input.runIds, 'runIds', faults)
  const select = ids !== undefined ? idsForm(ids, where) : whereOrTags(where, faults)
  if (faults.length > 0) throw invalidSpec(faults)
  return select as Select
}

/** The error of a selection, one line a fault. */
export function invalidSpec(faults: readonly { pointer: string; message: string }[]): GatewayError {
  const details: ErrorDetail[] = faults.map(({ pointer, message }) => ({
    pointer: `/${pointer.replaceAll('.', '/')}`,
    message,
  }))
  return fail(
    'INVALID_SPEC',
    { message: faults.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n') },
    { details },
  )
}

/** Set algebra with the children of union and intersect sorted by their canonical JSON, and equal ones merged. */
export function normaliseSet(set: SetSelect): SetSelect {
  const of = set.of.map(operand => ('op' in operand ? normaliseSet(operand) : operand))
  if (set.op === 'minus') return { op: set.op, of }
  const flat = of.flatMap(operand => ('op' in operand && operand.op === set.op ? operand.of : [operand]))
  const byText = new Map<string, SetOperand>(flat.map(operand => [canonicalJson(operand), operand]))
  return { op: set.op, of: distinctSorted([...byText.keys()]).map(text => byText.get(text) as SetOperand) }
}

function idsForm(ids: string[], where: WhereSelect): Select {
  const { statuses: _, ...asserted } = where
  return Object.keys(asserted).length === 0 ? { ids } : { ids, assert: asserted }
}

function whereOrTags(where: WhereSelect, faults: Faults): Select | undefined {
  const { runTags, statuses, ...conditions } = where
  if (Object.keys(conditions).length === 0) {
    if (runTags !== undefined) return { tags: runTags, ...(statuses === undefined ? {} : { statuses }) }
    if (faults.length === 0) {
      faults.push({
        pointer: 'select',
        message: 'selects nothing: give a data set with time bounds, run ids or run tags',
      })
    }
    return undefined
  }
  if (where.datasetId === undefined) faults.push({ pointer: 'datasetId', message: 'is required' })
  if (where.timeBounds === undefined && !faults.some(({ pointer }) => pointer.startsWith('timeBounds'))) {
    faults.push({ pointer: 'timeBounds', message: 'from and to are required' })
  }
  return { where }
}

function normaliseWhere(input: WhereSelect, faults: Faults): WhereSelect {
  const statuses = textSet(input.statuses, 'statuses', faults)
  for (const status of statuses ?? []) {
    if (!(RUN_STATUSES as readonly string[]).includes(status)) {
      faults.push({ pointer: 'statuses', message: `${status} is none of ${RUN_STATUSES.join(', ')}` })
    }
  }
  const isDefault = statuses?.length === 1 && statuses[0] === 'completed'
  const datasetId = text(input.datasetId)
  if (input.latest === true && datasetId === undefined) {
    faults.push({ pointer: 'latest', message: 'needs a data set family as datasetId' })
  }
  return pruned({
    datasetId,
    latest: input.latest === true ? true : undefined,
    universe: normaliseUniverse(input.universe, faults),
    timeBounds: normaliseTimes(input.timeBounds, faults),
    strategy: normaliseStrategy(input.strategy, faults),
    runTags: textSet(input.runTags, 'runTags', faults),
    statuses: isDefault ? undefined : statuses,
  })
}

/** A universe, declared or filtered on, with lists as sorted sets; undefined where it says nothing. */
export function normaliseUniverse(universe: Universe | undefined, faults: Faults): Universe | undefined {
  if (universe === undefined) return undefined
  const result: Universe = {}
  for (const name of LISTS) {
    const values = textSet(universe[name], `universe.${name}`, faults)
    if (values !== undefined) result[name] = values
  }
  for (const name of AMOUNTS) {
    const value = universe[name]
    if (value === undefined || value === null) continue
    if (Number.isFinite(value) && value > 0) result[name] = value
    else faults.push({ pointer: `universe.${name}`, message: `${value} is not an amount above 0` })
  }
  const { minMarketCap: min, maxMarketCap: max } = result
  if (min !== undefined && max !== undefined && min > max) {
    faults.push({ pointer: 'universe.minMarketCap', message: `${min} is above maxMarketCap ${max}` })
  }
  return orNothing(result)
}

function normaliseTimes(bounds: TimeBounds | undefined, faults: Faults): TimeBounds | undefined {
  if (bounds === undefined) return undefined
  const from = instant(bounds.from, 'timeBounds.from', false, faults)
  const to = instant(bounds.to, 'timeBounds.to', true, faults)
  if (from !== undefined && to !== undefined && from >= to) {
    faults.push({ pointer: 'timeBounds.from', message: `${bounds.from} is not before ${bounds.to}` })
  }
  const match = bounds.match
  if (match !== undefined && !WINDOW_MATCHES.includes(match)) {
    faults.push({ pointer: 'timeBounds.match', message: `${match} is none of ${WINDOW_MATCHES.join(', ')}` })
  }
  if (from === undefined || to === undefined) return undefined
  return pruned({
    from: isoInstant(from),
    to: isoInstant(to),
    alertWindowPolicy: text(bounds.alertWindowPolicy),
    match: match === 'within' ? undefined : match,
  }) as TimeBounds
}

function instant(value: string | undefined, pointer: string, endOfDay: boolean, faults: Faults): number | undefined {
  if (value === undefined || value === '') {
    faults.push({ pointer, message: 'is required' })
    return undefined
  }
  const parsed = parseInstant(value, endOfDay)
  if (typeof parsed === 'number') return parsed
  faults.push({ pointer, message: parsed })
  return undefined
}

function normaliseStrategy(strategy: StrategyFilter | undefined, faults: Faults): StrategyFilter | undefined {
  if (strategy === undefined) return undefined
  const strategyHash = text(strategy.strategyHash)?.toLowerCase()
  if (strategyHash !== undefined && !HASH_PATTERN.test(strategyHash)) {
    faults.push({ pointer: 'strategy.strategyHash', message: `${strategyHash} is not 64 hex digits` })
  }
  const constraints: Record<string, ParamConstraint> = {}
  for (const [path, constraint] of Object.entries(strategy.paramConstraints ?? {})) {
    const normal = normaliseConstraint(path, constraint, faults)
    if (normal !== undefined) constraints[path] = normal
  }
  return orNothing(
    pruned({
      strategyFamily: text(strategy.strategyFamily),
      strategyHash,
      engineVersion: text(strategy.engineVersion),
      paramConstraints: orNothing(constraints),
    }),
  )
}

const UNSAFE_SEGMENTS = ['__proto__', 'constructor', 'prototype']

function normaliseConstraint(path: string, given: ParamConstraint, faults: Faults): ParamConstraint | undefined {
  const pointer = `strategy.paramConstraints.${path}`
  if (path === '' || path.split('.').some(segment => segment === '' || UNSAFE_SEGMENTS.includes(segment))) {
    faults.push({ pointer, message: 'is not a parameter path' })
    return undefined
  }
  const { min, max, eq } = given
  for (const [name, bound] of Object.entries({ min, max })) {
    if (bound !== undefined && !Number.isFinite(bound)) faults.push({ pointer, message: `${name} is not a number` })
  }
  if (min !== undefined && max !== undefined && min > max) {
    faults.push({ pointer, message: `min ${min} is above max ${max}` })
  }
  // A null is a value here: the parameter must be null.
  return orNothing({ ...pruned({ min, max }), ...(eq === undefined ? {} : { eq }) })
}

/** Values of a list as a sorted set, NFC; undefined where it is empty or absent. */
function textSet(values: readonly string[] | undefined, pointer: string, faults: Faults): string[] | undefined {
  if (values === undefined || values === null) return undefined
  const found: string[] = []
  for (const value of values) {
    if (typeof value !== 'string' || !value.isWellFormed() || /\p{Cc}/u.test(value)) {
      faults.push({ pointer, message: `${JSON.stringify(value)} is not plain text` })
    } else if (value.trim() !== '') found.push(value.trim().normalize('NFC'))
  }
  return found.length === 0 ? undefined : distinctSorted(found)
}

function text(value: string | undefined): string | undefined {
  const plain = value?.trim().normalize('NFC')
  return plain === '' ? undefined : plain
}

/** The object without its undefined values. */
export function pruned<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && item !== null)) as T
}

function orNothing<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value
}
