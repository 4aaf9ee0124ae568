/**
 * One request in, one answer out: parse, validate, look up, call, wrap.
 *
 * The only place that turns an error into an answer. A request is judged in stages (JSON, envelope, schema, then inside
 * the command: configuration file, strategy, data); the first stage that fails answers with all of its faults.
 */

import type { RequestName, Requests } from '../../contracts/types.ts'
import { ERROR_CLASSES, fail, GatewayError } from '../base/errors.ts'
import { CONTRACT_VERSION } from '../base/version.ts'
import type { Clock, Command, Context, Outcome, ProgressEvent, RunLabels, Session } from '../commands/command.ts'
import { commands } from '../commands/index.ts'
import { type Envelope, envelopeOf, parseRequest, requestName, validParams } from './request.ts'
import type { SignalSession, Signals } from './signals.ts'
import { traceIdOf } from './trace.ts'

/** What does not change between the requests of one process. */
export interface Gateway {
  root: string
  cwd: string
  clock: Clock
  signals: Signals
  abort: AbortSignal
  /** Standard input where no request comes from it. */
  input: AsyncIterable<Uint8Array> | null
  traceparent: string | undefined
  /** Another process of this program whose requests carry the trace; undefined where it is not built. */
  openSession?: (traceId: string) => Promise<Session>
  /** A person's progress display. */
  showProgress(event: ProgressEvent): void
  /** Standard error, for the stack of a bug. */
  log(text: string): void
}

/** A request that is already an object, from flags. */
export interface FlagRequest {
  command: string
  params: Record<string, unknown>
  /** `mode` of its signals. */
  mode: string
}

export interface Answer extends Record<string, unknown> {
  status: 'success' | 'error'
  exit_code: number
}

/** An answer, and the outcome behind it for the texts of flag calls. */
export interface Handled {
  answer: Answer
  outcome: Outcome | undefined
}

/** What is known of a request when it fails. */
interface Known {
  requestId: unknown
  command: string | null
  mode: string
  traceId: string
  session: SignalSession | undefined
}

/** Handle one JSON text, or what gives one: a text that cannot be had is a refused request like any other. */
export function handleText(text: string | (() => string), gateway: Gateway): Promise<Handled> {
  return handle(gateway, 'json', known => envelopeOf(parseRequest(typeof text === 'string' ? text : text(), known)))
}

/** Handle a request built from flags. */
export function handleFlags(request: FlagRequest, gateway: Gateway): Promise<Handled> {
  return handle(gateway, 'flags', known => {
    known.mode = request.mode
    return { command: request.command, params: request.params, idempotencyKey: undefined }
  })
}

async function handle(gateway: Gateway, via: Context['via'], read: (known: Known) => Envelope): Promise<Handled> {
  const begun = gateway.clock.elapsed()
  const known: Known = { requestId: null, command: null, mode: 'unknown', traceId: '', session: undefined }
  const finish = (answer: Record<string, unknown>): Answer =>
    ({
      schema_version: CONTRACT_VERSION,
      request_id: known.requestId,
      command: known.command,
      status: 'success',
      exit_code: 0,
      duration_ms: Math.round((gateway.clock.elapsed() - begun) * 1000) / 1000,
      trace_id: known.traceId,
      ...answer,
    }) as Answer
  try {
    const envelope = read(known)
    known.command = envelope.command
    if (known.mode === 'unknown') known.mode = envelope.command
    known.traceId = traceIdOf(envelope.params['trace_id'], gateway.traceparent)
    const name = requestName(envelope)
    const params = await validParams(name, envelope.params)
    throwIfAborted(gateway.abort)
    known.session = openSignals(gateway, known)
    known.session.started()
    const outcome = await perform(gateway, via, known, name, envelope, params)
    known.session.completed(outcome.signal ?? signalFields(outcome.answer))
    const warnings = outcome.warnings?.length ? { warnings: outcome.warnings } : {}
    return { answer: finish({ ...outcome.answer, ...warnings, exit_code: outcome.exitCode ?? 0 }), outcome }
  } catch (error) {
    if (known.traceId === '') known.traceId = traceIdOf(undefined, gateway.traceparent)
    const fault = asGatewayError(error, gateway)
    const exitCode = exitCodeOf(fault, gateway.abort)
    const session = known.session ?? openSignals(gateway, known)
    session.failed({ exit_code: exitCode, error_type: ERROR_CLASSES[fault.class].type, message: fault.message })
    return { answer: finish({ status: 'error', exit_code: exitCode, error: errorBody(fault) }), outcome: undefined }
  }
}

