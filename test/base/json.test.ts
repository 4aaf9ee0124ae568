import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DEPTH, scanJson } from '../../src/base/json.ts'

const stateOf = (text: string) => scanJson(text).state

describe('scanJson', () => {
  it('accepts what JSON.parse accepts, with the same value', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        const scanned = scanJson(text)
        expect(scanned.state).toBe('complete')
        if (scanned.state === 'complete') expect(scanned.value).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  it('agrees with JSON.parse on any text about what is a value', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0123.eE+-truefalsn \\u\n') }), text => {
        let parses = true
        try {
          JSON.parse(text)
        } catch {
          parses = false
        }
        expect(stateOf(text) === 'complete').toBe(parses)
      }),
      { numRuns: 5000 },
    )
  })

  it('calls every proper prefix of an object a prefix', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
        const text = JSON.stringify(value)
        for (let end = 1; end < text.length; end++)
          expect([text.slice(0, end), stateOf(text.slice(0, end))]).toEqual([text.slice(0, end), 'prefix'])
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    '{not json',
    '}',
    'hello',
    '{"a":1}}',
    '[1,]',
    "{'a':1}",
    '{"a" 1}',
    '01',
    '+1',
    '"\t"',
    '"\\x"',
    '\uFEFF{}',
  ])('calls %j invalid', text => {
    expect(stateOf(text)).toBe('invalid')
  })

  it.each(['', ' ', '{', '{"a', '{"a"', '{"a":', '{"a":1', '[1,', 'tru', '-', '1.', '1e', '1e+', '"\\u00'])(
    'calls %j a prefix',
    text => {
      expect(stateOf(text)).toBe('prefix')
    },
  )

  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"p":{"b":1,"\\u0062":2}}', '/p/b'],
    ['{"__proto__":1}', '/__proto__'],
    ['[{"constructor":{}}]', '/0/constructor'],
    ['{"x":{"prototype":1}}', '/x/prototype'],
    ['[1e400]', '/0'],
    ['{"n":9007199254740993}', '/n'],
    ['["\\ud800"]', '/0'],
  ])('finds the fault of %s at %s', (text, pointer) => {
    const scanned = scanJson(text)
    expect(scanned.state === 'complete' && scanned.faults.map(fault => fault.pointer)).toEqual([pointer])
  })

  it('refuses depth beyond the limit and takes the limit itself', () => {
    expect(stateOf('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH))).toBe('complete')
    expect(stateOf('['.repeat(100_000))).toBe('invalid')
  })
})
