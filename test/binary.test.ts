/** The built program as its callers start it: many at once, killed at any moment, behind slow and closed pipes, in any zone. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, emptyFolder, requestOf, rootWithData } from './harness.ts'

const MAIN = resolve('dist/main.js')

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('dist/ is missing: npm run build')
})

interface Ended {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

function start(root: string, argv: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, '--root', root, ...argv], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise(done => child.on('close', (code, signal) => done({ code, signal, stdout, stderr })))
}

const runRequest = (params: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  JSON.stringify(requestOf('run', params, more))
const indexOf = (root: string) =>
  JSON.parse(readFileSync(join(root, 'outputs/runs/runs_index.json'), 'utf8')) as { runs: { run_id: string }[] }
const runsIn = (root: string) =>
  existsSync(join(root, 'outputs/runs'))
    ? readdirSync(join(root, 'outputs/runs')).filter(name => !name.startsWith('runs_index'))
    : []
const signalsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown>)

describe('the program', () => {
  it('prints its bare version, whatever else is asked', () => {
    const { stdout, status } = spawnSync(process.execPath, [MAIN, '--version', '--check'], { encoding: 'utf8' })
    expect([stdout, status]).toEqual([`${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`, 0])
  })

  it('answers the same from the bundle as from the sources', async () => {
    const root = await rootWithData()
    const built = JSON.parse(
      (await ended(start(root, ['--json-request', runRequest({ slippage_mode: 'atr' })]))).stdout,
    )
    const sources = await ask(root, runRequest({ slippage_mode: 'atr' }))
    expect(built.summary).toEqual(sources['summary'])
    const hash = (answer: Record<string, string>) => JSON.parse(readFileSync(answer['report_path'], 'utf8')).result_hash
    expect(hash(built)).toBe(hash(sources))
  })
})

describe('the parts of the program', () => {
  /** The answers of a copy of dist/ from which some files are taken or which holds others in their place. */
  async function copied(change: (folder: string) => void, ...calls: string[][]): Promise<Ended[]> {
    const root = await rootWithData()
    const folder = join(emptyFolder(), 'moved')
    cpSync('dist', folder, { recursive: true })
    change(folder)
    return calls.map(argv => {
      const { status, ...rest } = spawnSync(process.execPath, [join(folder, 'main.js'), '--root', root, ...argv], {
        encoding: 'utf8',
      })
      return { code: status, ...rest }
    })
  }
  const session = ['--json-request', runRequest()]

  it('are one for a run, --check, --help and --schema: the other is not read', async () => {
    const without = (folder: string) => rmSync(join(folder, 'more.js'))
    const calls = [session, ['run', '--rsi-buy-max', '41'], ['--check'], ['--help'], ['--schema']]
    const given = await copied(without, ...calls, ['runs', 'list'])
    expect(given.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 1])
  })

  it('share their modules: what one throws the other knows', async () => {
    const [show, sweep] = await copied(() => {}, ['runs', 'show', 'nothing'], ['sweep', 'nothing.yaml'])
    expect([show.code, sweep.code]).toEqual([6, 2])
    expect(show.stderr + sweep.stderr).not.toContain('CRITICAL')
  })

  it.each([
    ['of another Node', (bytes: Buffer) => bytes.fill(1, 0, 16)],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
  ])('work with a cache that is %s', async (_, damage) => {
    const change = (folder: string) => {
      for (const name of ['app.js.cache', 'more.js.cache'])
        writeFileSync(join(folder, name), damage(readFileSync(join(folder, name))))
    }
    const given = await copied(change, session, ['dataset', 'list'])
    expect(given.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ])
  })
})

describe('16 processes at once on one root', () => {
  it('are all answered, each run is in the index once, and the index is readable at every moment', async () => {
    const root = await rootWithData()
    const path = join(root, 'outputs/runs/runs_index.json')
    const children = Array.from({ length: 16 }, (_, i) =>
      ended(
        start(root, ['--json-request', runRequest({ rsi_buy_max: 40 + (i % 3) }), '--signal-file', 'signals.jsonl']),
      ),
    )
    let waiting = true
    let reads = 0
    const reader = (async () => {
      while (waiting) {
        if (existsSync(path)) {
          JSON.parse(readFileSync(path, 'utf8'))
          reads++
        }
        await new Promise(tick => setImmediate(tick))
      }
    })()
    const answers = (await Promise.all(children)).map(child => JSON.parse(child.stdout))
    waiting = false
    await reader
    expect(reads).toBeGreaterThan(0)
    expect(answers.map(answer => answer.status)).toEqual(Array(16).fill('success'))
    expect(indexOf(root).runs.map(row => row.run_id)).toEqual(answers.map(answer => answer.run_id).sort())
    const events = signalsIn(join(root, 'signals.jsonl'))
    expect(events.filter(event => event['event'] === 'SESSION_COMPLETED').length).toBe(16)
  })

  it('with one idempotency_key perform one run', async () => {
    const root = await rootWithData()
    const request = runRequest({}, { idempotency_key: 'one' })
    const answers = (
      await Promise.all(Array.from({ length: 8 }, () => ended(start(root, ['--json-request', request]))))
    ).map(child => JSON.parse(child.stdout))
    expect(new Set(answers.map(answer => answer.run_id)).size).toBe(1)
    expect(answers.filter(answer => answer.replayed).length).toBe(7)
    expect(runsIn(root).length).toBe(1)
  })
})

