import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { beforeEach, describe, expect, it } from 'vitest'
import { schemaTexts } from '../../contracts/schemas.ts'
import type {
  RunsBestResult,
  RunsCompareRequest,
  RunsCompareResult,
  RunsListRequest,
  RunsListResult,
  RunsShowResult,
} from '../../contracts/types.ts'
import { GatewayError } from '../../src/base/errors.ts'
import { validate } from '../../src/base/schema.ts'
import { csvText } from '../../src/base/table.ts'
import type { Context, Outcome } from '../../src/commands/command.ts'
import { runsCommands } from '../../src/commands/runs/runs.ts'

const GOLDEN = 'test/fixtures/golden/surface-runs-legacy'
const NOW = Date.UTC(2026, 10, 21, 0, 17, 39, 659)

let root: string
let context: Context

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'quantlab-runs-')))
  context = {
    root,
    cwd: root,
    clock: { now: () => NOW, elapsed: () => 0 },
    requestId: null,
    traceId: '0'.repeat(32),
    via: 'flags',
    reproduce: '',
    progress: () => {},
    abort: new AbortController().signal,
    input: null,
    beforePublish: () => {},
  }
  return () => rmSync(root, { recursive: true })
})

interface Results {
  list: RunsListResult
  show: RunsShowResult
  best: RunsBestResult
  compare: RunsCompareResult
}

type Verb = keyof Results

/** Call a verb as dispatch does: validated, defaults filled in; its result is checked against its schema. */
async function call<V extends Verb>(
  action: V,
  given: Record<string, unknown> = {},
): Promise<Outcome & { result: Results[V] }> {
  const params = { action, ...given }
  expect(await validate(`commands/runs.${action}`, params)).toEqual([])
  const outcome = await runsCommands[action].run(params as never, context)
  const result = outcome.answer['result'] as Results[V]
  // Through JSON, as a caller receives it.
  expect(resultFaults(action, JSON.parse(JSON.stringify(result)))).toEqual([])
  return { ...outcome, result }
}

async function failure(action: Verb, given: Record<string, unknown> = {}): Promise<GatewayError> {
  const error = await call(action, given).then(
    () => undefined,
    error => error,
  )
  expect(error).toBeInstanceOf(GatewayError)
  return error
}

const ajv = new Ajv({ allErrors: true, strict: false })
for (const text of Object.values(schemaTexts)) ajv.addSchema(JSON.parse(text))

function resultFaults(action: Verb, result: unknown): unknown[] {
  const check = ajv.getSchema(`https://quantlab.dev/schemas/1.0/commands/runs.schema.json#/$defs/${action}_result`)!
  check(result)
  return check.errors ?? []
}

function addRun(path: string, header: object, metrics: object = {}): void {
  mkdirSync(join(root, path), { recursive: true })
  const ticker = path.includes('btc') ? 'BTC-USD' : 'ETH-USD'
  writeFileSync(
    join(root, path, 'report.json'),
    JSON.stringify({ header, config_resolved: { ticker }, results: [metrics] }),
  )
}

const ids = (rows: { run_id: string | null }[]) => rows.map(row => row.run_id)

