/** Directories of the attempts of experiments. */

import { join } from 'node:path'
import type { ExperimentReport } from '../../contracts/types.ts'
import { listFolder, readTextIfPresent } from '../base/files.ts'
import { layout } from '../base/layout.ts'

const TYPE = 'quantlab.experiment.report' satisfies ExperimentReport['artifact_type']

/** The newest published attempt of an experiment; null where there is none of this name. */
export function newestAttempt(root: string, id: string): string | null {
  const numbers = listFolder(join(layout.experiments(root), id)).flatMap(name => {
    const number = Number(/^attempt-(\d+)$/.exec(name)?.[1] ?? Number.NaN)
    return Number.isNaN(number) || !isAttempt(layout.experimentAttempt(root, id, number)) ? [] : [number]
  })
  return numbers.length === 0 ? null : layout.experimentAttempt(root, id, Math.max(...numbers))
}

/** True for the directory of an attempt. */
export function isAttempt(path: string): boolean {
  const text = readTextIfPresent(join(path, 'report.json'))
  if (text === null) return false
  try {
    return (JSON.parse(text) as Partial<ExperimentReport> | null)?.artifact_type === TYPE
  } catch {
    return false
  }
}
