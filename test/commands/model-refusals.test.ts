/** What `model train` refuses, how it fails, and that it then leaves nothing half-written. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, call, requestOf, rootWithData } from '../harness.ts'

type Json = Record<string, any>

const train = (params: Json = {}) => ({
  ...{ action: 'train', ticker: 'ETH-USD', start: '2018-01-01', end: '2020-01-01', permutations: 19 },
  ...params,
})
const namesIn = (path: string) => (existsSync(path) ? readdirSync(path).sort() : [])

let root: string
beforeAll(async () => {
  root = await rootWithData()
})

const refused = async (params: Json) => {
  const answer = await ask(root, requestOf('model', train(params)))
  expect(answer['status']).toBe('error')
  const pointers = answer['error'].details.map((detail: Json) => detail['pointer'])
  return { code: answer['exit_code'], pointers, message: answer['error'].message as string, error: answer['error'] }
}

describe('refused requests', () => {
  it('name every fault of the schema at once', async () => {
    const { code, pointers } = await refused({
      features: [{ kind: 'return', indicator: 'rsi' }, { kind: 'indicator', window: 3 }, { kind: 'nope' }],
      ...{ horizon: 0, lambdas: [], permutations: 3, familly: 'ridge' },
    })
    expect(code).toBe(2)
    expect(pointers).toEqual(
      expect.arrayContaining([
        ...['/params/features/0/indicator', '/params/features/1/window', '/params/features/2/kind'],
        ...['/params/horizon', '/params/lambdas', '/params/permutations', '/params/familly'],
      ]),
    )
  })

  it('name every fault between parameters at once', async () => {
    const shares = await refused({
      ...{ validation_share: 0.6, test_share: 0.5, purge_bars: 2, horizon: 5 },
      direction_threshold: 0.1,
    })
    expect([shares.code, shares.pointers]).toEqual([
      2,
      ['/params/direction_threshold', '/params/purge_bars', '/params/test_share'],
    ])
    const dates = await refused({ ...{ test_start: '2019-02-30', test_share: 0.2 } })
    expect([dates.code, dates.pointers]).toEqual([
      2,
      ['/params/test_share', '/params/validation_start', '/params/test_start'],
    ])
    const order = await refused({ validation_start: '2019-08-01', test_start: '2019-06-01' })
    expect(order.pointers).toEqual(['/params/test_start'])
    const outside = await refused({ validation_start: '2017-01-01', test_start: '2021-06-01' })
    expect(outside.pointers).toEqual(['/params/validation_start', '/params/test_start'])
  })

  it('name unknown indicators, parameters and outputs with what was meant', async () => {
    const { code, error } = await refused({
      features: [
        { kind: 'indicator', indicator: 'realized_volatility' },
        { kind: 'indicator', indicator: 'rsi', params: { perod: 3 } },
        { kind: 'indicator', indicator: 'bollinger', output: 'percentb' },
        { kind: 'return', name: 'x' },
        { kind: 'return', window: 2, name: 'x' },
      ],
    })
    expect(code).toBe(4)
    expect(error.details.map((detail: Json) => [detail['pointer'], detail['suggestion']])).toEqual([
      ['/params/features/0/indicator', 'realised_volatility'],
      ['/params/features/1/params/perod', 'period'],
      ['/params/features/2/output', 'percent_b'],
      ['/params/features/4', undefined],
    ])
  })

  it.each<[string, Json, number, RegExp]>([
    ['no data of that symbol', { ticker: 'NOPE' }, 3, /no dataset holds NOPE/],
    ['a window outside the data', { start: '2035-01-01', end: '2036-01-01' }, 3, /No data/],
    ['a window shorter than the features', { start: '2018-01-01', end: '2018-01-20' }, 3, /Too few bars|Too few rows/],
    ['too few rows', { end: '2018-04-01' }, 3, /Too few rows: .*test has \d+ rows, at least 20/],
    ['a horizon longer than the splits', { horizon: 200 }, 3, /horizon of 200 bars is as long as the split/],
    [
      'baselines without their warm-up',
      {
        start: '2018-01-01',
        end: '2018-05-01',
        features: [{ kind: 'return' }],
        validation_share: 0.3,
        test_share: 0.3,
      },
      3,
      /rsi_ma_cross_v2 needs 99 bars before/,
    ],
    ['a purge that leaves nothing', { purge_bars: 600 }, 3, /train has 0 rows/],
    ['an embargo that leaves nothing', { embargo_bars: 400 }, 3, /under embargo/],
    ['a target of one class', { family: 'logistic', direction_threshold: 0.9 }, 3, /one class/],
    ['more folds than rows', { selection: 'walk_forward', folds: 100, horizon: 10 }, 3, /Fold 1 of 100/],
    [
      'features that say the same, without a penalty',
      { features: [{ kind: 'return' }, { kind: 'return', name: 'again' }], lambdas: [0] },
      3,
      /return_1 and again say the same/,
    ],
    [
      'a constant feature',
      { features: [{ kind: 'indicator', indicator: 'sma', params: { window: 1 } }] },
      3,
      /sma_1 is constant/,
    ],
  ])('%s', async (_, params, code, message) => {
    const found = await refused(params)
    expect([found.code, found.message]).toEqual([code, expect.stringMatching(message)])
  })

  it('features without a value name how many bars lack them', async () => {
    const text = readFileSync('test/fixtures/golden-data/ETH-USD.csv', 'utf8').trim().split('\n')
    const volume = text[0].split(',').indexOf('volume')
    const rows = text.map((line, i) => {
      const cells = line.split(',')
      if (i === 300 || i === 400) cells[volume] = ''
      return cells.join(',')
    })
    writeFileSync(join(root, 'gap.csv'), rows.join('\n'))
    const register = { action: 'register', id: 'gap', path: join(root, 'gap.csv'), symbol: 'GAP', interval: '1d' }
    expect((await ask(root, requestOf('dataset', register)))['status']).toBe('success')
    const { code, error } = await refused({ ticker: 'GAP', features: [{ kind: 'return', column: 'volume' }] })
    expect(code).toBe(3)
    expect(error.details).toEqual([
      {
        pointer: '/params/features/0',
        message: expect.stringMatching(/^volume_return_1 is undefined on 4 of \d+ bars, first at 20/),
      },
    ])
  })

  it('leave nothing but the record of their failure', () => {
    expect(namesIn(join(root, 'outputs/model_runs'))).toEqual([])
    expect(namesIn(join(root, 'outputs/runs'))).toEqual([])
    expect(namesIn(join(root, 'outputs/.staging'))).toEqual([])
    const failures = namesIn(join(root, 'outputs/failures'))
    expect(failures.length).toBeGreaterThan(5)
    const record = JSON.parse(readFileSync(join(root, 'outputs/failures', failures[0]), 'utf8'))
    expect(record).toMatchObject({ command: 'model', params: { action: 'train' } })
    expect(failures[0]).toMatch(/_model_/)
  })
})

describe('interrupted trainings', () => {
  it('stop between two permutations with 130 and leave nothing', async () => {
    const own = await rootWithData()
    const abort = new AbortController()
    setImmediate(() => setImmediate(() => abort.abort(130)))
    const { code, stdout } = await call(
      own,
      ['--json-request', JSON.stringify(requestOf('model', train({ permutations: 1000 })))],
      { abort: abort.signal },
    )
    expect([code, JSON.parse(stdout).error.code]).toEqual([130, 'ABORTED'])
    expect([namesIn(join(own, 'outputs/model_runs')), namesIn(join(own, 'outputs/runs'))]).toEqual([[], []])
    expect(namesIn(join(own, 'outputs/.staging'))).toEqual([])
  })

  it('with an idempotency key are trained once, and answered again from their record or from disk', async () => {
    const own = await rootWithData()
    const request = { ...requestOf('model', train()), idempotency_key: 'once' }
    const first = await ask(own, request)
    const second = await ask(own, request)
    expect(second).toMatchObject({ replayed: true, run_id: first['run_id'], result: first['result'] })
    expect(namesIn(join(own, 'outputs/model_runs'))).toEqual([first['run_id']])
    // The answer was lost: the record says only what was published.
    const [file] = namesIn(join(own, 'outputs/idempotency'))
    const path = join(own, 'outputs/idempotency', file)
    const { answer: _, ...record } = JSON.parse(readFileSync(path, 'utf8'))
    expect(record).toMatchObject({ run_id: first['run_id'] })
    writeFileSync(path, JSON.stringify(record))
    const third = await ask(own, request)
    for (const name of ['run_id', 'artifacts_path', 'report_path', 'contract_type', 'summary', 'result'])
      expect([name, third[name]]).toEqual([name, first[name]])
    const other = await ask(own, { ...request, params: train({ seed: 1 }) })
    expect(other).toMatchObject({ exit_code: 5 })
  })
})

it('flags build the same request: a list of features as JSON, and a table of models', async () => {
  const own = await rootWithData()
  const argv = ['model', 'train', '--ticker', 'ETH-USD', '--start', '2018-01-01', '--end', '2020-01-01']
  const more = ['--features', '{"kind":"return"}', '{"kind":"indicator","indicator":"rsi"}', '--permutations', '19']
  const { code, stdout } = await call(own, [...argv, ...more, '--lambdas', '0.1,1', '--family', 'logistic'])
  expect([code, stdout]).toEqual([0, expect.stringContaining('=== MODEL ===')])
  const [id] = namesIn(join(own, 'outputs/model_runs'))
  const config = JSON.parse(readFileSync(join(own, 'outputs/model_runs', id, 'config.json'), 'utf8'))
  expect(config).toMatchObject({ family: 'logistic', lambdas: [0.1, 1] })
  expect(config.features.map((feature: Json) => feature['name'])).toEqual(['return_1', 'rsi_14'])
  const table = await call(own, ['model', 'list', '--format', 'csv'])
  expect(table.stdout).toMatch(new RegExp(`${id},logistic_regression,ETH-USD,forward_return_positive,1d,`))
  const help = await call(own, ['--help', 'model', 'train'])
  expect(help.stdout).toContain('--embargo-bars')
})
