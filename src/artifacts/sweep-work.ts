/**
 * A sweep while it is computed, so that it can be continued after a crash:
 *
 *   outputs/.staging/<run_id>/owner.json      who computes it
 *   outputs/.staging/<run_id>/resume.json     what it computes: marks the directory as one to keep
 *   outputs/.staging/<run_id>/journal.bin     results of finished chunks
 *   outputs/.staging/<run_id>/content/        its files, written at the end and then renamed to their place
 */

import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail } from '../base/errors.ts'
import { isFolder, listFolder, readTextIfPresent, replaceFile, storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { adoptStaging, deadStaging, removeStaging } from '../base/staging.ts'
import { isoInstant } from '../base/time.ts'
import { ArtifactDir, claimRun } from './artifact-dir.ts'
import { SweepJournal } from './sweep-journal.ts'

/** resume.json: all that computing the sweep again needs. */
export interface SweepPlanRecord {
  run_id: string
  mode: string
  started_at: string
  /** Absolute directory that receives the run directory. */
  places: string
  /** The resolved configuration, its data sets pinned; and the keys that were given, in their order. */
  config: Record<string, unknown>
  given: Record<string, unknown>
  config_path: string
  /** Hash of everything that decides the results. */
  plan_hash: string
  engine_version: string
  trials: number
  max_trials: number
  report: boolean
  reproduce: string
  /** Tags and declared universe, for the manifest. */
  labels?: object
}

/** A sweep that this process computes. */
export interface SweepWork {
  record: SweepPlanRecord
  directory: ArtifactDir
  journal: SweepJournal
}

const RECORD = 'resume.json'
const JOURNAL = 'journal.bin'

/** Claim a run id and write down what will be computed under it. */
export function beginWork(
  root: string,
  startedMs: number,
  configHash: string,
  plan: Omit<SweepPlanRecord, 'run_id' | 'started_at'>,
  elapsed: () => number,
): SweepWork {
  const directory = claimRun(root, startedMs, plan.mode, configHash, plan.places)
  const record = { run_id: directory.runId, started_at: isoInstant(startedMs), ...plan }
  const folder = dirname(directory.stagingPath)
  replaceFile(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`)
  return { record, directory, journal: new SweepJournal(join(folder, JOURNAL), elapsed) }
}

/** Take over what a dead process left; null where there is nothing, or another process has it. Half-written files are removed. */
export function continueWork(root: string, runId: string, elapsed: () => number): SweepWork | null {
  const record = interruptedWork(root, runId)
  if (record === null) return null
  const content = adoptStaging(layout.staging(root), runId)
  if (content === null) return null
  storing(content, () => {
    for (const name of listFolder(content)) rmSync(join(content, name), { recursive: true, force: true })
  })
  const journal = new SweepJournal(join(dirname(content), JOURNAL), elapsed)
  return { record, directory: new ArtifactDir(runId, content, join(record.places, runId)), journal }
}

/** What a sweep in staging is to compute; null where there is none of that id. INTEGRITY_ERROR for a record that cannot be read. */
export function interruptedWork(root: string, runId: string): SweepPlanRecord | null {
  const path = join(layout.staging(root), runId, RECORD)
  const text = readTextIfPresent(path)
  if (text === null) return null
  try {
    const record = JSON.parse(text) as SweepPlanRecord
    if (record.run_id === runId && typeof record.plan_hash === 'string') return record
  } catch {
    // Said below.
  }
  throw fail(
    'INTEGRITY_ERROR',
    { message: `${path} is no record of a sweep.` },
    { hint: 'Start the sweep anew; `quantlab runs repair` removes this one.' },
  )
}

/** Ids of the sweeps that wait to be continued. */
export function interruptedSweeps(root: string): string[] {
  const folder = layout.staging(root)
  return deadStaging(folder).filter(name => listFolder(join(folder, name)).includes(RECORD))
}

/** True while a sweep of that id is in staging, whoever computes it. */
export function isInStaging(root: string, runId: string): boolean {
  return isFolder(join(layout.staging(root), runId))
}

/** Remove an interrupted sweep; false where it has been continued meanwhile. */
export function removeWork(root: string, runId: string): boolean {
  return removeStaging(layout.staging(root), runId)
}
