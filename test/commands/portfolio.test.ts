/** `portfolio` over sessions written by hand: order, weights, files, refusals; the published cases are in forward-golden. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { ask, call, emptyFolder, requestOf } from '../harness.ts'

let root: string
const SESSIONS = 'outputs/forward_runs'

beforeEach(() => {
  root = emptyFolder()
})

/** A session as any program may leave it; `equity` from 2024-01-01 on. */
function session(name: string, equity: readonly number[], state: Record<string, unknown> = {}): void {
  const dir = join(root, SESSIONS, name)
  mkdirSync(dir, { recursive: true })
  const rows = equity.map((value, i) => `2024-01-0${i + 1},${value}`)
  writeFileSync(join(dir, 'forward_equity_curve.csv'), `timestamp,equity\n${rows.join('\n')}\n`)
  const content = { session_id: `id-${name}`, starting_cash: 100, updated_at: '2024-02-01', ...state }
  writeFileSync(join(dir, 'portfolio_state.json'), JSON.stringify(content))
}

const portfolio = (params: Record<string, unknown>) => ask(root, requestOf('portfolio', params))
const report = (params: Record<string, unknown> = {}) => portfolio({ portfolio_report: SESSIONS, ...params })
const weigh = (weights: unknown) =>
  writeFileSync(join(root, 'w.json'), typeof weights === 'string' ? weights : JSON.stringify(weights))

describe('a report', () => {
  it('takes the sessions in order of their directories and adds up their money', async () => {
    session('b', [1, 1.5], { ticker: 'B', starting_cash: 300 })
    session('a', [1, 0.5], { candidate: { params: { ticker: 'A' }, strategy_name: 'macd', source_run_id: 'r' } })
    const answer = await report()
    const { report: content, report_path } = answer.result
    expect(answer).not.toHaveProperty('run_id')
    expect(content.candidates).toMatchObject([
      {
        session_id: 'id-a',
        ticker: 'A',
        strategy: 'macd',
        source_run_id: 'r',
        assigned_weight: 0.25,
        total_pnl: -50,
        contribution_pct: -0.5,
        contribution_return: -0.125,
      },
      {
        session_id: 'id-b',
        ticker: 'B',
        strategy: 'N/A',
        source_run_id: 'N/A',
        assigned_weight: 0.75,
        total_pnl: 150,
        contribution_pct: 1.5,
        contribution_return: 0.375,
      },
    ])
    expect(content.portfolio_summary).toMatchObject({
      starting_value: 400,
      ending_value: 500,
      total_pnl: 100,
      total_return: 0.25,
    })
    expect(content.machine_contract).toMatchObject({
      contract_type: 'quantlab.portfolio.result',
      mode: 'report',
      request_id: 'r',
      summary: content.summary,
    })
    expect(report_path).toBe(join(root, SESSIONS, 'report.json'))
    expect(JSON.parse(readFileSync(report_path, 'utf8'))).toEqual(content)
    expect(readFileSync(join(root, SESSIONS, 'portfolio_equity_curve.csv'), 'utf8')).toBe(
      'timestamp,value\n2024-01-01T00:00:00.000Z,400\n2024-01-02T00:00:00.000Z,500\n',
    )
    expect(existsSync(join(root, 'outputs/runs'))).toBe(false)
  })

  it('replaces its own files and leaves the sessions alone', async () => {
    session('a', [1, 1.2, 1.1])
    session('b', [1, 0.9, 1.3])
    await report()
    const files = [
      'a',
      'b',
      'portfolio_chart_contributions.svg',
      'portfolio_chart_correlation.svg',
      'portfolio_chart_equity.svg',
      'portfolio_equity_curve.csv',
      'portfolio_report.json',
      'portfolio_report.md',
      'report.json',
    ]
    expect(readdirSync(join(root, SESSIONS))).toEqual(files)
    const { result } = await report({ portfolio_top_n: 1 })
    // One session has no correlation with another.
    expect(readdirSync(join(root, SESSIONS))).toEqual(files.filter(name => !name.includes('correlation')))
    expect(result.report).toMatchObject({
      n_candidates: 1,
      charts: ['portfolio_chart_equity.svg', 'portfolio_chart_contributions.svg'],
    })
    expect(readdirSync(join(root, SESSIONS, 'a'))).toEqual(['forward_equity_curve.csv', 'portfolio_state.json'])
  })

  it('weighs by risk so that every session carries the same', async () => {
    session('a', [1, 1.1, 0.99, 1.089])
    session('b', [1, 1.2, 0.96, 1.152])
    const { result } = await report({ portfolio_mode: 'risk_parity' })
    const { candidates, allocation, portfolio_summary } = result.report
    expect(allocation).toMatchObject({ mode: 'risk_parity', normalized_weights: true })
    expect(allocation.weights_used['id-a']).toBeCloseTo(2 / 3, 12)
    expect(candidates.map((each: { risk_contribution: number }) => each.risk_contribution)).toEqual([
      expect.closeTo(0.5, 9),
      expect.closeTo(0.5, 9),
    ])
    expect(portfolio_summary.ending_value).toBeCloseTo(10_000 * ((2 / 3) * 1.089 + (1 / 3) * 1.152), 6)
    expect(result.report.correlation.matrix[0][1]).toBeCloseTo(1, 9)
  })

  it('counts rows up to the state only, and leaves out what cannot be used, saying so', async () => {
    session('cut', [1, 1.1, 9], { last_timestamp: '2024-01-02T00:00:00' })
    session('empty', [])
    session('torn', [1])
    writeFileSync(join(root, SESSIONS, 'torn', 'portfolio_state.json'), '{')
    session('text', [1])
    writeFileSync(join(root, SESSIONS, 'text', 'forward_equity_curve.csv'), 'timestamp,equity\n2024-01-01,much\n')
    mkdirSync(join(root, SESSIONS, 'other'))
    const { result, warnings } = await report()
    expect(result.report).toMatchObject({
      sessions_scanned: 4,
      sessions_excluded_incomplete: 3,
      sessions_after_hygiene: 1,
      sessions_included: 1,
    })
    expect(result.report.candidates[0].total_return).toBeCloseTo(0.1, 12)
    expect(warnings.map((text: string) => text.split(' ')[1]).sort()).toEqual(['empty', 'text', 'torn'])
  })

  it('filters, and tells what was filtered', async () => {
    session('a', [1, 1.5], { ticker: 'A' })
    session('b', [1, 0.5], { ticker: 'B' })
    session('c', [1, 0.9], { ticker: 'C' })
    const { result } = await report({ portfolio_include_tickers: 'A, C,', portfolio_min_return: 0 })
    expect(result.report.selection).toMatchObject({ include_tickers: ['A', 'C'], min_return: 0, top_n: null })
    expect(result.report.candidates.map((each: { ticker: string }) => each.ticker)).toEqual(['A'])
    const none = await report({ portfolio_min_return: 5 })
    expect(none).toMatchObject({
      exit_code: 6,
      error: {
        message:
          'No portfolio sessions remain after applying selection rules. (scanned=3, after_hygiene=3, after_dedup=3, after_selection=0)',
      },
    })
  })
})

