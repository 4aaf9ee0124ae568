/** The selection of a RunSet as callers spell it: parameters, or a specification file in any of its published layouts. */

import { readFileSync } from 'node:fs'
import type { RunsetCreateRequest } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { scanJson } from '../base/json.ts'
import { nearest } from '../base/near.ts'
import { resolvePath } from '../base/paths.ts'
import { invalidSpec, pruned } from '../registry/selection.ts'
import type {
  ParamConstraint,
  RunSetInput,
  SelectionInput,
  StrategyFilter,
  TimeBounds,
  Universe,
} from '../registry/types.ts'
import type { Context } from './command.ts'

type Faults = { pointer: string; message: string }[]
type Json = Record<string, unknown>

/** Parameters that say what is selected: none of them goes beside a specification file. */
const SELECTING = [
  ...(['dataset', 'from', 'to', 'match', 'caller', 'chain', 'venue', 'token_source', 'min_market_cap'] as const),
  ...(['max_market_cap', 'min_volume', 'alert_window_policy', 'strategy_family', 'strategy_hash'] as const),
  ...(['engine_version', 'param', 'run_tags', 'run_ids', 'run_ids_file', 'status', 'expr'] as const),
] as const

/** The RunSet a request asks for. INVALID_SPEC with every fault of a file or a constraint. */
export function runsetInput(request: RunsetCreateRequest, context: Pick<Context, 'root' | 'cwd'>): RunSetInput {
  const { id, name, description, notes, tags, actor } = request
  const about = pruned({ name, description, notes, tags, createdBy: actor })
  if (request.spec === undefined) return { runsetId: id, ...about, ...selectionOf(request, context) }
  const beside = SELECTING.filter(key => request[key] !== undefined)
  if (beside.length > 0 || request.latest) {
    const names = [...beside, ...(request.latest ? ['latest'] : [])]
    throw invalidSpec(names.map(pointer => ({ pointer, message: 'cannot stand beside spec' })))
  }
  const { selection, labels } = specFile(request.spec, context)
  return { runsetId: id, ...labels, ...about, ...selection }
}

function selectionOf(
  request: RunsetCreateRequest,
  context: Pick<Context, 'root' | 'cwd'>,
): SelectionInput & { expr?: string } {
  const { from, to, match, alert_window_policy: alertWindowPolicy } = request
  if ((from === undefined) !== (to === undefined)) {
    const pointer = from === undefined ? 'timeBounds.from' : 'timeBounds.to'
    throw invalidSpec([{ pointer, message: 'is required where the other bound is given' }])
  }
  const bounded = from !== undefined && to !== undefined
  if (!bounded && (match !== undefined || alertWindowPolicy !== undefined)) {
    throw invalidSpec([
      { pointer: 'timeBounds', message: 'from and to are required beside match and alert_window_policy' },
    ])
  }
  const runIds = [...(request.run_ids ?? []), ...idsIn(request.run_ids_file, context)]
  const universe: Universe = pruned({
    callers: request.caller,
    chains: request.chain,
    venues: request.venue,
    tokenSources: request.token_source,
    minMarketCap: request.min_market_cap,
    maxMarketCap: request.max_market_cap,
    minVolume: request.min_volume,
  })
  const strategy: StrategyFilter = pruned({
    strategyFamily: request.strategy_family,
    strategyHash: request.strategy_hash,
    engineVersion: request.engine_version,
    paramConstraints: request.param === undefined ? undefined : constraintsOf(request.param),
  })
  return pruned({
    datasetId: request.dataset,
    latest: request.latest ? true : undefined,
    universe: isEmpty(universe) ? undefined : universe,
    timeBounds: bounded ? pruned({ from, to, match, alertWindowPolicy }) : undefined,
    strategy: isEmpty(strategy) ? undefined : strategy,
    runTags: request.run_tags,
    statuses: request.status,
    runIds: runIds.length === 0 ? undefined : runIds,
    expr: request.expr,
  })
}

