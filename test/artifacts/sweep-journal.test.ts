/** The journal of a sweep: what was written is read, and nothing else, whatever a crash left of the file. */

import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { type JournalRecord, SweepJournal } from '../../src/artifacts/sweep-journal.ts'
import { emptyFolder } from '../harness.ts'

const RECORDS: JournalRecord[] = [
  { job: 0, count: 2, figures: Float64Array.of(1.5, Number.NaN, -0, 1e300), text: '' },
  { job: 3, count: 1, figures: Float64Array.of(Number.POSITIVE_INFINITY, 2), text: '[{"trial":7,"message":"ü"}]' },
  { job: 1, count: 0, figures: new Float64Array(0), text: '' },
]

let path: string

beforeEach(() => {
  path = join(emptyFolder(), 'journal.bin')
})

function open(): SweepJournal {
  return new SweepJournal(path, () => 0)
}

function written(): number[] {
  const journal = open()
  const ends = RECORDS.map(record => {
    journal.append(record)
    return statSync(path).size
  })
  journal.close()
  return ends
}

it('gives back what it took, in the same process and the next', () => {
  const journal = open()
  for (const record of RECORDS) journal.append(record)
  for (const record of RECORDS) expect(journal.read(record.job)).toEqual(record)
  journal.close()
  const again = open()
  expect([...again.jobs]).toEqual([0, 3, 1])
  for (const record of RECORDS) expect(again.read(record.job)).toEqual(record)
  expect(again.read(2)).toBeUndefined()
  again.close()
})

it('drops a torn tail wherever it was torn, and goes on behind the last whole record', () => {
  const ends = written()
  const whole = readFileSync(path)
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length))
    const journal = open()
    const kept = ends.filter(end => end <= length).length
    expect([...journal.jobs], `cut at ${length}`).toEqual(RECORDS.slice(0, kept).map(({ job }) => job))
    for (const record of RECORDS.slice(kept)) journal.append(record)
    for (const record of RECORDS) expect(journal.read(record.job)).toEqual(record)
    journal.close()
    expect(readFileSync(path)).toEqual(whole)
  }
})

it('believes no byte that was changed', () => {
  const ends = written()
  const whole = readFileSync(path)
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at] ^= 0x10
    writeFileSync(path, damaged)
    const journal = open()
    const before = RECORDS.slice(
      0,
      ends.findIndex(end => at < end),
    )
    expect([...journal.jobs], `changed at ${at}`).toEqual(before.map(({ job }) => job))
    journal.close()
  }
})

it('takes what is no record for a tail', () => {
  written()
  appendFileSync(path, 'not a record, but longer than a header of one would be')
  const journal = open()
  expect(journal.jobs.size).toBe(3)
  journal.close()
  truncateSync(path, 0)
  const empty = open()
  expect(empty.jobs.size).toBe(0)
  empty.close()
})
