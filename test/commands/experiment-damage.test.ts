/** Experiments whose inputs, facts or results were damaged, and requests that mean no good. */

import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createExperiment } from '../../src/registry/experiment-facts.ts'
import { call, emptyFolder } from '../harness.ts'
import {
  create,
  done,
  execute,
  executed,
  experimentRoot,
  FAST,
  ON_ALERTS,
  ON_BARS,
  refused,
  runsetRoot,
  TRAILS,
  taggedRuns,
} from './experiments.ts'

/** Paths of files below a folder, absolute; none where it is not there. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}

/** Change a byte in the middle; the function puts it back. */
function damaged(path: string): () => void {
  const bytes = readFileSync(path)
  const other = Buffer.from(bytes)
  other[Math.floor(other.length / 2)] ^= 1
  writeFileSync(path, other)
  return () => writeFileSync(path, bytes)
}

/** Execute is refused with 7, nothing is published, the reason is kept; once restored `rerun` does it. */
async function refusedUntilRestored(root: string, damage: () => () => void): Promise<string> {
  const { experimentId: id } = await create(root, { name: 'x', runset: ['whales'] })
  const restore = damage()
  const { exit, message } = await refused(root, 'experiment', 'execute', { id })
  expect([exit, typeof message]).toEqual([7, 'string'])
  const { experiment } = await done(root, 'experiment', 'get', { id })
  expect(experiment).toMatchObject({ status: 'failed', error: message, attempts: 1 })
  expect(experiment.outputs).toBeUndefined()
  expect([...filesIn(join(root, 'outputs/experiments')), ...filesIn(join(root, 'outputs/runs'))]).toEqual([])
  expect(await refused(root, 'experiment', 'execute', { id })).toMatchObject({ exit: 5, code: 'CONFLICT' })
  restore()
  const report = await execute(root, id, { rerun: true })
  expect([report.attempt, report.summary.successful]).toEqual([2, 2])
  expect(await taggedRuns(root, id)).toHaveLength(2)
  return message
}

describe('RS-21: inputs', () => {
  it.each(['datasets/ohlcv/candles', 'datasets/alerts/calls'])('that were changed in %s are refused', async place => {
    const root = await runsetRoot()
    const [file] = filesIn(join(root, 'lake', place)).filter(path => path.endsWith('.parquet'))
    await refusedUntilRestored(root, () => damaged(file))
  })

  it('whose members were changed in the registry are refused', async () => {
    const root = await runsetRoot()
    const message = await refusedUntilRestored(root, () => {
      const [file] = filesIn(join(root, 'lake/registry')).filter(path => /whales.*\.runs\.parquet$/.test(path))
      return damaged(file)
    })
    expect(message).toContain('Registry fact does not match its hash')
  })

  it('whose members are those of another answer, each file whole, are refused', async () => {
    const root = await runsetRoot()
    await done(root, 'runset', 'resolve', { id: 'all' })
    const message = await refusedUntilRestored(root, () => {
      const members = filesIn(join(root, 'lake/registry')).filter(path => path.endsWith('.runs.parquet'))
      const [own, other] = ['whales', 'all'].map(
        id => members.find(path => path.includes(`runset_id=${id}/`)) as string,
      )
      const bytes = readFileSync(own)
      writeFileSync(own, readFileSync(other))
      return () => writeFileSync(own, bytes)
    })
    expect(message).toMatch(/contentHash|does not match/)
  })

  it('whose data set was put in place of another are refused, also without reading them again', async () => {
    const root = await experimentRoot()
    const other = emptyFolder()
    const csv = 'ts,symbol,close\n2024-01-01T00:00:00Z,AAA,1\n2024-01-02T00:00:00Z,AAA,2\n'
    writeFileSync(join(other, 'daily.csv'), csv)
    await done(other, 'dataset', 'register', { id: 'daily', path: 'daily.csv', interval: '1d' })
    const { experimentId: id } = await create(root, ON_BARS)
    const place = 'lake/datasets/ohlcv/daily'
    renameSync(join(root, place), join(root, 'aside'))
    cpSync(join(other, place), join(root, place), { recursive: true })
    for (const more of [{}, { rerun: true, no_verify: true }]) {
      expect(await refused(root, 'experiment', 'execute', { id, ...more })).toMatchObject({
        exit: 7,
        message: expect.stringContaining('Data set daily is not the one the experiment was made from'),
      })
    }
    rmSync(join(root, place), { recursive: true })
    expect(await refused(root, 'experiment', 'execute', { id, rerun: true })).toMatchObject({ exit: 6 })
    renameSync(join(root, 'aside'), join(root, place))
    expect((await execute(root, id, { rerun: true })).attempt).toBe(4)
  })
})