describe('a comparison', () => {
  it('puts the same sessions under every mode', async () => {
    session('a', [1, 1.1, 0.99])
    session('b', [1, 1.2, 0.96], { starting_cash: 300 })
    weigh({ 'id-a': 1 })
    const { result } = await portfolio({ portfolio_compare: SESSIONS, portfolio_weights: 'w.json' })
    const { comparison, machine_contract } = result.report
    expect(Object.keys(comparison)).toEqual(['raw_capital', 'equal_weight', 'custom_weight', 'risk_parity'])
    const ending = (mode: string) => comparison[mode].portfolio_summary.ending_value
    expect(ending('raw_capital')).toBeCloseTo(99 + 288, 9)
    expect(ending('equal_weight')).toBeCloseTo(9750, 9)
    expect(ending('custom_weight')).toBeCloseTo(9900, 9)
    expect(machine_contract).toMatchObject({ mode: 'compare', summary: null })
    expect(readdirSync(join(root, SESSIONS))).toEqual([
      'a',
      'b',
      'portfolio_compare.json',
      'portfolio_compare.md',
      'portfolio_compare_equity.svg',
    ])
  })

  it('leaves out equal risk where there is none', async () => {
    session('a', [1, 1.1, 1.2])
    session('still', [1, 1, 1])
    const { result, warnings } = await portfolio({ portfolio_compare: SESSIONS })
    expect(Object.keys(result.report.comparison)).toEqual(['raw_capital', 'equal_weight'])
    expect(warnings.join()).toContain('nothing moves in id-still')
    expect((await report({ portfolio_mode: 'risk_parity' })).exit_code).toBe(3)
  })

  it('needs sessions', async () => {
    session('a', [1, 1.1])
    expect(await portfolio({ portfolio_compare: SESSIONS, portfolio_exclude_tickers: 'N/A' })).toMatchObject({
      exit_code: 6,
      error: { message: 'No eligible sessions found for comparison.' },
    })
  })
})

