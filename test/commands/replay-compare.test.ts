/** The first difference of two results, worked by hand. */

import { describe, expect, it } from 'vitest'
import { columnDifference, differencesOf, jsonDifference, textDifference } from '../../src/commands/replay/compare.ts'

describe('jsonDifference', () => {
  it('finds nothing in equal values, whatever the order of keys', () => {
    expect(jsonDifference({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] }, '')).toBeNull()
  })

  it('names the first pointer in the order of keys', () => {
    const found = jsonDifference({ b: 1, a: { 'x/y': 0.1 + 0.2 } }, { b: 2, a: { 'x/y': 0.3 } }, '')
    expect(found).toEqual({ pointer: '/a/x~1y', original: 0.30000000000000004, replay: 0.3 })
  })

  it.each([
    [{ a: 1 }, {}, { pointer: '/a', original: 1, replay: null }],
    [{}, { a: null }, { pointer: '/a', original: null, replay: null }],
    [{ a: [1] }, { a: [1, 2] }, { pointer: '/a/1', original: null, replay: 2 }],
    [{ a: [] }, { a: {} }, { pointer: '/a', original: [], replay: {} }],
    [{ a: '1' }, { a: 1 }, { pointer: '/a', original: '1', replay: 1 }],
  ])('%j and %j differ', (original, replay, place) => {
    expect(jsonDifference(original, replay, '')).toEqual(place)
  })
})

describe('textDifference', () => {
  const csv = 'time,price\n1,10\n2,20\n'

  it.each([
    ['time,price\n1,10\n2,21\n', { pointer: '/2/price', original: '20', replay: '21' }],
    ['time,price\n1,10\n', { pointer: '/rows', original: 2, replay: 1 }],
    ['time,cost\n1,10\n2,20\n', { pointer: '/0/price', original: 'price', replay: 'cost' }],
    ['time,price\n1,10\n2\n', { pointer: '/2/price', original: '20', replay: null }],
    ['time,price\n1,10\n2,20,5\n', { pointer: '/2/2', original: null, replay: '5' }],
    ['time,price\r\n1,10\r\n2,20\r\n', { pointer: '', original: 'other line ends', replay: 'line feeds' }],
  ])('%j differs', (replay, place) => {
    expect(textDifference(csv, replay)).toEqual(place)
  })

  it('finds nothing in equal texts', () => {
    expect(textDifference(csv, csv)).toBeNull()
  })
})

describe('columnDifference', () => {
  const table = (ts: number[], x: number[]) => ({ ts: Float64Array.from(ts), x: Float64Array.from(x) })

  it('names the first row, then the first column', () => {
    expect(columnDifference(table([1, 2], [5, 6]), table([1, 3], [5, 7]))).toEqual({
      pointer: '/2/ts',
      original: 2,
      replay: 3,
    })
  })

  it('sees the last bit, the sign of zero and a lost row', () => {
    expect(columnDifference(table([1], [0.1 + 0.2]), table([1], [0.3]))?.pointer).toBe('/1/x')
    expect(columnDifference(table([1], [0]), table([1], [-0]))?.pointer).toBe('/1/x')
    expect(columnDifference(table([1, 2], [0, 0]), table([1], [0]))).toEqual({
      pointer: '/rows',
      original: 2,
      replay: 1,
    })
  })

  it('reads what a file cannot hold as undefined', () => {
    expect(columnDifference(table([1], [Number.NaN]), table([1], [Number.POSITIVE_INFINITY]))).toBeNull()
    expect(columnDifference(table([1], [Number.NaN]), table([1], [1]))).toEqual({
      pointer: '/1/x',
      original: null,
      replay: 1,
    })
  })
})

it('reports one difference a file, metrics first', () => {
  const result = (shift: number) => ({
    metrics: { summary: { a: shift, b: shift } },
    trades_csv: `a\n${shift}\n`,
    equity: { ts: Float64Array.of(shift) },
  })
  expect(differencesOf(result(0), result(0))).toEqual([])
  expect(differencesOf(result(0), result(1)).map(({ file, pointer }) => `${file}${pointer}`)).toEqual([
    'metrics.json/summary/a',
    'trades.csv/1/a',
    'equity.parquet/1/ts',
  ])
})
