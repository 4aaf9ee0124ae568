/** Foreign SQL, run in a child process on a locked database: it can only read that database, and time, memory and rows are limited. */

import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SelectAnswer, SelectQuery } from './duckdb.ts'
import { fail } from './errors.ts'

export interface SandboxTask {
  /** Database file; its folder is the working directory of the child. */
  path: string
  queries: SelectQuery[]
  /** Bytes. */
  memory: number
  /** Rows a query. */
  rows: number
  /** Characters of the rows of one query as JSON. */
  bytes: number
}

export type SandboxVerdict =
  | { kind: 'done'; answers: SelectAnswer[] }
  | { kind: 'refused' | 'failed'; name: string; message: string }
  | { kind: 'memory'; message: string }
  /** The database could not be opened, which no SQL is to blame for. */
  | { kind: 'broken'; message: string }

/**
 * Run queries one after the other, all within `seconds`. INVALID_CONFIG for what is no single SELECT, fails or goes beyond a limit
 * (the first at fault is named); ABORTED when `abort` fires. The child is gone when this returns.
 */
export async function sandboxed(task: SandboxTask, seconds: number, abort: AbortSignal): Promise<SelectAnswer[]> {
  const verdict = await verdictOf(task, seconds, abort)
  switch (verdict.kind) {
    case 'done':
      return verdict.answers
    case 'broken':
      throw new Error(verdict.message)
    case 'aborted':
      throw fail('ABORTED', {})
    case 'time':
      throw refusal(
        `The SQL took more than ${seconds} seconds`,
        'Ask for less, or give it more time: `timeout` is in seconds.',
      )
    case 'memory':
      throw refusal(
        'The SQL needs more memory than it may use',
        'Ask for less, or let it use more: `memory`, e.g. 4GB.',
      )
    case 'crashed':
      throw refusal(
        'The SQL ended the process that ran it',
        'The program and the data are untouched: write it in another way.',
      )
    default:
      throw faultOf(verdict, task.queries.length > 1)
  }
}

function faultOf({ kind, name, message }: Extract<SandboxVerdict, { name: string }>, several: boolean): Error {
  const sql = `The SQL${several ? ` of block ${name}` : ''}`
  if (kind === 'failed') return refusal(`${sql} failed: ${message}`)
  return refusal(`${sql} is refused: ${message}`, 'Only a single SELECT can be run, on the tables of the RunSet.')
}

type Verdict = SandboxVerdict | { kind: 'time' | 'crashed' | 'aborted' }

function verdictOf(task: SandboxTask, seconds: number, abort: AbortSignal): Promise<Verdict> {
  const child = started(task)
  return new Promise(resolve => {
    let verdict: Verdict = { kind: 'crashed' }
    const end = (last: Verdict) => {
      verdict = last
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => end({ kind: 'time' }), seconds * 1000)
    const aborted = () => end({ kind: 'aborted' })
    abort.addEventListener('abort', aborted, { once: true })
    if (abort.aborted) aborted()
    child.on('message', message => end(message as SandboxVerdict))
    // A child that could not start says so here, and then has no exit.
    child.on('error', () => settle())
    child.on('exit', () => settle())
    const settle = () => {
      clearTimeout(timer)
      abort.removeEventListener('abort', aborted)
      resolve(verdict)
    }
    child.send(task, () => {})
  })
}

/** Nothing of the environment is handed on, and no stream: all it can do is answer. */
function started(task: SandboxTask): ChildProcess {
  const { SystemRoot } = process.env
  return fork(childFile(import.meta.url), [], {
    cwd: dirname(task.path),
    env: { TZ: 'UTC', ...(SystemRoot === undefined ? {} : { SystemRoot }) },
    execArgv: ['--max-old-space-size=512'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

/** The built child beside the built program; from source, where Node may not run TypeScript, that of the last build. */
function childFile(here: string): string {
  const built = here.endsWith('.ts') ? '../../dist/sql-child.js' : './sql-child.js'
  const file = fileURLToPath(new URL(built, here))
  if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run build\``)
  return file
}

function refusal(message: string, hint?: string): Error {
  return fail(
    'INVALID_CONFIG',
    { message },
    { details: [{ pointer: '/params/sql', message }], ...(hint ? { hint } : {}) },
  )
}
