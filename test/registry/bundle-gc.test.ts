/** Bundles that any other root takes in, and collection that knows what is held. RS-32, RS-40. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { layout } from '../../src/base/layout.ts'
import { exportRunSet } from '../../src/registry/bundle.ts'
import { closeCache } from '../../src/registry/cache.ts'
import { cachedCatalog } from '../../src/registry/cached-catalog.ts'
import { checkRegistry } from '../../src/registry/check.ts'
import { compactTable } from '../../src/registry/compact.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { applyGc, planGc, undoGc, whyKept } from '../../src/registry/gc.ts'
import { importBundle } from '../../src/registry/import-bundle.ts'
import { verifyRunSet } from '../../src/registry/inspect.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { registerRun } from '../../src/registry/register.ts'
import { freezeRunSet, resolveRunSet, unfreezeRunSet } from '../../src/registry/resolve.ts'
import { addRunEvents, registerArtifacts } from '../../src/registry/run-events.ts'
import { listRuns } from '../../src/registry/runs.ts'
import { deleteRunSet, getRunSet, listRunSets, setAlias } from '../../src/registry/runsets.ts'
import { BASELINE, freshRoot, guideRegistry, guideRun } from './fixtures.ts'

const id = BASELINE.runsetId

async function frozen() {
  const { root, tick } = await guideRegistry(3)
  await createRunSet(root, BASELINE, tick())
  const late = { kind: 'late', uri: 's3://far/x', contentHash: 'a'.repeat(64), role: 'derived' as const }
  await registerArtifacts(root, { runId: 'run-0000' }, [late], tick())
  await freezeRunSet(root, id, tick())
  await registerRun(root, guideRun(root, 3, { status: 'running' }), tick())
  await addRunEvents(root, 'run-0003', [{ event: 'status', status: 'completed' }], tick())
  await freezeRunSet(root, id, tick(), { repin: true, fresh: true, reason: 'more' })
  return { root, tick }
}

it('a bundle goes into an empty root with the same ids, hashes and pins, and again without a change (RS-40)', async () => {
  const { root, tick } = await frozen()
  const path = join(root, 'b.runset.tar')
  const exported = await exportRunSet(root, id, path, tick(), { withArtifacts: true })
  expect(exported).toMatchObject({ runsetId: id, artifacts: 20, artifactsLeftOut: 1 })
  const other = freshRoot()
  const imported = await importBundle(other, path, tick())
  expect(imported.created).toEqual({ datasets: 1, runs: 4, artifacts: 1, files: 20, records: 2, pins: 2, runset: true })
  for (const reference of [id, `${id}@pin.1`, `${id}@pin.2`]) {
    const [one, two] = [await getRunSet(root, reference), await getRunSet(other, reference)]
    expect(JSON.stringify(two.resolution)).toBe(JSON.stringify(one.resolution))
    expect(two.spec).toEqual(one.spec)
    expect(two.pin).toMatchObject({ pin: one.pin?.pin, at: one.pin?.at, active: one.pin?.active })
  }
  expect(await verifyRunSet(other, id)).toMatchObject({ intact: true, artifacts: { intact: 20, unverifiable: 1 } })
  expect((await checkRegistry(other)).faults).toEqual([])
  const again = await importBundle(other, path, tick())
  expect(again.created).toEqual({ datasets: 0, runs: 0, artifacts: 0, files: 0, records: 0, pins: 0, runset: false })
  // And out of the other root comes the same file.
  await exportRunSet(other, id, join(other, 'c.tar'), tick(), { withArtifacts: true })
  expect(readFileSync(join(other, 'c.tar')).equals(readFileSync(path))).toBe(true)
})

it('is a plain tar that may be unpacked first', async () => {
  const { root, tick } = await frozen()
  await exportRunSet(root, `${id}@pin.1`, join(root, 'b.tar'), tick(), { withArtifacts: true })
  mkdirSync(join(root, 'unpacked'))
  const tar = spawnSync('tar', ['-xf', join(root, 'b.tar'), '-C', join(root, 'unpacked')])
  expect([tar.status, String(tar.stderr)]).toEqual([0, ''])
  const other = freshRoot()
  expect((await importBundle(other, join(root, 'unpacked'), tick())).created).toMatchObject({ runs: 3, pins: 1 })
  expect((await getRunSet(other, id)).mode).toBe('reproducible')
})

it('a bundle with one flipped byte anywhere is refused, and nothing is taken in (RS-40)', async () => {
  const { root, tick } = await frozen()
  const path = join(root, 'b.tar')
  await exportRunSet(root, `${id}@pin.1`, path, tick(), { withArtifacts: true })
  const bytes = readFileSync(path)
  // A prime step, so that headers, contents and the zeros between them are all met.
  const places = Array.from({ length: Math.floor(bytes.length / 397) }, (_, n) => n * 397)
  expect(places.length).toBeGreaterThan(40)
  for (const at of places) {
    const damaged = Buffer.from(bytes)
    damaged[at] ^= 1
    writeFileSync(join(root, 'bad.tar'), damaged)
    const other = freshRoot()
    await expect(importBundle(other, join(root, 'bad.tar'), tick()), `byte ${at}`).rejects.toMatchObject({
      code: 'BUNDLE_CORRUPT',
      exitCode: 7,
    })
    expect(readdirSync(other)).toEqual([])
  }
  for (const length of [0, 511, 512, 5000, bytes.length - 1]) {
    writeFileSync(join(root, 'bad.tar'), bytes.subarray(0, length))
    await expect(importBundle(freshRoot(), join(root, 'bad.tar'), tick())).rejects.toMatchObject({
      code: 'BUNDLE_CORRUPT',
    })
  }
})

it('a bundle does not overwrite a run, a file or a selection that differs', async () => {
  const { root, tick } = await frozen()
  const path = join(root, 'b.tar')
  await exportRunSet(root, id, path, tick(), { withArtifacts: true })
  const busy = freshRoot()
  await registerRun(busy, guideRun(busy, 1, { seed: 77 }), tick())
  await expect(importBundle(busy, path, tick())).rejects.toMatchObject({ code: 'RUN_IMMUTABLE' })
  const named = freshRoot()
  await createRunSet(named, { runsetId: id, runTags: ['x'] }, tick())
  await expect(importBundle(named, path, tick())).rejects.toMatchObject({ code: 'RUNSET_EXISTS' })
  const filed = freshRoot()
  mkdirSync(join(filed, 'outputs/runs/run-0001'), { recursive: true })
  writeFileSync(join(filed, 'outputs/runs/run-0001/trades.txt'), 'mine')
  await expect(importBundle(filed, path, tick())).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(existsSync(layout.registry(filed))).toBe(false)
})

// ── collection ─────────────────────────────────────────────────────────────────────────────────────────────────────

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => !name.startsWith('.trash') && statSync(join(folder, name)).isFile())
    .sort()
}

it('a plan changes nothing; applying moves merged files only, and undo brings them back', async () => {
  const { root, tick } = await frozen()
  await compactTable(root, 'runs', tick(), { all: true })
  const before = filesOf(layout.registry(root))
  const plan = await planGc(root)
  expect(filesOf(layout.registry(root))).toEqual(before)
  expect(plan.files).toHaveLength(4)
  expect(plan.files.every(({ path, why }) => path.startsWith('runs/day=') && why === 'merged into a segment')).toBe(
    true,
  )
  const answer = JSON.stringify((await resolveRunSet(root, id, tick())).resolution)
  const { trash } = await applyGc(root, tick())
  expect(filesOf(layout.registry(root))).toEqual(before.filter(name => !name.startsWith('runs/day=')))
  expect((await listRuns(root)).total).toBe(4)
  expect(JSON.stringify((await resolveRunSet(root, id, tick())).resolution)).toBe(answer)
  expect((await checkRegistry(root)).faults).toEqual([])
  expect(await applyGc(root, tick())).toMatchObject({ trash: null, files: [] })
  expect(undoGc(root, trash as string, tick())).toEqual({ restored: 4 })
  expect(filesOf(layout.registry(root))).toEqual(before)
})

it('spares what a pin, export, alias or recorded resolution holds, and says which (RS-32)', async () => {
  const { root, tick } = await frozen()
  for (const n of [10, 11]) await registerRun(root, guideRun(root, n, { datasetIds: ['elsewhere'] }), tick())
  for (const run of ['run-0001', 'run-0010']) await addRunEvents(root, run, [{ event: 'tombstone' }], tick())
  for (const name of ['plain', 'aliased', 'exported']) {
    await createRunSet(root, { ...BASELINE, runsetId: name, runTags: [name] }, tick())
    await resolveRunSet(root, name, tick())
  }
  await setAlias(root, 'kept', 'aliased', tick())
  await exportRunSet(root, 'exported', join(root, 'e.tar'), tick())
  for (const name of ['plain', 'aliased', 'exported']) await deleteRunSet(root, name, tick())
  const plan = await planGc(root)
  expect([plan.runs, plan.runsets]).toEqual([['run-0010'], ['plain']])
  expect(plan.survivors).toEqual([
    { id: 'run:run-0001', why: expect.arrayContaining([`pin ${id}@pin.1`, `pin ${id}@pin.2`]) },
    { id: 'runset:aliased', why: ['alias kept'] },
    { id: 'runset:exported', why: ['export of exported'] },
  ])
  expect(await whyKept(root, 'run-0001')).toContain(`pin ${id}@pin.1`)
  expect(await whyKept(root, 'run-0010')).toEqual([])
})

it('takes deleted runs out of the rows, for a cache and for facts alike, and undo puts them back', async () => {
  const { root, tick } = await guideRegistry(3)
  for (const n of [10, 11]) await registerRun(root, guideRun(root, n, { datasetIds: ['elsewhere'] }), tick())
  await addRunEvents(root, 'run-0010', [{ event: 'tombstone' }], tick())
  await compactTable(root, 'runs', tick(), { all: true })
  await rebuildCache(root, tick())
  const all = async () => (await listRuns(root, { deleted: true })).runs.map(({ runId }) => runId).sort()
  const before = await all()
  expect(before).toContain('run-0010')
  const { trash, runs } = await applyGc(root, tick())
  expect(runs).toEqual(['run-0010'])
  expect(await all()).toEqual(before.filter(run => run !== 'run-0010'))
  // A cache from before is of no use any more, rather than wrong.
  expect(await cachedCatalog(root)).toBeNull()
  await rebuildCache(root, tick())
  expect((await (await cachedCatalog(root))?.records(['run-0010']))?.size).toBe(0)
  expect((await checkRegistry(root)).faults).toEqual([])
  undoGc(root, trash as string, tick())
  expect(await all()).toEqual(before)
  closeCache(root)
})

it('a set holds its operands', async () => {
  const { root, tick } = await guideRegistry(2)
  await createRunSet(root, { ...BASELINE, runsetId: 'operand' }, tick())
  await freezeRunSet(root, 'operand', tick())
  await createRunSet(root, { runsetId: 'set', expr: 'operand' }, tick())
  await unfreezeRunSet(root, 'operand', tick())
  await deleteRunSet(root, 'operand', tick())
  expect((await planGc(root)).runsets).toEqual([])
  await applyGc(root, tick())
  expect((await resolveRunSet(root, 'set', tick())).resolution.runIds).toEqual(['run-0000', 'run-0001'])
  expect((await listRunSets(root)).total).toBe(1)
  rmSync(root, { recursive: true })
})
