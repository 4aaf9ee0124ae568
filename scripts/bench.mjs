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

const MAIN = resolve('dist/main.js')
const only = process.argv.slice(2)
const root = mkdtempSync(join(tmpdir(), 'quantlab-bench-'))
// Where this is set, Node 20 parses the bundle at each start.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env

const sections = { start: startUp, session: sessionRate }
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
