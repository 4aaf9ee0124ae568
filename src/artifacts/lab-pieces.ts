/** What a report of the lab consists of. */

import type { LabReportDocument, LabSource, LabTable } from '../../contracts/types.ts'

/** Text of the template, or the answer of a block in its place. */
export type LabPiece = { kind: 'text'; text: string } | { kind: 'table' | 'calendar'; table: LabTable }

/** A report as it is drawn: as data, and its pieces in order. */
export interface LabReport {
  document: LabReportDocument
  pieces: LabPiece[]
}

export const BANNER = 'EXPLORATORY — not pinned'

/** Exploratory unless every RunSet is read from a pin. */
export function modeOf(sources: readonly LabSource[]): LabSource['mode'] {
  return sources.every(({ mode }) => mode === 'reproducible') ? 'reproducible' : 'exploratory'
}
