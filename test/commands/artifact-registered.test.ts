/** Artifacts by their id, and runs of every kind and place: found, shown, verified. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { closeCache } from '../../src/registry/cache.ts'
import { ask, emptyFolder, requestOf, rootWithData } from '../harness.ts'

let root: string
const runs: Record<string, string> = {}

async function done(command: string, params: Record<string, unknown>, at = root): Promise<Record<string, any>> {
  const answer = await ask(at, requestOf(command, params))
  expect(answer['error']).toBeUndefined()
  return answer['result'] ?? answer
}

const refused = async (params: Record<string, unknown>, at = root) => {
  const { error, exit_code } = await ask(at, requestOf('artifact', params))
  return { code: error?.code, exit_code, message: error?.message }
}

const SPAN = { start: '2021-01-01', end: '2022-01-01' }

beforeAll(async () => {
  root = await rootWithData()
  const run = await done('run', { ticker: 'ETH-USD', ...SPAN })
  const config = { ticker: 'ETH-USD', ...SPAN, interval: '1d', strategy: 'sma_cross' }
  const sweep = { config: { ...config, param_grid: { 'strategy_params.fast': [5, 10] } }, threads: 0 }
  runs['run'] = run['run_id']
  runs['grid'] = (await done('sweep', sweep))['run_id']
  runs['paper'] = (await done('paper', { ticker: 'ETH-USD', ...SPAN }))['run_id']
  const window = { forward_start: '2022-01-01', forward_end: '2022-03-01' }
  runs['forward'] = (await done('forward', { run_dir: runs['run'], ...window }))['run_id']
  await done('registry', { action: 'rebuild' })
})

describe.each([['run'], ['grid'], ['paper'], ['forward']])('an artifact of a %s', mode => {
  it('is found by its id and by the beginning of it, from the cache and from facts alone, and shown with its content', async () => {
    const { registered } = await done('artifact', { action: 'list', run_id: runs[mode] })
    const wanted = registered.find((one: { kind: string }) => one.kind === 'metrics')
    const text = readFileSync(join(root, wanted.uri), 'utf8')
    const expected = { artifact: wanted, path: join(root, wanted.uri), state: 'intact', content: JSON.parse(text) }
    const copy = await done('artifact', { action: 'get', run_id: wanted.artifactId })
    expect(copy).toEqual(expected)
    for (const length of [8, 20]) {
      const run_id = wanted.artifactId.slice(0, length).toUpperCase()
      expect(await done('artifact', { action: 'get', run_id })).toEqual(expected)
    }
    closeCache(root)
    rmSync(join(root, 'lake/cache'), { recursive: true, force: true })
    expect(await done('artifact', { action: 'get', run_id: wanted.artifactId })).toEqual(expected)
    const verified = await done('artifact', { action: 'verify', run_id: wanted.artifactId })
    expect(verified).toMatchObject({ runId: runs[mode], verified: true, files: 1, checks: ['content_hash'] })
    await done('registry', { action: 'rebuild' })
  })

  it('that was changed or lost fails to verify by name, and is shown as that', async () => {
    const { registered } = await done('artifact', { action: 'list', run_id: runs[mode] })
    const { artifactId: run_id, uri } = registered.find((one: { kind: string }) => one.kind === 'config')
    const bytes = readFileSync(join(root, uri))
    writeFileSync(join(root, uri), bytes.subarray(1))
    expect(await refused({ action: 'verify', run_id })).toMatchObject({ code: 'ARTIFACT_CHANGED', exit_code: 7 })
    expect(await done('artifact', { action: 'get', run_id })).not.toHaveProperty('content')
    rmSync(join(root, uri))
    const lost = await refused({ action: 'verify', run_id })
    expect(lost).toMatchObject({ code: 'ARTIFACT_MISSING', message: expect.stringContaining(uri) })
    expect((await done('artifact', { action: 'get', run_id })).state).toBe('missing')
    writeFileSync(join(root, uri), bytes)
  })
})

it('a run that is no plain one is answered with its JSON documents, verified first', async () => {
  for (const mode of ['grid', 'paper', 'forward']) {
    const view = await done('artifact', { action: 'get', run_id: runs[mode] })
    expect(view).toMatchObject({ runId: runs[mode], mode })
    const report = JSON.parse(readFileSync(join(view['path'], 'report.json'), 'utf8'))
    expect(view['documents']['report.json']).toEqual(report)
    expect(Object.keys(view['documents'])).toEqual([
      ...['metadata.json', 'config.json', 'metrics.json', 'manifest.json', 'report.json'],
    ])
    expect(view['registered'].length).toBeGreaterThan(5)
    const path = join(view['path'], 'run_report.md')
    if (mode === 'forward') continue
    const bytes = readFileSync(path)
    writeFileSync(path, 'other')
    expect(await refused({ action: 'get', run_id: runs[mode] })).toMatchObject({ exit_code: 7 })
    writeFileSync(path, bytes)
  }
  expect(await done('artifact', { action: 'get', run_id: runs['run'] })).toHaveProperty('resultHash')
})

describe('a run that was registered without a directory', () => {
  it('has its files listed, verified and shown where they lie', async () => {
    const at = emptyFolder()
    writeFileSync(join(at, 'trades.csv'), 'a\n')
    const register = { action: 'register', id: 'away', datasets: ['d'], strategy_family: 'f', engine_version: '1' }
    await done('runs', { ...register, artifact: ['trades=trades.csv'] }, at)
    const listed = await done('artifact', { action: 'list', run_id: 'away' }, at)
    expect(listed).toMatchObject({ runId: 'away', artifacts: [], registered: [{ kind: 'trades', uri: 'trades.csv' }] })
    expect(await done('artifact', { action: 'verify', run_id: 'away' }, at)).toMatchObject({ verified: true, files: 1 })
    expect(await refused({ action: 'get', run_id: 'away' }, at)).toMatchObject({ exit_code: 6 })
    const [{ artifactId }] = listed['registered']
    expect(await done('artifact', { action: 'get', run_id: artifactId }, at)).toMatchObject({ content: 'a\n' })
    writeFileSync(join(at, 'trades.csv'), 'b\n')
    expect(await refused({ action: 'verify', run_id: 'away' }, at)).toMatchObject({ code: 'ARTIFACT_CHANGED' })
  })

  it('may lie on another machine: that is said, not judged', async () => {
    const at = emptyFolder()
    await done(
      'runs',
      { action: 'register', id: 'far', datasets: ['d'], strategy_family: 'f', engine_version: '1', status: 'running' },
      at,
    )
    const far = { action: 'register', run: 'far', kind: 'trades', uri: 's3://bucket/trades.csv' }
    const { artifact } = await done('artifact', { ...far, content_hash: 'a'.repeat(64) }, at)
    const answer = await ask(at, requestOf('artifact', { action: 'verify', run_id: artifact.artifactId }))
    expect(answer).toMatchObject({ status: 'success', result: { verified: false, files: 0 } })
    expect(answer['warnings']).toEqual([expect.stringMatching(/another machine/)])
    expect(await done('artifact', { action: 'get', run_id: artifact.artifactId }, at)).toMatchObject({
      state: 'unverifiable',
    })
  })
})

it('artifacts of a data set are listed by it', async () => {
  const { registered } = await done('artifact', { action: 'list', dataset: 'eth-usd' })
  expect(registered).toMatchObject([{ datasetId: 'eth-usd', role: 'input', kind: 'ohlcv' }])
  const verified = await done('artifact', { action: 'verify', run_id: registered[0].artifactId })
  expect(verified).toMatchObject({ verified: true, artifact: registered[0] })
  expect(verified).not.toHaveProperty('runId')
  expect(await refused({ action: 'list', dataset: 'nothing' })).toMatchObject({ exit_code: 6 })
  expect(await refused({ action: 'list' })).toMatchObject({ exit_code: 2 })
  expect(await refused({ action: 'list', dataset: 'eth-usd', run_id: runs['run'] })).toMatchObject({ exit_code: 2 })
})

it('an id that is unknown is not found, a short one is a run that is not there, an ambiguous one lists what it may mean', async () => {
  expect(await refused({ action: 'get', run_id: 'f'.repeat(64) })).toMatchObject({
    code: 'ARTIFACT_NOT_FOUND',
    exit_code: 6,
  })
  expect(await refused({ action: 'verify', run_id: 'abcdef0' })).toMatchObject({ code: 'NOT_FOUND', exit_code: 6 })
  expect(await refused({ action: 'get', run_id: "'; DROP TABLE artifacts; --" })).toMatchObject({ exit_code: 6 })
})
