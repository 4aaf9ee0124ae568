import { expect, it } from 'vitest'
import {
  codeSpan,
  fencedBlock,
  generalNumber,
  markdownTable,
  markdownText,
  printable,
} from '../../src/base/markdown.ts'

it('draws the table of a published report, column widths and all', () => {
  // Result Summary of the reference run `run-default`.
  const rows = [{ days: 266, max_drawdown: -0.5490117288753682, sharpe_simple: -1.7073232688888877, trades: 47 }]
  expect(markdownTable(['days', 'max_drawdown', 'sharpe_simple', 'trades'], rows)).toBe(
    [
      '|   days |   max_drawdown |   sharpe_simple |   trades |',
      '|-------:|---------------:|----------------:|---------:|',
      '|    266 |      -0.549012 |        -1.70732 |       47 |',
    ].join('\n'),
  )
})

it('aligns decimal points, keeps text left and leaves missing values empty', () => {
  const rows = [
    { name: 'a', x: 0.7 },
    { name: null, x: 0.578947 },
    { name: 'long name', x: 12 },
    { name: 'd', x: NaN },
  ]
  expect(markdownTable(['name', 'x'], rows)).toBe(
    [
      '| name      |         x |',
      '|:----------|----------:|',
      '| a         |  0.7      |',
      '|           |  0.578947 |',
      '| long name | 12        |',
      '| d         |           |',
    ].join('\n'),
  )
  expect(markdownTable(['x'], [{ x: 1 }, { x: null }], 'nan')).toContain('| nan |')
})

it('writes numbers as C %g does', () => {
  const expected: [number, string][] = [
    [-0.487367503, '-0.487368'],
    [33.13575, '33.1358'],
    [0.00001, '1e-05'],
    [0.0001, '0.0001'],
    [1234567.8, '1.23457e+06'],
    [999999.5, '1e+06'],
    [0.5, '0.5'],
    [25000, '25000'],
    [-0, '0'],
    [NaN, ''],
    [Infinity, ''],
  ]
  for (const [value, text] of expected) expect([value, generalNumber(value)]).toEqual([value, text])
})

it('keeps every hostile cell in one cell and as text', () => {
  const hostile = ['a|b', 'a\\|b', 'two\nlines', '<img src=x onerror=alert(1)>', '[x](javascript:alert(1))', '`x|y`']
  const lines = markdownTable(
    ['name', 'n'],
    hostile.map(name => ({ name, n: 1 })),
  ).split('\n')
  expect(lines).toHaveLength(2 + hostile.length)
  for (const line of lines.slice(2)) {
    // A pipe ends a cell unless an odd number of backslashes stands before it.
    const ends = [...line.matchAll(/(\\*)\|/g)].filter(match => match[1].length % 2 === 0)
    expect([line, ends.length]).toEqual([line, 3])
    expect(line).not.toMatch(/<img|\]\(/)
  }
  expect(markdownText('a & <b>')).toBe('a &amp; &lt;b&gt;')
})

it('replaces controls, reordering marks and lone surrogates, and nothing else', () => {
  expect(printable('a\u0000b\u001bc\u202ed\ud800e')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde')
  expect(printable('Zürich 東京 🚀 \u05d0')).toBe('Zürich 東京 🚀 \u05d0')
})

it('cannot be left by backticks', () => {
  expect(codeSpan('plain')).toBe('`plain`')
  expect(codeSpan('a `b` c')).toBe('``a `b` c``')
  expect(codeSpan('`')).toBe('`` ` ``')
  expect(fencedBlock('bash', 'echo\n```\n# not a heading')).toBe('````bash\necho\n```\n# not a heading\n````')
})
