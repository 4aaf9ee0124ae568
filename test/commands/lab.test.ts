/** `lab query` and `lab report` over registered runs: the published SQL as printed, provenance, limits, templates, the same bytes twice. */

import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { sha256Hex } from '../../src/base/canonical.ts'
import { parquetBytes } from '../../src/base/parquet.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { registerRun } from '../../src/registry/register.ts'
import { freezeRunSet, resolveRunSet, unfreezeRunSet } from '../../src/registry/resolve.ts'
import type { Stamp } from '../../src/registry/types.ts'
import { ask, call, requestOf } from '../harness.ts'
import { freshRoot, registerGuideDataset, ticking } from '../registry/fixtures.ts'

/** The SQL of the design document, as printed there but for the id. */
const PUBLISHED = `SELECT * FROM trades
WHERE run_id IN (
  SELECT run_id FROM registry.runset_membership WHERE runset_id = 'whales'
)`

let root: string
/** Where the lab makes its databases in this test. */
let workshop: string
let tick: () => Stamp

/** Return, Sharpe ratio and profits of five runs: worked with by hand below. */
const FIGURES: [total: number, sharpe: number | null, pnls: number[]][] = [
  [0.1, 1, [10, -4]],
  [0.2, 2, [7.5]],
  [-0.3, -1, []],
  [0.4, 4, [1, 2, 3]],
  [0, null, [0.25]],
]

/** A run with metrics, trades and curve on disk. */
async function addRun(
  n: number,
  more: { window?: { from: string; to: string }; datasetIds?: string[] } = {},
): Promise<void> {
  const runId = `run-${n}`
  const [total, sharpe, pnls] = FIGURES[n % FIGURES.length]
  const folder = join(root, 'outputs', 'runs', runId)
  mkdirSync(folder, { recursive: true })
  const summary = {
    total_return: total,
    sharpe_simple: sharpe,
    max_drawdown: -0.5,
    trades: pnls.length,
    win_rate: null,
  }
  const files = {
    'metrics.json': JSON.stringify({
      mode: 'run',
      leaderboard_size: 1,
      summary,
      best_result: { total_return: total, params: { fast: 5 } },
      extended: { cagr: 2 * total, undefined_reasons: { sharpe_ratio: 'no variance' } },
    }),
    'trades.csv': `timestamp,side,code,pnl\n${pnls.map((pnl, i) => `2025-10-0${i + 1},SELL,007,${pnl}\n`).join('')}`,
    'equity.parquet': parquetBytes({ columns: { equity: Float64Array.of(100, 100 + n), run_id: ['a', 'b'] }, rows: 2 }),
    'config.json': JSON.stringify({ ticker: `T${n}` }),
  }
  const kinds = {
    'metrics.json': 'metrics',
    'trades.csv': 'trades',
    'equity.parquet': 'curves',
    'config.json': 'config',
  }
  for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data)
  const artifacts = Object.entries(files).map(([name, data]) => ({
    kind: kinds[name as keyof typeof kinds],
    uri: `outputs/runs/${runId}/${name}`,
    contentHash: sha256Hex(data),
    bytes: Buffer.byteLength(data),
  }))
  const run = {
    runId,
    datasetIds: ['ohlcv_v2_2025Q4'],
    strategyFamily: `family_${n % 2}`,
    engineVersion: '1.0.0',
    window: { from: '2025-10-01', to: '2025-10-11' },
    universe: { callers: [n < 5 ? 'whale_watcher' : 'other'] },
    artifacts,
    ...more,
  }
  await registerRun(root, run, tick())
}

const bounds = { datasetId: 'ohlcv_v2_2025Q4', timeBounds: { from: '2025-10-01', to: '2025-12-31' } }

beforeAll(async () => {
  root = freshRoot()
  workshop = freshRoot()
  process.env['TMPDIR'] = workshop
  tick = ticking()
  await registerGuideDataset(root, tick())
  for (let n = 0; n < 5; n++) await addRun(n)
  await addRun(5)
  await addRun(6, { window: { from: '2025-10-06', to: '2025-10-21' } })
  await createRunSet(root, { runsetId: 'whales', universe: { callers: ['whale_watcher'] }, ...bounds }, tick())
  await createRunSet(root, { runsetId: 'everyone', ...bounds }, tick())
  await createRunSet(root, { runsetId: 'some', runIds: ['run-0', 'run-3', 'run-6'] }, tick())
  await resolveRunSet(root, 'whales', tick())
  await freezeRunSet(root, 'whales', tick())
})

