/** Instants as text: UTC, ISO 8601, milliseconds, `Z`; and the time part of a run id. */

/** `2026-11-21T00:12:04.727Z` of epoch milliseconds. */
export function isoInstant(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** `2026-11-21` of epoch milliseconds, UTC. */
export function isoDate(epochMs: number): string {
  return isoInstant(epochMs).slice(0, 10)
}

/** `YYYYMMDD_HHMMSS_<mode>_<first 7 hex of a hash>`, UTC. */
export function runIdOf(epochMs: number, mode: string, hash: string): string {
  const text = isoInstant(epochMs)
  return `${text.slice(0, 10).replaceAll('-', '')}_${text.slice(11, 19).replaceAll(':', '')}_${mode}_${hash.slice(0, 7)}`
}
