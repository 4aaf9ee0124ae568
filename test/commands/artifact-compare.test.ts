/** `artifact compare`: every kind of side, what explains a difference, damage, forms of output. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { validate } from '../../src/base/schema.ts'
import { asked, quantlab } from '../acceptance/quantlab.ts'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

type Json = Record<string, any>

const WINDOW = { start: '2021-01-01', end: '2023-01-01' }
const SMA = { strategy: 'sma_cross', strategy_params: { fast: 10, slow: 50 }, ...WINDOW }

let root: string
/** Runs of ETH-USD: twice the same, a faster average, other costs, a shorter window. */
let first: string
let again: string
let faster: string
let cheaper: string
let shorter: string

beforeAll(async () => {
  root = await rootWithData()
  first = await made('run', SMA)
  again = await made('run', SMA)
  faster = await made('run', { ...SMA, strategy_params: { fast: 5, slow: 50 } })
  cheaper = await made('run', { ...SMA, fee: 0 })
  shorter = await made('run', { ...SMA, end: '2022-01-01' })
})

async function made(command: string, params: Json): Promise<string> {
  const answer = await ask(root, requestOf(command, params))
  expect(answer['error']).toBeUndefined()
  return answer['run_id']
}

async function swept(more: Json): Promise<string> {
  const config_path = join(emptyFolder(), 'sweep.json')
  writeFileSync(
    config_path,
    JSON.stringify({ ticker: 'ETH-USD', interval: '1d', ...WINDOW, strategy: 'sma_cross', ...more }),
  )
  return made('sweep', { config_path })
}

const compare = (a: string, b: string, more: Json = {}, at = root) =>
  ask(at, requestOf('artifact', { action: 'compare', a, b, ...more }))

/** The comparison of a request that succeeds, checked against its schema. */
async function compared(a: string, b: string, at = root): Promise<Json> {
  const { result, error } = await compare(a, b, {}, at)
  expect(error).toBeUndefined()
  expect(await validate('artifacts/comparison', structuredClone(result.comparison))).toEqual([])
  return result.comparison
}

const runAt = (id: string, ...more: string[]) => join(root, 'outputs/runs', id, ...more)
const jsonOf = (...path: string[]): Json => JSON.parse(readFileSync(join(...path), 'utf8'))
const metric = (comparison: Json, name: string): Json =>
  comparison['metrics'].rows.find((row: Json) => row['metric'] === name)
const causes = ({ verdict }: Json) => verdict.explanations.map((cause: Json) => cause['what'])

