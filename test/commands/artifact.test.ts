/** `artifact`: the document of a run worked by hand, its export, and the damage that verification finds. */

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportArtifact, refreshExportIndex } from '../../src/artifacts/export.ts'
import { validate } from '../../src/base/schema.ts'
import { tradingOf } from '../../src/commands/artifact/metrics.ts'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

type Json = Record<string, any>

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const read = (...path: string[]): Json => JSON.parse(readFileSync(join(...path), 'utf8'))
const artifact = (root: string, action: string, params: Json = {}) =>
  ask(root, requestOf('artifact', { action, ...params }))

/** RFC 8785 for plain data, written anew. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}

/** Four bars, 100 → 110 → 99 → 121, bought at the first and held. */
async function heldRun(costs: Json = { fee: 0, slippage_bps: 0 }): Promise<{ root: string; run: Json }> {
  const root = emptyFolder()
  writeFileSync(join(root, 'x.csv'), 'date,close\n2024-01-01,100\n2024-01-02,110\n2024-01-03,99\n2024-01-04,121\n')
  const data = { action: 'register', id: 'x', kind: 'ohlcv', path: 'x.csv', symbol: 'X', interval: '1d' }
  expect((await ask(root, requestOf('dataset', data)))['error']).toBeUndefined()
  const window = { start: '2024-01-01', end: '2024-01-05' }
  const run = await ask(root, requestOf('run', { ticker: 'X', strategy: 'buy_and_hold', ...window, ...costs }))
  expect(run['error']).toBeUndefined()
  return { root, run }
}

describe('get', () => {
  it('answers the document of four bars', async () => {
    const { root, run } = await heldRun()
    const { result } = await artifact(root, 'get', { run_id: run['run_id'] })
    expect(await validate('artifacts/run-artifact', structuredClone(result))).toEqual([])
    expect(result.tradeEvents).toEqual([
      {
        timestampISO: '2024-01-01T00:00:00.000Z',
        type: 'entry',
        asset: 'X',
        price: 100,
        quantity: 10,
        value: 1000,
        fees: 0,
        slippage: 0,
        partialFill: false,
        failed: false,
      },
    ])
    expect(result.pnlSeries.map((point: Json) => point['timestampISO'])).toEqual(
      [1, 2, 3, 4].map(day => `2024-01-0${day}T00:00:00.000Z`),
    )
    const near = (name: string, values: number[]) =>
      result.pnlSeries.forEach((point: Json, index: number) => {
        expect(point[name]).toBeCloseTo(values[index], 9)
      })
    near('cumulativePnL', [1, 1.1, 0.99, 1.21])
    near('runningTotal', [0, 100, -10, 210])
    near('drawdown', [0, 0, 0.1, 0])
    expect(result.exposureSeries[2]).toEqual({
      timestampISO: '2024-01-03T00:00:00.000Z',
      totalExposure: 1,
      openPositions: 1,
      maxPositionSize: 1,
    })
    const { metrics } = result
    expect(metrics.return.total).toBeCloseTo(1.21, 12)
    expect(metrics.return).not.toHaveProperty('perTrade')
    expect(metrics.drawdown.max).toBeCloseTo(0.1, 12)
    expect(metrics.drawdown.average).toBeCloseTo(0.025, 12)
    expect(metrics.drawdown.recoveryTimeMs).toBe(86_400_000)
    expect(metrics.trades).toEqual({ total: 0, entries: 1, exits: 0, failed: 0 })
    expect(metrics.hitRate).toEqual({ overall: 0 })
    expect(metrics.tailLoss).toEqual({ worstTrade: 0 })
    expect(metrics.feeSensitivity).toEqual({ totalFees: 0, averageFeePerTrade: 0 })
    expect(metrics.risk.maxExposure).toBe(1)
  })

  it('gives the inputs in the published form, and a request that repeats the run', async () => {
    const { root, run } = await heldRun({ fee: 0.01, slippage_mode: 'atr', k_atr: 0.3 })
    const { result } = await artifact(root, 'get', { run_id: run['run_id'] })
    const { request, metadata } = result
    expect(request.dataSnapshot).toMatchObject({
      snapshotId: 'x',
      contentHash: metadata.dataSnapshotHash,
      timeRange: { fromISO: '2024-01-01T00:00:00.000Z', toISO: '2024-01-05T00:00:00.000Z' },
    })
    expect(request.strategy).toMatchObject({ strategyId: 'buy_and_hold', config: {}, configHash: sha256('{}') })
    expect(request.executionModel.slippage).toEqual({ base: 0.0002, max: 0.003, mode: 'atr', kAtr: 0.3 })
    expect(request.costModel).toEqual({ baseFee: 0, tradingFee: 0.01 })
    expect(request.runConfig).toMatchObject({ seed: 0, timeResolutionMs: 86_400_000, initialCash: 1000 })
    const again = await ask(root, request.gateway)
    const report = read(run['artifacts_path'], 'report.json')
    expect(read(again['artifacts_path'], 'report.json')['result_hash']).toBe(report['result_hash'])
    expect(metadata).toMatchObject({ fingerprint: report['fingerprint'], runConfigHash: report['header'].config_hash })
  })

  it('hashes the result alone: a replay has the same hash', async () => {
    const root = await rootWithData()
    const run = await ask(root, requestOf('run'))
    const replay = await ask(root, requestOf('replay', { run_id: run['run_id'] }))
    const [first, second] = await Promise.all(
      [run, replay].map(async ({ run_id }) => (await artifact(root, 'get', { run_id }))['result']),
    )
    const { tradeEvents, pnlSeries, exposureSeries, metrics } = first
    expect(first.resultHash).toBe(sha256(canonical({ tradeEvents, pnlSeries, exposureSeries, metrics })))
    expect(second.resultHash).toBe(first.resultHash)
    expect(second.metadata).toMatchObject({ replayOf: run['run_id'], runId: replay['run_id'] })
  })

  it('is a page of figures for a person', async () => {
    const { root, run } = await heldRun()
    const { stdout } = await call(root, ['artifact', 'get', run['run_id']])
    expect(stdout).toContain('tradeEvents: 1\n')
    expect(stdout).toContain('drawdown.recoveryTimeMs: 86400000\n')
  })

  it('refuses a run without a manifest, and says what to do', async () => {
    const { root, run } = await heldRun()
    const dir = run['artifacts_path']
    rmSync(join(dir, 'manifest.json'))
    const report = read(dir, 'report.json')
    report['artifacts'] = report['artifacts'].filter((file: Json) => file['file_name'] !== 'manifest.json')
    writeFileSync(join(dir, 'report.json'), JSON.stringify(report))
    const { error, exit_code } = await artifact(root, 'get', { run_id: run['run_id'] })
    expect([exit_code, error.code]).toEqual([5, 'CONFLICT'])
    expect(error.hint).toContain('Replay it')
  })
})

