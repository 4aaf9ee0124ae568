/** The published row schemas say what the tables hold: the same columns, the same nulls, units for every number. */

import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { columnsOf, TABLES, type TableName } from '../../src/registry/tables.ts'

const FILES: Record<TableName, string> = {
  datasets: 'dataset',
  runs: 'run',
  run_events: 'run-event',
  artifacts: 'artifact',
  experiments: 'experiment',
  aliases: 'alias',
  runsets_spec: 'runset-spec',
  runsets_events: 'runset-event',
  resolution_heads: 'resolution',
  resolution_runs: 'resolution-run',
  resolution_artifacts: 'resolution-artifact',
  resolution_log: 'resolution-log',
}

interface Property {
  $ref?: string
  type?: string | string[]
  description: string
}

it('one schema a table, and no other', () => {
  expect(readdirSync('schemas/registry').sort()).toEqual(
    Object.values(FILES)
      .map(name => `${name}.schema.json`)
      .sort(),
  )
})

it.each(Object.keys(TABLES) as TableName[])('%s', table => {
  const { properties, required } = JSON.parse(readFileSync(`schemas/registry/${FILES[table]}.schema.json`, 'utf8')) as {
    properties: Record<string, Property>
    required: string[]
  }
  const columns = columnsOf(table)
  expect(Object.keys(properties)).toEqual(columns.map(([name]) => name))
  expect(required).toEqual(Object.keys(properties))
  for (const [name, type, nullable] of columns) {
    const { $ref, type: jsonType, description } = properties[name]
    const text = type === 'text' || type === 'json'
    expect(description.length, name).toBeGreaterThan(5)
    if (text) expect(jsonType, name).toEqual(nullable ? ['string', 'null'] : 'string')
    else expect($ref?.endsWith('_or_null'), name).toBe(nullable)
    if (type === 'instant') expect($ref).toContain('epoch_ms')
  }
})
