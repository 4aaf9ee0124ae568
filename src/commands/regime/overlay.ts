/** Swept keys of the monitor's configuration: checked by themselves, then set over everything else. */

import type { RegimeConfiguration } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { validate } from '../../base/schema.ts'
import { type RegimeConfigInput, resolveConfig } from '../../regime/config.ts'
import { pathSegments } from '../../sweep/paths.ts'
import { deepMerge } from './experiment.ts'
import { nativeLayout } from './layout.ts'

/** What pointers to swept keys begin with. */
export const SWEPT = '/params/parameters'

/** Maps that a configuration replaces as a whole; a swept entry changes itself alone. */
const MAPS = [
  ['regime', 'weights'],
  ['regime', 'grid_search', 'weight_ranges'],
  ['target', 'long_leg', 'weights'],
]

type Json = Record<string, unknown>

/**
 * Keys with dots, of either layout, and their values as a configuration in the native one. INVALID_CONFIG for a key that does not
 * exist or has no effect, and for a value it cannot take.
 */
export async function overlayOf(parameters: Record<string, unknown>): Promise<RegimeConfigInput> {
  const tree: Json = {}
  for (const [path, value] of Object.entries(parameters)) put(tree, path, structuredClone(value))
  const faults = await validate('regime/config', tree, SWEPT)
  if (faults.length > 0) throw refused(faults)
  const { settings, unused, reports_dir } = nativeLayout(tree as RegimeConfiguration, SWEPT)
  const idle = [...unused, ...(reports_dir === undefined ? [] : [`${SWEPT}/outputs/reports_dir`])]
  if (idle.length > 0) throw refused(idle.map(pointer => ({ pointer, message: 'has no effect on a run' })))
  return settings
}

/** Settings with an overlay over them; both stay as they are. */
export function overlaid(settings: RegimeConfigInput, overlay: RegimeConfigInput): RegimeConfigInput {
  let base: unknown = settings
  for (const keys of MAPS) {
    if (valueAt(overlay, keys) === undefined || valueAt(base, keys) !== undefined) continue
    base = deepMerge(base, nested(keys, valueAt(resolveConfig(settings), keys)))
  }
  return deepMerge(base, overlay) as RegimeConfigInput
}

function put(tree: Json, path: string, value: unknown): void {
  const segments = pathSegments(path)
  const last = segments.pop() as string
  let at = tree
  for (const name of segments) {
    at[name] ??= {}
    if (!isMap(at[name])) throw twice(path)
    at = at[name]
  }
  if (at[last] !== undefined) throw twice(path)
  at[last] = value
}

function twice(path: string): Error {
  return refused([{ pointer: SWEPT, message: `'${path}' is set inside another swept key: name each place once` }])
}

function nested(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
}

function valueAt(tree: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), tree)
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(details: ErrorDetail[]): Error {
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  return fail(
    'INVALID_CONFIG',
    { message: `${first.pointer} ${first.message}${more}` },
    { details, hint: 'quantlab --schema regime/config prints every key.' },
  )
}