describe('a request', () => {
  it.each([
    [{}, 2],
    [{ portfolio_report: 'a', portfolio_compare: 'b' }, 2],
    [{ portfolio_report: 'outputs/nope' }, 6],
    [{ portfolio_report: '.' }, 6],
    [{ portfolio_report: '..' }, 2],
    [{ portfolio_report: SESSIONS, portfolio_mode: 'by_feel' }, 2],
    [{ portfolio_report: SESSIONS, portfolio_mode: 'custom_weight' }, 2],
    [{ portfolio_report: SESSIONS, portfolio_weights: 'absent.json' }, 2],
    [{ portfolio_report: SESSIONS, portfolio_rank_metric: 'sharpe' }, 2],
    [{ portfolio_report: SESSIONS, portfolio_top_n: 0 }, 2],
    [{ portfolio_report: SESSIONS, portfolio_max_drawdown: 0.2 }, 2],
  ])('%j ends with %i and runs nothing else', async (params, code) => {
    session('a', [1, 1.1])
    expect((await portfolio(params)).exit_code).toBe(code)
    expect(existsSync(join(root, 'outputs/runs'))).toBe(false)
    expect(existsSync(join(root, SESSIONS, 'report.json'))).toBe(false)
  })

  it.each([
    ['{', 'not JSON'],
    ['[1]', 'must be an object'],
    ['{"id-a": "2"}', 'no number'],
    ['{"id-a": 1, "id-a": 2}', 'fault'],
    ['{"x": 1}', 'none of the sessions'],
    ['{"id-a": -1}', 'negative'],
    ['{"id-a": 0}', 'add up to 0'],
  ])('with the weights %s is refused: %s', async (text, message) => {
    session('a', [1, 1.1])
    weigh(text)
    const answer = await report({ portfolio_mode: 'custom_weight', portfolio_weights: 'w.json' })
    expect(answer).toMatchObject({ exit_code: 2, error: { message: expect.stringContaining(message) } })
  })

  it('names weights of sessions that are not there', async () => {
    session('a', [1, 1.1])
    weigh({ 'id-a': 1, gone: 2 })
    expect((await report({ portfolio_mode: 'custom_weight', portfolio_weights: 'w.json' })).warnings.join()).toContain(
      'gone',
    )
  })

  it('comes as published flags too', async () => {
    session('a', [1, 1.1, 1.2])
    session('b', [1, 0.9, 0.95])
    const flags = [
      '--portfolio-report',
      SESSIONS,
      '--portfolio-mode',
      'equal_weight',
      '--portfolio-max-drawdown',
      '-0.05',
      '--signal-file',
      's.jsonl',
    ]
    const called = await call(root, flags)
    expect([called.code, called.stderr]).toEqual([0, ''])
    expect(called.stdout).toContain('=== STAGE M: PORTFOLIO AGGREGATION ===')
    expect(JSON.parse(readFileSync(join(root, SESSIONS, 'report.json'), 'utf8'))).toMatchObject({
      n_candidates: 1,
      allocation: { mode: 'equal_weight' },
    })
    const compared = await call(root, ['--portfolio-compare', SESSIONS, '--format', 'csv', '--signal-file', 's.jsonl'])
    expect(compared.stdout.split('\n').map(line => line.split(',')[0])).toEqual([
      'mode',
      'raw_capital',
      'equal_weight',
      'risk_parity',
      '',
    ])
    const events = readFileSync(join(root, 's.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events.map(event => event.mode)).toEqual(new Array(4).fill('portfolio'))
    expect(events[1]).not.toHaveProperty('run_id')
  })
})

describe('weights', () => {
  it.each([
    ['that is absent', null, 'cannot be read (ENOENT)'],
    ['that is no JSON', '{', 'is not JSON'],
    ['with NaN', '{"id-a": NaN}', 'is not JSON'],
    ['that is a list', '[1]', 'must be an object'],
    ['with a text', '{"id-a": "1"}', 'a weight that is no number'],
    ['with a name twice', '{"id-a": 1, "id-a": 2}', 'duplicate key'],
    ['with a negative weight', '{"id-a": -1, "id-b": 3}', 'negative weights for id-a'],
    ['of nothing but zeros', '{"id-a": 0, "id-b": 0}', 'add up to 0'],
    ['of other sessions', '{"a": 1}', 'names none of the sessions'],
  ])('from a file %s are refused, and nothing is written', async (_, text, why) => {
    session('a', [1, 1.1])
    session('b', [1, 0.9])
    if (text !== null) weigh(text)
    const answer = await report({ portfolio_mode: 'custom_weight', portfolio_weights: 'w.json' })
    expect([answer.exit_code, answer.error.code]).toEqual([2, 'INVALID_CONFIG'])
    expect(answer.error.message).toContain(why)
    expect(readdirSync(join(root, SESSIONS))).toEqual(['a', 'b'])
  })

  it.each([
    ['largest', 1.7e308],
    ['smallest', 5e-324],
  ])('that are the %s numbers there are still share alike', async (_, weight) => {
    session('a', [1, 1.1])
    session('b', [1, 0.9])
    weigh({ 'id-a': weight, 'id-b': weight })
    const { result } = await report({ portfolio_mode: 'custom_weight', portfolio_weights: 'w.json' })
    expect(result.report.allocation.weights_used).toEqual({ 'id-a': 0.5, 'id-b': 0.5 })
    expect(result.report.portfolio_summary.ending_value).toBeCloseTo(10_000, 9)
  })
})

describe('one bad session among good ones', () => {
  it.each<[string, (dir: string) => void, string]>([
    ['a state that is no JSON', dir => writeFileSync(join(dir, 'portfolio_state.json'), '{'), 'it is not JSON'],
    ['a state that is a list', dir => writeFileSync(join(dir, 'portfolio_state.json'), '[]'), 'not a JSON object'],
    [
      'a starting cash below 0',
      dir => writeFileSync(join(dir, 'portfolio_state.json'), '{"starting_cash":-5}'),
      'starting_cash -5 is no sum above 0',
    ],
    ['no curve', dir => rmSync(join(dir, 'forward_equity_curve.csv')), 'it has no forward_equity_curve.csv'],
    [
      'a directory as curve',
      dir => {
        rmSync(join(dir, 'forward_equity_curve.csv'))
        mkdirSync(join(dir, 'forward_equity_curve.csv'))
      },
      'it has no forward_equity_curve.csv',
    ],
    [
      'NaN in its curve',
      dir => writeFileSync(join(dir, 'forward_equity_curve.csv'), 'timestamp,equity\n2024-01-01,NaN\n'),
      "equity 'NaN' is not a number",
    ],
    [
      'equity below 0',
      dir => writeFileSync(join(dir, 'forward_equity_curve.csv'), 'timestamp,equity\n2024-01-01,-1\n'),
      'its equity falls below 0',
    ],
    [
      'bytes that are no text',
      dir => writeFileSync(join(dir, 'forward_equity_curve.csv'), Uint8Array.of(0, 255, 13, 10, 254)),
      'forward_equity_curve.csv',
    ],
  ])('with %s is left out and told of', async (_, damage, why) => {
    session('a', [1, 1.5])
    session('bad', [1, 9])
    damage(join(root, SESSIONS, 'bad'))
    const answer = await report()
    expect(answer.status, JSON.stringify(answer.error)).toBe('success')
    expect(answer.result.report).toMatchObject({
      sessions_scanned: 2,
      sessions_excluded_incomplete: 1,
      n_candidates: 1,
    })
    expect(answer.result.report.portfolio_summary.total_return).toBe(0.5)
    expect(answer.warnings.join()).toContain(`Session bad is left out`)
    expect(answer.warnings.join()).toContain(why)
  })

  it('that is a directory where its state should be is none', async () => {
    session('a', [1, 1.5])
    mkdirSync(join(root, SESSIONS, 'odd/portfolio_state.json'), { recursive: true })
    expect((await report()).result.report).toMatchObject({ sessions_scanned: 1, n_candidates: 1 })
  })

  it('that shares its id with another is told of', async () => {
    session('a', [1, 1.5])
    session('copy', [1, 1.2], { session_id: 'id-a' })
    const { warnings } = await report()
    expect(warnings).toEqual([expect.stringContaining('Several sessions have the id id-a (a, copy)')])
  })
})

it('a session named instead of its folder is refused with what to name', async () => {
  session('a', [1, 1.5])
  const { error } = await portfolio({ portfolio_report: join(SESSIONS, 'a') })
  expect([error.code, error.message]).toEqual([
    'NOT_FOUND',
    expect.stringContaining('name the directory that holds it'),
  ])
})

it('a request cannot carry switches of a broker', async () => {
  session('a', [1, 1.5])
  const answer = await report({ broker_live_submit: true })
  expect([answer.exit_code, answer.error.details[0].pointer]).toEqual([2, '/params/broker_live_submit'])
})
