/** The data a run read, as its artifacts name it. */

import type { DatasetReference } from '../../../contracts/types.ts'
import { isoInstant } from '../../base/time.ts'
import { snapshotHash } from '../../lake/content.ts'
import type { OpenedBars } from '../../lake/open.ts'
import { type OpenedPanel, panelHash } from '../../lake/panel-open.ts'
import { DAY_MS } from '../../market/calendar.ts'

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

/** The same of a panel: its bars are its days. */
export function panelReference({ panel, dataset }: OpenedPanel): DatasetReference {
  return {
    dataset_id: dataset.dataset_id,
    content_hash: dataset.content_hash,
    snapshot_hash: panelHash(panel),
    bars: panel.days,
    first_bar: isoInstant(panel.firstDay * DAY_MS),
    last_bar: isoInstant((panel.firstDay + panel.days - 1) * DAY_MS),
  }
}
