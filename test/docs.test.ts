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

it('has an example that works as it is printed', () => {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(match => match[1])
  const block = blocks.find(text => text.includes('quantlab dataset register')) ?? ''
  expect(block).toContain('--json-request')
  const root = emptyFolder()
  mkdirSync(join(root, 'bin'))
  writeFileSync(join(root, 'bin/quantlab'), `#!/bin/sh\nexec "${process.execPath}" "${resolve('dist/main.js')}" "$@"\n`)
  chmodSync(join(root, 'bin/quantlab'), 0o755)
  // The example is printed for the folder in which `npm ci` was called.
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` }
  const text = execFileSync('sh', ['-e', '-c', block], { cwd: root, env, encoding: 'utf8' })
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
  const sweep = blocks.find(text => text.includes('quantlab sweep')) ?? ''
  const swept = execFileSync('sh', ['-e', '-c', sweep], { cwd: root, env, encoding: 'utf8', stdio: 'pipe' })
  expect(swept).toContain('12 experiments')
  expect(swept).toMatch(/Verdict: .+\n[\s\S]*match: true/)
})

it('has an example of the regime monitor that works as it is printed', () => {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(match => match[1])
  const block = blocks.find(text => text.includes('majors_alts')) ?? ''
  const root = emptyFolder()
  mkdirSync(join(root, 'bin'))
  writeFileSync(join(root, 'bin/quantlab'), `#!/bin/sh\nexec "${process.execPath}" "${resolve('dist/main.js')}" "$@"\n`)
  chmodSync(join(root, 'bin/quantlab'), 0o755)
  symlinkSync(resolve('experiments'), join(root, 'experiments'))
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` }
  const text = execFileSync('sh', ['-e', '-c', block], { cwd: root, env, encoding: 'utf8', stdio: 'pipe' })
  expect(text).toMatch(/Saved: .*dashboard\.html[\s\S]*=== SIGNALS 2024-06-18 ===[\s\S]*2 runs\n[\s\S]*Verdict: /)
})
