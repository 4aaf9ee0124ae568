/** What keeps a large registry quick must change nothing: merging on the way, sums by SQL, a cache that is built when it is missed. */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/base/duckdb.ts'
import { layout } from '../../src/base/layout.ts'
import { closeCache } from '../../src/registry/cache.ts'
import { cachedCatalog } from '../../src/registry/cached-catalog.ts'
import { factCatalog } from '../../src/registry/catalog.ts'
import { factCatalogHash } from '../../src/registry/catalog-hash.ts'
import { checkRegistry } from '../../src/registry/check.ts'
import { compactionLock, compactTable, mergeStrays } from '../../src/registry/compact.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { encodeFacts } from '../../src/registry/fact-file.ts'
import { checkedFooters } from '../../src/registry/fact-sums.ts'
import { appendBytes, factPath } from '../../src/registry/facts.ts'
import { listTable } from '../../src/registry/listing.ts'
import { takeNotices } from '../../src/registry/notices.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { type RunInput, registerRun, registerRuns, runRow } from '../../src/registry/register.ts'
import { resolveRunSet } from '../../src/registry/resolve.ts'
import { addRunEvents, registerArtifacts } from '../../src/registry/run-events.ts'
import { listRuns } from '../../src/registry/runs.ts'
import { freshRoot, guideRegistry, registerGuideDataset } from './fixtures.ts'

const simple = (n: number, more: Partial<RunInput> = {}): RunInput => ({
  runId: `r${String(n).padStart(5, '0')}`,
  datasetIds: ['d'],
  strategyFamily: 'sma',
  strategyParams: { n },
  engineVersion: '1',
  createdAt: Date.UTC(2026, 0, 1),
  window: { from: '2025-10-01', to: '2025-11-01' },
  ...more,
})

async function registerMany(root: string, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) await registerRun(root, simple(n), { now: n }, { claimed: true })
}

/** SHA-256 of the state that `count` runs have, worked out from the rows without any file. */
function stateOf(count: number): string {
  let sum = 0n
  for (let n = 0; n < count; n++) {
    const row = Object.entries(runRow(simple(n), { now: n })).filter(([, value]) => value !== null)
    row.sort(([a], [b]) => (a < b ? -1 : 1))
    sum += BigInt(
      `0x${createHash('sha256')
        .update(JSON.stringify(Object.fromEntries(row)))
        .digest('hex')}`,
    )
  }
  const none = [0, '0'.repeat(64)]
  const runs = [count, (sum % (1n << 256n)).toString(16).padStart(64, '0')]
  const state = { artifacts: none, datasets: none, run_events: none, runs }
  return createHash('sha256').update(JSON.stringify(state)).digest('hex')
}

describe('registering one by one', () => {
  it('merges on the way without removing, losing or repeating anything', async () => {
    const root = freshRoot()
    await registerMany(root, 0, 1200)
    const { all, live, segments } = listTable(root, 'runs')
    expect(all.filter(name => name.startsWith('day='))).toHaveLength(1200)
    expect(live.length).toBeLessThan(64 + 16 + 2)
    expect(segments.some(({ level, rows }) => level === 2 && rows >= 1024)).toBe(true)
    expect(factCatalogHash(root)).toBe(stateOf(1200))
    expect((await listRuns(root, {}, { limit: 1 })).total).toBe(1200)
    expect((await checkRegistry(root)).faults).toEqual([])
  })

  it('leaves to others what they have merged meanwhile', async () => {
    const root = freshRoot()
    await registerMany(root, 0, 50)
    await compactTable(root, 'runs', { now: 1 }, { all: true })
    await registerMany(root, 50, 200)
    await compactTable(root, 'runs', { now: 2 }, { all: true })
    await registerMany(root, 200, 400)
    expect(factCatalogHash(root)).toBe(stateOf(400))
    expect((await listRuns(root, {}, { limit: 1 })).total).toBe(400)
  })

  it('goes on while another process holds the lock, and merges later', async () => {
    const root = freshRoot()
    await registerMany(root, 0, 2)
    const place = compactionLock(root, 'runs')
    writeFileSync(place, JSON.stringify({ pid: process.pid, start_time: null, boot_id: null, nonce: 'other' }))
    await registerMany(root, 2, 150)
    expect(listTable(root, 'runs').segments).toEqual([])
    spawnSync('rm', [place])
    await registerMany(root, 150, 160)
    expect(listTable(root, 'runs').segments.length).toBeGreaterThan(0)
    expect(factCatalogHash(root)).toBe(stateOf(160))
  })

  it('a step merges at most 64 parts or 16 segments of many short processes', async () => {
    const root = freshRoot()
    for (let n = 0; n < 64 * 17; n++) {
      const { bytes } = encodeFacts('runs', [runRow(simple(n), { now: n })], { now: n })
      appendBytes(root, factPath.run(Date.UTC(2026, 0, 1), simple(n).runId as string), bytes)
    }
    expect(await mergeStrays(root, 'runs', { now: 1 })).toBe(true)
    expect(listTable(root, 'runs').live).toHaveLength(64 * 16 + 1)
    let steps = 1
    while (await mergeStrays(root, 'runs', { now: 1 })) steps++
    expect([steps, listTable(root, 'runs').live.length]).toEqual([18, 2])
    expect(factCatalogHash(root)).toBe(stateOf(64 * 17))
  })
})