describe('tradingOf', () => {
  const header = 'timestamp,side,close,exec_price,qty,fee,equity_after,slippage\n'
  const rows = [
    '2024-01-01,SELL,10,10,1,1,0,0.001', // nothing is held: no event
    '2024-01-01,buy,10,10,4,1,0,0.001',
    '2024-01-02,SELL,12,12,1,1,0,',
    '2024-01-03,SELL,14,14,0,1,0,0.001', // the remaining 3
    '2024-01-04,SHORT,20,20,2,1,0,0.001',
    '2024-01-05,COVER,15,15,9,1,0,0.001', // more than is held: the 2
    '2024-01-06,BUY,10,10,0,1,0,0.001', // no quantity: no event
  ]

  it('gives every fill the quantity it trades', () => {
    const { events, trips } = tradingOf(`${header}${rows.join('\n')}\n`, 'trades.csv', 'X')
    expect(events.map(({ type, quantity, value }) => [type, quantity, value])).toEqual([
      ['entry', 4, 40],
      ['exit', 1, 12],
      ['exit', 3, 42],
      ['entry', 2, 40],
      ['exit', 2, 30],
    ])
    expect(events[1]).not.toHaveProperty('slippage')
    expect(events[0].slippage).toBe(0.001)
    expect(trips.map(trip => trip.qty)).toEqual([1, 3, 2])
  })
})

