/** `model` end to end: what a training leaves on disk, what may be asked of it afterwards, and what is refused. */

import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, call, requestOf, rootWithData } from '../harness.ts'

type Json = Record<string, any>

const WINDOW = { ticker: 'ETH-USD', start: '2018-01-01', end: '2024-01-01' }
const FEATURES = [
  { kind: 'return' },
  { kind: 'return', window: 5, lag: 1, returns: 'simple' },
  { kind: 'indicator', indicator: 'bollinger', output: 'percent_b' },
  { kind: 'indicator', indicator: 'sma', params: { window: 30 } },
]
const trainRequest = (params: Json = {}, more: Json = {}) =>
  requestOf('model', { action: 'train', ...WINDOW, permutations: 19, features: FEATURES, ...params }, more)
const modelRequest = (action: string, params: Json = {}) => requestOf('model', { action, ...params })
const read = (path: string, name: string): Json => JSON.parse(readFileSync(join(path, name), 'utf8'))
const namesIn = (path: string) => (existsSync(path) ? readdirSync(path).sort() : [])

/** What no run may leave: half-written work. */
function expectClean(root: string): void {
  expect(namesIn(join(root, 'outputs/.staging')).filter(name => !name.endsWith('.lock'))).toEqual([])
}

let root: string
let answer: Json
let path: string
let summary: Json

beforeAll(async () => {
  root = await rootWithData()
  answer = await ask(root, trainRequest({ report: true, tags: ['nightly'] }), { signals: 'signals.jsonl' })
  if (answer['status'] !== 'success') throw new Error(JSON.stringify(answer['error']))
  path = answer['artifacts_path']
  summary = read(path, 'training_summary.json')
})

