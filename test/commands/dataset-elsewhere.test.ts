/** Data sets whose data are not in this lake: declared where they lie, with hashes or without, or known from an imported bundle. */

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/base/canonical.ts'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

async function done(root: string, command: string, params: Record<string, unknown>): Promise<Record<string, any>> {
  const answer = await ask(root, requestOf(command, params))
  expect(answer['error']).toBeUndefined()
  return answer['result'] ?? answer
}

const refusal = async (root: string, command: string, params: Record<string, unknown>) => {
  const { error, exit_code } = await ask(root, requestOf(command, params))
  return { code: error?.code, exit_code, message: error?.message, details: error?.details, hint: error?.hint }
}

describe('a declared data set with data_root', () => {
  const DECLARED = { action: 'register', id: 'calls', kind: 'alerts', source: 'feed', data_root: 'elsewhere/calls' }

  function rootWithFiles(): string {
    const root = emptyFolder()
    mkdirSync(join(root, 'elsewhere/calls/2025'), { recursive: true })
    writeFileSync(join(root, 'elsewhere/calls/2025/b.csv'), 'b\n')
    writeFileSync(join(root, 'elsewhere/calls/a.csv'), 'a\n')
    return root
  }

  it('is found there, and with hash_content each file is an input artifact under its hash', async () => {
    const root = rootWithFiles()
    const plain = await done(root, 'dataset', { ...DECLARED, id: 'plain' })
    expect(plain).toMatchObject({ root: 'elsewhere/calls', contentHash: null, files: [], materialised: false })
    const hashed = await done(root, 'dataset', { ...DECLARED, hash_content: true })
    const files = [
      { path: 'elsewhere/calls/2025/b.csv', sha256: sha256Hex('b\n'), sizeBytes: 2 },
      { path: 'elsewhere/calls/a.csv', sha256: sha256Hex('a\n'), sizeBytes: 2 },
    ]
    // The text that a stranger hashes: RFC 8785 of the list.
    const list = `[["2025/b.csv","${sha256Hex('b\n')}"],["a.csv","${sha256Hex('a\n')}"]]`
    const contentHash = sha256Hex(`{"_t":"dataset.files","files":${list},"v":1}`)
    expect(hashed).toMatchObject({
      status: 'registered',
      root: 'elsewhere/calls',
      files,
      contentHash,
      materialised: false,
    })
    expect((await done(root, 'dataset', { ...DECLARED, hash_content: true })).status).toBe('unchanged')
    const { status: _, ...detail } = hashed
    expect(await done(root, 'dataset', { action: 'get', id: 'calls' })).toEqual(detail)
  })

  it('is verified where it lies: changed, lost and added files are named', async () => {
    const root = rootWithFiles()
    await done(root, 'dataset', { ...DECLARED, hash_content: true })
    expect(await done(root, 'dataset', { action: 'verify', id: 'calls' })).toMatchObject({ verified: true, files: 3 })
    writeFileSync(join(root, 'elsewhere/calls/a.csv'), 'A\n')
    rmSync(join(root, 'elsewhere/calls/2025/b.csv'))
    writeFileSync(join(root, 'elsewhere/calls/c.csv'), 'c\n')
    const { exit_code, details } = await refusal(root, 'dataset', { action: 'verify', id: 'calls' })
    expect(exit_code).toBe(7)
    expect(details.map((detail: { pointer: string }) => detail.pointer)).toEqual(['2025/b.csv', 'a.csv', 'c.csv'])
    // Changed data under the same id are no second registration of it.
    expect(await refusal(root, 'dataset', { ...DECLARED, hash_content: true })).toMatchObject({ exit_code: 5 })
  })

  it('without hashes says that nothing could be checked', async () => {
    const root = rootWithFiles()
    await done(root, 'dataset', DECLARED)
    const answer = await ask(root, requestOf('dataset', { action: 'verify', id: 'calls' }))
    expect(answer['warnings']).toEqual([expect.stringMatching(/declared without hashes/)])
  })

  it.each([
    ['hash_content without data_root', { data_root: undefined, hash_content: true }, 2, /goes with data_root/],
    ['data_root beside path', { path: 'elsewhere/calls/a.csv' }, 2, /does not go with path/],
    ['a folder that is not there', { data_root: 'nowhere', hash_content: true }, 3, /is no folder/],
    ['a file in place of the folder', { data_root: 'elsewhere/calls/a.csv', hash_content: true }, 3, /is no folder/],
    ['an empty folder', { data_root: 'empty', hash_content: true }, 3, /holds no file/],
    ['a link among the files', { data_root: 'linked', hash_content: true }, 3, /is no regular file/],
  ])('is refused for %s', async (_, more, exit_code, message) => {
    const root = rootWithFiles()
    mkdirSync(join(root, 'empty'))
    mkdirSync(join(root, 'linked'))
    symlinkSync(join(root, 'elsewhere'), join(root, 'linked/away'))
    const params = Object.fromEntries(
      Object.entries({ ...DECLARED, ...more }).filter(([, value]) => value !== undefined),
    )
    expect(await refusal(root, 'dataset', params)).toMatchObject({ exit_code, message: expect.stringMatching(message) })
    expect((await done(root, 'dataset', { action: 'list' })).total).toBe(0)
  })

  it('is declared by flags, where --root stays the root of everything', async () => {
    const root = rootWithFiles()
    const argv = [
      'dataset',
      'register',
      'calls',
      '--kind',
      'alerts',
      '--data-root',
      'elsewhere/calls',
      '--hash-content',
    ]
    const { code, stdout } = await call(root, [...argv, '--root', root, '--format', 'json'])
    expect([code, JSON.parse(stdout).files.length]).toEqual([0, 2])
  })
})