const query = (params: Record<string, unknown>) =>
  ask(root, requestOf('lab', { action: 'query', runset: 'whales', ...params }))
const report = (params: Record<string, unknown>) =>
  ask(root, requestOf('lab', { action: 'report', runset: ['whales'], template: 'performance_summary', ...params }))

/** Every file below the root but what the lab itself was told to write. */
function stateOfRoot(): string {
  return readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.parentPath.includes('lab-out'))
    .map(
      entry => `${join(entry.parentPath, entry.name)} ${sha256Hex(readFileSync(join(entry.parentPath, entry.name)))}`,
    )
    .sort()
    .join('\n')
}

it('runs the published SQL as it is printed', async () => {
  writeFileSync(join(root, 'published.sql'), PUBLISHED)
  const before = stateOfRoot()
  const answer = await query({ query: 'published.sql' })
  expect(answer).toMatchObject({ status: 'success' })
  const { columns, rows, rowCount, truncated, provenance, out } = answer['result']
  expect(columns).toEqual([
    { name: 'run_id', type: 'VARCHAR' },
    { name: 'artifact_id', type: 'VARCHAR' },
    { name: 'timestamp', type: 'DATE' },
    { name: 'side', type: 'VARCHAR' },
    { name: 'code', type: 'VARCHAR' },
    { name: 'pnl', type: 'DOUBLE' },
  ])
  const pnls = rows.map((row: unknown[]) => [row[0], row[5]])
  const expected = FIGURES.flatMap(([, , values], n) => values.map(pnl => [`run-${n}`, pnl]))
  expect(pnls).toEqual(expected)
  expect({ rowCount, truncated, out }).toEqual({ rowCount: 7, truncated: false, out: null })
  expect(provenance).toMatchObject({
    runsetId: 'whales',
    mode: 'reproducible',
    pin: 1,
    runCount: 5,
    sqlHash: sha256Hex(PUBLISHED),
    contentHash: sha256Hex('["run-0","run-1","run-2","run-3","run-4"]'),
  })
  expect(provenance.citation).toMatch(/^whales · spec [0-9a-f]{8} · pin 1 · runs [0-9a-f]{8} \(5\) · artifacts/)
  expect(answer['warnings']).toEqual(['The SQL has no ORDER BY: the order of the rows means nothing.'])
  expect(stateOfRoot()).toBe(before)
})

it('has the metrics of each run as a row, and each figure as a row', async () => {
  const wide = await query({
    sql: 'SELECT total_return, sharpe_simple, extended_cagr, best_result_params_fast, win_rate FROM metrics ORDER BY run_id',
  })
  expect(wide['result'].rows).toEqual([
    [0.1, 1, 0.2, 5, null],
    [0.2, 2, 0.4, 5, null],
    [-0.3, -1, -0.6, 5, null],
    [0.4, 4, 0.8, 5, null],
    [0, null, 0, 5, null],
  ])
  const long = await query({
    sql: `SELECT block, metric, count(*), avg(value) FROM metric_values WHERE metric IN ('cagr', 'sharpe_simple') GROUP BY ALL ORDER BY ALL`,
  })
  expect(long['result'].rows).toEqual([
    ['extended', 'cagr', 5, expect.closeTo(0.16, 12)],
    ['summary', 'sharpe_simple', 4, 1.5],
  ])
})

it('joins the registry, with lists as lists, and keeps a column of the file that is called as one of ours', async () => {
  const sql = `SELECT r.run_id, r.dataset_ids, r.window_to, c.file_run_id, c.equity FROM registry.runs r JOIN curves c USING (run_id)
    WHERE c.equity > 103 ORDER BY r.run_id`
  expect((await query({ sql }))['result'].rows).toEqual([
    ['run-4', ['ohlcv_v2_2025Q4'], '2025-10-11T00:00:00.000Z', 'b', 104],
  ])
})

