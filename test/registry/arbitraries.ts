/** Random runs, what happens to them, and selections over them. */

import fc from 'fast-check'
import { type RunInput, registerRun, registerRuns } from '../../src/registry/register.ts'
import { addRunEvents } from '../../src/registry/run-events.ts'
import type { SelectionInput } from '../../src/registry/types.ts'

const hash = (char: string) => char.repeat(64)

export const pick = <T>(...values: T[]) => fc.constantFrom(...values)
export const runs = fc.uniqueArray(
  fc.record(
    {
      runId: fc.stringMatching(/^[a-d][0-9]{1,2}$/),
      datasetIds: fc.subarray(['d1', 'd2', 'd3'], { minLength: 1 }),
      strategyFamily: pick('sma', 'sma_cross', "o'hara_1", 'rsi'),
      strategyParams: fc.record(
        { n: pick<unknown>(1, 2.5, 1e-7, '1', null), m: fc.record({ k: pick(1, 2) }) },
        { requiredKeys: [] },
      ),
      engineVersion: pick('1.0.0', '2.0.0'),
      seed: pick(0, 1),
      status: pick('completed' as const, 'failed' as const, 'pending' as const),
      window: pick(
        { from: '2025-10-01', to: '2025-11-01' },
        { from: '2025-11-01', to: '2026-01-01' },
        { from: '2024-01-01', to: '2026-01-01' },
      ),
      universe: fc.record({ callers: fc.subarray(['x', 'y']), minMarketCap: pick(10, 20) }, { requiredKeys: [] }),
      tags: fc.subarray(['t', 'u']),
      artifacts: fc.subarray([...'123'].map(char => ({ kind: `k${char}`, uri: `u${char}`, contentHash: hash(char) }))),
    },
    { requiredKeys: ['runId', 'datasetIds', 'strategyFamily', 'engineVersion'] },
  ),
  { selector: run => run.runId, maxLength: 14 },
)
export const events = fc.array(
  fc.tuple(
    fc.nat(30),
    pick(
      { event: 'tombstone' as const },
      { event: 'restore' as const },
      { event: 'tag_add' as const, tag: 't' },
      { event: 'tag_remove' as const, tag: 'u' },
      { event: 'status' as const, status: 'completed' as const },
    ),
  ),
  { maxLength: 8 },
)
export const selection: fc.Arbitrary<SelectionInput> = fc.oneof(
  fc.record(
    {
      datasetId: pick('d1', 'd2', 'd9'),
      timeBounds: pick<SelectionInput['timeBounds']>(
        { from: '2025-10-01', to: '2025-12-31' },
        { from: '2025-10-15', to: '2025-12-31', match: 'overlap' },
        { from: '2026-01-29', to: '2026-01-30', match: 'executed' },
      ) as fc.Arbitrary<NonNullable<SelectionInput['timeBounds']>>,
      universe: pick({ callers: ['x'] }, { callers: ['x', 'y'] }, { minMarketCap: 15 }),
      strategy: pick<NonNullable<SelectionInput['strategy']>>(
        { strategyFamily: 'sma' },
        { strategyFamily: "o'hara" },
        { engineVersion: '2.0.0' },
        { paramConstraints: { n: { eq: 1e-7 } } },
        { paramConstraints: { n: { min: 2 }, 'm.k': { eq: 1 } } },
      ),
      runTags: pick(['t'], ['t', 'u']),
      statuses: pick(['completed'], ['failed', 'completed']),
    },
    { requiredKeys: ['datasetId', 'timeBounds'] },
  ),
  fc.record({ runTags: pick(['t'], ['u']), statuses: pick(['completed'], ['pending', 'failed']) }),
)

/** Register runs, some in one file and some in files of their own, then let events happen to them. */
export async function record(
  root: string,
  inputs: RunInput[],
  changes: readonly (readonly [number, Parameters<typeof addRunEvents>[2][number]])[],
  tick: () => { now: number },
) {
  await registerRuns(root, inputs.slice(0, 4), tick())
  for (const input of inputs.slice(4)) await registerRun(root, input, tick())
  for (const [index, event] of changes) {
    const run = inputs[index % Math.max(1, inputs.length)]
    if (run === undefined) continue
    await addRunEvents(root, run.runId as string, [event], tick()).catch(error => {
      if ((error as { code?: string }).code !== 'RUN_STATUS') throw error
    })
  }
}
