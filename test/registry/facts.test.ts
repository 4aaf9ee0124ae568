/** Facts: written once, read back as written, compacted without changing what they say, damaged without being believed. */

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { layout } from '../../src/base/layout.ts'
import { parquetBytes, readParquet } from '../../src/base/parquet.ts'
import { cacheMeta, closeCache } from '../../src/registry/cache.ts'
import { cachedCatalog } from '../../src/registry/cached-catalog.ts'
import { factCatalog } from '../../src/registry/catalog.ts'
import { factCatalogHash } from '../../src/registry/catalog-hash.ts'
import { checkRegistry } from '../../src/registry/check.ts'
import { compactTable } from '../../src/registry/compact.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { registerDatasetFact } from '../../src/registry/dataset-facts.ts'
import { encodeFacts, readFacts } from '../../src/registry/fact-file.ts'
import { unseenOf } from '../../src/registry/fact-state.ts'
import { appendBytes, factPath } from '../../src/registry/facts.ts'
import { listTable } from '../../src/registry/listing.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { registerRun, registerRuns, runRow, unregisteredRuns } from '../../src/registry/register.ts'
import { resolveRunSet } from '../../src/registry/resolve.ts'
import { addRunEvents, registerArtifacts } from '../../src/registry/run-events.ts'
import { getRun, listRuns, trialLedger } from '../../src/registry/runs.ts'
import { registryHash } from '../../src/registry/state-hash.ts'
import { BASELINE, freshRoot, guideRegistry, guideRun, registerGuideDataset, ticking } from './fixtures.ts'

/** Every file below a folder with its bytes and time, to show what was touched. */
function snapshot(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    statSync(join(folder, name)).isFile(),
  )
  return new Map(
    files.map(name => [
      name,
      `${statSync(join(folder, name)).mtimeMs} ${readFileSync(join(folder, name)).toString('base64')}`,
    ]),
  )
}

const simple = (n: number) => ({
  runId: `r${String(n).padStart(5, '0')}`,
  datasetIds: ['d'],
  strategyFamily: 'sma',
  strategyParams: { n },
  engineVersion: '1',
  createdAt: Date.UTC(2026, 0, 1),
  window: { from: '2025-10-01', to: '2025-11-01' },
})

