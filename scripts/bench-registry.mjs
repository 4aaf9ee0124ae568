// Speed of the registry at size: generated runs with five artifacts each; rebuild, resolve and a query, beside a plain SQL join on tags.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const RUNS = Number(process.env.QUANTLAB_BENCH_RUNS ?? 1_000_000)
const BATCH = 16_384
const DAY = 86_400_000
const KINDS = ['trades', 'metrics', 'curves', 'report', 'config']
const STAMP = { now: Date.UTC(2026, 0, 1) }

/** Generate the registry below `root` and measure what is asked of it through the built program `main`. */
export async function registryRate({ main, root: parent, env }) {
  const root = join(parent, 'registry')
  mkdirSync(root, { recursive: true })
  const { module, folder } = await registryModule()
  try {
    const generated = timed(() => generate(module, root))
    console.log(`Registry of ${RUNS} runs with ${RUNS * KINDS.length} artifacts, generated in ${seconds(generated)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const call = (name, argv) => {
    const ms = timed(() => {
      const { status, stderr } = spawnSync(process.execPath, [main, '--root', root, ...argv], {
        env,
        encoding: 'utf8',
        maxBuffer: 1 << 30,
      })
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
    })
    console.log(`  ${name.padEnd(44)} ${seconds(ms).padStart(10)}`)
  }
  call('registry rebuild', ['registry', 'rebuild', '--force'])
  const window = ['--from', '2025-01-01', '--to', '2025-12-31']
  call('runset create', ['runset', 'create', 'all', '--dataset', 'data_0', ...window, '--caller', 'caller_7'])
  call('runset resolve, first, one process', ['runset', 'resolve', 'all'])
  call('runset resolve, on record, one process', ['runset', 'resolve', 'all'])
  call('runset create, by tag', ['runset', 'create', 'tagged', '--run-tags', 'tag_3'])
  call('runset resolve by tag, one process', ['runset', 'resolve', 'tagged'])
  call('run get, one process', ['run', 'get', idOf(RUNS - 1)])
  session(main, root, env)
  await beside()
}

/** Twenty forced resolves in one session: what the process itself costs is out of the figure. */
function session(main, root, env) {
  const count = 20
  const params = { action: 'resolve', id: 'all', force: true }
  const line = JSON.stringify({ schema_version: '1.0', command: 'runset', params })
  const { status, stdout } = spawnSync(process.execPath, [main, '--root', root, '--json-request', '-'], {
    env,
    input: `${line}\n`.repeat(count),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  if (status !== 0) throw new Error(`the session ended with ${status}`)
  const times = stdout
    .trim()
    .split('\n')
    .map(text => JSON.parse(text).duration_ms)
    .sort((a, b) => a - b)
  console.log(
    `  ${'runset resolve, forced, in a session, median'.padEnd(44)} ${seconds(times[count >> 1]).padStart(10)}`,
  )
}

/** The same question asked of SQLite, where this Node has it: runs of a tag by a join, from a file of the same size. */
async function beside() {
  const sqlite = await import('node:sqlite').catch(() => null)
  if (sqlite === null) {
    console.log('  no node:sqlite in this Node: nothing to compare with')
    return
  }
  const database = new sqlite.DatabaseSync(':memory:')
  database.exec('CREATE TABLE runs (run_id TEXT PRIMARY KEY, dataset TEXT); CREATE TABLE tags (run_id TEXT, tag TEXT)')
  const run = database.prepare('INSERT INTO runs VALUES (?, ?)')
  const tag = database.prepare('INSERT INTO tags VALUES (?, ?)')
  database.exec('BEGIN')
  for (let n = 0; n < RUNS; n++) {
    run.run(idOf(n), `data_${n % 10}`)
    tag.run(idOf(n), `tag_${n % 100}`)
  }
  database.exec('COMMIT; CREATE INDEX by_tag ON tags (tag)')
  const query = database.prepare('SELECT run_id FROM runs JOIN tags USING (run_id) WHERE tag = ? ORDER BY run_id')
  const ms = timed(() => query.all('tag_3'))
  console.log(`  ${'SQLite join on a tag, in memory'.padEnd(44)} ${seconds(ms).padStart(10)}`)
}

function generate({ runRow, appendBatch }, root) {
  const days = 365
  for (let day = 0; day < days; day++) {
    const at = Date.UTC(2025, 0, 1) + day * DAY
    let rows = []
    const flush = () => {
      if (rows.length > 0) appendBatch(root, 'runs', at, rows, STAMP)
      rows = []
    }
    for (let n = day; n < RUNS; n += days) {
      rows.push(runRow(inputOf(n, at), STAMP))
      if (rows.length === BATCH) flush()
    }
    flush()
  }
}

function inputOf(n, at) {
  const runId = idOf(n)
  return {
    runId,
    datasetIds: [`data_${n % 10}`],
    strategyFamily: `family_${n % 20}`,
    strategyParams: { fast: n % 50 },
    engineVersion: '1.0.0',
    seed: n,
    window: { from: new Date(at).toISOString(), to: new Date(at + DAY).toISOString() },
    universe: { callers: [`caller_${n % 97}`] },
    tags: [`tag_${n % 100}`],
    createdAt: at,
    artifacts: KINDS.map((kind, k) => ({
      kind,
      uri: `outputs/runs/${runId}/${kind}`,
      contentHash: (n * KINDS.length + k).toString(16).padStart(64, '0'),
      bytes: 1000 + k,
    })),
  }
}

const idOf = n => `run-${String(n).padStart(8, '0')}`

/** The writer of facts, bundled from its sources: the program registers runs one by one, which is not what is measured here. */
async function registryModule() {
  const folder = resolve('node_modules/.cache/quantlab-bench')
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, `registry-${process.pid}.mjs`)
  await build({
    stdin: {
      contents: `export { runRow } from './src/registry/register.ts'; export { appendBatch } from './src/registry/facts.ts'`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  })
  return { module: await import(pathToFileURL(outfile).href), folder }
}

function timed(action) {
  const begun = process.hrtime.bigint()
  action()
  return Number(process.hrtime.bigint() - begun) / 1e6
}

const seconds = ms => (ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`)
