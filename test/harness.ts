/** Drive the gateway in this process as a caller would: argv and standard input in, exit code and texts out. */

import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { invoke } from '../src/gateway/shell.ts'

export interface Called {
  code: number
  stdout: string
  stderr: string
}

export interface CallOptions {
  cwd?: string
  stdin?: string | Uint8Array[]
  env?: Record<string, string>
  /** Start of the wall clock, epoch ms; it then runs on by one millisecond a look. */
  now?: number
  abort?: AbortSignal
}

/** A new empty directory. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'quantlab-'))
}

/** Call the gateway in a directory that is also its root. */
export async function call(root: string, argv: readonly string[], options: CallOptions = {}): Promise<Called> {
  let stdout = ''
  let stderr = ''
  let ticks = options.now
  const stdin = typeof options.stdin === 'string' ? [Buffer.from(options.stdin)] : (options.stdin ?? [])
  const code = await invoke({
    argv,
    env: { QUANTLAB_ROOT: root, ...options.env },
    cwd: options.cwd ?? root,
    mainPath: resolve('main.ts'),
    stdin: (async function* () {
      yield* stdin
    })(),
    stderr: {
      isTTY: false,
      write: (text: string) => {
        stderr += text
        return true
      },
    } as unknown as NodeJS.WriteStream,
    clock: { now: () => (ticks === undefined ? Date.now() : ticks++), elapsed: () => performance.now() },
    write: async text => {
      stdout += text
    },
    abort: options.abort ?? new AbortController().signal,
  })
  return { code, stdout, stderr }
}

/** Call with one JSON request; the parsed answer. */
export async function ask(
  root: string,
  request: unknown,
  options: CallOptions & { signals?: string } = {},
): Promise<Record<string, any>> {
  const text = typeof request === 'string' ? request : JSON.stringify(request)
  const signals = options.signals === undefined ? [] : ['--signal-file', options.signals]
  const { stdout, code } = await call(root, ['--json-request', text, ...signals], options)
  const answer = JSON.parse(stdout)
  if (answer.exit_code !== code) throw new Error(`exit code ${code}, but the answer says ${answer.exit_code}`)
  return answer
}

/** A request of the current contract. */
export function requestOf(
  command: string,
  params: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return { schema_version: '1.0', request_id: 'r', command, params, ...more }
}

let template: Promise<string> | undefined

/** A new root whose lake holds the three generated daily series ETH-USD, BTC-USD and CHZ-USD. */
export async function rootWithData(): Promise<string> {
  template ??= (async () => {
    const root = emptyFolder()
    for (const symbol of ['ETH-USD', 'BTC-USD', 'CHZ-USD']) {
      const params = {
        action: 'register',
        id: symbol.toLowerCase(),
        kind: 'ohlcv',
        path: resolve(`test/fixtures/golden-data/${symbol}.csv`),
        symbol,
        interval: '1d',
      }
      const answer = await ask(root, requestOf('dataset', params))
      if (answer.status !== 'success') throw new Error(JSON.stringify(answer.error))
    }
    return root
  })()
  const root = emptyFolder()
  cpSync(join(await template, 'lake'), join(root, 'lake'), { recursive: true })
  return root
}
