/** Calls that are refused: always a code of the table, never a stack, and what to change. */

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

describe('a root', () => {
  const below = (folder: string) => {
    writeFileSync(join(folder, 'file'), '')
    return join(folder, 'file', 'below')
  }
  const loop = (folder: string) => {
    symlinkSync('loop', join(folder, 'loop'))
    return join(folder, 'loop')
  }
  it.each([
    ['below a file', below],
    ['that is a link to itself', loop],
    ['with a name too long for any disk', (folder: string) => join(folder, 'x'.repeat(300))],
  ])('%s is a bad call', async (_, make) => {
    const folder = emptyFolder()
    const { code, stdout, stderr } = await call(folder, ['--root', make(folder), 'runs', 'list'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^ERROR: The root cannot be reached \(E[A-Z]+\): .*\nHINT: Set --root/)
  })
})

describe('a request file', () => {
  it.each([
    ['@absent.json', 'no such file'],
    ['@.', 'not a regular file'],
    ['@bytes.json', 'not UTF-8'],
  ])('%s is answered and signalled as any refused request', async (payload, why) => {
    const root = emptyFolder()
    writeFileSync(join(root, 'bytes.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    const { code, stdout } = await call(root, ['--json-request', payload, '--signal-file', 'signals.jsonl'])
    expect(code).toBe(2)
    const answer = JSON.parse(stdout)
    expect(answer.error.message).toContain(`Invalid --json-request payload: ${why}`)
    expect(answer.trace_id).toMatch(/^[0-9a-f]{32}$/)
    const [event, ...more] = readFileSync(join(root, 'signals.jsonl'), 'utf8').trim().split('\n')
    expect(more).toEqual([])
    expect(JSON.parse(event)).toMatchObject({ event: 'SESSION_FAILED', mode: 'unknown', exit_code: 2, seq: 0 })
  })
})

describe('flags', () => {
  const errorOf = async (...argv: string[]) => (await call(emptyFolder(), argv)).stderr

  it('given twice are named', async () => {
    expect(await errorOf('run', '--fee', '0', '--fee', '1')).toContain('ERROR: --fee is given twice')
  })

  it('with JSON follow the rules of requests', async () => {
    const twice = ['run', '--strategy', 'sma_cross', '--strategy-params', '{"fast":5,"fast":6,"slow":20}']
    expect(await errorOf(...twice)).toContain('--strategy-params at /fast: duplicate key')
    const hidden = ['run', '--strategy-params', '{"__proto__":{"fast":5}}']
    expect(await errorOf(...hidden)).toContain('--strategy-params at /__proto__: this key is not allowed')
  })

  it.each([
    ['run', '--fee', 'abc', '--format', 'json'],
    ['run', '--fee', 'abc', '--format=json'],
    ['--json-request', '{}', '--json-request', '{}'],
  ])('that ask for JSON are refused in JSON: %s %s %s %s', async (...argv) => {
    const { code, stdout } = await call(emptyFolder(), argv)
    const answer = JSON.parse(stdout)
    expect([code, answer.exit_code, answer.error.code]).toEqual([2, 2, 'INVALID_CONFIG'])
    expect(answer.trace_id).toMatch(/^[0-9a-f]{32}$/)
  })

  it('a name with control characters cannot write on the terminal', async () => {
    const stderr = await errorOf('runs', 'show', 'a\nERROR: \u001b[2Jb')
    expect(stderr.split('\n')[0]).toBe('ERROR: No such run: a ERROR: \ufffd[2Jb')
  })
})

describe('a text of the wrong form', () => {
  it.each([
    ['start', '2023-1-1', 'must be an ISO date or instant such as 2023-01-31 or 2023-01-31T09:30Z'],
    ['interval', '1D', 'must be a bar size such as 5m, 1h, 1d, 1w or 1M (M is months)'],
    [
      'dataset_id',
      'a b',
      'must be at most 128 letters, digits, dots, hyphens and underscores, beginning with a letter or digit',
    ],
    ['trace_id', 'x', 'must be 32 lower-case hexadecimal digits'],
  ])('%s %s is told the form', async (name, value, message) => {
    const answer = await ask(emptyFolder(), requestOf('run', { [name]: value }))
    expect(answer['error'].details).toMatchObject([{ pointer: `/params/${name}`, message }])
  })

  it.each([
    ['id', '../x', 'must be at most 128 letters, digits'],
    ['symbol', 'a b', 'must be at most 64 of the characters of ticker symbols'],
    ['kind', 'A', 'must be at most 32 lower-case letters'],
  ])('%s %s of a dataset is told the form', async (name, value, message) => {
    const params = { action: 'register', id: 'x', [name]: value }
    const answer = await ask(emptyFolder(), requestOf('dataset', params))
    const detail = answer['error'].details.find((fault: { pointer: string }) => fault.pointer === `/params/${name}`)
    expect(detail.message).toContain(message)
  })
})

describe('a ticker that nobody holds', () => {
  it.each([
    [{ ticker: 'eth-usd' }, 'Did you mean ETH-USD?'],
    [{ ticker: 'ETH-USD', interval: '1h' }, 'ETH-USD is held with the interval 1d.'],
    [{ ticker: 'NOTHING-LIKE-IT' }, 'Register one: quantlab dataset register'],
    [{ ticker: 'SPX', dataset_id: 'btc-usd' }, 'Name the symbol and interval that it holds'],
  ])('%j: %s', async (params, hint) => {
    const answer = await ask(await rootWithData(), requestOf('run', params))
    expect([answer['exit_code'], answer['error'].hint]).toEqual([3, expect.stringContaining(hint)])
  })
})

describe('a command', () => {
  it('is not named by its schema', async () => {
    const answer = await ask(emptyFolder(), requestOf('runs.list', { action: 'list' }))
    expect([answer['exit_code'], answer['error'].details[0].pointer]).toEqual([2, '/command'])
    expect((await call(emptyFolder(), ['runs.list'])).stderr).toContain("Unknown command 'runs.list'")
  })
})

describe('a line of a session', () => {
  it('of blanks that are no white space of JSON is answered', async () => {
    const line = JSON.stringify(requestOf('runs', { action: 'list' }))
    const { stdout } = await call(emptyFolder(), ['--json-request', '-'], { stdin: `${line}\n\u00a0\n \t\r\n${line}` })
    const codes = stdout.trim().split('\n')
    expect(codes.map(text => JSON.parse(text).exit_code)).toEqual([0, 2, 0])
  })
})

describe('a file where a directory must be', () => {
  it.each(['outputs', 'outputs/runs', 'outputs/.staging', 'outputs/idempotency'])('%s', async place => {
    const root = await rootWithData()
    if (place.includes('/')) mkdirSync(join(root, 'outputs'))
    writeFileSync(join(root, place), '')
    const answer = await ask(root, requestOf('run', {}, { idempotency_key: 'k' }))
    expect([answer['exit_code'], answer['error'].type]).toEqual([8, 'StorageError'])
    expect(answer['error'].hint).toContain('A file stands where a directory must be')
  })
})

describe('--check', () => {
  it('writes nothing where nothing is', async () => {
    const root = emptyFolder()
    const { code, stdout } = await call(root, ['--check'])
    expect([code, JSON.parse(stdout).outputs_writable, readdirSync(root)]).toEqual([0, true, []])
  })

  it('answers for a root whose outputs is a file', async () => {
    const root = emptyFolder()
    writeFileSync(join(root, 'outputs'), '')
    const first = await call(root, ['--check'])
    const health = JSON.parse(first.stdout)
    expect([first.code, health.status, health.outputs_writable, health.lake_writable]).toEqual([
      2,
      'error',
      false,
      true,
    ])
    expect((await call(root, ['--check'])).stdout).toBe(first.stdout)
  })
})

describe('the record of an idempotency key', () => {
  it('that is damaged is told, not passed over: the run may exist', async () => {
    const root = await rootWithData()
    const request = requestOf('run', {}, { idempotency_key: 'k' })
    await ask(root, request)
    const folder = join(root, 'outputs/idempotency')
    const [record, ...more] = readdirSync(folder)
    expect(more).toEqual([])
    writeFileSync(join(folder, record), '{"key":"k"')
    const answer = await ask(root, request)
    expect([answer['exit_code'], answer['error'].code]).toEqual([7, 'INTEGRITY_ERROR'])
    expect(answer['error'].hint).toContain('remove the file')
  })
})

describe('a trades_csv', () => {
  it.each([
    ['a\0b', 2],
    ['absent.csv', 3],
    ['.', 3],
    ['latin.csv', 3],
  ])('%j is refused', async (path, code) => {
    const root = await rootWithData()
    writeFileSync(join(root, 'latin.csv'), Buffer.from('timestamp,side\n2023-01-01,K\xe4uf\n', 'latin1'))
    expect((await ask(root, requestOf('run', { trades_csv: path })))['exit_code']).toBe(code)
    expect(existsSync(join(root, 'outputs/runs'))).toBe(false)
  })
})
