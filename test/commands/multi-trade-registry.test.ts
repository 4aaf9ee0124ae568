/** What the registry is told of a run on alerts, and that RunSets select runs by it. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCsv } from '../../src/base/csv.ts'
import { runFactsOf } from '../../src/commands/registry/run-facts.ts'
import { asked, quantlab } from '../acceptance/quantlab.ts'
import { ask, emptyFolder, requestOf } from '../harness.ts'

const NAME = 'MultiTrade_20pctTrail_50pctDropRebound_6h'
const WINDOW = { start: '2025-10-01', end: '2025-10-04' }
const SELECTED = { dataset: 'calls', from: '2025-10-01', to: '2025-10-31' }

let root: string
let callers: string[]
let all: Facts

type Facts = Record<string, any>

beforeAll(async () => {
  root = emptyFolder()
  const parameters = { alerts: 30, days: 3, callers: 4, minutes_before: 70, minutes_after: 420 }
  const generated = { action: 'generate', id: 'calls', kind: 'alerts', seed: 7, parameters }
  expect((await ask(root, requestOf('dataset', generated))).status).toBe('success')
  all = await traded()
  callers = all['universe'].callers
})

/** Run on the alerts; the facts of it, as the registry has them. */
async function traded(more: Record<string, unknown> = {}, asking: Record<string, unknown> = {}): Promise<Facts> {
  const strategy_params = { runConfig: { seed: 3 }, ...more }
  const params = { alerts_dataset_id: 'calls', strategy: NAME, ...WINDOW, strategy_params, ...asking }
  const answer = await ask(root, requestOf('run', params))
  expect(answer['error']).toBeUndefined()
  return { ...(await registered(answer['run_id'])), path: answer['artifacts_path'] }
}

async function registered(id: string): Promise<Facts> {
  const { result, error } = await ask(root, requestOf('runs', { action: 'get', id }))
  expect(error).toBeUndefined()
  return { ...result.run, id }
}

async function selects(conditions: Record<string, unknown>): Promise<string[]> {
  const { result, error } = await ask(
    root,
    requestOf('runset', { action: 'create', id: `set-${++sets}`, auto_resolve: true, ...SELECTED, ...conditions }),
  )
  expect(error).toBeUndefined()
  return result.runset.resolution.runIds
}

let sets = 0

const manifestOf = (facts: Facts) => JSON.parse(readFileSync(join(facts['path'], 'manifest.json'), 'utf8'))