/** `path>=number`, `path<=number` and `path=value`, by path; bounds on one path join. */
export function constraintsOf(texts: readonly string[]): Record<string, ParamConstraint> {
  const faults: Faults = []
  const constraints: Record<string, ParamConstraint> = {}
  for (const text of texts) {
    const [, path, operator, value] = /^([A-Za-z_][\w.-]*)\s*(>=|<=|==?)\s*(.+)$/.exec(text) ?? []
    if (path === undefined) {
      faults.push({ pointer: 'param', message: `${text} is none of path>=number, path<=number, path=value` })
      continue
    }
    const constraint = constraints[path] ?? {}
    constraints[path] = constraint
    if (operator.startsWith('=') && operator !== '>=') constraint.eq = jsonOrText(value)
    else if (!Number.isFinite(Number(value)))
      faults.push({ pointer: `param.${path}`, message: `${value} is no number` })
    else constraint[operator === '>=' ? 'min' : 'max'] = Number(value)
  }
  if (faults.length > 0) throw invalidSpec(faults)
  return constraints
}

function jsonOrText(text: string): unknown {
  const scanned = scanJson(text)
  return scanned.state === 'complete' && scanned.faults.length === 0 ? scanned.value : text
}

function idsIn(path: string | undefined, context: Pick<Context, 'root' | 'cwd'>): string[] {
  return path === undefined
    ? []
    : readGiven(path, context)
        .split(/[\s,]+/)
        .filter(id => id !== '')
}

/** The text of a file that a request names; INVALID_CONFIG where it cannot be read. */
export function readGiven(path: string, { root, cwd }: Pick<Context, 'root' | 'cwd'>): string {
  const place = resolvePath(root, cwd, path)
  try {
    return storing(place, () => readFileSync(place, 'utf8'))
  } catch (error) {
    throw fail('INVALID_CONFIG', { message: `${path} cannot be read: ${(error as Error).message}` })
  }
}

// ── specification files ────────────────────────────────────────────────────────────────────────────────────────────

/** Names of one thing in the published layouts. */
const SAME: Readonly<Record<string, string>> = {
  dataset_id: 'datasetId',
  dataset: 'datasetId',
  time_bounds: 'timeBounds',
  run_ids: 'runIds',
  ids: 'runIds',
  run_tags: 'runTags',
  status: 'statuses',
  caller: 'callers',
  chain: 'chains',
  venue: 'venues',
  token_sources: 'tokenSources',
  min_market_cap: 'minMarketCap',
  max_market_cap: 'maxMarketCap',
  min_volume: 'minVolume',
  strategy_family: 'strategyFamily',
  strategy_hash: 'strategyHash',
  engine_version: 'engineVersion',
  param_constraints: 'paramConstraints',
  alert_window_policy: 'alertWindowPolicy',
}

const UNIVERSE = ['chains', 'venues', 'tokenSources', 'callers', 'minMarketCap', 'maxMarketCap', 'minVolume']
const STRATEGY = ['strategyFamily', 'strategyHash', 'engineVersion', 'paramConstraints']
const BOUNDS = ['from', 'to', 'alertWindowPolicy', 'match']
const TOP = ['datasetId', 'latest', 'universe', 'timeBounds', 'strategy', 'runTags', 'statuses', 'runIds', 'expr']
const LABELS = ['name', 'description', 'notes', 'tags']
/** Written by the program into what `get` prints, so that a printed specification can be given back. */
const DERIVED = ['runsetId', 'runset_id', 'frozen', 'createdAt', 'createdBy', 'specVersion', 'specHash', 'written']

function specFile(
  path: string,
  context: Pick<Context, 'root' | 'cwd'>,
): { selection: SelectionInput & { expr?: string }; labels: Partial<RunSetInput> } {
  const scanned = scanJson(readGiven(path, context))
  const value = scanned.state === 'complete' ? scanned.value : undefined
  if (scanned.state !== 'complete' || scanned.faults.length > 0 || !isObject(value)) {
    throw invalidSpec([{ pointer: 'spec', message: `${path} is not a JSON object` }])
  }
  const faults: Faults = []
  const { select, ...outer } = value
  const selection: Json = {}
  const labels: Json = {}
  for (const [key, item] of Object.entries(outer)) {
    if (LABELS.includes(key)) labels[key] = item
    else if (!DERIVED.includes(key)) place(key, item, '', selection, faults)
  }
  if (select !== undefined) formOf(select, selection, faults)
  if (faults.length > 0) throw invalidSpec(faults)
  refuseTypes(selection, labels)
  return { selection: selection as SelectionInput, labels: labels as Partial<RunSetInput> }
}

