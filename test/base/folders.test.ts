/** Folders with their parents, and places that cannot hold one. */

import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from '../../src/base/files.ts'
import { emptyFolder } from '../harness.ts'

it('makes a folder with all its parents, and leaves one that is there', () => {
  const path = join(emptyFolder(), 'a/b/c')
  makeFolder(path)
  makeFolder(path)
  expect(existsSync(path)).toBe(true)
})

it('follows a link to a folder', () => {
  const root = emptyFolder()
  mkdirSync(join(root, 'real'))
  symlinkSync(join(root, 'real'), join(root, 'link'))
  makeFolder(join(root, 'link/below'))
  makeFolder(join(root, 'link'))
  expect(existsSync(join(root, 'real/below'))).toBe(true)
})

it('is a storage error where a file is in the way', () => {
  const root = emptyFolder()
  writeFileSync(join(root, 'file'), '')
  for (const path of ['file', 'file/below']) {
    expect(() => makeFolder(join(root, path))).toThrow(expect.objectContaining({ code: 'STORAGE_ERROR' }))
  }
})

it.runIf(existsSync('/proc/self'))('ends where a file system says that the parent which is there is not', () => {
  expect(() => makeFolder('/proc/quantlab/outputs')).toThrow(expect.objectContaining({ code: 'STORAGE_ERROR' }))
})
