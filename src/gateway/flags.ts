/** A request built from flags: names, types, defaults and help all come from the command's JSON Schema. */

import { type ErrorDetail, fail } from '../base/errors.ts'
import { scanJson } from '../base/json.ts'
import { nearest } from '../base/near.ts'
import { type PropertySchema, requestSchemaOf, schemaNames, schemaOf } from '../base/schema.ts'
import { commands } from '../commands/index.ts'
import type { Flag } from './argv.ts'
import type { FlagRequest } from './dispatch.ts'
import { publishedRoute } from './published-flags.ts'

/** Verbs that make `run <verb>` mean the command `runs`. */
const RUN_VERBS = ['register', 'list', 'get', 'tag', 'finish', 'delete']

/** `run register` is `runs register`, `research experiments list` is `experiment list`. */
function spelledOut(words: readonly string[]): readonly string[] {
  if (words[0] === 'run' && RUN_VERBS.includes(words[1])) return ['runs', ...words.slice(1)]
  if (words[0] === 'research' && words[1] === 'experiments') return ['experiment', ...words.slice(2)]
  return words
}

/** The request of a flag call: `<command> [action] [words] --flags`, or the published form without a command word. */
export function requestFromFlags(words: readonly string[], flags: readonly Flag[]): FlagRequest {
  const spelled = spelledOut(words)
  const [first, verb] = spelled
  // Verbs, like flags, may be written with hyphens.
  const second = verb?.replaceAll('-', '_')
  if (first === undefined) {
    const route = publishedRoute(flags)
    return {
      command: route.command,
      params: paramsOf(route.request, route.words, route.flags, route.action),
      mode: route.mode,
    }
  }
  // The published word for what the regime monitor says of one day.
  if (first === 'signals') {
    const params = paramsOf('run', words.slice(1), flags, undefined)
    if (params['asof'] === undefined) throw noDay()
    return { command: 'run', params: { pipeline: 'majors_alts', ...params }, mode: 'run' }
  }
  const actions = actionsOf(first)
  if (actions === undefined) throw unknownCommand(first)
  if (actions.length === 0)
    return {
      command: first,
      params: paramsOf(first, spelled.slice(1), flags, undefined),
      mode: modeOfRun(first, flags),
    }
  if (second === undefined || !actions.includes(second)) throw unknownAction(first, verb, actions)
  return { command: first, params: paramsOf(`${first}.${second}`, spelled.slice(2), flags, second), mode: first }
}

/** Verbs of a command, none where it has just one meaning; undefined where there is no such command. */
export function actionsOf(command: string): string[] | undefined {
  if (!command.includes('.') && Object.hasOwn(commands, command)) return []
  const actions = Object.keys(commands)
    .filter(name => name.startsWith(`${command}.`))
    .map(name => name.slice(command.length + 1))
  return actions.length > 0 ? actions : undefined
}

/** A flag-driven plain run signals `report` where it asks for a report, as published. */
function modeOfRun(command: string, flags: readonly Flag[]): string {
  if (command !== 'run') return command
  return flags.some(flag => flag.name === 'paper') ? 'paper' : 'run'
}

function noDay(): Error {
  const message = 'signals needs the day it is asked for: --asof YYYY-MM-DD'
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/asof', message }] })
}

/** The parameter that a flag sets, by its own name or another that its schema gives it. */
function nameOf(written: string, properties: Record<string, PropertySchema>): string {
  if (Object.hasOwn(properties, written)) return written
  const named = Object.entries(properties).find(([, property]) => property['x-flag-names']?.includes(written))
  return named === undefined ? written : named[0]
}

function paramsOf(
  request: string,
  words: readonly string[],
  flags: readonly Flag[],
  action: string | undefined,
): Record<string, unknown> {
  const schema = requestSchemaOf(request)
  if (schema === undefined) throw new Error(`no schema for ${request}`)
  const { properties } = schema
  const params: Record<string, unknown> = action === undefined ? {} : { action }
  const faults: ErrorDetail[] = []
  const loose: string[] = [...words]
  for (const flag of flags) {
    const [written, ...keys] = flag.name.split('.')
    const name = nameOf(written, properties)
    const property = Object.hasOwn(properties, name) && name !== 'action' ? properties[name] : undefined
    if (property === undefined) {
      faults.push(unknownFlag(name, Object.keys(properties)))
      continue
    }
    const { value, rest } = flagValue(flag, property, faults)
    loose.push(...rest)
    if (keys.length > 0) setKey(params, [name, ...keys], value, faults)
    else if (Object.hasOwn(params, name) && !Array.isArray(params[name]))
      faults.push({ pointer: `/params/${name}`, message: `--${name.replaceAll('_', '-')} is given twice` })
    else params[name] = Array.isArray(params[name]) ? [...(params[name] as unknown[]), ...(value as unknown[])] : value
  }
  placeWords(loose, schema['x-positional'] ?? [], properties, params, faults)
  if (faults.length > 0) {
    const message = faults.map(fault => fault.message).join('; ')
    throw fail(
      'INVALID_CONFIG',
      { message },
      { details: faults, hint: `quantlab --help ${request.replace('.', ' ')} lists the flags.` },
    )
  }
  return params
}

/** Words without a flag fill the positional parameters in order; a last one that is a list takes all that remain. */
function placeWords(
  words: string[],
  positional: readonly string[],
  properties: Record<string, PropertySchema>,
  params: Record<string, unknown>,
  faults: ErrorDetail[],
): void {
  for (const name of positional) {
    if (words.length === 0 || Object.hasOwn(params, name)) continue
    params[name] =
      properties[name].type === 'array' ? words.splice(0) : convert(words.shift()!, properties[name], name, faults)
  }
  for (const word of words) faults.push({ pointer: '', message: `unexpected '${word}'` })
}