describe('verify', () => {
  it('says what it recomputed', async () => {
    const { root, run } = await heldRun()
    const { result } = await artifact(root, 'verify', { run_id: run['run_id'] })
    const checks = ['files', 'config_hash', 'report', 'fingerprint', 'result_hash']
    expect(result).toMatchObject({ verified: true, checks })
    expect(result.files).toBe(read(run['artifacts_path'], 'report.json')['artifacts'].length)
  })

  it.each([
    ['metrics.json', '"trades": 1', '"trades": 2', 'result_hash'],
    ['config.json', '"fee": 0', '"fee": 1', 'config_hash'],
    ['manifest.json', '"seed": 0', '"seed": 1', 'fingerprint'],
  ])('finds a change of %s, and also one whose file hash was made to fit', async (name, from, to, hash) => {
    const { root, run } = await heldRun()
    const path = join(run['artifacts_path'], name)
    const text = readFileSync(path, 'utf8')
    expect(text).toContain(from)
    const forged = text.replaceAll(from, to)
    writeFileSync(path, forged)
    const changed = await artifact(root, 'verify', { run_id: run['run_id'] })
    expect(changed).toMatchObject({ exit_code: 7, error: { details: [{ pointer: name, expected: sha256(text) }] } })

    const report = read(run['artifacts_path'], 'report.json')
    report['artifacts'].find((file: Json) => file['file_name'] === name).sha256 = sha256(forged)
    writeFileSync(join(run['artifacts_path'], 'report.json'), JSON.stringify(report))
    const hidden = await artifact(root, 'verify', { run_id: run['run_id'] })
    expect(hidden['exit_code']).toBe(7)
    expect(hidden['error'].details.map((detail: Json) => detail['pointer']).join()).toContain(hash)
  })

  it.each([
    ['summary', (report: Json) => (report['summary'].total_return = 9)],
    ['machine_contract/summary', (report: Json) => (report['machine_contract'].summary.trades = 9)],
    ['machine_contract/run_id', (report: Json) => (report['machine_contract'].run_id = 'other')],
    ['header/run_id', (report: Json) => (report['header'].run_id = 'other')],
    ['config_resolved', (report: Json) => (report['config_resolved'].fee = 1)],
    ['results/0', (report: Json) => (report['results'][0].sharpe_simple = 9)],
  ])('finds a changed %s of report.json, which no hash covers', async (field, change) => {
    const { root, run } = await heldRun()
    const report = read(run['artifacts_path'], 'report.json')
    change(report)
    writeFileSync(join(run['artifacts_path'], 'report.json'), JSON.stringify(report))
    const { exit_code, error } = await artifact(root, 'verify', { run_id: run['run_id'] })
    expect([exit_code, error.details.map((detail: Json) => detail['pointer'])]).toEqual([7, [`report.json#/${field}`]])
  })

  it('finds a changed or lost report for people', async () => {
    const { root, run } = await heldRun()
    const path = join(run['artifacts_path'], 'run_report.md')
    writeFileSync(path, readFileSync(path, 'utf8').replace('0.21', '9.21'))
    const changed = await artifact(root, 'verify', { run_id: run['run_id'] })
    expect([changed['exit_code'], changed['error'].details[0].pointer]).toEqual([7, 'run_report.md'])
    rmSync(path)
    const lost = await artifact(root, 'verify', { run_id: run['run_id'] })
    expect(lost['error'].details).toEqual([{ pointer: 'run_report.md', message: 'is missing' }])
  })

  it('finds a torn manifest and a lost file', async () => {
    const { root, run } = await heldRun()
    rmSync(join(run['artifacts_path'], 'equity.parquet'))
    writeFileSync(join(run['artifacts_path'], 'manifest.json'), '{"schema')
    const { error } = await artifact(root, 'verify', { run_id: run['run_id'] })
    expect(error.details.map((detail: Json) => detail['pointer'])).toEqual(['equity.parquet', 'manifest.json'])
  })

  it('finds an exported document that the run does not give', async () => {
    const { root, run } = await heldRun()
    const { result } = await artifact(root, 'export', { run_ids: [run['run_id']] })
    const sound = await artifact(root, 'verify', { run_id: run['run_id'] })
    expect(sound['result'].checks).toContain('exported')
    const [{ path }] = result.exported
    writeFileSync(path, readFileSync(path, 'utf8').replace('"quantity": 10', '"quantity": 11'))
    expect(await artifact(root, 'verify', { run_id: run['run_id'] })).toMatchObject({ exit_code: 7 })
  })
})

