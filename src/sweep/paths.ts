/** Paths of swept parameters: where a value goes in a request, copied on the way and never written through. */

import { fail } from '../base/errors.ts'

const REFUSED = new Set(['__proto__', 'constructor', 'prototype'])

/** `a.b.0` → its segments; INVALID_CONFIG for an empty segment and for names that would reach a prototype. */
export function pathSegments(path: string): string[] {
  const segments = path.split('.')
  if (segments.some(segment => segment === '' || REFUSED.has(segment))) {
    throw fail('INVALID_CONFIG', {
      message: `'${path}' is no path of a parameter; write names separated by dots, e.g. strategy_params.fast.`,
    })
  }
  return segments
}

/**
 * `target` with the value at `segments` replaced; objects and arrays on the way are copied, all others shared. The last name may
 * be new in an object. INVALID_CONFIG where the path leads through something absent, through a scalar or past an array.
 */
export function withValue<T>(target: T, segments: readonly string[], value: unknown, depth = 0): T {
  if (depth === segments.length) return value as T
  const name = segments[depth]
  const last = depth === segments.length - 1
  if (Array.isArray(target)) {
    const index = Number(name)
    if (!/^\d+$/.test(name) || index >= target.length) throw nowhere(segments, depth, `has ${target.length} elements`)
    const copy = target.slice()
    copy[index] = withValue(copy[index], segments, value, depth + 1)
    return copy as T
  }
  if (typeof target !== 'object' || target === null) throw nowhere(segments, depth, 'is a single value')
  if (!last && !Object.hasOwn(target, name)) throw nowhere(segments, depth, `has no '${name}'`)
  const copy = { ...target } as Record<string, unknown>
  copy[name] = last ? value : withValue(copy[name], segments, value, depth + 1)
  return copy as T
}

/**
 * Overrides as paths and values: nested objects are followed, so that what is not named stays; arrays and scalars replace
 * whole, and so does an empty object. Keys may be paths themselves. INVALID_CONFIG where two name the same place or one inside another.
 */
export function overridePaths(overrides: Record<string, unknown>): Record<string, unknown> {
  const found: [string, unknown][] = []
  collect(overrides, '', found)
  // Code units in order, so that a path comes before those that lead on from it.
  found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const seen = new Set<string>()
  for (const [path] of found) {
    const segments = pathSegments(path)
    for (let k = 1; k <= segments.length; k++) {
      const place = segments.slice(0, k).join('.')
      if (!seen.has(place)) continue
      throw fail('INVALID_CONFIG', { message: `Overrides set '${place}' and '${path}': name each place once.` })
    }
    seen.add(path)
  }
  return Object.fromEntries(found)
}

function collect(value: object, prefix: string, found: [string, unknown][]): void {
  for (const [key, item] of Object.entries(value)) {
    const path = prefix + key
    const nested = typeof item === 'object' && item !== null && !Array.isArray(item) && Object.keys(item).length > 0
    if (nested) collect(item, `${path}.`, found)
    else found.push([path, item])
  }
}

function nowhere(segments: readonly string[], depth: number, why: string): Error {
  const before = segments.slice(0, depth).join('.') || 'the request'
  return fail('INVALID_CONFIG', {
    message: `No parameter '${segments.join('.')}': ${before} ${why}; correct the path.`,
  })
}