describe('two runs', () => {
  it('of the same request are identical, by their hash and in every part', async () => {
    const found = await compared(first, again)
    expect(found['verdict']).toMatchObject({ code: 'identical', same: true, explanations: [] })
    expect(found['verdict'].text).toContain('equal result_hash')
    expect(found['a'].resultHash).toBe(jsonOf(runAt(first, 'metadata.json'))['result_hash'])
    expect(found['inputs']).toMatchObject({ same: true, config: { different: 0 }, fingerprintV2: { same: true } })
    expect(found['metrics']).toMatchObject({ comparable: true, different: 0, onlyA: 0, onlyB: 0 })
    expect(found['trades']).toMatchObject({ changed: 0, onlyA: 0, onlyB: 0, firstDivergence: null, fields: [] })
    expect(found['equity']).toMatchObject({ firstDifference: null, firstUnmatched: null, onlyA: 0, onlyB: 0 })
    expect([found['missing'], found['trials']]).toEqual([[], null])
  })

  it('of other parameters differ by them, in figures, fills and curve', async () => {
    const found = await compared(first, faster)
    expect(found['verdict']).toMatchObject({ code: 'different_inputs', same: false })
    expect(found['verdict'].explanations).toEqual([
      { what: 'parameters', text: 'strategy_params/fast is 10 in A, 5 in B' },
    ])
    expect(found['inputs'].config.fields.filter((field: Json) => !field['same'])).toEqual([
      { field: '/strategy_params/fast', a: 10, b: 5, same: false },
    ])
    const [a, b] = [first, faster].map(id => jsonOf(runAt(id, 'metrics.json')))
    const [x, y] = [a['summary'].total_return, b['summary'].total_return]
    expect(metric(found, 'summary.total_return')).toEqual({
      ...{ metric: 'summary.total_return', a: x, b: y, present: 'both', same: false, unit: 'ratio' },
      ...{ difference: y - x, ratio: x * y > 0 ? y / x : null },
    })
    const figures = Object.keys(a['extended']).filter(name => name !== 'undefined_reasons')
    for (const name of figures) expect(metric(found, `extended.${name}`)['unit'], name).not.toBeNull()
    const fills = (id: string) => readFileSync(runAt(id, 'trades.csv'), 'utf8').trim().split('\n').length - 1
    const { rowsA, rowsB, same, changed, onlyA, onlyB, firstDivergence } = found['trades']
    expect([rowsA, rowsB]).toEqual([fills(first), fills(faster)])
    expect([same + changed + onlyA, same + changed + onlyB]).toEqual([rowsA, rowsB])
    expect(firstDivergence.key.symbol).toBe('ETH-USD')
    expect(found['equity'].firstDifference.at <= found['equity'].maxDifference.at).toBe(true)
    expect(found['equity'].drawdownA.maxDrawdown).toBeCloseTo(a['summary'].max_drawdown, 12)
    expect(found['equity'].finalDifference.a - 1).toBeCloseTo(x, 12)
    expect(found['equity'].trackingErrorAnnual).toBeCloseTo(found['equity'].trackingError * Math.sqrt(365), 12)
  })

  it('tell the same from either side', async () => {
    const [one, other] = [await compared(first, shorter), await compared(shorter, first)]
    for (const part of ['trades', 'equity', 'metrics'])
      expect([one[part].onlyA, one[part].onlyB]).toEqual([other[part].onlyB, other[part].onlyA])
    expect(one['equity'].returnCorrelation).toBeCloseTo(other['equity'].returnCorrelation, 12)
  })

  it('name costs, window and instrument as what explains a difference', async () => {
    expect(causes(await compared(first, cheaper))).toEqual(['costs'])
    expect(causes(await compared(first, shorter))).toEqual(['window'])
    const bitcoin = await compared(first, await made('run', { ...SMA, ticker: 'BTC-USD' }))
    expect(causes(bitcoin)).toEqual(['data', 'selection'])
    // Both trade on the same days, and yet no fill of one is a fill of the other.
    expect(bitcoin['trades']).toMatchObject({ same: 0, changed: 0 })
    expect(bitcoin['inputs'].datasets.a[0].datasetId).toBe('eth-usd')
  })

  it('whose window is only written otherwise have the same result, and the spelling is all there is to tell', async () => {
    const spelt = await made('run', { ...SMA, start: '2021-01-01T00:00:00Z' })
    const found = await compared(first, spelt)
    expect(found['inputs'].window.same).toBe(true)
    expect(found['verdict']).toMatchObject({ code: 'same_results', same: true })
    expect(found['verdict'].explanations).toEqual([
      { what: 'configuration', text: 'start is "2021-01-01" in A, "2021-01-01T00:00:00Z" in B' },
    ])
  })

  it('of which one is the replay of the other say so', async () => {
    const { result } = await ask(root, requestOf('replay', { run_id: first }))
    const found = await compared(first, result.run_id)
    expect(found['b'].replayOf).toBe(first)
    expect(found['verdict'].code).toBe('identical')
  })

  it('that another engine computed from the same inputs blame the engine, not the parameters', async () => {
    const place = withChangedRun(manifest => ({
      ...manifest,
      ...{ engine_version: '0.9.0', fingerprint: 'a'.repeat(64), fingerprint_v2: 'b'.repeat(64) },
    }))
    const found = await compared(place, first)
    expect([found['verdict'].code, causes(found)]).toEqual(['same_results', ['engine']])
    expect(found['a'].verified).toBe(false)
    expect(found['code'].engineVersion).toEqual({ a: '0.9.0', b: '1.0.0', same: false })
  })

  it('of the same inputs with other results are told to be that, with the commits', async () => {
    const place = withChangedRun(
      manifest => manifest,
      metrics => ({ ...metrics, summary: { ...metrics['summary'], total_return: 9 } }),
    )
    const found = await compared(place, first)
    expect(found['verdict']).toMatchObject({ code: 'different_results', same: false })
    expect(found['code'].relation).toMatch(/same|unknown/)
    expect(causes(found)).toEqual(['none'])
    expect(metric(found, 'summary.total_return')).toMatchObject({ a: 9, same: false })
  })
})