it('loads documents where they are asked for, and only what is asked for', async () => {
  const sql = `SELECT document->>'$.ticker' FROM config ORDER BY run_id`
  expect((await query({ sql, kinds: ['config'] }))['result'].rows).toEqual([['T0'], ['T1'], ['T2'], ['T3'], ['T4']])
  const refused = await query({ sql: 'SELECT * FROM trades', kinds: ['config'] })
  expect(refused['error'].message).toContain('Table with name trades does not exist')
})

it('takes parameters, limits rows, says so, and writes files', async () => {
  const sql = 'SELECT run_id, $word AS word, pnl FROM trades WHERE pnl > $least ORDER BY pnl'
  const answer = await query({ sql, param: ['least=1.5', "word=it's"], limit: 2, out: 'lab-out/rows.csv' })
  expect(answer['result'].rows).toEqual([
    ['run-3', "it's", 2],
    ['run-3', "it's", 3],
  ])
  expect(answer['result'].truncated).toBe(true)
  expect(answer['warnings']).toEqual(['Only the first 2 rows are given: raise `limit` for more.'])
  expect(readFileSync(join(root, 'lab-out/rows.csv'), 'utf8')).toBe("run_id,word,pnl\nrun-3,it's,2\nrun-3,it's,3\n")
  const unused = await query({ sql: 'SELECT 1', param: ['a=1'] })
  expect(unused['error']).toMatchObject({ code: 'INVALID_CONFIG', message: 'No SQL uses the parameter $a' })
})

it('prints a table, CSV and the result alone for flag calls', async () => {
  const sql = 'SELECT run_id, pnl FROM trades WHERE pnl > 5 ORDER BY pnl'
  const flags = ['lab', 'query', '--runset', 'whales', '--sql', sql]
  const table = await call(root, flags)
  expect(table.code).toBe(0)
  expect(table.stdout).toMatch(/^whales · reproducible · runs [0-9a-f]{8} \(5\)/)
  expect(table.stdout).toContain('run_id  pnl\n------  ---\nrun-1   7.5\nrun-0    10\n\n2 rows\n')
  expect((await call(root, [...flags, '--format', 'csv'])).stdout).toBe('run_id,pnl\nrun-1,7.5\nrun-0,10\n')
  expect(JSON.parse((await call(root, [...flags, '--format', 'json'])).stdout).rowCount).toBe(2)
})

it.each([
  ['UPDATE', 'UPDATE trades SET pnl = 0'],
  ['DELETE', 'DELETE FROM metrics'],
  ['COPY', `COPY trades TO 'x.csv'`],
  ['a file of the root', `SELECT * FROM read_csv('outputs/runs/run-0/trades.csv')`],
])('refuses %s and answers the next query as before', async (_, sql) => {
  const question = { sql: 'SELECT count(*), sum(pnl) FROM trades' }
  const before = stateOfRoot()
  const refused = await query({ sql })
  expect(refused).toMatchObject({ status: 'error', exit_code: 2, error: { code: 'INVALID_CONFIG' } })
  expect((await query(question))['result'].rows).toEqual([[7, 19.75]])
  expect(stateOfRoot()).toBe(before)
})

it.each([
  ['neither SQL nor file', {}],
  ['SQL and file', { sql: 'SELECT 1', query: 'x.sql' }],
  ['an absent file', { query: 'absent.sql' }],
  ['a result among facts', { sql: 'SELECT 1', out: 'lake/registry/x.csv' }],
  ['a result in a run', { sql: 'SELECT 1', out: 'outputs/runs/run-0/trades.csv' }],
  ['a result out of the root', { sql: 'SELECT 1', out: '../x.csv' }],
  ['a result of no known form', { sql: 'SELECT 1', out: 'x.exe' }],
  ['a parameter twice', { sql: 'SELECT $a', param: ['a=1', 'a=2'] }],
  ['no memory', { sql: 'SELECT 1', memory: '0MB' }],
])('refuses %s', async (_, params) => {
  expect(await query(params)).toMatchObject({ status: 'error', exit_code: 2 })
})

it('ends SQL that takes too long', async () => {
  const answer = await query({ sql: 'SELECT sum(sqrt(i)) FROM range(100000000000) t(i)', timeout: 1 })
  expect(answer['error']).toMatchObject({ code: 'INVALID_CONFIG', message: 'The SQL took more than 1 seconds' })
  expect(readdirSync(workshop)).toEqual([])
})

