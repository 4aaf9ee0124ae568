/** Every verb of runset, registry, and of runs and artifacts in the registry, as a request: its answer holds to its schema. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { beforeEach, describe, expect, it } from 'vitest'
import { ask, call, emptyFolder, requestOf } from '../harness.ts'

const ajv = new Ajv({ strict: false, allErrors: true })
for (const name of readdirSync('schemas', { recursive: true, encoding: 'utf8' })) {
  if (name.endsWith('.json')) ajv.addSchema(JSON.parse(readFileSync(join('schemas', name), 'utf8')))
}

type Result = Record<string, any>

let root: string
let now: number

beforeEach(async () => {
  root = emptyFolder()
  now = Date.UTC(2026, 0, 29, 10)
  await done('dataset', 'register', {
    id: 'ohlcv_q4',
    family: 'ohlcv',
    source: 'made',
    from: '2025-10-01',
    to: '2025-12-31',
  })
  for (let n = 0; n < 6; n++) await register(n)
})

/** Run n: caller a for even n, b for odd; fast = n; one day of October. */
async function register(n: number, more: Record<string, unknown> = {}): Promise<Result> {
  const id = `run-${n}`
  mkdirSync(join(root, 'files'), { recursive: true })
  writeFileSync(join(root, 'files', `${id}.csv`), `trades of ${id}\n`)
  return done('runs', 'register', {
    id,
    datasets: ['ohlcv_q4'],
    strategy_family: 'momentum',
    params: { fast: n },
    engine_version: '1.0.0',
    from: `2025-10-0${n + 1}`,
    to: `2025-10-0${n + 2}`,
    callers: [n % 2 === 0 ? 'a' : 'b'],
    artifact: [`trades=files/${id}.csv`],
    ...more,
  })
}

async function answer(command: string, action: string, params: Record<string, unknown> = {}) {
  now += 1000
  return ask(root, requestOf(command, { action, ...params }), { now })
}

/** The result of a request that succeeds, checked against its schema. */
async function done(command: string, action: string, params: Record<string, unknown> = {}): Promise<Result> {
  const given = await answer(command, action, params)
  expect([action, given['error']]).toEqual([action, undefined])
  const ref = `https://quantlab.dev/schemas/1.0/commands/${command}.schema.json#/$defs/${action}_result`
  const valid = ajv.validate({ $ref: ref }, given['result'])
  expect([ref, valid || ajv.errors]).toEqual([ref, true])
  return given['result']
}

async function refused(command: string, action: string, params: Record<string, unknown> = {}) {
  const given = await answer(command, action, params)
  return [given['exit_code'], given['error']?.code, given['error']?.message]
}

const Q4 = { dataset: 'ohlcv_q4', from: '2025-10-01', to: '2025-12-31' }
const ids = (result: Result): string[] => result['resolution'].runIds

