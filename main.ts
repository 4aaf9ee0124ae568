#!/usr/bin/env node
/** Process shell: argv, streams and clock to the gateway, its exit code back. */

import { fileURLToPath } from 'node:url'
import { VERSION } from './src/base/version.ts'

const argv = process.argv.slice(2)
if (argv.includes('--version')) process.stdout.write(`${VERSION}\n`)
else {
  const { attach } = await import('./src/gateway/process.ts')
  await attach(argv, fileURLToPath(import.meta.url))
}
