/** What the lab's database is made of: RunSets with the answers that are read, and the files of their artifacts. */

import { readFileSync } from 'node:fs'
import { storing } from '../base/files.ts'
import type { Pin, ResolvedArtifact, RunSetResolution, RunSetSpec } from './types.ts'

/** A RunSet as the lab reads it. */
export interface LabRunSet {
  /** `<id>@pin.<n>` where a pin is read, else as the caller wrote it. */
  reference: string
  spec: RunSetSpec
  resolution: RunSetResolution
  /** The pin that is read; absent in exploration. */
  pin?: Pin
}

export interface LabOptions {
  /** Kinds of artifacts to load; left out, all that hold tables. */
  kinds?: readonly string[]
  /** False: artifacts are not held to their registered content. */
  verify: boolean
}

/** An artifact with the path and size under which it was found. */
export interface LabFile {
  artifact: ResolvedArtifact
  path: string
  stamp: string
}

/** Text of an artifact. */
export function textOf({ path }: LabFile): string {
  return storing(path, () => readFileSync(path, 'utf8'))
}
