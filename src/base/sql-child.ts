/**
 * The process in which foreign SQL runs: opens one database locked, runs the statements it is sent, answers once and ends. What
 * goes wrong in here, up to a crash, is an answer to the parent, which also ends this process when its time is over.
 */

import { openLocked, RefusedStatement, type SelectAnswer } from './duckdb.ts'
import type { SandboxTask, SandboxVerdict } from './sql-sandbox.ts'

/** Node itself, the rows on their way to the parent, and what DuckDB allocates beside its own account. */
const BESIDE_BYTES = 384 * 1024 * 1024
const LOOK_MS = 20

process.once('message', (task: SandboxTask) => {
  const most = task.memory + BESIDE_BYTES
  setInterval(() => {
    if (process.memoryUsage.rss() > most) answer({ kind: 'memory', message: 'the memory limit is exceeded' })
  }, LOOK_MS)
  void verdictOf(task).then(answer)
})

// Without its parent nobody waits for the answer.
process.once('disconnect', end)

async function verdictOf(task: SandboxTask): Promise<SandboxVerdict> {
  const answers: SelectAnswer[] = []
  const opened = await openLocked(task.path, task.memory).catch((error: Error) => error)
  if (opened instanceof Error) return { kind: 'broken', message: opened.message }
  for (const query of task.queries) {
    try {
      answers.push(await opened.select(query, { rows: task.rows, bytes: task.bytes }))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (/^Out of Memory Error/.test(message)) return { kind: 'memory', message }
      return { kind: error instanceof RefusedStatement ? 'refused' : 'failed', name: query.name, message }
    }
  }
  return { kind: 'done', answers }
}

function answer(verdict: SandboxVerdict): void {
  process.send?.(verdict, end)
}

/** A query may still be running in another thread: an orderly exit would wait for it, or trip over it. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}
