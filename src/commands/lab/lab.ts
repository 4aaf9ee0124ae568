/** `lab query`: one SELECT over the runs of a RunSet, run in the locked sandbox. */

import type { LabQueryRequest, LabQueryResult } from '../../../contracts/types.ts'
import { uniqueNames } from '../../artifacts/lab-report.ts'
import { sha256Hex } from '../../base/canonical.ts'
import type { SelectAnswer } from '../../base/duckdb.ts'
import { fail } from '../../base/errors.ts'
import { type Cell, csvText, type Table } from '../../base/table.ts'
import type { Command, Context } from '../command.ts'
import { fileText, foundRunSet, labAnswers, outPath, parametersOf, writeOut } from './setting.ts'
import { queryText } from './text.ts'

export const labQuery: Command<LabQueryRequest> = {
  async run(request, context) {
    const sql = sqlOf(request, context)
    const values = parametersOf(request.param)
    const out = request.out === undefined ? null : outPath(request.out, ['.csv', '.json'], context)
    const { runset, source, warnings } = await foundRunSet(request.runset, context)
    const [answer] = await labAnswers([runset], [{ name: 'query', sql, values }], request, request.limit, context)
    const { columns, rows, truncated } = answer
    const { reference, runCount, ...named } = source
    const provenance = { ...named, reference, runCount, sqlHash: sha256Hex(sql) }
    const result: LabQueryResult = {
      columns,
      rows,
      rowCount: rows.length,
      truncated: truncated !== null,
      provenance,
      out,
    }
    const table = tableOfAnswer(answer)
    if (out !== null) writeOut(out, /\.csv$/i.test(out) ? csvText(table) : `${JSON.stringify(result, null, 2)}\n`)
    return {
      answer: { result },
      warnings: [...warnings, ...cutWarning(answer), ...orderWarning(sql, rows.length)],
      text: () => queryText(result, table),
      table: () => table,
    }
  },
}

function sqlOf({ sql, query }: LabQueryRequest, context: Context): string {
  if (sql !== undefined && query === undefined) return sql
  if (query !== undefined && sql === undefined) return fileText(query, 'SQL file', '/params/query', context)
  const message = 'Give the SQL either as `sql`, or as `query`, a file that holds it'
  const pointer = sql === undefined ? '/params/sql' : '/params/query'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer, message }] })
}

/** Rows as a table of plain cells: what is nested becomes JSON text. */
function tableOfAnswer({ columns, rows }: SelectAnswer): Table {
  const names = uniqueNames(columns.map(({ name }) => name))
  const cells = names.map((name, at) => [name, rows.map(row => plain(row[at]))] as const)
  return { columns: Object.fromEntries(cells), rows: rows.length }
}

function plain(cell: unknown): Cell {
  return typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : (cell as Cell)
}

function cutWarning({ truncated, rows }: SelectAnswer): string[] {
  if (truncated === null) return []
  if (truncated === 'rows') return [`Only the first ${rows.length} rows are given: raise \`limit\` for more.`]
  return [`Only the first ${rows.length} rows are given: the result is larger than an answer may be.`]
}

/** Without ORDER BY the order of rows says nothing, and may be another one next time. */
function orderWarning(sql: string, rows: number): string[] {
  const code = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, ' ')
  return rows < 2 || /\border\s+by\b/i.test(code)
    ? []
    : ['The SQL has no ORDER BY: the order of the rows means nothing.']
}
