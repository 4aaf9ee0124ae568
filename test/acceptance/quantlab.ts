/** The built program over a root, and the registry that the guide speaks of. */

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { emptyFolder } from '../harness.ts'

export const MAIN = resolve('dist/main.js')
export const KINDS = ['trades', 'metrics', 'curves', 'report', 'config']
export const DATASET = 'ohlcv_v2_2025Q4'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** One call of the built program, as a shell makes it. */
export function quantlab(root: string, argv: readonly string[], env: Record<string, string> = {}): Ended {
  const ended = spawnSync(process.execPath, [MAIN, ...argv], {
    cwd: root,
    env: { ...process.env, QUANTLAB_ROOT: root, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr }
}

/** The same with `--format json`: the parsed result. */
export function asked(root: string, argv: readonly string[], code = 0): Record<string, any> {
  const ended = quantlab(root, [...argv, '--format', 'json'])
  if (ended.code !== code) throw new Error(`${argv.join(' ')} ended with ${ended.code}: ${ended.stderr}${ended.stdout}`)
  return JSON.parse(ended.stdout)
}

/** Register runs `from` … `to` − 1 of the guide, each with five files on disk: one request line each. */
export function registerRuns(
  root: string,
  from: number,
  to: number,
  more: (n: number) => Record<string, unknown> = () => ({}),
): void {
  const lines: string[] = []
  for (let n = from; n < to; n++) {
    const id = `run-${String(n).padStart(4, '0')}`
    const folder = join(root, 'external', id)
    mkdirSync(folder, { recursive: true })
    for (const kind of KINDS) writeFileSync(join(folder, `${kind}.txt`), `${kind} of ${id}\n`)
    const day = new Date(Date.UTC(2025, 9, 1 + (n % 90))).toISOString()
    const next = new Date(Date.parse(day) + 86_400_000).toISOString()
    const line = {
      id,
      datasets: [DATASET],
      strategy_family: 'MultiTrade_20pctTrail',
      params: { trailing_stop: 0.2, max_trades: n },
      engine_version: '1.0.0',
      from: day,
      to: next,
      callers: ['whale_watcher'],
      artifact: KINDS.map(kind => `${kind}=external/${id}/${kind}.txt`),
      ...more(n),
    }
    lines.push(JSON.stringify(line))
  }
  writeFileSync(join(root, 'runs.jsonl'), `${lines.join('\n')}\n`)
  const ended = quantlab(root, ['run', 'register', '--from-jsonl', 'runs.jsonl'])
  if (ended.code !== 0) throw new Error(ended.stderr)
}

/** A fresh root with the data set of the guide and `count` matching runs. */
export function guideRoot(count = 47): string {
  const root = emptyFolder()
  const source = ['--source', 'generated', '--from', '2025-10-01', '--to', '2025-12-31']
  const ended = quantlab(root, ['dataset', 'register', DATASET, '--family', 'ohlcv_v2', ...source])
  if (ended.code !== 0) throw new Error(ended.stderr)
  if (count > 0) registerRuns(root, 0, count)
  return root
}

export const ALERTS = 'alerts_2025Q4'
export const CALLERS = ['whale_watcher', 'smart_money', 'degen_trader']

const HOUR = 3_600_000

/** Calls of `count` tokens all over the quarter, each caller in turn, and hourly candles from a day before to two days after each. */
export function callsAndCandles(prefix: string, count = 12): { alerts: string; candles: string } {
  const alerts = ['alert_id,ts,token,chain,venue,caller,price,market_cap']
  const candles = ['ts,symbol,open,high,low,close,volume']
  for (let n = 0; n < count; n++) {
    const token = `${prefix}TOKEN${n}`
    const call = Date.UTC(2025, 9, 2 + Math.floor((n * 88) / count), 6)
    const text = (ms: number) => new Date(ms).toISOString()
    for (let hour = -24; hour < 48; hour++) {
      // A wave whose height and direction the token decides.
      const close = 1 + (hour < 0 ? 0 : Math.sin(hour / (5 + (n % 4))) * (n % 3 === 0 ? 0.8 : 0.3)) + n / 100
      const row = [close, close * 1.01, close * 0.99, close].map(value => value.toFixed(6))
      candles.push([text(call + hour * HOUR), token, ...row, 1000 + n].join(','))
    }
    alerts.push(`${token}-1,${text(call)},${token},solana,telegram,${CALLERS[n % 3]},1,100000`)
  }
  return { alerts: `${alerts.join('\n')}\n`, candles: `${candles.join('\n')}\n` }
}

/** Register a file of text as a data set. */
export function registerText(root: string, id: string, text: string, more: readonly string[]): void {
  writeFileSync(join(root, `${id}.csv`), text)
  asked(root, ['dataset', 'register', id, '--path', `${id}.csv`, ...more])
}

/** A fresh root in which the guide's data set has data, and its 47 runs traded the calls of one caller. */
export function guideRootWithData(): string {
  const root = emptyFolder()
  const { alerts, candles } = callsAndCandles('Q4')
  registerText(root, ALERTS, alerts, ['--kind', 'alerts'])
  registerText(root, DATASET, candles, ['--interval', '1h', '--family', 'ohlcv_v2', '--source', 'generated'])
  registerRuns(root, 0, 47, n => guideStrategy(n))
  return root
}

/** Three sets of parameters in turn, days all over the quarter. */
export function guideStrategy(n: number): Record<string, unknown> {
  const day = (k: number) => new Date(Date.UTC(2025, 9, 1 + Math.floor(((n % 47) * 90) / 47) + k)).toISOString()
  const params = { trailing_stop: 0.2, max_trades: 1 + (n % 3) }
  return { datasets: [DATASET, ALERTS], params, from: day(0), to: day(1) }
}

export const BASELINE = 'brook_baseline_2025Q4'

export const CREATE = [
  ...['runset', 'create', '--id', BASELINE, '--name', 'Brook Baseline Q4 2025', '--dataset', DATASET],
  ...['--caller', 'whale_watcher', '--from', '2025-10-01', '--to', '2025-12-31', '--tags', 'baseline,q4'],
]
