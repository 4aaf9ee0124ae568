/** What a sweep over the monitor runs: experiments by parameters, each with its configuration or the error it has instead. */

import { relative } from 'node:path'
import type { RegimeSweepParameter, SweepRequest } from '../../../contracts/types.ts'
import { type ErrorDetail, fail, GatewayError } from '../../base/errors.ts'
import { isFile, isPattern, matchingFiles } from '../../base/glob.ts'
import { resolvePath } from '../../base/paths.ts'
import { gridSpace, type TrialSpace, tooMany, trialParameters } from '../../sweep/grid.ts'
import type { Context } from '../command.ts'
import { type RegimeSetup, regimeSetup } from './config.ts'
import { SWEPT } from './overlay.ts'

/** One run of the sweep. */
export interface SweptRun {
  /** File of its experiment; null without one. */
  experiment: string | null
  /** Combination of parameters, a trial of the space. */
  trial: number
  parameters: Record<string, unknown>
  setup: RegimeSetup | GatewayError
}

export interface RegimeSweepPlan {
  /** Combinations of the parameters; one trial without any. */
  space: TrialSpace
  /** Experiment by experiment, each with all combinations in their order. */
  runs: SweptRun[]
}

/**
 * Find and read everything. A run whose experiment or configuration is refused carries its error, and the others go on.
 * INVALID_CONFIG for a file that is not there, a pattern without a match, more runs than `max_trials`, and where no run can be configured.
 */
export async function regimeSweepPlan(
  request: SweepRequest,
  context: Pick<Context, 'root' | 'cwd'>,
): Promise<RegimeSweepPlan> {
  const space = gridSpace(request.parameters ?? [], request.max_trials)
  const files = request.experiments === undefined ? [null] : experimentFiles(request.experiments, context)
  if (files.length * space.size > request.max_trials)
    throw tooMany(`${files.length} experiments by ${space.size} combinations are too many runs`, request.max_trials)
  const { mode, config, config_path } = request
  const runs: SweptRun[] = []
  for (const experiment of files) {
    for (let trial = 0; trial < space.size; trial++) {
      const parameters = trialParameters(space, trial)
      const sources = { mode, config, config_path, ...(experiment === null ? {} : { experiment_path: experiment }) }
      const swept = request.parameters === undefined ? undefined : parameters
      const setup = await setupOrError(sources, context, swept)
      const told = setup instanceof GatewayError ? byParameter(setup, request.parameters ?? []) : setup
      runs.push({ experiment, trial, parameters, setup: told })
    }
  }
  const errors = runs.flatMap(({ setup }) => (setup instanceof GatewayError ? [setup] : []))
  if (errors.length === runs.length) throw noneConfigured(errors)
  return { space, runs }
}

/** A refusal belongs to its run; anything else, such as a fault of the disk, to the sweep. */
async function setupOrError(
  sources: Parameters<typeof regimeSetup>[0],
  context: Pick<Context, 'root' | 'cwd'>,
  parameters: Record<string, unknown> | undefined,
): Promise<RegimeSetup | GatewayError> {
  try {
    return await regimeSetup(sources, context, parameters)
  } catch (error) {
    if (error instanceof GatewayError && error.class === 'INVALID_CONFIG') return error
    throw error
  }
}

/** A fault of a swept key points at the parameter of the request that names it, and says the key. */
function byParameter(error: GatewayError, parameters: readonly RegimeSweepParameter[]): GatewayError {
  const details = error.details.map(detail => {
    if (!detail.pointer.startsWith(SWEPT)) return detail
    const key = detail.pointer.slice(SWEPT.length + 1).replaceAll('/', '.')
    const within = (path: string) => `${key}.`.startsWith(`${path}.`) || `${path}.`.startsWith(`${key}.`)
    const index = parameters.findIndex(({ path }) => within(path))
    return index < 0 ? detail : { ...detail, pointer: `${SWEPT}/${index}`, message: `${key} ${detail.message}` }
  })
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  const message = details.length === 0 ? error.message : `${details[0].pointer} ${details[0].message}${more}`
  return fail('INVALID_CONFIG', { message }, { details, hint: error.hint })
}

/** Named files as they are named, matches relative to the working directory; each file once. */
function experimentFiles(named: readonly string[], { root, cwd }: Pick<Context, 'root' | 'cwd'>): string[] {
  const details: ErrorDetail[] = []
  const files = new Map<string, string>()
  for (const [index, name] of named.entries()) {
    const path = resolvePath(root, cwd, name)
    const found = !isPattern(name) || isFile(path) ? [path] : matchingFiles(path).filter(isExperiment)
    if (found.length === 0 || (found[0] === path && !isFile(path))) {
      const message = isPattern(name) ? `'${name}' matches no .yaml, .yml or .json file` : `'${name}' is no file`
      details.push({ pointer: `/params/experiments/${index}`, message })
      continue
    }
    for (const file of found) if (!files.has(file)) files.set(file, isPattern(name) ? relative(cwd, file) : name)
  }
  if (details.length > 0) throw fail('INVALID_CONFIG', { message: details[0].message }, { details })
  return [...files.values()]
}

function isExperiment(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path)
}

/** The same fault in every run is told once. */
function noneConfigured(errors: readonly GatewayError[]): Error {
  const details = new Map(errors.flatMap(error => error.details).map(detail => [JSON.stringify(detail), detail]))
  const messages = [...new Set(errors.map(error => error.message))]
  const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : ''
  return fail(
    'INVALID_CONFIG',
    { message: `No run of the sweep can be configured: ${messages[0]}${more}` },
    { details: [...details.values()], hint: errors[0].hint },
  )
}
