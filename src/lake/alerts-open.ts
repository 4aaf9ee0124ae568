/** Open a dataset of alerts: its one table, checked against its hash, as columns. */

import { fail } from '../base/errors.ts'
import { readParquet } from '../base/parquet.ts'
import { ALERT_NUMBERS, ALERT_TEXTS, type AlertColumns } from './alerts-source.ts'
import { mustFindManifest } from './manifest.ts'
import { holdsTables, tableBytes } from './tables.ts'

export interface OpenedAlerts {
  /** In order of time, then of id. */
  columns: AlertColumns
  dataset: {
    dataset_id: string
    content_hash: string
    family: string | null
    /** First and last alert. */
    from: string
    to: string
  }
}

/**
 * The alerts of a dataset. NOT_FOUND for an unknown id, DATASET_NOT_MATERIALISED, DATA_ERROR for a dataset of another kind,
 * INTEGRITY_ERROR for a file that is not as registered.
 */
export async function openAlerts(root: string, id: string): Promise<OpenedAlerts> {
  const manifest = mustFindManifest(root, id)
  if (!manifest.materialised) throw fail('DATASET_NOT_MATERIALISED', { dataset_id: id })
  if (manifest.kind !== 'alerts' || !holdsTables(manifest)) {
    const message = `Dataset ${id} is of kind ${manifest.kind}; alerts are needed`
    throw fail('DATA_ERROR', { message }, { hint: 'quantlab dataset list --kind alerts shows those there are.' })
  }
  const [entry] = manifest.tables
  const { columns } = await readParquet(tableBytes(root, manifest, entry), entry.columns)
  const present = <Name extends string>(names: readonly Name[]) => names.filter(name => Object.hasOwn(columns, name))
  return {
    columns: {
      ts: columns['ts'] as Float64Array,
      texts: Object.fromEntries(present(ALERT_TEXTS).map(name => [name, columns[name] as readonly (string | null)[]])),
      numbers: Object.fromEntries(present(ALERT_NUMBERS).map(name => [name, columns[name] as Float64Array])),
      lines: null,
    },
    dataset: {
      dataset_id: id,
      content_hash: manifest.content_hash as string,
      family: manifest.family,
      from: entry.from as string,
      to: entry.to as string,
    },
  }
}
