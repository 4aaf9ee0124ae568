/** A request in stages: JSON, envelope, command, parameters; the first stage that fails answers with all of its faults. */

import type { RequestName, Requests } from '../../contracts/types.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { MAX_REQUEST_BYTES, scanJson } from '../base/json.ts'
import { nearest } from '../base/near.ts'
import { isValidatorName, validate } from '../base/schema.ts'
import { CONTRACT_VERSION } from '../base/version.ts'
import { commands } from '../commands/index.ts'

/** What a request says outside its parameters' meaning. */
export interface Envelope {
  command: string
  params: Record<string, unknown>
  idempotencyKey: string | undefined
}

/** The value of a request text; its id goes to `known` as soon as the text is JSON, refused or not. INVALID_CONFIG. */
export function parseRequest(text: string, known: { requestId: unknown }): unknown {
  const refuse = (message: string, details: ErrorDetail[]) =>
    fail('INVALID_CONFIG', { message: `Invalid --json-request payload: ${message}` }, { details })
  if (text.length > MAX_REQUEST_BYTES || Buffer.byteLength(text) > MAX_REQUEST_BYTES) {
    throw refuse('larger than 8 MiB', [{ pointer: '', message: 'larger than 8 MiB' }])
  }
  const scanned = scanJson(text)
  if (scanned.state !== 'complete') throw refuse(scanned.message, [{ pointer: '', message: scanned.message }])
  known.requestId = requestIdOf(scanned.value)
  const [first] = scanned.faults
  if (first !== undefined) throw refuse(`${first.message} at ${first.pointer || '/'}`, scanned.faults)
  return scanned.value
}

function requestIdOf(value: unknown): unknown {
  return (isObject(value) ? value['request_id'] : undefined) ?? null
}

/** Checked in the published order, with the published texts; all faults of the stage are listed. */
export function envelopeOf(value: unknown): Envelope {
  const details: ErrorDetail[] = []
  if (!isObject(value)) {
    const message = 'The request must be a JSON object.'
    throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '', message, expected: 'object' }] })
  }
  const { schema_version: version, command, params, idempotency_key: key } = value
  const fault = (pointer: string, message: string, more: Partial<ErrorDetail> = {}) =>
    details.push({ pointer, message, ...more })
  if (version !== CONTRACT_VERSION) {
    const shown = version === undefined || version === null ? 'None' : String(version)
    fault('/schema_version', `Unsupported or missing schema_version '${shown}'. Expected '1.0'.`, { expected: '1.0' })
  }
  if (typeof command !== 'string' || command === '') fault('/command', "Missing 'command' in JSON request.")
  if (params !== undefined && !isObject(params))
    fault('/params', "'params' in JSON request must be an object.", { expected: 'object' })
  if (key !== undefined && (typeof key !== 'string' || !/^[\x20-\x7e]{1,200}$/.test(key))) {
    fault('/idempotency_key', "'idempotency_key' must be 1 to 200 printable ASCII characters.")
  }
  for (const name of Object.keys(value)) {
    if (ENVELOPE_KEYS.includes(name)) continue
    const suggestion = nearest(name, ENVELOPE_KEYS)
    fault(
      `/${name}`,
      `unknown key '${name}'${suggestion ? `; did you mean '${suggestion}'?` : ''}`,
      suggestion ? { suggestion } : {},
    )
  }
  if (details.length > 0) throw fail('INVALID_CONFIG', { message: details[0].message }, { details })
  return {
    command: command as string,
    params: (params ?? {}) as Record<string, unknown>,
    idempotencyKey: key as string | undefined,
  }
}

const ENVELOPE_KEYS = ['schema_version', 'request_id', 'command', 'params', 'idempotency_key']

/** `run`, or `runs.list` for a command with verbs. */
export function requestName({ command, params }: Envelope): RequestName {
  if (!command.includes('.') && Object.hasOwn(commands, command)) return command as RequestName
  const actions = Object.keys(commands)
    .filter(name => name.startsWith(`${command}.`))
    .map(name => name.slice(command.length + 1))
  if (actions.length === 0) {
    const names = [...new Set(Object.keys(commands).map(name => name.split('.')[0]))]
    const suggestion = nearest(command, names)
    const message = `Unknown command '${command}'. Valid commands: ${names.join(', ')}.`
    throw fail(
      'INVALID_CONFIG',
      { message },
      { details: [{ pointer: '/command', message, expected: names, ...(suggestion ? { suggestion } : {}) }] },
    )
  }
  const action = params['action']
  if (typeof action === 'string' && actions.includes(action)) return `${command}.${action}` as RequestName
  const suggestion = typeof action === 'string' ? nearest(action, actions) : undefined
  const message = `'${command}' needs params.action, one of ${actions.join(', ')}${action === undefined ? '' : `; not ${JSON.stringify(action)}`}.`
  throw fail(
    'INVALID_CONFIG',
    { message },
    { details: [{ pointer: '/params/action', message, expected: actions, ...(suggestion ? { suggestion } : {}) }] },
  )
}

/** The parameters with defaults filled in; INVALID_CONFIG with every fault of them. */
export async function validParams<N extends RequestName>(
  name: N,
  params: Record<string, unknown>,
): Promise<Requests[N]> {
  const validator = `commands/${name}`
  if (!isValidatorName(validator)) throw new Error(`no validator for ${name}`)
  const filled = structuredClone(params)
  const details = await validate(validator, filled, '/params')
  if (details.length === 0) return filled as unknown as Requests[N]
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  const message = `Invalid parameters for '${name.replace('.', ' ')}': ${first.pointer} ${first.message}${more}`
  throw fail(
    'INVALID_CONFIG',
    { message },
    { details, hint: `quantlab --help ${name.replace('.', ' ')} lists the parameters.` },
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