describe('registering', () => {
  it('writes one file a run, and nothing else when the id is claimed', async () => {
    const root = freshRoot()
    await registerRun(root, guideRun(root, 1), { now: Date.UTC(2026, 0, 5) }, { claimed: true })
    expect([...snapshot(layout.registry(root)).keys()].map(name => name.replace(/[0-9a-f]{16}/, 'H'))).toEqual([
      'runs/day=2026-01-05/part-H.parquet',
    ])
    const [name] = readdirSync(join(layout.registry(root), 'runs/day=2026-01-05'))
    const { columns } = await readParquet(join(layout.registry(root), 'runs/day=2026-01-05', name))
    expect(columns['run_id']).toEqual(['run-0001'])
    expect(columns['created_at']).toEqual(Float64Array.of(Date.UTC(2026, 0, 5)))
    expect(JSON.parse((columns['artifacts_json'] as string[])[0])).toHaveLength(5)
  })

  it('is idempotent, and refuses other content without writing (RS-07)', async () => {
    const { root, tick } = await guideRegistry(2)
    const before = snapshot(layout.registry(root))
    expect(await registerRun(root, guideRun(root, 1), tick())).toMatchObject({ created: false })
    await expect(registerRun(root, guideRun(root, 1, { engineVersion: '2' }), tick())).rejects.toMatchObject({
      code: 'RUN_IMMUTABLE',
      exitCode: 5,
      message: 'Run is immutable: run-0001 (differs: run_key, engine_version)',
    })
    await expect(registerRuns(root, [guideRun(root, 3), guideRun(root, 1, { seed: 9 })], tick())).rejects.toMatchObject(
      { code: 'RUN_IMMUTABLE' },
    )
    const other = {
      datasetId: 'ohlcv_v2_2025Q4',
      kind: 'alerts',
      schemaVersion: '1',
      provenance: {},
      coverage: {},
      materialised: false,
    }
    await expect(registerDatasetFact(root, other, tick())).rejects.toMatchObject({ code: 'DATASET_IMMUTABLE' })
    const artifact = { kind: 'late', uri: 'x', contentHash: 'a'.repeat(64), role: 'derived' as const }
    expect(snapshot(layout.registry(root))).toEqual(before)
    expect(await registerArtifacts(root, { runId: 'run-0001' }, [artifact], tick())).toMatchObject({ created: 1 })
    expect(await registerArtifacts(root, { runId: 'run-0001' }, [artifact], tick())).toMatchObject({ created: 0 })
    await expect(
      registerArtifacts(root, { runId: 'run-0001' }, [{ ...artifact, uri: 'y' }], tick()),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('tells every fault of a run at once', async () => {
    const bad = {
      ...simple(1),
      runId: '../x',
      datasetIds: ['a b'],
      seed: 0.5,
      artifacts: [{ kind: '', uri: '', contentHash: 'no' }],
      window: { from: '2025-11-31', to: '2025-12-01' },
    }
    await expect(registerRun(freshRoot(), bad, { now: 1 })).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      details: [
        '/datasetIds',
        '/seed',
        '/window/from',
        '/runId',
        '/artifacts/0/kind',
        '/artifacts/0/uri',
        '/artifacts/0/contentHash',
      ].map(pointer => ({ pointer })),
    })
  })

  it('moves a status forward only, and closes the artifacts of an ended run', async () => {
    const root = freshRoot()
    await registerRun(root, { ...simple(1), status: 'pending' }, { now: 1 })
    const output = { kind: 'trades', uri: 'a', contentHash: 'a'.repeat(64) }
    await registerArtifacts(root, { runId: 'r00001' }, [output], { now: 2 })
    expect((await addRunEvents(root, 'r00001', [{ event: 'status', status: 'running' }], { now: 3 })).run.status).toBe(
      'running',
    )
    expect(
      (await addRunEvents(root, 'r00001', [{ event: 'status', status: 'completed' }], { now: 4 })).run.completedAt,
    ).toBe(4)
    await expect(
      addRunEvents(root, 'r00001', [{ event: 'status', status: 'failed' }], { now: 5 }),
    ).rejects.toMatchObject({ code: 'RUN_STATUS', exitCode: 5 })
    expect(await addRunEvents(root, 'r00001', [{ event: 'status', status: 'completed' }], { now: 6 })).toMatchObject({
      changed: false,
    })
    await expect(
      registerArtifacts(root, { runId: 'r00001' }, [{ ...output, kind: 'late' }], { now: 7 }),
    ).rejects.toMatchObject({ code: 'ARTIFACTS_CLOSED' })
    expect(await registerArtifacts(root, { runId: 'r00001' }, [output], { now: 8 })).toMatchObject({ created: 0 })
  })

  it('finds published runs that no fact tells of, and registers them', async () => {
    const root = freshRoot()
    await registerRun(root, simple(1), { now: 1 })
    expect(await unregisteredRuns(root, ['r00001', 'r00002'])).toEqual(['r00002'])
    const found = [simple(1), simple(2)].map(run => ({ ...run, engineVersion: '9' }))
    expect(await registerRuns(root, found, { now: 2 }, { skipPresent: true })).toMatchObject({
      created: 1,
      unchanged: 1,
    })
    expect((await listRuns(root)).runs.map(({ runId, engineVersion }) => [runId, engineVersion])).toEqual([
      ['r00001', '1'],
      ['r00002', '9'],
    ])
  })

  it('one run shows its artifacts, replicates and what holds it', async () => {
    const { root, tick } = await guideRegistry(1)
    await registerRun(root, guideRun(root, 0, { runId: 'replay' }), tick())
    await createRunSet(root, BASELINE, tick())
    await resolveRunSet(root, BASELINE.runsetId, tick())
    const { artifacts, replicates, usedBy } = await getRun(root, 'run-0000')
    expect([artifacts.length, replicates, usedBy]).toEqual([5, ['replay'], [`resolution of ${BASELINE.runsetId}`]])
  })
})

it('pools trials by hand: equal sets count once, a plain run counts one', async () => {
  const root = freshRoot()
  const trials = (count: number, sharpeMean: number, sharpeM2: number, hash: string) => ({
    trials: { count, sharpeMean, sharpeM2, hash },
  })
  // Sharpe ratios 1, 3 (mean 2, m2 2) and 5, 7, 9 (mean 7, m2 8): all five have mean 5 and squared deviations 16+4+0+4+16 = 40.
  await registerRun(root, { ...simple(1), ...trials(2, 2, 2, 'x') }, { now: 1 })
  await registerRun(root, { ...simple(2), ...trials(3, 7, 8, 'y') }, { now: 2 })
  await registerRun(root, { ...simple(3), ...trials(2, 2, 2, 'x') }, { now: 3 })
  await registerRun(root, simple(4), { now: 4 })
  await registerRun(root, { ...simple(5), strategyFamily: 'rsi' }, { now: 5 })
  expect(await trialLedger(root, 'd', 'sma')).toEqual({
    datasetId: 'd',
    strategyFamily: 'sma',
    runs: 4,
    trials: 6,
    sharpeMean: 5,
    sharpeM2: 40,
    sharpeCount: 5,
    catalogHash: factCatalogHash(root),
  })
})

describe('compaction', () => {
  it('changes neither the state hashes nor an answer, and leaves every file (RS-12, RS-31)', async () => {
    const root = freshRoot()
    // As many processes would leave them: one that stays merges its own.
    for (let n = 0; n < 140; n++) {
      const file = encodeFacts('runs', [runRow(simple(n), { now: n })], { now: n })
      appendBytes(root, factPath.run(Date.UTC(2026, 0, 1), simple(n).runId), file.bytes)
    }
    await addRunEvents(root, 'r00007', [{ event: 'tag_add', tag: 't' }], { now: 1000 })
    await createRunSet(
      root,
      { runsetId: 's', datasetId: 'd', timeBounds: { from: '2025-10-01', to: '2025-10-31' } },
      { now: 1001 },
    )
    const { resolution } = await resolveRunSet(root, 's', { now: 1002 })
    expect(resolution.runIds).toHaveLength(140)
    const [hash, files] = [registryHash(root), snapshot(layout.registry(root))]
    expect(await compactTable(root, 'runs', { now: 1003 })).toMatchObject({ segments: 1, files: 140, rows: 140 })
    expect(listTable(root, 'runs').live).toEqual([expect.stringMatching(/^segments\/segment-1-[0-9a-f]{64}\.parquet$/)])
    expect(registryHash(root)).toBe(hash)
    for (const [name, content] of files) expect(snapshot(layout.registry(root)).get(name)).toBe(content)
    expect(await resolveRunSet(root, 's', { now: 1004 })).toMatchObject({ cached: true })
    expect((await resolveRunSet(root, 's', { now: 1005 }, { force: true })).resolution.runIds).toEqual(
      resolution.runIds,
    )
    expect((await checkRegistry(root)).faults).toEqual([])
    // The same in a process that never read the parts.
    const { facts } = await readFacts('runs', join(layout.registry(root), 'runs', listTable(root, 'runs').live[0]))
    expect(facts.map(row => row.run_id)).toEqual(resolution.runIds)
    expect(facts[3]).toMatchObject({ recorded_at: 3 })
  })

  it('merges segments in steps, counts each row once and keeps a cache of an earlier state right', async () => {
    const root = freshRoot()
    await registerRuns(root, [simple(0), simple(1)], { now: 1 })
    await rebuildCache(root, { now: 2 })
    for (let round = 0; round < 9; round++) {
      for (let n = 0; n < 40; n++) {
        const file = encodeFacts(
          'runs',
          Array.from({ length: 8 }, (_, i) => runRow(simple(2 + round * 320 + n * 8 + i), { now: 3 })),
          { now: 3 },
        )
        appendBytes(root, factPath.batch('runs', Date.UTC(2026, 0, 1 + round), file.sum), file.bytes)
      }
      await compactTable(root, 'runs', { now: 4 })
    }
    const { live, segments } = listTable(root, 'runs')
    expect(segments.some(({ level }) => level > 1)).toBe(true)
    expect(live.length).toBeLessThan(12)
    const ids = Array.from({ length: 2 + 9 * 320 }, (_, n) => simple(n).runId)
    for (const catalog of [await factCatalog(root), await cachedCatalog(root)]) {
      expect(catalog?.catalogHash).toBe(factCatalogHash(root))
      expect([...((await catalog?.records(ids)) ?? new Map()).keys()]).toEqual(ids)
      expect((await catalog?.page([], 1, 0))?.total).toBe(ids.length)
    }
    closeCache(root)
  })

  it('leaves files of a newer program, with columns it does not know, as they are (RS-27)', async () => {
    const root = freshRoot()
    const row = { ...runRow(simple(0), { now: 1 }), from_the_future: 'kept' }
    const { bytes } = encodeFacts('runs', [row], { now: 1 })
    const { columns } = await readParquet(bytes)
    const rowText = JSON.stringify(
      Object.fromEntries(
        Object.entries(row)
          .filter(([, value]) => value !== null)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    )
    const { createHash } = await import('node:crypto')
    const metadata = {
      'quantlab.table': 'runs',
      'quantlab.format': '1',
      'quantlab.rows': '1',
      'quantlab.sum': createHash('sha256').update(rowText).digest('hex'),
    }
    const types = {
      created_at: 'timestamp',
      window_from: 'timestamp',
      window_to: 'timestamp',
      completed_at: 'timestamp',
      recorded_at: 'timestamp',
      seed: 'int64',
    } as const
    const future = parquetBytes({ columns: { ...columns, from_the_future: ['kept'] }, rows: 1 }, { metadata, types })
    appendBytes(root, 'runs/day=2026-01-01/part-00.parquet', future)
    await registerRun(root, simple(1), { now: 2 })
    expect(await compactTable(root, 'runs', { now: 3 }, { all: true })).toMatchObject({ segments: 0 })
    const { summary } = await rebuildCache(root, { now: 4 })
    expect(summary.runs).toBe(2)
    closeCache(root)
  })
})

it('a merged file of which a part is known counts as read only once the rest was read: a part may be collected in between', async () => {
  const { root, tick } = await guideRegistry(3)
  const { all: parts } = listTable(root, 'runs')
  await compactTable(root, 'runs', tick(), { all: true })
  const merged = listTable(root, 'runs')
  const [segment] = merged.live
  const seen = new Set([parts[0]])
  for (let attempt = 0; attempt < 2; attempt++) {
    const unseen = unseenOf(root, 'runs', merged, seen)
    expect([unseen?.wanted.sort(), unseen?.covered]).toEqual([parts.slice(1).sort(), [segment]])
    expect([...seen]).toEqual([parts[0]])
  }
  // The parts gone, what is known cannot be told from what is not: such a state is thrown away.
  expect(unseenOf(root, 'runs', { ...merged, all: [segment] }, seen)).toBeNull()
})

describe('damage', () => {
  it('of one fact is named, by every reader, and an older cache is kept (RS-27)', async () => {
    const { root, tick } = await guideRegistry(2)
    await rebuildCache(root, tick())
    closeCache(root)
    const [old] = [readFileSync(layout.registryCache(root))]
    const folder = join(layout.registry(root), 'runs/day=2026-01-29')
    const path = join(folder, readdirSync(folder)[0])
    const bytes = readFileSync(path)
    const at = bytes.indexOf('MultiTrade')
    bytes[at] = 'N'.charCodeAt(0)
    writeFileSync(path, bytes)
    await registerRun(root, guideRun(root, 3), tick(), { claimed: true })
    await expect(rebuildCache(root, tick())).rejects.toMatchObject({
      code: 'REGISTRY_CORRUPT',
      exitCode: 7,
      message: `Registry fact does not match its hash: ${path}`,
    })
    expect(readFileSync(layout.registryCache(root)).equals(old)).toBe(true)
    expect(readdirSync(join(layout.registryCache(root), '..'))).toEqual(['registry.duckdb'])
    expect((await checkRegistry(root)).faults).toMatchObject([
      { where: expect.stringContaining('runs/day=2026-01-29/') },
    ])
  })

  it.each([
    ['empty', Buffer.alloc(0)],
    ['torn', Buffer.from('PAR1 half a fi')],
    ['of another table', Buffer.from(encodeFacts('aliases', [], { now: 1 }).bytes)],
  ])('%s file is a corrupt fact', async (_, bytes) => {
    const root = freshRoot()
    appendBytes(root, 'runs/day=2026-01-01/part-ff.parquet', bytes)
    await expect(listRuns(root)).rejects.toMatchObject({ code: 'REGISTRY_CORRUPT' })
  })

  it('of the cache costs nothing: a torn or foreign file is as good as none (RS-29)', async () => {
    const { root, tick } = await guideRegistry(2)
    await rebuildCache(root, tick())
    closeCache(root)
    writeFileSync(layout.registryCache(root), 'not a database')
    expect(await cachedCatalog(root)).toBeNull()
    expect(await cacheMeta(root)).toBeNull()
    expect((await rebuildCache(root, tick())).rebuilt).toBe(true)
    expect((await rebuildCache(root, tick())).rebuilt).toBe(false)
    closeCache(root)
  })

  it('rebuilds from nothing, empty folders and a zero-row fact; temporary files of the dead are only reported (RS-27, RS-33)', async () => {
    const root = freshRoot()
    const nothing = {
      datasets: 0,
      runs: 0,
      artifacts: 0,
      runsets: 0,
      resolutions: 0,
      membership: 0,
      tags: 0,
      experiments: 0,
    }
    expect((await rebuildCache(root, { now: 1 })).summary).toEqual(nothing)
    for (const table of ['runs', 'datasets', 'runsets_events', 'aliases'])
      mkdirSync(join(layout.registry(root), table), { recursive: true })
    appendBytes(root, 'runs/day=2026-01-01/part-00.parquet', encodeFacts('runs', [], { now: 1 }).bytes)
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(join(layout.registry(root), `runs/day=2026-01-01/.part-aa.parquet.${pid}.0.tmp`), 'half')
    expect((await rebuildCache(root, { now: 1 }, { force: true })).summary).toEqual(nothing)
    expect(await checkRegistry(root)).toMatchObject({
      intact: true,
      leftovers: [`runs/day=2026-01-01/.part-aa.parquet.${pid}.0.tmp`],
    })
    closeCache(root)
  })
})

it('two rebuilds give equal tables, with counts of distinct things (RS-26, RS-30)', async () => {
  const { root, tick } = await guideRegistry(3)
  await createRunSet(root, BASELINE, tick())
  await resolveRunSet(root, BASELINE.runsetId, tick())
  await addRunEvents(root, 'run-0001', [{ event: 'tombstone' }, { event: 'tag_add', tag: 'a' }], tick())
  const { openDatabase } = await import('../../src/base/duckdb.ts')
  const dump = async () => {
    closeCache(root)
    const { summary } = await rebuildCache(root, tick(), { force: true })
    const database = await openDatabase(layout.registryCache(root), { readOnly: true })
    const tables = (
      await database.query("SELECT table_name FROM information_schema.tables WHERE table_name <> 'meta' ORDER BY 1")
    ).columns['table_name'] as string[]
    const rows: unknown[] = []
    for (const table of tables)
      rows.push(
        (await database.query(`SELECT to_json(t)::VARCHAR AS row FROM registry.${table} t ORDER BY 1`)).columns['row'],
      )
    database.close()
    return { summary, tables, rows }
  }
  const first = await dump()
  expect(await dump()).toEqual(first)
  expect(first.summary).toEqual({
    datasets: 1,
    runs: 2,
    artifacts: 10,
    runsets: 1,
    resolutions: 1,
    membership: 3,
    tags: 1,
    experiments: 0,
  })
  expect(first.tables).toEqual(
    expect.arrayContaining([
      'runs',
      'artifacts',
      'runset_membership',
      'runsets_with_resolution',
      'runs_with_artifacts',
      'dataset_coverage',
    ]),
  )
})

it('read verbs need no permission to write (RS-31)', async () => {
  const { root, tick } = await guideRegistry(2)
  await createRunSet(root, BASELINE, tick())
  await resolveRunSet(root, BASELINE.runsetId, tick())
  const before = snapshot(root)
  const folders = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map(name => join(root, name))
    .filter(path => statSync(path).isDirectory())
  for (const folder of folders) chmodSync(folder, 0o555)
  try {
    expect(await resolveRunSet(root, BASELINE.runsetId, tick())).toMatchObject({ cached: true })
    expect((await listRuns(root)).total).toBe(2)
    expect((await checkRegistry(root)).intact).toBe(true)
  } finally {
    for (const folder of folders) chmodSync(folder, 0o755)
  }
  expect(snapshot(root)).toEqual(before)
})

it('the same clock gives the same registry, whatever the time zone and locale (RS-16, RS-17)', async () => {
  const build = async () => {
    const root = freshRoot()
    const tick = ticking()
    await registerGuideDataset(root, tick())
    for (let n = 0; n < 3; n++) await registerRun(root, guideRun(root, n), tick())
    await createRunSet(root, BASELINE, tick())
    await resolveRunSet(root, BASELINE.runsetId, tick())
    const files = snapshot(layout.registry(root))
    rmSync(root, { recursive: true })
    return new Map([...files].map(([name, content]) => [name, content.split(' ')[1]]))
  }
  const first = await build()
  const zone = process.env['TZ']
  process.env['TZ'] = 'Pacific/Kiritimati'
  process.env['LANG'] = 'tr_TR.UTF-8'
  try {
    expect(await build()).toEqual(first)
  } finally {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})
