/** The four workflows of the published guide as one shell script, from registered runs to a citation. */

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CALLERS, guideRootWithData, guideStrategy, MAIN, quantlab, registerRuns } from './quantlab.ts'

/** Every step is announced by a line `== name`; the script ends at the first call that fails. */
const SCRIPT = `set -euo pipefail
quantbot() { "$NODE" "$MAIN" "$@"; }
created() { sed -n 's/^Experiment created: //p'; }
Q4="--dataset ohlcv_v2_2025Q4 --from 2025-10-01 --to 2025-12-31"

echo "== exploratory"
quantbot runset create --id momentum_test --name "Momentum Test" $Q4 --caller whale_watcher --auto-resolve
one=$(quantbot research experiments create --name momentum-test-1 --runset momentum_test --from 2025-10-01 --to 2025-12-31 | created)
quantbot research experiments execute $one
quantbot run register --from-jsonl more.jsonl
quantbot runset resolve momentum_test --force
two=$(quantbot research experiments create --name momentum-test-2 --runset momentum_test --from 2025-10-01 --to 2025-12-31 | created)
quantbot research experiments execute $two
quantbot experiment compare $one $two

echo "== reproducible"
quantbot runset create --id brook_baseline_2025Q4 --name "Brook Baseline Q4 2025" $Q4 --caller whale_watcher --tags baseline,q4 --auto-resolve
quantbot runset get brook_baseline_2025Q4
quantbot runset freeze brook_baseline_2025Q4
paper=$(quantbot research experiments create --name momentum-paper-fig-2 --runset brook_baseline_2025Q4 --require-frozen --from 2025-10-01 --to 2025-12-31 | created)
quantbot research experiments execute $paper
quantbot runset resolve brook_baseline_2025Q4
quantbot research experiments execute $paper --rerun

echo "== callers"
for caller in whale_watcher smart_money degen_trader; do
  quantbot runset create --id baseline_\${caller} --name "Baseline \${caller}" $Q4 --caller $caller --tags baseline,q4 --auto-resolve
  quantbot research experiments create --name momentum-\${caller} --runset baseline_\${caller} --from 2025-10-01 --to 2025-12-31
done
quantbot research experiments list --status pending --format csv | tail -n +2 | cut -d, -f1 | xargs -I {} "$NODE" "$MAIN" research experiments execute {}
quantbot research experiments list --status completed --format table

echo "== months"
months=""
for span in 10-01:10-31 11-01:11-30 12-01:12-31; do
  month=\${span%%-*}
  quantbot runset create --id baseline_2025_$month --name "Baseline 2025-$month" --dataset ohlcv_v2_2025Q4 --from 2025-\${span%%:*} --to 2025-\${span##*:} --tags baseline,monthly --auto-resolve
  id=$(quantbot research experiments create --name momentum-2025-$month --runset baseline_2025_$month --strategies MultiTrade_20pctTrail --params '{"strategy_params.max_trades":[1,2]}' | created)
  quantbot research experiments execute $id --report
  months="$months $id"
done
quantbot experiment compare $months

echo "== paper"
quantbot runset create months --run-tags "$id" --auto-resolve
quantbot runset freeze months
quantbot lab report months --template performance_summary
quantbot runset cite months
quantbot registry check
`

it('explores, reproduces, compares callers, follows the months, and ends with a citation that verifies', () => {
  const root = guideRootWithData()
  for (const [k, caller] of CALLERS.slice(1).entries())
    registerRuns(root, 100 + 3 * k, 103 + 3 * k, n => ({ ...guideStrategy(n), callers: [caller] }))
  const later = { ...guideStrategy(3), strategy_family: 'MultiTrade_20pctTrail', params: { max_trades: 9 } }
  const line = { id: 'run-later', engine_version: '1.0.0', callers: ['whale_watcher'], ...later }
  writeFileSync(join(root, 'more.jsonl'), `${JSON.stringify(line)}\n`)
  writeFileSync(join(root, 'workflows.sh'), SCRIPT)
  const { status, stdout, stderr } = spawnSync('bash', ['workflows.sh'], {
    cwd: root,
    env: { ...process.env, QUANTLAB_ROOT: root, NODE: process.execPath, MAIN },
    encoding: 'utf8',
  })
  expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
  const steps = Object.fromEntries(
    stdout
      .split(/^== /m)
      .slice(1)
      .map(text => [text.split('\n')[0], text]),
  )

  const { exploratory, reproducible, callers, months, paper } = steps
  expect(exploratory.match(/^Results: (.*)$/gm)).toEqual([
    'Results: 3 of 3 variations completed',
    expect.stringMatching(/^Results: (\d+) of \1 variations completed$/),
  ])
  expect(exploratory).toMatch(/^# momentum-test-1 · momentum-test-2$/m)
  // What both ran is the same in both.
  expect(exploratory).toMatch(/\| total_return +\| +3 \| +0 +\|/)

  expect(reproducible).toMatch(/^RunSet frozen: brook_baseline_2025Q4 \((\d+) runs/m)
  const counts = [...reproducible.matchAll(/\((\d+) runs, resolution_hash|^Resolved: (\d+) runs/gm)]
  expect(new Set(counts.map(match => match[1] ?? match[2])).size).toBe(1)
  expect(reproducible.match(/^Mode: reproducible$/gm)?.length).toBeGreaterThanOrEqual(3)
  const hashes = [...reproducible.matchAll(/Results hash: ([0-9a-f]{64})/g)].map(match => match[1])
  expect([hashes.length, new Set(hashes).size]).toEqual([2, 1])

  for (const caller of CALLERS) expect(callers).toMatch(new RegExp(`momentum-${caller} +completed +exploratory`))
  expect(new Set([...callers.matchAll(/Results hash: (\w+)/g)].map(match => match[1])).size).toBe(3)

  expect(months.match(/^Results: 2 of 2 variations completed$/gm)).toHaveLength(3)
  expect(months).toContain('# momentum-2025-10 · momentum-2025-11 · momentum-2025-12')
  expect(months).toContain('They share no variation.')

  expect(paper).toMatch(/^RunSet frozen: months \(2 runs, /m)
  expect(paper).toMatch(/^\| total_return /m)
  const cited =
    /^months · spec [0-9a-f]{8} · pin 1 · runs [0-9a-f]{8} \(2\) · artifacts [0-9a-f]{8} · \d{4}-\d\d-\d\d\nquantlab (.*)$/m
  const check = cited.exec(paper)?.[1] ?? ''
  expect(check).toMatch(/^runset verify months@pin\.1 --expect-hash [0-9a-f]{8}$/)
  expect(quantlab(root, check.split(' ')).code).toBe(0)
}, 180_000)
