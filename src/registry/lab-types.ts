/** What the texts of a CSV column are: whole numbers, numbers, instants, days, true or false, else text. */

import type { Database } from '../base/duckdb.ts'
import { quoted } from './lab-names.ts'

export interface TextColumn {
  name: string
  /** Stays text whatever it holds. */
  fixed: boolean
}

/** Leading zeros and signs without digits are no numbers: an id stays what it is. */
const WHOLE = String.raw`^-?(0|[1-9]\d{0,17})$`
const NUMBER = String.raw`^[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?$`
const DAY = String.raw`^\d{4}-\d{2}-\d{2}$`
const INSTANT = String.raw`^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$`

/** By what every value of a column is; the first that holds. */
const FORMS: [type: string, holds: (column: string) => string][] = [
  ['BIGINT', column => `regexp_matches(${column}, '${WHOLE}')`],
  ['DOUBLE', column => `regexp_matches(${column}, '${NUMBER}') AND TRY_CAST(${column} AS DOUBLE) IS NOT NULL`],
  ['DATE', column => `regexp_matches(${column}, '${DAY}') AND TRY_CAST(${column} AS DATE) IS NOT NULL`],
  ['TIMESTAMP', column => `regexp_matches(${column}, '${INSTANT}') AND TRY_CAST(${column} AS TIMESTAMP) IS NOT NULL`],
  ['BOOLEAN', column => `${column} IN ('true', 'false')`],
]

/**
 * The select list that gives each text column of a table its type. A column without any value is a number, unless its name says
 * otherwise: `sum` then works on the trades of runs that have none.
 */
export async function typedColumns(database: Database, table: string, columns: readonly TextColumn[]): Promise<string> {
  const open = columns.filter(({ fixed }) => !fixed)
  const counts = open.flatMap(({ name }, index) => [
    `count(${quoted(name)}) AS n${index}`,
    ...FORMS.map(([, holds], form) => `count(*) FILTER (WHERE ${holds(quoted(name))}) AS f${index}_${form}`),
  ])
  const counted = counts.length === 0 ? {} : (await database.query(`SELECT ${counts.join(', ')} FROM ${table}`)).columns
  const types = new Map(
    open.map(({ name }, index) => {
      const present = counted[`n${index}`][0] as number
      if (present === 0) return [name, typeByName(name)]
      const form = FORMS.findIndex((_, at) => counted[`f${index}_${at}`][0] === present)
      return [name, form < 0 ? 'VARCHAR' : FORMS[form][0]]
    }),
  )
  return columns
    .map(({ name }) => `CAST(${quoted(name)} AS ${types.get(name) ?? 'VARCHAR'}) AS ${quoted(name)}`)
    .join(', ')
}

function typeByName(name: string): string {
  if (/(^|_)(ts|timestamp|time|date|at|start|end)$/i.test(name)) return 'TIMESTAMP'
  return /(^|_)(id|hash|side|reason|symbol|ticker|name|document|mode|status)$/i.test(name) ? 'VARCHAR' : 'DOUBLE'
}
