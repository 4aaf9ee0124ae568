/** Sweeps over the monitor: golden members, experiments by patterns, failures that are told and kept, settings that are set over everything. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, call, emptyFolder, requestOf } from '../harness.ts'
import { goldenJson } from '../regime/golden.ts'

const FIXTURES = resolve('test/fixtures/regime')
const WINDOW = { pipeline: 'majors_alts', dataset_id: 'synth_a', start: '2022-01-03', end: '2024-06-20' }
const CONFIG = join(FIXTURES, 'config1/config.yaml')

type Json = ReturnType<typeof JSON.parse>

let root: string

beforeAll(async () => {
  root = emptyFolder()
  const path = join(FIXTURES, 'panel_synth_A')
  const answer = await ask(root, requestOf('dataset', { action: 'register', kind: 'panel', id: 'synth_a', path }))
  expect(answer['error']).toBeUndefined()
})

const sweep = (params: Record<string, unknown>) => ask(root, requestOf('sweep', { ...WINDOW, ...params }))
const json = (...path: string[]): Json => JSON.parse(readFileSync(join(...path), 'utf8'))
const runsNow = () => readdirSync(join(root, 'outputs/runs')).filter(name => /majors-alts_/.test(name))

/** Rows of a CSV without quoted commas in the named columns. */
function table(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n').map(cellsOf)
  return lines.map(cells => Object.fromEntries(header.map((name, k) => [name, cells[k]])))
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .map(([, cell]) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell))
    .slice(0, -1)
}

describe('parameters over a configuration', () => {
  let folder: string
  let rows: Record<string, string>[]

  beforeAll(async () => {
    const answer = await sweep({
      config_path: CONFIG,
      parameters: [
        { path: 'backtest.regime_position_scaling.enabled', values: [true, false] },
        { path: 'backtest.gate', values: ['majors_only', 'always'] },
      ],
    })
    expect(answer).toMatchObject({ status: 'success', contract_type: 'quantlab.sweep.result' })
    folder = answer['artifacts_path']
    rows = table(join(folder, 'members.csv'))
  })

  // config1 is gate always without scaling, config1b_gate majors_only with it; computed by an independent implementation.
  it.each([
    ['config1', 0],
    ['config1b_gate', 3],
  ])('make the golden case %s', (name, member) => {
    const golden = goldenJson<Record<string, number>>(`${name}/kpis.json`)
    for (const key of ['total_return', 'sharpe', 'max_drawdown', 'hit_rate', 'total_cost', 'n_days'])
      expect(Number(rows[member][key])).toBeCloseTo(golden[key], 9)
    const kpis = json(root, 'outputs/runs', rows[member]['run_id'], 'kpis.json')
    expect(kpis.sortino).toBeCloseTo(golden['sortino'], 9)
  })

  it('are told in their order, and the runs verify, without a dashboard', async () => {
    expect(rows.map(row => [row['member'], row['backtest.gate'], row['status']])).toEqual([
      ['0', 'always', 'success'],
      ['1', 'always', 'success'],
      ['2', 'majors_only', 'success'],
      ['3', 'majors_only', 'success'],
    ])
    for (const { run_id } of rows) {
      expect((await ask(root, requestOf('artifact', { action: 'verify', run_id })))['result'].verified).toBe(true)
      expect(existsSync(join(root, 'outputs/runs', run_id, 'dashboard.html'))).toBe(false)
    }
    expect(json(root, 'outputs/runs', rows[3]['run_id'], 'config.json').parameters).toEqual({
      'backtest.gate': 'majors_only',
      'backtest.regime_position_scaling.enabled': true,
    })
  })

  it('are one `replay` away, by number or run id; other words for a trial are refused', async () => {
    const sweepId = folder.split('/').at(-1)
    const replay = (more: object) => ask(root, requestOf('replay', { run_id: sweepId, ...more }))
    for (const trial of ['3', rows[3]['run_id']])
      expect((await replay({ trial }))['result']).toMatchObject({ match: true, replay_of: rows[3]['run_id'] })
    expect(await replay({})).toMatchObject({ exit_code: 2, error: { details: [{ pointer: '/params/trial' }] } })
    expect(await replay({ trial: '4' })).toMatchObject({ exit_code: 6, error: { code: 'NOT_FOUND' } })
    expect(await replay({ trial: '3', phase: 'test' })).toMatchObject({ exit_code: 2 })
  })

  it('are ranked by Sharpe ratio, judged, and stand in the index as one sweep', async () => {
    const leaders = table(join(folder, 'leaderboard.csv'))
    const sharpes = leaders.map(row => Number(row['sharpe']))
    expect(sharpes).toEqual(sharpes.toSorted((a, b) => b - a))
    const report = json(folder, 'report.json')
    expect(report.machine_contract).toMatchObject({ contract_type: 'quantlab.sweep.result', mode: 'majors_alts_sweep' })
    expect(report.machine_contract.best_result.run_id).toBe(leaders[0]['run_id'])
    expect(report).toMatchObject({ n_runs: 4, n_failed: 0, n_skipped: 0, summary: report.machine_contract.summary })
    expect(report.summary).toEqual(json(root, 'outputs/runs', leaders[0]['run_id'], 'metrics.json').summary)
    // Four trials on 648 days; neither parameter is a number, so none has neighbours.
    expect(report.overfitting).toMatchObject({ trials: 4, track_record_bars: 648, cscv_trials: 4 })
    expect(report.overfitting.stability.neighbours).toBe(0)
    const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id: report.header.run_id }))
    expect(verified['result'].checks).toEqual(['files', 'config_hash', 'report', 'fingerprint'])
  })
})