/** A copy of the first run as an earlier version would have left it, without hashes, and changed. */
function withChangedRun(manifestOf: (manifest: Json) => Json, metricsOf = (metrics: Json) => metrics): string {
  const place = join(emptyFolder(), 'old')
  cpSync(runAt(first), place, { recursive: true })
  const change = (name: string, to: (document: Json) => Json) =>
    writeFileSync(join(place, name), JSON.stringify(to(jsonOf(place, name))))
  change('manifest.json', manifestOf)
  change('metrics.json', metricsOf)
  change('metadata.json', ({ result_hash: _, ...metadata }) => metadata)
  change('report.json', ({ artifacts: _, result_hash: __, ...report }) => report)
  return place
}

describe('other kinds', () => {
  it('a run and a paper session over the same bars have the same fills and curve', async () => {
    const found = await compared(first, await made('paper', SMA))
    expect([found['a'].kind, found['b'].kind]).toEqual(['run', 'paper'])
    expect(found['trades']).toMatchObject({ comparable: true, changed: 0, onlyA: 0, onlyB: 0 })
    expect(found['equity']).toMatchObject({ firstDifference: null, firstUnmatched: null })
    expect(causes(found)).toContain('kind')
    expect(found['verdict'].text).toContain('The same on both sides: fills and curve.')
    expect(metric(found, 'broker.final_equity')).toMatchObject({ present: 'b', a: null, unit: 'quote', same: false })
  })

  it('forward sessions of two candidates', async () => {
    const forward = (run_dir: string) =>
      made('forward', { run_dir, forward_start: '2023-01-01', forward_end: '2023-06-01' })
    const found = await compared(await forward(first), await forward(faster))
    expect([found['a'].kind, found['equity'].comparable, found['trades'].comparable]).toEqual(['forward', true, true])
    expect(causes(found)).toEqual(['parameters', 'configuration'])
  })

  it('sweeps by their trials, whatever their place in the sweep', async () => {
    const sweep = (fast: number[]) => swept({ param_grid: { 'strategy_params.fast': fast } })
    const found = await compared(await sweep([5, 10, 20]), await sweep([10, 20, 30, 40]))
    expect(found['trials']).toMatchObject({ rowsA: 3, rowsB: 4, same: 2, changed: 0, onlyA: 1, onlyB: 2 })
    expect(found['trials'].listed.onlyA[0].cells['strategy_params.fast']).toBe(5)
    expect(found['trades']).toMatchObject({ comparable: false, files: { a: null, b: null } })
    expect(found['trades'].reason).toContain('replay a trial')
    expect(found['equity'].reason).toContain('walk-forward')
    expect([found['missing'], causes(found)]).toEqual([[], ['parameters']])
    const mixed = await compared(found['a'].id, first)
    expect(mixed['trials']).toMatchObject({ comparable: false, reason: 'B: only a sweep or an experiment has trials' })
    expect(mixed['metrics'].comparable).toBe(true)
  })

  it('walk-forward sweeps by their stitched curve, and not with the trials of a grid', async () => {
    const sweep = (more: Json) => swept({ param_grid: { 'strategy_params.fast': [5, 10] }, ...more })
    const forward = { scheme: 'rolling', train: 200, test: 100 }
    const [one, other] = [
      await sweep({ walk_forward: forward }),
      await sweep({ walk_forward: { ...forward, test: 90 } }),
    ]
    const found = await compared(one, other)
    expect(found['equity']).toMatchObject({ comparable: true, files: { a: 'oos_equity_stitched.csv' } })
    expect(found['trials']).toMatchObject({ comparable: true, key: ['variation_id', 'split_name', 'phase'] })
    const grid = await compared(one, await sweep({}))
    expect(grid['trials']).toMatchObject({ comparable: false })
    expect(grid['trials'].reason).toBe('the trials of A are by split, those of B are not')
  })

  it('runs on alerts by alert and token, and their seeds explain them', async () => {
    const parameters = { alerts: 12, days: 2, callers: 2, minutes_before: 60, minutes_after: 400 }
    const generated = { action: 'generate', id: 'calls', kind: 'alerts', seed: 7, parameters }
    expect((await ask(root, requestOf('dataset', generated)))['error']).toBeUndefined()
    const executionModel = {
      latency: { p50: 400, p90: 1500, p99: 5000 },
      slippage: { base: 0.01 },
      failures: { baseRate: 0.3 },
    }
    const run = (seed: number, more: Json = {}) =>
      made('run', {
        ...{ alerts_dataset_id: 'calls', start: '2025-10-01', end: '2025-10-03' },
        ...{ strategy: 'MultiTrade_20pctTrail_6h', strategy_params: { executionModel, runConfig: { seed }, ...more } },
      })
    const found = await compared(await run(1), await run(2))
    expect(found['a'].kind).toBe('alerts')
    expect(found['inputs'].datasets.a.map((data: Json) => data['datasetId'])).toEqual(['calls', 'calls-candles'])
    expect(found['trades'].key).toEqual(['timestamp', 'alert_id', 'token', 'symbol'])
    expect(causes(found)).toEqual(['seed'])
    // The callers and venues that were found follow from the selection: they explain nothing.
    const one = { filters: { callerNames: ['caller_01'] } }
    expect(causes(await compared(found['a'].id, await run(1, one)))).toEqual(['selection'])
    expect(found['inputs'].seed).toEqual({ a: 1, b: 2, same: false })
  })

  it('the regime monitor has a curve and no fills', async () => {
    const panel = { action: 'generate', id: 'market', kind: 'panel', seed: 7, parameters: { days: 200 } }
    expect((await ask(root, requestOf('dataset', panel)))['error']).toBeUndefined()
    const run = (config: Json) =>
      made('run', { pipeline: 'majors_alts', dataset_id: 'market', start: '2022-01-01', end: '2022-07-01', config })
    const found = await compared(await run({}), await run({ costs: { taker_fee_bps: 20 } }))
    expect([found['a'].kind, found['equity'].files.a]).toEqual(['regime', 'bt_equity_curve.csv'])
    expect(found['trades'].reason).toContain('weights.parquet')
    expect(found['metrics'].comparable).toBe(true)
  })
})

