/** The requested window [start, end) as instants. */

import { type ErrorDetail, fail } from '../base/errors.ts'
import { parseInstant } from '../market/calendar.ts'

/** Epoch ms of `start` (inclusive) and `end` (exclusive); INVALID_CONFIG for a date that does not exist or an empty window. */
export function windowOf(request: { start: string; end: string }): { start: number; end: number } {
  const startMs = parseInstant(request.start)
  const endMs = parseInstant(request.end)
  const details: ErrorDetail[] = []
  if (startMs === null)
    details.push({ pointer: '/params/start', message: `'${request.start}' is no date of the calendar` })
  if (endMs === null) details.push({ pointer: '/params/end', message: `'${request.end}' is no date of the calendar` })
  if (startMs !== null && endMs !== null && startMs >= endMs) {
    details.push({
      pointer: '/params/end',
      message: `end ${request.end} must be after start ${request.start} (end is exclusive)`,
    })
  }
  if (details.length > 0) throw fail('INVALID_CONFIG', { message: details[0].message }, { details })
  return { start: startMs!, end: endMs! }
}
