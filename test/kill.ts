/** The built program, killed at the nth change it makes to the file system: where that is possible, every moment between two changes is tried. */

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MAIN } from './acceptance/quantlab.ts'
import { emptyFolder } from './harness.ts'

const PRELOAD = `
const fs = require('node:fs')
const { isMainThread } = require('node:worker_threads')
const at = Number(process.env.KILL_AT)
let changes = 0
const step = () => { if (++changes === at) process.kill(process.pid, 'SIGKILL') }
for (const name of ['writeSync', 'writeFileSync', 'renameSync', 'linkSync', 'unlinkSync', 'rmSync', 'mkdirSync']) {
  const plain = fs[name]
  fs[name] = (...args) => { if (args[0] !== 1 && args[0] !== 2) step(); return plain(...args) }
}
const open = fs.openSync
fs.openSync = (path, flags, ...rest) => { if (typeof flags === 'string' && flags !== 'r') step(); return open(path, flags, ...rest) }
if (isMainThread) process.on('exit', () => { fs.appendFileSync(process.env.KILL_LOG, changes + '\\n') })
`

const folder = emptyFolder()
const preload = join(folder, 'kill.cjs')
writeFileSync(preload, PRELOAD)

export interface Killed {
  /** False where the call ended by itself, because it makes fewer changes. */
  killed: boolean
  code: number | null
  stdout: string
  /** Changes that a call which ended by itself has made. */
  changes: number
}

/** One call in `root`, killed just before its nth change of the file system; from 1, 0 is never. */
export function killedAt(n: number, root: string, argv: readonly string[]): Killed {
  const log = join(folder, 'log')
  writeFileSync(log, '')
  const ended = spawnSync(process.execPath, ['--require', preload, MAIN, ...argv], {
    cwd: root,
    env: { ...process.env, QUANTLAB_ROOT: root, KILL_AT: String(n), KILL_LOG: log },
    encoding: 'utf8',
  })
  const killed = ended.signal === 'SIGKILL'
  return {
    killed,
    code: ended.status,
    stdout: ended.stdout,
    changes: killed ? n - 1 : Number(readFileSync(log, 'utf8')),
  }
}
