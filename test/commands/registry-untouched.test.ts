/** RS-01 and RS-20 over the commands as callers make them: whatever is asked, what was there stays byte for byte. */

import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { closeCache } from '../../src/registry/cache.ts'
import { ask, emptyFolder, requestOf, rootWithData } from '../harness.ts'

let template: string

async function done(root: string, command: string, params: Record<string, unknown>): Promise<Record<string, any>> {
  const answer = await ask(root, requestOf(command, params))
  expect(answer['error']).toBeUndefined()
  return answer['result'] ?? answer
}

const WHERE = { dataset: 'eth-usd', from: '2021-01-01', to: '2021-12-31' }

beforeAll(async () => {
  template = await rootWithData()
  for (const fee of [0.001, 0.002])
    await done(template, 'run', { ticker: 'ETH-USD', start: '2021-01-01', end: '2022-01-01', fee })
  await done(template, 'runset', { action: 'create', id: 'all', ...WHERE })
})

/** Every file with its content and time stamp. */
function look(root: string): Map<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name =>
    statSync(join(root, name)).isFile(),
  )
  return new Map(
    names.map(name => [name, `${statSync(join(root, name)).mtimeMs} ${readFileSync(join(root, name), 'base64')}`]),
  )
}

const VERBS: [command: string, params: Record<string, unknown>][] = [
  ['runset', { action: 'create', id: 'other', ...WHERE, tags: ['x'] }],
  ['runset', { action: 'create', id: 'all', ...WHERE, tags: ['y'], description: 'text' }],
  ['runset', { action: 'resolve', id: 'all' }],
  ['runset', { action: 'resolve', id: 'all', force: true }],
  ['runset', { action: 'freeze', id: 'all', repin: true }],
  ['runset', { action: 'unfreeze', id: 'all' }],
  ['runset', { action: 'delete', id: 'other' }],
  ['runset', { action: 'list', stale: true }],
  ['runset', { action: 'get', id: 'all', history: 5 }],
  ['runset', { action: 'status', id: 'all' }],
  ['runset', { action: 'diff', a: 'all' }],
  ['runset', { action: 'verify', id: 'all' }],
  ['runset', { action: 'lineage', id: 'all' }],
  ['runset', { action: 'cite', id: 'all' }],
  ['runset', { action: 'alias', verb: 'set', alias: 'name', reference: 'all' }],
  ['runset', { action: 'export', id: 'all', out: 'out/all.tar' }],
  ['lab', { action: 'query', runset: 'all', sql: 'SELECT count(*) FROM trades' }],
  ['lab', { action: 'query', runset: 'all', sql: 'DELETE FROM trades' }],
  ['lab', { action: 'query', runset: 'all', sql: 'SELECT 1', out: 'out/one.csv' }],
  ['experiment', { action: 'create', name: 'e', runset: ['all'] }],
  ['experiment', { action: 'list' }],
  ['registry', { action: 'rebuild' }],
  ['registry', { action: 'check' }],
  ['registry', { action: 'compact', all: true }],
  ['registry', { action: 'gc' }],
  ['registry', { action: 'export', out: 'out/registry.tar' }],
  ['runs', { action: 'list' }],
  ['dataset', { action: 'list' }],
  ['dataset', { action: 'register', id: 'declared', kind: 'alerts' }],
]

it('RS-01: no sequence of commands changes what is under lake/datasets, outputs or lake/registry: only facts, the cache and named outputs are added', async () => {
  const seen = new Set<number>()
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(
        VERBS.map((_, at) => at),
        { minLength: 12, maxLength: 16 },
      ),
      async order => {
        const root = emptyFolder()
        cpSync(template, root, { recursive: true, preserveTimestamps: true })
        let before = look(root)
        for (const at of order) {
          const [command, params] = VERBS[at]
          const { status } = await ask(root, requestOf(command, params))
          if (status === 'success') seen.add(at)
          const after = look(root)
          const said = JSON.stringify(params)
          for (const [name, content] of before) {
            // The cache may be built anew; a file that the caller names for output is the caller's.
            if (/^(lake\/cache|out)\//.test(name)) continue
            expect(after.get(name) === content, `${command} ${said} changed ${name}`).toBe(true)
          }
          for (const name of after.keys()) {
            if (before.has(name)) continue
            expect(name, `${command} ${said}`).toMatch(
              /^(lake\/registry\/.*\.parquet|lake\/cache\/registry\.duckdb|out\/.*|lake\/datasets\/alerts\/declared\/manifest\.json)$/,
            )
          }
          before = after
        }
        closeCache(root)
        rmSync(root, { recursive: true })
      },
    ),
    { numRuns: 5 },
  )
  // A sequence of refusals would prove nothing.
  expect(seen.size).toBeGreaterThan(VERBS.length / 2)
}, 180_000)

it('RS-20: a preview changes neither membership, get, the lab nor what an experiment is made of', async () => {
  const root = emptyFolder()
  cpSync(template, root, { recursive: true })
  await done(root, 'runset', { action: 'freeze', id: 'all' })
  const said = async () => {
    const { resolution, pin, mode } = await done(root, 'runset', { action: 'get', id: 'all' })
    const sql = 'SELECT run_id FROM registry.runset_membership ORDER BY run_id'
    const { rows, provenance } = await done(root, 'lab', { action: 'query', runset: 'all', sql })
    const { experiment } = await done(root, 'experiment', { action: 'create', name: 'e', runset: ['all'] })
    await done(root, 'registry', { action: 'rebuild' })
    const { openDatabase } = await import('../../src/base/duckdb.ts')
    const { layout } = await import('../../src/base/layout.ts')
    const database = await openDatabase(layout.registryCache(root), { readOnly: true })
    const membership = await database.query(
      `SELECT run_id FROM registry.runset_membership WHERE runset_id = 'all' ORDER BY 1`,
    )
    database.close()
    return JSON.stringify([
      resolution,
      pin,
      mode,
      rows,
      provenance,
      experiment.definition?.runsets ?? experiment.runsets,
      membership.columns,
    ])
  }
  const before = await said()
  await done(root, 'run', { ticker: 'ETH-USD', start: '2021-01-01', end: '2022-01-01', fee: 0.003 })
  const preview = await done(root, 'runset', { action: 'resolve', id: 'all', force: true })
  expect([preview['preview'], preview['resolution'].runIds.length]).toEqual([true, 3])
  expect(await said()).toBe(before)
  closeCache(root)
})
