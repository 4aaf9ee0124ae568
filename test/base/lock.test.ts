import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lock, lockPatiently, tryLock } from '../../src/base/lock.ts'
import { isAlive, thisProcess } from '../../src/base/owner.ts'

const place = () => join(mkdtempSync(join(tmpdir(), 'lock-')), 'lock')
const dead = { pid: 2 ** 22 - 3, start_time: 1, boot_id: thisProcess().boot_id, nonce: 'a' }

it('is held by one and free after release', () => {
  const path = place()
  const release = tryLock(path)
  expect(release).not.toBeNull()
  expect(tryLock(path)).toBeNull()
  release?.()
  expect(tryLock(path)).not.toBeNull()
})

it('gives up after the time limit, as a retryable fault', () => {
  const path = place()
  lock(path, 0)
  expect(() => lock(path, 20)).toThrow(expect.objectContaining({ code: 'STORAGE_ERROR' }))
})

it.each([
  ['of a dead process', JSON.stringify(dead)],
  ['of a pid that another process has now', JSON.stringify({ ...thisProcess(), start_time: 1, nonce: 'b' })],
  ['of another boot', JSON.stringify({ ...thisProcess(), boot_id: 'another', nonce: 'c' })],
  ['that is torn', '{"pid":'],
])('is taken over from a holding %s, leaving nothing behind', (_, text) => {
  const path = place()
  writeFileSync(path, text)
  const release = tryLock(path)
  expect(release).not.toBeNull()
  release?.()
  expect(readdirSync(join(path, '..'))).toEqual([])
})

it('is taken over although an earlier breaker died in the middle', () => {
  const path = place()
  writeFileSync(path, JSON.stringify(dead))
  writeFileSync(`${path}.break-a`, JSON.stringify({ ...dead, nonce: 'breaker' }))
  expect(tryLock(path)).not.toBeNull()
  expect(existsSync(`${path}.break-a`)).toBe(false)
})

it('is not broken while a living breaker is at it', () => {
  const path = place()
  writeFileSync(path, JSON.stringify(dead))
  writeFileSync(`${path}.break-a`, JSON.stringify({ ...thisProcess(), nonce: 'breaker' }))
  expect(tryLock(path)).toBeNull()
})

it('ends a patient wait when aborted', async () => {
  const path = place()
  lock(path, 0)
  const abort = new AbortController()
  const waiting = lockPatiently(path, 60_000, abort.signal)
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
})

it('knows itself to be alive', () => {
  expect(isAlive(thisProcess())).toBe(true)
  expect(isAlive(dead)).toBe(false)
})
