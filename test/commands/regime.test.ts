/** The monitor as a caller sees it: goldens through the command, its files, its refusals. */

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readParquet } from '../../src/base/parquet.ts'
import { ask, call, emptyFolder, requestOf } from '../harness.ts'
import { noteAbsent, readColumns, sharedAvailable, sharedRoot } from '../reference.ts'
import { goldenCsv, goldenJson, numberCell } from '../regime/golden.ts'

const FIXTURES = resolve('test/fixtures/regime')
const DAY = 86_400_000
const WHOLE = { pipeline: 'majors_alts', dataset_id: 'synth_a', start: '2022-01-03', end: '2024-06-20' }

type Answer = Awaited<ReturnType<typeof ask>>
/** Whatever a document holds. */
type Json = ReturnType<typeof JSON.parse>

let root: string

beforeAll(async () => {
  root = await rootWithPanel()
})

async function rootWithPanel(): Promise<string> {
  const folder = emptyFolder()
  const path = join(FIXTURES, 'panel_synth_A')
  const answer = await ask(folder, requestOf('dataset', { action: 'register', kind: 'panel', id: 'synth_a', path }))
  expect(answer['error']).toBeUndefined()
  return folder
}

const configPath = (name: string) => join(FIXTURES, name, 'config.yaml')

async function run(params: Record<string, unknown>, at = root): Promise<Answer> {
  const answer = await ask(at, requestOf('run', params))
  if (answer['status'] !== 'success') throw new Error(JSON.stringify(answer['error']))
  return answer
}

function csv(path: string): Record<string, string[]> {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const cells = lines.map(line => line.split(','))
  return Object.fromEntries(header.split(',').map((name, i) => [name, cells.map(row => row[i])]))
}

function json(path: string): Json {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function expectNumbers(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>, absolute = 1e-10): void {
  expect([name, actual.length]).toEqual([name, expected.length])
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs(actual[i] - expected[i])
    const near = Number.isNaN(expected[i])
      ? Number.isNaN(actual[i])
      : gap <= Math.max(absolute, 1e-9 * Math.abs(expected[i]))
    if (!near) expect.fail(`${name} row ${i}: ${actual[i]} instead of ${expected[i]}`)
  }
}

/** A table of text cells against a golden one: text and flags exactly, numbers to the tolerance. */
function expectTable(actual: Record<string, string[]>, golden: Record<string, string[]>): void {
  for (const [name, cells] of Object.entries(golden)) {
    expect(Object.keys(actual)).toContain(name)
    if (cells.every(cell => cell === '' || Number.isFinite(Number(cell)))) {
      expectNumbers(name, actual[name].map(numberCell), cells.map(numberCell))
    } else
      expect([name, actual[name]]).toEqual([
        name,
        cells.map(cell => cell.replace(/^(True|False)$/, flag => flag.toLowerCase())),
      ])
  }
}

function expectTree(at: string, actual: Json, expected: Json, absolute = 1e-12): void {
  if (typeof expected === 'number') expectNumbers(at, [actual ?? Number.NaN], [expected], absolute)
  else if (typeof expected !== 'object' || expected === null) expect([at, actual]).toEqual([at, expected])
  else {
    expect([at, Object.keys(actual).sort()]).toEqual([at, Object.keys(expected).sort()])
    for (const key of Object.keys(expected)) expectTree(`${at}/${key}`, actual[key], expected[key], absolute)
  }
}

