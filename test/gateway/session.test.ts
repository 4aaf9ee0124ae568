import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

const answers = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
const list = (id: unknown) => JSON.stringify(requestOf('runs', { action: 'list' }, { request_id: id }))

describe('an NDJSON session', () => {
  it('answers every line in order and goes on after a bad one', async () => {
    const stdin = [list('a'), '', '{not json', list(7), '   ', '{"schema_version":"1.0"}', list(null)].join('\n')
    const { stdout, code } = await call(emptyFolder(), ['--json-request', '-'], { stdin })
    expect(answers(stdout).map(answer => [answer.request_id, answer.exit_code])).toEqual([
      ['a', 0],
      [null, 2],
      [7, 0],
      [null, 2],
      [null, 0],
    ])
    expect(code).toBe(2)
  })

  it('takes lines cut anywhere between chunks, CRLF ends and no newline at the end', async () => {
    const bytes = Buffer.from(`${list('é😀')}\r\n${list('b')}`)
    const stdin = Array.from({ length: bytes.length }, (_, index) => bytes.subarray(index, index + 1))
    const { stdout, code } = await call(emptyFolder(), ['--json-request', '-'], { stdin })
    expect(answers(stdout).map(answer => answer.request_id)).toEqual(['é😀', 'b'])
    expect(code).toBe(0)
  })

  it('refuses a line over the limit and answers the next', async () => {
    const stdin = `${' '.repeat(9 * 1024 * 1024)}{}\n${list('after')}\n`
    const { stdout } = await call(emptyFolder(), ['--json-request', '-'], { stdin })
    expect(answers(stdout).map(answer => [answer.request_id, answer.exit_code])).toEqual([
      [null, 2],
      ['after', 0],
    ])
  })

  it('refuses bytes that are no UTF-8', async () => {
    const stdin = [Buffer.concat([Buffer.from('{"request_id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n')])]
    const { stdout } = await call(emptyFolder(), ['--json-request', '-'], { stdin })
    expect(answers(stdout)[0].error.message).toContain('Invalid --json-request payload')
  })

  it('stops when it is aborted', async () => {
    const abort = new AbortController()
    abort.abort(143)
    const { stdout, code } = await call(emptyFolder(), ['--json-request', '-'], {
      stdin: `${list(1)}\n`,
      abort: abort.signal,
    })
    expect([stdout, code]).toEqual(['', 143])
  })
})

describe('one document', () => {
  it('may stand on several lines of standard input', async () => {
    const { stdout, code } = await call(emptyFolder(), ['--json-request', '-'], {
      stdin: JSON.stringify(JSON.parse(list('doc')), null, 2),
    })
    expect(answers(stdout).map(answer => answer.request_id)).toEqual(['doc'])
    expect(code).toBe(0)
  })

  it('that is cut off is answered once, as an error', async () => {
    const { stdout, code } = await call(emptyFolder(), ['--json-request', '-'], {
      stdin: '{\n"schema_version": "1.0",\n',
    })
    expect(answers(stdout)).toHaveLength(1)
    expect(code).toBe(2)
  })

  it('of nothing is an error too: the caller waits for an answer', async () => {
    const { stdout, code } = await call(emptyFolder(), ['--json-request', '-'], { stdin: '\n \n' })
    expect(answers(stdout)).toHaveLength(1)
    expect(code).toBe(2)
  })

  it('comes from a file', async () => {
    const root = emptyFolder()
    writeFileSync(join(root, 'request.json'), list('file'))
    const { stdout } = await call(root, ['--json-request', '@request.json'])
    expect(answers(stdout)[0].request_id).toBe('file')
    for (const bad of ['@missing.json', '@.', '@/dev/zero']) {
      const refused = await call(root, ['--json-request', bad])
      expect([refused.code, answers(refused.stdout)[0].error.code]).toEqual([2, 'INVALID_CONFIG'])
    }
  })
})

it('performs 200 runs in one session, each in the index exactly once', async () => {
  const root = await rootWithData()
  const stdin = Array.from({ length: 200 }, (_, index) =>
    JSON.stringify(requestOf('run', { rsi_buy_max: 30 + (index % 40) }, { request_id: index })),
  ).join('\n')
  const { stdout, code } = await call(root, ['--json-request', '-'], { stdin })
  const given = answers(stdout)
  expect(code).toBe(0)
  expect(given.map(answer => answer.request_id)).toEqual(Array.from({ length: 200 }, (_, index) => index))
  const index = JSON.parse(readFileSync(join(root, 'outputs/runs/runs_index.json'), 'utf8'))
  expect(index.runs.map((row: { run_id: string }) => row.run_id)).toEqual(given.map(answer => answer.run_id).sort())
  // Equal requests have equal results, whatever came between.
  for (let i = 0; i < 160; i++) expect(given[i].summary).toEqual(given[i + 40].summary)
})
