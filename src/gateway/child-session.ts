/** Sessions in processes of their own: this very program, asked line by line over its pipes. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Session } from '../commands/command.ts'

/** What a session is started with. */
export interface ChildSettings {
  /** File of the program. */
  mainPath: string
  root: string
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  traceId: string
  /** Ends the process when this one is told to end. */
  abort: AbortSignal
  /** Standard error of the process. */
  log(text: string): void
}

/** Start a process that answers requests in order; its signals and progress go nowhere, its requests carry this trace. */
export function openSession(settings: ChildSettings): Session {
  const { mainPath, root, cwd, traceId, abort } = settings
  const traceparent = `00-${traceId}-${traceId.slice(0, 16)}-01`
  const child = spawn(process.execPath, [mainPath, '--root', root, '--json-request', '-'], {
    cwd,
    env: { ...settings.env, TRACEPARENT: traceparent },
    stdio: 'pipe',
    // A group of its own: a signal of the terminal reaches it once, from here, so that it ends cleanly.
    detached: true,
  })
  const end = () => child.kill('SIGTERM')
  abort.addEventListener('abort', end, { once: true })
  if (abort.aborted) end()
  child.stderr.setEncoding('utf8').on('data', settings.log)
  // A process that is gone says so by its exit.
  child.stdin.on('error', () => {})
  const exited = new Promise<void>(resolve => {
    child.on('error', () => resolve())
    child.on('close', () => resolve())
  })
  void exited.then(() => abort.removeEventListener('abort', end))
  return { ask: asker(child, exited), close: () => closed(child, exited) }
}

function asker(child: ChildProcessWithoutNullStreams, exited: Promise<void>): Session['ask'] {
  const waiting: ((answer: Record<string, unknown> | null) => void)[] = []
  createInterface({ input: child.stdout }).on('line', line => {
    const answer = parsed(line)
    if (answer !== null) waiting.shift()?.(answer)
  })
  let gone = false
  void exited.then(() => {
    gone = true
    for (const tell of waiting.splice(0)) tell(null)
  })
  return request =>
    new Promise(resolve => {
      if (gone) return resolve(null)
      waiting.push(resolve)
      child.stdin.write(`${JSON.stringify(request)}\n`)
    })
}

/** An answer; null for a line that ends where its process did. */
function parsed(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
}

async function closed(child: ChildProcessWithoutNullStreams, exited: Promise<void>): Promise<void> {
  child.stdin.end()
  await exited
}
