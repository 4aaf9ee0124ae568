import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { build } from 'esbuild'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseLenient, readRun, rowOf } from '../../src/artifacts/run-reader.ts'
import { currentRuns, readRunsIndex, rebuildRunsIndex, refreshRunsIndex } from '../../src/artifacts/runs-index.ts'
import { parseCsv } from '../../src/base/csv.ts'
import { validate } from '../../src/base/schema.ts'

const LEGACY = 'test/fixtures/golden/surface-runs-legacy/files/runs'
const NOW = '2026-11-21T00:17:54.023Z'

let root: string
let runs: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'quantlab-index-')))
  runs = join(root, 'outputs', 'runs')
  mkdirSync(runs, { recursive: true })
  return () => rmSync(root, { recursive: true })
})

interface Facts {
  run_id?: string | null
  mode?: string
  sharpe_simple?: number
  total_return?: number
  max_drawdown?: number
  trades?: number
}

/** A run as the gateway publishes it, cut down to what the index reads. */
function addRun(name: string, { run_id = name, mode = 'run', ...metrics }: Facts = {}, folder = runs): string {
  const header = { run_id, mode, created_at: NOW, git_commit: 'unknown' }
  const config_resolved = { ticker: 'ETH-USD', start: '2023-01-01', end: '2024-01-01' }
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'report.json'), JSON.stringify({ header, config_resolved, results: [metrics] }))
  return join(folder, name)
}

const textOf = (form: string) => readFileSync(join(runs, `runs_index.${form}`), 'utf8')
const indexed = () => JSON.parse(textOf('json'))
const names = () => indexed().runs.map((row: { path: string }) => row.path.slice(runs.length + 1))

describe('rows', () => {
  // The rows the published implementation wrote for these directories (surface-runs-index-from-sweep), NaN read as null.
  const published: Record<string, unknown[]> = {
    a_legacy_meta: [
      'A',
      'grid',
      '2025-01-01T00:00:00',
      'aaa',
      'ETH-USD',
      '2022-01-01',
      '2023-01-01',
      1.25,
      0.25,
      -0.125,
      8,
    ],
    b_legacy_report: [
      'B',
      'grid',
      '2025-01-02T00:00:00',
      'bbb',
      'ETH-USD',
      '2022-02-01',
      '2023-02-01',
      0.625,
      0.25,
      -0.125,
      8,
    ],
    c_both: ['C', 'run', '2025-01-03T00:00:00', 'ccc', 'ETH-USD', null, null, 1.875, 0.5, null, 3],
    d_corrupt: [null, null, null, null, null, null, null, null, null, null, null],
    f_nan: ['F', null, null, null, null, null, null, null, null, null, 7],
  }

  it('of legacy, corrupt and non-finite directories are the published ones, in all three forms', async () => {
    cpSync(LEGACY, runs, { recursive: true })
    const { n_runs, warnings } = await refreshRunsIndex(root, NOW)
    expect(n_runs).toBe(5)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/d_corrupt: report\.json: /)
    const index = indexed()
    expect(await validate('artifacts/runs-index', structuredClone(index))).toEqual([])
    expect(index).toMatchObject({ generated_at: NOW, root_dir: runs, n_runs: 5 })
    const expected = Object.entries(published).map(([name, cells]) => [...cells, join(runs, name)])
    expect(index.runs.map((row: object) => Object.values(row))).toEqual(expected)
    const [head, ...lines] = textOf('csv').trimEnd().split('\n')
    expect(head.split(',')).toEqual(Object.keys(index.runs[0]))
    expect(lines).toEqual(expected.map(cells => cells.map(cell => cell ?? '').join(',')))
    // The published table, without its column of paths.
    const table = textOf('md')
      .split('\n')
      .filter(line => line.startsWith('|'))
      .map(line => line.slice(0, line.slice(0, -1).lastIndexOf('|') + 1))
    expect(table).toEqual([
      '| run_id   | mode   | created_at          |   sharpe_simple |   total_return |   max_drawdown |   trades |',
      '|:---------|:-------|:--------------------|----------------:|---------------:|---------------:|---------:|',
      '| A        | grid   | 2025-01-01T00:00:00 |           1.25  |           0.25 |         -0.125 |        8 |',
      '| B        | grid   | 2025-01-02T00:00:00 |           0.625 |           0.25 |         -0.125 |        8 |',
      '| C        | run    | 2025-01-03T00:00:00 |           1.875 |           0.5  |        nan     |        3 |',
      '| nan      | nan    | nan                 |         nan     |         nan    |        nan     |      nan |',
      '| F        | nan    | nan                 |         nan     |         nan    |        nan     |        7 |',
    ])
  })

  it('of an empty root are none, and the Markdown says so', async () => {
    await refreshRunsIndex(root, NOW)
    expect(indexed()).toEqual({ schema_version: '1.0', generated_at: NOW, root_dir: runs, n_runs: 0, runs: [] })
    expect(textOf('md')).toContain('_No valid run directories found._')
  })

  it('take each metric from the first place that has it', async () => {
    const dir = join(runs, 'wf')
    mkdirSync(dir)
    const report = { header: {}, oos_leaderboard: [{ sharpe_simple: 0.5, trades: '5' }, { total_return: 9 }] }
    writeFileSync(join(dir, 'report.json'), JSON.stringify(report))
    writeFileSync(
      join(dir, 'metrics.json'),
      '{"summary": {"sharpe_simple": 7, "total_return": 0.25, "trades": null, "max_drawdown": "n/a"}}',
    )
    expect(rowOf(dir).row).toMatchObject({
      run_id: 'wf',
      sharpe_simple: 0.5,
      total_return: 0.25,
      max_drawdown: null,
      trades: 5,
    })
  })

  it('hold only the path where metrics.json is torn, and where a report is no object', async () => {
    writeFileSync(join(addRun('torn'), 'metrics.json'), '{"summary": {')
    writeFileSync(join(addRun('list'), 'report.json'), '[]')
    expect(readRunsIndex(runs).rows.map(row => Object.values(row).filter(cell => cell !== null))).toEqual([
      [join(runs, 'list')],
      [join(runs, 'torn')],
    ])
    expect(readRunsIndex(runs).warnings).toHaveLength(2)
  })
})

