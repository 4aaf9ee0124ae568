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
export function registerRuns(root: string, from: number, to: number, more: Record<string, unknown> = {}): void {
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
      ...more,
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

export const BASELINE = 'brook_baseline_2025Q4'

export const CREATE = [
  ...['runset', 'create', '--id', BASELINE, '--name', 'Brook Baseline Q4 2025', '--dataset', DATASET],
  ...['--caller', 'whale_watcher', '--from', '2025-10-01', '--to', '2025-12-31', '--tags', 'baseline,q4'],
]
