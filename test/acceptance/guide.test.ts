/** The published guide, block by block: each of its shell blocks runs as it is printed, over the registry that it speaks of. */

import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyFolder } from '../harness.ts'
import { noteAbsent, sharedRoot } from '../reference.ts'
import {
  asked,
  CALLERS,
  callsAndCandles,
  DATASET,
  guideRootWithData,
  guideStrategy,
  MAIN,
  quantlab,
  registerRuns,
  registerText,
} from './quantlab.ts'

const GUIDE = join(sharedRoot, 'spec/founding/000-runset-cli-guide.md')
const published = existsSync(GUIDE)
if (!published) noteAbsent('the guide line by line')

interface Block {
  line: number
  text: string
}

/** Shell blocks with a call in them and no placeholder to be filled in. */
function blocksOf(guide: string): Block[] {
  return [...guide.matchAll(/^```bash\n([\s\S]*?)^```/gm)]
    .map(match => ({ line: guide.slice(0, match.index).split('\n').length, text: match[1] }))
    .filter(({ text }) => /\bquantbot\b/.test(text) && !/quantbot [^\n]*[<[]/.test(text))
}

/** The experiment id that the guide prints. */
const PRINTED = 'exp-20260129120000-abc123'
let template: string | undefined

/** A root with 47 runs and the RunSets that a block uses without creating them, frozen where it begins by unfreezing. */
function rootFor({ text }: Block): string {
  template ??= guideRootWithData()
  const root = emptyFolder()
  cpSync(template, root, { recursive: true })
  const calls = text.replace(/\\\n\s*/g, ' ').split('\n')
  const made = new Set<string>()
  for (const call of calls) {
    const created = /runset create .*--id (\S+)/.exec(call)?.[1]
    if (created !== undefined) made.add(created)
    const used =
      /runset (resolve|freeze|unfreeze|get) ([A-Za-z]\w*)/.exec(call) ?? /()--runset ([A-Za-z]\w*)/.exec(call)
    if (used === null || made.has(used[2])) continue
    made.add(used[2])
    const bounds = ['--from', '2025-10-01', '--to', '2025-12-31', '--caller', 'whale_watcher']
    asked(root, ['runset', 'create', used[2], '--dataset', DATASET, ...bounds])
    if (used[1] === 'get') asked(root, ['runset', 'resolve', used[2]])
    if (used[1] === 'unfreeze') asked(root, ['runset', 'freeze', used[2]])
  }
  const frozen = (id: string, to: string) => {
    asked(root, ['runset', 'create', id, '--dataset', DATASET, '--from', '2025-10-01', '--to', to])
    asked(root, ['runset', 'freeze', id])
  }
  if (text.includes('--frozen')) frozen('pinned_fixture', '2025-12-31')
  // The guide asks for the whole quarter of every frozen RunSet: of a month that is refused.
  if (text.includes('xargs') && text.includes('--frozen')) frozen('monthly_fixture', '2025-10-31')
  if (text.includes('$caller')) {
    for (const [k, caller] of CALLERS.slice(1).entries()) {
      const from = 100 + 3 * k
      registerRuns(root, from, from + 3, n => ({ ...guideStrategy(n), callers: [caller] }))
    }
  }
  if (text.includes('--alerts alert-1,alert-2,alert-3')) {
    const { alerts, candles } = callsAndCandles('given')
    for (const id of ['alert-1', 'alert-2', 'alert-3']) registerText(root, id, alerts, ['--kind', 'alerts'])
    for (const id of ['ohlcv-1', 'ohlcv-2']) registerText(root, id, candles, ['--interval', '1h'])
  }
  return root
}

interface Call {
  code: number
  argv: string
  stdout: string
}

/** Run a block in bash; `quantbot` is a script on the path that calls the built program and keeps what each call said. */
function runBlock(block: Block): { calls: Call[]; stdout: string; code: number | null; stderr: string } {
  const root = rootFor(block)
  const bin = join(root, 'bin')
  const log = join(root, 'calls')
  mkdirSync(bin)
  mkdirSync(log)
  script(
    join(bin, 'quantbot'),
    `set -- "\${@/#${PRINTED}/$(cat "$GUIDE_LOG.last" 2>/dev/null)}"
n=$(ls "$GUIDE_LOG" | wc -l); f="$GUIDE_LOG/$(printf %04d $n)"; : > "$f"
out=$("${process.execPath}" "${MAIN}" "$@"); code=$?
printf '%s\\n' "$code" "$*" "$out" > "$f"
printf '%s\\n' "$out" | sed -n 's/^Experiment created: //p' > "$GUIDE_LOG.new"
[ -s "$GUIDE_LOG.new" ] && mv "$GUIDE_LOG.new" "$GUIDE_LOG.last"
printf '%s\\n' "$out"; exit $code`,
  )
  if (spawnSync('jq', ['--version']).status !== 0) script(join(bin, 'jq'), `exec "${process.execPath}" -e '${JQ}' "$@"`)
  const { stdout, stderr, status } = spawnSync('bash', ['-c', block.text], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, QUANTLAB_ROOT: root, GUIDE_LOG: log },
    encoding: 'utf8',
  })
  const calls = spawnSync('ls', [log], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(name => name !== '')
    .map(name => {
      const [code, argv, ...out] = readFileSync(join(log, name), 'utf8').split('\n')
      return { code: Number(code), argv, stdout: out.join('\n') }
    })
  return { calls, stdout, code: status, stderr }
}

function script(path: string, body: string): void {
  writeFileSync(path, `#!/bin/bash\n${body}\n`)
  chmodSync(path, 0o755)
}

