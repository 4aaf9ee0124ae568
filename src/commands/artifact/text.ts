/** What a flag call of `artifact get` prints: identity and figures; the series are in the JSON form. */

import type { RunArtifact } from '../../../contracts/types.ts'

/** One line a field, and how many points the series have. */
export function documentText(document: RunArtifact): string {
  const { metadata, metrics, tradeEvents, pnlSeries, resultHash } = document
  const lines = [
    ...Object.entries(metadata).map(([name, value]) => `${name}: ${value ?? 'unknown'}`),
    `resultHash: ${resultHash}`,
    `tradeEvents: ${tradeEvents.length}`,
    `pnlSeries: ${pnlSeries.length} bars`,
    ...Object.entries(metrics).flatMap(([group, values]) =>
      Object.entries(values as Record<string, number>).map(([name, value]) => `${group}.${name}: ${value}`),
    ),
  ]
  return `${lines.join('\n')}\n\n--format json prints the whole document.\n`
}
