/** What a selection matches: the three forms, every condition, and the same answer from facts and through the cache. */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerOf } from '../../src/registry/answer.ts'
import { closeCache } from '../../src/registry/cache.ts'
import { cachedCatalog } from '../../src/registry/cached-catalog.ts'
import { type Catalog, factCatalog } from '../../src/registry/catalog.ts'
import { registerDatasetFact } from '../../src/registry/dataset-facts.ts'
import { BOOKKEEPING, specHash } from '../../src/registry/ids.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { type RunInput, registerRun, registerRuns } from '../../src/registry/register.ts'
import { operandsOf } from '../../src/registry/resolve.ts'
import { addRunEvents, registerArtifacts } from '../../src/registry/run-events.ts'
import type { RunRecord } from '../../src/registry/run-record.ts'
import { normaliseSelection } from '../../src/registry/selection.ts'
import type { SelectionInput } from '../../src/registry/types.ts'
import { events, record, runs, selection } from './arbitraries.ts'
import { freshRoot, Q4, ticking } from './fixtures.ts'

const D = 'ohlcv_v2_2025Q4'
const hash = (char: string) => char.repeat(64)
const base: RunInput = {
  runId: 'base',
  datasetIds: [D],
  strategyFamily: 'MultiTrade_20pctTrail_24h',
  strategyParams: { stop: 0.2, nested: { fast: 10 }, mode: 'a', none: null },
  engineVersion: '1.0.0',
  window: { from: '2025-10-10', to: '2025-10-20' },
  universe: {
    callers: ['whale'],
    chains: ['solana'],
    venues: ['v'],
    tokenSources: ['s'],
    minMarketCap: 100,
    maxMarketCap: 200,
    minVolume: 50,
  },
  alertWindowPolicy: 'pre_alert_260m',
  tags: ['baseline', 'fig_2'],
  artifacts: [{ kind: 'trades', uri: 'a.csv', contentHash: hash('1') }],
}
const where: SelectionInput = { datasetId: D, timeBounds: Q4 }

async function registryOf(...runs: RunInput[]): Promise<string> {
  const root = freshRoot()
  const tick = ticking()
  for (const run of runs) await registerRun(root, run, tick())
  return root
}

async function resolve(catalog: Catalog, root: string, input: SelectionInput) {
  const select = normaliseSelection(input)
  const question = { runsetId: 'x', specHash: specHash(select), select, now: 0, kind: 'resolve' as const }
  return answerOf(catalog, operandsOf(root), question)
}

async function matched(root: string, input: SelectionInput): Promise<string[]> {
  return (await resolve(await factCatalog(root), root, input)).resolution.runIds
}