it('experiments by variation: what both ran is the same, whatever its run is called', async () => {
  const experiment = (slow: number[], more: string[] = []): string => {
    const params = JSON.stringify({ 'strategy_params.fast': [10], 'strategy_params.slow': slow })
    const data = ['--ohlcv', 'eth-usd', '--strategies', 'sma_cross', '--from', '2021-01-01', '--to', '2022-12-31']
    const { experiment: made } = asked(root, ['experiment', 'create', 'sma', ...data, '--params', params, ...more])
    expect(quantlab(root, ['experiment', 'execute', made.experimentId]).code).toBe(0)
    return made.experimentId
  }
  const [one, other] = [experiment([50, 60]), experiment([60, 70, 80])]
  const found = await compared(one, other)
  expect([found['a'].kind, found['a'].id, causes(found)]).toEqual(['experiment', one, ['parameters']])
  expect(found['trials']).toMatchObject({ rowsA: 2, rowsB: 3, same: 1, changed: 0, onlyA: 1, onlyB: 2 })
  expect(found['trials'].listed.onlyA[0].cells.run_id).toMatch(/_run_/)
  expect(metric(found, 'statistics.total_return.mean')['unit']).toBe('ratio')
  for (const part of ['trades', 'equity']) expect(found[part].reason).toContain('each of its runs')
  expect((await compared(one, one))['verdict'].code).toBe('identical')
  const report = join(found['a'].path, 'report.json')
  writeFileSync(report, `${readFileSync(report, 'utf8')}\n`)
  expect((await compare(one, other))['error']).toMatchObject({ type: 'IntegrityError' })
  expect((await compare('exp-none', other))['exit_code']).toBe(6)
})

