/** The unit of a figure, read from the schema of the file that holds it. */

import { posix } from 'node:path'
import { loadSchemas, schemaOf } from '../base/schema.ts'

interface Node {
  $ref?: string
  properties?: Record<string, Node>
  anyOf?: Node[]
  allOf?: Node[]
  items?: Node
  'x-unit'?: string
}

/** Answers the unit of a figure at a dotted place; null where none is declared. */
export type UnitOf = (place: string) => string | null

/** Schemas whose figures a table of free columns repeats under the same names. */
const COMMON = ['artifacts/metrics', 'artifacts/extended-metrics', 'common/summary']

/** Units of the figures of one file, by place; of a place that its schema leaves free, by the last name where all agree. */
export async function unitsOf(schema: string, within: readonly string[] = []): Promise<UnitOf> {
  await loadSchemas()
  const known = new Map<string, string>()
  const start = within.reduce<Node | undefined>((node, name) => node?.properties?.[name], schemaOf(schema) as Node)
  collect(start, schema, '', known)
  const byName = new Map<string, string | null>()
  for (const common of [schema, ...COMMON]) {
    const places = new Map<string, string>()
    collect(schemaOf(common) as Node, common, '', places)
    for (const [place, unit] of places) {
      const name = lastName(place)
      byName.set(name, byName.has(name) && byName.get(name) !== unit ? null : unit)
    }
  }
  return place => known.get(place) ?? byName.get(lastName(place)) ?? null
}

function lastName(place: string): string {
  return place.slice(place.lastIndexOf('.') + 1)
}

/** Every property with a unit below a node of the schema `file`. */
function collect(node: Node | undefined, file: string, place: string, units: Map<string, string>, depth = 0): void {
  if (node === undefined || depth > 24) return
  if (node['x-unit'] !== undefined && place !== '') units.set(place, node['x-unit'])
  if (node.$ref !== undefined) {
    const [path, pointer = ''] = node.$ref.split('#')
    const target = path === '' ? file : posix.join(posix.dirname(file), path).replace('.schema.json', '')
    const inner = pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], schemaOf(target))
    collect(inner as Node, target, place, units, depth + 1)
  }
  for (const part of [...(node.anyOf ?? []), ...(node.allOf ?? [])]) collect(part, file, place, units, depth + 1)
  for (const [name, property] of Object.entries(node.properties ?? {}))
    collect(property, file, place === '' ? name : `${place}.${name}`, units, depth + 1)
}
