/** `run` on alerts through the gateway: files, both forms of request, refusals, replay, damage. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunRequest } from '../../contracts/types.ts'
import { readRun } from '../../src/artifacts/run-reader.ts'
import { hashOf } from '../../src/base/canonical.ts'
import { parseCsv } from '../../src/base/csv.ts'
import { readParquet } from '../../src/base/parquet.ts'
import { isAlertRun } from '../../src/commands/alerts/alert-run.ts'
import { alertRequestOf } from '../../src/commands/alerts/config.ts'
import { replayMultiTrade } from '../../src/commands/alerts/replay.ts'
import type { Context } from '../../src/commands/command.ts'
import { ask, call, emptyFolder, requestOf } from '../harness.ts'

const NAME = 'MultiTrade_20pctTrail_50pctDropRebound_6h'
const WINDOW = { start: '2025-10-01', end: '2025-10-04' }
const executionModel = {
  latency: { p50: 400, p90: 1500, p99: 5000 },
  slippage: { base: 0.005, volumeImpact: 0.1, max: 0.2 },
  failures: { baseRate: 0.1, congestionMultiplier: 2 },
  partialFills: { probability: 0.2, fillRange: [0.4, 0.9] },
}
const costModel = { baseFee: 0.01, tradingFee: 0.002 }
const riskModel = { maxTotalExposure: 150 }
const runConfig = { seed: 3 }
const strategy_params = { executionModel, costModel, riskModel, runConfig }

let root: string
let alertsHash: string

beforeAll(async () => {
  root = emptyFolder()
  const parameters = { alerts: 30, days: 3, callers: 4, minutes_before: 70, minutes_after: 420 }
  const params = { action: 'generate', id: 'calls', kind: 'alerts', seed: 7, parameters }
  const { result } = await ask(root, requestOf('dataset', params))
  alertsHash = result.contentHash
})

function plain(more: Record<string, unknown> = {}) {
  return requestOf('run', { alerts_dataset_id: 'calls', strategy: NAME, ...WINDOW, strategy_params, ...more })
}

function simulationRequest(more: Record<string, unknown> = {}, snapshot: Record<string, unknown> = {}) {
  const config = { maxTrades: 3, trailingStop: 0.2 }
  return {
    dataSnapshot: {
      snapshotId: 'calls',
      contentHash: alertsHash,
      timeRange: { fromISO: '2025-10-01T00:00:00Z', toISO: '2025-10-04T00:00:00Z' },
      sources: [{ venue: 'telegram' }, { venue: 'discord' }, { venue: 'x' }],
      createdAtISO: '2026-01-29T00:00:00Z',
      ...snapshot,
    },
    strategy: { strategyId: 's-1', name: NAME, config, configHash: hashOf(config), ...(more['strategy'] as object) },
    executionModel,
    costModel,
    riskModel,
    runConfig,
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'strategy')),
  }
}

const json = (path: string, name: string) => JSON.parse(readFileSync(join(path, name), 'utf8'))
const rows = (path: string, name: string) => {
  const { header, rows } = parseCsv(readFileSync(join(path, name), 'utf8'), name)
  return rows.map(cells => Object.fromEntries(header.map((column, i) => [column, cells[i]])))
}

describe('a run', () => {
  it('writes the files of a run, and they agree', async () => {
    const answer = await ask(
      root,
      plain({
        report: true,
        strategy_params: { ...strategy_params, runConfig: { seed: 3, includeStateSnapshots: true } },
      }),
    )
    expect(answer).toMatchObject({ status: 'success', contract_type: 'quantlab.run.result' })
    const path = answer['artifacts_path']
    expect(readdirSync(path)).toEqual(
      [
        'alerts.csv',
        'artifacts',
        'callers.csv',
        'config.json',
        'equity.parquet',
        'events.ndjson',
        'manifest.json',
        'metadata.json',
      ].concat(['metrics.json', 'report.json', 'run_report.md', 'state_snapshots.ndjson', 'trades.csv']),
    )
    expect(readdirSync(join(path, 'artifacts'))).toEqual(['equity.svg', 'report.html'])
    const { summary, alerts, execution, best_result } = json(path, 'metrics.json')
    expect(json(path, 'report.json')).toMatchObject({
      summary,
      alerts,
      execution,
      machine_contract: { summary, mode: 'run' },
    })
    expect(answer['summary']).toEqual(summary)

    // Every figure once more from the tables.
    const trades = rows(path, 'trades.csv')
    const listed = rows(path, 'alerts.csv')
    const callers = rows(path, 'callers.csv')
    const sum = (table: Record<string, string>[], column: string) =>
      table.reduce((total, row) => total + Number(row[column]), 0)
    expect([listed.length, alerts.selected, alerts.capital]).toEqual([30, 30, 3000])
    expect(trades.length).toBe(summary.trades)
    const failedFees = execution.failed * 0.01
    const cash = trades.reduce((total, { side, exec_price, qty, fee }) => {
      const value = Number(exec_price) * Number(qty)
      return total + (side === 'SELL' ? value : -value) - Number(fee)
    }, 0)
    expect(sum(listed, 'net_pnl')).toBeCloseTo(cash - failedFees, 8)
    expect(summary.total_return).toBeCloseTo(alerts.net_pnl / 3000, 12)
    expect(sum(callers, 'net_pnl')).toBeCloseTo(alerts.net_pnl, 8)
    expect(sum(callers, 'calls')).toBe(30)
    expect(sum(listed, 'trades')).toBe(best_result.trade_trades)
    const { columns } = await readParquet(join(path, 'equity.parquet'))
    const equity = columns['equity'] as Float64Array
    expect([equity[0], equity[equity.length - 1] - 1]).toEqual([1, summary.total_return])
    const events = readFileSync(join(path, 'events.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events.filter(event => event.failed && event.failureReason === 'failed')).toHaveLength(execution.failed)
    expect(events.filter(event => event.quantity !== null)).toHaveLength(summary.trades)
    const refused = Object.values(execution.refused as Record<string, number>).reduce((a, b) => a + b, 0)
    expect([events.length, refused > 0]).toEqual([execution.orders + refused, true])
    const snapshots = readFileSync(join(path, 'state_snapshots.ndjson'), 'utf8').trim().split('\n')
    expect(JSON.parse(snapshots.at(-1)!).cumulativePnL).toBe(equity[equity.length - 1])
    expect(readFileSync(join(path, 'run_report.md'), 'utf8')).toContain('\n## Callers\n')

    const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id: answer['run_id'] }))
    expect(verified['result'].checks).toEqual(
      expect.arrayContaining(['files', 'config_hash', 'fingerprint', 'result_hash']),
    )
    const index = json(join(root, 'outputs/runs'), 'runs_index.json')
    expect(JSON.stringify(index)).toContain(answer['run_id'])
  })

  it('repeats to the byte', async () => {
    const [first, second] = [await ask(root, plain()), await ask(root, plain())]
    for (const name of [
      'trades.csv',
      'alerts.csv',
      'callers.csv',
      'events.ndjson',
      'metrics.json',
      'config.json',
      'artifacts/equity.svg',
    ])
      expect(readFileSync(join(second['artifacts_path'], name))).toEqual(
        readFileSync(join(first['artifacts_path'], name)),
      )
    expect(json(second['artifacts_path'], 'metadata.json').fingerprint).toBe(
      json(first['artifacts_path'], 'metadata.json').fingerprint,
    )
    const other = await ask(root, plain({ strategy_params: { ...strategy_params, runConfig: { seed: 4 } } }))
    expect(other['summary']).not.toEqual(first['summary'])
  })

  it('records what it is of', async () => {
    const config = json((await ask(root, plain()))['artifacts_path'], 'config.json')
    expect(config).toMatchObject({
      ...{ strategy: NAME, alerts_dataset_id: 'calls', dataset_id: 'calls-candles', interval: '1m', seed: 3 },
      ...{
        alert_window_policy: 'post_alert_360m',
        strategy_params: { trailing_stop: 0.2, reentry_drop: 0.5 },
        riskModel,
      },
    })
    expect(config.universe.callers).toEqual(['caller_01', 'caller_02', 'caller_03', 'caller_04'])
  })

  it('is asked by flags too', async () => {
    const argv = [
      'run',
      '--alerts-dataset-id',
      'calls',
      '--strategy',
      'multi_trade',
      '--start',
      '2025-10-01',
      '--end',
      '2025-10-04',
    ]
    const { code, stdout } = await call(root, [...argv, '--strategy-params', '{"trailing_stop":0.3}'])
    expect(code).toBe(0)
    expect(stdout).toContain('selected: 30, with candles: 30, traded: 30')
    expect(stdout).toContain('=== CALLERS ===')
  })
})

describe('a SimulationRequest', () => {
  it('gives the result of the same plain request', async () => {
    const simulated = await ask(root, requestOf('run', { simulation_request: simulationRequest() }))
    expect(simulated['error']).toBeUndefined()
    const plainly = await ask(root, plain())
    for (const name of ['trades.csv', 'alerts.csv', 'metrics.json'])
      expect(readFileSync(join(simulated['artifacts_path'], name))).toEqual(
        readFileSync(join(plainly['artifacts_path'], name)),
      )
    expect(json(simulated['artifacts_path'], 'config.json').snapshot_created_at).toBe('2026-01-29T00:00:00Z')
  })

  it('reads the published example of a config', async () => {
    const config = {
      trailingStop: 0.2,
      reentryLogic: '50pctDropRebound',
      maxTrades: 3,
      fees: 0.001,
      slippageModel: 'linear',
    }
    const request = simulationRequest({
      strategy: { name: 'multi_trade', config, configHash: hashOf(config) },
      costModel: { baseFee: 0 },
    })
    const path = (await ask(root, requestOf('run', { simulation_request: request })))['artifacts_path']
    expect(json(path, 'config.json')).toMatchObject({
      ...{ strategy: 'multi_trade', costModel: { baseFee: 0, tradingFee: 0.001 } },
      strategy_params: { trailing_stop: 0.2, reentry_drop: 0.5, max_trades: 3, window_minutes: 1440 },
    })
  })

  it('selects by source, caller and volume', async () => {
    const of = async (snapshot: Record<string, unknown>) => {
      const answer = await ask(root, requestOf('run', { simulation_request: simulationRequest({}, snapshot) }))
      return rows(answer['artifacts_path'], 'alerts.csv')
    }
    const all = await of({ sources: [] })
    const telegram = await of({ sources: [{ venue: 'telegram', chain: 'solana' }] })
    expect(telegram).toHaveLength(all.filter(row => row['venue'] === 'telegram' && row['chain'] === 'solana').length)
    const called = await of({ sources: [], filters: { callerNames: ['caller_01', 'caller_03'] } })
    expect(new Set(called.map(row => row['caller']))).toEqual(new Set(['caller_01', 'caller_03']))
    const busy = await of({ sources: [], filters: { minVolume: 400_000 } })
    expect(busy.length).toBeGreaterThan(0)
    expect(busy.length).toBeLessThan(all.length)
  })

  const broken: [string, () => Record<string, unknown>, number, string][] = [
    [
      'another hash of its config',
      () => simulationRequest({ strategy: { configHash: 'a'.repeat(64) } }),
      2,
      '/strategy/configHash',
    ],
    ['another snapshot', () => simulationRequest({}, { contentHash: 'b'.repeat(64) }), 7, '/dataSnapshot/contentHash'],
    ['no seed', () => simulationRequest({ runConfig: {} }), 2, '/runConfig'],
    [
      'a time without a zone',
      () => simulationRequest({}, { createdAtISO: '2026-01-29T00:00:00' }),
      2,
      '/dataSnapshot/createdAtISO',
    ],
    [
      'an empty time range',
      () => simulationRequest({}, { timeRange: { fromISO: '2025-10-04', toISO: '2025-10-04' } }),
      2,
      '/dataSnapshot/timeRange/toISO',
    ],
    ['an unknown key', () => simulationRequest({ costModel: { baseFee: 0, tip: 1 } }), 2, '/costModel/tip'],
    [
      'percentiles that fall',
      () => simulationRequest({ executionModel: { ...executionModel, latency: { p50: 2, p90: 1, p99: 3 } } }),
      4,
      '/executionModel/latency/p90',
    ],
  ]
  it.each(broken)('is refused with %s', async (_, make, code, pointer) => {
    const answer = await ask(root, requestOf('run', { simulation_request: make() }))
    expect(answer['exit_code']).toBe(code)
    expect(answer['error'].details[0].pointer).toBe(`/params/simulation_request${pointer}`)
  })

  const configs: [Record<string, unknown>, string][] = [
    [{ trailing_stop: 0.3 }, 'trailing_stop'],
    [{ trailingStop: 0.2, trailing_stop: 0.2 }, 'trailing_stop'],
    [{ reentryLogic: 'sometimes' }, 'reentryLogic'],
    [{ slippageModel: 'quadratic' }, 'slippageModel'],
    [{ fees: 0.5 }, 'fees'],
    [{ costModel: { baseFee: 1 } }, 'costModel'],
    [
      {
        takeProfit: [
          { gain: 1, share: 0.7 },
          { gain: 2, share: 0.7 },
        ],
      },
      'take_profit/1/share',
    ],
    [{ entryPullback: 0.2 }, 'entry_pullback'],
    [{ nonsense: 1 }, 'nonsense'],
  ]
  it.each(configs)('is refused with the config %j', async (config, name) => {
    const request = simulationRequest({ strategy: { config, configHash: hashOf(config) } })
    const answer = await ask(root, requestOf('run', { simulation_request: request }))
    expect([answer['exit_code'], answer['error'].details[0].pointer]).toEqual([
      4,
      `/params/simulation_request/strategy/config/${name}`,
    ])
  })
})

describe('refusals', () => {
  const cases: [string, Record<string, unknown>, number, string][] = [
    ['another strategy', { strategy: 'sma_cross' }, 4, '/params/strategy'],
    ['a name that cannot be read', { strategy: 'MultiTrade_soon' }, 4, '/params/strategy'],
    ['chance without a seed', { strategy_params: { executionModel } }, 4, '/params/strategy_params/runConfig'],
    ['parameters of a plain run', { fee: 0.1 }, 2, '/params/fee'],
    ['candles that are none', { dataset_id: 'calls' }, 3, '/params/dataset_id'],
  ]
  it.each(cases)('%s', async (_, more, code, pointer) => {
    const answer = await ask(root, plain(more))
    expect([answer['exit_code'], answer['error'].details[0].pointer]).toEqual([code, pointer])
  })

  it('a window without alerts, a data set that is missing or none of alerts', async () => {
    const none = await ask(root, plain({ start: '2024-01-01', end: '2024-02-01' }))
    expect([none['exit_code'], none['error'].hint]).toEqual([
      3,
      expect.stringContaining('The data set has alerts from 2025-10-01T'),
    ])
    expect((await ask(root, plain({ alerts_dataset_id: 'nope' })))['exit_code']).toBe(6)
    const candles = await ask(root, plain({ alerts_dataset_id: 'calls-candles' }))
    expect([candles['exit_code'], candles['error'].message]).toEqual([
      3,
      'Dataset calls-candles is of kind ohlcv; alerts are needed',
    ])
    expect(readdirSync(join(root, 'outputs/failures')).length).toBeGreaterThan(0)
  })

  it('alerts and a simulation request together, and a window left out', async () => {
    const both = await ask(
      root,
      requestOf('run', { alerts_dataset_id: 'calls', simulation_request: simulationRequest() }),
    )
    expect([both['exit_code'], both['error'].details[0].pointer]).toEqual([2, '/params/alerts_dataset_id'])
    const open = await ask(root, requestOf('run', { alerts_dataset_id: 'calls', strategy: NAME }))
    expect([open['exit_code'], open['error'].details.map((detail: { expected: string }) => detail.expected)]).toEqual([
      2,
      expect.arrayContaining(['start', 'end']),
    ])
  })
})

describe('data with faults', () => {
  it('lists alerts without candles, or fails where it is told to', async () => {
    const own = emptyFolder()
    const closes = [1, 2, 3, 4, 5]
    const lines = closes.map((close, i) => `2025-10-01T12:0${i}:00Z,${close},${close},${close},${close},100`)
    writeFileSync(join(own, 'c.csv'), `ts,open,high,low,close,volume\n${lines.join('\n')}\n`)
    const alerts = [
      'a,2025-10-01T12:01:00Z,T1,amy,50',
      'b,2025-10-01T12:01:00Z,T2,amy,',
      'c,2025-10-02T12:01:00Z,T1,zoe,',
    ]
    writeFileSync(join(own, 'a.csv'), `alert_id,ts,token,caller,price\n${alerts.join('\n')}\n`)
    const candles = { action: 'register', id: 'c', kind: 'ohlcv', path: 'c.csv', symbol: 'T1', interval: '1m' }
    await ask(own, requestOf('dataset', candles))
    await ask(own, requestOf('dataset', { action: 'register', id: 'a', kind: 'alerts', path: 'a.csv' }))
    const params = {
      alerts_dataset_id: 'a',
      dataset_id: 'c',
      strategy: 'multi_trade',
      start: '2025-10-01',
      end: '2025-10-03',
    }
    const collected = await ask(own, requestOf('run', params))
    expect(rows(collected['artifacts_path'], 'alerts.csv').map(row => row['status'])).toEqual([
      'traded',
      'no_candles',
      'no_candles',
    ])
    expect(collected['warnings']).toEqual([
      '2 of 3 alerts have no candles in their window in c: their purses stay idle (first b)',
      '1 of 3 alerts had a position when their candles ended before the window: it was valued at the last close (first a)',
      '1 of 3 alerts give a price more than ten times away from their candles: are both in the same currency? (first a)',
    ])
    // Bought at 1 with 0.08 % slippage and 0.2 % fee, sold at 5 with both: one purse of three.
    const qty = 99.8 / 1.0008
    const net = qty * 5 * 0.9992 * 0.998 - 100
    expect(collected['summary'].total_return).toBeCloseTo(net / 300, 12)
    const strict = await ask(
      own,
      requestOf('run', { ...params, strategy_params: { runConfig: { seed: 0, errorMode: 'failFast' } } }),
    )
    expect([strict['exit_code'], strict['error'].message]).toEqual([
      3,
      'Alert b has no candles in its window in data set c',
    ])
    const slow = await ask(
      own,
      requestOf('run', { ...params, strategy_params: { runConfig: { seed: 0, maxSimulationTimeMs: 1e-9 } } }),
    )
    expect([slow['exit_code'], slow['error'].message]).toEqual([
      4,
      'Simulating took longer than maxSimulationTimeMs (1e-9)',
    ])
    const file = join(own, 'lake/datasets/alerts/a/tables/alerts.parquet')
    writeFileSync(file, readFileSync(file).fill(0, 40, 44))
    expect((await ask(own, requestOf('run', params)))['exit_code']).toBe(7)
  })
})

it('shows what callers wrote as text, whatever it is', async () => {
  const own = emptyFolder()
  const closes = [1, 2, 3].map((close, i) => `2025-10-01T12:0${i}:00Z,${close}`)
  writeFileSync(join(own, 'c.csv'), `ts,close\n${closes.join('\n')}\n`)
  const hostile = '</script><img src=x onerror=alert(1)>|`x`'
  writeFileSync(join(own, 'a.csv'), `alert_id,ts,token,caller\n<b>1,2025-10-01T12:00:00Z,T1,"${hostile}"\n`)
  await ask(
    own,
    requestOf('dataset', { action: 'register', id: 'c', kind: 'ohlcv', path: 'c.csv', symbol: 'T1', interval: '1m' }),
  )
  await ask(own, requestOf('dataset', { action: 'register', id: 'a', kind: 'alerts', path: 'a.csv' }))
  const params = {
    alerts_dataset_id: 'a',
    dataset_id: 'c',
    strategy: 'multi_trade',
    start: '2025-10-01',
    end: '2025-10-03',
    report: true,
  }
  const path = (await ask(own, requestOf('run', params)))['artifacts_path']
  const page = readFileSync(join(path, 'artifacts/report.html'), 'utf8')
  expect(page).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;')
  // The configuration stands in a fenced block, where nothing is markup.
  const callers = readFileSync(join(path, 'run_report.md'), 'utf8').split('\n## Callers\n')[1]
  for (const text of [page, callers]) {
    expect(text).not.toContain('<img src=x')
    expect(text).not.toContain('<b>1')
  }
  expect(rows(path, 'callers.csv')[0]['caller']).toBe(hostile)
})

describe('a replay', () => {
  const context = (): Context => {
    let now = Date.UTC(2026, 0, 1)
    return {
      ...{
        root,
        cwd: root,
        requestId: null,
        traceId: '0'.repeat(32),
        via: 'json',
        reproduce: 'quantlab replay',
        input: null,
      },
      clock: { now: () => now++, elapsed: () => now },
      ...{ progress: () => {}, beforePublish: () => {}, abort: new AbortController().signal },
    }
  }
  it('of either form of request gives the same result', async () => {
    for (const params of [plain()['params'], { simulation_request: simulationRequest(), report: true }] as object[]) {
      const original = await ask(root, requestOf('run', params as Record<string, unknown>))
      const path = original['artifacts_path']
      const stored = readRun(path)
      expect(isAlertRun(stored)).toBe(true)
      const { answer } = await replayMultiTrade(path, stored, context())
      expect(answer['result']).toMatchObject({ match: true, differences: [], replay_of: original['run_id'] })
      expect(json(answer['artifacts_path'] as string, 'report.json').replay_of).toBe(original['run_id'])
    }
  })

  it('tells what differs', async () => {
    const original = await ask(root, plain())
    const stored = readRun(original['artifacts_path'])
    const changed = { ...stored, config: { ...stored.config, seed: 99 } }
    await expect(replayMultiTrade(original['artifacts_path'], changed, context())).rejects.toThrow(/differs from/)
  })

  it('resolves to the same configuration, with rules that are off', async () => {
    const first = await ask(root, plain({ strategy: 'multi_trade', strategy_params: {} }))
    const config = json(first['artifacts_path'], 'config.json')
    const request = alertRequestOf(config, false) as RunRequest
    const second = await ask(root, requestOf('run', request as unknown as Record<string, unknown>))
    expect(json(second['artifacts_path'], 'config.json')).toEqual(config)
  })
})
