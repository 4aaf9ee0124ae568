/** One table of the lab's database, made of rows of text that take their types together, and of Parquet files as they are. */

import { type Database, sqlText } from '../base/duckdb.ts'
import { fail } from '../base/errors.ts'
import { removeQuietly, writeSynced } from '../base/files.ts'
import { parquetBytes } from '../base/parquet.ts'
import { quoted } from './lab-names.ts'
import type { LabFile } from './lab-source.ts'
import { type TextColumn, typedColumns } from './lab-types.ts'

/** Rows that are written to one passing file: more would be held in memory at once. */
const PART_ROWS = 200_000

/** Collects rows of text, and Parquet files as they are, and makes one table of both. */
export class KindLoader {
  readonly database: Database
  readonly kind: string
  readonly #path: string
  readonly #columns = new Map<string, (string | null)[]>()
  #rows = 0
  readonly #parts: string[] = []
  readonly #filed: LabFile[] = []

  constructor(database: Database, path: string, kind: string) {
    this.database = database
    this.#path = path
    this.kind = kind
  }

  /** One row of texts of an artifact; null and empty text are nothing. */
  row({ artifact }: LabFile, names: readonly string[], cells: readonly (string | null)[]): void {
    this.#put('run_id', artifact.runId as string)
    this.#put('artifact_id', artifact.artifactId)
    for (let i = 0; i < names.length; i++) this.#put(ownName(names[i]), cells[i] === '' ? null : cells[i])
    this.#rows++
    if (this.#rows >= PART_ROWS) this.#flush()
  }

  /** Columns that are to be there even without rows. */
  names(names: readonly string[]): void {
    for (const name of ['run_id', 'artifact_id', ...names.map(ownName)]) this.#column(name)
  }

  parquet(file: LabFile): void {
    this.#filed.push(file)
  }

  /** Write the table. */
  async close(): Promise<void> {
    this.names([])
    this.#flush()
    const sources: string[] = []
    try {
      const parts = `[${this.#parts.map(sqlText).join(', ')}]`
      await this.database.run(`CREATE TABLE staged AS SELECT * FROM read_parquet(${parts}, union_by_name = true)`)
      const columns: TextColumn[] = [...this.#columns.keys()].map(name => ({
        name,
        fixed: name === 'run_id' || name === 'artifact_id',
      }))
      sources.push(`SELECT ${await typedColumns(this.database, 'staged', columns)} FROM staged`)
      if (this.#filed.length > 0) sources.push(await this.#filedSource())
      await this.database.run(`CREATE TABLE ${quoted(this.kind)} AS ${sources.join(' UNION ALL BY NAME ')}`)
      await this.database.run('DROP TABLE staged')
      await this.database.run('DROP TABLE IF EXISTS staged_files')
    } finally {
      for (const part of this.#parts) removeQuietly(part)
    }
  }

  async #filedSource(): Promise<string> {
    const values = this.#filed.map(
      ({ artifact, path }) =>
        `(${sqlText(path)}, ${sqlText(artifact.runId as string)}, ${sqlText(artifact.artifactId)})`,
    )
    await this.database.run(
      `CREATE TABLE staged_files AS SELECT * FROM (VALUES ${values.join(', ')}) AS v(staged_path, run_id, artifact_id)`,
    )
    const list = `[${this.#filed.map(({ path }) => sqlText(path)).join(', ')}]`
    const read = `read_parquet(${list}, union_by_name = true, hive_partitioning = false, filename = 'staged_path')`
    const described = await guarded(this.kind, this.#filed, () =>
      this.database.query(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${read})`),
    )
    const names = (described.columns['column_name'] as string[]).filter(name => name !== 'staged_path')
    const columns = names.map(name => `p.${quoted(name)} AS ${quoted(ownName(name))}`)
    return `SELECT f.run_id, f.artifact_id, ${columns.join(', ')} FROM ${read} p JOIN staged_files f USING (staged_path)`
  }

  #put(name: string, cell: string | null): void {
    this.#column(name)[this.#rows] = cell
  }

  #column(name: string): (string | null)[] {
    let column = this.#columns.get(name)
    if (column === undefined) {
      column = []
      this.#columns.set(name, column)
    }
    return column
  }

  #flush(): void {
    if (this.#rows === 0 && this.#parts.length > 0) return
    const columns: Record<string, (string | null)[]> = {}
    const types: Record<string, 'text'> = {}
    for (const [name, cells] of this.#columns) {
      columns[name] = Array.from({ length: this.#rows }, (_, row) => cells[row] ?? null)
      types[name] = 'text'
      cells.length = 0
    }
    const part = `${this.#path}-${this.#parts.length}.parquet`
    writeSynced(part, parquetBytes({ columns, rows: this.#rows }, { types }))
    this.#parts.push(part)
    this.#rows = 0
  }
}

/** A column of the file's own that is called as one of ours. */
function ownName(name: string): string {
  return /^(run_id|artifact_id)$/i.test(name) ? `file_${name.toLowerCase()}` : name
}

async function guarded<T>(kind: string, files: readonly LabFile[], action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    const message = `The ${files.length} Parquet artifacts of the kind ${kind} are no one table: ${(error as Error).message}`
    throw fail('DATA_ERROR', { message }, { hint: 'Leave the kind out with --kinds.' })
  }
}
