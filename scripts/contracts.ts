/** The generator: `schemas/` → types, standalone validators, schema bundle and the tables of the contract documents. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { Ajv, type AnySchema, type Options } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { build } from 'esbuild'
import { compile } from 'json-schema-to-typescript'
import { commandsDocument, errorsDocument, unitsDocument } from './contract-documents.ts'
import type { Schema } from './schema.ts'

const BANNER = 'GENERATED from schemas/ by `npm run contracts`. Do not edit.'
const BASE = 'https://quantlab.dev/schemas/1.0/'

const raw = readSchemas()
const units = raw.get('common/units')!.$defs!
const schemas = new Map([...raw].map(([name, schema]) => [name, inlineUnits(schema) as Schema]))
const files = new Map<string, string>()

files.set('contracts/types.ts', await typesModule())
for (const [path, text] of await validatorModules()) files.set(path, text)
files.set('contracts/schemas.ts', schemasModule())
files.set('contracts/UNITS.md', unitsDocument(units))
files.set('contracts/ERRORS.md', errorsDocument())
files.set('contracts/COMMANDS.md', commandsDocument(schemas))
writeAll(process.env['QUANTLAB_CONTRACTS_OUT'] ?? '.')

function writeAll(root: string): void {
  rmSync(join(root, 'contracts/validators'), { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

function readSchemas(): Map<string, Schema> {
  const names = readdirSync('schemas', { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.schema.json'),
  )
  return new Map(
    names
      .map(name => name.split('\\').join('/'))
      .sort()
      .map(name => {
        const schema = JSON.parse(readFileSync(join('schemas', name), 'utf8')) as Schema
        if (schema['$id'] !== BASE + name) throw new Error(`schemas/${name}: $id must be ${BASE}${name}`)
        return [name.replace('.schema.json', ''), schema]
      }),
  )
}

/** A reference to a unit becomes the unit itself, with its siblings on top: then printed schemas stand alone. */
function inlineUnits(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inlineUnits)
  if (typeof value !== 'object' || value === null) return value
  const schema = value as Schema
  const unit = unitOf(schema)
  if (unit !== undefined) {
    const { $ref: _, allOf: __, ...siblings } = schema
    return { ...units[unit], ...siblings, 'x-unit': unit.replace('_or_null', '') }
  }
  return Object.fromEntries(Object.entries(schema).map(([key, item]) => [key, inlineUnits(item)]))
}

function unitOf(schema: Schema): string | undefined {
  const all = schema['allOf'] as Schema[] | undefined
  const ref = (schema['$ref'] ?? (all?.length === 1 ? all[0]['$ref'] : undefined)) as string | undefined
  const match = /units\.schema\.json#\/\$defs\/(\w+)$/.exec(ref ?? '')
  if (match === null) return undefined
  if (units[match[1]] === undefined) throw new Error(`unknown unit ${match[1]}`)
  return match[1]
}

// ── types ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One root schema with every titled definition hoisted, so that each type is generated once. */
async function typesModule(): Promise<string> {
  const definitions: Record<string, unknown> = {}
  for (const [name, schema] of schemas) {
    if (name === 'common/units') continue
    if (schema['type'] !== undefined) definitions[schema.title!] = hoisted(name, { ...schema, $defs: undefined })
    for (const [key, definition] of Object.entries(schema.$defs ?? {})) {
      if (definition.title === undefined) throw new Error(`${name}#/$defs/${key} needs a title`)
      definitions[definition.title] = hoisted(name, definition)
    }
  }
  const root = { title: 'Root', type: 'object', additionalProperties: false, definitions }
  const text = await compile(JSON.parse(JSON.stringify(root)), 'Root', {
    bannerComment: '',
    unreachableDefinitions: true,
    format: true,
    style: { semi: false, singleQuote: true, printWidth: 120 },
  })
  const types = text
    .replace(/ \* This interface was referenced by[\s\S]*?(?=\n \*\/)/g, ' *')
    .replace(/\/\*\*(\s|\*)*\*\/\n/g, '')
    .replace(/export interface Root \{\}\n/, '')
    .replace(/\n \*(?=\n \*\/)/g, '')
    .trim()
  return `// ${BANNER}\n\n${types}\n\n${nameTables()}`
}

function hoisted(file: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => hoisted(file, item))
  if (typeof value !== 'object' || value === null) return value
  const schema = value as Schema
  if (Object.keys(schema).length === 1 && typeof schema['description'] === 'string')
    return { ...schema, tsType: 'unknown' }
  if (typeof schema['$ref'] === 'string') return { $ref: `#/definitions/${titleOf(file, schema['$ref'])}` }
  const result = Object.fromEntries(Object.entries(schema).map(([key, item]) => [key, hoisted(file, item)]))
  const filled = Object.entries(schema.properties ?? {}).filter(([, property]) => property['default'] !== undefined)
  // Types describe what a command receives: validation has filled in the defaults.
  if (filled.length > 0)
    result['required'] = [...new Set([...((schema['required'] as string[]) ?? []), ...filled.map(([key]) => key)])]
  return result
}

