/** Printed schemas serve an adapter that has nothing else: each stands alone, and accepts what the program answers and writes. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { compile } from 'json-schema-to-typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'

const printed = async (name: string) => JSON.parse((await call(emptyFolder(), ['--schema', name])).stdout)
let names: string[] = []
beforeAll(async () => {
  names = (await call(emptyFolder(), ['--schema'])).stdout.trim().split('\n')
})

/** A validator of a printed schema, or of one definition in it. */
async function accepts(name: string, definition?: string): Promise<ValidateFunction> {
  const schema = await printed(name)
  const ajv = new Ajv({ strict: false, allErrors: true })
  if (definition === undefined) return ajv.compile(schema)
  ajv.addSchema(schema, 'whole')
  return ajv.compile({ $ref: `whole#/$defs/${definition}` })
}

describe('a printed schema', () => {
  it('refers to nothing outside itself, whichever it is', async () => {
    expect(names.length).toBeGreaterThan(20)
    for (const name of names) {
      const schema = await printed(name)
      const references = [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g)].map(match => match[1])
      expect(
        references.filter(reference => !reference.startsWith('#')),
        name,
      ).toEqual([])
      expect(() => new Ajv({ strict: false }).compile(schema), name).not.toThrow()
    }
  })

  it.each(['artifacts/report', 'commands/run', 'common/envelope'])('gives types: %s', async name => {
    const text = await compile(await printed(name), 'X', { unreachableDefinitions: true, cwd: '/nowhere' })
    expect(text).toContain('export interface')
  })

  it('is found by the last part of its name where that says which', async () => {
    expect((await printed('report')).title).toBe((await printed('artifacts/report')).title)
    expect((await printed('run')).$id).toMatch(/commands\/run\.schema\.json$/)
    const { code, stderr } = await call(emptyFolder(), ['--schema', 'artifacts/reprot'])
    expect([code, stderr]).toEqual([6, expect.stringContaining("Did you mean 'artifacts/report'?")])
  })
})

describe('what the program says and writes', () => {
  it('is accepted by what it prints', async () => {
    const root = await rootWithData()
    const answer = await ask(root, requestOf('run'), { signals: 'signals.jsonl' })
    const refused = await ask(root, requestOf('run', { fee: 2, fe: 1 }), { signals: 'signals.jsonl' })
    const [isAnswer, isSignal] = [
      await accepts('common/envelope', 'answer'),
      await accepts('common/envelope', 'signal'),
    ]
    for (const given of [answer, refused]) expect([isAnswer(given), isAnswer.errors]).toEqual([true, null])
    for (const line of readFileSync(join(root, 'signals.jsonl'), 'utf8').trim().split('\n'))
      expect([isSignal(JSON.parse(line)), isSignal.errors]).toEqual([true, null])
    const files = {
      report: 'report',
      metadata: 'metadata',
      config: 'config',
      metrics: 'metrics',
      manifest: 'run-manifest',
    }
    for (const [file, schema] of Object.entries(files)) {
      const isSuch = await accepts(`artifacts/${schema}`)
      const content = JSON.parse(readFileSync(join(answer['artifacts_path'], `${file}.json`), 'utf8'))
      expect([file, isSuch(content), isSuch.errors]).toEqual([file, true, null])
    }
    await ask(root, requestOf('run', { ticker: 'NONE' }))
    const [failure] = readdirSync(join(root, 'outputs/failures'))
    const isFailure = await accepts('artifacts/failure')
    expect(isFailure(JSON.parse(readFileSync(join(root, 'outputs/failures', failure), 'utf8')))).toBe(true)
  })
})