describe('a data set known from an imported bundle', () => {
  /** A root into which the RunSet of another one was imported, and that other root. */
  async function imported(): Promise<{ root: string; origin: string }> {
    const origin = await rootWithData()
    await done(origin, 'run', { ticker: 'ETH-USD', start: '2021-01-01', end: '2022-01-01' })
    const where = { dataset: 'eth-usd', from: '2021-01-01', to: '2021-12-31' }
    await done(origin, 'runset', { action: 'create', id: 'all', ...where })
    await done(origin, 'runset', { action: 'freeze', id: 'all' })
    await done(origin, 'runset', { action: 'export', id: 'all', out: 'all.tar' })
    const root = emptyFolder()
    await done(root, 'runset', { action: 'import', path: join(origin, 'all.tar') })
    return { root, origin }
  }

  const CSV = resolve('test/fixtures/golden-data/ETH-USD.csv')
  const REGISTER = { action: 'register', id: 'eth-usd', kind: 'ohlcv', path: CSV, symbol: 'ETH-USD', interval: '1d' }

  it('is listed and shown with what its fact says, as not materialised', async () => {
    const { root, origin } = await imported()
    const { datasets, total } = await done(root, 'dataset', { action: 'list' })
    const there = await done(origin, 'dataset', { action: 'get', id: 'eth-usd' })
    expect(total).toBe(1)
    const known = { datasetId: 'eth-usd', contentHash: there['contentHash'], createdAt: there['createdAt'] }
    expect(datasets[0]).toMatchObject({
      ...known,
      materialised: false,
      symbolCount: null,
      coverage: { rowCount: null },
    })
    const shown = await done(root, 'dataset', { action: 'get', id: 'eth-usd' })
    expect(shown).toMatchObject(known)
    expect(shown['files'][0].sha256).toBe(there['symbols'][0].sha256)
    const { stdout } = await call(root, ['dataset', 'list', '--format', 'csv'])
    expect(stdout).toMatch(/^id,kind.*\neth-usd,ohlcv,.*false\n$/)
    expect((await done(root, 'dataset', { action: 'list', kind: 'panel' })).total).toBe(0)
  })

  it('cannot be run on or verified, and the answer says what to bring', async () => {
    const { root } = await imported()
    const run = { ticker: 'ETH-USD', dataset_id: 'eth-usd' }
    const config = { ticker: 'ETH-USD', dataset_id: 'eth-usd', start: '2021-01-01', end: '2022-01-01', interval: '1d' }
    for (const [command, params] of [
      ['run', run],
      ['paper', run],
      ['sweep', { config: { ...config, param_grid: { fee: [0, 0.1] } }, threads: 0 }],
      ['dataset', { action: 'verify', id: 'eth-usd' }],
    ] as const) {
      const said = await refusal(root, command, params)
      expect(said).toMatchObject({ code: 'DATASET_NOT_MATERIALISED', exit_code: 3 })
      expect(said.hint).toMatch(/content hash must be [0-9a-f]{8}/)
    }
    expect(await refusal(root, 'run', { ...run, dataset_id: 'unknown' })).toMatchObject({ exit_code: 6 })
  })

  it('takes in the same data under its id, and no other', async () => {
    const { root } = await imported()
    const other = join(root, 'other.csv')
    writeFileSync(other, readFileSync(CSV, 'utf8').split('\n').slice(0, 100).join('\n'))
    expect(await refusal(root, 'dataset', { ...REGISTER, path: other })).toMatchObject({ code: 'DATASET_IMMUTABLE' })
    expect(await refusal(root, 'dataset', { action: 'register', id: 'eth-usd' })).toMatchObject({ exit_code: 5 })
    expect((await done(root, 'dataset', { action: 'get', id: 'eth-usd' })).materialised).toBe(false)
    expect(await done(root, 'dataset', REGISTER)).toMatchObject({ status: 'registered', materialised: true })
    expect(await done(root, 'dataset', REGISTER)).toMatchObject({ status: 'unchanged' })
    await done(root, 'run', { ticker: 'ETH-USD', dataset_id: 'eth-usd', fee: 0.002 })
    expect((await done(root, 'registry', { action: 'check' })).intact).toBe(true)
  })
})

it('generated alerts and their candles are both registered', async () => {
  const root = emptyFolder()
  const parameters = { alerts: 10, days: 2, callers: 2, minutes_before: 70, minutes_after: 420 }
  await done(root, 'dataset', { action: 'generate', id: 'calls', kind: 'alerts', seed: 7, parameters })
  for (const id of ['calls', 'calls-candles'])
    expect((await done(root, 'runset', { action: 'lineage', id })).start).toBe(`dataset:${id}`)
})
