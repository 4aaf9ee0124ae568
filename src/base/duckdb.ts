/** DuckDB, loaded on demand: open, query as columns, close; the only door to `@duckdb/node-api`. */

/** Run one query on a fresh in-memory database; the columns by name. */
export async function queryColumns(sql: string): Promise<Record<string, unknown[]>> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:')
  try {
    const connection = await instance.connect()
    try {
      const reader = await connection.runAndReadAll(sql)
      const columns = reader.getColumns()
      return Object.fromEntries(reader.columnNames().map((name, index) => [name, columns[index] as unknown[]]))
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}
