/** `replay`: the same result from what is on disk, refusals of changed inputs, and the verdict on a difference. */

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunManifest } from '../../contracts/types.ts'
import { fingerprintV2Of } from '../../src/artifacts/manifest.ts'
import { fingerprintOf } from '../../src/artifacts/report.ts'
import { readParquet } from '../../src/base/parquet.ts'
import { ask, call, requestOf, rootWithData } from '../harness.ts'

type Json = Record<string, any>

const FIXTURE = resolve('test/fixtures/golden-data/ETH-USD.csv')
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const read = (dir: string, name: string): Json => JSON.parse(readFileSync(join(dir, name), 'utf8'))

async function runIn(root: string, params: Json = {}): Promise<Json> {
  const answer = await ask(root, requestOf('run', params))
  expect(answer['error']).toBeUndefined()
  return answer
}

const replayOf = (root: string, run_id: string, more: Json = {}) => ask(root, requestOf('replay', { run_id, ...more }))

/** Change files of a run and write their new hashes where report.json lists them. */
function forge(dir: string, edits: Record<string, (text: string) => string>): void {
  for (const [name, edit] of Object.entries(edits))
    writeFileSync(join(dir, name), edit(readFileSync(join(dir, name), 'utf8')))
  const report = read(dir, 'report.json')
  for (const file of report['artifacts']) {
    const bytes = readFileSync(join(dir, file.file_name))
    Object.assign(file, { size_bytes: bytes.length, sha256: sha256(bytes) })
  }
  writeFileSync(join(dir, 'report.json'), JSON.stringify(report))
}

const json = (edit: (value: Json) => void) => (text: string) => {
  const value = JSON.parse(text) as Json
  edit(value)
  return JSON.stringify(value)
}

const runsIn = (root: string) => readdirSync(join(root, 'outputs/runs')).filter(name => !name.startsWith('runs_index'))

describe('an unchanged run', () => {
  const fills = 'fills.csv'
  const header = 'timestamp,side,close,exec_price,qty,fee,equity_after\n'

  it.each<[string, Json]>([
    ['the default', {}],
    [
      'another strategy, next open, volatile slippage, its own calendar',
      { strategy: 'sma_cross', execution: 'next_open', slippage_mode: 'atr', k_atr: 0.2, calendar: 'exchange' },
    ],
    ['pictures', { save_price_plot: true, report: true, initial_cash: 5000 }],
    ['fills of another program', { trades_csv: fills }],
  ])('gives the same bytes: %s', async (_, params) => {
    const root = await rootWithData()
    if (params['trades_csv'] !== undefined)
      writeFileSync(join(root, fills), `${header}2023-02-01,buy,10,10,1,0,1000\n2023-03-01,sell,12,12,0,0,1002\n`)
    const { run_id, artifacts_path: original } = await runIn(root, params)
    rmSync(join(root, fills), { force: true })

    const answer = await replayOf(root, run_id)
    expect(answer).toMatchObject({ status: 'success', exit_code: 0, contract_type: 'quantlab.run.result' })
    expect(answer['result']).toMatchObject({
      run_id: answer['run_id'],
      replay_of: run_id,
      match: true,
      differences: [],
    })
    expect(answer['run_id']).not.toBe(run_id)

    const path = answer['artifacts_path']
    const names = readdirSync(original, { recursive: true, encoding: 'utf8' }).sort()
    expect(readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()).toEqual(names)
    for (const name of ['config.json', 'metrics.json', 'trades.csv', 'equity.parquet', 'artifacts/equity.svg'])
      expect(readFileSync(join(path, name)).equals(readFileSync(join(original, name))), name).toBe(true)
    for (const name of ['metadata.json', 'report.json', 'manifest.json'])
      expect(read(path, name)['replay_of']).toBe(run_id)
    expect(read(path, 'report.json')['replay']).toEqual(answer['result'])
    expect(read(path, 'manifest.json')['fingerprint_v2']).toBe(read(original, 'manifest.json')['fingerprint_v2'])
    expect(
      read(join(root, 'outputs/runs'), 'runs_index.json')
        ['runs'].map((row: Json) => row['run_id'])
        .sort(),
    ).toEqual([run_id, answer['run_id']].sort())
  })

  it('can be named by path, and a replay replayed', async () => {
    const root = await rootWithData()
    const { artifacts_path } = await runIn(root)
    const first = await replayOf(root, artifacts_path)
    const second = await replayOf(root, first['run_id'])
    expect(second['result']).toMatchObject({ match: true, replay_of: first['run_id'] })
  })

  it('is told to a person in one line a fact', async () => {
    const root = await rootWithData()
    const { run_id } = await runIn(root)
    const { stdout, code } = await call(root, ['replay', run_id])
    expect(code).toBe(0)
    expect(stdout).toContain(`match: true\n`)
    expect(stdout).toContain(`replay_of: ${run_id}\n`)
  })
})

