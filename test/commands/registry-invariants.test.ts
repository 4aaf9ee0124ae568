/** Invariants of the specification that hold across commands, by their numbers; those of the registry alone are in test/registry. */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../src/artifacts/report.ts'
import { readParquet } from '../../src/base/parquet.ts'
import { artifactsHash, membershipHash, resolutionId } from '../../src/registry/ids.ts'
import { ask, requestOf, rootWithData } from '../harness.ts'

const RUN = { ticker: 'ETH-USD', start: '2021-01-01', end: '2022-01-01' }
const WHERE = { dataset: 'eth-usd', from: '2021-01-01', to: '2021-12-31' }

async function done(root: string, command: string, params: Record<string, unknown>): Promise<Record<string, any>> {
  const answer = await ask(root, requestOf(command, params))
  expect(answer['error']).toBeUndefined()
  return answer
}

/** A root with three runs and the RunSet `all` of them. */
async function rootWithRuns(): Promise<string> {
  const root = await rootWithData()
  for (const fee of [0.001, 0.002, 0.003]) await done(root, 'run', { ...RUN, fee })
  await done(root, 'runset', { action: 'create', id: 'all', ...WHERE })
  return root
}

it('RS-04: a slice of the input that is gone changes no resolution, is reported, and is never made up', async () => {
  const root = await rootWithRuns()
  const before = (await done(root, 'runset', { action: 'resolve', id: 'all' }))['result']
  expect(before.resolution.runIds).toHaveLength(3)
  const slice = readdirSync(join(root, 'lake/datasets/ohlcv/eth-usd/bars'))[0]
  rmSync(join(root, 'lake/datasets/ohlcv/eth-usd/bars', slice))
  const after = (await done(root, 'runset', { action: 'resolve', id: 'all', force: true }))['result']
  for (const key of ['runIds', 'contentHash', 'artifactsHash', 'resolutionId'])
    expect(after.resolution[key]).toEqual(before.resolution[key])
  expect((await ask(root, requestOf('dataset', { action: 'verify', id: 'eth-usd' })))['exit_code']).toBe(7)
  expect((await ask(root, requestOf('run', RUN)))['status']).toBe('error')
  expect(readdirSync(join(root, 'lake/datasets/ohlcv/eth-usd/bars'))).toEqual([])
})

it('RS-10: the registry and the verbs over it import no compute', () => {
  const compute = /^src\/(engine|strategies|indicators|sweep|regime|models|alerts)\//
  const within = (folder: string) => readdirSync(folder).map(name => posix.join(folder, name))
  const files = [
    ...within('src/registry'),
    ...within('src/commands/runset'),
    ...within('src/commands/lab'),
    ...['registry/registry', 'runs/registry', 'runs/listing', 'artifact/register'].map(
      name => `src/commands/${name}.ts`,
    ),
  ]
  expect(files.length).toBeGreaterThan(60)
  const importsCompute = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)].some(([, target]) =>
      compute.test(posix.join(posix.dirname(file), target)),
    )
  expect(files.filter(importsCompute)).toEqual([])
})

it('RS-19: the hashes of every resolution follow from its stored rows, and a check says where they do not', async () => {
  const root = await rootWithRuns()
  await done(root, 'runset', { action: 'create', id: 'none', ...WHERE, caller: ['nobody'] })
  for (const id of ['all', 'none']) {
    const { resolution } = (await done(root, 'runset', { action: 'resolve', id }))['result']
    const { specHash, resolverVersion, datasetIds } = resolution
    const contentHash = membershipHash(resolution.runIds)
    const hash = artifactsHash(resolution.artifacts)
    expect([contentHash, hash]).toEqual([resolution.contentHash, resolution.artifactsHash])
    expect(resolutionId({ specHash, resolverVersion, datasetIds, contentHash, artifactsHash: hash })).toBe(
      resolution.resolutionId,
    )
  }
  expect((await done(root, 'registry', { action: 'check' }))['result'].intact).toBe(true)
  // The members of one answer under the name of the other: each file is whole, the answer is not.
  const folder = join(root, 'lake/registry/runsets_resolution')
  const members = (id: string) => {
    const name = readdirSync(join(folder, `runset_id=${id}`)).find(file => file.endsWith('.runs.parquet'))
    return name === undefined ? undefined : join(folder, `runset_id=${id}`, name)
  }
  rmSync(members('all') as string)
  const damaged = await ask(root, requestOf('registry', { action: 'check' }))
  expect([damaged['exit_code'], damaged['error'].message]).toEqual([7, expect.stringContaining('all')])
})

