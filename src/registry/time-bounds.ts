/** Times of a selection: ISO dates and instants to UTC milliseconds, with the end of a bare `to` date included. */

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3})\d*)?)?(Z|[+-]\d{2}:?\d{2})?)?$/
const DAY_MS = 86_400_000

/**
 * Epoch ms of an ISO 8601 date or instant, or text that says what is wrong with it. An instant without a zone is UTC. With
 * `endOfDay` a bare date is the midnight that ends it, so that an exclusive bound includes that day.
 */
export function parseInstant(text: string, endOfDay = false): number | string {
  const match = PATTERN.exec(text)
  if (match === null) return `${text} is neither an ISO date (2025-10-01) nor an instant (2025-10-01T09:30:00Z)`
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  // Date.UTC takes the years 0 to 99 for those of the last century.
  const midnight = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const found = new Date(midnight)
  if (
    found.getUTCFullYear() !== Number(year) ||
    found.getUTCMonth() + 1 !== Number(month) ||
    found.getUTCDate() !== Number(day)
  ) {
    return `${text} is not a calendar date`
  }
  if (hour === undefined) return endOfDay ? midnight + DAY_MS : midnight
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return `${text} is not a time of day`
  const offset = offsetMs(zone)
  if (offset === null) return `${text} has no valid offset`
  const clock = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second ?? 0) * 1000
  return midnight + clock + Number((fraction ?? '0').padEnd(3, '0')) - offset
}

function offsetMs(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 23 || minutes > 59) return null
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
