/** The life of a RunSet: each command in each state, what it answers, and that a refusal writes nothing. */

import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { ask, call, emptyFolder, requestOf } from '../harness.ts'

let root: string

const CREATE = { action: 'create', id: 'b', dataset: 'd', from: '2025-10-01', to: '2025-12-31' }
const OTHER = { ...CREATE, from: '2025-11-01' }

async function asked(command: string, params: Record<string, unknown>): Promise<Record<string, any>> {
  return ask(root, requestOf(command, params))
}

async function done(command: string, params: Record<string, unknown>): Promise<Record<string, any>> {
  const answer = await asked(command, params)
  expect(answer['error']).toBeUndefined()
  return answer['result']
}

const run = (id: string) => ({
  ...{ action: 'register', id, datasets: ['d'], strategy_family: 'f', params: { id }, engine_version: '1' },
  ...{ from: '2025-11-05', to: '2025-11-06', artifact: [`trades=${id}.csv`] },
})

const runset = (action: string, more: Record<string, unknown> = {}) => asked('runset', { action, id: 'b', ...more })

/** Every fact with its time stamp. */
function facts(): string[] {
  const folder = join(root, 'lake/registry')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.parquet'))
    .map(name => `${name} ${statSync(join(folder, name)).mtimeMs}`)
    .sort()
}

const kinds = async () =>
  (await done('runset', { action: 'history', id: 'b' }))['history'].map((one: { kind: string }) => one.kind).reverse()

beforeEach(async () => {
  root = emptyFolder()
  await done('dataset', { action: 'register', id: 'd', family: 'fam', from: '2025-10-01', to: '2025-12-31' })
  for (const id of ['r1', 'r2']) {
    writeFileSync(join(root, `${id}.csv`), id)
    await done('runs', run(id))
  }
  return () => rmSync(root, { recursive: true })
})

/** From nothing to each state. */
const STATES: Record<string, (() => Promise<unknown>)[]> = {
  draft: [() => done('runset', CREATE)],
  resolved: [() => done('runset', CREATE), () => done('runset', { action: 'resolve', id: 'b' })],
  frozen: [() => done('runset', CREATE), () => done('runset', { action: 'freeze', id: 'b' })],
  deleted: [() => done('runset', CREATE), () => done('runset', { action: 'delete', id: 'b' })],
}

type Cell = [state: keyof typeof STATES, verb: string, more: Record<string, unknown>, code: number, what: unknown]

