/** Processes that run a piece of the source at once: a module text, bundled once, started with arguments, heard to its end. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

export interface Worker {
  child: ChildProcess
  /** What it printed, once it has ended. */
  done: Promise<string>
}

/** Bundle a module; its imports name files below `src/` by absolute path (`resolve('src/…')`). The starter of its processes. */
export async function workersOf(source: string): Promise<(...args: string[]) => Worker> {
  const folder = mkdtempSync(join(tmpdir(), 'quantlab-workers-'))
  writeFileSync(join(folder, 'worker.ts'), source)
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const outfile = join(folder, 'worker.mjs')
  await build({
    entryPoints: [join(folder, 'worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@duckdb/node-api'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    logLevel: 'error',
  })
  return (...args) => {
    const child = spawn(process.execPath, [outfile, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout?.on('data', chunk => {
      text += chunk
    })
    return { child, done: new Promise(ended => child.on('close', () => ended(text.trim()))) }
  }
}