async function perform<N extends RequestName>(
  gateway: Gateway,
  via: Context['via'],
  known: Known,
  name: N,
  envelope: Envelope,
  params: Requests[N],
): Promise<Outcome> {
  const command = (await commands[name]()) as Command<Requests[N]>
  const { openSession: open } = gateway
  const context: Context = {
    root: gateway.root,
    cwd: gateway.cwd,
    clock: gateway.clock,
    requestId: known.requestId,
    traceId: known.traceId,
    via,
    reproduce: commandLine(envelope),
    abort: gateway.abort,
    input: gateway.input,
    progress: progressOf(gateway, known),
    beforePublish: () => {},
    labels: labelsOf(params),
    ...(open === undefined ? {} : { openSession: () => open(known.traceId) }),
  }
  const { housekeeping, recordingFailure, withNotices } = await import('../commands/housekeeping.ts')
  housekeeping(gateway.root)
  const work = (within: Context) => recordingFailure(command, name, params, within, () => command.run(params, within))
  if (envelope.idempotencyKey === undefined) return withNotices(await work(context))
  const { onceOnly } = await import('../commands/idempotency.ts')
  const key = { key: envelope.idempotencyKey, command: envelope.command, params: envelope.params }
  return withNotices(await onceOnly(key, context, work))
}

/** Tags and universe of a run; of other commands nobody asks for them. */
function labelsOf(params: object): RunLabels {
  const { tags, universe } = params as RunLabels
  return { ...(tags === undefined ? {} : { tags }), ...(universe === undefined ? {} : { universe }) }
}

/** Signals at most four times a second, and the last step always. */
function progressOf(gateway: Gateway, known: Known): Context['progress'] {
  let signalled = Number.NEGATIVE_INFINITY
  return event => {
    gateway.showProgress(event)
    const now = gateway.clock.elapsed()
    if (event.done < event.total && now - signalled < PROGRESS_INTERVAL_MS) return
    signalled = now
    known.session?.progress({ ...event })
  }
}

const PROGRESS_INTERVAL_MS = 250

function asGatewayError(error: unknown, gateway: Gateway): GatewayError {
  if (error instanceof GatewayError) return error
  gateway.log(`CRITICAL ERROR: ${error instanceof Error ? error.stack : String(error)}\n`)
  return fail(
    'GENERAL_ERROR',
    { message: error instanceof Error ? error.message : String(error) },
    { hint: 'This is a defect of quantlab: please report it with the stack on standard error.' },
  )
}

function throwIfAborted(abort: AbortSignal): void {
  if (abort.aborted) throw fail('ABORTED', {})
}

/** An aborted request ends with the code of the signal that aborted it. */
function exitCodeOf(error: GatewayError, abort: AbortSignal): number {
  return error.code === 'ABORTED' && typeof abort.reason === 'number' ? abort.reason : error.exitCode
}

function errorBody(error: GatewayError): Record<string, unknown> {
  const { code, message, details, hint } = error
  return { code, type: ERROR_CLASSES[error.class].type, message, details, ...(hint === undefined ? {} : { hint }) }
}

function openSignals(gateway: Gateway, known: Known): SignalSession {
  return gateway.signals.open({ mode: known.mode, requestId: known.requestId, traceId: known.traceId })
}

const SIGNAL_FIELDS = ['run_id', 'artifacts_path', 'report_path', 'summary']

function signalFields(answer: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(SIGNAL_FIELDS.filter(name => name in answer).map(name => [name, answer[name]]))
}

/** The request as a shell line that repeats it. */
function commandLine({ command, params }: Envelope): string {
  const request = JSON.stringify({ schema_version: CONTRACT_VERSION, command, params })
  return `quantlab --json-request '${request.replaceAll("'", "'\\''")}'`
}
