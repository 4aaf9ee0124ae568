/** One invocation from argv to exit code: the wiring of streams, signals of the system and the gateway. */

import { readFileSync, type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fail, GatewayError } from '../base/errors.ts'
import { MAX_REQUEST_BYTES } from '../base/json.ts'
import { loadSchemas } from '../base/schema.ts'
import { isoInstant } from '../base/time.ts'
import { VERSION } from '../base/version.ts'
import type { Clock } from '../commands/command.ts'
import { type Ask, type GlobalOptions, parseArgv } from './argv.ts'
import type { Gateway } from './dispatch.ts'
import { progressBar } from './progress.ts'
import { asksForJson, type ErrorText, errorText, refusalAnswer } from './refusal.ts'
import { Signals } from './signals.ts'
import { traceIdOf } from './trace.ts'

/** The process as the shell sees it; replaced in tests. */
export interface Shell {
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  mainPath: string
  stdin: AsyncIterable<Uint8Array>
  stderr: NodeJS.WriteStream
  clock: Clock
  /** Write to standard output; resolves when the pipe has taken it. */
  write(text: string): Promise<void>
  /** Aborted with the exit code by SIGINT, SIGTERM or a closed pipe. */
  abort: AbortSignal
}

/** Do what argv asks; the exit code. */
export async function invoke(shell: Shell): Promise<number> {
  try {
    const { ask, options } = parseArgv(shell.argv)
    return await answer(ask, options, shell)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return refuse(error, shell)
  }
}

async function answer(ask: Ask, options: GlobalOptions, shell: Shell): Promise<number> {
  const root = rootOf(options, shell)
  switch (ask.kind) {
    case 'version':
      await shell.write(`${VERSION}\n`)
      return 0
    case 'help':
      await loadSchemas()
      await shell.write((await import('./help.ts')).helpText(ask.topic))
      return 0
    case 'schema':
      await loadSchemas()
      await shell.write((await import('./schema-text.ts')).schemaText(ask.name))
      return 0
    case 'check': {
      const health = await (await import('./check.ts')).healthOf(root, shell.mainPath, ask.deep)
      const sorted = Object.fromEntries(Object.entries(health).sort(([a], [b]) => (a < b ? -1 : 1)))
      await shell.write(`${JSON.stringify(sorted, null, 2)}\n`)
      return health.status === 'ok' ? 0 : 2
    }
    case 'json':
      return answerJson(ask.payload, gatewayOf(root, options, shell, ask.payload === '-' ? null : shell.stdin), shell)
    case 'flags':
      return answerFlags(ask, options, gatewayOf(root, options, shell, shell.stdin), shell)
  }
}

async function answerJson(payload: string, gateway: Gateway, shell: Shell): Promise<number> {
  const { handleText } = await import('./dispatch.ts')
  const handle = async (text: string | (() => string)) => (await handleText(text, gateway)).answer
  if (payload === '-') return (await import('./session.ts')).answerInput(shell.stdin, handle, shell.write, shell.abort)
  const { cwd } = shell
  const given = await handle(payload.startsWith('@') ? () => readRequest(resolve(cwd, payload.slice(1))) : payload)
  await shell.write(`${JSON.stringify(given)}\n`)
  return given.exit_code
}

async function answerFlags(
  ask: Ask & { kind: 'flags' },
  options: GlobalOptions,
  gateway: Gateway,
  shell: Shell,
): Promise<number> {
  await loadSchemas()
  const { requestFromFlags } = await import('./flags.ts')
  const { handleFlags } = await import('./dispatch.ts')
  const handled = await handleFlags(requestFromFlags(ask.words, ask.flags), gateway)
  const { answer: given } = handled
  for (const warning of (given['warnings'] as string[] | undefined) ?? []) shell.stderr.write(`WARNING: ${warning}\n`)
  if (given.status === 'success')
    await shell.write((await import('./render.ts')).renderOutcome(handled, options.format))
  else if (options.format === 'json') await shell.write(`${JSON.stringify(given, null, 2)}\n`)
  else shell.stderr.write(errorText(given['error'] as ErrorText))
  return given.exit_code
}

function gatewayOf(root: string, options: GlobalOptions, shell: Shell, input: Gateway['input']): Gateway {
  const log = (text: string) => {
    shell.stderr.write(text)
  }
  const path = options.signalFile === undefined ? undefined : resolve(shell.cwd, options.signalFile)
  const signals = new Signals(
    path,
    () => isoInstant(shell.clock.now()),
    message => log(`WARNING: ${message}\n`),
  )
  signals.reportOrphans()
  return {
    root,
    cwd: shell.cwd,
    clock: shell.clock,
    signals,
    abort: shell.abort,
    input,
    traceparent: shell.env['TRACEPARENT'],
    openSession: async traceId => (await import('./child-session.ts')).openSession({ ...shell, root, traceId, log }),
    showProgress: progressBar(
      () => shell.stderr,
      options.quiet,
      () => shell.clock.elapsed(),
    ),
    log,
  }
}

function rootOf(options: GlobalOptions, shell: Shell): string {
  const root = resolve(shell.cwd, options.root ?? (shell.env['QUANTLAB_ROOT'] || '.'))
  const refuse = (message: string) =>
    fail('INVALID_CONFIG', { message }, { hint: 'Set --root or QUANTLAB_ROOT to a directory.' })
  let stat: Stats | undefined
  try {
    stat = statSync(root, { throwIfNoEntry: false })
  } catch (error) {
    throw refuse(`The root cannot be reached (${(error as NodeJS.ErrnoException).code}): ${root}`)
  }
  if (stat !== undefined && !stat.isDirectory()) throw refuse(`The root is not a directory: ${root}`)
  return root
}

/** The text of `@file`; what cannot be read as a regular file of the allowed size is INVALID_CONFIG. */
function readRequest(path: string): string {
  const refuse = (why: string) => {
    const message = `Invalid --json-request payload: ${why}: ${path}`
    return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '', message: why }] })
  }
  try {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) throw refuse('no such file')
    if (!stat.isFile()) throw refuse('not a regular file')
    if (stat.size > MAX_REQUEST_BYTES) throw refuse('larger than 8 MiB')
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof GatewayError) throw error
    const { code, syscall } = error as NodeJS.ErrnoException
    throw refuse(syscall === undefined ? 'not UTF-8' : `cannot be read (${code})`)
  }
}

/** A call refused before there is a request: the text, and on standard output a JSON answer where JSON was asked for. */
async function refuse(error: GatewayError, shell: Shell): Promise<number> {
  if (!asksForJson(shell.argv)) shell.stderr.write(errorText(error))
  else {
    const traceId = traceIdOf(undefined, shell.env['TRACEPARENT'])
    await shell.write(`${JSON.stringify(refusalAnswer(error, traceId))}\n`)
  }
  return error.exitCode
}
