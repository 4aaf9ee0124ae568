/** From a sweep's configuration to its trials: the parameter space, and the request that each trial changes. */

import type { StrategyName, SweepConfiguration } from '../../../contracts/types.ts'
import type { ErrorDetail } from '../../base/errors.ts'
import { nearest } from '../../base/near.ts'
import { type ValidatorName, validate } from '../../base/schema.ts'
import { DEFAULT_STRATEGY, strategyFor } from '../../strategies/index.ts'
import { gridSpace, type TrialSpace, variationSpace } from '../../sweep/grid.ts'
import { pathSegments, withValue } from '../../sweep/paths.ts'
import type { TrialRequest } from '../../sweep/plan.ts'
import { listedParameter, type SampledParameter, sampledSpace } from '../../sweep/sampling.ts'
import { type GivenSweep, refused } from './config.ts'

/** Paths that choose the data of a trial. */
export const DATA_PATHS = ['ticker', 'dataset_id', 'interval', 'start', 'end', 'universe']

const FLAT = ['rsi_buy_max', 'rsi_sell_min', 'cooldown_days'] as const

/** The published flat parameters, by where they go. */
export const ALIASES = Object.fromEntries(FLAT.map(name => [name, `strategy_params.${name}`]))

const TRIAL_KEYS = [
  ...['strategy', 'strategy_params', 'execution', 'fee', 'slippage_mode', 'slippage_bps', 'k_atr', 'initial_cash'],
  ...FLAT,
  ...DATA_PATHS,
]

/** The trials of a sweep. */
export interface SweepTrials {
  space: TrialSpace
  request: TrialRequest
  /** Complete parameters by strategy, where the strategy varies. */
  defaults: Record<string, Record<string, unknown>>
}

type Settings = Record<string, unknown>

/**
 * The trials, every value checked alone and every variation whole before the first one runs. INVALID_CONFIG for a path or value that
 * a single run would refuse, STRATEGY_ERROR for an unknown strategy or parameters outside its schema. Rules between parameters
 * are left to the trials: a grid may hold combinations that break them.
 */
export async function sweepTrials(sweep: GivenSweep, maxTrials: number): Promise<SweepTrials> {
  const { config } = sweep
  refusePaths(sweep)
  const { variations, method, n_trials, seed } = config
  const parameters = await completed(sweep, parametersOf(config))
  const space =
    variations !== undefined
      ? variationSpace(variations, maxTrials)
      : method === 'grid'
        ? gridSpace(parameters.map(listedParameter), maxTrials)
        : sampledSpace(parameters, method, n_trials as number, seed as number, maxTrials)
  const base = baseSettings(config)
  const candidates =
    variations === undefined ? valueCandidates(base, space, parameters) : variationCandidates(base, space)
  const first = candidates.next().value as Candidate
  const request = await checkCandidate(sweep, first)
  for (const candidate of candidates) await checkCandidate(sweep, candidate)
  const strategies = space.dimensions.find(({ path }) => path === 'strategy')?.values ?? []
  const defaults: SweepTrials['defaults'] = {}
  for (const strategy of strategies as string[]) {
    defaults[strategy] = (await strategyParams(withStrategy(base, strategy), sweep.pointer)).params
  }
  return { space, request, defaults }
}

/** The parameters of a configuration as one list; a universe of plain symbols sweeps the ticker. */
export function parametersOf(config: SweepConfiguration): SampledParameter[] {
  const { param_grid = {}, parameters = [], universe } = config
  const list: SampledParameter[] = Object.entries(param_grid).map(([path, values]) => ({ path, values }))
  for (const { path, values, min, max, step, log } of parameters) {
    if (values !== undefined) list.push({ path, values })
    else list.push({ path, min: min as number, max: max as number, ...(step && { step }), ...(log && { log }) })
  }
  if (universe === undefined) return list
  const plain = universe.every(member => typeof member === 'string')
  const members = universe.map(member => (typeof member === 'string' ? { ticker: member } : member))
  return [...list, plain ? { path: 'ticker', values: universe } : { path: 'universe', values: members }]
}