// The goldens were computed by an independent implementation on pandas and scipy.
describe.each(['config1', 'config1b_gate', 'config1c_risk', 'config1d_regular'])('golden case %s', name => {
  let folder: string
  let answer: Answer

  beforeAll(async () => {
    answer = await run({ ...WHOLE, config_path: configPath(name) })
    folder = answer['artifacts_path']
  })

  it('writes the golden backtest, day by day', () => {
    const golden = goldenCsv(`${name}/backtest_daily.csv`)
    const daily = csv(join(folder, 'bt_daily_pnl.csv'))
    expect(Object.keys(daily)).toEqual(Object.keys(golden))
    expectTable(daily, golden)
    const curve = csv(join(folder, 'bt_equity_curve.csv'))
    expectTable(curve, golden)
    expect(Object.keys(curve).at(-1)).toBe('drawdown')
    expect(Math.min(...curve['drawdown'].map(Number))).toBeCloseTo(answer['summary'].max_drawdown, 12)
  })

  it('writes the golden weights, returns and key figures', async () => {
    const weights = goldenCsv(`${name}/weights.csv`)
    const { columns } = await readParquet(join(folder, 'weights.parquet'))
    expect(Array.from(columns['date'] as Float64Array, at => new Date(at).toISOString().slice(0, 10))).toEqual(
      weights['date'],
    )
    expect(columns['asset_id']).toEqual(weights['asset_id'])
    expectNumbers('weight', columns['weight'] as Float64Array, weights['weight'].map(Number))
    const daily = goldenCsv(`${name}/backtest_daily.csv`)
    const returns = await readParquet(join(folder, 'returns.parquet'))
    expect(Object.keys(returns.columns)).toEqual(['date', 'pnl', 'cost', 'funding', 'r_ls_gross', 'r_ls_net'])
    expectNumbers('r_ls_net', returns.columns['r_ls_net'] as Float64Array, daily['r_ls_net'].map(numberCell))
    const kpis = goldenJson<Record<string, number>>(`${name}/kpis.json`)
    expectTree('', json(join(folder, 'kpis.json')), kpis)
    const metrics = goldenJson<Record<string, unknown>[]>(`${name}/regime_metrics.json`)
    expectTree('', json(join(folder, 'metrics.json')).regime_metrics, metrics)
    expect(csv(join(folder, 'regime_metrics.csv'))['regime']).toEqual(metrics.map(row => row['regime']))
  })

  it('sums the run up: trades are days with turnover, win rate the share of invested days', () => {
    const golden = goldenCsv(`${name}/backtest_daily.csv`)
    const kpis = goldenJson<Record<string, number>>(`${name}/kpis.json`)
    const net = golden['r_ls_net'].map(numberCell)
    const mean = net.reduce((sum, r) => sum + r, 0) / net.length
    const deviation = Math.sqrt(net.reduce((sum, r) => sum + (r - mean) * (r - mean), 0) / (net.length - 1))
    expectTree('', answer['summary'], {
      total_return: kpis['total_return'],
      sharpe_simple: (Math.sqrt(252) * mean) / (deviation + 1e-12),
      max_drawdown: kpis['max_drawdown'],
      trades: net.filter((_, i) => Number(golden['alt_turnover'][i]) + Number(golden['major_turnover'][i]) > 0).length,
      win_rate: kpis['hit_rate'],
    })
  })

  it('scores and classifies as the golden does', async () => {
    const golden = goldenCsv('shared/regime_timeline.csv')
    expectTable(csv(join(folder, 'regime_timeline.csv')), golden)
    const series = await readParquet(join(folder, 'regime_timeseries.parquet'))
    expect(Array.from(series.columns['regime'] as string[], regime => regime ?? '')).toEqual(golden['regime'])
    const features = goldenCsv('shared/features.csv')
    const { columns } = await readParquet(join(folder, 'features_wide.parquet'))
    expect(Object.keys(columns)).toEqual(Object.keys(features))
    for (const [column, cells] of Object.entries(features)) {
      if (/^(raw|z)_/.test(column)) expectNumbers(column, columns[column] as Float64Array, cells.map(numberCell))
      else if (column !== 'date') expect(columns[column]).toEqual(cells.map(cell => cell === 'True'))
    }
    expectTree('', json(join(folder, 'stability.json')), goldenJson('shared/stability.json'), 1e-10)
  })

  it('judges the regimes in mode msm, and in mode regular where asked', () => {
    if (name === 'config1d_regular') {
      expect(existsSync(join(folder, 'regime_evaluation.json'))).toBe(false)
      expect(csv(join(folder, 'target_returns.csv'))).toEqual({ date: [], target_return: [] })
      expect(Object.keys(json(join(folder, 'regular_mode_samples.json')))[0]).toBe('2022-09-12')
      return
    }
    expectTree('', json(join(folder, 'regime_evaluation.json')), goldenJson('shared/regime_evaluation.json'), 1e-9)
    expectTable(csv(join(folder, 'target_returns.csv')), goldenCsv('shared/target_returns.csv'))
    expectTable(csv(join(folder, 'basket_weekly.csv')), goldenCsv('shared/basket_weekly.csv'))
  })

  it('leaves a directory that verifies, lists every file, and stands in the index', async () => {
    const report = json(join(folder, 'report.json'))
    const listed = report.artifacts.map((file: { file_name: string }) => file.file_name)
    expect([...listed, 'report.json'].sort()).toEqual(readdirSync(folder).sort())
    expect(report.machine_contract).toMatchObject({ contract_type: 'quantlab.run.result', mode: 'majors_alts' })
    expect(report.summary).toEqual(answer['summary'])
    const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id: answer['run_id'] }))
    expect(verified['result']).toMatchObject({
      checks: ['files', 'config_hash', 'report', 'fingerprint', 'result_hash'],
    })
    const index = json(answer['runs_index_json'])
    const row = index.runs.find((one: { run_id: string }) => one.run_id === answer['run_id'])
    expect(row).toMatchObject({
      mode: 'majors_alts',
      start: WHOLE.start,
      end: WHOLE.end,
      trades: answer['summary'].trades,
    })
    expect(answer['run_id']).toMatch(/^\d{8}_\d{6}_majors-alts_[0-9a-f]{7}(-\d+)?$/)
  })
})