it('names an unknown RunSet, a missing and a changed artifact', async () => {
  expect(await query({ runset: 'whale', sql: 'SELECT 1' })).toMatchObject({
    exit_code: 6,
    error: { code: 'RUNSET_NOT_FOUND', hint: 'Did you mean whales?' },
  })
  const trades = join(root, 'outputs/runs/run-3/trades.csv')
  const text = readFileSync(trades)
  try {
    appendFileSync(trades, '2025-10-09,BUY,007,1000\n')
    const changed = await query({ sql: 'SELECT sum(pnl) FROM trades' })
    expect(changed).toMatchObject({ exit_code: 7, error: { code: 'ARTIFACT_CHANGED' } })
    expect(changed['error'].message).toContain('outputs/runs/run-3/trades.csv')
    const unchecked = await query({ sql: 'SELECT sum(pnl) FROM trades', no_verify: true })
    expect(unchecked['result'].rows).toEqual([[1019.75]])
    rmSync(trades)
    const missing = await query({ sql: 'SELECT 1', no_verify: true })
    expect(missing).toMatchObject({ exit_code: 7, error: { code: 'ARTIFACT_MISSING' } })
    expect(missing['error'].message).toContain('run-3/trades')
  } finally {
    writeFileSync(trades, text)
  }
})

it('reads a live RunSet as it was resolved, a draft as it is now, and says what has changed', async () => {
  const count = { sql: 'SELECT count(*) FROM registry.runset_membership' }
  await createRunSet(root, { runsetId: 'live', universe: { callers: ['late'] }, ...bounds }, tick())
  const draft = await query({ runset: 'live', ...count })
  expect(draft['result']).toMatchObject({ rows: [[0]], provenance: { mode: 'exploratory', runCount: 0 } })
  await registerRun(
    root,
    {
      runId: 'late-1',
      strategyFamily: 'late',
      datasetIds: ['ohlcv_v2_2025Q4'],
      engineVersion: '1.0.0',
      window: { from: '2025-10-01', to: '2025-10-11' },
      universe: { callers: ['late'] },
    },
    tick(),
  )
  const stale = await query({ runset: 'live', ...count })
  expect(stale['result'].rows).toEqual([[0]])
  expect(stale['warnings'][0]).toContain('live has changed since it was resolved')
  await resolveRunSet(root, 'live', tick())
  expect((await query({ runset: 'live', ...count }))['result'].rows).toEqual([[1]])
  const empty = await query({ runset: 'live', sql: 'SELECT count(*), sum(total_return) FROM metrics' })
  expect(empty['result'].rows).toEqual([[0, null]])
})

it('reports performance: counts, mean, median, quartiles, best and worst', async () => {
  const { result, warnings } = await report({ format: 'json' })
  expect(warnings ?? []).toEqual([])
  const table = (name: string) => result.report.tables.find((each: { name: string }) => each.name === name)
  expect(result.report).toMatchObject({ title: 'Performance summary', mode: 'reproducible' })
  expect(table('statistics').columns.map(({ name }: { name: string }) => name)).toEqual([
    'metric',
    'runs',
    'mean',
    'median',
    '25 %',
    '75 %',
    'least',
    'most',
  ])
  const rows = Object.fromEntries(table('statistics').rows.map(([metric, ...cells]: unknown[]) => [metric, cells]))
  // Sorted −1, 1, 2, 4: quartiles at positions 0.75 and 2.25 are 0.5 and 2.5.
  expect(rows['sharpe_simple']).toEqual([4, 1.5, 1.5, 0.5, 2.5, -1, 4])
  // Sorted −0.3, 0, 0.1, 0.2, 0.4.
  expect(rows['total_return']).toEqual([5, expect.closeTo(0.08, 12), 0.1, 0, 0.2, -0.3, 0.4])
  expect(rows['win_rate']).toBeUndefined()
  // No figure of the summary, but a column of the table.
  expect(rows['leaderboard_size']).toBeUndefined()
  expect(table('best').rows.map((row: unknown[]) => [row[0], row[1], row[5]])).toEqual([
    [1, 'run-3', 4],
    [2, 'run-1', 2],
    [3, 'run-0', 1],
    [4, 'run-2', -1],
  ])
  expect(table('worst').rows[0].slice(0, 2)).toEqual([1, 'run-2'])
  const other = await report({ format: 'json', param: ['metric=trades'] })
  expect(other['result'].report.tables.at(-1).rows[0].slice(0, 2)).toEqual([1, 'run-2'])
})

