// The regime monitor as whole processes on generated panels: seconds, peak memory, and how both grow with the number of assets.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const DAYS = 1500
/** Alts of the generated panels; BTC, ETH, two stablecoins and two wrapped assets come on top. */
const ALTS = [294, 2694]

/** Prints one line a panel and the growth between them; `main` is the built program, `root` an empty directory. */
export function regimeRate({ main, root, env }) {
  const peak = join(root, 'peak')
  const probe = join(root, 'peak.mjs')
  writeFileSync(
    probe,
    `import { writeFileSync } from 'node:fs'
process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)))
`,
  )
  const call = argv => {
    const begun = process.hrtime.bigint()
    const options = { env, cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }
    const { status } = spawnSync(process.execPath, ['--import', pathToFileURL(probe).href, main, ...argv], options)
    if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`)
    return {
      seconds: Number(process.hrtime.bigint() - begun) / 1e9,
      mebibytes: Number(readFileSync(peak, 'utf8')) / 1024,
    }
  }
  console.log(`Regime monitor, ${DAYS} days, whole processes with all files and the dashboard, best of three`)
  const found = ALTS.map(alts => {
    const id = `panel-${alts}`
    const parameters = JSON.stringify({ days: DAYS, alts })
    const generate = ['dataset', 'generate', '--kind', 'panel', '--id', id, '--seed', '1', '--parameters', parameters]
    call(['--root', root, '--quiet', ...generate])
    const window = ['--start', '2022-01-01', '--end', '2026-02-08']
    const argv = ['--root', root, '--quiet', 'run', '--pipeline', 'majors_alts', '--dataset-id', id, '--mode', 'msm']
    const rounds = [0, 1, 2].map(() => call([...argv, ...window]))
    const best = {
      assets: alts + 6,
      seconds: Math.min(...rounds.map(({ seconds }) => seconds)),
      mebibytes: Math.max(...rounds.map(({ mebibytes }) => mebibytes)),
    }
    console.log(
      `  ${String(best.assets).padStart(5)} assets   ${best.seconds.toFixed(2).padStart(6)} s   ${best.mebibytes.toFixed(0).padStart(5)} MiB at most`,
    )
    return best
  })
  const [small, large] = found
  const growth = large.assets / small.assets
  console.log(
    `  ${growth.toFixed(1)} × the assets: ${(large.seconds / small.seconds).toFixed(1)} × the seconds, ${(large.mebibytes / small.mebibytes).toFixed(1)} × the memory; linear would be ${growth.toFixed(1)} ×`,
  )
}