it('gives the same bytes again, except for what names the run and its time', async () => {
  const params = { ...WHOLE, config_path: configPath('config1b_gate') }
  const [first, second] = [await run(params), await run(params)]
  const read = (answer: Answer, name: string) => readFileSync(join(answer['artifacts_path'], name))
  for (const { file_name } of json(first['report_path']).artifacts) {
    if (/^(manifest|metadata)\.json$|^run_report\.md$|^dashboard\.html$/.test(file_name)) continue
    expect([file_name, read(first, file_name).equals(read(second, file_name))]).toEqual([file_name, true])
  }
  expect(json(first['report_path']).result_hash).toBe(json(second['report_path']).result_hash)
  const page = (answer: Answer) =>
    read(answer, 'dashboard.html')
      .toString()
      .replaceAll(answer['run_id'], 'ID')
      .replaceAll(/[0-9a-f]{32}\b|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '-')
  expect(page(first)).toBe(page(second))
})

it('names what the run was made of in its manifest', async () => {
  const experiment_path = resolve('experiments/msm/msm_v1_baseline.yaml')
  const answer = await run({ ...WHOLE, experiment_path })
  const manifest = json(join(answer['artifacts_path'], 'manifest.json'))
  expect(manifest).toMatchObject({
    experiment_id: 'msm_v1_baseline',
    category_path: 'msm',
    // As the goldens' README says of the panel: 900 days from 2022-01-03, funding, no open interest.
    data_snapshot_dates: { price: '2024-06-20', funding: '2024-06-20', open_interest: null },
  })
  expect(manifest.experiment_spec.target.short_leg).toEqual({
    n: 20,
    weighting: 'equal',
    min_volume_usd: 1000,
  })
  expect(manifest.resolved_config.basket).toMatchObject({ n: 20, min_volume_usd: 1000 })
  expect(manifest.snapshot_id).toBe('synth_a')
  for (const name of Object.values(manifest.artifact_paths)) {
    expect(existsSync(join(answer['artifacts_path'], name as string))).toBe(true)
  }
  const config = json(join(answer['artifacts_path'], 'config.json'))
  expect(config).toMatchObject({ mode: 'msm', asof: null, prefetch_days: 0 })
  expect(config.experiment.experiment_id).toBe('msm_v1_baseline')
})

it('answers the published flag form, with the experiment as a path and no data set named', async () => {
  const experiment = resolve('experiments/msm/msm_v1_baseline.yaml')
  const window = ['--start', '2022-01-03', '--end', '2023-03-01']
  const { code, stdout, stderr } = await call(root, [
    'run',
    '--pipeline',
    'majors_alts',
    ...window,
    '--experiment',
    experiment,
  ])
  expect([code, stderr]).toEqual([0, expect.stringContaining('synth_a was chosen')])
  expect(stdout).toMatch(/=== REGIME ===\nregime: \w+/)
  expect(stdout).toMatch(/Saved: .*dashboard\.html/)
})

