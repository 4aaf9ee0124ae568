/** Several readers of one state at once count each fact once. */

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { factCatalog } from '../../src/registry/catalog.ts'
import { addRunEvents } from '../../src/registry/run-events.ts'
import { freshRoot, guideRegistry } from './fixtures.ts'

it('reads what came since together, with the hash and the events of who reads it alone', async () => {
  const { root: later, tick } = await guideRegistry(5)
  const root = freshRoot()
  cpSync(later, root, { recursive: true })
  for (const id of ['run-0000', 'run-0001'])
    for (const tag of ['a', 'b']) await addRunEvents(later, id, [{ event: 'tag_add', tag }], tick())
  await factCatalog(root)
  // As another process would have written them.
  cpSync(join(later, 'lake/registry'), join(root, 'lake/registry'), { recursive: true })
  const together = await Promise.all(Array.from({ length: 8 }, () => factCatalog(root)))
  const fresh = freshRoot()
  cpSync(root, fresh, { recursive: true })
  const alone = await factCatalog(fresh)
  for (const catalog of together) {
    expect(catalog.catalogHash).toBe(alone.catalogHash)
    expect((await catalog.records(['run-0000'])).get('run-0000')).toMatchObject({ events: 2, tags: ['a', 'b'] })
  }
})