describe('damage', () => {
  it('of a report is told by compare, as is one that is not there', async () => {
    const root = await experimentRoot()
    const [a, b] = [await executed(root, ON_BARS), await executed(root, { ...ON_BARS, name: 'b' })]
    const ids = [a.experiment_id, b.experiment_id]
    const path = join(root, 'outputs/experiments', ids[1], 'attempt-1/report.json')
    const restore = damaged(path)
    expect(await refused(root, 'experiment', 'compare', { ids })).toMatchObject({ exit: 7, code: 'ARTIFACT_CHANGED' })
    restore()
    rmSync(path)
    expect(await refused(root, 'experiment', 'compare', { ids })).toMatchObject({ exit: 7, code: 'INTEGRITY_ERROR' })
  })

  it('of the definition is told, not taken for another experiment', async () => {
    const root = await experimentRoot()
    const folder = join(root, 'lake/registry/experiments')
    const { experimentId: id } = await create(root, ON_BARS)
    const [definition] = filesIn(folder)
    await execute(root, id)
    rmSync(definition)
    expect(await refused(root, 'experiment', 'get', { id })).toMatchObject({
      exit: 7,
      message: `Experiment ${id} has events but no definition: a fact of it is lost`,
    })
  })
})

it('is executed in another root to which registry and data were taken, with the same results', async () => {
  const root = await runsetRoot()
  await done(root, 'runset', 'freeze', { id: 'whales' })
  const here = await executed(root, { name: 'x', runset: ['whales'] })
  const { experimentId: id } = await create(root, { name: 'y', runset: ['whales'] })
  const { path } = await done(root, 'registry', 'export', {})
  const other = emptyFolder()
  await done(other, 'registry', 'import', { path })
  const { experiment } = await done(other, 'experiment', 'get', { id })
  expect([experiment.status, experiment.mode]).toEqual(['pending', 'reproducible'])
  // What was executed elsewhere has its results there.
  expect(await refused(other, 'experiment', 'compare', { ids: [here.experiment_id, id] })).toMatchObject({ exit: 7 })
  expect((await refused(other, 'experiment', 'execute', { id })).exit).toBeGreaterThan(0)
  cpSync(join(root, 'lake/datasets'), join(other, 'lake/datasets'), { recursive: true })
  const there = await execute(other, id, { rerun: true })
  expect(there.results_hash).toBe(here.results_hash)
})

it('says so where another engine executes it than the one it was defined for', async () => {
  const root = await experimentRoot()
  const { definition, definitionHash } = await create(root, ON_BARS)
  const older = { ...definition, engineVersion: '0.9.0' }
  const input = { experimentId: 'exp-older', definitionHash, definition: older, resolutionIds: [] }
  await createExperiment(root, input, { now: Date.UTC(2026, 0, 1) })
  const report = await execute(root, 'exp-older')
  expect(report.warnings).toEqual([`It was defined for engine 0.9.0 and executed by ${definition.engineVersion}.`])
  expect(report.engine_version).toBe(definition.engineVersion)
})

