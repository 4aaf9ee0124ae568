/** Rows matched by a key: by hand, against a slow search, and where matching could be slow or wrong. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsOfRecords } from '../../src/commands/compare/row-tables.ts'
import { cellAt, compareRows, type RowTable } from '../../src/engine/row-comparison.ts'

type Record_ = Record<string, string | number | null>

const table = (rows: Record_[]): RowTable => rowsOfRecords(rows)
const fill = (timestamp: string, symbol: string, side: string, qty: number | null): Record_ => ({
  ...{ timestamp: `2024-01-0${timestamp}T00:00:00.000Z`, symbol, side, qty },
})
const matching = { key: ['timestamp', 'symbol'], prefer: 'side', listed: 10 }

describe('compareRows', () => {
  it('counts what is the same, changed and on one side alone, and names the first that parts them', () => {
    const a = table([
      fill('1', 'X', 'BUY', 1),
      fill('2', 'X', 'SELL', 1),
      fill('3', 'X', 'BUY', 2),
      fill('3', 'Y', 'BUY', 1),
    ])
    const b = table([
      fill('1', 'X', 'BUY', 1),
      fill('3', 'X', 'BUY', 5),
      fill('3', 'Z', 'BUY', 1),
      fill('4', 'X', 'SELL', 2),
    ])
    expect(compareRows(a, b, matching)).toEqual({
      ...{ same: 1, changed: 1, onlyA: 2, onlyB: 2 },
      firstDivergence: { a: 1, b: null },
      fields: [{ field: 'qty', rows: 1, largest: 3 }],
      listed: { changed: [{ a: 2, b: 1, fields: ['qty'] }], onlyA: [1, 3], onlyB: [2, 3] },
      ...{ columnsOnlyA: [], columnsOnlyB: [] },
    })
  })

  it('pairs fills of one instant by side before it pairs them as changed', () => {
    const a = table([fill('1', 'X', 'SELL', 1), fill('1', 'X', 'BUY', 2)])
    const b = table([fill('1', 'X', 'BUY', 2), fill('1', 'X', 'SELL', 1)])
    expect(compareRows(a, b, matching)).toMatchObject({ same: 2, changed: 0, firstDivergence: null })
    const turned = table([fill('1', 'X', 'BUY', 2), fill('1', 'X', 'SHORT', 1)])
    expect(compareRows(a, turned, matching)).toMatchObject({
      same: 1,
      changed: 1,
      fields: [{ field: 'side', rows: 1 }],
    })
  })

  it('takes rows in any order, and a missing value as a value', () => {
    const rows = [fill('1', 'X', 'BUY', 1), fill('2', 'X', 'BUY', null), fill('3', 'X', 'BUY', 3)]
    expect(compareRows(table(rows), table(rows.toReversed()), matching)).toMatchObject({ same: 3, changed: 0 })
    const filled = table([rows[0], fill('2', 'X', 'BUY', 4), rows[2]])
    expect(compareRows(table(rows), filled, matching).fields).toEqual([{ field: 'qty', rows: 1, largest: null }])
  })

  it('compares the columns that both have, and names the others', () => {
    const a = table([{ timestamp: '2024-01-01', symbol: 'X', fee: 1 }])
    const b = table([{ timestamp: '2024-01-01', symbol: 'X', tax: 1 }])
    const found = compareRows(a, b, matching)
    expect(found).toMatchObject({ same: 1, columnsOnlyA: ['fee'], columnsOnlyB: ['tax'] })
  })

  it('compares numbers on one side with texts on the other as texts', () => {
    const a = table([{ timestamp: '2024-01-01', symbol: 'X', reason: 1 }])
    const b = table([
      { timestamp: '2024-01-01', symbol: 'X', reason: '1' },
      { timestamp: '2024-01-02', symbol: 'X', reason: 'stop' },
    ])
    expect(b.columns.get('reason')?.kind).toBe('text')
    expect(compareRows(a, b, matching)).toMatchObject({ same: 1, onlyB: 1 })
  })

  it('finds nothing in empty tables', () => {
    const none = table([])
    expect(compareRows(none, none, { key: [], listed: 1 })).toMatchObject({ same: 0, firstDivergence: null })
  })

  it('stays linear where a hundred thousand fills have one key', () => {
    const rows = Array.from({ length: 100_000 }, (_, row) => fill('1', 'X', row % 2 === 0 ? 'BUY' : 'SELL', row))
    const found = compareRows(table(rows), table(rows.slice(2)), { ...matching, listed: 3 })
    expect(found).toMatchObject({ changed: 99_998, onlyA: 2, onlyB: 0 })
    expect(found.listed.changed).toHaveLength(3)
  })

  it('agrees with a slow search for every small pair of tables', () => {
    const row = fc.record({
      timestamp: fc.constantFrom('2024-01-01', '2024-01-02', '2024-01-03'),
      symbol: fc.constantFrom('X', 'Y'),
      side: fc.constantFrom('BUY', 'SELL'),
      qty: fc.constantFrom(1, 2, null),
    })
    const rows = fc.array(row, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(rows, rows, (left, right) => {
        const found = compareRows(table(left), table(right), matching)
        expect(found).toMatchObject(slow(left, right))
        const turned = compareRows(table(right), table(left), matching)
        expect([turned.onlyA, turned.onlyB]).toEqual([found.onlyB, found.onlyA])
      }),
    )
  })
})

/** The same counts by looking at each key on its own. */
function slow(a: Record_[], b: Record_[]) {
  const keyOf = (row: Record_) => `${row['timestamp']} ${row['symbol']}`
  let [same, changed, onlyA, onlyB] = [0, 0, 0, 0]
  for (const key of new Set([...a, ...b].map(keyOf))) {
    const [left, right] = [a.filter(row => keyOf(row) === key), b.filter(row => keyOf(row) === key)]
    const rest: Record_[] = []
    for (const row of left) {
      const at = right.findIndex(other => other['side'] === row['side'])
      if (at < 0) rest.push(row)
      else if (right.splice(at, 1)[0]['qty'] === row['qty']) same++
      else changed++
    }
    const turned = Math.min(rest.length, right.length)
    changed += turned
    onlyA += rest.length - turned
    onlyB += right.length - turned
  }
  return { same, changed, onlyA, onlyB }
}

describe('a column of a file', () => {
  const column = (values: (string | number | null)[]) => table(values.map(value => ({ x: value }))).columns.get('x')!
  const cells = (values: (string | number | null)[]) => values.map((_, row) => cellAt(column(values), row))

  it('holds numbers however they are written, and no names made of digits', () => {
    expect(cells([1, '2.50', null, '1e-07', '-0.5'])).toEqual([1, 2.5, null, 1e-7, -0.5])
    expect(cells([5e-324, 2 ** 60, 1e300])).toEqual([5e-324, 2 ** 60, 1e300])
    for (const name of ['007', '12345678901234567', '+1', '.5', '1.'])
      expect([name, column([1, name]).kind]).toEqual([name, 'text'])
  })

  it('keeps every text when a column of numbers turns out to hold one', () => {
    expect(cells([null, 1, 0.1, '007', 'x', null])).toEqual([null, '1', '0.1', '007', 'x', null])
  })
})
