/** The selection of a RunSet as callers spell it: parameters, or a specification file in any of its published layouts. */

import { readFileSync } from 'node:fs'
import type { RunsetCreateRequest } from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { storing } from '../../base/files.ts'
import { scanJson } from '../../base/json.ts'
import { resolvePath } from '../../base/paths.ts'
import { invalidSpec, pruned } from '../../registry/selection.ts'
import { specInput } from '../../registry/spec-input.ts'
import type { ParamConstraint, RunSetInput, SelectionInput, StrategyFilter, Universe } from '../../registry/types.ts'
import type { Context } from '../command.ts'

type Faults = { pointer: string; message: string }[]

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
  // What the request names goes before what the file says; the id is the request's.
  return { ...specFile(request.spec, context), ...about, runsetId: id }
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

/** The selection and labels of a specification file, in any of its published layouts. INVALID_SPEC with every fault. */
function specFile(path: string, context: Pick<Context, 'root' | 'cwd'>): Partial<RunSetInput> {
  const scanned = scanJson(readGiven(path, context))
  if (scanned.state !== 'complete' || scanned.faults.length > 0) {
    throw invalidSpec([{ pointer: 'spec', message: `${path} is not a JSON document` }])
  }
  const { runsetId: _, ...input } = specInput(scanned.value)
  return input
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
}
