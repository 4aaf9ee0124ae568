/** RunSets as JSON documents, in every spelling that the design shows. */

import { expect, it } from 'vitest'
import type { GatewayError } from '../../src/base/errors.ts'
import { specHash } from '../../src/registry/ids.ts'
import { normaliseSelection } from '../../src/registry/selection.ts'
import { specInput } from '../../src/registry/spec-input.ts'

const hash = (document: unknown) => specHash(normaliseSelection(specInput(document)))

// The vectors V4, V5 and V6 again, from documents.
const V4 = 'a332f3fd0bc61f3bd16a126b320058839a78ee2f16a2eab16475c7e03b922719'

it.each([
  {
    select: {
      where: {
        datasetId: 'ohlcv_v2_2025Q4',
        universe: { callers: ['whale_watcher'] },
        timeBounds: { from: '2025-10-01', to: '2025-12-31' },
      },
    },
  },
  { runs_where: { dataset_id: 'ohlcv_v2_2025Q4', caller: ['whale_watcher'], from: '2025-10-01', to: '2025-12-31' } },
  {
    runsetId: 'x',
    tags: ['label'],
    dataset: 'ohlcv_v2_2025Q4',
    caller: 'whale_watcher',
    time_bounds: { from: '2025-10-01', to: '2025-12-31' },
  },
  {
    datasetId: 'ohlcv_v2_2025Q4',
    universe: { callers: ['whale_watcher'] },
    timeBounds: { from: '2025-10-01', to: '2025-12-31' },
    frozen: true,
    specHash: 'x',
  },
])('where, spelled %#', document => {
  expect(hash(document)).toBe(V4)
})

it('ids and tags', () => {
  const ids = ['run-123', 'run-456', 'run-789']
  for (const document of [{ run_ids: ids }, { select: { ids } }, { runIds: ids }]) {
    expect(hash(document)).toBe('5cadb297bb9226da89c0644b5c9405364166f04397f63be300f6113829221a09')
  }
  expect(hash({ select: { tags: ['baseline', 'paper_fig_2'] } })).toBe(
    '3d70f2c6e22701d477cf77b8fb6d4b6e7db3faa731ef4325ed3efec0b611cc15',
  )
})

it('an unknown key or a wrong type is a fault, all at once (RS-05)', () => {
  try {
    specInput({
      datasett: 'd',
      where: { caler: ['x'], universe: { callers: 5 } },
      strategy: { paramConstraints: { a: { minimum: 1 } } },
      ['__proto__x']: 1,
      select: [],
    })
    expect.unreachable()
  } catch (error) {
    expect((error as GatewayError).message.split('\n')).toEqual([
      'datasett: is unknown; did you mean dataset?',
      'where.caler: is unknown; did you mean caller?',
      'where.universe.callers: is not a list of texts',
      'strategy.paramConstraints: is not an object of {min?, max?, eq?} by parameter path',
      '__proto__x: is unknown',
      'select: is not an object',
    ])
  }
})
