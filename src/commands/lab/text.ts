/** What a flag call of `lab query` prints: where the rows come from, then the rows. */

import type { LabQueryResult } from '../../../contracts/types.ts'
import type { Table } from '../../base/table.ts'

/** A line of provenance and the rows in columns. */
export function queryText(result: LabQueryResult, table: Table): string {
  const { runsetId, mode, runCount, contentHash, artifactsHash, sqlHash } = result.provenance
  const short = (hash: string) => hash.slice(0, 8)
  const origin = `${runsetId} · ${mode} · runs ${short(contentHash)} (${runCount}) · artifacts ${short(artifactsHash)} · sql ${short(sqlHash)}`
  const rows = `${result.rowCount} ${result.rowCount === 1 ? 'row' : 'rows'}${result.truncated ? ', cut' : ''}`
  const saved = result.out === null ? '' : `\nSaved: ${result.out}`
  return `${origin}\n\n${aligned(table)}\n\n${rows}${saved}`
}

function aligned(table: Table): string {
  const drawn = Object.entries(table.columns).map(([name, cells]) => {
    const texts = Array.from(cells, cell =>
      cell === null || cell === undefined ? '' : String(cell).replace(/\s+/g, ' '),
    )
    const numeric = Array.from(cells).every(cell => cell === null || typeof cell === 'number')
    const width = texts.reduce((most, text) => Math.max(most, text.length), name.length)
    const pad = (text: string) => (numeric ? text.padStart(width) : text.padEnd(width))
    return [pad(name), '-'.repeat(width), ...texts.map(pad)]
  })
  const lines = Array.from({ length: table.rows + 2 }, (_, row) =>
    drawn
      .map(column => column[row])
      .join('  ')
      .trimEnd(),
  )
  return lines.join('\n')
}
