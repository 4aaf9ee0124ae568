/** Templates of lab reports: Markdown with named SQL blocks and places for their answers. */

import type { LabTable } from '../../../contracts/types.ts'
import type { LabPiece } from '../../artifacts/lab-pieces.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { generalNumber, markdownText } from '../../base/markdown.ts'

export interface LabTemplate {
  name: string
  /** First heading of the first level, else the name. */
  title: string
  text: string
  queries: { name: string; sql: string }[]
  parts: Part[]
}

/** A stretch of text, or a block in a place of its own. */
type Part = { text: string } | { block: string; form: 'table' | 'calendar' }

const FENCE = /^```sql[ \t]+([A-Za-z_]\w*)[ \t]*$/
const PLACE = /\{\{\s*([A-Za-z_]\w*)(?::(\w+))?\s*\}\}/g
const OWN_LINE = /^\s*\{\{\s*([A-Za-z_]\w*)(?::(\w+))?\s*\}\}\s*$/

/**
 * Read a template: ```` ```sql name ```` blocks are taken out; a line `{{name}}` is the block's table, `{{name:calendar}}` its calendar,
 * and `{{name}}` within a line its only cell. INVALID_CONFIG with the line of every fault.
 */
export function parseTemplate(name: string, text: string): LabTemplate {
  const queries: LabTemplate['queries'] = []
  const parts: Part[] = []
  const faults: ErrorDetail[] = []
  const used: { block: string; form: string | undefined; line: number; own: boolean }[] = []
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  let held: string[] = []
  const flush = () => {
    // Blocks that were taken out leave their empty lines behind.
    const block = held
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
    if (block !== '') parts.push({ text: block })
    held = []
  }
  for (let i = 0; i < lines.length; i++) {
    const fence = FENCE.exec(lines[i])
    if (fence !== null) {
      const end = lines.findIndex((line, at) => at > i && line.trim() === '```')
      if (end < 0) faults.push({ pointer: `line ${i + 1}`, message: `the block ${fence[1]} has no end` })
      if (queries.some(query => query.name === fence[1]))
        faults.push({ pointer: `line ${i + 1}`, message: `there are two blocks ${fence[1]}` })
      queries.push({ name: fence[1], sql: lines.slice(i + 1, end < 0 ? undefined : end).join('\n') })
      i = end < 0 ? lines.length : end
      continue
    }
    const own = OWN_LINE.exec(lines[i])
    if (own !== null) {
      flush()
      used.push({ block: own[1], form: own[2], line: i + 1, own: true })
      parts.push({ block: own[1], form: own[2] === 'calendar' ? 'calendar' : 'table' })
      continue
    }
    for (const [, block, form] of lines[i].matchAll(PLACE)) used.push({ block, form, line: i + 1, own: false })
    held.push(lines[i])
  }
  flush()
  if (queries.length === 0) faults.push({ pointer: '', message: 'there is no ```sql block with a name' })
  for (const { block, form, line, own } of used) {
    const known = queries.some(query => query.name === block)
    if (!known) faults.push({ pointer: `line ${line}`, message: `there is no block ${block}` })
    if (form !== undefined && !(own && (form === 'calendar' || form === 'table')))
      faults.push({
        pointer: `line ${line}`,
        message: `{{${block}:${form}}} is no form: table or calendar, on a line of its own`,
      })
  }
  if (faults.length > 0) {
    const said = faults.map(({ pointer, message }) => (pointer === '' ? message : `${pointer}: ${message}`)).join('; ')
    throw fail('INVALID_CONFIG', { message: `Template ${name}: ${said}` }, { details: faults })
  }
  const title = /^#\s+(.+)$/m.exec(text.replace(/```[\s\S]*?```/g, ''))?.[1].trim() ?? name
  return { name, title, text, queries, parts }
}

/** The template with its answers in their places. INVALID_CONFIG where a place within a line has not just one cell. */
export function filledTemplate(template: LabTemplate, tables: readonly LabTable[]): LabPiece[] {
  const table = (name: string) => tables.find(candidate => candidate.name === name) as LabTable
  return template.parts.map(part =>
    'block' in part
      ? { kind: part.form, table: table(part.block) }
      : { kind: 'text', text: part.text.replace(PLACE, (_, name: string) => cellText(table(name))) },
  )
}

function cellText(table: LabTable): string {
  if (table.rows.length !== 1 || table.columns.length !== 1) {
    const message = `{{${table.name}}} stands within a line: its block must answer one cell, not ${table.rows.length} rows of ${table.columns.length}`
    throw fail('INVALID_CONFIG', { message }, { hint: 'Put it on a line of its own to show the table.' })
  }
  return oneCell(table.rows[0][0])
}

function oneCell(cell: unknown): string {
  if (cell === null || cell === undefined) return '–'
  if (typeof cell === 'number') return generalNumber(cell)
  return markdownText(typeof cell === 'string' ? cell : JSON.stringify(cell))
}