// Section by section of the table: command, state, exit code, and what the answer or the refusal says.
const CELLS: Cell[] = [
  ['draft', 'create', CREATE, 0, { created: false, message: 'RunSet unchanged: b' }],
  ['resolved', 'create', CREATE, 0, { created: false, message: 'RunSet unchanged: b' }],
  ['frozen', 'create', CREATE, 0, { created: false, message: 'RunSet unchanged: b' }],
  ['deleted', 'create', CREATE, 0, { created: true, message: 'RunSet created: b' }],
  ['draft', 'create', OTHER, 5, 'RunSet already exists with a different selection: b'],
  ['resolved', 'create', OTHER, 5, 'RunSet already exists with a different selection: b'],
  ['frozen', 'create', OTHER, 5, 'RunSet already exists with a different selection: b'],
  ['deleted', 'create', OTHER, 0, { created: true, message: 'RunSet created: b' }],
  ['draft', 'resolve', {}, 0, { cached: false, mode: 'exploration', resolution: { kind: 'resolve', frozen: false } }],
  ['resolved', 'resolve', {}, 0, { cached: true, mode: 'exploration', resolution: { kind: 'resolve' } }],
  ['frozen', 'resolve', {}, 0, { cached: true, mode: 'reproducible', resolution: { frozen: true } }],
  ['deleted', 'resolve', {}, 6, 'RunSet not found: b'],
  ['draft', 'resolve', { force: true }, 0, { cached: false, resolution: { kind: 'forced' } }],
  ['resolved', 'resolve', { force: true }, 0, { cached: false, resolution: { kind: 'forced' } }],
  ['frozen', 'resolve', { force: true }, 0, { preview: true, resolution: { kind: 'preview' }, diff: { same: true } }],
  ['deleted', 'resolve', { force: true }, 6, 'RunSet not found: b'],
  ['draft', 'freeze', {}, 0, { changed: true, pin: { pin: 1 } }],
  ['resolved', 'freeze', {}, 0, { changed: true, pin: { pin: 1 } }],
  ['frozen', 'freeze', {}, 5, /^RunSet already frozen: b \(resolution_hash=[0-9a-f]{8}\.\.\.\)$/],
  ['frozen', 'freeze', { repin: true }, 0, { changed: true, pin: { pin: 2 } }],
  ['deleted', 'freeze', {}, 6, 'RunSet not found: b'],
  ['draft', 'unfreeze', {}, 5, 'RunSet is not frozen: b'],
  ['resolved', 'unfreeze', {}, 5, 'RunSet is not frozen: b'],
  ['frozen', 'unfreeze', {}, 0, { mode: 'exploration', previousPin: { pin: 1, active: false } }],
  ['deleted', 'unfreeze', {}, 6, 'RunSet not found: b'],
  ['draft', 'delete', {}, 0, { runsetId: 'b', deleted: true }],
  ['resolved', 'delete', {}, 0, { runsetId: 'b', deleted: true }],
  ['frozen', 'delete', {}, 5, 'RunSet is frozen: b. Unfreeze it before deleting.'],
  ['deleted', 'delete', {}, 0, { runsetId: 'b', deleted: true }],
]

/** Cells that answer and write nothing. */
const SILENT = new Set(['create unchanged', 'resolved resolve', 'frozen resolve', 'deleted delete'])

it.each(CELLS)('%s: %s %o answers %i', async (state, verb, more, code, what) => {
  for (const step of STATES[state]) await step()
  const before = facts()
  const answer = await runset(verb, more)
  expect(answer['exit_code']).toBe(code)
  if (code === 0) expect(answer['result']).toMatchObject(what as object)
  else expect(answer['error'].message).toMatch(what as string)
  const unchanged = verb === 'create' && answer['result']?.created === false
  const cell = unchanged ? 'create unchanged' : `${state} ${[verb, ...Object.keys(more)].join(' ')}`
  if (code !== 0 || SILENT.has(cell)) expect(facts()).toEqual(before)
  else expect(facts().length).toBeGreaterThan(before.length)
})

it('a deleted RunSet that was frozen takes the same selection back, and no other', async () => {
  for (const step of STATES['frozen']) await step()
  await done('runset', { action: 'unfreeze', id: 'b' })
  await done('runset', { action: 'delete', id: 'b' })
  expect((await runset('get'))['error'].hint).toMatch(/deleted/)
  expect((await runset('create', OTHER))['exit_code']).toBe(5)
  expect((await runset('create', CREATE))['result'].created).toBe(true)
  expect((await done('runset', { action: 'get', id: 'b@pin.1' }))['resolution'].runIds).toEqual(['r1', 'r2'])
})

it('an id that took another selection shows no answer of the one before', async () => {
  for (const step of STATES['resolved']) await step()
  await done('runset', { action: 'delete', id: 'b' })
  await done('runset', { ...OTHER, caller: ['nobody'] })
  expect(await done('runset', { action: 'get', id: 'b' })).not.toHaveProperty('resolution')
  const { summary } = await done('registry', { action: 'rebuild' })
  expect([summary.membership, summary.resolutions]).toEqual([0, 1])
  expect((await done('runset', { action: 'resolve', id: 'b' }))['resolution'].runIds).toEqual([])
})

