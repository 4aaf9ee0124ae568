/** The generated validators by name; every fault at once, with its JSON pointer and "did you mean". */

import { type ValidatorName, validators } from '../../contracts/validators.ts'
import type { ErrorDetail } from './errors.ts'
import { nearest } from './near.ts'
import { patternMessage } from './patterns.ts'

export type { ValidatorName } from '../../contracts/validators.ts'

interface Fault {
  instancePath: string
  keyword: string
  message?: string
  params: Record<string, unknown>
}

type Validator = ((value: unknown) => boolean) & { errors?: Fault[] | null }

const loaded = new Map<ValidatorName, Validator>()

/** Load a validator once; afterwards `faultsOf` can be called without waiting. */
export async function loadValidator(name: ValidatorName): Promise<void> {
  if (!loaded.has(name)) loaded.set(name, (await validators[name]()).default as Validator)
}

/** True where a validator of this name exists. */
export function isValidatorName(name: string): name is ValidatorName {
  return Object.hasOwn(validators, name)
}

/** Where a value first breaks a schema whose validator is loaded; undefined when it is valid. For what the program itself writes. */
export function firstFault(name: ValidatorName, value: unknown): string | undefined {
  const check = loaded.get(name)
  if (check === undefined) throw new Error(`validator ${name} was not loaded`)
  if (check(value)) return undefined
  const [fault] = check.errors ?? []
  return `${fault.instancePath || '/'} breaks ${fault.keyword} ${JSON.stringify(fault.params)}`
}

/** Validate in place (missing properties with a default are filled in); every fault, none when valid. */
export async function validate(name: ValidatorName, value: unknown, base = ''): Promise<ErrorDetail[]> {
  await loadValidator(name)
  const check = loaded.get(name)!
  if (check(value)) return []
  await loadSchemas()
  // That a branch failed says nothing besides what failed in it.
  const faults = (check.errors ?? []).filter(({ keyword }) => keyword !== 'if')
  return faults.map(fault => detailOf(name, fault, base))
}

let schemaTexts: Readonly<Record<string, string>> | undefined

/** Load the schemas themselves: needed for help and to explain a fault, not to accept a request. */
export async function loadSchemas(): Promise<void> {
  schemaTexts ??= (await import('../../contracts/schemas.ts')).schemaTexts
}

/** A schema by name (`commands/run`, `artifacts/report`), parsed; undefined where there is none. Call `loadSchemas` before. */
export function schemaOf(name: string): Record<string, unknown> | undefined {
  const texts = loadedTexts()
  return Object.hasOwn(texts, name) ? (JSON.parse(texts[name]) as Record<string, unknown>) : undefined
}

/** Names of all schemas. */
export function schemaNames(): string[] {
  return Object.keys(loadedTexts())
}

function loadedTexts(): Readonly<Record<string, string>> {
  if (schemaTexts === undefined) throw new Error('the schemas were not loaded')
  return schemaTexts
}

/** The request part of a command's schema: `run` → commands/run#request, `runs.list` → commands/runs#list_request. */
export function requestSchemaOf(request: string): RequestSchema | undefined {
  const [command, action] = request.split('.')
  const definitions = schemaOf(`commands/${command}`)?.['$defs'] as Record<string, RequestSchema> | undefined
  return definitions?.[action === undefined ? 'request' : `${action}_request`]
}

export interface RequestSchema {
  description?: string
  required?: string[]
  properties: Record<string, PropertySchema>
  'x-positional'?: string[]
}

export interface PropertySchema {
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  default?: unknown
  description?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  items?: PropertySchema
  'x-unit'?: string
  /** Other names of the flag. */
  'x-flag-names'?: string[]
  /** Value of the flag where it is given without one. */
  'x-flag-bare'?: unknown
}

function detailOf(name: ValidatorName, fault: Fault, base: string): ErrorDetail {
  const pointer = base + fault.instancePath
  const { params } = fault
  switch (fault.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty'])
      const suggestion = nearest(key, propertyNames(name, fault.instancePath))
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const message = `unknown key '${key}'${suggestion === undefined ? '' : `; did you mean '${suggestion}'?`}`
      return suggestion === undefined ? { pointer: at, message } : { pointer: at, message, suggestion }
    }
    case 'enum':
      return {
        pointer,
        message: `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`,
        expected: params['allowedValues'],
      }
    case 'const':
      return { pointer, message: `must be ${JSON.stringify(params['allowedValue'])}`, expected: params['allowedValue'] }
    case 'false schema':
      return { pointer, message: 'does not go with the other parameters: leave it out' }
    case 'required':
      return { pointer, message: `'${params['missingProperty']}' is required`, expected: params['missingProperty'] }
    case 'type':
      return { pointer, message: `must be ${String(params['type']).replaceAll(',', ' or ')}`, expected: params['type'] }
    case 'pattern':
      return { pointer, message: patternMessage(String(params['pattern'])), expected: params['pattern'] }
    default:
      return { pointer, message: fault.message ?? fault.keyword, expected: params['limit'] ?? params['pattern'] }
  }
}

/** Property names a validator knows at a place: for a near miss only, so nested places may stay without a suggestion. */
function propertyNames(name: ValidatorName, place: string): string[] {
  const whole = name.startsWith('commands/') ? undefined : schemaOf(name)
  const schema = name.startsWith('commands/')
    ? requestSchemaOf(name.slice('commands/'.length))
    : name === 'envelope'
      ? ENVELOPE
      : whole
  let at: SchemaNode | undefined = schema as SchemaNode | undefined
  for (const segment of place.split('/').slice(1)) {
    const object = within(at, whole)
    at = Object.hasOwn(object?.properties ?? {}, segment) ? object?.properties?.[segment] : object?.items
  }
  return Object.keys(within(at, whole)?.properties ?? {})
}

interface SchemaNode {
  $ref?: string
  properties?: Record<string, SchemaNode>
  items?: SchemaNode
}

/** What a node stands for: itself, or the definition of the same schema that it refers to. */
function within(node: SchemaNode | undefined, whole: object | undefined): SchemaNode | undefined {
  const path = /^#\/(.+)$/.exec(node?.$ref ?? '')?.[1].split('/')
  return path === undefined
    ? node
    : (path.reduce<unknown>((at, key) => (at as never)?.[key], whole) as SchemaNode | undefined)
}

const ENVELOPE = { properties: { schema_version: 0, request_id: 0, command: 0, params: 0, idempotency_key: 0 } }
