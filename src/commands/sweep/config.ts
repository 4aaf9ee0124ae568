/** The configuration of a sweep: read from its file or the request, checked whole, completed with its defaults. */

import { statSync } from 'node:fs'
import type { SweepConfiguration, SweepRequest } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { hasCode } from '../../base/files.ts'
import { resolvePath } from '../../base/paths.ts'
import { validate } from '../../base/schema.ts'
import { readConfigFile } from '../../base/yaml.ts'
import { parseInstant } from '../../market/calendar.ts'
import type { Context } from '../command.ts'

/** A configuration as it was given and as it is meant. */
export interface GivenSweep {
  /** Its own keys in their own order: the columns of the tables. */
  given: Readonly<Record<string, unknown>>
  /** With every default. */
  config: SweepConfiguration
  /** As the caller named the file, or `inline_cli`. */
  path: string
  /** What pointers into it begin with. */
  pointer: string
}

/** Read and check what the request names; INVALID_CONFIG with every fault of the first stage that fails. */
export async function readSweep(request: SweepRequest, context: Context): Promise<GivenSweep> {
  const { config_path: path, config } = request
  if (path !== undefined && config !== undefined) {
    const message = 'config_path and config are both given: name one of them.'
    throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/config', message }] })
  }
  if (path === undefined) return checkedSweep(config as Record<string, unknown>, 'inline_cli', '/params/config')
  const place = resolvePath(context.root, context.cwd, path)
  if (!isThere(place)) throw fail('INVALID_CONFIG', { message: `Sweep config not found: ${path}` })
  return checkedSweep(readConfigFile(place, path), path, `${path}#`)
}

/** Check a configuration that is already data. */
export async function checkedSweep(given: unknown, path: string, pointer: string): Promise<GivenSweep> {
  const config: unknown = structuredClone(given)
  const faults = await validate('configuration/sweep', config, pointer)
  if (faults.length > 0) throw refused(path, faults, 'quantlab --schema configuration/sweep prints all keys.')
  const sweep = { given: given as GivenSweep['given'], config: config as SweepConfiguration, path, pointer }
  const further = contradictions(sweep)
  if (further.length > 0) throw refused(path, further)
  return sweep
}

/** The error of a configuration with these faults. */
export function refused(
  path: string,
  details: ErrorDetail[],
  hint?: string,
  code: 'INVALID_CONFIG' | 'STRATEGY_ERROR' = 'INVALID_CONFIG',
): Error {
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  const name = path === 'inline_cli' ? 'The sweep configuration' : `The sweep configuration ${path}`
  return fail(code, { message: `${name} cannot be used: ${first.pointer} ${first.message}${more}` }, { details, hint })
}

/** True where a walk-forward is asked for. */
export function isWalkForward({ splits, walk_forward }: SweepConfiguration): boolean {
  return walk_forward !== undefined || (splits !== undefined && splits.length > 0)
}

/** Paths that some parameter or variation sets, by their first name. */
function sweptNames({ param_grid, parameters, variations }: SweepConfiguration): Set<string> {
  const paths = [
    ...Object.keys(param_grid ?? {}),
    ...(parameters ?? []).map(({ path }) => path),
    ...(variations ?? []).flatMap(({ overrides }) => Object.keys(overrides)),
  ]
  return new Set(paths.map(path => path.split('.')[0]))
}

/** What the schema cannot say: keys that need or exclude each other, and dates. */
function contradictions(sweep: GivenSweep): ErrorDetail[] {
  const { config, pointer } = sweep
  const faults: ErrorDetail[] = []
  const fault = (key: string, message: string) => faults.push({ pointer: `${pointer}/${key}`, message })
  const swept = sweptNames(config)
  const instrument = config.ticker !== undefined || config.universe !== undefined || swept.has('ticker')
  if (!instrument) fault('ticker', "'ticker' is required, or 'universe'")
  if (config.ticker !== undefined && config.universe !== undefined)
    fault('universe', 'is given beside ticker: name one')
  if (config.universe?.length === 0) fault('universe', 'is empty: name at least one instrument')
  for (const key of ['start', 'end', 'interval'] as const)
    if (config[key] === undefined && !swept.has(key)) fault(key, `'${key}' is required`)
  windowFaults(config, fault)
  methodFaults(config, fault)
  walkForwardFaults(config, swept, fault)
  return faults
}

type Fault = (key: string, message: string) => void

function windowFaults({ start, end, splits }: SweepConfiguration, fault: Fault): void {
  const instant = (text: string | undefined, key: string) => {
    const at = text === undefined ? null : parseInstant(text)
    if (text !== undefined && at === null) fault(key, `'${text}' is no date of the calendar`)
    return at
  }
  const [from, to] = [instant(start, 'start'), instant(end, 'end')]
  if (from !== null && to !== null && from >= to) fault('end', `${end} must be after start ${start} (end is exclusive)`)
  for (const [index, split] of (splits ?? []).entries()) {
    for (const phase of ['train', 'test'] as const) {
      instant(split[phase].start, `splits/${index}/${phase}/start`)
      instant(split[phase].end, `splits/${index}/${phase}/end`)
    }
  }
}

function methodFaults(config: SweepConfiguration, fault: Fault): void {
  const { method, n_trials, seed, variations, parameters, param_grid, universe } = config
  if (method === 'grid') {
    if (n_trials !== undefined) fault('n_trials', 'belongs to method random and sobol')
  } else {
    if (n_trials === undefined) fault('n_trials', `'n_trials' is required with method ${method}`)
    if (seed === undefined) fault('seed', `'seed' is required with method ${method}: nothing is drawn without one`)
  }
  for (const [index, { values, min, max, step, log }] of (parameters ?? []).entries()) {
    const ranged = min !== undefined || max !== undefined || step !== undefined || log !== undefined
    if (values !== undefined && ranged) fault(`parameters/${index}`, 'has values and a range: give one')
    else if (values === undefined && (min === undefined || max === undefined))
      fault(`parameters/${index}`, 'needs values, or min and max')
  }
  if (variations === undefined) return
  if (variations.length === 0) fault('variations', 'is empty: name at least one')
  if (method !== 'grid') fault('method', `${method} draws trials, but variations lists them`)
  if (Object.keys(param_grid ?? {}).length > 0) fault('param_grid', 'is given beside variations: use one')
  if ((parameters ?? []).length > 0) fault('parameters', 'is given beside variations: use one')
  if (universe !== undefined) fault('universe', 'is given beside variations: name the ticker in their overrides')
}

function walkForwardFaults(config: SweepConfiguration, swept: ReadonlySet<string>, fault: Fault): void {
  const { splits, walk_forward, early_abort } = config
  if (splits !== undefined && splits.length > 0 && walk_forward !== undefined)
    fault('walk_forward', 'is given beside splits: name one')
  if (!isWalkForward(config)) return
  if (early_abort !== undefined) fault('early_abort', 'belongs to sweeps without splits: each window needs all trials')
  for (const key of ['start', 'end'])
    if (swept.has(key)) fault(key, 'is swept, but the splits are the windows of a walk-forward')
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return false
    throw error
  }
}