describe('killed at 200 random moments', () => {
  it('leaves no incomplete run, a right index, and a terminal event for every session', async () => {
    const root = await rootWithData()
    let seed = 12345
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed / 2147483648
    }
    const killOne = async () => {
      const child = start(root, ['--json-request', runRequest(), '--signal-file', 'signals.jsonl'])
      const end = ended(child)
      const timer = setTimeout(() => child.kill('SIGKILL'), 15 + random() * 90)
      await end
      clearTimeout(timer)
    }
    for (let round = 0; round < 50; round++) await Promise.all([killOne(), killOne(), killOne(), killOne()])
    const last = await ended(start(root, ['--json-request', runRequest(), '--signal-file', 'signals.jsonl']))
    expect(JSON.parse(last.stdout).status).toBe('success')
    const runs = runsIn(root)
    for (const run of runs) {
      const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id: run }))
      expect([run, verified['status']]).toEqual([run, 'success'])
    }
    expect(indexOf(root).runs.map(row => row.run_id)).toEqual(runs.sort())
    const open = new Set<unknown>()
    for (const event of signalsIn(join(root, 'signals.jsonl'))) {
      if (event['event'] === 'SESSION_STARTED') open.add(event['session_id'])
      else if (event['event'] !== 'PROGRESS') open.delete(event['session_id'])
    }
    expect([...open]).toEqual([])
    const left = readdirSync(join(root, 'outputs/.staging'))
    expect(left.filter(name => !name.startsWith('.') || name.endsWith('.tmp'))).toEqual([])
    const health = JSON.parse((await ended(start(root, ['--check']))).stdout)
    expect(health.staging_leftovers).toEqual([])
  }, 120_000)
})

describe('killed at random moments with one idempotency key', () => {
  it('performs each keyed request exactly once, and leaves nothing but the records', async () => {
    const root = await rootWithData()
    let seed = 987
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed / 2147483648
    }
    for (let key = 0; key < 30; key++) {
      const request = runRequest({ initial_cash: 1000 + key }, { idempotency_key: `k${key}` })
      const attempt = async () => {
        const child = start(root, ['--json-request', request])
        const timer = setTimeout(() => child.kill('SIGKILL'), 30 + random() * 80)
        const { code, stdout } = await ended(child)
        clearTimeout(timer)
        return code === 0 ? [JSON.parse(stdout).run_id] : []
      }
      const answered = (await Promise.all([attempt(), attempt()])).flat()
      const { stdout } = await ended(start(root, ['--json-request', request]))
      expect(new Set([...answered, JSON.parse(stdout).run_id]).size).toBe(1)
      expect(runsIn(root).length).toBe(key + 1)
    }
    expect(readdirSync(join(root, 'outputs/idempotency')).filter(name => !/^[0-9a-f]{40}\.json$/.test(name))).toEqual(
      [],
    )
  }, 120_000)
})

describe('pipes and signals', () => {
  it('brings 5 MB through a slow pipe whole', async () => {
    const root = emptyFolder()
    const padding = 'x'.repeat(1024 * 1024)
    const lines = Array.from({ length: 5 }, (_, i) =>
      JSON.stringify(requestOf('runs', { action: 'list' }, { request_id: `${i}${padding}` })),
    )
    const child = start(root, ['--json-request', '-'])
    child.stdin?.end(lines.join('\n'))
    let text = ''
    for await (const chunk of child.stdout!.setEncoding('utf8')) {
      text += chunk
      if (Math.random() < 0.2) await new Promise(wait => setTimeout(wait, 2))
    }
    const answers = text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(answers.map(answer => answer.request_id.length)).toEqual(Array(5).fill(padding.length + 1))
  })

  it('ends with 141 when its reader goes away', async () => {
    const root = emptyFolder()
    const line = `${JSON.stringify(requestOf('runs', { action: 'list' }, { request_id: 'x'.repeat(100_000) }))}\n`
    const child = start(root, ['--json-request', '-'])
    child.stdin?.on('error', () => {})
    child.stdout?.once('data', () => child.stdout?.destroy())
    const end = new Promise(done => child.on('exit', code => done(code)))
    for (let i = 0; i < 200; i++) child.stdin?.write(line)
    expect(await end).toBe(141)
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends an idle session on %s with %i', async (signal, code) => {
    const child = start(emptyFolder(), ['--json-request', '-'])
    child.stdin?.write(`${JSON.stringify(requestOf('runs', { action: 'list' }))}\n`)
    await new Promise(ready => child.stdout?.once('data', ready))
    const end = ended(child)
    child.kill(signal)
    expect((await end).code).toBe(code)
  })

  it('stops a busy session between two runs, leaving only complete ones', async () => {
    const root = await rootWithData()
    const child = start(root, ['--json-request', '-', '--signal-file', 'signals.jsonl'])
    child.stdin?.on('error', () => {})
    child.stdin?.write(Array.from({ length: 500 }, () => runRequest()).join('\n'))
    let seen = 0
    child.stdout?.on('data', () => {
      if (++seen === 5) child.kill('SIGTERM')
    })
    const { code, stdout } = await ended(child)
    expect(code).toBe(143)
    const answered = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .filter(answer => answer.status === 'success')
    expect(answered.length).toBeLessThan(500)
    expect(runsIn(root).sort()).toEqual(indexOf(root).runs.map(row => row.run_id))
    for (const answer of answered) expect(runsIn(root)).toContain(answer.run_id)
  })
})

