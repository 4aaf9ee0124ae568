/** RS-11 across versions of the resolver: what was pinned by an older one is read, never computed anew. */

import { afterAll, expect, it, vi } from 'vitest'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { freezeRunSet, resolveRunSet } from '../../src/registry/resolve.ts'
import { BASELINE, guideRegistry } from './fixtures.ts'

afterAll(() => {
  vi.doUnmock('../../src/registry/ids.ts')
  vi.resetModules()
})

it('RS-11: a pin is the same bytes under a newer resolver; status says so, and only exploration is answered anew', async () => {
  const { root, tick } = await guideRegistry(2)
  const id = BASELINE.runsetId
  await createRunSet(root, BASELINE, tick())
  await freezeRunSet(root, id, tick())
  const pinned = JSON.stringify((await resolveRunSet(root, id, tick())).resolution)
  expect(pinned).toContain('"resolverVersion":"1.0.0"')
  vi.resetModules()
  vi.doMock('../../src/registry/ids.ts', async original => ({
    ...(await original<typeof import('../../src/registry/ids.ts')>()),
    RESOLVER_VERSION: '2.0.0',
  }))
  const newer = await import('../../src/registry/resolve.ts')
  const { runsetStatus } = await import('../../src/registry/status.ts')
  const { verifyRunSet } = await import('../../src/registry/inspect.ts')
  expect(JSON.stringify((await newer.resolveRunSet(root, id, tick())).resolution)).toBe(pinned)
  expect((await verifyRunSet(root, id)).intact).toBe(true)
  const { causes } = await runsetStatus(root, id, tick())
  expect(causes.map(({ cause }) => cause)).toEqual(['newer_resolver'])
  await newer.unfreezeRunSet(root, id, tick())
  const { resolution, cached } = await newer.resolveRunSet(root, id, tick())
  expect([cached, resolution.resolverVersion]).toEqual([false, '2.0.0'])
  expect(resolution.runIds).toEqual(JSON.parse(pinned).runIds)
  expect(resolution.resolutionId).not.toBe(JSON.parse(pinned).resolutionId)
})
