/** The documents name what is there, and the README's commands work in an empty directory as printed. */

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { schemaTexts } from '../contracts/schemas.ts'
import { ERRORS } from '../src/base/errors.ts'
import { commands } from '../src/commands/index.ts'
import { INDICATORS } from '../src/indicators/index.ts'
import { STRATEGIES } from '../src/strategies/index.ts'
import { emptyFolder } from './harness.ts'

const readme = readFileSync('README.md', 'utf8')

it('names every command', () => {
  const table = readFileSync('contracts/COMMANDS.md', 'utf8')
  for (const name of new Set(Object.keys(commands).map(request => request.split('.')[0]))) {
    expect(readme, `README.md: command ${name}`).toContain(`| \`${name}\` |`)
    expect(table).toContain(`## ${name}\n`)
  }
})

it('names every strategy, and every strategy and indicator is described', () => {
  for (const name of Object.keys(STRATEGIES)) {
    expect(readme, `README.md: strategy ${name}`).toContain(`\`${name}\``)
    expect(JSON.parse(schemaTexts[`strategies/${name}`]).description.length).toBeGreaterThan(20)
  }
  for (const [name, row] of Object.entries(INDICATORS))
    expect([name, Object.keys(row.units).length > 0]).toEqual([name, true])
})

it('lists every error', () => {
  const table = readFileSync('contracts/ERRORS.md', 'utf8')
  for (const code of Object.keys(ERRORS)) expect(table).toContain(`| \`${code}\` |`)
})

it('explains only files and scripts that exist', () => {
  const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts
  for (const [, script] of readme.matchAll(/npm run (\w+)/g)) expect(Object.keys(scripts)).toContain(script)
  for (const [, path] of readme.matchAll(/\]\(([\w./]+)\)/g)) expect(() => readFileSync(path), path).not.toThrow()
})

const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(match => match[1])

/** Run the block that holds a text, in a folder where `quantlab` and the named parts of the repository are at hand. */
function runBlock(holding: string, root: string, linked: readonly string[] = []): string {
  const block = blocks.find(text => text.includes(holding)) ?? ''
  expect(block).not.toBe('')
  const bin = join(root, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'quantlab'), `#!/bin/sh\nexec "${process.execPath}" "${resolve('dist/main.js')}" "$@"\n`)
  chmodSync(join(bin, 'quantlab'), 0o755)
  for (const name of linked) symlinkSync(resolve(name), join(root, name))
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` }
  return execFileSync('sh', ['-e', '-c', block], { cwd: root, env, encoding: 'utf8', stdio: 'pipe' })
}

it('has an example that works as it is printed', () => {
  const root = emptyFolder()
  // The example is printed for the folder in which `npm ci` was called.
  const text = runBlock('quantlab dataset register', root, ['node_modules'])
  const answer = JSON.parse(text.split('\n').find(line => line.startsWith('{'))!)
  expect(answer).toMatchObject({ request_id: 'r1', status: 'success', contract_type: 'quantlab.run.result' })
  expect(text).toContain(answer.run_id)
  // The printed answer is the answer.
  const json = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(match => JSON.parse(match[1]))
  const printed = json.find(value => value.request_id === 'r1')
  expect(Object.keys(printed)).toEqual(Object.keys(answer).filter(key => key !== 'warnings'))
  expect(printed.summary).toEqual(answer.summary)
  expect(printed.run_id.slice(-7)).toBe(answer.run_id.slice(-7))

  // The sweep goes on from there.
  const swept = runBlock('quantlab sweep', root)
  expect(swept).toContain('12 experiments')
  expect(swept).toMatch(/Verdict: .+\n[\s\S]*match: true/)

  // And so does the learned model.
  const learned = runBlock('quantlab model train', root)
  expect(learned).toMatch(/=== MODEL ===\n[\s\S]*leakage checks: passed[\s\S]*=== EVALUATION ===[\s\S]*match: true/)
})

it('has an example of the regime monitor that works as it is printed', () => {
  const text = runBlock('majors_alts', emptyFolder(), ['experiments'])
  expect(text).toMatch(/Saved: .*dashboard\.html[\s\S]*=== SIGNALS 2024-06-18 ===[\s\S]*2 runs\n[\s\S]*Verdict: /)
})

it('has an example of an experiment that works as it is printed', () => {
  const text = runBlock('quantlab experiment', emptyFolder())
  expect(text).toContain('Results: 3 of 3 variations completed')
  expect(text).toContain('RunSet frozen: trail_runs (3 runs, ')
  expect(text).toMatch(/trail_runs · spec [0-9a-f]{8} · pin 1 · runs [0-9a-f]{8} \(3\) · /)
})
