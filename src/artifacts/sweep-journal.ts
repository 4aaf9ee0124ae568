/**
 * The results of finished chunks of a sweep, appended to one file so that an interrupted sweep can go on.
 *
 *   record = header of six 32-bit numbers, then two blobs: figures (float64), and JSON text of what else there is
 *   header = mark, CRC-32 of all that follows it, number of the job, rows, bytes of the figures, bytes of the text
 *
 * Numbers are little-endian. What a crash tore off the end is cut away when the file is opened again; a record counts only whole.
 */

import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { storing } from '../base/files.ts'

/** One chunk as it is written down. */
export interface JournalRecord {
  job: number
  /** Rows of the chunk. */
  count: number
  figures: Float64Array
  text: string
}

const MARK = 0x314a_4c51
const HEADER = 24

/** Milliseconds between syncs: what a loss of power may cost; a killed process loses nothing that was written. */
const SYNC_MS = 2000

/** An open journal. */
export class SweepJournal {
  readonly #path: string
  readonly #file: number
  readonly #elapsed: () => number
  /** Place of each record in the file. */
  readonly #places = new Map<number, { at: number; bytes: number }>()
  #end = 0
  #synced: number

  /** Open or create; `elapsed` is a monotonic clock in milliseconds. */
  constructor(path: string, elapsed: () => number) {
    this.#path = path
    this.#elapsed = elapsed
    this.#synced = elapsed()
    this.#file = storing(path, () => openSync(path, 'a+', 0o644))
    this.#scan()
  }

  /** Numbers of the jobs that are written down. */
  get jobs(): ReadonlySet<number> {
    return new Set(this.#places.keys())
  }

  append({ job, count, figures, text }: JournalRecord): void {
    const blob = Buffer.from(figures.buffer, figures.byteOffset, figures.byteLength)
    const tail = Buffer.from(text)
    const record = Buffer.concat([Buffer.alloc(HEADER), blob, tail])
    for (const [k, value] of [job, count, blob.length, tail.length].entries()) record.writeUInt32LE(value, 8 + 4 * k)
    record.writeUInt32LE(MARK, 0)
    record.writeUInt32LE(crc32(record.subarray(8)), 4)
    storing(this.#path, () => {
      for (let done = 0; done < record.length; ) done += writeSync(this.#file, record, done)
      this.#places.set(job, { at: this.#end, bytes: record.length })
      this.#end += record.length
      if (this.#elapsed() - this.#synced < SYNC_MS) return
      fdatasyncSync(this.#file)
      this.#synced = this.#elapsed()
    })
  }

  /** The record of a job; undefined where there is none. */
  read(job: number): JournalRecord | undefined {
    const place = this.#places.get(job)
    if (place === undefined) return undefined
    return storing(this.#path, () => recordIn(this.#bytes(place.at, place.bytes)))
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Find the records, and cut the file behind the last whole one. */
  #scan(): void {
    storing(this.#path, () => {
      const { size } = fstatSync(this.#file)
      while (this.#end + HEADER <= size) {
        const header = this.#bytes(this.#end, HEADER)
        const bytes = HEADER + header.readUInt32LE(16) + header.readUInt32LE(20)
        if (header.readUInt32LE(0) !== MARK || this.#end + bytes > size) break
        const record = recordIn(this.#bytes(this.#end, bytes))
        if (record === undefined) break
        this.#places.set(record.job, { at: this.#end, bytes })
        this.#end += bytes
      }
      if (this.#end < size) ftruncateSync(this.#file, this.#end)
    })
  }

  #bytes(at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    for (let done = 0; done < length; ) {
      const read = readSync(this.#file, bytes, done, length - done, at + done)
      if (read === 0) break
      done += read
    }
    return bytes
  }
}

/** A record from its bytes; undefined where they are not what was written. */
function recordIn(bytes: Buffer): JournalRecord | undefined {
  const [checksum, job, count, length] = [4, 8, 12, 16].map(at => bytes.readUInt32LE(at))
  if (checksum !== crc32(bytes.subarray(8)) || length % 8 !== 0) return undefined
  // A copy, because the numbers must begin at a multiple of eight.
  const figures = new Float64Array(length / 8)
  Buffer.from(figures.buffer).set(bytes.subarray(HEADER, HEADER + length))
  return { job, count, figures, text: bytes.toString('utf8', HEADER + length) }
}