it('who registers knows its own runs at once and those of others by their files; readers see all', async () => {
  const root = freshRoot()
  for (let n = 0; n < 200; n++) await registerRun(root, simple(n), { now: n })
  const { bytes } = encodeFacts('runs', [runRow(simple(500), { now: 1 })], { now: 1 })
  appendBytes(root, factPath.run(Date.UTC(2026, 0, 1), 'r00500'), bytes)
  await expect(registerRun(root, simple(500, { seed: 9 }), { now: 2 })).rejects.toMatchObject({ code: 'RUN_IMMUTABLE' })
  await expect(registerRun(root, simple(199, { seed: 9 }), { now: 2 })).rejects.toMatchObject({ code: 'RUN_IMMUTABLE' })
  expect(await registerRun(root, simple(199), { now: 2 })).toMatchObject({ created: false })
  expect((await listRuns(root, {}, { limit: 1 })).total).toBe(201)
})

it('replicates are found by their key, with and without a cache, deleted ones left out', async () => {
  const root = freshRoot()
  const twin = (runId: string) => simple(1, { runId })
  for (const id of ['a', 'b', 'c']) await registerRun(root, twin(id), { now: 1 })
  await addRunEvents(root, 'b', [{ event: 'tombstone' }], { now: 2 })
  await rebuildCache(root, { now: 3 })
  await registerRun(root, twin('d'), { now: 4 })
  await addRunEvents(root, 'c', [{ event: 'tombstone' }], { now: 5 })
  const { run_key: key } = runRow(twin('a'), { now: 1 })
  for (const catalog of [await factCatalog(root), await cachedCatalog(root)])
    expect(await catalog?.replicates(key)).toEqual(['a', 'd'])
  closeCache(root)
})

