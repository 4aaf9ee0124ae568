/** `runset diff --metrics`: figures of both sides out of the artifacts, and their differences. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { ask, call, requestOf, rootWithData } from '../harness.ts'

let root: string
/** total_return of each run, as its metrics.json says. */
const returns: number[] = []
const ids: string[] = []

async function done(command: string, params: Record<string, unknown>): Promise<Record<string, any>> {
  const answer = await ask(root, requestOf(command, params))
  expect(answer['error']).toBeUndefined()
  return answer
}

async function run(fee: number, strategy: string): Promise<void> {
  const params = { ticker: 'ETH-USD', start: '2021-01-01', end: '2022-01-01', fee, strategy }
  const answer = await done('run', params)
  const metrics = JSON.parse(readFileSync(join(answer['artifacts_path'], 'metrics.json'), 'utf8'))
  returns.push(metrics.summary.total_return)
  ids.push(answer['run_id'])
}

beforeAll(async () => {
  root = await rootWithData()
  for (const fee of [0.001, 0.002]) await run(fee, 'buy_and_hold')
  await done('runset', { action: 'create', id: 'all', dataset: 'eth-usd', from: '2021-01-01', to: '2021-12-31' })
  await done('runset', { action: 'freeze', id: 'all' })
  await run(0.003, 'buy_and_hold')
  await run(0.001, 'sma_cross')
})

const diff = async (params: Record<string, unknown>) =>
  (await done('runset', { action: 'diff', a: 'all', ...params }))['result'].metrics

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

it('compares the summary metrics of a pin with what the selection gives now', async () => {
  const metrics = await diff({ metrics: 'summary' })
  expect(metrics.keys).toEqual(['metric'])
  expect(metrics.figures).toEqual(['runs', 'mean', 'median', '25 %', '75 %'])
  const row = metrics.rows.find((one: { key: string[] }) => one.key[0] === 'total_return')
  const [before, after] = [mean(returns.slice(0, 2)), mean(returns)]
  expect([row.before[0], row.after[0], row.delta[0]]).toEqual([2, 4, 2])
  expect(row.before[1]).toBeCloseTo(before, 12)
  expect(row.after[1]).toBeCloseTo(after, 12)
  expect(row.delta[1]).toBeCloseTo(after - before, 12)
})

it('takes any SELECT: rows by their columns that are no numbers, those of one side alone too; swapping the sides turns the signs', async () => {
  const sql = `SELECT r.strategy_family AS family, count(*) AS n, max(m.total_return) AS best FROM metrics m
    JOIN registry.runs r USING (run_id) GROUP BY ALL ORDER BY family`
  await done('runset', { action: 'create', id: 'more', dataset: 'eth-usd', from: '2021-01-01', to: '2021-12-31' })
  await done('runset', { action: 'resolve', id: 'more' })
  const there = await diff({ b: 'more', metrics: sql })
  const best = Math.max(...returns.slice(0, 3))
  expect(there).toMatchObject({ keys: ['family'], figures: ['n', 'best'], sql })
  const [held, crossed] = there.rows
  expect(held).toEqual({
    key: ['buy_and_hold'],
    before: [2, returns[0]],
    after: [3, best],
    delta: [1, best - returns[0]],
  })
  expect(crossed).toEqual({ key: ['sma_cross'], before: null, after: [1, returns[3]], delta: [null, null] })
  const back = (await done('runset', { action: 'diff', a: 'more', b: 'all', metrics: sql }))['result'].metrics
  expect(back.rows[0].delta).toEqual([-1, returns[0] - best])
  expect(back.rows[1]).toMatchObject({ key: ['sma_cross'], after: null })
})

it('prints the figures, and says no word of them where they are not asked for', async () => {
  const argv = ['runset', 'diff', 'all', '--now', '--metrics', 'SELECT count(*) AS runs FROM metrics']
  const { stdout } = await call(root, argv)
  expect(stdout).toMatch(/Metrics:\n {2}runs: 2 → 4 \(\+2\)\n$/)
  expect((await done('runset', { action: 'diff', a: 'all' }))['result']).not.toHaveProperty('metrics')
})

it.each([
  ['rows that nothing tells apart', 'SELECT fee FROM (VALUES (1), (2)) t(fee)', /several rows/],
  ['a key that stands twice', `SELECT 'x' AS name, i FROM range(2) t(i)`, /two rows have the key \["x"\]/],
  ['more rows than can be compared', 'SELECT i::VARCHAR AS name FROM range(10001) t(i)', /more than 10000 rows/],
  ['SQL that writes', `COPY metrics TO 'x.csv'`, /failed|refused/],
  ['SQL that is none', 'SELEKT', /failed|refused/],
  ['a file', `SELECT * FROM read_text('/etc/hostname')`, /failed|refused/],
])('refuses %s', async (_, metrics, message) => {
  const answer = await ask(root, requestOf('runset', { action: 'diff', a: 'all', metrics }))
  expect(answer['exit_code']).toBe(2)
  expect(answer['error'].message).toMatch(message)
})

it('is refused where an artifact is not what was registered: no figure comes from elsewhere', async () => {
  const path = join(root, 'outputs/runs', ids[0], 'metrics.json')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('"total_return"', '"total_return" '))
  const answer = await ask(root, requestOf('runset', { action: 'diff', a: 'all', metrics: 'summary' }))
  expect([answer['exit_code'], answer['error'].code]).toEqual([7, 'ARTIFACT_CHANGED'])
  writeFileSync(path, text)
})