describe('a freeze that is refused writes nothing, in a draft too', () => {
  it.each([
    ['another hash is expected', { expect_hash: '00000000' }, 5],
    ['an artifact was changed', {}, 7],
    ['nothing matches', { id: 'empty' }, 5],
    ['the data set is not registered', { id: 'unknown', allow_empty: true }, 6],
  ])('where %s', async (what, more, code) => {
    await done('runset', CREATE)
    await done('runset', { ...CREATE, id: 'empty', caller: ['nobody'] })
    await done('runset', { ...CREATE, id: 'unknown', dataset: 'unknown' })
    if (what === 'an artifact was changed') writeFileSync(join(root, 'r1.csv'), 'other')
    const before = facts()
    expect((await runset('freeze', more))['exit_code']).toBe(code)
    expect(facts()).toEqual(before)
  })
})

it('auto-resolve of a selection that cannot be answered creates nothing', async () => {
  const before = facts()
  for (const more of [
    { run_ids: ['r1', 'nobody'] },
    { dataset: 'nofam', latest: true, from: '2025-10-01', to: '2025-12-31' },
  ])
    expect((await asked('runset', { action: 'create', id: 'x', auto_resolve: true, ...more }))['exit_code']).toBe(6)
  expect(facts()).toEqual(before)
})

it('a pin with a deleted member answers as ever, and says beside it that a member is deleted', async () => {
  for (const step of STATES['frozen']) await step()
  const pinned = (await runset('resolve'))['result'].resolution
  await done('runs', { action: 'delete', id: 'r2' })
  const answer = await runset('resolve')
  expect(answer['result'].resolution).toEqual(pinned)
  expect(answer['warnings']).toEqual(['1 pinned members are deleted: r2'])
  await done('runs', { action: 'delete', id: 'r2', restore: true })
  expect((await runset('resolve'))['warnings']).toBeUndefined()
})

it('freezing a RunSet that follows a family says which data set it pins', async () => {
  await done('runset', { ...CREATE, dataset: 'fam', latest: true })
  const { stdout } = await call(root, ['runset', 'freeze', 'b'])
  expect(stdout).toContain('\nDataset: d (newest of the family; the pin keeps it)\n')
})

it('a fault in one of many runs is told with its line, and none is registered', async () => {
  const line = (more: object) =>
    JSON.stringify({ id: 'j', datasets: ['d'], strategy_family: 'f', engine_version: '1', ...more })
  writeFileSync(join(root, 'runs.jsonl'), `${line({ id: 'j1' })}\n\n${line({ id: 'j2', datasets: ['not an id'] })}\n`)
  const answer = await asked('runs', { action: 'register', from_jsonl: 'runs.jsonl' })
  expect(answer['error'].message).toMatch(/^line 3 datasetIds: /)
  expect((await asked('runs', { action: 'get', id: 'j1' }))['exit_code']).toBe(6)
})

it('a changed artifact is told with both hashes', async () => {
  for (const step of STATES['resolved']) await step()
  writeFileSync(join(root, 'r1.csv'), 'longer than before')
  const { error } = await runset('freeze')
  expect(error.message).toMatch(/^Artifact content changed: r1.csv \(expected [0-9a-f]{8}, found [0-9a-f]{8}\)$/)
})

it('a conflict tells a person each field, old and new', async () => {
  await done('runset', CREATE)
  const { stderr } = await call(root, 'runset create --id b --dataset d --from 2025-11-01 --to 2025-12-31'.split(' '))
  expect(stderr).toContain('/where/timeBounds/from "2025-10-01T00:00:00.000Z" → "2025-11-01T00:00:00.000Z"')
})

it('history keeps resolve, forced and preview in their order, with pins, and get shows ten of it where no number is said', async () => {
  for (const step of STATES['resolved']) await step()
  await runset('resolve', { force: true })
  await runset('freeze')
  await runset('resolve', { force: true })
  expect(await kinds()).toEqual(['resolve', 'forced', 'preview'])
  const { stdout, code } = await call(root, ['runset', 'get', 'b', '--history', '--format', 'json'])
  expect([code, JSON.parse(stdout).history.length]).toEqual([0, 3])
})

