/** `replay` of paper sessions, over history and live: equal results, refused inputs, no trace among the runs. */

import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, requestOf, rootWithData } from '../harness.ts'

type Answer = Awaited<ReturnType<typeof ask>>

const read = (dir: string, name: string): Answer => JSON.parse(readFileSync(join(dir, name), 'utf8'))
const replay = (root: string, run_id: string) => ask(root, requestOf('replay', { run_id }))

async function paper(root: string, params: Record<string, unknown>): Promise<Answer> {
  const answer = await ask(root, requestOf('paper', params))
  expect(answer['error']).toBeUndefined()
  return answer
}

/** A live session over the first 400 bars of a file, a bad line among them. */
async function live(root: string, params: Record<string, unknown> = {}): Promise<Answer> {
  const [header, ...rows] = readFileSync(resolve('test/fixtures/golden-data/ETH-USD.csv'), 'utf8').split('\n')
  writeFileSync(
    join(root, 'feed.csv'),
    `${[header, ...rows.slice(0, 200), 'nonsense', ...rows.slice(200, 400)].join('\n')}\n`,
  )
  return paper(root, { ticker: 'ETH-USD', feed: { path: 'feed.csv', follow: false }, ...params })
}

const RESULTS = ['config.json', 'metrics.json', 'trades.csv', 'equity.csv', 'artifacts/equity.svg']

describe.each<[string, (root: string) => Promise<Answer>]>([
  ['over history', root => paper(root, { ticker: 'ETH-USD', slippage_mode: 'atr' })],
  ['over history, ended by max_bars', root => paper(root, { ticker: 'ETH-USD', max_bars: 200 })],
  ['over history, ended by its risk limit', root => paper(root, { ticker: 'ETH-USD', max_drawdown: 0.1 })],
  ['live', root => live(root)],
  ['live, ended by its risk limit', root => live(root, { max_loss: 50 })],
])('a session %s', (_, begin) => {
  it('gives the same bytes again, and so does its replay', async () => {
    const root = await rootWithData()
    const first = await begin(root)
    rmSync(join(root, 'feed.csv'), { force: true })
    const answer = await replay(root, first['run_id'])
    expect(answer).toMatchObject({ exit_code: 0, contract_type: 'quantlab.paper.result' })
    expect(answer['result']).toMatchObject({ match: true, differences: [], replay_of: first['run_id'] })
    const [original, path] = [first['artifacts_path'], answer['artifacts_path']]
    for (const name of RESULTS)
      expect(readFileSync(join(path, name)).equals(readFileSync(join(original, name))), name).toBe(true)
    for (const name of ['metadata.json', 'session_metadata.json', 'report.json', 'manifest.json'])
      expect(read(path, name)['replay_of'], name).toBe(first['run_id'])
    const [report, before] = [read(path, 'report.json'), read(original, 'report.json')]
    for (const field of ['dataset', 'feed', 'stop_reason', 'rejected', 'status', 'fingerprint', 'result_hash'])
      expect(report[field], field).toEqual(before[field])
    expect(report['replay']).toEqual(answer['result'])
    expect((await replay(root, answer['run_id']))['result']).toMatchObject({ match: true })
    // A session touches neither the runs nor their index.
    expect(existsSync(join(root, 'outputs/runs'))).toBe(false)
  })

  it('leaves a manifest that follows from its files', async () => {
    const root = await rootWithData()
    const { run_id, artifacts_path } = await begin(root)
    const { result } = await ask(root, requestOf('artifact', { action: 'verify', run_id }))
    expect(result.checks).toEqual(['files', 'config_hash', 'report', 'fingerprint', 'result_hash'])
    expect(read(artifacts_path, 'manifest.json')).toMatchObject({ mode: 'paper', run_id, seed: 0 })
  })
})

describe('refusals', () => {
  it('bars of the journal changed', async () => {
    const root = await rootWithData()
    const { run_id, artifacts_path } = await live(root)
    copyFileSync(join(artifacts_path, 'bars.csv'), join(root, 'bars.csv'))
    const text = readFileSync(join(artifacts_path, 'bars.csv'), 'utf8')
    writeFileSync(join(artifacts_path, 'bars.csv'), text.replace(/\n(?=[^\n]*$)/, ''))
    expect(await replay(root, run_id)).toMatchObject({ exit_code: 7, error: { code: 'INTEGRITY_ERROR' } })
  })

  it('a session that did not end in order', async () => {
    const root = await rootWithData()
    const failed = await ask(root, requestOf('paper', { ticker: 'ETH-USD', start: '2023-01-01', end: '2023-02-01' }))
    expect(failed['exit_code']).toBe(3)
    const [session] = readdirSync(join(root, 'outputs/paper_sessions')).filter(name => !name.includes('index'))
    expect(await replay(root, session)).toMatchObject({ exit_code: 5, error: { code: 'CONFLICT' } })
  })

  it('data set gone', async () => {
    const root = await rootWithData()
    const { run_id } = await paper(root, { ticker: 'ETH-USD' })
    rmSync(join(root, 'lake/datasets/ohlcv/eth-usd'), { recursive: true })
    expect(await replay(root, run_id)).toMatchObject({ exit_code: 6 })
    expect(readdirSync(join(root, 'outputs/paper_sessions')).filter(name => name.includes('_paper_'))).toEqual([run_id])
  })
})