describe('sweeps', () => {
  const CONFIG = { ticker: 'ETH-USD', start: '2021-01-01', end: '2022-01-01', interval: '1d', strategy: 'sma_cross' }
  const swept = async (root: string, config: Record<string, unknown>) => {
    const answer = await done(root, 'sweep', { config: { ...CONFIG, ...config }, threads: 0 })
    return (await readParquet(join(answer['artifacts_path'], 'trials.parquet'))).columns
  }
  const idsIn = (columns: Record<string, ArrayLike<unknown>>) => Array.from(columns['variation_id'], String)

  it('RS-34: permuting parameters or values changes neither ids nor order; adding a value keeps all old ids', async () => {
    const root = await rootWithData()
    const fast = 'strategy_params.fast'
    const slow = 'strategy_params.slow'
    const first = idsIn(await swept(root, { param_grid: { [fast]: [5, 10, 15], [slow]: [40, 60] } }))
    const permuted = idsIn(await swept(root, { param_grid: { [slow]: [60, 40], [fast]: [15, 5, 10] } }))
    expect(new Set(first).size).toBe(6)
    expect(permuted).toEqual(first)
    const grown = idsIn(await swept(root, { param_grid: { [fast]: [5, 10, 12, 15], [slow]: [40, 60] } }))
    expect(grown).toEqual(expect.arrayContaining(first))
    expect(new Set(grown).size).toBe(8)
  })

  it('RS-35: an override touches its own path alone', async () => {
    const root = await rootWithData()
    const request = { strategy_params: { fast: 5, slow: 40 }, fee: 0.001 }
    const variations = [
      { variationId: 'base', overrides: {} },
      { variationId: 'other', overrides: { 'strategy_params.fast': 10 } },
    ]
    const columns = await swept(root, { ...request, variations })
    expect(idsIn(columns)).toEqual(['base', 'other'])
    // The same two parameter sets as runs of their own: every figure of the other one follows from its path alone.
    const figures = ['total_return', 'max_drawdown', 'trades']
    for (const [row, fast] of [5, 10].entries()) {
      const run = await done(root, 'run', {
        ...RUN,
        strategy: 'sma_cross',
        fee: 0.001,
        strategy_params: { fast, slow: 40 },
      })
      for (const figure of figures) expect(Number(columns[figure][row])).toBe(run['summary'][figure])
    }
  })
})

it('RS-37: a replay gives the same result; on other content it is refused', async () => {
  const root = await rootWithData()
  const run = await done(root, 'run', RUN)
  const replayed = await done(root, 'replay', { run_id: run['run_id'] })
  const hash = (path: string) => JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')).result_hash
  expect(hash(replayed['artifacts_path'])).toBe(hash(run['artifacts_path']))
  const view = (await done(root, 'runs', { action: 'get', id: replayed['run_id'] }))['result']
  expect(view.replicates).toEqual([run['run_id']])
  const bars = join(root, 'lake/datasets/ohlcv/eth-usd/bars')
  const other = join(root, 'lake/datasets/ohlcv/btc-usd/bars')
  cpSync(join(other, readdirSync(other)[0]), join(bars, readdirSync(bars)[0]))
  expect((await ask(root, requestOf('replay', { run_id: run['run_id'] })))['status']).toBe('error')
})

it('RS-38: an index of exported runs that is lost comes back as the same bytes, sorted', async () => {
  const root = await rootWithRuns()
  const runs = readdirSync(join(root, 'outputs/runs')).filter(name => !name.startsWith('runs_index'))
  await done(root, 'artifact', { action: 'export', run_ids: runs })
  const index = join(root, 'outputs/artifacts/index.json')
  const before = readFileSync(index, 'utf8')
  for (const run of runs) expect(before).toContain(run)
  rmSync(index)
  await done(root, 'artifact', { action: 'export', run_ids: [runs[0]] })
  expect(readFileSync(index, 'utf8')).toBe(before)
})

it('artifact list has the files of a run and what the registry knows of them, the same hashes', async () => {
  const root = await rootWithData()
  const run = await done(root, 'run', RUN)
  const { artifacts, registered } = (await done(root, 'artifact', { action: 'list', run_id: run['run_id'] }))['result']
  const onDisk = artifacts.map((file: { sha256: string }) => file.sha256).sort()
  expect(registered.map((one: { contentHash: string }) => one.contentHash).sort()).toEqual(onDisk)
})

it('RS-39: the fingerprint is the published vector, and each of its seven inputs flips it', () => {
  const inputs = {
    snapshot_content_hash: 'd'.repeat(64),
    strategy_hash: 'a'.repeat(64),
    execution_model_hash: null,
    cost_model_hash: null,
    risk_model_hash: null,
    seed: 42,
    engine_version: '1.0.0',
  }
  const published = 'aa6bd79de4891642414549b1af012b871828d15a19f5e297fefc2df9bdad023a'
  expect(fingerprintOf(inputs)).toBe(published)
  const flipped = {
    snapshot_content_hash: 'e'.repeat(64),
    strategy_hash: 'b'.repeat(64),
    execution_model_hash: 'c'.repeat(64),
    cost_model_hash: 'c'.repeat(64),
    risk_model_hash: 'c'.repeat(64),
    seed: 43,
    engine_version: '1.0.1',
  }
  const others = Object.entries(flipped).map(([key, value]) => fingerprintOf({ ...inputs, [key]: value }))
  expect(new Set([published, ...others]).size).toBe(8)
})