describe('a run directory', () => {
  it('reads under its earlier names; the canonical one wins; NaN and infinities are null', async () => {
    const dir = addRun('r')
    writeFileSync(join(dir, 'meta.json'), '{"a": NaN, "b": [-Infinity, Infinity, "NaN \\" Infinity"]}')
    writeFileSync(join(dir, 'run_report.json'), '{"header": {"run_id": "old"}}')
    const files = readRun(dir)
    expect(files.metadata).toEqual({ a: null, b: [null, null, 'NaN " Infinity'] })
    expect(files.report).toMatchObject({ header: { run_id: 'r' } })
    expect(files.config).toBeNull()
  })

  it('is refused where a file is torn (INTEGRITY_ERROR) or there is none (NOT_FOUND)', async () => {
    writeFileSync(join(addRun('r'), 'config.json'), '{')
    expect(() => readRun(join(runs, 'r'))).toThrowError(expect.objectContaining({ code: 'INTEGRITY_ERROR' }))
    expect(() => readRun(runs)).toThrowError(expect.objectContaining({ code: 'NOT_FOUND' }))
  })

  it('may hold bytes that are no JSON at all', async () => {
    for (const text of ['', '"NaN', 'NaNa', '{"a": nan}', '{"a": +Infinity}'])
      expect(() => parseLenient(text), text).toThrow()
  })
})

