/** Pages in a real browser: no console error, every chart drawn. Left out, with a line that says so, where Chromium is not installed. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, emptyFolder, requestOf, rootWithData } from './harness.ts'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const browser = BROWSERS.find(path => existsSync(path))
if (browser === undefined) console.log('left out: pages in a browser (Chromium is not installed)')

/** The page after its scripts ran, and what they wrote to the console. */
function opened(page: string): { dom: string; console: string[] } {
  const profile = mkdtempSync(join(tmpdir(), 'quantlab-browser-'))
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
    `--user-data-dir=${profile}`,
    '--enable-logging=stderr',
    '--v=0',
    '--virtual-time-budget=4000',
    '--dump-dom',
  ]
  const { stdout, stderr } = spawnSync(browser!, [...flags, `file://${page}`], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 60_000,
  })
  return { dom: stdout, console: stderr.split('\n').filter(line => line.includes(':CONSOLE')) }
}

describe.runIf(browser !== undefined)('a page', () => {
  it('of a run draws every chart without an error', async () => {
    const root = await rootWithData()
    const run = await ask(root, requestOf('run', { report: true }))
    expectDrawn(join(run['artifacts_path'], 'artifacts/report.html'))
  })

  it('of a run, a forward and a paper session taken apart draws every chart without an error', async () => {
    const root = await rootWithData()
    const run = await ask(root, requestOf('run', { start: '2021-01-01', end: '2023-01-01' }))
    const later = { run_dir: run['run_id'], forward_start: '2023-01-01', forward_end: '2024-01-01' }
    const forward = await ask(root, requestOf('forward', later))
    const paper = await ask(root, requestOf('paper', { start: '2021-01-01', end: '2023-01-01' }))
    for (const { run_id } of [run, forward, paper]) {
      const { result } = await ask(root, requestOf('runs', { action: 'report', run_id }))
      expectDrawn(result.advanced_report_html)
    }
  })

  it('of two runs, and of a run and a session, draws every chart without an error', async () => {
    const root = await rootWithData()
    const params = { strategy: 'sma_cross', start: '2021-01-01', end: '2023-01-01' }
    const [a, b] = [await ask(root, requestOf('run', params)), await ask(root, requestOf('run', { ...params, fee: 0 }))]
    const paper = await ask(root, requestOf('paper', { ...params, end: '2022-01-01' }))
    for (const other of [b, paper]) {
      const sides = { a: a['run_id'], b: other['run_id'] }
      const { result } = await ask(root, requestOf('artifact', { action: 'compare', ...sides, out: 'compared.html' }))
      expectDrawn(result.out)
    }
  })

  it('of a paper session draws every chart without an error', async () => {
    const root = await rootWithData()
    const params = { start: '2021-01-01', end: '2023-01-01', report: true }
    const session = await ask(root, requestOf('paper', params))
    expectDrawn(join(session['artifacts_path'], 'artifacts/report.html'))
  })

  const grid = { interval: '1d', start: '2021-01-01', end: '2023-01-01' }
  const param_grid = { rsi_buy_max: [55, 60, 65], rsi_sell_min: [70, 80] }
  const walk = { start: '2019-01-01', walk_forward: { scheme: 'anchored', train: 500, test: 200 } }

  it.each<[string, object]>([
    ['grid', { ...grid, ticker: 'ETH-USD', param_grid }],
    ['walk-forward', { ...grid, ...walk, ticker: 'ETH-USD', param_grid }],
    ['universe', { ...grid, universe: ['ETH-USD', 'BTC-USD'], param_grid }],
    [
      'sweep of windows',
      { ticker: 'ETH-USD', interval: '1d', param_grid: { start: ['2019-01-01', '2020-01-01'], end: ['2022-01-01'] } },
    ],
  ])('of a %s draws every chart without an error', async (_, config) => {
    const root = await rootWithData()
    const sweep = await ask(root, requestOf('sweep', { config, threads: 0, report: true }))
    const page = join(sweep['artifacts_path'], 'artifacts/report.html')
    expectDrawn(page)
    // Between tags: the charting library knows the word.
    expect(readFileSync(page, 'utf8')).not.toMatch(/>[^<>{}]*\bundefined\b[^<>{}]*</)
  })

  it('with no trade draws what there is without an error', async () => {
    const root = await rootWithData()
    const params = { start: '2021-01-01', end: '2023-01-01', rsi_buy_max: 0, report: true }
    const run = await ask(root, requestOf('run', params))
    const { result } = await ask(root, requestOf('runs', { action: 'report', run_id: run['run_id'] }))
    for (const page of [result.report_html, result.advanced_report_html]) expectDrawn(page)
  })

  it.each(['ridge', 'logistic'])('of a %s draws every chart without an error', async family => {
    const root = await rootWithData()
    const window = { ticker: 'ETH-USD', start: '2018-01-01', end: '2021-01-01' }
    const params = { action: 'train', ...window, family, permutations: 19, report: true }
    const model = await ask(root, requestOf('model', params))
    const page = join(model['artifacts_path'], 'artifacts/report.html')
    expectDrawn(page)
    expect(readFileSync(page, 'utf8')).not.toMatch(/>[^<>{}]*\bundefined\b[^<>{}]*</)
  })

  it('of the regime monitor draws every chart without an error', async () => {
    const root = emptyFolder()
    const path = resolve('test/fixtures/regime/panel_synth_A')
    await ask(root, requestOf('dataset', { action: 'register', kind: 'panel', id: 'synth_a', path }))
    const config_path = resolve('test/fixtures/regime/config1/config.yaml')
    const params = { pipeline: 'majors_alts', start: '2022-01-03', end: '2024-06-20', config_path }
    const run = await ask(root, requestOf('run', params))
    expectDrawn(join(run['artifacts_path'], 'dashboard.html'))
  })
})

function expectDrawn(page: string): void {
  const { dom, console } = opened(page)
  expect(console).toEqual([])
  const places = dom.match(/class="chart"/g)?.length ?? 0
  const drawn = dom.match(/_echarts_instance_=/g)?.length ?? 0
  expect(places, 'chart places').toBeGreaterThan(0)
  expect(drawn, 'drawn charts').toBeGreaterThanOrEqual(places)
}