function flagValue(flag: Flag, property: PropertySchema, faults: ErrorDetail[]): { value: unknown; rest: string[] } {
  const { inline, following } = flag
  if (property.type === 'boolean') {
    if (inline === undefined) return { value: true, rest: following }
    return { value: convert(inline, property, flag.name, faults), rest: following }
  }
  if (property.type === 'array') {
    const texts = inline === undefined ? following : [inline]
    if (texts.length === 0)
      faults.push({ pointer: `/params/${flag.name}`, message: `--${flag.name.replaceAll('_', '-')} needs a value` })
    // Items that are no plain values are written as JSON, one by one or as a list.
    if (property.items?.type === undefined || property.items.type === 'object')
      return { value: texts.flatMap(text => jsonOrText(text, flag.name, faults)), rest: [] }
    const values = texts
      .flatMap(text => text.split(','))
      .map(text => text.trim())
      .filter(text => text !== '')
      .map(text => convert(text, property.items ?? {}, flag.name, faults))
    return { value: values, rest: [] }
  }
  const text = inline ?? following[0]
  if (text === undefined && property['x-flag-bare'] !== undefined) return { value: property['x-flag-bare'], rest: [] }
  if (text === undefined) {
    faults.push({ pointer: `/params/${flag.name}`, message: `--${flag.name.replaceAll('_', '-')} needs a value` })
    return { value: undefined, rest: [] }
  }
  const value = flag.name.includes('.')
    ? jsonOrText(text, flag.name, faults)
    : convert(text, property, flag.name, faults)
  return { value, rest: inline === undefined ? following.slice(1) : following }
}

/** Text to the type the schema names; what does not convert is a fault, never a guess. */
function convert(text: string, property: PropertySchema, name: string, faults: ErrorDetail[]): unknown {
  const types = Array.isArray(property.type) ? property.type : [property.type]
  const fault = (expected: string) => {
    faults.push({
      pointer: `/params/${name}`,
      message: `--${name.replaceAll('_', '-')} must be ${expected}, not '${text}'`,
      expected,
    })
    return undefined
  }
  if (types.includes('number') || types.includes('integer')) {
    const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
    return Number.isFinite(number) ? number : fault(types.includes('integer') ? 'a whole number' : 'a number')
  }
  if (types.includes('boolean')) return text === 'true' ? true : text === 'false' ? false : fault('true or false')
  if (types.includes('object')) {
    const value = jsonOrText(text, name, faults)
    return typeof value === 'object' && value !== null ? value : fault('a JSON object')
  }
  return text
}

/** JSON by the rules of requests; what is none is text. */
function jsonOrText(text: string, name: string, faults: ErrorDetail[]): unknown {
  const scanned = scanJson(text)
  if (scanned.state !== 'complete') return text
  for (const { pointer, message } of scanned.faults) {
    const at = `--${name.replaceAll('_', '-')}${pointer === '' ? '' : ` at ${pointer}`}`
    faults.push({ pointer: `/params/${name}${pointer}`, message: `${at}: ${message}` })
  }
  return scanned.value
}

const FORBIDDEN = ['__proto__', 'constructor', 'prototype']

/** `--strategy_params.fast 10` sets one key of an object. */
function setKey(params: Record<string, unknown>, path: string[], value: unknown, faults: ErrorDetail[]): void {
  if (path.some(key => FORBIDDEN.includes(key) || key === '')) {
    faults.push({ pointer: `/params/${path.join('/')}`, message: `--${path.join('.')} is not allowed` })
    return
  }
  let at = params
  for (const key of path.slice(0, -1)) {
    at[key] ??= {}
    at = at[key] as Record<string, unknown>
  }
  at[path.at(-1)!] = value
}

function unknownFlag(name: string, known: string[]): ErrorDetail {
  const suggestion = nearest(
    name,
    known.filter(key => key !== 'action'),
  )
  const dashed = (text: string) => `--${text.replaceAll('_', '-')}`
  const message = `unknown flag ${dashed(name)}${suggestion === undefined ? '' : `; did you mean ${dashed(suggestion)}?`}`
  return suggestion === undefined
    ? { pointer: `/params/${name}`, message }
    : { pointer: `/params/${name}`, message, suggestion }
}

function unknownCommand(name: string): Error {
  const names = schemaNames()
    .filter(schema => schema.startsWith('commands/'))
    .map(schema => schema.slice('commands/'.length))
    .filter(command => actionsOf(command) !== undefined)
  const suggestion = nearest(name, names)
  const message = `Unknown command '${name}'. Valid commands: ${names.join(', ')}.`
  return fail(
    'INVALID_CONFIG',
    { message },
    {
      details: [{ pointer: '/command', message, expected: names, ...(suggestion ? { suggestion } : {}) }],
      ...(suggestion ? { hint: `Did you mean '${suggestion}'?` } : {}),
    },
  )
}

function unknownAction(command: string, action: string | undefined, actions: string[]): Error {
  const suggestion = action === undefined ? undefined : nearest(action, actions)
  const message = `quantlab ${command} needs one of ${actions.join(', ')}${action === undefined ? '' : `, not '${action}'`}.`
  return fail(
    'INVALID_CONFIG',
    { message },
    {
      details: [{ pointer: '/params/action', message, expected: actions }],
      ...(suggestion ? { hint: `Did you mean '${suggestion}'?` } : {}),
    },
  )
}

/** One line about a command, for help. */
export function aboutCommand(command: string): string {
  return String(schemaOf(`commands/${command}`)?.['description'] ?? '')
}
