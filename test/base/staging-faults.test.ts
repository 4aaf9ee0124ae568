/** A disk that fails between the steps of a publication: what was answered as failed is not there. */

import type * as fs from 'node:fs'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { claimStaging, publishStaging, sweepTemporaries } from '../../src/base/staging.ts'

/** The call that fails next, by the name and the number of calls of it to come before. */
const fault = vi.hoisted(() => ({ name: '', after: 0, code: '' }))

vi.mock('node:fs', async original => {
  const real = await original<typeof fs>()
  const failing = (name: 'fsyncSync' | 'renameSync' | 'rmSync') => {
    const action = real[name] as (...args: unknown[]) => unknown
    return (...args: unknown[]) => {
      if (fault.name === name && fault.after-- === 0)
        throw Object.assign(new Error(fault.code), { code: fault.code, syscall: name.slice(0, -4) })
      return action(...args)
    }
  }
  return { ...real, fsyncSync: failing('fsyncSync'), renameSync: failing('renameSync'), rmSync: failing('rmSync') }
})

afterEach(() => {
  fault.name = ''
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
    Object.assign(fault, { name: 'fsyncSync', after: 1, code: 'EIO' })
    expect(() => publishStaging(content, place)).toThrow(/EIO/)
    expect([existsSync(place), existsSync(join(content, 'report.json'))]).toEqual([false, true])
    expect(publishStaging(content, place)).toBe(true)
  })

  it.each([
    ['renameSync', 1],
    ['rmSync', 0],
  ])('whose empty claim cannot be removed (%s) stands', (name, after) => {
    const { content, place } = claimed()
    Object.assign(fault, { name, after, code: 'ENOSPC' })
    expect(publishStaging(content, place)).toBe(true)
    expect(existsSync(join(place, 'report.json'))).toBe(true)
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
