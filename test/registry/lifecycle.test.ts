/** What a RunSet may become and what it must never become: the table of states, pins, history, aliases, status, citations. */

import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/base/canonical.ts'
import { layout } from '../../src/base/layout.ts'
import { aliasHistory, findAlias, listAliases, removeAlias } from '../../src/registry/alias.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { createExperiment } from '../../src/registry/experiment-facts.ts'
import { citeRunSet, diffRunSets, explainMembership, verifyRunSet } from '../../src/registry/inspect.ts'
import { lineageOf } from '../../src/registry/lineage.ts'
import { dotOf, mermaidOf } from '../../src/registry/lineage-graph.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { findReference } from '../../src/registry/reference.ts'
import { registerRun } from '../../src/registry/register.ts'
import { freezeRunSet, resolveRunSet, unfreezeRunSet } from '../../src/registry/resolve.ts'
import { addRunEvents, registerArtifacts } from '../../src/registry/run-events.ts'
import { deleteRunSet, getRunSet, listRunSets, runsetHistory, setAlias } from '../../src/registry/runsets.ts'
import { runsetStatus } from '../../src/registry/status.ts'
import { aDefinition, BASELINE, guideRegistry, guideRun } from './fixtures.ts'

const id = BASELINE.runsetId

/** A small registry with the guide's RunSet, resolved. */
async function resolved(count = 3) {
  const { root, tick } = await guideRegistry(count)
  await createRunSet(root, BASELINE, tick())
  await resolveRunSet(root, id, tick())
  return { root, tick }
}

describe('create', () => {
  it('conflicts with another selection and tells each field, old → new', async () => {
    const { root, tick } = await guideRegistry(0)
    await createRunSet(root, BASELINE, tick())
    const other = { ...BASELINE, universe: { callers: ['smart_money'] } }
    await expect(createRunSet(root, other, tick())).rejects.toMatchObject({
      code: 'RUNSET_EXISTS',
      exitCode: 5,
      message: `RunSet already exists with a different selection: ${id}`,
      details: [{ pointer: '/where/universe/callers', message: '["whale_watcher"] → ["smart_money"]' }],
    })
  })

  it('changes labels and description as events, whatever the selection is spelled like', async () => {
    const { root, tick } = await guideRegistry(0)
    await createRunSet(root, BASELINE, tick())
    const again = {
      ...BASELINE,
      timeBounds: { from: '2025-10-01', to: '2026-01-01T00:00Z' },
      tags: ['q4', 'paper'],
      description: 'why',
    }
    const { created, changed, runset } = await createRunSet(root, again, tick())
    expect([created, changed]).toEqual([false, true])
    expect(runset.spec).toMatchObject({ tags: ['paper', 'q4'], description: 'why', name: BASELINE.name })
    expect(runset.spec.written).toEqual({ from: '2025-10-01', to: '2025-12-31' })
  })

  it('names the RunSets that select the same, and writes nothing on a dry run', async () => {
    const { root, tick } = await guideRegistry(0)
    await createRunSet(root, BASELINE, tick())
    const dry = await createRunSet(root, { ...BASELINE, runsetId: 'twin' }, tick(), { dryRun: true })
    expect(dry).toMatchObject({ created: true, warnings: [{ code: 'SAME_SELECTION', sample: [id] }] })
    expect((await listRunSets(root)).total).toBe(1)
  })

  it.each(['a@b', 'sha256:aa', '', '-x', '../x', 'a/b', 'x'.repeat(129)])('refuses the id %j', async bad => {
    const { root, tick } = await guideRegistry(0)
    await expect(createRunSet(root, { ...BASELINE, runsetId: bad }, tick())).rejects.toMatchObject({
      code: 'INVALID_SPEC',
    })
  })
})