/** Values of `strategy_params` as a whole are completed, because they replace what was complete. */
async function completed(sweep: GivenSweep, parameters: SampledParameter[]): Promise<SampledParameter[]> {
  const whole = parameters.find(({ path }) => path === 'strategy_params')
  if (whole === undefined || !('values' in whole)) return parameters
  const values: unknown[] = []
  for (const value of whole.values) {
    const { params, faults } = await strategyParams(
      { strategy: sweep.config.strategy, strategy_params: value },
      sweep.pointer,
    )
    if (faults.length > 0) throw refused(sweep.path, faults, undefined, 'STRATEGY_ERROR')
    values.push(params)
  }
  return parameters.map(parameter => (parameter === whole ? { path: 'strategy_params', values } : parameter))
}

function refusePaths({ config, path: name, pointer }: GivenSweep): void {
  const given: [string, string][] = [
    ...Object.keys(config.param_grid ?? {}).map((path): [string, string] => [path, `param_grid/${path}`]),
    ...(config.parameters ?? []).map(({ path }, k): [string, string] => [path, `parameters/${k}/path`]),
    ...(config.variations ?? []).flatMap(({ overrides }, k) =>
      Object.keys(overrides).map((path): [string, string] => [path, `variations/${k}/overrides/${path}`]),
    ),
  ]
  const faults: ErrorDetail[] = []
  for (const [path, place] of given) {
    const [root, ...rest] = pathSegments(path)
    const known = TRIAL_KEYS.includes(root) && root !== 'universe' && (rest.length === 0 || root === 'strategy_params')
    if (known) continue
    const suggestion = nearest(
      path,
      TRIAL_KEYS.filter(key => key !== 'universe'),
    )
    const meant = suggestion === undefined ? '' : `; did you mean '${suggestion}'?`
    const message = `'${path}' is no parameter of a run${meant}`
    faults.push({ pointer: `${pointer}/${place}`, message, ...(suggestion === undefined ? {} : { suggestion }) })
  }
  // Of a batch each variation has paths of its own, which are compared where they are read.
  const swept = config.variations === undefined ? given : []
  for (const [path, place] of swept) {
    const outer = swept.find(([other]) => path.startsWith(`${other}.`))
    if (outer === undefined) continue
    const message = `'${path}' lies inside '${outer[0]}', which is swept as a whole: keep one of them`
    faults.push({ pointer: `${pointer}/${place}`, message })
  }
  if (faults.length > 0) throw refused(name, faults)
}

/** The part of a configuration that a single run has. */
function baseSettings(config: SweepConfiguration): Settings {
  const known = Object.entries(config).filter(([key]) => TRIAL_KEYS.includes(key) && key !== 'universe')
  return { strategy_params: {}, ...Object.fromEntries(known) }
}

/** Settings to check, and where in the configuration they come from. */
interface Candidate {
  settings: Settings
  place: string
}

/** The first trial, then each value of each parameter in it. */
function* valueCandidates(
  base: Settings,
  { dimensions }: TrialSpace,
  parameters: readonly SampledParameter[],
): Generator<Candidate> {
  const valuesOf = (path: string, values: readonly unknown[] | null): readonly unknown[] => {
    const given = parameters.find(parameter => parameter.path === path) as SampledParameter
    if (values !== null)
      return 'values' in given ? values : [...new Set([values[0], values[1], values.at(-1)])].filter(isGiven)
    const { min, max } = given as { min: number; max: number }
    // The golden section is hardly ever whole: a parameter that must be is told so before the first trial.
    return [min, max, min + 0.6180339887498949 * (max - min)]
  }
  const checked = dimensions.filter(({ path }) => path !== 'universe')
  const first = checked.map(({ path, values }): Override => [path, valuesOf(path, values)[0]])
  const all = first.map(([path, value]) => `${path} ${JSON.stringify(value)}`).join(', ')
  yield { settings: settingsWith(base, first), place: all === '' ? '' : `with ${all}: ` }
  for (const [k, { path, values }] of checked.entries()) {
    for (const value of valuesOf(path, values).slice(1)) {
      const settings = settingsWith(base, first.with(k, [path, value]))
      yield { settings, place: `value ${JSON.stringify(value)} of ${path}: ` }
    }
  }
}

