/** `--schema`: the names of all schemas, or one of them made to stand alone. */

import { posix } from 'node:path'
import { fail } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { schemaNames, schemaOf } from '../base/schema.ts'

type Json = Record<string, unknown>

/** The names of all schemas, or one schema; the last part of a name is enough where it says which. NOT_FOUND for an unknown name. */
export function schemaText(asked: string | undefined): string {
  if (asked === undefined) return `${schemaNames().join('\n')}\n`
  const name = fullName(asked.replace(/\.schema\.json$/, ''))
  return `${JSON.stringify(standingAlone(name), null, 2)}\n`
}

function fullName(asked: string): string {
  const names = schemaNames()
  const [exact] = [asked, `commands/${asked}`].filter(name => names.includes(name))
  const ending = names.filter(name => name.endsWith(`/${asked}`))
  if (exact !== undefined) return exact
  if (ending.length === 1) return ending[0]
  const near = nearest(asked, names) ?? nearest(asked, names.map(last)) ?? undefined
  const suggestion = ending.length > 1 ? ending.join(' or ') : near
  throw fail(
    'NOT_FOUND',
    { message: `There is no schema '${asked}'.` },
    { hint: suggestion === undefined ? 'quantlab --schema lists the names.' : `Did you mean '${suggestion}'?` },
  )
}

const last = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/**
 * The schema `name` with every schema it refers to, directly or not, under its own `$defs` (`artifacts/config` as
 * `artifacts.config`), so that a generator of types or a validator needs nothing else.
 */
export function standingAlone(name: string): Json {
  const embedded = new Map<string, Json>()
  const embed = (target: string): string => {
    if (target === name) return '#'
    if (!embedded.has(target)) {
      const { $id: _, $schema: __, ...schema } = mustHave(target)
      // Noted before its own references are followed: schemas may refer to each other in circles.
      embedded.set(target, {})
      embedded.set(target, pointed(schema, target) as Json)
    }
    return `#/$defs/${target.replaceAll('/', '.')}`
  }
  /** `value` of the schema `file`, its references changed to places in the one that stands alone. */
  const pointed = (value: unknown, file: string): unknown => {
    if (Array.isArray(value)) return value.map(item => pointed(item, file))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (key !== '$ref' || typeof item !== 'string') return [key, pointed(item, file)]
        const [path, pointer = ''] = item.split('#')
        const target = path === '' ? file : posix.join(posix.dirname(file), path).replace('.schema.json', '')
        return [key, embed(target) + pointer]
      }),
    )
  }
  const schema = pointed(mustHave(name), name) as Json
  if (embedded.size === 0) return schema
  const others = [...embedded].map(([target, other]) => [target.replaceAll('/', '.'), other])
  return { ...schema, $defs: { ...(schema['$defs'] as Json | undefined), ...Object.fromEntries(others) } }
}

function mustHave(name: string): Json {
  const schema = schemaOf(name)
  if (schema === undefined) throw new Error(`no schema ${name}`)
  return schema
}