describe('exported runs', () => {
  it('stand for a run, by path and by the id of one whose directory is gone', async () => {
    await ask(root, requestOf('artifact', { action: 'export', run_ids: [first, faster] }))
    const document = join('outputs/artifacts', `${first}.json`)
    const found = await compared(document, again)
    expect([found['a'].kind, found['b'].kind, found['verdict'].code]).toEqual(['document', 'document', 'identical'])
    const place = emptyFolder()
    mkdirSync(join(place, 'outputs/artifacts'), { recursive: true })
    for (const id of [first, faster])
      cpSync(join(root, 'outputs/artifacts', `${id}.json`), join(place, 'outputs/artifacts', `${id}.json`))
    const gone = await compared(first, faster, place)
    expect(gone['verdict'].explanations).toEqual([
      { what: 'parameters', text: 'strategy/config/fast is 10 in A, 5 in B' },
    ])
    expect(gone['trades'].key).toEqual(['timestamp', 'symbol'])
  })

  it('beside another kind are compared by their curve alone, which each part says', async () => {
    await ask(root, requestOf('artifact', { action: 'export', run_ids: [first] }))
    const found = await compared(join('outputs/artifacts', `${first}.json`), await made('paper', SMA))
    expect(found['equity']).toMatchObject({ comparable: true, firstDifference: null })
    for (const part of ['metrics', 'trades']) expect(found[part].reason).toContain('A is an exported run')
  })

  it('that are damaged are refused', async () => {
    const path = join(emptyFolder(), 'x.json')
    const text = readFileSync(join(root, 'outputs/artifacts', `${first}.json`), 'utf8')
    writeFileSync(path, text.replace('"cumulativePnL": 1,', '"cumulativePnL": 2,'))
    expect((await compare(path, first))['error']).toMatchObject({ code: 'INTEGRITY_ERROR' })
    writeFileSync(path, '{')
    expect((await compare(first, path))['error']).toMatchObject({ code: 'INTEGRITY_ERROR' })
  })
})

