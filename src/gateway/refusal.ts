/** A call refused before there is a request, and the text of any failed flag call. */

import { ERROR_CLASSES, type GatewayError } from '../base/errors.ts'
import { printable } from '../base/markdown.ts'
import { CONTRACT_VERSION } from '../base/version.ts'

/** What a person reads of an error. */
export interface ErrorText {
  message: string
  details: readonly { pointer: string; message: string }[]
  hint?: string | undefined
}

/** `ERROR: …` on one line, further faults, then what to do; control characters of a caller's names are made harmless. */
export function errorText({ message, details, hint }: ErrorText): string {
  // A single fault that the message tells already is not told twice.
  const untold = details.length > 1 || details.some(detail => !message.includes(detail.message))
  const more = untold ? details.map(detail => `  ${printable(`${detail.pointer} ${detail.message}`.trim())}\n`) : []
  return `ERROR: ${printable(message)}\n${more.join('')}${hint === undefined ? '' : `HINT: ${printable(hint)}\n`}`
}

/** The answer of a call that asked for JSON and held no request. */
export function refusalAnswer(error: GatewayError, traceId: string): Record<string, unknown> {
  const { code, message, details, hint } = error
  const type = ERROR_CLASSES[error.class].type
  return {
    schema_version: CONTRACT_VERSION,
    request_id: null,
    command: null,
    status: 'error',
    exit_code: error.exitCode,
    duration_ms: 0,
    trace_id: traceId,
    error: { code, type, message, details, ...(hint === undefined ? {} : { hint }) },
  }
}

/** True where argv asks for JSON, also when it cannot be understood otherwise. */
export function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (token, index) =>
      /^--json[-_]request(?:=|$)/.test(token) ||
      token === '--format=json' ||
      (token === '--format' && argv[index + 1] === 'json'),
  )
}
