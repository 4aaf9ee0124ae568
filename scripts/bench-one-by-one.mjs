// Registering runs one by one: the rate at the start and at the end, the longest wait, and a loop that only writes files beside it.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Registering through the call that publishing a run makes, one after the other, beside a loop that only writes and syncs as many files. */
export async function oneByOne(count, inputOf, { registerRun }, root) {
  const times = new Float64Array(count)
  const begun = process.cpuUsage()
  for (let n = 0; n < count; n++) {
    const input = inputOf(n)
    const at = process.hrtime.bigint()
    await registerRun(root, input, { now: input.createdAt }, { claimed: true })
    times[n] = Number(process.hrtime.bigint() - at) / 1e6
  }
  const { user, system } = process.cpuUsage(begun)
  const rate = some => `${((some.length * 1000) / some.reduce((sum, ms) => sum + ms, 0)).toFixed(0)}/s`
  const tenth = Math.ceil(count / 10)
  const sorted = times.slice().sort()
  const at = share => seconds(sorted[Math.min(count - 1, Math.floor(count * share))])
  const [first, last] = [times.subarray(0, tenth), times.subarray(count - tenth)]
  console.log(`${count.toLocaleString('en')} runs registered one by one in one process, each durable`)
  console.log(
    `  first tenth ${rate(first)}, last tenth ${rate(last)}; median ${at(0.5)}, 99 % within ${at(0.99)}, longest ${at(1)}; CPU ${((user + system) / 1000 / count).toFixed(2)} ms each`,
  )
  const bare = bareRate(join(root, 'bare'), Math.min(count, 2000))
  const whole = (count * 1000) / times.reduce((sum, ms) => sum + ms, 0)
  console.log(
    `  files of the same size only written, synced and renamed: ${bare.toFixed(0)}/s; ratio ${(whole / bare).toFixed(2)}`,
  )
}

function bareRate(folder, count) {
  mkdirSync(folder, { recursive: true })
  const bytes = Buffer.alloc(4096, 'x')
  const begun = process.hrtime.bigint()
  for (let n = 0; n < count; n++) writeDurably(folder, String(n), bytes)
  const ms = Number(process.hrtime.bigint() - begun) / 1e6
  return (count * 1000) / ms
}

function writeDurably(folder, name, bytes) {
  const temporary = join(folder, `.${name}`)
  writeFileSync(temporary, bytes, { flush: true })
  renameSync(temporary, join(folder, name))
  const directory = openSync(folder, 'r')
  fsyncSync(directory)
  closeSync(directory)
}

const seconds = ms => (ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`)
