#!/usr/bin/env node
/** Process shell: argv to the gateway on this process; the version needs nothing else. */

import { VERSION } from './src/base/version.ts'

const argv = process.argv.slice(2)
if (argv.includes('--version')) {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exitCode = error.code === 'EPIPE' ? 141 : 8
  })
  process.stdout.write(`${VERSION}\n`)
} else void import('./src/gateway/process.ts').then(({ attach }) => attach(argv, import.meta.filename))
