/** Whether an attempt of an experiment is as it was written. */

import { join } from 'node:path'
import type { ExperimentReport } from '../../../contracts/types.ts'
import { canonicalJson } from '../../base/canonical.ts'
import type { ErrorDetail } from '../../base/errors.ts'
import { readTextIfPresent } from '../../base/files.ts'
import { validate } from '../../base/schema.ts'
import { fileFaults, jsonOf, refuseFaults, type VerifiedRun } from '../artifact/faults.ts'
import { resultsHash, statisticsOf } from './results.ts'

/**
 * Compare every file with its hash, hold the report to its schema, and form counts, statistics and results hash anew from its rows.
 * INTEGRITY_ERROR naming each file or figure that differs. The runs are verified by their own ids.
 */
export async function verifyAttempt(path: string): Promise<VerifiedRun> {
  const report = jsonOf(readTextIfPresent(join(path, 'report.json')) ?? '') as ExperimentReport
  const invalid = await validate('artifacts/experiment-report', report, 'report.json#')
  refuseFaults(path, invalid.length > 0 ? invalid : fileFaults(path, report.artifacts))
  const { results, summary, statistics, results_hash } = report
  const details: ErrorDetail[] = []
  const compare = (field: string, found: unknown, expected: unknown) => {
    if (canonicalJson(found) !== canonicalJson(expected))
      details.push({ pointer: `report.json#/${field}`, message: `is ${canonicalJson(found)}`, expected })
  }
  const count = (status: string) => results.filter(row => row.status === status).length
  compare('summary/variations', summary.variations, results.length)
  compare('summary/successful', summary.successful, count('completed'))
  compare('summary/failed', summary.failed, count('failed'))
  compare('summary/skipped', summary.skipped, count('skipped'))
  compare('statistics', statistics, statisticsOf(results))
  compare('results_hash', results_hash, resultsHash(results))
  refuseFaults(path, details)
  return { files: report.artifacts.length, checks: ['files', 'report', 'statistics', 'results_hash'] }
}
