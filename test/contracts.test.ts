/** The generated contract is current, every number has a unit, every property a description. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { ask, requestOf, rootWithData } from './harness.ts'

type Schema = Record<string, any>

const names = readdirSync('schemas', { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.json'))
  .sort()
const schemas = new Map(names.map(name => [name, JSON.parse(readFileSync(join('schemas', name), 'utf8')) as Schema]))

it('is what the schemas generate', () => {
  const out = mkdtempSync(join(tmpdir(), 'contracts-'))
  execFileSync(process.execPath, ['scripts/contracts.mjs'], { env: { ...process.env, QUANTLAB_CONTRACTS_OUT: out } })
  const files = readdirSync(join(out, 'contracts'), { recursive: true, encoding: 'utf8', withFileTypes: true }).filter(
    entry => entry.isFile(),
  )
  expect(files.length).toBeGreaterThan(10)
  const stale = files
    .map(entry => join(entry.parentPath, entry.name).slice(out.length + 1))
    .filter(path => readFileSync(join(out, path), 'utf8') !== readFileSync(path, 'utf8'))
  expect(stale, 'run npm run contracts').toEqual([])
  const known = new Set(files.map(entry => entry.name))
  expect(
    readdirSync('contracts/validators').filter(name => !known.has(name)),
    'left over',
  ).toEqual([])
}, 60_000)

describe.each(names)('%s', name => {
  it('gives every number a unit and every property a description', () => {
    const faults: string[] = []
    walk(schemas.get(name)!, '', faults)
    expect(faults).toEqual([])
  })
})

/** A property is described where it stands, or by what it refers to. */
function walk(schema: Schema, place: string, faults: string[]): void {
  const types = [schema['type']].flat()
  const unit = schema['x-unit'] ?? schema['$ref'] ?? schema['allOf']
  if ((types.includes('number') || types.includes('integer')) && unit === undefined)
    faults.push(`${place}: a number without a unit`)
  for (const [key, property] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
    if (property['description'] === undefined && property['$ref'] === undefined && property['allOf'] === undefined)
      faults.push(`${place}/${key}: no description`)
    walk(property, `${place}/${key}`, faults)
  }
  for (const [key, definition] of Object.entries((schema['$defs'] ?? {}) as Record<string, Schema>)) {
    if (!String(schema['$id']).endsWith('common/units.schema.json')) walk(definition, `${place}/$defs/${key}`, faults)
  }
  for (const key of ['items', 'additionalProperties'])
    if (typeof schema[key] === 'object') walk(schema[key], `${place}/${key}`, faults)
  for (const key of ['oneOf', 'anyOf', 'allOf'])
    for (const part of schema[key] ?? []) if (part['$ref'] === undefined) walk(part, `${place}/${key}`, faults)
}

it('answers and signals hold to their own schemas', async () => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  for (const schema of schemas.values()) ajv.addSchema(schema)
  const check = (ref: string, value: unknown) => {
    const valid = ajv.validate({ $ref: `https://quantlab.dev/schemas/1.0/${ref}` }, value)
    expect([ref, valid || ajv.errors]).toEqual([ref, true])
  }
  const root = await rootWithData()
  const signals = 'signals.jsonl'
  const run = await ask(root, requestOf('run'), { signals })
  check('common/envelope.schema.json#/$defs/answer', run)
  const requests = [
    requestOf('runs', { action: 'list' }),
    requestOf('runs', { action: 'best' }),
    requestOf('dataset', { action: 'list' }),
    requestOf('artifact', { action: 'list', run_id: run['run_id'] }),
    requestOf('run', { ticker: 'NOPE' }),
    requestOf('nope'),
  ]
  for (const request of requests) {
    const answer = await ask(root, request, { signals })
    check('common/envelope.schema.json#/$defs/answer', answer)
    if (answer['status'] === 'success')
      check(
        `commands/${request['command']}.schema.json#/$defs/${(request['params'] as Schema)['action']}_result`,
        answer['result'],
      )
  }
  for (const line of readFileSync(join(root, signals), 'utf8').trim().split('\n'))
    check('common/envelope.schema.json#/$defs/signal', JSON.parse(line))
})