it('compares RunSets side by side, with shared and only-in counts', async () => {
  const { result, warnings } = await report({ template: 'compare_runsets', runset: ['whales', 'some'], format: 'json' })
  expect(warnings).toEqual([expect.stringContaining('EXPLORATORY')])
  const [sets, members, statistics] = result.report.tables
  expect(sets.rows).toEqual([
    ['A', 'whales@pin.1', 'whales', 'reproducible', 5],
    ['B', 'some', 'some', 'exploration', 3],
  ])
  expect(members.rows).toEqual([
    ['in A and B', 2],
    ['only in A', 3],
    ['only in B', 1],
  ])
  const returns = statistics.rows.find(([metric]: unknown[]) => metric === 'total_return')
  // A: five runs, mean 0.08; B: runs 0, 3 and 6 (figures of run 1): 0.1, 0.4, 0.2.
  expect(returns.slice(0, 5)).toEqual(['total_return', 5, 3, expect.closeTo(0.08, 12), expect.closeTo(0.7 / 3, 12)])
  expect(await report({ template: 'compare_runsets' })).toMatchObject({ exit_code: 2 })
})

it('shows the days that runs cover, as spans, text and picture', async () => {
  const json = await report({ template: 'coverage', runset: ['everyone'], format: 'json' })
  const table = (name: string) => json['result'].report.tables.find((each: { name: string }) => each.name === name)
  // Six runs from 1 to 10 October, a seventh from 6 to 20; late-1 was registered by an earlier test from 1 to 10.
  expect(table('spans').rows).toEqual([
    ['ohlcv_v2_2025Q4', '2025-10-01', '2025-10-06', 7],
    ['ohlcv_v2_2025Q4', '2025-10-06', '2025-10-11', 8],
    ['ohlcv_v2_2025Q4', '2025-10-11', '2025-10-21', 1],
  ])
  expect(table('datasets').rows).toEqual([['ohlcv_v2_2025Q4', 8, '2025-10-01', '2025-10-20', 20, 0]])
  const text = (await report({ template: 'coverage', runset: ['everyone'] }))['result'].body as string
  expect(text).toContain(`2025-10  ${'█'.repeat(10)}${'░'.repeat(10)}${'·'.repeat(11)}  20/31`)
  const page = (await report({ template: 'coverage', runset: ['everyone'], format: 'html' }))['result'].body as string
  expect(page).toContain('20 of 20 days covered, 2025-10-01 to 2025-10-20, at most 8 runs a day')
  // Five days of 7 and five of 8 are the darkest shade, ten of 1 the palest.
  const squares = (fill: string) => new RegExp(`<path d="([^"]*)" fill="${fill}"`).exec(page)?.[1].split('z').length
  expect(squares('#18468c')).toBe(11)
  expect(squares('#c9dcf5')).toBe(11)
})

it('makes the same bytes of the same pin and template, and no clock in them', async () => {
  for (const format of ['md', 'html', 'json']) {
    const first = await ask(
      root,
      requestOf('lab', {
        action: 'report',
        runset: ['whales'],
        template: 'performance_summary',
        out: `lab-out/a.${format}`,
      }),
      { now: 1e12 },
    )
    const second = await ask(
      root,
      requestOf('lab', {
        action: 'report',
        runset: ['whales'],
        template: 'performance_summary',
        out: `lab-out/b.${format}`,
      }),
      { now: 2e12 },
    )
    expect(first['result'].bodyHash).toBe(second['result'].bodyHash)
    const body = readFileSync(join(root, `lab-out/a.${format}`))
    expect(sha256Hex(body)).toBe(first['result'].bodyHash)
    expect(readFileSync(join(root, `lab-out/b.${format}`))).toEqual(body)
    const aside = (name: string) => JSON.parse(readFileSync(join(root, `lab-out/${name}.${format}.meta.json`), 'utf8'))
    expect(aside('a').generated_at.slice(0, 10)).toBe('2001-09-09')
    expect(aside('b').generated_at.slice(0, 10)).toBe('2033-05-18')
  }
})

