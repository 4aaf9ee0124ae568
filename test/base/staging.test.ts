import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { thisProcess } from '../../src/base/owner.ts'
import {
  adoptStaging,
  claimStaging,
  deadStaging,
  dropStaging,
  publishStaging,
  removeStaging,
} from '../../src/base/staging.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'staging-'))
const dead = JSON.stringify({ pid: 2 ** 22 - 3, start_time: 1, boot_id: thisProcess().boot_id })

it('gives a name to one claimant', () => {
  const root = folder()
  expect(claimStaging(root, 'a')).toBe(join(root, 'a', 'content'))
  expect(claimStaging(root, 'a')).toBeNull()
  expect(readdirSync(root)).toEqual(['a'])
})

it('publishes content in one rename and leaves no trace of the staging', () => {
  const root = folder()
  const content = claimStaging(join(root, 's'), 'a')!
  writeFileSync(join(content, 'x'), '1')
  expect(publishStaging(content, join(root, 'runs', 'a'))).toBe(true)
  expect(readFileSync(join(root, 'runs', 'a', 'x'), 'utf8')).toBe('1')
  expect(readdirSync(join(root, 's'))).toEqual([])
})

it('does not publish over what is there', () => {
  const root = folder()
  const content = claimStaging(join(root, 's'), 'a')!
  mkdirSync(join(root, 'runs', 'a', 'old'), { recursive: true })
  expect(publishStaging(content, join(root, 'runs', 'a'))).toBe(false)
  expect(existsSync(join(root, 'runs', 'a', 'old'))).toBe(true)
  dropStaging(content)
  expect(existsSync(content)).toBe(false)
})

it('tells dead owners from living ones, half-made claims included', () => {
  const root = folder()
  claimStaging(root, 'mine')
  mkdirSync(join(root, 'theirs', 'content'), { recursive: true })
  writeFileSync(join(root, 'theirs', 'owner.json'), dead)
  mkdirSync(join(root, 'torn', 'content'), { recursive: true })
  writeFileSync(join(root, 'torn', 'owner.json'), '{')
  mkdirSync(join(root, '.claim-4194301-1-0'))
  mkdirSync(join(root, `.claim-${process.pid}-${thisProcess().start_time}-99`))
  expect(deadStaging(root)).toEqual(['.claim-4194301-1-0', 'theirs', 'torn'])
  expect(removeStaging(root, 'mine')).toBe(false)
  expect(removeStaging(root, 'theirs')).toBe(true)
  expect(existsSync(join(root, 'theirs'))).toBe(false)
})

it('adopts the work of a dead owner once', () => {
  const root = folder()
  mkdirSync(join(root, 'a', 'content'), { recursive: true })
  writeFileSync(join(root, 'a', 'owner.json'), dead)
  expect(adoptStaging(root, 'a')).toBe(join(root, 'a', 'content'))
  expect(adoptStaging(root, 'a')).toBeNull()
  expect(deadStaging(root)).toEqual([])
})