describe('states', () => {
  it('freezes a draft by one resolve record', async () => {
    const { root, tick } = await guideRegistry(3)
    await createRunSet(root, BASELINE, tick())
    await freezeRunSet(root, id, tick())
    expect((await runsetHistory(root, id)).history).toMatchObject([
      { seq: 1, kind: 'resolve', pinned: true, pins: [1] },
    ])
  })

  it('refuses a second freeze, unless it is told what is pinned or to move the pin', async () => {
    const { root, tick } = await resolved()
    const { resolution } = await freezeRunSet(root, id, tick())
    const short = resolution.contentHash.slice(0, 8)
    await expect(freezeRunSet(root, id, tick())).rejects.toThrow(
      `RunSet already frozen: ${id} (resolution_hash=${short}...)`,
    )
    expect(await freezeRunSet(root, id, tick(), { expectHash: short })).toMatchObject({
      changed: false,
      pin: { pin: 1 },
    })
    await expect(freezeRunSet(root, id, tick(), { expectHash: 'deadbeef' })).rejects.toMatchObject({
      code: 'HASH_EXPECTATION',
    })
    expect(await freezeRunSet(root, id, tick(), { repin: true })).toMatchObject({ changed: true, pin: { pin: 2 } })
  })

  it('refuses to freeze nothing, unless told', async () => {
    const { root, tick } = await guideRegistry(0)
    await createRunSet(root, BASELINE, tick())
    await expect(freezeRunSet(root, id, tick())).rejects.toMatchObject({ code: 'EMPTY_FREEZE', exitCode: 5 })
    expect(await freezeRunSet(root, id, tick(), { allowEmpty: true })).toMatchObject({ changed: true })
  })

  it('refuses to freeze on a data set that nobody registered', async () => {
    const { root, tick } = await guideRegistry(1)
    await registerRun(root, guideRun(root, 900, { datasetIds: ['unknown'] }), tick())
    await createRunSet(root, { ...BASELINE, runsetId: 'u', datasetId: 'unknown' }, tick())
    const { resolution } = await resolveRunSet(root, 'u', tick())
    expect(resolution.metadata.warnings).toContainEqual({
      code: 'DATASET_UNREGISTERED',
      message: 'Dataset is not registered: unknown',
    })
    await expect(freezeRunSet(root, 'u', tick())).rejects.toMatchObject({ code: 'DATASET_UNREGISTERED' })
  })

  it('unfreezes only what is frozen, and keeps both pins addressable with one resolution id (RS-24)', async () => {
    const { root, tick } = await resolved()
    await expect(unfreezeRunSet(root, id, tick())).rejects.toThrow(`RunSet is not frozen: ${id}`)
    const first = await freezeRunSet(root, id, tick())
    expect(await unfreezeRunSet(root, id, tick(), 'more data')).toMatchObject({
      mode: 'exploration',
      previousPin: { pin: 1, active: false },
    })
    const second = await freezeRunSet(root, id, tick())
    expect(second.pin.pin).toBe(2)
    expect(second.resolution.resolutionId).toBe(first.resolution.resolutionId)
    for (const n of [1, 2])
      expect((await getRunSet(root, `${id}@pin.${n}`)).resolution?.resolutionId).toBe(first.resolution.resolutionId)
    await expect(getRunSet(root, `${id}@pin.3`)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('deletes by a tombstone, refuses it when frozen, revives the same selection', async () => {
    const { root, tick } = await resolved()
    await freezeRunSet(root, id, tick())
    await expect(deleteRunSet(root, id, tick())).rejects.toThrow(
      `RunSet is frozen: ${id}. Unfreeze it before deleting.`,
    )
    await unfreezeRunSet(root, id, tick())
    expect(await deleteRunSet(root, id, tick())).toMatchObject({ deleted: true, changed: true })
    expect(await deleteRunSet(root, id, tick())).toMatchObject({ changed: false })
    await expect(resolveRunSet(root, id, tick())).rejects.toMatchObject({ code: 'RUNSET_NOT_FOUND', exitCode: 6 })
    await expect(createRunSet(root, { ...BASELINE, universe: {} }, tick())).rejects.toMatchObject({
      code: 'RUNSET_EXISTS',
    })
    expect(await createRunSet(root, BASELINE, tick())).toMatchObject({ created: true })
    expect((await runsetHistory(root, id)).total).toBe(1)
  })

  it('lets another selection take the id of a deleted RunSet that was never frozen', async () => {
    const { root, tick } = await resolved()
    await deleteRunSet(root, id, tick())
    await createRunSet(root, { ...BASELINE, runTags: ['none'] }, tick())
    const { resolution } = await freezeRunSet(root, id, tick(), { allowEmpty: true })
    expect(resolution.runIds).toEqual([])
  })
})

it('pins what was reviewed, not what arrived since, and says so (RS-22)', async () => {
  const { root, tick } = await resolved(3)
  await registerRun(root, guideRun(root, 3), tick())
  const { resolution, warnings } = await freezeRunSet(root, id, tick())
  expect(resolution.runIds).toHaveLength(3)
  expect(warnings[0].message).toBe('1 matching runs were added since this resolution; use --fresh to include them')
  const fresh = await freezeRunSet(root, id, tick(), { repin: true, fresh: true })
  expect(fresh.resolution.runIds).toHaveLength(4)
})

it('a pin is the same bytes after everything that may happen to its members (RS-11)', async () => {
  const { root, tick } = await resolved(3)
  await freezeRunSet(root, id, tick())
  const bytes = async () => JSON.stringify((await resolveRunSet(root, id, tick())).resolution)
  const before = await bytes()
  await registerRun(root, guideRun(root, 3), tick())
  const late = { kind: 'late', uri: 'x', contentHash: 'a'.repeat(64), role: 'derived' as const }
  await registerArtifacts(root, { runId: 'run-0000' }, [late], tick())
  await addRunEvents(root, 'run-0001', [{ event: 'tombstone' }, { event: 'tag_add', tag: 't' }], tick())
  expect(await bytes()).toBe(before)
  await rebuildCache(root, tick(), { force: true })
  expect(await bytes()).toBe(before)
  rmSync(layout.registryCache(root))
  expect(await bytes()).toBe(before)
})

it('logs each resolve that is not on record, the empty ones too, without a gap (RS-18)', async () => {
  const { root, tick } = await guideRegistry(0)
  await createRunSet(root, BASELINE, tick())
  const cached: boolean[] = []
  for (let n = 0; n < 3; n++) {
    cached.push((await resolveRunSet(root, id, tick())).cached)
    cached.push((await resolveRunSet(root, id, tick())).cached)
    await registerRun(root, guideRun(root, n), tick())
  }
  await resolveRunSet(root, id, tick(), { force: true })
  expect(cached).toEqual([false, true, false, true, false, true])
  const { history } = await runsetHistory(root, id)
  expect(history.map(({ seq, kind, runCount, added, removed }) => [seq, kind, runCount, added, removed])).toEqual([
    [4, 'forced', 3, 1, 0],
    [3, 'resolve', 2, 1, 0],
    [2, 'resolve', 1, 1, 0],
    [1, 'resolve', 0, 0, 0],
  ])
})

it('a preview changes neither what get shows nor what is pinned (RS-20)', async () => {
  const { root, tick } = await resolved(2)
  await freezeRunSet(root, id, tick())
  const before = JSON.stringify(await getRunSet(root, id))
  await registerRun(root, guideRun(root, 2), tick())
  await resolveRunSet(root, id, tick(), { force: true })
  expect(JSON.stringify(await getRunSet(root, id))).toBe(before)
  await unfreezeRunSet(root, id, tick())
  expect((await getRunSet(root, id)).resolution?.runIds).toHaveLength(2)
})

it('refuses to freeze a changed artifact and writes nothing (RS-23)', async () => {
  const { root, tick } = await resolved()
  appendFileSync(join(root, 'outputs/runs/run-0001/trades.txt'), 'x')
  rmSync(join(root, 'outputs/runs/run-0002/metrics.txt'))
  await expect(freezeRunSet(root, id, tick())).rejects.toMatchObject({
    code: 'ARTIFACT_CHANGED',
    exitCode: 7,
    details: [{ pointer: 'outputs/runs/run-0001/trades.txt' }, { pointer: 'outputs/runs/run-0002/metrics.txt' }],
  })
  expect((await getRunSet(root, id)).mode).toBe('exploration')
  expect(await freezeRunSet(root, id, tick(), { verify: false })).toMatchObject({ changed: true })
})

it('tells how reality has moved, each change with its cause', async () => {
  const { root, tick } = await resolved(4)
  await freezeRunSet(root, id, tick())
  expect(await runsetStatus(root, id, tick())).toMatchObject({ current: true, causes: [] })
  await registerRun(root, guideRun(root, 4), tick())
  await addRunEvents(root, 'run-0000', [{ event: 'tombstone' }], tick())
  const late = { kind: 'late', uri: 'x', contentHash: 'a'.repeat(64), role: 'derived' as const }
  await registerArtifacts(root, { runId: 'run-0001' }, [late], tick())
  writeFileSync(
    join(root, 'outputs/runs/run-0002/trades.txt'),
    readFileSync(join(root, 'outputs/runs/run-0002/trades.txt'), 'utf8').toUpperCase(),
  )
  rmSync(join(root, 'outputs/runs/run-0003/config.txt'))
  const { causes, current } = await runsetStatus(root, id, tick())
  expect(current).toBe(false)
  expect(causes.map(({ cause, count, sample }) => [cause, count, sample[0]])).toEqual([
    ['runs_added', 1, 'run-0004'],
    ['members_tombstoned', 1, 'run-0000'],
    ['artifacts_registered', 1, 'run-0001/late x'],
    ['artifacts_changed', 1, 'outputs/runs/run-0002/trades.txt'],
    ['artifacts_missing', 1, 'outputs/runs/run-0003/config.txt'],
  ])
  expect((await runsetHistory(root, id)).total).toBe(1)
})

it('verifies an answer and tells missing, changed, unverifiable apart', async () => {
  const { root, tick } = await guideRegistry(1)
  await registerRun(
    root,
    { ...guideRun(root, 1), artifacts: [{ kind: 'trades', uri: 's3://bucket/x', contentHash: 'b'.repeat(64) }] },
    tick(),
  )
  await createRunSet(root, BASELINE, tick())
  const { resolution } = await freezeRunSet(root, id, tick())
  expect(await verifyRunSet(root, id, { expectHash: resolution.contentHash.slice(0, 8) })).toMatchObject({
    intact: true,
    bits: 8,
    artifacts: { intact: 5, unverifiable: 1, changed: 0, missing: 0 },
  })
  await expect(verifyRunSet(root, id, { expectHash: '00000000' })).rejects.toMatchObject({ code: 'HASH_EXPECTATION' })
  const path = join(root, 'outputs/runs/run-0000/trades.txt')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('t', 'T'))
  expect(await verifyRunSet(root, id, { fast: true })).toMatchObject({ intact: true, fast: true })
  const found = await verifyRunSet(root, id)
  expect(found).toMatchObject({
    intact: false,
    bits: 10,
    faults: [
      { uri: 'outputs/runs/run-0000/trades.txt', state: 'changed', found: sha256Hex(text.replace('t', 'T')) },
      { state: 'unverifiable' },
    ],
  })
})

it('explains a member and a stranger, condition by condition', async () => {
  const { root, tick } = await resolved(1)
  await registerRun(
    root,
    guideRun(root, 5, { runId: 'stranger', universe: { callers: ['whale_watcher', 'other'] } }),
    tick(),
  )
  expect(await explainMembership(root, id, 'run-0000')).toMatchObject({ matches: true, member: true })
  const { matches, member, conditions } = await explainMembership(root, id, 'stranger')
  expect([matches, member]).toEqual([false, false])
  expect(conditions.filter(({ holds }) => !holds)).toEqual([
    {
      condition: 'universe.callers',
      holds: false,
      undeclared: false,
      wanted: ['whale_watcher'],
      has: ['other', 'whale_watcher'],
    },
  ])
  await expect(explainMembership(root, id, 'strange')).rejects.toMatchObject({
    code: 'RUN_NOT_FOUND',
    hint: 'Did you mean stranger?',
  })
})

it('diffs two pins, and a pin with now', async () => {
  const { root, tick } = await resolved(2)
  await freezeRunSet(root, id, tick())
  await registerRun(root, guideRun(root, 2), tick())
  const now = await diffRunSets(root, id, undefined, tick())
  expect(now.runs).toMatchObject({ added: ['run-0002'], removed: [], common: 2 })
  expect(now.groups).toEqual([{ group: 'MultiTrade_20pctTrail | ohlcv_v2_2025Q4 | 2026-01-29', added: 1, removed: 0 }])
  await freezeRunSet(root, id, tick(), { repin: true, fresh: true })
  const forth = await diffRunSets(root, `${id}@pin.1`, `${id}@pin.2`, tick())
  const back = await diffRunSets(root, `${id}@pin.2`, `${id}@pin.1`, tick())
  expect(back.runs).toMatchObject({ added: forth.runs.removed, removed: forth.runs.added })
  expect(forth.same).toBe(false)
})

it('cites a pin in two lines', async () => {
  const { root, tick } = await resolved(2)
  await expect(citeRunSet(root, id)).rejects.toMatchObject({ exitCode: 5 })
  const { resolution } = await freezeRunSet(root, id, tick())
  const short = (hash: string) => hash.slice(0, 8)
  expect(await citeRunSet(root, id)).toEqual({
    citation: `${id} · spec ${short(resolution.specHash)} · pin 1 · runs ${short(resolution.contentHash)} (2) · artifacts ${short(resolution.artifactsHash)} · 2026-01-29`,
    verify: `quantlab runset verify ${id}@pin.1 --expect-hash ${short(resolution.contentHash)}`,
  })
  expect(resolution.contentHash).toBe(sha256Hex('["run-0000","run-0001"]'))
})

describe('references', () => {
  it('by hash prefix, spec hash and alias; ambiguity and shortness are refused', async () => {
    const { root, tick } = await resolved(2)
    const { resolution } = await freezeRunSet(root, id, tick())
    const meant = async (text: string) => (await findReference(root, text)).record?.resolution_id
    expect(await meant(`${id}@${resolution.contentHash.slice(0, 8)}`)).toBe(resolution.resolutionId)
    expect((await findReference(root, `sha256:${resolution.specHash.slice(0, 12)}`)).state.runsetId).toBe(id)
    await expect(findReference(root, `${id}@abc`)).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
    await createRunSet(root, { ...BASELINE, runsetId: 'twin' }, tick())
    await expect(findReference(root, `sha256:${resolution.specHash.slice(0, 12)}`)).rejects.toMatchObject({
      code: 'AMBIGUOUS_REFERENCE',
    })
    await expect(findReference(root, 'brook_baselin_2025Q4')).rejects.toMatchObject({ hint: `Did you mean ${id}?` })
  })

  it('an alias keeps what it meant, and shares no name with a RunSet', async () => {
    const { root, tick } = await resolved(2)
    await freezeRunSet(root, id, tick())
    const first = tick()
    await setAlias(root, 'paper', `${id}@pin.1`, first)
    await setAlias(root, 'chained', 'paper', tick())
    expect(await findAlias(root, 'chained')).toBe(`${id}@pin.1`)
    await setAlias(root, 'paper', id, tick())
    expect(await findAlias(root, 'paper', first.now)).toBe(`${id}@pin.1`)
    expect((await findReference(root, 'paper')).state.runsetId).toBe(id)
    await expect(setAlias(root, id, id, tick())).rejects.toMatchObject({ code: 'ALIAS_TAKEN', exitCode: 5 })
    await expect(createRunSet(root, { ...BASELINE, runsetId: 'paper' }, tick())).rejects.toMatchObject({
      code: 'ALIAS_TAKEN',
    })
    await removeAlias(root, 'paper', tick())
    expect((await aliasHistory(root, 'paper')).map(({ event, reference }) => [event, reference])).toEqual([
      ['set', `${id}@pin.1`],
      ['set', id],
      ['rm', null],
    ])
    expect((await listAliases(root)).map(({ alias }) => alias)).toEqual(['chained'])
  })
})

it('set algebra reads live operands as they resolve now and pins as they were', async () => {
  const { root, tick } = await resolved(4)
  await createRunSet(root, { runsetId: 'some', runTags: ['x'] }, tick())
  await addRunEvents(root, 'run-0000', [{ event: 'tag_add', tag: 'x' }], tick())
  await freezeRunSet(root, id, tick())
  await createRunSet(root, { runsetId: 'rest', expr: `${id} minus some` }, tick())
  const members = async () => (await resolveRunSet(root, 'rest', tick())).resolution.runIds
  expect(await members()).toEqual(['run-0001', 'run-0002', 'run-0003'])
  await addRunEvents(root, 'run-0003', [{ event: 'tag_add', tag: 'x' }], tick())
  await registerRun(root, guideRun(root, 4), tick())
  expect(await members()).toEqual(['run-0001', 'run-0002'])
  expect((await explainMembership(root, 'rest', 'run-0003')).conditions).toMatchObject([
    { condition: 'set', holds: false },
  ])
  await expect(createRunSet(root, { runsetId: 'bad', expr: `${id} minus nobody` }, tick())).rejects.toMatchObject({
    code: 'RUNSET_NOT_FOUND',
  })
})

it('lists by label, data set, state; newest first', async () => {
  const { root, tick } = await resolved(1)
  await createRunSet(root, { runsetId: 'b', runTags: ['x'], tags: ['baseline'] }, tick())
  await freezeRunSet(root, id, tick())
  const ids = async (filter: Parameters<typeof listRunSets>[1]) =>
    (await listRunSets(root, filter)).runsets.map(({ spec }) => spec.runsetId)
  expect(await ids({})).toEqual(['b', id])
  expect(await ids({ tags: ['baseline', 'q4'] })).toEqual([id])
  expect(await ids({ datasetId: 'ohlcv_v2_2025Q4' })).toEqual([id])
  expect(await ids({ frozen: false })).toEqual(['b'])
  expect(await ids({ mode: 'reproducible' })).toEqual([id])
  expect(await listRunSets(root, { limit: 1, offset: 1 })).toMatchObject({
    total: 2,
    runsets: [{ spec: { runsetId: id, frozen: true } }],
  })
})

it('draws what a RunSet is made from and what holds it', async () => {
  const { root, tick } = await resolved(2)
  const { resolution } = await freezeRunSet(root, id, tick())
  const definitionHash = 'c'.repeat(64)
  await createExperiment(
    root,
    { experimentId: 'exp-1', definitionHash, definition: aDefinition, resolutionIds: [resolution.resolutionId] },
    tick(),
  )
  const lineage = await lineageOf(root, id)
  const ids = lineage.nodes.map(node => node.id)
  expect(ids).toEqual(
    expect.arrayContaining([
      'dataset:ohlcv_v2_2025Q4',
      'run:run-0000',
      `pin:${id}@pin.1`,
      'experiment:exp-1',
      `runset:${id}`,
    ]),
  )
  expect(lineage.edges).toContainEqual({ from: 'run:run-0000', to: 'dataset:ohlcv_v2_2025Q4' })
  expect(mermaidOf(lineage).split('\n')).toHaveLength(1 + lineage.nodes.length + lineage.edges.length)
  expect(dotOf(lineage)).toContain(`"runset:${id}" -> "resolution:${resolution.resolutionId}";`)
  const down = await lineageOf(root, 'run-0000', { up: false })
  expect(down.nodes.filter(({ kind }) => kind === 'artifact')).toHaveLength(10)
  expect(down.nodes.map(node => node.id)).toContain('experiment:exp-1')
})