it('answers the published word for the signals of a day', async () => {
  const { code, stdout } = await call(root, ['signals', '--asof', '2023-11-30', '--config', configPath('config1')])
  expect([code, stdout]).toEqual([0, expect.stringMatching(/=== SIGNALS 2023-11-30 ===[\s\S]*\nBTC: 0\.5\n/)])
  expect((await call(root, ['signals', '--asof', '2030-01-01'])).code).toBe(3)
  const { code: refused, stderr } = await call(root, ['signals', '--config', configPath('config1')])
  expect([refused, stderr]).toEqual([2, expect.stringContaining('--asof')])
})

it.each([
  [{ ...WHOLE, fee: 0.1 }, '/params/fee', /does not go with/],
  [{ pipeline: 'majors_alts', asof: '2023-01-01', start: '2022-01-03' }, '/params/start', /does not go with/],
  [{ pipeline: 'majors_alts', start: '2022-01-03' }, '/params', /'end' is required/],
  [{ mode: 'msm' }, '/params/mode', /does not go with/],
])('refuses %j', async (params, pointer, message) => {
  const { exit_code, error } = await ask(root, requestOf('run', params))
  expect([exit_code, error.details]).toEqual([
    2,
    [expect.objectContaining({ pointer, message: expect.stringMatching(message) })],
  ])
})

