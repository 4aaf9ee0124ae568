/** The life of a RunSet from end to end, as the guide tells it. */

import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { layout } from '../../src/base/layout.ts'
import { closeCache, queryCache } from '../../src/registry/cache.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { registerRun } from '../../src/registry/register.ts'
import { freezeRunSet, resolveRunSet, unfreezeRunSet } from '../../src/registry/resolve.ts'
import { getRunSet } from '../../src/registry/runsets.ts'
import { BASELINE, guideRegistry, guideRun } from './fixtures.ts'

it('creates, resolves, freezes, previews, rebuilds, unfreezes and freezes again', async () => {
  const { root, tick } = await guideRegistry()
  const id = BASELINE.runsetId
  expect(await createRunSet(root, BASELINE, tick())).toMatchObject({ created: true })
  expect(await createRunSet(root, BASELINE, tick())).toMatchObject({ created: false, changed: false })

  const first = await resolveRunSet(root, id, tick())
  expect(first.cached).toBe(false)
  expect(first.resolution.metadata).toMatchObject({ runCount: 47, artifactCount: 235, warnings: [] })
  const again = await resolveRunSet(root, id, tick())
  expect(again.cached).toBe(true)
  expect(JSON.stringify(again.resolution)).toBe(JSON.stringify(first.resolution))

  const frozen = await freezeRunSet(root, id, tick())
  expect(frozen.pin).toMatchObject({ pin: 1, active: true })
  for (let n = 47; n < 52; n++) await registerRun(root, guideRun(root, n), tick())
  const pinned = await resolveRunSet(root, id, tick())
  expect(pinned.resolution).toEqual(frozen.resolution)
  expect(pinned.mode).toBe('reproducible')

  const preview = await resolveRunSet(root, id, tick(), { force: true })
  expect(preview).toMatchObject({
    preview: true,
    resolution: { kind: 'preview' },
    diff: { runs: { removed: [], common: 47 } },
  })
  expect(preview.diff?.runs.added).toHaveLength(5)
  expect((await getRunSet(root, id)).resolution?.runIds).toHaveLength(47)

  closeCache(root)
  rmSync(layout.registryCache(root), { force: true })
  const { summary } = await rebuildCache(root, tick())
  expect(summary).toMatchObject({ runsets: 1, runs: 52, artifacts: 260, resolutions: 2, membership: 47, datasets: 1 })
  const joined = await queryCache(
    root,
    `SELECT run_id FROM registry.runs WHERE run_id IN
      (SELECT run_id FROM registry.runset_membership WHERE runset_id = 'brook_baseline_2025Q4') ORDER BY run_id`,
  )
  expect(joined?.columns['run_id']).toEqual(pinned.resolution.runIds)

  await unfreezeRunSet(root, id, tick())
  expect((await resolveRunSet(root, id, tick())).resolution.runIds).toHaveLength(52)
  const second = await freezeRunSet(root, id, tick())
  expect(second.pin).toMatchObject({ pin: 2 })
  expect((await getRunSet(root, `${id}@pin.1`)).resolution?.runIds).toHaveLength(47)
  expect((await getRunSet(root, `${id}@pin.2`)).resolution?.runIds).toHaveLength(52)
})
