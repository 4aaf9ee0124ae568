/** Experiments through the built program: processes of their own, killed, interrupted, two at once, without a place to write. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { emptyFolder } from '../harness.ts'
import { asked, MAIN, quantlab, registerText } from './quantlab.ts'

const DAY = 86_400_000

/** A wave of daily closes. */
function dailyCsv(): string {
  const rows = Array.from({ length: 120 }, (_, day) => {
    const close = 100 + 20 * Math.sin(day / 4) + day * 0.2
    const prices = [close, close + 1, close - 1, close].map(value => value.toFixed(4))
    return [new Date(Date.UTC(2024, 0, 1) + day * DAY).toISOString(), 'AAA', ...prices, 1000].join(',')
  })
  return `ts,symbol,open,high,low,close,volume\n${rows.join('\n')}\n`
}

const ASKED = ['--ohlcv', 'daily', '--from', '2024-01-01', '--to', '2024-04-20', '--strategies', 'sma_cross']
/** Eight variations are run in the process itself, sixty-four in sessions where there are cores for them. */
const SMALL = { 'strategy_params.fast': [3, 4], 'strategy_params.slow': [12, 13, 14, 15] }
const LARGE = {
  'strategy_params.fast': [3, 4, 5, 6, 7, 8, 9, 10],
  'strategy_params.slow': [12, 13, 14, 15, 16, 17, 18, 19],
}

let template: string

beforeAll(() => {
  template = emptyFolder()
  registerText(template, 'daily', dailyCsv(), ['--interval', '1d', '--calendar', 'crypto'])
})

function freshRoot(): string {
  const root = emptyFolder()
  cpSync(join(template, 'lake'), join(root, 'lake'), { recursive: true })
  return root
}

function created(root: string, params: object): string {
  const { experiment } = asked(root, ['experiment', 'create', 'x', ...ASKED, '--params', JSON.stringify(params)])
  return experiment.experimentId
}

/** Begin to execute, as the leader of a process group. */
function begin(root: string, id: string, ...more: string[]): ChildProcess {
  const argv = [MAIN, 'experiment', 'execute', id, '--format', 'json', ...more]
  return spawn(process.execPath, argv, { cwd: root, env: { ...process.env, QUANTLAB_ROOT: root }, detached: true })
}

async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const seen = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', text => (seen[name] += text))
  const [code] = await once(child, 'close')
  return { code, ...seen }
}

const runsIn = (root: string) => {
  const folder = join(root, 'outputs/runs')
  return existsSync(folder) ? readdirSync(folder).filter(name => name.includes('_run_')) : []
}

/** Wait for what is going to happen. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise(resolve => setTimeout(resolve, 2))
}

/** Everything there is once, and nothing half-written. */
function expectWhole(root: string, id: string, variations: number): { resultsHash: string; attempt: string } {
  const { experiment } = asked(root, ['experiment', 'get', id])
  expect(experiment).toMatchObject({ status: 'completed', outputs: { variations, successful: variations } })
  const { resultsHash, runIds, path } = experiment.outputs
  expect(runsIn(root).sort()).toEqual([...runIds].sort())
  const { registered } = asked(root, ['run', 'list', '--tags', id, '--limit', '1000'])
  expect(registered.map(({ runId }: { runId: string }) => runId).sort()).toEqual([...runIds].sort())
  const index = JSON.parse(readFileSync(join(root, 'outputs/runs/runs_index.json'), 'utf8'))
  expect(index.runs.map(({ run_id }: { run_id: string }) => run_id).sort()).toEqual([...runIds].sort())
  // What a process left that died after the last start is swept by the next one.
  expect(quantlab(root, ['runs', 'list']).code).toBe(0)
  const left = readdirSync(join(root, 'outputs/.staging')).filter(name => !name.endsWith('.lock'))
  expect(left).toEqual([])
  return { resultsHash, attempt: path }
}

