/** A disk that fails between the steps of a publication: what was answered as failed is not there. */

import type * as fs from 'node:fs'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { claimStaging, publishStaging, sweepTemporaries } from '../../src/base/staging.ts'

/** Which calls fail: by their names, the number of them to come before, and how many fail then. */
const fault = vi.hoisted(() => ({ names: [] as string[], after: 0, times: 1, code: '' }))

vi.mock('node:fs', async original => {
  const real = await original<typeof fs>()
  const failing = (name: 'fsyncSync' | 'renameSync' | 'rmdirSync' | 'rmSync') => {
    const action = real[name] as (...args: unknown[]) => unknown
    return (...args: unknown[]) => {
      if (fault.names.includes(name) && fault.after-- <= 0 && fault.times-- > 0)
        throw Object.assign(new Error(fault.code), { code: fault.code, syscall: name.slice(0, -4) })
      return action(...args)
    }
  }
  const names = ['fsyncSync', 'renameSync', 'rmdirSync', 'rmSync'] as const
  return { ...real, ...Object.fromEntries(names.map(name => [name, failing(name)])) }
})

afterEach(() => {
  fault.names = []
})

function claimed() {
  const root = mkdtempSync(join(tmpdir(), 'quantlab-'))
  const staging = join(root, 'staging')
  const place = join(root, 'runs', 'r')
  mkdirSync(join(root, 'runs'))
  const content = claimStaging(staging, 'r') as string
  writeFileSync(join(content, 'report.json'), '{}')
  return { staging, content, place }
}

describe('a publication', () => {
  it('whose folder cannot be synced is taken back', () => {
    const { content, place } = claimed()
    // First the content itself is synced, then the folder it was renamed into.
    Object.assign(fault, { names: ['fsyncSync'], after: 1, times: 1, code: 'EIO' })
    expect(() => publishStaging(content, place)).toThrow(/EIO/)
    expect([existsSync(place), existsSync(join(content, 'report.json'))]).toEqual([false, true])
    expect(publishStaging(content, place)).toBe(true)
  })

  it.each([
    { names: ['renameSync'], after: 1, times: 1, left: ['r'] },
    { names: ['rmdirSync'], after: 0, times: 1, left: [] },
    { names: ['rmdirSync', 'rmSync'], after: 0, times: 2, left: [expect.stringMatching(/^\.claim-/)] },
  ])('whose empty claim cannot be removed ($names, $times) stands', ({ left, ...given }) => {
    const { staging, content, place } = claimed()
    Object.assign(fault, { ...given, code: 'ENOSPC' })
    expect(publishStaging(content, place)).toBe(true)
    expect(existsSync(join(place, 'report.json'))).toBe(true)
    expect(readdirSync(staging)).toEqual(left)
  })

  it('into a folder that is a file is a fault of the disk, not a taken name', () => {
    const { content, place } = claimed()
    writeFileSync(join(place, '..', 'file'), '')
    expect(() => publishStaging(content, join(place, '..', 'file', 'r'))).toThrow(/ENOTDIR/)
    expect(publishStaging(content, join(place, '..', 'file'))).toBe(false)
  })
})

describe('temporary files', () => {
  it('of dead processes are swept, those of living ones and other files stay', () => {
    const { staging } = claimed()
    const names = ['.a.lock.4194301.0.tmp', `.a.lock.${process.pid}.0.tmp`, '.runs_index.csv.tmp', 'a.lock']
    for (const name of names) writeFileSync(join(staging, name), '')
    sweepTemporaries(staging)
    expect(
      readdirSync(staging)
        .filter(name => name !== 'r')
        .sort(),
    ).toEqual(names.slice(1).sort())
  })
})
