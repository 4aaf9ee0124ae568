import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

describe('a request', () => {
  it('is told all faults of its stage, with pointers and near misses', async () => {
    const answer = await ask(
      emptyFolder(),
      requestOf('run', { tickr: 'X', fee: '0.1', slippage_bps: -1, rsi_buy_max: 101, execution: 'close' }),
    )
    expect(answer['exit_code']).toBe(2)
    const places = Object.fromEntries(
      answer['error'].details.map((detail: { pointer: string; suggestion?: string }) => [
        detail.pointer,
        detail.suggestion,
      ]),
    )
    expect(places).toEqual({
      '/params/tickr': 'ticker',
      '/params/fee': undefined,
      '/params/slippage_bps': undefined,
      '/params/rsi_buy_max': undefined,
      '/params/execution': undefined,
    })
  })

  it.each([
    [{ command: 'run' }, "Unsupported or missing schema_version 'None'. Expected '1.0'."],
    [{ schema_version: '1.0' }, "Missing 'command' in JSON request."],
    [{ schema_version: '1.0', command: 'run', params: [] }, "'params' in JSON request must be an object."],
    [{ schema_version: '1.0', command: 'run', param: {} }, "unknown key 'param'; did you mean 'params'?"],
    [{ schema_version: '1.0', command: 'rnu' }, /^Unknown command 'rnu'\. Valid commands: /],
    [
      { schema_version: '1.0', command: 'runs', params: { action: 'lst' } },
      /needs params\.action, one of list, show, best, compare/,
    ],
    [{ schema_version: '1.0', command: 'run', idempotency_key: '' }, /idempotency_key/],
    [[], 'The request must be a JSON object.'],
  ])('%j is refused with a text that says what to change', async (request, message) => {
    const answer = await ask(emptyFolder(), request)
    expect(answer['exit_code']).toBe(2)
    expect(answer['error'].message).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message)
  })

  it.each(['{"a":1,"a":2,"request_id":5}', '{"request_id":5,"__proto__":{"x":1}}', '{"request_id":5,"n":1e999}'])(
    '%s is refused with its id echoed',
    async text => {
      const answer = await ask(emptyFolder(), text)
      expect([answer['exit_code'], answer['request_id']]).toEqual([2, 5])
      expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    },
  )

  it('is judged in stages: schema, then strategy, then data', async () => {
    const root = emptyFolder()
    const code = async (params: Record<string, unknown>) => (await ask(root, requestOf('run', params)))['error'].code
    expect(await code({ fee: 2, strategy: 'nope', ticker: 'NOPE' })).toBe('INVALID_CONFIG')
    expect(await code({ start: '2023-02-30', strategy: 'nope' })).toBe('INVALID_CONFIG')
    expect(await code({ strategy: 'sma_crss', ticker: 'NOPE' })).toBe('STRATEGY_ERROR')
    expect(await code({ strategy: 'sma_cross', strategy_params: { fast: 50, slow: 10 } })).toBe('STRATEGY_ERROR')
    expect(await code({ strategy: 'sma_cross', rsi_buy_max: 50 })).toBe('INVALID_CONFIG')
    expect(await code({ ticker: 'NOPE' })).toBe('DATA_ERROR')
  })

  it('that fails after validation leaves a record, and no run', async () => {
    const root = await rootWithData()
    const answer = await ask(root, requestOf('run', { ticker: 'NOPE' }, { request_id: { deep: [1] } }))
    const [name] = readdirSync(join(root, 'outputs/failures'))
    const record = JSON.parse(readFileSync(join(root, 'outputs/failures', name), 'utf8'))
    expect(record).toMatchObject({
      command: 'run',
      request_id: { deep: [1] },
      exit_code: 3,
      error: { code: answer['error'].code },
    })
    expect(existsSync(join(root, 'outputs/runs'))).toBe(false)
    expect(existsSync(join(root, 'outputs/.staging')) ? readdirSync(join(root, 'outputs/.staging')) : []).toEqual([])
  })

  it('carries a trace id from the request, the environment, or makes one', async () => {
    const root = emptyFolder()
    const id = 'a'.repeat(32)
    expect((await ask(root, requestOf('runs', { action: 'list', trace_id: id })))['trace_id']).toBe(id)
    const traceparent = `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`
    expect(
      (await ask(root, requestOf('runs', { action: 'list' }), { env: { TRACEPARENT: traceparent } }))['trace_id'],
    ).toBe('b'.repeat(32))
    expect((await ask(root, requestOf('runs', { action: 'list' })))['trace_id']).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('idempotency_key', () => {
  const request = (params: Record<string, unknown> = {}) =>
    requestOf('run', { ticker: 'ETH-USD', ...params }, { idempotency_key: 'k 1' })

  it('gives the recorded answer to the same request, whatever the order of its keys', async () => {
    const root = await rootWithData()
    const first = await ask(root, request({ fee: 0.001, start: '2022-01-01' }))
    const again = await ask(root, request({ start: '2022-01-01', fee: 0.001 }))
    expect(again).toMatchObject({ replayed: true, run_id: first['run_id'], summary: first['summary'], exit_code: 0 })
    expect(first['replayed']).toBeUndefined()
    expect(JSON.parse(readFileSync(join(root, 'outputs/runs/runs_index.json'), 'utf8')).n_runs).toBe(1)
  })

  it('refuses another request', async () => {
    const root = await rootWithData()
    await ask(root, request())
    expect(await ask(root, request({ fee: 0.5 }))).toMatchObject({ exit_code: 5, error: { code: 'CONFLICT' } })
  })

  it('does not keep a failure', async () => {
    const root = await rootWithData()
    expect((await ask(root, request({ ticker: 'NOPE' })))['exit_code']).toBe(3)
    expect((await ask(root, request()))['exit_code']).toBe(0)
  })

  it('finds a run that became visible just before its process died', async () => {
    const root = await rootWithData()
    const first = await ask(root, request())
    const folder = join(root, 'outputs/idempotency')
    const [name] = readdirSync(folder)
    const { answer: _, ...record } = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    writeFileSync(join(folder, name), JSON.stringify({ ...record, run_id: first['run_id'] }))
    expect(await ask(root, request())).toMatchObject({
      replayed: true,
      run_id: first['run_id'],
      summary: first['summary'],
      report_path: first['report_path'],
    })
  })
})

describe('flags', () => {
  it('build the same request as JSON', async () => {
    const root = await rootWithData()
    const { stdout, code } = await call(root, [
      'run',
      '--ticker',
      'BTC-USD',
      '--rsi-buy-max=50',
      '--rsi_sell_min',
      '70',
      '--strategy-params.cooldown_days',
      '3',
      '--format',
      'json',
    ])
    const answer = await ask(
      root,
      requestOf('run', { ticker: 'BTC-USD', rsi_buy_max: 50, rsi_sell_min: 70, strategy_params: { cooldown_days: 3 } }),
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout).summary).toEqual(answer['summary'])
  })

  it.each([
    [['--slippage_mode', 'banana'], /slippage_mode must be one of fixed, atr/],
    [['--tickr', 'X'], /did you mean --ticker\?/],
    [['--fee', '0,1'], /--fee must be a number/],
    [['--fee'], /--fee needs a value/],
    [['rnu'], /Unknown command 'rnu'/],
    [['runs', 'lst'], /needs one of list/],
    [['run', 'stray'], /unexpected 'stray'/],
    [['--check', '--fee', '1'], /--check does not go with --fee/],
    [['--format', 'xml', '--check'], /--format must be/],
    [['run', '--strategy_params.__proto__.x', '1'], /not allowed/],
  ])('%j is refused on standard error with exit code 2', async (argv, message) => {
    const { code, stdout, stderr } = await call(emptyFolder(), argv)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^ERROR: /)
    expect(stderr).toMatch(message)
  })

  it('print tables as csv and json', async () => {
    const root = await rootWithData()
    await call(root, ['run'])
    expect((await call(root, ['runs', 'list', '--format', 'csv'])).stdout.split('\n')[0]).toContain('run_id,mode')
    expect(JSON.parse((await call(root, ['runs', 'list', '--format', 'json'])).stdout).n_runs).toBe(1)
  })
})

describe('help, schema and check', () => {
  it('lists every command, and explains each from its schema', async () => {
    const { stdout } = await call(emptyFolder(), ['--help'])
    for (const command of ['run', 'dataset', 'runs', 'artifact']) expect(stdout).toContain(`  ${command}`)
    expect((await call(emptyFolder(), ['run', '--help'])).stdout).toContain('--slippage-bps')
    expect((await call(emptyFolder(), ['--help', 'dataset', 'register'])).stdout).toContain('--path')
    expect((await call(emptyFolder(), ['--help', 'rum'])).stderr).toContain("Did you mean 'run'?")
  })

  it('prints every schema it lists', async () => {
    const names = (await call(emptyFolder(), ['--schema'])).stdout.trim().split('\n')
    expect(names).toContain('commands/run')
    for (const name of names)
      expect(JSON.parse((await call(emptyFolder(), ['--schema', name])).stdout).$id).toContain(name)
    expect((await call(emptyFolder(), ['--schema', 'nope'])).code).toBe(6)
  })

  it('checks the root, deterministically, and deeply when asked', async () => {
    const root = emptyFolder()
    const first = await call(root, ['--check'])
    expect((await call(root, ['--check'])).stdout).toBe(first.stdout)
    expect(JSON.parse(first.stdout)).toMatchObject({
      status: 'ok',
      venv_active: false,
      python_version: null,
      quantlab_import: true,
      outputs_writable: true,
      parquet_round_trip: null,
    })
    expect(JSON.parse((await call(root, ['--check', '--deep'])).stdout)).toMatchObject({
      status: 'ok',
      parquet_round_trip: true,
      duckdb_round_trip: true,
    })
    writeFileSync(join(root, 'file'), '')
    expect((await call(root, ['--check', '--root', 'file'])).code).toBe(2)
    writeFileSync(join(root, 'lake2'), '')
  })

  it('reports a root that cannot be written', async () => {
    const root = emptyFolder()
    writeFileSync(join(root, 'outputs'), 'in the way')
    const { code, stdout } = await call(root, ['--check'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'error',
      outputs_writable: false,
      errors: [expect.stringContaining('outputs')],
    })
  })
})