describe('sixty-four variations', () => {
  let undisturbed: string

  beforeAll(() => {
    undisturbed = executedBy('1')
  })

  function executedBy(concurrency: string): string {
    const root = freshRoot()
    const id = created(root, LARGE)
    asked(root, ['experiment', 'execute', id, '--max-concurrency', concurrency])
    return expectWhole(root, id, 64).resultsHash
  }

  it('give the same results four at once as one at a time', () => {
    expect(executedBy('4')).toBe(undisturbed)
  })

  it('give them also two at once when killed at twenty moments, with their processes or without', async () => {
    const root = freshRoot()
    const id = created(root, LARGE)
    // Drawn anew each time: after how many runs, and how long after that.
    const numbers = Array.from({ length: 56 }, (_, k) => k)
    const [counts] = fc.sample(fc.shuffledSubarray(numbers, { minLength: 20, maxLength: 20 }), 1)
    const more = fc.sample(fc.tuple(fc.nat(25), fc.boolean()), 20)
    for (const [k, count] of counts.toSorted((a, b) => a - b).entries()) {
      const [wait, together] = more[k]
      const child = begin(root, id, '--max-concurrency', '2')
      const end = ended(child)
      await until(() => runsIn(root).length >= count || child.exitCode !== null)
      await new Promise(resolve => setTimeout(resolve, wait))
      const pid = child.pid as number
      process.kill(together ? -pid : pid, 'SIGKILL')
      expect([k, (await end).code]).toEqual([k, null])
    }
    asked(root, ['experiment', 'execute', id, '--max-concurrency', '2'])
    const { resultsHash, attempt } = expectWhole(root, id, 64)
    expect([resultsHash, attempt]).toEqual([undisturbed, `outputs/experiments/${id}/attempt-1`])
  })

  it('give them also when a process at work is ended by others', async () => {
    const root = freshRoot()
    const id = created(root, LARGE)
    const child = begin(root, id, '--max-concurrency', '2')
    const end = ended(child)
    await until(() => runsIn(root).length > 2 || child.exitCode !== null)
    for (const pid of childrenOf(child.pid as number)) process.kill(pid, 'SIGKILL')
    expect((await end).code).toBe(0)
    expect(expectWhole(root, id, 64).resultsHash).toBe(undisturbed)
  })

  it('end with 130 when interrupted as a terminal does it, and leave no process behind', async () => {
    const root = freshRoot()
    const id = created(root, LARGE)
    const child = begin(root, id, '--max-concurrency', '2')
    const end = ended(child)
    await until(() => runsIn(root).length > 2)
    const sessions = childrenOf(child.pid as number)
    process.kill(-(child.pid as number), 'SIGINT')
    const { code, stdout } = await end
    expect([code, JSON.parse(stdout).error.code]).toEqual([130, 'ABORTED'])
    expect(sessions.filter(pid => existsSync(`/proc/${pid}`))).toEqual([])
    const { experiment } = asked(root, ['experiment', 'get', id])
    expect(experiment).toMatchObject({ status: 'cancelled', attempts: 1 })
    expect(existsSync(join(root, 'outputs/experiments', id, 'attempt-1'))).toBe(false)
  })
})

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

