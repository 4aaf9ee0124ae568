/** Patterns of files: what they match, in which order, and that links cannot make them endless. */

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { isPattern, matchingFiles } from '../../src/base/glob.ts'
import { emptyFolder } from '../harness.ts'

let root: string

beforeAll(() => {
  root = emptyFolder()
  for (const folder of ['a/b', 'a/.hidden', 'x[1]']) mkdirSync(join(root, folder), { recursive: true })
  for (const name of [
    'one.yaml',
    'a/two.yaml',
    'a/b/three.yml',
    'a/b/.dot.yaml',
    'a/.hidden/four.yaml',
    'x[1]/f+.yaml',
  ])
    writeFileSync(join(root, name), '')
  symlinkSync(root, join(root, 'a/loop'))
  symlinkSync(join(root, 'one.yaml'), join(root, 'a/link.yaml'))
})

it.each<[string, string[]]>([
  ['*.yaml', ['one.yaml']],
  ['**/*.yaml', ['a/link.yaml', 'a/two.yaml', 'one.yaml', 'x[1]/f+.yaml']],
  ['a/**', ['a/b/three.yml', 'a/link.yaml', 'a/two.yaml']],
  ['a/*/th?ee.y*ml', ['a/b/three.yml']],
  ['a/b/.*', ['a/b/.dot.yaml']],
  ['x[1]/*+.yaml', ['x[1]/f+.yaml']],
  ['one.yaml/*', []],
  ['none/**/*', []],
])('%s', (pattern, expected) => {
  expect(matchingFiles(join(root, pattern)).map(path => relative(root, path))).toEqual(expected)
})

it('tells a pattern from a name', () => {
  expect(['a*', 'b?.yaml', 'plain.yaml', 'x[1]'].map(isPattern)).toEqual([true, true, false, false])
})
