/** The real process: signals, pipes and clocks; sets the exit code and lets the event loop drain, because exiting at once cuts pipes. */

import { invoke } from './shell.ts'

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const
const CLOSED_PIPE = 141
/** A full disk behind standard output: storage, safe to retry. */
const CANNOT_ANSWER = 8

/** Run one invocation on this process. */
export async function attach(argv: readonly string[], mainPath: string): Promise<void> {
  const abort = new AbortController()
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      // The second signal does not wait for the run that is being written.
      if (abort.signal.aborted) process.exit(code)
      abort.abort(code)
      process.exitCode = code
    })
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const code = error.code === 'EPIPE' ? CLOSED_PIPE : CANNOT_ANSWER
    if (code === CANNOT_ANSWER && !abort.signal.aborted)
      errorStream().write(`ERROR: Cannot write to standard output: ${error.code}\n`)
    process.exitCode = code
    abort.abort(code)
  })
  // Not `performance`: the first look at it loads eleven modules.
  const clock = { now: () => Date.now(), elapsed: () => Number(process.hrtime.bigint()) / 1e6 }
  try {
    const code = await invoke({
      argv,
      env: process.env,
      cwd: process.cwd(),
      mainPath,
      stdin: inputOf(abort.signal),
      get stderr() {
        return errorStream()
      },
      clock,
      write,
      abort: abort.signal,
    })
    process.exitCode = abort.signal.aborted ? (abort.signal.reason as number) : code
  } catch (error) {
    if (abort.signal.aborted) return
    errorStream().write(`CRITICAL ERROR: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  }
}

/** Standard input, opened when it is first read because most calls read none of it; an abort just ends it. */
async function* inputOf(abort: AbortSignal): AsyncGenerator<Uint8Array> {
  if (abort.aborted) return
  const { stdin } = process
  abort.addEventListener('abort', () => stdin.destroy(), { once: true })
  try {
    for await (const chunk of stdin) yield chunk as Uint8Array
  } catch (error) {
    if (!abort.aborted) throw error
  }
}

let errors: NodeJS.WriteStream | undefined

/** Standard error, opened when there is something to say. */
function errorStream(): NodeJS.WriteStream {
  // Nobody reads the texts for people: that is no reason to stop the work.
  errors ??= process.stderr.on('error', () => {})
  return errors
}

function write(text: string): Promise<void> {
  return new Promise(resolve => {
    // The callback comes when the pipe has taken the text, or with the error that the listener above handles.
    process.stdout.write(text, () => resolve())
  })
}