it('explain names the window of a run as instants', async () => {
  await done('runset', CREATE)
  const { conditions } = await done('runset', { action: 'explain', id: 'b', run: 'r1' })
  const time = conditions.find((one: { condition: string }) => one.condition === 'time')
  expect(time.has).toEqual({ from: '2025-11-05T00:00:00.000Z', to: '2025-11-06T00:00:00.000Z' })
})

it('an alias is read as it was at a moment', async () => {
  for (const step of STATES['frozen']) await step()
  const now = Date.UTC(2026, 0, 1)
  const set = (reference: string, at: number) =>
    ask(root, requestOf('runset', { action: 'alias', verb: 'set', alias: 'best', reference }), { now: at })
  await set('b@pin.1', now)
  await done('runs', { ...run('r1'), id: 'r3' })
  await runset('freeze', { repin: true, fresh: true })
  await set('b@pin.2', now + 86_400_000)
  const members = async (at: string) =>
    (await done('runset', { action: 'get', id: 'best', at }))['resolution'].runIds.length
  expect([await members('2026-01-01T12:00:00Z'), await members('2026-01-03')]).toEqual([2, 3])
  expect((await asked('runset', { action: 'get', id: 'best', at: '2025-01-01' }))['exit_code']).toBe(6)
  const { history } = await done('runset', { action: 'alias', verb: 'history', alias: 'best' })
  expect(history.map((one: { reference: string }) => one.reference)).toEqual(['b@pin.1', 'b@pin.2'])
})

it('a difference names the code of runs that came, and takes an experiment as a side', async () => {
  for (const step of STATES['frozen']) await step()
  const manifest = {
    run_id: 'made',
    snapshot_id: 'd',
    strategy_hash: 'a'.repeat(64),
    engine_version: '2',
    git_sha: 'c'.repeat(40),
  }
  writeFileSync(join(root, 'manifest.json'), JSON.stringify({ ...manifest, status: 'completed' }))
  await done('runs', { action: 'register', manifest: 'manifest.json', from: '2025-11-05', to: '2025-11-06' })
  await done('runs', run('r1').id === 'r1' ? { ...run('r1'), id: 'r3' } : {})
  const { code } = await done('runset', { action: 'diff', a: 'b' })
  expect(code).toEqual([
    { engineVersion: '1', gitSha: null, added: 1, removed: 0 },
    { engineVersion: '2', gitSha: 'c'.repeat(40), added: 1, removed: 0 },
  ])
  const { createExperiment } = await import('../../src/registry/experiment-facts.ts')
  const { resolution } = await done('runset', { action: 'get', id: 'b' })
  const input = { experimentId: 'exp-1', definitionHash: 'd'.repeat(64), definition: {} as never }
  await createExperiment(root, { ...input, resolutionIds: [resolution.resolutionId] }, { now: 1 })
  const found = await done('runset', { action: 'diff', a: 'exp-1', b: 'b' })
  expect(found).toMatchObject({ a: 'exp-1', same: true })
})

it('the lineage of an artifact leads to its run and data set', async () => {
  const { registered } = await done('artifact', { action: 'list', run_id: 'r1' })
  const { nodes } = await done('runset', { action: 'lineage', id: registered[0].artifactId, up: true })
  expect(nodes.map((node: { id: string }) => node.id)).toEqual([
    ...[`artifact:${registered[0].artifactId}`, 'dataset:d', 'run:r1'],
  ])
})

it('run list takes the short names of its filters', async () => {
  await done('runs', { action: 'tag', id: 'r1', add: ['t'] })
  for (const argv of [
    ['--tag', 't'],
    ['--tags', 't'],
    ['--family', 'f', '--limit', '1', '--tag', 't'],
  ]) {
    const { stdout, code } = await call(root, ['run', 'list', ...argv, '--format', 'json'])
    expect([code, JSON.parse(stdout).registered.map((one: { runId: string }) => one.runId)]).toEqual([0, ['r1']])
  }
})
