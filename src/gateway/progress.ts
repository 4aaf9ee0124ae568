/** A progress bar for a person at a terminal; silent everywhere else. */

import type { ProgressEvent } from '../commands/command.ts'

/** Shows at most ten times a second, and the last state always. */
export function progressBar(
  streamOf: () => NodeJS.WriteStream,
  quiet: boolean,
  elapsed: () => number,
): (event: ProgressEvent) => void {
  if (quiet) return () => {}
  let shown = Number.NEGATIVE_INFINITY
  return ({ done, total }) => {
    const stream = streamOf()
    if (!stream.isTTY) return
    if (done < total && elapsed() - shown < 100) return
    shown = elapsed()
    const width = 30
    const filled = total > 0 ? Math.round((width * done) / total) : 0
    stream.write(`\r${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}${done >= total ? '\n' : ''}`)
  }
}