describe('a condition lets in what meets it and keeps out what does not (RS-05)', () => {
  const cases: [string, SelectionInput, SelectionInput][] = [
    ['dataset', where, { ...where, datasetId: 'other' }],
    ['window within', where, { ...where, timeBounds: { from: '2025-10-11', to: '2025-12-31' } }],
    [
      'window end is exclusive',
      { ...where, timeBounds: { from: '2025-10-10', to: '2025-10-19' } },
      { ...where, timeBounds: { from: '2025-10-10', to: '2025-10-18' } },
    ],
    [
      'overlap',
      { ...where, timeBounds: { from: '2025-10-19', to: '2025-12-31', match: 'overlap' } },
      { ...where, timeBounds: { from: '2025-10-20', to: '2025-12-31', match: 'overlap' } },
    ],
    [
      'executed',
      { ...where, timeBounds: { from: '2026-01-29', to: '2026-01-29', match: 'executed' } },
      { ...where, timeBounds: { from: '2025-10-10', to: '2025-10-20', match: 'executed' } },
    ],
    [
      'alert window policy',
      { ...where, timeBounds: { ...Q4, alertWindowPolicy: 'pre_alert_260m' } },
      { ...where, timeBounds: { ...Q4, alertWindowPolicy: 'post' } },
    ],
    [
      'family by its first parts',
      { ...where, strategy: { strategyFamily: 'MultiTrade_20pctTrail' } },
      { ...where, strategy: { strategyFamily: 'MultiTrade_20pct' } },
    ],
    [
      'engine version',
      { ...where, strategy: { engineVersion: '1.0.0' } },
      { ...where, strategy: { engineVersion: '1.0' } },
    ],
    ['strategy hash', where, { ...where, strategy: { strategyHash: hash('e') } }],
    [
      'callers as a subset',
      { ...where, universe: { callers: ['whale', 'more'] } },
      { ...where, universe: { callers: ['minnow'] } },
    ],
    ['chains', { ...where, universe: { chains: ['solana'] } }, { ...where, universe: { chains: ['base'] } }],
    ['venues', { ...where, universe: { venues: ['v'] } }, { ...where, universe: { venues: ['w'] } }],
    ['token sources', { ...where, universe: { tokenSources: ['s'] } }, { ...where, universe: { tokenSources: ['t'] } }],
    ['least market cap', { ...where, universe: { minMarketCap: 100 } }, { ...where, universe: { minMarketCap: 101 } }],
    [
      'greatest market cap',
      { ...where, universe: { maxMarketCap: 200 } },
      { ...where, universe: { maxMarketCap: 199 } },
    ],
    ['least volume', { ...where, universe: { minVolume: 50 } }, { ...where, universe: { minVolume: 51 } }],
    [
      'run tags, all of them',
      { ...where, runTags: ['fig_2', 'baseline'] },
      { ...where, runTags: ['baseline', 'fig_3'] },
    ],
    ['status', where, { ...where, statuses: ['failed'] }],
    [
      'number parameter',
      { ...where, strategy: { paramConstraints: { 'nested.fast': { min: 10, max: 10 } } } },
      { ...where, strategy: { paramConstraints: { 'nested.fast': { max: 9 } } } },
    ],
    [
      'equal parameter',
      { ...where, strategy: { paramConstraints: { nested: { eq: { fast: 10 } } } } },
      { ...where, strategy: { paramConstraints: { mode: { eq: 'b' } } } },
    ],
    [
      'null parameter',
      { ...where, strategy: { paramConstraints: { none: { eq: null } } } },
      { ...where, strategy: { paramConstraints: { stop: { eq: null } } } },
    ],
  ]
  let root: string
  let cached: Catalog
  beforeAll(async () => {
    root = await registryOf(base)
    await rebuildCache(root, { now: 1 })
    cached = (await cachedCatalog(root)) as Catalog
  })
  afterAll(() => closeCache(root))

  it.each(cases)('%s', async (_, lets, keeps) => {
    expect(await matched(root, lets)).toEqual(['base'])
    expect(await matched(root, keeps)).toEqual([])
    expect((await resolve(cached, root, lets)).resolution.runIds).toEqual(['base'])
    expect((await resolve(cached, root, keeps)).resolution.runIds).toEqual([])
  })
})

it('what is not declared is no match, and is counted', async () => {
  const { universe: _, window: __, strategyParams: ___, ...bare } = base
  const root = await registryOf({ ...base }, { ...bare, runId: 'bare', strategySpecHash: hash('a') })
  const catalog = await factCatalog(root)
  const time = (await resolve(catalog, root, where)).resolution
  expect(time.runIds).toEqual(['base'])
  expect(time.metadata.excluded).toEqual({ time: 1 })
  expect(time.metadata.warnings.map(({ code, count }) => [code, count])).toContainEqual(['WINDOW_UNDECLARED', 1])
  const executed = { from: '2026-01-01', to: '2026-12-31', match: 'executed' } as const
  const universe = await resolve(catalog, root, {
    datasetId: D,
    timeBounds: executed,
    universe: { callers: ['whale'] },
  })
  expect(universe.resolution.metadata.warnings).toContainEqual(
    expect.objectContaining({ code: 'UNIVERSE_UNDECLARED', count: 1 }),
  )
  const params = await resolve(catalog, root, {
    datasetId: D,
    timeBounds: executed,
    strategy: { paramConstraints: { stop: { min: 0 } } },
  })
  expect(params.resolution.metadata.warnings).toContainEqual(
    expect.objectContaining({ code: 'PARAM_UNDECLARED', count: 1 }),
  )
})