describe('the fact of a run on alerts', () => {
  it('has both data sets, the strategy as requested, its window after the call, seed and parameters', () => {
    expect(all['datasetIds']).toEqual(['calls', 'calls-candles'])
    expect(all['strategyFamily']).toBe(NAME)
    expect(all['strategyParams']).toMatchObject({ trailing_stop: 0.2, reentry_drop: 0.5, window_minutes: 360 })
    expect(all['alertWindowPolicy']).toBe('post_alert_360m')
    expect(all['seed']).toBe(3)
    expect(all['window']).toEqual({ from: '2025-10-01T00:00:00.000Z', to: '2025-10-04T00:00:00.000Z' })
  })

  it('has the universe that its alerts were found to be of', () => {
    const { header, rows } = parseCsv(readFileSync(join(all['path'], 'alerts.csv')), 'alerts.csv')
    const distinct = (name: string) => [...new Set(rows.map(cells => cells[header.indexOf(name)]))].sort()
    const caps = rows.map(cells => Number(cells[header.indexOf('market_cap')])).sort((a, b) => a - b)
    expect(all['universe']).toEqual({
      callers: distinct('caller'),
      chains: distinct('chain'),
      venues: distinct('venue'),
      minMarketCap: caps[0],
      maxMarketCap: caps.at(-1),
    })
    expect(callers.length).toBeGreaterThan(1)
  })

  it('has the callers, venues, chains and volume of its selection, whatever was found of them', async () => {
    const filters = { callerNames: [callers[0], 'nobody'], minVolume: 1 }
    const sources = all['universe'].venues.map((venue: string) => ({ venue, chain: 'solana' }))
    const { universe } = await traded({ filters, sources: [...sources, { venue: 'letter', chain: 'solana' }] })
    expect(universe.callers).toEqual([callers[0], 'nobody'].sort())
    expect(universe.venues).toEqual([...all['universe'].venues, 'letter'].sort())
    expect(universe.chains).toEqual(['solana'])
    expect(universe.minVolume).toBe(1)
  })

  it('leaves the chains as found where a source names none', async () => {
    const sources = all['universe'].venues.map((venue: string) => ({ venue }))
    expect((await traded({ sources: [...sources, { venue: 'letter', chain: 'moon' }] }))['universe'].chains).toEqual(
      all['universe'].chains,
    )
  })

  it('has tags and universe that the request declares, and its manifest keeps them as they were given', async () => {
    const universe = { callers: ['the team'], min_market_cap: 12, token_sources: ['pump'] }
    const facts = await traded({}, { tags: ['b', 'a'], universe })
    expect(facts['tags']).toEqual(['a', 'b'])
    expect(facts['universe']).toMatchObject({
      callers: ['the team'],
      minMarketCap: 12,
      tokenSources: ['pump'],
      maxMarketCap: all['universe'].maxMarketCap,
      venues: all['universe'].venues,
    })
    expect(manifestOf(facts).metadata).toMatchObject({ tags: ['b', 'a'], universe })
  })

  it('declares no caller and no amount where alerts carry none, or names that nothing could select', async () => {
    const rows = [
      'alert_id,ts,token,price,caller,market_cap',
      ...[0, 1, 2].map(n => `n${n},2025-10-01T0${n}:00:00Z,${tokenAt(n)},1,"odd\u0001name",${n === 1 ? '' : 5}`),
    ]
    writeFileSync(join(root, 'odd.csv'), `${rows.join('\n')}\n`)
    const { error } = await ask(
      root,
      requestOf('dataset', { action: 'register', id: 'odd', kind: 'alerts', path: 'odd.csv' }),
    )
    expect(error).toBeUndefined()
    const facts = await traded({}, { alerts_dataset_id: 'odd', dataset_id: 'calls-candles' })
    expect(facts['universe']).toBeUndefined()
    expect(facts['datasetIds']).toEqual(['calls-candles', 'odd'])
  })
})

function tokenAt(row: number): string {
  const { header, rows } = parseCsv(readFileSync(join(all['path'], 'alerts.csv')), 'alerts.csv')
  return rows[row][header.indexOf('token')]
}

describe('the run key of a run on alerts', () => {
  it('tells models, resolution and selection apart, and nothing that changes no number', async () => {
    const keyOf = async (more: Record<string, unknown>) => (await traded(more))['runKey']
    const { latency, slippage } = { latency: { p50: 1, p90: 2, p99: 3 }, slippage: { base: 0.1 } }
    const different = [
      {},
      { executionModel: { latency, slippage: { base: 0 } } },
      { executionModel: { latency, slippage } },
      { costModel: { baseFee: 0.5 } },
      { riskModel: { maxTotalExposure: 150 } },
      { runConfig: { seed: 3, timeResolutionMs: 60_000 } },
      { runConfig: { seed: 4 } },
      { filters: { callerNames: [callers[0]] } },
      { sources: all['universe'].venues.slice(0, 1).map((venue: string) => ({ venue })) },
    ]
    const keys = []
    for (const more of different) keys.push(await keyOf(more))
    expect(new Set(keys).size).toBe(different.length)
    expect(keys[0]).toBe(all['runKey'])
    expect(await keyOf({ runConfig: { seed: 3, includeEventLogs: true, includeStateSnapshots: true } })).toBe(keys[0])
  })
})

