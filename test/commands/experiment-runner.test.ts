/** Sessions that run variations: replaced when others end them, closed when one cannot be opened. */

import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Context, Session } from '../../src/commands/command.ts'
import { runnerFor } from '../../src/commands/experiment/runner.ts'

const ABORTED = { status: 'error', error: { code: 'ABORTED', message: 'Aborted by user', details: [] } }
const DONE = { status: 'success', run_id: 'r', artifacts_path: '/r', summary: {} }
const MANY = 1000

/** A context whose sessions give these answers in turn, one list a session; `null` is a process that ended. */
function contextOf(answers: (object | null | Error)[][], abort = new AbortController().signal) {
  const closed: number[] = []
  let opened = 0
  const openSession = async (): Promise<Session> => {
    const number = opened++
    const own = answers[number] ?? []
    if (own[0] instanceof Error) throw own[0]
    return {
      ask: async () => (own.length === 0 ? DONE : (own.shift() as Record<string, unknown> | null)),
      close: async () => {
        closed.push(number)
      },
    }
  }
  return { context: { openSession, abort } as unknown as Context, closed, opened: () => opened }
}

describe.runIf(availableParallelism() > 1)('sessions', () => {
  it.each([
    ['ends without an answer', null],
    ['is told to end by others', ABORTED],
  ])('one that %s is replaced, and the request asked once more', async (_, answer) => {
    const { context, opened } = contextOf([[answer], [answer]])
    const { runner, sessions } = await runnerFor(MANY, 2, context)
    expect(sessions).toBe(2)
    expect(await runner.run('k', {})).toMatchObject({ status: 'completed', run_id: 'r' })
    expect(opened()).toBe(3)
  })

  it('a request that ends two of them fails as itself', async () => {
    const { context } = contextOf([[null], [null], [null], [null]])
    const { runner } = await runnerFor(MANY, 2, context)
    expect(await runner.run('k', {})).toMatchObject({ status: 'failed', code: 'GENERAL_ERROR' })
  })

  it('ends where this process is told to end', async () => {
    const abort = new AbortController()
    const { context } = contextOf([[ABORTED], [ABORTED]], abort.signal)
    const { runner } = await runnerFor(MANY, 2, context)
    abort.abort(130)
    await expect(runner.run('k', {})).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it('are closed where the next one cannot be opened', async () => {
    const { context, closed } = contextOf([[], [new Error('EMFILE')]])
    await expect(runnerFor(MANY, 2, context)).rejects.toThrow('EMFILE')
    expect(closed).toEqual([0])
  })
})
