/** The built program killed at every change that it makes to the file system: a fact is there whole or not at all, and the call can be repeated. */

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { layout } from '../../src/base/layout.ts'
import { closeCache } from '../../src/registry/cache.ts'
import { cachedCatalog } from '../../src/registry/cached-catalog.ts'
import { checkRegistry } from '../../src/registry/check.ts'
import { BASELINE, CREATE, guideRoot, quantlab } from '../acceptance/quantlab.ts'
import { emptyFolder } from '../harness.ts'
import { killedAt } from '../kill.ts'

let template: string

beforeAll(() => {
  template = guideRoot(3)
  quantlab(template, CREATE)
  quantlab(template, ['runset', 'resolve', BASELINE])
  quantlab(template, ['registry', 'rebuild'])
  writeFileSync(join(template, 'late.csv'), 'late\n')
})

/** A copy of the prepared root, with further calls made in it. */
function copyOf(root: string): string {
  const copy = emptyFolder()
  cpSync(root, copy, { recursive: true })
  return copy
}

function facts(root: string): Map<string, string> {
  const folder = layout.registry(root)
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.parquet'))
  return new Map(names.map(name => [name, readFileSync(join(folder, name), 'base64')]))
}

const RUN = ['run', 'register', '--id', 'late', '--datasets', 'd', '--strategy-family', 'f', '--engine-version', '1']

const CALLS: [what: string, argv: string[], again: number[]][] = [
  ['registering a run', [...RUN, '--artifact', 'trades=late.csv'], [0]],
  ['registering a data set', ['dataset', 'register', 'late', '--source', 's', '--extracted-at', '2026-01-01'], [0]],
  ['creating a RunSet', ['runset', 'create', '--id', 'late', '--run-tags', 't', '--auto-resolve'], [0]],
  ['resolving', ['runset', 'resolve', BASELINE, '--force'], [0]],
  // Where the pin was written before the end came, it is frozen.
  ['freezing', ['runset', 'freeze', BASELINE, '--fresh'], [0, 5]],
  ['tagging', ['run', 'tag', 'run-0001', '--add', 'x'], [0]],
  ['merging', ['registry', 'compact', '--all'], [0]],
  ['collecting', ['registry', 'gc', '--apply'], [0]],
]

describe('RS-33: killed between any two changes', () => {
  it.each(CALLS)(
    '%s leaves no half of a fact, and can be repeated',
    async (_, argv, again) => {
      const whole = copyOf(template)
      const { changes, code } = killedAt(0, whole, argv)
      expect([code, changes > 2]).toEqual([0, true])
      const wanted = new Set(facts(whole).keys())
      const before = facts(template)
      const stride = Math.ceil(changes / 7)
      for (let n = 1; n <= changes; n += stride) {
        const root = copyOf(template)
        expect(killedAt(n, root, argv).killed).toBe(true)
        const { faults } = await checkRegistry(root)
        expect([n, faults]).toEqual([n, []])
        const after = facts(root)
        if (argv[1] !== 'gc')
          for (const [name, content] of before) expect(after.get(name) === content, `${name} after ${n}`).toBe(true)
        expect(again).toContain(quantlab(root, argv).code)
        expect((await checkRegistry(root)).faults).toEqual([])
        expect(facts(root).size).toBeGreaterThanOrEqual(argv[1] === 'compact' || argv[1] === 'gc' ? 1 : wanted.size)
        closeCache(root)
        rmSync(root, { recursive: true })
      }
    },
    120_000,
  )
})

it('RS-28: a rebuild killed at any point leaves the cache before it open and right, and the next one cleans up', async () => {
  const argv = ['registry', 'rebuild', '--force']
  const whole = copyOf(template)
  const { changes } = killedAt(0, whole, argv)
  expect(changes).toBeGreaterThan(1)
  const said = async (root: string) => {
    const catalog = await cachedCatalog(root)
    expect(catalog).not.toBeNull()
    const page = await catalog?.page([], 10, 0)
    closeCache(root)
    return [page?.total, catalog?.catalogHash, page?.records.map(({ row }) => row.run_id)]
  }
  const expected = await said(template)
  for (let n = 1; n <= changes; n += Math.ceil(changes / 9)) {
    const root = copyOf(template)
    expect(killedAt(n, root, argv).killed).toBe(true)
    expect([n, await said(root)]).toEqual([n, expected])
    expect(quantlab(root, argv).code).toBe(0)
    expect(await said(root)).toEqual(expected)
    expect(readdirSync(join(root, 'lake/cache'))).toEqual(['registry.duckdb'])
    rmSync(root, { recursive: true })
  }
}, 120_000)
