import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { insideRoot, resolvePath } from '../../src/base/paths.ts'

let place: string
let root: string

beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'quantlab-paths-')))
  root = join(place, 'root')
  mkdirSync(join(root, 'work'), { recursive: true })
  mkdirSync(join(place, 'root-2'))
  return () => rmSync(place, { recursive: true })
})

const refused = expect.objectContaining({ code: 'INVALID_CONFIG' })

it('resolves against the working directory, and outputs/ and lake/ against the root', () => {
  expect(resolvePath('/r', '/w/d', 'a/b')).toBe('/w/d/a/b')
  expect(resolvePath('/r', '/w/d', '../b')).toBe('/w/b')
  expect(resolvePath('/r', '/w/d', '/x//y/')).toBe('/x/y')
  expect(resolvePath('/r', '/w/d', 'outputs/runs')).toBe('/r/outputs/runs')
  expect(resolvePath('/r', '/w/d', './lake')).toBe('/r/lake')
  expect(resolvePath('/r', '/w/d', 'a/../lake/x')).toBe('/r/lake/x')
  expect(resolvePath('/r', '/w/d', 'outputs2')).toBe('/w/d/outputs2')
  for (const path of ['', 'a\0b']) expect(() => resolvePath('/r', '/w', path)).toThrowError(refused)
})

it('keeps what lies in the root, present or not', () => {
  const cwd = join(root, 'work')
  expect(insideRoot(root, cwd, '.')).toBe(cwd)
  expect(insideRoot(root, cwd, '..')).toBe(root)
  expect(insideRoot(root, cwd, 'new/deep')).toBe(join(cwd, 'new/deep'))
  expect(insideRoot(root, place, 'root/..x')).toBe(join(root, '..x'))
  expect(insideRoot(join(root, 'absent'), join(root, 'absent'), 'a')).toBe(join(root, 'absent/a'))
})

it('refuses what lies outside, also by a name that begins alike', () => {
  for (const path of ['../..', '/', place, `${root}-2`, join(place, 'other')])
    expect(() => insideRoot(root, join(root, 'work'), path), path).toThrowError(refused)
})

it('follows links: out of the root is refused, within it is resolved, the root itself may be one', () => {
  symlinkSync(place, join(root, 'out'))
  symlinkSync(join(root, 'work'), join(root, 'in'))
  symlinkSync(root, join(place, 'alias'))
  expect(() => insideRoot(root, root, 'out')).toThrowError(refused)
  expect(() => insideRoot(root, root, 'out/new')).toThrowError(refused)
  expect(insideRoot(root, root, 'in/new')).toBe(join(root, 'work/new'))
  expect(insideRoot(join(place, 'alias'), root, 'in/new')).toBe(join(place, 'alias/work/new'))
})

it('refuses links that lead nowhere or in circles, and files on the way', () => {
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling'))
  symlinkSync(join(root, 'circle'), join(root, 'circle'))
  writeFileSync(join(root, 'file'), '')
  for (const path of ['dangling', 'dangling/new', 'circle', 'circle/new', 'file/new'])
    expect(() => insideRoot(root, root, path), path).toThrowError(refused)
})
