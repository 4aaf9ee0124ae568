/** A RunSet written as a JSON document: the flat fields, the three selection forms, and the older spellings of both. */

import { nearest } from '../base/near.ts'
import { invalidSpec } from './selection.ts'
import type { RunSetInput } from './types.ts'

type Json = Record<string, unknown>
type Faults = { pointer: string; message: string }[]

/** Older and shorter spellings → the field they mean. */
const TOP: Record<string, string> = {
  id: 'runsetId',
  runset_id: 'runsetId',
  created_by: 'createdBy',
  runs_where: 'where',
  run_ids: 'runIds',
  ids: 'runIds',
  run_tags: 'runTags',
}
const WHERE: Record<string, string> = {
  dataset_id: 'datasetId',
  dataset: 'datasetId',
  time_bounds: 'timeBounds',
  run_tags: 'runTags',
  caller: 'universe.callers',
  callers: 'universe.callers',
  chain: 'universe.chains',
  venue: 'universe.venues',
  token_source: 'universe.tokenSources',
  min_market_cap: 'universe.minMarketCap',
  max_market_cap: 'universe.maxMarketCap',
  min_volume: 'universe.minVolume',
  from: 'timeBounds.from',
  to: 'timeBounds.to',
  match: 'timeBounds.match',
  alert_window_policy: 'timeBounds.alertWindowPolicy',
  strategy_family: 'strategy.strategyFamily',
  strategy_hash: 'strategy.strategyHash',
  engine_version: 'strategy.engineVersion',
}

const SHAPES: Record<string, Record<string, 'text' | 'texts' | 'number' | 'boolean' | 'object'>> = {
  '': {
    runsetId: 'text',
    name: 'text',
    description: 'text',
    notes: 'text',
    createdBy: 'text',
    expr: 'text',
    tags: 'texts',
    runIds: 'texts',
    runTags: 'texts',
    statuses: 'texts',
    datasetId: 'text',
    latest: 'boolean',
    universe: 'object',
    timeBounds: 'object',
    strategy: 'object',
  },
  universe: {
    chains: 'texts',
    venues: 'texts',
    tokenSources: 'texts',
    callers: 'texts',
    minMarketCap: 'number',
    maxMarketCap: 'number',
    minVolume: 'number',
  },
  timeBounds: { from: 'text', to: 'text', match: 'text', alertWindowPolicy: 'text' },
  strategy: { strategyFamily: 'text', strategyHash: 'text', engineVersion: 'text', paramConstraints: 'object' },
}

/** Fields that a written-out spec carries and that follow from others. */
const DERIVED = new Set(['frozen', 'createdAt', 'specVersion', 'specHash', 'written', 'mode'])

/**
 * Read a RunSet document. `select` may hold `where`, `ids` or `tags`; `runs_where`, `run_ids` and flat names with underscores are
 * taken too. INVALID_SPEC with every unknown key and wrong type. What the fields say is checked when the selection is normalised.
 */
export function specInput(document: unknown): RunSetInput {
  const faults: Faults = []
  const out: Json = {}
  if (!isObject(document)) throw invalidSpec([{ pointer: 'spec', message: 'is not a JSON object' }])
  for (const [key, value] of Object.entries(document)) {
    const name = TOP[key] ?? key
    if (DERIVED.has(name) || value === null) continue
    if (name === 'select' || name === 'where') takeForm(name, value, out, faults)
    else put(WHERE[key] ?? name, value, key, out, faults)
  }
  if (faults.length > 0) throw invalidSpec(faults)
  return out as unknown as RunSetInput
}

/** A selection form: `{where: {…}}`, `{ids: […], assert?}`, `{tags: […]}`, or the conditions themselves. */
function takeForm(pointer: string, value: unknown, out: Json, faults: Faults): void {
  if (!isObject(value)) {
    faults.push({ pointer, message: 'is not an object' })
    return
  }
  for (const [key, item] of Object.entries(value)) {
    const at = `${pointer}.${key}`
    if (pointer === 'select' && (key === 'where' || key === 'runs_where' || key === 'assert'))
      takeForm('where', item, out, faults)
    else if (pointer === 'select' && (key === 'ids' || key === 'run_ids')) put('runIds', item, at, out, faults)
    // Inside a selection `tags` selects runs; beside it, it labels the RunSet.
    else if (pointer === 'select' && key === 'tags') put('runTags', item, at, out, faults)
    else put(WHERE[key] ?? key, item, at, out, faults)
  }
}

function put(path: string, value: unknown, pointer: string, out: Json, faults: Faults): void {
  const [group, field] = path.includes('.') ? path.split('.') : ['', path]
  const shape = SHAPES[group] as Record<string, string>
  const type = Object.hasOwn(shape, field) ? shape[field] : undefined
  if (type === undefined) {
    const near = nearest(field, [...Object.keys(shape), ...Object.keys(WHERE)])
    faults.push({ pointer, message: near === undefined ? 'is unknown' : `is unknown; did you mean ${near}?` })
    return
  }
  if (type === 'object' && group === '' && SHAPES[field] !== undefined) {
    if (!isObject(value)) faults.push({ pointer, message: 'is not an object' })
    else for (const [key, item] of Object.entries(value)) put(`${field}.${key}`, item, `${pointer}.${key}`, out, faults)
    return
  }
  if (group !== '' && out[group] === undefined) out[group] = {}
  const target = group === '' ? out : (out[group] as Json)
  const given = type === 'texts' && typeof value === 'string' ? [value] : value
  if (!fits(type, given)) faults.push({ pointer, message: `is not ${NAMES[type]}` })
  else target[field] = given
}

const NAMES: Record<string, string> = {
  text: 'a text',
  texts: 'a list of texts',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object of {min?, max?, eq?} by parameter path',
}

function fits(type: string, value: unknown): boolean {
  if (type === 'text') return typeof value === 'string'
  if (type === 'texts') return Array.isArray(value) && value.every(item => typeof item === 'string')
  if (type === 'object') return isObject(value) && Object.values(value).every(isConstraint)
  return typeof value === type
}

/** `{min?, max?, eq?}`. */
function isConstraint(value: unknown): boolean {
  if (!isObject(value)) return false
  const { min, max, eq: _, ...rest } = value
  return Object.keys(rest).length === 0 && [min, max].every(bound => bound === undefined || typeof bound === 'number')
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