/** The three filters of the guide, for a machine without jq. */
const JQ = `const filter = process.argv.at(-1), text = require("fs").readFileSync(0, "utf8");
for (const value of text.trim() === "" ? [] : [JSON.parse(text)]) {
  const list = /^\\.(\\w+)\\[\\] \\| \\.([\\w.]+)$/.exec(filter);
  const items = list ? value[list[1]].map(item => list[2].split(".").reduce((at, key) => at[key], item)) : [value[filter.slice(1)]];
  for (const item of items) console.log(typeof item === "string" ? item : JSON.stringify(item));
}`

/** The month that does not exist is refused, and with it what names its RunSet; so is the whole quarter of a month. */
function refusalOf(argv: string): number {
  return argv.includes('2025-11-31') || argv.includes('--runset monthly_fixture') ? 2 : 0
}

describe.runIf(published)('the guide', () => {
  const guide = published ? readFileSync(GUIDE, 'utf8') : ''
  const blocks = blocksOf(guide)

  it('has the blocks that are run here', () => {
    expect(blocks.length).toBeGreaterThan(25)
  })

  it.each(blocks.map(block => [block.line, block] as const))('line %i', (_, block) => {
    const { calls, stdout, stderr } = runBlock(block)
    const wanted = block.text.split('\n').filter(line => /\bquantbot\b/.test(line))
    const inLoop = /^for /m.test(block.text)
    expect(calls.length, stderr).toBeGreaterThanOrEqual(wanted.length)
    if (!inLoop && !block.text.includes('xargs')) expect(calls.length).toBe(wanted.length)
    for (const { code, argv } of calls) expect([argv, code, stderr]).toEqual([argv, refusalOf(argv), stderr])
    if (calls.some(({ argv }) => argv.includes('2025-11-31')))
      expect(stderr).toContain('timeBounds.to: 2025-11-31 is not a calendar date')
    if (calls.some(({ argv }) => argv.includes('monthly_fixture --from')))
      expect(stderr).toContain('to: lies outside the bounds of monthly_fixture')
    let executed = 0
    for (const { argv, stdout: out } of calls) {
      said(argv, out, executed)
      if (argv.startsWith('research experiments execute')) executed++
    }
    if (block.text.includes("jq '.resolution'")) expect(stdout).toContain('"contentHash"')
    if (block.text.includes("jq -r '.runsets[]")) expect(stdout).toContain('pinned_fixture')
    if (block.text.includes('--status completed')) {
      const listed = calls.find(({ argv }) => argv.includes('--status completed'))?.stdout ?? ''
      for (const caller of CALLERS) expect(listed).toMatch(new RegExp(`momentum-${caller} +completed +exploratory`))
    }
  })

  it('is refused the second freeze, and a RunSet that is not there', () => {
    template ??= guideRootWithData()
    const root = emptyFolder()
    cpSync(template, root, { recursive: true })
    asked(root, ['runset', 'create', 'test', '--dataset', DATASET, '--from', '2025-10-01', '--to', '2025-12-31'])
    expect(quantlab(root, ['runset', 'freeze', 'test']).code).toBe(0)
    const second = quantlab(root, ['runset', 'freeze', 'test'])
    expect([second.code, second.stderr]).toEqual([5, expect.stringContaining('RunSet already frozen')])
    const absent = quantlab(root, ['runset', 'get', 'tset'])
    expect([absent.code, absent.stderr]).toEqual([6, expect.stringContaining('RunSet not found: tset')])
  })
})

/** What the guide prints below a call, in the words it prints; runs of an experiment before it belong to a RunSet that is not frozen. */
function said(argv: string, out: string, executed: number): void {
  if (refusalOf(argv) !== 0) return
  if (argv.startsWith('runset resolve') && (executed === 0 || !argv.includes('--force')))
    expect(out).toMatch(/^RunSet: \w+\nResolved: 47 runs, 235 artifacts\nMode: \w+/)
  if (argv.startsWith('runset resolve') && executed > 0 && argv.includes('--force'))
    expect(out).toMatch(/^RunSet: \w+\nResolved: 50 runs, \d+ artifacts\nMode: exploration/)
  if (argv.startsWith('runset freeze'))
    expect(out).toMatch(/^RunSet frozen: \w+ \(47 runs, resolution_hash=\w{8}\.\.\.\)\nMode: reproducible/)
  if (argv.startsWith('runset create')) expect(out).toMatch(/^RunSet created: /)
  if (argv.startsWith('registry rebuild'))
    expect(out).toMatch(/^(Rebuilding registry from Parquet\.\.\.|Registry up to date)/)
  if (argv.startsWith('runset get') && !argv.includes('json')) {
    for (const label of ['Name', 'Mode', 'Dataset', 'Time Bounds', 'Universe', 'Created'])
      expect(out).toContain(`\n${label}: `)
    expect(out).toContain('Time Bounds: 2025-10-01 to 2025-12-31\nUniverse: caller=whale_watcher\n')
  }
  if (argv.startsWith('run list')) expect(out.split('\n').length).toBeGreaterThan(47)
  if (argv.startsWith('research experiments create'))
    expect(out).toMatch(
      /^Experiment created: exp-\d{14}-[0-9a-f]{6}\nStatus: pending\nMode: (exploratory|reproducible)\n/,
    )
  if (argv.startsWith('research experiments execute'))
    expect(out).toMatch(/^Experiment completed: exp-[\s\S]*\nResults: 3 of 3 variations completed\n[\s\S]*\nDuration: /)
}