describe('changed inputs are refused before anything is executed', () => {
  const refused = async (damage: (root: string, run: Json) => void | Promise<void>, code: string, exit: number) => {
    const root = await rootWithData()
    const run = await runIn(root)
    await damage(root, run)
    const answer = await replayOf(root, run['run_id'])
    expect(answer['error']).toMatchObject({ code })
    expect(answer['exit_code']).toBe(exit)
    expect(runsIn(root)).toEqual([run['run_id']])
    return answer['error']
  }

  it('data set gone', async () => {
    const error = await refused(
      root => rmSync(join(root, 'lake/datasets/ohlcv/eth-usd'), { recursive: true }),
      'NOT_FOUND',
      6,
    )
    expect(error.message).toContain('eth-usd')
  })

  it('other data under the same id', async () => {
    const error = await refused(
      async root => {
        rmSync(join(root, 'lake/datasets/ohlcv/eth-usd'), { recursive: true })
        // The registry would refuse the id: its memory goes too, as it does with a root that is put together anew.
        rmSync(join(root, 'lake/registry'), { recursive: true, force: true })
        const [header, ...rows] = readFileSync(FIXTURE, 'utf8').trim().split('\n')
        // The last row is outside the window of the run: the bars read are the same, the data set is not.
        writeFileSync(join(root, 'other.csv'), `${[header, ...rows.slice(0, -1)].join('\n')}\n`)
        const params = { action: 'register', id: 'eth-usd', kind: 'ohlcv', path: 'other.csv' }
        const answer = await ask(root, requestOf('dataset', { ...params, symbol: 'ETH-USD', interval: '1d' }))
        expect(answer['error']).toBeUndefined()
      },
      'INTEGRITY_ERROR',
      7,
    )
    expect(error.message).toContain('content_hash')
  })

  it('configuration changed', async () => {
    const change = (text: string) => text.replace('"fee": 0.002', '"fee": 0.001')
    const edit = (_: string, { artifacts_path: dir }: Json) =>
      writeFileSync(join(dir, 'config.json'), change(readFileSync(join(dir, 'config.json'), 'utf8')))
    expect((await refused(edit, 'INTEGRITY_ERROR', 7)).message).toContain('config.json has changed')
    const hidden = await refused(
      (_, { artifacts_path }) => forge(artifacts_path, { 'config.json': change }),
      'INTEGRITY_ERROR',
      7,
    )
    expect(hidden.message).toContain('config_hash')
  })

  it('result lost', async () => {
    const error = await refused(
      (_, { artifacts_path }) => rmSync(join(artifacts_path, 'trades.csv')),
      'INTEGRITY_ERROR',
      7,
    )
    expect(error.message).toContain('trades.csv is missing')
  })

  it('no such run, with the nearest name', async () => {
    const root = await rootWithData()
    const { run_id } = await runIn(root)
    const answer = await replayOf(root, `${run_id}x`)
    expect(answer['exit_code']).toBe(6)
    expect(answer['error'].details[0]).toMatchObject({ pointer: '/params/run_id', suggestion: run_id })
  })

  it('a run of the earlier layout, which carries no hashes', async () => {
    const root = await rootWithData()
    const old = join(root, 'outputs/runs/old')
    mkdirSync(old, { recursive: true })
    writeFileSync(join(old, 'meta.json'), '{"run_id":"old","mode":"run"}')
    expect(await replayOf(root, 'old')).toMatchObject({ exit_code: 7, error: { code: 'INTEGRITY_ERROR' } })
  })

  it('a trial of what is no sweep', async () => {
    const root = await rootWithData()
    const { run_id } = await runIn(root)
    const answer = await replayOf(root, run_id, { trial: '3' })
    expect(answer['exit_code']).toBe(2)
    expect(answer['error'].details[0].pointer).toBe('/params/trial')
  })
})

