/** The W3C trace id of a request. */

import { randomBytes } from 'node:crypto'

/** From the request, else from `TRACEPARENT`, else a new one. */
export function traceIdOf(given: unknown, traceparent: string | undefined): string {
  if (typeof given === 'string' && /^[0-9a-f]{32}$/.test(given)) return given
  const match = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(traceparent ?? '')
  if (match !== null && !/^0+$/.test(match[1])) return match[1]
  return randomBytes(16).toString('hex')
}