describe('hostile requests', () => {
  it('put no markup, path or line of their own into files and texts', async () => {
    const root = await experimentRoot()
    const name = '../../x\nStatus: completed\u001b[31m<script>alert(1)</script>|`'
    const report = await executed(root, { ...ON_ALERTS, name, description: name, params: TRAILS })
    const id = report.experiment_id
    expect(id).toMatch(/^exp-\d{14}-[0-9a-f]{6}$/)
    const folder = join(root, 'outputs/experiments', id, 'attempt-1')
    await execute(root, id, { rerun: true, report: true })
    for (const file of filesIn(join(root, 'outputs/experiments', id)).filter(one => /\.(md|svg|html)$/.test(one))) {
      const text = readFileSync(file, 'utf8')
      // In a fenced block and in JSON on the page the name is data.
      const shown = text
        .replace(/```json[\s\S]*?```/g, '')
        .replace(/<script type="application\/json"[\s\S]*?<\/script>/g, '')
      expect([file, shown.includes('<script>alert'), text.includes('\u001b')]).toEqual([file, false, false])
    }
    expect(readdirSync(folder)).toContain('report.json')
    const { stdout } = await call(root, ['experiment', 'get', id])
    expect(stdout.split('\n').filter(line => line.startsWith('Status:'))).toEqual(['Status: completed'])
    expect(stdout).not.toContain('\u001b')
    const listed = await call(root, ['experiment', 'list'])
    expect(listed.stdout).not.toContain('\u001b')
    // Heading, rule, and the one row.
    expect(listed.stdout.trimEnd().split('\n')).toHaveLength(3)
  })

  it.each([
    ['get', { id: '../../etc' }],
    ['execute', { id: 'a/b' }],
    ['find_by_inputs', { artifacts: ['../x'] }],
    ['compare', { ids: ['only-one'] }],
    ['create', { name: '', runset: ['x'] }],
    ['create', { name: 'x', runset: ['x', 'x'] }],
    ['list', { limit: 0, git_commit: 'xyz' }],
    ['execute', { id: 'x', max_concurrency: 65 }],
  ])('%s %j is refused', async (action, params) => {
    expect(await refused(emptyFolder(), 'experiment', action, params)).toMatchObject({
      exit: 2,
      code: 'INVALID_CONFIG',
    })
  })

  it('may have ten thousand variations, each checked, and values as long as they like', async () => {
    const root = await experimentRoot()
    const fees = Array.from({ length: 100 }, (_, k) => k / 10_000)
    const params = { fee: fees, slippage_bps: fees.map(fee => fee * 100) }
    const { variations } = await done(root, 'experiment', 'create', { ...ON_BARS, symbols: ['AAA'], params })
    expect(variations).toBe(10_000)
    const long = 'x'.repeat(100_000)
    const { definition } = await create(root, { ...ON_ALERTS, params: { 'filters.callerNames': [[long]] } })
    expect(definition.params).toEqual({ 'filters.callerNames': [[long]] })
  })
})

describe('artifact verify of an experiment', () => {
  it('holds its newest attempt to every hash, and tells what was changed', async () => {
    const root = await experimentRoot()
    const { experiment_id: id } = await executed(root, { ...ON_BARS, params: FAST })
    expect(await done(root, 'artifact', 'verify', { run_id: id })).toMatchObject({ runId: id, verified: true })
    const { artifacts } = await done(root, 'artifact', 'list', { run_id: id })
    const folder = join(root, 'outputs/experiments', id, 'attempt-1')
    expect(artifacts.map(({ file_name }: { file_name: string }) => file_name)).toContain('results.csv')
    const report = join(folder, 'report.json')
    const whole = readFileSync(report, 'utf8')
    for (const [name, change] of [
      ['results.csv', (text: string) => text.replace('completed', 'failed')],
      ['report.json', (text: string) => text.replace(/"successful": \d+/, '"successful": 7')],
      ['report.json', (text: string) => text.replace(/"results_hash": "\w/, '"results_hash": "f')],
      ['report.json', (text: string) => text.replace(/"mean": -?[\d.e-]+/, '"mean": 0.5')],
      ['report.json', (text: string) => text.replace(/"total_return": -?[\d.]+/, '"total_return": 9')],
      ['report.json', () => whole.replace('"variations"', '"variation"')],
    ] as const) {
      const path = join(folder, name)
      const text = readFileSync(path, 'utf8')
      expect(change(text)).not.toBe(text)
      writeFileSync(path, change(text))
      const answer = await refused(root, 'artifact', 'verify', { run_id: id })
      expect([answer.exit, answer.message]).toEqual([7, expect.stringContaining(name)])
      writeFileSync(path, text)
    }
    expect((await done(root, 'artifact', 'verify', { run_id: folder }))['runId']).toBe(id)
  })
})