/** `select` with one of its forms; beside the same selection spelled flat, as `get` prints it, it says it again. */
function formOf(select: unknown, selection: Json, faults: Faults): void {
  if (!isObject(select)) {
    faults.push({ pointer: 'select', message: 'is not an object' })
    return
  }
  const flat = Object.keys(selection).length > 0
  for (const [form, body] of Object.entries(select)) {
    const where = form === 'where' || form === 'runs_where' || form === 'assert'
    if (flat) continue
    if (where && isObject(body))
      for (const [key, item] of Object.entries(body)) place(key, item, `select.${form}.`, selection, faults)
    else if (form === 'tags') selection['runTags'] = body
    else place(form, body, 'select.', selection, faults)
  }
}

/** Put one key where it belongs, whatever layout it was written in. */
function place(key: string, value: unknown, at: string, selection: Json, faults: Faults): void {
  const name = SAME[key] ?? key
  const inside = (group: string, item: unknown) => {
    const held = (selection[group] ?? {}) as Json
    held[name] = item
    selection[group] = held
  }
  const listed = UNIVERSE.slice(0, 4).includes(name) && typeof value === 'string' ? [value] : value
  if (UNIVERSE.includes(name)) inside('universe', listed)
  else if (STRATEGY.includes(name)) inside('strategy', value)
  else if (BOUNDS.includes(name)) inside('timeBounds', value)
  else if ((name === 'universe' || name === 'timeBounds' || name === 'strategy') && isObject(value)) {
    const allowed = name === 'universe' ? UNIVERSE : name === 'strategy' ? STRATEGY : BOUNDS
    for (const [inner, item] of Object.entries(value)) {
      if (allowed.includes(SAME[inner] ?? inner)) place(inner, item, `${at}${key}.`, selection, faults)
      else faults.push(unknown(`${at}${key}.${inner}`, inner, allowed))
    }
  } else if (TOP.includes(name)) selection[name] = value
  else faults.push(unknown(`${at}${key}`, key, [...TOP, ...UNIVERSE, ...STRATEGY, ...BOUNDS, ...LABELS]))
}

/** What a file may hold wrong, JSON being JSON. */
function refuseTypes(selection: Json, labels: Json): void {
  const faults: Faults = []
  const want = (value: unknown, pointer: string, kind: 'text' | 'list' | 'flag' | 'number' | 'object') => {
    const right = {
      text: typeof value === 'string',
      list: Array.isArray(value) && value.every(item => typeof item === 'string'),
      flag: typeof value === 'boolean',
      number: typeof value === 'number',
      object: isObject(value),
    }[kind]
    if (value !== undefined && !right)
      faults.push({ pointer, message: `is not a ${kind === 'list' ? 'list of texts' : kind}` })
  }
  for (const key of ['datasetId', 'expr']) want(selection[key], key, 'text')
  for (const key of ['runTags', 'statuses', 'runIds']) want(selection[key], key, 'list')
  want(selection['latest'], 'latest', 'flag')
  for (const group of ['universe', 'timeBounds', 'strategy']) want(selection[group], group, 'object')
  const { universe = {}, timeBounds = {}, strategy = {} } = selection as Record<string, Json>
  for (const [key, value] of Object.entries(isObject(universe) ? universe : {}))
    want(value, `universe.${key}`, key.startsWith('m') ? 'number' : 'list')
  for (const [key, value] of Object.entries(isObject(timeBounds) ? timeBounds : {}))
    want(value, `timeBounds.${key}`, 'text')
  for (const [key, value] of Object.entries(isObject(strategy) ? strategy : {}))
    want(value, `strategy.${key}`, key === 'paramConstraints' ? 'object' : 'text')
  for (const [key, value] of Object.entries(labels)) want(value, key, key === 'tags' ? 'list' : 'text')
  const bounds = timeBounds as Partial<TimeBounds>
  if (selection['timeBounds'] !== undefined && (bounds.from === undefined || bounds.to === undefined))
    faults.push({ pointer: 'timeBounds', message: 'needs from and to' })
  if (faults.length > 0) throw invalidSpec(faults)
}

function unknown(pointer: string, key: string, known: readonly string[]): Faults[number] {
  const near = nearest(key, known)
  return { pointer, message: `unknown key${near === undefined ? '' : `; did you mean ${near}?`}` }
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