describe('export', () => {
  it('writes the document that get answers, once', async () => {
    const { root, run } = await heldRun()
    const got = await artifact(root, 'get', { run_id: run['run_id'] })
    const first = await artifact(root, 'export', { run_ids: [run['run_id']] })
    expect(first['result']).toMatchObject({ total: 1, exported: [{ runId: run['run_id'], status: 'written' }] })
    const path = join(root, 'outputs/artifacts', `${run['run_id']}.json`)
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(got['result'], null, 2)}\n`)
    expect(read(root, 'outputs/artifacts/index.json')).toEqual([run['run_id']])
    const second = await artifact(root, 'export', { run_ids: [run['run_id'], run['artifacts_path']] })
    expect(second['result'].exported).toHaveLength(1)
    expect(second['result'].exported[0].status).toBe('unchanged')
  })

  it('never changes a document', async () => {
    const { root, run } = await heldRun()
    mkdirSync(join(root, 'outputs/artifacts'))
    writeFileSync(join(root, 'outputs/artifacts', `${run['run_id']}.json`), '{}')
    const answer = await artifact(root, 'export', { run_ids: [run['run_id']] })
    expect(answer).toMatchObject({
      exit_code: 5,
      error: { code: 'CONFLICT', message: `Run artifact is immutable: ${run['run_id']}` },
    })
    expect(read(root, 'outputs/artifacts', `${run['run_id']}.json`)).toEqual({})
  })

  it('lists runs by creation, however they were exported, and the list can be made anew', async () => {
    const root = await rootWithData()
    const ids: string[] = []
    for (const [now, ticker] of [
      ['2026-03-01T10:00:00Z', 'ETH-USD'],
      ['2026-01-01T10:00:00Z', 'BTC-USD'],
      ['2026-02-01T10:00:00Z', 'CHZ-USD'],
    ])
      ids.push((await ask(root, requestOf('run', { ticker }), { now: Date.parse(now) }))['run_id'])
    await artifact(root, 'export', { run_ids: [ids[2]] })
    await artifact(root, 'export', { run_ids: [ids[0]] })
    await artifact(root, 'export')
    const index = join(root, 'outputs/artifacts/index.json')
    const text = readFileSync(index, 'utf8')
    expect(JSON.parse(text)).toEqual([ids[1], ids[2], ids[0]])

    rmSync(index)
    await artifact(root, 'export', { run_ids: [ids[0]] })
    expect(readFileSync(index, 'utf8')).toBe(text)
    writeFileSync(index, text.slice(0, 20))
    const mended = await artifact(root, 'export', { run_ids: [ids[0]] })
    expect(mended['warnings'].join()).toContain('made anew')
    expect(readFileSync(index, 'utf8')).toBe(text)
    rmSync(join(root, 'outputs/artifacts', `${ids[2]}.json`))
    expect(refreshExportIndex(root).total).toBe(2)
    expect(read(index)).toEqual([ids[1], ids[0]])
  })

  it('leaves out what has no document when every run is asked for, and refuses it by name', async () => {
    const { root, run } = await heldRun()
    const old = join(root, 'outputs/runs/old')
    mkdirSync(old)
    writeFileSync(join(old, 'meta.json'), '{"run_id":"old","mode":"run"}')
    const { result } = await artifact(root, 'export')
    expect(result.exported.map((item: Json) => item['runId'])).toEqual([run['run_id']])
    expect(result.skipped).toEqual([{ runId: 'old', reason: expect.stringContaining('lists no hashes') }])
    expect(await artifact(root, 'export', { run_ids: [run['run_id'], 'old'] })).toMatchObject({ exit_code: 7 })
  })

  it('loses no id when exports come together', async () => {
    const root = await rootWithData()
    const runs: Json[] = []
    for (const fee of [0.001, 0.002, 0.003, 0.004]) runs.push(await ask(root, requestOf('run', { fee })))
    await Promise.all(runs.map(({ run_id }) => artifact(root, 'export', { run_ids: [run_id] })))
    expect(read(root, 'outputs/artifacts/index.json').sort()).toEqual(runs.map(({ run_id }) => String(run_id)).sort())
    expect(readdirSync(join(root, 'outputs/artifacts'))).toHaveLength(5)
  })

  it('survives its run: the document is answered where the directory is gone', async () => {
    const { root, run } = await heldRun()
    const got = await artifact(root, 'get', { run_id: run['run_id'] })
    const { result } = await artifact(root, 'export')
    renameSync(run['artifacts_path'], join(root, 'moved'))
    expect((await artifact(root, 'get', { run_id: run['run_id'] }))['result']).toEqual(got['result'])
    const [{ path }] = result.exported
    writeFileSync(path, readFileSync(path, 'utf8').replace('"quantity": 10', '"quantity": 11'))
    expect(await artifact(root, 'get', { run_id: run['run_id'] })).toMatchObject({ exit_code: 7 })
    rmSync(path)
    expect(await artifact(root, 'get', { run_id: run['run_id'] })).toMatchObject({ exit_code: 6 })
  })

  it('keeps the name of the list for the list', async () => {
    const { root, run } = await heldRun()
    const { result } = await artifact(root, 'get', { run_id: run['run_id'] })
    for (const runId of ['index', '../x', '.hidden']) {
      const document = { ...result, metadata: { ...result.metadata, runId } }
      expect(() => exportArtifact(root, document)).toThrow(/cannot name a document/)
    }
  })
})

describe('read', () => {
  it('answers one file with its hash', async () => {
    const { root, run } = await heldRun()
    const { result } = await artifact(root, 'read', { run_id: run['run_id'], name: 'metrics.json' })
    expect(result.content).toEqual(read(run['artifacts_path'], 'metrics.json'))
    expect(result.sha256).toBe(sha256(readFileSync(join(run['artifacts_path'], 'metrics.json'))))
  })

  it('names the files there are where it is asked for another', async () => {
    const { root, run } = await heldRun()
    const { exit_code, error } = await artifact(root, 'read', { run_id: run['run_id'], name: '../../x' })
    expect(exit_code).toBe(6)
    expect(error.details[0].expected).toContain('report.json')
  })
})
