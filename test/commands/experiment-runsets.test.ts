/** Experiments made from RunSets: what they take from them, their stamp, what becomes of them when the RunSets change. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Experiment } from '../../contracts/types.ts'
import { sha256Hex } from '../../src/base/canonical.ts'
import { ask, requestOf } from '../harness.ts'
import { create, done, execute, executed, member, refused, runsetRoot } from './experiments.ts'

let root: string

beforeEach(async () => {
  root = await runsetRoot()
})

const selected = (path: string | null) =>
  JSON.parse(readFileSync(join(root, path as string, 'metrics.json'), 'utf8')).alerts.selected

describe('from RunSets', () => {
  it('takes data, strategies, windows and callers of the members, and runs what several share once', async () => {
    const report = await executed(root, { name: 'both', runset: ['whales', 'smart', 'again'] })
    const rows = report.results.map(row => [
      row.runsets.join('+'),
      row.strategy_params['max_trades'],
      row.universe['callers'],
      selected(row.path),
    ])
    // In October whale_watcher called on the 2nd and the 24th, in November smart_money on the 22nd.
    expect(rows).toEqual([
      ['whales+again', 1, ['whale_watcher'], 2],
      ['smart', 1, ['smart_money'], 1],
      ['whales+again', 2, ['whale_watcher'], 2],
      ['smart', 2, ['smart_money'], 1],
    ])
    const { experiment } = await done(root, 'experiment', 'get', { id: report.experiment_id })
    expect(experiment.definition).toMatchObject({
      mode: 'exploratory',
      inputs: { alerts: [{ datasetId: 'calls' }], ohlcv: [{ datasetId: 'candles' }] },
      dateRange: { from: '2025-10-01T00:00:00.000Z', to: '2025-12-01T00:00:00.000Z' },
      strategies: [1, 2].map(max_trades => ({
        name: 'MultiTrade_20pctTrail',
        params: { max_trades, trailing_stop: 0.2 },
      })),
    })
  })

  it('takes only the calls of the callers that all members declare, where the selection names none', async () => {
    const request = { name: 'x', strategies: ['multi_trade'], from: '2025-10-01', to: '2025-10-31' }
    const limits = async (runset: string) =>
      (await create(root, { ...request, runset: [runset] })).definition.runsets.map(({ universe }) => universe)
    await done(root, 'runset', 'create', { id: 'picked', run_ids: ['run-00', 'run-01'] })
    expect(await limits('picked')).toEqual([{ callers: ['whale_watcher'] }])
    expect(await limits('all')).toEqual([{ callers: ['smart_money', 'whale_watcher'] }])
    await done(root, 'runs', 'register', {
      ...{ id: 'silent', datasets: ['candles', 'calls'], strategy_family: 'multi_trade', engine_version: '1.0.0' },
      ...{ params: {}, from: '2025-10-05', to: '2025-10-06' },
    })
    await done(root, 'runset', 'create', { id: 'mixed', run_ids: ['run-00', 'silent'] })
    expect(await limits('mixed')).toEqual([{}])
  })

  it('tells of variations that ask for the run of another, because params replace what the members differ in', async () => {
    const request = { action: 'create', name: 'x', runset: ['whales'], params: { 'strategy_params.max_trades': [2] } }
    const answer = await ask(root, requestOf('experiment', request))
    expect(answer['result'].variations).toBe(2)
    expect(answer['warnings']).toContainEqual(expect.stringContaining('1 of 2 variations ask for the same run'))
  })

  it('gives the variations of data sets that it would give of RunSets with the same limits', async () => {
    const strategy = [{ name: 'multi_trade', params: {} }]
    const [ofRunSet] = (await executed(root, { name: 'a', runset: ['whales'], strategy })).results
    const explicit = { alerts: ['calls'], ohlcv: ['candles'], from: '2025-10-01', to: '2025-10-31', strategy }
    const [named] = (
      await executed(root, { name: 'b', ...explicit, params: { 'filters.callerNames': [['whale_watcher']] } })
    ).results
    expect(named.result_hash).toBe(ofRunSet.result_hash)
    expect(ofRunSet.result_hash).not.toBe((await executed(root, { name: 'c', ...explicit })).results[0].result_hash)
  })

  it('lies inside the bounds of its RunSets, by default on all of them', async () => {
    const part = await create(root, { name: 'part', runset: ['whales', 'smart'], from: '2025-10-10', to: '2025-11-10' })
    expect(part.definition.dateRange).toEqual({ from: '2025-10-10T00:00:00.000Z', to: '2025-11-11T00:00:00.000Z' })
    const outside = { name: 'x', runset: ['whales', 'smart'], from: '2025-09-30', to: '2025-12-01' }
    expect(await refused(root, 'experiment', 'create', outside)).toMatchObject({
      exit: 2,
      code: 'INVALID_SPEC',
      details: [{ pointer: '/params/from' }, { pointer: '/params/to' }],
    })
    const none = { name: 'x', runset: ['whales', 'smart'], from: '2025-10-10', to: '2025-10-12' }
    expect(await refused(root, 'experiment', 'create', none)).toMatchObject({
      exit: 2,
      message: expect.stringContaining('smart'),
    })
  })

  it('C-09: is refused where the members name no data that the lake has', async () => {
    await done(root, 'runs', 'register', {
      ...{ id: 'far', datasets: ['elsewhere'], strategy_family: 'sma_cross', engine_version: '1.0.0' },
      ...{ params: {}, from: '2025-10-05', to: '2025-10-06' },
    })
    await done(root, 'runset', 'create', { id: 'far', run_ids: ['far'] })
    expect(await refused(root, 'experiment', 'create', { name: 'x', runset: ['whales', 'far'] })).toMatchObject({
      exit: 3,
      message: 'RunSet far resolves to no alert/OHLCV input artifacts',
    })
    expect(await refused(root, 'experiment', 'create', { name: 'x', runset: ['whale'] })).toMatchObject({ exit: 6 })
  })

  it('lets no parameter lead beyond the callers of a RunSet, and no symbol be asked of alerts', async () => {
    const request = { name: 'x', runset: ['whales'] }
    expect(
      await refused(root, 'experiment', 'create', { ...request, params: { 'filters.callerNames': [['smart_money']] } }),
    ).toMatchObject({
      exit: 4,
      details: [{ pointer: '/params/params/filters.callerNames' }],
    })
    const strategy = [{ name: 'multi_trade', params: { filters: { callerNames: ['smart_money'] } } }]
    expect(await refused(root, 'experiment', 'create', { ...request, strategy })).toMatchObject({ exit: 4 })
    expect(await refused(root, 'experiment', 'create', { ...request, symbols: ['TTOKEN0'] })).toMatchObject({
      exit: 2,
      details: [{ pointer: '/params/symbols' }],
    })
  })

  it('counts bars once where RunSets differ in their callers alone', async () => {
    const request = {
      name: 'bars',
      runset: ['whales', 'all'],
      strategies: ['buy_and_hold'],
      from: '2025-10-01',
      to: '2025-10-31',
    }
    const { variations } = await done(root, 'experiment', 'create', {
      ...request,
      symbols: ['TTOKEN0'],
      max_combinations: 1,
    })
    expect(variations).toBe(1)
  })
})

describe('RS-21: the stamp', () => {
  const mode = async (runset: string[], more: Record<string, unknown> = {}) =>
    (await create(root, { name: 'x', runset, ...more })).mode

  it('is reproducible where every RunSet is frozen at the time, and stays', async () => {
    const loose = await create(root, { name: 'x', runset: ['whales'] })
    expect(loose.mode).toBe('exploratory')
    await done(root, 'runset', 'freeze', { id: 'whales' })
    const pinned = await create(root, { name: 'x', runset: ['whales'] })
    expect([pinned.mode, pinned.definition.runsets[0].pin]).toEqual(['reproducible', 1])
    expect(pinned.experimentId).not.toBe(loose.experimentId)
    expect(await mode(['whales', 'smart'])).toBe('exploratory')
    await done(root, 'runset', 'unfreeze', { id: 'whales' })
    expect(await mode(['whales'])).toBe('exploratory')
    expect(await mode(['whales@pin.1'])).toBe('reproducible')
    const { experiment } = await done(root, 'experiment', 'get', { id: pinned.experimentId })
    expect(experiment.mode).toBe('reproducible')
    const { resolution } = await done(root, 'runset', 'resolve', { id: 'whales@pin.1' })
    const { resolutionId, contentHash, artifactsHash, specHash } = resolution
    expect(pinned.definition.runsets[0]).toMatchObject({
      resolutionId,
      contentHash,
      artifactsHash,
      specHash,
      runCount: 2,
    })
  })

  it('may be required, or made on the way; what is refused freezes nothing', async () => {
    expect(
      await refused(root, 'experiment', 'create', { name: 'x', runset: ['whales', 'smart'], require_frozen: true }),
    ).toMatchObject({
      exit: 5,
      details: [
        { pointer: '/params/runset/0', message: 'RunSet is not frozen: whales' },
        { pointer: '/params/runset/1', message: 'RunSet is not frozen: smart' },
      ],
    })
    const wrong = { name: 'x', runset: ['whales'], freeze: true, strategies: ['sma_cros'] }
    expect((await refused(root, 'experiment', 'create', wrong)).exit).toBe(4)
    expect((await done(root, 'runset', 'get', { id: 'whales' }))['mode']).toBe('exploration')
    expect(await mode(['whales', 'smart'], { freeze: true, require_frozen: true })).toBe('reproducible')
    expect((await done(root, 'runset', 'get', { id: 'smart' }))['mode']).toBe('reproducible')
    expect(await mode(['whales', 'smart'], { require_frozen: true })).toBe('reproducible')
  })

  it('RS-20: a preview of a frozen RunSet changes neither an experiment nor what one is made of', async () => {
    await done(root, 'runset', 'freeze', { id: 'whales' })
    const before = await create(root, { name: 'x', runset: ['whales'] })
    await member(root, 'run-later', 'whale_watcher', 10, { max_trades: 9 })
    const preview = await done(root, 'runset', 'resolve', { id: 'whales', force: true })
    expect([preview['preview'], preview['resolution'].runIds.length]).toEqual([true, 3])
    expect((await done(root, 'experiment', 'get', { id: before.experimentId }))['experiment']).toEqual(before)
    const after = await create(root, { name: 'x', runset: ['whales'] })
    expect([after.definitionHash, after.seed]).toEqual([before.definitionHash, before.seed])
    expect((await execute(root, before.experimentId)).results).toHaveLength(2)
  })

  it('is executed as it was defined, also when its RunSet has changed or is gone', async () => {
    const { experimentId: id } = await create(root, { name: 'x', runset: ['whales'] })
    await member(root, 'run-later', 'whale_watcher', 10, { max_trades: 9 })
    await done(root, 'runset', 'resolve', { id: 'whales', force: true })
    await done(root, 'runset', 'delete', { id: 'whales' })
    await done(root, 'registry', 'gc', { apply: true })
    expect((await execute(root, id)).results).toHaveLength(2)
    const ids = (result: Record<string, any>) =>
      result['experiments'].map(({ experimentId }: Experiment) => experimentId)
    expect(ids(await done(root, 'experiment', 'list', { runset: 'whales' }))).toEqual([id])
    const { resolutionId, contentHash } = (await done(root, 'experiment', 'get', { id }))['experiment'].definition
      .runsets[0]
    for (const artifact of ['whales', resolutionId, contentHash, 'run-00', 'run-01', 'calls'])
      expect([artifact, ids(await done(root, 'experiment', 'find_by_inputs', { artifacts: [artifact] }))]).toEqual([
        artifact,
        [id],
      ])
    expect(
      ids(await done(root, 'experiment', 'find_by_inputs', { artifacts: ['run-later', 'run-10', 'smart'] })),
    ).toEqual([])
  })
})

/** Every file below a folder with its hash and time of change. */
function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.filter(name => statSync(join(folder, name)).isFile())
  return new Map(
    files.map(name => {
      const path = join(folder, name)
      return [name, `${sha256Hex(readFileSync(path))} ${statSync(path).mtimeMs}`]
    }),
  )
}

it('RS-01: creating, listing, finding and executing change no byte of a file that was there', async () => {
  await executed(root, { name: 'first', runset: ['whales'] })
  const before = new Map(
    [...filesOf(join(root, 'lake'))].filter(([name]) => !name.startsWith('cache/') && !name.includes('.lock')),
  )
  const { experimentId: id } = await create(root, { name: 'x', runset: ['whales'], freeze: true })
  await done(root, 'experiment', 'list', {})
  await done(root, 'experiment', 'get', { id })
  await done(root, 'experiment', 'find_by_inputs', { artifacts: ['calls'] })
  const created = filesOf(join(root, 'lake'))
  for (const [name, was] of before) expect([name, created.get(name)]).toEqual([name, was])
  const added = [...created.keys()].filter(name => !before.has(name) && !name.startsWith('cache/'))
  expect(added.filter(name => !name.startsWith('registry/'))).toEqual([])
  await execute(root, id)
  const after = filesOf(join(root, 'lake'))
  for (const [name, was] of before) expect([name, after.get(name)]).toEqual([name, was])
})