/** The configuration without overrides, then each variation. */
function* variationCandidates(base: Settings, { list }: TrialSpace): Generator<Candidate> {
  yield { settings: base, place: '' }
  for (const { id, parameters } of list ?? [])
    yield { settings: settingsWith(base, Object.entries(parameters)), place: `variation ${id}: ` }
}

function isGiven(value: unknown): boolean {
  return value !== undefined
}

type Override = [path: string, value: unknown]

/** Settings with overrides. Another strategy begins with its own defaults, and then takes its parameters. */
function settingsWith(base: Settings, overrides: readonly Override[]): Settings {
  let settings = base
  for (const [path, value] of overrides) if (path === 'strategy') settings = withStrategy(settings, value)
  for (const [path, value] of overrides)
    if (path !== 'strategy') settings = withValue(settings, pathSegments(path), value)
  return settings
}

function withStrategy(settings: Settings, strategy: unknown): Settings {
  if (strategy === settings['strategy']) return settings
  const kept = Object.entries(settings).filter(([key]) => !(FLAT as readonly string[]).includes(key))
  return { ...Object.fromEntries(kept), strategy, strategy_params: {} }
}

/** The request of a trial with these settings, if a single run would take them. */
async function checkCandidate(sweep: GivenSweep, { settings, place }: Candidate): Promise<TrialRequest> {
  const { path, pointer } = sweep
  const copy = structuredClone(settings)
  const named = (faults: ErrorDetail[]) =>
    faults.map(fault => ({ ...fault, pointer: sourceOf(sweep, fault.pointer), message: place + fault.message }))
  const config = await validate('configuration/sweep', copy, pointer)
  if (config.length > 0) throw refused(path, named(config))
  const { params, faults } = await strategyParams(copy, pointer)
  if (faults.length > 0) {
    const hint = `quantlab --schema strategies/${copy['strategy']} prints its parameters.`
    throw refused(path, named(faults), hint, 'STRATEGY_ERROR')
  }
  const { strategy, execution, fee, slippage_mode, slippage_bps, k_atr, initial_cash } = copy as unknown as TrialRequest
  return { strategy, strategy_params: params, execution, fee, slippage_mode, slippage_bps, k_atr, initial_cash }
}

/** Where the configuration says what stands at `pointer` of a trial: in the grid or list that sweeps it, else there. */
function sourceOf({ config, pointer: root }: GivenSweep, pointer: string): string {
  const place = pointer.slice(root.length + 1).replaceAll('/', '.')
  const sets = (path: string) => place === path || place.startsWith(`${path}.`) || ALIASES[path] === place
  const key = Object.keys(config.param_grid ?? {}).find(sets)
  if (key !== undefined) return `${root}/param_grid/${key}`
  const at = (config.parameters ?? []).findIndex(({ path }) => sets(path))
  return at < 0 ? pointer : `${root}/parameters/${at}`
}

/** Complete parameters of the strategy that settings name, the published flat ones among them, and what is wrong with them. */
async function strategyParams(
  settings: Settings,
  pointer: string,
): Promise<{ params: Settings; faults: ErrorDetail[] }> {
  const name = settings['strategy'] as StrategyName
  strategyFor(name)
  const params = structuredClone(settings['strategy_params'] ?? {}) as Settings
  const faults: ErrorDetail[] = []
  for (const key of FLAT) {
    if (settings[key] === undefined) continue
    const own = name === DEFAULT_STRATEGY
    if (!own) faults.push({ pointer: `${pointer}/${key}`, message: `belongs to ${DEFAULT_STRATEGY}, not to ${name}` })
    else if (Object.hasOwn(params, key))
      faults.push({ pointer: `${pointer}/${key}`, message: 'is given twice: here and in strategy_params' })
    else params[key] = settings[key]
  }
  faults.push(...(await validate(`strategies/${name}` as ValidatorName, params, `${pointer}/strategy_params`)))
  return { params, faults }
}
