/** Configuration as YAML text: read back it is the same data, whatever the strings look like. */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseYaml } from '../../src/base/yaml.ts'
import { yamlText } from '../../src/base/yaml-text.ts'

it('writes the published block style', () => {
  const value = {
    ticker: 'ETH-USD',
    start: '2021-01-01',
    fee: 0.002,
    param_grid: { cooldown_days: [0, 2], rsi_buy_max: [55.5] },
    splits: [{ name: 's1', train: { start: '2020-01-01' } }],
    empty: [],
    none: null,
  }
  expect(yamlText(value)).toBe(
    [
      'empty: []',
      'fee: 0.002',
      'none: null',
      'param_grid:',
      '  cooldown_days:',
      '    - 0',
      '    - 2',
      '  rsi_buy_max:',
      '    - 55.5',
      'splits:',
      '  - name: s1',
      '    train:',
      "      start: '2020-01-01'",
      "start: '2021-01-01'",
      'ticker: ETH-USD',
      '',
    ].join('\n'),
  )
})

it('keeps text that other versions of YAML take for something else', () => {
  const value = { a: 'yes', b: '1d', c: '1e3', d: '~', e: "it's", f: 'ü\n', g: '', h: '2021-01-01', no: 1e-7, i: ' x' }
  expect(yamlText(value)).toContain("a: 'yes'")
  expect(yamlText(value)).toContain("'no': 1.0e-7")
  expect(parseYaml(yamlText(value), 'x')).toEqual(value)
})

it('reads back as what it was', () => {
  // A configuration holds neither names that reach a prototype nor whole numbers that a double rounds.
  const refused = /__proto__|constructor|prototype|(?<![\d.])\d{16,}(?!\d*[.e])/
  const json = fc.jsonValue({ maxDepth: 5 }).filter(value => !refused.test(JSON.stringify(value)))
  fc.assert(
    fc.property(json, value => {
      const plain = JSON.parse(JSON.stringify(value))
      expect(parseYaml(yamlText(plain), 'x')).toEqual(plain)
    }),
    { numRuns: 500, seed: 7 },
  )
})
