/** Roots and requests for tests of experiments: alerts of three callers with hourly candles, and daily bars of two symbols. */

import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Experiment, ExperimentReport, ExperimentResult } from '../../contracts/types.ts'
import { callsAndCandles } from '../acceptance/quantlab.ts'
import { ask, type CallOptions, emptyFolder, requestOf } from '../harness.ts'

export type Result = Record<string, any>

/** Alerts of October alone, so that runs are small. */
export const ON_ALERTS = {
  name: 'trails',
  alerts: ['calls'],
  ohlcv: ['candles'],
  from: '2025-10-01',
  to: '2025-10-31',
  strategies: ['multi_trade'],
}
export const ON_BARS = {
  name: 'bars',
  ohlcv: ['daily'],
  from: '2024-01-01',
  to: '2024-06-30',
  strategies: ['sma_cross'],
}
export const FAST = { 'strategy_params.fast': [3, 5], 'strategy_params.slow': [10] }
export const TRAILS = { 'strategy_params.trailing_stop': [0.1, 0.2, 0.3] }
/** Every fill is a matter of chance. */
export const RANDOM = {
  latency: { p50: 400, p90: 60_000, p99: 4_000_000 },
  slippage: { base: 0.005 },
  failures: { baseRate: 0.3 },
  partialFills: { probability: 0.5, fillRange: [0.2, 0.9] },
}

const DAY = 86_400_000

function dailyCsv(): string {
  const lines = ['ts,symbol,open,high,low,close,volume']
  for (let day = 0; day < 200; day++) {
    const ts = new Date(Date.UTC(2024, 0, 1) + day * DAY).toISOString()
    for (const [k, symbol] of ['AAA', 'BBB'].entries()) {
      const close = 100 + 20 * Math.sin(day / (4 + k)) + day * (k === 0 ? 0.2 : -0.1)
      lines.push([ts, symbol, ...[close, close + 1, close - 1, close].map(x => x.toFixed(4)), 1000].join(','))
    }
  }
  return `${lines.join('\n')}\n`
}

let template: Promise<string> | undefined

/** A new root with the data sets `calls`, `candles` and `daily`. */
export async function experimentRoot(): Promise<string> {
  template ??= (async () => {
    const root = emptyFolder()
    const { alerts, candles } = callsAndCandles('T')
    for (const [id, text, more] of [
      ['calls', alerts, { kind: 'alerts' }],
      ['candles', candles, { interval: '1h' }],
      ['daily', dailyCsv(), { interval: '1d', calendar: 'crypto' }],
    ] as const) {
      writeFileSync(join(root, `${id}.csv`), text)
      await done(root, 'dataset', 'register', { id, path: `${id}.csv`, ...more })
    }
    return root
  })()
  const root = emptyFolder()
  cpSync(join(await template, 'lake'), join(root, 'lake'), { recursive: true })
  return root
}

const OCTOBER = { dataset: 'candles', from: '2025-10-01', to: '2025-10-31' }
const NOVEMBER = { dataset: 'candles', from: '2025-11-01', to: '2025-11-30' }

/** The same with four registered runs, and RunSets of October (`whales`, `again`), of November (`smart`) and of both (`all`). */
export async function runsetRoot(): Promise<string> {
  const root = await experimentRoot()
  for (const [k, caller] of ['whale_watcher', 'smart_money'].entries()) {
    for (let n = 0; n < 2; n++) await member(root, `run-${k}${n}`, caller, k + 10, { max_trades: n + 1 })
  }
  await done(root, 'runset', 'create', { id: 'whales', ...OCTOBER, caller: ['whale_watcher'] })
  await done(root, 'runset', 'create', { id: 'smart', ...NOVEMBER, caller: ['smart_money'] })
  await done(root, 'runset', 'create', { id: 'again', ...OCTOBER, caller: ['whale_watcher'], tags: ['x'] })
  await done(root, 'runset', 'create', { id: 'all', dataset: 'candles', from: '2025-10-01', to: '2025-11-30' })
  return root
}

/** A registered run of one day, by the candles and the alerts. */
export async function member(
  root: string,
  id: string,
  caller: string,
  month: number,
  params: Record<string, unknown>,
): Promise<void> {
  await done(root, 'runs', 'register', {
    id,
    datasets: ['candles', 'calls'],
    strategy_family: 'MultiTrade_20pctTrail',
    params: { trailing_stop: 0.2, ...params },
    engine_version: '1.0.0',
    from: `2025-${month}-05`,
    to: `2025-${month}-06`,
    callers: [caller],
  })
}

/** The result of a request that succeeds. */
export async function done(
  root: string,
  command: string,
  action: string,
  params: Record<string, unknown>,
  options: CallOptions = {},
): Promise<Result> {
  const answer = await ask(root, requestOf(command, { action, ...params }), options)
  expect([action, answer['error']]).toEqual([action, undefined])
  return answer['result']
}

/** Exit code, code and message of a request that is refused. */
export async function refused(root: string, command: string, action: string, params: Record<string, unknown>) {
  const { exit_code, error } = await ask(root, requestOf(command, { action, ...params }))
  return { exit: exit_code, code: error?.code, message: error?.message, details: error?.details, hint: error?.hint }
}

export async function create(
  root: string,
  params: Record<string, unknown>,
  options: CallOptions = {},
): Promise<Experiment> {
  return (await done(root, 'experiment', 'create', params, options))['experiment']
}

/** Create, execute, and read the report. */
export async function executed(root: string, params: Record<string, unknown>): Promise<ExperimentReport> {
  return execute(root, (await create(root, params)).experimentId)
}

export async function execute(root: string, id: string, more: Record<string, unknown> = {}): Promise<ExperimentReport> {
  const { outputs } = await done(root, 'experiment', 'execute', { id, ...more })
  return JSON.parse(readFileSync(join(root, outputs.reportPath), 'utf8'))
}

/** Runs that carry the experiment's id as a tag, as the registry has them. */
export async function taggedRuns(root: string, id: string): Promise<string[]> {
  const { registered } = await done(root, 'runs', 'list', { tags: [id], limit: 100_000 })
  return registered.map((row: { runId: string }) => row.runId).sort()
}

export const idsAndSeeds = ({ results }: ExperimentReport) =>
  results.map(({ variation_id, seed }: ExperimentResult) => [variation_id, seed])