describe('a refresh', () => {
  it('opens only directories that the index does not hold, in this process or another', async () => {
    addRun('r1', { sharpe_simple: 1 })
    await refreshRunsIndex(root, NOW)
    // Damaged after it was listed: reading it again would show.
    writeFileSync(join(runs, 'r1', 'report.json'), 'damaged')
    addRun('r2', { sharpe_simple: 2 })
    expect((await refreshRunsIndex(root, NOW)).warnings).toEqual([])
    expect(indexed().runs.map((row: { sharpe_simple: number }) => row.sharpe_simple)).toEqual([1, 2])
    // A copy of the file is another inode: what another process wrote is parsed, and trusted the same.
    writeFileSync(join(runs, 'other'), textOf('json'))
    renameSync(join(runs, 'other'), join(runs, 'runs_index.json'))
    addRun('r3', { sharpe_simple: 3 })
    await refreshRunsIndex(root, NOW)
    expect(indexed().runs.map((row: { sharpe_simple: number }) => row.sharpe_simple)).toEqual([1, 2, 3])
    expect(currentRuns(root).rows).toEqual(indexed().runs)
  })

  it('leaves an index alone that is right already', async () => {
    addRun('r1')
    await refreshRunsIndex(root, NOW)
    const before = ['csv', 'md', 'json'].map(form => statSync(join(runs, `runs_index.${form}`)).ino)
    await refreshRunsIndex(root, '2030-01-01T00:00:00.000Z')
    expect(['csv', 'md', 'json'].map(form => statSync(join(runs, `runs_index.${form}`)).ino)).toEqual(before)
    expect(indexed().generated_at).toBe(NOW)
  })

  it('drops what is gone and never lists links, files, or directories without a run in them', async () => {
    addRun('gone')
    addRun('stays')
    await refreshRunsIndex(root, NOW)
    rmSync(join(runs, 'gone'), { recursive: true })
    symlinkSync(join(runs, 'stays'), join(runs, 'link'))
    mkdirSync(join(runs, 'empty'))
    mkdirSync(join(runs, 'odd', 'report.json'), { recursive: true })
    mkdirSync(join(runs, 'pipe'))
    execFileSync('mkfifo', [join(runs, 'pipe', 'report.json')])
    writeFileSync(join(runs, 'report.json'), '{}')
    await refreshRunsIndex(root, NOW)
    expect(names()).toEqual(['stays'])
  })

  it('lists a directory that was unreadable as soon as it is mended', async () => {
    writeFileSync(join(addRun('r1'), 'report.json'), '{"torn')
    expect((await refreshRunsIndex(root, NOW)).warnings).toHaveLength(1)
    expect((await refreshRunsIndex(root, NOW)).warnings).toHaveLength(1)
    expect(indexed().runs[0].run_id).toBeNull()
    addRun('r1')
    expect((await refreshRunsIndex(root, NOW)).warnings).toEqual([])
    expect(indexed().runs).toMatchObject([{ run_id: 'r1' }])
  })

  const damages: Record<string, (text: string) => string> = {
    'is torn': text => text.slice(0, -20),
    'is empty': () => '',
    'is of an earlier layout': text => text.replace('"schema_version": "1.0",', ''),
    'has a number where text belongs': text => text.replace('"run"', '7'),
    'names a directory outside': text => text.replace(`"${join(runs, 'r1')}"`, '"/etc"'),
    'lists a run twice': text => text.replace(/^( {4}.*),$/m, '$1,\n$1,').replace('"n_runs": 2', '"n_runs": 3'),
    'holds null rows': text => text.replace(/^ {4}\{.*\}(,?)$/m, '    null$1'),
    'is another document': () => '[]',
  }
  it.each(Object.keys(damages))('makes an index anew that %s', async damage => {
    addRun('r1', { trades: 1 })
    addRun('r2', { trades: 2 })
    await refreshRunsIndex(root, NOW)
    const sound = textOf('json')
    const damaged = damages[damage](sound)
    expect(damaged).not.toBe(sound)
    writeFileSync(join(runs, 'runs_index.json'), damaged)
    await refreshRunsIndex(root, NOW)
    expect(textOf('json')).toBe(sound)
  })

  it('makes the index anew that moved with its root, and a form that is missing', async () => {
    addRun('r1')
    await refreshRunsIndex(root, NOW)
    const moved = join(root, 'moved')
    mkdirSync(join(moved, 'outputs'), { recursive: true })
    renameSync(runs, join(moved, 'outputs', 'runs'))
    await refreshRunsIndex(moved, NOW)
    const path = join(moved, 'outputs', 'runs', 'runs_index.json')
    expect(JSON.parse(readFileSync(path, 'utf8')).runs[0].path).toBe(join(moved, 'outputs', 'runs', 'r1'))
    for (const form of ['csv', 'md']) {
      rmSync(path.replace('json', form))
      await refreshRunsIndex(moved, NOW)
      expect(readFileSync(path.replace('json', form), 'utf8')).toContain('r1')
    }
  })

  it('draws the same Markdown row by row as all at once', async () => {
    const facts: Facts[] = [
      {},
      { sharpe_simple: 1, trades: 3 },
      { sharpe_simple: 0.5, total_return: -0.25, max_drawdown: -0.5, trades: 12 },
      { sharpe_simple: -1.234567, total_return: 1e-7, max_drawdown: -0.000123456, trades: 1 },
      { sharpe_simple: 12.5, total_return: 1234567.5, max_drawdown: 0, trades: 123456789012 },
      { run_id: 'a run with a much longer name than any before | it', mode: 'walkforward' },
      { sharpe_simple: 2, total_return: 0.1, max_drawdown: -0.1, trades: 2 },
      { run_id: '😀', sharpe_simple: 1.5e-5 },
    ]
    for (const [at, each] of facts.entries()) {
      addRun(`r${at}`, each)
      await refreshRunsIndex(root, NOW)
      const grown = textOf('md')
      await rebuildRunsIndex(root, NOW)
      expect(grown, `after row ${at}`).toBe(textOf('md'))
    }
    rmSync(join(runs, 'r5'), { recursive: true })
    await refreshRunsIndex(root, NOW)
    const shrunk = textOf('md')
    await rebuildRunsIndex(root, NOW)
    expect(shrunk).toBe(textOf('md'))
  })

  it('orders by code point, also beyond the first plane', async () => {
    for (const name of ['b', 'B', 'ﬀ', '😀', 'é']) addRun(name)
    await refreshRunsIndex(root, NOW)
    expect(names()).toEqual(['B', 'b', 'é', 'ﬀ', '😀'])
  })

  it('keeps hostile names as data in every form', async () => {
    const hostile = [
      '=HYPERLINK("http://x","y")',
      '+1,2\n3,4',
      '@SUM(A1)\r\n',
      '-1+cmd|x',
      '| a | <img src=x onerror=alert(1)> |\n|---|\n# Heading `code`',
      '[link](javascript:alert(1)) \u001b[31mred\u202e',
      '"quoted", \'single\'',
    ]
    hostile.forEach((run_id, at) => {
      addRun(`r${at}`, { run_id, mode: run_id })
    })
    await refreshRunsIndex(root, NOW)
    expect(indexed().runs.map((row: { run_id: string }) => row.run_id)).toEqual(hostile)
    const { rows } = parseCsv(textOf('csv'), 'runs_index.csv')
    expect(rows.map(cells => cells.length)).toEqual(hostile.map(() => 12))
    for (const cells of rows) expect(cells[0]).not.toMatch(/^[=+\-@\t\r]/)
    const table = textOf('md')
      .split('\n')
      .slice(textOf('md').split('\n').indexOf('## Runs') + 2, -1)
    expect(table).toHaveLength(2 + hostile.length)
    for (const line of table) {
      expect(line.match(/(?<!\\)\|/g), line).toHaveLength(9)
      for (const markup of ['<img', '](', '\u001b', '\u202e']) expect(line).not.toContain(markup)
    }
  })
})

