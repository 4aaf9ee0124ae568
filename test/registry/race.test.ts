/** Processes that freeze, register, merge, collect, rebuild and resolve at once: nothing is lost, nothing wrong is answered, refusals are clean. */

import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { emptyFolder } from '../harness.ts'
import { race } from './race.ts'

it.each([
  [2, 90],
  [4, 40],
])(
  '%i sessions with %i requests each',
  async (processes, requests) => {
    const { counts, faults } = await race({
      main: resolve('dist/main.js'),
      root: emptyFolder(),
      processes,
      requests,
      seed: processes,
    })
    expect(faults).toEqual([])
    // All of it happened, and some of it was contended.
    for (const verb of ['register', 'resolve', 'freeze', 'rebuild']) expect(counts[verb]['success']).toBeGreaterThan(0)
    const refused = Object.values(counts).flatMap(row => Object.entries(row).filter(([code]) => code !== 'success'))
    expect(refused.length).toBeGreaterThan(0)
  },
  120_000,
)