it('leaves what a sweep does not name as it is: one weight changes alone, an overlay that is swept is on', async () => {
  const answer = await sweep({
    config: { mode: 'msm' },
    parameters: [
      { path: 'regime.weights.momentum', values: [0.3] },
      { path: 'backtest.risk_management.trailing_stop.drawdown_threshold', values: [-0.1] },
    ],
  })
  const [row] = table(join(answer['artifacts_path'], 'members.csv'))
  const { settings } = json(root, 'outputs/runs', row['run_id'], 'config.json')
  // The published default weights, with the swept one in its place.
  expect(settings.regime.weights).toEqual({
    ...{ alt_breadth: 0.18, btc_dominance: 0.22, funding_skew: 0.12, funding_heating: 0.1 },
    ...{ liquidity: 0.13, volatility_spread: 0.13, momentum: 0.3, oi_risk: 0.04 },
  })
  expect(settings.backtest.risk_management.trailing_stop).toMatchObject({ enabled: true, drawdown_threshold: -0.1 })
})

describe('experiments', () => {
  let text: string

  beforeAll(() => {
    text = readFileSync(resolve('experiments/msm/msm_v1_baseline.yaml'), 'utf8')
    mkdirSync(join(root, 'exp/deep'), { recursive: true })
    writeFileSync(
      join(root, 'exp/b.yaml'),
      text.replace('experiment_id: msm_v1_baseline', 'experiment_id: second').replace('n: 20', 'n: 5'),
    )
    writeFileSync(join(root, 'exp/deep/a.yml'), text)
    writeFileSync(join(root, 'exp/notes.txt'), 'no experiment')
  })

  it('come from patterns, sorted, each file once; swept keys stand over them', async () => {
    const answer = await sweep({
      experiments: ['exp/**/*', 'exp/b.yaml'],
      parameters: [{ path: 'basket.n', values: [10] }],
    })
    const rows = table(join(answer['artifacts_path'], 'members.csv'))
    expect(rows.map(row => [row['experiment'], row['experiment_id'], row['target_n']])).toEqual([
      ['exp/b.yaml', 'second', '10'],
      ['exp/deep/a.yml', 'msm_v1_baseline', '10'],
    ])
  })

  it('an experiment with an unknown key fails alone: the others are published, the exit is its class', async () => {
    writeFileSync(join(root, 'exp/c.yaml'), `${text}surprise: 1\n`)
    const before = runsNow().length
    const answer = await sweep({ experiments: ['exp/c.yaml', 'exp/b.yaml'] })
    expect(answer).toMatchObject({ status: 'error', exit_code: 2, error: { code: 'INVALID_CONFIG' } })
    expect(answer['error'].message).toMatch(/1 of 2 runs failed, the first exp\/c\.yaml: .*surprise/)
    const folder = /kept: (.+)$/.exec(answer['error'].hint)?.[1] as string
    expect(table(join(folder, 'members.csv')).map(row => [row['status'], row['error_code']])).toEqual([
      ['failed', 'INVALID_CONFIG'],
      ['success', ''],
    ])
    expect(runsNow().length).toBe(before + 1)
    expect(json(folder, 'report.json')).toMatchObject({
      n_runs: 1,
      n_failed: 1,
      failed: [{ experiment: 'exp/c.yaml' }],
    })
  })

  it('one whose data do not allow it gives its class, and fail_fast leaves the rest out', async () => {
    writeFileSync(join(root, 'exp/d.yaml'), text.replace('{ BTC: 1.0 }', '{ ETH: 1.0 }'))
    const config = { universe: { majors: ['BTC', 'ETH', 'NOPE'] } }
    writeFileSync(join(root, 'exp/e.yaml'), text.replace('{ BTC: 1.0 }', '{ NOPE: 1.0 }'))
    const before = runsNow().length
    const answer = await sweep({ config, experiments: ['exp/e.yaml', 'exp/d.yaml'], fail_fast: true })
    expect([answer['exit_code'], answer['error'].code]).toEqual([3, 'DATA_ERROR'])
    expect(runsNow().length).toBe(before)
    const folder = /kept: (.+)$/.exec(answer['error'].hint)?.[1] as string
    expect(table(join(folder, 'members.csv')).map(row => row['status'])).toEqual(['failed', 'skipped'])
    expect(json(folder, 'report.json')).toMatchObject({ n_skipped: 1, results: [], overfitting: null })
  })

  it('answers the same from flags, and labels sweep and runs alike', async () => {
    const window = ['--start', '2022-01-03', '--end', '2023-03-01']
    const argv = ['sweep', '--pipeline', 'majors_alts', ...window, '--experiments', 'exp/b.yaml', 'exp/deep/*.yml']
    const { code, stdout } = await call(root, argv)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/2 runs\n\n=== LEADERBOARD[\s\S]*Verdict: /)])
    const tagged = await sweep({ experiments: ['exp/b.yaml'], tags: ['weekly'] })
    const [{ run_id }] = table(join(tagged['artifacts_path'], 'members.csv'))
    for (const id of [tagged['run_id'], run_id])
      expect(json(root, 'outputs/runs', id, 'manifest.json').metadata.tags).toEqual(['weekly'])
    const swept = await call(root, [...argv, '--parameters', '{"path":"basket.n","values":[5,10]}'])
    expect([swept.code, swept.stdout]).toEqual([0, expect.stringMatching(/4 runs\n[\s\S]*basket\.n/)])
  })
})