describe('a training', () => {
  it('answers the run fields, the verdict, and the summary of its run on the test split', () => {
    expect(answer).toMatchObject({
      command: 'model',
      contract_type: 'quantlab.model.result',
      run_id: expect.stringMatching(/^\d{8}_\d{6}_model_[0-9a-f]{7}$/),
      report_path: join(path, 'training_summary.json'),
      result: { eligible_for_paper: false, leakage_checks_passed: true, model_run_id: answer['run_id'] },
    })
    expect(path).toBe(join(root, 'outputs/model_runs', answer['run_id']))
    const run = read(join(root, 'outputs/runs', answer['result'].downstream_run_id), 'report.json')
    expect(run['summary']).toEqual(answer['summary'])
  })

  it('leaves the four published documents and what helps, each valid against its schema', () => {
    expect(namesIn(path)).toEqual([
      ...['artifacts', 'config.json', 'dataset_manifest.json', 'feature_manifest.json', 'manifest.json', 'model.json'],
      ...['model_config.json', 'model_report.md', 'predictions.csv', 'training_summary.json'],
    ])
    const ajv = new Ajv({ strict: false, allErrors: true })
    for (const name of readdirSync('schemas', { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.json')) ajv.addSchema(JSON.parse(readFileSync(join('schemas', name), 'utf8')))
    for (const [file, schema] of [
      ['dataset_manifest.json', 'artifacts/model-dataset-manifest'],
      ['feature_manifest.json', 'artifacts/model-feature-manifest'],
      ['model_config.json', 'artifacts/model-config'],
      ['training_summary.json', 'artifacts/model-training-summary'],
      ['config.json', 'artifacts/model-run-config'],
      ['manifest.json', 'artifacts/run-manifest'],
      ['model.json', 'strategies/learned_model'],
    ]) {
      const valid = ajv.validate(`https://quantlab.dev/schemas/1.0/${schema}.schema.json`, read(path, file))
      expect([file, valid || ajv.errors]).toEqual([file, true])
    }
    const result = ajv.validate(
      { $ref: 'https://quantlab.dev/schemas/1.0/commands/model.schema.json#/$defs/train_result' },
      answer['result'],
    )
    expect(result || ajv.errors).toBe(true)
    expectClean(root)
  })

  it('states every boundary: splits in order, no target across them', () => {
    const { split, rows, target } = read(path, 'dataset_manifest.json')
    const { train, validation, test } = split
    const order = [
      ...[train.first_row, train.last_row, train.last_label_end, validation.first_row, validation.last_row],
      ...[validation.last_label_end, test.first_row, test.last_row, test.last_label_end],
    ]
    expect(order).toEqual(order.toSorted())
    expect(train.last_label_end < validation.start && validation.last_label_end < test.start).toBe(true)
    expect(new Set(order).size).toBe(order.length)
    expect(train.rows + validation.rows + test.rows).toBe(rows)
    expect(test.end).toBe('2024-01-01T00:00:00.000Z')
    expect(target).toEqual({
      ...{ name: 'forward_return', horizon: '1d', horizon_bars: 1, returns: 'log', threshold: null },
      definition: 'ln(close[t+1] / close[t])',
    })
    expect(readFileSync(join(path, 'predictions.csv'), 'utf8').trim().split('\n')).toHaveLength(rows + 1)
  })

  it('fits what numbers from its own predictions and features say it fitted', () => {
    const lines = readFileSync(join(path, 'predictions.csv'), 'utf8').trim().split('\n').slice(1)
    const rows = lines.map(line => line.split(','))
    const test = rows.filter(([, split]) => split === 'test')
    const squares = test.reduce(
      (total, [, , predicted, target]) => total + (Number(predicted) - Number(target)) ** 2,
      0,
    )
    expect(summary['metrics'].test.loss).toBeCloseTo(squares / test.length, 15)
    const train = rows.filter(([, split]) => split === 'train')
    const centre = train.reduce((total, [, , , target]) => total + Number(target), 0) / train.length
    expect(read(path, 'model.json')['intercept']).toBeCloseTo(centre, 15)
    const constant = test.reduce((total, [, , , target]) => total + (Number(target) - centre) ** 2, 0)
    expect(summary['metrics'].test.skill).toBeCloseTo(1 - squares / constant, 12)
  })

  it('compares with every baseline on exactly the same bars', () => {
    const { downstream_market: own } = summary['metrics']
    const { rule_based_baseline: rule, buy_and_hold: held, classical_market: last } = summary['baseline_comparison']
    for (const market of [own, rule, held, last]) {
      expect(market).toMatchObject({ first_bar: own.first_bar, last_bar: own.last_bar, bars: own.bars })
    }
    expect([own.strategy, rule.strategy, held.strategy]).toEqual(['learned_model', 'rsi_ma_cross_v2', 'buy_and_hold'])
    expect(own.first_bar).toBe(read(path, 'dataset_manifest.json')['split'].test.first_row)
    expect(held.summary.trades).toBe(1)
  })

  it('publishes a normal run that names it, and stays out of the runs index itself', () => {
    const run = join(root, 'outputs/runs', answer['result'].downstream_run_id)
    expect(read(run, 'report.json')['model_run_id']).toBe(answer['run_id'])
    expect(read(run, 'manifest.json')['metadata']).toMatchObject({
      model_run_id: answer['run_id'],
      tags: ['nightly', `model_run:${answer['run_id']}`],
    })
    expect(read(run, 'config.json')['strategy_params']).toEqual(read(path, 'model.json'))
    const index = read(join(root, 'outputs/runs'), 'runs_index.json')['runs'].map((row: Json) => row['run_id'])
    expect(index).toContain(answer['result'].downstream_run_id)
    expect(index).not.toContain(answer['run_id'])
  })

  it('signals its start, its permutations and its end', () => {
    const events = readFileSync(join(root, 'signals.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events[0]).toMatchObject({ event: 'SESSION_STARTED', mode: 'model' })
    expect(events.some(event => event.event === 'SESSION_PROGRESS' || event.done !== undefined)).toBe(true)
    expect(events.at(-1)).toMatchObject({ event: 'SESSION_COMPLETED', run_id: answer['run_id'] })
  })

  it('is a document for people too', () => {
    const text = readFileSync(join(path, 'model_report.md'), 'utf8')
    for (const heading of ['Model', 'Splits', 'Criteria', 'Predictions', 'Market', 'Leakage Checks', 'Coefficients'])
      expect(text).toContain(`## ${heading}\n`)
    const page = readFileSync(join(path, 'artifacts/report.html'), 'utf8')
    expect(page).toContain('chart-growth')
    expect(page).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)=["']?https?:/)
  })
})

describe('afterwards', () => {
  it('list and get know it', async () => {
    const { result: list } = await ask(root, modelRequest('list'))
    expect(list.models).toContainEqual(
      expect.objectContaining({
        model_run_id: answer['run_id'],
        downstream_run_id: answer['result'].downstream_run_id,
        skill: summary['metrics'].test.skill,
      }),
    )
    const { result } = await ask(root, modelRequest('get', { id: answer['run_id'] }))
    expect(result.training_summary).toEqual(summary)
    expect(result.model).toEqual(read(path, 'model.json'))
    const text = await call(root, ['model', 'get', answer['run_id']])
    expect(text.stdout).toContain(`verdict: ${summary['promotion_assessment'].research_verdict}`)
    const missing = await ask(root, modelRequest('get', { id: `${answer['run_id']}x` }))
    expect(missing).toMatchObject({ exit_code: 6, error: { details: [{ suggestion: answer['run_id'] }] } })
  })

  it('artifact lists, reads and verifies it; a changed byte anywhere is found', async () => {
    const { result } = await ask(root, requestOf('artifact', { action: 'verify', run_id: answer['run_id'] }))
    expect(result).toMatchObject({ verified: true, files: 9 })
    const { result: listed } = await ask(root, requestOf('artifact', { action: 'list', run_id: answer['run_id'] }))
    expect(listed.artifacts.map((file: Json) => file['file_name'])).toContain('model.json')
    const whole = await ask(root, requestOf('artifact', { action: 'get', run_id: answer['run_id'] }))
    expect(whole['result']).toMatchObject({ mode: 'model', documents: { 'training_summary.json': summary } })
    for (const file of ['model.json', 'predictions.csv', 'feature_manifest.json', 'config.json', 'model_report.md']) {
      const before = readFileSync(join(path, file))
      appendFileSync(join(path, file), ' ')
      const found = await ask(root, requestOf('artifact', { action: 'verify', run_id: answer['run_id'] }))
      expect(found).toMatchObject({ exit_code: 7, error: { details: [{ pointer: file }] } })
      writeFileSync(join(path, file), before)
    }
  })

  it('a summary that tells other numbers than its files is found', async () => {
    const name = join(path, 'training_summary.json')
    const before = readFileSync(name)
    for (const change of [
      (value: Json) => (value['metrics'].test.skill = 0.9),
      (value: Json) => (value['reproducibility'].model_hash = '0'.repeat(64)),
      (value: Json) => (value['leakage_guards'].shuffled_target.p_value = 0.001),
      (value: Json) => (value['baseline_comparison'].buy_and_hold.sharpe_ratio = -1),
      (value: Json) => (value['promotion_assessment'].blocking_reasons = ['none']),
      (value: Json) => (value['promotion_assessment'].research_verdict = 'leakage_suspected'),
    ]) {
      const value = JSON.parse(before.toString())
      change(value)
      writeFileSync(name, JSON.stringify(value))
      const found = await ask(root, requestOf('artifact', { action: 'verify', run_id: answer['run_id'] }))
      expect(found).toMatchObject({ exit_code: 7 })
    }
    const eligible = JSON.parse(before.toString())
    eligible.promotion_assessment.eligible_for_paper = true
    writeFileSync(name, JSON.stringify(eligible))
    const refused = await ask(root, requestOf('artifact', { action: 'verify', run_id: answer['run_id'] }))
    expect(refused).toMatchObject({ exit_code: 7, error: { message: expect.stringContaining('eligible_for_paper') } })
    writeFileSync(name, before)
  })

  it('replay trains it again to the last bit', async () => {
    const again = await ask(root, requestOf('replay', { run_id: answer['run_id'] }))
    expect(again).toMatchObject({
      status: 'success',
      contract_type: 'quantlab.model.result',
      result: { match: true, replay_of: answer['run_id'], differences: [] },
    })
    const copy = again['artifacts_path']
    for (const file of ['model.json', 'predictions.csv', 'config.json'])
      expect(readFileSync(join(copy, file))).toEqual(readFileSync(join(path, file)))
    expect(read(copy, 'training_summary.json')).toMatchObject({
      replay_of: answer['run_id'],
      metrics: { test: summary['metrics'].test },
    })
    const sweep = await ask(root, requestOf('replay', { run_id: answer['run_id'], trial: '3' }))
    expect(sweep).toMatchObject({ exit_code: 2, error: { details: [{ pointer: '/params/trial' }] } })
  })

  it('the lineage leads from its runs to it, and back', async () => {
    const { model_run_id: model, downstream_run_id: run } = answer['result']
    for (const id of [run, model]) {
      const { result } = await ask(root, requestOf('runset', { action: 'lineage', id }))
      expect(result.edges).toContainEqual({ from: `run:${run}`, to: `run:${model}` })
    }
  })

  it('the registry knows it, and knows it again after a rebuild without its facts', async () => {
    const { result } = await ask(root, requestOf('runs', { action: 'get', id: answer['run_id'] }))
    expect(result).toMatchObject({ run: { runId: answer['run_id'] } })
    expect(JSON.stringify(result)).not.toContain('strategyFamily')
    rmSync(join(root, 'lake/registry'), { recursive: true })
    rmSync(join(root, 'lake/cache'), { recursive: true, force: true })
    expect((await ask(root, requestOf('registry', { action: 'rebuild' })))['status']).toBe('success')
    const { result: after } = await ask(root, requestOf('runs', { action: 'get', id: answer['run_id'] }))
    expect(JSON.stringify(after)).toContain(answer['result'].downstream_run_id)
  })
})

describe('the model as a strategy', () => {
  it('run with model.json as its parameters is the run on the test split', async () => {
    const downstream = read(join(root, 'outputs/runs', answer['result'].downstream_run_id), 'report.json')
    const { start, end, dataset_id } = downstream['config_resolved']
    const own = await ask(
      root,
      requestOf('run', {
        ...{ ticker: 'ETH-USD', start, end, dataset_id, strategy: 'learned_model' },
        strategy_params: read(path, 'model.json'),
      }),
    )
    expect(read(own['artifacts_path'], 'report.json')['result_hash']).toBe(downstream['result_hash'])
    const again = await ask(root, requestOf('replay', { run_id: answer['result'].downstream_run_id }))
    expect(again['result']).toMatchObject({ match: true })
  })

  it('sweeps over its threshold', async () => {
    const config = {
      ...{ ticker: 'ETH-USD', start: '2022-01-01', end: '2024-01-01', interval: '1d', strategy: 'learned_model' },
      strategy_params: read(path, 'model.json'),
      param_grid: { 'strategy_params.entry_threshold': [0, 0.001, 0.01] },
    }
    const swept = await ask(root, requestOf('sweep', { config }))
    expect(swept).toMatchObject({ status: 'success' })
    const rows = readFileSync(join(swept['artifacts_path'], 'experiments.csv'), 'utf8').trim().split('\n')
    expect(rows).toHaveLength(4)
  })

  it('does not trade on paper', async () => {
    const params = { ...WINDOW, strategy: 'learned_model', strategy_params: read(path, 'model.json') }
    for (const request of [requestOf('paper', params), requestOf('run', { ...params, paper: true })]) {
      expect(await ask(root, request)).toMatchObject({
        exit_code: 2,
        error: { details: [{ pointer: '/params/strategy', message: expect.stringContaining('N.0') }] },
      })
    }
    expect(namesIn(join(root, 'outputs/paper_sessions'))).toEqual([])
  })

  it('refuses parameters that are no model, all faults at once', async () => {
    const term = { mean: 0, scale: 1, coefficient: 1 }
    const strategy_params = {
      ...{ family: 'ridge', horizon: 1, intercept: 0 },
      terms: [
        { ...term, feature: { kind: 'indicator', indicator: 'rsii' } },
        { ...term, feature: { kind: 'indicator', indicator: 'sma', params: { window: 0, windw: 3 } } },
        { ...term, feature: { kind: 'indicator', indicator: 'macd', output: 'histgram' } },
        { ...term, feature: { kind: 'return' } },
        { ...term, feature: { kind: 'return' } },
      ],
    }
    const refused = await ask(root, requestOf('run', { ...WINDOW, strategy: 'learned_model', strategy_params }))
    expect(refused).toMatchObject({ exit_code: 4 })
    expect(refused['error'].details.map((detail: Json) => [detail['pointer'], detail['suggestion']])).toEqual([
      ['/params/strategy_params/terms/0/feature/indicator', 'rsi'],
      ['/params/strategy_params/terms/1/feature/params/window', undefined],
      ['/params/strategy_params/terms/1/feature/params/windw', 'window'],
      ['/params/strategy_params/terms/2/feature/output', 'histogram'],
      ['/params/strategy_params/terms/4/feature', undefined],
    ])
  })
})

describe('evaluate', () => {
  const evaluate = (params: Json) => ask(root, modelRequest('evaluate', { id: answer['run_id'], ...params }))

  it('predicts on later data, publishes a normal run, and says how good it was', async () => {
    const found = await evaluate({ start: '2024-01-01', end: '2025-06-01' })
    expect(found).toMatchObject({
      status: 'success',
      contract_type: 'quantlab.run.result',
      result: {
        ...{ model_run_id: answer['run_id'], overlaps_training: false, overlaps_test: false },
        first_row: '2024-01-01T00:00:00.000Z',
        downstream_market: { first_bar: '2024-01-01T00:00:00.000Z', last_bar: '2025-05-31T00:00:00.000Z', bars: 517 },
        predictive: { rows: 516 },
      },
    })
    expect(read(found['artifacts_path'], 'model_evaluation.json')).toEqual(found['result'])
    expect(read(found['artifacts_path'], 'report.json')['model_run_id']).toBe(answer['run_id'])
    expect(found['result'].downstream_market.summary).toEqual(found['summary'])
    const keyed = {
      ...modelRequest('evaluate', { id: answer['run_id'], start: '2024-01-01', end: '2025-06-01' }),
      idempotency_key: 'k',
    }
    const once = await ask(root, keyed)
    const [record] = namesIn(join(root, 'outputs/idempotency'))
    const { answer: _, ...lost } = read(join(root, 'outputs/idempotency'), record)
    writeFileSync(join(root, 'outputs/idempotency', record), JSON.stringify(lost))
    expect((await ask(root, keyed))['result']).toEqual(once['result'])
    const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id: found['run_id'] }))
    expect(verified['result']).toMatchObject({ verified: true })
  })

  it('on the test split gives the figures of the training, and says that they are no new evidence', async () => {
    const { split } = read(path, 'dataset_manifest.json')
    const found = await evaluate({ start: split.test.start, end: '2024-01-01' })
    const { skill_t, ...figures } = found['result'].predictive
    const { skill_t: trained, ...expected } = summary['metrics'].test
    expect(figures).toEqual(expected)
    expect(skill_t).toBeCloseTo(trained, 12)
    expect(found['summary']).toEqual(answer['summary'])
    expect(found['warnings']).toContainEqual(expect.stringContaining('no new evidence'))
  })

  it('refuses bars it was trained or selected on, unless asked', async () => {
    const window = { start: '2021-01-01', end: '2025-01-01' }
    expect(await evaluate(window)).toMatchObject({
      exit_code: 5,
      error: { details: [{ pointer: '/params/start' }], hint: expect.stringContaining('2024-01-01') },
    })
    const allowed = await evaluate({ ...window, allow_overlap: true })
    expect(allowed['result']).toMatchObject({ overlaps_training: true, overlaps_test: true })
    expect(allowed['warnings'][0]).toContain('no evidence')
    const other = await evaluate({ ...window, ticker: 'BTC-USD' })
    expect(other['result']).toMatchObject({ overlaps_training: false, overlaps_test: false })
  })

  it('refuses a window without rows, without warm-up, without data, and a damaged model', async () => {
    expect(await evaluate({ start: '2024-01-01', end: '2024-01-10' })).toMatchObject({
      exit_code: 3,
      error: { message: expect.stringContaining('Too few rows') },
    })
    expect(await evaluate({ ticker: 'BTC-USD', start: '2017-12-20', end: '2019-01-01' })).toMatchObject({
      exit_code: 3,
      error: { message: expect.stringContaining('need 29 bars before') },
    })
    expect(await evaluate({ start: '2030-01-01', end: '2031-01-01' })).toMatchObject({ exit_code: 3 })
    expect(await evaluate({ ticker: 'NOPE', start: '2024-01-01', end: '2025-01-01' })).toMatchObject({ exit_code: 3 })
    const before = readFileSync(join(path, 'model.json'))
    writeFileSync(join(path, 'model.json'), before.toString().replace('"intercept": ', '"intercept": 1'))
    expect(await evaluate({ start: '2024-01-01', end: '2025-06-01' })).toMatchObject({ exit_code: 7 })
    writeFileSync(join(path, 'model.json'), before)
  })
})
