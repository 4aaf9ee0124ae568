/** The probes of `--check --deep`: a Parquet table and a DuckDB query, there and back. */

import { queryColumns } from '../base/duckdb.ts'
import { parquetBytes, readParquet } from '../base/parquet.ts'

/** A table of awkward numbers written and read back is the same. */
export async function parquetRoundTrip(errors: string[]): Promise<boolean> {
  const values = new Float64Array([0, -0, 0.1, 1e-300, 1.7976931348623157e308, -1 / 3])
  try {
    const table = await readParquet(parquetBytes({ columns: { values }, rows: values.length }))
    const same = values.every((value, row) => Object.is(value, table.columns['values'][row]))
    if (!same) errors.push('parquet: a table read back differs from what was written')
    return same
  } catch (error) {
    errors.push(`parquet: ${(error as Error).message}`)
    return false
  }
}

/** DuckDB loads and answers. */
export async function duckdbRoundTrip(errors: string[]): Promise<boolean> {
  try {
    const { total } = await queryColumns('SELECT sum(i)::DOUBLE AS total FROM range(101) t(i)')
    const same = total[0] === 5050
    if (!same) errors.push(`duckdb: the sum of 0 to 100 came out as ${total[0]}`)
    return same
  } catch (error) {
    errors.push(`duckdb: ${(error as Error).message}`)
    return false
  }
}