describe('a damaged side', () => {
  const copy = () => {
    const place = join(emptyFolder(), 'copy')
    cpSync(runAt(first), place, { recursive: true })
    return place
  }

  it.each(['trades.csv', 'equity.parquet', 'metrics.json', 'config.json', 'manifest.json', 'metadata.json'])(
    'whose %s has changed or is gone is refused with the file',
    async name => {
      const place = copy()
      writeFileSync(join(place, name), Buffer.concat([readFileSync(join(place, name)), Buffer.from('\n')]))
      const changed = await compare(first, place)
      expect([changed['exit_code'], changed['error'].details[0].pointer]).toEqual([7, name])
      rmSync(join(place, name))
      const gone = await compare(place, first)
      expect([gone['exit_code'], gone['error'].code, gone['error'].message]).toEqual([
        ...[7, 'INTEGRITY_ERROR'],
        expect.stringContaining(`${name} is missing`),
      ])
    },
  )

  it('whose report.json is gone or empty of hashes is refused: a run of this layout has one', async () => {
    const place = copy()
    writeFileSync(join(place, 'report.json'), '{"artifacts":[]}')
    expect((await compare(first, place))['error']).toMatchObject({ code: 'INTEGRITY_ERROR' })
    rmSync(join(place, 'report.json'))
    expect((await compare(first, place))['error'].message).toContain('report.json is missing')
  })

  it('of an earlier layout is compared, and what it lacks is listed', async () => {
    const place = emptyFolder()
    writeFileSync(join(place, 'meta.json'), '{"run_id":"old","mode":"run","created_at":"2020-01-01"}')
    writeFileSync(join(place, 'metrics.json'), '{"summary":{"total_return":NaN,"trades":3}}')
    writeFileSync(join(place, 'trades.csv'), 'timestamp,side,qty\n2021-03-01,BUY,1.50\n')
    const found = await compared(place, first)
    expect(found['missing'].map(({ side, part }: Json) => `${side} ${part}`)).toEqual([
      ...['a hashes', 'a manifest', 'a config', 'a equity'],
    ])
    expect(found['a']).toMatchObject({ id: 'old', verified: false, resultHash: null })
    expect(found['equity']).toMatchObject({ comparable: false, reason: 'A: there is no equity.parquet' })
    expect(found['inputs'].same).toBeNull()
    expect(found['verdict']).toMatchObject({ code: 'unknown', same: false })
    const { warnings } = await compare(place, first)
    expect(warnings[0]).toContain('A lacks hashes')
  })

  it('that is a session which has not ended is compared as far as it is there', async () => {
    const place = join(emptyFolder(), 'session')
    cpSync(join(root, 'outputs/paper_sessions', await made('paper', SMA)), place, { recursive: true })
    for (const name of ['report.json', 'manifest.json', 'metrics.json']) rmSync(join(place, name))
    const curve = readFileSync(join(place, 'equity.csv'), 'utf8').split('\n').slice(0, 100)
    writeFileSync(join(place, 'equity.csv'), `${curve.join('\n')}\n`)
    const found = await compared(first, place)
    expect(found['missing'].map(({ side, part }: Json) => `${side} ${part}`)).toEqual([
      ...['b hashes', 'b manifest', 'b metrics'],
    ])
    expect(found['metrics']).toMatchObject({ comparable: false, reason: 'B has no metrics.json' })
    expect(found['equity']).toMatchObject({ comparable: true, firstDifference: null, barsB: 99 })
  })

  it('whose fills carry no time are not matched, which is told', async () => {
    const place = emptyFolder()
    writeFileSync(join(place, 'meta.json'), '{"run_id":"old","mode":"run"}')
    writeFileSync(join(place, 'trades.csv'), 'side,qty\nBUY,1\n')
    const { trades } = await compared(place, first)
    expect(trades).toMatchObject({
      comparable: false,
      rowsA: 1,
      reason: 'not both have a column timestamp to match rows by',
    })
  })

  it.each([
    ['a torn row', 'timestamp,side\n2021-01-01'],
    ['a NUL', 'timestamp,side\n2021-01-01,\0\n'],
    ['no header', ''],
  ])('whose fills have %s is a DATA_ERROR that names the file', async (_, text) => {
    const place = emptyFolder()
    writeFileSync(join(place, 'meta.json'), '{"run_id":"old","mode":"run"}')
    writeFileSync(join(place, 'trades.csv'), text)
    const { error } = await compare(place, first)
    expect([error.code, error.message]).toEqual(['DATA_ERROR', expect.stringContaining('trades.csv')])
  })

  it('that does not exist is NOT_FOUND with the nearest name, and where it stands', async () => {
    const { error, exit_code } = await compare(first, `${first.slice(0, -1)}x`)
    expect([exit_code, error.details[0].pointer, error.details[0].suggestion]).toEqual([6, '/params/b', first])
  })
})

