/** An interrupted sweep: it stays, goes on where it was, and ends with the bytes of one that was never interrupted. */

import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashOf, sha256Hex } from '../../src/base/canonical.ts'
import { thisProcess } from '../../src/base/owner.ts'
import { sweep } from '../../src/commands/sweep/sweep.ts'
import { ask, requestOf, rootWithData } from '../harness.ts'
import { type Answer, contextOf, GRID, interrupted, jsonOf, LONG, resultHashes, sweepOf } from './sweeps.ts'

const WALK = { ...LONG, walk_forward: { scheme: 'rolling', train: 900, test: 300 }, warmup: 'prefetch' }

let expected: Record<string, string>
let walked: Record<string, string>
let walkedPath: string

beforeAll(async () => {
  const root = await rootWithData()
  expected = resultHashes((await sweepOf(root, LONG))['artifacts_path'])
  walkedPath = (await sweepOf(root, WALK))['artifacts_path']
  walked = resultHashes(walkedPath)
  expect(Object.keys(expected)).toEqual([
    'best_config.json',
    'config.json',
    'config_resolved.yaml',
    'experiments.csv',
    'leaderboard.csv',
    'metrics.json',
    'trials.parquet',
  ])
})

let root: string

beforeEach(async () => {
  root = await rootWithData()
})

const staging = (runId: string, ...names: string[]) => join(root, 'outputs/.staging', runId, ...names)
/** The process that began it is this one, which lives: say that it was another. */
const orphan = (runId: string) =>
  writeFileSync(staging(runId, 'owner.json'), JSON.stringify({ ...thisProcess(), start_time: 1 }))
const resume = (runId: string, params: Record<string, unknown> = {}) =>
  ask(root, requestOf('sweep', { resume: runId, ...params }))
const recalled = (answer: Answer) => Number(/Continued: (\d+) of/.exec(String(answer['warnings']))?.[1] ?? 0)

describe('an interrupted sweep', () => {
  it('says how it can be continued, and leaves no run', async () => {
    const controller = new AbortController()
    const context = contextOf(root, { abort: controller.signal, progress: () => controller.abort(130) })
    const request = { config: LONG, max_trials: 5000, report: false, threads: 0 }
    const error = await Promise.resolve(sweep.run(request, context)).catch(caught => caught)
    const [runId] = readdirSync(join(root, 'outputs/.staging')).filter(name => /^\d{8}_/.test(name))
    expect(error).toMatchObject({ code: 'ABORTED', hint: `quantlab sweep --resume ${runId} continues it.` })
    expect(error.details).toEqual([{ pointer: '/params/resume', message: expect.any(String), suggestion: runId }])
    expect(existsSync(join(root, 'outputs/runs', runId))).toBe(false)
  })

  it('goes on three times and ends with the same bytes, no finished trial computed again', async () => {
    const runId = await interrupted(root, LONG, 300)
    let before = 0
    for (const trials of [800, 1500]) {
      orphan(runId)
      expect(await interrupted(root, LONG, trials, { resume: runId })).toBe(runId)
      const size = statSync(staging(runId, 'journal.bin')).size
      expect(size).toBeGreaterThan(before)
      before = size
    }
    orphan(runId)
    const answer = await resume(runId)
    expect(answer['run_id']).toBe(runId)
    expect(recalled(answer)).toBeGreaterThanOrEqual(1500)
    expect(resultHashes(answer['artifacts_path'])).toEqual(expected)
    expect(existsSync(staging(runId))).toBe(false)
    expect((await ask(root, requestOf('artifact', { action: 'verify', run_id: runId })))['status']).toBe('success')
  })

  it('goes on in a walk-forward, between training and test', async () => {
    const { length } = jsonOf({ artifacts_path: walkedPath }, 'report.json')['walk_forward'].splits
    const runId = await interrupted(root, WALK, 2000 * 2 + 10)
    orphan(runId)
    await interrupted(root, WALK, 2000 * length, { resume: runId })
    orphan(runId)
    const answer = await resume(runId)
    expect(recalled(answer)).toBeGreaterThanOrEqual(2000 * length)
    expect(resultHashes(answer['artifacts_path'])).toEqual(walked)
  })

  it('takes what was written down as it is', async () => {
    // A journal of another sweep under this one's name: its figures would be believed, so the record must not fit.
    const runId = await interrupted(root, LONG, 300)
    orphan(runId)
    const path = staging(runId, 'resume.json')
    const record = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...record, config: { ...record.config, fee: 0.009 } }))
    const changed = await resume(runId)
    expect([changed['exit_code'], changed['error'].message]).toEqual([
      7,
      expect.stringContaining('cannot be continued'),
    ])
    writeFileSync(path, JSON.stringify({ ...record, engine_version: '0', plan_hash: hashOf(1) }))
    expect((await resume(runId))['error'].message).toContain('begun by engine 0')
    writeFileSync(path, '{')
    expect((await resume(runId))['exit_code']).toBe(7)
  })

  it.each([
    ['torn', (path: string) => truncateSync(path, statSync(path).size - 11)],
    ['followed by rubbish', (path: string) => appendFileSync(path, 'x'.repeat(1000))],
    ['empty', (path: string) => truncateSync(path, 0)],
  ])('survives a journal that is %s', async (_, damage) => {
    const runId = await interrupted(root, LONG, 700)
    orphan(runId)
    damage(staging(runId, 'journal.bin'))
    // Files that were half written are written anew.
    writeFileSync(staging(runId, 'content', 'leaderboard.csv'), 'half')
    expect(resultHashes((await resume(runId))['artifacts_path'])).toEqual(expected)
  })

  it('is continued by the same request with the same key, and by no other', async () => {
    const key = { idempotency_key: 'k1' }
    const runId = await interrupted(root, LONG, 700)
    orphan(runId)
    // What the first attempt recorded under its key before it died.
    const request = { command: 'sweep', params: { config: LONG } }
    const record = { key: 'k1', request_hash: hashOf(request), begun: runId }
    const name = `${sha256Hex('k1').slice(0, 40)}.json`
    await ask(root, requestOf('runs', { action: 'list' }, { idempotency_key: 'make the folder' }))
    writeFileSync(join(root, 'outputs/idempotency', name), JSON.stringify(record))
    const answer = await ask(root, requestOf('sweep', { config: LONG }, key))
    expect([answer['run_id'], recalled(answer) >= 700]).toEqual([runId, true])
    expect(resultHashes(answer['artifacts_path'])).toEqual(expected)
    const again = await ask(root, requestOf('sweep', { config: LONG }, key))
    expect([again['run_id'], again['replayed']]).toEqual([runId, true])
    expect((await ask(root, requestOf('sweep', { config: GRID }, key)))['exit_code']).toBe(5)
  })

  it('records its id under the key before it computes', async () => {
    const begun: string[] = []
    const context = contextOf(root, { beforeWork: runId => begun.push(runId) })
    const outcome = await sweep.run({ config: GRID, max_trials: 100, report: false, threads: 0 }, context)
    expect(begun).toEqual([outcome.answer['run_id']])
  })
})

