/** The state of the whole registry as one hash: whether a cache is still current. */

import { join } from 'node:path'
import { hashOf } from '../base/canonical.ts'
import { listFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { factCatalogHash, tableState } from './catalog-hash.ts'
import { isFact, runsetFolders } from './facts.ts'
import { tablesHash } from './ids.ts'

/**
 * Hash of every fact: rows and sums of the listed tables, which compaction does not change, and the names of the others, which are
 * written once and hold one thing each.
 */
export function registryHash(root: string): string {
  const registry = layout.registry(root)
  const names: string[] = listFolder(join(registry, 'aliases')).filter(isFact)
  for (const id of runsetFolders(root)) {
    for (const folder of ['runsets_events', 'runsets_spec', 'runsets_resolution']) {
      for (const name of listFolder(join(registry, folder, `runset_id=${id}`)).filter(isFact))
        names.push(`${folder}/${id}/${name}`)
    }
  }
  const experiments = tableState(root, 'experiments')
  return hashOf({
    _t: 'registry.state',
    v: 1,
    catalog: factCatalogHash(root),
    experiments: tablesHash({ experiments }),
    names,
  })
}
