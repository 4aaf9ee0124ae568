// A minute of processes at one registry at once: how many requests of each kind were answered, and how; anything wrong ends it with an error.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { runTypeScript } from './run-typescript.mjs'

const SECONDS = Number(process.env.QUANTLAB_BENCH_SECONDS ?? 60)

export async function raceRate({ main, root: parent }) {
  const root = join(parent, 'race')
  mkdirSync(root, { recursive: true })
  const { race } = await runTypeScript('test/registry/race.ts')
  const { counts, faults } = await race({ main, root, processes: 3, requests: Infinity, time: SECONDS * 1000 })
  console.log(`Three sessions at one registry for ${SECONDS} s`)
  for (const [verb, row] of Object.entries(counts).sort())
    console.log(
      `  ${verb.padEnd(10)} ${Object.entries(row)
        .map(([code, count]) => `${count} ${code}`)
        .join(', ')}`,
    )
  console.log(`  faults     ${faults.length}`)
  if (faults.length > 0) throw new Error(faults.slice(0, 20).join('\n'))
}
