/** CSV: what RFC 4180 says is read exactly; what may mean two things is refused with its line. */

import { describe, expect, it } from 'vitest'
import { parseCsv, parseNumber, scanCsv } from '../../src/base/csv.ts'
import { csvText, tableOf } from '../../src/base/table.ts'

const read = (text: string | Uint8Array) => parseCsv(text, 'x.csv')

describe('reading', () => {
  it('reads cells, trims blanks, counts lines', () => {
    expect(read('date, close\n2020-01-01 , 1.5\n2020-01-02,2\n')).toEqual({
      header: ['date', 'close'],
      rows: [
        ['2020-01-01', '1.5'],
        ['2020-01-02', '2'],
      ],
      lines: [2, 3],
    })
  })

  it('takes CRLF, a byte order mark, a missing last line end and empty lines at the end', () => {
    expect(read('\uFEFFa,b\r\n1,2\r\n3,4\r\n\r\n\r\n').rows).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
    expect(read('a,b\n1,2').rows).toEqual([['1', '2']])
  })

  it('reads quoted cells: commas, doubled quotes, line ends', () => {
    const table = read('a,b,c\n"1,5","say ""hi""","x\ny"\n , "z" ,""\nlast,1,\n')
    expect(table.rows).toEqual([
      ['1,5', 'say "hi"', 'x\ny'],
      ['', 'z', ''],
      ['last', '1', ''],
    ])
    expect(table.lines).toEqual([2, 4, 5])
  })

  it('reads what the table writer writes', () => {
    const rows = [
      { name: 'a "b", c', note: 'two\nlines' },
      { name: 'ü', note: '' },
    ]
    expect(read(csvText(tableOf(['name', 'note'], rows))).rows).toEqual(rows.map(row => [row.name, row.note]))
  })

  it('reads the same however the bytes are cut', () => {
    const bytes = new TextEncoder().encode('a,b\n"ü,\n""é""",2\r\n3,4\n"5",😀\n')
    const whole = read(bytes).rows
    for (let size = 1; size < bytes.length; size++) {
      const chunks: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size))
      const rows: string[][] = []
      scanCsv(chunks, 'x.csv', () => cells => rows.push(cells))
      expect(rows).toEqual(whole)
    }
  })

  it('names an unnamed column by its place', () => {
    expect(read(',close\n0,1\n').header).toEqual(['(column 1)', 'close'])
  })

  it('takes a header without rows', () => {
    expect(read('a,b\n')).toEqual({ header: ['a', 'b'], rows: [], lines: [] })
  })
})

describe('refusing', () => {
  it.each([
    ['an empty file', '', /empty/],
    ['semicolons', 'date;close\n2020-01-01;1,5\n', /line 1: the separator is ";"/],
    ['tabs', 'date\tclose\n', /separator is "\\t"/],
    ['a decimal comma that splits a cell', 'date,close\n2020-01-01,1234,56\n', /line 2: row 1 has 3 cells.*decimal/],
    ['a short row', 'a,b\n1,2\n3\n', /line 3: row 2 has 1 cells where the header has 2/],
    ['an empty line inside', 'a,b\n1,2\n\n3,4\n', /line 3: an empty line/],
    ['a column named twice', 'a,A\n1,2\n', /two columns are named "A"/],
    ['a quote inside a bare cell', 'a,b\n1,2"3"\n', /line 2: cell 2: a quote in the wrong place/],
    ['text behind a quoted cell', 'a,b\n"1"x,2\n', /line 2: cell 1/],
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', /line 2: a quoted cell is not closed/],
    ['old Macintosh line ends', 'a,b\r1,2\r', /carriage return/],
    ['a NUL', 'a,b\n1,\0\n', /NUL/],
    ['an endless row', `a,b\n1,"${'x\n'.repeat(50_000)}`, /more than 65536 characters/],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message)
  })

  it('refuses what is not UTF-8', () => {
    expect(() => read(Uint8Array.of(97, 44, 98, 10, 0xe9, 44, 49, 10))).toThrow(/not UTF-8/)
    // UTF-16 with its byte order mark
    expect(() => read(Uint8Array.of(0xff, 0xfe, 97, 0))).toThrow(/not UTF-8/)
  })

  it('gives the place as a detail', () => {
    try {
      read('a,b\n1\n')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'DATA_ERROR', details: [{ pointer: 'line 2' }] })
    }
  })
})

describe('numbers', () => {
  it.each([
    ['1234.56', 1234.56],
    ['-0.5', -0.5],
    ['+3', 3],
    ['1e-8', 1e-8],
    ['.5', 0.5],
    ['5.', 5],
    ['', Number.NaN],
  ])('reads %j', (text, value) => {
    expect(parseNumber(text)).toBe(value)
  })

  it.each([
    '1,5',
    '1.234,56',
    '1,234.56',
    '1.234.567',
    '1 234',
    '0x10',
    'nan',
    'Infinity',
    '$5',
    '12%',
    '1e',
    '--1',
    '١',
  ])('refuses %j', text => {
    expect(parseNumber(text)).toBeNull()
  })
})