describe('windows', () => {
  it('includes both ends, and cuts before anything is computed', async () => {
    const answer = await run({ ...WHOLE, start: '2022-02-01', end: '2023-02-01', config_path: configPath('config1') })
    const { date, score } = csv(join(answer['artifacts_path'], 'regime_timeline.csv'))
    expect([date[0], date.at(-1), date.length]).toEqual(['2022-02-01', '2023-02-01', 366])
    // burn_in_days 60 counts from the start.
    expect(score.findIndex(cell => cell !== '')).toBe(60)
  })

  it('warms features up on earlier days without scoring or showing them', async () => {
    const start = '2022-06-01'
    const params = { ...WHOLE, start, end: '2023-06-01', config_path: configPath('config1') }
    const plain = await run(params)
    const warm = await run({ ...params, prefetch_days: 120 })
    const golden = goldenCsv('shared/features.csv')
    const at = golden['date'].indexOf(start)
    const first = async (answer: Answer) => {
      const { columns } = await readParquet(join(answer['artifacts_path'], 'features_wide.parquet'))
      return [(columns['date'] as Float64Array)[0], (columns['z_btc_dominance'] as Float64Array)[0]]
    }
    expect(await first(plain)).toEqual([Date.parse(start), Number.NaN])
    const [day, z] = await first(warm)
    expect(day).toBe(Date.parse(start))
    // 120 earlier days hold the window of 60 whole: the value is that of the run over everything.
    expect(z).toBeCloseTo(Number(golden['z_btc_dominance'][at]), 9)
    expect(csv(join(warm['artifacts_path'], 'regime_timeline.csv'))['score'].findIndex(cell => cell !== '')).toBe(60)
  })

  it('writes headers alone where no day follows the look-back window', async () => {
    const answer = await run({ ...WHOLE, end: '2022-05-01', config_path: configPath('config1') })
    const folder = answer['artifacts_path']
    expect(answer['warnings']).toContainEqual(expect.stringContaining('BACKTEST_EMPTY'))
    expect(answer['summary']).toEqual({
      total_return: null,
      sharpe_simple: null,
      max_drawdown: null,
      trades: 0,
      win_rate: null,
    })
    expect(readFileSync(join(folder, 'bt_daily_pnl.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(1)
    expect(json(join(folder, 'kpis.json'))).toMatchObject({ n_days: 0, sharpe: null, hit_rate: null })
    expect((await readParquet(join(folder, 'weights.parquet'))).rows).toBe(0)
    expect(readFileSync(join(folder, 'dashboard.html'), 'utf8')).toContain('No basket.')
  })

  it.each([
    [{ start: '2030-01-01', end: '2030-02-01' }, 3, /synth_a/],
    [{ start: '2022-02-30', end: '2022-05-01' }, 2, /2022-02-30/],
    [{ start: '2022-05-02T00:00Z', end: '2022-06-01' }, 2, /no date/],
    [{ start: '2022-05-02', end: '2022-05-01' }, 2, /must not be before/],
  ])('refuses %j with %i', async (window, code, message) => {
    const { error, exit_code } = await ask(root, requestOf('run', { ...WHOLE, ...window }))
    expect([exit_code, error.message]).toEqual([code, expect.stringMatching(message)])
  })
})

describe('signals of a day', () => {
  const config_path = configPath('config1')

  it('says what the engine would hold, from the whole series up to the day', async () => {
    const asof = '2023-11-30'
    const answer = await run({ pipeline: 'majors_alts', dataset_id: 'synth_a', asof, config_path })
    const signals = json(join(answer['artifacts_path'], 'signals_today.json'))
    expect(answer['result']).toEqual(signals)
    const timeline = goldenCsv('shared/regime_timeline.csv')
    const at = timeline['date'].indexOf(asof)
    expect(signals).toMatchObject({ asof_date: asof, regime: timeline['regime'][at], decision: 'rebalance' })
    expect(signals.score).toBeCloseTo(Number(timeline['score'][at]), 9)
    // Daily rebalance with a lag of one day: the golden holds tomorrow what is decided today.
    const weights = goldenCsv('config1/weights.csv')
    const tomorrow = weights['date'].flatMap((date, i) =>
      date === '2023-12-01' ? [[weights['asset_id'][i], Number(weights['weight'][i])] as const] : [],
    )
    expect(Object.keys(signals.target_weights).sort()).toEqual(tomorrow.map(([asset]) => asset).sort())
    for (const [asset, weight] of tomorrow) expect(signals.target_weights[asset]).toBeCloseTo(weight, 9)
    expect(signals.suggested_gross).toBeCloseTo(1, 12)
    expect(signals.leg_weights.majors).toEqual({ BTC: 0.5 })
    const features = goldenCsv('shared/features.csv')
    expect(signals.key_features.btc_dominance).toBeCloseTo(Number(features['raw_btc_dominance'][at]), 9)
    expect(json(join(answer['artifacts_path'], 'config.json'))).toMatchObject({ start: '2022-01-03', end: asof, asof })
  })

  it.each(['2021-12-31', '2024-06-21'])('refuses %s, which the panel does not have, with 3', async asof => {
    const { exit_code, error } = await ask(
      root,
      requestOf('run', { pipeline: 'majors_alts', dataset_id: 'synth_a', asof, config_path }),
    )
    expect([exit_code, error.code]).toEqual([3, 'DATA_ERROR'])
  })
})

describe('copies of the reports', () => {
  it('go where the request says, else where the configuration says, and always below the root', async () => {
    const at = await rootWithPanel()
    const window = { ...WHOLE, end: '2023-03-01' }
    const answer = await run({ ...window, config: { mode: 'msm' }, reports_dir: 'reports/here' }, at)
    const names = readdirSync(join(at, 'reports/here'))
    expect(names).toEqual(
      expect.arrayContaining(['kpis.json', 'dashboard.html', 'manifest.json', 'features_wide.parquet']),
    )
    expect(names).not.toContain('report.json')
    for (const name of names) {
      expect(
        readFileSync(join(at, 'reports/here', name)).equals(readFileSync(join(answer['artifacts_path'], name))),
      ).toBe(true)
    }
    await run({ ...window, config: { outputs: { reports_dir: './reports/there' } } }, at)
    expect(existsSync(join(at, 'reports/there/regime_timeline.csv'))).toBe(true)

    mkdirSync(join(at, 'links'))
    symlinkSync(emptyFolder(), join(at, 'links/out'))
    for (const reports_dir of ['../elsewhere', '/tmp', 'links/out/x']) {
      const { exit_code, error } = await ask(at, requestOf('run', { ...window, reports_dir }))
      expect([reports_dir, exit_code, error.message]).toEqual([
        reports_dir,
        2,
        expect.stringContaining('out of the root'),
      ])
    }
  })
})

it('leaves no run but a record of the failure', async () => {
  const at = await rootWithPanel()
  writeFileSync(join(at, 'bad.yaml'), 'universe: {majors: [BTC, NOPE]}\ntarget: {long_leg: {weights: {NOPE: 1}}}\n')
  const { exit_code } = await ask(at, requestOf('run', { ...WHOLE, config_path: 'bad.yaml' }))
  expect(exit_code).toBe(3)
  expect(existsSync(join(at, 'outputs/runs'))).toBe(false)
  expect(readdirSync(join(at, 'outputs/failures'))).toEqual([expect.stringMatching(/_majors-alts_[0-9a-f]{7}\.json$/)])
  expect(readdirSync(join(at, 'outputs/.staging'))).toEqual([])
})

it('needs a registered panel', async () => {
  const { exit_code, error } = await ask(emptyFolder(), requestOf('run', { ...WHOLE, dataset_id: undefined }))
  expect([exit_code, error.message]).toEqual([3, 'No panel is registered'])
  const unknown = await ask(root, requestOf('run', { ...WHOLE, dataset_id: 'nope' }))
  expect(unknown['exit_code']).toBe(6)
})

// Coin Metrics prices (CC BY-NC 4.0): read where they are, never kept.
const COIN_METRICS = 'panels/coinmetrics_majors_alts_2018-07_2020-07.parquet'
if (!sharedAvailable) noteAbsent('the monitor on the Coin Metrics panel')

it.runIf(sharedAvailable)('runs on real data, and its weights replay to its returns', async () => {
  const at = emptyFolder()
  const path = join(sharedRoot, 'data', COIN_METRICS)
  const { numbers, texts } = await readColumns(COIN_METRICS)
  const assets = new Set(texts['asset_id'])
  const stable_assets = ['USDT', 'USDC', 'TUSD', 'PAX', 'DAI', 'GUSD', 'BUSD', 'USDT_OMNI'].filter(id => assets.has(id))
  const registered = await ask(
    at,
    requestOf('dataset', { action: 'register', kind: 'panel', id: 'cm', path, stable_assets, wrapped_assets: [] }),
  )
  expect(registered['error']).toBeUndefined()
  const window = { start: '2018-07-01', end: '2020-07-27' }
  const answer = await run({ pipeline: 'majors_alts', ...window, config_path: configPath('config1') }, at)
  const folder = answer['artifacts_path']
  expect(answer['warnings']).toContainEqual(expect.stringContaining('NO_FUNDING'))

  // Prices straight from the file: asset → day → close.
  const closes = new Map<string, number>()
  const key = (asset: string, day: number) => `${asset} ${day}`
  numbers['price'].forEach((price, i) => {
    if (!Number.isNaN(price)) closes.set(key(texts['asset_id'][i] as string, numbers['date'][i]), price)
  })
  const weights = await readParquet(join(folder, 'weights.parquet'))
  const [date, asset, weight] = ['date', 'asset_id', 'weight'].map(name => weights.columns[name]) as [
    Float64Array,
    string[],
    Float64Array,
  ]
  const earned = new Map<number, number>()
  date.forEach((day, i) => {
    const change =
      (closes.get(key(asset[i], day + DAY)) ?? Number.NaN) / (closes.get(key(asset[i], day)) ?? Number.NaN) - 1
    // A day without a close on either side is marked later: such days are left out below.
    earned.set(day + DAY, (earned.get(day + DAY) ?? 0) + weight[i] * change)
  })
  const daily = csv(join(folder, 'bt_daily_pnl.csv'))
  let compared = 0
  daily['date'].forEach((day, i) => {
    const replayed = earned.get(Date.parse(day))
    if (replayed === undefined || Number.isNaN(replayed)) return
    compared++
    expect(Number(daily['r_ls_gross'][i])).toBeCloseTo(replayed, 12)
  })
  expect(compared).toBeGreaterThan(400)

  // BTC over BTC and alts, by hand on the last day.
  const last = Date.parse(window.end)
  const caps = numbers['market_cap'].map((cap, i) => (numbers['date'][i] === last ? cap : Number.NaN))
  const sum = (keep: (id: string) => boolean) =>
    caps.reduce(
      (total, cap, i) => (Number.isNaN(cap) || !keep(texts['asset_id'][i] as string) ? total : total + cap),
      0,
    )
  const btc = sum(id => id === 'BTC')
  const alts = sum(id => !['BTC', 'ETH', ...stable_assets].includes(id))
  const features = await readParquet(join(folder, 'features_wide.parquet'))
  expect((features.columns['raw_btc_dominance'] as Float64Array).at(-1)).toBeCloseTo(btc / (btc + alts), 12)
})