describe('refused before anything runs', () => {
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      'no key of that name',
      { parameters: [{ path: 'regime.treshold_high', values: [1] }] },
      '/params/parameters/0',
      /threshold_high/,
    ],
    [
      'a value of another type',
      { parameters: [{ path: 'basket.n', values: ['many'] }] },
      '/params/parameters/0',
      /integer/,
    ],
    [
      'a key without effect',
      { parameters: [{ path: 'logging.level', values: ['INFO'] }] },
      '/params/parameters/0',
      /no effect/,
    ],
    [
      'a threshold beyond the strong one',
      { parameters: [{ path: 'regime.threshold_high', values: [9] }] },
      '/params/parameters/0',
      /threshold_strong_high/,
    ],
    ['a file that is not there', { experiments: ['exp/none.yaml'] }, '/params/experiments/0', /is no file/],
    ['a pattern without a match', { experiments: ['exp/none*.yaml'] }, '/params/experiments/0', /matches no/],
    ['neither experiments nor parameters', {}, '/params', /'experiments' is required/],
    ['the space of a plain sweep', { experiments: ['exp/b.yaml'], threads: 2 }, '/params/threads', /does not go with/],
  ])('%s', async (_, params, pointer, message) => {
    const before = readdirSync(join(root, 'outputs/runs')).length
    const { exit_code, error } = await sweep(params)
    expect([exit_code, error.details[0].pointer]).toEqual([2, pointer])
    expect(error.details[0].message).toMatch(message)
    expect(readdirSync(join(root, 'outputs/runs')).length).toBe(before)
    expect(readdirSync(join(root, 'outputs/.staging'))).toEqual([])
  })

  it('more runs than max_trials, and keys of the pipeline without it', async () => {
    const parameters = [{ path: 'basket.n', values: [5, 6, 7] }]
    expect((await sweep({ parameters, max_trials: 2 }))['error'].message).toMatch(/more than max_trials 2/)
    const plain = await ask(root, requestOf('sweep', { config: {}, fail_fast: true }))
    expect(plain['error'].details).toContainEqual(expect.objectContaining({ pointer: '/params/fail_fast' }))
  })
})

it('a repeated request with its key is answered with the sweep, not with one of its runs', async () => {
  const request = requestOf(
    'sweep',
    { ...WINDOW, config_path: CONFIG, parameters: [{ path: 'basket.n', values: [8, 9] }] },
    { idempotency_key: 'sweep-once' },
  )
  const [first, second] = [await ask(root, request), await ask(root, request)]
  expect(second).toMatchObject({ replayed: true, run_id: first['run_id'], contract_type: 'quantlab.sweep.result' })
})