describe('sums by SQL', () => {
  it('confirm texts of every kind, and fall back to the rows for numbers that SQL writes otherwise', async () => {
    const root = freshRoot()
    const texts = ['é', '\u2028', '"\\/', '\u0001\u001f\t', '😀', '', 'null', '{"a":1}']
    const trials = { count: 3, sharpeMean: 1e-7, sharpeM2: 2, hash: 'a'.repeat(64) }
    const rows = texts.map((text, n) => runRow(simple(n, { metadata: { text }, seed: -n, trials }), { now: n }))
    const plain = texts.map((text, n) =>
      runRow(simple(100 + n, { metadata: { text }, alertWindowPolicy: text }), { now: n }),
    )
    const paths = [rows, plain].map((some, n) => {
      const path = `runs/day=2026-01-01/part-${n}.parquet`
      appendBytes(root, path, encodeFacts('runs', some, { now: 1, actor: 'somebody' }).bytes)
      return join(layout.registry(root), path)
    })
    const database = await openDatabase(':memory:')
    const footers = await checkedFooters(database, 'runs', paths)
    expect(footers.map(footer => footer.rows)).toEqual([8, 8])
    const bytes = readFileSync(paths[1])
    bytes[bytes.indexOf('sma')] = 'x'.charCodeAt(0)
    writeFileSync(paths[1], bytes)
    await expect(checkedFooters(database, 'runs', paths)).rejects.toMatchObject({
      code: 'REGISTRY_CORRUPT',
      message: expect.stringContaining(paths[1]),
    })
    database.close()
  })

  it('a stored resolution whose members or artifacts were changed is named by a rebuild', async () => {
    const { root, tick } = await guideRegistry(3)
    await createRunSet(root, { runsetId: 's', runIds: ['run-0000', 'run-0001'] }, tick())
    await resolveRunSet(root, 's', tick())
    const folder = join(layout.registry(root), 'runsets_resolution/runset_id=s')
    for (const [part, text] of [
      ['runs', 'run-0001'],
      ['artifacts', 'trades'],
    ]) {
      const name = readdirSync(folder).find(file => file.endsWith(`.${part}.parquet`)) as string
      const kept = readFileSync(join(folder, name))
      const bytes = Buffer.from(kept)
      bytes[bytes.indexOf(text)] = 'x'.charCodeAt(0)
      writeFileSync(join(folder, name), bytes)
      await expect(rebuildCache(root, tick(), { force: true })).rejects.toMatchObject({ code: 'REGISTRY_CORRUPT' })
      writeFileSync(join(folder, name), kept)
    }
    const { summary } = await rebuildCache(root, tick(), { force: true })
    expect([summary.membership, summary.resolutions]).toEqual([2, 1])
    closeCache(root)
  })

  it('of two rows with one id the earlier stands in the cache, as in the facts', async () => {
    const root = freshRoot()
    for (const [n, engineVersion] of ['late', 'early'].entries()) {
      const createdAt = Date.UTC(2026, 0, 2 - n)
      const { bytes } = encodeFacts('runs', [runRow(simple(1, { engineVersion, createdAt }), { now: 1 })], { now: 1 })
      appendBytes(root, factPath.run(createdAt, 'r00001'), bytes)
    }
    await rebuildCache(root, { now: 2 })
    for (const catalog of [await factCatalog(root), await cachedCatalog(root)]) {
      expect((await catalog?.records(['r00001']))?.get('r00001')?.row.engine_version).toBe('early')
      expect((await catalog?.page([], 9, 0))?.total).toBe(1)
    }
    closeCache(root)
  })
})

it('artifacts that came later to a data set are the same with and without a cache', async () => {
  const root = freshRoot()
  await registerGuideDataset(root, { now: 1 }, 'd')
  const artifact = { kind: 'bars', uri: 'x', contentHash: 'a'.repeat(64), role: 'derived' as const }
  await registerArtifacts(root, { datasetId: 'd' }, [artifact], { now: 2 })
  await rebuildCache(root, { now: 3 })
  await registerArtifacts(root, { datasetId: 'd' }, [{ ...artifact, kind: 'later' }], { now: 4 })
  const answers = []
  for (const catalog of [await factCatalog(root), await cachedCatalog(root)]) {
    const rows = (await catalog?.artifactsOfDatasets(['d'])) ?? []
    answers.push(rows.map(({ kind, uri, created_at }) => [kind, uri, created_at]).sort())
  }
  expect(answers[0]).toEqual([
    ['bars', 'x', 2],
    ['later', 'x', 4],
  ])
  expect(answers[1]).toEqual(answers[0])
  closeCache(root)
})

it('a large registry without a cache is given one, and a cache that is behind is told of once (RS-29)', async () => {
  const root = freshRoot()
  const batch = (from: number, to: number) =>
    registerRuns(
      root,
      Array.from({ length: to - from }, (_, n) => simple(from + n)),
      { now: 1 },
    )
  await batch(0, 20_000)
  // Registering looked for what is there: that was nothing yet.
  expect([existsSync(layout.registryCache(root)), takeNotices()]).toEqual([false, []])
  expect((await listRuns(root, {}, { limit: 1 })).total).toBe(20_000)
  expect(existsSync(layout.registryCache(root))).toBe(true)
  expect(takeNotices()).toEqual([`The registry's cache was built anew (20000 facts).`])
  closeCache(root)
  await batch(20_000, 25_000)
  closeCache(root)
  for (let count = 0; count < 2; count++) expect((await listRuns(root, {}, { limit: 1 })).total).toBe(25_000)
  expect(takeNotices()).toEqual([expect.stringContaining('5000 facts behind')])
  closeCache(root)
  // What is damaged is told, not passed over by building nothing.
  writeFileSync(layout.registryCache(root), 'not a database')
  expect((await listRuns(root, {}, { limit: 1 })).total).toBe(25_000)
  expect(takeNotices()).toEqual([`The registry's cache was built anew (25000 facts).`])
  closeCache(root)
}, 60_000)
