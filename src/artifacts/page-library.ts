/** The charting library's text, read from the build or from the installed package: the only door to it. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fail } from '../base/errors.ts'

const FILE = 'echarts.min.js'

/** JavaScript that defines `echarts` in a browser; with the license notice at its head. GENERAL_ERROR when the installation lacks it. */
export function chartLibrary(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  // Beside the bundle or one of its chunks; from the sources, in the installed package.
  for (const path of [join(here, 'assets', FILE), join(here, '..', 'assets', FILE), installedFile()]) {
    const text = path === null ? null : textIfThere(path)
    if (text !== null) return text
  }
  throw fail('GENERAL_ERROR', { message: `${FILE} is missing from the installation; install the package again.` })
}

function installedFile(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('echarts')), FILE)
  } catch {
    // Absent in an installation without development packages: there the build's copy is the one.
    return null
  }
}

function textIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