describe('what is written', () => {
  it('is the same text for the same sides, as the file ends', async () => {
    for (const form of ['md', 'html', 'json']) {
      const { result } = await compare(first, faster, { out: `out/x.${form}` })
      const text = readFileSync(join(root, `out/x.${form}`), 'utf8')
      expect([result.format, result.body, result.out]).toEqual([form, null, join(root, `out/x.${form}`)])
      const { result: second } = await compare(first, faster, { format: form })
      expect(second.bodyHash).toBe(result.bodyHash)
      expect(second.body).toBe(form === 'json' ? null : text)
      if (form === 'json') expect(JSON.parse(text)).toEqual(result.comparison)
    }
    expect(readdirSync(join(root, 'out')).sort()).toEqual(['x.html', 'x.json', 'x.md'])
  })

  it('leaves runs, facts and what lies outside the root alone', async () => {
    for (const out of [`outputs/runs/${first}/x.md`, 'lake/x.md', '../x.md', 'x.txt', '/x.html']) {
      const { error } = await compare(first, faster, { out })
      expect([out, error?.code, error?.details?.[0]?.pointer ?? '/params/out']).toEqual([
        out,
        'INVALID_CONFIG',
        '/params/out',
      ])
    }
    expect((await compare(first, faster, { out: 'x.md', format: 'html' }))['error'].code).toBe('INVALID_CONFIG')
    expect(existsSync(join(root, 'x.md'))).toBe(false)
  })

  it('cannot become markup, whatever a run is called', async () => {
    const name = '<script>alert(1)<'
    const place = join(emptyFolder(), `${name}|x`)
    cpSync(
      withChangedRun(manifest => manifest),
      place,
      { recursive: true },
    )
    const odd = { ...jsonOf(place, 'metadata.json'), run_id: `${name}/script>`, git_commit: '](javascript:x)' }
    writeFileSync(join(place, 'metadata.json'), JSON.stringify(odd))
    const page = (await compare(place, first, { format: 'html' }))['result'].body as string
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    const text = (await compare(place, first, { format: 'md' }))['result'].body as string
    expect(text).not.toContain('<script>')
    expect(text).not.toContain('](javascript')
  })

  it('is a page that needs nothing else, with both curves in it', async () => {
    const { result } = await compare(first, shorter, { format: 'html' })
    const page = result.body as string
    const drawn = page.replace(/<script>.*?<\/script>/gs, '')
    expect(drawn).not.toMatch(/<(?:link|img|iframe)\b|src="|href="(?!#)/)
    const data = JSON.parse(/<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(page)?.[1] ?? '')
    const { time, equityA, equityB } = data.columns
    expect(time).toHaveLength(result.comparison.equity.barsA)
    expect(equityA.every((value: unknown) => typeof value === 'number')).toBe(true)
    expect(equityB.filter((value: unknown) => value !== null)).toHaveLength(result.comparison.equity.barsB)
    expect(Object.keys(data.charts)).toEqual(['chart-curves'])
  })
})

describe('a call by flags', () => {
  it('prints Markdown, the figures as CSV, or the result alone', async () => {
    const flags = ['artifact', 'compare', first, faster]
    expect((await call(root, flags)).stdout).toMatch(/^# Comparison\n\n\*\*Different inputs, different results/)
    const csv = (await call(root, [...flags, '--format', 'csv'])).stdout
    expect(csv.split('\n')[0]).toBe('metric,a,b,difference,ratio,unit')
    const json = JSON.parse((await call(root, [...flags, '--format', 'json'])).stdout)
    expect([json.comparison.verdict.same, json.format, json.body]).toEqual([false, null, null])
    const saved = await call(root, [...flags, '--format', 'html', '--out', 'flags.html'])
    expect(saved.stdout).toContain(`Saved: ${join(root, 'flags.html')}`)
  })

  it('ends with 9 where it was asked to tell a difference, else with 0', async () => {
    const ends = async (...argv: string[]) => (await call(root, ['artifact', 'compare', first, ...argv])).code
    expect(await ends(again, '--exit-code')).toBe(0)
    expect(await ends(faster, '--exit-code')).toBe(9)
    expect(await ends(faster)).toBe(0)
  })
})

it('a session of requests answers each line', async () => {
  const lines = [again, faster].map(b => JSON.stringify(requestOf('artifact', { action: 'compare', a: first, b })))
  const { stdout, code } = await call(root, ['--json-request', '-'], { stdin: `${lines.join('\n')}\n` })
  const codes = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).result.comparison.verdict.code)
  expect([codes, code]).toEqual([['identical', 'different_inputs'], 0])
})

it('reads the disk alone: data sets and registry may be gone, and nothing is written', async () => {
  const place = emptyFolder()
  mkdirSync(join(place, 'outputs/runs'), { recursive: true })
  for (const id of [first, faster]) cpSync(runAt(id), join(place, 'outputs/runs', id), { recursive: true })
  const before = readdirSync(place, { recursive: true }).sort()
  expect((await compared(first, faster, place))['verdict'].code).toBe('different_inputs')
  expect(readdirSync(place, { recursive: true }).sort()).toEqual(before)
})

it('names of both sides may be one: a run is identical to itself', async () => {
  expect((await compared(first, runAt(first)))['verdict'].code).toBe('identical')
})

it('the built program writes the whole page, tells a difference by its exit code, and leaves nothing else', () => {
  const before = readdirSync(root).sort()
  const argv = ['artifact', 'compare', first, faster, '--out', 'built.html', '--exit-code']
  const { code, stderr } = quantlab(root, argv)
  expect([code, stderr]).toEqual([9, ''])
  expect(readFileSync(join(root, 'built.html'), 'utf8')).toContain('echarts.registerTheme')
  expect(readdirSync(root).sort()).toEqual([...before, 'built.html'].sort())
  expect(quantlab(root, ['artifact', 'compare', first, again, '--exit-code']).code).toBe(0)
})
