/** The data a run read, as its artifacts name it. */

import type { DatasetReference } from '../../contracts/types.ts'
import { isoInstant } from '../base/time.ts'
import { snapshotHash } from '../lake/content.ts'
import type { OpenedBars } from '../lake/open.ts'

/** Identity of the data set and of exactly the bars that were read. */
export function datasetReference({ bars, dataset }: OpenedBars): DatasetReference {
  return {
    dataset_id: dataset.dataset_id,
    content_hash: dataset.content_hash,
    snapshot_hash: snapshotHash(bars),
    bars: bars.ts.length,
    first_bar: isoInstant(bars.ts[0]),
    last_bar: isoInstant(bars.ts[bars.ts.length - 1]),
  }
}
