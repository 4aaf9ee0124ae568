/** Find the forward sessions below a portfolio root, and replace the portfolio's own files there. */

import { join } from 'node:path'
import { type CsvTable, parseCsv } from '../base/csv.ts'
import { GatewayError } from '../base/errors.ts'
import { isFolder, listFolder, readTextIfPresent, replaceFile } from '../base/files.ts'
import { EQUITY, isSession, readStateObject } from './forward-session.ts'
import type { JsonObject } from './run-reader.ts'

/** A directory with a state; `fault` says why it cannot be used, else state and equity curve are there. */
export type ScannedSession =
  | { path: string; state: JsonObject; equity: CsvTable; fault: null }
  | { path: string; fault: string }

/** The sessions directly below `root` in order of their names: a directory without a state is none. */
export function scanSessions(root: string): ScannedSession[] {
  return listFolder(root)
    .filter(name => isSession(join(root, name)))
    .map(path => scanned(join(root, path), path))
}

/** Replace files of a portfolio root, each as a whole, in the order given. */
export function replaceFiles(root: string, files: readonly (readonly [name: string, text: string])[]): void {
  for (const [name, text] of files) replaceFile(join(root, name), text)
}

/** A damaged session is left out and counted, so that it does not hide the others. */
function scanned(dir: string, path: string): ScannedSession {
  try {
    const text = isFolder(join(dir, EQUITY)) ? null : readTextIfPresent(join(dir, EQUITY))
    if (text === null || text.trim() === '') return { path, fault: `it has no ${EQUITY}` }
    return { path, state: readStateObject(dir), equity: parseCsv(text, join(dir, EQUITY)), fault: null }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { path, fault: error.message }
  }
}