describe('eight variations', () => {
  it('end with 130 when interrupted, say that they were, and are done with rerun', async () => {
    const root = freshRoot()
    const id = created(root, SMALL)
    const child = begin(root, id)
    const end = ended(child)
    await until(() => runsIn(root).length > 0)
    child.kill('SIGINT')
    expect((await end).code).toBe(130)
    expect(asked(root, ['experiment', 'get', id])['experiment']).toMatchObject({
      status: 'cancelled',
      error: 'Aborted by user',
    })
    expect(quantlab(root, ['experiment', 'execute', id]).code).toBe(5)
    expect(asked(root, ['experiment', 'execute', id, '--rerun'])).toMatchObject({ attempt: 2 })
    // It took over what the first had run.
    expectWhole(root, id, 8)
    asked(root, ['experiment', 'execute', id, '--rerun'])
    expect(runsIn(root)).toHaveLength(16)
  })

  it('are executed by one of two processes; the other is told who does it', async () => {
    const root = freshRoot()
    const id = created(root, SMALL)
    const both = await Promise.all([begin(root, id), begin(root, id)].map(ended))
    expect(both.map(({ code }) => code).sort()).toEqual([0, 5])
    const loser = both.find(({ code }) => code === 5) as { stdout: string }
    expect(JSON.parse(loser.stdout).error).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/is being executed by process \d+|was taken by another process|is completed/),
    })
    expectWhole(root, id, 8)
  })

  it('are what they are when nobody reads the answer', () => {
    const root = freshRoot()
    const id = created(root, SMALL)
    spawnSync('bash', ['-c', `"${process.execPath}" "${MAIN}" experiment execute ${id} | true`], {
      cwd: root,
      env: { ...process.env, QUANTLAB_ROOT: root },
    })
    const { experiment } = asked(root, ['experiment', 'get', id])
    expect(['completed', 'cancelled']).toContain(experiment.status)
    if (experiment.status === 'cancelled') asked(root, ['experiment', 'execute', id, '--rerun'])
    expect(asked(root, ['experiment', 'get', id])['experiment'].status).toBe('completed')
  })

  it('fail with 8 where nothing can be written, and are done with rerun afterwards', () => {
    const root = freshRoot()
    const id = created(root, SMALL)
    rmSync(join(root, 'outputs'), { recursive: true, force: true })
    writeFileSync(join(root, 'outputs'), 'no folder')
    const { code, stdout } = quantlab(root, ['experiment', 'execute', id, '--format', 'json'])
    expect([code, JSON.parse(stdout).error.code]).toEqual([8, 'STORAGE_ERROR'])
    expect(asked(root, ['experiment', 'get', id])['experiment']).toMatchObject({
      status: 'failed',
      error: expect.any(String),
    })
    rmSync(join(root, 'outputs'))
    asked(root, ['experiment', 'execute', id, '--rerun'])
    expectWhole(root, id, 8)
  })

  it('fail with 8 on a full disk, and are done once there is room', ({ skip }) => {
    const root = freshRoot()
    const id = created(root, SMALL)
    const outputs = join(root, 'outputs')
    rmSync(outputs, { recursive: true, force: true })
    mkdirSync(outputs)
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', outputs]).status !== 0)
      skip('no tmpfs may be mounted here')
    try {
      const full = quantlab(root, ['experiment', 'execute', id, '--format', 'json'])
      expect([full.code, JSON.parse(full.stdout).error.code]).toEqual([8, 'STORAGE_ERROR'])
      expect(asked(root, ['experiment', 'get', id])['experiment'].status).toBe('failed')
      expect(existsSync(join(outputs, 'experiments', id, 'attempt-1'))).toBe(false)
      spawnSync('mount', ['-o', 'remount,size=64m', outputs])
      expect(asked(root, ['experiment', 'execute', id, '--rerun'])['outputs']).toMatchObject({ successful: 8 })
    } finally {
      spawnSync('umount', ['-l', outputs])
    }
  })

  it('are created and executed in one session, and again with the same keys', async () => {
    const root = freshRoot()
    const session = spawn(process.execPath, [MAIN, '--root', root, '--json-request', '-'], { cwd: root })
    const answers = createInterface({ input: session.stdout })[Symbol.asyncIterator]()
    const ask = async (params: object, idempotency_key?: string) => {
      const request = { schema_version: '1.0', command: 'experiment', params, idempotency_key }
      session.stdin.write(`${JSON.stringify(request)}\n`)
      return JSON.parse((await answers.next()).value)
    }
    const asked = { action: 'create', name: 'x', ohlcv: ['daily'], strategies: ['sma_cross'], params: SMALL }
    const create = { ...asked, from: '2024-01-01', to: '2024-04-20' }
    const { result } = await ask(create, 'create-1')
    const { experimentId: id } = result.experiment
    const first = await ask({ action: 'execute', id }, 'execute-1')
    expect(first).toMatchObject({ status: 'success', result: { outputs: { successful: 8 } } })
    expect(await ask(create, 'create-1')).toMatchObject({
      replayed: true,
      result: { experiment: { experimentId: id } },
    })
    expect(await ask({ action: 'execute', id }, 'execute-1')).toMatchObject({ replayed: true, result: first.result })
    expect(await ask({ action: 'execute', id })).toMatchObject({ exit_code: 5 })
    session.stdin.end()
    await once(session, 'close')
    expectWhole(root, id, 8)
  })
})