it('the funnel counts what each condition leaves', async () => {
  const root = await registryOf(
    base,
    { ...base, runId: 'b', datasetIds: ['other'] },
    { ...base, runId: 'c', window: { from: '2024-01-01', to: '2024-02-01' } },
    { ...base, runId: 'd', universe: { callers: ['x'] } },
    { ...base, runId: 'e', status: 'failed' },
  )
  const { funnel, resolution } = await resolve(await factCatalog(root), root, {
    ...where,
    universe: { callers: ['whale'] },
  })
  expect(funnel).toEqual([
    { condition: 'registered', runs: 5 },
    { condition: 'dataset', runs: 4 },
    { condition: 'tombstoned', runs: 4 },
    { condition: 'status', runs: 3 },
    { condition: 'time', runs: 2 },
    { condition: 'universe.callers', runs: 1 },
  ])
  expect(resolution.metadata.excluded).toEqual({ status: 1, time: 1, 'universe.callers': 1 })
})

describe('run ids', () => {
  it('must all be there and not deleted', async () => {
    const root = await registryOf(base, { ...base, runId: 'gone' })
    await addRunEvents(root, 'gone', [{ event: 'tombstone' }], { now: 1 })
    await expect(matched(root, { runIds: ['base', 'gone', 'never'] })).rejects.toThrow(
      'Pinned runs not registered: gone, never',
    )
  })

  it('take conditions as assertions and never drop a run in silence', async () => {
    const root = await registryOf(base)
    expect(await matched(root, { runIds: ['base'], ...where })).toEqual(['base'])
    const wrong = matched(root, { runIds: ['base'], datasetId: 'other' })
    await expect(wrong).rejects.toMatchObject({ code: 'PINNED_RUN_MISMATCH', exitCode: 5 })
  })

  it('let an unfinished run in, and say so', async () => {
    const root = await registryOf({ ...base, status: 'running' })
    const { resolution } = await resolve(await factCatalog(root), root, { runIds: ['base'] })
    expect(resolution.metadata.warnings[0]).toMatchObject({ code: 'PINNED_RUN_NOT_COMPLETED', count: 1 })
  })
})

it('latest takes the data set created last, and refuses an empty family', async () => {
  const root = await registryOf({ ...base, datasetIds: ['v2b'] }, { ...base, runId: 'old', datasetIds: ['v2a'] })
  for (const [index, id] of ['v2a', 'v2b'].entries()) {
    const facts = { kind: 'ohlcv', family: 'v2', schemaVersion: '1', provenance: {}, coverage: {}, materialised: false }
    await registerDatasetFact(root, { datasetId: id, ...facts }, { now: 1000 + index })
  }
  const { resolution } = await resolve(await factCatalog(root), root, { ...where, datasetId: 'v2', latest: true })
  expect(resolution).toMatchObject({ runIds: ['base'], datasetIds: ['v2b'] })
  const empty = matched(root, { ...where, datasetId: 'v3', latest: true })
  await expect(empty).rejects.toThrow('No dataset in family: v3')
})

it('replicates are members, and said to be', async () => {
  const root = await registryOf(base, { ...base, runId: 'again' })
  const { resolution } = await resolve(await factCatalog(root), root, where)
  expect(resolution.runIds).toEqual(['again', 'base'])
  expect(resolution.metadata.warnings).toContainEqual(
    expect.objectContaining({ code: 'DUPLICATE_RUN_KEY', count: 1, sample: ['again', 'base'] }),
  )
})

