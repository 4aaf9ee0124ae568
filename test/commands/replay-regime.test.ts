/** Replay of runs of the monitor: the same result whatever the order of keys, and refusals of changed inputs and results. */

import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { ask, emptyFolder, requestOf } from '../harness.ts'

const FIXTURES = resolve('test/fixtures/regime')
const WINDOW = { pipeline: 'majors_alts', dataset_id: 'synth_a', start: '2022-01-03', end: '2023-06-30' }

let root: string

beforeAll(async () => {
  root = emptyFolder()
  const path = join(FIXTURES, 'panel_synth_A')
  const answer = await ask(root, requestOf('dataset', { action: 'register', kind: 'panel', id: 'synth_a', path }))
  expect(answer['error']).toBeUndefined()
})

async function run(params: Record<string, unknown>) {
  const answer = await ask(root, requestOf('run', params))
  expect(answer['error']).toBeUndefined()
  return answer
}

const replay = (run_id: string) => ask(root, requestOf('replay', { run_id }))
const bytes = (folder: string, name: string) => readFileSync(join(folder, name))
const experiment_path = resolve('experiments/msm/msm_v1_baseline.yaml')
const config_path = (name: string) => join(FIXTURES, name, 'config.yaml')

it.each<[string, Record<string, unknown>]>([
  ['an experiment', { ...WINDOW, experiment_path }],
  ['a risk overlay', { ...WINDOW, config_path: config_path('config1c_risk') }],
  ['regular mode', { ...WINDOW, config_path: config_path('config1d_regular') }],
  ['a warm-up', { ...WINDOW, start: '2022-06-01', prefetch_days: 120, config_path: config_path('config1') }],
  ['signals of a day', { pipeline: 'majors_alts', dataset_id: 'synth_a', asof: '2023-06-30', experiment_path }],
])('gives the same bytes: %s', async (_, params) => {
  const original = await run(params)
  const again = await replay(original['run_id'])
  expect(again['result']).toMatchObject({ match: true, differences: [], replay_of: original['run_id'] })
  for (const name of ['config.json', 'metrics.json', 'bt_daily_pnl.csv', 'regime_timeline.csv', 'weights.parquet'])
    expect([name, bytes(again['artifacts_path'], name).equals(bytes(original['artifacts_path'], name))]).toEqual([
      name,
      true,
    ])
  const report = JSON.parse(bytes(again['artifacts_path'], 'report.json').toString())
  expect(report).toMatchObject({ replay_of: original['run_id'], replay: { match: true } })
})

it('the order in which weights are written changes no bit: sums over them have an order of their own', async () => {
  const weights = { momentum: 0.08, oi_risk: 0.04, liquidity: 0.13, alt_breadth: 0.18, btc_dominance: 0.22 }
  const turned = Object.fromEntries(Object.entries(weights).reverse())
  const [first, second] = [
    await run({ ...WINDOW, config: { regime: { weights } } }),
    await run({ ...WINDOW, config: { regime: { weights: turned } } }),
  ]
  for (const name of ['config.json', 'regime_timeline.csv', 'bt_daily_pnl.csv'])
    expect([name, bytes(first['artifacts_path'], name).equals(bytes(second['artifacts_path'], name))]).toEqual([
      name,
      true,
    ])
})

it('tells a result that was changed with all its hashes, at the first day that differs', async () => {
  const original = await run({ ...WINDOW, experiment_path })
  const folder = original['artifacts_path']
  const daily = bytes(folder, 'bt_daily_pnl.csv').toString()
  const lines = daily.split('\n')
  const at = lines[0].split(',').indexOf('regime')
  const cells = lines[3].split(',')
  cells[at] = 'BALANCED-ISH'
  lines[3] = cells.join(',')
  writeFileSync(join(folder, 'bt_daily_pnl.csv'), lines.join('\n'))
  const report = JSON.parse(bytes(folder, 'report.json').toString())
  const file = report.artifacts.find((one: { file_name: string }) => one.file_name === 'bt_daily_pnl.csv')
  file.sha256 = createHash('sha256').update(lines.join('\n')).digest('hex')
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report))
  // The list of files agrees; the hash of the result does not.
  const refused = await replay(original['run_id'])
  expect([refused['exit_code'], refused['error'].message]).toEqual([7, expect.stringMatching(/result_hash/)])
})

it('refuses a panel that was removed, and one that came back with other content', async () => {
  const path = join(FIXTURES, 'panel_synth_A')
  const other = emptyFolder()
  await ask(other, requestOf('dataset', { action: 'register', kind: 'panel', id: 'p', path }))
  const params = {
    pipeline: 'majors_alts',
    dataset_id: 'p',
    start: '2022-01-03',
    end: '2022-12-31',
    config: { mode: 'msm' },
  }
  const { run_id } = await ask(other, requestOf('run', params))
  rmSync(join(other, 'lake'), { recursive: true })
  const gone = await ask(other, requestOf('replay', { run_id }))
  expect([gone['exit_code'], gone['error'].code]).toEqual([6, 'NOT_FOUND'])
  const generated = { action: 'generate', kind: 'panel', id: 'p', seed: 1, parameters: { days: 400 } }
  expect((await ask(other, requestOf('dataset', generated)))['error']).toBeUndefined()
  const changed = await ask(other, requestOf('replay', { run_id }))
  expect([changed['exit_code'], changed['error'].message]).toEqual([
    7,
    expect.stringMatching(/not the one run .* read: content_hash/),
  ])
})
