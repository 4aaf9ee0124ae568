// Speed, as ratios against a baseline measured in the same run: absolute figures do not travel between machines.
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { raceRate } from './bench-race.mjs'
import { regimeRate } from './bench-regime.mjs'
import { registryRate } from './bench-registry.mjs'

const MAIN = resolve('dist/main.js')
const only = process.argv.slice(2)
const root = mkdtempSync(join(tmpdir(), 'quantlab-bench-'))
// Where this is set, Node 20 parses the bundle at each start.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env

const range = (from, count, step = 1) => Array.from({ length: count }, (_, k) => from + k * step)

const SWEEPS = [
  { name: 'DAILY', bars: 2150, interval: '1d', fast: range(2, 100), slow: range(110, 100) },
  { name: 'MINUTES', bars: 100_000, interval: '5m', fast: range(2, 25, 2), slow: range(60, 40, 3) },
]

const sections = {
  start: startUp,
  session: sessionRate,
  sweep: sweepRate,
  alerts: alertRate,
  regime: () => regimeRate({ main: MAIN, root, env }),
  registry: () => registryRate({ main: MAIN, root, env }),
  race: () => raceRate({ main: MAIN, root }),
}
try {
  for (const [name, measure] of Object.entries(sections)) if (only.length === 0 || only.includes(name)) await measure()
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** Wall time of whole processes, interleaved so that a noisy moment hits all of them; the best of the rounds. */
function startUp() {
  registerBars()
  const request = JSON.stringify(runRequest(0))
  const calls = {
    'node -e 0': ['-e', '0'],
    '--version': [MAIN, '--version'],
    '--check': [MAIN, '--check', '--root', root],
    'one run, 1,500 bars': [MAIN, '--root', root, '--json-request', request],
  }
  const best = Object.fromEntries(Object.keys(calls).map(name => [name, Number.POSITIVE_INFINITY]))
  for (let round = 0; round < 15; round++) {
    for (const [name, argv] of Object.entries(calls)) {
      const begun = process.hrtime.bigint()
      const { status } = spawnSync(process.execPath, argv, { env, stdio: 'ignore', cwd: root })
      if (status !== 0) throw new Error(`${name} ended with ${status}`)
      best[name] = Math.min(best[name], Number(process.hrtime.bigint() - begun) / 1e6)
    }
  }
  console.log('Whole processes, best of 15')
  for (const [name, ms] of Object.entries(best))
    console.log(
      `  ${name.padEnd(22)} ${ms.toFixed(1).padStart(7)} ms   ${(ms / best['node -e 0']).toFixed(2)} × bare node`,
    )
}

/** Runs a second in one session, every answer durable, beside a loop that only writes and syncs the same files. */
function sessionRate() {
  registerBars()
  const count = 400
  const input = Array.from({ length: count }, (_, index) => JSON.stringify(runRequest(index))).join('\n')
  const begun = process.hrtime.bigint()
  const { stdout, status } = spawnSync(process.execPath, [MAIN, '--root', root, '--json-request', '-'], {
    env,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9
  if (status !== 0) throw new Error(`the session ended with ${status}`)
  const folder = JSON.parse(stdout.trim().split('\n').at(-1)).artifacts_path
  const bare = bareWrites(folder, count)
  console.log(
    `One session of ${count} runs on 1,500 bars\n  ${(count / seconds).toFixed(0)} runs a second; the same files only written and synced: ${(count / bare).toFixed(0)} a second; ratio ${(bare / seconds).toFixed(2)}`,
  )
}

/** Seconds to write, sync and rename the files of one run, `count` times. */
function bareWrites(folder, count) {
  const files = readdirSync(folder, { recursive: true })
    .filter(name => statSync(join(folder, name)).isFile())
    .map(name => [name, readFileSync(join(folder, name))])
  const place = join(root, 'bare')
  mkdirSync(place)
  const begun = process.hrtime.bigint()
  for (let index = 0; index < count; index++) {
    const staging = join(place, `.${index}`)
    mkdirSync(join(staging, 'artifacts'), { recursive: true })
    for (const [name, bytes] of files) {
      const file = openSync(join(staging, name), 'wx')
      writeSync(file, bytes)
      fsyncSync(file)
      closeSync(file)
    }
    syncFolder(join(staging, 'artifacts'))
    syncFolder(staging)
    renameSync(staging, join(place, String(index)))
    syncFolder(place)
  }
  return Number(process.hrtime.bigint() - begun) / 1e9
}

function syncFolder(path) {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Sweeps through the command, whole processes with everything they publish, beside a loop that makes one backtest after the other. */
async function sweepRate() {
  const naive = await naiveLoop()
  console.log('Sweeps of SMA crossings through the command; naive: backtest() for each trial, nothing published')
  for (const { name, bars, interval, fast, slow } of SWEEPS) {
    const { trials, file, columns } = sweepInputs(name, bars, interval, fast, slow)
    const alone = naive(columns, fast, slow)
    console.log(`  ${trials.toLocaleString('en')} trials on ${bars.toLocaleString('en')} bars`)
    console.log(`    naive loop   ${rates(trials, bars, alone)}`)
    for (const threads of [1, 2]) {
      const seconds = timed(['sweep', file, '--threads', String(threads), '--quiet'])
      console.log(
        `    ${threads} thread${threads > 1 ? 's' : ' '}    ${rates(trials, bars, seconds)}   ${(alone / seconds).toFixed(1)} × naive`,
      )
    }
  }
  millionTrials()
}

/** The largest sweep that needs no max_trials: its memory must not grow with the trials. */
function millionTrials() {
  const [{ name, bars, interval, fast, slow }] = SWEEPS
  const fee = range(0, 100).map(k => k / 10_000)
  const param_grid = { 'strategy_params.fast': fast, 'strategy_params.slow': slow, fee }
  const config = { ticker: name, start: '2017-01-01', end: '2030-01-01', interval, strategy: 'sma_cross', param_grid }
  const hook = join(root, 'peak.cjs')
  writeFileSync(
    hook,
    "if (require('worker_threads').isMainThread) process.on('exit', () => require('fs').writeSync(2, 'peak ' + process.resourceUsage().maxRSS + '\\n'))\n",
  )
  const begun = process.hrtime.bigint()
  const { stderr } = ask({ command: 'sweep', params: { config, threads: 2 } }, ['--require', hook])
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9
  const trials = fast.length * slow.length * fee.length
  console.log(`  ${trials.toLocaleString('en')} trials on ${bars.toLocaleString('en')} bars`)
  console.log(
    `    2 threads    ${rates(trials, bars, seconds)}   ${(Number(/peak (\d+)/.exec(stderr)[1]) / 1024).toFixed(0)} MiB at most`,
  )
}

function rates(trials, bars, seconds) {
  const perSecond = Math.round(trials / seconds)
    .toLocaleString('en')
    .padStart(8)
  return `${perSecond} trials/s   ${((trials * bars) / seconds / 1e6).toFixed(0).padStart(5)} million bar·trials/s`
}

/** Best of three, so that a noisy moment does not count. */
function timed(argv) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const begun = process.hrtime.bigint()
    const { status } = spawnSync(process.execPath, [MAIN, '--root', root, ...argv], { env, stdio: 'ignore', cwd: root })
    if (status !== 0) throw new Error(`the sweep ended with ${status}`)
    best = Math.min(best, Number(process.hrtime.bigint() - begun) / 1e9)
  }
  return best
}

/** Made-up bars in the lake, the configuration in a file, and the bars as columns for the loop. */
function sweepInputs(name, bars, interval, fast, slow) {
  const step = interval === '1d' ? 86_400_000 : 300_000
  const begin = Date.UTC(2017, 0, 1)
  let close = 100
  const columns = { ts: new Float64Array(bars), close: new Float64Array(bars) }
  const lines = ['date,open,high,low,close,volume']
  for (let i = 0; i < bars; i++) {
    close *= 1 + 0.02 * Math.sin(i * 12.9898) * Math.cos(i * 0.0173) + 0.0001
    columns.ts[i] = begin + i * step
    columns.close[i] = close
    lines.push(`${new Date(columns.ts[i]).toISOString()},${close},${close * 1.01},${close * 0.99},${close},1000`)
  }
  const path = join(root, `${name}.csv`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  const flags = { id: name.toLowerCase(), path, symbol: name, interval, calendar: 'crypto' }
  const argv = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])
  spawnSync(process.execPath, [MAIN, '--root', root, 'dataset', 'register', ...argv], { env, stdio: 'ignore' })
  const window = { start: '2017-01-01', end: '2030-01-01', interval }
  const param_grid = { 'strategy_params.fast': fast, 'strategy_params.slow': slow }
  const file = join(root, `${name}.json`)
  writeFileSync(file, JSON.stringify({ ticker: name, ...window, strategy: 'sma_cross', param_grid }))
  return { trials: fast.length * slow.length, file, columns }
}

/** Seconds of one backtest after the other, as the engine alone makes them; at most 500 of them are timed. */
async function naiveLoop() {
  const { runTypeScript } = await import('./run-typescript.mjs')
  const { backtest } = await runTypeScript('src/engine/backtest.ts')
  const { smaCross } = await runTypeScript('src/strategies/sma-cross.ts')
  const costs = { fee: 0.002, slippage_bps: 8, slippage_mode: 'fixed', k_atr: 0.05 }
  return (columns, fast, slow) => {
    const bars = {
      symbol: 'X',
      interval: '1d',
      calendar: 'crypto',
      open: null,
      high: null,
      low: null,
      volume: null,
      ...columns,
    }
    const pairs = fast.flatMap(one => slow.map(other => ({ fast: one, slow: other, allow_short: false })))
    const every = Math.ceil(pairs.length / 500)
    const begun = process.hrtime.bigint()
    let made = 0
    for (let k = 0; k < pairs.length; k += every, made++)
      backtest({ bars, strategy: smaCross, params: pairs[k], costs, execution: 'signal_close', initialCash: 1000 })
    return (Number(process.hrtime.bigint() - begun) / 1e9 / made) * pairs.length
  }
}

/** Alerts a second and memory: 10,000 alerts with 1,440 one-minute candles after each, every model random. */
function alertRate() {
  const id = 'calls'
  const hook = join(root, 'memory.cjs')
  writeFileSync(
    hook,
    `process.on('exit', () => require('fs').writeSync(2, 'peak ' + process.resourceUsage().maxRSS))\n`,
  )
  const parameters = { alerts: 10_000, days: 30, callers: 50, minutes_before: 60, minutes_after: 1440 }
  ask({ command: 'dataset', params: { action: 'generate', id, kind: 'alerts', seed: 1, parameters } })
  const begun = process.hrtime.bigint()
  const { answer, stderr } = ask({ command: 'run', params: alertParams(id) }, ['--require', hook])
  const whole = Number(process.hrtime.bigint() - begun) / 1e9
  const read = name => JSON.parse(readFileSync(join(answer.artifacts_path, name), 'utf8'))
  const simulated = read('manifest.json').simulation_time_ms / 1000
  const peak = Number(/peak (\d+)/.exec(stderr)[1]) / 1024
  const rate = seconds => Math.round(parameters.alerts / seconds).toLocaleString('en')
  console.log(`multi_trade, 10,000 alerts of 1,440 candles, ${read('metrics.json').best_result.trade_trades} trades`)
  console.log(
    `  ${rate(simulated)} alerts a second simulated; ${rate(whole)} with reading and writing; ${peak.toFixed(0)} MB at most`,
  )
}

function alertParams(id) {
  const executionModel = {
    latency: { p50: 400, p90: 1500, p99: 5000 },
    slippage: { base: 0.005, volumeImpact: 0.1, max: 0.2 },
    failures: { baseRate: 0.05, congestionMultiplier: 2 },
    partialFills: { probability: 0.1, fillRange: [0.4, 0.9] },
  }
  const strategy_params = { executionModel, runConfig: { seed: 1 } }
  const strategy = 'MultiTrade_20pctTrail_50pctDropRebound_24h'
  return { alerts_dataset_id: id, start: '2025-10-01', end: '2025-11-01', strategy, strategy_params }
}

/** One request in a process of its own. */
function ask(request, flags = []) {
  const text = JSON.stringify({ schema_version: '1.0', request_id: 0, ...request })
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...flags, MAIN, '--root', root, '--json-request', text],
    {
      env,
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`${request.command} ended with ${status}: ${stdout}`)
  return { answer: JSON.parse(stdout), stderr }
}

function runRequest(index) {
  return {
    schema_version: '1.0',
    request_id: index,
    command: 'run',
    params: { ticker: 'BENCH', start: '2020-01-01', end: '2024-02-09', rsi_buy_max: 40 + (index % 30) },
  }
}

function registerBars() {
  const path = join(root, 'bars.csv')
  let close = 100
  const rows = Array.from({ length: 1500 }, (_, i) => {
    close *= 1 + 0.02 * Math.sin(i * 12.9898) + 0.0003
    return `${new Date(Date.UTC(2020, 0, 1) + i * 86_400_000).toISOString().slice(0, 10)},${close},${close * 1.01},${close * 0.99},${close},1000`
  })
  writeFileSync(path, `date,open,high,low,close,volume\n${rows.join('\n')}\n`)
  spawnSync(
    process.execPath,
    [
      MAIN,
      '--root',
      root,
      'dataset',
      'register',
      '--id',
      'bench',
      '--path',
      path,
      '--symbol',
      'BENCH',
      '--interval',
      '1d',
      '--calendar',
      'crypto',
    ],
    { env, stdio: 'inherit' },
  )
}