// ── random registries ──────────────────────────────────────────────────────────────────────────────────────────────

/** Records without when and by whom their rows were recorded, which the cache does not keep. */
function stripped(records: RunRecord[]): unknown[] {
  return records.map(({ row, ...rest }) => ({
    ...rest,
    row: Object.fromEntries(Object.entries(row).filter(([name]) => !BOOKKEEPING.has(name))),
  }))
}

it('answers the same from facts alone, from the cache, and from a stale cache with newer facts (RS-26, RS-29)', async () => {
  await fc.assert(
    fc.asyncProperty(
      runs,
      events,
      runs,
      events,
      fc.array(selection, { minLength: 1, maxLength: 4 }),
      async (old, oldEvents, fresh, newEvents, selections) => {
        const root = freshRoot()
        const tick = ticking()
        await record(root, old, oldEvents, tick)
        await rebuildCache(root, tick())
        const later = fresh.filter(run => !old.some(other => other.runId === run.runId))
        await record(root, later, [], tick)
        await record(root, [...old, ...later], newEvents, tick).catch(() => undefined)
        for (const run of old.slice(0, 2)) {
          await registerArtifacts(
            root,
            { runId: run.runId },
            [{ kind: 'late', uri: 'l', contentHash: hash('9'), role: 'derived' }],
            tick(),
          )
        }
        for (const input of selections) {
          const facts = await resolve(await factCatalog(root), root, input)
          const cached = await resolve((await cachedCatalog(root)) as Catalog, root, input)
          expect(cached).toEqual(facts)
          // Ids only of facts (RS-03).
          expect(facts.resolution.runIds.every(id => [...old, ...later].some(run => run.runId === id))).toBe(true)
        }
        const ids = [...old, ...later].map(run => run.runId as string)
        const [a, b] = [await factCatalog(root), (await cachedCatalog(root)) as Catalog]
        expect(stripped([...(await b.records(ids)).values()])).toEqual(stripped([...(await a.records(ids)).values()]))
        const [one, other] = [await a.page([], 5, 2), await b.page([], 5, 2)]
        expect([other.total, stripped(other.records)]).toEqual([one.total, stripped(one.records)])
        closeCache(root)
      },
    ),
    { numRuns: 8 },
  )
}, 120_000)

it('a further condition never adds a run (RS-06)', async () => {
  await fc.assert(
    fc.asyncProperty(runs, selection, selection, async (inputs, first, second) => {
      const root = freshRoot()
      await registerRuns(root, inputs, { now: Date.UTC(2026, 0, 29, 12) })
      const less = normaliseSelection({ ...first })
      if (!('where' in less)) return
      const { statuses: _, datasetId: __, timeBounds: ___, ...more } = second
      const narrow = await matched(root, { ...more, ...first })
      const wide = new Set(await matched(root, first))
      expect(narrow.every(id => wide.has(id))).toBe(true)
    }),
    { numRuns: 12 },
  )
})

it('does not depend on the order or grouping of registrations (RS-12)', async () => {
  await fc.assert(
    fc.asyncProperty(
      runs.chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      selection,
      async ([inputs, shuffled], input) => {
        const [one, other] = [freshRoot(), freshRoot()]
        const at = Date.UTC(2026, 0, 29, 12)
        const dated = (list: RunInput[]) => list.map(run => ({ ...run, createdAt: at + (run.runId as string).length }))
        await registerRuns(one, dated(inputs), { now: at })
        for (const run of dated(shuffled)) await registerRun(other, run, { now: at + 5000 })
        const [a, b] = [
          await resolve(await factCatalog(one), one, input),
          await resolve(await factCatalog(other), other, input),
        ]
        expect(a).toEqual(b)
      },
    ),
    { numRuns: 12 },
  )
})