it('ends with provenance, and carries the banner unless it is pinned', async () => {
  const pinned = (await report({}))['result']
  expect(pinned.mode).toBe('reproducible')
  expect(pinned.body).not.toContain('EXPLORATORY')
  expect(pinned.body).toMatch(
    /## Provenance[\s\S]*whales[\s\S]*Template `performance_summary`[\s\S]*quantlab runset verify whales@pin\.1/,
  )
  for (const format of ['md', 'html']) {
    const answer = await report({ runset: ['some'], format })
    expect(answer['result'].mode).toBe('exploratory')
    expect(answer['result'].body.match(/EXPLORATORY — not pinned/g)).toHaveLength(2)
    expect(answer['warnings']).toEqual([expect.stringContaining('EXPLORATORY')])
    expect((await report({ runset: ['some'], format, allow_exploratory: true }))['warnings'] ?? []).toEqual([])
  }
  await unfreezeRunSet(root, 'whales', tick())
  try {
    expect((await report({}))['result'].mode).toBe('exploratory')
    expect((await report({ runset: ['whales@pin.1'] }))['result'].body).toBe(pinned.body)
  } finally {
    await freezeRunSet(root, 'whales', tick())
  }
})

it('takes a template of the caller, and nothing in it or in the data becomes markup', async () => {
  writeFileSync(
    join(root, 'own.md'),
    '# Own <b>report</b>\n\n```sql n\nSELECT count(*) FROM trades\n```\n\nThere are **{{n}}** trades & <i>more</i>.\n\n' +
      '```sql rows\nSELECT run_id, \'<script>alert(1)</script>\' AS "x|y", $least AS least FROM metrics ORDER BY run_id LIMIT 1\n```\n\n{{rows}}\n',
  )
  const params = { template: 'own.md', param: ['least=0.5'] }
  const text = (await report(params))['result'].body as string
  expect(text).toContain('There are **7** trades')
  expect(text).toMatch(/\| run-0 +\| &lt;script&gt;alert\(1\)&lt;\/script&gt; +\| +0\.5 +\|/)
  const page = (await report({ ...params, format: 'html' }))['result'].body as string
  expect(page).toContain('<p>There are <strong>7</strong> trades &amp; &lt;i&gt;more&lt;/i&gt;.</p>')
  expect(page).not.toContain('<script')
  expect(page).toContain('<title>Own &lt;b&gt;report&lt;/b&gt;</title>')
})

it.each([
  ['a template that is not there', 'performance_sumary', 'Did you mean performance_summary?'],
  ['a template without SQL', '# x\n', undefined],
  ['an unknown place', '```sql a\nSELECT 1\n```\n{{b}}\n', undefined],
  ['a block without end', '```sql a\nSELECT 1\n', undefined],
  ['a block twice', '```sql a\nSELECT 1\n```\n```sql a\nSELECT 1\n```\n', undefined],
  ['a table within a line', '```sql a\nSELECT 1, 2\n```\nx {{a}}\n', undefined],
  ['a calendar of something else', '```sql a\nSELECT 1\n```\n{{a:calendar}}\n', undefined],
  ['SQL that is no SELECT', '```sql a\nDROP TABLE trades\n```\n{{a}}\n', undefined],
])('refuses %s', async (_, text, hint) => {
  let template = text
  if (text.includes('\n')) {
    template = 'faulty.md'
    writeFileSync(join(root, template), text)
  }
  const answer = await report({ template })
  expect(answer).toMatchObject({ exit_code: 2, error: { code: 'INVALID_CONFIG', ...(hint ? { hint } : {}) } })
})

it('lets no process, file or query of one request be seen by another', async () => {
  const counts = await Promise.all([1, 2, 3].map(n => query({ sql: `SELECT ${n}, count(*) FROM trades` })))
  expect(counts.map(answer => answer['result'].rows)).toEqual([[[1, 7]], [[2, 7]], [[3, 7]]])
})