it('RS-39: nothing but the seven inputs reaches the fingerprint, and no two sets of them share one', async () => {
  const { default: fc } = await import('fast-check')
  const hash = fc.stringMatching(/^[0-9a-f]{64}$/)
  const inputs = fc.record({
    snapshot_content_hash: hash,
    strategy_hash: hash,
    execution_model_hash: fc.option(hash),
    cost_model_hash: fc.option(hash),
    risk_model_hash: fc.option(hash),
    seed: fc.maxSafeNat(),
    engine_version: fc.string({ minLength: 1, maxLength: 8 }),
  })
  fc.assert(
    fc.property(inputs, inputs, fc.dictionary(fc.string(), fc.jsonValue()), (one, other, metadata) => {
      expect(fingerprintOf({ ...metadata, ...one })).toBe(fingerprintOf(one))
      const same = JSON.stringify(one) === JSON.stringify(other)
      expect(fingerprintOf(one) === fingerprintOf(other)).toBe(same)
    }),
  )
})

it('RS-16, RS-17: the same script at the same clock gives the same ids, hashes and rows in any time zone and locale', async () => {
  const script = async () => {
    const root = await rootWithData()
    let now = Date.UTC(2026, 2, 29, 0, 30)
    const at = async (command: string, params: Record<string, unknown>) => {
      now += 1_800_000
      const answer = await ask(root, requestOf(command, params), { now })
      expect(answer['error']).toBeUndefined()
      return answer
    }
    const said: unknown[] = []
    for (const fee of [0.001, 0.002]) {
      const run = await at('run', { ...RUN, fee, tags: ['ı', 'I', 'ä', 'z'] })
      const { result_hash, config_hash, fingerprint } = JSON.parse(
        readFileSync(join(run['artifacts_path'], 'metadata.json'), 'utf8'),
      )
      said.push([run['run_id'], result_hash, config_hash, fingerprint])
    }
    said.push((await at('runset', { action: 'create', id: 'all', ...WHERE, tags: ['ö', 'z', 'a'] }))['result'])
    const { resolution, funnel } = (await at('runset', { action: 'resolve', id: 'all', explain: true }))['result']
    const { runIds, contentHash, specHash, datasetIds, resolvedAt } = resolution
    said.push(runIds, contentHash, specHash, datasetIds, resolvedAt, funnel)
    const { pin } = (await at('runset', { action: 'freeze', id: 'all' }))['result']
    said.push(pin.at, pin.contentHash, (await at('dataset', { action: 'get', id: 'eth-usd' }))['result'].coverage)
    const sql = 'SELECT timestamp, side, qty, close FROM trades ORDER BY run_id, timestamp'
    said.push((await at('lab', { action: 'query', runset: 'all', sql }))['result'].rows)
    const listed = (await at('runs', { action: 'list', from: '2026-03-29', to: '2026-03-29' }))['result'].registered
    said.push(
      listed.map((run: Record<string, unknown>) => [run['runId'], run['tags'], run['createdAt'], run['runKey']]),
    )
    return JSON.stringify(said)
  }
  const first = await script()
  const kept = { TZ: process.env['TZ'], LANG: process.env['LANG'], LC_ALL: process.env['LC_ALL'] }
  // Clocks in Lord Howe move by half an hour a week later; Turkish has letters of its own.
  Object.assign(process.env, { TZ: 'Australia/Lord_Howe', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' })
  try {
    expect(await script()).toBe(first)
  } finally {
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
})

it('a published run is one fact, and its process loads no database', async () => {
  const { spawnSync } = await import('node:child_process')
  const root = await rootWithData()
  const spy = join(root, 'spy.cjs')
  writeFileSync(
    spy,
    `const open = process.dlopen; process.dlopen = function (...a) { process.stderr.write('dlopen ' + a[1] + '\\n'); return open.apply(this, a) }`,
  )
  mkdirSync(join(root, 'work'))
  const started = (argv: string[]) =>
    spawnSync(process.execPath, ['--require', spy, 'dist/main.js', '--root', root, ...argv], { encoding: 'utf8' })
  const facts = () =>
    readdirSync(join(root, 'lake/registry/runs'), { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.parquet'),
    )
  const run = started(['run', '--ticker', 'ETH-USD'])
  expect([run.status, run.stderr.includes('duckdb')]).toEqual([0, false])
  expect(facts()).toHaveLength(1)
  // The spy sees the database where it is loaded.
  expect(started(['registry', 'rebuild']).stderr).toContain('duckdb')
})
