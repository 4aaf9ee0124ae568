/** Sweeps in a root of their own: configurations, calls as dispatch makes them, and what they leave on disk. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SweepRequest } from '../../contracts/types.ts'
import { sha256Hex } from '../../src/base/canonical.ts'
import { parseCsv } from '../../src/base/csv.ts'
import { readParquet } from '../../src/base/parquet.ts'
import type { Context, Outcome } from '../../src/commands/command.ts'
import { sweep } from '../../src/commands/sweep/sweep.ts'
import { ask, requestOf } from '../harness.ts'

/** A grid of 60 moving-average crossings of one window, ten of which break a rule between parameters. */
export const GRID = {
  ticker: 'ETH-USD',
  start: '2021-01-01',
  end: '2023-01-01',
  interval: '1d',
  strategy: 'sma_cross',
  param_grid: {
    'strategy_params.fast': [5, 10, 20, 30],
    'strategy_params.slow': [10, 20, 50, 60, 90],
    fee: [0, 0.001, 0.002],
  },
}

/** Six chunks of 370 trials: long enough to be interrupted, short enough for a test. */
export const LONG = {
  ticker: 'ETH-USD',
  start: '2016-01-01',
  end: '2024-01-01',
  interval: '1d',
  strategy: 'sma_cross',
  param_grid: {
    'strategy_params.fast': Array.from({ length: 40 }, (_, k) => k + 2),
    'strategy_params.slow': Array.from({ length: 50 }, (_, k) => k + 45),
  },
}

export type Answer = Record<string, any>

/** Ask for a sweep of an inline configuration. */
export function askSweep(root: string, config: object, params: Record<string, unknown> = {}): Promise<Answer> {
  return ask(root, requestOf('sweep', { config, ...params }))
}

/** A successful sweep; throws with the error of a failed one. */
export async function sweepOf(root: string, config: object, params: Record<string, unknown> = {}): Promise<Answer> {
  const answer = await askSweep(root, config, params)
  if (answer['status'] !== 'success') throw new Error(JSON.stringify(answer['error']))
  return answer
}

/** What a directory of a sweep holds. */
export function fileOf(answer: Answer, name: string): string {
  return readFileSync(join(answer['artifacts_path'], name), 'utf8')
}

export function jsonOf(answer: Answer, name: string): Answer {
  return JSON.parse(fileOf(answer, name))
}

/** Rows of a table as objects of texts. */
export function rowsOf(answer: Answer, name: string): Record<string, string>[] {
  const { header, rows } = parseCsv(fileOf(answer, name), name)
  return rows.map(cells => Object.fromEntries(header.map((column, k) => [column, cells[k]])))
}

export async function trialsOf(answer: Answer) {
  return (await readParquet(join(answer['artifacts_path'], 'trials.parquet'))).columns
}

/** SHA-256 of every file that must not depend on when, how often interrupted and on how many threads a sweep ran. */
export function resultHashes(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter(name =>
    /\.(?:csv|parquet|yaml)$|^(?:config|metrics|best_config)\.json$/.test(name),
  )
  return Object.fromEntries(names.sort().map(name => [name, sha256Hex(readFileSync(join(folder, name)))]))
}

/** A context as dispatch builds it. */
export function contextOf(root: string, more: Partial<Context> = {}): Context {
  return {
    root,
    cwd: root,
    clock: { now: () => Date.now(), elapsed: () => performance.now() },
    requestId: null,
    traceId: '0'.repeat(32),
    via: 'json',
    reproduce: '',
    progress: () => {},
    abort: new AbortController().signal,
    input: null,
    beforePublish: () => {},
    ...more,
  } as Context
}

/** Run a sweep and interrupt it once `trials` are done; its run id. */
export async function interrupted(
  root: string,
  config: object,
  trials: number,
  params: Partial<SweepRequest> = {},
): Promise<string> {
  const controller = new AbortController()
  let runId = ''
  const progress: Context['progress'] = ({ run_id, done }) => {
    runId = run_id
    if (done >= trials) controller.abort(130)
  }
  const request = { max_trials: 1_000_000, report: false, threads: 0, ...params }
  const given = params.resume === undefined ? { ...request, config } : request
  const outcome: Outcome | Error = await Promise.resolve(
    sweep.run(given as SweepRequest, contextOf(root, { progress, abort: controller.signal })),
  ).catch(error => error)
  if (!(outcome instanceof Error)) throw new Error('the sweep was not interrupted')
  return runId
}