/** A process that publishes runs and refreshes after each; its argument names them. One line of output a run. */
const WRITER = `
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { refreshRunsIndex } from ${JSON.stringify(join(import.meta.dirname, '../../src/artifacts/runs-index.ts'))}
const [root, prefix, count] = process.argv.slice(2)
for (let i = 0; i < Number(count); i++) {
  const name = prefix + String(i).padStart(4, '0')
  const staging = join(root, 'outputs', '.staging', name)
  mkdirSync(staging, { recursive: true })
  writeFileSync(join(staging, 'report.json'), JSON.stringify({ header: { run_id: name, mode: 'run' }, results: [{ trades: i }] }))
  renameSync(staging, join(root, 'outputs', 'runs', name))
  await refreshRunsIndex(root, '${NOW}')
  process.stdout.write(name + '\\n')
}
`

describe('several processes', () => {
  let script: string

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quantlab-writer-'))
    script = join(folder, 'writer.mjs')
    const stdin = { contents: WRITER, resolveDir: folder, loader: 'ts' } as const
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: script, logLevel: 'error' })
    return () => rmSync(folder, { recursive: true })
  })

  const startWriter = (prefix: string, count: number): ChildProcess =>
    spawn(process.execPath, [script, root, prefix, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })

  it('lose no run, and a reader never meets an index that is cut off or shrinks', async () => {
    const writers = Array.from({ length: 8 }, (_, at) => startWriter(`w${at}_`, 6))
    let running = writers.length
    const codes = writers.map(async writer => {
      writer.stdout!.resume()
      const [code] = await once(writer, 'exit')
      running--
      return code
    })
    let seen = 0
    let looks = 0
    while (running > 0) {
      if (existsSync(join(runs, 'runs_index.json'))) {
        const index = indexed()
        expect(index.runs).toHaveLength(index.n_runs)
        expect(index.n_runs).toBeGreaterThanOrEqual(seen)
        seen = index.n_runs
        expect(textOf('csv')).toMatch(/\n$/)
        expect(textOf('md')).toMatch(/\|\n$/)
        looks++
      }
      await pause(2)
    }
    expect(await Promise.all(codes)).toEqual(writers.map(() => 0))
    expect(looks).toBeGreaterThan(0)
    expect(names()).toEqual(
      readdirSync(runs)
        .filter(name => name.startsWith('w'))
        .sort(),
    )
    expect(indexed().n_runs).toBe(48)
    expect(parseCsv(textOf('csv'), 'csv').rows).toHaveLength(48)
  })

  it('are killed at any moment without leaving a torn index, a stuck lock or litter among the runs', async () => {
    for (let round = 0; round < 5; round++) {
      const writer = startWriter(`k${round}_`, 1_000_000)
      const gone = once(writer, 'exit')
      let lines = 0
      for await (const _ of createInterface({ input: writer.stdout! })) {
        // Another place in its work each round: at once after a run, or some loops of waiting later.
        if (++lines === 2 + round) {
          for (let spin = 0; spin < round; spin++) await pause(1)
          writer.kill('SIGKILL')
        }
      }
      await gone
      const index = indexed()
      expect(index.runs).toHaveLength(index.n_runs)
      await refreshRunsIndex(root, NOW)
      expect(names()).toEqual(
        readdirSync(runs)
          .filter(name => /^k\d_/.test(name))
          .sort(),
      )
      expect(
        readdirSync(runs)
          .filter(name => !/^k\d_\d{4}$/.test(name))
          .sort(),
      ).toEqual(['runs_index.csv', 'runs_index.json', 'runs_index.md'])
    }
  })
})
