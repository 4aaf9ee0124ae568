/** Several processes at one registry: one winner a name, no lost fact, nothing half-written. RS-25, RS-28, RS-33. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { beforeAll, expect, it } from 'vitest'
import { layout } from '../../src/base/layout.ts'
import { closeCache } from '../../src/registry/cache.ts'
import { cachedCatalog } from '../../src/registry/cached-catalog.ts'
import { checkRegistry } from '../../src/registry/check.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { findExperiment } from '../../src/registry/experiment-facts.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { listRuns } from '../../src/registry/runs.ts'
import { findRunSet } from '../../src/registry/runset-state.ts'
import { runsetHistory } from '../../src/registry/runsets.ts'
import { aDefinition, BASELINE, freshRoot, guideRegistry } from './fixtures.ts'

const id = BASELINE.runsetId
let folder: string

const WORKER = `
import { appendExperimentEvent, createExperiment, mustFindExperiment } from '${resolve('src/registry/experiment-facts.ts')}'
import { createRunSet } from '${resolve('src/registry/create-runset.ts')}'
import { registerRun } from '${resolve('src/registry/register.ts')}'
import { freezeRunSet, resolveRunSet } from '${resolve('src/registry/resolve.ts')}'
import { rebuildCache } from '${resolve('src/registry/rebuild.ts')}'
const [root, verb, name, count] = process.argv.slice(2)
const stamp = { now: Date.UTC(2026, 0, 30), actor: name }
const run = n => ({ runId: name + '-' + n, datasetIds: ['d'], strategyFamily: 'f', engineVersion: '1', strategyParams: { n } })
const verbs = {
  freeze: () => freezeRunSet(root, '${id}', stamp, { repin: count === 'repin' }),
  force: async () => { for (let n = 0; n < Number(count); n++) await resolveRunSet(root, '${id}', stamp, { force: true }) },
  create: () => createRunSet(root, { runsetId: 'raced', runTags: [name] }, stamp),
  same: () => registerRun(root, { ...run(0), runId: 'same', seed: Number(count) }, stamp),
  register: async () => { for (let n = 0; n < Number(count); n++) await registerRun(root, run(n), stamp, { claimed: true }) },
  rebuild: async () => { for (;;) await rebuildCache(root, stamp, { force: true }) },
  start: async () => {
    const state = await mustFindExperiment(root, 'exp')
    if (state.status !== 'pending' || !appendExperimentEvent(root, state, { status: 'running' }, stamp)) throw Object.assign(new Error('overtaken'), { code: 'OVERTAKEN' })
  },
}
try {
  await verbs[verb]()
  console.log('done')
} catch (error) {
  console.log(error.code ?? String(error))
}
`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quantlab-workers-'))
  writeFileSync(join(folder, 'worker.ts'), WORKER)
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  await build({
    entryPoints: [join(folder, 'worker.ts')],
    outfile: join(folder, 'worker.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@duckdb/node-api'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    logLevel: 'error',
  })
})

function start(root: string, verb: string, name: string, count = '0'): { child: ChildProcess; done: Promise<string> } {
  const child = spawn(process.execPath, [join(folder, 'worker.mjs'), root, verb, name, count], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout?.on('data', chunk => {
    text += chunk
  })
  return { child, done: new Promise(resolveDone => child.on('close', () => resolveDone(text.trim()))) }
}

const all = (starts: { done: Promise<string> }[]) => Promise.all(starts.map(({ done }) => done))

it('of two freezes one pins and the other hears a conflict (RS-25)', async () => {
  const { root, tick } = await guideRegistry(2)
  await createRunSet(root, BASELINE, tick())
  const answers = await all([start(root, 'freeze', 'a'), start(root, 'freeze', 'b'), start(root, 'freeze', 'c')])
  expect(answers.sort()).toEqual(['RUNSET_ALREADY_FROZEN', 'RUNSET_ALREADY_FROZEN', 'done'])
  expect((await findRunSet(root, id))?.pins).toHaveLength(1)
})

it('pins that race each other take one sequence number each (RS-25)', async () => {
  const { root, tick } = await guideRegistry(2)
  await createRunSet(root, BASELINE, tick())
  expect(await all(['a', 'b', 'c'].map(name => start(root, 'freeze', name, 'repin')))).toEqual(['done', 'done', 'done'])
  expect((await findRunSet(root, id))?.pins.map(({ pin, seq }) => [pin, seq])).toEqual([
    [1, 2],
    [2, 3],
    [3, 4],
  ])
  expect((await checkRegistry(root)).faults).toEqual([])
})

it('resolves that race each other each leave one log record, without a gap (RS-18)', async () => {
  const { root, tick } = await guideRegistry(2)
  await createRunSet(root, BASELINE, tick())
  await all(['a', 'b', 'c'].map(name => start(root, 'force', name, '10')))
  const { history, total } = await runsetHistory(root, id, 100)
  expect(total).toBe(30)
  expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => 30 - n))
})

it('one id is one selection, one run and one attempt, whoever comes first', async () => {
  const root = freshRoot()
  expect((await all(['a', 'b', 'c'].map(name => start(root, 'create', name)))).sort()).toEqual([
    'RUNSET_EXISTS',
    'RUNSET_EXISTS',
    'done',
  ])
  expect((await all(['1', '2', '3'].map(seed => start(root, 'same', 'x', seed)))).sort()).toEqual([
    'RUN_IMMUTABLE',
    'RUN_IMMUTABLE',
    'done',
  ])
  const { createExperiment } = await import('../../src/registry/experiment-facts.ts')
  await createExperiment(
    root,
    { experimentId: 'exp', definitionHash: 'a'.repeat(64), definition: aDefinition, resolutionIds: [] },
    { now: Date.UTC(2026, 0, 30) },
  )
  const answers = await all(['a', 'b', 'c'].map(name => start(root, 'start', name)))
  expect(answers.filter(answer => answer === 'done')).toHaveLength(1)
  expect(await findExperiment(root, 'exp')).toMatchObject({ status: 'running', attempts: 1 })
  expect((await checkRegistry(root)).faults).toEqual([])
})

it('loses no run of several writers and their compactions, and counts none twice', async () => {
  const root = freshRoot()
  await all(['a', 'b'].map(name => start(root, 'register', name, '400')))
  expect((await listRuns(root, {}, { limit: 1 })).total).toBe(800)
  await rebuildCache(root, { now: 1 })
  expect((await (await cachedCatalog(root))?.page([], 1, 0))?.total).toBe(800)
  expect((await checkRegistry(root)).faults).toEqual([])
  closeCache(root)
})

it('a killed writer leaves whole facts only (RS-33)', async () => {
  const root = freshRoot()
  const { child, done } = start(root, 'register', 'k', '100000')
  await waitFor(() =>
    listed(join(layout.registry(root), 'runs')).some(day =>
      listed(join(layout.registry(root), 'runs', day)).some(name => name.startsWith('part-')),
    ),
  )
  child.kill('SIGKILL')
  await done
  const { faults, intact } = await checkRegistry(root)
  expect([intact, faults]).toEqual([true, []])
  expect((await listRuns(root)).total).toBeGreaterThan(0)
})

it('writers that are killed while they merge lose nothing and count nothing twice (RS-33)', async () => {
  const root = freshRoot()
  const runs = join(layout.registry(root), 'runs')
  const parts = () =>
    listed(runs).flatMap(day => listed(join(runs, day)).filter(name => name.startsWith('part-'))).length
  for (let round = 0; round < 4; round++) {
    const { child, done } = start(root, 'register', `k${round}`, '100000')
    // At another place each time: just before, in and after a merge.
    const before = parts()
    await waitFor(() => parts() >= before + 62 + round)
    child.kill('SIGKILL')
    await done
    expect((await listRuns(root, {}, { limit: 1 })).total).toBe(parts())
  }
  await all(['x', 'y'].map(name => start(root, 'register', name, '150')))
  expect((await listRuns(root, {}, { limit: 1 })).total).toBe(parts())
  const { faults, rows } = await checkRegistry(root)
  expect([faults, rows >= parts()]).toEqual([[], true])
  await rebuildCache(root, { now: 1 })
  expect((await (await cachedCatalog(root))?.page([], 1, 0))?.total).toBe(parts())
  closeCache(root)
})

it('a killed rebuild leaves the old cache answering (RS-28)', async () => {
  const { root, tick } = await guideRegistry(5)
  await rebuildCache(root, tick())
  const cache = join(layout.registryCache(root), '..')
  for (let round = 0; round < 3; round++) {
    const { child, done } = start(root, 'rebuild', 'r')
    await waitFor(() => listed(cache).some(name => name.includes('.tmp-')))
    child.kill('SIGKILL')
    await done
    expect((await (await cachedCatalog(root))?.page([], 1, 0))?.total).toBe(5)
    closeCache(root)
  }
  // What the killed one left is removed by the next rebuild.
  await rebuildCache(root, tick(), { force: true })
  expect(listed(cache)).toEqual(['registry.duckdb'])
  closeCache(root)
})

function listed(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Look every few milliseconds; the test's own time limit ends it. */
async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(done => setTimeout(done, 2))
}
