/** A tar archive (POSIX ustar) that depends on its content alone: sorted names, no times, no owners. */

import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { fail } from '../base/errors.ts'

/** One member: its bytes, or the file they are read from. */
export interface TarEntry {
  name: string
  data: Uint8Array | { path: string; size: number }
}

const BLOCK = 512
const CHUNK = 1 << 20

/** Write an archive to a new file and sync it; entries in the order of their names. */
export function writeTar(path: string, entries: readonly TarEntry[]): void {
  const file = openSync(path, 'wx', 0o644)
  try {
    for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const size = entry.data instanceof Uint8Array ? entry.data.length : entry.data.size
      write(file, header(entry.name, size))
      if (entry.data instanceof Uint8Array) write(file, entry.data)
      else copy(entry.data.path, entry.data.size, file)
      write(file, Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK))
    }
    write(file, Buffer.alloc(2 * BLOCK))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** A member of an archive on disk. */
export interface TarMember {
  name: string
  offset: number
  size: number
}

/** The members of an archive. BUNDLE_CORRUPT where it is cut off, a byte of its framing is not what was written, or a member is no plain file. */
export function readTarMembers(path: string): TarMember[] {
  const file = openSync(path, 'r')
  try {
    const total = fstatSync(file).size
    const members: TarMember[] = []
    const block = Buffer.alloc(BLOCK)
    for (let at = 0; at + BLOCK <= total; ) {
      readSync(file, block, 0, BLOCK, at)
      if (block.every(byte => byte === 0)) {
        if (at + 2 * BLOCK !== total || !isZero(file, at, total)) throw damaged(path)
        return members
      }
      const name = block.toString('utf8', 0, 100).replace(/\0.*$/s, '')
      const size = octal(block, 124, 12)
      if (checksum(block) !== octal(block, 148, 8) || block[156] !== 48 || !Number.isSafeInteger(size))
        throw damaged(path)
      members.push({ name, offset: at + BLOCK, size })
      const end = at + BLOCK + size
      at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
      if (at > total || !isZero(file, end, at)) throw damaged(path)
    }
    throw damaged(path)
  } finally {
    closeSync(file)
  }
}

function isZero(file: number, from: number, to: number): boolean {
  const rest = Buffer.alloc(to - from)
  readSync(file, rest, 0, rest.length, from)
  return rest.every(byte => byte === 0)
}

function damaged(path: string): Error {
  return fail('BUNDLE_CORRUPT', { path })
}

function header(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`${name} is too long a name for an archive`)
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0)
  block.write('0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('00000000000\0', 136)
  block.write('0', 156)
  block.write('ustar\0' + '00', 257)
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** Sum of the bytes of a header, its own field counted as spaces. */
function checksum(block: Buffer): number {
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : block[i]
  return sum
}

function octal(block: Buffer, at: number, length: number): number {
  return Number.parseInt(block.toString('latin1', at, at + length).replace(/[\0 ]+$/, ''), 8)
}

function copy(path: string, size: number, to: number): void {
  const from = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(CHUNK, Math.max(size, 1)))
    for (let done = 0; done < size; ) {
      const got = readSync(from, buffer, 0, Math.min(buffer.length, size - done), done)
      if (got === 0) throw fail('ARTIFACT_CHANGED', { uri: path, expected: `${size} bytes`, found: `${done} bytes` })
      write(to, buffer.subarray(0, got))
      done += got
    }
  } finally {
    closeSync(from)
  }
}

function write(file: number, bytes: Uint8Array): void {
  let done = 0
  while (done < bytes.length) done += writeSync(file, bytes, done)
}