describe('the published steps', () => {
  /** Standard output of a step; the file separates steps by a blank line. Undefined numbers are null here and print as nothing. */
  const published = (step: number) => {
    const steps = readFileSync(join(GOLDEN, 'stdout.txt'), 'utf8').split(/\n?===== step \d+ stdout =====\n/)
    return steps[step].replaceAll(/\bnan\b/g, '   ')
  }

  beforeEach(() => cpSync(join(GOLDEN, 'files', 'runs'), join(root, 'runs'), { recursive: true }))

  it('1, 2: list prints the table', async () => {
    const { text, result, warnings } = await call('list', { dir: 'runs' })
    expect(text!()).toBe(published(1))
    expect(published(2)).toBe(published(1))
    expect(result).toMatchObject({ root_dir: join(root, 'runs'), n_runs: 5 })
    expect(result.runs[3]).toEqual({ ...result.runs[3], run_id: null, path: join(root, 'runs', 'd_corrupt') })
    expect(warnings).toHaveLength(1)
    expect(readdirSync(join(root, 'runs'))).not.toContain('runs_index.json')
  })

  it('3: show prints the fields', async () => {
    const { text, result } = await call('show', { run_id: 'runs/a_legacy_meta' })
    expect(text!()).toBe(published(3))
    expect(result.run).toMatchObject({ run_id: 'A', trades: 8, path: join(root, 'runs', 'a_legacy_meta') })
    expect(result.metadata?.['top10']).toHaveLength(1)
    expect(result.config).toBeNull()
  })

  it('4: best prints the highest Sharpe ratio', async () => {
    const { text, result } = await call('best', { dir: 'runs' })
    expect(text!()).toBe(published(4))
    expect(result).toEqual({ metric: 'sharpe_simple', run_id: 'C', value: 1.875, path: join(root, 'runs', 'c_both') })
  })

  it('5: an infinity is no value, so the best total return is C with 0.5', async () => {
    const { text, result } = await call('best', { dir: 'runs', metric: 'total_return' })
    expect(result).toMatchObject({ run_id: 'C', value: 0.5 })
    expect(text!()).toBe(published(5).replace(': F', ': C').replace('inf', '0.5').replace('f_nan', 'c_both'))
  })

  it('6: compare writes the ranking', async () => {
    const names = ['b_legacy_report', 'a_legacy_meta', 'c_both', 'd_corrupt']
    const { text, result, warnings } = await call('compare', { runs: names.map(name => `runs/${name}`), outdir: 'cmp' })
    expect(text!()).toBe(published(6))
    expect(warnings).toHaveLength(1)
    const absolute = (json: string) => json.replaceAll('"runs/', `"${join(root, 'runs')}/`)
    const golden = JSON.parse(absolute(readFileSync(join(GOLDEN, 'files', 'cmp', 'compare_report.json'), 'utf8')))
    const report = JSON.parse(readFileSync(join(root, 'cmp', 'compare_report.json'), 'utf8'))
    expect(report).toEqual({ schema_version: '1.0', ...golden, generated_at: '2026-11-21T00:17:39.659Z' })
    expect(await validate('artifacts/compare-report', structuredClone(report))).toEqual([])
    expect(result).toEqual({
      compare_report_json: join(root, 'cmp', 'compare_report.json'),
      compare_report_md: join(root, 'cmp', 'compare_report.md'),
      report,
    })
    // Paths are absolute here, so the column of paths alone is wider than the published one.
    const plain = (markdown: string) =>
      markdown
        .trimEnd()
        .replaceAll(`${root}/`, '')
        .replace(/^(\|.*\|)[^|]*\|$/gm, '$1')
        .replace(/(Generated at:\*\* ).*/, '$1')
    const markdown = (folder: string) => plain(readFileSync(join(folder, 'cmp', 'compare_report.md'), 'utf8'))
    expect(markdown(root)).toBe(markdown(join(GOLDEN, 'files')))
  })

  it('7: show of a run that does not exist is NOT_FOUND', async () => {
    const error = await failure('show', { run_id: 'runs/zzz' })
    expect([error.code, error.exitCode]).toEqual(['NOT_FOUND', 6])
    expect(error.details).toMatchObject([{ pointer: '/params/run_id' }])
  })

  it('8: list of a directory that does not exist has no runs', async () => {
    const { text, result } = await call('list', { dir: 'zzz' })
    expect(text!()).toBe(published(8))
    expect(result).toEqual({ root_dir: join(root, 'zzz'), n_runs: 0, runs: [] })
  })
})