describe('a RunSet', () => {
  it('selects by caller, family up to an underscore, window after the call and data set of alerts', async () => {
    const own = await traded({ filters: { callerNames: [callers[1]] } }, { tags: ['mine'] })
    const asking = { strategy_family: 'MultiTrade_20pctTrail', alert_window_policy: 'post_alert_360m' }
    const runs = await selects({ ...asking, caller: [callers[1]] })
    expect(runs).toContain(own['id'])
    expect(runs).not.toContain(all['id'])
    expect(await selects({ ...asking, caller: callers })).toEqual(expect.arrayContaining([own['id'], all['id']]))
    expect(await selects({ ...asking, dataset: 'calls-candles', run_tags: ['mine'] })).toEqual([own['id']])
    expect(await selects({ ...asking, alert_window_policy: 'post_alert_1440m' })).toEqual([])
    const { minMarketCap } = all['universe']
    expect(await selects({ min_market_cap: minMarketCap })).toContain(all['id'])
    expect(await selects({ min_market_cap: minMarketCap * 1.01 })).not.toContain(all['id'])
  })
})

describe('a registry made anew', () => {
  it('finds the same facts on disk', async () => {
    const before = await registered(all['id'])
    const tagged = await traded(
      { filters: { callerNames: [callers[2]] } },
      { tags: ['kept'], universe: { chains: ['x'] } },
    )
    rmSync(join(root, 'lake', 'registry'), { recursive: true })
    rmSync(join(root, 'lake', 'cache'), { recursive: true, force: true })
    expect((await ask(root, requestOf('registry', { action: 'rebuild' })))['error']).toBeUndefined()
    expect(await registered(all['id'])).toEqual(before)
    const { path: _, ...facts } = tagged
    expect(await registered(tagged['id'])).toEqual(facts)
  })

  it('reads runs whose manifest was written before it carried labels and amounts', async () => {
    const facts = await traded({ filters: { callerNames: [callers[3]] } })
    const manifest = manifestOf(facts)
    const { market_caps, tags, universe, ...metadata } = manifest.metadata
    expect([market_caps.min_market_cap > 0, tags, universe]).toEqual([true, undefined, undefined])
    writeFileSync(join(facts['path'], 'manifest.json'), JSON.stringify({ ...manifest, metadata }))
    const input = await runFactsOf(root, facts['path'])
    const { minMarketCap: _, maxMarketCap: __, ...known } = facts['universe']
    expect(input).toMatchObject({ datasetIds: ['calls', 'calls-candles'], alertWindowPolicy: 'post_alert_360m' })
    expect(input?.universe).toEqual(known)
    expect(input?.universe?.callers).toEqual([callers[3]])
  })
})

it('the built program registers a run on generated alerts, and a RunSet of flags alone selects it', () => {
  const place = emptyFolder()
  const done = (...argv: string[]) => {
    const { code, stderr, stdout } = quantlab(place, argv)
    expect([argv[0], code, code === 0 ? '' : stderr + stdout]).toEqual([argv[0], 0, ''])
  }
  const parameters = '{"alerts":12,"days":2,"callers":2,"minutes_before":60,"minutes_after":1500}'
  done('dataset', 'generate', '--kind', 'alerts', '--id', 'calls', '--seed', '1', '--parameters', parameters)
  const strategy = 'MultiTrade_20pctTrail_50pctDropRebound_24h'
  const run = ['run', '--alerts-dataset-id', 'calls', '--strategy', strategy, '--tags', 'baseline']
  done(...run, '--start', '2025-10-01', '--end', '2025-10-03')
  const [id] = readdirSync(join(place, 'outputs/runs')).filter(name => !name.startsWith('runs_index'))
  const { run: facts } = asked(place, ['run', 'get', id])
  const set = ['--dataset', 'calls', '--from', '2025-10-01', '--to', '2025-10-31', '--strategy-family']
  const window = ['MultiTrade_20pctTrail', '--alert-window-policy', 'post_alert_1440m']
  const chosen = (...more: string[]) =>
    asked(place, ['runset', 'create', '--id', `set-${++sets}`, '--auto-resolve', ...set, ...window, ...more]).runset
      .resolution.runIds
  const everyone = facts.universe.callers.flatMap((name: string) => ['--caller', name])
  expect(chosen(...everyone)).toEqual([id])
  expect(chosen('--caller', 'nobody')).toEqual([])
  expect(facts.tags).toEqual(['baseline'])
})
