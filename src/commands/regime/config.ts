/** What a run of the monitor is configured with: configuration and experiment from the request or from files, checked and merged. */

import type { RegimeConfiguration, RegimeExperiment, RunRequest } from '../../../contracts/types.ts'
import { type ErrorDetail, fail, GatewayError } from '../../base/errors.ts'
import { resolvePath } from '../../base/paths.ts'
import { validate } from '../../base/schema.ts'
import { type RegimeConfigInput, resolveConfig } from '../../regime/config.ts'
import type { RegimeConfig } from '../../regime/config-types.ts'
import type { Context } from '../command.ts'
import { withExperiment } from './experiment.ts'
import { hasMsmSections, nativeLayout } from './layout.ts'
import { overlaid, overlayOf, SWEPT } from './overlay.ts'

/** Everything that decides what is computed, besides the data. */
export interface RegimeSetup {
  settings: RegimeConfig
  experiment: RegimeExperiment | null
  /** Where the configuration came from: its file, the file of the experiment, or `inline_cli`. */
  config_path: string
  /** Where the configuration asks for copies of the reports. */
  reports_dir: string | undefined
  warnings: string[]
  /** Keys that a sweep set, with their values. */
  parameters?: Record<string, unknown>
}

/** The parameters that say it. */
export type RegimeSources = Pick<RunRequest, 'mode' | 'config' | 'config_path' | 'experiment' | 'experiment_path'>

/**
 * Read, check and merge configuration and experiment, each a value or a file of YAML or JSON; without either the defaults hold.
 * `parameters`, path → value, are set over both. INVALID_CONFIG with all faults of the first stage that fails: reading, schema, contradictions.
 */
export async function regimeSetup(
  request: RegimeSources,
  context: Pick<Context, 'root' | 'cwd'>,
  parameters?: Record<string, unknown>,
): Promise<RegimeSetup> {
  const given = await sourceOf(request, 'config', context)
  const trial = await sourceOf(request, 'experiment', context)
  const faults = [
    ...(given === null ? [] : await validate('regime/config', given.value, given.base)),
    ...(trial === null ? [] : await validate('regime/experiment', trial.value, trial.base)),
  ]
  if (faults.length > 0) throw refused(faults.map(misplaced))
  const configuration = (given?.value ?? {}) as RegimeConfiguration
  const experiment = trial === null ? null : (trial.value as RegimeExperiment)
  const over = parameters === undefined ? null : await overlayOf(parameters)
  const mode = over?.mode ?? request.mode ?? modeOf(configuration, experiment)

  const native = nativeLayout(configuration, given?.base ?? '')
  const merged =
    experiment === null
      ? { settings: native.settings, unused: [] }
      : withExperiment(native.settings, experiment, mode, trial!.base)
  const base = trial?.base ?? given?.base ?? ''
  const plain = { ...merged.settings, mode }
  const settings = over === null ? resolved(plain, base) : resolved({ ...overlaid(plain, over), mode }, SWEPT)
  const unused = [...native.unused, ...merged.unused]
  return {
    settings,
    experiment,
    config_path: given?.path ?? trial?.path ?? 'inline_cli',
    reports_dir: native.reports_dir,
    warnings: unused.map(pointer => `CONFIG_KEY_WITHOUT_EFFECT: ${pointer} is accepted and has no effect`),
    ...(parameters === undefined ? {} : { parameters }),
  }
}

/** The configuration says it, then the experiment's category; sections that only msm has mean msm; else regular. */
function modeOf(configuration: RegimeConfiguration, experiment: RegimeExperiment | null): 'msm' | 'regular' {
  if (configuration.mode !== undefined) return configuration.mode
  if (experiment?.category_path !== undefined) return experiment.category_path === 'msm' ? 'msm' : 'regular'
  return hasMsmSections(configuration) ? 'msm' : 'regular'
}

interface Source {
  value: unknown
  /** What pointers into the value begin with. */
  base: string
  /** Its file, as it was named; null for a value in the request. */
  path: string | null
}

async function sourceOf(
  request: RegimeSources,
  name: 'config' | 'experiment',
  { root, cwd }: Pick<Context, 'root' | 'cwd'>,
): Promise<Source | null> {
  const given = request[name]
  const named = request[`${name}_path`]
  if (given !== undefined && named !== undefined) {
    const message = `is given twice: as ${name} and as ${name}_path`
    throw refused([{ pointer: `/params/${name}_path`, message }])
  }
  const path = typeof given === 'string' ? given : named
  // A copy, since the request is kept as it came.
  if (path === undefined)
    return given === undefined ? null : { value: structuredClone(given), base: `/params/${name}`, path: null }
  const { readConfigFile } = await import('../../base/yaml.ts')
  const value = readConfigFile(resolvePath(root, cwd, path), path)
  // An empty file changes nothing.
  return { value: value ?? {}, base: `${path}#`, path }
}

/** Contradictions are found in the merged settings; they are told by the file they most likely come from. */
function resolved(settings: RegimeConfigInput, base: string): RegimeConfig {
  try {
    return resolveConfig(settings)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    throw refused(error.details.map(detail => ({ ...detail, pointer: `${base}${detail.pointer}` })))
  }
}

/** A section that slipped below another one by its indentation is the likeliest unknown key of an experiment. */
function misplaced(detail: ErrorDetail): ErrorDetail {
  if (!/\/state_mapping\/backtest$/.test(detail.pointer)) return detail
  return { ...detail, message: `${detail.message}; \`backtest\` belongs to the top level: mind its indentation` }
}

function refused(details: ErrorDetail[]): Error {
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  return fail(
    'INVALID_CONFIG',
    { message: `${details[0].pointer} ${details[0].message}${more}` },
    { details, hint: 'quantlab --schema regime/config and regime/experiment print what is accepted.' },
  )
}