function titleOf(file: string, ref: string): string {
  const [path, pointer] = ref.split('#')
  const target = path === '' ? file : posix.join(posix.dirname(file), path).replace('.schema.json', '')
  const schema = schemas.get(target)
  if (schema === undefined) throw new Error(`${file}: $ref ${ref} leads nowhere`)
  const title = pointer ? schema.$defs?.[pointer.replace('/$defs/', '')]?.title : schema.title
  if (title === undefined) throw new Error(`${file}: $ref ${ref} needs a titled target`)
  return title
}

/** Every request of every command: `run` or `runs.list` → its schema and title. */
function requestTable(): { name: string; file: string; key: string; title: string }[] {
  return [...schemas]
    .filter(([name]) => name.startsWith('commands/'))
    .flatMap(([name, schema]) => {
      const command = name.slice('commands/'.length)
      const actions = schema['x-actions'] as string[] | undefined
      const rows = actions?.map(action => [`${command}.${action}`, `${action}_request`]) ?? [[command, 'request']]
      return rows.map(([request, key]) => {
        const definition = schema.$defs?.[key]
        if (definition?.title === undefined) throw new Error(`${name} lacks $defs.${key} with a title`)
        return { name: request, file: name, key, title: definition.title }
      })
    })
}

function nameTables(): string {
  const requests = requestTable()
  const strategies = [...schemas].filter(([name]) => name.startsWith('strategies/'))
  const line = (key: string, type: string) => `  ${/^\w+$/.test(key) ? key : `'${key}'`}: ${type}`
  return [
    '/** Every request of every command: `<command>` or `<command>.<action>` → its parameters. */',
    `export interface Requests {\n${requests.map(row => line(row.name, row.title)).join('\n')}\n}`,
    '\nexport type RequestName = keyof Requests',
    `\nexport type CommandName = ${[...new Set(requests.map(row => `'${row.name.split('.')[0]}'`))].join(' | ')}`,
    '\n/** Every strategy → its parameters. */',
    `export interface StrategyParams {\n${strategies.map(([name, schema]) => line(name.slice(11), schema.title!)).join('\n')}\n}`,
    '\nexport type StrategyName = keyof StrategyParams',
    '',
  ].join('\n')
}

// ── validators ─────────────────────────────────────────────────────────────────────────────────────────────────────

async function validatorModules(): Promise<Map<string, string>> {
  // Callers are told every fault of a request; what the program writes itself is just right or wrong, in a quarter of the code.
  const thorough = ajvWith({ allErrors: true, useDefaults: true })
  const quick = ajvWith({ messages: false })
  const targets = new Map<string, string>()
  targets.set('envelope', `${BASE}common/envelope.schema.json#/$defs/request`)
  for (const row of requestTable())
    targets.set(`commands/${row.name}`, `${BASE}${row.file}.schema.json#/$defs/${row.key}`)
  for (const [name, schema] of schemas) {
    if (name.startsWith('common/') || name.startsWith('commands/') || schema['type'] === undefined) continue
    targets.set(name, `${BASE}${name}.schema.json`)
  }
  const modules = new Map<string, string>()
  for (const [name, ref] of targets)
    modules.set(modulePath(name), await validatorModule(name.startsWith('artifacts/') ? quick : thorough, ref))
  modules.set('contracts/validators.ts', validatorTable([...targets.keys()]))
  return modules
}

function ajvWith(options: Options): Ajv {
  const ajv = new Ajv({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: true, optimize: 2 },
    ...options,
  })
  ajv.addVocabulary(['x-actions', 'x-positional', 'x-unit', 'x-hidden', 'x-flag-names', 'x-flag-bare'])
  for (const schema of schemas.values()) ajv.addSchema(schema as AnySchema)
  return ajv
}

function modulePath(name: string): string {
  return `contracts/validators/${name.replaceAll('/', '-')}.ts`
}

/** Ajv's standalone code still calls `require`: bundled here, so that what is committed is plain ESM. */
async function validatorModule(ajv: Ajv, ref: string): Promise<string> {
  const validate = ajv.compile({ $ref: ref })
  const code = (standalone as unknown as (ajv: Ajv, validate: unknown) => string)(ajv, validate)
  const bundle = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
    write: false,
    legalComments: 'none',
    logLevel: 'error',
  })
  return `// ${BANNER}\n// @ts-nocheck\n${bundle.outputFiles[0].text}`
}

function validatorTable(names: string[]): string {
  const lines = names.map(name => `  '${name}': () => import('./validators/${name.replaceAll('/', '-')}.ts'),`)
  return `// ${BANNER}

/** Standalone validators, each loaded when it is first needed. */
export const validators = {
${lines.join('\n')}
} as const

export type ValidatorName = keyof typeof validators
`
}

// ── schema bundle ──────────────────────────────────────────────────────────────────────────────────────────────────

function schemasModule(): string {
  const lines = [...schemas].map(([name, schema]) => `  '${name}': ${JSON.stringify(JSON.stringify(schema))},`)
  return `// ${BANNER}

/** Every schema as JSON text, units inlined: texts cost nothing until one is parsed. */
export const schemaTexts: Readonly<Record<string, string>> = {
${lines.join('\n')}
}
`
}
