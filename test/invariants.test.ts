/** Each of the forty invariants of the registry has a test that carries its number in its name. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** Numbers that no test carries yet; one that has a test must not stand here. */
const AWAITED: string[] = []

/** Numbers in the texts of a file, its comments left out. */
function numbersIn(path: string): string[] {
  const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const names = code.match(/\b(?:it|describe)(?:\.each\([\s\S]*?\))?\(\s*(['"`]).*?\1/g) ?? []
  const loose = code.match(/\]\)\(\s*(['"`]).*?\1|\)\)\(\s*(['"`]).*?\2/g) ?? []
  return [...names, ...loose].flatMap(text => text.match(/RS-\d{2}/g) ?? [])
}

it('RS-01 to RS-40 all stand in names of tests', () => {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter(
    name => name.endsWith('.test.ts') && name !== 'invariants.test.ts',
  )
  const found = new Set(files.flatMap(name => numbersIn(join('test', name))))
  const all = Array.from({ length: 40 }, (_, n) => `RS-${String(n + 1).padStart(2, '0')}`)
  expect(all.filter(number => !found.has(number))).toEqual(AWAITED)
  expect([...found].filter(number => !all.includes(number))).toEqual([])
})
