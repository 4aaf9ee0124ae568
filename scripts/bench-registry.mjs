// Speed of the registry at size: generated runs with five artifacts each; rebuild, resolve, registering one by one, beside tag joins in SQLite.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { oneByOne } from './bench-one-by-one.mjs'
import { tagJoins } from './bench-tag-joins.mjs'

const RUNS = Number(process.env.QUANTLAB_BENCH_RUNS ?? 1_000_000)
/** Runs registered one by one. */
const SINGLES = Number(process.env.QUANTLAB_BENCH_SINGLES ?? Math.min(RUNS, 100_000))
const BATCH = 16_384
const DAY = 86_400_000
const DAYS = 365
const KINDS = ['trades', 'metrics', 'curves', 'report', 'config']
const STAMP = { now: Date.UTC(2026, 0, 1) }
const RESOLVES = 20

/** The question that is asked everywhere: one data set, one caller, a strategy parameter or a tag. */
const WINDOW = ['--from', '2025-01-01', '--to', '2025-12-31']
const SELECTED = ['--dataset', 'data_0', ...WINDOW, '--caller', 'caller_7']

/** Generate the registry below `root` and measure what is asked of it through the built program `main`. */
export async function registryRate({ main, root: parent, env }) {
  const root = join(parent, 'registry')
  mkdirSync(root, { recursive: true })
  const { module, folder } = await registryModule()
  const call = caller(main, root, env, join(parent, 'usage.cjs'))
  try {
    const generated = timed(() => generate(module, root))
    const count = RUNS.toLocaleString('en')
    console.log(
      `Registry of ${count} runs with ${(RUNS * KINDS.length).toLocaleString('en')} artifacts, made in ${seconds(generated)}`,
    )
    console.log(
      `  ${'one process each'.padEnd(WIDTH)} ${'wall'.padStart(10)} ${'CPU'.padStart(10)} ${'memory'.padStart(10)}`,
    )
    call('bare process: --version', ['--version'])
    call('registry rebuild', ['registry', 'rebuild', '--force'])
    call('runset create', ['runset', 'create', 'all', ...SELECTED])
    call('runset resolve, first', ['runset', 'resolve', 'all'])
    call('runset resolve, on record', ['runset', 'resolve', 'all'])
    registerLate(call, 0)
    const whole = call('runset resolve, right after a registration', ['runset', 'resolve', 'all'])
    call('runset create, by tag', ['runset', 'create', 'tagged', '--run-tags', 'tag_3'])
    call('runset resolve by tag', ['runset', 'resolve', 'tagged'])
    call('runs list, a page', ['runs', 'list', '--limit', '100'])
    call('run get', ['run', 'get', idOf(RUNS - 1)])
    const session = sessionOf(main, root, env)
    tagJoins({ runs: RUNS, session, whole })
    await largeResolutions(module, root, call)
    await oneByOne(SINGLES, n => inputOf(n, STAMP.now + n), module, join(parent, 'singles'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Calls the program once, and tells wall time, CPU time and the most memory it held. */
function caller(main, root, env, hook) {
  const told = 'u.userCPUTime + u.systemCPUTime + " " + u.maxRSS'
  writeFileSync(
    hook,
    `process.on('exit', () => { const u = process.resourceUsage(); require('fs').writeSync(2, '\\nusage ' + (${told}) + '\\n') })\n`,
  )
  return (name, argv, quiet = false) => {
    let usage
    const ms = timed(() => {
      const { status, stderr } = spawnSync(process.execPath, ['--require', hook, main, '--root', root, ...argv], {
        env,
        encoding: 'utf8',
        maxBuffer: 1 << 30,
      })
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
      usage = /usage (\d+) (\d+)/.exec(stderr)
    })
    const [cpu, memory] = [Number(usage[1]) / 1000, `${Math.round(Number(usage[2]) / 1024)} MiB`]
    if (!quiet)
      console.log(
        `  ${name.padEnd(WIDTH)} ${seconds(ms).padStart(10)} ${seconds(cpu).padStart(10)} ${memory.padStart(10)}`,
      )
    return ms
  }
}

const WIDTH = 46

const registerLate = (call, n) =>
  call('run register', [
    ...['run', 'register', '--id', `late-${n}`, '--datasets', 'data_0', '--strategy-hash', 'a'.repeat(64)],
    ...['--engine-version', '1', '--from', '2025-05-05', '--to', '2025-05-06', '--callers', 'caller_7'],
  ])

/** Resolves in one session: what the process itself costs is out of the figure. */
function sessionOf(main, root, env) {
  const register = n => ({
    command: 'runs',
    params: {
      ...{ action: 'register', id: `session-${n}`, datasets: ['data_0'], strategy_hash: 'b'.repeat(64), seed: n },
      ...{ engine_version: '1', from: '2025-05-05', to: '2025-05-06', callers: ['caller_7'] },
    },
  })
  const resolved = params => ({ command: 'runset', params: { action: 'resolve', id: 'all', ...params } })
  const requests = [resolved({})]
  for (let n = 0; n < RESOLVES; n++) requests.push(resolved({ force: true }))
  for (let n = 0; n < RESOLVES; n++) requests.push(register(n), resolved({}))
  const { status, stdout } = spawnSync(process.execPath, [main, '--root', root, '--json-request', '-'], {
    env,
    input: requests.map(request => `${JSON.stringify({ schema_version: '1.0', ...request })}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  if (status !== 0) throw new Error(`the session ended with ${status}: ${stdout.slice(0, 2000)}`)
  const times = stdout
    .trim()
    .split('\n')
    .map(text => JSON.parse(text).duration_ms)
  const forced = times.slice(1, 1 + RESOLVES)
  const rest = times.slice(1 + RESOLVES)
  console.log(`  ${'in one session'.padEnd(WIDTH)} ${'median'.padStart(10)} ${'longest'.padStart(10)}`)
  for (const [name, some] of [
    ['runset resolve, forced', forced],
    ['run register', rest.filter((_, k) => k % 2 === 0)],
    ['runset resolve, right after a registration', rest.filter((_, k) => k % 2 === 1)],
  ]) {
    const sorted = some.toSorted((a, b) => a - b)
    console.log(
      `  ${name.padEnd(WIDTH)} ${seconds(sorted[sorted.length >> 1]).padStart(10)} ${seconds(sorted.at(-1)).padStart(10)}`,
    )
  }
  const after = rest.filter((_, k) => k % 2 === 1).sort((a, b) => a - b)
  return after[after.length >> 1]
}

/** A rebuild where several RunSets have a fifth of all runs as members. */
async function largeResolutions({ createRunSet, recordResolution, resolutionOf, artifactId }, root, call) {
  const members = Math.floor(RUNS / 5)
  const made = await timedAsync(async () => {
    for (let set = 0; set < 5; set++) {
      const runsetId = `large_${set}`
      const first = set * members
      const { runset } = await createRunSet(root, { runsetId, runTags: [`none_${set}`] }, STAMP)
      const runs = Array.from({ length: members }, (_, k) => memberOf(first + k))
      const artifacts = runs.flatMap(({ runId }, k) => artifactsOf(first + k, runId, artifactId))
      const answer = {
        runsetId,
        specHash: runset.spec.specHash,
        members: runs,
        artifacts,
        datasetIds: [],
        warnings: [],
      }
      const told = { excluded: {}, catalogHash: '0'.repeat(64), resolvedAt: STAMP.now, kind: 'resolve' }
      await recordResolution(root, resolutionOf({ ...answer, ...told }), STAMP)
    }
  })
  console.log(`  five resolutions of ${members.toLocaleString('en')} runs stored in ${seconds(made)}`)
  call('registry rebuild with these', ['registry', 'rebuild', '--force'])
}

function memberOf(n) {
  const shape = { windowFrom: 0, windowTo: DAY, status: 'completed', tombstoned: false, callers: null }
  return { runId: idOf(n), runKey: String(n), datasetIds: [`data_${n % 10}`], ...shape }
}

function artifactsOf(n, runId, artifactId) {
  const absent = { dataset_id: null, row_count: null, schema_version_data: null, metadata_json: null }
  return filesOf(n, runId).map(({ kind, uri, contentHash, bytes }) => ({
    ...{ artifact_id: artifactId({ contentHash, kind, runId }), run_id: runId, kind, role: 'output', uri },
    ...{ content_hash: contentHash, bytes, created_at: 0, ...absent },
  }))
}

function generate({ runRow, appendBatch }, root) {
  for (let day = 0; day < DAYS; day++) {
    const at = Date.UTC(2025, 0, 1) + day * DAY
    let rows = []
    const flush = () => {
      if (rows.length > 0) appendBatch(root, 'runs', at, rows, STAMP)
      rows = []
    }
    for (let n = day; n < RUNS; n += DAYS) {
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
    artifacts: filesOf(n, runId),
  }
}

function filesOf(n, runId) {
  return KINDS.map((kind, k) => ({
    kind,
    uri: `outputs/runs/${runId}/${kind}`,
    contentHash: (n * KINDS.length + k).toString(16).padStart(64, '0'),
    bytes: 1000 + k,
  }))
}

const idOf = n => `run-${String(n).padStart(8, '0')}`

/** Writers of facts, bundled from their sources: what is registered in bulk is not what is measured. */
async function registryModule() {
  const folder = resolve('node_modules/.cache/quantlab-bench')
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, `registry-${process.pid}.mjs`)
  const names = {
    'register.ts': 'runRow, registerRun',
    'facts.ts': 'appendBatch',
    'create-runset.ts': 'createRunSet',
    'resolutions.ts': 'recordResolution',
    'resolver.ts': 'resolutionOf',
    'ids.ts': 'artifactId',
  }
  const contents = Object.entries(names).map(
    ([file, exported]) => `export { ${exported} } from './src/registry/${file}'`,
  )
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: process.cwd(), loader: 'ts' },
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

async function timedAsync(action) {
  const begun = process.hrtime.bigint()
  await action()
  return Number(process.hrtime.bigint() - begun) / 1e6
}

const seconds = ms => (ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`)