/** A run whose recorded result is another one, consistent in itself: as if an engine had computed it that does so no more. */
async function otherResult(root: string, engine: string): Promise<Json> {
  const run = await runIn(root)
  const dir = run['artifacts_path']
  const trades = readFileSync(join(dir, 'trades.csv'), 'utf8').split('\n')
  const cells = trades[3].split(',')
  cells[5] = '123.25'
  trades[3] = cells.join(',')
  const metrics = read(dir, 'metrics.json')
  metrics['summary'].total_return = 0.75
  const equity = await equityHash(dir)
  const result_hash = resultHashText(metrics['summary'], metrics['best_result'], trades.join('\n'), equity)
  const { published, manifest } = computedBy(engine, dir)
  const set = (fields: Json) => json(value => Object.assign(value, fields, { result_hash }))
  forge(dir, {
    'trades.csv': () => trades.join('\n'),
    'metrics.json': () => JSON.stringify(metrics),
    'metadata.json': set(published),
    'manifest.json': set(manifest),
    'report.json': json(report => {
      Object.assign(report, published, { result_hash, summary: metrics['summary'] })
      report['machine_contract'].summary = metrics['summary']
    }),
  })
  return run
}

function resultHashText(summary: Json, best: Json, trades: string, equity: string): string {
  const sorted = (value: Json) =>
    JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))))
  return sha256(
    `{"best_result":${sorted(best)},"equity":"${equity}","summary":${sorted(summary)},"trades_csv":"${sha256(trades)}"}`,
  )
}

/** SHA-256 of the six columns as little-endian float64, proven on the unchanged run. */
async function equityHash(dir: string): Promise<string> {
  const { columns } = await readParquet(join(dir, 'equity.parquet'))
  const hash = sha256(
    Buffer.concat(Object.values(columns).map(column => Buffer.from(Float64Array.from(column as Float64Array).buffer))),
  )
  const { summary, best_result } = read(dir, 'metrics.json')
  const trades = readFileSync(join(dir, 'trades.csv'), 'utf8')
  expect(resultHashText(summary, best_result, trades, hash)).toBe(read(dir, 'metadata.json')['result_hash'])
  return hash
}

/** The fields that name the engine, and follow from it. */
function computedBy(engine: string, dir: string): { published: Json; manifest: Json } {
  const inputs = { ...(read(dir, 'manifest.json') as RunManifest), engine_version: engine }
  const published = { engine_version: engine, fingerprint: fingerprintOf(inputs) }
  const fingerprint_v2 = fingerprintV2Of(inputs, inputs.run_config_hash, inputs.contract_version)
  return { published, manifest: { ...published, fingerprint_v2 } }
}

describe('a replay that differs', () => {
  it('answers 7 with the first difference, and is kept', async () => {
    const root = await rootWithData()
    const { run_id, summary } = await otherResult(root, '1.0.0')
    const answer = await replayOf(root, run_id)
    expect(answer).toMatchObject({ status: 'error', exit_code: 7, error: { code: 'INTEGRITY_ERROR' } })
    const { message, details, hint } = answer['error']
    expect(message).toContain(`differs from ${run_id}`)
    expect(message).toContain(`metrics.json /summary/total_return was 0.75, is ${summary.total_return}`)
    expect(details.map((detail: Json) => detail['pointer'])).toEqual([
      'metrics.json#/summary/total_return',
      'trades.csv#/3/fee',
    ])
    expect(details[1]).toMatchObject({ expected: '123.25' })

    const kept = runsIn(root).find(name => name !== run_id) as string
    expect(hint).toContain(kept)
    const report = read(join(root, 'outputs/runs', kept), 'report.json')
    expect(report['replay']).toMatchObject({ match: false, replay_of: run_id, run_id: kept })
    expect(report['replay'].differences[0]).toEqual({
      file: 'metrics.json',
      pointer: '/summary/total_return',
      original: 0.75,
      replay: summary.total_return,
    })
    expect(report['summary']).toEqual(summary)
    const [failure] = readdirSync(join(root, 'outputs/failures'))
    expect(failure).toMatch(/^\d{8}_\d{6}_replay_/)
    expect(existsSync(join(root, 'outputs/runs', kept, 'trades.csv'))).toBe(true)
  })

  it('says that equal numbers are promised only for equal engine versions', async () => {
    const root = await rootWithData()
    const { run_id } = await otherResult(root, '0.9.0')
    const { error } = await replayOf(root, run_id)
    expect(error.message).toContain('computed by engine 0.9.0')
    expect(error.message).toContain('equal numbers are promised only for equal versions')
  })
})

it('warns where another engine version gave the same numbers', async () => {
  const root = await rootWithData()
  const { run_id, artifacts_path } = await runIn(root)
  const { published, manifest } = computedBy('0.9.0', artifacts_path)
  const set = (fields: Json) => json(value => Object.assign(value, fields))
  forge(artifacts_path, {
    'metadata.json': set(published),
    'manifest.json': set(manifest),
    'report.json': set(published),
  })
  const answer = await replayOf(root, run_id)
  expect(answer['result']).toMatchObject({ match: true, engine_version: { original: '0.9.0' } })
  expect(answer['warnings'].join()).toContain('engine 0.9.0')
})
