/** What tells a run on alerts from a run on one instrument. */

import type { RunFiles } from '../../artifacts/run-reader.ts'

/** True where a stored run is one on alerts. */
export function isAlertRun({ config }: Pick<RunFiles, 'config'>): boolean {
  return config !== null && 'alerts_dataset_id' in config
}