describe('the runs of the root', () => {
  beforeEach(() => {
    addRun(
      'outputs/runs/r1',
      { run_id: 'r1', mode: 'run', created_at: '2026-01-03T00:00:00.000Z' },
      { sharpe_simple: 1, max_drawdown: -0.5, trades: 4 },
    )
    addRun(
      'outputs/runs/r2_btc',
      { run_id: 'r2', mode: 'grid', created_at: '2026-01-01T00:00:00.000Z' },
      { max_drawdown: -0.25, trades: 4 },
    )
    addRun(
      'outputs/runs/r3',
      { run_id: 'r3', mode: 'run', created_at: '2026-01-02T00:00:00.000Z' },
      { sharpe_simple: 3, max_drawdown: -0.75 },
    )
  })

  const list = async (given: Partial<RunsListRequest>) => ids((await call('list', given)).result.runs)

  it('are listed without naming them, in the order and part asked for', async () => {
    expect(await list({})).toEqual(['r1', 'r2', 'r3'])
    expect(await list({ sort: 'created_at' })).toEqual(['r1', 'r3', 'r2'])
    expect(await list({ sort: 'metric' })).toEqual(['r3', 'r1', 'r2'])
    expect(await list({ sort: 'metric', metric: 'trades' })).toEqual(['r1', 'r2', 'r3'])
    expect(await list({ mode: 'run' })).toEqual(['r1', 'r3'])
    expect(await list({ ticker: 'BTC-USD' })).toEqual(['r2'])
    expect(await list({ limit: 1, offset: 1 })).toEqual(['r2'])
    const { result, text } = await call('list', { offset: 9 })
    expect(result).toMatchObject({ n_runs: 3, runs: [] })
    expect(text!()).toContain('Total: 3 run(s) found')
  })

  it("may be named from elsewhere: outputs/ is the root's", async () => {
    context = { ...context, cwd: tmpdir() }
    expect(await list({ dir: 'outputs/runs' })).toEqual(['r1', 'r2', 'r3'])
    expect((await call('show', { run_id: './outputs/runs/r3' })).result.run.run_id).toBe('r3')
  })

  it('are found by directory name, by the id inside and by path; a near miss is suggested', async () => {
    for (const run_id of ['r2_btc', 'r2', 'outputs/runs/r2_btc', join(root, 'outputs/runs/r2_btc')])
      expect((await call('show', { run_id })).result.run.run_id, run_id).toBe('r2')
    expect((await failure('show', { run_id: 'r2_btd' })).details).toMatchObject([{ suggestion: 'r2_btc' }])
  })

  it('have a best one: the shallowest drawdown, the first of equals', async () => {
    expect((await call('best', { metric: 'max_drawdown' })).result).toMatchObject({ run_id: 'r2', value: -0.25 })
    expect((await call('best', { metric: 'trades' })).result).toMatchObject({ run_id: 'r1', value: 4 })
    expect((await failure('best', { metric: 'total_return' })).code).toBe('NOT_FOUND')
    expect((await failure('best', { dir: 'nowhere' })).code).toBe('NOT_FOUND')
  })

  it('come as CSV with numbers as numbers', async () => {
    const { table } = await call('list', { ticker: 'BTC-USD' })
    expect(csvText(table!())).toBe(
      'run_id,mode,created_at,git_commit,ticker,start,end,sharpe_simple,total_return,max_drawdown,trades,path\n' +
        `r2,grid,2026-01-01T00:00:00.000Z,,BTC-USD,,,,,-0.25,4,${root}/outputs/runs/r2_btc\n`,
    )
  })

  it('are shown as far as they can be read', async () => {
    writeFileSync(join(root, 'outputs/runs/r1/config.json'), '{')
    writeFileSync(join(root, 'outputs/runs/r1/metadata.json'), '{"a": 1}')
    const { result, warnings } = await call('show', { run_id: 'r1' })
    expect(result).toMatchObject({ run: { run_id: 'r1' }, metadata: { a: 1 }, config: null })
    expect(warnings).toHaveLength(1)
    expect(warnings![0]).toMatch(/r1: config\.json/)
  })

  const compare = (given: Partial<RunsCompareRequest>) => call('compare', { runs: ['r1', 'r2', 'r3'], ...given })

  it('are ranked in the working directory unless told otherwise', async () => {
    const { result, text } = await compare({ metric: 'max_drawdown' })
    expect(ids(result.report.runs)).toEqual(['r2', 'r1', 'r3'])
    expect(text!()).toContain('  JSON: compare_report.json\n')
    expect(existsSync(join(root, 'compare_report.md'))).toBe(true)
  })

  it('have no best one where none has the metric', async () => {
    const { result } = await compare({ metric: 'total_return', outdir: 'c' })
    expect(result.report).toMatchObject({ best_run_id: null, best_run_path: null, n_runs: 3 })
    expect(readFileSync(join(root, 'c/compare_report.md'), 'utf8')).toContain('_No run has a value of `total_return`._')
  })

  it('are refused together where some do not exist, and nothing is written', async () => {
    const error = await failure('compare', { runs: ['r1', 'nope', 'r3', 'gone/r'], outdir: 'c' })
    expect(error.code).toBe('NOT_FOUND')
    expect(error.details.map(detail => detail.pointer)).toEqual(['/params/runs/1', '/params/runs/3'])
    expect(existsSync(join(root, 'c'))).toBe(false)
  })

  it('are compared only below the root', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'quantlab-outside-'))
    symlinkSync(outside, join(root, 'link'))
    for (const outdir of ['..', outside, 'link', 'link/deeper', 'a/../../b'])
      expect((await failure('compare', { runs: ['r1'], outdir })).code, outdir).toBe('INVALID_CONFIG')
    expect(readdirSync(outside)).toEqual([])
    rmSync(outside, { recursive: true })
  })
})

describe('texts', () => {
  it('print numbers as published and let no control character through', async () => {
    addRun('d/a', { run_id: 'x\u001b[2Jy\nz', mode: 'run' }, { sharpe_simple: 0.00001, trades: 1e16 })
    addRun('d/b', { run_id: 'b' }, { sharpe_simple: -2, trades: 0 })
    const { text } = await call('list', { dir: 'd' })
    // Python's repr of the same doubles: 1e-05, -2.0, 1e+16, 0.0.
    expect(
      text!()
        .split('\n')
        .slice(4, 8)
        .map(line => line.trimEnd()),
    ).toEqual([
      'run_id    mode  ticker   created_at  sharpe_simple  trades',
      '----------------------------------------------------------',
      'x\ufffd[2Jy z  run   ETH-USD              1e-05          1e+16',
      'b               ETH-USD              -2.0           0.0',
    ])
  })

  it('do not repeat the column of trades', async () => {
    addRun('d/a', { run_id: 'a' }, { trades: 2 })
    const { text } = await call('list', { dir: 'd', metric: 'trades' })
    expect(text!().split('\n')[4]).toBe('run_id  mode  ticker   created_at  trades')
  })
})