describe('runset', () => {
  it('selects by caller, parameters, tags, ids and set algebra', async () => {
    await done('runset', 'create', { id: 'all', ...Q4 })
    await done('runset', 'create', { id: 'a', ...Q4, caller: ['a'] })
    await done('runset', 'create', { id: 'fast', ...Q4, param: ['fast>=2', 'fast<=4'] })
    await done('runset', 'create', { id: 'one', ...Q4, param: ['fast=3'] })
    await done('runset', 'create', { id: 'rest', expr: 'all minus a' })
    await done('runset', 'create', { id: 'listed', run_ids: ['run-5', 'run-1', 'run-5'] })
    await done('runs', 'tag', { id: 'run-4', add: ['best', 'kept'] })
    await done('runset', 'create', { id: 'tagged', run_tags: ['best'] })
    const expected: Record<string, string[]> = {
      all: ['run-0', 'run-1', 'run-2', 'run-3', 'run-4', 'run-5'],
      a: ['run-0', 'run-2', 'run-4'],
      fast: ['run-2', 'run-3', 'run-4'],
      one: ['run-3'],
      rest: ['run-1', 'run-3', 'run-5'],
      listed: ['run-1', 'run-5'],
      tagged: ['run-4'],
    }
    for (const [id, runs] of Object.entries(expected))
      expect(ids(await done('runset', 'resolve', { id }))).toEqual(runs)
    const { funnel } = await done('runset', 'resolve', { id: 'a', explain: true })
    expect(funnel.map((step: { runs: number }) => step.runs)).toEqual(
      [...funnel.map((step: { runs: number }) => step.runs)].sort((x, y) => y - x),
    )
    expect(funnel.at(-1)).toMatchObject({ runs: 3 })
  })

  it('takes a specification file in its layouts, and refuses it beside conditions', async () => {
    const flat = {
      datasetId: 'ohlcv_q4',
      universe: { callers: ['a'] },
      timeBounds: { from: '2025-10-01', to: '2025-12-31' },
    }
    const nested = {
      select: { runs_where: { dataset_id: 'ohlcv_q4', caller: 'a', from: '2025-10-01', to: '2025-12-31' } },
    }
    writeFileSync(join(root, 'flat.json'), JSON.stringify({ ...flat, name: 'Of a', tags: ['base'] }))
    writeFileSync(join(root, 'nested.json'), JSON.stringify(nested))
    const hashes: string[] = []
    for (const spec of ['flat.json', 'nested.json']) {
      const { runset } = await done('runset', 'create', { id: spec.slice(0, -5), spec })
      hashes.push(runset.spec.specHash)
    }
    const { runset } = await done('runset', 'create', { id: 'flags', ...Q4, caller: ['a'] })
    expect(new Set([...hashes, runset.spec.specHash]).size).toBe(1)
    expect((await done('runset', 'get', { id: 'flat' }))['spec']).toMatchObject({ name: 'Of a', tags: ['base'] })
    writeFileSync(join(root, 'typo.json'), JSON.stringify({ ...flat, universe: { caller_ids: ['a'] } }))
    expect(await refused('runset', 'create', { id: 'x', spec: 'typo.json' })).toEqual([
      2,
      'INVALID_SPEC',
      expect.stringContaining('caller_ids'),
    ])
    expect(await refused('runset', 'create', { id: 'x', spec: 'flat.json', caller: ['b'] })).toEqual([
      2,
      'INVALID_SPEC',
      expect.stringContaining('caller'),
    ])
  })

  it('refuses days that do not exist, half of a window and another selection under a taken id', async () => {
    expect(await refused('runset', 'create', { id: 'x', ...Q4, to: '2025-11-31' })).toEqual([
      2,
      'INVALID_SPEC',
      expect.stringContaining('timeBounds.to: 2025-11-31 is not a calendar date'),
    ])
    expect(await refused('runset', 'create', { id: 'x', dataset: 'ohlcv_q4', from: '2025-10-01' })).toEqual([
      2,
      'INVALID_SPEC',
      expect.anything(),
    ])
    expect(await refused('runset', 'create', { id: 'x', ...Q4, param: ['fast<3'] })).toEqual([
      2,
      'INVALID_SPEC',
      expect.stringContaining('fast<3'),
    ])
    await done('runset', 'create', { id: 'x', ...Q4 })
    expect(await refused('runset', 'create', { id: 'x', ...Q4, caller: ['a'] })).toEqual([
      5,
      'RUNSET_EXISTS',
      expect.stringContaining('x'),
    ])
    expect(await refused('runset', 'resolve', { id: 'y' })).toEqual([6, 'RUNSET_NOT_FOUND', 'RunSet not found: y'])
  })

  it('writes nothing in a dry run', async () => {
    expect(await done('runset', 'create', { id: 'dry', ...Q4, dry_run: true })).toMatchObject({ created: true })
    expect(await refused('runset', 'get', { id: 'dry' })).toEqual([6, 'RUNSET_NOT_FOUND', expect.anything()])
  })

  it('pins, tells what drifted, explains, cites, aliases, draws its lineage and travels', async () => {
    await done('runset', 'create', { id: 'a', ...Q4, caller: ['a'], tags: ['base'], auto_resolve: true })
    const { pin } = await done('runset', 'freeze', { id: 'a', reason: 'figure 2', actor: 'me' })
    expect(pin).toMatchObject({ pin: 1, reason: 'figure 2', actor: 'me', active: true })
    await register(6)
    const status = await answer('runset', 'status', { id: 'a', exit_code: true })
    expect(status['exit_code']).toBe(9)
    expect(status['result'].causes).toMatchObject([{ cause: 'runs_added', count: 1, sample: ['run-6'] }])
    const diff = await done('runset', 'diff', { a: 'a', now: true })
    expect(diff['runs']).toMatchObject({ added: ['run-6'], removed: [], common: 3 })
    const explained = await done('runset', 'explain', { id: 'a', run: 'run-1' })
    expect(explained['matches']).toBe(false)
    expect(explained['conditions'].filter((one: { holds: boolean }) => !one.holds)).toMatchObject([
      { wanted: ['a'], has: ['b'] },
    ])
    const { citation } = await done('runset', 'cite', { id: 'a' })
    expect(citation).toMatch(/^a · spec \w{8} · pin 1 · runs \w{8} \(3\) · artifacts \w{8} · 2026-01-29$/)
    await done('runset', 'alias', { verb: 'set', alias: 'paper', reference: 'a@pin.1' })
    expect(ids(await done('runset', 'get', { id: 'paper', history: 5 }))).toEqual(['run-0', 'run-2', 'run-4'])
    expect((await done('runset', 'alias', { verb: 'list' }))['aliases']).toMatchObject([
      { alias: 'paper', reference: 'a@pin.1' },
    ])
    await done('runset', 'alias', { verb: 'rm', alias: 'paper' })
    expect((await done('runset', 'alias', { verb: 'history', alias: 'paper' }))['history']).toHaveLength(2)
    const { nodes } = await done('runset', 'lineage', { id: 'a' })
    expect(nodes.map((node: { id: string }) => node.id)).toEqual(
      expect.arrayContaining(['dataset:ohlcv_q4', 'run:run-0', 'runset:a']),
    )
    expect((await call(root, ['runset', 'lineage', 'a', '--graph', 'dot'])).stdout).toMatch(/^digraph lineage \{/)
    expect((await done('runset', 'list', { stale: true }))['runsets']).toHaveLength(1)
    expect((await done('runset', 'list', { tags: ['base'], frozen: true }))['total']).toBe(1)
    expect((await done('runset', 'list', { no_frozen: true }))['total']).toBe(0)
    const bundle = await done('runset', 'export', { id: 'a', with_artifacts: true })
    expect(bundle).toMatchObject({ artifacts: 3, artifactsLeftOut: 0 })
    expect(await refused('runset', 'delete', { id: 'a' })).toEqual([5, 'RUNSET_FROZEN_DELETE', expect.anything()])
    await done('runset', 'unfreeze', { id: 'a' })
    expect(await done('runset', 'delete', { id: 'a' })).toEqual({ runsetId: 'a', deleted: true, changed: true })
    root = emptyFolder()
    expect((await done('runset', 'import', { path: bundle['path'] }))['created']).toMatchObject({
      runs: 3,
      pins: 1,
      runset: true,
    })
    expect(await done('runset', 'verify', { id: 'a' })).toMatchObject({ intact: true, artifacts: { intact: 3 } })
    expect((await done('runset', 'history', { id: 'a' }))['history']).toHaveLength(1)
  })

  it('names every artifact that is missing or changed, and pins nothing then', async () => {
    await done('runset', 'create', { id: 'a', ...Q4, auto_resolve: true })
    writeFileSync(join(root, 'files/run-2.csv'), 'other\n')
    const given = await answer('runset', 'verify', { id: 'a' })
    expect(given['error']).toMatchObject({
      code: 'ARTIFACT_CHANGED',
      message: expect.stringContaining('files/run-2.csv'),
    })
    expect(given['exit_code']).toBe(7)
    expect(await refused('runset', 'freeze', { id: 'a' })).toEqual([7, 'ARTIFACT_CHANGED', expect.anything()])
    expect((await done('runset', 'get', { id: 'a' }))['mode']).toBe('exploration')
    await done('runset', 'freeze', { id: 'a', no_verify: true })
  })
})

describe('runs and artifacts in the registry', () => {
  it('are registered once, tagged, ended, deleted and brought back', async () => {
    expect(await register(0)).toMatchObject({ created: false, message: 'Run unchanged: run-0' })
    expect(
      await refused('runs', 'register', {
        id: 'run-0',
        datasets: ['ohlcv_q4'],
        strategy_family: 'other',
        engine_version: '1.0.0',
      }),
    ).toEqual([5, 'RUN_IMMUTABLE', expect.stringContaining('Run is immutable: run-0')])
    expect(await refused('runs', 'register', { id: 'run-9' })).toEqual([
      2,
      'INVALID_SPEC',
      expect.stringMatching(/datasets.*engine_version/s),
    ])
    expect(
      await refused('runs', 'register', {
        id: 'r',
        datasets: ['none'],
        strategy_family: 'x',
        engine_version: '1',
        strict: true,
      }),
    ).toEqual([6, 'DATASET_UNREGISTERED', expect.anything()])
    await register(7, { status: 'running' })
    expect((await done('runs', 'finish', { id: 'run-7', status: 'failed' }))['run'].status).toBe('failed')
    expect(await refused('runs', 'finish', { id: 'run-7', status: 'completed' })).toEqual([
      5,
      'RUN_STATUS',
      expect.anything(),
    ])
    expect((await done('runs', 'tag', { id: 'run-1', add: ['x', 'y'] }))['run'].tags).toEqual(['x', 'y'])
    expect((await done('runs', 'tag', { id: 'run-1', remove: ['x'] }))['run'].tags).toEqual(['y'])
    await done('runs', 'delete', { id: 'run-2', reason: 'wrong data' })
    const listed = await done('runs', 'list', { dataset: 'ohlcv_q4', status: ['completed'] })
    expect(listed['registered'].map((run: { runId: string }) => run.runId)).toEqual([
      'run-5',
      'run-4',
      'run-3',
      'run-1',
      'run-0',
    ])
    expect((await done('runs', 'list', { dataset: 'ohlcv_q4', limit: 2, offset: 1 }))['registered']).toHaveLength(2)
    expect((await done('runs', 'list', { tags: ['y'] }))['n_runs']).toBe(1)
    await done('runs', 'delete', { id: 'run-2', restore: true })
    expect((await done('runs', 'get', { id: 'run-2' }))['artifacts']).toMatchObject([
      { kind: 'trades', uri: 'files/run-2.csv' },
    ])
    expect(await refused('runs', 'get', { id: 'run-99' })).toEqual([6, 'RUN_NOT_FOUND', 'Run not found: run-99'])
  })

  it('take later files only as derived ones, each hashed', async () => {
    writeFileSync(join(root, 'files/note.md'), 'a note\n')
    const note = { run: 'run-0', kind: 'note', uri: 'files/note.md' }
    expect(await refused('artifact', 'register', note)).toEqual([5, 'ARTIFACTS_CLOSED', expect.anything()])
    const { artifact, created } = await done('artifact', 'register', { ...note, role: 'derived' })
    // sha256sum of "a note\n"
    expect([created, artifact.contentHash]).toEqual([
      true,
      '037279912cb60d7be67228853b057cc642443b4ce29b8a5a5bfbb68234b0b962',
    ])
    expect((await done('artifact', 'register', { ...note, role: 'derived' }))['created']).toBe(false)
    expect(await refused('artifact', 'register', { ...note, role: 'derived', content_hash: 'a'.repeat(64) })).toEqual([
      7,
      'INTEGRITY_ERROR',
      expect.anything(),
    ])
    expect(await refused('artifact', 'register', { kind: 'note', uri: 'files/note.md' })).toEqual([
      2,
      'INVALID_CONFIG',
      expect.anything(),
    ])
  })
})

describe('registry', () => {
  it('rebuilds, checks, compacts, collects and brings back', async () => {
    await done('runset', 'create', { id: 'a', ...Q4, auto_resolve: true })
    const rebuilt = await done('registry', 'rebuild')
    expect(rebuilt).toMatchObject({
      rebuilt: true,
      summary: { runsets: 1, runs: 6, artifacts: 6, resolutions: 1, membership: 6 },
    })
    expect(await done('registry', 'rebuild')).toMatchObject({ rebuilt: false, message: 'Registry up to date' })
    expect(await done('registry', 'rebuild', { force: true })).toMatchObject({
      rebuilt: true,
      registryHash: rebuilt['registryHash'],
    })
    expect(await done('registry', 'check')).toMatchObject({ intact: true, faults: [] })
    const before = await done('runset', 'resolve', { id: 'a' })
    expect(before['cached']).toBe(true)
    const merged = await done('registry', 'compact', { all: true })
    expect(merged['files']).toBeGreaterThan(0)
    expect(await done('runset', 'resolve', { id: 'a' })).toEqual(before)
    const plan = await done('registry', 'gc')
    expect([plan['applied'], plan['files'].length > 0]).toEqual([false, true])
    const collected = await done('registry', 'gc', { apply: true })
    expect(collected['trash']).toEqual(expect.any(String))
    expect(await done('runset', 'resolve', { id: 'a' })).toEqual(before)
    expect((await done('registry', 'gc', { undo: collected['trash'] }))['restored']).toBe(collected['files'].length)
    expect((await done('registry', 'gc', { why: 'run-0' }))['why'].length).toBeGreaterThan(0)
    expect(await refused('registry', 'gc', { apply: true, why: 'run-0' })).toEqual([
      2,
      'INVALID_CONFIG',
      expect.anything(),
    ])
  })

  it('travels whole: the same answers in an empty root, nothing from a damaged file or over other facts', async () => {
    await done('runset', 'create', { id: 'a', ...Q4, auto_resolve: true })
    await done('runset', 'freeze', { id: 'a' })
    const there = await done('registry', 'export')
    const before = (await done('runset', 'resolve', { id: 'a' }))['resolution']
    const bytes = readFileSync(there['path'])
    const home = root
    root = emptyFolder()
    const broken = join(root, 'broken.tar')
    const at = Math.floor(bytes.length / 2)
    writeFileSync(
      broken,
      bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)),
    )
    expect(await refused('registry', 'import', { path: broken })).toEqual([7, 'BUNDLE_CORRUPT', expect.anything()])
    // A name in the manifest that still reads well is seen by the manifest's own hash.
    const renamed = Buffer.from(bytes.toString('latin1').replace('runset_id=a/', 'runset_id=b/'), 'latin1')
    writeFileSync(broken, renamed)
    expect(await refused('registry', 'import', { path: broken })).toEqual([7, 'BUNDLE_CORRUPT', expect.anything()])
    expect(await refused('runset', 'get', { id: 'a' })).toEqual([6, 'RUNSET_NOT_FOUND', expect.anything()])
    const taken = await done('registry', 'import', { path: there['path'] })
    expect(taken).toEqual({ files: there['files'], created: there['files'] })
    expect((await done('runset', 'resolve', { id: 'a' }))['resolution']).toEqual(before)
    expect(await done('registry', 'check')).toMatchObject({ intact: true })
    expect((await done('registry', 'import', { path: there['path'] }))['created']).toBe(0)
    expect((await done('registry', 'export'))['sha256']).toBe(there['sha256'])
    root = emptyFolder()
    await done('runset', 'create', { id: 'a', ...Q4, caller: ['b'] })
    expect(await refused('registry', 'import', { path: there['path'] })).toEqual([5, 'CONFLICT', expect.anything()])
    root = home
  })

  it('names the fact that was damaged', async () => {
    const folder = join(root, 'lake/registry/runs')
    const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(path =>
      path.endsWith('.parquet'),
    ) as string
    writeFileSync(join(folder, name), 'PAR1 damaged')
    const given = await answer('registry', 'check')
    expect([given['exit_code'], given['error'].message]).toEqual([7, expect.stringContaining(name)])
  })
})

it('run <verb> and research experiments are other spellings of runs and experiment', async () => {
  const listed = await call(root, ['run', 'list', '--dataset', 'ohlcv_q4', '--format', 'csv'])
  expect(listed.stdout.split('\n')[0]).toBe('run_id,status,datasets,strategy,tags,created_at,sharpe_simple')
  expect((await call(root, ['run', 'get', 'run-3'])).stdout).toContain('Run: run-3\nStatus: completed\n')
  expect((await call(root, ['run', 'tag', 'run-3', '--add', 'x, ,y,'])).stdout).toBe('Run tagged: run-3 (x, y)\n')
})