describe('resume', () => {
  it('answers a sweep that was finished after all', async () => {
    const done = await sweepOf(root, GRID)
    const answer = await resume(done['run_id'])
    expect(answer).toMatchObject({
      status: 'success',
      summary: done['summary'],
      warnings: [expect.stringContaining('finished already')],
    })
  })

  it('refuses what it cannot continue', async () => {
    const runId = await interrupted(root, LONG, 300)
    // Its owner is this process, which lives.
    expect((await resume(runId))['exit_code']).toBe(5)
    orphan(runId)
    const near = `${runId.slice(0, -1)}${runId.endsWith('0') ? '1' : '0'}`
    expect((await resume(near))['error']).toMatchObject({ code: 'NOT_FOUND', details: [{ suggestion: runId }] })
    expect((await resume('../../x'))['exit_code']).toBe(2)
    const beside = await resume(runId, { out_dir: 'x', config: GRID })
    expect([beside['exit_code'], beside['error'].details.length]).toEqual([2, 2])
  })
})

describe('runs repair', () => {
  const repair = (params: Record<string, unknown> = {}) => ask(root, requestOf('runs', { action: 'repair', ...params }))

  it('lists and removes interrupted sweeps and nothing else', async () => {
    const [a, b] = [await interrupted(root, LONG, 300), await interrupted(root, { ...LONG, fee: 0.001 }, 300)]
    const done = await sweepOf(root, GRID)
    expect((await repair())['result']).toEqual({ removed: [], kept: [] })
    orphan(a)
    orphan(b)
    const listed = (await repair({ dry_run: true }))['result']
    expect(listed.removed.map((one: Answer) => one['run_id'])).toEqual([a, b].sort())
    expect(listed.removed[0]).toMatchObject({ mode: 'grid', trials: 2000, config_path: 'inline_cli' })
    expect((await repair({ run_id: a }))['result'].removed).toHaveLength(1)
    expect([existsSync(staging(a)), existsSync(staging(b))]).toEqual([false, true])
    writeFileSync(staging(b, 'resume.json'), '{')
    expect((await repair())['result'].removed).toEqual([
      { run_id: b, mode: null, started_at: null, config_path: null, trials: null },
    ])
    expect(existsSync(staging(b))).toBe(false)
    expect(jsonOf(done, 'report.json').status).toBe('success')
    expect((await repair({ run_id: a }))['exit_code']).toBe(6)
  })
})
