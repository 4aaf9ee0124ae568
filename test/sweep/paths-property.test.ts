/** RS-35: an override touches exactly one path, whatever the request and the path. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { withValue } from '../../src/sweep/paths.ts'

type Json = Record<string, unknown>

/** Every leaf of a value by its path; an empty object or list is a leaf. */
function leaves(value: unknown, path = '', out = new Map<string, string>()): Map<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (entries.length === 0) out.set(path, JSON.stringify(value))
  for (const [key, item] of entries) leaves(item, `${path}.${key}`, out)
  return out
}

const name = fc.constantFrom('a', 'b', 'c', 'slippage', 'base', 'max')
const request = fc.letrec<{ node: Json; value: unknown }>(tie => ({
  node: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.constant('text'),
    fc.array(fc.integer(), { maxLength: 3 }),
    tie('node'),
  ),
})).node

it('RS-35: the merged request differs from its base at the path that was set and nowhere else, and the base is untouched', () => {
  fc.assert(
    fc.property(request, fc.nat(), fc.integer({ min: 1000, max: 2000 }), (base, pick, value) => {
      const before = structuredClone(base)
      const paths = [...leaves(base).keys()].map(path => path.slice(1).split('.'))
      const segments = paths[pick % paths.length]
      const merged = withValue(base, segments, value)
      expect(base).toEqual(before)
      const [was, is] = [leaves(base), leaves(merged)]
      const place = `.${segments.join('.')}`
      expect(is.get(place)).toBe(String(value))
      is.delete(place)
      was.delete(place)
      expect(is).toEqual(was)
    }),
    { numRuns: 300 },
  )
})
