import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { GatewayError } from '../../src/base/errors.ts'
import { parseYaml, readConfigFile } from '../../src/base/yaml.ts'
import { emptyFolder } from '../harness.ts'

function refusal(action: () => unknown): GatewayError {
  try {
    action()
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('was accepted')
}

it('reads the core schema: dates, yes and octal-looking text stay text', () => {
  const text = 'a: 2024-01-01\nb: yes\nc: 0o17\nd: 1e3\ne: null\nf: [true, -0.5, "1"]\ng: ~\n'
  expect(parseYaml(text, 'x')).toEqual({
    a: '2024-01-01',
    b: 'yes',
    c: 15,
    d: 1000,
    e: null,
    f: [true, -0.5, '1'],
    g: null,
  })
  expect(parseYaml('', 'x')).toBeNull()
})

it('reads plain digits grouped by underscores as a number, and nothing else so', () => {
  const value = parseYaml('a: 50_000_000\nb: "50_000_000"\nc: -1_000\nd: 1_0\ne: 5_000_a\nf: [1_000]\n', 'x')
  expect(value).toEqual({ a: 50_000_000, b: '50_000_000', c: -1000, d: '1_0', e: '5_000_a', f: [1000] })
})

it('writes aliases out, as copies of their own', () => {
  const value = parseYaml('a: &w {x: 1}\nb: *w\nc: &w 2\nd: *w\n', 'x') as Record<string, { x: number }>
  expect(value).toEqual({ a: { x: 1 }, b: { x: 1 }, c: 2, d: 2 })
  expect(value['a']).not.toBe(value['b'])
})

it.each([
  ['a: 1\na: 2', 'f line 2, column 1', /unique/],
  ['a: [1', 'f line 1, column 6', /./],
  ['a: 1\n---\nb: 2', 'f line 2, column 1', /multiple documents/],
  ['a: !!js/function x', 'f line 1, column 4', /tag/],
  ['a: !!binary aGk=', 'f#/a', /tag/],
  ['__proto__: {x: 1}', 'f#/__proto__', /not allowed/],
  ['a: {constructor: 1}', 'f#/a/constructor', /not allowed/],
  ['a: .nan', 'f#/a', /no number/],
  ['a: [1, -.inf]', 'f#/a/1', /no number/],
  ['a: 1e999', 'f#/a', /no number/],
  ['a: 12345678901234567891', 'f#/a', /exactly/],
  ['1: 2', 'f#', /no text/],
  ['? [1]\n: 2', 'f#', /no text/],
  ['a: &x [*x]', 'f#/a/0', /no end/],
  ['a: *x', 'f#/a', /no &x before/],
])('refuses %j at its place', (text, pointer, message) => {
  const { code, details } = refusal(() => parseYaml(text, 'f'))
  expect(code).toBe('INVALID_CONFIG')
  expect(details[0].pointer).toBe(pointer)
  expect(details[0].message).toMatch(message)
})

it('refuses a bomb of aliases and nesting without measure', () => {
  const bomb = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`)
  expect(refusal(() => parseYaml(`a0: &a0 x\n${bomb.join('\n')}`, 'f')).message).toMatch(/8 MiB/)
  expect(refusal(() => parseYaml(`${'['.repeat(70)}1${']'.repeat(70)}`, 'f')).message).toMatch(/deeper than 64/)
  expect(refusal(() => parseYaml(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`, 'f')).code).toBe('INVALID_CONFIG')
})

it('tells every fault of a document', () => {
  const { details } = refusal(() => parseYaml('a: .nan\nb: [!!set {}]\nc: .inf', 'f'))
  expect(details.map(({ pointer }) => pointer)).toEqual(['f#/a', 'f#/b/0', 'f#/c'])
})

it('reads files as JSON or YAML, by name or content', () => {
  const folder = emptyFolder()
  const file = (name: string, text: string | Uint8Array) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  expect(readConfigFile(file('a.json', '{"a": [1]}'))).toEqual({ a: [1] })
  expect(readConfigFile(file('a.yml', 'a: [1]'))).toEqual({ a: [1] })
  expect(readConfigFile(file('b', '{"a": [1]}'))).toEqual({ a: [1] })
  expect(readConfigFile(file('c', 'a:\n  - 1\n'))).toEqual({ a: [1] })
  expect(readConfigFile(file('bom.yaml', '\ufeffa: 1'))).toEqual({ a: 1 })
  expect(refusal(() => readConfigFile(file('d.json', '{"a": 1, "a": 2}'), 'd.json')).details[0].pointer).toBe(
    'd.json#/a',
  )
  expect(refusal(() => readConfigFile(file('e.json', 'a: 1'), 'e.json')).message).toMatch(/e\.json is no valid JSON/)
  expect(refusal(() => readConfigFile(file('g.yaml', Uint8Array.of(0x61, 0x3a, 0x20, 0xff)))).message).toMatch(/UTF-8/)
  expect(refusal(() => readConfigFile(join(folder, 'none.yaml'), 'none.yaml')).message).toBe('none.yaml does not exist')
  mkdirSync(join(folder, 'sub'))
  expect(refusal(() => readConfigFile(join(folder, 'sub'))).message).toMatch(/is a folder/)
})