describe('standard streams that fail', () => {
  const shell = (root: string, line: string) => {
    const program = `"${process.execPath}" "${MAIN}" --root "${root}"`
    const env = { ...process.env, REQUEST: runRequest() }
    const script = line.replaceAll('quantlab', program)
    const { stdout, stderr } = spawnSync('bash', ['-c', `{ ${script}; } 3>&1`], { encoding: 'utf8', env, cwd: root })
    return { stdout: stdout.trim(), stderr }
  }

  it.each(['--json-request "$REQUEST"', '--check', '--schema', 'runs list'])(
    'a full disk behind standard output (%s) is told once, with 8',
    async argv => {
      const { stdout, stderr } = shell(await rootWithData(), `quantlab ${argv} >/dev/full; echo $? >&3`)
      expect([stdout, stderr]).toEqual(['8', 'ERROR: Cannot write to standard output: ENOSPC\n'])
    },
  )

  it('a reader that has gone before the version came is no defect', () => {
    const { stdout, stderr } = shell(emptyFolder(), '{ sleep 0.2; quantlab --version; echo $? >&3; } | true')
    expect([stdout, stderr]).toEqual(['141', ''])
  })

  it('texts for people that nobody reads do not stop the work', async () => {
    const root = await rootWithData()
    for (const target of ['/dev/full', '>(true)']) {
      const { stdout } = shell(
        root,
        `{ sleep 0.1; quantlab run --fee abc; echo $? >&3; } 2>${target.replace('>(', ' >(')}`,
      )
      expect([target, stdout]).toEqual([target, '2'])
    }
  })
})

describe('the signal file', () => {
  it('starts afresh after a torn line and closes the session of a dead process', async () => {
    const root = await rootWithData()
    const path = join(root, 'signals.jsonl')
    const dead = {
      event: 'SESSION_STARTED',
      session_id: 'gone',
      seq: 0,
      mode: 'run',
      request_id: 'old',
      process: { pid: 4194301, start_time: 1, boot_id: null },
      trace_id: 'f'.repeat(32),
    }
    writeFileSync(path, `${JSON.stringify(dead)}\n{"event":"SESSION_STA`)
    await ended(start(root, ['--json-request', runRequest(), '--signal-file', 'signals.jsonl']))
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    expect(lines[1]).toBe('{"event":"SESSION_STA')
    const events = lines.toSpliced(1, 1).map(line => JSON.parse(line))
    expect(events.map(event => [event.event, event.status])).toEqual([
      ['SESSION_STARTED', undefined],
      ['SESSION_FAILED', 'orphaned'],
      ['SESSION_STARTED', 'running'],
      ['SESSION_COMPLETED', 'success'],
    ])
    expect(events[1]).toMatchObject({ session_id: 'gone', request_id: 'old', seq: 1 })
  })

  it.each(['/dev/full', '/nonexistent/folder/signals', '.'])(
    'that cannot be written (%s) is a warning, not a failure',
    async place => {
      const root = await rootWithData()
      const { code, stderr } = await ended(start(root, ['--json-request', runRequest(), '--signal-file', place]))
      expect(code).toBe(0)
      expect(stderr).toContain('WARNING: cannot write the signal file')
    },
  )
})

describe('the same request and data', () => {
  it('give the same bytes in every time zone and locale', async () => {
    const files = async (env: Record<string, string>) => {
      const root = await rootWithData()
      const { stdout } = await ended(
        start(root, ['--json-request', runRequest({ report: true, save_price_plot: true })], env),
      )
      const folder = JSON.parse(stdout).artifacts_path
      return [
        'metrics.json',
        'trades.csv',
        'equity.parquet',
        'config.json',
        'artifacts/equity.svg',
        'artifacts/price_signals.svg',
      ].map(name => readFileSync(join(folder, name)).toString('base64'))
    }
    const utc = await files({ TZ: 'UTC', LC_ALL: 'C' })
    for (const env of [
      { TZ: 'America/New_York', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE' },
      { TZ: 'Asia/Kolkata', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR' },
    ])
      expect(await files(env)).toEqual(utc)
  })
})
